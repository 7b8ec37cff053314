//! A sheet to draw on, mirrored for languages that run from right to left.

use std::fmt::Write as _;

use chancery_model::Language;

use crate::html::escape;
use crate::words;

/// The width of every drawing.
pub(crate) const WIDTH: f64 = 640.0;
/// The size of its type.
pub(crate) const TYPE: f64 = 12.0;

pub(crate) const INK: &str = "#1b1f24";
pub(crate) const SOFT: &str = "#5a6472";
pub(crate) const RULE: &str = "#d5dae1";

/// A colour for each series; told apart by people who see few colours, and by lightness.
const COLOURS: [&str; 8] =
    ["#0b3c5d", "#e07b00", "#56b4e9", "#007a5a", "#f2c14e", "#b0417c", "#8c8c8c", "#5b2c83"];
/// How the line of each series is broken.
const DASHES: [&str; 8] = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 2", "6 2 1 2 1 2"];

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing under way. `x` is counted from the side at which reading begins.
pub(crate) struct Canvas {
    language: Language,
    out: String,
    patterns: Vec<usize>,
    pub(crate) height: f64,
    mirrored: bool,
}

impl Canvas {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            out: String::new(),
            patterns: Vec::new(),
            height: 0.0,
            mirrored: language.direction() == "rtl",
        }
    }

    /// Maps are not mirrored: west stays on the left.
    pub(crate) fn as_the_world_lies(&mut self) {
        self.mirrored = false;
    }

    pub(crate) fn x(&self, x: f64) -> f64 {
        if self.mirrored { WIDTH - x } else { x }
    }

    /// A number as the language writes it.
    pub(crate) fn number(&self, value: f64) -> String {
        let rounded = (value * 10.0).round() / 10.0;
        words::number(self.language, &rounded.to_string())
    }

    pub(crate) fn colour(series: usize) -> &'static str {
        COLOURS[series % COLOURS.len()]
    }

    /// The fill of a series: plain for the first, hatched for every second one.
    pub(crate) fn fill(&mut self, series: usize) -> String {
        if series.is_multiple_of(2) {
            return Self::colour(series).to_owned();
        }
        if !self.patterns.contains(&series) {
            self.patterns.push(series);
        }
        format!("url(#hatch{series})")
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        let (x1, x2) = (self.x(from.0), self.x(to.0));
        let _ = write!(
            self.out,
            "<line x1=\"{x1:.1}\" y1=\"{:.1}\" x2=\"{x2:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            from.1, to.1
        );
    }

    pub(crate) fn bar(&mut self, at: (f64, f64), size: (f64, f64), fill: &str) {
        let x = if self.mirrored { WIDTH - at.0 - size.0 } else { at.0 };
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
            at.1, size.0, size.1
        );
    }

    /// The line of a series, broken where there is no point.
    pub(crate) fn polyline(&mut self, points: &[Option<(f64, f64)>], series: usize, width: f64) {
        let mut path = String::new();
        let mut pen_down = false;
        for point in points {
            if let Some((x, y)) = point {
                let command = if pen_down { 'L' } else { 'M' };
                let _ = write!(path, "{command}{:.1} {y:.1}", self.x(*x));
            }
            pen_down = point.is_some();
        }
        let dash = match DASHES[series % DASHES.len()] {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        let _ = write!(
            self.out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>",
            Self::colour(series)
        );
    }

    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], fill: &str) {
        let mut path = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {y:.1}", self.x(*x));
        }
        self.path(&format!("{path}Z"), fill, "#fff", 0.75);
    }

    pub(crate) fn path(&mut self, path: &str, fill: &str, stroke: &str, width: f64) {
        let _ = write!(
            self.out,
            "<path d=\"{path}\" fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>"
        );
    }

    pub(crate) fn circle(&mut self, at: (f64, f64), radius: f64, fill: &str, stroke: &str) {
        let _ = write!(
            self.out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"0.75\"/>",
            self.x(at.0),
            at.1
        );
    }

    pub(crate) fn text(&mut self, at: (f64, f64), anchor: Anchor, colour: &str, text: &str) {
        self.set(at, anchor, colour, text, "");
    }

    pub(crate) fn strong(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.set(at, anchor, INK, text, " font-weight=\"bold\"");
    }

    fn set(&mut self, at: (f64, f64), anchor: Anchor, colour: &str, text: &str, weight: &str) {
        let anchor = match (anchor, self.mirrored) {
            (Anchor::Start, false) | (Anchor::End, true) => "start",
            (Anchor::Middle, _) => "middle",
            (Anchor::End, false) | (Anchor::Start, true) => "end",
        };
        // The sheet runs from left to right; an isolate keeps the order of what runs the other way.
        let (open, close) =
            if self.language.direction() == "rtl" { ("\u{2067}", "\u{2069}") } else { ("", "") };
        let _ = write!(
            self.out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\"{weight}>{open}{}{close}</text>",
            self.x(at.0),
            at.1,
            escape(text)
        );
    }

    /// What each series is; gives the space that it took.
    pub(crate) fn legend(&mut self, top: f64, series: &[String]) -> f64 {
        if series.len() < 2 {
            return 0.0;
        }
        let (mut x, mut y) = (0.0, top + TYPE);
        for (index, name) in series.iter().enumerate() {
            let wide = width(name) + 30.0;
            if x + wide > WIDTH && x > 0.0 {
                (x, y) = (0.0, y + TYPE * 1.6);
            }
            let fill = self.fill(index);
            self.bar((x, y - TYPE + 2.0), (TYPE, TYPE), &fill);
            self.text((x + TYPE + 5.0, y), Anchor::Start, INK, name);
            x += wide;
        }
        y - top + TYPE
    }

    pub(crate) fn finish(self, fonts: &[String], alternative: &str) -> String {
        let families: Vec<String> = fonts.iter().map(|font| format!("'{font}'")).collect();
        let hatches: String = self
            .patterns
            .iter()
            .map(|series| {
                let turn = if series % 4 == 1 { 45 } else { -45 };
                format!(
                    "<pattern id=\"hatch{series}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate({turn})\">\
                     <rect width=\"5\" height=\"5\" fill=\"{}\"/><rect width=\"1.4\" height=\"5\" fill=\"#fff\" fill-opacity=\"0.75\"/></pattern>",
                    Self::colour(*series)
                )
            })
            .collect();
        let defs =
            if hatches.is_empty() { String::new() } else { format!("<defs>{hatches}</defs>") };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {:.0}\" width=\"{WIDTH}\" height=\"{:.0}\" role=\"img\" direction=\"ltr\" \
             font-family=\"{}, serif\" font-size=\"{TYPE}\" aria-label=\"{}\">{defs}{}</svg>",
            self.height,
            self.height,
            escape(&families.join(", ")).replace("&#39;", "'"),
            escape(alternative),
            self.out
        )
    }
}

/// About how wide a text is.
pub(crate) fn width(text: &str) -> f64 {
    let wide = |c: char| match c {
        '\u{2e80}'.. => 1.0,
        '\u{64b}'..='\u{65f}' => 0.0,
        '\u{600}'..='\u{6ff}' => 0.48,
        'i' | 'l' | 'j' | 't' | 'f' | '.' | ',' | ' ' | '\'' | '-' => 0.3,
        'm' | 'w' | 'M' | 'W' | 'ж' | 'ш' | 'щ' | 'ю' => 0.8,
        c if c.is_uppercase() => 0.68,
        _ => 0.52,
    };
    text.chars().map(wide).sum::<f64>() * TYPE
}

/// A text in lines that are at most so wide; what is left after two lines is cut.
pub(crate) fn wrapped(text: &str, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    // Chinese breaks between any two characters.
    let spaced = text.contains(' ');
    let parts: Vec<String> = if spaced {
        text.split_inclusive(' ').map(str::to_owned).collect()
    } else {
        text.chars().map(String::from).collect()
    };
    for part in parts {
        let full = lines
            .last()
            .is_some_and(|line| !line.is_empty() && width(line) + width(part.trim_end()) > most);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&part);
        }
    }
    if lines.len() > 2 {
        lines.truncate(2);
        if let Some(line) = lines.last_mut() {
            while !line.is_empty() && width(line) + TYPE > most {
                line.pop();
            }
            line.push('…');
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Round numbers from zero (or below, where there are smaller numbers) to past the largest.
pub(crate) fn ticks(least: f64, most: f64) -> Vec<f64> {
    let (least, most) = (least.min(0.0), most.max(0.0));
    if most - least <= 0.0 {
        return vec![0.0, 1.0];
    }
    let rough = (most - least) / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|step| step * power >= rough);
    // Things are counted in whole numbers.
    let step = (step.unwrap_or(10.0) * power).max(if most >= 1.0 { 1.0 } else { 0.0 });
    let mut tick = (least / step).floor() * step;
    let mut ticks = vec![tick];
    while tick < most {
        tick += step;
        ticks.push(tick);
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_every_number() {
        assert_eq!(ticks(0.0, 176.0), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(ticks(0.0, 3.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(-7.0, 12.0), [-10.0, -5.0, 0.0, 5.0, 10.0, 15.0]);
        assert_eq!(ticks(0.0, 0.0).len(), 2);
    }

    #[test]
    fn long_labels_are_broken_and_cut() {
        let lines = wrapped("Latin American and Caribbean States and all that follows them", 120.0);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
        assert_eq!(wrapped("拉丁美洲和加勒比国家组", 80.0).len(), 2);
    }
}
