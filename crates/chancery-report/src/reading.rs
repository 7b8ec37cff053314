//! From the text of a document as a PDF or an editor gave it to paragraphs: lines joined,
//! page furniture and footnote marks taken out, each character with its place in the file.

use std::collections::HashMap;

use chancery_model::Language;

use crate::grammar::grammar;
use crate::matching::{Lexicon, is_cjk};
use crate::source::{Piece, PieceKind, Source};

/// Running text with the place of every character in the file, counted in characters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flow {
    /// The number of the paragraph, where it has one.
    pub(crate) paragraph: Option<u32>,
    pub(crate) text: Vec<char>,
    pub(crate) origin: Vec<usize>,
    /// Of a cell of a table, what its row and its column are.
    pub(crate) heads: Option<(String, String)>,
    /// Which table of the document a cell stands in.
    pub(crate) table: Option<usize>,
}

impl Flow {
    fn push(&mut self, c: char, origin: usize) {
        self.text.push(c);
        self.origin.push(origin);
    }

    /// A cell as a sentence, «row cell column», and which part of it is the cell.
    pub(crate) fn with_heads(&self) -> Option<(Self, std::ops::Range<usize>)> {
        let (row, column) = self.heads.as_ref()?;
        let place = self.origin.first().copied()?;
        let (heads, table) = (self.heads.clone(), self.table);
        let mut whole = Self { paragraph: self.paragraph, heads, table, ..Self::default() };
        row.chars().chain([' ']).for_each(|c| whole.push(c, place));
        let start = whole.text.len();
        self.text.iter().zip(&self.origin).for_each(|(c, origin)| whole.push(*c, *origin));
        let end = whole.text.len();
        let place = self.origin.last().copied()?;
        [' '].into_iter().chain(column.chars()).for_each(|c| whole.push(c, place));
        Some((whole, start..end))
    }

    /// The span in the file of a range of this text.
    pub(crate) fn span(&self, from: usize, to: usize) -> [usize; 2] {
        [self.origin[from], self.origin[to - 1] + 1]
    }

    /// Adds a line: with a space where the language has them, joined over a hyphen.
    fn join(&mut self, line: &Line, spaced: bool) {
        if self.text.last() == Some(&'\u{ad}') {
            // A word that was divided at the end of its line.
            self.text.pop();
            self.origin.pop();
            line.text.iter().enumerate().for_each(|(offset, c)| self.push(*c, line.start + offset));
            return;
        }
        if let (Some(last), Some(first)) = (self.text.last().copied(), line.text.first()) {
            let words = spaced || (last.is_ascii_alphanumeric() && first.is_ascii_alphanumeric());
            if words && last != '-' {
                self.push(' ', line.start);
            }
        }
        for (offset, c) in line.text.iter().enumerate() {
            self.push(*c, line.start + offset);
        }
    }
}

struct Line {
    /// Without white space around.
    text: Vec<char>,
    start: usize,
    indented: bool,
}

impl Line {
    fn string(&self) -> String {
        self.text.iter().collect()
    }

    /// The rest of the line after its first `skip` characters.
    fn after(&self, skip: usize) -> Line {
        Line { text: self.text[skip..].to_vec(), start: self.start + skip, indented: self.indented }
    }
}

/// The paragraphs of a document. Where it has numbered ones, they are found by their numbers
/// coming one after another; what stands outside them has no number.
pub(crate) fn read(source: &Source, language: Language) -> Vec<Flow> {
    match &source.pieces {
        Some(pieces) => pieces_read(&source.text, pieces),
        None => lines_read(&source.text, language),
    }
}

/// Pieces as paragraphs; those after a numbered one belong to it until a heading.
fn pieces_read(text: &str, pieces: &[Piece]) -> Vec<Flow> {
    let letters: Vec<char> = text.chars().collect();
    let mut flows = Vec::new();
    let mut expected = 1;
    let mut open = None;
    let (mut tables, mut in_table) = (0, false);
    for piece in pieces {
        let cell = piece.kind == PieceKind::Cell;
        tables += usize::from(cell && !in_table);
        in_table = cell;
        let line = Line {
            text: letters[piece.start..piece.start + piece.length].to_vec(),
            start: piece.start,
            indented: false,
        };
        let mut skip = 0;
        match piece.kind {
            PieceKind::Paragraph => {
                if let Some((number, length)) =
                    leading_number(&line).filter(|(number, _)| *number == expected)
                {
                    expected += 1;
                    open = Some(number);
                    skip = length;
                }
            }
            // The number of a heading counts nothing.
            PieceKind::Heading => {
                open = None;
                skip = leading_number(&line).map_or(0, |(_, skip)| skip);
            }
            PieceKind::Note => open = None,
            PieceKind::Cell => {}
        }
        let heads = piece.heads.clone();
        let table = cell.then_some(tables);
        let mut flow = Flow { paragraph: open, heads, table, ..Flow::default() };
        flow.join(&line.after(skip), true);
        flows.push(flow);
    }
    flows
}

fn lines_read(document: &str, language: Language) -> Vec<Flow> {
    let lines = lines(document);
    let furniture = furniture(&lines);
    let spaced = grammar(language).spaced;
    let numbered = numbered(&lines, &furniture);
    let mut flows = vec![Flow::default()];
    let mut expected = 1;
    let mut notes: Option<u32> = None;
    let mut note = 1;
    // Whether the current paragraph has ended and only a heading can follow.
    let mut ended = false;
    // Whether the last line was a heading.
    let mut heading = false;
    // The heads of the columns of the table that is being read.
    let mut columns: Option<Vec<String>> = None;
    let mut after_table = false;
    let mut tables = 0;
    for (index, line) in lines.iter().enumerate() {
        if furniture[index] {
            notes = None;
            continue;
        }
        if line.text.is_empty() {
            if !numbered {
                flows.push(Flow::default());
            }
            continue;
        }
        if is_rule(line) {
            notes = Some(note);
            continue;
        }
        if let Some(cells) = cells(line) {
            let paragraph = flows.iter().rev().find_map(|flow| flow.paragraph);
            let ruled = cells.iter().all(|cell| cell.text.iter().all(|c| matches!(c, '-' | ':')));
            if !ruled {
                tables += usize::from(columns.is_none());
                let head = columns.get_or_insert_with(|| cells.iter().map(Line::string).collect());
                let row = cells.first().map_or_else(String::new, Line::string);
                let own = Some(&row) == head.first();
                for (column, cell) in cells.iter().enumerate() {
                    let named = head.get(column).filter(|_| column > 0 && !own);
                    let heads = named.map(|column| (row.clone(), column.clone()));
                    let table = Some(tables);
                    let mut flow = Flow { paragraph, heads, table, ..Flow::default() };
                    flow.join(cell, spaced);
                    flows.push(flow);
                }
            }
            after_table = true;
            continue;
        }
        columns = None;
        if std::mem::take(&mut after_table) {
            flows.push(Flow::default());
        }
        let number = numbered.then(|| leading_number(line)).flatten();
        if let Some(next) = notes {
            // Footnotes stand in order; the page ends where an indented line is none of them.
            if note_number(line) == Some(next) {
                notes = Some(next + 1);
                note = next + 1;
                let digits = line.text.iter().take_while(|c| c.is_ascii_digit()).count();
                let mut flow = Flow::default();
                flow.join(&line.after(digits), spaced);
                flows.push(flow);
                continue;
            } else if number.is_some_and(|(number, _)| number == expected) || line.indented {
                notes = None;
            }
            if notes.is_some() {
                if let Some(flow) = flows.last_mut() {
                    flow.join(line, spaced);
                }
                continue;
            }
            // Back in the paragraph that the page broke.
            let open = flows.iter().rposition(|flow| flow.paragraph.is_some());
            if let Some(open) = open {
                let flow = flows.remove(open);
                ended = flow.text.last().is_some_and(|c| is_terminal(*c));
                flows.push(flow);
            }
        }
        match number {
            Some((number, skip)) if number == expected => {
                let mut flow = Flow { paragraph: Some(number), ..Flow::default() };
                flow.join(&line.after(skip), spaced);
                flows.push(flow);
                expected += 1;
                heading = false;
            }
            _ => {
                // A heading among the lettered parts of a paragraph does not end it.
                let lettered = expected > 1 && is_lettered(line);
                if lettered && flows.last().is_some_and(|flow| flow.paragraph.is_none()) {
                    let paragraph = Some(expected - 1);
                    flows.push(Flow { paragraph, ..Flow::default() });
                }
                heading = numbered
                    && !lettered
                    && (ended && line.indented || (ended || heading) && is_heading(line));
                let flow = flows.last_mut();
                match flow {
                    Some(flow) if !heading => flow.join(line, spaced),
                    _ => {
                        let mut flow = Flow::default();
                        // The number of a heading counts nothing.
                        let skip =
                            leading_number(line).filter(|_| heading).map_or(0, |(_, skip)| skip);
                        flow.join(&line.after(skip), spaced);
                        flows.push(flow);
                    }
                }
            }
        }
        ended = line.text.last().is_some_and(|c| is_terminal(*c));
    }
    flows.retain(|flow| !flow.text.is_empty());
    let counters = Lexicon::new(grammar(language).counters.iter().map(|counter| (counter, ())));
    let mut mark = 1;
    flows.iter_mut().for_each(|flow| clean(flow, &mut mark, note, &counters));
    flows
}

/// The cells of a line of a table, «| a | b |».
fn cells(line: &Line) -> Option<Vec<Line>> {
    let inner = line.text.strip_prefix(&['|'])?.strip_suffix(&['|'])?;
    let mut start = line.start + 1;
    let mut cells = Vec::new();
    for part in inner.split(|c| *c == '|') {
        let lead = part.iter().take_while(|c| c.is_whitespace()).count();
        let end = part.iter().rposition(|c| !c.is_whitespace()).map_or(lead, |at| at + 1);
        let text = part[lead.min(end)..end].to_vec();
        cells.push(Line { text, start: start + lead.min(end), indented: false });
        start += part.len() + 1;
    }
    (cells.len() > 1).then_some(cells)
}

fn lines(document: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in document.split_inclusive('\n') {
        let chars: Vec<char> = line.chars().collect();
        let lead = chars.iter().take_while(|c| c.is_whitespace() || **c == '\u{feff}').count();
        let end = chars.iter().rposition(|c| !c.is_whitespace()).map_or(lead, |at| at + 1);
        let text = chars[lead.min(end)..end].to_vec();
        let indented = lead > 0 && !text.is_empty();
        lines.push(Line { text, start: start + lead.min(end), indented });
        start += chars.len();
    }
    lines
}

/// Short lines that come again on page after page, but for their digits.
fn furniture(lines: &[Line]) -> Vec<bool> {
    let shape = |line: &Line| -> Option<String> {
        let short = !line.text.is_empty() && line.text.len() <= 40;
        let latin = line.text.iter().all(|c| c.is_ascii());
        let digits = line.text.iter().any(char::is_ascii_digit);
        (short && latin && digits && !is_rule(line)).then(|| {
            let shaped = line.text.iter().map(|c| if c.is_ascii_digit() { '#' } else { *c });
            let mut shaped: Vec<char> = shaped.collect();
            shaped.dedup_by(|a, b| *a == '#' && *b == '#');
            shaped.into_iter().collect()
        })
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    lines.iter().filter_map(&shape).for_each(|shape| *counts.entry(shape).or_default() += 1);
    lines
        .iter()
        .map(|line| {
            let Some(shape) = shape(line) else { return false };
            let symbol = !shape.contains(' ')
                && shape.contains('/')
                && shape.starts_with(|c: char| c.is_ascii_uppercase());
            let job = shape.ends_with("V.#-#") || shape.starts_with("V.#-#");
            let page = shape == "#" || shape == "#/#";
            counts[&shape] >= 2 && (symbol || job || page)
        })
        .collect()
}

/// Whether at least two numbers come one after another from 1.
fn numbered(lines: &[Line], furniture: &[bool]) -> bool {
    let mut expected = 1;
    for (line, skip) in lines.iter().zip(furniture) {
        if !skip && leading_number(line).is_some_and(|(number, _)| number == expected) {
            expected += 1;
        }
    }
    expected > 2
}

/// The number with which a line begins, «12. », and how many characters that takes.
fn leading_number(line: &Line) -> Option<(u32, usize)> {
    let digits =
        line.text.iter().take_while(|c| c.is_ascii_digit() || arabic_digit(**c).is_some()).count();
    if digits == 0 || digits > 5 {
        return None;
    }
    let number = line.text[..digits]
        .iter()
        .try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10).or_else(|| arabic_digit(*c))?))?;
    // Arabic sets a hyphen apart from its number, «٢ - ».
    let apart = line.text[digits..].iter().take_while(|c| c.is_whitespace()).count();
    let apart = if line.text.get(digits + apart) == Some(&'-') { apart } else { 0 };
    let mut rest = line.text[digits + apart..].iter();
    let mark = rest.next()?;
    let space = rest.next()?;
    let marked = matches!(mark, '.' | '．' | '-') && space.is_whitespace() || *mark == '、';
    let skip = digits
        + line.text[digits..]
            .iter()
            .take_while(|c| matches!(c, '.' | '．' | '、' | '-') || c.is_whitespace())
            .count();
    marked.then_some((number, skip))
}

/// The number of a footnote at the foot of a page: «2 See …», indented.
fn note_number(line: &Line) -> Option<u32> {
    let digits: String = line.text.iter().take_while(|c| c.is_ascii_digit()).collect();
    let spaced = line.text.get(digits.len()).is_some_and(|c| c.is_whitespace());
    (line.indented && spaced).then(|| digits.parse().ok()).flatten()
}

fn arabic_digit(c: char) -> Option<u32> {
    let digit = (c as u32).checked_sub('٠' as u32)?;
    (digit < 10).then_some(digit)
}

fn is_rule(line: &Line) -> bool {
    line.text.len() >= 5 && line.text.iter().all(|c| matches!(c, '_' | '─' | '—'))
}

fn is_terminal(c: char) -> bool {
    matches!(
        c,
        '.' | '。'
            | '!'
            | '?'
            | '！'
            | '？'
            | ':'
            | '：'
            | ';'
            | '；'
            | '؟'
            | '؛'
            | '”'
            | '»'
            | ')'
            | '）'
    )
}

/// A line that begins a part of a paragraph: «(m) Encourage …».
fn is_lettered(line: &Line) -> bool {
    match line.text.as_slice() {
        [open, letter, close, ..] => {
            matches!((open, close), ('(', ')') | ('（', '）')) && letter.is_alphabetic()
        }
        _ => false,
    }
}

/// A line such as «三. 加强国际合作», «A. 跨国有组织犯罪» or «1. 《…》的批准».
fn is_heading(line: &Line) -> bool {
    let text = line.string();
    let Some((mark, rest)) = text.split_once(['.', '、', '．']) else {
        return text.starts_with('#');
    };
    let short = mark.chars().count() <= 5 && !rest.trim().is_empty();
    let roman = mark.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L'));
    let letter = mark.chars().count() == 1 && mark.chars().all(|c| c.is_ascii_uppercase());
    let chinese = mark.chars().all(|c| "一二三四五六七八九十".contains(c));
    let number = mark.chars().all(|c| c.is_ascii_digit());
    (short && !mark.is_empty() && (roman || letter || chinese || number)) || text.starts_with('#')
}

/// Takes out what is no running text: emphasis and links of Markdown, and the marks of
/// footnotes that a PDF leaves glued to the words around them, which come in order. `mark` is
/// the next one; `notes` is the number after the last.
fn clean(flow: &mut Flow, mark: &mut u32, notes: u32, counters: &Lexicon<()>) {
    let (paragraph, heads, table) = (flow.paragraph, flow.heads.take(), flow.table);
    let mut kept = Flow { paragraph, heads, table, ..Flow::default() };
    let text = &flow.text;
    let mut index = 0;
    while index < text.len() {
        let c = text[index];
        let before = index.checked_sub(1).map(|before| text[before]);
        if c.is_ascii_digit() && before.is_some_and(|c| !c.is_ascii_digit()) {
            let end = index + text[index..].iter().take_while(|c| c.is_ascii_digit()).count();
            let number: String = text[index..end].iter().collect();
            if *mark < notes
                && number == mark.to_string()
                && is_glued(text, index, end)
                && counters.at(text, end).is_none()
            {
                *mark += 1;
                index = end;
                continue;
            }
        }
        let rest = &text[index..];
        let skip = match c {
            '*' | '`' => 1,
            // What Markdown escapes.
            '\\' if rest.get(1).is_some_and(char::is_ascii_punctuation) => 1,
            // A footnote of Markdown, «[^1]».
            '[' if rest.get(1) == Some(&'^') => {
                rest.iter().position(|c| *c == ']').map_or(0, |end| end + 1)
            }
            // The text of a link of Markdown stays, «[text](target)».
            '[' if link(rest).is_some() => 1,
            ']' if rest.get(1) == Some(&'(') => {
                rest.iter().position(|c| *c == ')').map_or(0, |end| end + 1)
            }
            _ => 0,
        };
        if skip == 0 {
            kept.push(c, flow.origin[index]);
        }
        index += skip.max(1);
    }
    *flow = kept;
}

/// Where the text of a link of Markdown ends.
fn link(text: &[char]) -> Option<usize> {
    let end = text.iter().position(|c| *c == ']')?;
    (text.get(end + 1) == Some(&'(')).then_some(end)
}

/// Whether a number stands straight after a word or a closing sign, and straight before what
/// goes on, as a raised number does that lost its height.
fn is_glued(text: &[char], from: usize, to: usize) -> bool {
    let before = text[from - 1];
    let after = text.get(to).copied();
    let closing = "。，；：）》”.,;:)»".contains(before);
    // After a point or a comma between digits it is a part of a number.
    let inside = closing && from > 1 && text[from - 2].is_ascii_digit() && before != ')';
    let word =
        before.is_alphabetic() && (is_cjk(before) || after.is_none_or(|c| !c.is_alphanumeric()));
    let follows = after.is_none_or(|c| {
        is_cjk(c)
            || "《“«(（，。".contains(c)
            || (closing && c.is_whitespace())
            || (!closing && !is_cjk(before))
            || (closing && c.is_alphabetic())
    });
    (closing || word) && !inside && follows
}
