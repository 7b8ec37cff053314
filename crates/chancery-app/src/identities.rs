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
    /// Why a figure of it could not be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How its measures are called.
    pub calls: Vec<String>,
}

impl Home {
    /// Computes both sides of every identity that the packs declare.
    pub async fn identities(&self, known_at: Option<u64>) -> Result<Vec<Held>, Error> {
        let engine = self.engine(known_at).await?;
        let mut held = Vec::new();
        for (name, identity) in &self.programme().identities {
            let (mut values, mut calls, mut problem) = (Vec::new(), Vec::new(), None);
            for call in identity.calls() {
                let given: BTreeMap<String, Value> = call.parameters.clone().into_iter().collect();
                let answer = engine.figure(&call.measure, &given, Wanted::Nothing).await;
                let figure = match answer.map_err(Error::from) {
                    Ok(figure) => figure,
                    Err(Error::Wrong(problems)) => {
                        problem = Some(problems.to_string().trim_end().to_owned());
                        values.push(None);
                        continue;
                    }
                    Err(other) => return Err(other),
                };
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
                problem,
                calls,
            });
        }
        Ok(held)
    }
}
