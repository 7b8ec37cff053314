//! The portal and the interface for programs, over HTTP, as a browser and a script meet them.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::home::Home;
use crate::people;
use crate::server::Server;

const LANGUAGES: [&str; 6] = ["ar", "zh", "en", "fr", "ru", "es"];

/// The addresses on this server that a page leads to.
fn links(page: &str) -> BTreeSet<String> {
    let targets = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = targets.filter(|target| target.starts_with('/'));
    own.map(|target| target.replace("&amp;", "&").replace("&#x2f;", "/")).collect()
}

#[test]
fn every_page_answers_in_every_language_and_leads_nowhere_that_is_not_there() {
    let home = Home::demonstration();
    let server = Server::start(&home);
    let begun = server.get_with("/", "Accept-Language: de, ar;q=0.8, en;q=0.5\r\n");
    assert!(begun.status == 307 && begun.head.contains("location: /ar/"), "{begun:?}");
    let pages = [
        "/",
        "/registers",
        "/registers/treaty_action?participant=FRA&sort=-date&q=conven",
        "/registers/treaty_action/untoc/ALB/ratification",
        "/registers/document/A/68/127",
        "/measures",
        "/measures/treaties.parties?instrument=untoc&at=2013-05-24",
        "/measures/treaties.parties?instrument=untoc&at=tomorrow",
        "/reports",
        "/search?q=convention",
        "/sign-in",
    ];
    let mut seen = BTreeSet::new();
    for lang in LANGUAGES {
        let direction = if lang == "ar" { "rtl" } else { "ltr" };
        for page in pages {
            let reply = server.get(&format!("/{lang}{page}"));
            let status = if page.contains("tomorrow") { 400 } else { 200 };
            assert_eq!(reply.status, status, "{lang}{page}: {}", reply.body);
            let opening = format!("<html lang=\"{lang}\" dir=\"{direction}\">");
            assert!(reply.body.contains(&opening), "{lang}{page}");
            assert!(reply.head.contains("content-security-policy: default-src 'none'"));
            if lang == "en" || page == "/" {
                seen.extend(links(&reply.body));
            }
        }
    }
    // One of each kind of address is enough of those that a list repeats.
    let mut kinds = BTreeSet::new();
    for link in &seen {
        let path = link.split('?').next().unwrap();
        let kind: Vec<&str> = path.split('/').take(4).collect();
        if kinds.insert(kind.join("/")) {
            assert_eq!(server.get(link).status, 200, "{link}");
        }
    }
    assert!(kinds.len() > 100, "{}", kinds.len());
    // Some write a page as if it were a folder.
    let moved = server.get("/es/registers/?q=a");
    assert!(moved.status == 308 && moved.head.contains("location: /es/registers?q=a"), "{moved:?}");
}

#[test]
fn a_figure_leads_to_its_records_and_their_proof() {
    let home = Home::new();
    let server = Server::start(&home);
    let page = server.get("/fr/measures/treaties.parties?instrument=untoc&at=2013-05-24").body;
    let page = page.replace("&#x2f;", "/");
    assert!(page.contains("<strong>176</strong> <small>Unité\u{a0}: État"), "{page}");
    assert!(page.contains("/fr/registers/treaty_action/untoc/ALB/ratification"));
    let figure = server.json("/api/v1/measures/treaties.parties?instrument=untoc&at=2013-05-24");
    assert_eq!((&figure["value"], &figure["evidence_count"]), (&176.into(), &176.into()));
    let entry = figure["evidence"][0]["entry"].as_u64().unwrap();
    let proof = server.get(&format!("/api/v1/entries/{entry}/proof"));
    assert!(proof.body.starts_with("c2sp.org/tlog-proof@v1"), "{proof:?}");
    assert_eq!(server.get("/api/v1/entries/9999999/proof").status, 404);
}

#[test]
fn what_is_not_public_is_neither_shown_nor_counted_nor_found() {
    let home = Home::demonstration();
    let server = Server::start(&home);
    let packs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let programme = chancery_app::load_packs(Some(&packs)).unwrap();
    let public = chancery_model::Visibility::Public;
    let (mut hidden_registers, mut hidden_fields) = (0, 0);
    for (name, register) in &programme.registers {
        let list = format!("/api/v1/registers/{name}/records?size=500");
        if !register.is_seen_by(public) {
            hidden_registers += 1;
            let files = ["csv", "json"].map(|ending| format!("/en/tables/{name}.{ending}"));
            for path in files.iter().chain([&list, &format!("/en/registers/{name}")]) {
                assert_eq!(server.get(path).status, 404, "{path}");
            }
            continue;
        }
        let records = server.json(&list);
        // The file has all of them, and says of each what the page says.
        let file = server.json(&format!("/en/tables/{name}.json"));
        let (all, paged) = (file["records"].as_array().unwrap(), &records["records"]);
        assert_eq!(all.len() as u64, records["total"].as_u64().unwrap(), "{name}");
        assert_eq!(Value::from(all[..all.len().min(500)].to_vec()), *paged, "{name}");
        let columns = server.get(&format!("/en/tables/{name}.csv")).body;
        let columns = columns.lines().next().unwrap_or_default().to_owned();
        for (field, _) in register.fields.iter().filter(|(_, field)| field.visibility > public) {
            hidden_fields += 1;
            let shown = |record: &&Value| !record["body"][field].is_null();
            let found = records["records"].as_array().unwrap().iter().find(shown);
            assert!(found.is_none(), "{name}.{field}: {found:?}");
            assert!(!columns.split(',').any(|own| own.split('.').next() == Some(field)));
            for query in [format!("{field}=x"), format!("sort={field}")] {
                let reply = server.get(&format!("/api/v1/registers/{name}/records?{query}"));
                assert_eq!(reply.status, 400, "{name} {query}");
            }
        }
    }
    // Nor do reports name such records, in no form.
    let hidden = programme.registers.iter().filter(|(_, register)| !register.is_seen_by(public));
    let hidden: Vec<String> = hidden.map(|(name, _)| format!("{name}/demo-")).collect();
    // What stands behind each figure is a page of its own.
    let behind = (1..).map(|figure| format!("/figures/{figure}"));
    let behind = behind.map_while(|figure| {
        let reply = server.get(&format!("/en/reports/annual{figure}"));
        (reply.status == 200).then_some((figure, reply.body))
    });
    let behind: Vec<(String, String)> = behind.collect();
    assert!(behind.len() > 100, "{}", behind.len());
    let forms = ["", ".html", ".json", ".txt", ".xml"].map(|form| {
        let report = server.get(&format!("/en/reports/annual{form}"));
        assert_eq!(report.status, 200, "{form}");
        (form.to_owned(), report.body)
    });
    let proofs = |(_, page): &&(String, String)| page.contains("href=\"/api/v1/entries/");
    assert!(behind.iter().filter(proofs).count() > 20);
    for (form, page) in behind.iter().chain(&forms) {
        let page = page.replace("&#x2f;", "/");
        let named = hidden.iter().find(|prefix| page.contains(prefix.as_str()));
        assert!(named.is_none(), "{form} {named:?}");
        assert!(!page.contains("demo-trainee-"), "{form}");
    }
    assert!(hidden_registers > 10 && hidden_fields > 10, "{hidden_registers} {hidden_fields}");
    // What a measure reads could be told by its groups and parameters: it does not exist here.
    for measure in
        ["programmes.persons_trained", "evaluation.consultant_rating", "funds.median_score"]
    {
        for path in [format!("/api/v1/measures/{measure}"), format!("/en/measures/{measure}")] {
            assert_eq!(server.get(&path).status, 404, "{path}");
        }
    }
    let measures = server.json("/api/v1/measures");
    let measures = measures["measures"].as_array().unwrap();
    assert!(measures.len() > 50 && measures.len() < programme.measures.len(), "{}", measures.len());
}

#[test]
fn words_find_records_by_the_names_of_what_they_link_to_in_every_language() {
    let home = Home::new();
    let server = Server::start(&home);
    let total = |q: &str| {
        let path = format!("/api/v1/registers/treaty_action/records?size=1&q={q}");
        server.json(&path)["total"].as_u64().unwrap()
    };
    let kenya = total("KEN");
    assert!(kenya > 5);
    // كينيا, 肯尼亚, Кения, and with a word of an instrument's name beside it.
    for name in [
        "%D9%83%D9%8A%D9%86%D9%8A%D8%A7",
        "%E8%82%AF%E5%B0%BC%E4%BA%9A",
        "%D0%9A%D0%B5%D0%BD%D0%B8%D1%8F",
    ] {
        assert_eq!(total(name), kenya, "{name}");
    }
    let both = total("kenya+corruption");
    assert!(both > 0 && both < kenya, "{both}");
    assert_eq!(total("cote+ivoire"), total("CIV"));
}

#[test]
fn a_script_reads_pages_chooses_fields_and_is_told_what_has_not_changed() {
    let home = Home::new();
    let server = Server::start(&home);
    let mut next = Some(
        "/api/v1/registers/treaty_action/records?instrument=untoc&fields=date&size=100".to_owned(),
    );
    let (mut keys, mut total) = (BTreeSet::new(), 0);
    while let Some(path) = next {
        let page = server.json(&path);
        total = page["total"].as_u64().unwrap();
        for record in page["records"].as_array().unwrap() {
            assert_eq!(record["body"].as_object().unwrap().len(), 1, "{record}");
            assert!(keys.insert(record["key"].as_str().unwrap().to_owned()), "{record}");
        }
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(keys.len() as u64, total);
    let reply = server.get("/api/v1/registers");
    let tag = reply.head.split("etag: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let again = server.get_with("/api/v1/registers", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let late = "instrument,participant,action,date\nuntoc,PLW,accession,2013-05-01\n";
    home.call(&["import", "treaty_action", home.file("late.csv", late)]).done();
    let changed = server.get_with("/api/v1/registers", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(changed.status, 200, "an entry of another process is seen");
    let document = server.json("/api/v1/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"].as_object().unwrap().len() > 100);
}

#[test]
fn slow_lines_are_sent_fewer_bytes_and_each_text_has_its_own_address() {
    let home = Home::new();
    let server = Server::start(&home);
    let path = "/en/measures/treaties.parties?instrument=untoc&at=2013-05-24";
    let length = |reply: &crate::server::Reply| -> usize {
        reply
            .head
            .split("content-length: ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    let whole = server.get(path);
    assert!(!whole.head.contains("content-encoding"), "{}", whole.head);
    for asked in ["gzip", "br, GZIP;q=0.5", "deflate, gzip"] {
        let packed = server.get_with(path, &format!("Accept-Encoding: {asked}\r\n"));
        assert!(packed.head.contains("content-encoding: gzip"), "{asked}: {}", packed.head);
        assert!(packed.head.contains("vary: accept-encoding"), "{}", packed.head);
        assert!(length(&packed) * 2 < length(&whole), "{}", packed.head);
    }
    for asked in ["br", "gzip;q=0", "identity"] {
        let reply = server.get_with(path, &format!("Accept-Encoding: {asked}\r\n"));
        assert_eq!(reply.body, whole.body, "{asked}");
    }
    // What is packed beside a secret tells of it by its length.
    let anna = people::Person::invited(&home, &server, "anna", &["editor"], &[]);
    let own = anna.get_with("/en/work", "Accept-Encoding: gzip\r\n");
    assert!(!own.head.contains("content-encoding"), "{}", own.head);
    let style = whole.body.split("/assets/portal.css?").nth(1).unwrap().split('"').next().unwrap();
    let style = server.get(&format!("/assets/portal.css?{style}"));
    assert!(style.head.contains("immutable"), "{}", style.head);
}

#[test]
fn pages_by_cursor_tell_each_record_once_while_others_are_recorded() {
    let home = Home::new();
    let server = Server::start(&home);
    let all = "/api/v1/registers/treaty_action/records?instrument=untoc";
    for (sort, late) in [
        ("", "untoc,PLW,accession,2013-05-01"),
        ("&sort=date", "untoc,SOM,accession,2013-05-02"),
        ("&sort=-date", "untoc,SSD,accession,2013-05-03"),
        ("&sort=participant", "untoc,TUV,accession,2013-05-04"),
    ] {
        let before: BTreeSet<String> = keys(&server.json(&format!("{all}&size=500")));
        let mut next = Some(format!("{all}&size=60{sort}"));
        let (mut told, mut values, mut pages) = (Vec::new(), Vec::new(), 0);
        while let Some(path) = next {
            let page = server.json(&path);
            for record in page["records"].as_array().unwrap() {
                told.push(record["key"].as_str().unwrap().to_owned());
                let field = sort.trim_start_matches("&sort=").trim_start_matches('-');
                values.push(record["body"][field].as_str().unwrap_or_default().to_owned());
            }
            next = page["next"].as_str().map(str::to_owned);
            pages += 1;
            if pages == 2 {
                let rows = format!("instrument,participant,action,date\n{late}\n");
                home.call(&["import", "treaty_action", home.file("late.csv", &rows)]).done();
            }
        }
        let once: BTreeSet<String> = told.iter().cloned().collect();
        assert_eq!(once.len(), told.len(), "{sort}: one is told twice");
        assert!(before.is_subset(&once), "{sort}: one is left out");
        assert!(pages > 4, "{sort}: {pages} pages");
        let ordered = match sort.starts_with("&sort=-") {
            true => values.is_sorted_by(|a, b| a >= b),
            false => values.is_sorted(),
        };
        assert!(ordered, "{sort}: {values:?}");
    }
}

fn keys(page: &serde_json::Value) -> BTreeSet<String> {
    let records = page["records"].as_array().unwrap().iter();
    records.map(|record| record["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_chosen_and_what_stands_behind_a_figure_are_files_too() {
    let home = Home::new();
    let server = Server::start(&home);
    let asked = "?instrument=untoc&action=ratification&sort=-date";
    let total = server.json(&format!("/api/v1/registers/treaty_action/records{asked}"));
    let total = total["total"].as_u64().unwrap() as usize;
    let page = server.get(&format!("/fr/registers/treaty_action{asked}")).body;
    assert!(page.contains("/fr/tables/treaty_action.csv?instrument=untoc"), "{page}");
    let table = server.get(&format!("/fr/tables/treaty_action.csv{asked}"));
    let mut rows = csv::Reader::from_reader(table.body.as_bytes());
    let date = rows.headers().unwrap().iter().position(|name| name == "date").unwrap();
    let dates: Vec<String> = rows.records().map(|row| row.unwrap()[date].to_owned()).collect();
    assert_eq!(dates.len(), total);
    assert!(dates.is_sorted_by(|a, b| a >= b), "{dates:?}");
    for ending in ["xlsx", "parquet"] {
        let reply = server.get(&format!("/fr/tables/treaty_action.{ending}{asked}"));
        assert_eq!(reply.status, 200, "{ending}");
    }
    let asked = "?instrument=untoc&at=2013-05-24";
    let page = server.get(&format!("/ar/measures/treaties.parties{asked}")).body;
    assert!(page.contains("/ar/evidence/treaties.parties.csv?instrument=untoc"), "{page}");
    let table = server.get(&format!("/ar/evidence/treaties.parties.csv{asked}"));
    let rows = csv::Reader::from_reader(table.body.as_bytes()).into_records().count();
    assert_eq!(rows, 176);
    assert_eq!(server.get(&format!("/ar/evidence/treaties.parties.xlsx{asked}")).status, 200);
}

#[test]
fn who_says_nothing_is_let_go_and_keeps_nobody_waiting() {
    let home = Home::empty();
    let server = Server::start(&home);
    let mut silent: Vec<TcpStream> = Vec::new();
    for said in ["", "GET /en/ HT", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        silent.push(stream);
    }
    assert_eq!(server.get("/health").status, 200);
    for mut stream in silent {
        let mut rest = Vec::new();
        // An end, and not the end of this test's patience.
        stream.read_to_end(&mut rest).unwrap();
    }
}

#[test]
fn what_no_browser_sends_is_refused_and_the_server_stays() {
    let home = Home::new();
    let server = Server::start(&home);
    let long = format!("/en/registers/treaty_action?q={}", "x".repeat(100_000));
    let many_words = format!("/en/registers/treaty_action?q={}", "a+b+".repeat(8000));
    let many_filters =
        format!("/en/registers/treaty_action?{}", "action=ratification&".repeat(2000));
    let evil = [
        "/en/registers/../../etc/passwd",
        "/en/registers/..%2f..%2fetc%2fpasswd",
        "/en/tables/..%2f..%2fetc%2fpasswd.csv",
        "/en/tables/treaty_action.exe",
        "/en/registers/treaty_action/%00",
        "/en/registers/treaty_action/%ff%fe",
        "/en/registers/treaty_action?page=99999999999999999999&size=-1",
        "/en/registers/treaty_action?page=18446744073709551615",
        "/en/registers/treaty_action?sort=record_id%3Bdrop",
        "/en/registers/treaty_action?q=%27%3B--%20%25%5C",
        "/en/registers/treaty_action?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/en/measures/treaties.parties?instrument=%27&at=2013-99-99",
        "/en/measures/treaties.parties?instrument=untoc&at=2013-05-24&x=1",
        "/en/measures/treaties.parties?instrument=untoc&at=0001-01-01",
        "/en/measures/treaties.parties?instrument=untoc&at=9999-12-31",
        &many_words,
        &many_filters,
        "/en/reports/..%2fstatus",
        "/xx/registers",
        "/api/v1/registers/treaty_action/records?size=100000000",
        "/api/v1/entries/-1/proof",
        &long,
    ];
    for path in evil {
        let reply = server.get(path);
        assert!(reply.status != 0 && reply.status < 500, "{path:.60}: {reply:?}");
        assert!(!reply.body.contains("<script>alert"), "{path:.60}");
        assert!(!reply.body.contains("root:"), "{path:.60}");
    }
    // What cannot be is told, with what could.
    for (asked, told) in [
        ("date=notadate", "YYYY-MM-DD"),
        ("size=many", "a whole number from 1"),
        ("action=nothing", "ratification"),
        ("colour=red", "there is no field"),
    ] {
        for path in ["/en/registers/treaty_action", "/api/v1/registers/treaty_action/records"] {
            let reply = server.get(&format!("{path}?{asked}"));
            assert_eq!(reply.status, 400, "{asked}");
            assert!(reply.body.contains(told), "{asked}: {reply:?}");
        }
    }
    for (path, told) in [
        ("/en/registers/treaty_action?page=-1", "a whole number from 1"),
        ("/en/registers/treaty_action?page=0", "a whole number from 1"),
        ("/api/v1/registers/treaty_action/records?page=2", "cursor"),
        ("/api/v1/registers/treaty_action/records?cursor=x", "the page before"),
        ("/api/v1/registers/treaty_action/records?sort=date&cursor=1~yesterday", "the page before"),
        ("/api/v1/registers/treaty_action/records?fields=date,nothing", "fields of the register"),
        ("/en/tables/treaty_action.csv?colour=red", "there is no field"),
        ("/en/evidence/treaties.parties.csv?instrument=nothing", "instrument"),
        ("/en/registers/instrument/untoc?at=tomorrow", "2024-05-31"),
    ] {
        let reply = server.get(path);
        assert_eq!(reply.status, 400, "{path}: {reply:?}");
        assert!(reply.body.contains(told), "{path}: {reply:?}");
    }
    let path = "/en/measures/treaties.parties?instrument=untoc&at=tomorrow";
    assert_eq!(server.get(path).status, 400);
    for raw in
        [&b"\x00\x01\x02\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", b"DELETE /en/ HTTP/1.0\r\n\r\n"]
    {
        assert!(server.send(raw).status < 500);
    }
    assert_eq!(server.get("/health").body, "ok\n");
}

/// `tests/browser/pages.mjs` in a real browser: axe, widths and the keyboard.
#[test]
fn pages_serve_everyone_in_a_browser() {
    let modules = std::env::var_os("CHANCERY_BROWSER").unwrap_or_default();
    let chromium = "/usr/bin/chromium";
    if !std::path::Path::new(&modules).join("node_modules").exists()
        || !std::path::Path::new(chromium).exists()
    {
        eprintln!("skipped: the browser comes with `make browser`, as in `make test`");
        return;
    }
    let home = Home::demonstration();
    let server = Server::start(&home);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/browser/pages.mjs");
    let address = format!("http://{}", server.address);
    for login in ["ada", "boris"] {
        let roles = ["administrator", "registry_officer", "editor"];
        people::Person::invited(&home, &server, login, &roles, &[]);
    }
    let visit = std::process::Command::new("node")
        .args([script, &address])
        .arg(&modules)
        .arg(chromium)
        .arg(people::PASSWORD)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&visit.stdout);
    assert!(visit.status.success(), "{}", String::from_utf8_lossy(&visit.stderr));
    assert!(told.trim().is_empty(), "{told}");
}

/// The program of some name beside the Python with which the tests read our files.
fn beside_python(name: &str) -> Option<std::path::PathBuf> {
    let python = std::env::var_os("CHANCERY_PYTHON").map(std::path::PathBuf::from);
    let found = python.map(|python| python.with_file_name(name)).filter(|found| found.exists());
    if found.is_none() {
        eprintln!("skipped: {name} comes with `make setup`, as in `make test`");
    }
    found
}

/// `tests/programs/use.py`: nobody writes a client by hand.
#[test]
fn a_client_is_generated_from_the_description_and_asks_through_it() {
    let Some(_) = beside_python("openapi-python-client") else { return };
    let python = beside_python("python").unwrap();
    let home = Home::new();
    let server = Server::start(&home);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/programs/use.py");
    let used = std::process::Command::new(python)
        .args([script, &format!("http://{}", server.address)])
        .arg(home.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&used.stdout);
    assert!(used.status.success(), "{}", String::from_utf8_lossy(&used.stderr));
    assert_eq!(told.trim(), "176 176 176\n176 100\n16 2 FRA\nA/68/127\n400 True");
}

#[test]
fn a_program_that_tries_everything_finds_no_error_of_the_server() {
    let Some(tries) = beside_python("schemathesis") else { return };
    let home = Home::new();
    let server = Server::start(&home);
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
    let json = |call: &[&str]| home.call(call).done().json();
    json(&["--json", "account", "invite", "bot", "--role", "registry_officer", "--service"]);
    let mut call = vec!["--json", "account", "token", "bot", "--days", "1"];
    call.extend(["--act", "see", "--act", "record", "--act", "propose", "--act", "withdraw"]);
    let token = format!("Authorization: Bearer {}", json(&call)["token"].as_str().unwrap());
    // As anybody, everything that can be asked; with a token, what writes too.
    let writing = "registers/(authority|instrument|treaty_action)/";
    let more = ["--include-path-regex", writing, "-H", &token, "--max-examples", "10"];
    for more in [&["--max-examples", "2"][..], &more] {
        let tried = std::process::Command::new(&tries)
            .args(["run", &format!("http://{}/api/v1/openapi.json", server.address)])
            .args(["--checks", checks, "--seed", "1"])
            // It waits, as it is asked to; its own test asks it for less.
            .args(["--exclude-path", "/api/v1/changes", "--request-timeout", "60"])
            .args(more)
            .current_dir(home.path())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&tried.stdout);
        assert!(tried.status.success(), "{told}");
        assert!(told.contains(" passed"), "{told}");
    }
}

#[test]
fn files_of_standards_and_calendars_hold_what_their_reader_sees() {
    let home = Home::demonstration();
    let row = "award,number,final,due,status\ndemo-award-1,9,false,2040-01-31,due\n";
    home.call(&["import", "grant_report", home.file("owed.csv", row), "--source", "a letter"])
        .done();
    let server = Server::start(&home);
    let page = server.get("/ar/registers").body;
    for file in ["/ar/tables/iati.xml", "/ar/tables/programme.ics"] {
        assert!(page.contains(&format!("href=\"{file}\"")), "{file}: {page}");
    }
    let activities = server.get("/en/tables/iati.xml");
    assert!(activities.head.contains("content-type: application/xml"), "{}", activities.head);
    assert!(activities.body.contains("<iati-activity"), "{}", activities.body);
    let calendar = server.get("/en/tables/programme.ics");
    assert!(calendar.head.contains("content-type: text/calendar"), "{}", calendar.head);
    assert!(calendar.body.starts_with("BEGIN:VCALENDAR\r\n"), "{}", calendar.body);
    assert!(calendar.body.contains("Management action due"), "{}", calendar.body);
    assert!(!calendar.body.contains("Grant report due"), "{}", calendar.body);
    // Whoever sees the reports finds in the calendar what is owed.
    let grants = people::Person::invited(&home, &server, "greta", &["grants_officer"], &[]);
    let own = grants.get("/en/tables/programme.ics").body;
    assert!(own.contains("Grant report due"), "{own}");
    for missing in ["/en/tables/programme.xml", "/en/tables/iati.ics", "/en/tables/project.ics"] {
        assert_eq!(server.get(missing).status, 404, "{missing}");
    }
}

#[test]
fn who_sees_the_records_of_a_state_downloads_those_and_learns_of_no_others() {
    let home = Home::new();
    let rows = "code,kind,date,prosecuting_state,sending_state,persons\n\
                own,prosecution,2013-01-02,FIN,FIN,3\nother,prosecution,2013-01-03,KEN,KEN,4\n";
    let file = home.file("cases.csv", rows);
    home.call(&["import", "piracy_case", file, "--source", "a letter"]).done();
    let server = Server::start(&home);
    let of = ["--for", "participant=FIN"];
    let contact = people::Person::invited(&home, &server, "fritz", &["focal_point"], &of);
    for ending in ["json", "csv", "xlsx", "parquet"] {
        let all = contact.get(&format!("/en/tables/piracy_case.{ending}"));
        let own = contact.get(&format!("/en/tables/piracy_case.{ending}?sending_state=FIN"));
        for reply in [&all, &own] {
            assert_eq!(reply.status, 200, "{ending}: {reply:?}");
            assert!(!reply.body.contains("KEN") && !reply.body.contains("consultant"), "{reply:?}");
        }
    }
    let own = contact.get("/en/tables/piracy_case.json?sending_state=FIN").body;
    let own: Value = serde_json::from_str(&own).unwrap();
    assert_eq!(own["records"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["records"][0]["body"]["code"], "own");
    // Beside another State, or another alone, nothing of the other comes along, nor is it counted.
    for (query, records) in [
        ("prosecuting_state=KEN", 0),
        ("prosecuting_state=FIN&prosecuting_state=KEN", 1),
        ("date.from=2013-01-01", 1),
        ("sending_state=KEN", 0),
        ("sending_state=FIN&sending_state=KEN", 1),
        ("sending_state=FIN&sending_state=Finland", 1),
    ] {
        let found = contact.get(&format!("/en/tables/piracy_case.json?{query}")).body;
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(found["records"].as_array().map(Vec::len), Some(records), "{query}: {found}");
        let page = contact.get(&format!("/en/registers/piracy_case?{query}")).body;
        assert!(!page.contains("/registers/piracy_case/other"), "{query}: {page}");
        let facets = page.split("<aside").nth(1).unwrap_or_default();
        assert!(!facets.contains("Kenya"), "{query}: {facets}");
    }
}

#[test]
fn of_several_values_a_record_has_one_and_days_stand_in_a_period() {
    let home = Home::new();
    let server = Server::start(&home);
    let list = "/api/v1/registers/treaty_action/records?size=500&";
    let total = |query: &str| server.json(&format!("{list}{query}"))["total"].as_u64().unwrap();
    let (france, germany) = (total("participant=FRA"), total("participant=DEU"));
    assert!(france > 5 && germany > 5, "{france} {germany}");
    assert_eq!(total("participant=FRA&participant=DEU"), france + germany);
    // Of two fields both must be so; States are known by all their names.
    assert!(total("participant=FRA&participant=DEU&instrument=untoc") < france);
    assert_eq!(total("participant=France"), france);
    let within = server.json(&format!("{list}date.from=2012-05-25&date.to=2013-05-24"));
    let days = within["records"].as_array().unwrap().iter();
    let days: Vec<&str> = days.map(|record| record["body"]["date"].as_str().unwrap()).collect();
    assert!(days.len() > 5 && days.iter().all(|day| ("2012-05-25"..="2013-05-24").contains(day)));
    assert_eq!(
        total("date.to=2012-05-24") + days.len() as u64 + total("date.from=2013-05-25"),
        total("")
    );
    // Who has none of the values is told so, and not that there is nothing.
    for (query, told) in [
        ("participant=Frnce", "did you mean `France`"),
        ("action=ratify", "ratification"),
        ("date.from=tomorrow", "which is not a date"),
        ("participant.from=2012-01-01", "there is no field"),
    ] {
        let reply = server.get(&format!("{list}{query}"));
        assert!(reply.status == 400 && reply.body.contains(told), "{query}: {reply:?}");
    }
    // The page offers the others beside what is chosen, and takes back one at a time.
    let query = "participant=FRA&participant=DEU&date.from=2000-01-01";
    let page = server.get(&format!("/en/registers/treaty_action?{query}")).body;
    let page = page.replace("&#x2f;", "/");
    for link in [
        "participant=DEU&amp;date.from=2000-01-01\">State or organization: France",
        "participant=FRA&amp;participant=DEU\">Date: from 1 January 2000",
        "name=\"date.from\" value=\"2000-01-01\"",
    ] {
        assert!(page.contains(link), "{link}: {page}");
    }
    let csv = server.get(&format!("/en/tables/treaty_action.csv?{query}")).body;
    assert!(csv.contains("DEU") && csv.contains("FRA"), "{csv:.500}");
    // Whoever sees more of the own State sees no more of another beside it.
    let of = ["--for", "participant=FRA"];
    let claire = people::Person::invited(&home, &server, "claire", &["focal_point"], &of);
    let own = claire.get("/en/registers/authority?participant=FRA").body;
    let both = claire.get("/en/registers/authority?participant=FRA&participant=DEU").body;
    let columns = |page: &str| page.matches("<th scope=\"col\"").count();
    let plain = claire.get("/en/registers/authority?participant=DEU").body;
    assert_eq!(columns(&both), columns(&plain), "{both}");
    assert!(columns(&own) >= columns(&both));
}
