//! What is kept beside the journal since it must be possible to forget it: how people sign in, what they
//! are called, what waits to be done. Nothing here is a fact of the programme.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool};
use sqlx::{Row, Sqlite};

use crate::sqlite::{error, pool};
use crate::store::Error;

const FILE: &str = "vault.sqlite";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS kept (
        kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, until INTEGER,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
";

/// Values by kind and name, some only until a time. A value is JSON.
pub struct Vault {
    pool: SqlitePool,
    /// When it was swept last.
    swept: AtomicI64,
}

/// Seconds between two sweeps.
const SWEEP: i64 = 60;

impl Vault {
    /// Whether a folder holds a vault.
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Opens the vault of a home; it is made where there is none.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        let file = folder.join(FILE);
        let pool = pool(&file, true).await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await.map_err(error)?;
        Ok(Self { pool, swept: AtomicI64::new(i64::MIN) })
    }

    /// Keeps a value, in the place of one of the same name. `until` is a Unix time.
    pub async fn put(
        &self,
        kind: &str,
        id: &str,
        value: &impl Serialize,
        until: Option<i64>,
    ) -> Result<(), Error> {
        self.insert("INSERT OR REPLACE", kind, id, value, until).await.map(drop)
    }

    /// Keeps a value if there is none of that name; whether it did.
    pub async fn put_new(
        &self,
        kind: &str,
        id: &str,
        value: &impl Serialize,
        until: Option<i64>,
    ) -> Result<bool, Error> {
        self.insert("INSERT OR IGNORE", kind, id, value, until).await
    }

    async fn insert(
        &self,
        how: &'static str,
        kind: &str,
        id: &str,
        value: &impl Serialize,
        until: Option<i64>,
    ) -> Result<bool, Error> {
        let text = text(value)?;
        let mut insert = sqlx::QueryBuilder::<sqlx::Sqlite>::new(how);
        insert.push(" INTO kept (kind, id, value, until) ");
        insert.push_values([()], |mut row, ()| {
            row.push_bind(kind).push_bind(id).push_bind(&text).push_bind(until);
        });
        let done = insert.build().execute(&self.pool).await.map_err(error)?;
        Ok(done.rows_affected() > 0)
    }

    /// A value that is kept, if its time has not passed at `now`.
    pub async fn get<T: DeserializeOwned>(
        &self,
        kind: &str,
        id: &str,
        now: i64,
    ) -> Result<Option<T>, Error> {
        const GET: &str =
            "SELECT value FROM kept WHERE kind = ? AND id = ? AND coalesce(until > ?, TRUE)";
        self.one(GET, kind, id, now).await
    }

    /// Takes a value out; of two who want it, one gets it.
    pub async fn take<T: DeserializeOwned>(
        &self,
        kind: &str,
        id: &str,
        now: i64,
    ) -> Result<Option<T>, Error> {
        const TAKE: &str = "DELETE FROM kept WHERE kind = ? AND id = ? AND coalesce(until > ?, TRUE) RETURNING value";
        self.one(TAKE, kind, id, now).await
    }

    async fn one<T: DeserializeOwned>(
        &self,
        sql: &'static str,
        kind: &str,
        id: &str,
        now: i64,
    ) -> Result<Option<T>, Error> {
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(kind)
            .bind(id)
            .bind(now)
            .fetch_optional(&self.pool)
            .await
            .map_err(error)?;
        found.map(|text| read(&text)).transpose()
    }

    /// All values of a kind with their names, in the order of names.
    pub async fn list<T: DeserializeOwned>(
        &self,
        kind: &str,
        now: i64,
    ) -> Result<Vec<(String, T)>, Error> {
        let rows = sqlx::query(
            "SELECT id, value FROM kept WHERE kind = ? AND coalesce(until > ?, TRUE) ORDER BY id",
        )
        .bind(kind)
        .bind(now)
        .fetch_all(&self.pool)
        .await
        .map_err(error)?;
        let rows = rows.iter().map(|row| {
            let text: String = row.try_get(1).map_err(error)?;
            Ok((row.try_get(0).map_err(error)?, read(&text)?))
        });
        rows.collect()
    }

    /// Forgets a value; whether there was one.
    pub async fn remove(&self, kind: &str, id: &str) -> Result<bool, Error> {
        let query = sqlx::query("DELETE FROM kept WHERE kind = ? AND id = ?");
        self.found(query.bind(kind).bind(id)).await
    }

    /// Puts a value in the place of one of the same name; whether there was one.
    pub async fn replace(
        &self,
        kind: &str,
        id: &str,
        value: &impl Serialize,
    ) -> Result<bool, Error> {
        let query =
            sqlx::query("UPDATE kept SET value = ?, until = NULL WHERE kind = ? AND id = ?");
        self.found(query.bind(text(value)?).bind(kind).bind(id)).await
    }

    /// Whether a query found what it changes.
    async fn found(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<bool, Error> {
        let done = query.execute(&self.pool).await.map_err(error)?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets all whose time has passed, once a minute.
    pub async fn sweep(&self, now: i64) -> Result<(), Error> {
        let last = self.swept.load(Ordering::Relaxed);
        if now.saturating_sub(last) < SWEEP {
            return Ok(());
        }
        self.swept.store(now, Ordering::Relaxed);
        sqlx::query("DELETE FROM kept WHERE until <= ?")
            .bind(now)
            .execute(&self.pool)
            .await
            .map_err(error)?;
        Ok(())
    }

    /// Lets go of the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Writes a whole copy to a new file, as of one moment, while others write.
    pub async fn copy(&self, folder: &Path) -> Result<(), Error> {
        crate::sqlite::copy(&self.pool, &folder.join(FILE)).await
    }
}

fn text(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Io(error.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Damaged(format!("{FILE}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_had_its_time_is_gone_and_what_is_taken_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).await.unwrap();
        vault.put("session", "a", &1, Some(100)).await.unwrap();
        vault.put("session", "b", &2, None).await.unwrap();
        assert_eq!(vault.get::<i64>("session", "a", 99).await.unwrap(), Some(1));
        assert_eq!(vault.get::<i64>("session", "a", 100).await.unwrap(), None);
        assert_eq!(vault.get::<i64>("other", "a", 0).await.unwrap(), None);
        assert_eq!(vault.list::<i64>("session", 0).await.unwrap().len(), 2);
        assert!(!vault.put_new("session", "b", &3, None).await.unwrap());
        assert_eq!(vault.take::<i64>("session", "b", 0).await.unwrap(), Some(2));
        assert_eq!(vault.take::<i64>("session", "b", 0).await.unwrap(), None);
        assert_eq!(vault.take::<i64>("session", "a", 100).await.unwrap(), None);
        vault.sweep(100).await.unwrap();
        assert_eq!(vault.list::<i64>("session", 0).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_copy_is_whole_and_never_written_over() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let vault = Vault::open(folder.path()).await.unwrap();
        vault.put("person", "anna's", &"x", None).await.unwrap();
        vault.copy(other.path()).await.unwrap();
        let copy = Vault::open(other.path()).await.unwrap();
        let found = copy.get::<String>("person", "anna's", 0).await.unwrap();
        assert_eq!(found.as_deref(), Some("x"));
        assert!(vault.copy(other.path()).await.is_err());
    }
}
