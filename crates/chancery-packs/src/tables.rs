//! CSV files of packs in which each line has a key and texts in six languages.

use std::collections::HashMap;

use chancery_model::{Diagnostic, Language, Multilingual, Place, Text};

/// One line of such a file.
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) key: String,
    pub(crate) label: Text,
    cells: HashMap<String, String>,
}

impl Line {
    /// The cell of an optional column, empty where there is none.
    pub(crate) fn cell(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", |cell| cell.trim())
    }
}

/// Reads a file with the columns `key`, `label.<language>` six times, and some of `optional`.
pub(crate) fn read(
    file: &str,
    bytes: &[u8],
    key: &str,
    optional: &[&str],
) -> (Vec<Line>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            return (vec![], vec![Diagnostic::error(Place::line(file, 1), error.to_string())]);
        }
    };
    let labels = Language::ALL.map(|language| format!("label.{language}"));
    let known: Vec<&str> = [key]
        .into_iter()
        .chain(labels.iter().map(String::as_str))
        .chain(optional.iter().copied())
        .collect();
    for name in &headers {
        if !known.contains(&name) {
            problems.push(
                Diagnostic::error(
                    Place::line(file, 1).field(name),
                    format!("the unknown column `{name}`"),
                )
                .suggest(name, known.iter().copied()),
            );
        }
    }
    for name in known.iter().take(7) {
        if !headers.iter().any(|header| header == *name) {
            problems.push(
                Diagnostic::error(Place::line(file, 1), format!("no column `{name}`"))
                    .expected(format!("`{key}` and its label in all six languages")),
            );
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    if !problems.is_empty() {
        return (lines, problems);
    }
    let mut seen = HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line() as usize);
                problems.push(Diagnostic::error(Place::line(file, line), error.to_string()));
                continue;
            }
        };
        let number = record.position().map_or(0, |position| position.line() as usize);
        let cells: HashMap<String, String> =
            headers.iter().zip(record.iter()).map(|(n, c)| (n.to_owned(), c.to_owned())).collect();
        let cell = |name: &str| cells.get(name).map_or("", |cell| cell.trim());
        let label: Result<Text, Language> =
            Multilingual::try_from_fn(|language| match cell(&format!("label.{language}")) {
                "" => Err(language),
                text => Ok(text.to_owned()),
            });
        let own = cell(key).to_owned();
        match label {
            Err(language) => problems.push(
                Diagnostic::error(
                    Place::line(file, number).field(format!("label.{language}")),
                    format!("no label in `{language}` for `{own}`"),
                )
                .expected("a label in all six languages"),
            ),
            Ok(label) => {
                if seen.insert(own.clone(), number).is_some() {
                    problems.push(Diagnostic::error(
                        Place::line(file, number).field(key),
                        format!("the {key} `{own}` a second time"),
                    ));
                }
                lines.push(Line { number, key: own, label, cells });
            }
        }
    }
    (lines, problems)
}
