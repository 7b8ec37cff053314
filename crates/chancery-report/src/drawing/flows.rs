//! Arrows between places, as wide as what goes there.

use std::fmt::Write as _;

use chancery_model::Outlines;

use super::Data;
use super::canvas::{Anchor, Canvas, INK, TYPE};
use super::maps::{TALL, project, world};

const LAND: &str = "#dfe3e6";
const ARROW: &str = "#b0417c";
/// So many of the largest are named with their numbers.
const NAMED: usize = 5;

pub(super) fn draw(canvas: &mut Canvas, data: &Data, outlines: Option<&Outlines>) {
    canvas.as_the_world_lies();
    let Some(outlines) = outlines else { return };
    world(canvas, outlines, |_| Some(LAND));
    let mut flows: Vec<_> = data
        .rows
        .iter()
        .filter_map(|row| {
            let at =
                |place: usize| Some(project(outlines.places.get(row.places.get(place)?)?.point));
            let value = row.values.first().copied()?.filter(|value| *value > 0.0)?;
            Some((value, at(0)?, at(1)?, row.label.as_str()))
        })
        .collect();
    flows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let most = flows.first().map_or(1.0, |flow| flow.0);
    // The smallest on top, so that the widest hides none.
    for (value, from, to, _) in &flows {
        arrow(canvas, *from, *to, 1.0 + 6.0 * value / most);
    }
    let mut y = TALL + 14.0;
    for (value, _, _, label) in flows.iter().take(NAMED) {
        let line = 1.0 + 6.0 * value / most;
        canvas.line((4.0, y - TYPE * 0.35), (28.0, y - TYPE * 0.35), ARROW, line);
        let text = format!("{label}: {}", canvas.number(*value));
        canvas.text((36.0, y), Anchor::Start, INK, &text);
        y += TYPE * 1.5;
    }
    canvas.height = y;
}

/// A bow from one place to another with a head at its end.
fn arrow(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64), width: f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 1.0 {
        canvas.circle(from, width + 1.5, "none", ARROW);
        return;
    }
    // Bowed to the north, as great circles look on such maps.
    let lift = (length * 0.22).min(60.0);
    let (nx, ny) =
        if dx >= 0.0 { (dy / length, -dx / length) } else { (-dy / length, dx / length) };
    let middle = (f64::midpoint(from.0, to.0) + nx * lift, f64::midpoint(from.1, to.1) + ny * lift);
    let head = 4.0 + width * 1.4;
    let (tx, ty) = (to.0 - middle.0, to.1 - middle.1);
    let reach = tx.hypot(ty).max(1.0);
    let (tx, ty) = (tx / reach, ty / reach);
    let neck = (to.0 - tx * head, to.1 - ty * head);
    let mut path = String::new();
    let _ = write!(
        path,
        "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
        from.0, from.1, middle.0, middle.1, neck.0, neck.1
    );
    canvas.path(&path, "none", ARROW, width);
    let side = head * 0.55;
    let tip = format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
        to.0,
        to.1,
        neck.0 - ty * side,
        neck.1 + tx * side,
        neck.0 + ty * side,
        neck.1 - tx * side
    );
    canvas.path(&tip, ARROW, "#fff", 0.5);
}
