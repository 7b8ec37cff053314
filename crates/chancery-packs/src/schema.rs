//! JSON Schemas of the files in a pack, generated from the Rust types, so that editors
//! complete and check them.

use chancery_model::demonstration::Demonstration;
use chancery_model::measure::{Caution, Expected};
use chancery_model::outline::OutlineHead;
use chancery_model::programme::ReportHead;
use chancery_model::{Calendar, Format, Identity, MeasureHead, Pack, Procedure, Register, Style};
use serde_json::Value;

/// File name and schema of each kind of pack file.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("pack.schema.json", schemars::schema_for!(Pack).to_value()),
        ("register.schema.json", schemars::schema_for!(Register).to_value()),
        ("measure.schema.json", schemars::schema_for!(MeasureHead).to_value()),
        ("caution.schema.json", schemars::schema_for!(Caution).to_value()),
        ("expected.schema.json", schemars::schema_for!(Vec<Expected>).to_value()),
        ("demonstration.schema.json", schemars::schema_for!(Demonstration).to_value()),
        ("format.schema.json", schemars::schema_for!(Format).to_value()),
        ("calendar.schema.json", schemars::schema_for!(Calendar).to_value()),
        ("identity.schema.json", schemars::schema_for!(Identity).to_value()),
        ("procedure.schema.json", schemars::schema_for!(Procedure).to_value()),
        ("style.schema.json", schemars::schema_for!(Style).to_value()),
        ("outline.schema.json", schemars::schema_for!(OutlineHead).to_value()),
        ("report.schema.json", schemars::schema_for!(ReportHead).to_value()),
    ]
}
