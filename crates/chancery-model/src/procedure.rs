//! A procedure: the states a record may be in and the moves between them.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Text;

/// A procedure file, `procedures/<procedure>.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    pub label: Text,
    pub help: Text,
    /// The register whose records go through it.
    pub register: String,
    /// The code field that holds a record's state. Its codes are the states.
    pub state: String,
    /// The state of a record when it is first recorded.
    pub initial: String,
    pub moves: IndexMap<String, Move>,
}

/// One move from a state to another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub label: Text,
    pub from: Vec<String>,
    pub to: String,
    /// The roles that may make it.
    pub by: Vec<String>,
    /// Fields that the move fills in: a value, or null for one that the person gives.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub writes: IndexMap<String, Option<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
}

/// By when a move is due.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    pub days: u32,
    /// The date field from which the days count.
    pub after: String,
}
