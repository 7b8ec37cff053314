//! The writers, one module a form; here a document as JSON.

mod akoma;
mod docx;
pub(crate) mod html;
mod markdown;
mod paper;
mod text;

use serde_json::{Value, json};

use crate::document::{Block, Chart, Document, Inline, Placed};

pub use akoma::akoma;
pub use docx::docx;
pub use html::{
    Around, Evidence, FigureAddress, MeasureAddress, ProofAddress, RecordAddress, evidence, html,
};
pub use markdown::markdown;
pub use paper::{Pdf, pdf};
pub use text::text;

/// The report with all figures, parameters, evidence and the point of the journal.
pub fn json(document: &Document) -> Value {
    let mut blocks = Vec::new();
    let mut paragraph = None;
    for block in document.all_blocks() {
        flatten(block, &mut paragraph, &mut blocks);
    }
    blocks.extend(
        document
            .footnotes
            .iter()
            .map(|note| json!({"kind": "note", "paragraph": null, "text": marked(note)})),
    );
    let figures: Vec<Value> =
        document.figures.iter().enumerate().map(|(index, placed)| figure(index, placed)).collect();
    json!({
        "title": document.title,
        "symbol": document.masthead.symbol,
        "language": document.language,
        "period": {"from": document.period.from.to_string(), "to": document.period.to.to_string()},
        "known_at": document.known_at,
        "packs": document.packs,
        "demonstration": document.is_demonstration(),
        "blocks": blocks,
        "figures": figures,
    })
}

/// The texts of a block: what each is, and the paragraph in which it is or after which it comes.
fn flatten(block: &Block, paragraph: &mut Option<u32>, texts: &mut Vec<Value>) {
    let mut text = |kind: &str, paragraph: Option<u32>, text: String| {
        texts.push(json!({"kind": kind, "paragraph": paragraph, "text": text}));
    };
    match block {
        Block::Heading { content, .. } => text("heading", None, marked(content)),
        Block::Paragraph { number, content, .. } => {
            *paragraph = number.or(*paragraph);
            text("paragraph", *paragraph, marked(content));
        }
        Block::List(list) => {
            for block in list.items.iter().flat_map(|item| &item.blocks) {
                flatten(block, paragraph, texts);
            }
        }
        Block::Quote { blocks } => {
            for block in blocks {
                flatten(block, paragraph, texts);
            }
        }
        Block::Chart(Chart { title, alternative, table, .. }) => {
            text("title", *paragraph, title.clone());
            text("alternative", *paragraph, alternative.clone());
            flatten(&Block::Table(table.clone()), paragraph, texts);
        }
        Block::Table(table) => {
            for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                text("cell", *paragraph, marked(cell));
            }
        }
    }
}

/// Inlines as text, with `{f12}` where a figure stands.
fn marked(content: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
            marked(content)
        }
        Inline::Note { .. } => String::new(),
        Inline::Figure(index) => format!("{{f{}}}", index + 1),
    };
    content.iter().map(one).collect()
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
