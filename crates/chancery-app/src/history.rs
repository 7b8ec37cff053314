//! The history of a record, as far as a reader sees it.

use chancery_model::{Body, Change, Programme, Visibility};
use serde::Serialize;

use crate::browse::Seen;
use crate::changes::{FieldChange, changed};
use crate::facts::Version;
use crate::shown::NamesOf;

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
        let fields = seen.fields().filter(|(_, field)| Some(field.visibility) <= sees);
        let changed = fields.flat_map(|(name, field)| {
            let values = compared.map(|own| (own.body.get(name), version.body.get(name)));
            let values = values.unwrap_or_default();
            changed(programme, (name, field), values, names, seen.language)
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
