//! Which measures a quantity might state that no words tie to one: by the words that its sentence
//! shares with what a measure says of itself. A suggestion binds nothing; a person may accept it.

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::{Aggregate, Language, Measure, Parameter, ParameterType, Unit};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::binding::{Binder, Bound};
use crate::clauses::Reading;
use crate::compile::Period;
use crate::matching::{is_cjk, pattern};
use crate::quantities::{Days, Kind, Mark, Marked, Quantity};

/// A measure that a quantity might state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    pub measure: String,
    pub parameters: BTreeMap<String, Value>,
    /// What the measure gives, in the unit of the quantity.
    pub computed: Option<Value>,
    /// Whether that is what is written.
    pub agrees: bool,
    /// How likely it is beside the others; comparable for one quantity alone.
    pub score: f64,
    pub because: Vec<Reason>,
}

/// What speaks for a suggestion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Words of the sentence that the measure has as well.
    Words(Vec<String>),
    /// Both count the same.
    Unit(String),
    /// What the sentence names, of which the measure can be asked.
    Names(Vec<String>),
}

/// What measures say of themselves in one language.
pub(crate) struct Suggester<'a> {
    binder: &'a Binder<'a>,
    /// The words of each measure.
    words: Vec<BTreeSet<String>>,
    /// How telling a word is: little where many measures have it.
    weights: BTreeMap<String, f64>,
}

/// No more are shown.
pub(crate) const SHOWN: usize = 3;
/// So many are computed, to see whether they give what is written.
pub(crate) const TRIED: usize = 8;
/// A measure with less in common with the sentence is not worth a look.
const LEAST: f64 = 0.3;
/// How much the value speaks for a measure that gives what is written.
pub(crate) const AGREES: f64 = 1.5;
/// How much the same unit speaks for a measure.
const UNIT: f64 = 1.4;

/// A word of a text, reduced to what its forms share, and where it stands.
struct Token {
    stem: String,
    from: usize,
    to: usize,
}

impl<'a> Suggester<'a> {
    pub(crate) fn new(binder: &'a Binder<'a>, language: Language) -> Self {
        let said = |measure: &&Measure| {
            let head = &measure.head;
            let texts = head.keywords[language].iter().chain([&head.label[language]]);
            let stems = texts.flat_map(|text| tokens(&pattern(text)));
            stems.map(|token| token.stem).collect::<BTreeSet<String>>()
        };
        let words: Vec<BTreeSet<String>> = binder.measures.iter().map(said).collect();
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        words.iter().flatten().for_each(|word| *counts.entry(word.clone()).or_default() += 1);
        let all = f64::from(u32::try_from(words.len()).unwrap_or(u32::MAX));
        let weight = |count: u32| (all / f64::from(count)).ln();
        let weights = counts.into_iter().map(|(word, count)| (word, weight(count))).collect();
        Self { binder, words, weights }
    }

    /// The likeliest measures for the quantity with this index, best first.
    pub(crate) fn suggest(
        &self,
        text: &[char],
        reading: &Reading,
        index: usize,
        at: Option<Date>,
        period: Option<Period>,
    ) -> Vec<(Bound, Suggestion)> {
        let Mark::Quantity(quantity) = &reading.marked[index].mark else { return Vec::new() };
        let place = &reading.marked[index];
        let sentence = self.sentence(text, place);
        let unit = self.binder.lexis.unit(text, crate::matching::skip_spaces(text, place.to));
        let shared = tokens(&text[sentence.0..sentence.1]);
        let mut found: Vec<(Bound, Suggestion)> = Vec::new();
        for (number, measure) in self.binder.measures.iter().enumerate() {
            let same_unit = match fitting(measure, quantity, unit.as_deref()) {
                Some(same) => same,
                None => continue,
            };
            let common: Vec<&Token> =
                shared.iter().filter(|token| self.words[number].contains(&token.stem)).collect();
            let stems: BTreeSet<&String> = common.iter().map(|token| &token.stem).collect();
            let weight = |word: &String| self.weights.get(word).copied().unwrap_or_default();
            let norm: f64 =
                self.words[number].iter().map(|word| weight(word).powi(2)).sum::<f64>().sqrt();
            let common_weight: f64 = stems.into_iter().map(|word| weight(word).powi(2)).sum();
            // The share of what the measure says of itself that stands in the sentence.
            let mut score = if norm > 0.0 { common_weight.sqrt() / norm } else { 0.0 };
            if score < LEAST {
                continue;
            }
            let Some((parameters, named)) =
                self.parameters(reading, measure, (place, sentence), at, period)
            else {
                continue;
            };
            let mut because = vec![Reason::Words(runs(&text[sentence.0..sentence.1], &common))];
            if let Some(unit) = same_unit {
                score *= UNIT;
                because.push(Reason::Unit(unit));
            }
            if !named.is_empty() {
                because.push(Reason::Names(named));
            }
            let measure = measure.head.measure.clone();
            let bound = Bound { measure: measure.clone(), parameters: parameters.clone() };
            let (computed, agrees) = (None, false);
            let suggestion = Suggestion { measure, parameters, computed, agrees, score, because };
            found.push((bound, suggestion));
        }
        found.sort_by(|(_, a), (_, b)| b.score.total_cmp(&a.score));
        found.truncate(TRIED);
        found
    }

    /// From where to where the sentence of a quantity goes.
    fn sentence(&self, text: &[char], place: &Marked) -> (usize, usize) {
        let ends = |at: &usize| self.binder.lexis.ends_sentence(text, *at);
        let from = (0..place.from).rev().find(&ends).map_or(0, |at| at + 1);
        let to = (place.to..text.len()).find(&ends).unwrap_or(text.len());
        (from, to)
    }

    /// The parameters of a measure from what the sentence names, and the names that gave them;
    /// none where one is missing.
    fn parameters(
        &self,
        reading: &Reading,
        measure: &Measure,
        (place, (from, to)): (&Marked, (usize, usize)),
        at: Option<Date>,
        period: Option<Period>,
    ) -> Option<(BTreeMap<String, Value>, Vec<String>)> {
        let dates = reading.marked.iter().filter(|m| (from..to).contains(&m.from));
        let days: Vec<Days> = dates
            .filter_map(|marked| match marked.mark {
                Mark::Date(days) => days,
                _ => None,
            })
            .collect();
        let (mut given, mut named) = (BTreeMap::new(), Vec::new());
        for (name, parameter) in &measure.head.parameters {
            let needed = parameter.default.is_none() && !parameter.optional;
            let value = match (parameter.kind, name.as_str()) {
                (ParameterType::Link | ParameterType::Code, _) if parameter.default.is_none() => {
                    let key = self.nearest(reading, parameter, place, (from, to));
                    named.extend(key.clone());
                    key
                }
                (ParameterType::Date, "at") if needed => {
                    let told = days.iter().rev().find_map(|days| days.day());
                    told.or(at).map(|day| day.to_string())
                }
                (ParameterType::Date, "from" | "to") if needed => {
                    let told = days.iter().find(|days| days.day().is_none());
                    let told = told.map(|days| Period { from: days.from, to: days.to }).or(period);
                    told.map(|days| if name == "from" { days.from } else { days.to }.to_string())
                }
                _ => None,
            };
            match value {
                Some(value) => {
                    given.insert(name.clone(), Value::from(value));
                }
                None if needed => return None,
                None => {}
            }
        }
        Some((given, named))
    }

    /// What stands nearest to a quantity in its sentence of all that a parameter may be; before it
    /// in the paragraph where the sentence names none.
    fn nearest(
        &self,
        reading: &Reading,
        parameter: &Parameter,
        place: &Marked,
        (from, to): (usize, usize),
    ) -> Option<String> {
        let of = crate::binding::names_of(parameter)?;
        let key = |name: &usize| {
            let own = reading.names[*name].iter().find(|(register, _)| *register == of);
            own.map(|(_, key)| key.clone())
        };
        let fitting: Vec<(usize, String)> =
            reading.placed.iter().filter_map(|(start, name)| Some((*start, key(name)?))).collect();
        let inside = fitting.iter().filter(|(start, _)| (from..to).contains(start));
        let near = inside.min_by_key(|(start, _)| start.abs_diff(place.from));
        let needed = parameter.default.is_none() && !parameter.optional;
        let before = || fitting.iter().rev().find(|(start, _)| needed && *start < from);
        near.or_else(before).map(|(_, key)| key.clone())
    }
}

/// Whether a measure counts what a quantity counts; the unit where both name the same one.
fn fitting(measure: &Measure, quantity: &Quantity, unit: Option<&str>) -> Option<Option<String>> {
    let ratio = measure.head.aggregate == Aggregate::Ratio;
    let fits = match (&quantity.kind, &measure.head.unit) {
        (Kind::Percent, _) => ratio,
        (Kind::Money(_), Unit::Column { .. }) => !ratio,
        (Kind::Money(_), Unit::Code(_)) => false,
        (Kind::Count, Unit::Column { .. }) => false,
        (Kind::Count, Unit::Code(own)) => !ratio && unit.is_none_or(|unit| unit == own),
    };
    let same = unit.filter(|_| quantity.kind == Kind::Count).map(str::to_owned);
    fits.then_some(same)
}

/// The words of a reduced text: pairs of signs where a language writes no spaces, else the
/// beginnings of words, since their ends are their forms.
fn tokens(text: &[char]) -> Vec<Token> {
    const STEM: usize = 5;
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if is_cjk(text[at]) {
            if text.get(at + 1).is_some_and(|c| is_cjk(*c)) {
                let stem = text[at..at + 2].iter().collect();
                tokens.push(Token { stem, from: at, to: at + 2 });
            }
            at += 1;
            continue;
        }
        let from = at;
        while text.get(at).is_some_and(|c| c.is_alphabetic() && !is_cjk(*c)) {
            at += 1;
        }
        // The Arabic article, and «and», are written with their word.
        let bare = [&['و', 'ا', 'ل'][..], &['ا', 'ل'], &['ل', 'ل']]
            .into_iter()
            .find_map(|prefix| text[from..at].strip_prefix(prefix))
            .unwrap_or(&text[from..at]);
        if bare.len() > 2 {
            let stem = bare.iter().take(STEM).collect();
            tokens.push(Token { stem, from, to: at });
        }
        at = at.max(from + 1);
    }
    tokens
}

/// The stretches of a text that some of its words make up.
fn runs(text: &[char], tokens: &[&Token]) -> Vec<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for token in tokens {
        match runs.last_mut() {
            Some((_, end)) if token.from < *end => *end = token.to,
            _ => runs.push((token.from, token.to)),
        }
    }
    let mut seen = BTreeSet::new();
    let written = runs.into_iter().map(|(from, to)| text[from..to].iter().collect::<String>());
    written.filter(|run| seen.insert(run.clone())).collect()
}
