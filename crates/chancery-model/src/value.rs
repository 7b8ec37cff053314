//! Values of fields: reading them from text, checking them, writing them for people.

use std::cell::RefCell;
use std::collections::HashMap;
use std::str::FromStr;

use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::register::Bound;
use crate::{CodeList, Diagnostic, Field, FieldType, Language, Names, Place};

/// What is wrong with a value, before it is known where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub found: String,
    pub expected: String,
    pub hint: String,
}

impl Wrong {
    pub fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { found: found.into(), expected: expected.into(), hint: String::new() }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub fn at(self, place: Place) -> Diagnostic {
        Diagnostic::error(place, self.found).expected(self.expected).hint(self.hint)
    }
}

/// A field made ready for reading and checking many values.
pub struct FieldReader<'a> {
    field: &'a Field,
    pattern: Option<Regex>,
    codes: Option<&'a CodeList>,
    /// Words for the codes, or names of the records that a link may point to.
    names: Names,
    /// Whether a link may point to a record that is only to come.
    may_follow: bool,
    /// What was said of names that nobody knows: finding the nearest is dear, and a column that
    /// is wrong is wrong in every row.
    unknown: RefCell<HashMap<String, String>>,
}

/// For how many unknown names the nearest are looked for, in one column.
pub(crate) const SUGGESTED: usize = 100;

impl<'a> FieldReader<'a> {
    /// `codes` is the field's code list, `linked` the names of the records it may link to.
    pub fn new(field: &'a Field, codes: Option<&'a CodeList>, linked: Option<Names>) -> Self {
        Self {
            field,
            // Packs are checked for patterns that do not compile.
            pattern: field.pattern.as_ref().and_then(|p| Regex::new(&format!("^(?:{p})$")).ok()),
            codes,
            names: linked.or_else(|| codes.map(CodeList::names)).unwrap_or_default(),
            may_follow: false,
            unknown: RefCell::default(),
        }
    }

    /// Takes a name that nobody knows for the key of a record that is to come; whether it does
    /// is decided when all are there.
    pub fn may_follow(self) -> Self {
        Self { may_follow: true, ..self }
    }

    /// Reads a value, or a list of them, from the text of a cell. `None` where it is empty.
    pub fn read(&self, cell: &str) -> Result<Option<Value>, Wrong> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Ok(None);
        }
        if !self.field.list {
            return self.read_one(cell).map(Some);
        }
        let values: Result<Vec<_>, _> = cell
            .split('|')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| self.read_one(part))
            .collect();
        Ok(Some(Value::Array(values?)))
    }

    /// Reads one value, also of a field that has several.
    pub fn read_part(&self, cell: &str) -> Result<Value, Wrong> {
        self.read_one(cell.trim())
    }

    fn read_one(&self, cell: &str) -> Result<Value, Wrong> {
        match self.field.kind {
            FieldType::Text | FieldType::File => Ok(Value::from(cell)),
            FieldType::Multilingual => {
                Err(Wrong::new(format!("one text `{}`", shorten(cell)), "a text in each language")
                    .hint("give one column a language, such as `name.en`, or JSON"))
            }
            FieldType::Integer => cell.parse::<i64>().map(Value::from).map_err(|_| {
                Wrong::new(format!("`{}`", shorten(cell)), "a whole number, digits only")
            }),
            FieldType::Decimal => read_decimal(cell).map(|d| Value::from(d.to_string())),
            FieldType::Money => read_money(cell),
            FieldType::Date => read_date(cell).map(|date| Value::from(date.to_string())),
            FieldType::Period => read_period(cell)
                .map(|(from, to)| json!({"from": from.to_string(), "to": to.to_string()})),
            FieldType::Boolean => match crate::fold(cell).as_str() {
                "true" | "yes" | "1" => Ok(Value::Bool(true)),
                "false" | "no" | "0" => Ok(Value::Bool(false)),
                _ => Err(Wrong::new(format!("`{}`", shorten(cell)), "true or false")),
            },
            FieldType::Code => self.read_name(cell, "a code of the list"),
            FieldType::Link => self.read_name(cell, "a record of the register"),
        }
    }

    fn read_name(&self, cell: &str, kind: &str) -> Result<Value, Wrong> {
        if let Some(key) = self.names.find(cell) {
            return Ok(Value::from(key));
        }
        if self.may_follow {
            return Ok(Value::from(cell));
        }
        let target = self.field.register.as_ref().or(self.field.codelist.as_ref());
        let target = target.map_or("", String::as_str);
        if self.names.is_ambiguous(cell) {
            return Err(Wrong::new(
                format!("`{}`, which names more than one", shorten(cell)),
                format!("{kind} `{target}`"),
            )
            .hint("give the code"));
        }
        Err(Wrong::new(
            format!("`{}`, which no one knows", shorten(cell)),
            format!("{kind} `{target}`"),
        )
        .hint(self.hint(cell)))
    }

    /// The names nearest to one that nobody knows.
    fn hint(&self, cell: &str) -> String {
        let mut unknown = self.unknown.borrow_mut();
        if let Some(hint) = unknown.get(cell) {
            return hint.clone();
        }
        if unknown.len() >= SUGGESTED {
            return String::new();
        }
        let hint = crate::diagnostic::did_you_mean(&self.names.nearest(cell));
        unknown.insert(cell.to_owned(), hint.clone());
        hint
    }

    /// Finds what is wrong with a value that arrived as JSON. Whether a linked record exists is not decided
    /// here.
    pub fn check(&self, value: &Value) -> Vec<Wrong> {
        match (self.field.list, value) {
            (true, Value::Array(values)) => {
                values.iter().filter_map(|value| self.check_one(value).err()).collect()
            }
            (true, other) => vec![Wrong::new(shape(other), "a list of values")],
            (false, value) => self.check_one(value).err().into_iter().collect(),
        }
    }

    fn check_one(&self, value: &Value) -> Result<(), Wrong> {
        let text = |expected: &str| {
            value.as_str().ok_or_else(|| Wrong::new(shape(value), expected.to_owned()))
        };
        match self.field.kind {
            FieldType::Text => {
                let text = text("a text")?;
                check_characters(text)?;
                match &self.pattern {
                    Some(pattern) if !pattern.is_match(text) => Err(Wrong::new(
                        format!("`{}`", shorten(text)),
                        match self.field.help.en.as_str() {
                            "" => format!(
                                "a text that matches `{}`",
                                self.field.pattern.as_deref().unwrap_or("")
                            ),
                            help => help.trim_end_matches('.').to_owned(),
                        },
                    )),
                    _ => Ok(()),
                }
            }
            FieldType::Multilingual => self.check_multilingual(value),
            FieldType::Integer => {
                let number =
                    value.as_i64().ok_or_else(|| Wrong::new(shape(value), "a whole number"))?;
                self.check_range(Decimal::from(number))
            }
            FieldType::Decimal => self.check_range(read_decimal(text("a decimal as text")?)?),
            FieldType::Money => {
                let parts = (
                    value.get("amount").and_then(Value::as_str),
                    value.get("currency").and_then(Value::as_str),
                );
                let (Some(amount), Some(currency)) = parts else {
                    return Err(Wrong::new(
                        shape(value),
                        r#"{"amount": "12.50", "currency": "USD"}"#,
                    ));
                };
                let _ = read_money(&format!("{amount} {currency}"))?;
                self.check_range(read_decimal(amount)?)
            }
            FieldType::Date => self.check_date(read_date(text("a date as text")?)?),
            FieldType::Period => {
                let parts = (
                    value.get("from").and_then(Value::as_str),
                    value.get("to").and_then(Value::as_str),
                );
                let (Some(from), Some(to)) = parts else {
                    return Err(Wrong::new(
                        shape(value),
                        r#"{"from": "YYYY-MM-DD", "to": "YYYY-MM-DD"}"#,
                    ));
                };
                read_period(&format!("{from}..{to}")).map(|_| ())
            }
            FieldType::Boolean => match value {
                Value::Bool(_) => Ok(()),
                other => Err(Wrong::new(shape(other), "true or false")),
            },
            FieldType::Code => {
                let code = text("a code")?;
                match self.codes {
                    Some(list) if !list.codes.contains_key(code) => {
                        self.read_name(code, "a code of the list").and_then(|found| {
                            Err(Wrong::new(
                                format!("`{}`", shorten(code)),
                                format!("the code `{}`", plain(&found, Language::En)),
                            ))
                        })
                    }
                    _ => Ok(()),
                }
            }
            FieldType::Link => text("the key of a record").map(|_| ()),
            FieldType::File => {
                let sha256 = value.get("sha256").and_then(Value::as_str);
                let name = value.get("name").and_then(Value::as_str);
                match (name, sha256) {
                    (Some(_), Some(hash)) if hash.len() == 64 => Ok(()),
                    _ => Err(Wrong::new(shape(value), "a file's `name` and `sha256`")),
                }
            }
        }
    }

    fn check_multilingual(&self, value: &Value) -> Result<(), Wrong> {
        let Value::Object(texts) = value else {
            return Err(Wrong::new(shape(value), "a text in each language"));
        };
        for (language, text) in texts {
            Language::from_str(language).map_err(|e| Wrong::new(e, "a language of the six"))?;
            let Some(text) = text.as_str() else {
                return Err(Wrong::new(shape(text), format!("a text for `{language}`")));
            };
            check_characters(text)?;
        }
        let missing = Language::ALL.into_iter();
        let missing = missing.filter(|language| !texts.contains_key(language.code()));
        let missing: Vec<String> = missing.map(|language| format!("`{language}`")).collect();
        match self.field.required && !self.field.any_language && !missing.is_empty() {
            true => Err(Wrong::new(
                format!("no text in {}", missing.join(", ")),
                "a text in all six languages",
            )),
            false => Ok(()),
        }
    }

    fn check_range(&self, number: Decimal) -> Result<(), Wrong> {
        let bound = |bound: &Option<Bound>| {
            bound.as_ref().and_then(|bound| Decimal::from_str(&bound.to_string()).ok())
        };
        let (min, max) = (bound(&self.field.min), bound(&self.field.max));
        if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
            return Err(Wrong::new(format!("`{number}`"), self.range()));
        }
        Ok(())
    }

    fn check_date(&self, date: Date) -> Result<(), Wrong> {
        let bound = |bound: &Option<Bound>| {
            bound.as_ref().and_then(|bound| Date::from_str(&bound.to_string()).ok())
        };
        let (min, max) = (bound(&self.field.min), bound(&self.field.max));
        if min.is_some_and(|min| date < min) || max.is_some_and(|max| date > max) {
            return Err(Wrong::new(format!("`{date}`"), self.range()));
        }
        Ok(())
    }

    fn range(&self) -> String {
        match (&self.field.min, &self.field.max) {
            (Some(min), Some(max)) => format!("a value from {min} to {max}"),
            (Some(min), None) => format!("{min} or more"),
            (None, Some(max)) => format!("{max} or less"),
            (None, None) => String::new(),
        }
    }
}

/// Reads a date written YYYY-MM-DD, and nothing else.
pub fn read_date(text: &str) -> Result<Date, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{}`, which is not a date", shorten(text)),
            "a day of the calendar as YYYY-MM-DD",
        )
    };
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if !shaped {
        return Err(wrong());
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i16>().map_err(|_| wrong());
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    Date::new(year, month as i8, day as i8).map_err(|_| {
        let last = Date::new(year, month as i8, 1).map(Date::days_in_month);
        match last {
            Ok(last) => wrong().hint(format!("that month has {last} days")),
            Err(_) => wrong().hint("months count from 01 to 12"),
        }
    })
}

/// Days from 1970-01-01 to `date`, as columnar formats count them.
pub fn days_since_1970(date: Date) -> i32 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() as i32 / 24
}

/// Reads a period written `YYYY-MM-DD..YYYY-MM-DD`, first and last day.
pub fn read_period(text: &str) -> Result<(Date, Date), Wrong> {
    let Some((from, to)) = text.split_once("..") else {
        return Err(Wrong::new(
            format!("`{}`", shorten(text)),
            "a period as YYYY-MM-DD..YYYY-MM-DD",
        ));
    };
    let (from, to) = (read_date(from.trim())?, read_date(to.trim())?);
    if to < from {
        return Err(Wrong::new(
            format!("a period that ends on {to}, before it begins on {from}"),
            "the first day before the last",
        ));
    }
    Ok((from, to))
}

/// So many decimal places are kept and added up.
pub const PLACES: u32 = 9;

fn read_decimal(text: &str) -> Result<Decimal, Wrong> {
    let number = Decimal::from_str_exact(text).map_err(|_| {
        Wrong::new(
            format!("`{}`", shorten(text)),
            "a decimal number with a point, no thousands separators",
        )
    })?;
    if number.normalize().scale() > PLACES {
        return Err(Wrong::new(
            format!("`{}`", shorten(text)),
            format!("a number of at most {PLACES} decimal places"),
        ));
    }
    Ok(number)
}

fn read_money(text: &str) -> Result<Value, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{}`", shorten(text)),
            "an amount and an ISO 4217 currency, `12.50 USD`",
        )
    };
    let (amount, currency) = text.split_once(' ').ok_or_else(wrong)?;
    let currency = currency.trim();
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(wrong());
    }
    let amount =
        read_decimal(amount).map_err(|problem| match problem.expected.contains("places") {
            true => problem,
            false => wrong(),
        })?;
    Ok(json!({"amount": amount.to_string(), "currency": currency}))
}

/// A value as one line of text: a multilingual text in `language`, or in the first it has.
pub fn plain(value: &Value, language: Language) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            values.iter().map(|v| plain(v, language)).collect::<Vec<_>>().join("|")
        }
        Value::Object(parts) => {
            let part = |name: &str| parts.get(name).and_then(Value::as_str);
            if let (Some(amount), Some(currency)) = (part("amount"), part("currency")) {
                format!("{amount} {currency}")
            } else if let (Some(from), Some(to)) = (part("from"), part("to")) {
                format!("{from}..{to}")
            } else if let Some(name) = part("name") {
                name.to_owned()
            } else {
                part(language.code())
                    .or_else(|| part("en"))
                    .or_else(|| parts.values().find_map(Value::as_str))
                    .unwrap_or_default()
                    .to_owned()
            }
        }
        other => other.to_string(),
    }
}

/// Every text inside a value: the parts of a list, all languages of a multilingual text.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(parts) => parts.values().flat_map(texts).collect(),
        _ => vec![],
    }
}

/// Replaces each `{name}` in `template` by what `lookup` finds; unknown names stay.
pub fn fill(template: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        filled.push_str(before);
        match after.find('}') {
            Some(close) => {
                match lookup(&after[1..close]) {
                    Some(value) => filled.push_str(&value),
                    None => filled.push_str(&after[..=close]),
                }
                rest = &after[close + 1..];
            }
            None => {
                filled.push_str(after);
                rest = "";
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The same, without the stretches in square brackets for which `lookup` does not find all.
pub fn fill_label(template: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut kept = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, inside, after)) = rest.split_once('[').and_then(|(before, open)| {
        let (inside, after) = open.split_once(']')?;
        Some((before, inside, after))
    }) {
        kept.push_str(before);
        if placeholders(inside).into_iter().all(|name| lookup(name).is_some()) {
            kept.push_str(inside);
        }
        rest = after;
    }
    kept.push_str(rest);
    fill(&kept, lookup)
}

/// The names between braces in a template.
pub fn placeholders(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect()
}

/// A text of a field has no more bytes.
const LONGEST_TEXT: usize = 1 << 16;

/// Refuses characters that no text has: they steer terminals, or end texts early.
fn check_characters(text: &str) -> Result<(), Wrong> {
    if text.len() > LONGEST_TEXT {
        return Err(Wrong::new(
            format!("a text of {} bytes", text.len()),
            format!("at most {LONGEST_TEXT}"),
        )
        .hint("what is longer is a file"));
    }
    // Those that turn the direction of a line make it say something else.
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let steers = |c: &char| turns(c) || c.is_control() && !matches!(c, '\n' | '\t');
    match text.chars().find(steers) {
        None => Ok(()),
        Some(c) => Err(Wrong::new(
            format!("the control character {} in `{}`", c.escape_unicode(), shorten(text)),
            "a text without control characters",
        )),
    }
}

/// At most 60 characters of a text that a person wrote, for a message.
pub fn shorten(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    if text.chars().count() <= 60 {
        plain.collect()
    } else {
        plain.take(59).chain(['…']).collect()
    }
}

fn shape(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => format!("the truth value `{value}`"),
        Value::Number(_) => format!("the number `{value}`"),
        Value::String(text) => format!("the text `{}`", shorten(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_that_is_not_in_the_calendar_is_refused_with_the_reason() {
        let wrong = read_date("2013-02-30").unwrap_err();
        assert_eq!(wrong.found, "`2013-02-30`, which is not a date");
        assert_eq!(wrong.hint, "that month has 28 days");
        for text in
            ["2013-2-3", "20130203", "2013-13-01", "03/02/2013", "2013-02-03T00", "２０１３-02-03"]
        {
            assert!(read_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_period_runs_forward() {
        assert!(read_period("2012-05-25..2013-05-24").is_ok());
        assert!(read_period("2013-05-24..2012-05-25").is_err());
        assert!(read_period("2013-05-24").is_err());
    }

    #[test]
    fn templates_fill_known_names_only() {
        let filled =
            fill("Parties to {instrument} {", |n| (n == "instrument").then(|| "UNTOC".into()));
        assert_eq!(filled, "Parties to UNTOC {");
        assert_eq!(fill("{a} {b}", |_| None), "{a} {b}");
        let label = "Courses[ on {theme}][ in {country}] at {at}";
        let known = |n: &str| matches!(n, "theme" | "at").then(|| n.to_uppercase());
        assert_eq!(fill_label(label, known), "Courses on THEME at AT");
        assert_eq!(fill_label("a [b", |_| None), "a [b");
    }

    proptest! {
        #[test]
        fn reading_dates_and_money_never_panics(text in "\\PC{0,16}") {
            let _ = read_date(&text);
            let _ = read_money(&text);
            let _ = read_period(&text);
        }

        #[test]
        fn every_day_of_the_calendar_is_read_back(day in 0i32..80_000) {
            let date = Date::constant(1850, 1, 1).saturating_add(jiff::Span::new().days(day));
            prop_assert_eq!(read_date(&date.to_string()).unwrap(), date);
        }
    }
}
