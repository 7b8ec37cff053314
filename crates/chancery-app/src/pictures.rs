//! What can be drawn of a measure: the same question over ten years, and the places that the answer
//! speaks of on a map.

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::measure::Aggregate;
use chancery_model::value::read_date;
use chancery_model::{FigureValue, Measure, Outlines, Wanted};
use chancery_report::{Drawn, line_picture, map_picture, value_text};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::browse::Reader;
use crate::{Error, Home};

/// Drawings of a measure, each with the numbers behind it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pictures {
    pub timeline: Option<String>,
    pub moments: Vec<Moment>,
    pub map: Option<String>,
    /// What stands under the map.
    pub disclaimer: String,
}

/// The answer for one year.
#[derive(Clone, Debug, Serialize)]
pub struct Moment {
    pub label: String,
    pub value: String,
    /// The parameters that ask for it.
    pub given: BTreeMap<String, String>,
}

/// So many years are drawn.
const YEARS: i16 = 10;
/// A map shows no more rows.
const MOST_ROWS: usize = 2000;
/// Fewer places make no map.
const FEWEST_PLACES: usize = 3;

impl Home {
    /// Draws what a measure answers. `title` says what is drawn, for whoever does not see it.
    pub async fn pictures(
        &self,
        name: &str,
        given: &BTreeMap<String, Value>,
        title: &str,
        reader: &Reader,
    ) -> Result<Pictures, Error> {
        let measure = self.measure_for(name, reader).await?;
        let mut pictures = Pictures::default();
        if measure.head.group_by.is_empty() {
            self.timeline(&mut pictures, measure, given, title, reader).await?;
        }
        self.map(&mut pictures, measure, given, title, reader).await?;
        Ok(pictures)
    }

    fn fonts(&self, reader: &Reader) -> Vec<String> {
        let style = self.programme().styles.values().next();
        style.map(|style| style.fonts[reader.language].clone()).unwrap_or_default()
    }

    async fn timeline(
        &self,
        pictures: &mut Pictures,
        measure: &Measure,
        given: &BTreeMap<String, Value>,
        title: &str,
        reader: &Reader,
    ) -> Result<(), Error> {
        let day = |name: &str| {
            let given = given.get(name).and_then(Value::as_str)?;
            measure.head.parameters.contains_key(name).then(|| read_date(given).ok())?
        };
        // A day moves by years; a period becomes the calendar years up to its last.
        let (last, period) = match (day("at"), day("to")) {
            (Some(at), _) => (at, false),
            (None, Some(to)) if day("from").is_some() => (to, true),
            _ => return Ok(()),
        };
        let engine = self.engine(None).await?;
        let mut drawn = Vec::new();
        for back in (0..YEARS).rev() {
            let year = last.year() - back;
            let Some(end) = Date::new(year, 12, 31).ok().filter(|_| year > 0) else { continue };
            let end = if back == 0 && !period { last } else { end };
            let mut asked = given.clone();
            if period {
                asked.insert("from".to_owned(), Value::from(format!("{year:04}-01-01")));
                asked.insert("to".to_owned(), Value::from(end.to_string()));
            } else {
                asked.insert("at".to_owned(), Value::from(end.to_string()));
            }
            let figure = engine.figure(&measure.head.measure, &asked, Wanted::Nothing).await?;
            let FigureValue::Value(value) = figure.value else { return Ok(()) };
            let number = match &value {
                Value::Number(number) => number.as_f64(),
                Value::String(text) => text.parse().ok(),
                _ => None,
            };
            let label = chancery_report::digits(reader.language, year);
            drawn.push(Drawn { label: label.clone(), place: None, value: number });
            pictures.moments.push(Moment {
                label: if back == 0 && !period {
                    chancery_report::date(reader.language, last)
                } else {
                    label
                },
                value: value_text(reader.language, &value, &figure.unit),
                given: asked
                    .into_iter()
                    .map(|(name, value)| {
                        (name, chancery_model::value::plain(&value, reader.language))
                    })
                    .collect(),
            });
        }
        if drawn.iter().filter(|drawn| drawn.value.is_some()).count() < 2 {
            pictures.moments.clear();
            return Ok(());
        }
        let fonts = self.fonts(reader);
        pictures.timeline = Some(line_picture(reader.language, &fonts, title, &drawn, title));
        Ok(())
    }

    async fn map(
        &self,
        pictures: &mut Pictures,
        measure: &Measure,
        given: &BTreeMap<String, Value>,
        title: &str,
        reader: &Reader,
    ) -> Result<(), Error> {
        let counted = matches!(measure.head.aggregate, Aggregate::Count | Aggregate::CountDistinct);
        let grouped = measure.head.group_by.len() == 1;
        let engine = self.engine(None).await?;
        let Some(outlines) = self.programme().outlines.values().next() else { return Ok(()) };
        if !(grouped || counted && measure.head.group_by.is_empty()) {
            return Ok(());
        }
        let wanted = if grouped { Wanted::Nothing } else { Wanted::First(MOST_ROWS) };
        let figure = engine.figure(&measure.head.measure, given, wanted).await?;
        let numbers = match (&figure.value, &figure.evidence) {
            (FigureValue::Rows(rows), _) => of_groups(rows, &measure.head.group_by[0], outlines),
            (_, Some(evidence)) => {
                let rows: Vec<&Map<String, Value>> = evidence.iter().map(|row| &row.row).collect();
                of_evidence(&rows, outlines)
            }
            _ => None,
        };
        let Some(numbers) = numbers.filter(|numbers| numbers.len() >= FEWEST_PLACES) else {
            return Ok(());
        };
        let drawn: Vec<Drawn> = numbers
            .into_iter()
            .map(|(place, value)| Drawn {
                label: place.clone(),
                place: Some(place),
                value: Some(value),
            })
            .collect();
        let fonts = self.fonts(reader);
        let unit = figure.unit;
        let unit = self.unit_label(&unit, reader.language);
        pictures.map = Some(map_picture(reader.language, &fonts, &unit, &drawn, outlines, title));
        pictures.disclaimer = outlines.head.disclaimer[reader.language].clone();
        Ok(())
    }
}

/// The value of each group that is a place.
fn of_groups(
    rows: &[Map<String, Value>],
    column: &str,
    outlines: &Outlines,
) -> Option<BTreeMap<String, f64>> {
    let places = rows.iter().filter_map(|row| {
        let place = row.get(column)?.as_str()?;
        let value = match row.get("value")? {
            Value::Number(number) => number.as_f64()?,
            Value::String(text) => text.parse().ok()?,
            _ => return None,
        };
        outlines.places.contains_key(place).then(|| (place.to_owned(), value))
    });
    Some(places.collect())
}

/// How many rows speak of each place, by the first column whose values are places.
fn of_evidence(rows: &[&Map<String, Value>], outlines: &Outlines) -> Option<BTreeMap<String, f64>> {
    let columns: BTreeSet<&String> = rows.iter().flat_map(|row| row.keys()).collect();
    let placed = |column: &&String| {
        let values = rows.iter().filter_map(|row| row.get(*column)?.as_str());
        let (mut all, mut known) = (0, 0);
        for value in values {
            all += 1;
            known += usize::from(outlines.places.contains_key(value));
        }
        // Some participants, such as organizations, have no outline.
        all > 0 && known * 10 >= all * 8
    };
    let column = columns.into_iter().find(placed)?;
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for place in rows.iter().filter_map(|row| row.get(column)?.as_str()) {
        if outlines.places.contains_key(place) {
            *counts.entry(place.to_owned()).or_default() += 1.0;
        }
    }
    Some(counts)
}
