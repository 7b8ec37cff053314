//! What somebody accepted that the quantities of a document state, kept in a file beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chancery_exchange::{CellValue, TableFormat, TableWriter, read_safe};
use chancery_model::value::plain;
use chancery_model::{Diagnostic, Diagnostics, Language, Place, Programme};
use chancery_report::{Accepted, CheckedQuantity, Suggestion};
use serde::Deserialize;
use serde_json::Value;

use crate::export::now;
use crate::{Error, write_file};

/// What the first line of a concordance file names.
const COLUMNS: [&str; 7] =
    ["paragraph", "before", "text", "after", "measure", "parameters", "accepted"];

/// A line of a concordance file.
#[derive(Debug, Deserialize)]
struct Line {
    paragraph: Option<u32>,
    before: String,
    text: String,
    after: String,
    measure: String,
    /// `name=value`, with `|` between.
    parameters: String,
    /// The day on which somebody accepted it.
    accepted: String,
}

/// The file beside a document.
pub fn concordance_file(document: &Path) -> PathBuf {
    let mut name = document.as_os_str().to_owned();
    name.push(".concordance.csv");
    name.into()
}

/// What was accepted for a document; nothing where the file is not there.
pub(crate) fn read(document: &Path, programme: &Programme) -> Result<Vec<Accepted>, Error> {
    let file = concordance_file(document);
    let mut accepted = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in lines(&file)?.into_iter().enumerate() {
        let place =
            |column: &str| Place::line(file.display().to_string(), number + 2).field(column);
        match line {
            Ok(line) => {
                if !programme.measures.contains_key(&line.measure) {
                    let found = format!("`{}`, which is no measure", line.measure);
                    problems.push(
                        Diagnostic::error(place("measure"), found)
                            .expected("the name of a measure")
                            .hint("correct the line, or delete it"),
                    );
                }
                let given = line.parameters.split('|').filter(|given| !given.is_empty());
                let mut parameters = BTreeMap::new();
                for given in given {
                    match given.split_once('=') {
                        Some((name, value)) => {
                            parameters.insert(name.to_owned(), Value::from(value));
                        }
                        None => problems.push(
                            Diagnostic::error(place("parameters"), format!("`{given}`"))
                                .expected("name=value, with | between"),
                        ),
                    }
                }
                accepted.push(Accepted {
                    paragraph: line.paragraph,
                    context: [line.before, line.text, line.after],
                    measure: line.measure,
                    parameters,
                });
            }
            Err(error) => problems.push(
                Diagnostic::error(place(""), error.to_string())
                    .expected(COLUMNS.join(","))
                    .hint("correct the line, or delete it"),
            ),
        }
    }
    if problems.is_empty() { Ok(accepted) } else { Err(Diagnostics(problems).into()) }
}

/// Writes into the file beside a document what some of its quantities state: all or none. A line
/// about the same quantity is replaced.
pub fn accept(
    document: &Path,
    accepted: &[(&CheckedQuantity, &Suggestion)],
) -> Result<PathBuf, Error> {
    let file = concordance_file(document);
    let failed = |error: csv::Error| Error::io(&file)(error.into());
    let mut kept = lines(&file)?.into_iter().collect::<Result<Vec<Line>, _>>().map_err(failed)?;
    for (quantity, suggestion) in accepted {
        let new = Line::of(quantity, suggestion);
        kept.retain(|line| line.about() != new.about());
        kept.push(new);
    }
    let mut bytes = Vec::new();
    let columns = COLUMNS.map(str::to_owned);
    let mut table =
        TableWriter::begin(TableFormat::Csv, "", &columns, &mut bytes).map_err(Error::io(&file))?;
    for line in kept {
        table.row(&line.cells()).map_err(Error::io(&file))?;
    }
    table.end().map_err(Error::io(&file))?;
    write_file(&file, &bytes)?;
    Ok(file)
}

impl Line {
    fn of(quantity: &CheckedQuantity, suggestion: &Suggestion) -> Self {
        let [before, text, after] = quantity.context();
        let named = suggestion.parameters.iter();
        let named = named.map(|(name, value)| format!("{name}={}", plain(value, Language::En)));
        Self {
            paragraph: quantity.paragraph,
            before,
            text,
            after,
            measure: suggestion.measure.clone(),
            parameters: named.collect::<Vec<_>>().join("|"),
            accepted: now().chars().take(10).collect(),
        }
    }

    /// The quantity of which it tells.
    fn about(&self) -> (Option<u32>, [&str; 3]) {
        (self.paragraph, [&self.before, &self.text, &self.after])
    }

    /// In the order of the columns.
    fn cells(self) -> [CellValue; COLUMNS.len()] {
        let paragraph = self.paragraph.map(|number| CellValue::Number(number.to_string()));
        let text = CellValue::Text;
        [
            paragraph.unwrap_or(CellValue::Empty),
            text(self.before),
            text(self.text),
            text(self.after),
            text(self.measure),
            text(self.parameters),
            text(self.accepted),
        ]
    }
}

fn lines(file: &Path) -> Result<Vec<Result<Line, csv::Error>>, Error> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(file)(error)),
    };
    let read = csv::Reader::from_reader(bytes.as_slice()).into_deserialize();
    let bare = |mut line: Line| {
        for text in [&mut line.before, &mut line.text, &mut line.after] {
            *text = read_safe(text).to_owned();
        }
        line
    };
    Ok(read.map(|line| line.map(bare)).collect())
}
