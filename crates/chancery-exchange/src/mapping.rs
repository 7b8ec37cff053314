//! A mapping file says what the columns of somebody else's file mean.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// A mapping file in YAML.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Column of the file to field of the register (`name`), or part of one (`name.fr`).
    #[serde(default)]
    pub columns: IndexMap<String, String>,
    /// Columns that are left out.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Fields that have the same value in every row.
    #[serde(default)]
    pub values: IndexMap<String, String>,
    /// Where the facts of the file come from.
    #[serde(default)]
    pub source: Option<String>,
    /// The sheet of a workbook; the first where none is named.
    #[serde(default)]
    pub sheet: Option<String>,
}
