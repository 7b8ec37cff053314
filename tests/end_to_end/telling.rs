//! What other systems are told: in order, at least once, and signed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;

use crate::home::Home;
use crate::server::Server;

/// A message as it came: head in small letters, and body.
fn heard(listener: &TcpListener, status: &str) -> (String, String) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let head = head.to_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap();
    let mut body = vec![0; length.split('\r').next().unwrap().parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.split(&format!("\r\n{name}: ")).nth(1).unwrap().split('\r').next().unwrap()
}

#[test]
fn browsers_are_greeted_by_tls_and_keep_their_sessions_to_it() {
    let home = Home::empty();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args(["-keyout", "key.pem", "-out", "chain.pem", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .current_dir(home.path())
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("skipped: there is no openssl to make a certificate with");
        return;
    }
    let config = home.path().join("chancery.toml");
    let tls = "[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n";
    std::fs::write(&config, tls).unwrap();
    let call = ["--config", config.to_str().unwrap()];
    let server = Server::start_with(&home, &call);
    // Whoever trusts the certificate is served; whoever speaks no TLS is not.
    let script = "import ssl,sys,urllib.request as u\n\
        reply = u.urlopen(sys.argv[1], context=ssl.create_default_context(cafile=sys.argv[2]), timeout=20)\n\
        print(reply.status, reply.headers['strict-transport-security'])";
    let port = server.address.rsplit(':').next().unwrap();
    let address = format!("https://localhost:{port}/en/");
    let chain = home.path().join("chain.pem");
    let asked =
        Command::new("python3").args(["-c", script, &address]).arg(&chain).output().unwrap();
    let told = String::from_utf8_lossy(&asked.stdout);
    assert_eq!(told.trim(), "200 max-age=31536000", "{}", String::from_utf8_lossy(&asked.stderr));
    assert_eq!(server.get("/en/").status, 0);
}

#[test]
fn a_webhook_is_told_what_is_recorded_until_it_says_yes() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let secret = "a secret of some length";
    std::fs::write(home.path().join("hook.secret"), format!("{secret}\n")).unwrap();
    let config = home.path().join("chancery.toml");
    let url = format!("http://{}/told?by=chancery", listener.local_addr().unwrap());
    let text = format!(
        "listen = \"127.0.0.1:0\"\n[[webhook]]\nurl = \"{url}\"\nsecret_file = \"hook.secret\"\nregisters = [\"instrument\", \"authority\"]\n"
    );
    std::fs::write(&config, text).unwrap();
    let server = Server::start_with(&home, &["--config", config.to_str().unwrap()]);
    // It is told from its first start on, which is when the server has looked once.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    let file = home.path().join("authorities.csv");
    let rows = "instrument,participant,function,number,name\nuntoc,FRA,extradition,9,A court\n";
    std::fs::write(&file, rows).unwrap();
    home.call(&["import", "authority", file.to_str().unwrap()]).done();
    let (first, body) = heard(&listener, "500 Internal Server Error");
    let (second, again) = heard(&listener, "204 No Content");
    assert!(first.starts_with("post /told?by=chancery http/1.1"), "{first}");
    assert_eq!(body, again);
    assert_eq!(header(&first, "chancery-delivery"), header(&second, "chancery-delivery"));
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["changes"].as_array().unwrap().len(), 1);
    assert_eq!(told["changes"][0]["key"], "untoc/FRA/extradition/9");
    let signature = header(&second, "chancery-signature");
    let time = signature.split(['=', ',']).nth(1).unwrap();
    let script = "import hmac,sys; print(hmac.new(sys.argv[1].encode(), (sys.argv[2] + '.' + sys.argv[3]).encode(), 'sha256').hexdigest())";
    let signed =
        Command::new("python3").args(["-c", script, secret, time, &again]).output().unwrap();
    let signed = String::from_utf8(signed.stdout).unwrap();
    assert_eq!(signature, format!("t={time},v1={}", signed.trim()));
    drop(server);
    // A file that says what cannot be is refused with its line.
    for (text, told) in [
        ("listen = 1", "listen"),
        ("colour = \"red\"", "colour"),
        ("[[webhook]]\nurl = \"ftp://x\"\nsecret_file = \"hook.secret\"", "ftp://x"),
        ("[[webhook]]\nurl = \"https://x\"\nsecret_file = \"none\"", "none"),
        (
            "[[webhook]]\nurl = \"https://x\"\nsecret_file = \"hook.secret\"\nregisters = [\"instrment\"]",
            "instrument",
        ),
        ("[tls]\ncertificate = \"none.pem\"\nkey = \"none.pem\"\n", "none.pem"),
        ("address = \"registers.example.org\"", "https://"),
    ] {
        std::fs::write(&config, format!("{text}\n")).unwrap();
        let call = ["serve", "--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()];
        let error = home.call(&call).refused();
        assert!(error.contains(told), "{text}: {error}");
    }
}
