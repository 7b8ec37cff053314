#![doc = include_str!("../README.md")]

mod calendar;
mod csv;
mod format;
mod jsonl;
mod mapping;
mod write;
mod xlsx;
mod xml;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use chancery_model::{Diagnostic, Diagnostics, Place};
use serde_json::{Map, Value};

pub use calendar::{Happening, calendar};
pub use format::{Find, FormatRow, FormatWriter, Records, Sought, read_format, spoken_fields};
pub use mapping::Mapping;
pub use write::{CellValue, TableFormat, TableWriter};

/// No record may be longer, in bytes.
pub const RECORD_LIMIT: u64 = 1 << 20;

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it stands in its file, counted from 1.
    pub line: usize,
    pub cells: Cells,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Texts in the order of the table's columns.
    Texts(Vec<String>),
    /// Values by name.
    Values(Map<String, Value>),
}

/// Rows as they come. A bad row is a diagnostic in its place, and the rest goes on.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<Row, Diagnostic>> + 'a>;

/// A table as a file gives it.
pub struct Table<'a> {
    /// None where each row names its values.
    pub columns: Option<Vec<String>>,
    pub rows: Rows<'a>,
}

/// Opens a file by its ending: `.csv`, `.tsv`, `.xlsx`, `.jsonl`. `read` hears the number of
/// bytes read.
pub fn open<'a>(
    file: &Path,
    sheet: Option<&str>,
    read: impl FnMut(u64) + 'a,
) -> Result<Table<'a>, Diagnostics> {
    let name = file.display().to_string();
    let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let opened = std::fs::File::open(file).map_err(|error| {
        Diagnostic::error(Place::file(&name), format!("a file that cannot be opened: {error}"))
    })?;
    match ending.as_str() {
        "csv" | "tsv" | "txt" => csv::read(&name, Counted { inner: opened, read }),
        "jsonl" | "ndjson" => jsonl::read(&name, Counted { inner: opened, read }),
        "xlsx" => xlsx::read(&name, file, sheet),
        _ => Err(Diagnostic::error(
            Place::file(&name),
            format!("a file with the ending `.{ending}`"),
        )
        .expected("`.csv`, `.tsv`, `.xlsx` or `.jsonl`")
        .into()),
    }
}

/// Reads CSV that is in memory already.
pub fn open_csv<'a>(name: &str, bytes: &'a [u8]) -> Result<Table<'a>, Diagnostics> {
    csv::read(name, bytes)
}

/// The signs with which a spreadsheet lets a formula begin.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that no spreadsheet runs: one that looks like a formula gets an apostrophe before it.
/// So does one that has that apostrophe already, so that what was there can be given back.
fn safe_text(text: &str) -> String {
    let bare = text.trim_start_matches('\'');
    if bare.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// A text as it was before it was made safe for a spreadsheet.
pub fn read_safe(cell: &str) -> &str {
    let bare = cell.trim_start_matches('\'');
    match cell.strip_prefix('\'') {
        Some(rest) if bare.starts_with(FORMULA) => rest,
        _ => cell,
    }
}

/// Tells how much has been read.
struct Counted<R, F> {
    inner: R,
    read: F,
}

impl<R: Read, F: FnMut(u64)> Read for Counted<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        (self.read)(count as u64);
        Ok(count)
    }
}

/// Complains about files that are not UTF-8 by their first bytes.
fn check_start(name: &str, reader: &mut BufReader<impl Read>) -> Result<(), Diagnostic> {
    let start = reader
        .fill_buf()
        .map_err(|error| Diagnostic::error(Place::file(name), error.to_string()))?;
    let guess = match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive or spreadsheet",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "an old binary spreadsheet",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        _ if start.contains(&0) => "binary",
        _ => return Ok(()),
    };
    Err(Diagnostic::error(Place::line(name, 1), format!("a file that looks like {guess}"))
        .expected("text in UTF-8")
        .hint("save it as «CSV UTF-8»"))
}

/// Complains about columns without a name, and about two of one name.
fn check_columns(name: &str, line: usize, columns: &[String]) -> Result<(), Diagnostics> {
    let place = || Place::line(name, line);
    if columns.iter().all(String::is_empty) {
        return Err(Diagnostic::error(place(), "an empty file")
            .expected("a first line with the names of the columns")
            .into());
    }
    let mut problems = Diagnostics::default();
    for (index, column) in columns.iter().enumerate() {
        if column.is_empty() {
            problems.push(
                Diagnostic::error(place(), format!("column {} without a name", index + 1))
                    .expected("a name for each column"),
            );
        } else if columns[..index].contains(column) {
            problems.push(
                Diagnostic::error(place().field(column), format!("the column `{column}` twice"))
                    .expected("each column once"),
            );
        }
    }
    problems.unless_errors(())
}

fn not_utf8(name: &str, line: usize, field: &str, bytes: &[u8]) -> Diagnostic {
    let shown = String::from_utf8_lossy(bytes);
    Diagnostic::error(
        Place::line(name, line).field(field),
        format!("bytes that are not UTF-8: `{}`", chancery_model::value::shorten(&shown)),
    )
    .expected("text in UTF-8")
    .hint("the file may be in Windows-1252 or another older encoding; save it as «CSV UTF-8»")
}

fn too_long(name: &str, line: usize) -> Diagnostic {
    Diagnostic::error(
        Place::line(name, line),
        format!("a record longer than {} KiB", RECORD_LIMIT / 1024),
    )
    .expected("one record a line")
    .hint("a quotation mark that is never closed makes the rest of a file one record")
}
