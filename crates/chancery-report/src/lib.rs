#![doc = include_str!("../README.md")]

mod allowed;
mod annotate;
mod arithmetic;
mod binding;
mod chart;
mod check;
mod cited;
mod clauses;
mod compare;
mod compile;
mod document;
mod drawing;
mod facing;
mod grammar;
mod located;
mod matching;
mod picture;
mod quantities;
mod reading;
mod source;
mod sources;
mod structure;
mod suggest;
mod words;
mod write;

pub use annotate::{checked_html, sarif};
pub use arithmetic::{Sum, SumKind};
pub use check::{
    Accepted, Checked, CheckedCitation, CheckedParagraph, CheckedQuantity, Options, Summary,
    Verdict, check,
};
pub use compare::{Built, Change, Comparison, Entered, FigureChange, Stated, compare, read_built};
pub use compile::{Answers, Edition, Period, compile};
pub use document::{Block, Chart, Document, Inline, Item, List, Masthead, Placed, Table};
pub use facing::{Facing, FacingDifference, FacingKind, against};
pub use grammar::{Grammar, grammar};
pub use picture::{Drawn, line_picture, map_picture};
pub use source::{DOCUMENT_LIMIT, Source};
pub use sources::check_sources;
pub use suggest::{Reason, Suggestion};
pub use words::{date, digits, number, value_text, word};
pub use write::{
    Around, Evidence, FigureAddress, MeasureAddress, Pdf, ProofAddress, RecordAddress, akoma, docx,
    evidence, html, json, markdown, pdf, text,
};
