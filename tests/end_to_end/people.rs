//! People with accounts, over HTTP: how they get in, what each may do, and what is refused.

use serde_json::{Value, json};

use crate::home::Home;
use crate::server::{Reply, Server};

pub(crate) const PASSWORD: &str = "four words none guesses";

/// Somebody who is signed in.
pub(crate) struct Person<'a> {
    server: &'a Server,
    session: String,
    form: String,
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn post(server: &Server, path: &str, headers: &str, fields: &[(&str, &str)]) -> Reply {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let body = fields.join("&");
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: localhost\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    server.send(request.as_bytes())
}

/// What a page says between two texts.
pub(crate) fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split(after).next().unwrap()
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    between(&reply.head, &format!("\r\n{name}: "), "\r\n")
}

impl<'a> Person<'a> {
    /// Invites somebody, who then sets a password and signs in.
    pub(crate) fn invited(
        home: &Home,
        server: &'a Server,
        login: &str,
        roles: &[&str],
        more: &[&str],
    ) -> Self {
        let mut call = vec!["--json", "account", "invite", login];
        for role in roles {
            call.extend(["--role", role]);
        }
        call.extend(more);
        let link = home.call(&call).done().json()["link"].as_str().unwrap().to_owned();
        Self::joins(server, &link, login)
    }

    /// Accepts an invitation, and signs in.
    pub(crate) fn joins(server: &'a Server, link: &str, login: &str) -> Self {
        let set = [("name", ""), ("password", PASSWORD), ("again", PASSWORD)];
        let joined = post(server, link, "", &set);
        assert_eq!(joined.status, 303, "{joined:?}");
        // An invitation is used once.
        assert_eq!(server.get(link).status, 404);
        let again = post(server, link, "", &set);
        assert_eq!(again.status, 404, "{again:?}");
        Self::signed_in(server, login)
    }

    fn signed_in(server: &'a Server, login: &str) -> Self {
        let fields = [("login", login), ("password", PASSWORD)];
        let reply = post(server, "/en/sign-in", "", &fields);
        assert_eq!(reply.status, 303, "{reply:?}");
        let cookie = reply.head.split("set-cookie: ").nth(1).unwrap();
        assert!(cookie.contains("; httponly; samesite=lax"), "{cookie}");
        let session = reply.session();
        let mut person = Self { server, session, form: String::new() };
        let page = person.get("/en/me");
        person.form = between(&page.body, "name=\"_form\" value=\"", "\"").to_owned();
        person
    }

    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// The same person, whose pages were made for another session.
    pub(crate) fn with_old_forms(self) -> Self {
        Self { form: "of another".to_owned(), ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_with(path, "")
    }

    pub(crate) fn get_with(&self, path: &str, headers: &str) -> Reply {
        let cookie = format!("Cookie: chancery_session={}\r\n{headers}", self.session);
        self.server.get_with(path, &cookie)
    }

    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("_form", self.form.as_str())];
        all.extend(fields);
        let cookie = format!("Cookie: chancery_session={}\r\n", self.session);
        post(self.server, path, &cookie, &all)
    }

    /// Sends a file as a browser does.
    pub(crate) fn upload(
        &self,
        path: &str,
        name: &str,
        bytes: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        self.attach(path, ("file", name, bytes), fields)
    }

    pub(crate) fn attach(
        &self,
        path: &str,
        (field, name, bytes): (&str, &str, &str),
        fields: &[(&str, &str)],
    ) -> Reply {
        let own = field;
        let mut body = String::new();
        for (field, value) in [("_form", self.form.as_str())].iter().chain(fields) {
            body += &format!(
                "--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
        }
        body += &format!(
            "--x\r\nContent-Disposition: form-data; name=\"{own}\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n{bytes}\r\n--x--\r\n"
        );
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nCookie: chancery_session={}\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n{body}",
            self.session,
            body.len()
        );
        self.server.send(request.as_bytes())
    }

    /// Issues a token as the page does.
    fn token(&self, acts: &[&str], registers: &str) -> String {
        let mut fields = vec![("name", "a program"), ("days", "1")];
        let registers = registers.split(',').filter(|name| !name.is_empty());
        fields.extend(registers.map(|name| ("register", name)));
        fields.extend(acts.iter().map(|act| ("act", *act)));
        let page = self.post("/en/me/token", &fields);
        assert_eq!(page.status, 200, "{page:?}");
        let at = page.body.find("chy_").unwrap();
        page.body[at..].split('<').next().unwrap().to_owned()
    }
}

fn call(server: &Server, method: &str, path: &str, token: &str, more: &str, body: &Value) -> Reply {
    let body = body.to_string();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{more}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    server.send(request.as_bytes())
}

/// An authority, as its form has it.
pub(crate) const AUTHORITY: [(&str, &str); 6] = [
    ("instrument", "untoc"),
    ("participant", "FRA"),
    ("function", "extradition"),
    ("number", "9"),
    ("name", "A ministry of tests"),
    ("_source", "a note of tests"),
];

#[test]
fn who_says_nothing_true_is_not_let_in_and_tries_no_thousand_passwords() {
    let home = Home::empty();
    let server = Server::start(&home);
    let person = Person::invited(&home, &server, "anna", &["desk_officer"], &[]);
    assert_eq!(person.get("/en/work").status, 200);
    // Nobody, a session that somebody made up, one that was cut, and one of another.
    for session in ["", "AAAA", &person.session[..20], "../../etc/passwd"] {
        let reply = server.get_with("/en/work", &format!("Cookie: chancery_session={session}\r\n"));
        assert_eq!(reply.status, 303, "{session}: {reply:?}");
        assert_eq!(header(&reply, "location"), "/en/sign-in?back=%2fen%2fwork");
    }
    // Wrong passwords are counted, of accounts that are there and of others alike.
    for login in ["anna", "nobody"] {
        let tries: Vec<u16> = (0..12)
            .map(|_| {
                let fields = [("login", login), ("password", "a wrong password")];
                post(&server, "/en/sign-in", "", &fields).status
            })
            .collect();
        assert_eq!(tries[..10], [401; 10], "{login}");
        assert_eq!(tries[10..], [429; 2], "{login}");
    }
    // Even the right one has to wait then; who is in stays in.
    let fields = [("login", "anna"), ("password", PASSWORD)];
    assert_eq!(post(&server, "/en/sign-in", "", &fields).status, 429);
    assert_eq!(person.get("/en/work").status, 200);
    let events = home.call(&["--json", "entries", "access_event"]).done().json();
    let refused: Vec<(&str, &str)> = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["body"]["outcome"] == "refused")
        .map(|event| {
            let body = &event["body"];
            (body["login"].as_str().unwrap(), body["action"].as_str().unwrap())
        })
        .collect();
    assert_eq!(refused, [("anna", "sign_in"), ("unknown", "sign_in")]);
    // A form of another site, and one without the word that only our pages have.
    let fields = [("login", "anna"), ("password", PASSWORD)];
    let foreign = post(&server, "/en/sign-in", "Sec-Fetch-Site: cross-site\r\n", &fields);
    assert_eq!(foreign.status, 403);
    let cookie = format!("Cookie: chancery_session={}\r\n", person.session);
    for form in ["", "x", &"0".repeat(64)] {
        let reply = post(&server, "/en/me/codes", &cookie, &[("_form", form)]);
        assert_eq!(reply.status, 403, "{form}");
    }
    // Whoever signs out is out, and what the browser carried is worth nothing.
    assert_eq!(person.post("/en/sign-out", &[]).status, 303);
    assert_eq!(person.get("/en/work").status, 303);
}

#[test]
fn a_weak_password_is_refused_and_another_ends_the_other_sessions() {
    let home = Home::empty();
    let server = Server::start(&home);
    let invited = home.call(&["--json", "account", "invite", "li", "--role", "editor"]).done();
    let link = invited.json()["link"].as_str().unwrap().to_owned();
    for (password, told) in [
        ("short", "too short"),
        ("passwordpassword", "tried first"),
        ("aaaaaaaaaaaaaaaaaa", "tried first"),
    ] {
        let page = post(&server, &link, "", &[("password", password), ("again", password)]);
        assert!(page.body.contains(told), "{password}: {}", page.body);
    }
    let page = post(&server, &link, "", &[("password", PASSWORD), ("again", "another")]);
    assert!(page.body.contains("not the same"), "{}", page.body);
    assert_eq!(
        post(&server, &link, "", &[("password", PASSWORD), ("again", PASSWORD)]).status,
        303
    );
    let (here, there) = (Person::signed_in(&server, "li"), Person::signed_in(&server, "li"));
    let wrong =
        [("old", "not it at all"), ("password", "other good words"), ("again", "other good words")];
    assert_eq!(here.post("/en/me/password", &wrong).status, 422);
    assert_eq!(there.get("/en/work").status, 200);
    let right =
        [("old", PASSWORD), ("password", "other good words"), ("again", "other good words")];
    assert_eq!(here.post("/en/me/password", &right).status, 200);
    assert_eq!(there.get("/en/work").status, 303);
    assert_eq!(here.get("/en/work").status, 200);
    // Whoever is kept out is out at once.
    home.call(&["account", "disable", "li"]).done();
    assert_eq!(here.get("/en/work").status, 303);
    let fields = [("login", "li"), ("password", "other good words")];
    assert_eq!(post(&server, "/en/sign-in", "", &fields).status, 401);
}

#[test]
fn what_one_proposes_another_approves_and_nobody_their_own() {
    let home = Home::new();
    let server = Server::start(&home);
    let french = ["--for", "participant=FRA"];
    let contact = Person::invited(&home, &server, "claire", &["focal_point"], &french);
    let officer = Person::invited(&home, &server, "omar", &["registry_officer"], &[]);
    // For another State nothing is proposed, and that is on record.
    let mut foreign = AUTHORITY;
    foreign[1].1 = "ESP";
    assert_eq!(contact.post("/en/new/authority", &foreign).status, 403);
    assert_eq!(contact.post("/en/new/instrument", &[("code", "x")]).status, 403);
    let events = home.call(&["--json", "entries", "access_event", "outcome=refused"]).done().json();
    assert_eq!(events[0]["body"]["object"], "authority");
    // What is wrong stands at its field, and what was given is not lost.
    let mut wrong = AUTHORITY;
    wrong[3].1 = "none";
    let page = contact.post("/en/new/authority", &wrong);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("A ministry of tests") && page.body.contains("a whole number"));
    // Proposed, seen by both, approved by the one.
    let proposed = contact.post("/en/new/authority", &AUTHORITY);
    assert_eq!(proposed.status, 303, "{proposed:?}");
    let change = header(&proposed, "location").split('?').next().unwrap().to_owned();
    assert!(change.starts_with("/en/changes/"), "{change}");
    let record = "/en/registers/authority/untoc/FRA/extradition/9";
    assert_eq!(server.get(record).status, 404);
    assert!(contact.get("/en/work").body.contains(&change));
    let own = contact.get(&change);
    assert!(!own.body.contains("value=\"approve\""));
    let seen = officer.get(&change);
    assert!(seen.body.contains("A ministry of tests") && seen.body.contains("value=\"approve\""));
    let seen = between(&seen.body, "name=\"_seen\" value=\"", "\"").to_owned();
    let approve = [("verdict", "approve"), ("_seen", seen.as_str())];
    assert_eq!(contact.post(&change, &approve).status, 403);
    assert_eq!(officer.post(&change, &[("verdict", "approve"), ("_seen", "1")]).status, 422);
    assert_eq!(officer.post(&change, &approve).status, 303);
    // Once is enough.
    assert_eq!(officer.post(&change, &approve).status, 422);
    let recorded = home.call(&["--json", "history", "authority", "untoc/FRA/extradition/9"]).done();
    let recorded = recorded.json();
    assert_eq!(recorded[0]["actor"], "omar");
    assert_eq!(recorded[0]["source"], "a note of tests");
    assert_eq!(server.get(record).status, 200);
    home.call(&["journal", "verify"]).done();
    // What the depositary notified needs two registry officers.
    let action = [
        ("instrument", "untoc"),
        ("participant", "FRA"),
        ("action", "acceptance"),
        ("date", "2026-01-31"),
        ("_source", "a depositary notification"),
    ];
    let proposed = officer.post("/en/new/treaty_action", &action);
    let change = header(&proposed, "location").split('?').next().unwrap().to_owned();
    let page = officer.get(&change);
    assert!(!page.body.contains("value=\"approve\""), "{change}: {}", page.body);
    let explained = home.call(&["access", "explain", "omar", "record", "treaty_action"]);
    assert_eq!(explained.code, 1);
    assert!(explained.out.contains("treaty_actions_need_two"), "{explained}");
}

#[test]
fn a_record_begins_in_its_first_state_and_leaves_none_but_by_a_move() {
    let home = Home::new();
    let server = Server::start(&home);
    let officer = Person::invited(&home, &server, "omar", &["registry_officer"], &[]);
    let declaration = |status| {
        [
            ("instrument", "untoc"),
            ("participant", "FRA"),
            ("kind", "declaration"),
            ("number", "9"),
            ("date", "2003-01-01"),
            ("subject", "jurisdiction"),
            ("summary.en", "Of tests"),
            ("status", status),
            ("_source", "a letter"),
        ]
    };
    let mut later = declaration("withdrawn").to_vec();
    later.push(("withdrawn_on", "2004-01-01"));
    let withdrawn = officer.post("/en/new/declaration", &later);
    assert_eq!(withdrawn.status, 422, "{withdrawn:?}");
    assert!(withdrawn.body.contains("a new record that is `withdrawn`"), "{}", withdrawn.body);
    let begun = officer.post("/en/new/declaration", &declaration("in_force"));
    assert_eq!(begun.status, 303, "{}", between(&begun.body, "<main", "</main>"));
    let key =
        home.call(&["--json", "entries", "declaration", "number=9", "participant=FRA"]).done();
    let key = key.json()[0]["key"].as_str().unwrap().to_owned();
    assert!(officer.get(&format!("/en/registers/declaration/{key}")).body.contains("In force"));
    let edit = format!("/en/edit/declaration/{key}");
    let replaces = officer.get(&edit).body;
    let replaces = between(&replaces, "name=\"_replaces\" value=\"", "\"").to_owned();
    let mut cleared = declaration("").to_vec();
    cleared.push(("_replaces", &replaces));
    assert_eq!(officer.post(&edit, &cleared).status, 422);
}

#[test]
fn a_program_records_all_or_nothing_once_and_within_its_token() {
    let home = Home::new();
    let server = Server::start(&home);
    let officer = Person::invited(&home, &server, "omar", &["registry_officer"], &[]);
    let token = officer.token(&["see", "record"], "authority");
    let path = "/api/v1/registers/authority/records";
    let record = |number: i64, name: &str| {
        json!({"instrument": "untoc", "participant": "FRA", "function": "extradition",
               "number": number, "name": name})
    };
    let sent = json!({"source": "a program", "records": [record(5, "A"), record(6, "B")]});
    let first = call(&server, "POST", path, &token, "Idempotency-Key: one\r\n", &sent);
    assert_eq!(first.status, 200, "{first:?}");
    let done: Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!(done["added"], 2);
    // The same again is answered alike; something else by the same name is not done.
    let again = call(&server, "POST", path, &token, "Idempotency-Key: one\r\n", &sent);
    assert_eq!(again.body, first.body);
    let other = json!({"source": "a", "records": [record(7, "C")]});
    let reply = call(&server, "POST", path, &token, "Idempotency-Key: one\r\n", &other);
    assert_eq!(reply.status, 422, "{reply:?}");
    // One bad record, and none is recorded; each is told.
    let bad = [record(7, "C"), json!({"instrument": "untoc", "participant": "FRA"})];
    let bad = json!({"source": "a", "records": bad});
    // Where facts come from is said of all of them or of each.
    let unsaid = json!({"records": [record(7, "C")]});
    let reply = call(&server, "POST", path, &token, "", &unsaid);
    assert!(reply.status == 422 && reply.body.contains("where the fact comes from"), "{reply:?}");
    let reply = call(&server, "POST", path, &token, "", &bad);
    assert_eq!(reply.status, 422, "{reply:?}");
    assert!(reply.head.contains("application/problem+json"));
    assert_eq!(
        server.get("/api/v1/registers/authority/records/untoc%2FFRA%2Fextradition%2F7").status,
        404
    );
    // A version is replaced by who has seen it.
    let one = "/api/v1/registers/authority/records/untoc%2FFRA%2Fextradition%2F5";
    let entry = server.json(one)["entry"].as_u64().unwrap();
    let body = json!({"source": "a letter", "body": record(5, "A new name")});
    for (match_, status) in [
        ("".to_owned(), 428),
        ("If-Match: \"1\"\r\n".to_owned(), 412),
        (format!("If-Match: \"{entry}\"\r\n"), 200),
    ] {
        let reply = call(&server, "PUT", one, &token, &match_, &body);
        assert_eq!(reply.status, status, "{reply:?}");
    }
    assert_eq!(server.json(one)["body"]["name"], "A new name");
    // What replaces one record is not another one.
    let seen = format!("If-Match: {}\r\n", server.json(one)["entry"]);
    for (number, status) in [(6, 412), (99, 422)] {
        let other = json!({"source": "a", "body": record(number, "of another key")});
        let reply = call(&server, "PUT", one, &token, &seen, &other);
        assert_eq!(reply.status, status, "{reply:?}");
    }
    assert_eq!(server.json(one)["body"]["name"], "A new name");
    // A token is for what it was issued for, and a cookie is no word for writing.
    let elsewhere = json!({"records": [{"code": "x"}]});
    let reply =
        call(&server, "POST", "/api/v1/registers/instrument/records", &token, "", &elsewhere);
    assert_eq!(reply.status, 403, "{reply:?}");
    let reader = officer.token(&["see"], "");
    assert_eq!(call(&server, "POST", path, &reader, "", &other).status, 403);
    assert_eq!(call(&server, "POST", path, "chy_made-up", "", &other).status, 401);
    let cookie = format!("Cookie: chancery_session={}\r\n", officer.session);
    let written = other.to_string();
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: localhost\r\n{cookie}Content-Length: {}\r\n\r\n{written}",
        written.len()
    );
    assert_eq!(server.send(request.as_bytes()).status, 401);
    // Bodies that no program means.
    for body in ["", "[", "{\"records\": 1}", "{\"records\": [], \"extra\": 1}", "null"] {
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(server.send(request.as_bytes()).status, 400, "{body}");
    }
    // What was recorded is told to who follows, as far as they see it.
    let feed = server.json(&format!("/api/v1/changes?after={}", entry - 1));
    assert_eq!(feed["changes"][0]["key"], "untoc/FRA/extradition/5");
    let seen = feed["changes"].as_array().unwrap().iter();
    assert!(seen.clone().all(|change| change["register"] != "access_event"), "{feed}");
    assert!(seen.clone().all(|change| change["register"] != "account"), "{feed}");
    let stream = server.first_event(&format!("/api/v1/changes?after={}", entry - 1));
    assert!(stream.contains("content-type: text/event-stream"), "{stream}");
    assert!(stream.contains("untoc/FRA/extradition/5"), "{stream}");
    let next = feed["next"].as_u64().unwrap();
    assert_eq!(server.json(&format!("/api/v1/changes?after={next}&wait=1"))["changes"], json!([]));
    assert_eq!(server.get("/api/v1/changes?after=x").status, 400);
}

#[test]
fn each_sees_what_policies_say_and_no_more() {
    let home = Home::demonstration();
    let server = Server::start(&home);
    let officer = Person::invited(&home, &server, "eva", &["evaluation_officer"], &[]);
    let desk = Person::invited(&home, &server, "dora", &["desk_officer"], &[]);
    let contact =
        Person::invited(&home, &server, "claire", &["focal_point"], &["--for", "participant=FRA"]);
    let auditor = Person::invited(&home, &server, "ari", &["auditor"], &[]);
    // A register whose key only the office knows.
    let hidden = "/en/registers/engagement";
    assert_eq!(server.get(hidden).status, 404);
    assert_eq!(contact.get(hidden).status, 404);
    let (restricted, office) = (officer.get(hidden), desk.get(hidden));
    assert_eq!((restricted.status, office.status), (200, 200));
    assert!(restricted.body.contains("Performance rating"), "{}", restricted.body);
    assert!(!office.body.contains("Performance rating"), "{}", office.body);
    assert!(restricted.head.contains("cache-control: no-store"));
    // Sorting and filtering by a field that is hidden says that there is none.
    assert_eq!(desk.get("/en/registers/engagement?sort=rating").status, 400);
    assert_eq!(desk.get("/en/registers/engagement?rating=5").status, 400);
    assert_eq!(officer.get("/en/registers/engagement?sort=rating").status, 200);
    // Who may see what was refused.
    assert_eq!(auditor.get("/en/registers/access_event").status, 200);
    assert_eq!(officer.get("/en/registers/access_event").status, 404);
    // Nobody writes there, nor gives themselves a role.
    assert_eq!(auditor.get("/en/new/access_event").status, 403);
    for person in [&officer, &desk, &contact, &auditor] {
        assert_eq!(person.get("/en/accounts").status, 403);
        let role = [("login", "dora"), ("role", "administrator")];
        assert_eq!(person.post("/en/accounts/roles", &role).status, 403);
        assert!([403, 404].contains(&person.post("/en/new/account", &[("login", "x")]).status));
    }
    // A page of somebody who is signed in is not shown to others.
    assert_eq!(server.get(hidden).status, 404);
    // The same by the interface for programs.
    let token = desk.token(&["see"], "");
    let reply = call(
        &server,
        "GET",
        "/api/v1/registers/engagement/records?size=1",
        &token,
        "",
        &json!(null),
    );
    let page: Value = serde_json::from_str(&reply.body).unwrap();
    assert!(page["total"].as_u64().unwrap() > 0);
    assert_eq!(page["records"][0]["body"]["rating"], Value::Null);
    let scoped = desk.token(&["see"], "instrument");
    let reply =
        call(&server, "GET", "/api/v1/registers/engagement/records", &scoped, "", &json!(null));
    assert_eq!(reply.status, 404);
}

#[test]
fn an_administrator_invites_lets_in_again_and_keeps_out() {
    let home = Home::empty();
    let server = Server::start(&home);
    let admin = Person::invited(&home, &server, "ada", &["administrator"], &[]);
    let made = admin
        .post("/ar/accounts/invite", &[("login", "noor"), ("name", "نور"), ("role", "editor")]);
    assert_eq!(made.status, 200, "{made:?}");
    let link = between(&made.body, "<code dir=\"ltr\">", "</code>").replace("&#x2f;", "/");
    let link = link.strip_prefix("http://localhost").unwrap().to_owned();
    assert!(link.starts_with("/ar/join/"), "{link}");
    let set = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(post(&server, &link, "", &set).status, 303);
    let noor = Person::signed_in(&server, "noor");
    assert!(noor.get("/ar/me").body.contains("نور"));
    // What is wrong with an invitation is told in full.
    for fields in [
        vec![("login", "Not A Login"), ("role", "editor")],
        vec![("login", "noor"), ("role", "editor")],
        vec![("login", "x.y"), ("role", "emperor")],
        vec![("login", "x.y")],
    ] {
        let page = admin.post("/en/accounts/invite", &fields);
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.body.contains("class=\"problems\""));
    }
    let recovered = admin.post("/en/accounts/recover", &[("login", "noor")]);
    let link = between(&recovered.body, "<code dir=\"ltr\">", "</code>").replace("&#x2f;", "/");
    let link = link.strip_prefix("http://localhost").unwrap().to_owned();
    // Nobody shuts the last door behind them.
    assert_eq!(admin.post("/en/accounts/disable", &[("login", "ada")]).status, 422);
    assert_eq!(noor.get("/en/work").status, 303, "its sessions end");
    let set = [("password", "another set of words"), ("again", "another set of words")];
    assert_eq!(post(&server, &link, "", &set).status, 303);
    admin.post("/en/accounts/disable", &[("login", "noor")]);
    let fields = [("login", "noor"), ("password", "another set of words")];
    assert_eq!(post(&server, "/en/sign-in", "", &fields).status, 401);
    // All of it is on record.
    let events = home.call(&["--json", "entries", "access_event"]).done().json();
    let mut acts: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["body"]["login"] == "ada")
        .map(|event| event["body"]["action"].as_str().unwrap())
        .collect();
    acts.sort_unstable();
    assert_eq!(acts, ["administer", "invite", "recover"]);
    // What a person is called can be forgotten.
    home.call(&["account", "forget", "noor"]).done();
    assert!(!admin.get("/en/accounts").body.contains("نور"));
}

#[test]
fn people_talk_about_a_record_and_are_told() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let boris = Person::invited(&home, &server, "boris", &["desk_officer"], &[]);
    let path = "/en/comment/instrument/untoc";
    let said = anna.post(path, &[("text", "Is this right, @boris? <script>alert(1)</script>")]);
    assert_eq!(said.status, 303, "{said:?}");
    let told = boris.get("/en/work").body;
    assert!(told.contains("Is this right"), "{told}");
    assert!(!told.contains("<script>alert"), "{told}");
    assert!(boris.get("/en/registers/instrument/untoc").body.contains("Is this right"));
    assert!(!server.get("/en/registers/instrument/untoc").body.contains("Is this right"));
    assert_eq!(anna.post(path, &[("text", " ")]).status, 422);
    let slip = anna.post(path, &[("text", "and this, @bors?")]);
    assert!(slip.status == 422 && slip.body.contains("`boris`"), "{slip:?}");
    assert_eq!(anna.post(path, &[("text", "write to bors@example.org")]).status, 303);
    assert_eq!(anna.post("/en/comment/instrument/none", &[("text", "x")]).status, 404);
}

#[test]
fn a_copy_is_made_while_people_work_and_restored_only_if_it_is_whole() {
    let home = Home::new();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["registry_officer"], &[]);
    let copy = home.path().join("copy");
    home.call(&["backup", copy.to_str().unwrap()]).done();
    assert_eq!(anna.post("/en/new/authority", &AUTHORITY).status, 303);
    home.call(&["backup", copy.to_str().unwrap()]).refused();
    let restored = home.path().join("restored");
    let restored = restored.to_str().unwrap();
    home.call(&["--home", restored, "restore", copy.to_str().unwrap()]).done();
    home.call(&["--home", restored, "journal", "verify"]).done();
    let accounts = home.call(&["--home", restored, "--json", "account", "list"]).done().json();
    assert_eq!(accounts["accounts"][0]["login"], "anna");
    let records = home.call(&["--home", restored, "--json", "entries", "authority"]).done().json();
    assert!(!records.to_string().contains("A ministry of tests"));
    // A copy without all its parts, or that was changed, is no copy.
    let half = home.path().join("half");
    home.call(&["backup", half.to_str().unwrap()]).done();
    std::fs::remove_file(half.join("vault.sqlite")).unwrap();
    let refused = ["--home", "elsewhere", "restore", half.to_str().unwrap()];
    assert!(home.call(&refused).refused().contains("vault"));
    let file = copy.join("journal.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    // SQLite may leave a copy of an entry in space that it does not use.
    let found: Vec<usize> =
        (0..bytes.len() - 9).filter(|at| bytes[*at..].starts_with(b"\"actor\":\"")).collect();
    found.into_iter().for_each(|at| bytes[at + 9] ^= 1);
    std::fs::write(&file, bytes).unwrap();
    let other = home.path().join("other");
    let told = home
        .call(&["--home", other.to_str().unwrap(), "restore", copy.to_str().unwrap()])
        .refused();
    assert!(told.contains("not whole"), "{told}");
    assert!(!other.exists());
}

#[test]
fn a_server_counts_and_turns_away_who_asks_too_often() {
    let home = Home::empty();
    let server = Server::start_with(&home, &["--requests-a-minute", "60"]);
    let asked: Vec<u16> = (0..40).map(|_| server.get("/en/").status).collect();
    assert_eq!(asked[..30], [200; 30]);
    assert!(asked[30..].contains(&429), "{asked:?}");
    assert_eq!(server.get("/health").status, 200);
    assert_eq!(server.get("/ready").status, 200);
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains("chancery_requests_total{status=\"2xx\"} 3"), "{metrics}");
    assert!(!metrics.contains("chancery_limited_total 0"), "{metrics}");
    // What a proxy asks for others is not for them.
    assert_eq!(server.get_with("/metrics", "X-Forwarded-For: 192.0.2.1\r\n").status, 404);
}

/// The code that an app shows now for a secret as people type it.
fn code(secret: &str) -> String {
    let script = "import base64,hmac,struct,sys,time\n\
        mac = hmac.new(base64.b32decode(sys.argv[1]), struct.pack('>Q', int(time.time()) // 30), 'sha1').digest()\n\
        at = mac[-1] & 15\n\
        print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let shown =
        std::process::Command::new("python3").args(["-c", script, secret]).output().unwrap();
    String::from_utf8(shown.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_second_factor_is_asked_for_and_no_code_is_good_twice() {
    let home = Home::empty();
    let server = Server::start(&home);
    let anna = Person::invited(&home, &server, "anna", &["desk_officer"], &[]);
    let begun = anna.post("/en/me/codes", &[]);
    let secret = between(&begun.body, "<code dir=\"ltr\">", "</code>").to_owned();
    // Until a code was shown, none is asked for; a slip shows the same secret again.
    let slip = anna.post("/en/me/codes-shown", &[("code", "000000")]);
    assert!(slip.body.contains(&secret), "{}", slip.body);
    Person::signed_in(&server, "anna");
    let first = code(&secret);
    let shown = anna.post("/en/me/codes-shown", &[("code", &first)]);
    assert!(shown.body.contains("asked for a code"), "{}", shown.body);
    // The password alone lets nobody in now, nor does a code that was shown already.
    let fields = [("login", "anna"), ("password", PASSWORD)];
    let half = post(&server, "/en/sign-in", "", &fields);
    assert!(half.status == 200 && !half.head.contains("set-cookie"), "{half:?}");
    let half = between(&half.body, "name=\"half\" value=\"", "\"").to_owned();
    for wrong in [first.as_str(), "000000", ""] {
        let reply = post(&server, "/en/sign-in", "", &[("half", &half), ("code", wrong)]);
        assert_eq!(reply.status, 401, "{wrong}: {reply:?}");
    }
    let made_up = post(&server, "/en/sign-in", "", &[("half", "x"), ("code", &first)]);
    assert_eq!(made_up.status, 401);
    // Whoever lost the telephone has a code on paper, for once, however it is typed.
    let paper: Vec<&str> = shown.body.split("<li><code>").skip(1).map(|one| &one[..19]).collect();
    assert_eq!(paper.len(), 8, "{}", shown.body);
    let typed = paper[0].to_uppercase().replace('-', " ");
    let with_paper = [("half", half.as_str()), ("code", typed.as_str())];
    assert_eq!(post(&server, "/en/sign-in", "", &with_paper).status, 303);
    let half = post(&server, "/en/sign-in", "", &fields);
    assert!(half.body.contains("maxlength=\"24\""), "{half:?}");
    let half = between(&half.body, "name=\"half\" value=\"", "\"").to_owned();
    for (code, status) in [(typed.as_str(), 401), (paper[1], 303)] {
        let reply = post(&server, "/en/sign-in", "", &[("half", &half), ("code", code)]);
        assert_eq!(reply.status, status, "{code}: {reply:?}");
    }
    // Whoever lost that too is let in again by an administrator, and by nobody else.
    let link = home.call(&["--json", "account", "recover", "anna", "--forget-codes"]).done().json();
    let link = link["link"].as_str().unwrap().to_owned();
    assert_eq!(post(&server, "/en/sign-in", "", &fields).status, 401, "the old password is gone");
    let set = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(post(&server, &link, "", &set).status, 303);
    Person::signed_in(&server, "anna");
}

#[test]
fn an_administrator_says_for_which_state_an_account_speaks() {
    let home = Home::new();
    let server = Server::start(&home);
    let admin = Person::invited(&home, &server, "ada", &["administrator"], &[]);
    let contact = Person::invited(&home, &server, "fritz", &["state_party"], &[]);
    let (new, path) = ("/en/new/authority", "/en/accounts/roles");
    assert_eq!(contact.get(new).status, 403);
    let mut fields = [("login", "fritz"), ("role", "focal_point"), ("participant", "Narnia")];
    assert_eq!(admin.post(path, &fields).status, 422);
    // Whoever is the focal point of no State is none.
    assert_eq!(admin.post(path, &fields[..2]).status, 422);
    fields[2].1 = "Finland";
    let page = admin.post(path, &fields);
    assert_eq!(page.status, 200, "{page:?}");
    let row = between(&page.body, "fritz</span>", "</th>").to_owned();
    assert!(row.contains("Finland"), "{row}");
    let form = contact.get(new);
    assert!(form.body.contains("value=\"FIN\""), "{form:?}");
    // What another administrator changed meanwhile stays where the page did not touch it.
    let untouched = [("login", "fritz"), ("role", "focal_point")];
    assert!(
        between(&admin.post(path, &untouched).body, "fritz</span>", "</th>").contains("Finland")
    );
    let mut fields = [fields[0], fields[1], ("participant", ""), ("_was.participant", "FIN")];
    assert_eq!(admin.post(path, &fields).status, 422);
    fields[1].1 = "state_party";
    assert!(!between(&admin.post(path, &fields).body, "fritz</span>", "</th>").contains("Finland"));
    assert_eq!(contact.get(new).status, 403);
    // What was typed into an invitation is there again where something is wrong with it.
    let invitation = [
        ("login", "greta"),
        ("name", "Greta Example"),
        ("email", "greta@example.org"),
        ("language", "fr"),
        ("role", "focal_point"),
    ];
    let page = admin.post("/en/accounts/invite", &invitation);
    assert_eq!(page.status, 422, "{page:?}");
    let form = between(&page.body, "id=\"invite\"", "</main>").to_owned();
    for typed in [
        "value=\"greta\"",
        "value=\"Greta Example\"",
        "value=\"greta@example.org\"",
        "value=\"fr\" lang=\"fr\" selected",
        "value=\"focal_point\" checked",
        "a value, which is required",
    ] {
        assert!(form.contains(typed), "{typed}: {form}");
    }
}
