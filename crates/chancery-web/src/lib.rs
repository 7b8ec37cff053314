#![doc = include_str!("../README.md")]

mod preview;

pub use preview::{Preview, preview};
