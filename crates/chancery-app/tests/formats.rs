//! One report in every format and language: each is read back and says the same.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;

use chancery_app::{Home, ReportFormat, Start, load_packs, read_document};
use chancery_model::Language;
use serde_json::Value;

/// What two texts must have in common: letters and digits. Spaces, hyphens at the ends of lines and
/// signs that differ between formats are nobody's figures.
fn bare(text: &str) -> String {
    let accent = |c: &char| matches!(c, '\u{64b}'..='\u{65f}');
    text.chars().filter(|c| c.is_alphanumeric() && !accent(c)).collect()
}

/// The texts of a report in order, with its figures in their places; whether each is a cell.
fn texts(report: &Value) -> Vec<(bool, String)> {
    let figures = report["figures"].as_array().unwrap();
    // What is said to whoever does not see a drawing is no text on paper.
    let blocks = report["blocks"].as_array().unwrap().iter();
    let blocks = blocks.filter(|block| block["kind"] != "alternative");
    let texts = blocks.map(|block| {
        let mut text = block["text"].as_str().unwrap().to_owned();
        for (index, figure) in figures.iter().enumerate() {
            let mark = format!("{{f{}}}", index + 1);
            if text.contains(&mark) {
                text = text.replace(&mark, figure["text"].as_str().unwrap());
            }
        }
        (block["kind"] == "cell", text)
    });
    texts.filter(|(_, text)| !bare(text).is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let programme = load_packs(None).unwrap();
    let home = Home::create(
        &folder.path().join("home"),
        Arc::clone(&programme),
        "test",
        Start::Facts,
        |_, _| {},
    )
    .await
    .unwrap();
    let mut wrong = Vec::new();
    for name in ["annual", "status"] {
        for language in Language::ALL {
            let built = home.build_report(name, language, None, None).await.unwrap();
            let (json, _) = built.content(ReportFormat::Json).unwrap();
            let report: Value = serde_json::from_slice(&json).unwrap();
            let expected = texts(&report);
            assert!(expected.len() > 50);
            for (format, _, ending) in ReportFormat::ALL {
                if format == ReportFormat::Json {
                    continue;
                }
                let file = folder.path().join(format!("{name}.{language}.{ending}"));
                let (bytes, said) = built.content(format).unwrap();
                if language == Language::Zh {
                    let again = built.content(format).unwrap().0;
                    assert!(again == bytes, "{name}.{ending} is another file each time");
                }
                assert!(said.is_empty(), "{said:?}: run `make setup`");
                std::fs::write(&file, bytes).unwrap();
                wrong.extend(compare(&file, &expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Texts that do not stand in the file. Footnotes and cells may stand in another order on paper.
fn compare(file: &Path, expected: &[(bool, String)]) -> Option<String> {
    let ending = file.extension().unwrap().to_str().unwrap();
    let text = match ending {
        "xml" => {
            let text = std::fs::read_to_string(file).unwrap();
            let notes = regex::Regex::new("<authorialNote[^>]*>(.*?)</authorialNote>").unwrap();
            let apart: String = notes.captures_iter(&text).map(|note| note[1].to_owned()).collect();
            let text = notes.replace_all(&text, "").into_owned() + &apart;
            let tags = regex::Regex::new("<[^>]*>").unwrap();
            tags.replace_all(&text, "").replace("&#39;", "'").replace("&quot;", "\"")
        }
        "md" => {
            let text = read_document(file).unwrap().text;
            regex::Regex::new(r"\[\^[0-9]+\]").unwrap().replace_all(&text, "").into_owned()
        }
        "pdf" => {
            // Footnotes stand where a page ends, within a paragraph that goes on.
            let text = read_document(file).unwrap().text;
            let notes = regex::Regex::new("(?s)_{18}\n(.*?)\n\n").unwrap();
            let apart: String = notes.captures_iter(&text).map(|note| note[1].to_owned()).collect();
            notes.replace_all(&text, "").into_owned() + &apart
        }
        _ => read_document(file).unwrap().text,
    };
    let read = bare(&text);
    let stands = |text: &str| read.contains(&bare(text));
    let missing: Vec<&String> = expected
        .iter()
        .filter(|(cell, text)| match cell {
            // On paper the lines of a row stand side by side.
            true if ending == "pdf" && text.contains(' ') => {
                !text.split([' ', '/', '-']).all(stands)
            }
            true if ending == "pdf" => !text.chars().all(|c| stands(&c.to_string())),
            _ => !stands(text),
        })
        .map(|(_, text)| text)
        .collect();
    let told = format!("{}: {} of {}: {missing:#?}", file.display(), missing.len(), expected.len());
    (!missing.is_empty()).then_some(told)
}
