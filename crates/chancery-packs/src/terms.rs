//! The words of a pack for its fields, `terms.csv`: `field`, `label.<language>` six times, and
//! where needed `help.<language>`. A field is named by itself, or with its register before it.

use std::collections::BTreeMap;

use chancery_model::{Diagnostic, Field, Language, Multilingual, Place, Text};

use crate::tables;

/// Label and help by field.
pub(crate) type Terms = BTreeMap<String, (Text, Text)>;

pub(crate) fn read(file: &str, bytes: &[u8]) -> (Terms, Vec<Diagnostic>) {
    let helps = Language::ALL.map(|language| format!("help.{language}"));
    let optional: Vec<&str> = helps.iter().map(String::as_str).collect();
    let (lines, mut problems) = tables::read(file, bytes, "field", &optional);
    let mut terms = Terms::new();
    for line in lines {
        let help = |language: Language| line.cell(&format!("help.{language}")).to_owned();
        let help: Text =
            Multilingual::try_from_fn(|language| Ok::<_, ()>(help(language))).unwrap_or_default();
        let told = help.each().filter(|(_, text)| !text.is_empty()).count();
        if told != 0 && told != Language::ALL.len() {
            problems.push(
                Diagnostic::error(
                    Place::line(file, line.number).field("help"),
                    format!("the help for `{}` in {told} languages", line.key),
                )
                .expected("all six languages, or none"),
            );
        }
        terms.insert(line.key, (line.label, help));
    }
    (terms, problems)
}

/// Gives a field without words of its own those of the terms, the nearest first.
pub(crate) fn fill<'t>(
    register: &str,
    name: &str,
    field: &mut Field,
    terms: impl Iterator<Item = &'t Terms>,
) {
    let empty = |text: &Text| text.each().all(|(_, text)| text.is_empty());
    if !empty(&field.label) {
        return;
    }
    let whole = format!("{register}.{name}");
    let found = terms.into_iter().find_map(|terms| terms.get(&whole).or_else(|| terms.get(name)));
    if let Some((label, help)) = found {
        field.label = label.clone();
        if empty(&field.help) {
            field.help = help.clone();
        }
    }
}
