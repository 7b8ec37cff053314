//! The words of the portal itself, from `lang/<language>.json`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::OnceLock;

use chancery_model::{Language, Multilingual, each_language};
use minijinja::value::Serde;

pub(crate) type Words = BTreeMap<String, String>;

pub(crate) fn words(language: Language) -> &'static Words {
    static WORDS: OnceLock<Multilingual<Words>> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "the files are compiled in, and a test reads each")]
    let read = |text: &str| serde_json::from_str(text).expect("a language file is valid");
    let words = WORDS.get_or_init(|| each_language!(read, "../lang/", ".json"));
    &words[language]
}

/// The same for templates.
pub(crate) fn spoken(language: Language) -> minijinja::Value {
    static SPOKEN: OnceLock<Multilingual<minijinja::Value>> = OnceLock::new();
    let spoken = SPOKEN.get_or_init(|| {
        let told = |language| Ok::<_, Infallible>(minijinja::Value::from(Serde(words(language))));
        let Ok(spoken) = Multilingual::try_from_fn(told);
        spoken
    });
    spoken[language].clone()
}

/// A word that every language has.
pub(crate) fn word(language: Language, name: &str) -> &'static str {
    words(language).get(name).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        let known: Vec<_> = words(Language::En).keys().collect();
        for language in Language::ALL {
            assert_eq!(words(language).keys().collect::<Vec<_>>(), known, "{language}");
            assert!(words(language).values().all(|word| !word.is_empty()), "{language}");
        }
    }
}
