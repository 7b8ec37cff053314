//! A writer killed at any instant: what it acknowledged is there, what it did not is there
//! whole or not at all, and the journal verifies and goes on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use chancery_journal::Journal;
use common::entries;
use futures::TryStreamExt;

const FOLDER: &str = "CHANCERY_KILLED_FOLDER";
const KILLS: u64 = 100;

/// The sizes of appends, repeated: single entries and batches of many pages.
const BATCHES: [u64; 4] = [1, 300, 7, 40];

/// The writing process. It says how many entries are acknowledged, after each append.
#[tokio::test]
async fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let journal = Journal::open(Path::new(&folder)).await.unwrap();
    let mut size = journal.size().await.unwrap();
    for count in BATCHES.into_iter().cycle() {
        journal.append(size, &entries(size, count)).await.unwrap();
        size += count;
        writeln!(std::io::stdout(), "acknowledged {size}").unwrap();
    }
}

#[tokio::test]
async fn a_writer_killed_a_hundred_times_loses_nothing_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path(), "test/killed", [1; 32]).await.unwrap();
    journal.close().await;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut interrupted = 0;
    for kill in 0..KILLS {
        // xorshift64: another moment each time, the same ones in each run.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let acknowledged = killed_after(folder.path(), Duration::from_micros(random % 60_000));
        let journal = Journal::open(folder.path()).await.unwrap();
        let found = journal.verify(None, |_| {}).await.unwrap();
        assert_eq!(found.faults, vec![], "kill {kill}");
        assert!(found.entries >= acknowledged, "kill {kill}: {} of {acknowledged}", found.entries);
        interrupted += u64::from(found.entries > acknowledged || acknowledged == 0);
        journal.close().await;
    }
    let journal = Journal::open(folder.path()).await.unwrap();
    let size = journal.size().await.unwrap();
    assert!(size > 1000 && interrupted > 0, "the writer was killed while it wrote");
    let kept: Vec<_> = journal.entries(0, size).try_collect().await.unwrap();
    assert!(
        kept.iter().zip(0..).all(|((number, entry), n)| *number == n && entry.key == n.to_string())
    );
}

/// Starts the writer, kills it some time after its first acknowledgement (or before it), and
/// gives the last number that it acknowledged.
fn killed_after(folder: &Path, delay: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        lines.filter_map(|line| line.rsplit_once("acknowledged ")?.1.parse::<u64>().ok()).last()
    });
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap().unwrap_or(0)
}
