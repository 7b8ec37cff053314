//! Outlines are CSV: `code`, `longitude`, `latitude`, and `rings` in hundredths of a degree,
//! `lon lat lon lat …`, one ring from the next by a semicolon. A place without a code belongs to
//! no record.

use std::collections::BTreeMap;

use chancery_model::outline::Point;
use chancery_model::{Diagnostic, Outline, Place};

const COLUMNS: [&str; 4] = ["code", "longitude", "latitude", "rings"];

/// Places by code, and those without one.
pub(crate) type Places = (BTreeMap<String, Outline>, Vec<Outline>);

pub(crate) fn read(file: &str, bytes: &[u8]) -> (Places, Vec<Diagnostic>) {
    let mut places = Places::default();
    let mut problems = Vec::new();
    let mut reader = csv::Reader::from_reader(bytes);
    if !reader.headers().is_ok_and(|headers| headers.iter().eq(COLUMNS)) {
        let found = Diagnostic::error(Place::line(file, 1), "other columns");
        return (places, vec![found.expected(COLUMNS.join(","))]);
    }
    for (index, line) in reader.records().enumerate() {
        let place = || Place::line(file, index + 2);
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                problems.push(Diagnostic::error(place(), error.to_string()));
                continue;
            }
        };
        let cell = |column: usize| line.get(column).unwrap_or_default();
        let Some(outline) = outline(cell(1), cell(2), cell(3)) else {
            problems.push(
                Diagnostic::error(place(), format!("the outline of `{}`", cell(0))).expected(
                    "a longitude and a latitude in degrees, and rings in hundredths of a degree as `lon lat lon lat;…`",
                ),
            );
            continue;
        };
        if cell(0).is_empty() {
            places.1.push(outline);
        } else if places.0.insert(cell(0).to_owned(), outline).is_some() {
            problems.push(Diagnostic::error(place().field("code"), format!("`{}` again", cell(0))));
        }
    }
    (places, problems)
}

fn outline(longitude: &str, latitude: &str, rings: &str) -> Option<Outline> {
    let point = |longitude: f64, latitude: f64| {
        let inside = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
        inside.then_some((longitude, latitude))
    };
    let ring = |text: &str| -> Option<Vec<Point>> {
        let numbers: Option<Vec<f64>> =
            text.split(' ').map(|number| Some(f64::from(number.parse::<i32>().ok()?))).collect();
        let numbers = numbers.filter(|numbers| numbers.len() % 2 == 0 && numbers.len() >= 6)?;
        numbers.chunks_exact(2).map(|pair| point(pair[0] / 100.0, pair[1] / 100.0)).collect()
    };
    Some(Outline {
        point: point(longitude.parse().ok()?, latitude.parse().ok()?)?,
        rings: rings.split(';').map(ring).collect::<Option<_>>()?,
    })
}
