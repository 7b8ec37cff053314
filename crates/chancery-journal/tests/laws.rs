//! What holds for every journal, however it grew.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use chancery_journal::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use chancery_journal::{Checkpoint, Error, Journal};
use common::{entries, entries_at};
use futures::TryStreamExt;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::Config;

/// Appends batches of these sizes, a day apart, each by a process of its own.
async fn grow(folder: &std::path::Path, batches: &[u64]) -> Vec<Checkpoint> {
    Journal::create(folder, "test/laws", [1; 32]).await.unwrap().close().await;
    let mut sealed = Vec::new();
    for (day, count) in batches.iter().enumerate() {
        let journal = Journal::open(folder).await.unwrap();
        let size = journal.size().await.unwrap();
        let time = Timestamp::UNIX_EPOCH + Span::new().hours(24 * day as i64);
        sealed.push(journal.append(size, &entries_at(time, size, *count)).await.unwrap());
        journal.close().await;
    }
    sealed
}

proptest! {
    #![proptest_config(Config { cases: 24, ..Config::default() })]

    #[test]
    fn whatever_was_appended_is_there_proved_and_known_at_its_time(
        batches in prop::collection::vec(1u64..40, 1..6),
        pick in any::<prop::sample::Index>(),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let sealed = grow(folder.path(), &batches).await;
            let total: u64 = batches.iter().sum();
            let journal = Journal::open(folder.path()).await.unwrap();
            let found = journal.verify(None, |_| {}).await.unwrap();
            prop_assert_eq!((found.entries, found.checkpoints, found.faults), (total, batches.len() as u64, vec![]));

            let kept: Vec<_> = journal.entries(0, total).try_collect().await.unwrap();
            let keys: Vec<_> = kept.iter().map(|(number, entry)| (*number, entry.key.clone())).collect();
            prop_assert_eq!(keys, (0..total).map(|n| (n, n.to_string())).collect::<Vec<_>>());

            let number = pick.index(total as usize) as u64;
            let proof = journal.prove(number).await.unwrap().unwrap();
            let last = sealed.last().unwrap();
            prop_assert!(verify_inclusion(leaf_hash(&proof.leaf), number, total, &proof.path, &last.root));
            prop_assert!(journal.prove(total).await.unwrap().is_none());

            for (day, earlier) in sealed.iter().enumerate() {
                let path = journal.prove_consistency(earlier.size).await.unwrap();
                prop_assert!(verify_consistency(earlier.size, &earlier.root, total, &last.root, &path));
                let noon = Timestamp::UNIX_EPOCH + Span::new().hours(24 * day as i64 + 12);
                prop_assert_eq!(journal.size_at(noon).await.unwrap(), earlier.size);
            }

            // A checkpoint that was handed out stays a part of the journal; one of another does not.
            for earlier in &sealed {
                let found = journal.verify(Some(&earlier.note), |_| {}).await.unwrap();
                prop_assert_eq!(found.faults, vec![]);
            }
            let other = tempfile::tempdir().unwrap();
            Journal::create(other.path(), "test/laws", [1; 32]).await.unwrap();
            let other = Journal::open(other.path()).await.unwrap();
            let note = other.append(0, &entries(1000, total)).await.unwrap().note;
            let found = journal.verify(Some(&note), |_| {}).await.unwrap();
            prop_assert_eq!(found.faults.len(), 1);

            let late = journal.append(total - 1, &entries(total - 1, 1)).await;
            let refused = matches!(late, Err(Error::Conflict { decided_at, size }) if decided_at == total - 1 && size == total);
            prop_assert!(refused);
            Ok(())
        })?;
    }
}
