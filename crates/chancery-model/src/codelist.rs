//! Code lists: closed vocabularies with labels in six languages.

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Serialize;

use crate::{Names, Text};

/// One code of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Code {
    pub label: Text,
    /// Other words for it, in any language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The broader code, where the list is a hierarchy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CodeList {
    pub codes: IndexMap<String, Code>,
}

impl CodeList {
    /// Every word by which a code of this list may be given.
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        for (key, code) in &self.codes {
            names.add(key, key);
            for (_, label) in code.label.each() {
                names.add(label, key);
            }
            for alias in &code.aliases {
                names.add(alias, key);
            }
        }
        names
    }
}
