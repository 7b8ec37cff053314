//! A figure: what a measure answers, with all that is needed to follow it back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::value::plain;
use crate::{Body, Diagnostics, Language, Names, Text};

/// The answer of one measure for one set of parameters, as known at one point of the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub measure: String,
    pub parameters: BTreeMap<String, Value>,
    #[serde(flatten)]
    pub value: FigureValue,
    pub unit: String,
    /// The number of journal entries that the answer rests on.
    pub known_at: u64,
    /// How many evidence rows the figure aggregates.
    pub evidence_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Arc<[Evidence]>>,
    /// What a reader must know before using the figure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Text>,
    /// Whether it is too uncertain to contradict what somebody else says.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tentative: bool,
    /// How many rows of evidence rest on invented records.
    #[serde(skip_serializing_if = "is_zero")]
    pub demonstration: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigureValue {
    /// A number, a date, or null where there is nothing to aggregate.
    Value(Value),
    /// A grouped measure: one row a group, with the group's columns and `value`.
    Rows(Vec<Map<String, Value>>),
}

/// How a measure is called on the command line.
pub fn call(measure: &str, parameters: &BTreeMap<String, Value>) -> String {
    let given =
        parameters.iter().map(|(name, value)| format!(" {name}={}", plain(value, Language::En)));
    std::iter::once(measure.to_owned()).chain(given).collect()
}

/// One version of one record.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RecordVersion {
    pub record_id: String,
    /// The journal entry that holds it, counted from 0.
    pub entry: u64,
}

/// How much of the evidence comes along with a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Nothing,
    /// At most so many rows. What the figure is, and how many rows it rests on, stays the same.
    First(usize),
    All,
}

/// One row behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    #[serde(flatten)]
    pub record: RecordVersion,
    /// Further records that the row rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<RecordVersion>,
    /// The other columns of the evidence row.
    pub row: Map<String, Value>,
}

/// A record as it stands at one point of the journal.
#[derive(Clone, Debug)]
pub struct Record {
    pub entry: u64,
    pub body: Body,
    pub source: String,
    /// Whether it is invented.
    pub demonstration: bool,
}

/// Whoever can answer measures. Reports and checks see no more of the registers than this.
pub trait Figures {
    /// Computes a measure; parameters arrive as written and are read by the measure's head.
    fn figure(
        &self,
        measure: &str,
        parameters: &BTreeMap<String, Value>,
        evidence: Wanted,
    ) -> Result<Figure, Diagnostics>;

    /// The records with the given ids, `register/key`. Those that do not exist are left out.
    fn records(&self, ids: &[String]) -> Result<BTreeMap<String, Record>, Diagnostics>;

    /// Every name of the records of a register.
    fn names(&self, register: &str) -> Result<Arc<Names>, Diagnostics>;
}
