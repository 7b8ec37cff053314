//! How a house sets its documents: paper, type, marks of paragraphs and headings, the masthead.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::placeholders;
use crate::{Language, Multilingual, Text};

/// A style file, `styles/<style>.yaml`.
///
/// A mark is a text with the first of its numerals in braces: `({a})` gives (a), (b), (c).
/// `{1}`, `{I}`, `{i}`, `{A}` and `{a}` are known; others are listed under `numerals`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Style {
    pub label: Text,
    pub paper: Paper,
    /// Size of the type in points.
    pub size: Multilingual<f64>,
    /// Families of type, the preferred one first.
    pub fonts: Multilingual<Vec<String>>,
    /// The family of type in files for word processors, which bring their own.
    pub office: Text,
    /// The space between lines, in parts of the size.
    pub leading: Multilingual<f64>,
    /// The marks of headings, from the first level.
    pub headings: Vec<Text>,
    /// The mark of a numbered paragraph.
    pub paragraph: Text,
    /// The marks of sub-paragraphs, from the first level.
    pub lists: Vec<Text>,
    /// How annexes are headed where there are several.
    pub annex: Text,
    /// How an annex is headed where there is only one.
    pub only_annex: Text,
    /// The mark of a chart or map.
    pub figure: Text,
    /// What stands at the foot of a page, with `{n}` and `{total}`.
    pub page: Text,
    pub masthead: MastheadWords,
    /// Numerals that are words or letters, each under the first of them.
    #[serde(default)]
    pub numerals: IndexMap<String, Vec<String>>,
}

/// Size and margins of a page.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    pub size: PaperSize,
    /// In millimetres.
    pub margins: Margins,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PaperSize {
    A4,
    Letter,
}

impl PaperSize {
    /// Width and height in millimetres.
    pub const fn millimetres(self) -> (f64, f64) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::Letter => (215.9, 279.4),
        }
    }
}

/// Margins in millimetres; the inside one is at the binding.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Margins {
    pub top: f64,
    pub bottom: f64,
    pub inside: f64,
    pub outside: f64,
}

/// The words of the masthead.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MastheadWords {
    /// Whose document it is.
    pub organ: Text,
    /// The kinds of distribution.
    pub distribution: IndexMap<String, Text>,
    /// In which language it was written, with `{language}`.
    pub original: Text,
    /// The names of the languages.
    pub languages: Multilingual<Text>,
}

/// The masthead of one report.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Masthead {
    /// With `{year}` for the year in which the period ends.
    pub symbol: String,
    /// A kind of distribution of the style.
    pub distribution: String,
    /// The language in which it was written.
    pub original: Language,
    /// The body to which it is submitted.
    pub body: Text,
    /// What stands under the masthead, such as the session and the agenda item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<Text>,
    /// Who submits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Text>,
}

/// Numerals that every style knows, each by the first of them.
pub const NUMERALS: [&str; 5] = ["1", "I", "i", "A", "a"];

impl Style {
    /// The mark of the `n`th thing, counted from 1; `digits` writes a plain number.
    pub fn mark(&self, form: &str, n: usize, digits: impl Fn(usize) -> String) -> String {
        let Some(first) = placeholders(form).into_iter().next() else { return form.to_owned() };
        let numeral = match first {
            "I" => roman(n),
            "i" => roman(n).to_lowercase(),
            "A" => letters(n),
            "a" => letters(n).to_lowercase(),
            listed => {
                let listed = self.numerals.get(listed).and_then(|listed| listed.get(n - 1));
                listed.cloned().unwrap_or_else(|| digits(n))
            }
        };
        form.replacen(&format!("{{{first}}}"), &numeral, 1)
    }
}

/// A Roman numeral.
fn roman(mut n: usize) -> String {
    const SIGNS: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut numeral = String::new();
    for (value, sign) in SIGNS {
        while n >= value {
            numeral.push_str(sign);
            n -= value;
        }
    }
    numeral
}

/// A to Z, then AA, AB and so on.
fn letters(mut n: usize) -> String {
    let mut found = Vec::new();
    while n > 0 {
        n -= 1;
        found.push(char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        n /= 26;
    }
    found.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_go_on_past_their_first_round() {
        assert_eq!([1, 4, 9, 14, 40, 1994].map(roman), ["I", "IV", "IX", "XIV", "XL", "MCMXCIV"]);
        assert_eq!([1, 26, 27, 52, 703].map(letters), ["A", "Z", "AA", "AZ", "AAA"]);
    }
}
