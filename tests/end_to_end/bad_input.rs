//! What people get wrong: each told with place, found, expected and hint; nothing is changed.

use std::io::Write;

use crate::home::Home;

const HEAD: &str = "instrument,participant,action,date\n";

/// Imports a file that must be refused, and gives what was told.
fn refused(home: &Home, file: &str) -> String {
    let size = home.size();
    let told = home.call(&["import", "treaty_action", file]).refused();
    assert_eq!(home.size(), size, "{told}");
    told
}

/// Calls that must all be refused, each with what was told.
fn all_refused(home: &Home, calls: &[&[&str]]) -> String {
    let told = |call: &&[&str]| format!("== {}\n{}", call.join(" "), home.call(call).refused());
    calls.iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn wrong_files_are_refused_with_place_and_hint() {
    let home = Home::new();
    let latin1 = [HEAD.as_bytes(), b"uncac,C\xf4te d'Ivoire,ratification,2014-01-01\n"].concat();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(HEAD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: [(&str, Vec<u8>); 14] = [
        ("latin1.csv", latin1),
        ("utf16.csv", utf16),
        ("no-column.csv", b"instrument,participant,date\nuncac,DEU,2014-11-12\n".to_vec()),
        (
            "wrong-column.csv",
            b"instrumet,participant,action,date\nuncac,DEU,ratification,2014-11-12\n".to_vec(),
        ),
        ("no-such-day.csv", format!("{HEAD}uncac,DEU,ratification,2013-02-30\n").into()),
        ("no-such-state.csv", format!("{HEAD}uncac,Germny,ratification,2014-11-12\n").into()),
        (
            "twice.csv",
            format!(
                "{HEAD}uncac,DEU,ratification,2014-11-12\nuncac,Germany,ratification,2014-11-12\n"
            )
            .into(),
        ),
        ("before.csv", format!("{HEAD}uncac,DEU,ratification,1999-01-01\n").into()),
        ("no-such-instrument.csv", format!("{HEAD}uncacc,DEU,ratification,2014-11-12\n").into()),
        ("cells.csv", format!("{HEAD}uncac,DEU,ratification\n").into()),
        ("empty.csv", Vec::new()),
        ("truncated.xlsx", b"PK\x03\x04 cut short".to_vec()),
        ("broken.jsonl", b"{\"instrument\": \"uncac\",\n".to_vec()),
        ("unknown.ods", b"x".to_vec()),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(name, content)| format!("== {name}\n{}", refused(&home, home.file(name, content))))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_signature_recorded_already_with_another_date_is_refused() {
    let home = Home::new();
    let told =
        refused(&home, home.file("again.csv", format!("{HEAD}untoc,ALB,signature,2000-12-13\n")));
    assert!(
        told.contains("is recorded with other values") && told.contains("2000-12-12"),
        "{told}"
    );
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory() {
    let home = Home::new();
    let name = "endless.csv";
    let mut file = std::fs::File::create(home.path().join(name)).unwrap();
    file.write_all(format!("{HEAD}uncac,\"{}", "x".repeat(1 << 21)).as_bytes()).unwrap();
    // Two gigabytes that take little room on the disk.
    file.set_len(2 << 30).unwrap();
    let told = refused(&home, name);
    assert!(told.contains("longer than 1024 KiB"), "{told}");
}

#[test]
fn measures_called_wrongly_say_how_they_are_called() {
    let home = Home::new();
    let calls: [&[&str]; 7] = [
        &["measure", "treaties.parties", "instrument=untoc"],
        &["measure", "treaties.partys", "instrument=untoc", "at=2013-05-24"],
        &["measure", "treaties.parties", "instrument=untoc", "at=2013-05-24", "on=x"],
        &["measure", "treaties.parties", "instrument=unto", "at=24/05/2013"],
        &["measure", "treaties.parties", "untoc"],
        &[
            "measure",
            "treaties.new_parties",
            "instrument=untoc",
            "from=2013-05-24",
            "to=2012-05-25",
        ],
        &[
            "measure",
            "treaties.parties",
            "instrument=untoc'; DROP TABLE entry; --",
            "at=2013-05-24",
        ],
    ];
    insta::assert_snapshot!(all_refused(&home, &calls));
}

#[test]
fn other_calls_that_make_no_sense_say_what_would() {
    let home = Home::new();
    let calls: [&[&str]; 9] = [
        &["entries", "treaty_actions"],
        &["entries", "treaty_action", "instrment=uncac"],
        &["entries", "treaty_action", "instrument=nonesuch"],
        &["history", "treaty_action", "uncac/DEU/ratificaton"],
        &["withdraw", "treaty_action", "uncac/DEU/signature", "--reason", " "],
        &[
            "measure",
            "treaties.parties",
            "instrument=untoc",
            "at=2013-05-24",
            "--known-at",
            "yesterday",
        ],
        &["report", "build", "status", "--lang", "de"],
        &["report", "check", "nowhere.txt", "--lang", "en"],
        &["--home", "nowhere", "measures", "--packs", "nowhere"],
    ];
    insta::assert_snapshot!(all_refused(&home, &calls));
}

#[test]
fn messages_go_to_scripts_as_well() {
    let home = Home::new();
    let answer = home.call(&[
        "import",
        "treaty_action",
        home.file("bad.csv", format!("{HEAD}uncac,DEU,ratification,2013-02-30\n")),
        "--json",
    ]);
    assert_eq!(answer.code, 2);
    let problems = answer.json()["problems"].clone();
    assert_eq!(problems[0]["place"]["line"], 2);
    assert_eq!(problems[0]["place"]["field"], "date");
}

#[test]
fn a_call_that_cannot_be_understood_is_told_to_scripts_too() {
    let home = Home::empty();
    let answer = home.call(&["--json", "report", "build", "status", "--lang", "de"]);
    assert_eq!(answer.code, 2, "{answer}");
    let found = answer.json()["problems"][0]["found"].clone();
    assert!(found.as_str().unwrap().contains("'de'"), "{found}");
}

#[test]
fn every_bad_row_of_a_long_file_is_told() {
    let home = Home::new();
    let rows: String =
        (0..12_000).map(|n| format!("uncac,Nowhere{n},ratification,2014-01-01\n")).collect();
    let file = home.file("long.csv", format!("{HEAD}{rows}"));
    let answer = home.call(&["import", "treaty_action", file, "--json"]);
    assert_eq!(answer.code, 2);
    assert_eq!(answer.json()["problems"].as_array().unwrap().len(), 12_000);
}
