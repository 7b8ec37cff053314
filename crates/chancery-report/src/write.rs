//! A document as JSON and as plain text.

use serde_json::{Value, json};

use crate::document::{Block, Document, Inline, Placed};
use crate::grammar::grammar;

/// The report with all figures, parameters, evidence and the point of the journal.
pub fn json(document: &Document) -> Value {
    let paragraphs: Vec<Value> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph { number: Some(number), content } => {
                Some(json!({"number": number, "text": plain(document, content)}))
            }
            _ => None,
        })
        .collect();
    let figures: Vec<Value> =
        document.figures.iter().enumerate().map(|(index, placed)| figure(index, placed)).collect();
    json!({
        "title": document.title,
        "language": document.language,
        "period": {"from": document.period.from.to_string(), "to": document.period.to.to_string()},
        "known_at": document.known_at,
        "packs": document.packs,
        "demonstration": document.is_demonstration(),
        "paragraphs": paragraphs,
        "figures": figures,
    })
}

fn figure(index: usize, placed: &Placed) -> Value {
    let evidence: Vec<_> = placed
        .evidence()
        .flat_map(|evidence| std::iter::once(&evidence.record).chain(&evidence.with))
        .collect();
    json!({
        "id": format!("f{}", index + 1),
        "paragraph": placed.paragraph,
        "text": placed.text,
        "label": placed.label,
        "measure": placed.figure.measure,
        "parameters": placed.figure.parameters,
        "group": placed.group.as_ref().map(|row| {
            let columns = row.iter().filter(|(column, _)| *column != "value" && *column != "evidence_count");
            columns.map(|(column, value)| (column.clone(), value.clone())).collect::<serde_json::Map<_, _>>()
        }),
        "value": placed.value(),
        "unit": placed.figure.unit,
        "evidence": evidence,
        "demonstration": placed.figure.demonstration,
        "cautions": placed.cautions.iter().collect::<Vec<_>>(),
    })
}

/// The report as plain text: one paragraph a line, footnotes at the end.
pub fn text(document: &Document) -> String {
    let mut out = format!("{}\n\n", document.title);
    if document.is_demonstration() {
        out.push_str(grammar(document.language).word("demonstration_page"));
        out.push_str("\n\n");
    }
    for block in &document.blocks {
        out.push_str(&block_text(document, block));
        out.push_str("\n\n");
    }
    if !document.footnotes.is_empty() {
        out.push_str("__________________\n");
        for (index, note) in document.footnotes.iter().enumerate() {
            out.push_str(&format!(" {} {}\n", index + 1, plain(document, note)));
        }
    }
    out
}

fn block_text(document: &Document, block: &Block) -> String {
    match block {
        Block::Heading { content, .. } => plain(document, content),
        Block::Paragraph { number: Some(number), content } => {
            format!("{number}. {}", plain(document, content))
        }
        Block::Paragraph { number: None, content } => plain(document, content),
        Block::List { items, .. } => {
            let items = items.iter().map(|item| {
                let blocks: Vec<_> = item.iter().map(|block| block_text(document, block)).collect();
                format!("– {}", blocks.join(" "))
            });
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Table { header, rows, .. } => {
            let line = |cells: &Vec<Vec<Inline>>| {
                cells.iter().map(|cell| plain(document, cell)).collect::<Vec<_>>().join("\t")
            };
            std::iter::once(header).chain(rows).map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

/// Inlines as text; a footnote's mark is left out.
pub(crate) fn plain(document: &Document, inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
                plain(document, content)
            }
            Inline::Note(_) => String::new(),
            Inline::Figure(index) => document.figures[*index].text.clone(),
        })
        .collect()
}
