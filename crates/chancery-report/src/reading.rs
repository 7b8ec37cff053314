//! From the text of a document as a PDF or an editor gave it to paragraphs: lines joined,
//! page furniture and footnote marks taken out, each character with its place in the file.

use std::collections::HashMap;

use chancery_model::Language;

use crate::grammar::grammar;

/// Running text with the place of every character in the file, counted in characters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flow {
    /// The number of the paragraph, where it has one.
    pub(crate) paragraph: Option<u32>,
    pub(crate) text: Vec<char>,
    pub(crate) origin: Vec<usize>,
}

impl Flow {
    fn push(&mut self, c: char, origin: usize) {
        self.text.push(c);
        self.origin.push(origin);
    }

    /// The span in the file of a range of this text.
    pub(crate) fn span(&self, from: usize, to: usize) -> [usize; 2] {
        [self.origin[from], self.origin[to - 1] + 1]
    }

    /// Adds a line: with a space where the language has them, joined over a hyphen.
    fn join(&mut self, line: &Line, spaced: bool) {
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
}

/// The paragraphs of a document. Where it has numbered ones, they are found by their numbers
/// coming one after another; what stands outside them has no number.
pub(crate) fn read(document: &str, language: Language) -> Vec<Flow> {
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
        let number = numbered.then(|| leading_number(line)).flatten();
        if let Some(next) = notes {
            // Footnotes stand in order; the page ends where an indented line is none of them.
            if note_number(line) == Some(next) {
                notes = Some(next + 1);
                note = next + 1;
                flows.push(Flow::default());
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
                let rest = Line { text: line.text[skip..].to_vec(), start: line.start + skip, indented: false };
                flow.join(&rest, spaced);
                flows.push(flow);
                expected += 1;
            }
            _ => {
                let heading = numbered && ended && (is_heading(line) || line.indented);
                let flow = flows.last_mut();
                match flow {
                    Some(flow) if !heading => flow.join(line, spaced),
                    _ => {
                        let mut flow = Flow::default();
                        flow.join(line, spaced);
                        flows.push(flow);
                    }
                }
            }
        }
        ended = line.text.last().is_some_and(|c| is_terminal(*c));
    }
    flows.retain(|flow| !flow.text.is_empty());
    flows.iter_mut().for_each(|flow| drop_marks(flow, note));
    flows
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
            let symbol = !shape.contains(' ') && shape.contains('/') && shape.starts_with(|c: char| c.is_ascii_uppercase());
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
    let digits = line.text.iter().take_while(|c| c.to_digit(10).is_some() || arabic_digit(**c).is_some()).count();
    if digits == 0 || digits > 4 {
        return None;
    }
    let number = line.text[..digits].iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10).or_else(|| arabic_digit(*c))?))?;
    let mut rest = line.text[digits..].iter();
    let mark = rest.next()?;
    let space = rest.next()?;
    let marked = matches!(mark, '.' | '．' | '-') && space.is_whitespace() || *mark == '、';
    let skip = digits + line.text[digits..].iter().take_while(|c| matches!(c, '.' | '．' | '、' | '-') || c.is_whitespace()).count();
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
    matches!(c, '.' | '。' | '!' | '?' | '！' | '？' | ':' | '：' | ';' | '；' | '؟' | '؛' | '”' | '»' | ')' | '）')
}

/// A line such as «三. 加强国际合作», «A. 跨国有组织犯罪» or «1. 《…》的批准».
fn is_heading(line: &Line) -> bool {
    let text = line.string();
    let Some((mark, rest)) = text.split_once(['.', '、', '．']) else { return text.starts_with('#') };
    let short = mark.chars().count() <= 5 && !rest.trim().is_empty();
    let roman = mark.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L'));
    let letter = mark.chars().count() == 1 && mark.chars().all(|c| c.is_ascii_uppercase());
    let chinese = mark.chars().all(|c| "一二三四五六七八九十".contains(c));
    let number = mark.chars().all(|c| c.is_ascii_digit());
    (short && !mark.is_empty() && (roman || letter || chinese || number)) || text.starts_with('#')
}

/// Takes out the marks of footnotes that a PDF leaves glued to the text before them: the next
/// number in order, straight after a closing mark and straight before a word.
fn drop_marks(flow: &mut Flow, notes: u32) {
    let closing = |c: char| "。，；：）》”.,;:)»".contains(c);
    let mut kept = Flow { paragraph: flow.paragraph, ..Flow::default() };
    let mut index = 0;
    while index < flow.text.len() {
        let c = flow.text[index];
        let after_closing = index > 0 && closing(flow.text[index - 1]) && !(index > 1 && flow.text[index - 2].is_ascii_digit());
        if c.is_ascii_digit() && after_closing {
            let length = flow.text[index..].iter().take_while(|c| c.is_ascii_digit()).count();
            let number: String = flow.text[index..index + length].iter().collect();
            let next = flow.text.get(index + length);
            let glued = next.is_none_or(|c| c.is_alphabetic() || (c.is_whitespace() && flow.text[index - 1] != ','));
            if glued && number.parse::<u32>().is_ok_and(|number| number > 0 && number < notes) && length <= 2 {
                index += length;
                continue;
            }
        }
        kept.push(c, flow.origin[index]);
        index += 1;
    }
    *flow = kept;
}
