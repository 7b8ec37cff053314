//! Other ways in than a password, and letters: another system of the office that says who somebody is, and a
//! server that takes letters, both played by the test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::home::Home;
use crate::people::{Person, between};
use crate::server::{Reply, Server};

const KEY: [u8; 32] = [7; 32];

/// What the provider says next, and what it was last asked for.
#[derive(Default)]
struct Says {
    claims: BTreeMap<String, Value>,
    key: Option<[u8; 32]>,
    verifier: String,
}

struct Provider {
    issuer: String,
    says: Arc<Mutex<Says>>,
}

fn request(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap() == 0 {
            return (head, String::new());
        }
    }
    let length = head.to_lowercase();
    let length = length.split("content-length: ").nth(1);
    let length = length.map_or(0, |rest| rest.split('\r').next().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token that says so, signed by a key.
fn token(claims: &BTreeMap<String, Value>, key: [u8; 32]) -> String {
    let head = json!({"alg": "EdDSA", "kid": "one", "typ": "JWT"});
    let text = format!("{}.{}", part(&head), part(&json!(claims)));
    let signature = SigningKey::from_bytes(&key).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new(Says::default()));
        let (own, told) = (issuer.clone(), Arc::clone(&says));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (head, body) = request(&stream);
                let mut says = told.lock().unwrap();
                let answer = match head.split(' ').nth(1).unwrap_or_default() {
                    "/.well-known/openid-configuration" => json!({
                        "issuer": own,
                        "authorization_endpoint": format!("{own}/authorize"),
                        "token_endpoint": format!("{own}/token"),
                        "jwks_uri": format!("{own}/keys"),
                        "response_types_supported": ["code"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["EdDSA"],
                    }),
                    "/keys" => {
                        let public = SigningKey::from_bytes(&KEY).verifying_key();
                        json!({"keys": [{
                            "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "one", "alg": "EdDSA",
                            "x": URL_SAFE_NO_PAD.encode(public.as_bytes()),
                        }]})
                    }
                    _ => {
                        let verifier = body.split("code_verifier=").nth(1).unwrap_or_default();
                        says.verifier = verifier.split('&').next().unwrap().to_owned();
                        let signed = token(&says.claims, says.key.unwrap_or(KEY));
                        json!({"access_token": "a", "token_type": "bearer", "id_token": signed})
                    }
                };
                let text = answer.to_string();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
                    text.len()
                );
            }
        });
        Self { issuer, says }
    }

    /// What it says of somebody who comes with this nonce.
    fn knows(&self, nonce: &str, subject: &str, more: &[(&str, &str)]) {
        #[expect(clippy::disallowed_methods, reason = "a provider has a clock of its own")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let mut says = self.says.lock().unwrap();
        says.claims = BTreeMap::from([
            ("iss".to_owned(), json!(self.issuer)),
            ("aud".to_owned(), json!("chancery")),
            ("sub".to_owned(), json!(subject)),
            ("nonce".to_owned(), json!(nonce)),
            ("iat".to_owned(), json!(now.as_secs())),
            ("exp".to_owned(), json!(now.as_secs() + 60)),
        ]);
        says.claims.extend(more.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    }
}

/// Somebody whose browser was sent to the provider.
struct Away {
    cookie: String,
    state: String,
    nonce: String,
    challenge: String,
}

fn sent_away(server: &Server, path: &str, headers: &str) -> Away {
    let reply = server.get_with(path, headers);
    assert_eq!(reply.status, 303, "{reply:?}");
    let location = reply.location();
    let asked = |name: &str| between(&location, &format!("{name}="), "&").to_owned();
    assert!(location.contains("code_challenge_method=S256"), "{location}");
    assert!(reply.head.contains("path=/; httponly; samesite=lax"), "{reply:?}");
    let cookie = reply.cookie("chancery_away").unwrap();
    Away {
        cookie: format!("Cookie: chancery_away={cookie}\r\n"),
        state: asked("state"),
        nonce: asked("nonce"),
        challenge: asked("code_challenge"),
    }
}

impl Away {
    fn back(&self, server: &Server) -> Reply {
        server.get_with(&format!("/sign-on/answer?code=good&state={}", self.state), &self.cookie)
    }
}

#[test]
fn another_system_of_the_office_says_who_somebody_is() {
    let home = Home::new();
    let provider = Provider::start();
    let config = home.path().join("chancery.toml");
    let write = |more: &str| {
        let text = format!(
            "address = \"http://localhost\"\nrequests_a_minute = 0\n[single_sign_on]\nname = \"The office\"\nissuer = \"{}\"\nclient = \"chancery\"\n{more}",
            provider.issuer
        );
        std::fs::write(&config, text).unwrap();
    };
    write("");
    let call = ["--config", config.to_str().unwrap()];
    let server = Server::start_with(&home, &call);
    let invite = |login: &str| {
        let call = ["--json", "account", "invite", login, "--role", "editor"];
        let link = home.call(&call).done().json()["link"].as_str().unwrap().to_owned();
        link.rsplit('/').next().unwrap().to_owned()
    };
    // Whoever is invited needs no password.
    let invitation = invite("nadia");
    let page = server.get(&format!("/ar/join/{invitation}"));
    assert!(page.body.contains(&format!("/ar/sign-on?join={invitation}")), "{page:?}");
    let away = sent_away(&server, &format!("/en/sign-on?join={invitation}"), "");
    provider.knows(&away.nonce, "42", &[("name", "Nadia Karimi")]);
    let back = away.back(&server);
    assert_eq!((back.status, back.location().as_str()), (303, "/en/work"), "{back:?}");
    let verifier = provider.says.lock().unwrap().verifier.clone();
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)), away.challenge);
    let me = server.get_with("/en/me", &format!("Cookie: chancery_session={}\r\n", back.session()));
    assert!(me.body.contains("Nadia Karimi") && me.body.contains("is connected"), "{me:?}");
    // From then on the provider lets them in, to where they wanted.
    let away = sent_away(&server, "/fr/sign-on?back=%2Ffr%2Fregisters%2Finstrument", "");
    provider.knows(&away.nonce, "42", &[]);
    let back = away.back(&server);
    assert_eq!(back.location(), "/fr/registers/instrument", "{back:?}");
    // What came once comes no second time, nor in another browser, nor for another question.
    assert_eq!(away.back(&server).status, 401);
    let away = sent_away(&server, "/en/sign-on", "");
    provider.knows(&away.nonce, "42", &[]);
    let other = Away { cookie: String::new(), ..sent_away(&server, "/en/sign-on", "") };
    assert_eq!(other.back(&server).status, 401);
    provider.knows("another", "42", &[]);
    assert_eq!(away.back(&server).status, 502);
    // A token that another signs, one for another client, and one that is too old.
    for (claim, value) in [("", json!(null)), ("aud", json!("other")), ("exp", json!(1))] {
        let away = sent_away(&server, "/en/sign-on", "");
        provider.knows(&away.nonce, "42", &[]);
        match claim {
            "" => provider.says.lock().unwrap().key = Some([8; 32]),
            claim => {
                provider.says.lock().unwrap().claims.insert(claim.to_owned(), value);
            }
        }
        let back = away.back(&server);
        assert_eq!(back.status, 502, "{claim}: {back:?}");
        provider.says.lock().unwrap().key = None;
    }
    // Another site begins nothing that connects an account, and a letter that recovers one is no way around
    // its codes.
    let invitation = invite("olga");
    let elsewhere = "Sec-Fetch-Site: cross-site\r\n";
    let sent = server.get_with(&format!("/en/sign-on?join={invitation}"), elsewhere);
    assert_eq!(sent.location(), "/en/me", "{sent:?}");
    let recover = ["--json", "account", "recover", "nadia"];
    let recovery = home.call(&recover).done().json()["link"].as_str().unwrap().to_owned();
    let recovery = recovery.rsplit('/').next().unwrap();
    assert!(!server.get(&format!("/en/join/{recovery}")).body.contains("sign-on?join"));
    let away = sent_away(&server, &format!("/en/sign-on?join={recovery}"), "");
    provider.knows(&away.nonce, "77", &[]);
    assert_eq!(away.back(&server).status, 401);
    // Who is signed in connects by a link of the own page, once, and not after signing out.
    let petra = Person::invited(&home, &server, "petra", &["editor"], &[]);
    assert_eq!(petra.get("/en/sign-on").location(), "/en/me");
    let me = petra.get("/en/me").body;
    let connect = format!("/en/sign-on?connect={}", between(&me, "/en/sign-on?connect=", "\""));
    let session = format!("Cookie: chancery_session={}\r\n", petra.session());
    let away = sent_away(&server, &connect, &session);
    provider.knows(&away.nonce, "50", &[]);
    assert_eq!(away.back(&server).status, 401, "without the session");
    let mut away = sent_away(&server, &connect, &session);
    provider.knows(&away.nonce, "50", &[]);
    away.cookie += &session;
    assert_eq!(away.back(&server).location(), "/en/me?done=connected");
    let mut again = sent_away(&server, &connect, &session);
    provider.knows(&again.nonce, "51", &[]);
    again.cookie += &session;
    assert_eq!(again.back(&server).status, 401, "a second identity");
    // Who said no there, and who has no account here.
    let away = sent_away(&server, "/en/sign-on", "");
    let no = format!("/sign-on/answer?error=access_denied&state={}", away.state);
    assert_eq!(server.get_with(&no, &away.cookie).status, 401);
    let away = sent_away(&server, "/en/sign-on", "");
    provider.knows(&away.nonce, "43", &[("preferred_username", "nadia")]);
    let back = away.back(&server);
    assert!(back.status == 401 && back.body.contains("no account here"), "{back:?}");
    // Nobody takes another's identity, and who is kept out is kept out.
    let invitation = invite("omar");
    let away = sent_away(&server, &format!("/en/sign-on?join={invitation}"), "");
    provider.knows(&away.nonce, "42", &[]);
    let back = away.back(&server);
    assert!(back.status == 401 && back.body.contains("another account"), "{back:?}");
    home.call(&["account", "disable", "nadia"]).done();
    let away = sent_away(&server, "/en/sign-on", "");
    provider.knows(&away.nonce, "42", &[]);
    assert_eq!(away.back(&server).status, 401);
    drop(server);
    // Where the provider names the login, an account that has no identity is found by it.
    write("login = \"preferred_username\"\n");
    let server = Server::start_with(&home, &call);
    let away = sent_away(&server, "/en/sign-on", "");
    provider.knows(&away.nonce, "44", &[("preferred_username", "Omar")]);
    assert_eq!(away.back(&server).status, 303);
    let away = sent_away(&server, "/en/sign-on", "");
    provider.knows(&away.nonce, "45", &[("preferred_username", "omar")]);
    assert_eq!(away.back(&server).status, 401, "omar has an identity");
    Person::invited(&home, &server, "boris", &["editor"], &[]);
    let away = sent_away(&server, "/en/sign-on", "");
    provider.knows(&away.nonce, "46", &[("preferred_username", "boris")]);
    assert_eq!(away.back(&server).status, 401, "boris has a password");
    drop(server);
    write("login = \"email\"\n");
    let call = ["serve", "--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()];
    assert!(home.call(&call).refused().contains("email_domain"));
    home.call(&["journal", "verify"]).done();
}

/// A server of letters: what it was given, and to whom.
#[derive(Clone)]
struct Letters {
    address: String,
    got: Arc<Mutex<Vec<(String, String)>>>,
}

impl Letters {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().port().to_string();
        let got: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let kept = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || {
                    let Ok(mut stream) = stream else { return };
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    let _ = stream.write_all(b"220 test\r\n");
                    let mut to = String::new();
                    while let Some(Ok(line)) = lines.next() {
                        let answer = match line.split([' ', ':']).next().unwrap() {
                            "RCPT" => {
                                to = between(&line, "<", ">").to_owned();
                                "250 ok\r\n"
                            }
                            "DATA" => {
                                let _ = stream.write_all(b"354 go on\r\n");
                                let mut text = String::new();
                                for line in lines.by_ref() {
                                    let Ok(line) = line else { return };
                                    if line == "." {
                                        break;
                                    }
                                    text += &format!("{line}\n");
                                }
                                let text = text.replace("=\n", "").replace("=3D", "=");
                                kept.lock().unwrap().push((to.clone(), text));
                                "250 ok\r\n"
                            }
                            "QUIT" => "221 bye\r\n",
                            _ => "250 ok\r\n",
                        };
                        if stream.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, got }
    }

    /// The next letter to somebody; none where none comes in time.
    fn to(&self, address: &str) -> Option<String> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            let mut got = self.got.lock().unwrap();
            if let Some(place) = got.iter().position(|(to, _)| to == address) {
                return Some(got.remove(place).1);
            }
            drop(got);
            std::thread::sleep(Duration::from_millis(100));
        }
        None
    }
}

#[test]
fn people_are_written_to_and_letters_say_no_more_than_where_to_look() {
    let home = Home::new();
    let letters = Letters::start();
    let config = home.path().join("chancery.toml");
    let text = format!(
        "address = \"http://localhost\"\nrequests_a_minute = 0\n[mail]\nserver = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"Registers <registers@example.org>\"\n",
        letters.address
    );
    std::fs::write(&config, text).unwrap();
    let server = Server::start_with(&home, &["--config", config.to_str().unwrap()]);
    let admin = Person::invited(&home, &server, "ada", &["administrator", "registry_officer"], &[]);
    // An invitation goes to the address.
    let fields = [
        ("login", "boris"),
        ("role", "registry_officer"),
        ("email", "boris@example.org"),
        ("language", "en"),
    ];
    let page = admin.post("/en/accounts/invite", &fields);
    assert!(page.body.contains("boris@example.org"), "{page:?}");
    let letter = letters.to("boris@example.org").expect("an invitation");
    assert!(letter.contains("Auto-Submitted: auto-generated"), "{letter}");
    let link = between(&letter, "http://localhost", "\n").trim().to_owned();
    assert!(link.starts_with("/en/join/"), "{letter}");
    let boris = Person::joins(&server, &link, "boris");
    // Whoever is written to from now on hears what is new.
    std::thread::sleep(Duration::from_secs(5));
    let said = "please look at this, @boris: it is a secret";
    let commented = admin.post("/en/comment/instrument/untoc", &[("text", said)]);
    assert_eq!(commented.status, 303, "{commented:?}");
    let letter = letters.to("boris@example.org").expect("a mention");
    assert!(letter.contains("You were mentioned in a comment"), "{letter}");
    assert!(letter.contains("http://localhost/en/registers/instrument/untoc"), "{letter}");
    assert!(!letter.contains("secret"), "{letter}");
    let work = boris.get("/en/work");
    assert!(work.body.contains("You were mentioned") && work.body.contains(said), "{work:?}");
    assert!(work.body.contains(">new<"), "{work:?}");
    assert!(!boris.get("/en/work").body.contains(">new<"));
    // What awaits another, what became of it.
    let proposed = boris.post(
        "/en/new/treaty_action",
        &[
            ("instrument", "untoc"),
            ("participant", "FRA"),
            ("action", "acceptance"),
            ("date", "2026-01-31"),
            ("_source", "a note"),
        ],
    );
    assert_eq!(proposed.status, 303, "{proposed:?}");
    let change = proposed.location();
    let change = change.split('?').next().unwrap();
    assert!(admin.get("/en/work").body.contains("A change awaits your approval"));
    let page = admin.get(change);
    let seen = between(&page.body, "name=\"_seen\" value=\"", "\"").to_owned();
    let approved = admin.post(change, &[("_seen", &seen), ("verdict", "approve")]);
    assert_eq!(approved.status, 303, "{approved:?}");
    let letter = letters.to("boris@example.org").expect("an approval");
    assert!(letter.contains("Your change was approved and recorded"), "{letter}");
    assert!(boris.get("/en/work").body.contains("Your change was approved"));
    // Another address holds once a letter to it was answered; none is no trouble.
    let page = boris.post("/en/me/email", &[("email", "b@example.net")]);
    assert!(page.body.contains("We have sent a link"), "{page:?}");
    let letter = letters.to("b@example.net").expect("a question");
    let link = between(&letter, "http://localhost", "\n").trim().to_owned();
    assert!(boris.get("/en/me").body.contains("boris@example.org"));
    assert_eq!(admin.get(&link).status, 404, "another's link");
    assert_eq!(boris.get(&link).status, 303);
    let letter = letters.to("boris@example.org").expect("a word to the old address");
    assert!(letter.contains("has changed"), "{letter}");
    assert!(boris.get("/en/me").body.contains("b@example.net"));
    assert_eq!(boris.get(&link).status, 404, "used");
    for wrong in ["x", "a@", "a b@c", "a@b\r\nBcc: c@d"] {
        let page = boris.post("/en/me/email", &[("email", wrong)]);
        assert_eq!(page.status, 422, "{wrong}: {page:?}");
    }
    assert_eq!(boris.post("/en/me/email", &[("email", "")]).status, 200);
    assert!(!boris.get("/en/me").body.contains("b@example.net"));
}
