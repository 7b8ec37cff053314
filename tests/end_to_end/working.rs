//! How people record: forms, files, several records at once, two at the same time.

use serde_json::{Value, json};

use crate::home::Home;
use crate::people::{AUTHORITY, Person, between};
use crate::server::Server;

#[test]
fn what_is_wrong_is_told_in_the_language_of_the_page() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let wrong = [
        ("instrument", "untoc"),
        ("participant", "Narnia"),
        ("function", "extradition"),
        ("number", "many"),
        ("name", "A court"),
        ("_source", "a note"),
    ];
    for (language, told) in [
        ("ar", ["عدد صحيح", "`Narnia`"]),
        ("zh", ["整数", "`Narnia`"]),
        ("fr", ["un nombre entier", "`Narnia`\u{a0}: ce nom est inconnu"]),
        ("ru", ["целое число", "`Narnia`"]),
        ("es", ["un número entero", "`Narnia`"]),
        ("en", ["a whole number", "`Narnia`, which no one knows"]),
    ] {
        let page = anna.post(&format!("/{language}/new/authority"), &wrong);
        assert_eq!(page.status, 422, "{language}: {page:?}");
        for told in told {
            assert!(page.body.contains(told), "{language}: no {told} in {page:?}");
        }
        let file =
            "instrument,participant,function,number,name\nuntoc,FRA,extradition,many,A court\n";
        let page = anna.upload(&format!("/{language}/import/authority"), "a.csv", file, &[]);
        assert!(page.status == 422 && page.body.contains(told[0]), "{language}: {page:?}");
    }
}

#[test]
fn a_file_shows_what_it_would_change_before_it_does() {
    let home = Home::new();
    let server = Server::start(&home);
    let officer = Person::invited(&home, &server, "omar", &["registry_officer"], &[]);
    let size = |home: &Home| {
        home.call(&["--json", "journal", "checkpoint"]).done().json()["entries"].clone()
    };
    let before = size(&home);
    let path = "/en/import/authority";
    let file = "instrument,participant,function,number,name\n\
                untoc,France,extradition,8,A court\nuntoc,Spain,extradition,8,=cmd|'/c calc'!A1\n";
    // A name that would lead elsewhere leads nowhere.
    let page = officer.upload(path, "../../../tmp/evil.csv", file, &[("_source", "a list")]);
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("untoc/FRA/extradition/8"), "{}", page.body);
    assert_eq!(size(&home), before);
    let upload = between(&page.body, "name=\"_upload\" value=\"", "\"").to_owned();
    let record = [("_upload", upload.as_str()), ("_record", "1"), ("_source", "a list")];
    let other = Person::invited(&home, &server, "boris", &["registry_officer"], &[]);
    assert_eq!(other.post(path, &record).status, 422, "a file is its sender's");
    assert_eq!(officer.post(path, &record).status, 200);
    assert_eq!(server.get("/en/registers/authority/untoc/FRA/extradition/8").status, 200);
    // Of many the first are shown, and all are counted.
    let many: String =
        (100..350).map(|n| format!("untoc,France,extradition,{n},A court\n")).collect();
    let many = format!("instrument,participant,function,number,name\n{many}");
    let page = officer.upload(path, "many.csv", &many, &[]).body;
    assert!(page.contains("Changes: 250") && page.contains("Only the first 200"), "{page:.3000}");
    // What looks like a formula is a text, here and in what is written out.
    let out = server.get("/en/tables/authority.csv").body;
    assert!(out.contains("'=cmd|"), "{out}");
    for (name, file, told) in [
        (
            "a.csv",
            "instrument,participant,function,number,name\nuntoc,Atlantis,extradition,1,x\n",
            "Atlantis",
        ),
        ("a.svg", "<svg onload=alert(1)>", ".svg"),
        ("a.xlsx", "no workbook", "a.xlsx"),
        ("a.csv", "", "choose a file"),
    ] {
        let page = officer.upload(path, name, file, &[]);
        assert_eq!(page.status, 422, "{name}: {page:?}");
        assert!(page.body.to_lowercase().contains(&told.to_lowercase()), "{told}: {}", page.body);
        assert!(!page.body.contains("<svg onload"), "{}", page.body);
    }
    // Too large a file is refused before it is read whole.
    let large = "x".repeat(33 << 20);
    assert_eq!(officer.upload(path, "a.csv", &large, &[]).status, 413);
}

#[test]
fn a_field_of_several_records_is_changed_at_once_and_seen_before() {
    let home = Home::new();
    let server = Server::start(&home);
    let officer = Person::invited(&home, &server, "omar", &["registry_officer"], &[]);
    let list = "/en/registers/authority?instrument=untoc";
    let page = officer.get(list).body;
    assert!(page.contains("Change several at once"), "{page:.3000}");
    assert!(!server.get(list).body.contains("Change several at once"));
    let total = server.json("/api/v1/registers/authority/records?instrument=untoc");
    let total = total["total"].as_u64().unwrap();
    let several = "/en/several/authority";
    // All that were found, by what the address says.
    let all = [
        ("_all", "1"),
        ("_query", "?instrument=untoc"),
        ("_field", "institution"),
        ("_given", "1"),
        ("institution", "A ministry of all"),
        ("_source", "a circular"),
    ];
    // The field's own input comes first, with what is chosen.
    let page = officer.post(several, &all[..3]);
    assert!(page.status == 200 && page.body.contains("name=\"institution\""), "{page:?}");
    assert!(page.body.contains(&format!("<strong>{total}</strong>")), "{page:?}");
    let page = officer.post(several, &all);
    assert!(page.body.contains(&format!("Changes: {total}")), "{page:?}");
    let before = server.json("/api/v1/changes?after=0&wait=0")["next"].clone();
    // Some of them, by their keys.
    let first = server.json("/api/v1/registers/authority/records?instrument=untoc&size=2");
    let keys: Vec<&str> =
        first["records"].as_array().unwrap().iter().map(|r| r["key"].as_str().unwrap()).collect();
    let mut some = vec![
        ("_field", "institution"),
        ("_given", "1"),
        ("institution", "A ministry"),
        ("_source", "a note"),
    ];
    some.extend(keys.iter().map(|key| ("_key", *key)));
    let page = officer.post(several, &some);
    assert!(page.body.contains("Changes: 2") && page.body.contains("A ministry"), "{page:?}");
    let upload = between(&page.body, "name=\"_upload\" value=\"", "\"").to_owned();
    assert_eq!(server.json("/api/v1/changes?after=0&wait=0")["next"], before, "nothing yet");
    let record =
        [("_upload", upload.as_str()), ("_record", "1"), ("_update", "1"), ("_source", "a note")];
    let done = officer.post("/en/import/authority", &record);
    assert!(done.body.contains("Changed: 2"), "{done:?}");
    for key in keys {
        let record = server.json(&format!("/api/v1/registers/authority/records/{key}"));
        assert_eq!(record["body"]["institution"], "A ministry", "{record}");
        assert_eq!(record["source"], "a note");
        // The history says what it was and what it is; the office reads who said so.
        assert_eq!(record["history"][0]["changed"][0]["new"], "A ministry");
        assert!(record["history"][0].get("by").is_none(), "{record}");
        let page = officer.get(&format!("/en/registers/authority/{key}")).body;
        assert!(page.contains("<ins>A ministry</ins>"), "{page}");
        assert!(page.contains("· <bdi>omar</bdi>"), "{page}");
        let page = server.get(&format!("/en/registers/authority/{key}")).body;
        assert!(page.contains("<ins>A ministry</ins>") && !page.contains("omar"), "{page}");
    }
    assert!(total > 2);
    // Nothing chosen, a field that is none, a key, and somebody who may not.
    for (fields, status, told) in [
        (vec![("_field", "institution")], 422, "no record that is chosen"),
        (vec![("_all", "1"), ("_field", "colour")], 400, "colour"),
        (vec![("_all", "1"), ("_field", "participant")], 400, "participant"),
        (vec![("_all", "1"), ("_query", "?colour=red"), ("_field", "name")], 400, "colour"),
    ] {
        let page = officer.post(several, &fields);
        assert_eq!(page.status, status, "{fields:?}: {page:?}");
        assert!(page.body.contains(told), "{fields:?}: {page:?}");
    }
    let long = "x".repeat(3000);
    let name = [("_all", "1"), ("_field", "name"), ("_given", "1"), ("name", &long)];
    let page = officer.post(several, &name);
    assert!(page.status == 422 && page.body.contains("2000"), "{page:?}");
    // What is wrong with all alike is told once, and the field is there to be mended.
    let empty = [("_all", "1"), ("_field", "name"), ("_given", "1"), ("name", "")];
    let page = officer.post(several, &empty);
    assert_eq!(page.status, 422, "{page:?}");
    assert_eq!(page.body.matches("a value, which is required").count(), 2, "{page:?}");
    assert!(page.body.contains("href=\"#f-name\"") && !page.body.contains(".csv"), "{page:?}");
    // A text in each language is given to several at once.
    let each = ["ar", "zh", "en", "fr", "ru", "es"].map(|of| format!("short_name.{of}"));
    let mut names =
        vec![("_all", "1"), ("_field", "short_name"), ("_given", "1"), ("_source", "a list")];
    names.extend(each.iter().map(|input| (input.as_str(), "The same")));
    let page = officer.post("/en/several/instrument", &names);
    assert!(page.status == 200 && page.body.contains("Short title (ar)"), "{page:?}");
    let editor = Person::invited(&home, &server, "edith", &["editor"], &[]);
    assert_eq!(editor.post(several, &some).status, 403);
}

#[test]
fn a_file_comes_with_a_form_stays_with_its_record_and_is_never_shown() {
    let home = Home::new();
    let server = Server::start(&home);
    let eva = Person::invited(&home, &server, "eva", &["evaluation_officer"], &[]);
    let path = "/en/new/evaluation";
    assert!(eva.get(path).body.contains("type=\"file\" name=\"terms_of_reference\""));
    let evil = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    let file = ("terms_of_reference", "../../the terms.svg", evil);
    let mut fields = vec![
        ("code", "mid-term"),
        ("title.en", "A mid-term evaluation"),
        ("kind", "project"),
        ("status", "planned"),
        ("term.from", "yesterday"),
        ("term.to", "2027-03-01"),
        ("_source", "a note"),
        ("title.ar", "تقييم"),
        ("title.zh", "评价"),
        ("title.fr", "Une évaluation"),
        ("title.ru", "Оценка"),
        ("title.es", "Una evaluación"),
    ];
    // What is wrong elsewhere in the form loses no file.
    let page = eva.attach(path, file, &fields);
    assert_eq!(page.status, 422, "{page:?}");
    let attached = between(&page.body, "name=\"_attached\" value=\"", "\"").to_owned();
    fields[4] = ("term.from", "2027-01-01");
    fields.push(("_attached", &attached));
    let done = eva.post(path, &fields);
    assert_eq!(done.status, 303, "{done:?}");
    let record = "/en/registers/evaluation/mid-term";
    let page = eva.get(record).body;
    let link = "/en/attachments/evaluation/terms_of_reference/mid-term";
    assert!(page.contains(link) && page.contains("the terms.svg"), "{page}");
    let got = eva.get(link);
    assert_eq!((got.status, got.body.as_str()), (200, evil));
    for said in [
        "content-type: application/octet-stream",
        "content-disposition: attachment; filename*=utf-8''the%20terms.svg",
        "content-security-policy: sandbox",
        "x-content-type-options: nosniff",
    ] {
        assert!(got.head.contains(said), "{said}: {}", got.head);
    }
    // States see it, the public does not, and no other field is a file.
    assert_eq!(server.get(link).status, 404);
    assert_eq!(eva.get("/en/attachments/evaluation/title/mid-term").status, 404);
    assert_eq!(eva.get("/en/attachments/evaluation/terms_of_reference/..%2f..").status, 404);
    // A form that sends no other keeps it.
    let edit = "/en/edit/evaluation/mid-term";
    let form = eva.get(edit).body;
    let seen = between(&form, "name=\"_replaces\" value=\"", "\"").to_owned();
    fields[1] = ("title.en", "A mid-term evaluation, renamed");
    fields.pop();
    fields.push(("_replaces", &seen));
    assert_eq!(eva.post(edit, &fields).status, 303);
    assert_eq!(eva.get(link).body, evil);
    // A draft keeps it too, whatever else is written in it.
    let draft = [("_draft", "1"), ("code", "late")];
    let mut late: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(name, _)| *name != "code" && *name != "_replaces")
        .copied()
        .collect();
    late.extend(draft);
    let drafted = eva.attach(path, file, &late);
    assert_eq!(drafted.status, 303, "{drafted:?}");
    let number = drafted.location();
    let number = number.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    late.retain(|(name, _)| *name != "_draft");
    late.push(("_proposal", &number));
    let done = eva.post(path, &late);
    assert_eq!(done.status, 303, "{done:?}");
    assert_eq!(eva.get("/en/attachments/evaluation/terms_of_reference/late").body, evil);
    // Another's file is not taken.
    let other = Person::invited(&home, &server, "otto", &["evaluation_officer"], &[]);
    fields.pop();
    fields[0] = ("code", "another");
    fields.push(("_attached", &attached));
    let page = other.post(path, &fields);
    assert!(page.status >= 400, "{page:?}");
}

#[test]
fn two_who_edit_the_same_record_lose_nothing() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let boris = Person::invited(&home, &server, "boris", &["registry_officer"], &[]);
    assert_eq!(anna.post("/en/new/authority", &AUTHORITY).status, 303);
    let edit = "/en/edit/authority/untoc/FRA/extradition/9";
    let seen = anna.get(edit).body;
    let seen = between(&seen, "name=\"_replaces\" value=\"", "\"").to_owned();
    let with = |name, city| {
        [("name", name), ("city", city), ("_replaces", seen.as_str()), ("_source", "a letter")]
    };
    assert_eq!(anna.post(edit, &with("A ministry of tests", "Lyon")).status, 303);
    // The key of a record stays whatever is sent.
    let late = boris.post(edit, &with("A ministry of other tests", "Nice"));
    assert_eq!(late.status, 409, "{late:?}");
    for told in ["Lyon", "Nice", "A ministry of tests", "A ministry of other tests"] {
        assert!(late.body.contains(told), "{told}: {}", late.body);
    }
    let latest = between(&late.body, "name=\"_replaces\" value=\"", "\"").to_owned();
    let merged = [
        ("name", "A ministry of other tests"),
        ("city", "Lyon"),
        ("_replaces", latest.as_str()),
        ("_source", "a letter"),
    ];
    assert_eq!(boris.post(edit, &merged).status, 303);
    let history = home.call(&["--json", "history", "authority", "untoc/FRA/extradition/9"]).done();
    let versions = history.json();
    let cities: Vec<&Value> =
        versions.as_array().unwrap().iter().map(|version| &version["body"]["city"]).collect();
    assert_eq!(cities, [&Value::Null, &json!("Lyon"), &json!("Lyon")]);
}

/// The entry that a form says it replaces.
fn seen_in(form: &str) -> String {
    between(form, "name=\"_replaces\" value=\"", "\"").to_owned()
}

#[test]
fn what_one_of_two_changed_stands_and_what_both_changed_is_chosen() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let boris = Person::invited(&home, &server, "boris", &["registry_officer"], &[]);
    let (new, edit) = ("/en/new/authority", "/en/edit/authority/untoc/FRA/extradition/9");
    assert_eq!(anna.post(new, &AUTHORITY).status, 303);
    let seen = seen_in(&anna.get(edit).body);
    let changed = [("name", "Second"), ("city", "Lyon"), ("_replaces", &seen), ("_source", "a")];
    assert_eq!(anna.post(edit, &changed).status, 303);
    let late = [
        ("name", "Third"),
        ("institution", "A house"),
        ("city", ""),
        ("_replaces", &seen),
        ("_source", "b"),
    ];
    let met = boris.post(edit, &late);
    assert_eq!(met.status, 409, "{met:?}");
    let page = &met.body;
    assert!(page.contains("name=\"_take.name\" value=\"theirs\""), "{page}");
    assert!(!page.contains("_take.city") && !page.contains("_take.institution"), "{page}");
    for typed in ["Lyon", "A house", "Third"] {
        assert!(page.contains(&format!(">{typed}</textarea>")), "{typed}: {page}");
    }
    let latest = seen_in(page);
    let chosen = [
        ("name", "Third"),
        ("_take.name", "theirs"),
        ("_theirs.name", "Second"),
        ("institution", "A house"),
        ("city", "Lyon"),
        ("_replaces", latest.as_str()),
        ("_source", "b"),
    ];
    assert_eq!(boris.post(edit, &chosen).status, 303);
    let history = home.call(&["--json", "history", "authority", "untoc/FRA/extradition/9"]).done();
    let versions = history.json();
    let last = &versions.as_array().unwrap().last().unwrap()["body"];
    assert_eq!(
        [&last["name"], &last["institution"], &last["city"]],
        [&json!("Second"), &json!("A house"), &json!("Lyon")]
    );
    // A form that was wrong first replaces what was seen then, not what others recorded since.
    let seen = seen_in(&anna.get(edit).body);
    let wrong = [("name", ""), ("_replaces", &seen), ("_source", "c")];
    let refused = boris.post(edit, &wrong);
    assert_eq!(refused.status, 422);
    let mut next = chosen;
    (next[1], next[5]) = (("city", "Nice"), ("_replaces", seen.as_str()));
    assert_eq!(anna.post(edit, &next).status, 303);
    let corrected = [("name", "Fourth"), ("_replaces", &seen_in(&refused.body)), ("_source", "c")];
    assert_eq!(boris.post(edit, &corrected).status, 409);
}

#[test]
fn a_draft_is_submitted_from_the_list() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let boris = Person::invited(&home, &server, "boris", &["registry_officer"], &[]);
    let submit = |person: &Person| {
        let work = person.get("/en/work").body;
        let form = between(&work, "action=\"/en/changes/", "</form>").to_owned();
        let number = form.split('"').next().unwrap().to_owned();
        let seen = between(&form, "name=\"_seen\" value=\"", "\"").to_owned();
        let path = format!("/en/changes/{number}");
        let stale = person.post(&path, &[("verdict", "submit"), ("_seen", "1")]);
        assert_eq!((stale.status, stale.location()), (303, path.clone()));
        assert!(person.get("/en/work").body.contains(&format!("action=\"{path}\"")));
        person.post(&path, &[("verdict", "submit"), ("_seen", &seen)])
    };
    let (new, edit) = ("/en/new/authority", "/en/edit/authority/untoc/FRA/extradition/9");
    let mut draft = AUTHORITY.to_vec();
    draft.push(("_draft", "1"));
    assert_eq!(anna.post(new, &draft).status, 303);
    // It is nobody else's.
    let number = anna.get("/en/work").body;
    let number = between(&number, "action=\"/en/changes/", "\"").to_owned();
    let other = boris.post(&format!("/en/changes/{number}"), &[("verdict", "submit")]);
    assert_eq!(other.status, 404);
    let done = submit(&anna);
    let record = "/en/registers/authority/untoc/FRA/extradition/9";
    assert_eq!((done.status, done.location()), (303, format!("{record}?done=recorded")));
    assert!(anna.get(record).body.contains("<h1"));
    assert!(!anna.get("/en/work").body.contains("action=\"/en/changes/"));
    // Kept before others changed the record, it does not silently undo what they did.
    let seen = seen_in(&anna.get(edit).body);
    let kept = [("name", "Mine"), ("_replaces", &seen), ("_source", "a"), ("_draft", "1")];
    assert_eq!(anna.post(edit, &kept).status, 303);
    let theirs = [("name", "Theirs"), ("_replaces", &seen), ("_source", "b")];
    assert_eq!(boris.post(edit, &theirs).status, 303);
    let met = submit(&anna);
    assert_eq!(met.status, 409, "{met:?}");
    assert!(met.body.contains("_take.name") && met.body.contains("Theirs"), "{}", met.body);
}

#[test]
fn lines_are_kept_and_what_was_given_for_a_record_that_is_gone_is_not_lost() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let boris = Person::invited(&home, &server, "boris", &["registry_officer"], &[]);
    let (new, key) = ("/en/new/authority", "untoc/FRA/extradition/9");
    let (edit, record) =
        (format!("/en/edit/authority/{key}"), format!("/en/registers/authority/{key}"));
    assert_eq!(anna.post(new, &AUTHORITY).status, 303);
    let seen = seen_in(&boris.get(&edit).body);
    let lines = [("name", "A house\r\nof two lines"), ("_replaces", &seen), ("_source", "a")];
    assert_eq!(boris.post(&edit, &lines).status, 303);
    let history = home.call(&["--json", "history", "authority", key]).done().json();
    assert_eq!(
        history.as_array().unwrap().last().unwrap()["body"]["name"],
        "A house\nof two lines"
    );
    // Both recorded nothing, and the form that was not touched is the same.
    let seen = seen_in(&boris.get(&edit).body);
    let kept = [("name", "Kept"), ("_replaces", &seen), ("_source", "b"), ("_draft", "1")];
    let draft = boris.post(&edit, &kept).location();
    let number = draft.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let gone = [("reason", "a mistake"), ("_replaces", &seen)];
    assert_eq!(anna.post(&format!("/en/withdraw/authority/{key}"), &gone).status, 303);
    // What is sent for it stands in a form for a new one; so does the draft.
    let given = [("name", "Given"), ("city", "Lyon"), ("_replaces", &seen), ("_source", "c")];
    let met = boris.post(&edit, &given);
    assert_eq!(met.status, 422, "{met:?}");
    assert!(met.body.contains(">Given</textarea>") && met.body.contains(">Lyon</textarea>"));
    assert!(met.body.contains(&format!("action=\"{new}\"")) && met.body.contains("withdrawn"));
    let drafted = boris.get(&format!("{edit}?proposal={number}"));
    assert!(drafted.body.contains(">Kept</textarea>"), "{drafted:?}");
    let work = boris.get("/en/work").body;
    let at = between(&work, &format!("action=\"/en/changes/{number}\""), "</form>").to_owned();
    let entry = between(&at, "name=\"_seen\" value=\"", "\"").to_owned();
    let verdict = [("verdict", "submit"), ("_seen", entry.as_str())];
    let met = boris.post(&format!("/en/changes/{number}"), &verdict);
    assert_eq!(met.status, 422, "{met:?}");
    // That it was there and why it is no more is told, and nothing of what it said.
    let left = server.get(&record);
    assert_eq!(left.status, 410, "{left:?}");
    assert!(left.body.contains("a mistake") && left.body.contains("/proof\""), "{}", left.body);
    assert!(!left.body.contains("A house"), "{}", left.body);
    let told = server.get(&format!("/api/v1/registers/authority/records/{key}"));
    assert!(told.status == 410 && told.body.contains("a mistake"), "{told:?}");
    let mut again = AUTHORITY.to_vec();
    again.push(("_proposal", &number));
    assert_eq!(boris.post(new, &again).status, 303);
    assert_eq!(boris.get(&record).status, 200);
    // What became of the draft stays so.
    let late = boris.post(&format!("/en/changes/{number}"), &verdict);
    assert!([303, 403, 404].contains(&late.status), "{late:?}");
}

#[test]
fn of_two_files_for_a_field_one_is_chosen() {
    let home = Home::new();
    let server = Server::start(&home);
    let eva = Person::invited(&home, &server, "eva", &["evaluation_officer"], &[]);
    let otto = Person::invited(&home, &server, "otto", &["evaluation_officer"], &[]);
    let mut fields = vec![
        ("code", "mid-term"),
        ("kind", "project"),
        ("status", "planned"),
        ("term.from", "2027-01-01"),
        ("term.to", "2027-03-01"),
        ("_source", "a note"),
    ];
    let titles = ["ar", "zh", "en", "fr", "ru", "es"].map(|language| format!("title.{language}"));
    fields.extend(titles.iter().map(|title| (title.as_str(), "A title")));
    let file = |text| ("terms_of_reference", "terms.txt", text);
    assert_eq!(eva.attach("/en/new/evaluation", file("first"), &fields).status, 303);
    let (edit, link) =
        ("/en/edit/evaluation/mid-term", "/en/attachments/evaluation/terms_of_reference/mid-term");
    let seen = seen_in(&otto.get(edit).body);
    fields.push(("_replaces", &seen));
    assert_eq!(eva.attach(edit, file("second"), &fields).status, 303);
    // Of the same name, and yet another file.
    let met = otto.attach(edit, file("third"), &fields);
    assert_eq!(met.status, 409, "{met:?}");
    assert!(met.body.contains("_take.terms_of_reference"), "{}", met.body);
    let (latest, attached) =
        (seen_in(&met.body), between(&met.body, "name=\"_attached\" value=\"", "\"").to_owned());
    fields.pop();
    fields.extend([("_replaces", latest.as_str()), ("_attached", attached.as_str())]);
    fields.push(("_take.terms_of_reference", "theirs"));
    fields[0] = ("title.en", "Another title");
    assert_eq!(otto.post(edit, &fields).status, 303);
    assert_eq!(otto.get(link).body, "second");
}

#[test]
fn each_language_that_changes_is_seen_and_what_cannot_be_meant_is_told() {
    let home = Home::new();
    let server = Server::start(&home);
    let row = |code: &str, participants: &str| {
        let titles =
            ["ar", "zh", "en", "fr", "ru", "es"].map(|language| format!("title.{language}"));
        let mut fields = vec![
            ("code".to_owned(), code.to_owned()),
            ("kind".to_owned(), "workshop".to_owned()),
            ("level".to_owned(), "regional".to_owned()),
            ("themes".to_owned(), "corruption".to_owned()),
            ("held.from".to_owned(), "2012-08-03".to_owned()),
            ("held.to".to_owned(), "2012-08-05".to_owned()),
            ("held_known_to".to_owned(), "day".to_owned()),
            ("participants".to_owned(), participants.to_owned()),
            ("_source".to_owned(), "a note".to_owned()),
        ];
        fields.extend(titles.map(|title| (title, "A title".to_owned())));
        fields
    };
    let officer = Person::invited(&home, &server, "olga", &["programme_officer"], &[]);
    let post = |path: &str, fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        officer.post(path, &fields)
    };
    let made = post("/en/new/activity", &row("first", "9223372036854775807"));
    assert_eq!(made.status, 303, "{made:?}");
    let edit = "/en/edit/activity/first";
    let mut changed = row("first", "9223372036854775807");
    changed.push(("_replaces".to_owned(), seen_in(&officer.get(edit).body)));
    for (name, text) in &mut changed {
        if name == "title.ar" {
            *text = "عنوان آخر".to_owned();
        }
    }
    assert_eq!(post(edit, &changed).status, 303);
    // Whoever reads French sees that the Arabic title is another.
    let page = officer.get("/fr/registers/activity/first").body;
    let history = between(&page, "<ul class=\"changed\">", "</ul>");
    assert!(history.contains("(ar)") && history.contains("عنوان آخر"), "{history}");
    // Two numbers that wrap make no figure.
    assert_eq!(post("/en/new/activity", &row("second", "9223372036854775807")).status, 303);
    let asked = "/en/measures/programmes.participants?from=2012-05-25&to=2013-05-24";
    let told = officer.get(asked);
    assert_eq!(told.status, 400, "{told:?}");
    assert!(told.body.contains("too large to be counted"), "{}", told.body);
    // Marks that turn the direction of a line are no text.
    let turned = row("third\u{202e}", "1");
    assert_eq!(post("/en/new/activity", &turned).status, 422);
}

#[test]
fn a_draft_is_kept_as_far_as_it_goes_and_all_that_is_missing_is_told_at_once() {
    let home = Home::new();
    let server = Server::start(&home);
    let eva = Person::invited(&home, &server, "eva", &["evaluation_officer"], &[]);
    let path = "/en/new/evaluation";
    let begun = [
        ("title.en", "A begun evaluation"),
        ("title.fr", "Une évaluation"),
        ("kind", "no kind"),
        ("term.from", "next year"),
        ("_draft", "1"),
    ];
    let kept = eva.post(path, &begun);
    assert_eq!(kept.status, 303, "{kept:?}");
    let number = kept.location();
    let number = number.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let shown = eva.get(&format!("/en/changes/{number}")).body;
    assert!(shown.contains("A begun evaluation") && shown.contains("next year"), "{shown}");
    assert!(eva.get("/en/work").body.contains(">A begun evaluation</a>"));
    // All that was typed is in the form again.
    let form = eva.get(&format!("{path}?proposal={number}")).body;
    for typed in ["A begun evaluation", "Une évaluation", "value=\"next year\""] {
        assert!(form.contains(typed), "{typed}: {form}");
    }
    // Submitted, it is told what is wrong and what is missing, each with its input.
    let page = eva.post(path, &[&begun[..4], &[("_proposal", &number)]].concat());
    assert_eq!(page.status, 422, "{page:?}");
    for told in [
        "no text in `ar`, `zh`, `ru`, `es`",
        "a value, which is required",
        "`no kind`, which no one knows",
        "where the fact comes from",
        "href=\"#f-code\"",
        "href=\"#f-title.ar\"",
        "href=\"#source\"",
        "tabindex=\"-1\" autofocus",
    ] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    let page = eva.post("/fr/new/evaluation", &begun[..4]);
    assert!(page.body.contains("la source du fait"), "{page:?}");
    // Another change of the same draft is the same draft; others see nothing of it.
    let again = eva.post(path, &[&begun[..], &[("_proposal", number.as_str())]].concat());
    assert!(again.location().contains(&number), "{again:?}");
    let other = Person::invited(&home, &server, "otto", &["evaluation_officer"], &[]);
    assert_eq!(other.get(&format!("/en/changes/{number}")).status, 404);
    let editor = Person::invited(&home, &server, "edith", &["editor"], &[]);
    assert_eq!(editor.post(path, &begun).status, 403);
}

#[test]
fn a_rule_that_does_not_hold_marks_the_fields_that_it_reads() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let late = [
        ("instrument", "untoc"),
        ("participant", "FRA"),
        ("number", "99"),
        ("kind", "declaration"),
        ("subject", "settlement_of_disputes"),
        ("date", "2003-01-01"),
        ("withdrawn_on", "2002-01-01"),
        ("_source", "a letter"),
    ];
    let page = anna.post("/en/new/declaration", &late);
    assert_eq!(page.status, 422, "{page:?}");
    for field in ["date", "withdrawn_on"] {
        let marked = format!("<div class=\"wrong\"><label for=\"f-{field}\">");
        assert!(page.body.contains(&marked), "{field}: {page:?}");
    }
}

#[test]
fn what_was_written_comes_back_where_it_is_refused() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    assert_eq!(anna.post("/en/new/authority", &AUTHORITY).status, 303);
    let key = "untoc/FRA/extradition/9";
    let said = format!("/en/comment/authority/{key}");
    let page = anna.post(&said, &[("text", "Ask @nobody.here of it")]);
    assert_eq!(page.status, 422, "{page:?}");
    assert!(page.body.contains("there is no account `nobody.here`"), "{page:?}");
    assert!(page.body.contains(">Ask @nobody.here of it</textarea>"), "{page:?}");
    let withdrawn = format!("/en/withdraw/authority/{key}");
    let page = anna.post(&withdrawn, &[("reason", "It is double"), ("_replaces", "1")]);
    assert_eq!(page.status, 422, "{page:?}");
    assert!(page.body.contains("value=\"It is double\""), "{page:?}");
    assert!(page.body.contains("<details class=\"danger\" open>"), "{page:?}");
    // A form that was made for a session that has ended meanwhile is given back, and nothing is done.
    let before = server.json("/api/v1/changes?after=0&wait=0")["next"].clone();
    let stale = anna.with_old_forms();
    let page = stale.post("/en/new/authority", &AUTHORITY);
    assert_eq!(page.status, 422, "{page:?}");
    assert!(page.body.contains("A ministry of tests"), "{page:?}");
    assert!(page.body.contains("a form of another session"), "{page:?}");
    let page = stale.post(&said, &[("text", "x")]);
    assert!(page.status == 403 && page.body.contains("<html"), "{page:?}");
    assert_eq!(server.json("/api/v1/changes?after=0&wait=0")["next"], before);
}
