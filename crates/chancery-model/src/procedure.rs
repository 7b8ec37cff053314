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
    /// What the programme is asked to do that it serves: codes of the code list `task`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
}

impl Procedure {
    /// Whether some move leads from a state to another.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        self.moves.values().any(|step| step.to == to && step.from.iter().any(|state| state == from))
    }

    /// The states that a record can leave a state for.
    pub fn next(&self, from: &str) -> Vec<&str> {
        let leaving =
            self.moves.values().filter(|step| step.from.iter().any(|state| state == from));
        let mut next: Vec<&str> = leaving.map(|step| step.to.as_str()).collect();
        next.sort_unstable();
        next.dedup();
        next
    }

    /// The fields that a person must have given for a record to be in a state: those that every
    /// move to it asks for.
    pub fn needed(&self, state: &str) -> Vec<&str> {
        let mut leading = self.moves.values().filter(|step| step.to == state).map(|step| {
            let given = step.writes.iter().filter(|(_, value)| value.is_none());
            given.map(|(field, _)| field.as_str()).collect::<Vec<_>>()
        });
        let first = leading.next().unwrap_or_default();
        leading.fold(first, |mut needed, step| {
            needed.retain(|field| step.contains(field));
            needed
        })
    }
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
