//! CSV as RFC 4180 has it, also with semicolons or tabs, in UTF-8 with or without a mark.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use chancery_model::{Diagnostic, Diagnostics, Place};
use csv::{ByteRecord, ReaderBuilder};

use crate::{Cells, RECORD_LIMIT, Row, Table, check_columns, check_start, not_utf8, too_long};

pub(crate) fn read<'a>(name: &str, source: impl Read + 'a) -> Result<Table<'a>, Diagnostics> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    check_start(name, &mut source)?;
    let delimiter = delimiter(&mut source);
    let taken = Rc::new(Cell::new(0));
    let bounded = Bounded { inner: source, taken: Rc::clone(&taken), last: None };
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(bounded);
    let headers = reader.byte_headers().map_err(|error| problem(name, 1, &error))?.clone();
    let mut columns = Vec::new();
    for header in &headers {
        let header = std::str::from_utf8(header).map_err(|_| not_utf8(name, 1, "", header))?;
        columns.push(header.trim().to_owned());
    }
    check_columns(name, 1, &columns)?;
    taken.set(0);
    let rows =
        Records { name: name.to_owned(), columns: columns.clone(), reader, taken, ended: false };
    Ok(Table { columns: Some(columns), rows: Box::new(rows) })
}

/// The separator that the first line uses.
fn delimiter(source: &mut impl BufRead) -> u8 {
    let Ok(start) = source.fill_buf() else { return b',' };
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|separator| (count(*separator), *separator == b','))
        .unwrap_or(b',')
}

/// Stops a record that never ends, and gives every line the same end, so that lines are counted
/// as a person does: `\r\n` and `\r` become `\n`, and the last line has one too.
struct Bounded<R> {
    inner: R,
    /// Bytes given since the last whole record.
    taken: Rc<Cell<u64>>,
    last: Option<u8>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken.get() > RECORD_LIMIT {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "record too long"));
        }
        loop {
            let count = self.inner.read(buffer)?;
            if count == 0 {
                let ended = matches!(self.last, None | Some(b'\n' | b'\r')) || buffer.is_empty();
                if !ended {
                    buffer[0] = b'\n';
                    self.last = Some(b'\n');
                }
                return Ok(usize::from(!ended));
            }
            let mut kept = 0;
            for at in 0..count {
                let byte = buffer[at];
                let pair = byte == b'\n' && self.last == Some(b'\r');
                self.last = Some(byte);
                if !pair {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            self.taken.set(self.taken.get() + count as u64);
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

struct Records<R> {
    name: String,
    columns: Vec<String>,
    reader: csv::Reader<R>,
    taken: Rc<Cell<u64>>,
    ended: bool,
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Row, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut record = ByteRecord::new();
        let line = self.reader.position().line() as usize;
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                self.taken.set(0);
                // Every record has ended with a line's end; what it holds itself came before.
                let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
                let line = self.reader.position().line() as usize - 1 - inside;
                Some(self.row(&record, line))
            }
            Err(error) => {
                self.ended = true;
                Some(Err(problem(&self.name, line, &error)))
            }
        }
    }
}

impl<R> Records<R> {
    fn row(&self, record: &ByteRecord, line: usize) -> Result<Row, Diagnostic> {
        if record.len() != self.columns.len() {
            return Err(Diagnostic::error(
                Place::line(&self.name, line),
                format!("{} cells", record.len()),
            )
            .expected(format!("{} cells, as the first line has columns", self.columns.len()))
            .hint("a cell that holds the separator must stand between quotation marks"));
        }
        let mut cells = Vec::with_capacity(record.len());
        for (cell, column) in record.iter().zip(&self.columns) {
            let text =
                std::str::from_utf8(cell).map_err(|_| not_utf8(&self.name, line, column, cell))?;
            cells.push(crate::read_safe(text).to_owned());
        }
        Ok(Row { line, cells: Cells::Texts(cells) })
    }
}

fn problem(name: &str, line: usize, error: &csv::Error) -> Diagnostic {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            too_long(name, line)
        }
        _ => Diagnostic::error(Place::line(name, line), error.to_string()),
    }
}
