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
mod tables;
mod visit;
mod words;
mod work;

pub use portal::{Serving, serve};
pub use preview::{Preview, preview};
