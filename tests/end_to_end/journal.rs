//! The journal from the outside: verified, sealed, proved.

use crate::home::Home;

#[test]
fn an_untouched_journal_verifies_and_a_changed_byte_names_its_entry() {
    let home = Home::new();
    let verified = home.call(&["journal", "verify", "--json"]).done().json();
    assert_eq!(verified["verified"], true);
    let file = home.path().join("home/journal.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let history =
        home.call(&["history", "treaty_action", "untoc/FRA/ratification", "--json"]).done().json();
    let number = history[0]["entry"].as_u64().unwrap();
    let text = b"\"key\":\"untoc/FRA/ratification\"";
    // SQLite leaves copies behind where it split a page: all of them are changed.
    let places = (0..bytes.len() - text.len()).filter(|at| bytes[*at..].starts_with(text));
    for at in places.collect::<Vec<_>>() {
        bytes[at + text.len() + 60] ^= 1;
    }
    std::fs::write(&file, bytes).unwrap();
    let answer = home.call(&["journal", "verify", "--json"]);
    assert_eq!(answer.code, 1, "{answer}");
    let faults = answer.json()["faults"].clone();
    assert_eq!(faults[0]["entry"], number, "{faults}");
    let told = home.call(&["journal", "verify"]);
    assert!(
        told.out.contains(&format!("entry {number}")) && told.out.contains("NOT verified"),
        "{told}"
    );
}

#[test]
fn a_checkpoint_is_a_signed_note_and_a_proof_leads_to_it() {
    let home = Home::new();
    let size = home.size();
    let checkpoint = home.call(&["journal", "checkpoint", "--json"]).done().json();
    let note = checkpoint["note"].as_str().unwrap();
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!(lines[1], size.to_string());
    assert_eq!(lines[3], "");
    assert!(lines[4].starts_with(&format!("— {} ", lines[0])));
    let proof = home.call(&["journal", "prove", "0"]).done();
    assert!(
        proof.out.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n") && proof.out.ends_with(note),
        "{proof}"
    );
    let beyond = home.call(&["journal", "prove", &size.to_string()]).refused();
    assert!(beyond.contains(&format!("there is no entry {size}")), "{beyond}");
}

#[test]
fn a_home_is_not_made_twice_nor_among_other_files() {
    let home = Home::empty();
    assert!(home.call(&["init"]).refused().contains("a home already"));
    home.file("stray.txt", "x");
    assert!(home.call(&["--home", ".", "init"]).refused().contains("not empty"));
}
