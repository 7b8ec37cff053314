//! The registers as Parquet files that follow the journal's tail.
//!
//! Each file holds every version of every record of one register, with the numbers of the
//! entries that began and ended it, so that any earlier point can be asked. `meta.json` says
//! from which point of the journal and which version of the packs the files were built; it is
//! replaced last, so that a process that dies half-way leaves the old state in force. Files that
//! are not as it says are built again.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_model::{Entry, Programme};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Builder};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use futures::{Stream, StreamExt};
use serde_json::{Value, json};

use crate::Error;
use crate::columns::{self, ENTRY, UNTIL, Version};

/// How Parquet files are written.
pub(crate) fn properties() -> Result<WriterProperties, Error> {
    let compression = Compression::ZSTD(ZstdLevel::try_new(1)?);
    Ok(WriterProperties::builder().set_compression(compression).build())
}

/// The form of the tables. Files of another form are built again.
const FORM: u64 = 2;

/// Versions are turned into columns this many at a time.
const BATCH: usize = 65_536;

/// So long may somebody read a file that is replaced.
const STILL_READ: std::time::Duration = std::time::Duration::from_secs(120);

/// Hears how many entries have been taken in.
pub type Progress<'a> = &'a mut (dyn FnMut(u64) + Send);

/// A projection in a folder.
pub struct Projection {
    folder: PathBuf,
    /// How many entries of the journal it has taken in.
    pub size: u64,
    files: BTreeMap<String, PathBuf>,
    version: String,
}

impl Projection {
    /// Opens the projection in `folder`. One that was built from other packs, or cannot be
    /// read, is begun anew.
    pub fn open(folder: &Path, programme: &Programme) -> Self {
        let empty = || Self {
            folder: folder.to_owned(),
            size: 0,
            files: BTreeMap::new(),
            version: programme.version.clone(),
        };
        Self::read_meta(folder)
            .filter(|found| found.version == programme.version)
            .unwrap_or_else(empty)
    }

    fn read_meta(folder: &Path) -> Option<Self> {
        let meta: Value = serde_json::from_slice(&fs::read(folder.join("meta.json")).ok()?).ok()?;
        if meta["form"].as_u64() != Some(FORM) {
            return None;
        }
        let files = meta["files"].as_object()?.iter().map(|(register, file)| {
            let path = folder.join(file["name"].as_str()?);
            // A table of another size, or without its end, is not the one that was written.
            let whole = fs::metadata(&path).ok()?.len() == file["bytes"].as_u64()?
                && row_count(&path).ok()? as u64 == file["rows"].as_u64()?;
            whole.then(|| (register.clone(), path))
        });
        Some(Self {
            folder: folder.to_owned(),
            size: meta["size"].as_u64()?,
            files: files.collect::<Option<_>>()?,
            version: meta["packs"].as_str()?.to_owned(),
        })
    }

    pub(crate) fn file(&self, register: &str) -> Option<&Path> {
        self.files.get(register).map(PathBuf::as_path)
    }

    /// Takes in the entries that follow, in order, and keeps the new state.
    pub async fn follow<E>(
        &mut self,
        programme: &Programme,
        entries: impl Stream<Item = Result<(u64, Entry), E>>,
        progress: Progress<'_>,
    ) -> Result<(), E>
    where
        E: From<Error>,
    {
        let mut growths: BTreeMap<Arc<str>, Growth> = BTreeMap::new();
        let mut size = self.size;
        let mut entries = std::pin::pin!(entries);
        while let Some(next) = entries.next().await {
            let (number, entry) = next?;
            size = number + 1;
            if let Some(register) = programme.registers.get(&*entry.register) {
                let growth = growths.entry(entry.register.clone()).or_default();
                growth.take(entry, number as i64);
                if growth.versions.len() >= BATCH {
                    growth.flush(register)?;
                }
            }
            if number.is_multiple_of(4096) {
                progress(number);
            }
        }
        if size == self.size {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(Error::from)?;
        for (name, mut growth) in growths {
            growth.flush(&programme.registers[&*name])?;
            let file = self.write(&name, growth, size)?;
            let written = fs::metadata(&file).map_err(Error::from)?.modified();
            if let Some(old) = self.files.insert(name.to_string(), file)
                && let (Ok(old), Ok(written)) = (File::options().append(true).open(old), written)
            {
                // From now on nobody new reads it; its time tells since when.
                let _ = old.set_modified(written);
            }
        }
        self.size = size;
        self.write_meta()?;
        progress(size);
        Ok(())
    }

    /// Writes the file of one register anew: what it held, with the ends of the versions that
    /// have been replaced, and what has come.
    fn write(&self, register: &str, growth: Growth, size: u64) -> Result<PathBuf, Error> {
        let Growth { batches, ended, .. } = growth;
        let file = self.folder.join(format!("{register}.{size}.parquet"));
        let temporary = self.folder.join(format!("{register}.{size}.{}.tmp", std::process::id()));
        let properties = properties()?;
        let Some(schema) = batches.first().map(RecordBatch::schema) else {
            // Only ends have come: the schema is that of the file they are for.
            return self.rewrite(register, &ended, &file, &temporary, properties);
        };
        let mut writer = ArrowWriter::try_new(File::create(&temporary)?, schema, Some(properties))?;
        self.copy(register, &ended, &mut writer)?;
        for batch in batches {
            writer.write(&end_versions(batch, &ended)?)?;
        }
        writer.into_inner()?.sync_all()?;
        fs::rename(&temporary, &file)?;
        Ok(file)
    }

    fn rewrite(
        &self,
        register: &str,
        ended: &HashMap<i64, i64>,
        file: &Path,
        temporary: &Path,
        properties: WriterProperties,
    ) -> Result<PathBuf, Error> {
        let Some(old) = self.files.get(register) else { return Ok(file.to_owned()) };
        let schema = ParquetRecordBatchReaderBuilder::try_new(File::open(old)?)?.schema().clone();
        let mut writer = ArrowWriter::try_new(File::create(temporary)?, schema, Some(properties))?;
        self.copy(register, ended, &mut writer)?;
        writer.into_inner()?.sync_all()?;
        fs::rename(temporary, file)?;
        Ok(file.to_owned())
    }

    fn copy(
        &self,
        register: &str,
        ended: &HashMap<i64, i64>,
        writer: &mut ArrowWriter<File>,
    ) -> Result<(), Error> {
        let Some(old) = self.files.get(register) else { return Ok(()) };
        for batch in ParquetRecordBatchReaderBuilder::try_new(File::open(old)?)?
            .with_batch_size(BATCH)
            .build()?
        {
            let batch = batch.map_err(datafusion::error::DataFusionError::from)?;
            writer.write(&end_versions(batch, ended)?)?;
        }
        Ok(())
    }

    fn write_meta(&self) -> Result<(), Error> {
        let mut files = serde_json::Map::new();
        for (register, file) in &self.files {
            let name = file.file_name().map(|name| name.to_string_lossy());
            let (bytes, rows) = (fs::metadata(file)?.len(), row_count(file)?);
            files.insert(register.clone(), json!({"name": name, "bytes": bytes, "rows": rows}));
        }
        let meta = json!({"form": FORM, "size": self.size, "packs": self.version, "files": files});
        let temporary = self.folder.join(format!("meta.{}.tmp", std::process::id()));
        fs::write(&temporary, meta.to_string())?;
        fs::rename(&temporary, self.folder.join("meta.json"))?;
        // What the new meta does not name is left over from before. Who began to read it may still do so.
        let now = fs::metadata(self.folder.join("meta.json"))?.modified()?;
        for item in fs::read_dir(&self.folder)?.flatten() {
            let path = item.path();
            let stale = path.extension().is_some_and(|e| e == "parquet")
                && !self.files.values().any(|file| *file == path);
            let age = item.metadata().and_then(|meta| meta.modified());
            let age = age.ok().and_then(|since| now.duration_since(since).ok());
            if stale && age.is_some_and(|age| age > STILL_READ) {
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }
}

/// What has come for one register since the projection was kept.
#[derive(Default)]
struct Growth {
    versions: Vec<Version>,
    batches: Vec<RecordBatch>,
    /// Entry of a version to the entry that ended it.
    ended: HashMap<i64, i64>,
}

impl Growth {
    fn take(&mut self, entry: Entry, number: i64) {
        if let Some(replaced) = entry.replaces {
            self.ended.insert(replaced as i64, number);
        }
        if let Some(body) = &entry.body {
            let raw = body.get().to_owned();
            let record_id = entry.record_id();
            self.versions.push(Version {
                record_id,
                entry: number,
                until: None,
                raw,
                source: entry.source,
                demonstration: entry.demonstration,
            });
        }
    }

    fn flush(&mut self, register: &chancery_model::Register) -> Result<(), Error> {
        if !self.versions.is_empty() {
            let batch = columns::batch(register, &self.versions)
                .map_err(datafusion::error::DataFusionError::from)?;
            self.batches.push(batch);
            self.versions.clear();
        }
        Ok(())
    }
}

/// Writes into a batch the ends of the versions that have been replaced.
fn end_versions(batch: RecordBatch, ended: &HashMap<i64, i64>) -> Result<RecordBatch, Error> {
    let index = |name: &str| {
        batch.schema().index_of(name).map_err(datafusion::error::DataFusionError::from)
    };
    let (entry, until) = (index(ENTRY)?, index(UNTIL)?);
    if ended.is_empty() {
        return Ok(batch);
    }
    let entries = batch.column(entry).as_primitive::<Int64Type>();
    let untils = batch.column(until).as_primitive::<Int64Type>();
    let mut builder = Int64Builder::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let known = (!untils.is_null(row)).then(|| untils.value(row));
        builder.append_option(known.or_else(|| ended.get(&entries.value(row)).copied()));
    }
    let mut arrays: Vec<ArrayRef> = batch.columns().to_vec();
    arrays[until] = Arc::new(builder.finish());
    Ok(RecordBatch::try_new(batch.schema(), arrays)
        .map_err(datafusion::error::DataFusionError::from)?)
}

/// How many rows a file of a projection holds.
pub(crate) fn row_count(file: &Path) -> Result<usize, Error> {
    let meta = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?
        .metadata()
        .file_metadata()
        .num_rows();
    Ok(usize::try_from(meta).unwrap_or(usize::MAX))
}
