//! How a record is cited, in the styles that people use.

use chancery_app::{day_text, number};
use chancery_model::Language;
use serde_json::{Value, json};

use crate::words::word;

/// What is cited: a record as an entry of the journal has it.
pub(crate) struct Cited<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) title: &'a str,
    /// The register.
    pub(crate) within: &'a str,
    pub(crate) id: &'a str,
    pub(crate) entry: u64,
    /// When it was recorded.
    pub(crate) time: &'a str,
    pub(crate) address: &'a str,
}

impl Cited<'_> {
    /// The name of each style with the text.
    pub(crate) fn styles(&self, language: Language) -> Vec<Value> {
        let Self { issuer, title, within, id, entry, time, address } = self;
        let year = time.get(..4).unwrap_or_default();
        let point = format!("{} {}", word(language, "entry"), number(language, &entry.to_string()));
        let day = day_text(language, time);
        let texts = [
            ("APA", format!("{issuer}. ({year}). {title} [{within}, {point}]. {address}")),
            ("Chicago", format!("{issuer}. “{title}.” {within}, {point}, {day}. {address}.")),
            ("ISO 690", format!("{issuer}. {title}. In: {within}. {day}, {point}. {address}")),
            ("BibTeX", self.bibtex(year)),
            ("RIS", self.ris(year)),
        ];
        let styles = texts.into_iter().map(|(style, text)| {
            json!({"style": style, "text": text, "file": matches!(style, "BibTeX" | "RIS"), "id": id})
        });
        styles.collect()
    }

    fn bibtex(&self, year: &str) -> String {
        let Self { issuer, title, within, id, entry, address, .. } = self;
        let key: String =
            id.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
        // Braces and backslashes are signs of BibTeX.
        let text = |text: &str| text.replace(['{', '}', '\\'], "");
        format!(
            "@misc{{{key},\n  author = {{{{{}}}}},\n  title = {{{}}},\n  howpublished = {{{}}},\n  note = {{entry {entry}}},\n  year = {{{year}}},\n  url = {{{address}}}\n}}",
            text(issuer),
            text(title),
            text(within),
        )
    }

    fn ris(&self, year: &str) -> String {
        let Self { issuer, title, within, id, entry, address, .. } = self;
        format!(
            "TY  - DATA\nAU  - {issuer}\nTI  - {title}\nT2  - {within}\nPY  - {year}\nET  - {entry}\nID  - {id}\nUR  - {address}\nER  - "
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_cited_with_its_entry_and_address() {
        let cited = Cited {
            issuer: "An office",
            title: "A {treaty}",
            within: "Instruments",
            id: "instrument/a b",
            entry: 1234,
            time: "2013-05-24T00:00:00Z",
            address: "https://example.org/en/registers/instrument/a%20b",
        };
        let styles = cited.styles(Language::En);
        let text = |place: usize| styles[place]["text"].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            text(0),
            "An office. (2013). A {treaty} [Instruments, Journal entry 1,234]. https://example.org/en/registers/instrument/a%20b"
        );
        assert!(
            text(3).starts_with(
                "@misc{instrument-a-b,\n  author = {{An office}},\n  title = {A treaty},"
            ),
            "{}",
            text(3)
        );
        assert!(text(4).ends_with("ER  - "), "{}", text(4));
    }
}
