//! Figures and their evidence.

use serde_json::json;

use crate::home::Home;

#[test]
fn the_figures_of_the_treaties_are_there_in_the_form_that_scripts_rely_on() {
    let home = Home::new();
    let call = ["measure", "treaties.parties", "instrument=untoc", "at=2013-05-24", "--json"];
    let figure = home.call(&call).done().json();
    let size = home.size();
    assert_eq!(
        figure,
        json!({
            "measure": "treaties.parties",
            "parameters": {"instrument": "untoc", "at": "2013-05-24", "basis": "deposit"},
            "value": 176,
            "unit": "State",
            "known_at": size,
            "evidence_count": 176,
        })
    );
    let with = home.call(&[call.as_slice(), &["--evidence"]].concat()).done().json();
    let evidence = with["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 176);
    assert!(evidence.iter().all(|row| {
        row["record_id"].as_str().is_some_and(|id| id.starts_with("treaty_action/untoc/"))
            && row["row"]["deposited"].as_str().is_some_and(|date| date <= "2013-05-24")
    }));
    // Each row names the very entry that holds it.
    let number = evidence[7]["entry"].as_u64().unwrap();
    let proof = home.call(&["journal", "prove", &number.to_string(), "--json"]).done().json();
    let leaf: serde_json::Value = serde_json::from_str(proof["leaf"].as_str().unwrap()).unwrap();
    let id = format!("{}/{}", leaf["register"].as_str().unwrap(), leaf["key"].as_str().unwrap());
    assert_eq!(evidence[7]["record_id"], id);
}

#[test]
fn an_instrument_may_be_given_by_any_of_its_names() {
    let home = Home::new();
    for name in [
        "untoc",
        "UNTOC",
        "联合国打击跨国有组织犯罪公约",
        "Convention de Palerme",
        "convención de palermo",
    ] {
        let instrument = format!("instrument={name}");
        let call = ["measure", "treaties.signatories", &instrument, "at=2013-05-24", "--json"];
        assert_eq!(home.call(&call).done().json()["value"], 147, "{name}");
    }
}

#[test]
fn a_grouped_measure_has_rows_that_add_up() {
    let home = Home::new();
    let call = [
        "measure",
        "treaties.parties_by_regional_group",
        "instrument=uncac",
        "at=2013-05-24",
        "--json",
    ];
    let figure = home.call(&call).done().json();
    assert_eq!(figure.get("value"), None);
    let rows = figure["rows"].as_array().unwrap();
    let total: u64 = rows.iter().map(|row| row["value"].as_u64().unwrap()).sum();
    assert_eq!(total, 166);
    assert!(rows.iter().any(|row| row["regional_group"] == "african"));
}

#[test]
fn an_earlier_point_of_the_journal_gives_what_was_known_then() {
    let home = Home::new();
    let before = home.size().to_string();
    let parties = |more: &[&str]| {
        let call = ["measure", "treaties.parties", "instrument=untoc", "at=2013-05-24", "--json"];
        home.call(&[&call, more].concat()).done().json()["value"].clone()
    };
    let key = "untoc/ALB/ratification";
    home.call(&["withdraw", "treaty_action", key, "--reason", "recorded by mistake"]).done();
    assert_eq!(parties(&[]), 175);
    assert_eq!(parties(&["--known-at", &before]), 176);
    let history = home.call(&["history", "treaty_action", key, "--json"]).done().json();
    assert_eq!(history[1]["change"], "withdraw");
    assert_eq!(history[1]["reason"], "recorded by mistake");
    assert_eq!(history[1]["actor"], "tester");
    // Recorded again, it counts again, and the history shows all three.
    let row = "instrument,participant,participant_name,action,date\nuntoc,Albania,Albania,ratification,2002-08-21\n";
    home.call(&["import", "treaty_action", home.file("again.csv", row)]).done();
    assert_eq!(parties(&[]), 176);
    let history = home.call(&["history", "treaty_action", key, "--json"]).done().json();
    assert_eq!(history.as_array().unwrap().len(), 3);
}

#[test]
fn measures_are_listed_with_their_parameters_in_the_reader_s_language() {
    let home = Home::empty();
    let listed = home.call(&["measures", "--lang", "ru"]).done().out;
    assert!(listed.contains("treaties.parties") && listed.contains("Участники: "), "{listed}");
    let heads = home.call(&["measures", "--json"]).done().json();
    let parties = heads
        .as_array()
        .unwrap()
        .iter()
        .find(|head| head["measure"] == "treaties.parties")
        .unwrap();
    assert_eq!(parties["parameters"]["at"]["type"], "date");
}

#[test]
fn entries_are_listed_by_the_values_of_their_fields() {
    let home = Home::new();
    let call =
        ["entries", "treaty_action", "instrument=uncac", "participant=Côte d'Ivoire", "--json"];
    let entries = home.call(&call).done().json();
    let actions: Vec<_> =
        entries.as_array().unwrap().iter().map(|entry| &entry["body"]["action"]).collect();
    assert_eq!(actions, ["signature", "ratification"]);
}
