#![doc = include_str!("../README.md")]

mod check;
mod codelists;
mod files;
mod load;
mod outlines;
mod registers;
mod reports;
pub mod schema;
mod tables;
mod terms;
pub mod yaml;

pub use files::{Files, embedded, read_folder};
pub use load::{Trust, load, unread};

#[cfg(doc)]
use chancery_model::Programme;
