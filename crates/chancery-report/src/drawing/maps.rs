//! Maps of the world in the Equal Earth projection, which keeps areas true.

use std::fmt::Write as _;

use chancery_model::{Outline, Outlines};

use super::Data;
use super::canvas::{Anchor, Canvas, INK, RULE, TYPE, WIDTH, width};

/// From light to dark.
const SHADES: [&str; 6] = ["#e3eef9", "#b5d2ee", "#7fb2de", "#4a8ac4", "#1f5f9e", "#0a3566"];
/// A place about which nothing is said.
const NOTHING: &str = "#f1f1ef";
const BORDER: &str = "#ffffff";
/// A place smaller than this, in units of the drawing, gets a mark.
const SMALL: f64 = 2.5;
/// How tall the world is.
pub(super) const TALL: f64 = 296.0;

pub(super) fn draw(canvas: &mut Canvas, data: &Data, outlines: Option<&Outlines>) {
    canvas.as_the_world_lies();
    let Some(outlines) = outlines else { return };
    let numbers: Vec<f64> =
        data.rows.iter().filter_map(|row| row.values.first().copied()?).collect();
    let classes = classes(&numbers);
    let value_of = |code: &str| {
        let row =
            data.rows.iter().find(|row| row.places.first().is_some_and(|place| place == code));
        row.and_then(|row| row.values.first().copied()?)
    };
    world(canvas, outlines, |code| value_of(code).map(|value| shade(&classes, value)));
    legend(canvas, &classes, data.series.first().map_or("", String::as_str));
    canvas.height = TALL + 40.0;
}

/// All outlines, each in the shade that it is given.
pub(super) fn world(
    canvas: &mut Canvas,
    outlines: &Outlines,
    shade: impl Fn(&str) -> Option<&'static str>,
) {
    for outline in &outlines.others {
        canvas.path(&path(outline), NOTHING, "#c9cdd2", 0.3);
    }
    let mut small = Vec::new();
    for (code, outline) in &outlines.places {
        let shade = shade(code);
        canvas.path(
            &path(outline),
            shade.unwrap_or(NOTHING),
            if shade.is_some() { BORDER } else { "#c9cdd2" },
            0.3,
        );
        if let Some(shade) = shade.filter(|_| size(outline) < SMALL) {
            small.push((project(outline.point), shade));
        }
    }
    // Last, so that no large neighbour covers them.
    for (at, shade) in small {
        canvas.circle(at, 2.6, shade, INK);
    }
}

/// The larger side of a place in the drawing.
fn size(outline: &Outline) -> f64 {
    let points = outline.rings.iter().flatten().map(|point| project(*point));
    let (mut least, mut most) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for (x, y) in points {
        least = (least.0.min(x), least.1.min(y));
        most = (most.0.max(x), most.1.max(y));
    }
    (most.0 - least.0).max(most.1 - least.1)
}

fn path(outline: &Outline) -> String {
    let mut path = String::new();
    for ring in &outline.rings {
        let mut before = (f64::MIN, f64::MIN);
        for (index, point) in ring.iter().enumerate() {
            let (x, y) = project(*point);
            // What is closer than a tenth of a unit is one point.
            if index > 0 && (x - before.0).abs() < 0.1 && (y - before.1).abs() < 0.1 {
                continue;
            }
            let command = if index == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{x:.1} {y:.1}");
            before = (x, y);
        }
        path.push('Z');
    }
    path
}

/// Equal Earth (Šavrič, Patterson and Jenny, 2018), fitted to the width of the drawing; Antarctica
/// is left out.
pub(super) fn project((longitude, latitude): (f64, f64)) -> (f64, f64) {
    const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
    let root = 3_f64.sqrt() / 2.0;
    let theta = (root * latitude.to_radians().sin()).asin();
    let squared = theta * theta;
    let sixth = squared * squared * squared;
    let x = longitude.to_radians() * theta.cos()
        / (root * (A[0] + 3.0 * A[1] * squared + sixth * (7.0 * A[2] + 9.0 * A[3] * squared)));
    let y = theta * (A[0] + A[1] * squared + sixth * (A[2] + A[3] * squared));
    // The world is 5.41 wide.
    let scale = WIDTH / 5.42;
    (WIDTH / 2.0 + x * scale, 158.0 - y * scale)
}

/// The lower ends of up to six classes.
fn classes(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    if sorted.len() <= SHADES.len() {
        return sorted;
    }
    // As many places in each class, as nearly as equal numbers allow.
    let mut all = numbers.to_vec();
    all.sort_by(f64::total_cmp);
    let mut classes: Vec<f64> = (0..5).map(|part| all[part * all.len() / 5]).collect();
    classes.dedup();
    classes
}

fn shade(classes: &[f64], value: f64) -> &'static str {
    let class = classes.iter().rposition(|low| value >= *low).unwrap_or(0);
    let last = classes.len().saturating_sub(1).max(1);
    // Few classes are spread over all shades.
    let first = if classes.len() == 1 { 4 } else { 0 };
    SHADES[(first + class * (SHADES.len() - 1) / last).min(SHADES.len() - 1)]
}

fn legend(canvas: &mut Canvas, classes: &[f64], name: &str) {
    let y = TALL + 18.0;
    let mut x = 4.0;
    if !name.is_empty() {
        canvas.text((x, y), Anchor::Start, INK, name);
        x += width(name) + 16.0;
    }
    for (index, low) in classes.iter().enumerate() {
        let whole = classes.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
        let mut text = canvas.number(*low);
        match classes.get(index + 1) {
            _ if whole => {}
            Some(next) if next.fract() == 0.0 && low.fract() == 0.0 && *next - 1.0 > *low => {
                text = format!("{text}–{}", canvas.number(*next - 1.0));
            }
            Some(_) => {}
            None => text = format!("≥ {text}"),
        }
        canvas.bar((x, y - TYPE + 2.0), (18.0, TYPE), shade(classes, *low));
        canvas.line((x, y + 2.0), (x + 18.0, y + 2.0), RULE, 0.75);
        canvas.text((x + 23.0, y), Anchor::Start, INK, &text);
        x += width(&text) + 40.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_fits_the_drawing() {
        for (longitude, latitude) in [(-180.0, 0.0), (180.0, 0.0), (0.0, 83.7), (0.0, -56.0)] {
            let (x, y) = project((longitude, latitude));
            assert!((0.0..=WIDTH).contains(&x) && (0.0..=TALL).contains(&y), "{x} {y}");
        }
    }

    #[test]
    fn a_larger_number_is_never_lighter() {
        let numbers: Vec<f64> = (0..100).map(|n| f64::from(n * n)).collect();
        let classes = classes(&numbers);
        let shades: Vec<_> =
            numbers.iter().map(|n| SHADES.iter().position(|s| *s == shade(&classes, *n))).collect();
        assert!(shades.is_sorted());
        assert_eq!(shades.last(), Some(&Some(5)));
    }
}
