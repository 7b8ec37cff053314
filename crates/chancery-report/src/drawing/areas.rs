//! Series one on top of the other.

use super::Data;
use super::canvas::{Canvas, WIDTH, ticks, width};
use super::lines::{frame, scales};

pub(super) fn draw(canvas: &mut Canvas, data: &Data) {
    let sum = |values: &[Option<f64>]| values.iter().flatten().filter(|v| **v > 0.0).sum::<f64>();
    let most = data.rows.iter().map(|row| sum(&row.values)).fold(0.0, f64::max);
    let ticks = ticks(0.0, most);
    let top = canvas.legend(0.0, &data.series) + 10.0;
    let bottom = top + 250.0;
    let axis = ticks.iter().map(|tick| width(&canvas.number(*tick))).fold(0.0, f64::max);
    let (left, right) = (axis + 10.0, WIDTH - 16.0);
    frame(canvas, data, &ticks, (left, right), (top, bottom));
    let (x, y) = scales(data, &ticks, (left, right), (top, bottom));
    let mut below = vec![0.0; data.rows.len()];
    for series in 0..data.series.len() {
        let above: Vec<f64> = data
            .rows
            .iter()
            .zip(&below)
            .map(|(row, base)| {
                base + row.values.get(series).copied().flatten().unwrap_or(0.0).max(0.0)
            })
            .collect();
        let upper = above.iter().enumerate().map(|(row, value)| (x(row), y(*value)));
        let lower = below.iter().enumerate().rev().map(|(row, value)| (x(row), y(*value)));
        let points: Vec<_> = upper.chain(lower).collect();
        let fill = canvas.fill(series);
        canvas.polygon(&points, &fill);
        below = above;
    }
    canvas.height = bottom + 24.0;
}
