//! The registers as reports and checks see them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_measures::{Engine, Error};
use chancery_model::{
    Diagnostic, Diagnostics, Figure, Figures, Names, Place, Record, Sight, Visibility, Wanted,
};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// An engine that answers while the caller waits, as templates need it.
pub(crate) struct Waiting {
    engine: Arc<Engine>,
    /// How much of the evidence may be shown.
    sees: Sight,
}

impl Waiting {
    /// For the office, which sees everything.
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self::seeing(engine, Visibility::Restricted)
    }

    pub(crate) fn seeing(engine: Arc<Engine>, sees: Visibility) -> Self {
        Self { engine, sees: Sight::everywhere(sees) }
    }
}

impl Figures for Waiting {
    fn figure(
        &self,
        measure: &str,
        parameters: &BTreeMap<String, Value>,
        evidence: Wanted,
    ) -> Result<Figure, Diagnostics> {
        let declared = self.engine.programme().measures.get(measure);
        let asked = async {
            let seen = match declared {
                Some(declared) => self.engine.is_seen_by(declared, &self.sees).await?,
                None => true,
            };
            let evidence = if seen { evidence } else { Wanted::Nothing };
            self.engine.figure(measure, parameters, evidence).await
        };
        wait(asked)
    }

    fn records(&self, ids: &[String]) -> Result<BTreeMap<String, Record>, Diagnostics> {
        wait(self.engine.records(ids))
    }

    fn names(&self, register: &str) -> Result<Arc<Names>, Diagnostics> {
        wait(self.engine.names(register))
    }
}

/// Answers each question once.
pub(crate) struct Remembering {
    asked: Waiting,
    figures: Mutex<BTreeMap<String, Figure>>,
}

impl Remembering {
    pub(crate) fn new(asked: Waiting) -> Self {
        Self { asked, figures: Mutex::default() }
    }
}

impl Figures for Remembering {
    fn figure(
        &self,
        measure: &str,
        parameters: &BTreeMap<String, Value>,
        evidence: Wanted,
    ) -> Result<Figure, Diagnostics> {
        let question =
            serde_json::json!([measure, parameters, format!("{evidence:?}")]).to_string();
        let known = || self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(figure) = known().get(&question) {
            return Ok(figure.clone());
        }
        let figure = self.asked.figure(measure, parameters, evidence)?;
        known().insert(question, figure.clone());
        Ok(figure)
    }

    fn records(&self, ids: &[String]) -> Result<BTreeMap<String, Record>, Diagnostics> {
        self.asked.records(ids)
    }

    fn names(&self, register: &str) -> Result<Arc<Names>, Diagnostics> {
        self.asked.names(register)
    }
}

fn wait<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Diagnostics> {
    block_in_place(|| Handle::current().block_on(answer)).map_err(|error| match error {
        Error::Refused(problems) => problems,
        other => Diagnostic::error(Place::default(), other.to_string()).into(),
    })
}
