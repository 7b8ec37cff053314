//! How well quantities are found in a document that nobody here wrote, against what a reader found
//! in it. The method and the figures are in docs/quality.md.

use std::collections::BTreeMap;
use std::path::Path;

use crate::home::Home;

/// How often a value stands in a paragraph.
type Counts = BTreeMap<(u64, String), usize>;

fn common(a: &Counts, b: &Counts) -> usize {
    a.iter().map(|(key, count)| (*count).min(b.get(key).copied().unwrap_or(0))).sum()
}

#[test]
fn quantities_are_found_as_a_reader_finds_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let document = root.join("../shared/data/documents/A-68-127.zh.txt");
    if !document.exists() {
        eprintln!("skipped: ../shared is not here");
        return;
    }
    let home = Home::new();
    let file = document.to_str().unwrap();
    let checked =
        home.call(&["report", "check", file, "--lang", "zh", "--document", "A/68/127", "--json"]);
    let mut found = Counts::new();
    for quantity in checked.json()["quantities"].as_array().unwrap() {
        let value = quantity["value"].as_f64().unwrap().to_string();
        *found.entry((quantity["paragraph"].as_u64().unwrap_or(0), value)).or_default() += 1;
    }
    let (mut read, mut optional) = (Counts::new(), Counts::new());
    let mut rows = csv::Reader::from_path(root.join("tests/quality/A-68-127.zh.csv")).unwrap();
    for row in rows.records() {
        let row = row.unwrap();
        let value: f64 = row[3].parse().unwrap();
        // An article may be counted or not; a footnote has no paragraph of its own.
        let (paragraph, counts) = match &row[5] {
            "article" => (row[0].parse().unwrap(), &mut optional),
            "note" => (0, &mut read),
            _ => (row[0].parse().unwrap(), &mut read),
        };
        *counts.entry((paragraph, value.to_string())).or_default() += 1;
    }
    let right = common(&read, &found);
    let all: usize = read.values().sum();
    let beyond: Counts = found
        .iter()
        .map(|(key, count)| {
            (key.clone(), count.saturating_sub(read.get(key).copied().unwrap_or(0)))
        })
        .collect();
    let wrong = beyond.values().sum::<usize>() - common(&beyond, &optional);
    let recall = right as f64 / all as f64;
    let precision = right as f64 / (right + wrong) as f64;
    eprintln!(
        "{all} quantities, {right} found, {wrong} that are none: recall {recall:.3}, precision {precision:.3}"
    );
    // What was reached; see docs/quality.md for what is missing.
    assert!(recall >= 0.93, "{recall}");
    assert!(precision >= 0.98, "{precision}");
}
