//! The outlines of places, for maps.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// What must be said of a set of outlines, `outlines/<set>.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutlineHead {
    /// Where the outlines come from.
    pub source: String,
    /// What stands under every map.
    pub disclaimer: Text,
}

/// Outlines by the keys of the records that they belong to.
#[derive(Clone, Debug)]
pub struct Outlines {
    pub head: OutlineHead,
    pub places: BTreeMap<String, Outline>,
    /// Places without a record, drawn in a neutral tone.
    pub others: Vec<Outline>,
}

/// Longitude and latitude in degrees.
pub type Point = (f64, f64);

/// The outline of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// A point inside.
    pub point: Point,
    /// Rings without their closing point; what lies in an even number of them is outside.
    pub rings: Vec<Vec<Point>>,
}
