//! A document as Markdown, with footnotes and tables as GitHub writes them.

use crate::document::{Block, Document, Inline, Table};
use crate::grammar::grammar;

/// The report as Markdown.
pub fn markdown(document: &Document) -> String {
    let masthead = &document.masthead;
    let mut lines = vec![format!("{} · **{}**", escape(&masthead.organ), escape(&masthead.symbol))];
    lines.push(escape(&masthead.body));
    lines.extend(masthead.lines.iter().chain(&masthead.context).map(|line| escape(line)));
    let mut parts = vec![lines.join("  \n"), format!("# {}", escape(&document.title))];
    parts.extend(masthead.author.as_ref().map(|author| format!("**{}**", escape(author))));
    if document.is_demonstration() {
        parts.push(format!("> {}", escape(grammar(document.language).word("demonstration_page"))));
    }
    parts.extend(document.all_blocks().map(|block| written(document, block)));
    parts.extend(
        document
            .footnotes
            .iter()
            .enumerate()
            .map(|(index, note)| format!("[^{}]: {}", index + 1, inlines(document, note))),
    );
    parts.join("\n\n") + "\n"
}

fn written(document: &Document, block: &Block) -> String {
    // A numbered paragraph is a list of one that begins at its number, which is how Markdown counts.
    let marked = |mark: &Option<String>, content: &[Inline]| {
        let mark = mark.as_ref().map_or_else(String::new, |mark| format!("{mark} "));
        format!("{mark}{}", inlines(document, content))
    };
    match block {
        Block::Heading { level, mark, content, .. } => {
            format!("{} {}", "#".repeat(usize::from(*level) + 1), marked(mark, content))
        }
        Block::Paragraph { mark, content, .. } => marked(mark, content),
        Block::List(list) => {
            let items = list.items.iter().map(|item| {
                let blocks: Vec<_> =
                    item.blocks.iter().map(|block| written(document, block)).collect();
                let mark = item.mark.as_ref().map_or_else(String::new, |mark| escape(mark) + " ");
                format!("- {mark}{}", blocks.join("\n\n").replace('\n', "\n  "))
            });
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Table(table) => table_written(document, table),
        Block::Chart(chart) => {
            let mut parts = vec![
                format!("**{}**", escape(&document.caption(chart))),
                escape(&chart.alternative),
                table_written(document, &chart.table),
            ];
            parts.extend(chart.note.as_ref().map(|note| escape(note)));
            parts.push(escape(&chart.source));
            parts.join("\n\n")
        }
        Block::Quote { blocks } => {
            let blocks: Vec<_> = blocks.iter().map(|block| written(document, block)).collect();
            format!("> {}", blocks.join("\n\n").replace('\n', "\n> "))
        }
    }
}

fn table_written(document: &Document, table: &Table) -> String {
    let line = |cells: &Vec<Vec<Inline>>| {
        let cells: Vec<_> =
            cells.iter().map(|cell| inlines(document, cell).replace('|', "\\|")).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule: Vec<&str> = table.end.iter().map(|end| if *end { "---:" } else { "---" }).collect();
    let head = [line(&table.header), format!("| {} |", rule.join(" | "))];
    head.into_iter().chain(table.rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn inlines(document: &Document, content: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => escape(text),
        Inline::Emphasis(content) => format!("*{}*", inlines(document, content)),
        Inline::Strong(content) => format!("**{}**", inlines(document, content)),
        Inline::Link { target, content } => format!("[{}](<{target}>)", inlines(document, content)),
        Inline::Note { index, .. } => format!("[^{}]", index + 1),
        Inline::Figure(index) => {
            document.figures.get(*index).map_or_else(String::new, |placed| escape(&placed.text))
        }
    };
    content.iter().map(one).collect()
}

/// A text that Markdown reads as itself: signs that mean something to it are escaped, and so is
/// the stop after a number that begins it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    let digits = escaped.chars().take_while(char::is_ascii_digit).count();
    let rest = &escaped[digits..];
    let begins =
        rest.starts_with(['.', ')']) && rest[1..].chars().next().is_none_or(char::is_whitespace);
    if digits > 0 && begins {
        escaped.insert(digits, '\\');
    }
    if escaped.starts_with(['-', '+']) {
        escaped.insert(0, '\\');
    }
    escaped
}
