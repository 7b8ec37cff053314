//! Packs: the shipped ones are sound and give the figures they must; broken ones say how.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::Path;

use chancery_app::{Home, Start, check_packs, load_packs};
use chancery_model::measure::Over;
use chancery_model::{FigureValue, Wanted};
use serde_json::{Map, Value};

fn packs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")
}

#[tokio::test]
async fn the_shipped_packs_have_no_problem() {
    let (_, problems) = check_packs(Some(&packs())).await.unwrap();
    assert_eq!(problems.to_string(), "");
}

/// Computes every expected figure of every measure: this is how a pack is tested.
#[tokio::test]
async fn every_measure_gives_the_figures_that_were_expected_of_it() {
    let programme = load_packs(None).unwrap();
    let (facts, examples) = (home(Start::Facts).await, home(Start::Examples).await);
    let mut wrong = Vec::new();
    let mut computed = 0;
    for (name, measure) in &programme.measures {
        for expected in &measure.expected {
            let given: BTreeMap<String, Value> = expected.parameters.clone().into_iter().collect();
            let home = if expected.over == Over::Facts { &facts } else { &examples };
            let engine = home.1.engine(None).await.unwrap();
            let figure = match engine.figure(name, &given, Wanted::All).await {
                Ok(figure) => figure,
                Err(error) => {
                    wrong.push(format!("{name} {given:?}: {error}"));
                    continue;
                }
            };
            let right = match (&figure.value, &expected.value, &expected.rows) {
                (FigureValue::Value(value), Some(expected), None) => same(value, expected),
                (FigureValue::Rows(rows), None, Some(expected)) => same_rows(rows, expected),
                _ => false,
            };
            if !right {
                wrong.push(format!(
                    "{name} {given:?} gives {:?}, expected {:?} ({})",
                    figure.value, expected.value, expected.source
                ));
            }
            assert_eq!(figure.evidence.map(|rows| rows.len() as u64), Some(figure.evidence_count));
            computed += 1;
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(computed > 100, "{computed}");
    let untested: Vec<&String> = programme
        .measures
        .iter()
        .filter(|(_, measure)| measure.expected.is_empty())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(untested, Vec::<&String>::new(), "each measure has a figure it must give");
}

/// Whether a value is the expected one: 4 is 4.0.
fn same(value: &Value, expected: &Value) -> bool {
    match (value.as_f64(), expected.as_f64()) {
        (Some(value), Some(expected)) => value == expected,
        _ => value == expected,
    }
}

/// Rows are compared by the columns that are expected of them.
fn same_rows(rows: &[Map<String, Value>], expected: &[Map<String, Value>]) -> bool {
    let fits = |(row, expected): (&Map<String, Value>, &Map<String, Value>)| {
        expected.iter().all(|(column, value)| row.get(column).is_some_and(|own| same(own, value)))
    };
    rows.len() == expected.len() && rows.iter().zip(expected).all(fits)
}

/// The figures of the facts are to one another what the packs say they must be.
#[tokio::test]
async fn every_identity_holds_over_the_facts() {
    let held = home(Start::Facts).await.1.identities(None).await.unwrap();
    assert!(!held.is_empty());
    for identity in held {
        assert!(identity.holds, "{identity:?}");
    }
}

async fn home(start: Start) -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let programme = load_packs(None).unwrap();
    let path = folder.path().join("home");
    let home = Home::create(&path, programme, "tester", start, |_, _| {}).await.unwrap();
    (folder, home)
}

/// Each case of `broken_packs.yaml`, and what is said of it.
#[tokio::test]
async fn each_mistake_in_a_pack_is_told_with_its_place() {
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken_packs.yaml"),
    )
    .unwrap();
    let (cases, _) = chancery_packs::yaml::parse("broken_packs.yaml", &text, 1).unwrap();
    let mut told = String::new();
    for case in cases.as_array().unwrap() {
        let word = |name: &str| case[name].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(&packs(), folder.path());
        for change in [Some(case), case.get("also")].into_iter().flatten() {
            edit(folder.path(), change);
        }
        let (_, problems) = check_packs(Some(folder.path())).await.unwrap();
        assert!(problems.has_errors(), "{}: not found", word("case"));
        told.push_str(&format!("== {}\n{problems}\n", word("case")));
    }
    insta::assert_snapshot!(told);
}

/// Replaces a piece of a file as a case says.
fn edit(folder: &Path, change: &Value) {
    let word = |name: &str| change[name].as_str().unwrap();
    let file = folder.join(word("file"));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(word("replace")), "{change}: nothing to replace");
    std::fs::write(&file, text.replacen(word("replace"), word("by"), 1)).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.path().is_dir() {
            copy(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}
