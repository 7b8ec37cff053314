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

#[test]
fn a_checkpoint_that_was_handed_out_stays_a_part_of_the_journal() {
    let home = Home::new();
    let withdraw = |key: &str| {
        home.call(&["withdraw", "treaty_action", key, "--reason", "test"]).done();
    };
    withdraw("untoc/ALB/ratification");
    let note = home.call(&["journal", "checkpoint"]).done().out;
    let handed_out = home.file("checkpoint.txt", note);
    let verify = ["journal", "verify", "--checkpoint", handed_out];
    home.call(&verify).done();
    withdraw("untoc/ALB/signature");
    home.call(&verify).done();
}

#[test]
fn without_the_secret_key_a_journal_is_read_and_verified_and_not_written() {
    let home = Home::new();
    std::fs::remove_file(home.path().join("home/journal.key")).unwrap();
    home.call(&["journal", "verify"]).done();
    let call = ["measure", "treaties.parties", "instrument=untoc", "at=2013-05-24", "--json"];
    assert_eq!(home.call(&call).done().json()["value"], 176);
    let told =
        home.call(&["withdraw", "treaty_action", "untoc/ALB/signature", "--reason", "x"]).refused();
    assert!(told.contains("journal.key is not here"), "{told}");
}

#[test]
fn a_damaged_table_is_built_again() {
    let home = Home::new();
    let parties = || {
        let call = ["measure", "treaties.parties", "instrument=untoc", "at=2013-05-24", "--json"];
        home.call(&call).done().json()["value"].clone()
    };
    let tables = || std::fs::read_dir(home.path().join("home/projection")).unwrap();
    let table = |name: &str| {
        let paths = tables().map(|item| item.unwrap().path());
        paths
            .into_iter()
            .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(name))
            .unwrap()
    };
    std::fs::write(table("treaty_action."), b"PAR1").unwrap();
    assert_eq!(parties(), 176);
    std::fs::copy(table("participant."), table("treaty_action.")).unwrap();
    assert_eq!(parties(), 176);
    std::fs::remove_file(table("instrument.")).unwrap();
    assert_eq!(parties(), 176);
    std::fs::remove_dir_all(home.path().join("home/projection")).unwrap();
    assert_eq!(parties(), 176);
}
