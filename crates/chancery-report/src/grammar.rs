//! What is particular to each language, read from `lang/<language>.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chancery_model::{Language, Multilingual, each_language};
use serde::Deserialize;

/// The data of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grammar {
    /// Whether words are separated by spaces.
    pub spaced: bool,
    /// The ten digits that the language writes; it reads the European ones as well.
    pub digits: String,
    pub decimal: Vec<String>,
    /// What may stand between groups of three digits.
    pub group: Vec<String>,
    /// Whether groups with plain spaces between are typed last group first, as right-to-left text
    /// turns them round on the page: «000 2» for two thousand.
    #[serde(default)]
    pub turned_groups: bool,
    /// Numbers written as words.
    pub words: BTreeMap<String, u32>,
    /// Words for parts of a whole to numerator and denominator.
    #[serde(default)]
    pub fractions: BTreeMap<String, [u32; 2]>,
    /// What adds a half to the number before it: «two and a half».
    #[serde(default)]
    pub halves: Vec<String>,
    /// A fraction after one of these is a part of a time, as is one before the others.
    #[serde(default)]
    pub not_fraction_before: Vec<String>,
    #[serde(default)]
    pub not_fraction_after: Vec<String>,
    /// Whether numbers are also written with Chinese characters.
    pub cjk: bool,
    /// Phrases with a number word that counts nothing: «one of the».
    #[serde(default)]
    pub idioms: Vec<String>,
    /// How words end that mean two of a thing, where a language has a dual.
    #[serde(default)]
    pub duals: Option<Duals>,
    /// Number words that are articles where they stand alone.
    pub articles: Vec<String>,
    /// Number words that only count before a unit.
    pub needs_unit: Vec<String>,
    /// Words that multiply by a power of ten.
    pub scales: BTreeMap<String, u32>,
    /// The units in which large numbers are written, largest first.
    pub large: Vec<Large>,
    pub percent: Vec<String>,
    /// Words that make the number after them a percentage.
    pub percent_before: Vec<String>,
    /// What stands between the two ends of a range.
    pub ranges: Vec<String>,
    /// Words and signs of currencies to their ISO 4217 codes.
    pub currencies: BTreeMap<String, String>,
    /// A number after one of these is a citation, not a quantity.
    pub not_quantity_before: Vec<String>,
    pub not_quantity_after: Vec<String>,
    /// Words between a number and what is counted.
    pub counters: Vec<String>,
    /// Twelve months, each with its forms; the first is the one to write.
    pub months: Vec<Vec<String>>,
    /// Forms of dates to read, with `{d}`, `{m}`, `{month}`, `{y}` or `{iso}`.
    pub date_forms: Vec<String>,
    /// The form of a date to write.
    pub date_written: String,
    /// How the first day of a month is written, where it is not with a plain number.
    #[serde(default)]
    pub first_day: Option<String>,
    pub sentence_ends: Vec<String>,
    pub clause_ends: Vec<String>,
    /// Pairs of brackets: what stands inside is a clause of its own.
    pub brackets: Vec<String>,
    /// Pairs of quotation marks: what stands inside is not divided.
    pub quotes: Vec<String>,
    pub conjunctions: Vec<String>,
    /// Small words between a counted thing and the name it belongs to.
    pub links: Vec<String>,
    /// Words that may stand before a number without changing what it counts.
    pub openers: Vec<String>,
    /// Words that may stand between what is counted and what is said of it.
    pub between: Vec<String>,
    /// Words before the day for which a figure is given.
    pub as_at: Vec<String>,
    /// Words that narrow what a sentence speaks of.
    pub scopes: Vec<String>,
    /// Words with which a clause begins that speaks of a part of the number before it.
    pub parts: Vec<String>,
    /// What stands between a part and its whole: «22 of 25».
    pub of: Vec<String>,
    /// What stands between a whole with its unit and a part of it.
    pub among: Vec<String>,
    /// Words that make the number after them a total of what they speak of.
    pub totals: Vec<String>,
    /// Heads of the rows and columns of tables that add up the others.
    pub sums: Vec<String>,
    /// Words for the period that a report covers.
    pub period: Vec<String>,
    /// Words with which names begin to their other forms: where a language has cases, texts
    /// rarely write a name as a table does.
    #[serde(default)]
    pub inflections: BTreeMap<String, Vec<String>>,
    /// Words of the page itself.
    pub ui: BTreeMap<String, String>,
}

/// Words that mean two of a thing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duals {
    pub endings: Vec<String>,
    /// Words and endings that look like a dual and are none.
    pub not: Vec<String>,
    pub not_endings: Vec<String>,
}

/// A unit of large numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Large {
    pub zeros: u32,
    /// With a number that the language counts as one.
    #[serde(default)]
    pub one: Option<String>,
    pub other: String,
}

impl Grammar {
    /// A name as texts write it: as given, and with its first word in its other forms.
    pub fn forms(&self, name: &str) -> Vec<String> {
        let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
        let other = self.inflections.get(first).into_iter().flatten();
        let inflected = other.map(|form| format!("{form} {rest}").trim_end().to_owned());
        [name.to_owned()].into_iter().chain(inflected).collect()
    }

    /// A word of the page itself.
    pub fn word(&self, name: &str) -> &str {
        self.ui.get(name).map_or("", String::as_str)
    }
}

/// The grammar of a language.
pub fn grammar(language: Language) -> &'static Grammar {
    static GRAMMARS: OnceLock<Multilingual<Grammar>> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "the files are compiled in, and a test reads each")]
    let read = |text: &str| serde_json::from_str(text).expect("a language file is valid");
    let grammars = GRAMMARS.get_or_init(|| each_language!(read, "../lang/", ".json"));
    &grammars[language]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_what_reading_and_writing_need() {
        let words: Vec<_> = grammar(Language::En).ui.keys().collect();
        for language in Language::ALL {
            let grammar = grammar(language);
            assert_eq!(grammar.months.len(), 12, "{language}");
            assert_eq!(grammar.digits.chars().count(), 10, "{language}");
            assert_eq!(grammar.ui.keys().collect::<Vec<_>>(), words, "{language}");
            assert!(
                !grammar.date_forms.is_empty() && !grammar.sentence_ends.is_empty(),
                "{language}"
            );
        }
    }
}
