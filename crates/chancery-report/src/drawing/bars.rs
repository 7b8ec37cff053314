//! Bars that lie: a row for each label, so that long labels can be read.

use super::Data;
use super::canvas::{Anchor, Canvas, INK, RULE, TYPE, WIDTH, ticks, width, wrapped};

const BAR: f64 = 15.0;
const BETWEEN: f64 = 9.0;

pub(super) fn draw(canvas: &mut Canvas, data: &Data) {
    let longest = data.rows.iter().map(|row| width(&row.label)).fold(0.0, f64::max);
    let left = longest.clamp(60.0, 220.0) + 10.0;
    let right = WIDTH - 56.0;
    let numbers = || data.rows.iter().flat_map(|row| row.values.iter().flatten().copied());
    let ticks = ticks(numbers().fold(0.0, f64::min), numbers().fold(0.0, f64::max));
    let (least, most) = (ticks[0], ticks[ticks.len() - 1]);
    let x = |value: f64| left + (value - least) / (most - least) * (right - left);
    let top = canvas.legend(0.0, &data.series) + 4.0;
    let count = f64::from(u32::try_from(data.series.len()).unwrap_or(1));
    let tall = BAR * count + BETWEEN;
    let rows = f64::from(u32::try_from(data.rows.len()).unwrap_or(0));
    let bottom = top + tall * rows;
    for tick in &ticks {
        canvas.line((x(*tick), top), (x(*tick), bottom), RULE, 0.75);
    }
    let mut y = top + BETWEEN / 2.0;
    for row in &data.rows {
        let lines = wrapped(&row.label, left - 10.0);
        let middle = y + BAR * count / 2.0 + TYPE * 0.35;
        let mut line_y = middle - (lines.len() as f64 - 1.0) * TYPE * 0.5;
        for line in &lines {
            canvas.text((left - 8.0, line_y), Anchor::End, INK, line);
            line_y += TYPE;
        }
        for (series, value) in row.values.iter().enumerate() {
            if let Some(value) = value {
                let fill = canvas.fill(series);
                let (from, to) = (x(value.min(0.0)), x(value.max(0.0)));
                canvas.bar((from, y + 1.0), ((to - from).max(0.75), BAR - 2.0), &fill);
                let number = canvas.number(*value);
                canvas.text((to + 5.0, y + BAR / 2.0 + TYPE * 0.35), Anchor::Start, INK, &number);
            }
            y += BAR;
        }
        y += BETWEEN;
    }
    canvas.line((x(0.0), top), (x(0.0), bottom), INK, 1.0);
    canvas.height = bottom + 4.0;
}
