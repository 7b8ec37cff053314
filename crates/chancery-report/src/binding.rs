//! Tying a quantity to a measure, through words and names alone. Whatever stands in the clause
//! of a number must be understood, to the last word; else the number stays unbound, since a
//! wrong tie is worse than none.

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::{Aggregate, Diagnostics, Figures, Language, Measure, ParameterType, Programme};
use jiff::civil::Date;
use serde_json::Value;

use crate::compile::Period;
use crate::grammar::{Grammar, grammar};
use crate::matching::{Lexicon, Reduced, is_cjk, is_spaced_letter, pattern, skip_spaces, skip_spaces_back};
use crate::quantities::{Days, Kind, Mark, Marked, Quantity, find};

/// A measure with the parameters that the text gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bound {
    pub(crate) measure: String,
    pub(crate) parameters: BTreeMap<String, Value>,
}

/// What a word of a clause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
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
    Excluding,
}

/// A record that a name stands for.
type Named = (String, String);

/// Everything that binding in one language needs.
pub(crate) struct Binder<'a> {
    language: Language,
    grammar: &'static Grammar,
    measures: Vec<&'a Measure>,
    words: Lexicon<Word>,
    units: Lexicon<String>,
    names: Lexicon<Named>,
    sentence_ends: Vec<Vec<char>>,
    clause_ends: Vec<Vec<char>>,
}

// Whole pieces stand in a clause as one character each.
const NUMBER: char = '\u{E010}';
const DATE: char = '\u{E011}';
const CITATION: char = '\u{E012}';
const NAME: char = '\u{E013}';
/// A name that is part of a longer one which nobody knows.
const UNKNOWN: char = '\u{E014}';

/// A piece of a sentence within which a number and the words about it stand.
#[derive(Debug, Default)]
struct Clause {
    chars: Vec<char>,
    /// For each character, the piece that it stands for.
    pieces: Vec<usize>,
    sentence: usize,
    /// The clause in which the brackets stand that hold this one.
    host: Option<usize>,
    /// Where it begins in the text.
    start: usize,
}

/// What a stretch of a clause says, if all of it is understood.
#[derive(Debug, Default)]
struct Said {
    names: Vec<usize>,
    /// Marked pieces.
    dates: Vec<usize>,
    keywords: Vec<Vec<usize>>,
    total: bool,
    period: bool,
    ends_with_link: bool,
}

/// A text in which everything is found, ready for binding.
pub(crate) struct Reading {
    pub(crate) marked: Vec<Marked>,
    names: Vec<Vec<Named>>,
    clauses: Vec<Clause>,
    /// Where the words for the period of the report end.
    periods: Vec<usize>,
}

impl<'a> Binder<'a> {
    pub(crate) fn new(programme: &'a Programme, language: Language, figures: &dyn Figures) -> Result<Self, Diagnostics> {
        let grammar = grammar(language);
        let answerable = |measure: &&Measure| measure.head.group_by.is_empty();
        let measures: Vec<&Measure> = programme.measures.values().filter(answerable).collect();
        let keywords = measures.iter().enumerate().flat_map(|(index, measure)| {
            measure.head.keywords[language].iter().map(move |word| (word.clone(), Word::Keyword(index)))
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
            (&grammar.excluding, Word::Excluding),
        ];
        let words = lists.into_iter().flat_map(|(words, kind)| words.iter().map(move |word| (word.clone(), kind)));
        let units = programme.codelists.get("unit").into_iter().flat_map(|list| &list.codes).flat_map(|(code, unit)| {
            let aliases = unit.aliases.iter().cloned().chain([unit.label[language].clone()]);
            aliases.map(|word| (word, code.clone())).collect::<Vec<_>>()
        });
        // Names of whatever can be asked for, and of whatever else records point to: a clause
        // that speaks of those asks for something narrower.
        let asked = programme.measures.values().flat_map(|measure| measure.head.parameters.values().filter_map(|p| p.register.as_ref()));
        let linked = programme.registers.values().flat_map(|register| register.fields.values().filter_map(|field| field.register.as_ref()));
        let registers: BTreeSet<&String> = asked.chain(linked).collect();
        let mut names = Vec::new();
        for register in registers {
            let known = figures.names(register)?;
            // Short codes look too much like words.
            let usable = known.iter().filter(|(name, _)| name.chars().count() > 3 || name.chars().any(is_cjk) && name.chars().count() > 1);
            names.extend(usable.map(|(name, key)| (name.to_owned(), (register.clone(), key.to_owned()))));
        }
        let patterns = |words: &[String]| words.iter().map(|word| pattern(word)).collect();
        Ok(Self {
            language,
            grammar,
            words: Lexicon::new(words.chain(keywords)),
            units: Lexicon::new(units),
            names: Lexicon::new(names),
            measures,
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
            if let Some((end, named)) = self.names.at(text, at) {
                let kind = if self.is_whole(text, at, end, reduced, written) { NAME } else { UNKNOWN };
                pieces.push((at, end, kind, names.len()));
                names.push(named);
                at = end;
            } else {
                at += 1;
            }
        }
        let apart = |marked: &Marked| pieces.iter().all(|(from, to, ..)| marked.to <= *from || *to <= marked.from);
        let marked: Vec<Marked> = find(text, self.language, &self.units).into_iter().filter(apart).collect();
        for (index, piece) in marked.iter().enumerate() {
            let kind = match piece.mark {
                Mark::Quantity(_) => NUMBER,
                Mark::Date(_) => DATE,
                Mark::Citation => CITATION,
            };
            pieces.push((piece.from, piece.to, kind, index));
        }
        pieces.sort_unstable();
        let periods = (0..text.len()).filter_map(|at| self.word(text, at, |word| word == Word::Period)).collect();
        let clauses = self.clauses(text, &pieces);
        Reading { marked, names, clauses, periods }
    }

    /// Whether a name is not the middle of a longer one: «Inter-American Convention …», 《美洲…公约》.
    fn is_whole(&self, text: &[char], from: usize, to: usize, reduced: &Reduced, written: &[char]) -> bool {
        let (open, close) = self.quotes();
        if !self.grammar.spaced {
            let inside = text[..from].iter().rev().take(60).find(|c| open.contains(c) || close.contains(c)).is_some_and(|c| open.contains(c));
            let framed = from > 0 && open.contains(&text[from - 1]) && text.get(to).is_none_or(|c| close.contains(c));
            return !inside || framed;
        }
        if from > 0 && text[from - 1] == '-' || text.get(to) == Some(&'-') {
            return false;
        }
        let end = skip_spaces_back(text, from);
        let start = text[..end].iter().rposition(|c| !is_spaced_letter(*c) && *c != '-').map_or(0, |at| at + 1);
        let capital = start < end && written[reduced.origin[start]].is_uppercase();
        let sentence_start = start == 0 || matches!(text[skip_spaces_back(text, start).saturating_sub(1)], '.' | '?' | '!' | '«' | '“' | '(');
        !capital || sentence_start || self.words.at(text, start).is_some()
    }

    /// The unit that stands at `at`, after its counter.
    pub(crate) fn unit(&self, text: &[char], at: usize) -> Option<String> {
        let counter = self.word(text, at, |word| word == Word::Counter).map(|end| skip_spaces(text, end));
        [Some(at), counter].into_iter().flatten().find_map(|at| Some(self.units.at(text, at)?.1.swap_remove(0)))
    }

    fn quotes(&self) -> (Vec<char>, Vec<char>) {
        let open = self.grammar.quotes.iter().filter_map(|pair| pair.chars().next()).collect();
        let close = self.grammar.quotes.iter().filter_map(|pair| pair.chars().nth(1)).collect();
        (open, close)
    }

    /// Where a word of a kind that starts at `at` ends.
    fn word(&self, text: &[char], at: usize, kind: impl Fn(Word) -> bool) -> Option<usize> {
        self.words.all_at(text, at).find(|(_, word)| kind(**word)).map(|(end, _)| end)
    }

    fn clauses(&self, text: &[char], pieces: &[(usize, usize, char, usize)]) -> Vec<Clause> {
        let brackets: Vec<(char, char)> =
            self.grammar.brackets.iter().filter_map(|pair| pair.chars().next().zip(pair.chars().nth(1))).collect();
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
            if open.contains(&c) && !quoted && text[at + 1..].iter().take(200).any(|c| close.contains(c)) {
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

    /// What the measure is that the quantity with this index states, if the text says so.
    pub(crate) fn bind(&self, reading: &Reading, index: usize, at: Option<Date>, period: Option<Period>) -> Option<Bound> {
        let Mark::Quantity(quantity) = &reading.marked[index].mark else { return None };
        if quantity.ranged || matches!(quantity.kind, Kind::Money(_)) {
            return None;
        }
        let is_number = |clause: &Clause| (0..clause.chars.len()).find(|i| clause.chars[*i] == NUMBER && clause.pieces[*i] == index);
        let (clause_index, place) = reading.clauses.iter().enumerate().find_map(|(number, clause)| Some((number, is_number(clause)?)))?;
        let clause = &reading.clauses[clause_index];
        let previous = clause.chars[..place].iter().rposition(|c| *c == NUMBER);
        let before = self.said(clause, previous.map_or(0, |at| at + 1), place, Allowed::Before(previous.is_some()))?;
        if self.is_narrowed(reading, clause_index) {
            return None;
        }
        let mut bound = BTreeMap::new();
        for (measure, after) in self.candidates(clause, place, quantity, &before) {
            let head = &self.measures[measure].head;
            if let Some(parameters) = self.parameters(reading, clause_index, measure, &before, &after, at, period) {
                bound.insert(head.measure.clone(), parameters);
            }
        }
        // A tie between two measures is none.
        let (measure, parameters) = bound.pop_first().filter(|_| bound.is_empty())?;
        Some(Bound { measure, parameters })
    }

    /// The measures of which the words around a number speak, with what is said after it.
    fn candidates(&self, clause: &Clause, place: usize, quantity: &Quantity, before: &Said) -> Vec<(usize, Said)> {
        let text = &clause.chars;
        let fits = |measure: &usize| {
            let ratio = self.measures[*measure].head.aggregate == Aggregate::Ratio;
            let counted = matches!(self.measures[*measure].head.aggregate, Aggregate::Count | Aggregate::CountDistinct | Aggregate::Sum);
            match quantity.kind {
                Kind::Percent => ratio,
                Kind::Count => counted,
                Kind::Money(_) => false,
            }
        };
        let start = skip_spaces(text, place + 1);
        let counter = self.word(text, start, |word| word == Word::Counter).map(|end| skip_spaces(text, end));
        let mut found: Vec<(usize, Said)> = Vec::new();
        for after in [Some(start), counter].into_iter().flatten() {
            // «166 parties to …»
            if !before.ends_with_link {
                self.keyword(clause, after, &fits, &mut found);
            }
            let unit = self.units.at(text, after);
            if let Some((end, units)) = &unit
                && !before.ends_with_link
            {
                // «8 States ratified …»
                let of_unit = |measure: &usize| fits(measure) && units.contains(&self.measures[*measure].head.unit);
                let (next, names) = self.skip_between(clause, *end);
                let known = found.len();
                self.keyword(clause, next, &of_unit, &mut found);
                found[known..].iter_mut().for_each(|(_, said)| said.names.extend(&names));
            }
            // «the total number of parties to 176»
            if let [keyword] = before.keywords.as_slice()
                && before.total
            {
                let ends = [Some(after), unit.map(|(end, _)| end)].into_iter().flatten();
                if let Some(said) = ends.filter_map(|end| self.said_after(clause, end)).next() {
                    let fitting = keyword.iter().copied().filter(fits);
                    found.extend(fitting.map(|measure| (measure, said.again())));
                }
            }
        }
        found
    }

    /// Adds the measures whose keyword stands at `at`, where the rest of the clause is understood.
    fn keyword(&self, clause: &Clause, at: usize, fits: &impl Fn(&usize) -> bool, found: &mut Vec<(usize, Said)>) {
        let keywords = self.words.all_at(&clause.chars, at).filter_map(|(end, word)| match word {
            Word::Keyword(measure) => Some((end, *measure)),
            _ => None,
        });
        let mut longest = None;
        for (end, measure) in keywords {
            // A shorter keyword inside a longer one says something else.
            if *longest.get_or_insert(end) == end
                && fits(&measure)
                && let Some(said) = self.said_after(clause, end)
            {
                found.push((measure, said));
            }
        }
    }

    /// Passes over words between what is counted and what is said of it, and over names:
    /// «… 个国家是《…》的缔约国». Where it ends, and the names.
    fn skip_between(&self, clause: &Clause, at: usize) -> (usize, Vec<usize>) {
        let text = &clause.chars;
        let (open, close) = self.quotes();
        let mut names = Vec::new();
        let mut at = skip_spaces(text, at);
        loop {
            // A keyword is what is looked for, even where it begins with a smaller word.
            if self.word(text, at, |word| matches!(word, Word::Keyword(_))).is_some() {
                return (at, names);
            }
            let quote = text.get(at).is_some_and(|c| open.contains(c) && text.get(at + 1) == Some(&NAME) || close.contains(c) && !names.is_empty());
            if text.get(at) == Some(&NAME) {
                names.push(clause.pieces[at]);
                at += 1;
            } else if quote {
                at += 1;
            } else {
                let link = !names.is_empty();
                let passes = |word| matches!(word, Word::Between | Word::Period) || link && word == Word::Link;
                let Some(end) = self.word(text, at, passes) else { return (at, names) };
                at = end;
            }
            at = skip_spaces(text, at);
        }
    }

    /// What is said from `at` to the end of the clause, or to a conjunction with a next number.
    fn said_after(&self, clause: &Clause, at: usize) -> Option<Said> {
        let next = clause.chars[at..].iter().position(|c| *c == NUMBER).map(|offset| at + offset);
        match next {
            None => self.said(clause, at, clause.chars.len(), Allowed::After),
            Some(next) => {
                // The conjunction is the only thing that may lead to the next number.
                self.said(clause, at, next, Allowed::Joined)
            }
        }
    }

    /// Reads a stretch of a clause; none unless all of it is understood.
    fn said(&self, clause: &Clause, from: usize, to: usize, allowed: Allowed) -> Option<Said> {
        let text = &clause.chars[..to];
        let (open, close) = self.quotes();
        let mut said = Said::default();
        let mut joined = false;
        let mut at = skip_spaces(text, from);
        while at < to {
            let c = text[at];
            said.ends_with_link = false;
            if c == NAME {
                said.names.push(clause.pieces[at]);
                at += 1;
            } else if c == DATE && allowed == Allowed::Setting {
                said.dates.push(clause.pieces[at]);
                at += 1;
            } else if open.contains(&c) && text.get(at + 1) == Some(&NAME) || close.contains(&c) && at > 0 && text[at - 1] == NAME {
                at += 1;
            } else if let Some(end) = self.dated(text, at) {
                said.dates.push(clause.pieces[end - 1]);
                at = end;
            } else {
                let (end, word) = self.words.all_at(text, at).find(|(_, word)| allowed.allows(**word))?;
                match word {
                    Word::Keyword(_) => {
                        let all = self.words.all_at(text, at).filter(|(other, _)| *other == end);
                        said.keywords.push(all.filter_map(|(_, word)| if let Word::Keyword(m) = word { Some(*m) } else { None }).collect());
                    }
                    Word::Total => said.total = true,
                    Word::Period => said.period = true,
                    Word::Link => said.ends_with_link = true,
                    Word::Conjunction => joined = true,
                    _ => {}
                }
                // A word may be a total and an opener at once, and a keyword may begin with one.
                said.total |= self.words.all_at(text, at).any(|(other, word)| other <= end && *word == Word::Total);
                at = end;
            }
            at = skip_spaces(text, at);
        }
        (allowed != Allowed::Joined || joined).then_some(said)
    }

    /// Where a date with the word that makes it the day of a figure ends.
    fn dated(&self, text: &[char], at: usize) -> Option<usize> {
        let end = self.word(text, at, |word| word == Word::AsAt)?;
        let date = skip_spaces(text, end);
        (text.get(date) == Some(&DATE)).then_some(date + 1)
    }

    /// Whether something else in the sentence makes the number one of a part only.
    fn is_narrowed(&self, reading: &Reading, index: usize) -> bool {
        let clause = &reading.clauses[index];
        let starts = |clause: &Clause, kind: Word| {
            let start = skip_spaces(&clause.chars, 0);
            self.word(&clause.chars, start, |word| word == kind).is_some()
        };
        let excluding = reading.clauses.iter().enumerate().skip(index + 1).take(2).any(|(_, next)| {
            let related = next.sentence == clause.sentence && (next.host == clause.host || next.host == Some(index));
            related && (starts(next, Word::Excluding) || self.is_name_list(next))
        });
        let own = clause.host.map_or(index, |host| host);
        let scoped = reading.clauses[..own].iter().filter(|other| other.sentence == clause.sentence && other.host.is_none());
        let narrowed = scoped.filter(|other| starts(other, Word::Scope)).any(|other| self.setting(other).is_none());
        excluding || narrowed
    }

    /// Whether a clause begins with a name and has no number of its own, as the rest of a list has.
    fn is_name_list(&self, clause: &Clause) -> bool {
        let (open, _) = self.quotes();
        let mut at = skip_spaces(&clause.chars, 0);
        while let Some(end) = self.word(&clause.chars, at, |word| matches!(word, Word::Link | Word::Conjunction)) {
            at = skip_spaces(&clause.chars, end);
        }
        let name = clause.chars.get(at).is_some_and(|c| *c == NAME || open.contains(c) && clause.chars.get(at + 1) == Some(&NAME));
        name && !clause.chars.contains(&NUMBER)
    }

    /// What a clause says that only sets the time or the instrument for those after it.
    fn setting(&self, clause: &Clause) -> Option<Said> {
        self.said(clause, 0, clause.chars.len(), Allowed::Setting)
    }

    /// The days that a clause gives to what it and the next ones say; none if their part in
    /// the matter is unclear.
    fn dates(&self, clause: &Clause) -> Option<Vec<usize>> {
        if let Some(said) = self.setting(clause) {
            return Some(said.dates);
        }
        let first = clause.chars.iter().position(|c| *c == NUMBER).unwrap_or(clause.chars.len());
        let given = (0..first).filter_map(|at| self.dated(&clause.chars, at)).map(|end| clause.pieces[end - 1]);
        let mut given: Vec<usize> = given.collect();
        given.dedup();
        let all = clause.chars.iter().filter(|c| **c == DATE).count();
        (given.len() == all).then_some(given)
    }

    /// The parameters of a measure, from the names and dates of the text.
    #[expect(clippy::too_many_arguments, reason = "each is one thing that the text says")]
    fn parameters(
        &self,
        reading: &Reading,
        index: usize,
        measure: usize,
        before: &Said,
        after: &Said,
        at: Option<Date>,
        period: Option<Period>,
    ) -> Option<BTreeMap<String, Value>> {
        let head = &self.measures[measure].head;
        let clause = &reading.clauses[index];
        let own: Vec<usize> = before.names.iter().chain(&after.names).copied().collect();
        let dates: Vec<usize> = before.dates.iter().chain(&after.dates).copied().collect();
        let takes = |register: &str| head.parameters.values().any(|parameter| parameter.register.as_deref() == Some(register));
        if own.iter().any(|name| reading.names[*name].iter().all(|(register, _)| !takes(register))) {
            return None;
        }
        let mut given = BTreeMap::new();
        for (name, parameter) in &head.parameters {
            if parameter.default.is_some() {
                continue;
            }
            let value = match (parameter.kind, name.as_str()) {
                (ParameterType::Link, _) => self.named(reading, index, parameter.register.as_deref()?, &own)?,
                (ParameterType::Date, "at") => {
                    let days = self.days(reading, clause, index, &dates)?;
                    days.map_or(at, |days| days.day()).map(|day| day.to_string())?
                }
                (ParameterType::Date, "from" | "to") => {
                    let days = self.days(reading, clause, index, &dates)?.filter(|days| days.day().is_none());
                    let told = before.period || after.period || reading.periods.iter().any(|end| *end <= clause.start + clause.chars.len());
                    let days = match days {
                        Some(days) => Period { from: days.from, to: days.to },
                        None if dates.is_empty() && told => period?,
                        None => return None,
                    };
                    (if name == "from" { days.from } else { days.to }).to_string()
                }
                _ => return None,
            };
            given.insert(name.clone(), Value::from(value));
        }
        Some(given)
    }

    /// The one record of a register that the clause names, or the clause it hangs on, or the sentence.
    fn named(&self, reading: &Reading, index: usize, register: &str, own: &[usize]) -> Option<String> {
        let keys = |names: &[usize]| -> BTreeSet<String> {
            let of_register = names.iter().flat_map(|name| &reading.names[*name]).filter(|(other, _)| other == register);
            of_register.map(|(_, key)| key.clone()).collect()
        };
        let in_clause = |clause: &Clause| -> Option<Vec<usize>> {
            let known = !clause.chars.contains(&UNKNOWN);
            let places = clause.chars.iter().zip(&clause.pieces).filter(|(c, _)| **c == NAME);
            known.then(|| places.map(|(_, piece)| *piece).collect())
        };
        let clause = &reading.clauses[index];
        let mut wider = vec![keys(own), keys(&in_clause(clause)?)];
        if let Some(host) = clause.host {
            wider.push(keys(&in_clause(&reading.clauses[host])?));
        }
        if let Some(found) = wider.into_iter().find(|found| !found.is_empty()) {
            return one(found);
        }
        let sentence = reading.clauses.iter().filter(|other| other.sentence == clause.sentence);
        let names: Option<Vec<Vec<usize>>> = sentence.map(in_clause).collect();
        one(keys(&names?.concat()))
    }

    /// The days of which the clause speaks, or the clauses before it that set the time. The outer
    /// option is none where the text names days whose part in the matter is unclear.
    fn days(&self, reading: &Reading, clause: &Clause, index: usize, own: &[usize]) -> Option<Option<Days>> {
        let resolve = |dates: &[usize]| -> Option<Option<Days>> {
            let day = |date: &usize| match reading.marked[*date].mark {
                Mark::Date(days) => days,
                _ => None,
            };
            match dates.iter().map(day).collect::<Option<Vec<Days>>>()?.as_slice() {
                [] => Some(None),
                [one] => Some(Some(*one)),
                [first, last] => first.through(*last).map(Some),
                _ => None,
            }
        };
        if !own.is_empty() {
            return resolve(own);
        }
        let until = clause.host.unwrap_or(index);
        let mut set = Vec::new();
        for earlier in reading.clauses[..=until].iter().filter(|other| other.sentence == clause.sentence) {
            if !earlier.chars.contains(&DATE) {
                continue;
            }
            set.extend(self.dates(earlier)?);
        }
        resolve(&set)
    }
}

fn one(found: BTreeSet<String>) -> Option<String> {
    (found.len() == 1).then(|| found.into_iter().next()).flatten()
}

/// Whether a sign that ends a clause stands at `at`. One that ends in a space also ends a text.
fn ended(text: &[char], at: usize, end: &[char]) -> bool {
    let (sign, space) = match end.split_last() {
        Some((' ', sign)) => (sign, true),
        _ => (end, false),
    };
    let after = at + sign.len();
    text.get(at..after) == Some(sign) && (!space || text.get(after).is_none_or(|c| c.is_whitespace()))
}

/// Which words a stretch of a clause may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// Before a number; after another one of the same clause, or not.
    Before(bool),
    /// After what is counted.
    After,
    /// From what is counted to the next number.
    Joined,
    /// A clause that only sets the time or the instrument.
    Setting,
}

impl Allowed {
    fn allows(self, word: Word) -> bool {
        match word {
            Word::Link | Word::Period => true,
            Word::Opener => matches!(self, Self::Before(_) | Self::Joined | Self::Setting),
            Word::Keyword(_) | Word::Total => matches!(self, Self::Before(_)),
            Word::Conjunction => self != Self::After,
            Word::Counter => self == Self::Before(true),
            Word::Scope => self == Self::Setting,
            Word::Between | Word::AsAt | Word::Excluding => false,
        }
    }
}

impl Said {
    fn again(&self) -> Self {
        Self { names: self.names.clone(), dates: self.dates.clone(), period: self.period, ..Self::default() }
    }
}
