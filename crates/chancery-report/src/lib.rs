//! Documents: compile a report from its source, write it, and check any document figure by
//! figure. Numerals, months and words of each language are data in `lang/`.
//!
//! Invariant: sees the registers only through [`chancery_model::Figures`]; knows no SQL, no
//! journal and no domain.

mod binding;
mod check;
mod compile;
mod document;
mod grammar;
mod html;
mod matching;
mod quantities;
mod reading;
mod words;
mod write;

pub use check::{Checked, CheckedQuantity, Options, Summary, Verdict, check};
pub use compile::{Answers, Period, check_sources, compile};
pub use document::{Block, Document, Inline, Placed};
pub use grammar::{Grammar, grammar};
pub use html::html;
pub use words::{date, number};
pub use write::{json, text};
