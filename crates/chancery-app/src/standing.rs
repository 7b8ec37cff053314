//! What the figures say of one record as at a day: every measure that can be asked of it and needs no more
//! than a day or a period.

use std::collections::BTreeMap;

use chancery_model::measure::{Aggregate, Measure};
use chancery_model::value::read_date;
use chancery_model::{FigureValue, ParameterType, Wanted};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::browse::Reader;
use crate::pictures::Pictures;
use crate::surroundings::today;
use crate::{Error, Home};

/// A record's page shows no more figures.
const MOST: usize = 16;
/// So far back one can look where the record itself names no day.
const BACK: i16 = 25;

/// What the figures say of a record.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// The day as at which they say it, and between which days it can be chosen.
    pub at: String,
    pub first: String,
    pub last: String,
    pub figures: Vec<FigureOf>,
    /// What they are to be read with, each once.
    pub cautions: Vec<String>,
    /// The greatest count among them, drawn.
    pub pictures: Pictures,
    /// Which of them is drawn.
    pub drawn: String,
}

/// What one measure says of a record.
#[derive(Clone, Debug, Serialize)]
pub struct FigureOf {
    pub measure: String,
    pub title: String,
    pub value: String,
    pub unit: String,
    /// The parameters that ask for it.
    pub given: BTreeMap<String, String>,
    pub demonstration: bool,
    #[serde(skip)]
    nothing: bool,
}

/// What a measure is asked of a record as at a day; none where it wants to know more.
fn asked(
    measure: &Measure,
    register: &str,
    key: &str,
    at: Date,
) -> Option<BTreeMap<String, Value>> {
    let declared = &measure.head.parameters;
    let (of, _) = declared.iter().find(|(_, own)| own.register.as_deref() == Some(register))?;
    let mut given = BTreeMap::from([(of.clone(), Value::from(key))]);
    for (name, own) in declared {
        let day = match (own.kind, name.as_str()) {
            _ if name == of => continue,
            (ParameterType::Date, "at" | "to") => at,
            // The year up to then.
            (ParameterType::Date, "from") => at.saturating_sub(1.year()).tomorrow().ok()?,
            _ if own.optional || own.default.is_some() => continue,
            _ => return None,
        };
        given.insert(name.clone(), Value::from(day.to_string()));
    }
    measure.head.group_by.is_empty().then_some(given)
}

impl Home {
    /// What the figures say of a record as at a day: today where none is said. None where no measure can
    /// be asked of such records.
    pub async fn standing(
        &self,
        register: &str,
        (key, body): (&str, &Map<String, Value>),
        at: Option<&str>,
        reader: &Reader,
    ) -> Result<Option<Standing>, Error> {
        let today = today();
        let at = match at.filter(|at| !at.is_empty()) {
            None => today,
            Some(at) => read_date(at).map_err(|_| {
                let place = chancery_model::Place::default().field("at");
                chancery_model::Diagnostic::error(place, format!("`{at}`"))
                    .expected("a day such as 2024-05-31")
            })?,
        };
        let first = self.first_day(register, body).unwrap_or(today.saturating_sub(BACK.years()));
        let first = first.min(today);
        if at < first || at > today {
            let place = chancery_model::Place::default().field("at");
            return Err(chancery_model::Diagnostic::error(place, format!("`{at}`"))
                .expected(format!("a day from {first} to {today}"))
                .into());
        }
        let engine = self.engine(None).await?;
        let (mut figures, mut cautions) = (Vec::new(), Vec::new());
        // What is most is what is drawn: a map of three places says little.
        let mut drawn: Option<(u64, _)> = None;
        for (name, measure) in &self.programme().measures {
            let Some(given) = asked(measure, register, key, at) else { continue };
            if !engine.is_seen_by(measure, &reader.sees).await? {
                continue;
            }
            if figures.len() == MOST {
                break;
            }
            let figure = match engine.figure(name, &given, Wanted::Nothing).await {
                Ok(figure) => figure,
                // A measure may have no answer for such a record.
                Err(chancery_measures::Error::Refused(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            let FigureValue::Value(value) = &figure.value else { continue };
            if value.is_null() {
                continue;
            }
            for caution in figure.cautions.iter().map(|caution| &caution[reader.language]) {
                if !cautions.contains(caution) {
                    cautions.push(caution.clone());
                }
            }
            let title = self.asked_title(measure, &figure.parameters, reader.language).await?;
            let counts =
                matches!(measure.head.aggregate, Aggregate::Count | Aggregate::CountDistinct);
            let most = value.as_u64().filter(|_| counts && given.contains_key("at"));
            if most.is_some_and(|most| drawn.as_ref().is_none_or(|(other, _)| most > *other)) {
                drawn = most.map(|most| (most, (name, given.clone(), title.clone())));
            }
            figures.push(FigureOf {
                measure: name.to_owned(),
                title,
                value: chancery_report::value_text(reader.language, value, &figure.unit),
                unit: self.unit_label(&figure.unit, reader.language),
                given: given
                    .iter()
                    .map(|(name, value)| {
                        (name.clone(), chancery_model::value::plain(value, reader.language))
                    })
                    .collect(),
                demonstration: figure.demonstration > 0,
                nothing: value.as_u64() == Some(0),
            });
        }
        // What is nothing is told last.
        figures.sort_by_key(|told| told.nothing);
        if figures.is_empty() {
            return Ok(None);
        }
        let (pictures, drawn) = match drawn {
            Some((_, (name, given, title))) => {
                (self.pictures(name, &given, &title, reader).await?, title)
            }
            None => (Pictures::default(), String::new()),
        };
        Ok(Some(Standing {
            at: at.to_string(),
            first: first.to_string(),
            last: today.to_string(),
            figures,
            cautions,
            pictures,
            drawn,
        }))
    }

    /// The first day that a record names.
    fn first_day(&self, register: &str, body: &Map<String, Value>) -> Option<Date> {
        let fields = &self.programme().registers.get(register)?.fields;
        let days = fields
            .iter()
            .filter(|(_, field)| field.kind == chancery_model::FieldType::Date && !field.list);
        days.filter_map(|(name, _)| read_date(body.get(name)?.as_str()?).ok()).min()
    }
}
