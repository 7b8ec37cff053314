//! Finding the quantities of a text: numbers that count or measure something, but not years,
//! dates, citations, symbols and ordinals.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::OnceLock;

use chancery_model::{Language, Multilingual};
use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;

use crate::grammar::{Grammar, grammar};
use crate::matching::{
    Lexicon, follows_proclitic, is_cjk, is_spaced_letter, skip_spaces, skip_spaces_back,
};

/// What a number measures, as far as the text beside it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Count,
    Percent,
    /// With its ISO 4217 code.
    Money(String),
}

/// A number that counts or measures something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: Decimal,
    pub(crate) kind: Kind,
    /// The unit of the last digit written: 1 in «176», 0.1 in «87.5», 100 000 in «2.5 million».
    pub(crate) step: Decimal,
    /// One end of a range.
    pub(crate) ranged: bool,
}

/// The days that a date stands for; none where its year is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) from: Date,
    pub(crate) to: Date,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    Quantity(Quantity),
    Date(Option<Days>),
    /// A number or symbol that names something and counts nothing.
    Citation,
}

/// A marked piece of reduced text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) mark: Mark,
}

/// What is needed to find quantities in one language.
struct Finder {
    grammar: &'static Grammar,
    dates: Vec<Regex>,
    years: Regex,
    /// Addresses and document symbols, which may hold what looks like a date.
    symbols: Regex,
    citations: Regex,
    number: Regex,
    before: Lexicon<()>,
    after: Lexicon<()>,
    scales: Lexicon<u32>,
    words: Lexicon<u32>,
    /// Numerator and denominator.
    fractions: Lexicon<[u32; 2]>,
    halves: Lexicon<()>,
    not_fraction_before: Lexicon<()>,
    not_fraction_after: Lexicon<()>,
    idioms: Lexicon<()>,
    articles: Lexicon<()>,
    needs_unit: Lexicon<()>,
    percent: Lexicon<()>,
    percent_before: Lexicon<()>,
    currencies: Lexicon<String>,
    counters: Lexicon<()>,
    conjunctions: Lexicon<()>,
    ranges: Lexicon<()>,
}

/// The quantities, dates and citations of a reduced text in their order. `units` are the words
/// for what is counted.
pub(crate) fn find(text: &[char], language: Language, units: &Lexicon<String>) -> Vec<Marked> {
    static FINDERS: OnceLock<Multilingual<Finder>> = OnceLock::new();
    let finders = FINDERS.get_or_init(|| {
        let made: Result<_, std::convert::Infallible> =
            Multilingual::try_from_fn(|language| Ok(Finder::new(language)));
        match made {
            Ok(finders) => finders,
            Err(never) => match never {},
        }
    });
    let mut finding = Finding {
        finder: &finders[language],
        text,
        units,
        found: Vec::new(),
        taken: vec![false; text.len()],
        dates: Default::default(),
    };
    finding.dates_and_citations();
    let dates = finding.found.iter().filter(|marked| matches!(marked.mark, Mark::Date(_)));
    finding.dates = dates.map(|marked| (marked.from, marked.to)).unzip();
    finding.numbers();
    finding.fractions();
    if finding.finder.grammar.cjk {
        finding.cjk_numerals();
    } else {
        finding.number_words();
    }
    let mut found = finding.found;
    found.sort_by_key(|marked| marked.from);
    mark_ranges(text, &mut found, &finders[language].ranges);
    found
}

#[expect(clippy::expect_used, reason = "made from the language files alone, and a test reads each")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

impl Finder {
    fn new(language: Language) -> Self {
        let grammar = grammar(language);
        let set = |words: &[String]| Lexicon::new(words.iter().map(|word| (word, ())));
        let class =
            |signs: &[String]| signs.iter().map(|sign| regex::escape(sign)).collect::<String>();
        // Arabic separators are reduced like any other sign: they stay as they are.
        let (group, decimal) = (class(&grammar.group), class(&grammar.decimal));
        let turned = if grammar.turned_groups { TURNED } else { "" };
        Self {
            grammar,
            dates: grammar
                .date_forms
                .iter()
                .map(|form| regex(&date_pattern(grammar, form)))
                .collect(),
            years: regex(r"(?P<y>(?:19|20)\d\d) ?[-–/] ?(?P<z>(?:19|20)\d\d|\d\d)"),
            symbols: regex(
                r"(?:https?://|www\.)[^\s，。；）]+|[a-z0-9._-]+@[a-z0-9.-]+|[a-z]+(?:[./][a-z0-9.-]+)*/\d[a-z0-9./-]*",
            ),
            citations: regex(&NAMING.join("|")),
            number: regex(&format!(
                r"{turned}(?P<whole>[1-9]\d{{0,2}}(?:[{group}]\d{{3}})+|\d+)(?:[{decimal}](?P<part>\d+))?"
            )),
            before: set(&grammar.not_quantity_before),
            after: set(&grammar.not_quantity_after),
            scales: Lexicon::new(grammar.scales.iter().map(|(word, power)| (word, *power))),
            words: Lexicon::new(grammar.words.iter().map(|(word, value)| (word, *value))),
            fractions: Lexicon::new(grammar.fractions.iter().map(|(word, parts)| (word, *parts))),
            halves: set(&grammar.halves),
            not_fraction_before: set(&grammar.not_fraction_before),
            not_fraction_after: set(&grammar.not_fraction_after),
            idioms: set(&grammar.idioms),
            articles: set(&grammar.articles),
            needs_unit: set(&grammar.needs_unit),
            percent: set(&grammar.percent),
            percent_before: set(&grammar.percent_before),
            currencies: Lexicon::new(
                grammar.currencies.iter().map(|(word, code)| (word, code.clone())),
            ),
            counters: set(&grammar.counters),
            conjunctions: set(&grammar.conjunctions),
            ranges: set(&grammar.ranges),
        }
    }
}

/// Numbers that name something and count nothing.
const NAMING: [&str; 12] = [
    // The mark with which a paragraph begins.
    r"^\(\d{1,3}\)",
    r"^\d{1,3}-\d{1,3}\b",
    // Times of day.
    r"\d{1,2}:\d\d(?::\d\d)?",
    r"\d{1,2}[\s\u{a0}]?h(?:[\s\u{a0}]?\d\d)?\b",
    // «1373 (2001)», «15(3)».
    r"\d{3,4}(?: ?\((?:19|20)\d\d\))",
    r"\d+\((?:\d+|[a-z])\)",
    // Two years that lost their dash.
    r"(?:(?:19|20)\d\d){2}",
    // Ordinals that lost theirs: «29м».
    r"\d+(?:й|я|е|го|м|му|ю|х)",
    // Telephone and book numbers.
    r"\(?\+\d[\d ()/-]{5,}\d|\d+(?:-\d+){2,}",
    // Resolutions: «67/189».
    r"\d+(?:/\d+)+[a-z]?",
    // Words and symbols: «p-4», «b30(1)», «29f.31».
    r"[a-z]+[.-]?\d[a-z0-9.-]*(?:\(\d+\))?",
    r"\d+[a-z][a-z0-9]*(?:\.\d+)*",
];

/// A number whose groups stand last first.
const TURNED: &str = r"(?P<turned>\d{3}(?: \d{3})* \d{1,3}\b)|";

fn date_pattern(grammar: &Grammar, form: &str) -> String {
    let mut months: Vec<String> =
        grammar.months.iter().flatten().map(|month| regex::escape(&reduced(month))).collect();
    months.sort_by_key(|month| std::cmp::Reverse(month.len()));
    // «تموز/يوليه», also with a space.
    let months: Vec<String> = months.iter().map(|month| month.replace('/', r"\s*/\s*")).collect();
    let space = if grammar.spaced { r"[\s\u{a0}]+" } else { r"\s*" };
    let pattern = regex::escape(&reduced(form))
        .replace(r"\{d\}", r"(?P<d>\d{1,2})")
        .replace(r"\{m\}", r"(?P<m>\d{1,2})")
        .replace(r"\{month\}", &format!("(?P<month>{})", months.join("|")))
        .replace(r"\{y\}", r"(?P<y>(?:1[5-9]|20|21)\d\d)")
        .replace(r"\{iso\}", r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)");
    if grammar.spaced {
        pattern.replace(r"\ ", space).replace(' ', space)
    } else {
        // A PDF may put spaces around every number.
        pattern
            .replace(")年", &format!("){space}年{space}"))
            .replace(")月", &format!("){space}月{space}"))
            .replace(")日", &format!("){space}日"))
    }
}

fn reduced(word: &str) -> String {
    crate::matching::pattern(word).into_iter().collect()
}

struct Finding<'a> {
    finder: &'a Finder,
    text: &'a [char],
    units: &'a Lexicon<String>,
    found: Vec<Marked>,
    taken: Vec<bool>,
    /// Where dates begin and where they end.
    dates: (HashSet<usize>, HashSet<usize>),
}

impl Finding<'_> {
    fn mark(&mut self, from: usize, to: usize, mark: Mark) {
        if from < to && !self.taken[from..to].contains(&true) {
            self.taken[from..to].fill(true);
            self.found.push(Marked { from, to, mark });
        }
    }

    /// The places at which `pattern` matches, in characters, each with its captures.
    fn matches<'t>(
        &self,
        pattern: &Regex,
        string: &'t str,
        starts: &[usize],
    ) -> Vec<(usize, usize, regex::Captures<'t>)> {
        let place = |byte: usize| starts.partition_point(|start| *start < byte);
        let whole = |(from, to, _): &(usize, usize, regex::Captures)| {
            let digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
            let starts_inside = *from > 0
                && is_spaced_letter(self.text[*from - 1])
                && is_spaced_letter(self.text[*from])
                && !follows_proclitic(self.text, *from);
            let ends_inside = digit(self.text.get(*to)) && self.text[*to - 1].is_ascii_digit();
            !starts_inside && !ends_inside
        };
        pattern
            .captures_iter(string)
            .filter_map(|captures| {
                captures.get(0).map(|all| (place(all.start()), place(all.end()), captures))
            })
            .filter(whole)
            .collect()
    }

    fn dates_and_citations(&mut self) {
        let (string, starts) = self.string();
        for (from, to, _) in self.matches(&self.finder.symbols, &string, &starts) {
            self.mark(from, to, Mark::Citation);
        }
        for pattern in &self.finder.dates {
            for (from, to, captures) in self.matches(pattern, &string, &starts) {
                let to = skip_spaces_back(self.text, to);
                let days = days(self.finder.grammar, &captures);
                self.mark(from, to, Mark::Date(days));
            }
        }
        for (from, to, captures) in self.matches(&self.finder.years, &string, &starts) {
            let first = captures["y"].parse::<i16>().ok();
            let last = captures["z"]
                .parse::<i16>()
                .ok()
                .zip(first)
                .map(|(z, y)| if z < 100 { y / 100 * 100 + z } else { z });
            let days = first.zip(last).and_then(|(y, z)| {
                Some(Days { from: Date::new(y, 1, 1).ok()?, to: Date::new(z, 12, 31).ok()? })
            });
            self.mark(from, to, Mark::Date(days));
        }
        for (from, to, _) in self.matches(&self.finder.citations, &string, &starts) {
            self.mark(from, to, Mark::Citation);
        }
    }

    fn string(&self) -> (String, Vec<usize>) {
        let mut string = String::with_capacity(self.text.len() * 3);
        let mut starts = Vec::with_capacity(self.text.len() + 1);
        for c in self.text {
            starts.push(string.len());
            string.push(*c);
        }
        starts.push(string.len());
        (string, starts)
    }

    fn numbers(&mut self) {
        let (string, starts) = self.string();
        // Where the last number ended that a word before it made a citation.
        let mut cited = None;
        let mut resume = 0;
        for (from, to, captures) in self.matches(&self.finder.number, &string, &starts) {
            if from < resume || self.taken[from..to].contains(&true) {
                continue;
            }
            let written = &captures[0];
            let dotted = |at: usize| {
                matches!(self.text.get(at), Some('.' | ','))
                    && self.text.get(at + 1).is_some_and(char::is_ascii_digit)
            };
            if dotted(to)
                || (from > 1
                    && matches!(self.text[from - 1], '.' | ',')
                    && self.text[from - 2].is_ascii_digit()
                    && self.taken[from - 2])
            {
                // Parts joined by points, such as 3.2.1: a place in a document.
                let mut end = to;
                while self
                    .text
                    .get(end)
                    .is_some_and(|c| c.is_ascii_digit() || (matches!(c, '.' | ',') && dotted(end)))
                {
                    end += 1;
                }
                self.mark(from, end, Mark::Citation);
                resume = end;
                continue;
            }
            let back = skip_spaces_back(self.text, from);
            let padded = written.starts_with('0')
                && written.len() > 1
                && captures.name("turned").is_none()
                && captures.name("part").is_none();
            if padded || self.is_labelled(from, to) {
                self.mark(from, to, Mark::Citation);
                continue;
            }
            if self.finder.before.before(self.text, back).is_some() || self.continues(cited, back) {
                cited = Some(to);
                self.mark(from, to, Mark::Citation);
                continue;
            }
            if self.belongs_to_date(from, to, written) {
                self.mark(from, to, Mark::Citation);
                continue;
            }
            match Decimal::from_str(&plain(&captures)) {
                Ok(value) => self.measured(from, to, value, Some(written)),
                Err(_) => self.mark(from, to, Mark::Citation),
            }
        }
    }

    /// Whether a number belongs to a word or sign before it: «uranium-235», «P - 4»,
    /// `[2]`.
    fn is_labelled(&self, from: usize, to: usize) -> bool {
        let before = |at: usize, steps: usize| at.checked_sub(steps).map(|at| self.text[at]);
        let (last, earlier) = (before(from, 1), before(from, 2));
        let enclosed = |open, close| last == Some(open) && self.text.get(to) == Some(&close);
        // The mark of a footnote: «[2]», «2014(3)», «the Committee,16», «law»72.
        let marked = earlier.is_some_and(|c| c.is_ascii_digit() || c == ')');
        let quoted = matches!(last, Some('"' | '”' | '»' | '>'))
            && earlier.is_some_and(|c| !c.is_whitespace() && c != '(');
        let glued = last == Some(',') && earlier.is_some_and(|c| c.is_alphabetic() && !is_cjk(c));
        if enclosed('[', ']') || enclosed('(', ')') && marked || quoted || glued {
            return true;
        }
        let back = skip_spaces_back(self.text, from);
        if !matches!(before(back, 1), Some('-' | '+')) {
            return false;
        }
        let word = skip_spaces_back(self.text, back - 1);
        let letter = before(word, 1).is_some_and(char::is_alphabetic);
        // A dash with spaces around it joins nothing but the letter of a grade.
        let close = back == from && word == back - 1 || before(back, 1) == Some('+');
        let lone = word == 1 || !before(word, 2).is_some_and(is_spaced_letter);
        letter && (close || lone)
    }

    /// Whether only a comma or a conjunction stands between `cited` and `back`: «articles 5 and 7».
    fn continues(&self, cited: Option<usize>, back: usize) -> bool {
        let Some(cited) = cited.filter(|cited| *cited <= back) else { return false };
        let start = skip_spaces(self.text, cited);
        let comma = matches!(self.text.get(start), Some(',' | '،' | '、' | '-' | '–'));
        let word = if comma { skip_spaces(self.text, start + 1) } else { start };
        // Arabic writes «and» with the word that follows.
        (comma && word >= back)
            || (word + 1 == back && self.text[word] == 'و')
            || [&self.finder.conjunctions, &self.finder.ranges]
                .into_iter()
                .any(|words| words.at(self.text, word).is_some_and(|(end, _)| end == back))
    }

    /// Whether a number is the first day of several: «6 and 7 May 2013», «5月6至7日».
    fn belongs_to_date(&self, from: usize, to: usize, written: &str) -> bool {
        let is_day = |digits: &str| digits.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
        let (begins, ended) = &self.dates;
        let joined = |next: usize| {
            let words = [&self.finder.conjunctions, &self.finder.ranges].into_iter();
            words.filter_map(move |words| Some(words.at(self.text, next)?.0))
        };
        if begins.is_empty() || !is_day(written) {
            return false;
        }
        let next = skip_spaces(self.text, to);
        if joined(next).next().is_some() && ended.contains(&from) {
            return true;
        }
        // «19, 20, 23 and 24 March»: no month has more days than these.
        let mut ends = vec![to];
        for _ in 0..31 {
            let mut further = Vec::new();
            for end in ends {
                let next = skip_spaces(self.text, end);
                let comma = matches!(self.text.get(next), Some(',' | '،')).then_some(next + 1);
                for end in joined(next).chain(comma) {
                    let day = skip_spaces(self.text, end);
                    let rest = self.text[day..].iter();
                    let digits: String = rest.take_while(|c| c.is_ascii_digit()).take(3).collect();
                    if !digits.is_empty() && begins.contains(&day) {
                        return true;
                    }
                    if is_day(&digits) {
                        further.push(day + digits.len());
                    }
                }
            }
            further.dedup();
            if further.is_empty() {
                return false;
            }
            ends = further;
        }
        false
    }

    /// A number of three digits that stands alone at a place.
    fn three_digits(&self, at: usize) -> Option<(usize, Decimal)> {
        let rest = self.text.get(at..)?;
        let digits: String = rest.iter().take_while(|c| c.is_ascii_digit()).collect();
        let ends = rest.get(3).is_none_or(|c| c.is_whitespace());
        let free = digits.len() == 3 && ends && !self.taken[at];
        Some((at + 3, Decimal::from_str(&digits).ok().filter(|_| free)?))
    }

    /// Takes in the scale, the percent sign and the currency, and marks the number.
    fn measured(
        &mut self,
        mut from: usize,
        mut to: usize,
        mut value: Decimal,
        digits: Option<&str>,
    ) {
        let mut step = Decimal::new(1, value.scale());
        while let Some((end, powers)) = self.finder.scales.at(self.text, skip_spaces(self.text, to))
        {
            let power = powers.first().copied().unwrap_or_default();
            let factor = Decimal::from(10u64.saturating_pow(power));
            let Some((scaled, stepped)) = factor.checked_mul(value).zip(factor.checked_mul(step))
            else {
                break;
            };
            (value, step) = (scaled.normalize(), stepped.normalize());
            to = end;
            // «a million and a half»
            if let Some((end, _)) = self.finder.halves.at(self.text, skip_spaces(self.text, to)) {
                (value, to) = (value.saturating_add(factor / Decimal::TWO), end);
                break;
            }
            // «5 thousand 638», as Spanish texts have it.
            if power == 3
                && let Some((end, rest)) = self.three_digits(skip_spaces(self.text, to))
            {
                (value, step, to) = (value.saturating_add(rest), Decimal::ONE, end);
                break;
            }
        }
        let next = skip_spaces(self.text, to);
        let back = skip_spaces_back(self.text, from);
        let kind = if let Some((end, _)) = self.finder.percent.at(self.text, next) {
            to = end;
            Kind::Percent
        } else if let Some(start) = self.finder.percent_before.before(self.text, back) {
            from = start;
            Kind::Percent
        } else if let Some((end, codes)) = self.finder.currencies.at(self.text, next) {
            to = end;
            Kind::Money(codes.into_iter().next().unwrap_or_default())
        } else if let Some(start) = self.finder.currencies.before(self.text, back) {
            let codes = self
                .finder
                .currencies
                .at(self.text, start)
                .map(|(_, codes)| codes)
                .unwrap_or_default();
            from = start;
            Kind::Money(codes.into_iter().next().unwrap_or_default())
        } else {
            Kind::Count
        };
        if kind == Kind::Count {
            // «20.9» has as many signs as a year.
            let whole = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
            let year = digits.is_some_and(|digits| {
                digits.len() == 4 && whole(digits) && ("1900".."2101").contains(&digits)
            });
            let counted = self.units.at(self.text, next).is_some()
                || self.finder.counters.at(self.text, next).is_some();
            if year && !counted {
                let days = digits.and_then(|year| year.parse().ok()).and_then(whole_year);
                self.mark(from, to, Mark::Date(days));
                return;
            }
            // What follows Chinese numerals was looked at where they were found.
            let chinese = digits.is_none() && self.finder.grammar.cjk;
            if !chinese && self.finder.after.at(self.text, next).is_some() {
                self.mark(from, to, Mark::Citation);
                return;
            }
        }
        self.mark(from, to, Mark::Quantity(Quantity { value, kind, step, ranged: false }));
    }
}

/// The digits of a number as a program reads them: no groups, a point before the decimals.
fn plain(captures: &regex::Captures) -> String {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match (captures.name("turned"), captures.name("whole"), captures.name("part")) {
        (Some(turned), ..) => turned.as_str().split(' ').rev().collect(),
        (_, Some(whole), Some(part)) => format!("{}.{}", digits(whole.as_str()), part.as_str()),
        (_, whole, _) => digits(whole.map_or("", |whole| whole.as_str())),
    }
}

fn days(grammar: &Grammar, captures: &regex::Captures) -> Option<Days> {
    let number =
        |name: &str| captures.name(name).and_then(|found| found.as_str().parse::<i8>().ok());
    let year: i16 = captures.name("y")?.as_str().parse().ok()?;
    let month = captures.name("month").and_then(|found| {
        let named = |forms: &Vec<String>| forms.iter().any(|form| reduced(form) == found.as_str());
        grammar.months.iter().position(named).and_then(|index| i8::try_from(index + 1).ok())
    });
    match (month.or_else(|| number("m")), number("d")) {
        (Some(month), Some(day)) => {
            Date::new(year, month, day).ok().map(|day| Days { from: day, to: day })
        }
        (Some(month), None) => {
            let first = Date::new(year, month, 1).ok()?;
            Some(Days { from: first, to: first.last_of_month() })
        }
        (None, _) => whole_year(year),
    }
}

fn whole_year(year: i16) -> Option<Days> {
    Some(Days { from: Date::new(year, 1, 1).ok()?, to: Date::new(year, 12, 31).ok()? })
}

impl Days {
    /// The one day, if it is one.
    pub(crate) fn day(self) -> Option<Date> {
        (self.from == self.to).then_some(self.from)
    }

    /// From the first day of this to the last day of the other.
    pub(crate) fn through(self, other: Self) -> Option<Self> {
        (self.to < other.from).then_some(Self { from: self.from, to: other.to })
    }
}

/// Marks neighbouring quantities that are the two ends of a range.
fn mark_ranges(text: &[char], found: &mut [Marked], ranges: &Lexicon<()>) {
    for index in 1..found.len() {
        let (left, right) = found.split_at_mut(index);
        let (Some(first), Some(second)) = (left.last_mut(), right.first_mut()) else { continue };
        if let (Mark::Quantity(one), Mark::Quantity(other)) = (&mut first.mark, &mut second.mark) {
            let start = skip_spaces(text, first.to);
            let joined = ranges
                .at(text, start)
                .is_some_and(|(end, _)| skip_spaces(text, end) == second.from);
            if joined {
                one.ranged = true;
                other.ranged = true;
            }
        }
    }
}

mod spelled;
#[cfg(test)]
mod tests;
