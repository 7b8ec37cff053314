//! Times what a running process does once it is warm: for `make bench`, which compares.
//!
//! `warm HOME PACKS DOCUMENT RUNS` prints one JSON object, milliseconds by what was done.

#![expect(clippy::print_stdout, reason = "its answer is for the script that calls it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use chancery_app::{CheckOptions, Home, ReportFormat, load_packs, read_document, read_given};
use chancery_model::{Language, Wanted};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [home, packs, document, runs] = arguments.as_slice() else {
        return Err("HOME PACKS DOCUMENT RUNS".into());
    };
    let runs: usize = runs.parse()?;
    let home = Home::open(Path::new(home), load_packs(Some(Path::new(packs)))?, "bench").await?;
    let engine = home.engine(None).await?;
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let calls: [(&str, &str, &[&str]); 2] = [
        ("count", "bench.events", &["kind=k", "at=2010-06-30"]),
        ("sum by group", "bench.victims", &["at=2010-06-30"]),
    ];
    // The first round is the one that warms.
    for round in 0..=runs {
        for (what, measure, given) in calls {
            let given =
                read_given(&given.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())?;
            let start = Instant::now();
            engine.figure(measure, &given, Wanted::Nothing).await?;
            note(&mut times, round, what, start);
        }
        for (what, name) in [("report", "status"), ("annual", "annual")] {
            let start = Instant::now();
            let report = home.build_report(name, Language::En, None, None).await?;
            let (page, _) = report.content(ReportFormat::Html)?;
            note(&mut times, round, what, start);
            assert!(page.len() > 1000);
        }
        let options = CheckOptions::new(Language::Zh);
        let start = Instant::now();
        let source = read_document(Path::new(document))?;
        home.check_report(Path::new(document), &source, options, None).await?;
        note(&mut times, round, "check", start);
    }
    println!("{}", serde_json::json!(times));
    Ok(())
}

fn note<'a>(times: &mut BTreeMap<&'a str, Vec<f64>>, round: usize, what: &'a str, start: Instant) {
    if round > 0 {
        times.entry(what).or_default().push(start.elapsed().as_secs_f64() * 1000.0);
    }
}
