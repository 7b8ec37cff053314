//! Charts: what a source asks for, the numbers of the table after it, and the drawing.

use std::collections::BTreeSet;

use chancery_model::value::texts;
use chancery_model::{Diagnostic, Language, Outlines, Place, Programme};
use minijinja::Error;
use minijinja::value::Kwargs;
use serde_json::Value;

use crate::compile::{refused, wrong};
use crate::document::{Block, Document, Inline, Placed, Table, plain};
use crate::drawing::{Data, Drawing, Kind, Row, draw};
use crate::structure::ChartProblem;
use crate::words::{SHARE, percent};

/// No chart draws more rows.
const MOST_ROWS: usize = 400;
/// So many sources are named under a chart.
const SOURCES: usize = 3;

/// `chart("line", title="…", alt="…")` in a source.
#[derive(Clone, Debug)]
pub(crate) struct ChartCall {
    kind: Kind,
    pub(crate) title: String,
    pub(crate) alternative: String,
    source: Option<String>,
    /// The outlines of a map.
    outlines: Option<String>,
    /// The columns that name places: of a map one, of flows from and to.
    places: Vec<String>,
}

impl ChartCall {
    pub(crate) fn read(programme: &Programme, kind: &str, options: &Kwargs) -> Result<Self, Error> {
        let unknown = |found: String, known: &str| {
            let problem = Diagnostic::error(Place::default(), found);
            refused(problem.expected(format!("one of {known}")))
        };
        let known = Kind::ALL.map(|(name, _)| name).join(", ");
        let found = Kind::ALL.into_iter().find(|(name, _)| *name == kind);
        let (_, kind) =
            found.ok_or_else(|| unknown(format!("there is no chart `{kind}`"), &known))?;
        let needed = |name: &str| -> Result<String, Error> {
            let text = options.get::<Option<String>>(name)?.unwrap_or_default();
            if text.trim().is_empty() {
                return Err(wrong(format!("a chart without `{name}`")));
            }
            Ok(text)
        };
        let (outlines, places) = match kind {
            Kind::Map => (Some(needed("outlines")?), vec![needed("by")?]),
            Kind::Flow => (Some(needed("outlines")?), vec![needed("from")?, needed("to")?]),
            _ => (None, Vec::new()),
        };
        if let Some(name) = outlines.as_ref().filter(|name| !programme.outlines.contains_key(*name))
        {
            let known: Vec<&str> = programme.outlines.keys().map(String::as_str).collect();
            let known = known.join(", ");
            return Err(unknown(format!("there are no outlines `{name}`"), &known));
        }
        let call = Self {
            kind,
            title: needed("title")?,
            alternative: needed("alt")?,
            source: options.get("source")?,
            outlines,
            places,
        };
        options.assert_all_used()?;
        Ok(call)
    }

    pub(crate) fn outlines<'p>(&self, programme: &'p Programme) -> Option<&'p Outlines> {
        programme.outlines.get(self.outlines.as_ref()?)
    }
}

/// The numbers of a table: its first column says what each row is, the others hold figures.
pub(crate) fn read_data(
    call: &ChartCall,
    table: &Table,
    placed: &[Placed],
) -> Result<Data, ChartProblem> {
    let problem = |found: String, expected: &'static str| ChartProblem {
        title: call.title.clone(),
        found,
        expected,
    };
    let text = |cell: &[Inline]| plain(placed, cell);
    if table.header.len() < 2 {
        return Err(problem(
            "a table of one column".to_owned(),
            "a column of labels and at least one of figures",
        ));
    }
    if table.rows.len() > MOST_ROWS {
        return Err(problem(format!("{} rows", table.rows.len()), "at most 400 rows"));
    }
    let mut rows = Vec::new();
    for cells in &table.rows {
        let mut row = Row { label: text(&cells[0]), values: Vec::new(), places: Vec::new() };
        for cell in &cells[1..] {
            let figure = cell.iter().find_map(|inline| match inline {
                Inline::Figure(index) => placed.get(*index),
                _ => None,
            });
            let Some(figure) = figure else {
                row.values.push(None);
                if !text(cell).trim().is_empty() && text(cell).trim() != "–" {
                    let found = format!("`{}` in the row `{}`", text(cell), row.label);
                    return Err(problem(
                        found,
                        "figures only: a chart draws no number that nobody can follow back",
                    ));
                }
                continue;
            };
            row.values.push(amount(figure));
            if row.places.is_empty() {
                row.places =
                    call.places.iter().filter_map(|column| place(figure, column)).collect();
            }
        }
        if row.places.len() < call.places.len() {
            let found = format!("no `{}` for the row `{}`", call.places.join("` and `"), row.label);
            return Err(problem(found, "figures of a measure with that group or parameter"));
        }
        rows.push(row);
    }
    Ok(Data { series: table.header[1..].iter().map(|cell| text(cell)).collect(), rows })
}

/// The number of a figure; of a share, in per cent.
fn amount(placed: &Placed) -> Option<f64> {
    let number = match placed.value() {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }?;
    if placed.figure.unit == SHARE { percent(number).parse().ok() } else { Some(number) }
}

/// The key of the place that a figure speaks of.
fn place(placed: &Placed, column: &str) -> Option<String> {
    let grouped = placed.group.as_ref().and_then(|group| group.get(column));
    let value = grouped.or_else(|| placed.figure.parameters.get(column))?;
    texts(value).first().map(|text| (*text).to_owned())
}

/// Draws the charts of a document and says where their numbers come from.
pub(crate) fn draw_all(
    programme: &Programme,
    document: &mut Document,
    drawn: &[(ChartCall, Data)],
) {
    let mut summary = std::mem::take(&mut document.summary);
    let mut blocks = std::mem::take(&mut document.blocks);
    for block in summary.iter_mut().chain(&mut blocks) {
        let Block::Chart(chart) = block else { continue };
        let Some((call, data)) = drawn.get(chart.number - 1) else { continue };
        chart.drawing = draw(&Drawing {
            kind: call.kind,
            data,
            outlines: call.outlines(programme),
            language: document.language,
            fonts: &document.style.fonts[document.language],
            alternative: &call.alternative,
        });
        chart.source = match &call.source {
            Some(source) => source.clone(),
            None => sources(document, &chart.table, document.language),
        };
    }
    document.summary = summary;
    document.blocks = blocks;
}

/// Where the records behind the figures of a table come from.
fn sources(document: &Document, table: &Table, language: Language) -> String {
    let figures = table.rows.iter().flatten().flatten().filter_map(|inline| match inline {
        Inline::Figure(index) => document.figures.get(*index),
        _ => None,
    });
    let ids = figures.flat_map(Placed::evidence).map(|evidence| &evidence.record.record_id);
    let records = ids.filter_map(|id| document.records.get(id));
    let found: BTreeSet<&str> = records.map(|record| record.source.as_str()).collect();
    let mut named: Vec<&str> = found.iter().copied().take(SOURCES).collect();
    if found.len() > SOURCES {
        named.push("…");
    }
    let word = crate::grammar::grammar(language).word("source_line");
    word.replace("{sources}", &named.join("; "))
}
