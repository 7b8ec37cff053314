//! Finding a thing by any of its names, in any of the six languages.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name reduced to what matters for comparing: lower case, no accents, no Arabic vowel
/// marks, one kind of apostrophe and hyphen, single spaces.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut space = false;
    if name.is_ascii() {
        for c in name.bytes() {
            push_folded(&mut folded, &mut space, c.to_ascii_lowercase() as char);
        }
        return folded;
    }
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        for c in c.to_lowercase() {
            push_folded(&mut folded, &mut space, c);
        }
    }
    folded
}

fn push_folded(folded: &mut String, space: &mut bool, c: char) {
    let c = match c {
        '\u{640}' => return, // tatweel only stretches a word
        '’' | '‘' | 'ʼ' | '`' | '´' => '\'',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        'ى' => 'ي',
        'ٱ' => 'ا',
        c if c.is_whitespace() => {
            *space = !folded.is_empty();
            return;
        }
        c => c,
    };
    if std::mem::take(space) {
        folded.push(' ');
    }
    folded.push(c);
}

/// Names and what they stand for. A name that stands for two things finds neither.
#[derive(Clone, Debug, Default)]
pub struct Names {
    keys: HashMap<String, Option<String>>,
    /// As written, for suggestions.
    written: Vec<String>,
}

impl Names {
    pub fn add(&mut self, name: &str, key: &str) {
        let folded = fold(name);
        if folded.is_empty() {
            return;
        }
        self.keys
            .entry(folded)
            .and_modify(|known| {
                if known.as_deref() != Some(key) {
                    *known = None;
                }
            })
            .or_insert_with(|| {
                self.written.push(name.to_owned());
                Some(key.to_owned())
            });
    }

    /// The key that `name` stands for.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.keys.get(&fold(name))?.as_deref()
    }

    pub fn is_ambiguous(&self, name: &str) -> bool {
        matches!(self.keys.get(&fold(name)), Some(None))
    }

    /// The known names nearest to `name`, as they were written.
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        crate::diagnostic::nearest(name, self.written.iter().map(String::as_str))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.written.iter().filter_map(|name| Some((name.as_str(), self.find(name)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_across_accents_case_and_typography() {
        for (a, b) in [
            ("Côte d’Ivoire", "COTE D'IVOIRE"),
            ("Türkiye", "turkiye"),
            ("Россия", "россия"),
            ("الأردن", "الاردن"),
            ("  Viet   Nam ", "viet nam"),
            ("Королёв", "королев"),
        ] {
            assert_eq!(fold(a), fold(b));
        }
    }

    #[test]
    fn an_ambiguous_name_finds_nothing() {
        let mut names = Names::default();
        names.add("Korea", "KOR");
        names.add("Korea", "PRK");
        names.add("Georgia", "GEO");
        assert_eq!(names.find("korea"), None);
        assert!(names.is_ambiguous("Korea"));
        assert_eq!(names.find("GEORGIA"), Some("GEO"));
        assert_eq!(names.nearest("Gergia"), ["Georgia"]);
    }
}
