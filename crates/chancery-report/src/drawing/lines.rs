//! Lines over time, in one chart or in a small one each.

use super::Data;
use super::canvas::{Anchor, Canvas, INK, RULE, SOFT, TYPE, WIDTH, ticks, width, wrapped};

pub(super) fn draw(canvas: &mut Canvas, data: &Data) {
    let numbers = || data.rows.iter().flat_map(|row| row.values.iter().flatten().copied());
    let ticks = ticks(numbers().fold(0.0, f64::min), numbers().fold(0.0, f64::max));
    let names: Vec<Vec<String>> = data.series.iter().map(|name| wrapped(name, 150.0)).collect();
    let widest = names.iter().flatten().map(|line| width(line)).fold(0.0, f64::max);
    let (top, bottom) = (10.0, 270.0);
    let (left, right) = (axis(canvas, &ticks), WIDTH - widest.min(156.0) - 62.0);
    let (x, y) = scales(data, &ticks, (left, right), (top, bottom));
    frame(canvas, data, &ticks, (left, right), (top, bottom));
    let mut ends = Vec::new();
    for (series, name) in names.iter().enumerate() {
        let points: Vec<_> = data
            .rows
            .iter()
            .enumerate()
            .map(|(row, cells)| cells.values.get(series)?.map(|value| (x(row), y(value))))
            .collect();
        canvas.polyline(&points, series, 2.25);
        if let Some((row, point)) =
            points.iter().enumerate().rev().find_map(|(i, p)| Some((i, (*p)?)))
        {
            canvas.circle(point, 3.0, Canvas::colour(series), "#fff");
            let value = data.rows[row].values[series].unwrap_or_default();
            ends.push((point.1, series, name, canvas.number(value)));
        }
    }
    // Names stand at the ends of their lines, moved apart where they would meet.
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = top;
    for (at, series, name, value) in ends {
        let tall = TYPE * 1.15 * name.len() as f64;
        let start = at.max(free) + TYPE * 0.35;
        for (line, text) in name.iter().enumerate() {
            let text = if line == 0 { format!("{value}  {text}") } else { text.clone() };
            let down = start + line as f64 * TYPE * 1.1;
            if line == 0 {
                let at = down - TYPE * 0.35;
                canvas.polyline(&[Some((right + 8.0, at)), Some((right + 26.0, at))], series, 2.25);
            }
            canvas.text((right + 31.0, down), Anchor::Start, INK, &text);
        }
        free = at.max(free) + tall + 3.0;
    }
    canvas.height = (bottom + 24.0).max(free + 8.0);
}

/// A small chart for each series.
pub(super) fn draw_multiples(canvas: &mut Canvas, data: &Data) {
    let numbers = || data.rows.iter().flat_map(|row| row.values.iter().flatten().copied());
    let ticks = ticks(numbers().fold(0.0, f64::min), numbers().fold(0.0, f64::max));
    let across = data.series.len().clamp(1, 3);
    let wide = WIDTH / across as f64;
    let tall = 150.0;
    for (series, name) in data.series.iter().enumerate() {
        let (column, line) = (series % across, series / across);
        let start = column as f64 * wide;
        let over = line as f64 * tall;
        for (index, text) in wrapped(name, wide - 20.0).iter().enumerate() {
            canvas.strong((start, over + TYPE + index as f64 * TYPE), Anchor::Start, text);
        }
        let one = Data {
            series: vec![name.clone()],
            rows: data
                .rows
                .iter()
                .map(|row| super::Row {
                    values: vec![row.values.get(series).copied().flatten()],
                    ..row.clone()
                })
                .collect(),
        };
        let (left, right) = (start + axis(canvas, &ticks), start + wide - 24.0);
        let (top, bottom) = (over + TYPE * 3.0, over + tall - 28.0);
        let (x, y) = scales(&one, &ticks, (left, right), (top, bottom));
        frame(canvas, &one, &ticks, (left, right), (top, bottom));
        let bar = ((right - left) / one.rows.len().max(1) as f64 * 0.62).max(1.0);
        for (row, cells) in one.rows.iter().enumerate() {
            if let Some(value) = cells.values[0] {
                let (from, to) = (y(value.max(0.0)), y(value.min(0.0)));
                canvas.bar((x(row) - bar / 2.0, from), (bar, to - from), Canvas::colour(0));
            }
        }
    }
    let lines = data.series.len().div_ceil(across);
    canvas.height = lines as f64 * tall;
}

/// The space that the numbers of the axis need.
fn axis(canvas: &Canvas, ticks: &[f64]) -> f64 {
    ticks.iter().map(|tick| width(&canvas.number(*tick))).fold(0.0, f64::max) + 10.0
}

type Scales = (Box<dyn Fn(usize) -> f64>, Box<dyn Fn(f64) -> f64>);

/// From the number of a row to a place across, and from a value to one down.
pub(super) fn scales(
    data: &Data,
    ticks: &[f64],
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) -> Scales {
    let steps = data.rows.len().saturating_sub(1).max(1) as f64;
    let (least, most) = (ticks[0], ticks[ticks.len() - 1]);
    let inner = ((right - left) / (steps + 1.0) / 2.0).min(14.0);
    (
        Box::new(move |row| left + inner + row as f64 / steps * (right - left - 2.0 * inner)),
        Box::new(move |value| bottom - (value - least) / (most - least) * (bottom - top)),
    )
}

/// Axes with their numbers, and the labels of rows where there is room for them.
pub(super) fn frame(
    canvas: &mut Canvas,
    data: &Data,
    ticks: &[f64],
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) {
    let (x, y) = scales(data, ticks, (left, right), (top, bottom));
    for tick in ticks {
        let colour = if *tick == 0.0 { INK } else { RULE };
        canvas.line((left, y(*tick)), (right, y(*tick)), colour, 0.75);
        let number = canvas.number(*tick);
        canvas.text((left - 5.0, y(*tick) + TYPE * 0.35), Anchor::End, SOFT, &number);
    }
    let widest = data.rows.iter().map(|row| width(&row.label)).fold(0.0, f64::max) + 10.0;
    let room = ((right - left) / widest).floor().max(2.0);
    let every = (data.rows.len() as f64 / room).ceil().max(1.0) as usize;
    let last = data.rows.len().saturating_sub(1);
    for (row, cells) in data.rows.iter().enumerate() {
        // Counted from the last, which is the one that readers look for.
        if (last - row).is_multiple_of(every) {
            canvas.line((x(row), bottom), (x(row), bottom + 4.0), SOFT, 0.75);
            canvas.text((x(row), bottom + 6.0 + TYPE), Anchor::Middle, SOFT, &cells.label);
        }
    }
}
