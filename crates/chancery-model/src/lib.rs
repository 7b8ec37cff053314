#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod codelist;
pub mod decide;
pub mod demonstration;
pub mod diagnostic;
pub mod entry;
pub mod figure;
pub mod format;
pub mod identity;
pub mod language;
pub mod measure;
pub mod names;
pub mod procedure;
pub mod programme;
pub mod register;
pub mod rule;
pub mod snapshot;
mod together;
pub mod value;

pub use calendar::Calendar;
pub use codelist::{Code, CodeList};
pub use diagnostic::{Diagnostic, Diagnostics, Place, Severity};
pub use entry::{Body, Change, Entry};
pub use figure::{Evidence, Figure, FigureValue, Figures, Record, Wanted};
pub use format::Format;
pub use identity::Identity;
pub use language::{Language, Multilingual, Text};
pub use measure::{Aggregate, Measure, MeasureHead, Parameter, ParameterType, Unit};
pub use names::{Names, fold};
pub use procedure::Procedure;
pub use programme::{DataFile, Pack, Programme, ReportSource, View};
pub use register::{Field, FieldType, Register, Visibility};
pub use snapshot::Snapshot;
