//! Whether the figures of a home are to one another what the packs say.

use std::collections::BTreeMap;

use chancery_model::{FigureValue, Text, Wanted};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::{Error, Home};

/// What became of an identity.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub identity: String,
    pub label: Text,
    /// Both sides; none where a figure has no value.
    pub stated: Option<String>,
    pub computed: Option<String>,
    /// How far they may be apart.
    pub within: String,
    pub holds: bool,
    /// How its measures are called.
    pub calls: Vec<String>,
}

impl Home {
    /// Computes both sides of every identity that the packs declare.
    pub async fn identities(&self, known_at: Option<u64>) -> Result<Vec<Held>, Error> {
        let engine = self.engine(known_at).await?;
        let mut held = Vec::new();
        for (name, identity) in &self.programme().identities {
            let (mut values, mut calls) = (Vec::new(), Vec::new());
            for call in identity.calls() {
                let given: BTreeMap<String, Value> = call.parameters.clone().into_iter().collect();
                let figure = engine.figure(&call.measure, &given, Wanted::Nothing).await?;
                let value = match &figure.value {
                    FigureValue::Value(Value::Number(number)) => number.to_string().parse().ok(),
                    FigureValue::Value(Value::String(text)) => text.parse::<Decimal>().ok(),
                    _ => None,
                };
                values.push(value);
                calls.push(chancery_model::figure::call(&call.measure, &figure.parameters));
            }
            let stated = values.first().copied().flatten();
            let computed = identity.other_side(&values).map(|value| value.round_dp(9).normalize());
            let within = identity.tolerance().unwrap_or_default();
            let holds = stated.zip(computed).is_some_and(|(a, b)| (a - b).abs() <= within);
            held.push(Held {
                identity: name.clone(),
                label: identity.label.clone(),
                stated: stated.map(|value| value.normalize().to_string()),
                computed: computed.map(|value| value.to_string()),
                within: within.to_string(),
                holds,
                calls,
            });
        }
        Ok(held)
    }
}
