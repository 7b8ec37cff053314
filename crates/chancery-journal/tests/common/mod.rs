//! What the tests of the journal share.

use std::sync::Arc;

use chancery_model::{Change, Entry};

/// Entries of one register, numbered from `from`.
pub(crate) fn entries(from: u64, count: u64) -> Vec<Entry> {
    entries_at(jiff::Timestamp::UNIX_EPOCH, from, count)
}

/// The same, recorded at a time.
pub(crate) fn entries_at(time: jiff::Timestamp, from: u64, count: u64) -> Vec<Entry> {
    let body = |n: u64| {
        let body = serde_json::json!({"note": format!("fact number {n}")});
        serde_json::value::to_raw_value(&body).unwrap()
    };
    let entry = |n: u64| Entry {
        register: Arc::from("note"),
        key: n.to_string(),
        change: Change::New,
        replaces: None,
        reason: None,
        body: Some(body(n)),
        demonstration: false,
        source: Arc::from("a test"),
        actor: Arc::from("tester"),
        time,
    };
    (from..from + count).map(entry).collect()
}
