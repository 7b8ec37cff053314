#![doc = include_str!("../README.md")]

mod connections;
mod interface;
mod kept;
mod portal;
mod preview;
mod query;
mod tables;
mod words;

pub use portal::serve;
pub use preview::{Preview, preview};
