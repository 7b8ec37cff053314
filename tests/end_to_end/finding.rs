//! Search over everything, and the place where reports are written, over HTTP.

use serde_json::Value;

use crate::home::Home;
use crate::people::{Person, between};
use crate::server::Server;

/// The records that a search finds, as programs read them.
fn found(answer: &Value) -> Vec<String> {
    let records = answer["records"].as_array().unwrap().iter();
    let id = |record: &Value| {
        format!("{}/{}", record["register"].as_str().unwrap(), record["key"].as_str().unwrap())
    };
    records.map(id).collect()
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_record_is_found_in_every_language_by_forms_of_its_words_and_by_names_of_what_it_links_to() {
    let home = Home::new();
    let server = Server::start(&home);
    for words in [
        "convention against transnational organized crime",
        "конвенция против организованной преступности",
        "联合国打击跨国有组织犯罪公约",
        "اتفاقية مكافحة الجريمة المنظمة",
        "convención delincuencia organizada transnacional",
        "CRIMINALITE TRANSNATIONALE ORGANISEE",
    ] {
        let answer = server.json(&format!("/api/v1/search?q={}", encode(words)));
        let found = found(&answer);
        assert!(found.iter().take(5).any(|id| id == "instrument/untoc"), "{words}: {found:?}");
    }
    // A treaty action says neither «Франция» nor «法国»; it links to the State.
    for words in ["Франция ратификация", "法国 批准", "فرنسا تصديق", "France ratification"]
    {
        let address = format!("/api/v1/search?register=treaty_action&q={}", encode(words));
        let found = found(&server.json(&address));
        assert!(found.iter().any(|id| id.contains("/FRA/ratification")), "{words}: {found:?}");
    }
    let page = server.get(&format!("/ru/search?q={}", encode("преступность")));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<mark>преступности</mark>"), "{}", page.body);
    // Nothing typed, nothing that anybody means, and what no register has.
    for words in ["", "…", "%00", "qqqqqqqq", "' OR 1=1 --", "\"", "(((", "*:*", "a:b"] {
        let answer = server.json(&format!("/api/v1/search?q={}", encode(words)));
        assert!(answer["total"].is_u64(), "{words}: {answer}");
    }
    assert_eq!(server.get("/api/v1/search?q=a&register=nothing").status, 404);
    assert_eq!(server.json("/api/v1/search?q=qqqqqqqq")["total"], 0);
    let typed: Value = serde_json::from_str(&server.get("/en/complete?q=transnat").body).unwrap();
    assert_eq!(typed[0][0], "transnational");
}

#[test]
fn a_search_follows_what_is_recorded_and_shows_nobody_more_than_they_may_see() {
    let home = Home::demonstration();
    let server = Server::start(&home);
    let evaluator = Person::invited(&home, &server, "eva", &["evaluation_officer"], &[]);
    let desk = Person::invited(&home, &server, "dora", &["desk_officer"], &[]);
    let seen = |page: &str| between(page, "id=\"found\"", "</p>").to_owned();
    let total = |page: &str| {
        between(&seen(page), "<strong>", "</strong>").replace(',', "").parse::<usize>().unwrap()
    };
    // A word that stands in a field that only evaluators see.
    let comment = [
        ("consultant", "demo-consultant-1"),
        ("evaluation", "demo-evaluation-1"),
        ("comment", "zanzibarian remark"),
        ("_source", "a note"),
    ];
    let all = "/en/search?q=zanzibarian";
    assert_eq!(total(&evaluator.get(all).body), 0);
    let made = evaluator.post("/en/new/engagement", &comment);
    let made = if made.status == 303 {
        made
    } else {
        // The demonstration has this engagement: its comment is added.
        let edit = "/en/edit/engagement/demo-consultant-1/demo-evaluation-1";
        let replaces = evaluator.get(edit).body;
        let replaces = between(&replaces, "name=\"_replaces\" value=\"", "\"").to_owned();
        let changed =
            [("comment", "zanzibarian remark"), ("_replaces", &replaces), ("_source", "a note")];
        evaluator.post(edit, &changed)
    };
    assert_eq!(made.status, 303, "{made:?}");
    assert_eq!(total(&evaluator.get(all).body), 1);
    assert_eq!(total(&desk.get(all).body), 0);
    assert_eq!(server.json("/api/v1/search?q=zanzibarian")["total"], 0);
    assert_eq!(desk.get("/en/complete?q=zanzi").body, "[]");
    assert_eq!(server.get("/en/complete?q=zanzi").body, "[]");
    assert!(evaluator.get("/en/complete?q=zanzi").body.contains("zanzibarian"));
    // A register that the public does not know is none among those that have finds.
    let answer = server.json("/api/v1/search?q=demonstration");
    let registers: Vec<&str> = answer["registers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|register| register["register"].as_str().unwrap())
        .collect();
    assert!(registers.contains(&"activity"), "{registers:?}");
    for hidden in ["trainee", "engagement", "account", "access_event", "comment"] {
        assert!(!registers.contains(&hidden), "{hidden}");
        assert_eq!(server.get(&format!("/api/v1/search?q=a&register={hidden}")).status, 404);
    }
}

#[test]
fn a_report_is_written_beside_its_preview_and_nobody_writes_over_another() {
    let home = Home::new();
    let packs = home.path().join("packs");
    copy(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs"), &packs);
    let folder = packs.to_str().unwrap();
    let server = Server::start_with(&home, &["--requests-a-minute", "0", "--packs", folder]);
    let editor = Person::invited(&home, &server, "edda", &["editor"], &[]);
    let other = Person::invited(&home, &server, "emil", &["editor"], &[]);
    let officer = Person::invited(&home, &server, "omar", &["registry_officer"], &[]);
    let path = "/en/write/status/en";
    assert_eq!(officer.get(path).status, 403);
    assert_eq!(server.get(path).status, 303);
    assert!(!officer.get("/en/reports").body.contains("/write/"));
    assert!(editor.get("/en/reports").body.contains("/en/write/status/en"));
    let page = editor.get(path).body;
    assert!(page.contains("treaties.parties") && page.contains("<iframe"), "{page}");
    // What is typed is shown with its figures; what is wrong with it, with its line.
    let text = "## A heading\n\nThere were {{ figure(\"treaties.parties\", instrument=\"untoc\", at=\"2013-05-24\") }} parties.\n";
    let preview = format!("{path}/preview");
    let shown = editor.post(&preview, &[("text", text)]);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("176") && shown.head.contains("frame-ancestors 'self'"));
    let wrong =
        editor.post(&preview, &[("text", "## A heading\n\n{{ figure(\"treaties.partis\") }}\n")]);
    assert!(
        wrong.body.contains("line 3, character 4") && wrong.body.contains("treaties.parties"),
        "{}",
        wrong.body
    );
    // In the language of the editor, each problem by itself.
    let wrong = "{{ figure(\"treaties.parties\", instrument=\"Narnia\", at=\"2013-02-30\") }}\n";
    let told = editor.post("/fr/write/status/en/preview", &[("text", wrong)]).body;
    for said in [
        "ligne 1, caractère",
        "`Narnia` : ce nom est inconnu",
        "`2013-02-30` n’est pas une date",
        "nombre de jours de ce mois : 28",
    ] {
        let told = told.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(told.contains(said), "{said}: {told}");
    }
    let told = editor.post("/zh/write/status/en/preview", &[("text", "{{ figur() }} {{")]).body;
    assert!(told.contains("意外"), "{told}");
    let told = editor.post("/zh/write/status/en/preview", &[("text", "{{ figur() }}")]).body;
    assert!(told.contains("函数`figur`不存在"), "{told}");
    // All that is wrong is told at once, each with its place.
    let several =
        "{{ figure(\"treaties.partis\") }}\n\n{{ figur() }} and {{ label(\"none\", 1) }}\n";
    let told = editor.post(&preview, &[("text", several)]).body;
    for said in ["data-line=\"1\" data-column=\"4\"", "data-line=\"3\"", "figur`", "`none`"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert!(!told.contains("chancery measure"), "{told}");
    // No few lines make a text that fills all memory.
    let doubles = "{% set a = \"x\" %}".to_owned() + &"{% set a = a ~ a %}".repeat(60) + "{{ a }}";
    let told = editor.post(&preview, &[("text", &doubles)]).body;
    assert!(told.contains("`~` between two values"), "{told:.2000}");
    // What can be put in shows something, also where there is a figure for each of many groups.
    let calls = page.split("data-insert=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let calls = calls.map(|call| call.replace("&quot;", "\"").replace("&#x2f;", "/"));
    let calls: Vec<String> = calls.filter(|call| !call.contains('…')).collect();
    assert!(calls.len() > 50 && calls.iter().any(|call| call.contains(".rows")), "{calls:?}");
    let shown = editor.post(&preview, &[("text", &calls.join("\n\n"))]).body;
    assert!(!shown.contains("class=\"problems\""), "{shown}");
    // Letters of several bytes, and what would never end.
    for wrong in [
        "共有{{ figure(\"treaties.parties\", at=period.end) 项。",
        "共有{{ figure(“treaties.parties”) }}项。",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% set a = \"x\" * 9000 %}{% for b in range(9999) %}{{ a }}{% endfor %}",
    ] {
        let told = editor.post("/zh/write/status/zh/preview", &[("text", wrong)]);
        assert_eq!(told.status, 200, "{wrong}: {told:?}");
        assert!(told.body.contains("data-line"), "{wrong}: {}", told.body);
    }
    for text in ["{{", "{% for a in range(100000000) %}x{% endfor %}", "<script>alert(1)</script>"]
    {
        let reply = editor.post(&preview, &[("text", text)]);
        assert_eq!(reply.status, 200, "{text}");
        assert!(!reply.body.contains("<script>alert"), "{text}");
    }
    // Saved, kept apart from the pack, and put there when asked.
    assert_eq!(editor.post(path, &[("text", text), ("_seen", "0")]).status, 303);
    assert!(editor.get(path).body.contains("There were"));
    let late = other.post(path, &[("text", "mine"), ("_seen", "0")]);
    assert_eq!(late.status, 409);
    assert!(late.body.contains("There were") && late.body.contains("mine"));
    let file = packs.join("treaties/reports/status/en.md");
    assert_ne!(std::fs::read_to_string(&file).unwrap(), text);
    let bad =
        other.post(path, &[("text", "{{ figure(\"none\") }}"), ("_seen", "1"), ("_put", "1")]);
    assert_eq!(bad.status, 422, "{bad:?}");
    assert_ne!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(editor.post(path, &[("text", text), ("_seen", "2"), ("_put", "1")]).status, 200);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(editor.get(&format!("{path}/source")).body, text);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}
