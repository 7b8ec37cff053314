//! How well quantities are found in a document that nobody here wrote, against what a reader found
//! in it. The method and the figures are in docs/quality.md.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::home::Home;

/// How often a value stands in a paragraph.
type Counts = BTreeMap<(u64, String), usize>;

fn common(a: &Counts, b: &Counts) -> usize {
    a.iter().map(|(key, count)| (*count).min(b.get(key).copied().unwrap_or(0))).sum()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The document of the lists; it is not in this repository.
fn document() -> Option<PathBuf> {
    let document = root().join("../shared/data/documents/A-68-127.zh.txt");
    if !document.exists() {
        eprintln!("skipped: ../shared is not here");
    }
    document.exists().then_some(document)
}

#[test]
fn quantities_are_found_as_a_reader_finds_them() {
    let Some(document) = document() else { return };
    let lists = root().join("tests/quality");
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
    let mut rows = csv::Reader::from_path(lists.join("A-68-127.zh.csv")).unwrap();
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
    assert!(recall >= 0.95, "{recall}");
    assert!(precision >= 0.99, "{precision}");
}

/// What a list of readers' ties says of ours.
#[derive(Debug, Default)]
struct Ties {
    /// Quantities for which the list names a measure.
    possible: usize,
    right: usize,
    /// Of those that are right, how many lead to records of the things themselves.
    by_records: usize,
    others: Vec<String>,
}

fn ties(checked: &serde_json::Value, list: &Path) -> Ties {
    let mut read: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut ties = Ties::default();
    for row in csv::Reader::from_path(list).unwrap().records() {
        let row = row.unwrap();
        ties.possible += usize::from(!row[4].is_empty());
        let value: f64 = row[3].parse().unwrap();
        let measures = read.entry((row[0].to_owned(), value.to_string())).or_default();
        measures.push_str(&format!("{} | ", &row[4]));
    }
    for quantity in checked["quantities"].as_array().unwrap() {
        let Some(measure) = quantity["measure"].as_str() else { continue };
        let value = quantity["value"].as_f64().unwrap().to_string();
        let measures = read.get(&(quantity["paragraph"].to_string(), value));
        // The instrument, or what a statement is about, is part of the tie.
        let named = ["instrument", "topic"]
            .iter()
            .filter_map(|name| Some(format!("{name}={}", quantity["parameters"][name].as_str()?)));
        let named: Vec<String> = named.collect();
        let fits = |answer: &str| {
            let mut words = answer.split_whitespace();
            words.next() == Some(measure)
                && named.iter().all(|name| answer.split_whitespace().any(|word| word == name))
        };
        if measures.is_some_and(|measures| measures.split(" | ").any(fits)) {
            ties.right += 1;
            ties.by_records += usize::from(quantity["stated"].is_null());
        } else {
            ties.others.push(format!(
                "{} {} {measure} {}",
                quantity["paragraph"], quantity["text"], quantity["parameters"]
            ));
        }
    }
    ties
}

#[test]
fn what_is_bound_is_bound_to_what_a_reader_would_bind_it_to() {
    let Some(document) = document() else { return };
    let lists = root().join("tests/quality");
    let home = Home::new();
    let options = ["--lang", "zh", "--at", "2013-05-24", "--period", "2012-05-25..2013-05-24"];
    let file = document.to_str().unwrap();
    let checked = home.call(&[&["report", "check", file, "--json"], &options[..]].concat()).json();
    let accepted = ties(&checked, &lists.join("A-68-127.zh.measures.csv"));
    eprintln!("statements accepted: {accepted:?}");
    assert!(accepted.others.is_empty(), "{:?}", accepted.others);
    assert!(accepted.right >= 60, "{}", accepted.right);
    // By the stricter list a statement is right where no other measure means the same.
    let strict = ties(&checked, &lists.join("A-68-127.zh.strict.csv"));
    eprintln!("statements as a last resort: {strict:?}");
    assert!(strict.others.iter().all(|tie| tie.contains("mandates.stated")), "{strict:?}");
    assert!(strict.right >= 34, "{}", strict.right);
}
