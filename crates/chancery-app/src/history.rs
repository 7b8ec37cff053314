//! The history of a record, as far as a reader sees it.

use chancery_model::{Body, Change, Programme, Visibility};
use serde::Serialize;

use crate::browse::{Reader, Seen};
use crate::changes::{FieldChange, changed};
use crate::facts::Version;
use crate::shown::NamesOf;
use crate::{Error, Home};

impl Home {
    /// The history of a record that was withdrawn: when it changed and why it is no more, and nothing of what
    /// it said. None where it is still there, never was, or is not for the reader.
    pub async fn withdrawn(
        &self,
        name: &str,
        key: &str,
        reader: &Reader,
    ) -> Result<Option<Vec<Past>>, Error> {
        let register = self.register_for(name, reader)?;
        let engine = self.engine(None).await?;
        let there = !engine.with_keys(name, &[key.to_owned()]).await?.is_empty();
        if there || engine.versions(name, key).await?.is_empty() {
            return Ok(None);
        }
        let history = self.history(name, key).await?;
        let last = history.iter().rev().find(|version| version.change != Change::Withdraw);
        let sees = last.map(|last| reader.sees.of_record(name, key, &last.body));
        let Some(sees) = sees.filter(|sees| register.is_seen_by(*sees)) else { return Ok(None) };
        let seen = Seen { name, register, sees, language: reader.language };
        let mut told =
            past(self.programme(), seen, &history, &NamesOf::new(), |_| Visibility::Public);
        told.iter_mut().for_each(|version| version.changed.clear());
        Ok(Some(told))
    }
}

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
