//! Checks of report heads and house styles.

use chancery_model::programme::ReportHead;
use chancery_model::style::NUMERALS;
use chancery_model::value::{placeholders, read_period};
use chancery_model::{Diagnostic, Programme, Style, Text};

use crate::check::{check_text, known};
use crate::yaml::Places;

pub(crate) fn check_report(
    programme: &Programme,
    head: &ReportHead,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    check_text(&head.title, "/title", places, problems);
    check_text(&head.issuer, "/issuer", places, problems);
    if let Err(wrong) = read_period(&head.period) {
        problems.push(wrong.at(places.at("/period")));
    }
    known(programme.styles.keys(), "style", &head.style, || places.at("/style"), problems);
    let masthead = &head.masthead;
    if let Some(style) = programme.styles.get(&head.style) {
        let kinds = style.masthead.distribution.keys();
        let place = || places.at("/masthead/distribution");
        known(kinds, "kind of distribution", &masthead.distribution, place, problems);
    }
    check_placeholders(&masthead.symbol, &["year"], "/masthead/symbol", places, problems);
    check_text(&masthead.body, "/masthead/body", places, problems);
    for (index, text) in masthead.context.iter().enumerate() {
        check_text(text, &format!("/masthead/context/{index}"), places, problems);
    }
    if let Some(author) = &masthead.author {
        check_text(author, "/masthead/author", places, problems);
    }
}

pub(crate) fn check_style(style: &Style, places: &Places, problems: &mut Vec<Diagnostic>) {
    let numerals: Vec<&str> =
        NUMERALS.into_iter().chain(style.numerals.keys().map(String::as_str)).collect();
    let mut text = |text: &Text, pointer: &str, allowed: &[&str]| {
        check_text(text, pointer, places, problems);
        for (language, form) in text.each() {
            check_placeholders(form, allowed, &format!("{pointer}/{language}"), places, problems);
        }
    };
    text(&style.label, "/label", &[]);
    text(&style.office, "/office", &[]);
    text(&style.paragraph, "/paragraph", &numerals);
    text(&style.annex, "/annex", &numerals);
    text(&style.only_annex, "/only_annex", &[]);
    text(&style.figure, "/figure", &numerals);
    text(&style.page, "/page", &["n", "total"]);
    for (name, forms) in [("headings", &style.headings), ("lists", &style.lists)] {
        for (index, form) in forms.iter().enumerate() {
            text(form, &format!("/{name}/{index}"), &numerals);
        }
    }
    text(&style.masthead.organ, "/masthead/organ", &[]);
    text(&style.masthead.original, "/masthead/original", &["language"]);
    for (kind, words) in &style.masthead.distribution {
        text(words, &format!("/masthead/distribution/{kind}"), &[]);
    }
    for (language, names) in style.masthead.languages.each() {
        text(names, &format!("/masthead/languages/{language}"), &[]);
    }
    let margins = style.paper.margins;
    let (width, height) = style.paper.size.millimetres();
    let room = |first: f64, second: f64, whole: f64| {
        first >= 5.0 && second >= 5.0 && first + second < whole / 2.0
    };
    if !room(margins.inside, margins.outside, width) || !room(margins.top, margins.bottom, height) {
        problems.push(
            Diagnostic::error(places.at("/paper/margins"), "margins that do not fit the paper")
                .expected(
                    "at least 5 mm each, and two that face each other less than half the page",
                ),
        );
    }
    for (language, size) in style.size.each() {
        if !(6.0..=24.0).contains(size) {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("/size/{language}")),
                    format!("type of {size} points"),
                )
                .expected("6 to 24"),
            );
        }
    }
    for (language, leading) in style.leading.each() {
        if !(0.2..=2.0).contains(leading) {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("/leading/{language}")),
                    format!("leading of {leading}"),
                )
                .expected("0.2 to 2"),
            );
        }
    }
    for (language, fonts) in style.fonts.each() {
        if fonts.is_empty() {
            problems.push(Diagnostic::error(
                places.at(&format!("/fonts/{language}")),
                "no family of type",
            ));
        }
    }
}

fn check_placeholders(
    text: &str,
    allowed: &[&str],
    pointer: &str,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    for name in placeholders(text) {
        if !allowed.contains(&name) {
            let expected = match allowed {
                [] => "no braces".to_owned(),
                allowed => format!("one of {{{}}}", allowed.join("}, {")),
            };
            problems.push(
                Diagnostic::error(places.at(pointer), format!("`{{{name}}}`")).expected(expected),
            );
        }
    }
}
