#![doc = include_str!("../README.md")]

mod account;
mod changes;
mod connections;
mod interface;
mod kept;
mod limits;
mod metrics;
mod openapi;
mod portal;
mod preview;
mod query;
mod search;
mod tables;
mod visit;
mod words;
mod work;
mod writing;

pub use portal::{Serving, serve};
pub use preview::{Preview, preview};
