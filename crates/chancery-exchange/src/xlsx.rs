//! XLSX workbooks: the values of one sheet, its first row the names of the columns.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use chancery_model::{Diagnostic, Diagnostics, Place};

use crate::{Cells, Row, Table, check_columns};

/// What a workbook may take when unpacked, in bytes.
const UNPACKED_LIMIT: u64 = 1 << 30;
/// The size of the largest sheet there is.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;
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
            .hint("it may have been cut short, or be protected by a password: save it again without one")
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
    let place = format!("{name}#{sheet}");
    let cells = cells(&mut workbook, &sheet).map_err(|error| broken(&error))?;
    let mut rows = cells.into_iter();
    let Some((first, header)) = rows.next() else {
        return Err(Diagnostic::error(Place::file(&place), "an empty sheet")
            .expected("a first row with the names of the columns")
            .into());
    };
    let head_line = first as usize + 1;
    let start = header.keys().next().copied().unwrap_or_default();
    let end = header.keys().next_back().copied().unwrap_or_default();
    let title = |column: u32| header.get(&column).and_then(|data| cell(data).ok());
    let columns: Vec<String> =
        (start..=end).map(|column| title(column).unwrap_or_default().trim().to_owned()).collect();
    check_columns(&place, head_line, &columns)?;
    let names = columns.clone();
    let rows = rows.map(move |(row, cells)| {
        let line = row as usize + 1;
        let texts = names.iter().zip(start..).map(|(name, column)| {
            cells.get(&column).map_or(Ok(String::new()), cell).map_err(|error| {
                Diagnostic::error(Place::line(&place, line).field(name), error).expected("a value")
            })
        });
        Ok(Row { line, cells: Cells::Texts(texts.collect::<Result<_, _>>()?) })
    });
    Ok(Table { columns: Some(columns), rows: Box::new(rows) })
}

/// The cells of a sheet that hold something, by row and column. However far out a cell stands, no
/// more is kept than there is.
fn cells(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
) -> Result<BTreeMap<u32, BTreeMap<u32, Data>>, String> {
    // The library panics on places that no sheet has, such as `ZZZZZZZ1`. Nobody need see that.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let read = catch_unwind(AssertUnwindSafe(|| read_cells(workbook, sheet)));
    set_hook(hook);
    read.unwrap_or_else(|_| Err(NO_PLACE.to_owned()))
}

const NO_PLACE: &str = "a cell whose place no sheet has";

fn read_cells(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
) -> Result<BTreeMap<u32, BTreeMap<u32, Data>>, String> {
    let mut rows: BTreeMap<u32, BTreeMap<u32, Data>> = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(NO_PLACE.to_owned());
        }
        let value = Data::from(cell.get_value().clone());
        if !matches!(value, Data::Empty) {
            rows.entry(row).or_default().insert(column, value);
        }
    }
    Ok(rows)
}

/// The text of a cell. Whole numbers have no point; dates are written YYYY-MM-DD.
fn cell(data: &Data) -> Result<String, String> {
    Ok(match data {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::DateTime(time) if time.is_datetime() => {
            // Spreadsheets count days from 1 to the end of the year 9999.
            if !(1.0..2_958_466.0).contains(&time.as_f64()) {
                return Err(format!("the date value {}", time.as_f64()));
            }
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or(text).to_owned(),
        Data::Error(error) => return Err(format!("the error value {error}")),
        other => other.to_string(),
    })
}
