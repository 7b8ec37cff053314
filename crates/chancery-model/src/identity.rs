//! An identity: what figures must be to one another.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Text;

/// An identity file, `identities/<identity>.yaml`: a total and its parts, or a share with its
/// part and its base.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub label: Text,
    /// The figure that the parts add up to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Call>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Call>,
    /// The figure that is the part over the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Call>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Call>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Call>,
    /// How far the two sides may be apart, since figures are rounded.
    pub within: String,
    /// What the programme is asked to do that it serves: codes of the code list `task`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
}

/// A measure with parameters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub measure: String,
    #[serde(default)]
    pub parameters: IndexMap<String, Value>,
}

/// The form of an identity.
pub enum Relation<'a> {
    Sum { total: &'a Call, parts: &'a [Call] },
    Share { share: &'a Call, part: &'a Call, base: &'a Call },
}

impl Identity {
    /// What it says; none where it says neither or both.
    pub fn relation(&self) -> Option<Relation<'_>> {
        match (&self.total, self.parts.as_slice(), &self.share, &self.part, &self.base) {
            (Some(total), parts @ [_, _, ..], None, None, None) => {
                Some(Relation::Sum { total, parts })
            }
            (None, [], Some(share), Some(part), Some(base)) => {
                Some(Relation::Share { share, part, base })
            }
            _ => None,
        }
    }

    /// Every figure that it speaks of: the side that stands alone first.
    pub fn calls(&self) -> Vec<&Call> {
        match self.relation() {
            Some(Relation::Sum { total, parts }) => std::iter::once(total).chain(parts).collect(),
            Some(Relation::Share { share, part, base }) => vec![share, part, base],
            None => Vec::new(),
        }
    }

    /// What the other side gives, from the values of [`Self::calls`]; none where a value is
    /// missing or the base is zero.
    pub fn other_side(&self, values: &[Option<Decimal>]) -> Option<Decimal> {
        let values: Vec<Decimal> = values.iter().skip(1).copied().collect::<Option<_>>()?;
        match (self.relation()?, values.as_slice()) {
            (Relation::Sum { .. }, parts) => Some(parts.iter().sum()),
            (Relation::Share { .. }, [part, base]) => part.checked_div(*base),
            (Relation::Share { .. }, _) => None,
        }
    }

    /// How far the two sides may be apart.
    pub fn tolerance(&self) -> Option<Decimal> {
        self.within.parse().ok().filter(|within| *within >= Decimal::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_its_part_over_its_base() {
        let call = || Some(Call { measure: "a.b".into(), parameters: IndexMap::new() });
        let identity = Identity {
            label: Text::default(),
            total: None,
            parts: vec![],
            share: call(),
            part: call(),
            base: call(),
            within: "0.0005".into(),
            serves: vec![],
        };
        let decimal = |text: &str| Some(text.parse::<Decimal>().unwrap());
        let side = identity.other_side(&[decimal("0.136"), decimal("84.1"), decimal("617.8")]);
        assert!((side.unwrap() - decimal("0.136").unwrap()).abs() <= identity.tolerance().unwrap());
        assert_eq!(identity.other_side(&[decimal("1"), decimal("1"), decimal("0")]), None);
        assert_eq!(identity.other_side(&[None, None, decimal("1")]), None);
    }
}
