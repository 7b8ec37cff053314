//! From rendered Markdown to blocks, with the marks that the house style gives them.

use std::collections::BTreeMap;

use chancery_model::{Diagnostic, Language, Place, Programme, Style};
use comrak::nodes::{ListType, Node, NodeValue, TableAlignment};
use comrak::{Arena, Options, parse_document};

use crate::chart::{ChartCall, read_data};
use crate::compile::{CHART, CLOSE, OPEN};
use crate::document::{Block, Chart, Inline, Item, List, Placed, Table};
use crate::drawing::Data;
use crate::grammar::grammar;
use crate::words;

/// A document without its head.
pub(crate) struct Structure {
    pub(crate) summary: Vec<Block>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) footnotes: Vec<Vec<Inline>>,
    /// The call and the numbers of each chart, in the order of the document.
    pub(crate) charts: Vec<(ChartCall, Data)>,
    pub(crate) problems: Vec<ChartProblem>,
}

/// What is wrong with a chart.
pub(crate) struct ChartProblem {
    /// By which the chart is found in the source.
    pub(crate) title: String,
    pub(crate) found: String,
    pub(crate) expected: &'static str,
}

impl ChartProblem {
    pub(crate) fn diagnostic(&self, place: Place) -> Diagnostic {
        Diagnostic::error(place, format!("in the chart “{}”: {}", self.title, self.found))
            .expected(self.expected)
    }
}

/// Markdown to blocks. Paragraphs after the first heading are numbered through the document; what
/// stands before it is the summary.
pub(crate) fn structure(
    programme: &Programme,
    style: &Style,
    language: Language,
    markdown: &str,
    calls: &[ChartCall],
    placed: &mut [Placed],
) -> Structure {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.strikethrough = false;
    let root = parse_document(&arena, markdown, &options);
    let annexes = root.children().filter(|node| heading_level(node) == Some(1)).count();
    let mut structuring = Structuring {
        programme,
        style,
        language,
        calls,
        placed,
        annexes,
        notes: Vec::new(),
        definitions: BTreeMap::new(),
        paragraphs: 0,
        headings: [0; 6],
        annex: 0,
        charts: Vec::new(),
        problems: Vec::new(),
    };
    for node in root.children() {
        if let NodeValue::FootnoteDefinition(definition) = &node.data.borrow().value {
            structuring.definitions.insert(definition.name.clone(), node);
        }
    }
    let mut summary = Vec::new();
    let mut blocks = Vec::new();
    let mut nodes = root.children().peekable();
    let mut begun = false;
    while let Some(node) = nodes.next() {
        begun |= heading_level(&node).is_some();
        let block = match chart_mark(&node) {
            Some(call) => {
                let table =
                    nodes.next_if(|next| matches!(next.data.borrow().value, NodeValue::Table(_)));
                structuring.chart(call, table)
            }
            None => structuring.block(node, begun, 0),
        };
        if begun { &mut blocks } else { &mut summary }.extend(block);
    }
    let notes = std::mem::take(&mut structuring.notes);
    let footnotes = notes
        .iter()
        .map(|note| {
            let name = match note {
                Note::Caution(text) => return vec![Inline::Text(text.clone())],
                Note::Named(name) => name,
            };
            let Some(node) = structuring.definitions.get(name).copied() else { return Vec::new() };
            node.children().flat_map(|paragraph| structuring.inlines(paragraph, None)).collect()
        })
        .collect();
    let Structuring { charts, problems, .. } = structuring;
    Structure { summary, blocks, footnotes, charts, problems }
}

fn heading_level(node: &Node<'_>) -> Option<u8> {
    match &node.data.borrow().value {
        NodeValue::Heading(heading) => Some(heading.level),
        _ => None,
    }
}

/// The number of the chart of which a paragraph is the call.
fn chart_mark(node: &Node<'_>) -> Option<usize> {
    if !matches!(node.data.borrow().value, NodeValue::Paragraph) {
        return None;
    }
    let child = node.first_child()?;
    let value = &child.data.borrow().value;
    let NodeValue::Text(text) = value else { return None };
    text.strip_prefix(CHART)?.strip_suffix(CLOSE)?.parse().ok()
}

/// A footnote: one that the source defines, or a caution about a figure.
#[derive(Clone, Debug, PartialEq)]
enum Note {
    Named(String),
    Caution(String),
}

struct Structuring<'p, 'a> {
    programme: &'p Programme,
    style: &'p Style,
    language: Language,
    calls: &'p [ChartCall],
    placed: &'p mut [Placed],
    /// How many annexes there are in all.
    annexes: usize,
    /// Footnotes in the order of their first mention.
    notes: Vec<Note>,
    definitions: BTreeMap<String, Node<'a>>,
    paragraphs: u32,
    /// How many headings of each level there have been since the last of the level above.
    headings: [usize; 6],
    annex: usize,
    charts: Vec<(ChartCall, Data)>,
    problems: Vec<ChartProblem>,
}

impl<'a> Structuring<'_, 'a> {
    fn mark(&self, form: &str, n: usize) -> String {
        self.style.mark(form, n, |n| words::number(self.language, &n.to_string()))
    }

    fn block(&mut self, node: Node<'a>, numbered: bool, depth: usize) -> Option<Block> {
        let value = node.data.borrow().value.clone();
        match value {
            NodeValue::Heading(heading) => Some(self.heading(node, heading.level)),
            NodeValue::Paragraph => {
                let number = numbered.then(|| {
                    self.paragraphs += 1;
                    self.paragraphs
                });
                let form = &self.style.paragraph[self.language];
                let mark = number.map(|number| self.mark(form, number as usize));
                Some(Block::Paragraph { number, mark, content: self.inlines(node, number) })
            }
            NodeValue::List(list) => {
                let ordered = list.list_type == ListType::Ordered;
                let form =
                    self.style.lists.get(depth.min(self.style.lists.len().saturating_sub(1)));
                let form = form.filter(|_| ordered).map(|form| form[self.language].clone());
                let items = node.children().enumerate().map(|(index, item)| Item {
                    mark: form.as_deref().map(|form| self.mark(form, index + 1)),
                    blocks: item
                        .children()
                        .filter_map(|block| self.block(block, false, depth + usize::from(ordered)))
                        .collect(),
                });
                Some(Block::List(List { items: items.collect() }))
            }
            NodeValue::Table(_) => Some(Block::Table(self.table(node))),
            NodeValue::BlockQuote => {
                let blocks = node.children().filter_map(|inner| self.block(inner, false, depth));
                Some(Block::Quote { blocks: blocks.collect() })
            }
            _ => None,
        }
    }

    /// `#` begins an annex; `##` is a heading of the first level.
    fn heading(&mut self, node: Node<'a>, source_level: u8) -> Block {
        if source_level == 1 {
            self.annex += 1;
            self.headings = [0; 6];
            let mark = match self.annexes {
                1 => self.style.only_annex[self.language].clone(),
                _ => self.mark(&self.style.annex[self.language], self.annex),
            };
            let content = self.inlines(node, None);
            return Block::Heading { level: 1, mark: Some(mark), annex: true, content };
        }
        let level = source_level - 1;
        let index = usize::from(level) - 1;
        self.headings[index] += 1;
        self.headings[index + 1..].fill(0);
        let form = self.style.headings.get(index).map(|form| &form[self.language]);
        let mark = form.map(|form| self.mark(form, self.headings[index]));
        Block::Heading { level, mark, annex: false, content: self.inlines(node, None) }
    }

    fn table(&mut self, node: Node<'a>) -> Table {
        let end = match &node.data.borrow().value {
            NodeValue::Table(table) => {
                table.alignments.iter().map(|side| *side == TableAlignment::Right).collect()
            }
            _ => Vec::new(),
        };
        let mut rows = node
            .children()
            .map(|row| row.children().map(|cell| self.inlines(cell, None)).collect::<Vec<_>>());
        let header = rows.next().unwrap_or_default();
        Table { header, rows: rows.collect(), end }
    }

    fn chart(&mut self, call: usize, table: Option<Node<'a>>) -> Option<Block> {
        let call = self.calls.get(call)?;
        let Some(table) = table else {
            self.problems.push(ChartProblem {
                title: call.title.clone(),
                found: "no table after it".to_owned(),
                expected: "a table right after the call, with the numbers that the chart draws",
            });
            return None;
        };
        let table = self.table(table);
        if table.rows.is_empty() {
            // There is nothing to draw.
            return Some(Block::Table(table));
        }
        match read_data(call, &table, self.placed) {
            Ok(data) => self.charts.push((call.clone(), data)),
            Err(problem) => self.problems.push(problem),
        }
        let number = self.charts.len();
        Some(Block::Chart(Chart {
            number,
            mark: self.mark(&self.style.figure[self.language], number),
            title: call.title.clone(),
            alternative: call.alternative.clone(),
            source: String::new(),
            note: call
                .outlines(self.programme)
                .map(|found| found.head.disclaimer[self.language].clone()),
            drawing: String::new(),
            table,
        }))
    }

    fn inlines(&mut self, node: Node<'a>, paragraph: Option<u32>) -> Vec<Inline> {
        let paragraph = paragraph.or_else(|| (self.paragraphs > 0).then_some(self.paragraphs));
        let mut inlines = Vec::new();
        for child in node.children() {
            let value = child.data.borrow().value.clone();
            match value {
                NodeValue::Text(text) => self.text(&text, paragraph, &mut inlines),
                NodeValue::SoftBreak | NodeValue::LineBreak => {
                    inlines.push(Inline::Text(" ".to_owned()))
                }
                NodeValue::Code(code) => inlines.push(Inline::Text(code.literal)),
                NodeValue::Emph => inlines.push(Inline::Emphasis(self.inlines(child, paragraph))),
                NodeValue::Strong => inlines.push(Inline::Strong(self.inlines(child, paragraph))),
                NodeValue::Link(link) => {
                    let content = self.inlines(child, paragraph);
                    // Only addresses that a reader may safely follow.
                    let safe = ["https://", "http://", "mailto:", "#"]
                        .iter()
                        .any(|start| link.url.starts_with(start));
                    if safe {
                        inlines.push(Inline::Link { target: link.url, content })
                    } else {
                        inlines.extend(content)
                    }
                }
                NodeValue::FootnoteReference(reference) => {
                    inlines.push(self.note(Note::Named(reference.name)));
                }
                _ => {}
            }
        }
        inlines
    }

    /// A mention of a footnote.
    fn note(&mut self, note: Note) -> Inline {
        if let Some(index) = self.notes.iter().position(|other| *other == note) {
            return Inline::Note { index, first: false };
        }
        self.notes.push(note);
        Inline::Note { index: self.notes.len() - 1, first: true }
    }

    /// Text with the marks of figures turned into figures.
    fn text(&mut self, text: &str, paragraph: Option<u32>, inlines: &mut Vec<Inline>) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            if !before.is_empty() {
                inlines.push(Inline::Text(before.to_owned()));
            }
            let (index, after) = after.split_once(CLOSE).unwrap_or((after, ""));
            if let Some(index) =
                index.parse::<usize>().ok().filter(|index| *index < self.placed.len())
            {
                self.placed[index].paragraph = paragraph;
                inlines.push(Inline::Figure(index));
                let figure = &self.placed[index].figure;
                let invented = figure.demonstration > 0;
                // How many records are invented is told beside the figure; the note is one for all.
                let own = figure.cautions.iter().map(|caution| caution[self.language].clone());
                let word = grammar(self.language).word("demonstration_figure").to_owned();
                let notes: Vec<String> = own.chain(invented.then_some(word)).collect();
                for note in notes {
                    inlines.push(self.note(Note::Caution(note)));
                }
            }
            rest = after;
        }
        if !rest.is_empty() {
            inlines.push(Inline::Text(rest.to_owned()));
        }
    }
}
