//! The versions of a record, from the journal.

use chancery_model::{Body, Change, Entry};
use serde::Serialize;

/// One version of a record, as its history shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// The number of the entry.
    pub entry: u64,
    pub change: Change,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub body: Body,
    /// Whether it is invented.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
    pub source: String,
    pub actor: String,
    pub time: String,
}

/// The version that entry `number` holds.
pub fn version_of(number: u64, entry: &Entry) -> Version {
    Version {
        entry: number,
        change: entry.change,
        replaces: entry.replaces,
        reason: entry.reason.clone(),
        // The journal only holds bodies that were serialised from `Body`.
        body: entry.values().unwrap_or_default(),
        demonstration: entry.demonstration,
        source: entry.source.to_string(),
        actor: entry.actor.to_string(),
        time: entry.time.to_string(),
    }
}
