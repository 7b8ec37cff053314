//! The registers as reports and checks see them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chancery_measures::{Engine, Error};
use chancery_model::{Diagnostic, Diagnostics, Figure, Figures, Names, Place, Record, Wanted};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// An engine that answers while the caller waits, as templates need it.
pub(crate) struct Waiting(pub(crate) Arc<Engine>);

impl Figures for Waiting {
    fn figure(
        &self,
        measure: &str,
        parameters: &BTreeMap<String, Value>,
        evidence: Wanted,
    ) -> Result<Figure, Diagnostics> {
        wait(self.0.figure(measure, parameters, evidence))
    }

    fn records(&self, ids: &[String]) -> Result<BTreeMap<String, Record>, Diagnostics> {
        wait(self.0.records(ids))
    }

    fn names(&self, register: &str) -> Result<Arc<Names>, Diagnostics> {
        wait(self.0.names(register))
    }
}

fn wait<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Diagnostics> {
    block_in_place(|| Handle::current().block_on(answer)).map_err(|error| match error {
        Error::Refused(problems) => problems,
        other => Diagnostic::error(Place::default(), other.to_string()).into(),
    })
}
