//! Answers measures over the tables of a projection, as known at one point of the journal.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_model::measure::{Aggregate, Caution};
use chancery_model::snapshot::record_names;
use chancery_model::value::FieldReader;
use chancery_model::{
    Diagnostic, Diagnostics, Evidence, Field, FieldType, Figure, FigureValue, Language, Measure,
    MeasureHead, Names, Parameter, ParameterType, Place, Programme, Record, Register, Sight, Unit,
    Visibility, Wanted,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::{MemTable, TableProvider};
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, median, min, sum};
use datafusion::logical_expr::{Expr, LogicalPlan, cast, ident, lit, when};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use datafusion::sql::parser::Statement;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::columns::{self, BODY, DEMONSTRATION, ENTRY, RECORD, SOURCE, UNTIL};
use crate::index::{Index, busy};
use crate::listing::Choice;
use crate::projection::Projection;
use crate::rows::rows;
use crate::sql::{self, Source};
use crate::table::Table;
use crate::{Error, parameters};

/// A table of no more rows than this is held in memory once it has been read, where nothing else is said.
pub const HELD_ROWS: usize = 100_000;

/// The registers as known at one point, ready for questions.
pub struct Engine {
    programme: Arc<Programme>,
    projection: Projection,
    known_at: u64,
    session: SessionContext,
    /// Tables of no more rows are held in memory once they have been read.
    pub(crate) holds: usize,
    /// Those that are, each with the file that it was read from.
    indexes: Mutex<HashMap<String, Held>>,
    /// Tables and views that the session has so far; the names of records by register.
    pub(crate) ready: Mutex<Ready>,
}

#[derive(Default)]
pub(crate) struct Ready {
    tables: BTreeSet<String>,
    /// Tables and views that are held in memory, with nothing left to read or compute.
    held: HashMap<String, Arc<dyn TableProvider>>,
    names: HashMap<String, Arc<Names>>,
    /// What records are called, by register and language.
    pub(crate) called: HashMap<(String, Language), Arc<HashMap<String, String>>>,
    /// Whether a caution applies, by its name and what it was asked.
    warned: HashMap<String, bool>,
    /// The invented records, by register.
    invented: HashMap<String, Arc<HashSet<String>>>,
    /// What a SELECT reads.
    read: HashMap<String, Arc<Read>>,
    /// What a SELECT was planned as, before its parameters are known.
    plans: HashMap<String, LogicalPlan>,
    /// The rows that a choice fits, and the values of facets with their counts.
    pub(crate) chosen: HashMap<String, Option<Arc<Vec<u32>>>>,
    pub(crate) facets: HashMap<String, Vec<(String, u64)>>,
}

/// Tells about how much a sum is.
const ABOUT: &str = "_about";
const MOST_SUM: f64 = 9.2e18;

/// So many answers to whether a caution applies are kept.
const MOST_WARNINGS: usize = 10_000;
/// Records in memory, with the file that they were read from.
type Held = (Option<PathBuf>, Arc<Index>);

/// What a SELECT reads, by itself or through views.
#[derive(Debug, Default)]
struct Read {
    registers: BTreeSet<String>,
    /// Every word of the SQL, among them each column that it names.
    words: BTreeSet<String>,
}

impl Engine {
    /// `known_at` is the number of journal entries to look at; all that the projection has
    /// taken in where it is none. Tables of no more than `holds` rows are held in memory.
    pub fn new(
        programme: Arc<Programme>,
        projection: Projection,
        known_at: Option<u64>,
        holds: usize,
    ) -> Self {
        let known_at = known_at.unwrap_or(projection.size).min(projection.size);
        let (session, ready) = (sql::session(), Mutex::default());
        let indexes = Mutex::default();
        Self { programme, projection, known_at, session, holds, indexes, ready }
    }

    /// Takes over from an engine of an earlier point what has not changed since.
    pub async fn take_over(&self, before: &Self) {
        let latest = |engine: &Self| engine.known_at == engine.projection.size;
        if !(latest(self) && latest(before)) {
            return;
        }
        let kept = before.indexes.lock().await;
        let same = kept
            .iter()
            .filter(|(register, (file, _))| file.as_deref() == self.projection.file(register));
        self.indexes.lock().await.extend(same.map(|(name, own)| (name.clone(), own.clone())));
    }

    /// The records of a register in memory; none where they are too many to be held.
    pub(crate) async fn index(&self, register: &str) -> Result<Option<Arc<Index>>, Error> {
        let there = self.indexes.lock().await.contains_key(register);
        let file = self.projection.file(register).filter(|_| !there && self.holds < usize::MAX);
        let rows = file.map(crate::projection::row_count).transpose()?;
        if rows.is_some_and(|rows| rows > self.holds) {
            return Ok(None);
        }
        self.held(register).await.map(Some)
    }

    /// The records of a register in memory, however many they are.
    pub(crate) async fn held(&self, register: &str) -> Result<Arc<Index>, Error> {
        // Locked while it is read: of many who want it, one reads it.
        let mut indexes = self.indexes.lock().await;
        if let Some((_, index)) = indexes.get(register) {
            return Ok(Arc::clone(index));
        }
        let declared = self.programme.register(register).map_err(Diagnostics::from)?;
        let file = self.projection.file(register);
        let read = || Index::read(register, declared, file, self.known_at);
        let index = Arc::new(busy(read)?);
        let file = file.map(Path::to_path_buf);
        indexes.insert(register.to_owned(), (file, Arc::clone(&index)));
        Ok(index)
    }

    pub fn known_at(&self) -> u64 {
        self.known_at
    }

    pub fn programme(&self) -> &Arc<Programme> {
        &self.programme
    }

    /// How a measure is called.
    pub fn usage(head: &MeasureHead) -> String {
        parameters::usage(head)
    }

    /// Answers a measure, with as much of the evidence as is wanted.
    pub async fn figure(
        &self,
        name: &str,
        given: &BTreeMap<String, Value>,
        evidence: Wanted,
    ) -> Result<Figure, Error> {
        let Some(measure) = self.programme.measures.get(name) else {
            let known = self.programme.measures.keys().map(String::as_str);
            let problem =
                Diagnostic::error(Place::default(), format!("there is no measure `{name}`"))
                    .suggest(name, known)
                    .expected("the name of a measure");
            return Err(Diagnostics::from(problem).into());
        };
        let (shown, mut bound) = self.parameters(&measure.head, given).await?;
        let source = Source::measure(measure);
        let frame = self.select(&source).await?.with_param_values(bound.clone())?;
        let unit = self.unit(measure, &frame).await?;
        let demonstration = self.demonstration(&source, &frame).await?;
        let ((value, evidence_count), evidence) = match evidence {
            Wanted::Nothing => (aggregate(measure, frame).await?, None),
            Wanted::First(most) => {
                let first = frame.clone().limit(0, Some(most + 1))?;
                let (table, mut rows) = collected(first).await?;
                let mut left = most;
                let all = rows.iter().map(RecordBatch::num_rows).sum::<usize>() <= most;
                // Where they are all there they need not be fetched again, nor counted by a plan.
                let rows_count = rows.iter().map(RecordBatch::num_rows).sum::<usize>() as u64;
                let counted =
                    measure.head.aggregate == Aggregate::Count && measure.head.group_by.is_empty();
                let frame = if all { self.session.read_table(table)? } else { frame };
                for batch in &mut rows {
                    *batch = batch.slice(0, batch.num_rows().min(left));
                    left -= batch.num_rows();
                }
                let answer = match all && counted {
                    true => (FigureValue::Value(Value::from(rows_count)), rows_count),
                    false => aggregate(measure, frame).await?,
                };
                (answer, Some(self.evidence(rows).await?.into()))
            }
            Wanted::All => {
                // The rows are fetched once, and aggregated as they are shown.
                let (table, rows) = collected(frame).await?;
                let answer = aggregate(measure, self.session.read_table(table)?).await?;
                (answer, Some(self.evidence(rows).await?.into()))
            }
        };
        bound.extend(last_day(&bound));
        let mut tentative = demonstration > 0;
        let mut cautions = Vec::new();
        for name in &measure.head.cautions {
            if let Some(Caution { when, message, contradicts }) = self.programme.cautions.get(name)
                && self.is_warned(measure, name, when, &bound).await?
            {
                cautions.push(message.clone());
                tentative |= !contradicts;
            }
        }
        Ok(Figure {
            measure: name.to_owned(),
            parameters: shown,
            value,
            unit,
            known_at: self.known_at,
            evidence_count,
            evidence,
            cautions,
            tentative,
            demonstration,
        })
    }

    /// How many rows of evidence rest on invented records.
    async fn demonstration(&self, source: &Source<'_>, evidence: &DataFrame) -> Result<u64, Error> {
        let mut invented: HashMap<String, Arc<HashSet<String>>> = HashMap::new();
        for register in &self.read(source).await?.registers {
            let register = register.as_str();
            let found = self.invented(register).await?;
            if !found.is_empty() {
                invented.insert(register.to_owned(), found);
            }
        }
        if invented.is_empty() {
            return Ok(0);
        }
        let is_invented = |id: &Value| {
            let id = id.as_str().unwrap_or_default();
            let register = chancery_model::entry::split_record_id(id).map(|(register, _)| register);
            register
                .and_then(|register| invented.get(register))
                .is_some_and(|records| records.contains(id))
        };
        let batches = evidence.clone().select(vec![ident(RECORD)])?.collect().await?;
        let resting = batches.iter().flat_map(rows).filter(|row| match &row[RECORD] {
            Value::Array(ids) => ids.iter().any(is_invented),
            id => is_invented(id),
        });
        Ok(resting.count() as u64)
    }

    /// The ids of the invented records of a register.
    pub(crate) async fn invented(&self, register: &str) -> Result<Arc<HashSet<String>>, Error> {
        if let Some(found) = self.ready.lock().await.invented.get(register) {
            return Ok(found.clone());
        }
        let frame = self.table(register).await?.filter(ident(DEMONSTRATION))?;
        let batches = frame.select(vec![ident(RECORD)])?.collect().await?;
        let ids = batches.iter().flat_map(rows);
        let ids = ids.filter_map(|row| row[RECORD].as_str().map(str::to_owned));
        let found: Arc<HashSet<String>> = Arc::new(ids.collect());
        self.ready.lock().await.invented.insert(register.to_owned(), found.clone());
        Ok(found)
    }

    /// Whether somebody who sees so much may see each record and field that a measure reads. A field
    /// counts as read where the SQL has a word like its column, so that in doubt it does.
    pub async fn is_seen_by(&self, measure: &Measure, sight: &Sight) -> Result<bool, Error> {
        let read = self.read(&Source::measure(measure)).await?;
        let hidden = |register: &Register, sees: Visibility| {
            register.fields.iter().any(|(name, field)| {
                field.visibility > sees
                    && columns::of(name, field).iter().any(|column| read.words.contains(column))
            })
        };
        // A parameter answers to the names of its records.
        let asked = measure.head.parameters.values().filter_map(|asked| asked.register.as_ref());
        let registers = read.registers.iter().chain(asked);
        let registers = registers
            .filter_map(|name| Some((sight.of(name), self.programme.registers.get(name)?)));
        let every = read.words.contains("*");
        Ok(registers.into_iter().all(|(sees, register)| {
            register.is_seen_by(sees)
                && !hidden(register, sees)
                && (!every || register.seen_by(sees).count() == register.fields.len())
        }))
    }

    /// The registers that a measure reads.
    pub async fn reads(&self, measure: &Measure) -> Result<BTreeSet<String>, Error> {
        Ok(self.read(&Source::measure(measure)).await?.registers.clone())
    }

    async fn read(&self, source: &Source<'_>) -> Result<Arc<Read>, Error> {
        if let Some(known) = self.ready.lock().await.read.get(source.sql) {
            return Ok(Arc::clone(known));
        }
        let mut read = Read::default();
        let mut waiting = vec![source.sql.to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(sql) = waiting.pop() {
            let source = Source { sql: &sql, parameters: source.parameters.clone(), ..*source };
            let statement = sql::select(&self.programme, &source).map_err(Diagnostics::from)?;
            read.words.extend(words(&sql));
            for name in sql::tables(&self.session, &statement)? {
                if self.programme.registers.contains_key(&name) {
                    read.registers.insert(name);
                } else if let Some(view) = self.programme.views.get(&name)
                    && seen.insert(name)
                {
                    waiting.push(view.sql.clone());
                }
            }
        }
        let read = Arc::new(read);
        self.ready.lock().await.read.insert(source.sql.to_owned(), Arc::clone(&read));
        Ok(read)
    }

    /// What a figure counts. Amounts in two currencies are not added, nor any other two units.
    async fn unit(&self, measure: &Measure, frame: &DataFrame) -> Result<String, Error> {
        let column = match &measure.head.unit {
            Unit::Code(code) => return Ok(code.clone()),
            Unit::Column { column } => column,
        };
        let units = frame.clone().select(vec![ident(column)])?.distinct()?.collect().await?;
        let mut found: Vec<String> = units
            .iter()
            .flat_map(rows)
            .filter_map(|row| row[column].as_str().map(str::to_owned))
            .collect();
        found.sort();
        match found.as_slice() {
            [] => Ok(String::new()),
            [one] => Ok(one.clone()),
            several => Err(Diagnostics::from(
                Diagnostic::error(
                    Place::file(&measure.head.measure),
                    format!("amounts in {}", several.join(", ")),
                )
                .expected("amounts in one unit, since two are never added")
                .hint(format!("say which is meant: {}", parameters::usage(&measure.head))),
            )
            .into()),
        }
    }

    /// Whether a caution applies to what a measure was asked.
    async fn is_warned(
        &self,
        measure: &Measure,
        caution: &str,
        when: &str,
        bound: &[(String, ScalarValue)],
    ) -> Result<bool, Error> {
        let used = bound.iter().filter(|(name, _)| when.contains(&format!("${name}")));
        let key = format!("{caution} {:?}", used.collect::<Vec<_>>());
        if let Some(known) = self.ready.lock().await.warned.get(&key) {
            return Ok(*known);
        }
        let source = Source::caution(measure, caution, when);
        let rows = self.select(&source).await?.with_param_values(bound.to_vec())?;
        let warned = rows.limit(0, Some(1))?.count().await? > 0;
        let warnings = &mut self.ready.lock().await.warned;
        if warnings.len() >= MOST_WARNINGS {
            warnings.clear();
        }
        warnings.insert(key, warned);
        Ok(warned)
    }

    /// Reads parameters: as they are shown, and as they are bound.
    async fn parameters(
        &self,
        head: &MeasureHead,
        given: &BTreeMap<String, Value>,
    ) -> Result<(BTreeMap<String, Value>, Vec<(String, ScalarValue)>), Error> {
        let (complete, mut problems) = parameters::complete(head, given);
        let (mut shown, mut bound) = (BTreeMap::new(), Vec::new());
        for (name, value) in complete {
            let parameter = &head.parameters[&name];
            let value = match parameter.kind {
                _ if value.is_null() => Ok(value),
                ParameterType::Link | ParameterType::Code => {
                    self.resolve(parameter, &value).await?
                }
                _ => Ok(value),
            };
            match value.and_then(|value| parameters::bind(parameter, &value)) {
                Ok((scalar, value)) => {
                    bound.push((name.clone(), scalar));
                    if !value.is_null() {
                        shown.insert(name, value);
                    }
                }
                Err(wrong) => problems.push(wrong.at(Place::file(&head.measure).field(name))),
            }
        }
        if let (Some(from), Some(to)) =
            (shown.get("from").and_then(Value::as_str), shown.get("to").and_then(Value::as_str))
            && to < from
        {
            problems.push(
                Diagnostic::error(
                    Place::file(&head.measure).field("to"),
                    format!("a period that ends on {to}, before it begins on {from}"),
                )
                .expected("the first day before the last"),
            );
        }
        Diagnostics(problems).unless_errors((shown, bound)).map_err(Error::from)
    }

    /// The key of the record or code that is meant by any of its names.
    async fn resolve(
        &self,
        parameter: &Parameter,
        value: &Value,
    ) -> Result<Result<Value, chancery_model::value::Wrong>, Error> {
        let text = value.as_str().unwrap_or_default();
        let codes = parameter.codelist.as_ref().and_then(|list| self.programme.codelists.get(list));
        let names = match &parameter.register {
            Some(register) => {
                if self.exists(register, text).await? {
                    return Ok(Ok(value.clone()));
                }
                Some(Names::clone(&*self.names(register).await?))
            }
            None => None,
        };
        let field = Field {
            kind: if parameter.kind == ParameterType::Link {
                FieldType::Link
            } else {
                FieldType::Code
            },
            label: Default::default(),
            help: Default::default(),
            visibility: chancery_model::Visibility::Public,
            required: true,
            needed_when: None,
            list: false,
            any_language: false,
            register: parameter.register.clone(),
            codelist: parameter.codelist.clone(),
            pattern: None,
            min: None,
            max: None,
        };
        let read = FieldReader::new(&field, codes, names).read(text);
        Ok(read.map(|value| value.unwrap_or(Value::Null)))
    }

    async fn exists(&self, register: &str, key: &str) -> Result<bool, Error> {
        if let Some(index) = self.index(register).await? {
            return Ok(index.entry(&format!("{register}/{key}")).is_some());
        }
        let found = self
            .table(register)
            .await?
            .filter(ident(RECORD).eq(lit(format!("{register}/{key}"))))?;
        Ok(found.limit(0, Some(1))?.count().await? > 0)
    }

    /// Every name by which a record of `register` may be given.
    pub async fn names(&self, register: &str) -> Result<Arc<Names>, Error> {
        if let Some(names) = self.ready.lock().await.names.get(register) {
            return Ok(names.clone());
        }
        let listed = self.list(register, &[]).await?;
        let records = listed.iter().map(|record| (record.key.as_str(), record.body.clone()));
        let names = Arc::new(record_names(&self.programme, register, records));
        self.ready.lock().await.names.insert(register.to_owned(), names.clone());
        Ok(names)
    }

    /// The records with the given ids, `register/key`; those that do not exist are left out.
    pub async fn records(&self, ids: &[String]) -> Result<BTreeMap<String, Record>, Error> {
        let mut found = BTreeMap::new();
        for (register, ids) in by_register(ids.iter().map(String::as_str)) {
            let frame = self.with_ids(register, &ids).await?;
            let batches = frame
                .select(vec![
                    ident(RECORD),
                    ident(ENTRY),
                    ident(BODY),
                    ident(SOURCE),
                    ident(DEMONSTRATION),
                ])?
                .collect()
                .await?;
            for row in batches.iter().flat_map(rows) {
                let text = |column: &str| row[column].as_str().unwrap_or_default();
                if ids.contains(text(RECORD)) {
                    let body = serde_json::from_str(text(BODY)).map_err(std::io::Error::other)?;
                    let entry = row[ENTRY].as_u64().unwrap_or_default();
                    found.insert(
                        text(RECORD).to_owned(),
                        Record {
                            entry,
                            body,
                            source: text(SOURCE).to_owned(),
                            demonstration: row[DEMONSTRATION] == Value::Bool(true),
                        },
                    );
                }
            }
        }
        Ok(found)
    }

    /// The rows of a register's table among which those with the given ids are.
    async fn with_ids(&self, register: &str, ids: &BTreeSet<&str>) -> Result<DataFrame, Error> {
        let frame = self.table(register).await?;
        // A long list is cheaper to look up afterwards than to hand to the engine.
        if ids.len() > 1000 {
            return Ok(frame);
        }
        Ok(frame.filter(ident(RECORD).in_list(ids.iter().map(|id| lit(*id)).collect(), false))?)
    }

    /// The table of a register as known at this engine's point.
    pub(crate) async fn table(&self, register: &str) -> Result<DataFrame, Error> {
        if let Some(index) = self.index(register).await? {
            let table = Arc::new(Table(index));
            let held = Arc::clone(&table) as Arc<dyn TableProvider>;
            self.ready.lock().await.held.insert(register.to_owned(), held);
            return Ok(self.session.read_table(table)?);
        }
        let file = self.projection.file(register).unwrap_or(Path::new(""));
        let path = file.to_string_lossy().into_owned();
        let frame = self.session.read_parquet(path, ParquetReadOptions::default()).await?;
        let latest = ident(UNTIL).is_null();
        let known = if self.known_at == self.projection.size {
            latest
        } else {
            let point = lit(self.known_at as i64);
            ident(ENTRY).lt(point.clone()).and(latest.or(ident(UNTIL).gt_eq(point)))
        };
        Ok(frame.filter(known)?.drop_columns(&[UNTIL])?)
    }

    /// The rows of a register that a choice fits, as a table.
    pub(crate) fn chosen_table(&self, index: &Index, choice: &Choice) -> Result<DataFrame, Error> {
        Ok(self.session.read_table(index.chosen_table(choice)?)?)
    }

    /// The entries that made, changed or withdrew a record, in their order.
    pub async fn versions(&self, register: &str, key: &str) -> Result<Vec<u64>, Error> {
        if !self.programme.registers.contains_key(register) {
            return Ok(vec![]);
        }
        if let Some(index) = self.index(register).await? {
            return Ok(index.versions(&format!("{register}/{key}")));
        }
        let Some(file) = self.projection.file(register) else { return Ok(vec![]) };
        let path = file.to_string_lossy().into_owned();
        let frame = self.session.read_parquet(path, ParquetReadOptions::default()).await?;
        let own = frame.filter(ident(RECORD).eq(lit(format!("{register}/{key}"))))?;
        let batches = own.select(vec![ident(ENTRY), ident(UNTIL)])?.collect().await?;
        let rows: Vec<_> = batches.iter().flat_map(rows).collect();
        let numbers = rows.iter().flat_map(|row| [&row[ENTRY], &row[UNTIL]]);
        let numbers: BTreeSet<u64> = numbers.filter_map(Value::as_u64).collect();
        Ok(numbers.into_iter().filter(|number| *number < self.known_at).collect())
    }

    /// Reads a table into memory, for all further questions.
    async fn hold(&self, name: &str, frame: DataFrame) -> Result<DataFrame, Error> {
        let (held, _) = collected(frame).await?;
        self.ready.lock().await.held.insert(name.to_owned(), held.clone());
        Ok(self.session.read_table(held)?)
    }

    /// Plans a SELECT after making ready what it reads.
    pub(crate) async fn select(&self, source: &Source<'_>) -> Result<DataFrame, Error> {
        if let Some(plan) = self.ready.lock().await.plans.get(source.sql).cloned() {
            return Ok(self.session.execute_logical_plan(plan).await?);
        }
        let refuse = |problem: Diagnostic| Error::from(Diagnostics::from(problem));
        let statement = sql::select(&self.programme, source).map_err(refuse)?;
        self.make_ready(&statement).await?;
        let frame = sql::plan(&self.session, statement)
            .await
            .map_err(|error| refuse(sql::describe(&self.programme, &error, source)))?;
        let plan = frame.logical_plan().clone();
        self.ready.lock().await.plans.insert(source.sql.to_owned(), plan);
        Ok(frame)
    }

    async fn make_ready(&self, statement: &Statement) -> Result<(), Error> {
        for name in sql::tables(&self.session, statement)? {
            if self.ready.lock().await.tables.contains(&name) {
                continue;
            }
            let frame = if self.programme.registers.contains_key(&name) {
                self.table(&name).await?
            } else if let Some(view) = self.programme.views.get(&name) {
                let source = Source::view(view);
                let frame = Box::pin(self.select(&source)).await?;
                // A view over tables in memory is computed once as well.
                let read = sql::tables(
                    &self.session,
                    &sql::select(&self.programme, &source).map_err(Diagnostics::from)?,
                )?;
                let ready = self.ready.lock().await;
                let held = read.iter().all(|table| ready.held.contains_key(table));
                drop(ready);
                if held { self.hold(&name, frame).await? } else { frame }
            } else {
                continue;
            };
            match self.ready.lock().await.held.get(&name).cloned() {
                Some(held) => self.session.register_table(name.as_str(), held)?,
                None => self.session.register_table(name.as_str(), frame.into_view())?,
            };
            self.ready.lock().await.tables.insert(name);
        }
        Ok(())
    }

    /// The rows behind a figure, each with the entries that hold its records.
    async fn evidence(&self, batches: Vec<RecordBatch>) -> Result<Vec<Evidence>, Error> {
        let mut found: Vec<(Vec<String>, Map<String, Value>)> = Vec::new();
        for mut row in batches.iter().flat_map(rows) {
            let ids = match row.remove(RECORD).unwrap_or_default() {
                Value::Array(ids) => {
                    ids.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                Value::String(id) => vec![id],
                _ => vec![],
            };
            found.push((ids, row));
        }
        let mut entries: HashMap<String, u64> = HashMap::new();
        for (register, ids) in
            by_register(found.iter().flat_map(|(ids, _)| ids).map(String::as_str))
        {
            if let Some(index) = self.index(register).await? {
                let own = ids.iter().filter_map(|id| Some(((*id).to_owned(), index.entry(id)?)));
                entries.extend(own);
            } else {
                entries.extend(entries_of(self.with_ids(register, &ids).await?).await?);
            }
        }
        let evidence = found.into_iter().map(|(ids, row)| {
            let mut records = ids.into_iter().map(|record_id| {
                let entry = entries.get(&record_id).copied().unwrap_or_default();
                chancery_model::figure::RecordVersion { record_id, entry }
            });
            let first = records.next().unwrap_or_default();
            Evidence { record: first, with: records.collect(), row }
        });
        Ok(evidence.collect())
    }
}

/// Records of a table, and the entries that hold them.
async fn entries_of(table: DataFrame) -> Result<HashMap<String, u64>, Error> {
    let batches = table.select(vec![ident(RECORD), ident(ENTRY)])?.collect().await?;
    let rows = batches.iter().flat_map(rows);
    let entry =
        |row: Map<String, Value>| Some((row[RECORD].as_str()?.to_owned(), row[ENTRY].as_u64()?));
    Ok(rows.filter_map(entry).collect())
}

/// The rows of a frame as a table in memory, and as they are.
async fn collected(frame: DataFrame) -> Result<(Arc<MemTable>, Vec<RecordBatch>), Error> {
    let planned = Arc::new(frame.schema().as_arrow().clone());
    let rows = frame.collect().await?;
    // A plan may say that a column can be empty which then is not.
    let schema = rows.first().map_or(planned, RecordBatch::schema);
    Ok((Arc::new(MemTable::try_new(schema, vec![rows.clone()])?), rows))
}

/// The parameter `$last` of cautions: the last day that a figure is about.
fn last_day(bound: &[(String, ScalarValue)]) -> Option<(String, ScalarValue)> {
    let find = |name: &str| bound.iter().find(|(other, _)| other == name);
    let (_, day) = find("to").or_else(|| find("at"))?;
    Some(("last".to_owned(), day.clone()))
}

/// Record ids by the register they belong to.
fn by_register<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut sorted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for id in ids {
        if let Some((register, _)) = chancery_model::entry::split_record_id(id) {
            sorted.entry(register).or_default().insert(id);
        }
    }
    sorted
}

/// The words of a SELECT, with `*` where it takes all columns.
fn words(sql: &str) -> BTreeSet<String> {
    let sql = sql.to_lowercase();
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n");
    // `*` after SELECT (DISTINCT, ALL), a comma or a point stands for columns; elsewhere it multiplies or counts.
    let all = text.match_indices('*').any(|(at, _)| {
        let before = text[..at].trim_end();
        before.ends_with(['.', ','])
            || ["select", "distinct", "all"].iter().any(|w| before.ends_with(w))
    });
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
    words.chain(all.then(|| "*".to_owned())).collect()
}

/// The figure over the evidence, and how many rows it rests on.
async fn aggregate(measure: &Measure, evidence: DataFrame) -> Result<(FigureValue, u64), Error> {
    let head = &measure.head;
    let column = || ident(head.column.as_deref().unwrap_or(RECORD));
    let rows_count = || count(lit(1i64)).alias("evidence_count");
    let value: Expr = match head.aggregate {
        Aggregate::Count => count(lit(1i64)),
        Aggregate::CountDistinct => count_distinct(column()),
        Aggregate::Sum => sum(column()),
        Aggregate::Min => min(column()),
        Aggregate::Max => max(column()),
        Aggregate::Median => median(cast(column(), DataType::Float64)),
        Aggregate::Ratio => {
            sum(cast(when(column(), lit(1i64)).otherwise(lit(0i64))?, DataType::Float64))
                / cast(count(lit(1i64)), DataType::Float64)
        }
    };
    // Whole numbers are added in 64 bits, which wrap without a word: the sum in other numbers tells.
    let about = match head.aggregate {
        Aggregate::Sum => sum(cast(column(), DataType::Float64)),
        _ => max(lit(0f64)),
    };
    let groups: Vec<Expr> = head.group_by.iter().map(ident).collect();
    let order = groups.iter().map(|group| group.clone().sort(true, false)).collect::<Vec<_>>();
    let frame =
        evidence.aggregate(groups, vec![value.alias("value"), rows_count(), about.alias(ABOUT)])?;
    let frame = if order.is_empty() { frame } else { frame.sort(order)? };
    let mut found: Vec<_> = frame.collect().await?.iter().flat_map(rows).collect();
    for row in &mut found {
        let about = row.remove(ABOUT).and_then(|about| about.as_f64()).unwrap_or_default();
        if row["value"].is_i64() && about.abs() >= MOST_SUM {
            let found = "a sum that is too large to be counted";
            return Err(Diagnostics::from(
                Diagnostic::error(Place::file(&head.measure), found)
                    .hint("one of the records behind it holds a number that cannot be meant"),
            )
            .into());
        }
    }
    let counted = |row: &Map<String, Value>| row["evidence_count"].as_u64().unwrap_or_default();
    if head.group_by.is_empty() {
        let first = found.first();
        let value = first.map_or(Value::Null, |row| row["value"].clone());
        Ok((FigureValue::Value(value), first.map_or(0, counted)))
    } else {
        let total = found.iter().map(counted).sum();
        Ok((FigureValue::Rows(found), total))
    }
}
