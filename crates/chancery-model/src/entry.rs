//! An entry: one version of one record, appended to the journal and never changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// The values of a record by field. Sorted, so that equal bodies have equal JSON.
pub type Body = BTreeMap<String, Value>;

/// What an entry does to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The first version of a record.
    New,
    /// Takes the place of the version that entry `replaces` holds.
    Supersede,
    /// Takes the record back, for a reason. Its history stays.
    Withdraw,
}

/// One entry. Its JSON is a leaf of the journal's tree, so the order of fields is part of
/// the format. The body stays as written, since most readers only pass it on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub register: Arc<str>,
    pub key: String,
    pub change: Change,
    /// The number of the entry whose version ends here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
    /// Whether what it says is invented, to show the platform or to try it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
    /// Where the fact was published or who reported it.
    pub source: Arc<str>,
    /// Who recorded it.
    pub actor: Arc<str>,
    /// When the office recorded it.
    pub time: Timestamp,
}

impl Entry {
    pub fn record_id(&self) -> String {
        format!("{}/{}", self.register, self.key)
    }

    /// The values of this version; empty for a withdrawal.
    pub fn values(&self) -> Result<Body, serde_json::Error> {
        self.body.as_ref().map_or(Ok(Body::new()), |body| serde_json::from_str(body.get()))
    }
}

/// A record anywhere in the programme is written `register/key`.
pub fn split_record_id(id: &str) -> Option<(&str, &str)> {
    id.split_once('/')
}
