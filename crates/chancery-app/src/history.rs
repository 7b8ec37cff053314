//! The history of a record, as far as a reader sees it.

use chancery_model::{Body, Change, Programme, Visibility};
use serde::Serialize;
use serde_json::Value;

use crate::browse::Seen;
use crate::changes::FieldChange;
use crate::facts::Version;
use crate::shown::{NamesOf, shown_text};

/// A version of a record.
#[derive(Clone, Debug, Serialize)]
pub struct Past {
    pub entry: u64,
    pub change: Change,
    pub time: String,
    pub source: String,
    /// Who recorded it: for the office alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The fields that differ from the version before, with what they said and say.
    pub changed: Vec<FieldChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The versions of a record, the latest first. `sight` says how much of a version the reader sees: it may
/// have been another's before.
pub(crate) fn past(
    programme: &Programme,
    seen: Seen<'_>,
    history: &[Version],
    names: &NamesOf,
    sight: impl Fn(&Body) -> Visibility,
) -> Vec<Past> {
    let mut before: Option<&Version> = None;
    let mut found = Vec::new();
    for version in history {
        // What was withdrawn says nothing any more.
        let compared = before.filter(|_| version.change == Change::Supersede);
        let sees = compared.map(|before| sight(&before.body).min(sight(&version.body)));
        let changed = seen.fields().filter_map(|(name, field)| {
            let (old, new) = (compared?.body.get(name), version.body.get(name));
            if field.visibility > sees? {
                return None;
            }
            let text = |value: Option<&Value>| {
                let text = |value| shown_text(programme, field, value, names, seen.language);
                value.map(text).unwrap_or_default()
            };
            (old != new).then(|| FieldChange {
                name: name.clone(),
                label: field.label[seen.language].clone(),
                old: text(old),
                new: text(new),
            })
        });
        found.push(Past {
            entry: version.entry,
            change: version.change,
            time: version.time.clone(),
            source: version.source.clone(),
            by: (seen.sees >= Visibility::Office).then(|| version.actor.clone()),
            changed: changed.collect(),
            reason: version.reason.clone(),
        });
        before = Some(version);
    }
    found.reverse();
    found
}
