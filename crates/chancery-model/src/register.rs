//! A register: a kind of record with typed fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Text;

/// A register file, `registers/<register>.yaml`. The file name is the register's name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    pub label: Text,
    pub help: Text,
    /// Fields that together identify a record. Their values joined by `/` are its key.
    #[schemars(length(min = 1))]
    pub key: Vec<String>,
    /// How one record is written in a line: text with `{field}` for the value of a field.
    pub caption: String,
    /// Fields whose values are names of the record. Imports and checks find it by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Forms in which texts cite a record, besides its names. A text of such a form that no record
    /// answers to is a citation of something that is not in the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited_as: Vec<CitedAs>,
    /// Further sets of fields that no two records may share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<Vec<String>>,
    /// Conditions between fields that must hold for every record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleSource>,
    /// Periods that no two records of a group may share a day of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusive: Vec<Exclusive>,
    /// Sums over records that must not exceed what the record says to which they all link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// What the programme is asked to do that it serves: codes of the code list `task`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
    pub fields: IndexMap<String, Field>,
}

/// Forms in which texts cite some of the records of a register.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CitedAs {
    /// Fields and the value that a record must have there to be cited so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, String>,
    /// Each with one `{field}`, a text field with a pattern: «resolution {number}».
    #[schemars(length(min = 1))]
    pub forms: Vec<String>,
}

/// A cross-field rule. A rule that mentions a field which the record leaves empty holds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// A MiniJinja expression over the record's fields. A link is followed with a point:
    /// `date >= instrument.adopted`. Dates compare as ISO 8601 texts.
    pub holds: String,
    /// What a person is told when it does not hold.
    pub message: Text,
}

/// Periods that must not overlap.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusive {
    /// Fields whose values make the group; all records where there is none.
    pub within: Vec<String>,
    /// The period field.
    pub period: String,
    /// What a person is told of two that overlap.
    pub message: Text,
}

/// A sum that must not exceed a value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The number or money field that is added up.
    pub sum: String,
    /// The link that the records share.
    pub by: String,
    /// The field of the linked record that the sum must not exceed.
    pub most: String,
    /// What a person is told when it does, with `{sum}` and `{most}`.
    pub message: Text,
}

/// One field of a register.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Where it is not given, the pack's `terms.csv` has it.
    #[serde(default)]
    pub label: Text,
    /// Where the label does not say enough.
    #[serde(default)]
    pub help: Text,
    /// Who may see the field. There is no default: silence is never consent to disclosure.
    pub visibility: Visibility,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// A condition over the record's own fields under which the field is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_when: Option<String>,
    /// Several values. In CSV they are separated by `|`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub list: bool,
    /// For `multilingual`: a text in some language is enough where the field is required.
    #[serde(default, skip_serializing_if = "is_false")]
    pub any_language: bool,
    /// For `link`: the register it points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// For `code`: the code list its values come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codelist: Option<String>,
    /// For `text`: a regular expression that the whole value must match. The help says in words
    /// what that is; a person is told so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Least value allowed: a number, or a date as YYYY-MM-DD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// Greatest value allowed: a number, or a date as YYYY-MM-DD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
}

/// A limit of a range.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Bound {
    Integer(i64),
    /// A decimal number or a date.
    Text(String),
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    Text,
    /// Text in the six languages; all of them where the field is required.
    Multilingual,
    Integer,
    /// An exact decimal number, never a float.
    Decimal,
    /// A decimal amount with an ISO 4217 currency.
    Money,
    Date,
    /// Two dates, first and last day.
    Period,
    Boolean,
    Code,
    Link,
    /// A file kept beside the journal under its SHA-256.
    File,
}

/// Who may see a field; each level sees what those before it see.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone.
    Public,
    /// The national focal points and the office.
    States,
    /// The office.
    Office,
    /// Only those whom a policy names.
    Restricted,
}

/// How much somebody sees: of each register fields up to some visibility, and perhaps more of some of
/// its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    elsewhere: Visibility,
    registers: Arc<BTreeMap<String, (Visibility, Vec<OwnSight>)>>,
}

/// That more is seen of the records that speak of what somebody speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSight {
    /// The link by which they do; none where it is the record with this key itself.
    pub field: Option<String>,
    pub key: String,
    pub sees: Visibility,
}

impl OwnSight {
    /// Whether a record is one of them.
    pub fn holds(&self, key: &str, body: &crate::Body) -> bool {
        match &self.field {
            None => self.key == key,
            Some(field) => body
                .get(field)
                .is_some_and(|value| crate::value::texts(value).contains(&self.key.as_str())),
        }
    }
}

impl Sight {
    /// The same of all registers.
    pub fn everywhere(sees: Visibility) -> Self {
        Self { elsewhere: sees, registers: Arc::default() }
    }

    pub fn set(&mut self, register: &str, sees: Visibility, own: Vec<OwnSight>) {
        Arc::make_mut(&mut self.registers).insert(register.to_owned(), (sees, own));
    }

    /// What is seen of all records of a register.
    pub fn of(&self, register: &str) -> Visibility {
        self.registers.get(register).map_or(self.elsewhere, |(sees, _)| *sees)
    }

    /// The records of which more is seen.
    pub fn own(&self, register: &str) -> &[OwnSight] {
        self.registers.get(register).map_or(&[], |(_, own)| own)
    }

    /// What is seen of one record.
    pub fn of_record(&self, register: &str, key: &str, body: &crate::Body) -> Visibility {
        let own = self.own(register).iter().filter(|own| own.holds(key, body));
        own.map(|own| own.sees).chain([self.of(register)]).max().unwrap_or(self.elsewhere)
    }
}

impl Register {
    /// Whether somebody who sees so much may know of its records at all: a key names them.
    pub fn is_seen_by(&self, sees: Visibility) -> bool {
        self.key_visibility() <= sees
    }

    /// Who may see the whole key of a record.
    pub fn key_visibility(&self) -> Visibility {
        let key = self.key.iter().filter_map(|name| self.fields.get(name));
        key.map(|field| field.visibility).max().unwrap_or(Visibility::Public)
    }

    /// The fields that somebody who sees so much may see.
    pub fn seen_by(&self, sees: Visibility) -> impl Iterator<Item = (&String, &Field)> {
        self.fields.iter().filter(move |(_, field)| field.visibility <= sees)
    }

    /// The key of a record: the value of its key field, or those of several joined by `/`.
    pub fn key_of(&self, body: &crate::Body) -> String {
        let value = |field| Some(crate::value::plain(body.get(field)?, crate::Language::En));
        match self.key.as_slice() {
            [only] => value(only).unwrap_or_default(),
            several => {
                let parts = several.iter().filter_map(value);
                let parts = parts.map(|part| part.replace('%', "%25").replace('/', "%2F"));
                parts.collect::<Vec<_>>().join("/")
            }
        }
    }

    /// The texts by which a record is cited.
    pub fn citations_of(&self, body: &crate::Body) -> Vec<String> {
        let text = |field: &str| body.get(field).and_then(|value| value.as_str());
        let cited = self
            .cited_as
            .iter()
            .filter(|cited| cited.only.iter().all(|(field, value)| text(field) == Some(value)));
        let complete = |form: &&String| {
            crate::value::placeholders(form).into_iter().all(|field| text(field).is_some())
        };
        let fill = |form: &String| crate::value::fill(form, |field| text(field).map(str::to_owned));
        cited.flat_map(|cited| cited.forms.iter().filter(complete).map(fill)).collect()
    }

    /// The caption of a record: each `{field}` replaced by the field's value.
    pub fn caption(&self, body: &crate::Body) -> String {
        crate::value::fill(&self.caption, |field| {
            body.get(field).map(|value| crate::value::plain(value, crate::Language::En))
        })
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
