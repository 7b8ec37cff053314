//! What the files of the packs say of each other: dangling names, missing languages,
//! attributes that do not fit a type. SQL is checked by the engine that runs it.

use chancery_model::codelist::CodeList;
use chancery_model::format::Element;
use chancery_model::measure::{self, Aggregate};
use chancery_model::value::placeholders;
use chancery_model::{
    Calendar, Diagnostic, FieldType, Identity, MeasureHead, Multilingual, ParameterType, Place,
    Procedure, Programme, Text, Unit, rule,
};

use crate::load::Loading;
use crate::yaml::Places;
use crate::{registers, reports};

pub(crate) fn check(loading: &mut Loading) {
    let mut problems = Vec::new();
    let programme = &loading.programme;
    let places = |file: &str| loading.places.get(file).cloned().unwrap_or_default();
    for (file, places) in &loading.places {
        let parts: Vec<&str> = file.split('/').collect();
        match parts.as_slice() {
            [pack, "pack.yaml"] => check_pack(programme, pack, places, &mut problems),
            [_, "registers", name] => {
                if let Some(register) = programme.registers.get(name.trim_end_matches(".yaml")) {
                    registers::check_register(programme, register, places, &mut problems);
                }
            }
            [_, "reports", name, "report.yaml"] => {
                if let Some(report) = programme.reports.get(*name) {
                    reports::check_report(programme, &report.head, places, &mut problems);
                }
            }
            [_, "cautions", name] => {
                if let Some(caution) = programme.cautions.get(name.trim_end_matches(".yaml")) {
                    check_text(&caution.message, "/message", places, &mut problems);
                }
            }
            [_, "formats", name] => {
                if let Some(format) = programme.formats.get(name.trim_end_matches(".yaml")) {
                    check_text(&format.label, "/label", places, &mut problems);
                    check_text(&format.help, "/help", places, &mut problems);
                    check_element(
                        programme,
                        &format.record,
                        (None, None),
                        "/record",
                        places,
                        &mut problems,
                    );
                }
            }
            [_, "styles", name] => {
                if let Some(style) = programme.styles.get(name.trim_end_matches(".yaml")) {
                    reports::check_style(style, places, &mut problems);
                }
            }
            [_, "outlines", name] if name.ends_with(".yaml") => {
                if let Some(outlines) = programme.outlines.get(name.trim_end_matches(".yaml")) {
                    let disclaimer = &outlines.head.disclaimer;
                    check_text(disclaimer, "/disclaimer", places, &mut problems);
                }
            }
            [_, "calendars", name] => {
                if let Some(calendar) = programme.calendars.get(name.trim_end_matches(".yaml")) {
                    check_calendar(programme, calendar, places, &mut problems);
                }
            }
            [_, "demonstration", name] => {
                let name = name.trim_end_matches(".yaml");
                known(
                    programme.registers.keys(),
                    "register",
                    name,
                    || places.at(""),
                    &mut problems,
                );
                let fields = programme.registers.get(name).map(|register| &register.fields);
                let drawn = programme.demonstrations.get(name).map(|drawn| &drawn.fields);
                for field in drawn.into_iter().flatten().map(|(field, _)| field) {
                    let place = || places.key(&format!("/fields/{field}"));
                    let declared = fields.into_iter().flat_map(|fields| fields.keys());
                    known(declared, "field", field, place, &mut problems);
                }
            }
            [_, "identities", name] => {
                if let Some(identity) = programme.identities.get(name.trim_end_matches(".yaml")) {
                    check_identity(programme, identity, places, &mut problems);
                }
            }
            [_, "procedures", name] => {
                if let Some(procedure) = programme.procedures.get(name.trim_end_matches(".yaml")) {
                    check_procedure(programme, procedure, places, &mut problems);
                }
            }
            _ => {}
        }
    }
    for (name, measure) in &programme.measures {
        check_measure(programme, name, &measure.head, &places(&measure.file), &mut problems);
        let file = measure.file.replace(".sql", ".expected.yaml");
        for (index, expected) in measure.expected.iter().enumerate() {
            for parameter in expected.parameters.keys() {
                if !measure.head.parameters.contains_key(parameter) {
                    let place = places(&file).key(&format!("/{index}/parameters/{parameter}"));
                    problems.push(
                        Diagnostic::error(place, format!("the unknown parameter `{parameter}`"))
                            .expected(format!("one of {}", list(measure.head.parameters.keys())))
                            .suggest(parameter, measure.head.parameters.keys().map(String::as_str)),
                    );
                }
            }
        }
    }
    for (name, view) in &programme.views {
        if programme.registers.contains_key(name) {
            problems.push(
                Diagnostic::error(
                    Place::file(&view.file),
                    format!("the view `{name}`, which is the name of a register"),
                )
                .expected("a name of its own"),
            );
        }
    }
    problems.sort_by(|a, b| {
        (&a.place.file, a.place.line, a.place.column).cmp(&(
            &b.place.file,
            b.place.line,
            b.place.column,
        ))
    });
    loading.problems.extend(problems);
}

fn check_pack(programme: &Programme, pack: &str, places: &Places, problems: &mut Vec<Diagnostic>) {
    let head = &programme.packs[pack];
    check_text(&head.title, "/title", places, problems);
    for (index, needed) in head.needs.iter().enumerate() {
        if !programme.packs.contains_key(needed) {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("/needs/{index}")),
                    format!("the pack `{needed}`, which does not exist"),
                )
                .suggest(needed, programme.packs.keys().map(String::as_str)),
            );
        }
    }
    for register in head.data.keys() {
        known(
            programme.registers.keys(),
            "register",
            register,
            || places.key(&format!("/data/{register}")),
            problems,
        );
    }
}

/// An element speaks of fields that exist: those of its register, or of the code of a list.
/// `record` is the register of the record that it belongs to.
fn check_element(
    programme: &Programme,
    element: &Element,
    (around, record): (Option<&str>, Option<&str>),
    pointer: &str,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let fields = |register: Option<&str>| {
        let register = register.and_then(|name| programme.registers.get(name));
        register.into_iter().flat_map(|register| register.fields.keys())
    };
    let mut own = around;
    if let Some(register) = &element.records {
        let place = || places.at(&format!("{pointer}/records"));
        known(programme.registers.keys(), "register", register, place, problems);
        if !programme.registers.contains_key(register) {
            return;
        }
        own = Some(register);
        for (name, field) in [("by", &element.by), ("position", &element.position)] {
            if let Some(field) = field {
                let place = || places.at(&format!("{pointer}/{name}"));
                known(fields(own), "field", field, place, problems);
                let declared = programme.registers.get(register).and_then(|r| r.fields.get(field));
                let leads = declared.is_some_and(|field| field.register.as_deref() == record);
                if name == "by" && declared.is_some() && record.is_some() && !leads {
                    problems.push(
                        Diagnostic::error(
                            places.at(&format!("{pointer}/by")),
                            format!("`{field}`, which is no link to the record around it"),
                        )
                        .expected("the link by which the records hang on it"),
                    );
                }
            }
        }
    }
    let mut code = false;
    if let Some(each) = &element.each {
        known(fields(own), "field", each, || places.at(&format!("{pointer}/each")), problems);
        let field = own.and_then(|name| programme.registers.get(name)?.fields.get(each));
        if field.is_none() {
            return;
        }
        code = field.is_some_and(|field| field.register.is_none());
        own = field.and_then(|field| field.register.as_deref());
    }
    if element.records.is_none() && element.each.is_none() && element.read_only {
        own = element.first_register().or(own);
    }
    check_element_name(element, pointer, places, problems);
    let scope = own.and_then(|name| programme.registers.get(name));
    for said in element.values().filter(|said| !code && said.share_of.is_none()) {
        let field = scope.and_then(|register| register.fields.get(&said.value));
        let Some(field) = field else { continue };
        if element.languages && field.kind != FieldType::Multilingual {
            problems.push(
                Diagnostic::error(
                    places.at(pointer),
                    format!("`languages` with `{}`, which is no multilingual field", said.value),
                )
                .expected("a text in six languages"),
            );
        }
        let Some(list) = field.codelist.as_ref().and_then(|l| programme.codelists.get(l)) else {
            continue;
        };
        let ours = said.codes.keys().chain(said.reads.values()).chain(&said.missing);
        for code in ours {
            known(list.codes.keys(), "code", code, || places.at(pointer), problems);
        }
    }
    let said = element.values().flat_map(|said| std::iter::once(&said.value).chain(&said.or));
    let named = element.known_by.iter().flat_map(|known| known.fields.iter().chain([&known.key]));
    for field in said.chain(named).filter(|_| !code) {
        let field = field.split('.').next().unwrap_or(field);
        let field = &field.to_owned();
        known(fields(own), "field", field, || places.at(pointer), problems);
    }
    for (index, inner) in element.holds.iter().enumerate() {
        let pointer = format!("{pointer}/holds/{index}");
        let record = if element.records.is_some() { own } else { record };
        check_element(programme, inner, (own, record), &pointer, places, problems);
    }
}

fn check_element_name(
    element: &Element,
    pointer: &str,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let name = &element.element;
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || !name.chars().all(letters) {
        problems.push(
            Diagnostic::error(places.at(&format!("{pointer}/element")), format!("`{name}`"))
                .expected("the name of an XML element"),
        );
    }
}

fn check_calendar(
    programme: &Programme,
    calendar: &Calendar,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    check_text(&calendar.label, "/label", places, problems);
    for (index, event) in calendar.events.iter().enumerate() {
        let pointer = format!("/events/{index}");
        check_text(&event.summary, &format!("{pointer}/summary"), places, problems);
        let register = programme.registers.get(&event.register);
        let place = || places.at(&format!("{pointer}/register"));
        known(programme.registers.keys(), "register", &event.register, place, problems);
        let Some(register) = register else { continue };
        if let Some(when) = &event.when {
            let place = places.at(&format!("{pointer}/when"));
            problems.extend(rule::check_condition(register, when, &place));
        }
        let on = register.fields.get(&event.on).map(|field| field.kind);
        if !matches!(on, Some(FieldType::Date | FieldType::Period)) {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("{pointer}/on")),
                    format!("`{}`, which is no date or period field", event.on),
                )
                .suggest(&event.on, register.fields.keys().map(String::as_str)),
            );
        }
        let shown = event.summary.each().flat_map(|(_, text)| placeholders(text));
        for field in shown.chain(event.place.iter().map(String::as_str)) {
            known(register.fields.keys(), "field", field, || places.at(&pointer), problems);
        }
    }
}

/// Tags lead to what the programme is asked to do.
pub(crate) fn check_serves(
    programme: &Programme,
    serves: &[String],
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let tasks = || programme.codelists.get("task").into_iter().flat_map(|list| list.codes.keys());
    for (index, task) in serves.iter().enumerate() {
        known(tasks(), "task", task, || places.at(&format!("/serves/{index}")), problems);
    }
}

fn check_identity(
    programme: &Programme,
    identity: &Identity,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    check_text(&identity.label, "/label", places, problems);
    check_serves(programme, &identity.serves, places, problems);
    if identity.relation().is_none() {
        problems.push(
            Diagnostic::error(places.at(""), "neither a sum nor a share")
                .expected("`total` with two `parts` or more, or `share`, `part` and `base`"),
        );
    }
    if identity.tolerance().is_none() {
        problems.push(
            Diagnostic::error(places.at("/within"), format!("`{}`", identity.within))
                .expected("how far the two sides may be apart, a decimal number of 0 or more"),
        );
    }
    for call in identity.calls() {
        known(programme.measures.keys(), "measure", &call.measure, || places.at(""), problems);
    }
}

fn check_measure(
    programme: &Programme,
    name: &str,
    head: &MeasureHead,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    if head.measure != name {
        problems.push(
            Diagnostic::error(places.at("/measure"), format!("`{}`", head.measure))
                .expected(format!("`{name}`, the pack and the name of the file")),
        );
    }
    check_text(&head.label, "/label", places, problems);
    for (language, label) in head.label.each() {
        for parameter in placeholders(label) {
            known(
                head.parameters.keys(),
                "parameter",
                parameter,
                || places.at(&format!("/label/{language}")),
                problems,
            );
        }
    }
    for (language, words) in head.keywords.each() {
        if words.is_empty() || words.iter().any(|word| word.trim().is_empty()) {
            problems.push(
                Diagnostic::error(
                    places.key(&format!("/keywords/{language}")),
                    "no keyword, or an empty one",
                )
                .expected("at least one word by which texts in this language speak of the measure"),
            );
        }
    }
    check_serves(programme, &head.serves, places, problems);
    if let Unit::Code(unit) = &head.unit {
        let units = programme.codelists.get("unit");
        let units = units.into_iter().flat_map(|list| list.codes.keys());
        known(units, "unit", unit, || places.at("/unit"), problems);
    }
    for (index, caution) in head.cautions.iter().enumerate() {
        let place = || places.at(&format!("/cautions/{index}"));
        known(programme.cautions.keys(), "caution", caution, place, problems);
    }
    let needs_column = head.aggregate != Aggregate::Count;
    if needs_column != head.column.is_some() {
        problems.push(
            Diagnostic::error(
                places.key("/aggregate"),
                if needs_column { "no `column`" } else { "a `column` that `count` does not use" },
            )
            .expected("`column` with every aggregate but `count`"),
        );
    }
    for (parameter, declared) in &head.parameters {
        let pointer = format!("/parameters/{parameter}");
        if parameter == measure::EVIDENCE {
            problems.push(
                Diagnostic::error(places.key(&pointer), format!("the parameter `{parameter}`"))
                    .expected(
                        "another name: programs ask by this one how many rows come with a figure",
                    ),
            );
        }
        match declared.kind {
            ParameterType::Link => match &declared.register {
                Some(register) => known(
                    programme.registers.keys(),
                    "register",
                    register,
                    || places.at(&format!("{pointer}/register")),
                    problems,
                ),
                None => problems.push(
                    Diagnostic::error(places.key(&pointer), "no `register`")
                        .expected("the register whose record is meant"),
                ),
            },
            ParameterType::Code => match &declared.codelist {
                Some(list) => known(
                    programme.codelists.keys(),
                    "code list",
                    list,
                    || places.at(&format!("{pointer}/codelist")),
                    problems,
                ),
                None => problems.push(
                    Diagnostic::error(places.key(&pointer), "no `codelist`")
                        .expected("the code list whose code is meant"),
                ),
            },
            _ => {}
        }
    }
}

fn check_procedure(
    programme: &Programme,
    procedure: &Procedure,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    check_serves(programme, &procedure.serves, places, problems);
    check_text(&procedure.label, "/label", places, problems);
    check_text(&procedure.help, "/help", places, problems);
    let Some(register) = programme.registers.get(&procedure.register) else {
        return known(
            programme.registers.keys(),
            "register",
            &procedure.register,
            || places.at("/register"),
            problems,
        );
    };
    let states = register
        .fields
        .get(&procedure.state)
        .and_then(|field| field.codelist.as_ref())
        .and_then(|list| programme.codelists.get(list));
    let Some(CodeList { codes }) = states else {
        problems.push(
            Diagnostic::error(
                places.at("/state"),
                format!(
                    "`{}`, which is no code field of `{}`",
                    procedure.state, procedure.register
                ),
            )
            .expected("the code field that holds a record's state")
            .suggest(&procedure.state, register.fields.keys().map(String::as_str)),
        );
        return;
    };
    known(codes.keys(), "state", &procedure.initial, || places.at("/initial"), problems);
    for (name, step) in &procedure.moves {
        let pointer = format!("/moves/{name}");
        check_text(&step.label, &format!("{pointer}/label"), places, problems);
        known(codes.keys(), "state", &step.to, || places.at(&format!("{pointer}/to")), problems);
        for (index, from) in step.from.iter().enumerate() {
            known(
                codes.keys(),
                "state",
                from,
                || places.at(&format!("{pointer}/from/{index}")),
                problems,
            );
        }
        for field in step.writes.keys() {
            known(
                register.fields.keys(),
                "field",
                field,
                || places.key(&format!("{pointer}/writes/{field}")),
                problems,
            );
        }
        if let Some(deadline) = &step.deadline
            && register
                .fields
                .get(&deadline.after)
                .is_none_or(|field| field.kind != FieldType::Date)
        {
            problems.push(
                Diagnostic::error(
                    places.at(&format!("{pointer}/deadline/after")),
                    format!("`{}`, which is no date field", deadline.after),
                )
                .suggest(&deadline.after, register.fields.keys().map(String::as_str)),
            );
        }
    }
}

/// Whether no language has words.
pub(crate) fn is_blank(text: &Text) -> bool {
    text.each().all(|(_, text)| text.trim().is_empty())
}

/// Every language has words, not blanks.
pub(crate) fn check_text(
    text: &Text,
    pointer: &str,
    places: &Places,
    problems: &mut Vec<Diagnostic>,
) {
    let blank = |text: &Multilingual<String>| {
        text.each()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(language, _)| language)
            .collect::<Vec<_>>()
    };
    for language in blank(text) {
        problems.push(
            Diagnostic::error(
                places.at(&format!("{pointer}/{language}")),
                format!("no text in the language `{language}`"),
            )
            .expected("all six languages: ar, zh, en, fr, ru, es"),
        );
    }
}

pub(crate) fn unknown(kind: &str, name: &str) -> String {
    format!("the {kind} `{name}`, which does not exist")
}

pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Complains when `name` is not among the names of its kind.
pub(crate) fn known<'a>(
    names: impl IntoIterator<Item = &'a String>,
    kind: &str,
    name: &str,
    place: impl FnOnce() -> Place,
    problems: &mut Vec<Diagnostic>,
) {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    if !names.contains(&name) {
        problems.push(
            Diagnostic::error(place(), unknown(kind, name))
                .expected(format!("a {kind} that the packs declare"))
                .suggest(name, names),
        );
    }
}
