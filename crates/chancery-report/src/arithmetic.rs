//! Arithmetic inside a document: a part and the whole it is of, a share and what it is the share
//! of, parts that a text counts up after their total, and the totals of tables. Nothing here needs
//! a record; what does not add up is wrong, or says something other than it seems to.

use std::ops::Range;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::check::json_number;
use crate::clauses::{Lexis, Word};
use crate::grammar::grammar;
use crate::matching::{pattern, skip_spaces, skip_spaces_back};
use crate::quantities::{Kind, Mark, Marked, Quantity};
use crate::reading::Flow;

/// What two or more figures of a document say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SumKind {
    /// «22 of 25»: no part is more than its whole.
    Part,
    /// «22 of 25 (88 per cent)»
    Share,
    /// «24 workshops: 10 in Africa, 8 in Asia and 6 in Europe»
    Parts,
    /// The total of a column.
    Column,
    /// The total of a row.
    Row,
}

/// A figure that follows from others of the same document.
#[derive(Clone, Debug, Serialize)]
pub struct Sum {
    pub kind: SumKind,
    /// The number of the paragraph, where it has one.
    pub paragraph: Option<u32>,
    /// The figure, as it is written.
    pub text: String,
    /// First character and the one after the last, counted in characters from 0.
    pub span: [usize; 2],
    pub stated: Value,
    /// What the others give; for a part, the whole that it must not exceed.
    pub computed: Value,
    pub holds: bool,
    /// The spans of the others.
    pub from: Vec<[usize; 2]>,
}

/// A quantity with its place in the text.
#[derive(Clone, Copy, Debug)]
struct Found<'a> {
    quantity: &'a Quantity,
    from: usize,
    to: usize,
}

impl Found<'_> {
    fn counts(&self) -> bool {
        self.quantity.kind == Kind::Count && !self.quantity.ranged
    }

    fn is_share(&self) -> bool {
        self.quantity.kind == Kind::Percent && !self.quantity.ranged
    }
}

/// A figure, what it should be, and the others it follows from; by their index.
struct Claim {
    kind: SumKind,
    stated: usize,
    computed: Decimal,
    holds: bool,
    from: Vec<usize>,
}

/// What the figures of a running text say of each other. `written` gives a stretch of the reduced
/// text as it is written, and its span in the file.
pub(crate) fn of_text(
    lexis: &Lexis,
    text: &[char],
    marked: &[Marked],
    paragraph: Option<u32>,
    written: impl Fn(usize, usize) -> Option<(String, [usize; 2])>,
) -> Vec<Sum> {
    let quantities = marked.iter().filter_map(|marked| match &marked.mark {
        Mark::Quantity(quantity) => Some(Found { quantity, from: marked.from, to: marked.to }),
        _ => None,
    });
    let found: Vec<Found> = quantities.collect();
    let reading = Reading { lexis, text, marked, found: &found };
    let mut claims = reading.parts();
    claims.extend(reading.shares(&claims));
    claims.extend(reading.lists());
    let place = |at: usize| written(found[at].from, found[at].to);
    let sum = |claim: Claim| {
        let stated = found[claim.stated].quantity;
        let (text, span) = place(claim.stated)?;
        Some(Sum {
            kind: claim.kind,
            paragraph,
            text,
            span,
            stated: json_number(stated.value),
            computed: json_number(claim.computed.round_dp(stated.step.scale().max(1))),
            holds: claim.holds,
            from: claim.from.iter().filter_map(|at| Some(place(*at)?.1)).collect(),
        })
    };
    claims.into_iter().filter_map(sum).collect()
}

struct Reading<'a> {
    lexis: &'a Lexis,
    text: &'a [char],
    marked: &'a [Marked],
    found: &'a [Found<'a>],
}

impl Reading<'_> {
    /// «22 of 25», «25 States, of which 22», and the other way round where a language has it.
    fn parts(&self) -> Vec<Claim> {
        let mut claims = Vec::new();
        let counts: Vec<usize> =
            (0..self.found.len()).filter(|at| self.found[*at].counts()).collect();
        for pair in counts.windows(2) {
            let [first, second] = [pair[0], pair[1]];
            let (part, whole) = match self.relation(&self.found[first], &self.found[second]) {
                Some(Relation::Of) => (first, second),
                Some(Relation::Among) => (second, first),
                None => continue,
            };
            let (smaller, larger) = (self.found[part].quantity, self.found[whole].quantity);
            claims.push(Claim {
                kind: SumKind::Part,
                stated: part,
                computed: larger.value,
                holds: smaller.value <= larger.value,
                from: vec![whole],
            });
        }
        claims
    }

    fn relation(&self, first: &Found, second: &Found) -> Option<Relation> {
        let words = grammar(self.lexis.language);
        // «22 (88 per cent) of 25»
        let mut between = first.to..second.from;
        between.start = skip_spaces(self.text, between.start);
        if matches!(self.text.get(between.start), Some('(' | '（')) {
            let close = between.clone().find(|at| matches!(self.text[*at], ')' | '）'))?;
            between.start = close + 1;
        }
        let is = |range: Range<usize>, all: &[String]| {
            let start = skip_spaces(self.text, range.start).min(range.end);
            let end = skip_spaces_back(self.text, range.end).max(start);
            all.iter().any(|word| self.text[start..end] == *pattern(word))
        };
        if is(between.clone(), &words.of) {
            return Some(Relation::Of);
        }
        let alike = self.unit(second).is_none_or(|unit| self.unit(first) == Some(unit));
        if !alike || self.is_divided(first.to, second.from) {
            return None;
        }
        if is(self.after_unit(first)..second.from, &words.among) {
            return Some(Relation::Among);
        }
        let led = words.parts.iter().any(|word| {
            let word = pattern(word);
            let end = skip_spaces_back(self.text, second.from);
            let start = end.checked_sub(word.len()).filter(|start| *start >= first.to);
            start.is_some_and(|start| self.text[start..end] == *word)
        });
        led.then_some(Relation::Among)
    }

    /// A percentage in a sentence with one part and its whole is the share of that part.
    fn shares(&self, parts: &[Claim]) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (at, share) in self.found.iter().enumerate().filter(|(_, found)| found.is_share()) {
            let near = |other: &Found| {
                !self.is_divided(share.from.min(other.from), share.to.max(other.to))
            };
            // Beside its part and whole, and not of something else in the sentence.
            let mut beside = parts.iter().filter(|claim| {
                near(&self.found[claim.stated])
                    && self.is_bracketed(at, claim.stated, claim.from[0])
            });
            let (Some(part), None) = (beside.next(), beside.next()) else { continue };
            let (part, whole) = (part.stated, part.from[0]);
            let (smaller, larger) = (self.found[part].quantity, self.found[whole].quantity);
            let ratio = smaller.value.checked_div(larger.value);
            let computed = ratio.and_then(|ratio| ratio.checked_mul(Decimal::ONE_HUNDRED));
            let Some(computed) = computed else { continue };
            let off = computed.checked_sub(share.quantity.value).map(|off| off.abs());
            claims.push(Claim {
                kind: SumKind::Share,
                stated: at,
                computed,
                holds: off.is_some_and(|off| off <= share.quantity.step / Decimal::TWO),
                from: vec![part, whole],
            });
        }
        claims
    }

    /// Whether brackets hold the share beside its part and whole, or these beside their share.
    fn is_bracketed(&self, share: usize, part: usize, whole: usize) -> bool {
        let opened = |from: usize| {
            let before = skip_spaces_back(self.text, from);
            before > 0 && matches!(self.text[before - 1], '(' | '（' | ',' | '،' | '，')
        };
        let first = self.found[part].from.min(self.found[whole].from);
        let [low, high] = [share.min(part).min(whole), share.max(part).max(whole)];
        let opens = if share == low { first } else { self.found[share].from };
        high - low == 2 && opened(opens)
    }

    /// «24 workshops: 10 in Africa, 8 in Asia and 6 in Europe»
    fn lists(&self) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (at, whole) in self.found.iter().enumerate().filter(|(_, found)| found.counts()) {
            let next = self.marked.iter().map(|m| m.from).find(|from| *from >= whole.to);
            let Some(next) = next else { continue };
            let colon = (whole.to..next).rev().find(|at| matches!(self.text[*at], ':' | '：'));
            let Some(before) = colon.map(|at| at + 1) else { continue };
            let end = (before..self.text.len())
                .find(|at| self.lexis.ends_sentence(self.text, *at) && !self.holds_semicolon(*at))
                .unwrap_or(self.text.len());
            if self.is_divided(whole.to, before) {
                continue;
            }
            let listed: Vec<&Marked> =
                self.marked.iter().filter(|m| (before..end).contains(&m.from)).collect();
            let parts: Vec<usize> = (0..self.found.len())
                .filter(|at| (before..end).contains(&self.found[*at].from))
                .collect();
            let unit = self.unit(whole);
            // One number in each item.
            let mut last = before - 1;
            let each = parts.iter().all(|at| {
                let part = &self.found[*at];
                let alike = self.unit(part).is_none_or(|own| unit.as_ref() == Some(&own));
                let begins = self.begins_item(last, part.from);
                last = part.to;
                part.counts() && alike && begins
            });
            if parts.len() < 2 || parts.len() != listed.len() || !each {
                continue;
            }
            let added = total(parts.iter().map(|at| self.found[*at].quantity));
            let Some((computed, steps)) = added else { continue };
            claims.push(Claim {
                kind: SumKind::Parts,
                stated: at,
                computed,
                holds: agrees(whole.quantity, computed, steps),
                from: parts,
            });
        }
        claims
    }

    fn holds_semicolon(&self, at: usize) -> bool {
        matches!(self.text[at], ';' | '；' | '؛')
    }

    /// Whether a new item of a list begins between two places.
    fn begins_item(&self, from: usize, to: usize) -> bool {
        let sign = |c: &char| matches!(c, ':' | '：' | ',' | '，' | '、' | '،' | ';' | '；' | '؛');
        let conjunction = |at: &usize| {
            let end = self.lexis.word(self.text, *at, |word| word == Word::Conjunction);
            end.is_some_and(|end| end <= to)
        };
        // Arabic writes «and» with what follows it.
        let glued = self.text[..to].last() == Some(&'و');
        self.text[from..to].iter().any(sign) || (from..to).any(|at| conjunction(&at)) || glued
    }

    fn unit(&self, found: &Found) -> Option<String> {
        self.lexis.unit(self.text, skip_spaces(self.text, found.to))
    }

    /// Where the counter and the unit after a number end.
    fn after_unit(&self, found: &Found) -> usize {
        let start = skip_spaces(self.text, found.to);
        let counter = self.lexis.word(self.text, start, |word| word == Word::Counter);
        [counter, Some(start)]
            .into_iter()
            .flatten()
            .find_map(|at| Some(self.lexis.units.at(self.text, skip_spaces(self.text, at))?.0))
            .or(counter)
            .unwrap_or(start)
    }

    /// Whether a sentence ends between two places.
    fn is_divided(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| self.lexis.ends_sentence(self.text, at))
    }
}

enum Relation {
    /// The first is a part of the second.
    Of,
    /// The second is a part of the first.
    Among,
}

/// Whether a sum is what is written; parts that are rounded may miss it by their roundings.
fn agrees(stated: &Quantity, computed: Decimal, steps: Decimal) -> bool {
    let exact = stated.step == Decimal::ONE && steps.fract().is_zero();
    let off = computed.checked_sub(stated.value).map(|off| off.abs());
    let most = steps.checked_add(stated.step).map(|all| all / Decimal::TWO);
    let most = if exact { Some(Decimal::ZERO) } else { most };
    off.zip(most).is_some_and(|(off, most)| off <= most)
}

/// What quantities add up to, and the units of their last digits; none where that is too large for
/// a number here.
fn total<'a>(parts: impl Iterator<Item = &'a Quantity>) -> Option<(Decimal, Decimal)> {
    let mut parts = parts;
    parts.try_fold((Decimal::ZERO, Decimal::ZERO), |(sum, steps), part| {
        Some((sum.checked_add(part.value)?, steps.checked_add(part.step)?))
    })
}

/// A cell of a table, as far as sums go.
#[derive(Clone, Debug)]
pub(crate) struct CellFound {
    pub(crate) table: usize,
    pub(crate) row: String,
    pub(crate) column: String,
    /// None where it holds anything else than one number; an empty cell is nothing.
    pub(crate) number: Option<CellNumber>,
    pub(crate) paragraph: Option<u32>,
}

#[derive(Clone, Debug)]
pub(crate) enum CellNumber {
    Nothing,
    Quantity { quantity: Quantity, text: String, span: [usize; 2] },
}

impl CellFound {
    /// What a cell holds: one quantity and nothing else that is numbered, or nothing at all.
    pub(crate) fn new(
        flow: &Flow,
        own: &Range<usize>,
        marked: &[Marked],
        written: impl Fn(usize, usize) -> Option<(String, [usize; 2])>,
    ) -> Option<Self> {
        let (row, column) = flow.heads.clone()?;
        let inside: Vec<(&Mark, (String, [usize; 2]))> = marked
            .iter()
            .filter_map(|marked| Some((&marked.mark, written(marked.from, marked.to)?)))
            .collect();
        let blank = flow.text[own.clone()].iter().all(|c| !c.is_alphanumeric());
        let number = match inside.as_slice() {
            [] if blank => Some(CellNumber::Nothing),
            [(Mark::Quantity(quantity), (text, span))] if quantity.kind != Kind::Percent => {
                let (quantity, text) = (quantity.clone(), text.clone());
                Some(CellNumber::Quantity { quantity, text, span: *span })
            }
            _ => None,
        };
        Some(Self { table: flow.table?, row, column, number, paragraph: flow.paragraph })
    }
}

/// The totals of the rows and columns of tables.
pub(crate) fn of_tables(lexis: &Lexis, cells: &[CellFound]) -> Vec<Sum> {
    let words: Vec<Vec<char>> =
        grammar(lexis.language).sums.iter().map(|word| pattern(word)).collect();
    let totals = |head: &str| words.contains(&pattern(head.trim()));
    let mut sums = Vec::new();
    let tables: std::collections::BTreeSet<usize> = cells.iter().map(|cell| cell.table).collect();
    for table in tables {
        let own: Vec<&CellFound> = cells.iter().filter(|cell| cell.table == table).collect();
        sums.extend(lines(&own, SumKind::Column, |cell| (&cell.column, &cell.row), &totals));
        sums.extend(lines(&own, SumKind::Row, |cell| (&cell.row, &cell.column), &totals));
    }
    sums
}

/// The sums of the lines of one direction. A line without exactly one total, with anything that is
/// no number, or with a head that comes twice, has none that is sure.
fn lines<'a>(
    cells: &[&'a CellFound],
    kind: SumKind,
    heads: impl Fn(&'a CellFound) -> (&'a String, &'a String),
    totals: &impl Fn(&str) -> bool,
) -> Vec<Sum> {
    let mut order: Vec<&String> = Vec::new();
    for cell in cells {
        let (line, _) = heads(cell);
        if !order.contains(&line) {
            order.push(line);
        }
    }
    order
        .into_iter()
        .filter_map(|line| {
            let own: Vec<&CellFound> =
                cells.iter().copied().filter(|cell| heads(cell).0 == line).collect();
            let mut seen = std::collections::BTreeSet::new();
            if own.iter().any(|cell| !seen.insert(heads(cell).1)) {
                return None;
            }
            let (total, parts): (Vec<&CellFound>, Vec<&CellFound>) =
                own.into_iter().partition(|cell| totals(heads(cell).1));
            let [total] = total.as_slice() else { return None };
            let Some(CellNumber::Quantity { quantity, text, span }) = &total.number else {
                return None;
            };
            let (mut added, mut from) = (Vec::new(), Vec::new());
            for part in parts {
                match part.number.as_ref()? {
                    CellNumber::Nothing => {}
                    CellNumber::Quantity { quantity: part, span, .. } => {
                        if part.kind != quantity.kind {
                            return None;
                        }
                        added.push(part);
                        from.push(*span);
                    }
                }
            }
            let (computed, steps) = self::total(added.into_iter())?;
            (from.len() > 1).then(|| Sum {
                kind,
                paragraph: total.paragraph,
                text: text.clone(),
                span: *span,
                stated: json_number(quantity.value),
                computed: json_number(computed),
                holds: agrees(quantity, computed, steps),
                from,
            })
        })
        .collect()
}
