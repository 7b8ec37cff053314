//! How records look in the XML of a standard: what a pack says of it, for writing and reading.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// A format file, `formats/<format>.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Format {
    pub label: Text,
    pub help: Text,
    /// The element around all.
    pub root: String,
    /// What it says of itself. `{now}` is the time of writing.
    #[serde(default)]
    pub attributes: IndexMap<String, String>,
    /// The element of one record. Its register is the one that the file is about.
    pub record: Element,
}

/// An element. Elements stand in the order in which they are given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Element {
    pub element: String,
    /// One element for each record of this register that links here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
    /// With `records`: the link by which they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// With `records`: the field that, where nothing in the element says it, takes the number of
    /// the element among its kind when read;
    /// a text field takes it with the key of the record it belongs to and the element's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// One element for each value of this field, a link or a code: inside, values are those of
    /// the linked record, or the code itself as `code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// When read, a record that none of these fields finds, among those that hang on the same
    /// record, is a new one. Its key field takes the first of them that is there, written as a
    /// key, where it has no `position`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_by: Option<KnownBy>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub attributes: IndexMap<String, Given>,
    /// What stands between its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Given>,
    /// One element a language, with `xml:lang`; the text is multilingual.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub languages: bool,
    /// Only written where this field is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
    /// With `each`: when read, a value that nobody knows is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_unknown: bool,
    /// Only read, never written: another way in which files say the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// Only written: when read, what it says is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub write_only: bool,
    /// Without the element what holds it cannot be written, and is left out; when read, an
    /// element without it is a different one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Element>,
}

/// How a record that is read is known.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownBy {
    pub fields: Vec<String>,
    pub key: String,
}

/// What an attribute or a text is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Given {
    /// Always the same; an empty text for what is not there. When read, an element with another
    /// value is a different one.
    Fixed(String),
    Value(Box<Value>),
}

/// What a field says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// A field, or a part of one: `amount.currency`, `period.from`.
    pub value: String,
    /// Our codes and theirs.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub codes: IndexMap<String, String>,
    /// Codes of theirs that are only read, and ours. Others of theirs are then left out.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub reads: IndexMap<String, String>,
    /// The field that is written where the first is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub or: Option<String>,
    /// When read and not there: this, with `{field}` for what another field says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What is written where the field is empty, or its code has none of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// When read and not there: what this attribute of the record's element says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherit: Option<String>,
    /// In place of a value: equal parts of this number among the elements of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_of: Option<u32>,
}

impl Format {
    /// The registers whose records it writes, the one it is about first.
    pub fn registers(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.record.registers(&mut found);
        found
    }
}

impl Element {
    /// The register of the first records inside it: what an element around them says of them.
    pub fn first_register(&self) -> Option<&str> {
        let mut inner = self.holds.iter();
        inner.find_map(|inner| inner.records.as_deref().or_else(|| inner.first_register()))
    }

    fn registers<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        found.extend(self.records.as_deref());
        self.holds.iter().for_each(|element| element.registers(found));
    }

    /// Every value that it says itself.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.attributes.values().chain(&self.text).filter_map(|given| match given {
            Given::Value(value) => Some(&**value),
            Given::Fixed(_) => None,
        })
    }
}
