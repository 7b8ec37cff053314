//! The server over a home, for one test, and how it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::home::Home;

/// A server over a home, for one test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a server answered; the head in small letters.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// The head as it came.
    raw: String,
}

impl Reply {
    /// The session that a browser would carry from now on.
    pub(crate) fn session(&self) -> String {
        self.cookie("chancery_session").unwrap_or_else(|| panic!("{self:?}"))
    }

    /// What a cookie of that name is to hold from now on.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookie = self.raw.split(&format!("{name}=")).nth(1)?;
        Some(cookie.split(';').next().unwrap().to_owned())
    }

    /// Where a browser is sent.
    pub(crate) fn location(&self) -> String {
        let found = self.raw.split("\r\nlocation: ").nth(1);
        found.map_or_else(String::new, |rest| rest.split('\r').next().unwrap().to_owned())
    }
}

impl Server {
    pub(crate) fn start(home: &Home) -> Self {
        // Tests ask faster than people.
        Self::start_with(home, &["--requests-a-minute", "0"])
    }

    pub(crate) fn start_with(home: &Home, more: &[&str]) -> Self {
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(more);
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("://").nth(1).unwrap_or_else(|| panic!("{line}"));
        Self { address: address.split('/').next().unwrap().to_owned(), child }
    }

    pub(crate) fn send(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // A server may answer before it has read all that is wrong.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Reply {
            status,
            head: head.to_lowercase(),
            body: body.replace("&#x2f;", "/"),
            raw: head.to_owned(),
        }
    }

    pub(crate) fn get_with(&self, path: &str, headers: &str) -> Reply {
        let request =
            format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        self.send(request.as_bytes())
    }

    /// The head and the first of the events that a stream sends.
    pub(crate) fn first_event(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let accepts = "Accept: text/event-stream";
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{accepts}\r\n\r\n").unwrap();
        let mut told = String::new();
        let mut reader = BufReader::new(stream);
        while !told.contains("\ndata:") {
            assert!(reader.read_line(&mut told).unwrap() > 0, "{told}");
        }
        told
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_with(path, "")
    }

    /// What the interface for programs answers.
    pub(crate) fn json(&self, path: &str) -> Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        serde_json::from_str(&reply.body).unwrap()
    }
}
