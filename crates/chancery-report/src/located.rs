//! Tying a quantity to what a record says of its very place: a measure with the parameters
//! `document` and `paragraph` speaks of one paragraph of one document, and its code of what is
//! counted there. The words beside the number must be those of the code.

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::{
    Diagnostics, Figures, Language, Measure, Names, Parameter, ParameterType, Programme, Wanted,
};
use serde_json::Value;

use crate::binding::Bound;
use crate::clauses::Lexis;
use crate::clauses::Word;
use crate::matching::{Lexicon, skip_spaces, skip_spaces_back};

/// A measure that speaks of places, and the words of its codes in one language.
struct Placing<'a> {
    measure: &'a Measure,
    /// The parameter whose code says what is counted.
    code: &'a str,
    words: Lexicon<String>,
    document: String,
}

/// The measures that speak of the document in hand.
pub(crate) struct Located<'a> {
    placings: Vec<Placing<'a>>,
}

impl<'a> Located<'a> {
    /// `named` is the document as somebody names it; otherwise the lines of the text that are
    /// nothing but a document's name say which it is, as running heads do.
    pub(crate) fn new(
        programme: &'a Programme,
        language: Language,
        text: &str,
        named: Option<&str>,
        figures: &dyn Figures,
    ) -> Result<Self, Diagnostics> {
        let mut placings = Vec::new();
        for measure in programme.measures.values() {
            let head = &measure.head;
            let parameter = |name: &str, kind| {
                head.parameters.get(name).filter(|parameter| parameter.kind == kind)
            };
            let (Some(document), Some(_)) = (
                parameter("document", ParameterType::Link),
                parameter("paragraph", ParameterType::Text),
            ) else {
                continue;
            };
            let needed = |(_, parameter): &(&String, &Parameter)| {
                parameter.kind == ParameterType::Code && parameter.default.is_none()
            };
            let mut codes = head.parameters.iter().filter(needed);
            let (Some((code, declared)), None) = (codes.next(), codes.next()) else { continue };
            let list = declared.codelist.as_ref().and_then(|list| programme.codelists.get(list));
            let names = figures.names(document.register.as_deref().unwrap_or_default())?;
            let (Some(list), Some(document)) = (list, recognised(text, named, &names)) else {
                continue;
            };
            let words = list.codes.iter().flat_map(|(code, declared)| {
                let label = declared.label[language].clone();
                let all = declared.aliases.iter().cloned().chain([label]);
                all.map(|word| (word, code.clone())).collect::<Vec<_>>()
            });
            placings.push(Placing { measure, code, words: Lexicon::new(words), document });
        }
        Ok(Self { placings })
    }

    /// What a record says of the number that stands from `from` to `to` in a paragraph.
    pub(crate) fn bind(
        &self,
        lexis: &Lexis,
        text: &[char],
        (from, to): (usize, usize),
        numbers: &BTreeSet<usize>,
        paragraph: u32,
        figures: &dyn Figures,
    ) -> Result<Option<Bound>, Diagnostics> {
        let mut found = Vec::new();
        for placing in &self.placings {
            for code in placing.codes(lexis, text, from, to, numbers) {
                let parameters = BTreeMap::from([
                    ("document".to_owned(), Value::from(placing.document.as_str())),
                    ("paragraph".to_owned(), Value::from(paragraph.to_string())),
                    (placing.code.to_owned(), Value::from(code)),
                ]);
                let measure = &placing.measure.head.measure;
                if figures.figure(measure, &parameters, Wanted::Nothing)?.evidence_count == 1 {
                    found.push(Bound { measure: measure.clone(), parameters });
                }
            }
        }
        // Two records that both could be meant tie to neither.
        Ok(found.pop().filter(|_| found.is_empty()))
    }
}

impl Placing<'_> {
    /// The codes whose words stand right beside a number: after it and what counts with it, or
    /// before it.
    fn codes(
        &self,
        lexis: &Lexis,
        text: &[char],
        from: usize,
        to: usize,
        numbers: &BTreeSet<usize>,
    ) -> BTreeSet<String> {
        let start = skip_spaces(text, to);
        let counter =
            lexis.word(text, start, |word| word == Word::Counter).map(|end| skip_spaces(text, end));
        let after = [Some(start), counter].into_iter().flatten();
        let mut longest = 0;
        let mut codes = BTreeSet::new();
        // Words that lead up to the next number are about that one.
        let leads = |end: usize| numbers.contains(&skip_spaces(text, end));
        for (at, (end, found)) in after.filter_map(|at| Some((at, self.words.at(text, at)?))) {
            if leads(end) {
                continue;
            }
            if end - at > longest {
                longest = end - at;
                codes = found.into_iter().collect();
            } else if end - at == longest {
                codes.extend(found);
            }
        }
        let end = skip_spaces_back(text, from);
        let start = self.words.before(text, end);
        let all = start.into_iter().flat_map(|start| self.words.all_at(text, start));
        codes.extend(all.filter(|(other, _)| *other == end).map(|(_, code)| code.clone()));
        codes
    }
}

/// The document that a text is: as it is named, or by most of the lines that only name one.
fn recognised(text: &str, named: Option<&str>, names: &Names) -> Option<String> {
    if let Some(named) = named {
        return names.find(named).map(str::to_owned);
    }
    let mut heads: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && line.len() < 100) {
        if let Some(key) = names.find(line) {
            *heads.entry(key).or_default() += 1;
        }
    }
    heads.into_iter().max_by_key(|(_, count)| *count).map(|(key, _)| key.to_owned())
}
