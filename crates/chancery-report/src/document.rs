//! The document tree that every writer writes.

use chancery_model::{Figure, Language, Record, Text};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A compiled report.
#[derive(Clone, Debug)]
pub struct Document {
    pub title: String,
    pub issuer: String,
    pub language: Language,
    pub period: crate::Period,
    /// The number of journal entries that every figure rests on.
    pub known_at: u64,
    /// Which packs it was compiled from.
    pub packs: String,
    pub blocks: Vec<Block>,
    /// Footnotes in the order of their first mention.
    pub footnotes: Vec<Vec<Inline>>,
    pub figures: Vec<Placed>,
    /// The records behind the figures, and those they link to.
    pub records: BTreeMap<String, Record>,
}

/// A figure where it stands in the document.
#[derive(Clone, Debug)]
pub struct Placed {
    pub figure: Figure,
    /// The value of one row, where the figure is a row of a grouped measure.
    pub group: Option<Map<String, Value>>,
    /// What the reader sees.
    pub text: String,
    /// What the figure is, in the reader's language.
    pub label: String,
    pub cautions: Vec<Text>,
    /// The number of the paragraph.
    pub paragraph: Option<u32>,
}

impl Document {
    /// Whether some figure rests on invented records.
    pub fn is_demonstration(&self) -> bool {
        self.figures.iter().any(|placed| placed.figure.demonstration > 0)
    }
}

impl Placed {
    pub fn value(&self) -> &Value {
        match &self.group {
            Some(row) => row.get("value").unwrap_or(&Value::Null),
            None => crate::words::single(&self.figure),
        }
    }

    /// The evidence rows of this figure; of its own group where it is one of several.
    pub fn evidence(&self) -> impl Iterator<Item = &chancery_model::Evidence> {
        let group = self.group.as_ref();
        self.figure.evidence.iter().flat_map(|rows| rows.iter()).filter(move |evidence| {
            group.is_none_or(|group| {
                group
                    .iter()
                    .filter(|(column, _)| *column != "value" && *column != "evidence_count")
                    .all(|(column, value)| {
                        evidence.row.get(column).unwrap_or(&Value::Null) == value
                    })
            })
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Heading {
        level: u8,
        content: Vec<Inline>,
    },
    Paragraph {
        number: Option<u32>,
        content: Vec<Inline>,
    },
    List {
        ordered: bool,
        items: Vec<Vec<Block>>,
    },
    Table {
        header: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
        /// Columns whose cells stand at the end of the line, as numbers do.
        end: Vec<bool>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    Text(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Link {
        target: String,
        content: Vec<Inline>,
    },
    /// A footnote, counted from 0.
    Note(usize),
    /// A figure, counted from 0.
    Figure(usize),
}
