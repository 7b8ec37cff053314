//! XLSX workbooks: the values of one sheet, its first row the names of the columns.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use chancery_model::{Diagnostic, Diagnostics, Place};

use crate::{Cells, Row, Table};

/// What a workbook may take when unpacked, in bytes.
const UNPACKED_LIMIT: u64 = 1 << 30;
/// How many times larger than its file.
const EXPANSION_LIMIT: u64 = 200;

pub(crate) fn read<'a>(
    name: &str,
    file: &Path,
    sheet: Option<&str>,
) -> Result<Table<'a>, Diagnostics> {
    let broken = |error: &dyn std::fmt::Display| {
        Diagnostic::error(Place::file(name), format!("a workbook that cannot be read: {error}"))
            .expected("a whole XLSX file")
            .hint("the file may have been cut short; fetch or save it again")
    };
    let open = || File::open(file).map(BufReader::new);
    let mut archive =
        zip::ZipArchive::new(open().map_err(|e| broken(&e))?).map_err(|e| broken(&e))?;
    let packed = std::fs::metadata(file).map(|meta| meta.len()).unwrap_or_default();
    let mut unpacked = 0u64;
    for index in 0..archive.len() {
        unpacked =
            unpacked.saturating_add(archive.by_index_raw(index).map_err(|e| broken(&e))?.size());
    }
    if unpacked > UNPACKED_LIMIT || unpacked > packed.saturating_mul(EXPANSION_LIMIT).max(1 << 24) {
        return Err(Diagnostic::error(
            Place::file(name),
            format!("a workbook that unpacks to {} MiB", unpacked >> 20),
        )
        .expected("a workbook of ordinary size")
        .hint("split it, or save it as CSV")
        .into());
    }
    let mut workbook: Xlsx<_> =
        Xlsx::new(open().map_err(|e| broken(&e))?).map_err(|e| broken(&e))?;
    let names = workbook.sheet_names();
    let sheet = match sheet {
        Some(sheet) if names.iter().any(|name| name == sheet) => sheet.to_owned(),
        Some(sheet) => {
            return Err(Diagnostic::error(Place::file(name), format!("no sheet `{sheet}`"))
                .suggest(sheet, names.iter().map(String::as_str))
                .into());
        }
        None => names
            .first()
            .cloned()
            .ok_or_else(|| Diagnostic::error(Place::file(name), "a workbook without a sheet"))?,
    };
    let range = workbook.worksheet_range(&sheet).map_err(|e| broken(&e))?;
    let first = range.start().map_or(1, |(row, _)| row as usize + 1);
    let place = format!("{name}#{sheet}");
    let mut rows = range.rows();
    let Some(header) = rows.next() else {
        return Err(Diagnostic::error(Place::file(&place), "an empty sheet")
            .expected("a first row with the names of the columns")
            .into());
    };
    let columns: Vec<String> =
        header.iter().map(|cell| cell.to_string().trim().to_owned()).collect();
    let found: Vec<_> = rows
        .enumerate()
        .filter(|(_, row)| !row.iter().all(|cell| matches!(cell, Data::Empty)))
        .map(|(index, row)| {
            let line = first + 1 + index;
            let cells: Result<Vec<_>, _> = row
                .iter()
                .zip(&columns)
                .map(|(data, column)| {
                    cell(data).map_err(|error| {
                        Diagnostic::error(
                            Place::line(&place, line).field(column),
                            format!("the error value {error}"),
                        )
                        .expected("a value")
                    })
                })
                .collect();
            Ok(Row { line, cells: Cells::Texts(cells?) })
        })
        .collect();
    Ok(Table { columns: Some(columns), rows: Box::new(found.into_iter()) })
}

/// The text of a cell. Whole numbers have no point; dates are written YYYY-MM-DD.
fn cell(data: &Data) -> Result<String, String> {
    Ok(match data {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or(text).to_owned(),
        Data::Error(error) => return Err(error.to_string()),
        other => other.to_string(),
    })
}
