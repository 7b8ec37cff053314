//! What checks of documents found.

use std::collections::BTreeSet;

use anyhow::Result;
use chancery_app::{
    Checked, CheckedCitation, CheckedParagraph, CheckedQuantity, Facing, FacingKind, Reason, Sum,
    SumKind, Verdict,
};
use chancery_model::Language;
use comfy_table::{Cell, Color};
use serde_json::json;

use super::{answer, counted, message, rows, say, table};
use crate::cli::Cli;

pub(crate) fn checked(cli: &Cli, checked: &Checked) -> Result<()> {
    if cli.json {
        return answer(&json!(checked));
    }
    let mut shown = table(&["¶", "text", "value", "computed", "verdict", "evidence", "measure"]);
    for quantity in &checked.quantities {
        let (verdict, colour) = match quantity.verdict {
            Verdict::Agrees => ("agrees", Color::Green),
            Verdict::Differs => ("differs", Color::Red),
            Verdict::Unbound => ("unbound", Color::Reset),
        };
        let unit = quantity.unit.as_deref().unwrap_or_default();
        shown.add_row([
            Cell::new(quantity.paragraph.map_or_else(String::new, |number| number.to_string())),
            Cell::new(&quantity.text),
            Cell::new(format!("{} {unit}", quantity.value)),
            Cell::new(
                quantity.computed.as_ref().map_or_else(String::new, |value| value.to_string()),
            ),
            Cell::new(verdict).fg(colour),
            Cell::new(quantity.evidence_count.map_or_else(String::new, rows)),
            Cell::new(call(quantity).unwrap_or_default()),
        ]);
    }
    say(&shown.to_string())?;
    suggestions(&checked.quantities)?;
    for line in &checked.stale {
        message(&format!(
            "line {} of the concordance fits no quantity of the document, or several: correct or delete it",
            line + 2
        ));
    }
    citations(&checked.citations)?;
    arithmetic(&checked.arithmetic)?;
    let cautions = checked.quantities.iter().flat_map(|quantity| &quantity.cautions);
    let cautions: BTreeSet<&str> = cautions.map(|caution| caution.en.as_str()).collect();
    for caution in cautions {
        message(&format!("caution: {caution}"));
    }
    let differing = checked.quantities.iter().find(|q| q.verdict == Verdict::Differs);
    let hint = differing.and_then(call).map_or_else(String::new, |call| {
        format!("\nSee the records behind a figure with `chancery measure {call} --evidence`.")
    });
    let stated = checked.quantities.iter().filter(|quantity| quantity.stated).count();
    let stated = match stated {
        0 => String::new(),
        stated => format!(
            "\n{stated} were compared with what is recorded that this document states, the rest with records of the things themselves."
        ),
    };
    let accepted = checked.quantities.iter().filter(|quantity| quantity.accepted).count();
    let accepted = match accepted {
        0 => String::new(),
        accepted => format!(
            "\n{accepted} are tied by the concordance beside the document, the rest by their words."
        ),
    };
    let summary = checked.summary;
    say(&format!(
        "{}{}, {}: {} agree, {} differ, {} unbound{accepted}{stated}{hint}",
        covered(&checked.with_figures),
        counted(checked.paragraphs, "paragraph", "paragraphs"),
        counted(checked.quantities.len(), "quantity", "quantities"),
        summary.agrees,
        summary.differs,
        summary.unbound
    ))
}

/// What quantities might state, each under the number by which it is accepted.
fn suggestions(quantities: &[CheckedQuantity]) -> Result<()> {
    let open = || quantities.iter().enumerate().filter(|(_, q)| !q.suggestions.is_empty());
    if open().next().is_none() {
        return Ok(());
    }
    let mut shown = table(&["accept", "¶", "quantity", "might state", "gives", "because"]);
    for (number, quantity) in open() {
        for (choice, suggestion) in quantity.suggestions.iter().enumerate() {
            let first = choice == 0;
            let name = if first {
                format!("{}", number + 1)
            } else {
                format!("{}:{}", number + 1, choice + 1)
            };
            let place = quantity.paragraph.filter(|_| first);
            let text = format!("…{}{}{}…", quantity.before, quantity.text, quantity.after);
            let gives = suggestion.computed.as_ref().map_or_else(String::new, ToString::to_string);
            shown.add_row([
                Cell::new(name),
                Cell::new(place.map_or_else(String::new, |number| number.to_string())),
                Cell::new(if first { text } else { String::new() }),
                Cell::new(chancery_model::figure::call(
                    &suggestion.measure,
                    &suggestion.parameters,
                )),
                Cell::new(gives).fg(if suggestion.agrees { Color::Green } else { Color::Reset }),
                Cell::new(suggestion.because.iter().map(reason).collect::<Vec<_>>().join("; ")),
            ]);
        }
    }
    say(&shown.to_string())?;
    say("Suggestions bind nothing; accept one with `--accept` and its number.")
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Words(words) => format!("says {}", words.join(", ")),
        Reason::Unit(unit) => format!("counts in {unit}"),
        Reason::Names(names) => format!("names {}", names.join(", ")),
    }
}

/// What is cited and not in its register.
fn citations(citations: &[CheckedCitation]) -> Result<()> {
    if citations.is_empty() {
        return Ok(());
    }
    let open: Vec<&CheckedCitation> =
        citations.iter().filter(|cited| cited.key.is_none()).collect();
    if !open.is_empty() {
        let mut shown = table(&["¶", "cited", "leads to"]);
        for cited in &open {
            shown.add_row([
                cited.paragraph.map_or_else(String::new, |number| number.to_string()),
                cited.text.clone(),
                format!("{} of the register `{}`", cited.leads_to(), cited.register),
            ]);
        }
        say(&shown.to_string())?;
    }
    say(&format!(
        "{}: {} in the register, {} not",
        counted(citations.len(), "citation", "citations"),
        citations.len() - open.len(),
        open.len()
    ))
}

/// What does not add up.
fn arithmetic(sums: &[Sum]) -> Result<()> {
    if sums.is_empty() {
        return Ok(());
    }
    let wrong: Vec<&Sum> = sums.iter().filter(|sum| !sum.holds).collect();
    if !wrong.is_empty() {
        let mut shown = table(&["¶", "text", "is", "should be"]);
        for sum in &wrong {
            let (is, should) = match sum.kind {
                SumKind::Part => ("a part of another figure", format!("at most {}", sum.computed)),
                SumKind::Share => ("the share of a part in its whole", sum.computed.to_string()),
                SumKind::Parts => ("the total of the parts after it", sum.computed.to_string()),
                SumKind::Column => ("the total of its column", sum.computed.to_string()),
                SumKind::Row => ("the total of its row", sum.computed.to_string()),
            };
            let place = sum.paragraph.map_or_else(String::new, |number| number.to_string());
            shown.add_row([
                Cell::new(place),
                Cell::new(&sum.text),
                Cell::new(is),
                Cell::new(should).fg(Color::Red),
            ]);
        }
        say(&shown.to_string())?;
    }
    say(&format!(
        "{} inside the document, {} wrong",
        counted(sums.len(), "sum", "sums"),
        if wrong.is_empty() { "none".to_owned() } else { wrong.len().to_string() }
    ))
}

/// Which paragraphs have all their figures bound, and which do not.
fn covered(paragraphs: &[CheckedParagraph]) -> String {
    let list = |fits: &dyn Fn(&CheckedParagraph) -> bool| {
        let found = paragraphs.iter().filter(|paragraph| fits(paragraph));
        found.map(|paragraph| paragraph.paragraph.to_string()).collect::<Vec<_>>()
    };
    let groups = [
        ("all figures bound", list(&|p| p.bound == p.quantities)),
        ("some", list(&|p| p.bound > 0 && p.bound < p.quantities)),
        ("none", list(&|p| p.bound == 0)),
    ];
    let told = groups
        .iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(what, found)| format!("  {what}: {} ({})\n", found.len(), found.join(", ")));
    match paragraphs {
        [] => String::new(),
        _ => format!(
            "{} with figures:\n{}",
            counted(paragraphs.len(), "paragraph", "paragraphs"),
            told.collect::<String>()
        ),
    }
}

/// How the measure that a quantity states is called.
fn call(quantity: &CheckedQuantity) -> Option<String> {
    Some(chancery_model::figure::call(quantity.measure.as_ref()?, quantity.parameters.as_ref()?))
}

/// What two language versions say differently.
pub(crate) fn facing(
    cli: &Cli,
    facing: &Facing,
    (here, there): (Language, Language),
) -> Result<()> {
    if cli.json {
        return answer(&json!(facing));
    }
    if !facing.differences.is_empty() {
        let (here, there) = (here.to_string(), there.to_string());
        let mut shown = table(&["§", "what", &here, &there]);
        for difference in &facing.differences {
            let kind = match difference.kind {
                FacingKind::Paragraph => "paragraph",
                FacingKind::Figure => "figure",
                FacingKind::Date => "date",
                FacingKind::Citation => "citation",
            };
            let side = |side: &Option<String>| Cell::new(side.as_deref().unwrap_or("–"));
            shown.add_row([
                Cell::new(difference.paragraph),
                Cell::new(kind),
                side(&difference.here),
                side(&difference.there),
            ]);
        }
        say(&shown.to_string())?;
    }
    say(&format!(
        "{} in both; {} alike, {} not",
        counted(facing.paragraphs, "paragraph", "paragraphs"),
        counted(facing.alike, "figure, date or citation", "figures, dates and citations"),
        facing.differences.len()
    ))
}
