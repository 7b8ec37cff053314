//! A measure: a named question over the registers whose answer carries its evidence.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Multilingual, Text};

/// Programs ask by this name how many rows of evidence come with a figure: no parameter may have it.
pub const EVIDENCE: &str = "evidence";

/// The YAML head of a measure file, `measures/<measure>.sql`, between two lines `---`.
/// One SELECT follows it, whose rows are the evidence; its column `record_id` names the
/// records behind each row, and `$parameter` stands for a parameter's value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureHead {
    /// `<pack>.<file name>`.
    pub measure: String,
    /// What the figure is, with `{parameter}` for the name of a parameter's value.
    pub label: Text,
    /// What is counted.
    pub unit: Unit,
    #[serde(default)]
    pub parameters: IndexMap<String, Parameter>,
    pub aggregate: Aggregate,
    /// The column that the aggregate works on; needed by all but `count`. For `ratio` it is
    /// a boolean: the share of rows in which it is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Columns by which the figure is broken down into a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
    /// Words by which running text speaks of this measure. `report check` binds through them.
    pub keywords: Multilingual<Vec<String>>,
    /// Of what a reader must perhaps be warned: names of cautions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<String>,
    /// What the programme is asked to do that it serves: codes of the code list `task`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
}

/// What a figure counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Unit {
    /// A code of the code list `unit`.
    Code(String),
    /// What stands in a column, such as a currency. Rows that differ in it are not aggregated.
    Column { column: String },
}

/// A warning that may go with figures, `cautions/<caution>.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Caution {
    /// A SELECT with the measure's parameters, and `$last` for the last day that the figure is
    /// about (`to`, else `at`); the warning is given when it returns a row.
    pub when: String,
    pub message: Text,
    /// Whether the figure may contradict a document all the same. Otherwise a document that says
    /// something else is not said to differ.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contradicts: bool,
}

/// One parameter. `at` is the day a figure is asked for, `from` and `to` are the first and
/// last day of the period it is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// For `link`: the register whose record is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// For `code`: the list whose code is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codelist: Option<String>,
    /// Used when the parameter is not given. Without one it must be, unless it is optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// NULL when it is not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ParameterType {
    Text,
    Integer,
    Boolean,
    Date,
    Code,
    Link,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    Count,
    CountDistinct,
    Sum,
    Min,
    Max,
    Median,
    /// The share of the rows in which the column is true, from 0 to 1.
    Ratio,
}

/// A measure as a pack holds it.
#[derive(Clone, Debug)]
pub struct Measure {
    pub head: MeasureHead,
    pub sql: String,
    /// File, and the line on which the SQL starts.
    pub file: String,
    pub sql_line: usize,
    /// Known figures, from `<measure>.expected.yaml`.
    pub expected: Vec<Expected>,
}

/// The records over which an expected figure is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    /// Those that the packs ship as facts.
    #[default]
    Facts,
    /// The same with the invented ones of `examples/`.
    Examples,
}

impl Over {
    fn is_facts(&self) -> bool {
        *self == Self::Facts
    }
}

/// One known figure of a measure: the test of a pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    #[serde(default)]
    pub parameters: IndexMap<String, Value>,
    /// Over which records: the facts that the packs ship, or also their examples.
    #[serde(default, skip_serializing_if = "Over::is_facts")]
    pub over: Over,
    /// What the measure must give over them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The same for a grouped measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<serde_json::Map<String, Value>>>,
    /// Where the figure was published, or how it was worked out.
    pub source: String,
    /// What was published, where that differs from what the records give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Value>,
}
