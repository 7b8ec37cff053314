//! What every store must do. SQLite is one; another joins by a line in `each_store`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;

use chancery_journal::merkle::{Frontier, Hash, leaf_hash};
use chancery_journal::sqlite::SqliteStore;
use chancery_journal::{Error, Store, store::Seal};
use futures::TryStreamExt;

async fn each_store(folder: &Path) -> Vec<Arc<dyn Store>> {
    vec![Arc::new(SqliteStore::open(&folder.join("journal.sqlite"), true).await.unwrap())]
}

fn leaves(texts: &[&str]) -> Vec<(Vec<u8>, Hash)> {
    texts.iter().map(|text| (text.as_bytes().to_vec(), leaf_hash(text.as_bytes()))).collect()
}

fn seal(frontier: &mut Frontier, leaves: &[(Vec<u8>, Hash)]) -> Seal {
    leaves.iter().for_each(|(_, hash)| frontier.push(*hash));
    Seal {
        size: frontier.size(),
        time: "2013-05-24T00:00:00Z".to_owned(),
        note: format!("note {}", frontier.size()),
        frontier: frontier.to_bytes(),
    }
}

#[tokio::test]
async fn entries_come_back_as_they_were_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for store in each_store(folder.path()).await {
        assert_eq!(store.head().await.unwrap(), None);
        let mut frontier = Frontier::default();
        let first = leaves(&["a", "b", ""]);
        store.append(0, &first, &seal(&mut frontier, &first)).await.unwrap();
        let second = leaves(&["c"]);
        let last = seal(&mut frontier, &second);
        store.append(3, &second, &last).await.unwrap();
        assert_eq!(store.head().await.unwrap().as_ref(), Some(&last));
        let read: Vec<_> = store.read(1, 4).try_collect().await.unwrap();
        let texts: Vec<_> = read
            .iter()
            .map(|kept| (kept.number, String::from_utf8_lossy(&kept.leaf).into_owned()))
            .collect();
        assert_eq!(texts, [(1, "b".to_owned()), (2, String::new()), (3, "c".to_owned())]);
        assert!(read.iter().all(|kept| kept.hash == leaf_hash(&kept.leaf)));
        let sizes: Vec<_> = store.seals().await.unwrap().iter().map(|seal| seal.size).collect();
        assert_eq!(sizes, [3, 4]);
    }
}

#[tokio::test]
async fn a_writer_that_decided_on_an_older_state_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for store in each_store(folder.path()).await {
        let mut frontier = Frontier::default();
        let first = leaves(&["a"]);
        store.append(0, &first, &seal(&mut frontier, &first)).await.unwrap();
        let mut stale = Frontier::default();
        let late = leaves(&["b", "c"]);
        let refused = store.append(0, &late, &seal(&mut stale, &late)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict { decided_at: 0, size: 1 }), "{refused}");
        let read: Vec<_> = store.read(0, 10).try_collect().await.unwrap();
        assert_eq!(read.len(), 1);
    }
}

#[tokio::test]
async fn of_many_writers_at_once_exactly_one_goes_first_each_time() {
    let folder = tempfile::tempdir().unwrap();
    for store in each_store(folder.path()).await {
        let writers = (0..8).map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let text = format!("entry of {writer}");
                let mut conflicts = 0;
                loop {
                    let head = store.head().await.unwrap();
                    let size = head.as_ref().map_or(0, |seal| seal.size);
                    let mut frontier = head.map_or_else(Frontier::default, |seal| {
                        Frontier::from_bytes(seal.size, &seal.frontier).unwrap()
                    });
                    let entry = leaves(&[&text]);
                    match store.append(size, &entry, &seal(&mut frontier, &entry)).await {
                        Ok(()) => return conflicts,
                        Err(Error::Conflict { .. }) => conflicts += 1,
                        Err(other) => panic!("{other}"),
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let read: Vec<_> = store.read(0, 100).try_collect().await.unwrap();
        let mut texts: Vec<_> = read.iter().map(|kept| kept.leaf.clone()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!((read.len(), texts.len()), (8, 8), "no entry is lost and none comes twice");
    }
}
