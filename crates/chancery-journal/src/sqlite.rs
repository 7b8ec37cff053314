//! The store in one SQLite file. WAL, so that readers and the writer do not wait for each
//! other; synchronous, so that what was acknowledged survives a power cut.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::merkle::Hash;
use crate::store::{Error, Kept, Seal, Store};

/// SQLite takes 32,766 values a statement; three an entry.
const ROWS_A_STATEMENT: usize = 500;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS entry (
        number INTEGER PRIMARY KEY, leaf BLOB NOT NULL, hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS seal (
        size INTEGER PRIMARY KEY, time TEXT NOT NULL, note TEXT NOT NULL, frontier BLOB NOT NULL
    ) STRICT;
";

pub struct SqliteStore {
    pool: SqlitePool,
    log: LogIndex,
}

/// The file beside the journal by which SQLite tells its readers what was committed. Its header, which stands
/// there twice, is another after each commit, from when it can be seen:
/// <https://www.sqlite.org/walformat.html>.
struct LogIndex {
    path: PathBuf,
    /// The file, and which it is. It is never closed: that would take SQLite's locks from it, see
    /// <https://www.sqlite.org/howtocorrupt.html>, 2.2.
    open: Mutex<Option<(ManuallyDrop<File>, u64)>>,
}

const LOG_HEADER: usize = 48;
/// How it begins: the version of its form.
const LOG_VERSION: u32 = 3_007_000;

impl LogIndex {
    fn beside(file: &Path) -> Self {
        let mut path = file.as_os_str().to_owned();
        path.push("-shm");
        Self { path: path.into(), open: Mutex::default() }
    }

    #[cfg(unix)]
    fn header(&self) -> Option<Vec<u8>> {
        use std::os::unix::fs::{FileExt, MetadataExt};
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // SQLite deletes it when nobody has the journal open, and makes another.
        let there = std::fs::metadata(&self.path).ok()?.ino();
        if open.as_ref().is_none_or(|(_, own)| *own != there) {
            let file = ManuallyDrop::new(File::open(&self.path).ok()?);
            let own = file.metadata().ok()?.ino();
            *open = Some((file, own));
        }
        let (file, _) = open.as_ref()?;
        let mut read = [0; 2 * LOG_HEADER];
        file.read_exact_at(&mut read, 0).ok()?;
        let (first, second) = read.split_at(LOG_HEADER);
        // They differ while somebody writes them.
        let whole = first == second && first.starts_with(&LOG_VERSION.to_ne_bytes());
        whole.then(|| first.to_vec())
    }

    #[cfg(not(unix))]
    fn header(&self) -> Option<Vec<u8>> {
        None
    }
}

impl SqliteStore {
    /// Makes the file when `create` is set; otherwise it must be there.
    pub async fn open(file: &Path, create: bool) -> Result<Self, Error> {
        if !create && !file.exists() {
            return Err(Error::Missing(file.display().to_string()));
        }
        let pool = pool(file, create).await?;
        if create {
            sqlx::raw_sql(SCHEMA).execute(&pool).await.map_err(error)?;
        }
        Ok(Self { pool, log: LogIndex::beside(file) })
    }
}

/// Connections to a file that several may read and write at once.
pub(crate) async fn pool(file: &Path, create: bool) -> Result<SqlitePool, Error> {
    // SQLite gives what it writes beside a file the rights of that file.
    #[cfg(unix)]
    if create && !file.exists() {
        use std::os::unix::fs::OpenOptionsExt;
        let mut private = std::fs::OpenOptions::new();
        private.write(true).create(true).truncate(false).mode(0o600);
        private.open(file).map_err(|error| Error::Io(error.to_string()))?;
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(60));
    SqlitePoolOptions::new().max_connections(2).connect_with(options).await.map_err(error)
}

/// Writes a whole copy to a new file, as of one moment, while others write.
pub(crate) async fn copy(pool: &SqlitePool, file: &Path) -> Result<(), Error> {
    sqlx::query("VACUUM INTO ?")
        .bind(file.display().to_string())
        .execute(pool)
        .await
        .map(drop)
        .map_err(error)
}

#[async_trait]
impl Store for SqliteStore {
    fn mark(&self) -> Option<Vec<u8>> {
        self.log.header()
    }

    async fn head(&self) -> Result<Option<Seal>, Error> {
        sqlx::query("SELECT size, time, note, frontier FROM seal ORDER BY size DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await
            .map_err(error)?
            .map(|row| seal(&row))
            .transpose()
    }

    async fn append(
        &self,
        size: u64,
        leaves: &[(Vec<u8>, Hash)],
        seal: &Seal,
    ) -> Result<(), Error> {
        // IMMEDIATE takes the write lock first, so that no other writer comes between the
        // look at the size and the writing.
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(error)?;
        let held: i64 = sqlx::query_scalar("SELECT coalesce(max(size), 0) FROM seal")
            .fetch_one(&mut *transaction)
            .await
            .map_err(error)?;
        if held as u64 != size {
            return Err(Error::Conflict { decided_at: size, size: held as u64 });
        }
        for (chunk, first) in
            leaves.chunks(ROWS_A_STATEMENT).zip((size..).step_by(ROWS_A_STATEMENT))
        {
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO entry (number, leaf, hash) ");
            insert.push_values(chunk.iter().zip(first..), |mut row, ((leaf, hash), number)| {
                row.push_bind(number as i64).push_bind(leaf.as_slice()).push_bind(hash.as_slice());
            });
            insert.build().execute(&mut *transaction).await.map_err(error)?;
        }
        sqlx::query("INSERT INTO seal (size, time, note, frontier) VALUES (?, ?, ?, ?)")
            .bind(seal.size as i64)
            .bind(&seal.time)
            .bind(&seal.note)
            .bind(&seal.frontier)
            .execute(&mut *transaction)
            .await
            .map_err(error)?;
        transaction.commit().await.map_err(error)
    }

    fn read(&self, from: u64, to: u64) -> BoxStream<'_, Result<Kept, Error>> {
        sqlx::query(
            "SELECT number, leaf, hash FROM entry WHERE number >= ? AND number < ? ORDER BY number",
        )
        .bind(from as i64)
        .bind(to as i64)
        .fetch(&self.pool)
        .map(|row| kept(&row.map_err(error)?))
        .boxed()
    }

    async fn seals(&self) -> Result<Vec<Seal>, Error> {
        sqlx::query("SELECT size, time, note, frontier FROM seal ORDER BY size")
            .fetch(&self.pool)
            .map_err(error)
            .and_then(|row| async move { seal(&row) })
            .try_collect()
            .await
    }

    async fn copy(&self, folder: &Path) -> Result<(), Error> {
        copy(&self.pool, &folder.join(crate::journal::FILE)).await
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

fn kept(row: &SqliteRow) -> Result<Kept, Error> {
    let number: i64 = row.try_get(0).map_err(error)?;
    let leaf: Vec<u8> = row.try_get(1).map_err(error)?;
    let hash: &[u8] = row.try_get(2).map_err(error)?;
    // A hash of another length can equal none; verification then names the entry.
    let hash = hash.try_into().unwrap_or([0; 32]);
    Ok(Kept { number: number as u64, leaf, hash })
}

fn seal(row: &SqliteRow) -> Result<Seal, Error> {
    let size: i64 = row.try_get(0).map_err(error)?;
    Ok(Seal {
        size: size as u64,
        time: row.try_get(1).map_err(error)?,
        note: row.try_get(2).map_err(error)?,
        frontier: row.try_get(3).map_err(error)?,
    })
}

/// SQLite's result codes, in the terms of the journal.
pub(crate) fn error(error: sqlx::Error) -> Error {
    let code = error
        .as_database_error()
        .and_then(|error| error.code())
        .and_then(|code| code.parse::<u32>().ok())
        .map(|code| code & 0xff);
    match code {
        Some(5 | 6) => Error::Busy,
        Some(11 | 26) => Error::Damaged(error.to_string()),
        Some(13) => Error::Full,
        _ if matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
            Error::Damaged(error.to_string())
        }
        _ => Error::Io(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{Frontier, leaf_hash};

    fn leaves(count: usize) -> (Vec<(Vec<u8>, Hash)>, Seal) {
        let leaf = vec![b'x'; 1000];
        let leaves = vec![(leaf.clone(), leaf_hash(&leaf)); count];
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|(_, hash)| frontier.push(*hash));
        let seal = Seal {
            size: count as u64,
            time: "2013-05-24T00:00:00Z".to_owned(),
            note: "a note".to_owned(),
            frontier: frontier.to_bytes(),
        };
        (leaves, seal)
    }

    #[tokio::test]
    async fn the_mark_is_another_after_an_append_by_whomever() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.sqlite");
        let store = SqliteStore::open(&file, true).await.unwrap();
        assert_eq!(store.head().await.unwrap(), None);
        let before = store.mark().unwrap();
        assert_eq!(store.mark(), Some(before.clone()));
        let other = SqliteStore::open(&file, false).await.unwrap();
        let (first, sealed) = leaves(3);
        other.append(0, &first, &sealed).await.unwrap();
        let after = store.mark().unwrap();
        assert_ne!(before, after);
        assert_eq!(store.head().await.unwrap(), Some(sealed));
        assert_eq!(store.mark(), Some(after));
        other.close().await;
        store.close().await;
        // Nobody has it open: it has to be asked.
        assert_eq!(store.mark(), None);
    }

    #[tokio::test]
    async fn a_full_disk_is_told_as_such_and_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.sqlite");
        let store = SqliteStore::open(&file, true).await.unwrap();
        // SQLite answers to this limit as it does to a full disk.
        let mut held = Vec::new();
        for _ in 0..store.pool.options().get_max_connections() {
            let mut connection = store.pool.acquire().await.unwrap();
            sqlx::query("PRAGMA max_page_count = 20").execute(&mut *connection).await.unwrap();
            held.push(connection);
        }
        drop(held);
        let (first, sealed) = leaves(3);
        store.append(0, &first, &sealed).await.unwrap();
        let (many, too_much) = leaves(400);
        let refused = store.append(3, &many, &too_much).await.unwrap_err();
        assert!(matches!(refused, Error::Full), "{refused}");
        store.close().await;
        let store = SqliteStore::open(&file, false).await.unwrap();
        assert_eq!(store.head().await.unwrap(), Some(sealed));
        assert_eq!(store.read(0, 1000).count().await, 3);
    }
}
