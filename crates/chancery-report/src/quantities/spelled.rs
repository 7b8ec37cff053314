//! Numbers that are spelled out: in words, in Chinese characters, and parts such as a third.

use rust_decimal::Decimal;

use super::{Finding, Kind, Mark, Quantity};
use crate::matching::{
    Lexicon, follows_proclitic, is_spaced_letter, skip_spaces, skip_spaces_back,
};

impl Finding<'_> {
    /// Parts of a whole: «a third», 三分之一; with a scale a number: «half a million».
    pub(super) fn fractions(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            let Some((end, [numerator, denominator])) =
                self.fraction(at).filter(|(end, _)| !self.taken[at..*end].contains(&true))
            else {
                at += 1;
                continue;
            };
            let from = at;
            at = end;
            let back = skip_spaces_back(self.text, from);
            let next = skip_spaces(self.text, end);
            // «two and a half» is read as one number.
            if self.finder.halves.before(self.text, end).is_some_and(|half| half < from) {
                continue;
            }
            let hyphened = self.text.get(end) == Some(&'-');
            let part = Decimal::from(numerator).checked_div(Decimal::from(denominator));
            let Some(part) = part else { continue };
            if numerator < denominator
                && (self.finder.not_fraction_before.before(self.text, back).is_some()
                    || self.finder.not_fraction_after.at(self.text, next).is_some())
            {
                // Half of a time, not of what is counted: «the first half of 2013».
                continue;
            }
            let scale = if hyphened { end + 1 } else { next };
            if self.finder.scales.at(self.text, scale).is_some() {
                self.measured(from, scale, part, None);
            } else if numerator > denominator {
                self.measured(from, end, part, None);
            } else if !hyphened {
                let value = (part * Decimal::ONE_HUNDRED).round_dp(4).normalize();
                let quantity =
                    Quantity { value, kind: Kind::Percent, step: Decimal::ONE, ranged: false };
                self.mark(from, end, Mark::Quantity(quantity));
            }
        }
    }

    /// A fraction that begins at a place: where it ends, its numerator and its denominator.
    fn fraction(&self, at: usize) -> Option<(usize, [u64; 2])> {
        if let Some((end, parts)) = self.spelled(&self.finder.fractions, at) {
            return Some((end, parts.first()?.map(u64::from)));
        }
        if !self.finder.grammar.cjk || at > 0 && cjk_value(self.text[at - 1]).is_some() {
            return None;
        }
        let run = |from: usize| {
            let rest = self.text.get(from..)?;
            let length = rest.iter().take_while(|c| cjk_value(**c).is_some()).count();
            Some((from + length, u64::try_from(read_cjk(&rest[..length])?).ok()?))
        };
        let (end, denominator) = run(at).filter(|(end, _)| *end > at)?;
        let start = end + 2;
        // 百分之 stands before a percentage, also one in digits.
        let of = self.text.get(end..start) == Some(&['分', '之']) && denominator != 100;
        let (end, numerator) = run(start).filter(|(end, _)| of && *end > start)?;
        Some((end, [numerator, denominator]))
    }

    pub(super) fn cjk_numerals(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            if cjk_value(self.text[at]).is_none() {
                at += 1;
                continue;
            }
            let from = at;
            while at < self.text.len() && cjk_value(self.text[at]).is_some() {
                at += 1;
            }
            let run = &self.text[from..at];
            let back = skip_spaces_back(self.text, from);
            let most = from > 1 && matches!(self.text[from - 2..from], ['最' | '至', '多']);
            let vague = from > 0
                && !most
                && (self.text[from - 1].is_ascii_digit() && "十百千万亿".contains(run[0])
                    || "数几多好".contains(self.text[from - 1]));
            let cited = self.finder.before.before(self.text, back).is_some();
            let percent = self.finder.percent_before.before(self.text, back).is_some();
            let counted = self.finder.counters.at(self.text, at).is_some()
                || self.units.at(self.text, at).is_some();
            // «两» always counts; what may follow an ordinal follows it as well: «两级».
            let excluded = self.finder.after.at(self.text, at).is_some() && run != ['两'];
            // «有一项» tells how many there are.
            let told = from > 0 && "有仅只共".contains(self.text[from - 1]);
            let article = self.finder.articles.at(run, 0).is_some_and(|(end, _)| end == run.len());
            // «千年» is an age, and no number of years.
            let era = matches!(run, ['百' | '千' | '万' | '亿']) && !percent;
            if !vague
                && !cited
                && (!article || told)
                && !era
                && (percent || (counted && !excluded))
                && !self.taken[from..at].contains(&true)
                && let Some(value) = read_cjk(run)
            {
                self.measured(from, at, value, None);
            }
        }
    }

    /// Marks a word that means two of a thing, with the adjectives after it that agree. Where they
    /// end.
    fn dual(&mut self, at: usize) -> Option<usize> {
        let duals = self.finder.grammar.duals.as_ref()?;
        let letter = |at: usize| self.text.get(at).is_some_and(|c| is_spaced_letter(*c));
        if at > 0 && letter(at - 1) || !letter(at) || self.taken[at] {
            return None;
        }
        let word_at = |at: usize| {
            let letters = self.text[at..].iter().take_while(|c| is_spaced_letter(**c));
            letters.collect::<String>()
        };
        let is_dual = |word: &str| {
            let bare: Vec<char> = word.trim_start_matches(['و', 'ف', 'ب', 'ل']).chars().collect();
            let number = self.finder.words.at(&bare, 0).is_some_and(|(end, _)| end == bare.len());
            !number
                && duals
                    .endings
                    .iter()
                    .any(|ending| word.len() > ending.len() && word.ends_with(ending))
                && !duals.not_endings.iter().any(|ending| word.ends_with(ending))
                && !duals.not.iter().any(|other| word == other)
        };
        let word = word_at(at);
        let end = at + word.chars().count();
        if !is_dual(&word) {
            return None;
        }
        let mut last = end;
        loop {
            let next = skip_spaces(self.text, last);
            let word = word_at(next);
            if !is_dual(&word) {
                break;
            }
            last = next + word.chars().count();
        }
        // What is numbered is no count: «the two resolutions 5 and 6».
        let numbered =
            self.text.get(skip_spaces(self.text, last)).is_some_and(char::is_ascii_digit);
        if !numbered {
            self.measured(at, end, Decimal::TWO, None);
        }
        Some(last)
    }

    /// The word that begins at a place, also after an Arabic word of one letter.
    fn spelled<T: Clone>(&self, words: &Lexicon<T>, at: usize) -> Option<(usize, Vec<T>)> {
        if follows_proclitic(self.text, at) {
            return words.at(&self.text[at..], 0).map(|(end, found)| (at + end, found));
        }
        words.at(self.text, at)
    }

    /// Whether a half is added to the number that ends at a place: where what adds it ends, or the
    /// number where what is counted stands between: «deux ans et demi».
    fn and_a_half(&self, to: usize) -> Option<usize> {
        let next = skip_spaces(self.text, to);
        if let Some((end, _)) = self.finder.halves.at(self.text, next) {
            return Some(end);
        }
        let word = self.text[next..].iter().take_while(|c| c.is_alphabetic()).count();
        let after = skip_spaces(self.text, next + word);
        (word > 0 && self.finder.halves.at(self.text, after).is_some()).then_some(to)
    }

    /// Whether a conjunction ends at `back` with a number not far before: «23 countries and one
    /// regional organization».
    fn adds_to_a_number(&self, back: usize) -> bool {
        const NEAR: usize = 40;
        let Some(start) = self.finder.conjunctions.before(self.text, back) else { return false };
        let near = start.saturating_sub(NEAR);
        let mut numbers =
            self.found.iter().filter(|marked| matches!(marked.mark, Mark::Quantity(_)));
        numbers.any(|marked| (near..=start).contains(&marked.to))
            && !self.text[near..start].iter().any(|c| matches!(c, '.' | ';' | '。' | '؛'))
    }

    /// Numbers written as words, such as «one hundred and seventy-six».
    pub(super) fn number_words(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            if let Some((end, _)) = self.spelled(&self.finder.idioms, at) {
                at = end;
                continue;
            }
            let Some((end, values)) =
                self.spelled(&self.finder.words, at).filter(|_| !self.taken[at])
            else {
                at = self.dual(at).unwrap_or(at + 1);
                continue;
            };
            let from = at;
            let is_among = |words| self.spelled(words, from).is_some_and(|(found, _)| found == end);
            let (lone, article) =
                (is_among(&self.finder.needs_unit), is_among(&self.finder.articles));
            let first = u64::from(values.first().copied().unwrap_or_default());
            // «a million» is one word that has its scale within.
            let (mut total, mut current) = if first < 1000 { (0, first) } else { (first, 0) };
            let (mut words, mut last_scale) = (1, total.max(1));
            let mut to = end;
            loop {
                let mut next = skip_spaces(self.text, to);
                if self.text.get(next) == Some(&'-') {
                    next += 1;
                }
                if let Some((end, powers)) = self.finder.scales.at(self.text, next) {
                    let power = powers.first().copied().unwrap_or_default();
                    if power == 2 {
                        current = current.max(1).saturating_mul(100);
                    } else {
                        last_scale = 10u64.saturating_pow(power);
                        total = total.saturating_add(current.max(1).saturating_mul(last_scale));
                        current = 0;
                    }
                    (to, words) = (end, words + 1);
                    continue;
                }
                let joined = self
                    .finder
                    .conjunctions
                    .at(self.text, next)
                    .map(|(end, _)| skip_spaces(self.text, end));
                // In Arabic «and» is written with the word that follows.
                let glued = self.text.get(next).filter(|c| **c == 'و').map(|_| next + 1);
                let word = [Some(next), joined, glued].into_iter().flatten();
                let Some((end, values)) =
                    word.into_iter().find_map(|at| self.spelled(&self.finder.words, at))
                else {
                    break;
                };
                let value = u64::from(values.first().copied().unwrap_or_default());
                let after_hundreds = (current % 100 == 0 && current > 0
                    || current == 0 && total > 0)
                    && value < 1000
                    && (value < 100 || current == 0);
                let after_tens = current % 10 == 0 && current % 100 >= 20 && value < 10;
                let before_tens = current < 10
                    && glued.is_some()
                    && (20..100).contains(&value)
                    && value % 10 == 0;
                if !(after_hundreds || after_tens || before_tens) {
                    break;
                }
                current = current.saturating_add(value);
                (to, words) = (end, words + 1);
            }
            let mut value = Decimal::from(total.saturating_add(current));
            if let Some(end) = self.and_a_half(to) {
                // Of the last scale: «a million and a half».
                let whole = if current == 0 && total > 0 { last_scale } else { 1 };
                value += Decimal::from(whole) / Decimal::TWO;
                (to, words) = (end, words + 1);
            }
            at = to;
            let back = skip_spaces_back(self.text, from);
            let cited = self.finder.before.before(self.text, back).is_some();
            let counted = self.units.at(self.text, skip_spaces(self.text, to)).is_some()
                || back < from && self.adds_to_a_number(back);
            if !cited && (words > 1 || !article && (!lone || counted)) {
                self.measured(from, to, value, None);
            }
        }
    }
}

fn cjk_value(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// A number in Chinese characters: 一百七十六, 二千八百万, 两万零三.
fn read_cjk(run: &[char]) -> Option<Decimal> {
    let (mut total, mut section, mut digit) = (0u64, 0u64, None);
    for c in run {
        let value = cjk_value(*c)?;
        if value < 10 {
            // Two digits in a row are a number read out, not one written.
            if digit.is_some_and(|known| known != 0) {
                return None;
            }
            digit = Some(value);
        } else if value < 10_000 {
            section = section.checked_add(digit.take().unwrap_or(1).checked_mul(value)?)?;
        } else {
            let below = section.checked_add(digit.take().unwrap_or(0))?;
            let scaled = if value > 10_000 { total.checked_add(below)? } else { below };
            let kept = if value > 10_000 { 0 } else { total };
            total = kept.checked_add(scaled.checked_mul(value)?)?;
            section = 0;
        }
    }
    total.checked_add(section)?.checked_add(digit.unwrap_or(0)).map(Decimal::from)
}
