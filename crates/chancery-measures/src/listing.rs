//! Records as they are, one after the other: for lists, for files, for whatever is not a figure.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::Arc;

use chancery_model::value::plain;
use chancery_model::{Body, Diagnostics, Language};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::functions_nested::expr_fn::array_has;
use datafusion::logical_expr::{cast, ident, lit};
use datafusion::parquet::arrow::ArrowWriter;
use futures::TryStreamExt;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::columns::{self, BODY, DEMONSTRATION, ENTRY, RECORD, SOURCE};
use crate::engine::Engine;
use crate::index::{Index, busy, hash};
use crate::rows::rows;
use crate::sql::Source;
use crate::{Error, projection, sql};

/// A record as a list shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    pub key: String,
    pub entry: u64,
    pub body: Body,
    pub source: String,
    /// Whether it is invented.
    pub demonstration: bool,
}

/// A word that a record must hold.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// In lower case.
    pub word: String,
    /// Columns whose text may hold it.
    pub columns: Vec<String>,
    /// Columns with the values whose names hold it.
    pub named: Vec<(String, Vec<String>)>,
}

/// What the value of a column must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// One of these.
    Any(Vec<String>),
    /// From the first to the last, both of them too, in the order of their texts, which for days is that of time.
    Between(Option<String>, Option<String>),
}

/// Which records of a register are wanted, in which order.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The value of a column beyond which nothing is told, whatever else is chosen.
    pub within: Option<(String, String)>,
    /// Columns and what each must be.
    pub filters: Vec<(String, Wish)>,
    /// What a record must hold, each by one of its ways.
    pub words: Vec<Sought>,
    /// The column to sort by, and whether the greatest comes first; by the order of entries where
    /// it is none.
    pub sort: Option<(String, bool)>,
    /// Only what comes after this, whatever was recorded since.
    pub after: Option<After>,
    pub offset: usize,
    pub limit: usize,
}

/// A place in an order of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The value of the column of the order; nothing where there is none, or where it is the order of entries.
    pub value: Option<String>,
    pub entry: u64,
}

/// A page of records.
#[derive(Clone, Debug, Default)]
pub struct Pageful {
    /// Of all pages.
    pub total: usize,
    pub records: Vec<Listed>,
    /// After what the next page begins.
    pub next: Option<After>,
}

impl Choice {
    /// What is counted, whatever page and order.
    fn question(&self, register: &str, column: &str) -> String {
        // The values whose names hold a word may be many: they are told by their hash.
        let words = self.words.iter().map(|sought| {
            let named = format!("{:?}", sought.named);
            format!("{:?} {:?} {} {:x}", sought.word, sought.columns, named.len(), hash(&named))
        });
        let words: Vec<String> = words.collect();
        format!("{register} {column} {:?} {:?} {words:?}", self.within, self.filters)
    }
}

impl Engine {
    /// How many records a choice fits, and those of its page.
    pub async fn page(&self, register: &str, choice: &Choice) -> Result<Pageful, Error> {
        let index = self.held(register).await?;
        let chosen = self.chosen(register, &index, choice).await?;
        let rows = chosen.as_ref().map(|rows| rows.as_slice());
        let (records, next) = busy(|| index.page(rows, choice))?;
        Ok(Pageful { total: rows.map_or(index.len(), <[u32]>::len), records, next })
    }

    /// How many of the chosen records have each value of a column, the most frequent first.
    pub async fn facet(
        &self,
        register: &str,
        column: &str,
        choice: &Choice,
        most: usize,
    ) -> Result<Vec<(String, u64)>, Error> {
        let question = choice.question(register, &format!("{column} {most}"));
        if let Some(known) = self.ready.lock().await.facets.get(&question) {
            return Ok(known.clone());
        }
        let index = self.held(register).await?;
        let chosen = self.chosen(register, &index, choice).await?;
        let rows = chosen.as_ref().map(|rows| rows.as_slice());
        let values = busy(|| index.facet(column, rows, most))?;
        keep(&mut self.ready.lock().await.facets, MOST_KEPT, question, values.clone());
        Ok(values)
    }

    async fn chosen(
        &self,
        register: &str,
        index: &Index,
        choice: &Choice,
    ) -> Result<Option<Arc<Vec<u32>>>, Error> {
        let question = choice.question(register, "");
        if let Some(known) = self.ready.lock().await.chosen.get(&question) {
            return Ok(known.clone());
        }
        let chosen = busy(|| index.chosen(choice))?;
        keep(&mut self.ready.lock().await.chosen, MOST_CHOSEN, question, chosen.clone());
        Ok(chosen)
    }

    async fn filtered(
        &self,
        register: &str,
        filters: &[(String, String)],
    ) -> Result<DataFrame, Error> {
        let mut frame = self.table(register).await?;
        for (field, value) in filters {
            let fits = match is_list(&frame, field) {
                true => array_has(ident(field), lit(value.as_str())),
                false => cast(ident(field), DataType::Utf8).eq(lit(value.as_str())),
            };
            frame = frame.filter(fits)?;
        }
        Ok(frame)
    }

    /// The records of a register whose fields have the given values, by the order of entries.
    pub async fn list(
        &self,
        register: &str,
        filters: &[(String, String)],
    ) -> Result<Vec<Listed>, Error> {
        if let Some(index) = self.index(register).await? {
            let filters = filters.iter().cloned();
            let filters = filters.map(|(column, value)| (column, Wish::Any(vec![value])));
            let choice =
                Choice { filters: filters.collect(), limit: usize::MAX - 1, ..Choice::default() };
            return Ok(index
                .page(index.chosen(&choice)?.as_deref().map(Vec::as_slice), &choice)?
                .0);
        }
        let frame = self.filtered(register, filters).await?;
        collected(register, frame).await
    }

    /// Shows every record of a register that a choice fits, in its order; all of them by the order of entries
    /// without holding them.
    pub async fn each<E: From<Error>>(
        &self,
        register: &str,
        choice: Option<&Choice>,
        mut show: impl FnMut(Listed) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        if let Some(choice) = choice {
            let index = self.held(register).await?;
            return busy(|| index.each(choice, show));
        }
        let frame = in_order(self.table(register).await?)?;
        let mut batches = frame.execute_stream().await.map_err(Error::from)?;
        while let Some(batch) = batches.try_next().await.map_err(Error::from)? {
            for record in listed(register, &batch) {
                show(record?)?;
            }
        }
        Ok(())
    }

    /// Writes some fields of a register's records as Parquet, with the entry, the source and the mark
    /// of invented records; how many records, and how many of them are invented.
    pub async fn parquet(
        &self,
        register: &str,
        fields: &[&String],
        choice: Option<&Choice>,
        out: impl Write + Send,
    ) -> Result<(usize, usize), Error> {
        let declared = self.programme().register(register).map_err(Diagnostics::from)?;
        let named = [ident(RECORD), ident(ENTRY).alias("entry")].into_iter();
        let fields = declared.fields.iter().filter(|(name, _)| fields.contains(name));
        let fields = fields.flat_map(|(name, field)| columns::of(name, field)).map(ident);
        let marks = [(SOURCE, "source"), (DEMONSTRATION, "demonstration")];
        let marks = marks.into_iter().map(|(column, name)| ident(column).alias(name));
        let table = match choice {
            None => self.table(register).await?.sort(vec![ident(ENTRY).sort(true, false)])?,
            Some(choice) => self.chosen_table(&*self.held(register).await?, choice)?,
        };
        let frame = table.select(named.chain(fields).chain(marks).collect::<Vec<_>>())?;
        let invented = frame.clone().filter(ident("demonstration"))?.count().await?;
        let schema = Arc::clone(frame.schema().inner());
        let mut writer = ArrowWriter::try_new(out, schema, Some(projection::properties()?))?;
        let mut batches = frame.execute_stream().await?;
        let mut records = 0;
        while let Some(batch) = batches.try_next().await? {
            records += batch.num_rows();
            writer.write(&batch)?;
        }
        writer.into_inner()?.flush()?;
        Ok((records, invented))
    }

    /// The keys of a register's records, by the order of entries.
    pub async fn keys(&self, register: &str) -> Result<Vec<String>, Error> {
        if let Some(index) = self.index(register).await? {
            return Ok(index.keys());
        }
        let frame = self.table(register).await?.sort(vec![ident(ENTRY).sort(true, false)])?;
        let batches = frame.select(vec![ident(RECORD)])?.collect().await?;
        let ids = batches.iter().flat_map(rows);
        Ok(ids.map(|row| key(register, row[RECORD].as_str().unwrap_or_default())).collect())
    }

    /// The records with the given keys.
    pub async fn with_keys(&self, register: &str, keys: &[String]) -> Result<Vec<Listed>, Error> {
        if let Some(index) = self.index(register).await? {
            return index.with_keys(keys);
        }
        let ids = keys.iter().map(|key| lit(format!("{register}/{key}"))).collect();
        let frame = self.table(register).await?.filter(ident(RECORD).in_list(ids, false))?;
        collected(register, frame).await
    }

    /// The records of a register that link by a field to one of the given keys.
    pub async fn linking(
        &self,
        register: &str,
        by: &str,
        keys: &[String],
    ) -> Result<Vec<Listed>, Error> {
        let keys = keys.iter().map(|key| lit(key.as_str())).collect();
        let frame = self.table(register).await?.filter(ident(by).in_list(keys, false))?;
        collected(register, frame).await
    }

    /// The columns and rows of a view.
    pub async fn view(&self, name: &str) -> Result<(Vec<String>, Vec<Map<String, Value>>), Error> {
        let Some(view) = self.programme().views.get(name) else { return Ok(Default::default()) };
        let source = Source::view(view);
        sql::select(self.programme(), &source).map_err(Diagnostics::from)?;
        let frame = self.select(&source).await?;
        let columns = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok((columns, frame.collect().await?.iter().flat_map(rows).collect()))
    }

    /// What the records of a register are called in a language: all of them, or those with some keys.
    pub async fn called(
        &self,
        register: &str,
        keys: Option<&[String]>,
        language: Language,
    ) -> Result<HashMap<String, String>, Error> {
        let naming = self.programme().registers.get(register).and_then(|own| own.names.first());
        let called = |record: Listed| {
            let name = naming.and_then(|field| record.body.get(field));
            let name = name.map_or_else(|| record.key.clone(), |name| plain(name, language));
            (record.key, name)
        };
        let index = self.index(register).await?;
        let few = index.is_some_and(|index| index.len() <= MOST_CALLED);
        let Some(keys) = keys.filter(|_| few) else {
            let records = match keys {
                Some(keys) => self.with_keys(register, keys).await?,
                None => self.list(register, &[]).await?,
            };
            return Ok(records.into_iter().map(called).collect());
        };
        let question = (register.to_owned(), language);
        let known = self.ready.lock().await.called.get(&question).cloned();
        let known = match known {
            Some(known) => known,
            None => {
                let records = self.list(register, &[]).await?.into_iter();
                let known: Arc<HashMap<String, String>> = Arc::new(records.map(called).collect());
                self.ready.lock().await.called.insert(question, Arc::clone(&known));
                known
            }
        };
        let name = |key: &String| Some((key.clone(), known.get(key)?.clone()));
        Ok(keys.iter().filter_map(name).collect())
    }

    /// Whether one of some records, `register/key` each, is invented.
    pub async fn is_invented(&self, ids: &[&str]) -> Result<bool, Error> {
        for id in ids {
            if let Some((register, _)) = chancery_model::entry::split_record_id(id)
                && self.programme().registers.contains_key(register)
                && self.invented(register).await?.contains(*id)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Marks the rows that rest on an invented record, in a column `demonstration`; how many.
    pub async fn mark_invented(&self, rows: &mut [Map<String, Value>]) -> Result<usize, Error> {
        let mut marked = 0;
        for row in rows {
            let ids = match row.get(RECORD) {
                Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_str).collect(),
                Some(Value::String(id)) => vec![id.as_str()],
                _ => vec![],
            };
            if self.is_invented(&ids).await? {
                row.insert("demonstration".to_owned(), Value::Bool(true));
                marked += 1;
            }
        }
        Ok(marked)
    }

    /// Whether some record of a register is invented.
    pub async fn has_invented(&self, register: &str) -> Result<bool, Error> {
        let found: Arc<HashSet<String>> = self.invented(register).await?;
        Ok(!found.is_empty())
    }

    /// The columns by which [`Self::list`] can filter.
    pub fn columns(&self, register: &str) -> Vec<String> {
        let register = self.programme().registers.get(register);
        let columns = register.map(|register| {
            columns::schema(register).fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>()
        });
        columns.unwrap_or_default().into_iter().filter(|name| !name.starts_with('_')).collect()
    }
}

/// The names of a register with more records are looked up one by one.
const MOST_CALLED: usize = 10_000;
/// So many counts are kept for one point of the journal.
const MOST_KEPT: usize = 1000;
/// And so many choices, which may be long.
const MOST_CHOSEN: usize = 16;

fn keep<T>(kept: &mut HashMap<String, T>, most: usize, question: String, answer: T) {
    if kept.len() >= most {
        kept.clear();
    }
    kept.insert(question, answer);
}

/// What a list shows of a record.
const SHOWN: [&str; 5] = [RECORD, ENTRY, BODY, SOURCE, DEMONSTRATION];

fn is_list(frame: &DataFrame, column: &str) -> bool {
    let mut columns = frame.schema().fields().iter();
    columns.any(|own| own.name() == column && matches!(own.data_type(), DataType::List(_)))
}

fn in_order(frame: DataFrame) -> Result<DataFrame, Error> {
    let frame = frame.sort(vec![ident(ENTRY).sort(true, false)])?;
    Ok(frame.select(SHOWN.into_iter().map(ident).collect::<Vec<_>>())?)
}

async fn collected(register: &str, frame: DataFrame) -> Result<Vec<Listed>, Error> {
    let batches = in_order(frame)?.collect().await?;
    batches.iter().flat_map(|batch| listed(register, batch)).collect()
}

fn listed(register: &str, batch: &RecordBatch) -> Vec<Result<Listed, Error>> {
    let records = rows(batch).into_iter().map(|row| {
        let text = |column: &str| row[column].as_str().unwrap_or_default();
        Ok(Listed {
            key: key(register, text(RECORD)),
            entry: row[ENTRY].as_u64().unwrap_or_default(),
            body: serde_json::from_str(text(BODY)).map_err(std::io::Error::other)?,
            source: text(SOURCE).to_owned(),
            demonstration: row[DEMONSTRATION] == Value::Bool(true),
        })
    });
    records.collect()
}

pub(crate) fn key(register: &str, id: &str) -> String {
    id.strip_prefix(register).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id).to_owned()
}
