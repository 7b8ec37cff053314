#![doc = include_str!("../README.md")]

mod counting;
mod index;
mod words;

pub use index::{Document, Error, Found, Index, Scope};
pub use words::marked;
