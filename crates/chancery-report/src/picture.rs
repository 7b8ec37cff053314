//! Drawings that stand by themselves, outside of any report.

use chancery_model::{Language, Outlines};

use crate::drawing::{Data, Drawing, Kind, Row, draw};

/// A number with what it is said of: the label of a point, or the name of a place and its key.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    pub label: String,
    pub place: Option<String>,
    pub value: Option<f64>,
}

/// A line over points in their order, as SVG.
pub fn line_picture(
    language: Language,
    fonts: &[String],
    series: &str,
    points: &[Drawn],
    alternative: &str,
) -> String {
    picture(Kind::Line, language, fonts, series, points, None, alternative)
}

/// A map with places in shades, as SVG.
pub fn map_picture(
    language: Language,
    fonts: &[String],
    series: &str,
    places: &[Drawn],
    outlines: &Outlines,
    alternative: &str,
) -> String {
    picture(Kind::Map, language, fonts, series, places, Some(outlines), alternative)
}

fn picture(
    kind: Kind,
    language: Language,
    fonts: &[String],
    series: &str,
    drawn: &[Drawn],
    outlines: Option<&Outlines>,
    alternative: &str,
) -> String {
    let rows = drawn.iter().map(|drawn| Row {
        label: drawn.label.clone(),
        values: vec![drawn.value],
        places: drawn.place.iter().cloned().collect(),
    });
    let data = Data { series: vec![series.to_owned()], rows: rows.collect() };
    draw(&Drawing { kind, data: &data, outlines, language, fonts, alternative })
}
