//! A calendar: records that happen on a day or in a period, for people's own calendars.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// A calendar file, `calendars/<calendar>.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    pub label: Text,
    pub events: Vec<Event>,
}

/// The events of one register.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub register: String,
    /// The date or period field that says when; records without it are left out.
    pub on: String,
    /// What it is, with `{field}` for the value of a field.
    pub summary: Text,
    /// Fields that say where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    /// Only records of which this holds: a MiniJinja expression over the fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}
