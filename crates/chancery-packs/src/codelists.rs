//! Code lists are CSV: `code`, `label.<language>` six times, and where needed `aliases`,
//! `parent`, `valid_from`, `valid_to`.

use std::collections::HashMap;

use chancery_model::value::read_date;
use chancery_model::{Code, CodeList, Diagnostic, Language, Multilingual, Place};

const OPTIONAL: [&str; 4] = ["aliases", "parent", "valid_from", "valid_to"];

pub(crate) fn read(file: &str, bytes: &[u8]) -> (CodeList, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut list = CodeList::default();
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            return (list, vec![Diagnostic::error(Place::line(file, 1), error.to_string())]);
        }
    };
    let labels = Language::ALL.map(|language| format!("label.{language}"));
    let known: Vec<&str> =
        ["code"].into_iter().chain(labels.iter().map(String::as_str)).chain(OPTIONAL).collect();
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
                    .expected("a code and its label in all six languages"),
            );
        }
    }
    if !problems.is_empty() {
        return (list, problems);
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line() as usize);
                problems.push(Diagnostic::error(Place::line(file, line), error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, |position| position.line() as usize);
        let cells: HashMap<&str, &str> = headers.iter().zip(record.iter()).collect();
        let cell = |name: &str| cells.get(name).copied().unwrap_or_default().trim();
        let label: Result<Multilingual<String>, Language> =
            Multilingual::try_from_fn(|language| match cell(&format!("label.{language}")) {
                "" => Err(language),
                text => Ok(text.to_owned()),
            });
        let label = match label {
            Ok(label) => label,
            Err(language) => {
                problems.push(
                    Diagnostic::error(
                        Place::line(file, line).field(format!("label.{language}")),
                        format!("no label in `{language}` for `{}`", cell("code")),
                    )
                    .expected("a label in all six languages"),
                );
                continue;
            }
        };
        let mut date = |name: &str| match cell(name) {
            "" => None,
            text => read_date(text)
                .map_err(|wrong| problems.push(wrong.at(Place::line(file, line).field(name))))
                .ok(),
        };
        let code = Code {
            label,
            valid_from: date("valid_from"),
            valid_to: date("valid_to"),
            aliases: cell("aliases")
                .split('|')
                .map(str::trim)
                .filter(|a| !a.is_empty())
                .map(str::to_owned)
                .collect(),
            parent: Some(cell("parent")).filter(|parent| !parent.is_empty()).map(str::to_owned),
        };
        if list.codes.insert(cell("code").to_owned(), code).is_some() {
            problems.push(Diagnostic::error(
                Place::line(file, line).field("code"),
                format!("the code `{}` a second time", cell("code")),
            ));
        }
    }
    for (code, entry) in &list.codes {
        if let Some(parent) =
            entry.parent.as_ref().filter(|parent| !list.codes.contains_key(*parent))
        {
            problems.push(
                Diagnostic::error(
                    Place::file(file).field("parent"),
                    format!("`{parent}`, the parent of `{code}`, which is no code of the list"),
                )
                .suggest(parent, list.codes.keys().map(String::as_str)),
            );
        }
    }
    (list, problems)
}
