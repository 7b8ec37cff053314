//! Documents checked figure by figure.

use serde_json::Value;

use crate::home::{Home, shared};

fn check(home: &Home, file: &str, more: &[&str]) -> (i32, Value) {
    let answer = home.call(&[&["report", "check", file, "--json"], more].concat());
    assert!(answer.code < 2, "{answer}");
    (answer.code, answer.json())
}

/// A quantity on one line, as a reviewer reads it.
fn line(quantity: &Value) -> String {
    let text = |name: &str| match &quantity[name] {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let parameters = quantity["parameters"].as_object().map(|parameters| {
        parameters
            .iter()
            .map(|(name, value)| format!(" {name}={}", value.as_str().unwrap_or_default()))
            .collect::<String>()
    });
    let measure = format!("{}{}", text("measure"), parameters.unwrap_or_default());
    format!(
        "¶{} {} = {} {} | {} | {} | {measure}",
        text("paragraph"),
        text("text"),
        text("value"),
        text("unit"),
        text("verdict"),
        text("computed")
    )
}

#[test]
fn the_secretary_general_s_report_is_read_and_its_treaty_figures_are_checked() {
    let Some(document) = shared("data/documents/A-68-127.zh.txt") else { return };
    let home = Home::new();
    let options = ["--lang", "zh", "--at", "2013-05-24", "--period", "2012-05-25..2013-05-24"];
    let (code, checked) = check(&home, document.to_str().unwrap(), &options);
    assert_eq!(code, 1, "some published figures differ from the depositary's dates");
    assert_eq!(checked["paragraphs"], 81);
    let quantities = checked["quantities"].as_array().unwrap();
    let bound: Vec<String> =
        quantities.iter().filter(|quantity| !quantity["measure"].is_null()).map(line).collect();
    insta::assert_snapshot!("a_68_127_bound", bound.join("\n"));
    // Every quantity stands where its span says.
    let text: Vec<char> = std::fs::read_to_string(document).unwrap().chars().collect();
    for quantity in quantities {
        let at = |index: usize| quantity["span"][index].as_u64().unwrap() as usize;
        let written: String = text[at(0)..at(1)].iter().filter(|c| !c.is_whitespace()).collect();
        let read: String = quantity["text"].as_str().unwrap().split_whitespace().collect();
        assert_eq!(written, read);
    }
}

#[test]
fn a_report_of_the_house_agrees_with_itself_in_every_language() {
    let home = Home::new();
    for lang in ["ar", "zh", "en", "fr", "ru", "es"] {
        let file = format!("status.{lang}.txt");
        home.call(&["report", "build", "status", "--lang", lang, "--to", "text", "--out", &file])
            .done();
        let (code, checked) = check(
            &home,
            &file,
            &["--lang", lang, "--at", "2013-05-24", "--period", "2012-05-25..2013-05-24"],
        );
        let summary = &checked["summary"];
        assert_eq!((code, &summary["differs"]), (0, &0.into()), "{lang}");
        // All 20 figures of the running text, and the cells of the two tables of instruments whose
        // column says what is counted. In Chinese the name stands inside the words that speak of a
        // share, which binding cannot read: those five stay unbound.
        let (text, cells) = match lang {
            "zh" => (15, 20),
            "ru" | "es" => (20, 20),
            _ => (20, 30),
        };
        assert_eq!(summary["agrees"], text + cells, "{lang}: {summary}");
    }
}

#[test]
fn a_wrong_figure_is_found_and_told_with_what_the_records_give() {
    let home = Home::new();
    let document = home.file("claim.md", "As at 24 May 2013, the United Nations Convention against Corruption had **167** parties.\n");
    let answer = home.call(&["report", "check", document, "--lang", "en"]);
    assert_eq!(answer.code, 1, "{answer}");
    insta::assert_snapshot!(answer.out);
}

#[test]
fn a_figure_that_no_words_tie_to_a_measure_is_unbound_though_its_value_is_right() {
    let home = Home::new();
    let document = home.file("chance.md", "As at 24 May 2013, 166 handbooks had been printed.\n");
    let (code, checked) = check(&home, document, &["--lang", "en", "--at", "2013-05-24"]);
    assert_eq!(code, 0);
    assert_eq!(checked["quantities"][0]["verdict"], "unbound");
}

/// Sentences in six languages: what is found in each, and what is bound. The words are the
/// project's own; the verdicts are for a person to read.
#[test]
fn sentences_are_read_as_a_person_would() {
    let home = Home::new();
    for lang in ["ar", "zh", "en", "fr", "ru", "es"] {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../../tests/sentences/{lang}.txt"));
        let sentences = std::fs::read_to_string(source).unwrap();
        let mut read = String::new();
        for sentence in sentences.lines().filter(|line| !line.trim().is_empty()) {
            let file = home.file("sentence.txt", sentence);
            let (_, checked) = check(
                &home,
                file,
                &["--lang", lang, "--at", "2013-05-24", "--period", "2012-05-25..2013-05-24"],
            );
            let quantities: Vec<String> = checked["quantities"]
                .as_array()
                .unwrap()
                .iter()
                .map(|q| format!("   {}\n", line(q)))
                .collect();
            read.push_str(&format!("{sentence}\n{}\n", quantities.concat()));
        }
        insta::assert_snapshot!(format!("sentences_{lang}"), read);
    }
}

/// Sentences whose numbers look like figures of a measure and are not. A wrong tie is worse than
/// none: nothing here may be bound.
#[test]
fn what_only_looks_like_a_figure_is_not_bound() {
    let home = Home::new();
    for lang in ["ar", "zh", "en", "fr", "ru", "es"] {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../../tests/traps/{lang}.txt"));
        let traps = std::fs::read_to_string(source).unwrap().replace('\n', "\n\n");
        let file = home.file("traps.txt", traps);
        let options = ["--lang", lang, "--at", "2013-05-24", "--period", "2012-05-25..2013-05-24"];
        let (_, checked) = check(&home, file, &options);
        let quantities = checked["quantities"].as_array().unwrap();
        assert!(quantities.len() > 1, "{lang}");
        let bound = quantities.iter().filter(|quantity| !quantity["measure"].is_null());
        assert_eq!(bound.map(line).collect::<Vec<_>>(), Vec::<String>::new(), "{lang}");
    }
}

#[test]
fn what_the_records_do_not_reach_is_no_difference() {
    let home = Home::new();
    let text = "As at 1 January 2020, the Convention against Corruption had 186 parties.\n";
    let (code, checked) = check(&home, home.file("later.txt", text), &["--lang", "en"]);
    let quantity = &checked["quantities"][0];
    assert_eq!((code, &quantity["verdict"]), (0, &"unbound".into()));
    assert!(quantity["cautions"][0]["en"].as_str().unwrap().contains("do not reach this date"));
}

/// The documents in tests/sums say what the register does not hold, and what does not add up.
#[test]
fn citations_are_resolved_and_sums_are_reckoned_in_every_language() {
    let home = Home::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sums");
    let mut found = String::new();
    for language in ["ar", "zh", "en", "fr", "ru", "es"] {
        let file = folder.join(format!("{language}.md"));
        let (code, checked) = check(&home, file.to_str().unwrap(), &["--lang", language]);
        assert_eq!(code, 1, "{language}: a sum is wrong");
        found.push_str(&format!("{language}\n"));
        for cited in checked["citations"].as_array().unwrap() {
            let key = cited["key"].as_str().unwrap_or("not in the register");
            found.push_str(&format!("  {} -> {key}\n", cited["text"].as_str().unwrap()));
        }
        for sum in checked["arithmetic"].as_array().unwrap() {
            let sign = if sum["holds"] == true { "holds" } else { "WRONG" };
            found.push_str(&format!(
                "  {sign} {} {}: {} beside {}\n",
                sum["kind"].as_str().unwrap(),
                sum["text"].as_str().unwrap(),
                sum["stated"],
                sum["computed"]
            ));
        }
    }
    insta::assert_snapshot!("sums", found);
    // The same on the page and for editors.
    for ending in ["html", "sarif"] {
        let out = home.path().join(format!("checked.{ending}"));
        let file = folder.join("en.md");
        let to = out.to_str().unwrap();
        home.call(&["report", "check", file.to_str().unwrap(), "--lang", "en", "--out", to]);
        let written = std::fs::read_to_string(&out).unwrap();
        assert!(written.matches("unsound").count() > 5, "{written}");
        assert!(written.contains("unknown"), "{written}");
    }
}

#[test]
fn sums_too_large_to_reckon_stop_nothing() {
    let home = Home::new();
    let most = "79000000000000000000000000000";
    let text = format!(
        "1. There were {most} workshops: {most} in Africa and {most} in Asia.\n\n2. So {most} of 1 (5 per \
         cent).\n\n| R | C |\n|---|---|\n| a | {most} |\n| b | {most} |\n| Total | 3 |\n"
    );
    let file = home.file("large.md", text);
    let (code, checked) = check(&home, file, &["--lang", "en"]);
    assert_eq!(code, 1, "{checked}");
    let sums = checked["arithmetic"].as_array().unwrap();
    assert_eq!(sums.len(), 1, "only the part that is more than its whole: {checked}");
    let claim = "As at 24 May 2013, the United Nations Convention against Corruption had";
    let bound = home.file("bound.md", format!("{claim} {most} parties.\n"));
    let (code, checked) = check(&home, bound, &["--lang", "en"]);
    assert_eq!((code, &checked["summary"]["differs"]), (1, &Value::from(1)), "{checked}");
}

#[test]
fn a_citation_that_means_several_records_is_told_and_an_organ_tells_them_apart() {
    let home = Home::new();
    let languages = ["ar", "zh", "en", "fr", "ru", "es"];
    let columns = languages.map(|language| format!("citation.{language}")).join(",");
    let rows = format!(
        "symbol,kind,organ,number,{columns}\nA/RES/22/7,resolution,ga,22/7{}\n",
        ",A/RES/22/7".repeat(languages.len())
    );
    home.call(&["import", "document", home.file("document.csv", rows)]).done();
    let text = "As resolution 22/7, Assembly resolution 22/7, Commission resolutions 22/7 and 22/8 and \
                Council resolution 22/7 ask, it reports.\n";
    let (_, checked) = check(&home, home.file("cites.txt", text), &["--lang", "en"]);
    let cited: Vec<String> = checked["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cited| {
            let key = cited["key"].as_str().unwrap_or("none");
            format!("{} {key} {}", cited["text"].as_str().unwrap(), cited["ambiguous"] == true)
        })
        .collect();
    let expected = [
        "resolution 22/7 none true",
        "Assembly resolution 22/7 A/RES/22/7 false",
        "Commission resolutions 22/7 E/CN.15/RES/22/7 false",
        "22/8 E/CN.15/RES/22/8 false",
        "Council resolution 22/7 none false",
    ];
    assert_eq!(cited, expected);
}

fn concordance_of(file: &str) -> String {
    format!("{file}.concordance.csv")
}

#[test]
fn a_suggestion_binds_only_what_somebody_accepted() {
    let home = Home::new();
    let file = home.path().join("note.txt");
    let text = "1. The Office notes that at present 179 countries belong to the Organized Crime \
                Convention as parties.\n\n2. It held three meetings.\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let options = ["--lang", "en", "--at", "2013-05-24"];
    let (_, plain) = check(&home, file, &options);
    let first = |checked: &Value| checked["quantities"][0].clone();
    assert!(
        first(&plain)["measure"].is_null() && first(&plain)["suggestions"].is_null(),
        "{plain}"
    );
    let (code, suggested) = check(&home, file, &[&options[..], &["--suggest"]].concat());
    assert_eq!(code, 0, "a suggestion contradicts nothing");
    assert!(first(&suggested)["measure"].is_null(), "{suggested}");
    let likeliest = first(&suggested)["suggestions"][0].clone();
    assert_eq!(likeliest["measure"], "treaties.parties", "{suggested}");
    assert_eq!(likeliest["parameters"]["instrument"], "untoc");
    assert!(!likeliest["because"].as_array().unwrap().is_empty());

    let refused =
        home.call(&[&["report", "check", file], &options[..], &["--accept", "7"]].concat());
    assert!(refused.refused().contains("no suggestion"));
    check(&home, file, &[&options[..], &["--accept", "1"]].concat());
    let (code, accepted) = check(&home, file, &options);
    assert_eq!(code, 1, "the records give another figure for what was accepted");
    assert_eq!(first(&accepted)["measure"], "treaties.parties");
    assert_eq!(first(&accepted)["accepted"], true);

    // The quantity is known again where the text moves, and not where it changes.
    std::fs::write(file, format!("A new beginning.\n\n{text}")).unwrap();
    let (_, moved) = check(&home, file, &options);
    assert_eq!(moved["quantities"][0]["accepted"], true, "{moved}");
    std::fs::write(file, text.replace("belong to", "have joined")).unwrap();
    let (_, changed) = check(&home, file, &options);
    assert_eq!(changed["stale"], serde_json::json!([0]), "{changed}");
    // No cell of the file is a formula, and words that look like one are known again.
    let formula = text.replace("The Office notes that at present 179", "=A and 178");
    std::fs::write(file, formula).unwrap();
    check(&home, file, &[&options[..], &["--accept", "1"]].concat());
    let (_, known) = check(&home, file, &options);
    assert_eq!(first(&known)["accepted"], true, "{known}");
    let kept = std::fs::read_to_string(concordance_of(file)).unwrap();
    assert!(kept.contains(",'=A and"), "{kept}");
    let concordance = concordance_of(file);
    let lines = std::fs::read_to_string(&concordance).unwrap();
    std::fs::write(&concordance, format!("{lines}1,a,9,b,treaties.nothing,x,2026-01-01\n"))
        .unwrap();
    let problems = home.call(&["report", "check", file, "--lang", "en"]).refused();
    assert!(
        problems.contains("treaties.nothing") && problems.contains("[parameters]"),
        "{problems}"
    );
}
