//! What a check found, as a page with each figure coloured by its verdict, and as SARIF for editors
//! and continuous integration.

use std::collections::BTreeMap;

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
    for (from, to, marking) in markings(checked, language) {
        if from < at || to > letters.len() {
            continue;
        }
        body.push_str(&text(at, from));
        body.push_str(&marking.html(&text(from, to)));
        at = to;
    }
    body.push_str(&text(at, letters.len()));
    let found: Vec<&str> = markings(checked, language).map(|(.., marking)| marking.class).collect();
    let legend: String = CLASSES
        .into_iter()
        .filter_map(|(class, sign)| {
            let count = found.iter().filter(|other| **other == class).count();
            let count = words::number(language, &count.to_string());
            let told = escape(&format!("{}: {count}", words.word(class)));
            // The verdicts always; the rest where there is any.
            let shown = Verdict::ALL.iter().any(|verdict| verdict.name() == class)
                || found.contains(&class);
            shown.then(|| format!("<li><mark class=\"{class}\">{sign} {told}</mark></li>"))
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

/// What can be said of a piece of a document, each with a sign, since colour alone tells nothing to
/// some.
const CLASSES: [(&str, &str); 6] = [
    ("agrees", "✓"),
    ("differs", "✗"),
    ("unsound", "≠"),
    ("unbound", "?"),
    ("cited", "§"),
    ("unknown", "§?"),
];

/// How a piece of the document is marked.
struct Marking {
    class: &'static str,
    told: String,
    correction: Option<String>,
}

impl Marking {
    fn html(&self, text: &str) -> String {
        let sign = CLASSES.iter().find(|(class, _)| *class == self.class).map_or("", |(_, s)| s);
        let told = escape(&self.told);
        let correction = self.correction.as_ref();
        let correction =
            correction.map_or_else(String::new, |c| format!(" <ins>{}</ins>", escape(c)));
        format!(
            "<mark class=\"{}\" tabindex=\"0\" title=\"{told}\">{text}<sup aria-label=\"{told}\">{sign}</sup></mark>{correction}",
            self.class
        )
    }
}

/// All that is marked, by place.
fn markings(
    checked: &Checked,
    language: Language,
) -> impl Iterator<Item = (usize, usize, Marking)> {
    let words = grammar(language);
    let mut all: BTreeMap<[usize; 2], Marking> = BTreeMap::new();
    for citation in &checked.citations {
        let class = if citation.key.is_some() { "cited" } else { "unknown" };
        let told = match &citation.key {
            Some(key) => format!("{}: {key}", words.word(class)),
            None => words.word(class).to_owned(),
        };
        all.insert(citation.span, Marking { class, told, correction: None });
    }
    for quantity in &checked.quantities {
        all.insert(quantity.span, marking(quantity, language));
    }
    // What does not add up weighs more than what nobody knows, and less than what is wrong.
    for sum in checked.arithmetic.iter().filter(|sum| !sum.holds) {
        let told = format!(
            "{}: {} ≠ {}",
            words.word("unsound"),
            words::value(language, &sum.stated, ""),
            words::value(language, &sum.computed, "")
        );
        if let Some(marking) = all.get_mut(&sum.span)
            && marking.class != Verdict::Differs.name()
        {
            *marking = Marking { class: "unsound", told, correction: None };
        }
    }
    all.into_iter().map(|([from, to], marking)| (from, to, marking))
}

fn marking(quantity: &CheckedQuantity, language: Language) -> Marking {
    let verdict = quantity.verdict;
    let mut told = grammar(language).word(verdict.name()).to_owned();
    if let Some(measure) = &quantity.measure {
        let empty = BTreeMap::new();
        let call =
            chancery_model::figure::call(measure, quantity.parameters.as_ref().unwrap_or(&empty));
        told = format!("{told}: {call}");
        if let Some(computed) = &quantity.computed {
            told = format!("{told} = {}", words::value(language, computed, ""));
        }
    }
    let correction = quantity.computed.as_ref().filter(|_| verdict == Verdict::Differs);
    let correction = correction.map(|computed| words::value(language, computed, ""));
    Marking { class: verdict.name(), told, correction }
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
    let result = |rule: &str,
                  (level, kind): (&str, &str),
                  message: String,
                  span: [usize; 2],
                  properties: Value| {
        let [from, to] = span;
        let ((line, column), (end_line, end_column)) = (place(from), place(to));
        json!({
            "ruleId": rule,
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
            "properties": properties,
        })
    };
    let quantities = checked.quantities.iter().map(|quantity| {
        let severity = match quantity.verdict {
            Verdict::Differs => ("error", "fail"),
            Verdict::Agrees => ("none", "pass"),
            Verdict::Unbound => ("none", "open"),
        };
        let message = match (&quantity.measure, &quantity.computed) {
            (Some(measure), Some(computed)) => {
                format!("“{}”: {measure} gives {computed}", quantity.text)
            }
            _ => format!("“{}” is tied to no measure", quantity.text),
        };
        let properties = json!({"measure": quantity.measure, "parameters": quantity.parameters, "paragraph": quantity.paragraph});
        result(quantity.verdict.name(), severity, message, quantity.span, properties)
    });
    let sums = checked.arithmetic.iter().filter(|sum| !sum.holds).map(|sum| {
        let message =
            format!("“{}” does not add up: {} and not {}", sum.text, sum.computed, sum.stated);
        let properties = json!({"sum": sum.kind, "paragraph": sum.paragraph});
        result("unsound", ("error", "fail"), message, sum.span, properties)
    });
    let cited =
        checked.citations.iter().filter(|citation| citation.key.is_none()).map(|citation| {
            let message = format!(
                "“{}” is {} of the register {}",
                citation.text,
                citation.leads_to(),
                citation.register
            );
            let properties =
                json!({"register": citation.register, "paragraph": citation.paragraph});
            result("unknown", ("note", "review"), message, citation.span, properties)
        });
    let results: Vec<Value> = quantities.chain(sums).chain(cited).collect();
    let rules = [
        ("agrees", "The records give what the document says."),
        ("differs", "The records give another figure."),
        ("unbound", "No words tie the figure to a measure."),
        ("unsound", "The figures of the document contradict each other."),
        ("unknown", "No record, or more than one, is cited so."),
    ]
    .map(|(id, text)| json!({"id": id, "shortDescription": {"text": text}}));
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
