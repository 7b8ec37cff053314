//! What is written as a number is read as that number, in every language; what is written as a
//! day is read as that day and counts nothing.

use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Kind, Mark, Marked, find};
use crate::grammar::grammar;
use crate::matching::{Lexicon, reduce};
use crate::words;
use chancery_model::{Language, each_language};

fn read(language: Language, text: &str) -> Vec<Marked> {
    let digits: Vec<char> = grammar(language).digits.chars().collect();
    let reduced = reduce(text.chars(), &digits);
    let units = Lexicon::new([("things", "thing".to_owned())]);
    find(&reduced.chars, language, &units)
}

/// The values of the quantities in a text.
fn values(language: Language, text: &str) -> Vec<Decimal> {
    let marked = read(language, text);
    let value = |marked: &Marked| match &marked.mark {
        Mark::Quantity(quantity) => Some(quantity.value),
        _ => None,
    };
    marked.iter().filter_map(value).collect()
}

fn language() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::ALL.to_vec())
}

/// A number below 100,000,000 in Chinese characters.
fn chinese(number: u32) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    fn section(number: u32) -> String {
        let mut text = String::new();
        let mut gap = false;
        for (power, sign) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = number / power % 10;
            if digit == 0 {
                gap = !text.is_empty();
                continue;
            }
            if std::mem::take(&mut gap) {
                text.push('零');
            }
            text.push(DIGITS[digit as usize]);
            text.push_str(sign);
        }
        text
    }
    let (high, low) = (number / 10_000, number % 10_000);
    match (high, low) {
        (0, _) => section(low),
        (_, 0) => format!("{}万", section(high)),
        (_, 1..=999) => format!("{}万零{}", section(high), section(low)),
        _ => format!("{}万{}", section(high), section(low)),
    }
}

/// A number below 1,000,000 in English words.
fn english(number: u32) -> String {
    const ONES: [&str; 20] = [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let below_hundred = |n: u32| match (n / 10, n % 10) {
        (0 | 1, _) => ONES[n as usize].to_owned(),
        (tens, 0) => TENS[tens as usize].to_owned(),
        (tens, ones) => format!("{}-{}", TENS[tens as usize], ONES[ones as usize]),
    };
    let below_thousand = |n: u32| match (n / 100, n % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", ONES[hundreds as usize]),
        (hundreds, rest) => {
            format!("{} hundred and {}", ONES[hundreds as usize], below_hundred(rest))
        }
    };
    match (number / 1000, number % 1000) {
        (0, rest) => below_thousand(rest),
        (thousands, 0) => format!("{} thousand", below_thousand(thousands)),
        (thousands, rest @ 1..=99) => {
            format!("{} thousand and {}", below_thousand(thousands), below_hundred(rest))
        }
        (thousands, rest) => {
            format!("{} thousand {}", below_thousand(thousands), below_thousand(rest))
        }
    }
}

#[test]
fn the_writers_of_these_tests_write_as_people_do() {
    assert_eq!(chinese(176), "一百七十六");
    assert_eq!(chinese(28_000_000), "二千八百万");
    assert_eq!(chinese(20_003), "二万零三");
    assert_eq!(english(176), "one hundred and seventy-six");
    assert_eq!(english(21_300), "twenty-one thousand three hundred");
}

#[test]
fn quantities_of_sentences_are_found() {
    // A sentence, and the values of its quantities, line by line.
    let same = |text: &'static str| text;
    let all = each_language!(same, "../../../../tests/numbers/", ".txt");
    let mut wrong = Vec::new();
    for (language, sentences) in all.each() {
        for line in sentences.lines() {
            let (sentence, expected) = line.split_once("=>").unwrap();
            let expected: Vec<Decimal> =
                expected.split_whitespace().map(|value| value.parse().unwrap()).collect();
            let found = values(language, sentence);
            if found != expected {
                wrong.push(format!("{sentence} gives {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each is looked at on its own, however long the list.
#[test]
fn a_long_list_of_days_is_no_trouble() {
    let list = "7, ".repeat(20_000);
    let text = format!("{list}8 things, on 6 and 7 May 2013");
    assert_eq!(values(Language::En, &text).len(), 20_001);
}

proptest! {
    #[test]
    fn a_number_is_read_as_it_was_written(language in language(), number in 0u32..1_000_000_000, tenths in prop::option::of(1u32..10)) {
        // Four digits without a separator may be a year.
        prop_assume!(!(1900..=2100).contains(&number) || tenths.is_some());
        let plain = tenths.map_or_else(|| number.to_string(), |tenths| format!("{number}.{tenths}"));
        let written = words::number(language, &plain);
        prop_assert_eq!(values(language, &format!("({written})")), vec![plain.parse::<Decimal>().unwrap()], "{}", written);
    }

    #[test]
    fn a_day_is_read_as_that_day_and_counts_nothing(language in language(), day in 0i32..55_000) {
        let day = Date::constant(1950, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let written = words::date(language, day);
        let marked = read(language, &format!("({written})"));
        let days: Vec<_> = marked.iter().map(|marked| &marked.mark).collect();
        prop_assert!(matches!(days.as_slice(), [Mark::Date(Some(days))] if days.day() == Some(day)), "{} {:?}", written, marked);
    }

    #[test]
    fn numbers_in_chinese_characters_are_read(number in 2u32..100_000_000) {
        let written = chinese(number);
        prop_assert_eq!(values(Language::Zh, &format!("有{written}个")), vec![Decimal::from(number)], "{}", written);
    }

    #[test]
    fn numbers_in_english_words_are_read(number in 2u32..1_000_000) {
        let written = english(number);
        prop_assert_eq!(values(Language::En, &format!("there were {written} things")), vec![Decimal::from(number)], "{}", written);
    }

    #[test]
    fn a_share_in_per_cent_is_one(language in language(), tenths in 0u32..1000) {
        let plain = words::percent(f64::from(tenths) / 1000.0);
        let written = format!("{} %", words::number(language, &plain));
        let marked = read(language, &written);
        let shares = marked.iter().filter(|marked| matches!(&marked.mark, Mark::Quantity(quantity) if quantity.kind == Kind::Percent));
        prop_assert_eq!((shares.count(), marked.len()), (1, 1), "{}", written);
    }

    /// Whatever the text: nothing panics, and the pieces stand in order and apart.
    #[test]
    fn pieces_stand_in_order(language in language(), text in "([0-9]{1,5}|[٠-٩]{1,3}|[十百千万亿二三]{1,4}|[ ,./%$年月日个-]| million |\\PC){0,24}") {
        let marked = read(language, &text);
        prop_assert!(marked.windows(2).all(|pair| pair[0].to <= pair[1].from), "{:?}", marked);
    }
}
