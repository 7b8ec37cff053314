//! What changed between two builds of a report: figures first, then words.

use std::collections::BTreeMap;

use chancery_model::value::read_date;
use chancery_model::{Diagnostic, Language, Place};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

/// A report as its JSON says it.
#[derive(Clone, Debug, Deserialize)]
pub struct Built {
    pub title: String,
    pub language: Language,
    pub known_at: u64,
    pub period: BuiltPeriod,
    pub blocks: Vec<BuiltBlock>,
    pub figures: Vec<BuiltFigure>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct BuiltPeriod {
    pub from: String,
    pub to: String,
}

/// A text of the report; a figure stands in it as `{f12}`.
#[derive(Clone, Debug, Deserialize)]
pub struct BuiltBlock {
    /// The number of the paragraph in which it is, or after which it comes.
    pub paragraph: Option<u32>,
    pub text: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct BuiltFigure {
    pub id: String,
    pub paragraph: Option<u32>,
    pub text: String,
    pub label: String,
    pub measure: String,
    pub parameters: BTreeMap<String, Value>,
    pub group: Option<Map<String, Value>>,
    pub value: Value,
    pub evidence: Vec<Entered>,
}

/// An entry behind a figure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entered {
    pub record_id: String,
    pub entry: u64,
}

/// What is different.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub figures: Vec<FigureChange>,
    /// How many figures stand in both with the same value.
    pub same: usize,
    pub words: Vec<WordChange>,
}

/// A figure with another value, or in one of the two only.
#[derive(Clone, Debug, Serialize)]
pub struct FigureChange {
    pub label: String,
    pub measure: String,
    pub old: Option<Stated>,
    pub new: Option<Stated>,
    /// Entries that the new figure rests on and the old one does not.
    pub added: Vec<Entered>,
    /// Entries that only the old one rests on.
    pub removed: Vec<Entered>,
}

/// What a report says, and where.
#[derive(Clone, Debug, Serialize)]
pub struct Stated {
    pub text: String,
    pub paragraph: Option<u32>,
}

/// A text with other words.
#[derive(Clone, Debug, Serialize)]
pub struct WordChange {
    pub paragraph: Option<u32>,
    /// The text in pieces: kept, taken out, put in.
    pub pieces: Vec<(Change, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    Kept,
    Removed,
    Added,
}

/// Reads the JSON of a report.
pub fn read_built(file: &str, bytes: &[u8]) -> Result<Built, Diagnostic> {
    serde_json::from_slice(bytes).map_err(|error| {
        Diagnostic::error(Place::at(file, error.line(), error.column(), 1), error.to_string())
            .expected("the JSON of a report")
            .hint("`chancery report build NAME --lang LANG --out FILE.json` writes it")
    })
}

/// Compares two builds.
pub fn compare(old: &Built, new: &Built) -> Comparison {
    let (figures, same) = figures(old, new);
    Comparison { figures, same, words: words(old, new) }
}

/// What makes a figure the same one in two builds: measure and parameters, but for dates, which
/// are others in another year.
fn key(figure: &BuiltFigure) -> String {
    let lasting = figure
        .parameters
        .iter()
        .filter(|(_, value)| value.as_str().is_none_or(|text| read_date(text).is_err()));
    let lasting: Vec<_> = lasting.collect();
    serde_json::json!([figure.measure, lasting, figure.group]).to_string()
}

fn figures(old: &Built, new: &Built) -> (Vec<FigureChange>, usize) {
    let keys = |built: &Built| built.figures.iter().map(key).collect::<Vec<_>>();
    let (old_keys, new_keys) = (keys(old), keys(new));
    let mut changes = Vec::new();
    let mut same = 0;
    let change = |old: Option<&BuiltFigure>, new: Option<&BuiltFigure>| {
        let stated = |figure: &BuiltFigure| Stated {
            text: figure.text.clone(),
            paragraph: figure.paragraph,
        };
        let only = |these: Option<&BuiltFigure>, others: Option<&BuiltFigure>| -> Vec<Entered> {
            let others: &[Entered] = others.map_or(&[], |figure| &figure.evidence);
            let these = these.into_iter().flat_map(|figure| &figure.evidence);
            these.filter(|version| !others.contains(version)).cloned().collect()
        };
        let told = new.or(old);
        FigureChange {
            label: told.map_or_else(String::new, |figure| figure.label.clone()),
            measure: told.map_or_else(String::new, |figure| figure.measure.clone()),
            old: old.map(stated),
            new: new.map(stated),
            added: only(new, old),
            removed: only(old, new),
        }
    };
    for op in capture_diff_slices(Algorithm::Myers, &old_keys, &new_keys) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            for step in 0..len {
                let (old, new) = (&old.figures[old_index + step], &new.figures[new_index + step]);
                if old.value == new.value {
                    same += 1;
                } else {
                    changes.push(change(Some(old), Some(new)));
                }
            }
            continue;
        }
        let gone = old.figures[op.old_range()].iter().map(|figure| change(Some(figure), None));
        let come = new.figures[op.new_range()].iter().map(|figure| change(None, Some(figure)));
        changes.extend(gone.chain(come));
    }
    (changes, same)
}

fn words(old: &Built, new: &Built) -> Vec<WordChange> {
    // Figures are compared for themselves; in words, one stands for all.
    let plain = |built: &Built| -> Vec<String> {
        built.blocks.iter().map(|block| without_figures(&block.text)).collect()
    };
    let (old_texts, new_texts) = (plain(old), plain(new));
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old_texts, &new_texts) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (olds, news) = (op.old_range(), op.new_range());
        for step in 0..olds.len().max(news.len()) {
            let before = old_texts[olds.clone()].get(step).map_or("", String::as_str);
            let after = new_texts[news.clone()].get(step).map_or("", String::as_str);
            let paragraph = match new.blocks[news.clone()].get(step) {
                Some(block) => block.paragraph,
                None => old.blocks[olds.clone()].get(step).and_then(|block| block.paragraph),
            };
            changes.push(WordChange { paragraph, pieces: pieces(new.language, before, after) });
        }
    }
    changes
}

fn without_figures(text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split("{f").enumerate() {
        match part.split_once('}') {
            Some((number, rest)) if index > 0 && number.chars().all(|c| c.is_ascii_digit()) => {
                plain.push('#');
                plain.push_str(rest);
            }
            _ if index > 0 => {
                plain.push_str("{f");
                plain.push_str(part);
            }
            _ => plain.push_str(part),
        }
    }
    plain
}

/// The pieces of a text that changed: words, or characters where words are not spaced.
fn pieces(language: Language, before: &str, after: &str) -> Vec<(Change, String)> {
    let diff = if crate::grammar::grammar(language).spaced {
        TextDiff::from_words(before, after)
    } else {
        TextDiff::from_chars(before, after)
    };
    let mut pieces: Vec<(Change, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => Change::Kept,
            ChangeTag::Delete => Change::Removed,
            ChangeTag::Insert => Change::Added,
        };
        match pieces.last_mut().filter(|(last, _)| *last == tag) {
            Some((_, text)) => text.push_str(change.value()),
            None => pieces.push((tag, change.value().to_owned())),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(value: u64, at: &str, words: &str) -> Built {
        let text = format!("{words} {{f1}} parties.");
        let json = serde_json::json!({
            "title": "T", "language": "en", "known_at": 9,
            "period": {"from": "2012-01-01", "to": at},
            "blocks": [{"paragraph": 1, "text": "The same."}, {"paragraph": 2, "text": text}],
            "figures": [{
                "id": "f1", "paragraph": 2, "text": value.to_string(), "label": "Parties",
                "measure": "m", "parameters": {"instrument": "x", "at": at}, "group": null,
                "value": value,
                "evidence": (0..value).map(|n| serde_json::json!({"record_id": format!("r/{n}"), "entry": n})).collect::<Vec<_>>(),
            }],
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_figure_of_another_year_is_compared_with_its_entries() {
        let compared =
            compare(&built(3, "2012-12-31", "There were"), &built(5, "2013-12-31", "There were"));
        assert_eq!(compared.figures.len(), 1);
        let change = &compared.figures[0];
        assert_eq!(change.old.as_ref().unwrap().text, "3");
        assert_eq!(change.new.as_ref().unwrap().text, "5");
        assert_eq!(change.added.iter().map(|v| v.entry).collect::<Vec<_>>(), [3, 4]);
        assert!(change.removed.is_empty());
        assert!(compared.words.is_empty(), "a figure is no word");
    }

    #[test]
    fn words_are_compared_apart_from_figures() {
        let compared =
            compare(&built(3, "2012-12-31", "There were"), &built(3, "2012-12-31", "There are"));
        assert!(compared.figures.is_empty());
        let pieces = &compared.words[0].pieces;
        assert!(pieces.contains(&(Change::Removed, "were".to_owned())));
        assert!(pieces.contains(&(Change::Added, "are".to_owned())));
    }
}
