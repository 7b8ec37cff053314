//! Invented records that show what a register is for: drawn from what a pack file says, from a
//! seed, so that the same packs give the same records everywhere.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::ToSpan;
use jiff::civil::Date;
use rand::Rng;
use rand::SeedableRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::value::{fill, plain, read_date};
use crate::{Body, FieldType, Language, Programme, Register, Text};

/// What invented records look like, `demonstration/<register>.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demonstration {
    pub count: u32,
    /// How each field is drawn, in this order. `{n}` in a text is the number of the record,
    /// `{field}` what has been drawn for a field, as a reader of the language knows it.
    pub fields: IndexMap<String, Draw>,
}

/// How a field is drawn.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Draw {
    Text(String),
    Texts(Text),
    Integer([i64; 2]),
    /// Hundredths are drawn too.
    Decimal([f64; 2]),
    /// Least and most amount, in whole thousands, and the currency.
    Money(i64, i64, String),
    /// First and last day.
    Date(String, String),
    /// First and last day on which a period begins, and how many days it lasts at least and most.
    Period(String, String, i64, i64),
    Boolean(f64),
    /// A code of the list, or a record of the register: one of these, or of all where none is named.
    One(Vec<String>),
    /// The same, between so many and so many of them, none twice.
    Some(usize, usize, Vec<String>),
    /// An invented record of the register whose field has one of these values: the field first.
    Where(String, Vec<String>),
    /// The same, between so many and so many of them, none twice.
    SomeWhere(usize, usize, String, Vec<String>),
    /// A share of another whole number, between two of 0 to 1.
    PartOf(String, f64, f64),
    /// What is left of a whole number when parts are taken.
    RestOf(String, Vec<String>),
    /// What a field of the linked record says: link and field.
    Same(String, String),
    /// So many days after a date field or the end of a period, at least and at most.
    After(String, i64, i64),
    /// A part of the amount or number of a field of the linked record: link, field, least and
    /// most share.
    ShareOf(String, String, f64, f64),
    /// The draw that goes with the value of a field drawn before; nothing where none does.
    By(String, BTreeMap<String, Draw>),
    /// The same draw, or nothing, the chance of nothing first.
    Perhaps(f64, Box<Draw>),
}

/// Draws the record with a number. `again` is how often it has been drawn before.
pub fn draw(
    programme: &Programme,
    name: &str,
    register: &Register,
    demonstration: &Demonstration,
    world: &Drawn,
    number: u32,
    again: u32,
) -> Body {
    // Each record has a stream of its own, so that one more record leaves the others as they are.
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(u64::from(number) << 32 | u64::from(again));
    let mut drawing = Drawing { programme, register, world, number, body: Body::new(), rng };
    for (field, draw) in &demonstration.fields {
        if let Some(value) = drawing.value(field, draw) {
            drawing.body.insert(field.clone(), value);
        }
    }
    drawing.body
}

struct Drawing<'a> {
    programme: &'a Programme,
    register: &'a Register,
    world: &'a Drawn,
    number: u32,
    body: Body,
    rng: ChaCha8Rng,
}

impl Drawing<'_> {
    fn value(&mut self, field: &str, draw: &Draw) -> Option<Value> {
        Some(match draw {
            Draw::Text(text) => Value::from(self.written(text, Language::En)),
            Draw::Texts(texts) => {
                let texts: Map<String, Value> = texts
                    .each()
                    .map(|(language, text)| {
                        (language.code().to_owned(), Value::from(self.written(text, language)))
                    })
                    .collect();
                Value::Object(texts)
            }
            Draw::Integer([least, most]) => self.rng.random_range(*least..=*most.max(least)).into(),
            Draw::Decimal([least, most]) => {
                let hundredths = |number: f64| (number * 100.0).round() as i64;
                let (least, most) = (hundredths(*least), hundredths(*most));
                let drawn = self.rng.random_range(least..=most.max(least));
                Value::from(rust_decimal::Decimal::new(drawn, 2).normalize().to_string())
            }
            Draw::Money(least, most, currency) => {
                let thousands = self.rng.random_range(*least..=*most.max(least));
                json!({"amount": (thousands * 1000).to_string(), "currency": currency})
            }
            Draw::Date(first, last) => Value::from(self.day(first, last)?.to_string()),
            Draw::Period(first, last, least, most) => {
                let from = self.day(first, last)?;
                let days = self.rng.random_range(*least..=*most.max(least));
                let to = from.checked_add((days - 1).max(0).days()).ok()?;
                json!({"from": from.to_string(), "to": to.to_string()})
            }
            Draw::Boolean(chance) => self.rng.random_bool(chance.clamp(0.0, 1.0)).into(),
            Draw::One(named) => {
                let choices = self.choices(field, named);
                Value::from(choices.choose(&mut self.rng)?.as_str())
            }
            Draw::Some(least, most, named) => {
                let choices = self.choices(field, named);
                self.some(choices, *least, *most)
            }
            Draw::Where(by, values) => {
                let choices = self.chosen(field, by, values);
                Value::from(choices.choose(&mut self.rng)?.as_str())
            }
            Draw::SomeWhere(least, most, by, values) => {
                let choices = self.chosen(field, by, values);
                self.some(choices, *least, *most)
            }
            Draw::PartOf(whole, least, most) => {
                let whole = self.body.get(whole)?.as_i64()?;
                let share = self.rng.random_range(*least..=most.max(*least));
                Value::from((whole as f64 * share) as i64)
            }
            Draw::RestOf(whole, parts) => {
                let number = |field: &String| self.body.get(field).and_then(Value::as_i64);
                let parts: i64 = parts.iter().filter_map(number).sum();
                Value::from((number(whole)? - parts).max(0))
            }
            Draw::Same(link, field) => self.linked(link)?.get(field)?.clone(),
            Draw::After(field, least, most) => {
                let start = match self.body.get(field)? {
                    Value::Object(period) => period.get("to")?.as_str()?.to_owned(),
                    other => other.as_str()?.to_owned(),
                };
                let days = self.rng.random_range(*least..=*most.max(least));
                Value::from(read_date(&start).ok()?.checked_add(days.days()).ok()?.to_string())
            }
            Draw::ShareOf(link, field, least, most) => {
                let share = self.rng.random_range(*least..=most.max(*least));
                let part =
                    |whole: &str| Some((whole.parse::<f64>().ok()? * share) as i64 / 100 * 100);
                match self.linked(link)?.get(field)? {
                    Value::Object(money) => json!({
                        "amount": part(money.get("amount")?.as_str()?)?.to_string(),
                        "currency": money.get("currency")?,
                    }),
                    Value::Number(whole) => Value::from((whole.as_f64()? * share) as i64),
                    _ => return None,
                }
            }
            Draw::By(by, draws) => {
                let draw = draws.get(self.body.get(by)?.as_str()?)?;
                self.value(field, draw)?
            }
            Draw::Perhaps(nothing, draw) => {
                if self.rng.random_bool(nothing.clamp(0.0, 1.0)) {
                    return None;
                }
                self.value(field, draw)?
            }
        })
    }

    fn day(&mut self, first: &str, last: &str) -> Option<Date> {
        let (first, last) = (read_date(first).ok()?, read_date(last).ok()?);
        let days = crate::value::days_since_1970(last) - crate::value::days_since_1970(first);
        first.checked_add(i64::from(self.rng.random_range(0..=days.max(0))).days()).ok()
    }

    fn choices(&self, field: &str, named: &[String]) -> Vec<String> {
        if !named.is_empty() {
            return named.to_vec();
        }
        let Some(declared) = self.register.fields.get(field) else { return Vec::new() };
        match (&declared.register, &declared.codelist) {
            (Some(register), _) => self.world.keys(register).to_vec(),
            (_, Some(list)) => {
                let list = self.programme.codelists.get(list);
                list.map(|list| list.codes.keys().cloned().collect()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// The invented records of a linked register whose field has one of some values.
    fn chosen(&self, field: &str, by: &str, values: &[String]) -> Vec<String> {
        let register = self.register.fields.get(field).and_then(|f| f.register.as_deref());
        let Some(register) = register else { return Vec::new() };
        let fits = |key: &&String| {
            self.world.is_invented(register, key)
                && self.world.record(register, key).is_some_and(|record| {
                    let own = record.get(by).and_then(Value::as_str);
                    own.is_some_and(|own| values.iter().any(|value| value == own))
                })
        };
        self.world.keys(register).iter().filter(fits).cloned().collect()
    }

    fn some(&mut self, mut choices: Vec<String>, least: usize, most: usize) -> Value {
        choices.shuffle(&mut self.rng);
        choices.truncate(self.rng.random_range(least..=most.max(least)));
        choices.sort();
        Value::from(choices)
    }

    fn linked(&self, link: &str) -> Option<Body> {
        let register = self.register.fields.get(link)?.register.as_deref()?;
        self.world.record(register, self.body.get(link)?.as_str()?)
    }

    /// A text with what stands between braces filled in.
    fn written(&self, text: &str, language: Language) -> String {
        fill(text, |name| {
            if name == "n" {
                return Some(self.number.to_string());
            }
            let value = self.body.get(name)?;
            let declared = self.register.fields.get(name)?;
            let first = match value {
                Value::Array(values) => values.first()?.as_str()?,
                Value::String(text) => text,
                other => return Some(plain(other, language)),
            };
            Some(match declared.kind {
                FieldType::Code => {
                    let list = self.programme.codelists.get(declared.codelist.as_ref()?)?;
                    list.codes.get(first)?.label[language].clone()
                }
                FieldType::Link => {
                    let register = declared.register.as_deref()?;
                    let naming = self.programme.registers.get(register)?.names.first()?;
                    let record = self.world.record(register, first)?;
                    plain(record.get(naming)?, language)
                }
                _ => plain(value, language),
            })
        })
    }
}

/// The records of all registers, drawn or not, as a draw sees them.
#[derive(Default)]
pub struct Drawn {
    keys: BTreeMap<String, Vec<String>>,
    bodies: BTreeMap<(String, String), Body>,
    invented: BTreeSet<(String, String)>,
}

impl Drawn {
    /// `invented` tells a record that was drawn from a fact.
    pub fn add(&mut self, register: &str, key: &str, body: Body, invented: bool) {
        if invented {
            self.invented.insert((register.to_owned(), key.to_owned()));
        }
        let keys = self.keys.entry(register.to_owned()).or_default();
        if self.bodies.insert((register.to_owned(), key.to_owned()), body).is_none() {
            keys.push(key.to_owned());
        }
    }

    fn is_invented(&self, register: &str, key: &str) -> bool {
        self.invented.contains(&(register.to_owned(), key.to_owned()))
    }

    fn keys(&self, register: &str) -> &[String] {
        self.keys.get(register).map_or(&[], Vec::as_slice)
    }

    fn record(&self, register: &str, key: &str) -> Option<Body> {
        self.bodies.get(&(register.to_owned(), key.to_owned())).cloned()
    }
}
