//! Files into registers: all rows or none, once, by whoever comes first.

use std::process::Stdio;

use crate::home::{Home, shared};

const HEAD: &str = "instrument,participant,action,date\n";

#[test]
fn the_depositary_s_own_file_is_in_the_pack_already() {
    let Some(file) = shared("data/treaty-actions.csv") else { return };
    let home = Home::new();
    let size = home.size();
    let answer =
        home.call(&["import", "treaty_action", file.to_str().unwrap(), "--json"]).done().json();
    assert_eq!((&answer["added"], &answer["unchanged"]), (&0.into(), &2490.into()));
    assert_eq!(home.size(), size, "what is recorded already adds nothing");
}

#[test]
fn a_dry_run_says_what_would_happen_and_records_nothing() {
    let home = Home::new();
    let size = home.size();
    let file = home.file("new.csv", format!("{HEAD}uncac,Germany,ratification,2014-11-12\n"));
    let answer = home.call(&["import", "treaty_action", file, "--dry-run", "--json"]).done().json();
    assert_eq!((&answer["added"], &answer["dry_run"]), (&1.into(), &true.into()));
    assert_eq!(home.size(), size);
    home.call(&["import", "treaty_action", file]).done();
    home.call(&["import", "treaty_action", file]).done();
    assert_eq!(home.size(), size + 1, "twice is once");
}

#[test]
fn one_bad_row_keeps_out_the_whole_file_and_every_bad_row_is_told() {
    let home = Home::new();
    let size = home.size();
    let rows = "uncac,Germany,ratification,2014-11-12\n\
                uncac,Atlantis,ratification,2014-11-12\n\
                uncac,Japan,ratification,2013-02-30\n\
                uncac,Japan,blessing,2014-01-01\n\
                nonesuch,Japan,ratification,2014-01-01\n";
    let told = home
        .call(&["import", "treaty_action", home.file("mixed.csv", format!("{HEAD}{rows}"))])
        .refused();
    insta::assert_snapshot!(told);
    assert_eq!(home.size(), size);
}

#[test]
fn states_are_known_by_their_names_in_six_languages() {
    let home = Home::empty();
    for register in ["participant", "instrument"] {
        let pack =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/treaties/data");
        let file = pack.join(format!("{register}.csv"));
        home.call(&["import", register, file.to_str().unwrap()]).done();
    }
    let names = [
        "Republic of Korea",
        "日本",
        "République de Moldova",
        "Российская Федерация",
        "Estados Unidos de América",
        "المملكة العربية السعودية",
        "Bolivia (Plurinational State of)",
        "Viet Nam",
        "TÜRKIYE",
        "State of Palestine",
    ];
    let rows: Vec<String> =
        names.iter().map(|name| format!("uncac,{name},accession,2010-01-01\n")).collect();
    let file = home.file("names.csv", format!("{HEAD}{}", rows.concat()));
    home.call(&["import", "treaty_action", file]).done();
    let entries = home.call(&["entries", "treaty_action", "--json"]).done().json();
    let codes: Vec<_> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["body"]["participant"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["KOR", "JPN", "MDA", "RUS", "USA", "SAU", "BOL", "VNM", "TUR", "PSE"]);
}

#[test]
fn a_mapping_file_says_what_foreign_columns_mean() {
    let home = Home::new();
    let mapping = home.file(
        "mapping.yaml",
        "columns: {Treaty: instrument, País: participant, Fecha: date}\nignore: [Notas]\n\
         values: {action: accession}\nsource: a ministry's list\n",
    );
    let file = home.file("foreign.csv", "Treaty;País;Fecha;Notas\nuncac;Alemania;2014-11-12;x\n");
    home.call(&["import", "treaty_action", file, "--mapping", mapping]).done();
    let history =
        home.call(&["history", "treaty_action", "uncac/DEU/accession", "--json"]).done().json();
    assert_eq!(history[0]["source"], "a ministry's list");
    assert_eq!(history[0]["body"]["date"], "2014-11-12");
}

#[test]
fn json_lines_come_in_as_they_go_out() {
    let home = Home::new();
    let listed =
        home.call(&["entries", "treaty_action", "instrument=uncac", "--json"]).done().json();
    let lines: Vec<String> =
        listed.as_array().unwrap().iter().map(|entry| format!("{}\n", entry["body"])).collect();
    let answer = home
        .call(&["import", "treaty_action", home.file("out.jsonl", lines.concat()), "--json"])
        .done()
        .json();
    assert_eq!((&answer["added"], &answer["unchanged"]), (&0.into(), &lines.len().into()));
}

#[test]
fn other_values_for_a_record_are_refused_unless_they_are_meant_to_supersede() {
    let home = Home::new();
    let file = home.file("other.csv", format!("{HEAD}untoc,ALB,ratification,2002-08-22\n"));
    let told = home.call(&["import", "treaty_action", file]).refused();
    insta::assert_snapshot!(told);
    let answer = home.call(&["import", "treaty_action", file, "--update", "--json"]).done().json();
    assert_eq!(answer["superseded"], 1);
    let history =
        home.call(&["history", "treaty_action", "untoc/ALB/ratification", "--json"]).done().json();
    assert_eq!(history[1]["change"], "supersede");
    assert_eq!(history[1]["replaces"], history[0]["entry"]);
}

#[test]
fn processes_that_import_at_once_all_succeed_and_lose_nothing() {
    let home = Home::new();
    let size = home.size();
    let states = ["ALB", "BRA", "CHN", "DZA", "ESP", "FRA"];
    let files = states.map(|state| format!("{state}.csv"));
    for (file, state) in files.iter().zip(states) {
        home.file(file, format!("{HEAD}beijing-convention-2010,{state},signature,2011-01-01\n"));
    }
    let children: Vec<_> = files
        .iter()
        .map(|file| {
            home.command(&["import", "treaty_action", file])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(home.size(), size + 6);
    let call = [
        "measure",
        "treaties.signatories",
        "instrument=beijing-convention-2010",
        "at=2012-01-01",
        "--json",
    ];
    assert_eq!(home.call(&call).done().json()["value"], 6);
}
