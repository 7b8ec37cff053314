//! The text of a PDF, line by line: characters put in the order in which they are read, raised
//! marks told from numbers, footnotes from text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::font::Glyph as Shape;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, TransformExt, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect, Vec2};

use super::{DOCUMENT_LIMIT, Problem, Source};

pub(super) fn read(bytes: &[u8]) -> Result<Source, Problem> {
    let problem = |found: String| Problem {
        found,
        expected: "a PDF with text",
        hint: "if it is a scan, recognise its text first; if it is damaged, print it to a new PDF",
    };
    if unpacks_too_far(bytes) {
        return Err(problem(format!(
            "a PDF of more than {} MiB when unpacked",
            DOCUMENT_LIMIT >> 20
        )));
    }
    // A damaged file that the library gives up on is no reason for us to do so.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let pdf = Pdf::new(bytes.to_vec())?;
        let settings = InterpreterSettings { render_annotations: false, ..Default::default() };
        let cache = InterpreterCache::new();
        let mut pages = Pages::default();
        for page in pdf.pages().iter() {
            let (width, height) = page.render_dimensions();
            let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
            let start = page.initial_transform(true).to_kurbo();
            let mut context = Context::new(start, area, &cache, page.xref(), settings.clone());
            pages.pages.push(Vec::new());
            pages.marked.clear();
            interpret_page(page, &mut context, &mut pages);
        }
        Ok(pages.text())
    }));
    match read {
        Ok(Ok(text)) if text.trim().is_empty() => Err(problem("a PDF without text".to_owned())),
        Ok(Ok(text)) => Ok(Source::plain(text)),
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => Err(Problem {
            found: "a PDF that is protected by a password".to_owned(),
            expected: "a PDF that opens without one",
            hint: "open it with its password and print it to a new PDF",
        }),
        Ok(Err(_)) | Err(_) => Err(problem("a damaged PDF".to_owned())),
    }
}

/// Whether the streams of a file hold more than any document may when they are unpacked. They are
/// measured before the file is opened, since opening unpacks some of them.
fn unpacks_too_far(bytes: &[u8]) -> bool {
    use std::io::Read as _;
    let chained = regex::bytes::Regex::new(r"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?\b");
    if chained.is_ok_and(|chained| chained.is_match(bytes)) {
        return true;
    }
    let mut room = DOCUMENT_LIMIT as u64 + 1;
    let Ok(streams) = regex::bytes::Regex::new(r"stream\r?\n") else { return true };
    for stream in streams.find_iter(bytes) {
        let packed = &bytes[stream.end()..];
        if packed.first().is_some_and(|first| first & 0x0f == 8) {
            let mut unpacking = flate2::read::ZlibDecoder::new(packed).take(room);
            // What cannot be unpacked any further has been counted as far as it could.
            let mut buffer = [0; 1 << 14];
            while let Ok(size) = unpacking.read(&mut buffer) {
                if size == 0 {
                    break;
                }
                room = room.saturating_sub(size as u64);
            }
            if room == 0 {
                return true;
            }
        }
    }
    false
}

/// A character on a page: where it begins and ends, its base line counted from the top, its size.
#[derive(Clone, Debug)]
struct Glyph {
    x: f64,
    end: f64,
    y: f64,
    size: f64,
    text: String,
}

/// The glyphs of all pages.
#[derive(Default)]
struct Pages {
    pages: Vec<Vec<Glyph>>,
    /// For each part of the page that is marked: whether it is only furniture.
    marked: Vec<bool>,
}

impl<'a> Device<'a> for Pages {
    fn draw_glyph(
        &mut self,
        shape: &Shape<'a>,
        transform: Affine,
        own: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        let Some(text) = shape.as_unicode().filter(|_| !self.marked.contains(&true)) else {
            return;
        };
        let text = match text {
            BfString::Char(c) => c.to_string(),
            BfString::String(text) => text,
        };
        let place = transform * own;
        let vector = |x: f64, y: f64| {
            let moved: Vec2 = place * Point::new(x, y) - place * Point::ZERO;
            moved
        };
        let (along, up) = (vector(1000.0, 0.0), vector(0.0, 1000.0));
        // Text that runs upwards is a stamp or a label of a drawing.
        if along.y.abs() > along.x.abs() {
            return;
        }
        let advance = match shape {
            Shape::Outline(outline) => outline.advance_width().map(f64::from),
            Shape::Type3(_) => None,
        };
        let start = place * Point::ZERO;
        let glyph = Glyph {
            x: start.x,
            end: start.x + along.x * advance.unwrap_or(500.0) / 1000.0,
            y: start.y,
            size: up.hypot(),
            text,
        };
        if let Some(page) =
            self.pages.last_mut().filter(|_| glyph.x.is_finite() && glyph.y.is_finite())
        {
            page.push(glyph);
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], _: Option<i32>) {
        // The words within a drawing are told by the table behind it.
        self.marked.push(matches!(tag, b"Artifact" | b"Figure"));
    }

    fn end_marked_content(&mut self) {
        self.marked.pop();
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// A line of a page.
struct Line {
    x: f64,
    end: f64,
    size: f64,
    text: String,
}

impl Pages {
    fn text(self) -> String {
        let pages: Vec<Vec<Line>> = self.pages.into_iter().map(lines).collect();
        let body = usual_size(&pages);
        let mut text = String::new();
        for page in &pages {
            write_page(page, body, &mut text);
        }
        text
    }
}

/// The size of most characters.
fn usual_size(pages: &[Vec<Line>]) -> f64 {
    let mut sizes: std::collections::BTreeMap<i64, usize> = std::collections::BTreeMap::new();
    for line in pages.iter().flatten() {
        *sizes.entry((line.size * 10.0).round() as i64).or_default() += line.text.chars().count();
    }
    let usual = sizes.into_iter().max_by_key(|(_, count)| *count);
    usual.map_or(10.0, |(size, _)| size as f64 / 10.0)
}

/// Footnotes stand at the foot of a page in smaller type; the first of them begins with its mark.
fn write_page(page: &[Line], body: f64, text: &mut String) {
    let small = |line: &Line| line.size < body * 0.93;
    // The last lines of small type, with the foot of the page after them.
    let last = page.iter().rposition(|line| small(line) && line.text.chars().count() > 12);
    let notes = last.map_or(page.len(), |last| {
        let first = page[..=last].iter().rposition(|line| !small(line)).map_or(0, |at| at + 1);
        let note = page[first..=last].iter().position(|line| line.text.starts_with(NOTE));
        note.map_or(page.len(), |at| first + at)
    });
    let turned =
        page.iter().filter(|line| line.text.contains(is_right_to_left)).count() * 2 > page.len();
    let start = page.iter().map(|line| line.x).fold(f64::MAX, f64::min);
    let end = page.iter().map(|line| line.end).fold(f64::MIN, f64::max);
    for line in &page[..notes] {
        let indented =
            if turned { line.end < end - body * 0.9 } else { line.x > start + body * 0.9 };
        text.push_str(if indented { "  " } else { "" });
        text.push_str(&line.text.replace(NOTE, ""));
        text.push('\n');
    }
    if notes < page.len() {
        text.push_str("__________________\n");
        for line in &page[notes..] {
            match line.text.strip_prefix(NOTE) {
                Some(note) => {
                    text.push_str("  ");
                    let digits = note.chars().take_while(|c| c.is_numeric()).count();
                    let (mark, rest): (String, String) =
                        (note.chars().take(digits).collect(), note.chars().skip(digits).collect());
                    text.push_str(&format!("{mark} {}\n", rest.trim_start()));
                }
                None => {
                    text.push_str(&line.text);
                    text.push('\n');
                }
            }
        }
    }
    text.push('\n');
}

/// Stands before a raised number while lines are built.
const NOTE: char = '\u{E010}';

/// The lines of a page from top to bottom.
fn lines(mut glyphs: Vec<Glyph>) -> Vec<Line> {
    glyphs.retain(|glyph| !glyph.text.chars().all(char::is_whitespace));
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let row = rows.iter_mut().rev().take(4).find(|row| {
            // Large and small on one base line, and what is raised a little above it.
            let (y, size) = row.iter().fold((0.0, 0.0), |best: (f64, f64), other| {
                if other.size > best.1 { (other.y, other.size) } else { best }
            });
            let tall = size.max(glyph.size);
            (glyph.y - y).abs() < tall * 0.25
                || (glyph.size < size * 0.85 && y - glyph.y > 0.0 && y - glyph.y < tall * 0.6)
                || (size < glyph.size * 0.85 && glyph.y - y > 0.0 && glyph.y - y < tall * 0.6)
        });
        match row {
            Some(row) => row.push(glyph),
            None => rows.push(vec![glyph]),
        }
    }
    rows.into_iter().filter_map(line).collect()
}

fn line(glyphs: Vec<Glyph>) -> Option<Line> {
    let mut glyphs = with_accents(glyphs);
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
    let size = glyphs.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    let base = glyphs
        .iter()
        .filter(|glyph| glyph.size > size * 0.9)
        .map(|glyph| glyph.y)
        .fold(f64::MIN, f64::max);
    let raised = |glyph: &Glyph| {
        glyph.size < size * 0.8
            && base - glyph.y > size * 0.15
            && glyph.text.chars().all(char::is_numeric)
    };
    let (x, end) =
        (glyphs.first()?.x, glyphs.iter().map(|glyph| glyph.end).fold(f64::MIN, f64::max));
    let mut visual: Vec<char> = Vec::new();
    let mut last: Option<&Glyph> = None;
    for glyph in &glyphs {
        let gap = last.map_or(0.0, |last| glyph.x - last.end);
        let apart = last.is_some_and(|last| raised(last) != raised(glyph));
        if raised(glyph) {
            if last.is_none_or(|last| !raised(last)) {
                visual.push(NOTE);
            }
        } else if gap > glyph.size * 0.16 {
            // A wide gap is the space between the cells of a table.
            visual.push(if gap > glyph.size * 2.0 { '\t' } else { ' ' });
        } else if apart
            && last.is_some_and(raised)
            && visual.iter().all(|c| *c == NOTE || c.is_numeric())
        {
            visual.push(' ');
        }
        // Ligatures of Arabic stand for several letters, which are in the order of reading.
        let letters: Vec<char> =
            glyph.text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')).collect();
        let backwards = letters.len() > 1 && letters.iter().copied().any(is_right_to_left);
        if backwards {
            visual.extend(letters.iter().rev());
        } else {
            visual.extend(letters);
        }
        last = Some(glyph);
    }
    let text: String = logical(&visual).into_iter().collect();
    let text = drop_marks(&text);
    Some(Line { x, end, size, text })
}

/// Accents that are set for themselves go with the letter over or under which they stand.
fn with_accents(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let is_mark = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}');
    // One without a width of its own is an accent, whatever letter its font says it goes with.
    let is_accent = |glyph: &Glyph| {
        glyph.text.chars().all(is_mark)
            || glyph.end - glyph.x < glyph.size * 0.01 && glyph.text.contains(is_mark)
    };
    let (accents, mut letters): (Vec<Glyph>, Vec<Glyph>) = glyphs.into_iter().partition(is_accent);
    for accent in accents {
        let middle = |glyph: &Glyph| f64::midpoint(glyph.x, glyph.end);
        let nearest = letters
            .iter_mut()
            .min_by(|a, b| (middle(a) - accent.x).abs().total_cmp(&(middle(b) - accent.x).abs()));
        match nearest {
            Some(letter) => letter.text.extend(accent.text.chars().filter(|c| is_mark(*c))),
            None => letters.push(accent),
        }
    }
    letters
}

/// Raised numbers after something are marks of footnotes and are left out; one at the beginning of
/// a line begins a footnote.
fn drop_marks(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text.trim();
    if let Some(note) = rest.strip_prefix(NOTE) {
        kept.push(NOTE);
        rest = note;
    }
    while let Some((before, after)) = rest.split_once(NOTE) {
        kept.push_str(before);
        rest = after.trim_start_matches(char::is_numeric);
    }
    kept.push_str(rest);
    // Some fonts have one sign for all hyphens; only at the end of a line is it a division.
    let divided = kept.ends_with('\u{ad}');
    let kept = kept.trim_end_matches('\u{ad}').replace('\u{ad}', "-");
    if divided { kept + "\u{ad}" } else { kept }
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
        && !c.is_numeric()
}

/// From the order in which characters stand on the page to that in which they are read.
fn logical(visual: &[char]) -> Vec<char> {
    let right = visual.iter().filter(|c| is_right_to_left(**c)).count();
    let left = visual.iter().filter(|c| c.is_alphabetic() && !is_right_to_left(**c)).count();
    if right <= left {
        return visual.to_vec();
    }
    let mut turned: Vec<char> = visual.iter().rev().copied().map(mirrored).collect();
    // Numbers and words of other scripts run from left to right within.
    let mut at = 0;
    while at < turned.len() {
        let inside = |c: char| (c.is_alphanumeric() && !is_right_to_left(c)) || c == NOTE;
        if !inside(turned[at]) {
            at += 1;
            continue;
        }
        let mut end = at;
        let mut next = at;
        while next < turned.len() && (inside(turned[next]) || ".,/:-٫٬ ".contains(turned[next])) {
            if inside(turned[next]) {
                end = next;
            }
            // Between numbers a space ends the run; between those of Arabic, a hyphen as well.
            let arabic = ('٠'..='٩').contains(&turned[at]);
            if turned[next] == ' ' && turned[at].is_numeric() || turned[next] == '-' && arabic {
                break;
            }
            next += 1;
        }
        turned[at..=end].reverse();
        at = end + 1;
    }
    turned
}

fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '«' => '»',
        '»' => '«',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_is_read_from_the_right_and_its_numbers_from_the_left() {
        let visual: Vec<char> = "٢٠١٣ يام ٢٤".chars().collect();
        assert_eq!(logical(&visual).into_iter().collect::<String>(), "٢٤ ماي ٢٠١٣");
        let visual: Vec<char> = "(STATUS/2013) ةقيثولا".chars().collect();
        assert_eq!(logical(&visual).into_iter().collect::<String>(), "الوثيقة (STATUS/2013)");
    }
}
