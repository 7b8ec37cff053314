#![doc = include_str!("../README.md")]

mod binding;
mod check;
mod clauses;
mod compile;
mod document;
mod grammar;
mod html;
mod located;
mod matching;
mod quantities;
mod reading;
mod sources;
mod words;
mod write;

pub use check::{Checked, CheckedParagraph, CheckedQuantity, Options, Summary, Verdict, check};
pub use compile::{Answers, Period, compile};
pub use document::{Block, Document, Inline, Placed};
pub use grammar::{Grammar, grammar};
pub use html::html;
pub use sources::check_sources;
pub use words::{date, number};
pub use write::{json, text};
