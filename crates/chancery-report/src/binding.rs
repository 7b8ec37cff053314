//! Tying a quantity to a measure, through words and names alone. Whatever stands in the clause
//! of a number must be understood, to the last word; else the number stays unbound, since a
//! wrong tie is worse than none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chancery_model::{
    Aggregate, Diagnostics, Figures, Language, Measure, Parameter, ParameterType, Programme, Unit,
};
use jiff::civil::Date;
use serde_json::Value;

use crate::clauses::{Clause, DATE, Lexis, NAME, NUMBER, Reading, UNKNOWN, Word, codes_of};
use crate::compile::Period;
use crate::matching::skip_spaces;
use crate::quantities::{Days, Kind, Mark, Quantity};

/// A measure with the parameters that the text gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bound {
    pub(crate) measure: String,
    pub(crate) parameters: BTreeMap<String, Value>,
}

/// Ties quantities to measures in one language.
pub(crate) struct Binder<'a> {
    pub(crate) lexis: Lexis,
    pub(crate) measures: Vec<&'a Measure>,
}

/// What was made out of a reading before its numbers are bound.
pub(crate) struct Sense {
    understood: Vec<bool>,
    /// The clause of each marked number, and its place there.
    places: HashMap<usize, (usize, usize)>,
}

/// A clause with more numbers is a table or a list, and is not read.
const MOST_NUMBERS: usize = 12;

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

impl<'a> Binder<'a> {
    pub(crate) fn new(
        programme: &'a Programme,
        language: Language,
        figures: &dyn Figures,
    ) -> Result<Self, Diagnostics> {
        let answerable = |measure: &&Measure| measure.head.group_by.is_empty();
        let measures: Vec<&Measure> = programme.measures.values().filter(answerable).collect();
        let lexis = Lexis::new(programme, &measures, language, figures)?;
        Ok(Self { lexis, measures })
    }

    /// Which clauses are understood to the last word, and where each number stands.
    pub(crate) fn sense(&self, reading: &Reading) -> Sense {
        let clauses = reading.clauses.iter();
        let understood = clauses.clone().map(|clause| self.is_understood(reading, clause));
        let places = clauses.enumerate().flat_map(|(number, clause)| {
            let signs = clause.chars.iter().zip(&clause.pieces).enumerate();
            signs
                .filter(|(_, (sign, _))| **sign == NUMBER)
                .map(move |(place, (_, piece))| (*piece, (number, place)))
        });
        Sense { places: places.collect(), understood: understood.collect() }
    }

    /// Whether a clause only sets the time or the thing that others speak of, or each of its
    /// numbers says what some measure asks.
    fn is_understood(&self, reading: &Reading, clause: &Clause) -> bool {
        let places: Vec<usize> =
            (0..clause.chars.len()).filter(|at| clause.chars[*at] == NUMBER).collect();
        if places.is_empty() {
            return self.setting(clause).is_some();
        }
        places.len() <= MOST_NUMBERS
            && places.iter().all(|place| {
                let Some((quantity, before)) = self.number(reading, clause, *place) else {
                    return false;
                };
                !self.candidates(clause, *place, quantity, &before).is_empty()
            })
    }

    /// The number at a place of a clause, and what is said before it.
    fn number<'r>(
        &self,
        reading: &'r Reading,
        clause: &Clause,
        place: usize,
    ) -> Option<(&'r Quantity, Said)> {
        let Mark::Quantity(quantity) = &reading.marked[clause.pieces[place]].mark else {
            return None;
        };
        if quantity.ranged {
            return None;
        }
        let previous = clause.chars[..place].iter().rposition(|c| *c == NUMBER);
        let from = previous.map_or(0, |at| at + 1);
        let before = self.said(clause, from, place, Allowed::Before(previous.is_some()))?;
        Some((quantity, before))
    }

    /// What the measure is that the quantity with this index states, if the text says so.
    pub(crate) fn bind(
        &self,
        reading: &Reading,
        sense: &Sense,
        index: usize,
        at: Option<Date>,
        period: Option<Period>,
    ) -> Option<Bound> {
        let (clause_index, place) = *sense.places.get(&index)?;
        if !self.stands_alone(reading, &sense.understood, clause_index) {
            return None;
        }
        let clause = &reading.clauses[clause_index];
        let (quantity, before) = self.number(reading, clause, place)?;
        let mut bound = BTreeMap::new();
        for (measure, after) in self.candidates(clause, place, quantity, &before) {
            let head = &self.measures[measure].head;
            if let Some(parameters) =
                self.parameters(reading, clause_index, measure, &before, &after, at, period)
            {
                bound.insert(head.measure.clone(), parameters);
            }
        }
        // A tie between two measures is none.
        let (measure, parameters) = bound.pop_first().filter(|_| bound.is_empty())?;
        Some(Bound { measure, parameters })
    }

    /// Whether nothing else in the sentence can change what a clause says: every other clause is
    /// understood, or follows and only speaks of a part.
    fn stands_alone(&self, reading: &Reading, understood: &[bool], index: usize) -> bool {
        let clause = &reading.clauses[index];
        let of_part = |other: &Clause| {
            let start = skip_spaces(&other.chars, 0);
            self.lexis.word(&other.chars, start, |word| word == Word::Part).is_some()
        };
        reading
            .clauses
            .iter()
            .enumerate()
            .filter(|(_, other)| other.sentence == clause.sentence)
            .all(|(number, other)| {
                if number <= index {
                    return understood[number];
                }
                let dated = other.chars.contains(&DATE) && !other.chars.contains(&NUMBER);
                of_part(other) || understood[number] && !dated && !self.is_name_list(other)
            })
    }

    /// The measures of which the words around a number speak, with what is said after it.
    fn candidates(
        &self,
        clause: &Clause,
        place: usize,
        quantity: &Quantity,
        before: &Said,
    ) -> Vec<(usize, Said)> {
        let text = &clause.chars;
        let fits = |measure: &usize| {
            let ratio = self.measures[*measure].head.aggregate == Aggregate::Ratio;
            let counted = matches!(
                self.measures[*measure].head.aggregate,
                Aggregate::Count | Aggregate::CountDistinct | Aggregate::Sum
            );
            let in_units = matches!(self.measures[*measure].head.unit, Unit::Column { .. });
            match quantity.kind {
                Kind::Percent => ratio,
                Kind::Count => counted && !in_units,
                Kind::Money(_) => counted && in_units,
            }
        };
        let start = skip_spaces(text, place + 1);
        let counter = self
            .lexis
            .word(text, start, |word| word == Word::Counter)
            .map(|end| skip_spaces(text, end));
        let mut found: Vec<(usize, Said)> = Vec::new();
        for after in [Some(start), counter].into_iter().flatten() {
            // «166 parties to …»
            if !before.ends_with_link {
                self.keyword(clause, after, &fits, &mut found);
            }
            let unit = self.lexis.units.at(text, after);
            if let Some((end, units)) = &unit
                && !before.ends_with_link
            {
                // «8 States ratified …»
                let of_unit = |measure: &usize| {
                    fits(measure)
                        && matches!(&self.measures[*measure].head.unit, Unit::Code(unit) if units.contains(unit))
                };
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
    fn keyword(
        &self,
        clause: &Clause,
        at: usize,
        fits: &impl Fn(&usize) -> bool,
        found: &mut Vec<(usize, Said)>,
    ) {
        let keywords =
            self.lexis.words.all_at(&clause.chars, at).filter_map(|(end, word)| match word {
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
        let (open, close) = self.lexis.quotes();
        let mut names = Vec::new();
        let mut at = skip_spaces(text, at);
        loop {
            // A keyword is what is looked for, even where it begins with a smaller word.
            if self.lexis.word(text, at, |word| matches!(word, Word::Keyword(_))).is_some() {
                return (at, names);
            }
            let quote = text.get(at).is_some_and(|c| {
                open.contains(c) && text.get(at + 1) == Some(&NAME)
                    || close.contains(c) && !names.is_empty()
            });
            if text.get(at) == Some(&NAME) {
                names.push(clause.pieces[at]);
                at += 1;
            } else if quote {
                at += 1;
            } else {
                let link = !names.is_empty();
                let passes = |word| {
                    matches!(word, Word::Between | Word::Period) || link && word == Word::Link
                };
                let Some(end) = self.lexis.word(text, at, passes) else { return (at, names) };
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
        let (open, close) = self.lexis.quotes();
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
            } else if open.contains(&c) && text.get(at + 1) == Some(&NAME)
                || close.contains(&c) && at > 0 && text[at - 1] == NAME
            {
                at += 1;
            } else if let Some(end) = self.dated(text, at) {
                said.dates.push(clause.pieces[end - 1]);
                at = end;
            } else {
                let (end, word) =
                    self.lexis.words.all_at(text, at).find(|(_, word)| allowed.allows(**word))?;
                match word {
                    Word::Keyword(_) => {
                        let all =
                            self.lexis.words.all_at(text, at).filter(|(other, _)| *other == end);
                        said.keywords.push(
                            all.filter_map(|(_, word)| {
                                if let Word::Keyword(m) = word { Some(*m) } else { None }
                            })
                            .collect(),
                        );
                    }
                    Word::Total => said.total = true,
                    Word::Period => said.period = true,
                    Word::Link => said.ends_with_link = true,
                    Word::Conjunction => joined = true,
                    _ => {}
                }
                // A word may be a total and an opener at once, and a keyword may begin with one.
                said.total |= self
                    .lexis
                    .words
                    .all_at(text, at)
                    .any(|(other, word)| other <= end && *word == Word::Total);
                at = end;
            }
            at = skip_spaces(text, at);
        }
        (allowed != Allowed::Joined || joined).then_some(said)
    }

    /// Where a date with the word that makes it the day of a figure ends.
    fn dated(&self, text: &[char], at: usize) -> Option<usize> {
        let end = self.lexis.word(text, at, |word| word == Word::AsAt)?;
        let date = skip_spaces(text, end);
        (text.get(date) == Some(&DATE)).then_some(date + 1)
    }

    /// Whether a clause begins with a name and has no number of its own, as the rest of a list has.
    fn is_name_list(&self, clause: &Clause) -> bool {
        let (open, _) = self.lexis.quotes();
        let mut at = skip_spaces(&clause.chars, 0);
        while let Some(end) = self
            .lexis
            .word(&clause.chars, at, |word| matches!(word, Word::Link | Word::Conjunction))
        {
            at = skip_spaces(&clause.chars, end);
        }
        let name = clause.chars.get(at).is_some_and(|c| {
            *c == NAME || open.contains(c) && clause.chars.get(at + 1) == Some(&NAME)
        });
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
        let given = (0..first)
            .filter_map(|at| self.dated(&clause.chars, at))
            .map(|end| clause.pieces[end - 1]);
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
        let takes = |of: &str| {
            head.parameters.values().any(|parameter| names_of(parameter).as_deref() == Some(of))
        };
        if own.iter().any(|name| reading.names[*name].iter().all(|(register, _)| !takes(register)))
        {
            return None;
        }
        // A clause before that only sets a place or a theme sets it for this one as well.
        let setting = reading.clauses[..index]
            .iter()
            .filter(|other| other.sentence == clause.sentence && !other.chars.contains(&NUMBER));
        let set: Vec<usize> = setting.flat_map(names_in).collect();
        if set.iter().any(|name| reading.names[*name].iter().all(|(of, _)| !takes(of))) {
            return None;
        }
        let sentence = reading.clauses.iter().filter(|other| other.sentence == clause.sentence);
        let all: Vec<usize> = sentence.flat_map(names_in).collect();
        let dated = head.parameters.values().any(|parameter| parameter.kind == ParameterType::Date);
        let told = self.days(reading, clause, index, &dates)?;
        if !dated && told.is_some() {
            return None;
        }
        let mut given = BTreeMap::new();
        for (name, parameter) in &head.parameters {
            if parameter.default.is_some() {
                continue;
            }
            if parameter.optional {
                let Some(of) = names_of(parameter) else {
                    // A day or a period of which nobody asks.
                    if parameter.kind == ParameterType::Date && told.is_some() {
                        return None;
                    }
                    continue;
                };
                // What the clause names narrows the figure. Two names, or one elsewhere in the
                // sentence, and it is unclear what does.
                let near: Vec<usize> = own.iter().chain(&set).copied().collect();
                let keys = self.keys(reading, &of, &near);
                if !keys.is_empty() {
                    given.insert(name.clone(), Value::from(one(keys)?));
                } else if !self.keys(reading, &of, &all).is_empty() {
                    return None;
                }
                continue;
            }
            let value = match (parameter.kind, name.as_str()) {
                (ParameterType::Link | ParameterType::Code, _) => {
                    self.named(reading, index, &names_of(parameter)?, &own)?
                }
                (ParameterType::Date, "at") => {
                    let days = self.days(reading, clause, index, &dates)?;
                    days.map_or(at, |days| days.day()).map(|day| day.to_string())?
                }
                (ParameterType::Date, "from" | "to") => {
                    let days = self
                        .days(reading, clause, index, &dates)?
                        .filter(|days| days.day().is_none());
                    let told = before.period || after.period || self.is_told_period(reading, index);
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

    /// Whether the sentence speaks of the period of the report, up to the end of a clause.
    fn is_told_period(&self, reading: &Reading, index: usize) -> bool {
        let clause = &reading.clauses[index];
        let sentence = reading.clauses.iter().filter(|other| other.sentence == clause.sentence);
        let start = sentence.map(|other| other.start).min().unwrap_or_default();
        let end = clause.start + clause.chars.len();
        reading.periods.iter().any(|told| (start..=end).contains(told))
    }

    /// What some names stand for in a register or code list.
    fn keys(&self, reading: &Reading, of: &str, names: &[usize]) -> BTreeSet<String> {
        let meant = names.iter().flat_map(|name| &reading.names[*name]);
        meant.filter(|(other, _)| other == of).map(|(_, key)| key.clone()).collect()
    }

    /// The one record of a register that the clause names, or the clause it hangs on, or the sentence.
    fn named(
        &self,
        reading: &Reading,
        index: usize,
        register: &str,
        own: &[usize],
    ) -> Option<String> {
        let keys = |names: &[usize]| self.keys(reading, register, names);
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
    fn days(
        &self,
        reading: &Reading,
        clause: &Clause,
        index: usize,
        own: &[usize],
    ) -> Option<Option<Days>> {
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
        let mut set = Vec::new();
        for earlier in
            reading.clauses[..=index].iter().filter(|other| other.sentence == clause.sentence)
        {
            if !earlier.chars.contains(&DATE) {
                continue;
            }
            set.extend(self.dates(earlier)?);
        }
        resolve(&set)
    }
}

/// The names in a clause.
fn names_in(clause: &Clause) -> impl Iterator<Item = usize> {
    let signs = clause.chars.iter().zip(&clause.pieces);
    signs.filter(|(sign, _)| **sign == NAME).map(|(_, piece)| *piece)
}

/// Whose names a parameter's value may be given by, as a reading keeps them.
pub(crate) fn names_of(parameter: &Parameter) -> Option<String> {
    let list = parameter.codelist.as_deref().map(codes_of);
    parameter.register.clone().or(list)
}

fn one(found: BTreeSet<String>) -> Option<String> {
    (found.len() == 1).then(|| found.into_iter().next()).flatten()
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
            Word::Between | Word::AsAt | Word::Part => false,
        }
    }
}

impl Said {
    fn again(&self) -> Self {
        Self {
            names: self.names.clone(),
            dates: self.dates.clone(),
            period: self.period,
            ..Self::default()
        }
    }
}
