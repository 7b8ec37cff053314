//! What a check found, as a page with each figure coloured by its verdict, and as SARIF for editors
//! and continuous integration.

use chancery_model::Language;
use serde::Serialize;
use serde_json::{Value, json};

use crate::check::{Checked, CheckedQuantity, Verdict};
use crate::grammar::grammar;
use crate::source::Source;
use crate::words;
use crate::write::html::escape;

const STYLE: &str = include_str!("../assets/checked.css");

impl Verdict {
    const ALL: [Self; 3] = [Self::Agrees, Self::Differs, Self::Unbound];

    fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Unbound => "unbound",
        }
    }
}

/// The document with its figures marked; no script, no server.
pub fn checked_html(name: &str, source: &Source, checked: &Checked, language: Language) -> String {
    let words = grammar(language);
    let letters: Vec<char> = source.text.chars().collect();
    let text = |from: usize, to: usize| escape(&letters[from..to].iter().collect::<String>());
    let mut body = String::new();
    let mut at = 0;
    for quantity in &checked.quantities {
        let [from, to] = quantity.span;
        if from < at || to > letters.len() {
            continue;
        }
        body.push_str(&text(at, from));
        body.push_str(&mark(quantity, &text(from, to), language));
        at = to;
    }
    body.push_str(&text(at, letters.len()));
    let counts = |verdict: Verdict| {
        checked.quantities.iter().filter(|quantity| quantity.verdict == verdict).count()
    };
    let legend: String = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            format!(
                "<li><mark class=\"{}\">{} {}</mark></li>",
                verdict.name(),
                sign(verdict),
                escape(&format!(
                    "{}: {}",
                    words.word(verdict.name()),
                    words::number(language, &counts(verdict).to_string())
                ))
            )
        })
        .collect();
    let paragraphs: String = body
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| format!("<p>{}</p>\n", paragraph.trim().replace('\n', "<br>")))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{code}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header><h1>{title}</h1><ul>{legend}</ul></header>\n\
         <main>\n{paragraphs}</main>\n</body>\n</html>\n",
        code = language.code(),
        direction = language.direction(),
        title = escape(name),
    )
}

/// A sign for each verdict, since colour alone tells nothing to some.
fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "✓",
        Verdict::Differs => "✗",
        Verdict::Unbound => "?",
    }
}

fn mark(quantity: &CheckedQuantity, text: &str, language: Language) -> String {
    let words = grammar(language);
    let verdict = quantity.verdict;
    let mut told = words.word(verdict.name()).to_owned();
    if let Some(measure) = &quantity.measure {
        let empty = std::collections::BTreeMap::new();
        let call =
            chancery_model::figure::call(measure, quantity.parameters.as_ref().unwrap_or(&empty));
        told = format!("{told}: {call}");
        if let Some(computed) = &quantity.computed {
            told = format!("{told} = {}", words::value(language, computed, ""));
        }
    }
    let correction = match (&quantity.computed, verdict) {
        (Some(computed), Verdict::Differs) => {
            format!(" <ins>{}</ins>", escape(&words::value(language, computed, "")))
        }
        _ => String::new(),
    };
    format!(
        "<mark class=\"{}\" tabindex=\"0\" title=\"{1}\">{text}<sup aria-label=\"{1}\">{2}</sup></mark>{correction}",
        verdict.name(),
        escape(&told),
        sign(verdict)
    )
}

/// What a check found as SARIF 2.1.0; places are those of the document's text.
pub fn sarif(file: &str, source: &Source, checked: &Checked) -> Value {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(source.text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(at, _)| at + 1))
        .collect();
    let place = |at: usize| {
        let line = starts.partition_point(|start| *start <= at);
        (line, at - starts[line - 1] + 1)
    };
    let results: Vec<Value> = checked
        .quantities
        .iter()
        .map(|quantity| {
            let [from, to] = quantity.span;
            let ((line, column), (end_line, end_column)) = (place(from), place(to));
            let (level, kind) = match quantity.verdict {
                Verdict::Differs => ("error", "fail"),
                Verdict::Agrees => ("none", "pass"),
                Verdict::Unbound => ("none", "open"),
            };
            let computed = quantity.computed.as_ref();
            let message = match (&quantity.measure, computed) {
                (Some(measure), Some(computed)) => {
                    format!("“{}”: {measure} gives {computed}", quantity.text)
                }
                _ => format!("“{}” is tied to no measure", quantity.text),
            };
            json!({
                "ruleId": quantity.verdict.name(),
                "level": level,
                "kind": kind,
                "message": {"text": message},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": file},
                    "region": {
                        "startLine": line, "startColumn": column,
                        "endLine": end_line, "endColumn": end_column,
                        "charOffset": from, "charLength": to - from,
                    },
                }}],
                "properties": {"measure": quantity.measure, "parameters": quantity.parameters, "paragraph": quantity.paragraph},
            })
        })
        .collect();
    let rules = Verdict::ALL.map(|verdict| {
        let text = match verdict {
            Verdict::Agrees => "The records give what the document says.",
            Verdict::Differs => "The records give another figure.",
            Verdict::Unbound => "No words tie the figure to a measure.",
        };
        json!({"id": verdict.name(), "shortDescription": {"text": text}})
    });
    let tool = Tool { driver: json!({"name": "chancery", "rules": rules}) };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [Run { tool, column_kind: "unicodeCodePoints", results }],
    })
}

/// One run of a checker, as SARIF has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Value>,
}

#[derive(Serialize)]
struct Tool {
    driver: Value,
}
