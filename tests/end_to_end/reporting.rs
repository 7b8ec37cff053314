//! Reports built from the registers.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::home::Home;

const LANGUAGES: [&str; 6] = ["ar", "zh", "en", "fr", "ru", "es"];

fn build(home: &Home, lang: &str, to: &str) -> String {
    let call = [
        "report",
        "build",
        "status",
        "--period",
        "2012-05-25..2013-05-24",
        "--lang",
        lang,
        "--to",
        to,
    ];
    home.call(&call).done().out
}

#[test]
fn all_languages_state_the_same_figures_with_the_same_evidence() {
    let home = Home::new();
    let figures = |lang| -> Vec<Value> {
        let report: Value = serde_json::from_str(&build(&home, lang, "json")).unwrap();
        assert_eq!(report["known_at"], home.size());
        let figures = report["figures"].as_array().unwrap();
        let keep = ["measure", "parameters", "group", "value", "unit", "evidence"];
        figures
            .iter()
            .map(|figure| {
                keep.iter()
                    .map(|name| ((*name).to_owned(), figure[*name].clone()))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            })
            .collect()
    };
    let english = figures("en");
    assert!(english.len() > 60);
    for lang in LANGUAGES {
        assert_eq!(figures(lang), english, "{lang}");
    }
}

#[test]
fn each_figure_of_a_page_opens_its_evidence_without_a_server() {
    let home = Home::new();
    for lang in LANGUAGES {
        let page = build(&home, lang, "html");
        assert!(
            !page.contains("<script") && !page.contains("src=\"http") && !page.contains("@import"),
            "{lang}"
        );
        let targets: BTreeSet<&str> = page
            .split("class=\"figure")
            .skip(1)
            .filter_map(|rest| rest.split("href=\"#").nth(1)?.split('"').next())
            .collect();
        assert!(targets.len() > 60, "{lang}");
        for target in targets {
            let panel = page
                .split(&format!("<aside id=\"{target}\""))
                .nth(1)
                .unwrap_or_else(|| panic!("{lang} {target}"));
            let panel = panel.split("</aside>").next().unwrap();
            // Nothing stands behind a figure of nothing.
            let nothing = ["0", "٠"].map(|zero| format!("<p class=\"value\">{zero}</p>"));
            assert!(
                panel.contains("<td class=\"entry\"")
                    || nothing.iter().any(|text| panel.contains(text)),
                "{lang} {target} shows no record"
            );
        }
        let direction = if lang == "ar" { "rtl" } else { "ltr" };
        assert!(page.contains(&format!("<html lang=\"{lang}\" dir=\"{direction}\"")));
    }
}

/// What people read, word for word.
#[test]
fn the_status_report_reads_as_it_should() {
    let home = Home::new();
    for lang in LANGUAGES {
        let text = build(&home, lang, "text");
        // The masthead gives the day of the last entry, which is today.
        let lines = text.lines().enumerate();
        let lines: Vec<&str> =
            lines.map(|(number, line)| if number == 3 { "(the day)" } else { line }).collect();
        insta::assert_snapshot!(format!("status_{lang}"), lines.join("\n"));
    }
}

#[test]
fn a_report_can_be_recomputed_as_known_when_it_was_published() {
    let home = Home::new();
    let size = home.size().to_string();
    let published = build(&home, "fr", "html");
    home.call(&["withdraw", "treaty_action", "untoc/ALB/ratification", "--reason", "test"]).done();
    assert_ne!(build(&home, "fr", "html"), published);
    let call = ["report", "build", "status", "--lang", "fr", "--known-at", &size];
    assert_eq!(home.call(&call).done().out, published);
}

#[test]
fn a_report_that_cannot_be_computed_names_the_line_and_writes_no_file() {
    let home = Home::new();
    let told =
        home.call(&["report", "build", "stauts", "--lang", "en", "--out", "page.html"]).refused();
    assert!(told.contains("did you mean `status`?"), "{told}");
    assert!(!home.path().join("page.html").exists());
}

#[test]
fn a_demonstration_never_replaces_what_somebody_has_done() {
    let home = Home::empty();
    home.file("note.txt", "mine");
    assert!(home.call(&["demo", "."]).refused().contains("not empty"));
    home.call(&["demo", "shown"]).done();
    home.file("shown/mine.html", "mine");
    let again = home.call(&["demo", "shown", "--json"]).done().json();
    assert_eq!(again["reports"].as_array().unwrap().len(), 12);
    assert_eq!(again["reports"][0]["read_back"]["differs"], 0);
    assert_eq!(std::fs::read_to_string(home.path().join("shown/mine.html")).unwrap(), "mine");
    let withdraw = [
        "--home",
        "shown/home",
        "withdraw",
        "treaty_action",
        "untoc/ALB/signature",
        "--reason",
        "x",
    ];
    home.call(&withdraw).done();
    assert!(home.call(&["demo", "shown"]).refused().contains("has recorded facts"));
}

#[cfg(unix)]
#[test]
fn a_report_written_through_a_link_leaves_the_link() {
    let home = Home::new();
    home.file("page.html", "old");
    std::os::unix::fs::symlink("page.html", home.path().join("link.html")).unwrap();
    home.call(&["report", "build", "status", "--lang", "en", "--out", "link.html"]).done();
    assert!(home.path().join("link.html").is_symlink());
    assert!(std::fs::read_to_string(home.path().join("page.html")).unwrap().contains("<html"));
}
