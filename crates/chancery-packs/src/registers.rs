//! Checks of registers and their fields.

use std::str::FromStr;

use chancery_model::register::Limit;
use chancery_model::value::{placeholders, read_date};
use chancery_model::{Diagnostic, Field, FieldType, Programme, Register, Visibility, rule};

use crate::check::{check_serves, check_text, is_blank, known, list};
use crate::yaml::Places;

pub(crate) fn check_register(
    programme: &Programme,
    register: &Register,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    check_text(&register.label, "/label", places, problems);
    check_text(&register.help, "/help", places, problems);
    let fields = || register.fields.keys();
    for (index, field) in register.key.iter().enumerate() {
        known(fields(), "field", field, || places.at(&format!("/key/{index}")), problems);
    }
    for (index, field) in register.names.iter().enumerate() {
        known(fields(), "field", field, || places.at(&format!("/names/{index}")), problems);
    }
    check_disclosure(programme, register, places, problems);
    check_cited_as(register, places, problems);
    for (set, names) in register.unique.iter().enumerate() {
        for (index, field) in names.iter().enumerate() {
            known(
                fields(),
                "field",
                field,
                || places.at(&format!("/unique/{set}/{index}")),
                problems,
            );
        }
    }
    for field in placeholders(&register.caption) {
        known(fields(), "field", field, || places.at("/caption"), problems);
    }
    for (index, source) in register.rules.iter().enumerate() {
        let place = places.at(&format!("/rules/{index}/holds"));
        problems.extend(rule::check(programme, register, source, &place));
        check_text(&source.message, &format!("/rules/{index}/message"), places, problems);
    }
    check_exclusive(register, places, problems);
    for (index, limit) in register.limits.iter().enumerate() {
        let pointer = format!("/limits/{index}");
        check_text(&limit.message, &format!("{pointer}/message"), places, problems);
        check_limit(programme, register, limit, &pointer, places, problems);
    }
    check_serves(programme, &register.serves, places, problems);
    for (name, field) in &register.fields {
        check_field(programme, name, field, places, problems);
        if let Some(condition) = &field.needed_when {
            let place = places.at(&format!("/fields/{name}/needed_when"));
            problems.extend(rule::check_condition(register, condition, &place));
        }
    }
}

fn check_exclusive(register: &Register, places: &Places, problems: &mut Vec<Diagnostic>) {
    for (index, exclusive) in register.exclusive.iter().enumerate() {
        let pointer = format!("/exclusive/{index}");
        check_text(&exclusive.message, &format!("{pointer}/message"), places, problems);
        for (number, field) in exclusive.within.iter().enumerate() {
            let place = || places.at(&format!("{pointer}/within/{number}"));
            known(register.fields.keys(), "field", field, place, problems);
        }
        let period = register.fields.get(&exclusive.period).map(|field| field.kind);
        if period != Some(FieldType::Period) {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("{pointer}/period")),
                    format!("`{}`, which is no period field", exclusive.period),
                )
                .expected(format!(
                    "a field of the type `period`: {}",
                    list(
                        register
                            .fields
                            .iter()
                            .filter(|(_, field)| field.kind == FieldType::Period)
                            .map(|(name, _)| name)
                    )
                )),
            );
        }
    }
}

/// A limit adds up numbers or money, over records with a link to one that has the same.
fn check_limit(
    programme: &Programme,
    register: &Register,
    limit: &Limit,
    pointer: &str,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let kind = |register: &Register, field: &str| register.fields.get(field).map(|f| f.kind);
    let named = |register: &Register, fits: &dyn Fn(FieldType) -> bool| -> Vec<String> {
        let fitting = register.fields.iter().filter(|(_, field)| fits(field.kind));
        fitting.map(|(name, _)| name.clone()).collect()
    };
    let sum = kind(register, &limit.sum);
    let counted = [FieldType::Integer, FieldType::Decimal, FieldType::Money];
    if !sum.is_some_and(|kind| counted.contains(&kind)) {
        problems.push(
            Diagnostic::error(
                places.at(&format!("{pointer}/sum")),
                format!("`{}`, which cannot be added up", limit.sum),
            )
            .expected(format!(
                "a number or money field: {}",
                list(&named(register, &|kind| counted.contains(&kind)))
            )),
        );
        return;
    }
    let by = register.fields.get(&limit.by).filter(|field| field.kind == FieldType::Link);
    let Some(target) = by.and_then(|field| programme.registers.get(field.register.as_deref()?))
    else {
        problems.push(
            Diagnostic::error(
                places.at(&format!("{pointer}/by")),
                format!("`{}`, which is no link", limit.by),
            )
            .expected(format!(
                "the link that the records share: {}",
                list(&named(register, &|kind| kind == FieldType::Link))
            )),
        );
        return;
    };
    let most = kind(target, &limit.most);
    if most.is_none() || sum.is_some() && most != sum {
        problems.push(
            Diagnostic::error(
                places.at(&format!("{pointer}/most")),
                format!("`{}`, which is no field of the same type as `{}`", limit.most, limit.sum),
            )
            .expected(format!(
                "a field of the linked record with which the sum can be compared: {}",
                list(&named(target, &|kind| Some(kind) == sum))
            )),
        );
    }
}

/// Whoever may know of a record sees how it is called, and whoever sees a link may know of the record
/// to which it leads: what a reader is shown rests on it.
fn check_disclosure(
    programme: &Programme,
    register: &Register,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let key = register.key_visibility();
    let named = register.names.iter().enumerate();
    let named = named.map(|(index, name)| (format!("/names/{index}"), name.as_str()));
    let captioned = placeholders(&register.caption).into_iter();
    for (pointer, name) in captioned.map(|name| ("/caption".to_owned(), name)).chain(named) {
        if let Some(field) = register.fields.get(name).filter(|field| field.visibility > key) {
            problems.push(
                Diagnostic::error(
                    places.at(&pointer),
                    format!(
                        "`{name}`, which fewer may see than the key ({})",
                        word(field.visibility)
                    ),
                )
                .expected(format!("a field that is seen with the key: {}", word(key))),
            );
        }
    }
    for (name, field) in &register.fields {
        let target = field.register.as_ref().and_then(|target| programme.registers.get(target));
        let Some(target) = target.map(Register::key_visibility) else { continue };
        if target > field.visibility {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("/fields/{name}/visibility")),
                    format!(
                        "`{}` for a link to records that fewer may know of",
                        word(field.visibility)
                    ),
                )
                .expected(format!("`{}`, as the key of those records has it", word(target))),
            );
        }
    }
}

fn word(visibility: Visibility) -> String {
    // The names in the files, in small letters.
    format!("{visibility:?}").to_lowercase()
}

/// What a form of citation asks for can be found in a text and in a record.
fn check_cited_as(register: &Register, places: &Places, problems: &mut Vec<Diagnostic>) {
    let patterned = || {
        let fields = register.fields.iter();
        let patterned = fields.filter(|(_, f)| f.kind == FieldType::Text && f.pattern.is_some());
        patterned.filter(|(_, field)| !field.list).map(|(name, _)| name)
    };
    for (index, cited) in register.cited_as.iter().enumerate() {
        for field in cited.only.keys() {
            let place = || places.at(&format!("/cited_as/{index}/only/{field}"));
            known(register.fields.keys(), "field", field, place, problems);
        }
        for (number, form) in cited.forms.iter().enumerate() {
            let place = || places.at(&format!("/cited_as/{index}/forms/{number}"));
            match placeholders(form).as_slice() {
                [field] => {
                    known(patterned(), "text field with a pattern", field, place, problems);
                }
                several => problems.push(
                    Diagnostic::error(place(), format!("{} fields in braces", several.len()))
                        .expected("one field in braces, as in «resolution {number}»".to_owned()),
                ),
            }
        }
    }
}

/// Columns that every table of records has.
const RESERVED: [&str; 4] = ["record_id", "entry", "source", "demonstration"];

fn check_field(
    programme: &Programme,
    name: &str,
    field: &Field,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let pointer = format!("/fields/{name}");
    if is_blank(&field.label) {
        problems.push(
            Diagnostic::error(places.key(&pointer), format!("no label for the field `{name}`"))
                .expected("a `label` here, or a line of the pack's `terms.csv`"),
        );
    } else {
        check_text(&field.label, &format!("{pointer}/label"), places, problems);
    }
    if !is_blank(&field.help) {
        check_text(&field.help, &format!("{pointer}/help"), places, problems);
    }
    if name.starts_with('_') || RESERVED.contains(&name) || name.contains(['.', ' ']) {
        problems.push(
            Diagnostic::error(places.key(&pointer), format!("the field name `{name}`")).expected(
                format!(
                    "letters, digits and `_`, not beginning with `_`, and none of {}",
                    RESERVED.join(", ")
                ),
            ),
        );
    }
    let goes_with = [
        ("register", field.register.is_some(), field.kind == FieldType::Link),
        ("codelist", field.codelist.is_some(), field.kind == FieldType::Code),
    ];
    for (attribute, given, fits) in goes_with {
        match (given, fits) {
            (true, false) => problems.push(
                Diagnostic::error(
                    places.key(&format!("{pointer}/{attribute}")),
                    format!("`{attribute}` on a field of another type"),
                )
                .expected(format!(
                    "`{attribute}` only with `type: {}`",
                    if attribute == "register" { "link" } else { "code" }
                )),
            ),
            (false, true) => problems.push(
                Diagnostic::error(places.key(&pointer), format!("no `{attribute}`"))
                    .expected(format!("the {attribute} that the values of `{name}` come from")),
            ),
            _ => {}
        }
    }
    if let Some(register) = &field.register {
        known(
            programme.registers.keys(),
            "register",
            register,
            || places.at(&format!("{pointer}/register")),
            problems,
        );
    }
    if let Some(list) = &field.codelist {
        known(
            programme.codelists.keys(),
            "code list",
            list,
            || places.at(&format!("{pointer}/codelist")),
            problems,
        );
    }
    if let Some(pattern) = &field.pattern {
        let place = || places.at(&format!("{pointer}/pattern"));
        if field.kind != FieldType::Text {
            problems.push(
                Diagnostic::error(place(), "a pattern on a field that is no text")
                    .expected("`pattern` only with `type: text`"),
            );
        } else if let Err(error) = regex::Regex::new(pattern) {
            problems.push(
                Diagnostic::error(place(), error.to_string()).expected("a regular expression"),
            );
        }
    }
    for (attribute, bound) in [("min", &field.min), ("max", &field.max)] {
        let Some(bound) = bound else { continue };
        let text = bound.to_string();
        let fits = match field.kind {
            FieldType::Integer => i64::from_str(&text).is_ok(),
            FieldType::Decimal | FieldType::Money => f64::from_str(&text).is_ok(),
            FieldType::Date => read_date(&text).is_ok(),
            _ => false,
        };
        if !fits {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("{pointer}/{attribute}")),
                    format!("`{text}` as a limit of `{name}`"),
                )
                .expected("a number for numbers and money, a date for dates, none for other types"),
            );
        }
    }
}
