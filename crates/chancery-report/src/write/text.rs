//! A document as plain text: one paragraph a line, footnotes at the end.

use crate::document::{Block, Document, Inline, Table};
use crate::grammar::grammar;

/// The report as plain text.
pub fn text(document: &Document) -> String {
    let masthead = &document.masthead;
    let mut lines =
        vec![format!("{} · {}", masthead.organ, masthead.symbol), masthead.body.clone()];
    lines.extend(masthead.lines.iter().chain(&masthead.context).cloned());
    let mut parts = vec![lines.join("\n"), document.title.clone()];
    parts.extend(masthead.author.clone());
    if document.is_demonstration() {
        parts.push(grammar(document.language).word("demonstration_page").to_owned());
    }
    parts.extend(document.all_blocks().map(|block| block_text(document, block, "")));
    if !document.footnotes.is_empty() {
        let notes = document.footnotes.iter().enumerate();
        let notes = notes.map(|(index, note)| {
            format!(" {} {}", document.number(index + 1), document.plain(note))
        });
        parts.push(format!("__________________\n{}", notes.collect::<Vec<_>>().join("\n")));
    }
    parts.join("\n\n") + "\n"
}

fn block_text(document: &Document, block: &Block, indent: &str) -> String {
    match block {
        Block::Heading { mark, content, .. } => marked(mark.as_deref(), document, content),
        Block::Paragraph { mark, content, .. } => {
            format!("{indent}{}", marked(mark.as_deref(), document, content))
        }
        Block::List(list) => {
            let items = list.items.iter().map(|item| {
                let inner = format!("{indent}    ");
                let blocks: Vec<_> =
                    item.blocks.iter().map(|block| block_text(document, block, &inner)).collect();
                let mark = item.mark.as_deref().unwrap_or("–");
                format!("{indent}{mark} {}", blocks.join("\n").trim_start())
            });
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Table(table) => table_text(document, table),
        Block::Chart(chart) => {
            let mut parts = vec![document.caption(chart), chart.alternative.clone()];
            parts.push(table_text(document, &chart.table));
            parts.extend(chart.note.clone());
            parts.push(chart.source.clone());
            parts.join("\n")
        }
        Block::Quote { blocks } => {
            let inner = format!("{indent}    ");
            let blocks: Vec<_> =
                blocks.iter().map(|block| block_text(document, block, &inner)).collect();
            blocks.join("\n\n")
        }
    }
}

fn marked(mark: Option<&str>, document: &Document, content: &[Inline]) -> String {
    let text = document.plain(content);
    mark.map_or_else(|| text.clone(), |mark| format!("{mark} {text}"))
}

fn table_text(document: &Document, table: &Table) -> String {
    let line = |cells: &Vec<Vec<Inline>>| {
        let cells: Vec<_> = cells.iter().map(|cell| document.plain(cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    std::iter::once(&table.header).chain(&table.rows).map(line).collect::<Vec<_>>().join("\n")
}
