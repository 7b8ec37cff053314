//! Charts and maps as SVG. One drawing serves page and paper: lines and shades differ in form and
//! lightness as well as in colour, so that they are told apart in black and white.

mod areas;
mod bars;
mod canvas;
mod flows;
mod lines;
mod maps;

use chancery_model::{Language, Outlines};

use canvas::Canvas;
pub(crate) use canvas::width as text_width;

/// What a chart draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A bar for each row and series.
    Bar,
    /// A line for each series over the rows.
    Line,
    /// Series one on top of the other.
    Area,
    /// A small chart for each series, all to one scale.
    Multiples,
    /// Places in shades.
    Map,
    /// Arrows between places.
    Flow,
}

impl Kind {
    pub(crate) const ALL: [(&str, Self); 6] = [
        ("bar", Self::Bar),
        ("line", Self::Line),
        ("area", Self::Area),
        ("multiples", Self::Multiples),
        ("map", Self::Map),
        ("flow", Self::Flow),
    ];
}

/// The numbers of a chart, read from its table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Data {
    /// What each column of numbers is.
    pub(crate) series: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// One row of a chart's table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// One number a series; none where there is nothing to show.
    pub(crate) values: Vec<Option<f64>>,
    /// The places that it speaks of, by the keys of their records.
    pub(crate) places: Vec<String>,
}

/// Everything that a drawing needs.
pub(crate) struct Drawing<'a> {
    pub(crate) kind: Kind,
    pub(crate) data: &'a Data,
    pub(crate) outlines: Option<&'a Outlines>,
    pub(crate) language: Language,
    pub(crate) fonts: &'a [String],
    /// What it shows, for whoever does not see it.
    pub(crate) alternative: &'a str,
}

/// Draws a chart.
pub(crate) fn draw(drawing: &Drawing<'_>) -> String {
    let mut canvas = Canvas::new(drawing.language);
    match drawing.kind {
        Kind::Bar => bars::draw(&mut canvas, drawing.data),
        Kind::Line => lines::draw(&mut canvas, drawing.data),
        Kind::Area => areas::draw(&mut canvas, drawing.data),
        Kind::Multiples => lines::draw_multiples(&mut canvas, drawing.data),
        Kind::Map => maps::draw(&mut canvas, drawing.data, drawing.outlines),
        Kind::Flow => flows::draw(&mut canvas, drawing.data, drawing.outlines),
    }
    canvas.finish(drawing.fonts, drawing.alternative)
}
