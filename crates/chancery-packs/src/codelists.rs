//! Code lists are CSV: `code`, `label.<language>` six times, and where needed `aliases`,
//! `parent`, `valid_from`, `valid_to`.

use chancery_model::value::read_date;
use chancery_model::{Code, CodeList, Diagnostic, Place};

use crate::tables;

const OPTIONAL: [&str; 4] = ["aliases", "parent", "valid_from", "valid_to"];

pub(crate) fn read(file: &str, bytes: &[u8]) -> (CodeList, Vec<Diagnostic>) {
    let (lines, mut problems) = tables::read(file, bytes, "code", &OPTIONAL);
    let mut list = CodeList::default();
    for line in lines {
        let mut date = |name: &str| match line.cell(name) {
            "" => None,
            text => read_date(text)
                .map_err(|wrong| {
                    problems.push(wrong.at(Place::line(file, line.number).field(name)));
                })
                .ok(),
        };
        let code = Code {
            valid_from: date("valid_from"),
            valid_to: date("valid_to"),
            aliases: line
                .cell("aliases")
                .split('|')
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
            parent: Some(line.cell("parent"))
                .filter(|parent| !parent.is_empty())
                .map(str::to_owned),
            label: line.label,
        };
        list.codes.insert(line.key, code);
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
