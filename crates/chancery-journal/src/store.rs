//! What a journal needs of the place where it is kept. SQLite is one; another joins by
//! implementing this and passing the same tests.

use std::path::Path;

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::merkle::Hash;

/// One kept entry: its number, its bytes, and the leaf hash written with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub number: u64,
    pub leaf: Vec<u8>,
    pub hash: Hash,
}

/// One kept checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// How many entries the tree had.
    pub size: u64,
    /// When it was sealed, as RFC 3339.
    pub time: String,
    /// The signed note.
    pub note: String,
    /// What is needed to append to the tree.
    pub frontier: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the journal grew from {decided_at} to {size} entries meanwhile")]
    Conflict { decided_at: u64, size: u64 },
    #[error("the disk is full; nothing was recorded. Free some space and do it again")]
    Full,
    #[error(
        "the journal is held by another process; nothing was recorded. Do it again when the other has ended"
    )]
    Busy,
    #[error("there is no journal in {0}; make one with `chancery init`")]
    Missing(String),
    #[error(
        "the journal file is damaged: {0}. Run `chancery journal verify`, then restore a backup"
    )]
    Damaged(String),
    #[error("the journal's key: {0}")]
    Key(String),
    #[error("the journal cannot be read or written: {0}")]
    Io(String),
}

/// Where entries are kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// What is another after each append, from when it can be seen, where that is told without asking: who
    /// knows the latest seal from after it was read knows it as long as it is the same.
    fn mark(&self) -> Option<Vec<u8>>;

    /// The latest seal; none before the first append.
    async fn head(&self) -> Result<Option<Seal>, Error>;

    /// Keeps entries and the seal over them, all or nothing and durably, if the journal
    /// still has `size` entries; otherwise [`Error::Conflict`].
    async fn append(&self, size: u64, leaves: &[(Vec<u8>, Hash)], seal: &Seal)
    -> Result<(), Error>;

    /// Entries from number `from` up to, not including, `to`, in order.
    fn read(&self, from: u64, to: u64) -> BoxStream<'_, Result<Kept, Error>>;

    /// All seals, oldest first.
    async fn seals(&self) -> Result<Vec<Seal>, Error>;

    /// Writes a whole copy into a folder, as of one moment, while others write.
    async fn copy(&self, folder: &Path) -> Result<(), Error>;

    /// Lets go of the place, once all is written.
    async fn close(&self);
}
