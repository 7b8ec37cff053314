//! From a source in Markdown with calls of measures to a document.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_model::entry::split_record_id;
use chancery_model::value::{fill_label, read_date, texts};
use chancery_model::{
    Diagnostic, Diagnostics, Figure, FigureValue, Figures, Language, Place, Programme, Record,
    ReportSource, Style, Text, Wanted,
};
use jiff::civil::Date;
use minijinja::value::{Kwargs, Object, ObjectRepr, Serde};
use minijinja::{Error, ErrorKind, UndefinedBehavior, Value};

use crate::chart::ChartCall;
use crate::document::{Document, Masthead, Placed};
use crate::grammar::grammar;
use crate::structure::{Structure, structure};
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
pub(crate) const OPEN: char = '\u{E000}';
pub(crate) const CLOSE: char = '\u{E001}';
/// Marks the call of a chart, with its number and `CLOSE` after it.
pub(crate) const CHART: char = '\u{E002}';

/// So many rows of evidence come with each figure of a page; whoever wants more asks the measure.
const SHOWN: usize = 1000;
/// And so many with one that gives a row for each of many groups.
const SHOWN_IN_GROUPS: usize = 20_000;

/// A source takes no more steps, and no more bytes than these come of it; no report has more figures.
const MOST_STEPS: u64 = 20_000_000;
const MOST_BYTES: usize = 16 << 20;
const MOST_FIGURES: usize = 50_000;
/// Of what is wrong with a source so much is told.
const MOST_TOLD: usize = 50;

/// Takes so many bytes and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the functions of a template share.
struct Compiling {
    programme: Arc<Programme>,
    figures: Answers,
    language: Language,
    placed: Mutex<Vec<Placed>>,
    charts: Mutex<Vec<ChartCall>>,
}

/// What a report is compiled for.
#[derive(Clone, Copy, Debug)]
pub struct Edition {
    pub language: Language,
    pub period: Period,
    /// The day on which the office knew what the report says.
    pub dated: Date,
}

/// Compiles a report in one language for one period.
pub fn compile(
    programme: &Arc<Programme>,
    report: &ReportSource,
    edition: Edition,
    figures: Answers,
) -> Result<Document, Diagnostics> {
    let Edition { language, period, .. } = edition;
    let Some(style) = programme.styles.get(&report.head.style) else {
        let found = format!("there is no style `{}`", report.head.style);
        let place = Place::file(format!("{}/report.yaml", report.file)).field("style");
        return Err(Diagnostic::error(place, found)
            .suggest(&report.head.style, programme.styles.keys().map(String::as_str))
            .into());
    };
    // What a text says of one period only must not be said of another.
    let own = report.head.period == format!("{}..{}", period.from, period.to);
    let compiling = Arc::new(Compiling {
        programme: Arc::clone(programme),
        figures: Arc::clone(&figures),
        language,
        placed: Mutex::default(),
        charts: Mutex::default(),
    });
    let file = report.source_file(language);
    let markdown = render(&compiling, &file, &report.sources[language], period, own)?;
    let mut placed =
        std::mem::take(&mut *compiling.placed.lock().unwrap_or_else(PoisonError::into_inner));
    let charts =
        std::mem::take(&mut *compiling.charts.lock().unwrap_or_else(PoisonError::into_inner));
    let structured = structure(programme, style, language, &markdown, &charts, &mut placed);
    let Structure { summary, blocks, footnotes, charts: drawn, problems } = structured;
    if !problems.is_empty() {
        let place = |title: &str| match report.sources[language].find(title) {
            Some(at) => crate::sources::place_of(
                &file,
                &report.sources[language],
                at,
                title.chars().count(),
            ),
            None => Place::file(&file),
        };
        let problems =
            problems.into_iter().map(|problem| problem.diagnostic(place(&problem.title)));
        return Err(Diagnostics(problems.collect()));
    }
    let versions = placed
        .iter()
        .flat_map(Placed::evidence)
        .flat_map(|evidence| std::iter::once(&evidence.record).chain(&evidence.with));
    let ids: BTreeSet<String> = versions.map(|version| version.record_id.clone()).collect();
    let mut records = figures.records(&ids.into_iter().collect::<Vec<_>>())?;
    let linked = linked(programme, &records);
    records.extend(figures.records(&linked)?);
    let mut document = Document {
        title: report.head.title[language].clone(),
        issuer: report.head.issuer[language].clone(),
        language,
        period,
        known_at: placed.first().map_or(0, |placed| placed.figure.known_at),
        dated: edition.dated,
        packs: programme.version.clone(),
        masthead: masthead(style, &report.head.masthead, edition),
        style: style.clone(),
        summary,
        blocks,
        footnotes,
        figures: placed,
        records,
    };
    crate::chart::draw_all(programme, &mut document, &drawn);
    Ok(document)
}

/// The masthead in the reader's language.
fn masthead(style: &Style, head: &chancery_model::style::Masthead, edition: Edition) -> Masthead {
    let Edition { language, period, dated } = edition;
    let names = |of: Language| style.masthead.languages[of][language].clone();
    let distribution = style.masthead.distribution.get(&head.distribution);
    let original = style.masthead.original[language].replace("{language}", &names(head.original));
    let mut lines: Vec<String> =
        distribution.map(|words| words[language].clone()).into_iter().collect();
    lines.push(words::date(language, dated));
    if head.original != language {
        // A sentence of its own begins with a capital.
        let own = names(language);
        let mut letters = own.chars();
        lines.extend(letters.next().map(|first| first.to_uppercase().chain(letters).collect()));
    }
    lines.push(original);
    Masthead {
        organ: style.masthead.organ[language].clone(),
        symbol: head.symbol.replace("{year}", &period.to.year().to_string()),
        body: head.body[language].clone(),
        lines,
        context: head.context.iter().map(|text| text[language].clone()).collect(),
        author: head.author.as_ref().map(|text| text[language].clone()),
    }
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
    let mut environment = crate::allowed::environment();
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
        Err(found) => Err(wrong(found.found)),
    });
    let shared = Arc::clone(compiling);
    environment.add_function("chart", move |kind: String, options: Kwargs| {
        let call = ChartCall::read(&shared.programme, &kind, &options)?;
        let mut charts = shared.charts.lock().unwrap_or_else(PoisonError::into_inner);
        charts.push(call);
        Ok::<_, Error>(format!("{CHART}{}{CLOSE}", charts.len() - 1))
    });
    environment.add_filter("digits", move |number: i16| words::digits(language, number));
    let shared = Arc::clone(compiling);
    environment.add_filter("million", move |value: Value| shared.million(value));
    environment
        .add_filter("plural", move |value: Value, forms: Kwargs| plural(language, &value, &forms));
    let context = Value::from(Serde(serde_json::json!({
        "period": {
            "start": period.from.to_string(),
            "end": period.to.to_string(),
            "own": own,
        },
        "language": language.code(),
    })));
    // Whoever writes a loop in a loop in a loop does not stop the machine.
    environment.set_fuel(Some(MOST_STEPS));
    // What is wrong is left out of the source for the next try, so that all is told that is wrong.
    let (mut tried, mut problems) = (Cow::Borrowed(source), Diagnostics::default());
    loop {
        compiling.placed.lock().unwrap_or_else(PoisonError::into_inner).clear();
        compiling.charts.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let mut written = Bounded(Vec::new());
        let template = environment.template_from_named_str(file, &tried);
        if template.is_ok() {
            // What is no template is told as that.
            let forbidden = crate::allowed::check(file, &tried);
            if forbidden.has_errors() {
                problems.extend(forbidden.0);
                return Err(problems);
            }
        }
        let rendered = template.and_then(|template| {
            template.render_captured_to(context.clone(), &mut written).map(drop)
        });
        let Err(error) = rendered else {
            let text = String::from_utf8(written.0)
                .map_err(|error| Diagnostic::error(Place::file(file), error.to_string()))?;
            return problems.unless_errors(text);
        };
        // That a try took too long says nothing of the source as it is.
        if !(problems.has_errors() && error.kind() == ErrorKind::OutOfFuel) {
            problems.extend(template_problems(&error, file, source).0);
        }
        environment.set_fuel(Some(MOST_STEPS / MOST_TOLD as u64));
        match without_call(&tried, &error) {
            Some(less) if problems.0.len() < MOST_TOLD => tried = Cow::Owned(less),
            _ => return Err(problems),
        }
    }
}

/// A source without the call in which an error is, of the same length; none where the error is in a
/// statement, without which the rest would mean something else, or is of the whole.
fn without_call(source: &str, error: &Error) -> Option<String> {
    if matches!(error.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure) {
        return None;
    }
    let at = source.floor_char_boundary(error.range()?.start);
    // The mark may stand on the braces themselves.
    let next = source.ceil_char_boundary(at + 2);
    let open = source[..next].rfind("{{")?;
    if source[..next].rfind("{%").is_some_and(|statement| statement > open) {
        return None;
    }
    let close = open + source[open..].find("}}")? + 2;
    let inside = source.get(at..close)?;
    let blank: String =
        source[open..close].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    let whole = !inside.is_empty() && blank != source[open..close];
    whole.then(|| [&source[..open], &blank, &source[close..]].concat())
}

impl Compiling {
    fn figure(&self, measure: &str, parameters: &Kwargs) -> Result<Value, Error> {
        let mut given = BTreeMap::new();
        for name in parameters.args() {
            let value: Value = parameters.get(name)?;
            let value = serde_json::to_value(&value).map_err(|error| wrong(error.to_string()))?;
            given.insert(name.to_owned(), value);
        }
        let declared = self.programme.measures.get(measure);
        let grouped = declared.is_some_and(|measure| !measure.head.group_by.is_empty());
        let rows = Wanted::First(if grouped { SHOWN_IN_GROUPS } else { SHOWN });
        let figure = self.figures.figure(measure, &given, rows).map_err(refused)?;
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
        if placed.len() > MOST_FIGURES {
            return Err(wrong("more figures than a report has"));
        }
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
            return Err(wrong("`million` after something that is no figure"));
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
        let found = self.figures.records(std::slice::from_ref(&id)).map_err(refused)?;
        let Some(record) = found.get(&id) else {
            return Err(wrong(format!("there is no record `{id}`")));
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
        let codes = self
            .programme
            .codelists
            .get(list)
            .ok_or_else(|| wrong(format!("there is no code list `{list}`")))?;
        if code.is_none() || code.is_undefined() {
            return Ok("–".to_owned());
        }
        let code = code.to_string();
        let found = codes
            .codes
            .get(&code)
            .ok_or_else(|| wrong(format!("there is no code `{code}` in `{list}`")))?;
        Ok(found.label[self.language].clone())
    }
}

pub(crate) fn wrong(what: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// What a call may not ask: [`template_problems`] tells it with the place of the call.
pub(crate) fn refused(problems: impl Into<Diagnostics>) -> Error {
    wrong("what is asked").with_source(problems.into())
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

/// What is wrong with a source, at its place there.
pub(crate) fn template_problems(error: &Error, file: &str, source: &str) -> Diagnostics {
    let line = error.line().unwrap_or(0);
    let (column, length) = match error.range() {
        Some(range) => {
            // What the engine marks may begin or end inside a letter.
            let from = source.floor_char_boundary(range.start);
            let to = source.floor_char_boundary(range.end).max(from);
            let start = source[..from].rfind('\n').map_or(0, |at| at + 1);
            (source[start..from].chars().count() + 1, source[from..to].chars().count().max(1))
        }
        None => (0, 1),
    };
    let place = Place::at(file, line, column, length);
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(problems) = inner.downcast_ref::<Diagnostics>() {
            let at = |own: &Diagnostic| {
                let place = Place { field: own.place.field.clone(), ..place.clone() };
                Diagnostic { place, ..own.clone() }
            };
            return Diagnostics(problems.0.iter().map(at).collect());
        }
        cause = inner.source();
    }
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    match (error.kind(), detail.strip_suffix(" is unknown")) {
        (ErrorKind::UnknownFunction, Some(name)) => {
            Diagnostic::error(place, format!("there is no function `{name}`"))
        }
        (ErrorKind::OutOfFuel | ErrorKind::WriteFailure, _) => {
            Diagnostic::error(place, "a source that goes on and on")
                .expected("loops over the rows of a figure, and no loops in loops in loops")
        }
        _ => Diagnostic::error(place, detail),
    }
    .into()
}
