//! From a source in Markdown with calls of measures to a document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_model::entry::split_record_id;
use chancery_model::value::{fill_label, read_date, texts};
use chancery_model::{
    Diagnostic, Diagnostics, Figure, FigureValue, Figures, Language, Place, Programme, Record,
    ReportSource, Text, Wanted,
};
use comrak::nodes::{ListType, Node, NodeValue, TableAlignment};
use comrak::{Arena, Options, parse_document};
use jiff::civil::Date;
use minijinja::value::{Kwargs, Object, ObjectRepr, Serde};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::document::{Block, Document, Inline, Placed};
use crate::grammar::grammar;
use crate::words;

/// Whoever answers measures for a report.
pub type Answers = Arc<dyn Figures + Send + Sync>;

/// The first and last day of the time that a report covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

/// Marks a figure in rendered Markdown: private-use characters around its number.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// So many rows of evidence come with each figure of a page; whoever wants more asks the measure.
const SHOWN: usize = 1000;

/// What the functions of a template share.
struct Compiling {
    programme: Arc<Programme>,
    figures: Answers,
    language: Language,
    placed: Mutex<Vec<Placed>>,
    /// Figures computed so far, by measure and parameters.
    known: Mutex<BTreeMap<(String, String), Figure>>,
}

/// Compiles a report in one language for one period.
pub fn compile(
    programme: &Arc<Programme>,
    report: &ReportSource,
    language: Language,
    period: Period,
    figures: Answers,
) -> Result<Document, Diagnostics> {
    // What a text says of one period only must not be said of another.
    let own = report.head.period == format!("{}..{}", period.from, period.to);
    let compiling = Arc::new(Compiling {
        programme: Arc::clone(programme),
        figures: Arc::clone(&figures),
        language,
        placed: Mutex::default(),
        known: Mutex::default(),
    });
    let file = report.source_file(language);
    let markdown = render(&compiling, &file, &report.sources[language], period, own)?;
    let mut placed =
        std::mem::take(&mut *compiling.placed.lock().unwrap_or_else(PoisonError::into_inner));
    let (blocks, footnotes) = structure(&markdown, language, &mut placed);
    let versions = placed
        .iter()
        .flat_map(Placed::evidence)
        .flat_map(|evidence| std::iter::once(&evidence.record).chain(&evidence.with));
    let ids: BTreeSet<String> = versions.map(|version| version.record_id.clone()).collect();
    let mut records = figures.records(&ids.into_iter().collect::<Vec<_>>())?;
    let linked = linked(programme, &records);
    records.extend(figures.records(&linked)?);
    Ok(Document {
        title: report.head.title[language].clone(),
        issuer: report.head.issuer[language].clone(),
        language,
        period,
        known_at: placed.first().map_or(0, |placed| placed.figure.known_at),
        packs: programme.version.clone(),
        blocks,
        footnotes,
        figures: placed,
        records,
    })
}

/// The records to which some records link, by whose names a reader knows them.
fn linked(programme: &Programme, records: &BTreeMap<String, Record>) -> Vec<String> {
    let mut ids = BTreeSet::new();
    for (id, record) in records {
        let register =
            split_record_id(id).and_then(|(register, _)| programme.registers.get(register));
        for (name, field) in register.iter().flat_map(|register| &register.fields) {
            if let (Some(target), Some(value)) = (&field.register, record.body.get(name)) {
                ids.extend(texts(value).into_iter().map(|key| format!("{target}/{key}")));
            }
        }
    }
    ids.into_iter().filter(|id| !records.contains_key(id)).collect()
}

fn render(
    compiling: &Arc<Compiling>,
    file: &str,
    source: &str,
    period: Period,
    own: bool,
) -> Result<String, Diagnostics> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    let shared = Arc::clone(compiling);
    environment.add_function("figure", move |measure: String, parameters: Kwargs| {
        shared.figure(&measure, &parameters)
    });
    let shared = Arc::clone(compiling);
    environment.add_function(
        "name",
        move |register: String, key: String, field: Option<String>| {
            shared.name(&register, &key, field.as_deref())
        },
    );
    let shared = Arc::clone(compiling);
    environment.add_function("label", move |list: String, code: Value| shared.label(&list, &code));
    let language = compiling.language;
    environment.add_filter("date", move |text: String| match read_date(&text) {
        Ok(day) => Ok(words::date(language, day)),
        Err(wrong) => Err(Error::new(ErrorKind::InvalidOperation, wrong.found)),
    });
    let shared = Arc::clone(compiling);
    environment.add_filter("million", move |value: Value| shared.million(value));
    environment
        .add_filter("plural", move |value: Value, forms: Kwargs| plural(language, &value, &forms));
    let context = Serde(serde_json::json!({
        "period": {
            "start": period.from.to_string(),
            "end": period.to.to_string(),
            "own": own,
        },
        "language": language.code(),
    }));
    environment
        .render_named_str(file, source, context)
        .map_err(|error| template_problem(&error, file, source).into())
}

impl Compiling {
    fn figure(&self, measure: &str, parameters: &Kwargs) -> Result<Value, Error> {
        let mut given = BTreeMap::new();
        for name in parameters.args() {
            let value: Value = parameters.get(name)?;
            let value = serde_json::to_value(&value)
                .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
            given.insert(name.to_owned(), value);
        }
        let figure = self.computed(measure, given)?;
        let label = self.label_of(&figure);
        let mut cautions = figure.cautions.clone();
        if figure.demonstration > 0 {
            cautions.push(demonstration(figure.demonstration));
        }
        let cells = match &figure.value {
            FigureValue::Value(_) => vec![None],
            FigureValue::Rows(rows) => rows.iter().map(|row| Some(row.clone())).collect(),
        };
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shown = Vec::new();
        for group in cells {
            let value = match &group {
                Some(row) => row.get("value").cloned().unwrap_or_default(),
                None => words::single(&figure).clone(),
            };
            shown.push(Shown {
                index: placed.len(),
                value: value.clone(),
                group: group.clone(),
                rows: vec![],
            });
            placed.push(Placed {
                text: words::value(self.language, &value, &figure.unit),
                cautions: cautions.clone(),
                label: label.clone(),
                paragraph: None,
                figure: figure.clone(),
                group,
            });
        }
        Ok(match figure.value {
            FigureValue::Value(_) => shown.pop().map_or(Value::UNDEFINED, Value::from_object),
            FigureValue::Rows(_) => {
                let rows = shown.into_iter().map(Value::from_object).collect();
                Value::from_object(Shown {
                    index: usize::MAX,
                    value: serde_json::Value::Null,
                    group: None,
                    rows,
                })
            }
        })
    }

    /// Writes a figure in millions, or in what its language counts large numbers by.
    fn million(&self, value: Value) -> Result<Value, Error> {
        let Some(shown) = value.downcast_object_ref::<Shown>() else {
            let what = "`million` after something that is no figure";
            return Err(Error::new(ErrorKind::InvalidOperation, what));
        };
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(placed) = placed.get_mut(shown.index)
            && let Some(text) = words::million(self.language, &shown.value)
        {
            placed.text = text;
        }
        drop(placed);
        Ok(value)
    }

    /// Computes a figure; one that the report states twice, once.
    fn computed(
        &self,
        measure: &str,
        given: BTreeMap<String, serde_json::Value>,
    ) -> Result<Figure, Error> {
        let key = (measure.to_owned(), serde_json::json!(given).to_string());
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(figure) = known().get(&key) {
            return Ok(figure.clone());
        }
        let figure = self
            .figures
            .figure(measure, &given, Wanted::First(SHOWN))
            .map_err(|problems| refused(&problems))?;
        known().insert(key, figure.clone());
        Ok(figure)
    }

    /// The label of a figure's measure with the names of its parameters.
    fn label_of(&self, figure: &Figure) -> String {
        let Some(measure) = self.programme.measures.get(&figure.measure) else {
            return figure.measure.clone();
        };
        fill_label(&measure.head.label[self.language], |parameter| {
            let value = figure.parameters.get(parameter)?;
            let declared = measure.head.parameters.get(parameter)?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(match (&declared.register, &declared.codelist, read_date(&text)) {
                (Some(register), ..) => self.name(register, &text, None).unwrap_or(text),
                (_, Some(list), _) => self.label(list, &Value::from(text.clone())).unwrap_or(text),
                (.., Ok(day)) => words::date(self.language, day),
                _ => text,
            })
        })
    }

    fn name(&self, register: &str, key: &str, field: Option<&str>) -> Result<String, Error> {
        let id = format!("{register}/{key}");
        let found = self
            .figures
            .records(std::slice::from_ref(&id))
            .map_err(|problems| refused(&problems))?;
        let Some(record) = found.get(&id) else {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("there is no record `{id}`"),
            ));
        };
        Ok(words::record_name(
            &self.programme,
            self.language,
            register,
            key,
            field,
            Some(&record.body),
        ))
    }

    /// The label of a code; of the absence of one, a dash.
    fn label(&self, list: &str, code: &Value) -> Result<String, Error> {
        let unknown = |what: String| Error::new(ErrorKind::InvalidOperation, what);
        let codes = self
            .programme
            .codelists
            .get(list)
            .ok_or_else(|| unknown(format!("there is no code list `{list}`")))?;
        if code.is_none() || code.is_undefined() {
            return Ok("–".to_owned());
        }
        let code = code.to_string();
        let found = codes
            .codes
            .get(&code)
            .ok_or_else(|| unknown(format!("there is no code `{code}` in `{list}`")))?;
        Ok(found.label[self.language].clone())
    }
}

fn refused(problems: &Diagnostics) -> Error {
    Error::new(ErrorKind::InvalidOperation, problems.to_string().trim_end().to_owned())
}

/// The words by which a figure over invented records is marked.
fn demonstration(invented: u64) -> Text {
    let words = |language: Language| {
        let number = words::number(language, &invented.to_string());
        grammar(language).word("demonstration").replace("{n}", &number)
    };
    Text::try_from_fn(|language| Ok::<_, std::convert::Infallible>(words(language)))
        .unwrap_or_default()
}

/// A figure as a template sees it: written, it is a mark; it has a `value`, and `rows`.
#[derive(Debug)]
struct Shown {
    index: usize,
    value: serde_json::Value,
    group: Option<serde_json::Map<String, serde_json::Value>>,
    rows: Vec<Value>,
}

impl Object for Shown {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "value" => Some(Value::from(Serde(&self.value))),
            "rows" => Some(Value::from(self.rows.clone())),
            column => self.group.as_ref()?.get(column).map(|value| Value::from(Serde(value))),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}{CLOSE}", self.index)
    }
}

/// Chooses the form of a word that goes with a number.
fn plural(language: Language, value: &Value, forms: &Kwargs) -> Result<String, Error> {
    let number = match value.downcast_object_ref::<Shown>() {
        Some(shown) => shown.value.as_str().map_or_else(|| shown.value.to_string(), str::to_owned),
        None => value.to_string(),
    };
    let category = words::plural(language, &number);
    let form = forms.get::<Option<String>>(category)?;
    for known in ["zero", "one", "two", "few", "many"] {
        let _ = forms.get::<Option<String>>(known)?;
    }
    let other: String = forms.get("other")?;
    forms.assert_all_used()?;
    Ok(form.unwrap_or(other))
}

pub(crate) fn template_problem(error: &Error, file: &str, source: &str) -> Diagnostic {
    let line = error.line().unwrap_or(0);
    let (column, length) = match error.range() {
        Some(range) if range.end <= source.len() => {
            let start = source[..range.start].rfind('\n').map_or(0, |at| at + 1);
            (
                source[start..range.start].chars().count() + 1,
                source[range.clone()].chars().count().max(1),
            )
        }
        _ => (0, 1),
    };
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Diagnostic::error(Place::at(file, line, column, length), detail)
}

/// Markdown to blocks. Paragraphs after the first heading are numbered through the document.
fn structure(
    markdown: &str,
    language: Language,
    placed: &mut [Placed],
) -> (Vec<Block>, Vec<Vec<Inline>>) {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.strikethrough = false;
    let root = parse_document(&arena, markdown, &options);
    let mut structuring = Structuring {
        placed,
        language,
        notes: Vec::new(),
        definitions: BTreeMap::new(),
        number: 0,
        begun: false,
    };
    for node in root.children() {
        if let NodeValue::FootnoteDefinition(definition) = &node.data.borrow().value {
            structuring.definitions.insert(definition.name.clone(), node);
        }
    }
    let blocks = root.children().filter_map(|node| structuring.block(node, true)).collect();
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
    (blocks, footnotes)
}

/// A footnote: one that the source defines, or a caution about a figure.
#[derive(Clone, Debug, PartialEq)]
enum Note {
    Named(String),
    Caution(String),
}

struct Structuring<'p, 'a> {
    placed: &'p mut [Placed],
    language: Language,
    /// Footnotes in the order of their first mention.
    notes: Vec<Note>,
    definitions: BTreeMap<String, Node<'a>>,
    number: u32,
    begun: bool,
}

impl<'a> Structuring<'_, 'a> {
    fn block(&mut self, node: Node<'a>, top: bool) -> Option<Block> {
        let value = node.data.borrow().value.clone();
        match value {
            NodeValue::Heading(heading) => {
                self.begun = true;
                Some(Block::Heading { level: heading.level, content: self.inlines(node, None) })
            }
            NodeValue::Paragraph => {
                let number = (top && self.begun).then(|| {
                    self.number += 1;
                    self.number
                });
                Some(Block::Paragraph { number, content: self.inlines(node, number) })
            }
            NodeValue::List(list) => {
                let items = node.children().map(|item| {
                    item.children().filter_map(|block| self.block(block, false)).collect()
                });
                Some(Block::List {
                    ordered: list.list_type == ListType::Ordered,
                    items: items.collect(),
                })
            }
            NodeValue::Table(table) => {
                let mut rows = node.children().map(|row| {
                    row.children().map(|cell| self.inlines(cell, None)).collect::<Vec<_>>()
                });
                let header = rows.next().unwrap_or_default();
                let end = table.alignments.iter().map(|side| *side == TableAlignment::Right);
                Some(Block::Table { header, rows: rows.collect(), end: end.collect() })
            }
            NodeValue::BlockQuote => node.children().find_map(|inner| self.block(inner, top)),
            _ => None,
        }
    }

    fn inlines(&mut self, node: Node<'a>, paragraph: Option<u32>) -> Vec<Inline> {
        let paragraph = paragraph.or_else(|| (self.number > 0).then_some(self.number));
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
        let known = self.notes.iter().position(|other| *other == note);
        Inline::Note(known.unwrap_or_else(|| {
            self.notes.push(note);
            self.notes.len() - 1
        }))
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
                for caution in self.placed[index].cautions.clone() {
                    inlines.push(self.note(Note::Caution(caution[self.language].clone())));
                }
            }
            rest = after;
        }
        if !rest.is_empty() {
            inlines.push(Inline::Text(rest.to_owned()));
        }
    }
}
