//! The records of one register in memory, by which they are found without reading all of them: by key, by
//! the values of columns, in an order. Made once for a point of the journal, its parts when first wanted.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_model::{Diagnostic, Diagnostics, Place, Register};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, StringArray, UInt32Array, make_comparator,
};
use datafusion::arrow::compute::{
    SortOptions, cast, concat, filter_record_batch, interleave_record_batch, take_record_batch,
};
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::datasource::{MemTable, TableProvider};
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::Error;
use crate::columns::{self, BODY, DEMONSTRATION, ENTRY, RECORD, SOURCE, UNTIL};
use crate::listing::{After, Choice, Listed, Sought, Wish, key};

/// A column with more values than this is looked through, not indexed.
const MOST_VALUES: usize = 65_536;
/// Rows are read so many at a time.
const BATCH: usize = 65_536;

/// The records of a register as known at one point, in the order of their entries.
pub(crate) struct Index {
    register: String,
    batches: Vec<RecordBatch>,
    /// The number of the first row of each batch.
    starts: Vec<u32>,
    /// The hash of each record's id with its row, by hash.
    ids: Vec<(u64, u32)>,
    /// The entries of the records that had other versions before, or were withdrawn.
    past: HashMap<String, BTreeSet<u64>>,
    table: Arc<MemTable>,
    columns: Made<String, Option<Arc<Coded>>>,
    orders: Made<(String, bool), Arc<Ordered>>,
}

/// What is made when it is first wanted: of many who want it, one makes it, and who wants another does not wait.
type Made<K, T> = Mutex<HashMap<K, Arc<Mutex<Option<T>>>>>;

/// So many columns and orders are kept.
const MOST_MADE: usize = 64;

fn made<K: Eq + Hash, T: Clone>(
    all: &Made<K, T>,
    wanted: K,
    make: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let own = {
        let mut all = open(all);
        if all.len() >= MOST_MADE && !all.contains_key(&wanted) {
            all.clear();
        }
        Arc::clone(all.entry(wanted).or_default())
    };
    let mut own = open(&own);
    if let Some(known) = own.as_ref() {
        return Ok(known.clone());
    }
    let made = make()?;
    *own = Some(made.clone());
    Ok(made)
}

/// Does work that takes a while; others are answered meanwhile.
pub(crate) fn busy<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Rows by a column, with the column.
struct Ordered {
    rows: Vec<u32>,
    whole: Option<ArrayRef>,
}

/// The values of a column, and the rows that have each.
struct Coded(BTreeMap<String, Arc<Vec<u32>>>);

pub(crate) fn hash(text: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(text)
}

fn arrow(error: ArrowError) -> Error {
    Error::Tables(DataFusionError::from(error))
}

/// What is guarded stays whole: it is changed by one insertion.
fn open<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Index {
    /// Reads the file of a register as known at a point; an empty one where there is none.
    pub(crate) fn read(
        name: &str,
        register: &Register,
        file: Option<&Path>,
        known_at: u64,
    ) -> Result<Self, Error> {
        let (mut batches, mut past) = (Vec::new(), HashMap::new());
        if let Some(file) = file {
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
            for batch in reader.with_batch_size(BATCH).build()? {
                let batch = known(&batch.map_err(arrow)?, known_at, &mut past)?;
                if batch.num_rows() > 0 {
                    batches.push(batch);
                }
            }
        }
        let schema = columns::schema(register);
        let kept: Vec<usize> = (0..schema.fields().len())
            .filter(|column| schema.field(*column).name() != UNTIL)
            .collect();
        let schema: SchemaRef = Arc::new(schema.project(&kept).map_err(arrow)?);
        let (mut starts, mut ids, mut rows) = (Vec::new(), Vec::new(), 0);
        for batch in &batches {
            starts.push(rows);
            let records = batch.column_by_name(RECORD).map(|column| column.as_string::<i32>());
            for id in records.into_iter().flatten().flatten() {
                ids.push((hash(id), rows));
                rows += 1;
            }
        }
        ids.sort_unstable();
        // A plan may say that a column can be empty which then is not.
        let schema = batches.first().map_or(schema, RecordBatch::schema);
        let table = Arc::new(MemTable::try_new(schema, vec![batches.clone()])?);
        let (columns, orders) = (Mutex::default(), Mutex::default());
        let register = name.to_owned();
        Ok(Self { register, batches, starts, ids, past, table, columns, orders })
    }

    /// All rows for SQL.
    pub(crate) fn whole_table(&self) -> &MemTable {
        &self.table
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The number of the batch of a row, and the place of the row there.
    fn position(&self, row: u32) -> (usize, usize) {
        let batch = self.starts.partition_point(|start| *start <= row) - 1;
        (batch, (row - self.starts[batch]) as usize)
    }

    fn place(&self, row: u32) -> (&RecordBatch, usize) {
        let (batch, place) = self.position(row);
        (&self.batches[batch], place)
    }

    /// The first row after an entry: rows stand in the order of entries.
    fn row_after(&self, entry: u64) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.entry_of(middle as u32) <= entry {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    fn text(&self, row: u32, column: &str) -> &str {
        let (batch, place) = self.place(row);
        batch.column_by_name(column).map_or("", |own| own.as_string::<i32>().value(place))
    }

    fn entry_of(&self, row: u32) -> u64 {
        let (batch, place) = self.place(row);
        let entries = batch.column_by_name(ENTRY).map(|own| own.as_primitive::<Int64Type>());
        entries.map_or(0, |entries| entries.value(place).unsigned_abs())
    }

    /// The row of a record.
    fn row(&self, id: &str) -> Option<u32> {
        let hash = hash(id);
        let first = self.ids.partition_point(|(own, _)| *own < hash);
        let same = self.ids[first..].iter().take_while(|(own, _)| *own == hash);
        same.map(|(_, row)| *row).find(|row| self.text(*row, RECORD) == id)
    }

    /// The entry of a record, by its id.
    pub(crate) fn entry(&self, id: &str) -> Option<u64> {
        self.row(id).map(|row| self.entry_of(row))
    }

    /// The entries that made, changed or withdrew a record, in their order.
    pub(crate) fn versions(&self, id: &str) -> Vec<u64> {
        let mut versions = self.past.get(id).cloned().unwrap_or_default();
        versions.extend(self.entry(id));
        versions.into_iter().collect()
    }

    fn listed(&self, row: u32) -> Result<Listed, Error> {
        let (batch, place) = self.place(row);
        let invented = batch.column_by_name(DEMONSTRATION).map(|own| own.as_boolean().value(place));
        Ok(Listed {
            key: key(&self.register, self.text(row, RECORD)),
            entry: self.entry_of(row),
            body: serde_json::from_str(self.text(row, BODY)).map_err(std::io::Error::other)?,
            source: self.text(row, SOURCE).to_owned(),
            demonstration: invented.unwrap_or_default(),
        })
    }

    /// The records with the given keys, in the order of their entries.
    pub(crate) fn with_keys(&self, keys: &[String]) -> Result<Vec<Listed>, Error> {
        let found = keys.iter().filter_map(|key| self.row(&format!("{}/{key}", self.register)));
        let rows: BTreeSet<u32> = found.collect();
        rows.into_iter().map(|row| self.listed(row)).collect()
    }

    /// The keys of all records, in the order of their entries.
    pub(crate) fn keys(&self) -> Vec<String> {
        (0..self.len() as u32).map(|row| key(&self.register, self.text(row, RECORD))).collect()
    }

    /// The column as texts, by the batch; a list as each of its values.
    fn texts(&self, column: &str) -> Result<Vec<ArrayRef>, Error> {
        let arrays = self.batches.iter().filter_map(|batch| batch.column_by_name(column));
        let text = |array: &ArrayRef| match array.data_type() {
            DataType::List(_) | DataType::Utf8 => Ok(Arc::clone(array)),
            _ => cast(array, &DataType::Utf8).map_err(arrow),
        };
        arrays.map(text).collect()
    }

    /// Shows each value of each row of a column.
    fn each_value(&self, column: &str, mut show: impl FnMut(u32, &str)) -> Result<(), Error> {
        for (array, start) in self.texts(column)?.iter().zip(&self.starts) {
            for place in 0..array.len() {
                if array.is_null(place) {
                    continue;
                }
                let row = start + place as u32;
                if let Some(lists) = array.as_list_opt::<i32>() {
                    for value in lists.value(place).as_string::<i32>().iter().flatten() {
                        show(row, value);
                    }
                } else {
                    show(row, array.as_string::<i32>().value(place));
                }
            }
        }
        Ok(())
    }

    /// The values of a column with their rows; none where there are too many.
    fn coded(&self, column: &str) -> Result<Option<Arc<Coded>>, Error> {
        made(&self.columns, column.to_owned(), || {
            let mut rows: HashMap<String, Vec<u32>> = HashMap::new();
            let mut many = false;
            self.each_value(column, |row, value| {
                if let Some(own) = rows.get_mut(value) {
                    // A list may hold a value twice.
                    if own.last() != Some(&row) {
                        own.push(row);
                    }
                } else if rows.len() < MOST_VALUES {
                    rows.insert(value.to_owned(), vec![row]);
                } else {
                    many = true;
                }
            })?;
            let shared = rows.into_iter().map(|(value, rows)| (value, Arc::new(rows)));
            Ok((!many).then(|| Arc::new(Coded(shared.collect()))))
        })
    }

    /// The rows whose column has a value.
    fn having(&self, column: &str, value: &str) -> Result<Arc<Vec<u32>>, Error> {
        if let Some(coded) = self.coded(column)? {
            return Ok(coded.0.get(value).cloned().unwrap_or_default());
        }
        let mut rows = Vec::new();
        self.each_value(column, |row, own| {
            if own == value && rows.last() != Some(&row) {
                rows.push(row);
            }
        })?;
        Ok(Arc::new(rows))
    }

    /// Whether the rows with a value in a column are found without looking through it.
    pub(crate) fn finds(&self, column: &str) -> Result<bool, Error> {
        Ok(column == RECORD || self.coded(column)?.is_some())
    }

    /// The rows whose column has one of some values.
    pub(crate) fn with_values(
        &self,
        column: &str,
        values: &[&str],
    ) -> Result<Arc<Vec<u32>>, Error> {
        let mut rows: Vec<u32> = match values {
            _ if column == RECORD => values.iter().filter_map(|id| self.row(id)).collect(),
            [value] => return self.having(column, value),
            _ => {
                let mut rows = Vec::new();
                for value in values {
                    rows.extend_from_slice(&self.having(column, value)?);
                }
                rows
            }
        };
        rows.sort_unstable();
        rows.dedup();
        Ok(Arc::new(rows))
    }

    /// The rows whose column has a value between two, as texts are ordered.
    fn between(
        &self,
        column: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Arc<Vec<u32>>, Error> {
        let within =
            |value: &str| from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to);
        let mut rows = Vec::new();
        match self.coded(column)? {
            Some(coded) => {
                let found = coded.0.iter().filter(|(value, _)| within(value));
                rows.extend(found.flat_map(|(_, rows)| rows.iter()));
                rows.sort_unstable();
                rows.dedup();
            }
            None => self.each_value(column, |row, value| {
                if within(value) && rows.last() != Some(&row) {
                    rows.push(row);
                }
            })?,
        }
        Ok(Arc::new(rows))
    }

    /// Some columns of the first of some rows that stand together, and how many those are; nothing where
    /// there are no rows.
    pub(crate) fn taken(
        &self,
        rows: &[u32],
        columns: &[usize],
    ) -> Option<(usize, Result<RecordBatch, Error>)> {
        let (batch, _) = self.position(*rows.first()?);
        let (start, batch) = (self.starts[batch], &self.batches[batch]);
        let end = start + batch.num_rows() as u32;
        let own = &rows[..rows.partition_point(|row| *row < end)];
        let places = UInt32Array::from_iter_values(own.iter().map(|row| row - start));
        let taken = batch.project(columns).and_then(|batch| match columns {
            // Only counted.
            [] => {
                let many = RecordBatchOptions::new().with_row_count(Some(own.len()));
                RecordBatch::try_new_with_options(batch.schema(), vec![], &many)
            }
            _ => take_record_batch(&batch, &places),
        });
        Some((own.len(), taken.map_err(arrow)))
    }

    /// The rows that hold a word.
    fn holding(&self, sought: &Sought) -> Result<Vec<bool>, Error> {
        let mut holds = vec![false; self.len()];
        for column in &sought.columns {
            self.each_value(column, |row, value| {
                let own = &mut holds[row as usize];
                *own = *own || value.to_lowercase().contains(&sought.word);
            })?;
        }
        for (column, values) in &sought.named {
            for value in values {
                for row in self.having(column, value)?.iter() {
                    holds[*row as usize] = true;
                }
            }
        }
        Ok(holds)
    }

    /// The rows that a choice fits, in the order of their entries; none where it fits all.
    pub(crate) fn chosen(&self, choice: &Choice) -> Result<Option<Arc<Vec<u32>>>, Error> {
        let mut chosen: Option<Arc<Vec<u32>>> = None;
        if let Some((column, value)) = &choice.within {
            chosen = Some(self.having(column, value)?);
        }
        for (column, wish) in &choice.filters {
            let rows = match wish {
                Wish::Any(values) => {
                    let values: Vec<&str> = values.iter().map(String::as_str).collect();
                    self.with_values(column, &values)?
                }
                Wish::Between(from, to) => self.between(column, from.as_deref(), to.as_deref())?,
            };
            chosen = Some(match chosen {
                None => rows,
                Some(others) => Arc::new(both(&others, &rows)),
            });
        }
        for sought in &choice.words {
            let holds = self.holding(sought)?;
            let fits = |row: &u32| holds[*row as usize];
            let rows = match chosen {
                None => (0..self.len() as u32).filter(fits).collect(),
                Some(rows) => rows.iter().copied().filter(fits).collect(),
            };
            chosen = Some(Arc::new(rows));
        }
        Ok(chosen)
    }

    /// The column of all rows in one.
    fn whole(&self, column: &str) -> Result<Option<ArrayRef>, Error> {
        let arrays = self.batches.iter().filter_map(|batch| batch.column_by_name(column));
        let arrays: Vec<&dyn Array> = arrays.map(|array| array.as_ref()).collect();
        if arrays.is_empty() { Ok(None) } else { Ok(Some(concat(&arrays).map_err(arrow)?)) }
    }

    /// The rows by a column: nothing comes last, and what is the same comes by entry.
    fn order(&self, column: &str, descending: bool) -> Result<Arc<Ordered>, Error> {
        made(&self.orders, (column.to_owned(), descending), || {
            let mut rows: Vec<u32> = (0..self.len() as u32).collect();
            let whole = self.whole(column)?;
            if let Some(whole) = &whole {
                let options = SortOptions { descending, nulls_first: false };
                let compare = make_comparator(whole, whole, options).map_err(arrow)?;
                rows.sort_by(|a, b| compare(*a as usize, *b as usize));
            }
            Ok(Arc::new(Ordered { rows, whole }))
        })
    }

    /// The records of a page among those that were chosen, and after what the next begins; nothing where
    /// there is no next.
    pub(crate) fn page(
        &self,
        chosen: Option<&[u32]>,
        choice: &Choice,
    ) -> Result<(Vec<Listed>, Option<After>), Error> {
        let order = match &choice.sort {
            Some((column, descending)) => Some(self.order(column, *descending)?),
            None => None,
        };
        let first = match (&choice.after, &order, &choice.sort) {
            (None, ..) => 0,
            (Some(after), Some(order), Some((_, descending))) => {
                self.place_after(order, *descending, after)?
            }
            (Some(after), ..) => self.row_after(after.entry),
        };
        // One more, by which it is known whether there is a next page.
        let most = choice.limit.saturating_add(1);
        let mut rows: Vec<u32> = match (&order, chosen) {
            (None, None) => {
                let begin = (first + choice.offset).min(self.len());
                (begin as u32..begin.saturating_add(most).min(self.len()) as u32).collect()
            }
            (None, Some(rows)) => {
                let begin = rows.partition_point(|row| (*row as usize) < first);
                rows.iter().skip(begin + choice.offset).take(most).copied().collect()
            }
            (Some(order), None) => {
                order.rows[first..].iter().skip(choice.offset).take(most).copied().collect()
            }
            (Some(order), Some(rows)) => {
                let wanted = self.marked(rows);
                let rest = order.rows[first..].iter().filter(|row| wanted[**row as usize]);
                rest.skip(choice.offset).take(most).copied().collect()
            }
        };
        let more = rows.len() == most;
        rows.truncate(choice.limit);
        let next = match rows.last().filter(|_| more) {
            None => None,
            Some(row) => {
                let whole = order.as_ref().and_then(|order| order.whole.as_ref());
                let value = whole.filter(|whole| !whole.is_null(*row as usize));
                let value = value.map(|whole| array_value_to_string(whole, *row as usize));
                let value = value.transpose().map_err(arrow)?;
                Some(After { value, entry: self.entry_of(*row) })
            }
        };
        let records = rows.into_iter().map(|row| self.listed(row)).collect::<Result<_, _>>()?;
        Ok((records, next))
    }

    /// How many rows of an order stand up to a value and entry, whether they are still there or not.
    fn place_after(
        &self,
        order: &Ordered,
        descending: bool,
        after: &After,
    ) -> Result<usize, Error> {
        let Some(whole) = &order.whole else { return Ok(0) };
        let value: ArrayRef = Arc::new(StringArray::from(vec![after.value.as_deref()]));
        let value = cast(&value, whole.data_type()).map_err(arrow)?;
        if after.value.is_some() && value.is_null(0) {
            let place = Place::default().field("cursor");
            let problem = Diagnostic::error(place, "a cursor of another order")
                .expected("the cursor that the page before gave");
            return Err(Diagnostics::from(problem).into());
        }
        let options = SortOptions { descending, nulls_first: false };
        let compare = make_comparator(whole, &value, options).map_err(arrow)?;
        Ok(order.rows.partition_point(|row| match compare(*row as usize, 0) {
            Ordering::Less => true,
            Ordering::Equal => self.entry_of(*row) <= after.entry,
            Ordering::Greater => false,
        }))
    }

    /// The rows that a choice fits, in its order, all pages of them.
    fn rows(&self, choice: &Choice) -> Result<Vec<u32>, Error> {
        let chosen = self.chosen(choice)?;
        let Some((column, descending)) = &choice.sort else {
            let all = || (0..self.len() as u32).collect();
            return Ok(chosen.map_or_else(all, |rows| rows.to_vec()));
        };
        let order = self.order(column, *descending)?;
        let wanted = chosen.map(|rows| self.marked(&rows));
        let fits = |row: &&u32| wanted.as_ref().is_none_or(|own| own[**row as usize]);
        Ok(order.rows.iter().filter(fits).copied().collect())
    }

    /// For each row whether it is one of those.
    fn marked(&self, rows: &[u32]) -> Vec<bool> {
        let mut marked = vec![false; self.len()];
        rows.iter().for_each(|row| marked[*row as usize] = true);
        marked
    }

    /// Shows every record that a choice fits, in its order.
    pub(crate) fn each<E: From<Error>>(
        &self,
        choice: &Choice,
        mut show: impl FnMut(Listed) -> Result<(), E>,
    ) -> Result<(), E> {
        for row in self.rows(choice)? {
            show(self.listed(row)?)?;
        }
        Ok(())
    }

    /// The rows that a choice fits, in its order, for SQL.
    pub(crate) fn chosen_table(&self, choice: &Choice) -> Result<Arc<MemTable>, Error> {
        let rows = self.rows(choice)?;
        let places: Vec<(usize, usize)> = rows.iter().map(|row| self.position(*row)).collect();
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        let taken = match batches.is_empty() {
            true => vec![],
            false => vec![interleave_record_batch(&batches, &places).map_err(arrow)?],
        };
        Ok(Arc::new(MemTable::try_new(self.table.schema(), vec![taken])?))
    }

    /// How many of the chosen records have each value of a column, the most frequent first.
    pub(crate) fn facet(
        &self,
        column: &str,
        chosen: Option<&[u32]>,
        most: usize,
    ) -> Result<Vec<(String, u64)>, Error> {
        let Some(coded) = self.coded(column)? else { return Ok(vec![]) };
        let wanted = chosen.map(|rows| self.marked(rows));
        let counted = coded.0.iter().map(|(value, rows)| {
            let count = match &wanted {
                None => rows.len(),
                Some(wanted) => rows.iter().filter(|row| wanted[**row as usize]).count(),
            };
            (value.clone(), count as u64)
        });
        let mut found: Vec<(String, u64)> = counted.filter(|(_, count)| *count > 0).collect();
        found.sort_by(|(a, most), (b, fewer)| fewer.cmp(most).then_with(|| a.cmp(b)));
        found.truncate(most);
        Ok(found)
    }
}

/// The rows that stand in both.
pub(crate) fn both(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|row| many.binary_search(row).is_ok()).copied().collect()
}

/// The rows of a batch that hold at a point, without what ended them; what was before is noted.
fn known(
    batch: &RecordBatch,
    known_at: u64,
    past: &mut HashMap<String, BTreeSet<u64>>,
) -> Result<RecordBatch, Error> {
    let index = |name: &str| batch.schema().index_of(name).map_err(arrow);
    let (until, entry, record) = (index(UNTIL)?, index(ENTRY)?, index(RECORD)?);
    let untils = batch.column(until).as_primitive::<Int64Type>();
    let entries = batch.column(entry).as_primitive::<Int64Type>();
    let records = batch.column(record).as_string::<i32>();
    let point = i64::try_from(known_at).unwrap_or(i64::MAX);
    let holds: BooleanArray = (0..batch.num_rows())
        .map(|row| {
            let begun = entries.value(row) < point;
            let ended = !untils.is_null(row) && untils.value(row) < point;
            if begun && ended {
                let numbers = [entries.value(row), untils.value(row)].map(i64::unsigned_abs);
                past.entry(records.value(row).to_owned()).or_default().extend(numbers);
            }
            Some(begun && !ended)
        })
        .collect();
    let kept: Vec<usize> = (0..batch.num_columns()).filter(|column| *column != until).collect();
    let batch = batch.project(&kept).map_err(arrow)?;
    if holds.true_count() == batch.num_rows() {
        return Ok(batch);
    }
    filter_record_batch(&batch, &holds).map_err(arrow)
}
