//! What somebody accepted that the quantities of a document state, kept in a file beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chancery_model::value::plain;
use chancery_model::{Diagnostic, Diagnostics, Language, Place, Programme};
use chancery_report::{Accepted, CheckedQuantity, Suggestion};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::export::now;
use crate::{Error, write_file};

/// A line of a concordance file.
#[derive(Debug, Serialize, Deserialize)]
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
                            .expected("a measure that `chancery measure` lists")
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
                    .expected("paragraph,before,text,after,measure,parameters,accepted")
                    .hint("correct the line, or delete it"),
            ),
        }
    }
    if problems.is_empty() { Ok(accepted) } else { Err(Diagnostics(problems).into()) }
}

/// Adds a line to the file beside a document; one about the same quantity is replaced.
pub fn accept(
    document: &Path,
    quantity: &CheckedQuantity,
    suggestion: &Suggestion,
) -> Result<PathBuf, Error> {
    let file = concordance_file(document);
    let [before, text, after] = quantity.context();
    let named = suggestion.parameters.iter();
    let named = named.map(|(name, value)| format!("{name}={}", plain(value, Language::En)));
    let new = Line {
        paragraph: quantity.paragraph,
        before,
        text,
        after,
        measure: suggestion.measure.clone(),
        parameters: named.collect::<Vec<_>>().join("|"),
        accepted: now().chars().take(10).collect(),
    };
    let same = |line: &Line| {
        let context = |line: &Line| {
            (line.paragraph, line.before.clone(), line.text.clone(), line.after.clone())
        };
        context(line) == context(&new)
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Error::io(&file)(error.into());
    for line in lines(&file)? {
        let line = line.map_err(failed)?;
        if !same(&line) {
            writer.serialize(line).map_err(failed)?;
        }
    }
    writer.serialize(&new).map_err(failed)?;
    let bytes = writer.into_inner().map_err(|error| Error::io(&file)(error.into_error()))?;
    write_file(&file, &bytes)?;
    Ok(file)
}

fn lines(file: &Path) -> Result<Vec<Result<Line, csv::Error>>, Error> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(csv::Reader::from_reader(bytes.as_slice()).deserialize().collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::io(file)(error)),
    }
}
