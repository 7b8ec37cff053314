//! A command in, entries or refusals out.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use chancery_model::decide::{Circumstances, Command, Decision, decide};
use chancery_model::{Body, Change, Diagnostics, Place, Programme, Snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A register of people, each with a number and perhaps a chief among them.
fn programme() -> Programme {
    let text = |word: &str| json!({"ar": word, "zh": word, "en": word, "fr": word, "ru": word, "es": word});
    let field = |kind: &str, more: Value| {
        let mut field =
            json!({"type": kind, "label": text("x"), "help": text("x"), "visibility": "public"});
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        field
    };
    let register = json!({
        "label": text("People"), "help": text("People"), "key": ["name"], "caption": "{name}",
        "unique": [["number"]],
        "rules": [{"holds": "since >= chief.since", "message": text("{name} came on {since}, before the chief on {chief.since}")}],
        "fields": {
            "name": field("text", json!({"required": true, "pattern": "[A-Z][a-z]*"})),
            "number": field("integer", json!({"min": 1, "max": 999})),
            "since": field("date", json!({"max": "2030-01-01"})),
            "chief": field("link", json!({"register": "person"})),
        },
    });
    let mut programme = Programme::default();
    programme.registers.insert("person".to_owned(), serde_json::from_value(register).unwrap());
    programme
}

fn record(line: usize, body: Value) -> Command {
    let body: Body = serde_json::from_value(body).unwrap();
    Command::Record {
        place: Place::line("people.csv", line),
        body,
        source: Arc::from("a list"),
        replaces: None,
        fields: None,
        demonstration: false,
    }
}

fn circumstances(update: bool) -> Circumstances {
    Circumstances {
        actor: Arc::from("tester"),
        time: jiff::Timestamp::UNIX_EPOCH,
        update,
        demonstration: false,
    }
}

fn ask(snapshot: &Snapshot, update: bool, commands: Vec<Command>) -> Result<Decision, Diagnostics> {
    decide(&programme(), snapshot, "person", commands, &circumstances(update))
}

/// A state in which Ada (entry 0) is recorded, and Bo (entry 1) under her.
fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let ada = json!({"name": "Ada", "number": 1, "since": "2001-01-01"});
    let bo = json!({"name": "Bo", "number": 2, "since": "2002-01-01", "chief": "Ada"});
    for entry in ask(&snapshot, false, vec![record(2, ada), record(3, bo)]).unwrap().entries {
        snapshot.apply(&entry);
    }
    snapshot
}

fn problems(outcome: Result<Decision, Diagnostics>) -> String {
    outcome.map(|decision| decision.entries).unwrap_err().to_string()
}

#[test]
fn what_is_recorded_already_changes_nothing() {
    let again = json!({"since": "2001-01-01", "number": 1, "name": "Ada"});
    let decision = ask(&snapshot(), false, vec![record(2, again)]).unwrap();
    assert_eq!((decision.entries.len(), decision.unchanged), (0, 1));
}

#[test]
fn other_values_supersede_only_when_that_is_meant() {
    let moved = json!({"name": "Ada", "number": 7, "since": "2001-01-01"});
    let told = problems(ask(&snapshot(), false, vec![record(2, moved.clone())]));
    assert!(told.contains("number is 1, not 7") && told.contains("--update"), "{told}");
    let decision = ask(&snapshot(), true, vec![record(2, moved)]).unwrap();
    assert_eq!(
        (decision.entries[0].change, decision.entries[0].replaces),
        (Change::Supersede, Some(0))
    );
}

#[test]
fn a_write_that_names_an_old_version_is_refused_with_both_versions() {
    let mut snapshot = snapshot();
    let first = json!({"name": "Ada", "number": 7, "since": "2001-01-01"});
    snapshot.apply(&ask(&snapshot, true, vec![record(2, first)]).unwrap().entries[0]);
    let body = serde_json::from_value(json!({"name": "Ada", "number": 8})).unwrap();
    let stale = Command::Record {
        place: Place::default(),
        body,
        source: Arc::from("x"),
        replaces: Some(0),
        fields: None,
        demonstration: false,
    };
    let told = problems(ask(&snapshot, true, vec![stale]));
    assert!(told.contains("since entry 0") && told.contains("entry 2"), "{told}");
    assert!(told.contains("\"number\":7") && told.contains("\"number\":8"), "{told}");
}

#[test]
fn a_record_is_taken_back_for_a_reason_and_may_come_again() {
    let mut snapshot = snapshot();
    let withdraw = |key: &str, reason: &str| Command::Withdraw {
        place: Place::default(),
        key: key.to_owned(),
        reason: reason.to_owned(),
        source: Arc::from("tester"),
        replaces: None,
    };
    assert!(
        problems(ask(&snapshot, false, vec![withdraw("Bo", " ")])).contains("without a reason")
    );
    assert!(
        problems(ask(&snapshot, false, vec![withdraw("Boo", "gone")]))
            .contains("did you mean `Bo`?")
    );
    let entry = ask(&snapshot, false, vec![withdraw("Bo", "gone")]).unwrap().entries.remove(0);
    assert_eq!(
        (entry.change, entry.replaces, entry.reason.as_deref()),
        (Change::Withdraw, Some(1), Some("gone"))
    );
    snapshot.apply(&entry);
    assert_eq!(snapshot.body("person", "Bo"), None);
    let again = ask(&snapshot, false, vec![record(2, json!({"name": "Bo"}))]).unwrap();
    assert_eq!((again.entries[0].change, again.entries[0].replaces), (Change::New, Some(2)));
}

#[test]
fn every_refusal_is_found() {
    let commands = vec![
        record(2, json!({"name": "cy", "number": 0})),
        record(3, json!({"name": "Cy", "number": 1000, "since": "2031-01-01"})),
        record(4, json!({"name": "Di", "nmber": 3})),
        record(5, json!({"number": 5})),
        record(6, json!({"name": "Ed", "number": 2})),
        record(7, json!({"name": "Flo", "since": "2000-06-01", "chief": "Ada"})),
        record(8, json!({"name": "Gus", "chief": "Adda"})),
        record(9, json!({"name": "Hal", "number": 4})),
        record(10, json!({"name": "Hal", "number": 5})),
        record(11, json!({"name": "Ida", "number": "six"})),
    ];
    insta::assert_snapshot!(problems(ask(&snapshot(), false, commands)));
}

#[test]
fn records_of_one_file_may_link_to_those_that_follow() {
    let commands = vec![
        record(2, json!({"name": "Cy", "chief": "Di", "since": "2005-01-01"})),
        record(3, json!({"name": "Di", "since": "2004-01-01"})),
    ];
    assert_eq!(ask(&snapshot(), false, commands).unwrap().entries.len(), 2);
    let commands = vec![
        record(2, json!({"name": "Cy", "chief": "Di", "since": "2003-01-01"})),
        record(3, json!({"name": "Di", "since": "2004-01-01"})),
    ];
    let told = problems(ask(&snapshot(), false, commands));
    assert!(told.contains("before the chief on 2004-01-01"), "{told}");
}

/// A number that a record gives up is free for another of the same file.
#[test]
fn a_unique_value_given_up_may_be_taken() {
    let commands = vec![
        record(2, json!({"name": "Ada", "number": 9, "since": "2001-01-01"})),
        record(3, json!({"name": "Cy", "number": 1})),
    ];
    assert_eq!(ask(&snapshot(), true, commands).unwrap().entries.len(), 2);
}

proptest! {
    #[test]
    fn what_was_decided_once_is_unchanged_the_second_time(
        people in prop::collection::btree_map("[A-Z][a-z]{1,4}", 1u32..1000, 0..20),
    ) {
        let numbers: std::collections::BTreeSet<_> = people.values().collect();
        prop_assume!(numbers.len() == people.len());
        let commands = || people.iter().map(|(name, number)| record(2, json!({"name": name, "number": number}))).collect::<Vec<_>>();
        let mut snapshot = Snapshot::default();
        for entry in ask(&snapshot, false, commands()).unwrap().entries {
            snapshot.apply(&entry);
        }
        let again = ask(&snapshot, false, commands()).unwrap();
        prop_assert_eq!((again.entries.len(), again.unchanged), (0, people.len()));
    }

    #[test]
    fn no_body_makes_deciding_panic(text in "\\PC{0,12}", number in any::<i64>(), field in "name|number|since|chief|x") {
        let body = json!({field.clone(): text, "name": number.to_string()});
        let _ = ask(&snapshot(), true, vec![record(2, body), record(3, json!({field: number}))]);
    }
}
