//! JSON Lines: one JSON object a line.

use std::io::{BufRead, BufReader, Read};

use chancery_model::{Diagnostic, Diagnostics, Place};
use serde_json::Value;

use crate::{Cells, RECORD_LIMIT, Row, Table, check_start, not_utf8, too_long};

pub(crate) fn read<'a>(name: &str, source: impl Read + 'a) -> Result<Table<'a>, Diagnostics> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    check_start(name, &mut source)?;
    let rows = Lines { name: name.to_owned(), source, line: 0, ended: false };
    Ok(Table { columns: None, rows: Box::new(rows) })
}

struct Lines<R> {
    name: String,
    source: R,
    line: usize,
    ended: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Row, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let mut bytes = Vec::new();
            self.line += 1;
            match (&mut self.source).take(RECORD_LIMIT + 1).read_until(b'\n', &mut bytes) {
                Ok(0) => self.ended = true,
                Ok(count) if count as u64 > RECORD_LIMIT => {
                    self.ended = true;
                    return Some(Err(too_long(&self.name, self.line)));
                }
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => return Some(self.row(&bytes)),
                Err(error) => {
                    self.ended = true;
                    return Some(Err(Diagnostic::error(
                        Place::line(&self.name, self.line),
                        error.to_string(),
                    )));
                }
            }
        }
        None
    }
}

impl<R> Lines<R> {
    fn row(&self, bytes: &[u8]) -> Result<Row, Diagnostic> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| not_utf8(&self.name, self.line, "", bytes))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(values)) => Ok(Row { line: self.line, cells: Cells::Values(values) }),
            Ok(_) => {
                Err(Diagnostic::error(Place::line(&self.name, self.line), "JSON that is no object")
                    .expected(r#"one object a line, such as {"code": "ALB"}"#))
            }
            Err(error) => Err(Diagnostic::error(
                Place::at(&self.name, self.line, error.column(), 1),
                format!("JSON that cannot be read: {error}"),
            )
            .expected("one object a line")),
        }
    }
}
