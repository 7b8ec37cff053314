//! A document to be checked, however it came: plain text and Markdown as they are, HTML, DOCX and
//! PDF by their text.

mod docx;
mod html;
mod pdf;

use chancery_model::{Diagnostic, Place};

/// No document may hold more, in bytes, packed or unpacked.
pub const DOCUMENT_LIMIT: usize = 64 << 20;

/// What a document says, piece by piece where its format tells the pieces apart.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The whole text; places in the document are counted in its characters.
    pub text: String,
    /// The pieces of the text in order; none where only its lines are known.
    pub(crate) pieces: Option<Vec<Piece>>,
}

/// One piece of a text: its first character, how many there are, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) kind: PieceKind,
    /// Of a cell, what its row and its column are.
    pub(crate) heads: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// A paragraph, with its number first if it has one; or a part of the one before.
    Paragraph,
    Heading,
    Cell,
    Note,
}

/// Builds a text from pieces.
#[derive(Default)]
struct Pieces {
    source: Source,
    length: usize,
}

impl Pieces {
    fn push(&mut self, kind: PieceKind, text: &str) {
        self.add(kind, text, None);
    }

    /// The cells of a table, each with its heads: the first cell of its row and of its column.
    fn push_table(&mut self, rows: &[Vec<String>]) {
        for (number, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let head = rows[0].get(column).filter(|_| number > 0 && column > 0);
                let heads =
                    head.zip(row.first()).map(|(column, row)| (row.clone(), column.clone()));
                self.add(PieceKind::Cell, cell, heads);
            }
        }
    }

    fn add(&mut self, kind: PieceKind, text: &str, heads: Option<(String, String)>) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return;
        }
        if self.length > 0 {
            self.source.text.push_str("\n\n");
            self.length += 2;
        }
        let length = text.chars().count();
        let piece = Piece { start: self.length, length, kind, heads };
        self.source.pieces.get_or_insert_default().push(piece);
        self.source.text.push_str(&text);
        self.length += length;
    }
}

impl Source {
    /// Plain text or Markdown.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), pieces: None }
    }

    /// Reads a document by what its bytes are; `name` is for messages.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Diagnostic> {
        let place = || Place::file(name);
        if bytes.len() > DOCUMENT_LIMIT {
            return Err(Diagnostic::error(
                place(),
                format!("a document of {} MiB", bytes.len() >> 20),
            )
            .expected(format!("at most {} MiB", DOCUMENT_LIMIT >> 20)));
        }
        let read = match bytes {
            [b'%', b'P', b'D', b'F', ..] => pdf::read(bytes),
            [b'P', b'K', 3 | 5, ..] => docx::read(bytes),
            // What Word makes of a document with a password, and its files from before 2007.
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Problem {
                found: "a document that is protected by a password, or in the old format of Word"
                    .to_owned(),
                expected: "a DOCX that opens without a password",
                hint: "open it in a word processor and save it as DOCX without a password",
            }),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(Problem {
                found: "a text in UTF-16".to_owned(),
                expected: "UTF-8",
                hint: "save it in UTF-8",
            }),
            _ => return text(name, bytes),
        };
        read.map_err(|problem| {
            Diagnostic::error(place(), problem.found).expected(problem.expected).hint(problem.hint)
        })
    }
}

/// Why a document cannot be read.
#[derive(Debug)]
struct Problem {
    found: String,
    expected: &'static str,
    hint: &'static str,
}

fn text(name: &str, bytes: &[u8]) -> Result<Source, Diagnostic> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = &bytes[..error.valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        Diagnostic::error(Place::line(name, line), "bytes that are not UTF-8")
            .expected("plain text, Markdown or HTML in UTF-8, DOCX or PDF")
            .hint("save it in UTF-8")
    })?;
    let start = text.trim_start_matches('\u{feff}').trim_start().get(..15).unwrap_or(text);
    let start = start.to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Ok(html::read(text));
    }
    Ok(Source::plain(text))
}
