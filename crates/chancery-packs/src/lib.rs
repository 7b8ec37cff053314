//! Reads a folder of packs into a [`Programme`], with every problem found: file, line,
//! column, what was found, what was expected, and a hint.
//!
//! Invariant: knows files and YAML; knows no SQL, no journal, no report language.

mod check;
mod codelists;
mod files;
mod load;
pub mod schema;
pub mod yaml;

pub use files::{Files, embedded, read_folder};
pub use load::{Trust, load};

#[cfg(doc)]
use chancery_model::Programme;
