//! Comparing running text with words: case, accents and kinds of digits do not matter, places do.

use std::collections::BTreeMap;

use chancery_model::fold;

/// Characters reduced to what matters for comparing, each with the place it came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reduced {
    pub(crate) chars: Vec<char>,
    pub(crate) origin: Vec<usize>,
}

/// Reduces characters: lower case, no accents, European digits, single spaces. Signs keep
/// their form, since «，» and «,» do not mean the same beside a number.
pub(crate) fn reduce(text: impl IntoIterator<Item = char>, digits: &[char]) -> Reduced {
    let mut reduced = Reduced::default();
    for (place, c) in text.into_iter().enumerate() {
        let mut push = |c: char| {
            reduced.chars.push(c);
            reduced.origin.push(place);
        };
        if let Some(digit) = digits.iter().position(|own| *own == c) {
            push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
        } else if c.is_whitespace() {
            // Kinds of spaces matter inside numbers, and between the cells of a table.
            push(if matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t') { c } else { ' ' });
        } else if c.is_ascii() {
            push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            fold(c.encode_utf8(&mut [0; 4])).chars().for_each(push);
        } else {
            match c {
                '’' | '‘' | 'ʼ' => push('\''),
                '‐' | '‑' | '−' => push('-'),
                '\u{ad}'
                | '\u{200b}'..='\u{200f}'
                | '\u{64b}'..='\u{65f}'
                | '\u{300}'..='\u{36f}' => {}
                c => push(c),
            }
        }
    }
    reduced
}

/// A word or several, ready for comparing.
pub(crate) fn pattern(word: &str) -> Vec<char> {
    reduce(word.chars(), &[]).chars
}

/// Whether a character belongs to a word in a language that puts spaces between words.
pub(crate) fn is_spaced_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_cjk(c)
}

/// Whether right before `at` stands nothing but an Arabic word of one letter, which is written with
/// the word or number after it: «and», «to», «by».
pub(crate) fn follows_proclitic(text: &[char], at: usize) -> bool {
    at > 0
        && matches!(text[at - 1], 'و' | 'ل' | 'ب' | 'ف' | 'ك')
        && (at == 1 || !is_spaced_letter(text[at - 2]))
}

pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Many patterns, found at a place by longest match on whole words.
#[derive(Clone, Debug)]
pub(crate) struct Lexicon<T> {
    /// By their first character, longest first.
    patterns: BTreeMap<char, Vec<(Vec<char>, T)>>,
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self { patterns: BTreeMap::new() }
    }
}

impl<T: Clone> Lexicon<T> {
    pub(crate) fn new<S: AsRef<str>>(words: impl IntoIterator<Item = (S, T)>) -> Self {
        let mut lexicon = Self::default();
        for (word, meaning) in words {
            let pattern = pattern(word.as_ref().trim());
            if let Some(first) = pattern.first() {
                lexicon.patterns.entry(*first).or_default().push((pattern, meaning));
            }
        }
        for patterns in lexicon.patterns.values_mut() {
            patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
        }
        lexicon
    }

    /// Every pattern that starts at `at`, longest first: where it ends, and what it means.
    pub(crate) fn all_at<'l>(
        &'l self,
        text: &'l [char],
        at: usize,
    ) -> impl Iterator<Item = (usize, &'l T)> {
        let first = text.get(at);
        let inside =
            at > 0 && is_spaced_letter(text[at - 1]) && first.is_some_and(|c| is_spaced_letter(*c));
        let patterns = first.filter(|_| !inside).and_then(|first| self.patterns.get(first));
        let fitting =
            patterns.into_iter().flatten().filter(move |(pattern, _)| fits(text, at, pattern));
        fitting.map(move |(pattern, meaning)| (at + pattern.len(), meaning))
    }

    /// The longest pattern that starts at `at`: where it ends, and all that it means.
    pub(crate) fn at(&self, text: &[char], at: usize) -> Option<(usize, Vec<T>)> {
        let mut all = self.all_at(text, at).peekable();
        let end = all.peek()?.0;
        Some((
            end,
            all.take_while(|(other, _)| *other == end)
                .map(|(_, meaning)| meaning.clone())
                .collect(),
        ))
    }

    /// The longest pattern that ends at `end`: where it starts.
    pub(crate) fn before(&self, text: &[char], end: usize) -> Option<usize> {
        let all = self.patterns.values().flatten().map(|(pattern, _)| pattern);
        let starts = all.filter_map(|pattern| {
            let start = end.checked_sub(pattern.len())?;
            let whole =
                start == 0 || !is_spaced_letter(text[start - 1]) || !is_spaced_letter(pattern[0]);
            (whole && fits(text, start, pattern)).then_some(start)
        });
        starts.min()
    }
}

fn fits(text: &[char], at: usize, pattern: &[char]) -> bool {
    let end = at + pattern.len();
    text.get(at..end) == Some(pattern)
        && (pattern.last().is_none_or(|last| !is_spaced_letter(*last))
            || text.get(end).is_none_or(|c| !is_spaced_letter(*c)))
}

/// The first place from `at` on that is not a space.
pub(crate) fn skip_spaces(text: &[char], mut at: usize) -> usize {
    while text.get(at).is_some_and(|c| c.is_whitespace()) {
        at += 1;
    }
    at
}

/// The place after the last character before `end` that is not a space.
pub(crate) fn skip_spaces_back(text: &[char], mut end: usize) -> usize {
    while end > 0 && text[end - 1].is_whitespace() {
        end -= 1;
    }
    end
}
