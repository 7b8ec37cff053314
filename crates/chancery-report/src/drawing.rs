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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chancery_model::outline::OutlineHead;
    use chancery_model::{Outline, Text};

    use super::*;

    fn row(label: &str, values: &[Option<f64>], places: &[&str]) -> Row {
        Row {
            label: label.to_owned(),
            values: values.to_vec(),
            places: places.iter().map(|place| (*place).to_owned()).collect(),
        }
    }

    fn world() -> Outlines {
        let square = |x: f64, y: f64| Outline {
            point: (x, y),
            rings: vec![vec![(x - 5.0, y - 5.0), (x + 5.0, y - 5.0), (x + 5.0, y + 5.0)]],
        };
        Outlines {
            head: OutlineHead { source: "invented".to_owned(), disclaimer: Text::default() },
            places: BTreeMap::from([
                ("AAA".to_owned(), square(0.0, 0.0)),
                ("BBB".to_owned(), square(60.0, 40.0)),
            ]),
            others: vec![square(-60.0, -20.0)],
        }
    }

    /// The texts of a drawing, which must be well-formed and hold no number that is none.
    fn texts(kind: Kind, data: &Data, language: Language) -> Vec<String> {
        let outlines = world();
        let svg = draw(&Drawing {
            kind,
            data,
            outlines: Some(&outlines),
            language,
            fonts: &["A font".to_owned()],
            alternative: "What it shows & more",
        });
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{kind:?}: {svg}");
        let drawing = roxmltree::Document::parse(&svg).unwrap();
        assert_eq!(drawing.root_element().attribute("aria-label"), Some("What it shows & more"));
        let all = drawing.descendants().filter(|node| node.has_tag_name((SVG, "text")));
        all.map(|node| node.text().unwrap().replace(['\u{2067}', '\u{2069}'], "")).collect()
    }

    const SVG: &str = "http://www.w3.org/2000/svg";

    #[test]
    fn every_kind_draws_what_there_is_and_survives_what_there_is_not() {
        let series = vec!["Parties".to_owned(), "Signatories <&>".to_owned()];
        let cases = [
            vec![
                row("2012", &[Some(9.0), Some(3.5)], &["AAA", "BBB"]),
                row("2013", &[Some(176.0), None], &["BBB", "AAA"]),
            ],
            vec![row("one", &[Some(0.0), None], &["AAA", "AAA"])],
            vec![
                row("less", &[Some(-12.0), Some(-0.5)], &["BBB", "AAA"]),
                row("more", &[Some(1e9), Some(1.0)], &["AAA", "BBB"]),
            ],
            vec![row("nowhere", &[None, None], &["ZZZ", "ZZZ"])],
            vec![],
        ];
        for rows in cases {
            let data = Data { series: series.clone(), rows };
            for (_, kind) in Kind::ALL {
                for language in Language::ALL {
                    texts(kind, &data, language);
                }
            }
        }
    }

    #[test]
    fn bars_and_lines_name_their_numbers_in_the_digits_of_the_reader() {
        let data = Data {
            series: vec!["Parties".to_owned()],
            rows: vec![row("2012", &[Some(167.0)], &[]), row("2013", &[Some(1176.0)], &[])],
        };
        for kind in [Kind::Bar, Kind::Line] {
            assert!(
                texts(kind, &data, Language::En).iter().any(|text| text.starts_with("1,176")),
                "{kind:?}"
            );
            assert!(
                texts(kind, &data, Language::Ar).iter().any(|text| text.starts_with("١٬١٧٦")),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn the_largest_flows_are_named() {
        let rows =
            (1..=8).map(|n| row(&format!("flow {n}"), &[Some(f64::from(n))], &["AAA", "BBB"]));
        let data = Data { series: vec!["People".to_owned()], rows: rows.collect() };
        let named = texts(Kind::Flow, &data, Language::En);
        assert_eq!(named, ["flow 8: 8", "flow 7: 7", "flow 6: 6", "flow 5: 5", "flow 4: 4"]);
    }
}
