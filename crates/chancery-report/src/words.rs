//! Numbers, dates and plural forms as the reader's language writes them.

use std::str::FromStr;

use chancery_model::{Figure, FigureValue, Language, Multilingual, Programme};
use icu::decimal::DecimalFormatter;
use icu::decimal::input::Decimal;
use icu::locale::Locale;
use icu::plurals::{PluralCategory, PluralRules};
use jiff::civil::Date;
use serde_json::Value;

use crate::grammar::grammar;

/// The unit of shares: from 0 to 1, written in per cent.
pub(crate) const SHARE: &str = "share";

fn locale(language: Language) -> Locale {
    // Reports in Arabic are written with Arabic-Indic digits.
    let code = if language == Language::Ar { "ar-u-nu-arab" } else { language.code() };
    Locale::from_str(code).unwrap_or(Locale::UNKNOWN)
}

/// A number with the digits, groups and decimal sign of the language.
pub fn number(language: Language, plain: &str) -> String {
    thread_local! {
        static FORMATTERS: Option<Multilingual<DecimalFormatter>> =
            Multilingual::try_from_fn(|language| {
                DecimalFormatter::try_new(locale(language).into(), Default::default())
            })
            .ok();
    }
    let formatted = Decimal::from_str(plain).ok().and_then(|decimal| {
        FORMATTERS.with(|known| Some(known.as_ref()?[language].format(&decimal).to_string()))
    });
    formatted.unwrap_or_else(|| plain.to_owned())
}

/// A date as a report writes it.
pub fn date(language: Language, date: Date) -> String {
    let grammar = grammar(language);
    let month = &grammar.months[date.month() as usize - 1][0];
    let day = match &grammar.first_day {
        Some(first) if date.day() == 1 => first.clone(),
        _ => digits(language, date.day().into()),
    };
    grammar
        .date_written
        .replace("{d}", &day)
        .replace("{m}", &digits(language, date.month().into()))
        .replace("{month}", month)
        .replace("{y}", &digits(language, date.year()))
}

/// A number without groups, as in a year.
pub fn digits(language: Language, number: i16) -> String {
    let own: Vec<char> = grammar(language).digits.chars().collect();
    number
        .to_string()
        .chars()
        .map(|c| c.to_digit(10).map_or(c, |digit| own[digit as usize]))
        .collect()
}

/// The plural category of a number: zero, one, two, few, many or other.
pub(crate) fn plural(language: Language, plain: &str) -> &'static str {
    let rules = PluralRules::try_new_cardinal(locale(language).into()).ok();
    let category =
        rules.zip(Decimal::from_str(plain).ok()).map(|(rules, number)| rules.category_for(&number));
    match category {
        Some(PluralCategory::Zero) => "zero",
        Some(PluralCategory::One) => "one",
        Some(PluralCategory::Two) => "two",
        Some(PluralCategory::Few) => "few",
        Some(PluralCategory::Many) => "many",
        Some(PluralCategory::Other) | None => "other",
    }
}

/// A value of a measure as text: a number, a date, or a share in per cent.
pub(crate) fn value(language: Language, value: &Value, unit: &str) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Number(share) if unit == SHARE => {
            number(language, &percent(share.as_f64().unwrap_or_default()))
        }
        Value::String(share) if unit == SHARE => {
            number(language, &percent(share.parse().unwrap_or_default()))
        }
        Value::Number(plain) => number(language, &plain.to_string()),
        Value::String(text) => match chancery_model::value::read_date(text) {
            Ok(day) => date(language, day),
            Err(_) => number(language, text),
        },
        other => other.to_string(),
    }
}

/// A value as a report writes it, with the sign of a share.
pub fn value_text(language: Language, shown: &Value, unit: &str) -> String {
    let text = value(language, shown, unit);
    if unit == SHARE { grammar(language).word("share").replace("{n}", &text) } else { text }
}

/// A word of the page itself in a language.
pub fn word(language: Language, name: &str) -> &'static str {
    grammar(language).word(name)
}

/// A share in per cent with one decimal place.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A large number in its language's own large units, with up to three places: 617.8 million,
/// 6.178亿; none where it is smaller than those.
pub(crate) fn million(language: Language, value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let amount: rust_decimal::Decimal = text.parse().ok()?;
    let large = grammar(language).large.iter();
    let large = large
        .into_iter()
        .find(|large| amount.abs() >= rust_decimal::Decimal::from(10_i64.pow(large.zeros)))?;
    // What has more places is rounded to one.
    let scaled = (amount / rust_decimal::Decimal::from(10_i64.pow(large.zeros))).normalize();
    let scaled = if scaled.scale() > 3 { scaled.round_dp(1).normalize() } else { scaled };
    let scaled = scaled.to_string();
    let form = large.one.as_ref().filter(|_| plural(language, &scaled) == "one");
    Some(form.unwrap_or(&large.other).replace("{n}", &number(language, &scaled)))
}

/// The single value of a figure.
pub(crate) fn single(figure: &Figure) -> &Value {
    match &figure.value {
        FigureValue::Value(value) => value,
        FigureValue::Rows(_) => &Value::Null,
    }
}

/// The name of a record in a language: the first of its naming fields, or its key.
pub(crate) fn record_name(
    programme: &Programme,
    language: Language,
    register: &str,
    key: &str,
    field: Option<&str>,
    record: Option<&chancery_model::Body>,
) -> String {
    let naming =
        field.or_else(|| programme.registers.get(register)?.names.first().map(String::as_str));
    let value = naming.and_then(|field| record?.get(field));
    value.map_or_else(|| key.to_owned(), |value| chancery_model::value::plain(value, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_numbers_and_dates_its_own_way() {
        let day = Date::constant(2013, 5, 24);
        let written: Vec<_> = Language::ALL
            .into_iter()
            .map(|l| format!("{} · {}", number(l, "1234567.5"), date(l, day)))
            .collect();
        assert_eq!(
            written,
            [
                "١٬٢٣٤٬٥٦٧٫٥ · ٢٤ أيار/مايو ٢٠١٣",
                "1,234,567.5 · 2013年5月24日",
                "1,234,567.5 · 24 May 2013",
                "1\u{202f}234\u{202f}567,5 · 24 mai 2013",
                "1\u{a0}234\u{a0}567,5 · 24 мая 2013 года",
                "1.234.567,5 · 24 de mayo de 2013",
            ]
        );
    }

    #[test]
    fn large_numbers_are_written_in_the_units_of_the_language() {
        let written = |amount: &str| {
            let value = Value::from(amount);
            let all = Language::ALL.into_iter();
            all.map(|l| million(l, &value).unwrap_or_default()).collect::<Vec<_>>().join(" · ")
        };
        insta::assert_snapshot!(
            [written("617800000"), written("1700000"), written("39200000"), written("84123456.78")]
                .join("\n")
        );
        assert_eq!(million(Language::En, &Value::from(999_999)), None);
    }

    #[test]
    fn russian_and_arabic_have_more_than_two_plurals() {
        let of = |language, numbers: &[&str]| {
            numbers.iter().map(|n| plural(language, n)).collect::<Vec<_>>()
        };
        assert_eq!(of(Language::Ru, &["1", "3", "11", "176"]), ["one", "few", "many", "many"]);
        assert_eq!(
            of(Language::Ar, &["0", "1", "2", "6", "25", "101"]),
            ["zero", "one", "two", "few", "many", "other"]
        );
    }
}
