//! One changed byte of the journal's file is found, wherever it is.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::Path;

use chancery_journal::Journal;
use common::entries;
use futures::TryStreamExt;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// A journal in one file: closed, so that nothing is left in the write-ahead log.
async fn make(folder: &Path) {
    let journal = Journal::create(folder, "test/journal", [1; 32]).await.unwrap();
    for (from, count) in [(0, 40), (40, 1), (41, 59)] {
        journal.append(from, &entries(from, count)).await.unwrap();
    }
    journal.close().await;
}

async fn faults(folder: &Path) -> Result<Vec<Option<u64>>, String> {
    let journal = Journal::open(folder).await.map_err(|error| error.to_string())?;
    let found = journal.verify(None, |_| {}).await.map_err(|error| error.to_string());
    journal.close().await;
    Ok(found?.faults.into_iter().map(|fault| fault.entry).collect())
}

async fn read(folder: &Path) -> Result<Vec<String>, String> {
    let journal = Journal::open(folder).await.map_err(|error| error.to_string())?;
    let entries: Result<Vec<_>, _> = journal.entries(0, 1000).try_collect().await;
    journal.close().await;
    Ok(entries
        .map_err(|error| error.to_string())?
        .iter()
        .map(|(n, entry)| format!("{n} {entry:?}"))
        .collect())
}

#[tokio::test]
async fn an_untouched_journal_verifies() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path()).await;
    assert_eq!(faults(folder.path()).await, Ok(vec![]));
}

#[tokio::test]
async fn a_changed_byte_in_an_entry_names_that_entry() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path()).await;
    let file = folder.path().join("journal.sqlite");
    let whole = std::fs::read(&file).unwrap();
    for n in [0, 1, 39, 40, 41, 99] {
        let text = format!("fact number {n}\"");
        let mut changed = whole.clone();
        // SQLite leaves copies behind where it split a page: all of them are changed.
        for at in
            (0..whole.len() - text.len()).filter(|at| whole[*at..].starts_with(text.as_bytes()))
        {
            changed[at] ^= 1;
        }
        std::fs::write(&file, &changed).unwrap();
        assert_eq!(faults(folder.path()).await, Ok(vec![Some(n)]), "entry {n}");
    }
}

/// Whatever byte is changed: it is found, or it is one that holds nothing (free space in a
/// page), so that every entry still reads as it was written.
#[test]
fn no_changed_byte_goes_unnoticed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(make(folder.path()));
    let file = folder.path().join("journal.sqlite");
    let whole = std::fs::read(&file).unwrap();
    let before = runtime.block_on(read(folder.path())).unwrap();
    let mut runner =
        TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let place = (0..whole.len(), 1..=255u8);
    runner
        .run(&place, |(at, change)| {
            let mut changed = whole.clone();
            changed[at] ^= change;
            std::fs::write(&file, &changed).unwrap();
            let _ = std::fs::remove_file(folder.path().join("journal.sqlite-wal"));
            let _ = std::fs::remove_file(folder.path().join("journal.sqlite-shm"));
            if runtime.block_on(faults(folder.path())) == Ok(vec![]) {
                prop_assert_eq!(
                    runtime.block_on(read(folder.path())),
                    Ok(before.clone()),
                    "byte {}",
                    at
                );
            }
            Ok(())
        })
        .unwrap();
}
