//! Tables as files that other programs open: CSV, and workbooks. No cell of either is ever run:
//! a text that a spreadsheet would take for a formula is marked as text.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::safe_text;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    Csv,
    Xlsx,
}

/// No sheet of a workbook has more rows.
const SHEET_ROWS: u32 = 1_048_576;

/// Writes a table row by row.
pub enum TableWriter<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Xlsx { book: Box<Workbook>, out: W, row: u32 },
}

/// A cell: a number stays one where the file can hold it.
#[derive(Clone, Debug, PartialEq)]
pub enum CellValue {
    Empty,
    Text(String),
    /// A number as it is written.
    Number(String),
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> std::io::Error {
    std::io::Error::other(error)
}

impl<W: Write + Send> TableWriter<W> {
    pub fn begin(
        format: TableFormat,
        name: &str,
        columns: &[String],
        out: W,
    ) -> std::io::Result<Self> {
        match format {
            TableFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(columns).map_err(other)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            TableFormat::Xlsx => {
                let mut book = Box::new(Workbook::new());
                let sheet = book.add_worksheet_with_constant_memory().map_err(other)?;
                // A sheet's name has at most 31 characters.
                sheet.set_name(name.chars().take(31).collect::<String>()).map_err(other)?;
                sheet.set_freeze_panes(1, 0).map_err(other)?;
                let bold = Format::new().set_bold();
                for (column, name) in columns.iter().enumerate() {
                    let column = u16::try_from(column).map_err(other)?;
                    sheet.write_string_with_format(0, column, name, &bold).map_err(other)?;
                }
                Ok(Self::Xlsx { book, out, row: 0 })
            }
        }
    }

    pub fn row(&mut self, cells: &[CellValue]) -> std::io::Result<()> {
        match self {
            Self::Csv(writer) => {
                let texts = cells.iter().map(|cell| match cell {
                    CellValue::Empty => String::new(),
                    CellValue::Text(text) => safe_text(text),
                    CellValue::Number(number) => number.clone(),
                });
                writer.write_record(texts.collect::<Vec<_>>()).map_err(other)
            }
            Self::Xlsx { book, row, .. } => {
                *row += 1;
                if *row >= SHEET_ROWS {
                    return Err(std::io::Error::other(format!(
                        "more than the {SHEET_ROWS} rows that a sheet holds; write CSV"
                    )));
                }
                let sheet = book.worksheet_from_index(0).map_err(other)?;
                for (column, cell) in cells.iter().enumerate() {
                    let column = u16::try_from(column).map_err(other)?;
                    let written: Result<_, XlsxError> = match cell {
                        CellValue::Empty => continue,
                        CellValue::Text(text) => sheet.write_string(*row, column, text),
                        // Only what a sheet's numbers hold exactly.
                        CellValue::Number(number) if number.len() <= 15 => {
                            match number.parse::<f64>() {
                                Ok(value) => sheet.write_number(*row, column, value),
                                Err(_) => sheet.write_string(*row, column, number),
                            }
                        }
                        CellValue::Number(number) => sheet.write_string(*row, column, number),
                    };
                    written.map_err(other)?;
                }
                Ok(())
            }
        }
    }

    pub fn end(self) -> std::io::Result<()> {
        match self {
            Self::Csv(writer) => writer.into_inner().map_err(|e| other(e.into_error()))?.flush(),
            Self::Xlsx { mut book, mut out, .. } => {
                out.write_all(&book.save_to_buffer().map_err(other)?)?;
                out.flush()
            }
        }
    }
}
