//! Values as a person reads them: links and codes by their names, numbers and days in the reader's
//! language.

use std::collections::{BTreeMap, HashMap};

use chancery_model::value::{plain, read_date, texts};
use chancery_model::{Field, FieldType, Language, Programme};
use chancery_report::{date, number};
use serde::Serialize;
use serde_json::Value;

/// A value, or one of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    pub text: String,
    /// The key of the record or the code that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The names of records by register and key.
pub(crate) type NamesOf = BTreeMap<String, HashMap<String, String>>;

/// The values of a field.
pub(crate) fn shown(
    programme: &Programme,
    field: &Field,
    value: &Value,
    names: &NamesOf,
    language: Language,
) -> Vec<Shown> {
    let named = |key: &str| match (&field.register, &field.codelist) {
        (Some(register), _) => names.get(register.as_str()).and_then(|n| n.get(key)).cloned(),
        (_, Some(list)) => {
            let list = programme.codelists.get(list);
            list.and_then(|l| l.codes.get(key)).map(|code| code.label[language].clone())
        }
        _ => None,
    };
    if field.register.is_some() || field.codelist.is_some() {
        let keys = texts(value).into_iter().map(str::to_owned);
        return keys
            .map(|key| Shown { text: named(&key).unwrap_or_else(|| key.clone()), key: Some(key) })
            .collect();
    }
    let day =
        |text: &str| read_date(text).map_or_else(|_| text.to_owned(), |day| date(language, day));
    let one = |value: &Value| match (field.kind, value) {
        (FieldType::Date, Value::String(text)) => day(text),
        (FieldType::Period, Value::Object(days)) => {
            let end = |name: &str| days.get(name).and_then(Value::as_str).map(day);
            format!("{} – {}", end("from").unwrap_or_default(), end("to").unwrap_or_default())
        }
        (FieldType::Money, Value::Object(money)) => {
            let part = |name: &str| money.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("{}\u{a0}{}", number(language, part("amount")), part("currency"))
        }
        (FieldType::Integer | FieldType::Decimal, value) => {
            number(language, &plain(value, language))
        }
        (FieldType::Boolean, Value::Bool(yes)) => {
            chancery_report::word(language, if *yes { "yes" } else { "no" }).to_owned()
        }
        (_, value) => plain(value, language),
    };
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    values.iter().map(|value| Shown { text: one(value), key: None }).collect()
}

/// The values of a field in one line.
pub(crate) fn shown_text(
    programme: &Programme,
    field: &Field,
    value: &Value,
    names: &NamesOf,
    language: Language,
) -> String {
    let all = shown(programme, field, value, names, language).into_iter();
    all.map(|shown| shown.text).collect::<Vec<_>>().join(", ")
}

/// The day of a time as a reader writes it.
pub fn day_text(language: Language, time: &str) -> String {
    let day = time.get(..10).and_then(|day| read_date(day).ok());
    day.map_or_else(|| time.to_owned(), |day| date(language, day))
}

/// A moment as a reader reads it: the day, and the hour and minute of universal time.
pub fn moment_text(language: Language, time: &str) -> String {
    let day = day_text(language, time);
    let part = |range: std::ops::Range<usize>| time.get(range)?.parse::<i16>().ok();
    let (Some(hour), Some(minute)) = (part(11..13), part(14..16)) else { return day };
    let two = |number: i16| {
        let zero = if number < 10 { chancery_report::digits(language, 0) } else { String::new() };
        zero + &chancery_report::digits(language, number)
    };
    format!("{day} {}:{} UTC", two(hour), two(minute))
}
