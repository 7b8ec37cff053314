//! Addresses: what stands after the question mark, and how parts of a path are written.

/// The pairs of an address in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn read(written: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(written.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().filter(|(_, value)| !value.is_empty()).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The pairs that have none of these names.
    pub(crate) fn others(&self, names: &[&str]) -> Vec<(String, String)> {
        self.0.iter().filter(|(own, _)| !names.contains(&own.as_str())).cloned().collect()
    }

    pub(crate) fn without(&self, name: &str) -> Self {
        Self(self.others(&[name]))
    }

    pub(crate) fn without_one(&self, name: &str, value: &str) -> Self {
        let kept = self.0.iter().filter(|(own, held)| own != name || held != value);
        Self(kept.cloned().collect())
    }

    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.to_owned()));
        Self(pairs)
    }

    /// As an address has it, with its question mark; nothing where there are no pairs.
    pub(crate) fn written(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut written = form_urlencoded::Serializer::for_suffix("?".to_owned(), 1);
        written.extend_pairs(&self.0);
        written.finish()
    }
}

/// A part of a path.
pub(crate) fn encode(text: &str) -> String {
    encode_path(text).replace('/', "%2F")
}

/// A path: all but its slashes and what needs no escape.
pub(crate) fn encode_path(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                written.push(char::from(byte));
            }
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}
