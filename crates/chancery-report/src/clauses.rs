//! What the words of a clause may be, and dividing a text into clauses: pieces of sentences in
//! which a number and the words about it stand, with numbers, dates and names as one sign each.

use std::collections::BTreeSet;

use chancery_model::{Diagnostics, Figures, Language, Measure, Programme};

use crate::cited::{Citations, Cited, Resolved};
use crate::grammar::{Grammar, grammar};
use crate::matching::{
    Lexicon, Reduced, is_cjk, is_spaced_letter, pattern, skip_spaces, skip_spaces_back,
};
use crate::quantities::{Kind, Mark, Marked, Quantity, find};

/// What a word of a clause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Speaks of the measure with this index.
    Keyword(usize),
    Total,
    Opener,
    Link,
    Between,
    Conjunction,
    Counter,
    Period,
    AsAt,
    Scope,
    Part,
}

/// A record that a name stands for.
pub(crate) type Named = (String, String);

/// The words, units and names of one language that reading a text needs.
pub(crate) struct Lexis {
    pub(crate) language: Language,
    grammar: &'static Grammar,
    pub(crate) words: Lexicon<Word>,
    pub(crate) units: Lexicon<String>,
    names: Lexicon<Named>,
    citations: Citations,
    sentence_ends: Vec<Vec<char>>,
    clause_ends: Vec<Vec<char>>,
}

// Whole pieces stand in a clause as one character each.
pub(crate) const NUMBER: char = '\u{E010}';
pub(crate) const DATE: char = '\u{E011}';
pub(crate) const CITATION: char = '\u{E012}';
pub(crate) const NAME: char = '\u{E013}';
/// A name that is part of a longer one which nobody knows.
pub(crate) const UNKNOWN: char = '\u{E014}';

/// A piece of a sentence within which a number and the words about it stand.
#[derive(Debug, Default)]
pub(crate) struct Clause {
    pub(crate) chars: Vec<char>,
    /// For each character, the piece that it stands for.
    pub(crate) pieces: Vec<usize>,
    pub(crate) sentence: usize,
    /// The clause in which the brackets stand that hold this one.
    pub(crate) host: Option<usize>,
    /// Where it begins in the text.
    pub(crate) start: usize,
}

/// A text in which everything is found, ready for binding.
pub(crate) struct Reading {
    pub(crate) marked: Vec<Marked>,
    pub(crate) names: Vec<Vec<Named>>,
    /// Where names stand, each with its place among `names`.
    pub(crate) placed: Vec<(usize, usize)>,
    /// What is cited, in its order.
    pub(crate) cited: Vec<Cited>,
    pub(crate) clauses: Vec<Clause>,
    /// Where the words for the period of the report end.
    pub(crate) periods: Vec<usize>,
}

impl Lexis {
    /// `measures` are those that a keyword may speak of, by their place.
    pub(crate) fn new(
        programme: &Programme,
        measures: &[&Measure],
        language: Language,
        figures: &dyn Figures,
    ) -> Result<Self, Diagnostics> {
        let grammar = grammar(language);
        let keywords = measures.iter().enumerate().flat_map(|(index, measure)| {
            measure.head.keywords[language]
                .iter()
                .map(move |word| (word.clone(), Word::Keyword(index)))
        });
        let lists = [
            (&grammar.totals, Word::Total),
            (&grammar.openers, Word::Opener),
            (&grammar.links, Word::Link),
            (&grammar.between, Word::Between),
            (&grammar.conjunctions, Word::Conjunction),
            (&grammar.counters, Word::Counter),
            (&grammar.period, Word::Period),
            (&grammar.as_at, Word::AsAt),
            (&grammar.scopes, Word::Scope),
            (&grammar.parts, Word::Part),
        ];
        let words = lists
            .into_iter()
            .flat_map(|(words, kind)| words.iter().map(move |word| (word.clone(), kind)));
        let units =
            programme.codelists.get("unit").into_iter().flat_map(|list| &list.codes).flat_map(
                |(code, unit)| {
                    let aliases =
                        unit.aliases.iter().cloned().chain([unit.label[language].clone()]);
                    aliases.map(|word| (word, code.clone())).collect::<Vec<_>>()
                },
            );
        // Names of whatever can be asked for, and of whatever else records point to: a clause
        // that speaks of those asks for something narrower.
        let asked = programme.measures.values().flat_map(|measure| {
            measure.head.parameters.values().filter_map(|p| p.register.as_ref())
        });
        let linked = programme.registers.values().flat_map(|register| {
            register.fields.values().filter_map(|field| field.register.as_ref())
        });
        let registers: BTreeSet<&String> = asked.chain(linked).collect();
        let mut names = Vec::new();
        for register in registers {
            let known = figures.names(register)?;
            let usable = known.iter().filter(|(name, _)| is_usable(name));
            names.extend(usable.flat_map(|(name, key)| {
                let named = (register.clone(), key.to_owned());
                grammar.forms(name).into_iter().map(move |form| (form, named.clone()))
            }));
        }
        // Codes by which a measure can be narrowed, where their words say nothing else.
        let words = Lexicon::new(words.chain(keywords));
        let units = Lexicon::new(units);
        let narrowing = measures.iter().flat_map(|measure| measure.head.parameters.values());
        let lists: BTreeSet<&String> = narrowing
            .filter(|parameter| parameter.default.is_none())
            .filter_map(|parameter| parameter.codelist.as_ref())
            .collect();
        for list in lists {
            let codes = programme.codelists.get(list).into_iter().flat_map(|list| &list.codes);
            for (code, declared) in codes {
                let labels = [&declared.label[language]].into_iter().chain(&declared.aliases);
                for label in labels.filter(|label| is_usable(label)) {
                    let text = pattern(label);
                    let whole = |found: Option<usize>| found == Some(text.len());
                    if whole(words.at(&text, 0).map(|(end, _)| end))
                        || whole(units.at(&text, 0).map(|(end, _)| end))
                    {
                        continue;
                    }
                    let named = (codes_of(list), code.clone());
                    let forms = grammar.forms(label).into_iter();
                    names.extend(forms.map(|form| (form, named.clone())));
                }
            }
        }
        let patterns = |words: &[String]| words.iter().map(|word| pattern(word)).collect();
        Ok(Self {
            language,
            grammar,
            words,
            units,
            names: Lexicon::new(names),
            citations: Citations::new(programme, figures)?,
            sentence_ends: patterns(&grammar.sentence_ends),
            clause_ends: patterns(&grammar.clause_ends),
        })
    }

    /// Finds quantities, dates and names, and divides the text into clauses. `written` is the
    /// text before it was reduced.
    pub(crate) fn read(&self, reduced: &Reduced, written: &[char]) -> Reading {
        let text = &reduced.chars;
        let mut names = Vec::new();
        let mut pieces: Vec<(usize, usize, char, usize)> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            if let Some(end) = self.keyword_with_names(text, at) {
                at = end;
                continue;
            }
            if let Some((end, named)) = self.names.at(text, at) {
                let kind =
                    if self.is_whole(text, at, end, reduced, written) { NAME } else { UNKNOWN };
                pieces.push((at, end, kind, names.len()));
                names.push(named);
                at = end;
            } else {
                at += 1;
            }
        }
        let mut marked = find(text, self.language, &self.units);
        // «192 700 United States dollars» names a currency and no State.
        let is_money = |marked: &Marked| {
            matches!(&marked.mark, Mark::Quantity(Quantity { kind: Kind::Money(_), .. }))
        };
        pieces.retain(|(from, to, ..)| {
            !marked.iter().any(|money| is_money(money) && money.from <= *from && *to <= money.to)
        });
        let cited = self.cited(text, &mut pieces, &mut names, &marked);
        let apart = |marked: &Marked| {
            pieces.iter().all(|(from, to, ..)| marked.to <= *from || *to <= marked.from)
        };
        marked.retain(apart);
        for (index, piece) in marked.iter().enumerate() {
            let kind = match piece.mark {
                Mark::Quantity(_) => NUMBER,
                Mark::Date(_) => DATE,
                Mark::Citation => CITATION,
            };
            pieces.push((piece.from, piece.to, kind, index));
        }
        pieces.sort_unstable();
        let periods = (0..text.len())
            .filter_map(|at| self.word(text, at, |word| word == Word::Period))
            .collect();
        let clauses = self.clauses(text, &pieces);
        let named = pieces.iter().filter(|(_, _, kind, _)| *kind == NAME);
        let placed = named.map(|(from, _, _, name)| (*from, *name)).collect();
        Reading { placed, marked, names, cited, clauses, periods }
    }

    /// The citations of a text. One that leads to a record is a name of it like any other.
    fn cited(
        &self,
        text: &[char],
        pieces: &mut Vec<(usize, usize, char, usize)>,
        names: &mut Vec<Vec<Named>>,
        marked: &[Marked],
    ) -> Vec<Cited> {
        let citing = |name: usize| {
            names[name].iter().find(|(register, _)| self.citations.cites(register)).cloned()
        };
        // A citation may hold the name of a kind of document, but is no part of another name.
        let taken = |from: usize, to: usize| {
            pieces.iter().any(|(start, end, _, name)| {
                let apart = *end <= from || to <= *start;
                let held = from <= *start
                    && *end <= to
                    && (end - start < to - from || citing(*name).is_some());
                !apart && !held
            })
        };
        let conjunction = |at| self.word(text, at, |word| word == Word::Conjunction);
        let mut cited = self.citations.find(text, taken, marked, conjunction);
        let named = pieces.iter().filter(|(_, _, kind, _)| *kind == NAME);
        let named = named.filter_map(|(from, to, _, name)| {
            let (register, key) = citing(*name)?;
            let apart = cited.iter().all(|other| other.to <= *from || *to <= other.from);
            let resolved = Resolved::Record(key);
            apart.then_some(Cited { from: *from, to: *to, register, resolved })
        });
        let named: Vec<Cited> = named.collect();
        for found in &cited {
            if let Resolved::Record(key) = &found.resolved {
                pieces.retain(|(from, to, ..)| *to <= found.from || found.to <= *from);
                pieces.push((found.from, found.to, NAME, names.len()));
                names.push(vec![(found.register.clone(), key.clone())]);
            }
        }
        cited.extend(named);
        cited.sort_by_key(|found| found.from);
        cited
    }

    /// Where a keyword ends that starts at `at` and holds all the names that begin in it: those are
    /// words of the keyword, and name nothing.
    fn keyword_with_names(&self, text: &[char], at: usize) -> Option<usize> {
        let end = self.word(text, at, |word| matches!(word, Word::Keyword(_)))?;
        let held = (at..end).all(|at| self.names.at(text, at).is_none_or(|(name, _)| name <= end));
        held.then_some(end)
    }

    /// Whether a name is not the middle of a longer one: «Inter-American Convention …», 《美洲…公约》.
    pub(crate) fn is_whole(
        &self,
        text: &[char],
        from: usize,
        to: usize,
        reduced: &Reduced,
        written: &[char],
    ) -> bool {
        let (open, close) = self.quotes();
        if !self.grammar.spaced {
            let inside = text[..from]
                .iter()
                .rev()
                .take(60)
                .find(|c| open.contains(c) || close.contains(c))
                .is_some_and(|c| open.contains(c));
            let framed = from > 0
                && open.contains(&text[from - 1])
                && text.get(to).is_none_or(|c| close.contains(c));
            return !inside || framed;
        }
        if from > 0 && text[from - 1] == '-' || text.get(to) == Some(&'-') {
            return false;
        }
        let end = skip_spaces_back(text, from);
        let start = text[..end]
            .iter()
            .rposition(|c| !is_spaced_letter(*c) && *c != '-')
            .map_or(0, |at| at + 1);
        let capital = start < end && written[reduced.origin[start]].is_uppercase();
        let sentence_start = start == 0
            || matches!(
                text[skip_spaces_back(text, start).saturating_sub(1)],
                '.' | '?' | '!' | '«' | '“' | '('
            );
        !capital || sentence_start || self.words.at(text, start).is_some()
    }

    /// The unit that stands at `at`, after its counter.
    pub(crate) fn unit(&self, text: &[char], at: usize) -> Option<String> {
        let counter =
            self.word(text, at, |word| word == Word::Counter).map(|end| skip_spaces(text, end));
        [Some(at), counter]
            .into_iter()
            .flatten()
            .find_map(|at| Some(self.units.at(text, at)?.1.swap_remove(0)))
    }

    pub(crate) fn quotes(&self) -> (Vec<char>, Vec<char>) {
        let open = self.grammar.quotes.iter().filter_map(|pair| pair.chars().next()).collect();
        let close = self.grammar.quotes.iter().filter_map(|pair| pair.chars().nth(1)).collect();
        (open, close)
    }

    pub(crate) fn ends_sentence(&self, text: &[char], at: usize) -> bool {
        self.sentence_ends.iter().any(|end| ended(text, at, end))
    }

    /// Where a word of a kind that starts at `at` ends.
    pub(crate) fn word(
        &self,
        text: &[char],
        at: usize,
        kind: impl Fn(Word) -> bool,
    ) -> Option<usize> {
        self.words.all_at(text, at).find(|(_, word)| kind(**word)).map(|(end, _)| end)
    }

    pub(crate) fn clauses(
        &self,
        text: &[char],
        pieces: &[(usize, usize, char, usize)],
    ) -> Vec<Clause> {
        let brackets: Vec<(char, char)> = self
            .grammar
            .brackets
            .iter()
            .filter_map(|pair| pair.chars().next().zip(pair.chars().nth(1)))
            .collect();
        let (open, close) = self.quotes();
        let mut clauses = vec![Clause::default()];
        // The clause in hand, and those in which open brackets stand.
        let (mut current, mut hosts): (usize, Vec<(usize, char)>) = (0, Vec::new());
        let (mut sentence, mut quoted) = (0, false);
        let mut pieces = pieces.iter().peekable();
        let mut at = 0;
        while at < text.len() {
            if let Some((from, to, kind, index)) = pieces.peek()
                && *from == at
            {
                clauses[current].chars.push(*kind);
                clauses[current].pieces.push(*index);
                at = *to;
                pieces.next();
                continue;
            }
            let c = text[at];
            // A keyword may hold a comma of its own.
            let keyword = self.word(text, at, |word| matches!(word, Word::Keyword(_)));
            let next_piece = pieces.peek().map_or(text.len(), |(from, ..)| *from);
            let until = keyword.unwrap_or(at + 1).min(next_piece).max(at + 1);
            let begin = |clauses: &mut Vec<Clause>, sentence, host, start| {
                clauses.push(Clause { sentence, host, start, ..Clause::default() });
                clauses.len() - 1
            };
            if keyword.is_none() && !quoted {
                if let Some((_, closing)) = brackets.iter().find(|(opening, _)| *opening == c)
                    && text[at..].contains(closing)
                {
                    hosts.push((current, *closing));
                    current = begin(&mut clauses, sentence, Some(current), at + 1);
                    at += 1;
                    continue;
                }
                if let Some(depth) = hosts.iter().rposition(|(_, closing)| *closing == c) {
                    current = hosts[depth].0;
                    hosts.truncate(depth);
                    at += 1;
                    continue;
                }
                let ends = |ends: &[Vec<char>]| ends.iter().any(|end| ended(text, at, end));
                let host = hosts.last().map(|(host, _)| *host);
                if hosts.is_empty() && ends(&self.sentence_ends) {
                    sentence += 1;
                    current = begin(&mut clauses, sentence, None, at + 1);
                    at += 1;
                    continue;
                }
                if c == '\t' || ends(&self.clause_ends) || ends(&self.sentence_ends) {
                    current = begin(&mut clauses, sentence, host, at + 1);
                    at += 1;
                    continue;
                }
            }
            if open.contains(&c)
                && !quoted
                && text[at + 1..].iter().take(200).any(|c| close.contains(c))
            {
                quoted = true;
            } else if close.contains(&c) {
                quoted = false;
            }
            for c in &text[at..until] {
                clauses[current].chars.push(*c);
                clauses[current].pieces.push(usize::MAX);
            }
            at = until;
        }
        clauses
    }
}

/// The codes of a list, as a reading keeps what names stand for.
pub(crate) fn codes_of(list: &str) -> String {
    format!("codelist {list}")
}

/// Short codes look too much like words.
fn is_usable(name: &str) -> bool {
    let length = name.chars().count();
    length > 3 || name.chars().any(is_cjk) && length > 1
}

/// Whether a sign that ends a clause stands at `at`. One that ends in a space also ends a text.
fn ended(text: &[char], at: usize, end: &[char]) -> bool {
    let (sign, space) = match end.split_last() {
        Some((' ', sign)) => (sign, true),
        _ => (end, false),
    };
    let after = at + sign.len();
    text.get(at..after) == Some(sign)
        && (!space || text.get(after).is_none_or(|c| c.is_whitespace()))
}
