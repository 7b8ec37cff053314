//! The document tree that every writer writes.

use std::collections::BTreeMap;

use chancery_model::{Figure, Language, Record, Style, Text};
use serde::Serialize;
use serde_json::{Map, Value};

/// A compiled report.
#[derive(Clone, Debug)]
pub struct Document {
    pub title: String,
    pub issuer: String,
    pub language: Language,
    pub period: crate::Period,
    /// The number of journal entries that every figure rests on.
    pub known_at: u64,
    /// The day on which the office knew that much.
    pub dated: jiff::civil::Date,
    /// Which packs it was compiled from.
    pub packs: String,
    pub style: Style,
    pub masthead: Masthead,
    /// What stands before the first heading: a summary.
    pub summary: Vec<Block>,
    pub blocks: Vec<Block>,
    /// Footnotes in the order of their first mention.
    pub footnotes: Vec<Vec<Inline>>,
    pub figures: Vec<Placed>,
    /// The records behind the figures, and those they link to.
    pub records: BTreeMap<String, Record>,
}

/// What stands at the head of the first page, in the reader's language.
#[derive(Clone, Debug, Serialize)]
pub struct Masthead {
    pub organ: String,
    pub symbol: String,
    pub body: String,
    /// Distribution, date, language, original language.
    pub lines: Vec<String>,
    /// What stands under it, such as session and agenda item.
    pub context: Vec<String>,
    pub author: Option<String>,
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

/// A block of the document. Marks are written as the house style wants them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A heading from level 1; the heading of an annex is one of level 1 as well.
    Heading {
        level: u8,
        mark: Option<String>,
        annex: bool,
        content: Vec<Inline>,
    },
    Paragraph {
        /// Numbered paragraphs are counted through the whole document.
        number: Option<u32>,
        mark: Option<String>,
        content: Vec<Inline>,
    },
    List(List),
    Table(Table),
    Chart(Chart),
    Quote {
        blocks: Vec<Block>,
    },
}

/// Sub-paragraphs, or points without an order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct List {
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// None in a list without order.
    pub mark: Option<String>,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    pub header: Vec<Vec<Inline>>,
    pub rows: Vec<Vec<Vec<Inline>>>,
    /// Columns whose cells stand at the end of the line, as numbers do.
    pub end: Vec<bool>,
}

/// A chart or a map, with the table that it draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// Which one it is, counted from 1.
    pub number: usize,
    pub mark: String,
    pub title: String,
    /// What it shows, for whoever does not see it.
    pub alternative: String,
    /// Where the numbers come from.
    pub source: String,
    /// What must be said of it, such as a disclaimer on boundaries.
    pub note: Option<String>,
    /// The drawing, as SVG.
    #[serde(skip)]
    pub drawing: String,
    pub table: Table,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Inline {
    Text(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Link {
        target: String,
        content: Vec<Inline>,
    },
    /// A mention of a footnote, counted from 0.
    Note {
        index: usize,
        /// Whether it is mentioned for the first time.
        first: bool,
    },
    /// A figure, counted from 0.
    Figure(usize),
}

/// Inlines as text; the marks of footnotes are left out.
pub(crate) fn plain(figures: &[Placed], inlines: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
            plain(figures, content)
        }
        Inline::Note { .. } => String::new(),
        Inline::Figure(index) => figures.get(*index).map_or("", |placed| &placed.text).to_owned(),
    };
    inlines.iter().map(one).collect()
}

impl Document {
    /// The number of a footnote or page as the language writes it.
    pub(crate) fn number(&self, number: usize) -> String {
        crate::words::number(self.language, &number.to_string())
    }

    pub(crate) fn plain(&self, inlines: &[Inline]) -> String {
        plain(&self.figures, inlines)
    }

    /// The time that it covers, in words.
    pub(crate) fn period_text(&self) -> String {
        let day = |day| crate::words::date(self.language, day);
        let form = crate::grammar::grammar(self.language).word("period");
        form.replace("{from}", &day(self.period.from)).replace("{to}", &day(self.period.to))
    }

    /// The title of a chart with its mark.
    pub(crate) fn caption(&self, chart: &Chart) -> String {
        format!(
            "{}{}{}",
            chart.mark,
            crate::grammar::grammar(self.language).word("caption_sign"),
            chart.title
        )
    }

    /// The summary and the blocks after it.
    pub(crate) fn all_blocks(&self) -> impl Iterator<Item = &Block> {
        self.summary.iter().chain(&self.blocks)
    }
}
