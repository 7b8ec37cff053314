//! Checking the sources of reports without computing anything.

use chancery_model::value::placeholders;
use chancery_model::{Diagnostic, Language, Place, Programme};
use minijinja::Environment;
use regex::Regex;

use crate::compile::template_problems;

/// A call of a figure with all that does not matter taken out, for comparing.
fn plain_call(call: &str) -> String {
    call.split_whitespace().collect::<String>().replace('\'', "\"")
}

/// Where a call stands in a source; the file alone where it does not.
fn found_in(file: &str, source: &str, pattern: &Regex, call: &str) -> Place {
    match pattern.find_iter(source).find(|found| plain_call(found.as_str()) == call) {
        Some(found) => place_of(file, source, found.start(), found.as_str().chars().count()),
        None => Place::file(file),
    }
}

/// The place of a byte of a source.
pub(crate) fn place_of(file: &str, source: &str, at: usize, length: usize) -> Place {
    let line_start = source[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = source[..at].matches('\n').count() + 1;
    Place::at(file, line, source[line_start..at].chars().count() + 1, length)
}

/// Checks the sources of all reports without computing: they parse, call measures that exist,
/// and call the same ones in every language.
pub fn check_sources(programme: &Programme) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    #[expect(
        clippy::expect_used,
        reason = "a constant pattern, compiled by every test of this function"
    )]
    let call = Regex::new(r#"figure\(\s*["']([^"']*)["']([^)]*)\)"#).expect("a valid pattern");
    for report in programme.reports.values() {
        let calls = |language: Language| -> Vec<String> {
            let found = call.find_iter(&report.sources[language]);
            let mut calls: Vec<_> = found.map(|found| plain_call(found.as_str())).collect();
            calls.sort();
            calls
        };
        let first = calls(Language::En);
        for language in Language::ALL {
            let file = report.source_file(language);
            let source = &report.sources[language];
            problems.extend(crate::allowed::check(&file, source).0);
            let environment = Environment::new();
            if let Err(error) = environment.template_from_named_str(&file, source) {
                problems.extend(template_problems(&error, &file, source).0);
                continue;
            }
            for found in call.captures_iter(source) {
                let Some(measure) = found.get(1) else { continue };
                if !programme.measures.contains_key(measure.as_str()) {
                    let place = place_of(&file, source, measure.start(), measure.len());
                    problems.push(
                        Diagnostic::error(
                            place,
                            format!("the measure `{}`, which does not exist", measure.as_str()),
                        )
                        .suggest(measure.as_str(), programme.measures.keys().map(String::as_str)),
                    );
                }
            }
            let own = calls(language);
            let differing = own
                .iter()
                .find(|call| !first.contains(call))
                .or_else(|| first.iter().find(|call| !own.contains(call)));
            let unknown = problems.iter().any(|problem: &Diagnostic| problem.place.file == file);
            // A call of a measure that does not exist has been told.
            if own != first && !unknown {
                let what = differing.map_or("a call that is repeated", String::as_str);
                let place = found_in(&file, source, &call, what);
                problems.push(
                    Diagnostic::error(place, format!("not the same figures as in English: `{what}`"))
                        .expected("the same calls of `figure` in every language, so that languages cannot disagree"),
                );
            }
        }
        for (language, title) in report.head.title.each() {
            for name in placeholders(title) {
                problems.push(Diagnostic::error(
                    Place::file(&report.file).field("title"),
                    format!("`{{{name}}}` in the title in `{language}`"),
                ));
            }
        }
    }
    problems
}
