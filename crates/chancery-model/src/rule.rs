//! Cross-field rules: conditions over a record and the records it links to.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Serde;
use minijinja::{Environment, Expression};
use serde_json::Value;

use crate::register::RuleSource;
use crate::{Body, Diagnostic, FieldType, Place, Programme, Register, Text};

/// A rule made ready for evaluation.
pub struct Rule<'e> {
    expression: Expression<'e, 'static>,
    /// What it reads: a field, or a field of the record that a field links to.
    paths: Vec<(String, Option<String>)>,
    pub message: Text,
}

impl<'e> Rule<'e> {
    pub fn compile(
        environment: &'e Environment<'static>,
        source: &RuleSource,
    ) -> Result<Self, String> {
        let expression = environment
            .compile_expression_owned(source.holds.clone())
            .map_err(|error| error.detail().unwrap_or("a syntax error").to_owned())?;
        let paths: BTreeSet<_> = expression.undeclared_variables(true).into_iter().collect();
        let paths = paths
            .into_iter()
            .map(|path| match path.split_once('.') {
                Some((link, field)) => (link.to_owned(), Some(field.to_owned())),
                None => (path, None),
            })
            .collect();
        Ok(Self { expression, paths, message: source.message.clone() })
    }

    /// The fields that it reads.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = self.paths.iter().map(|(field, _)| field.as_str()).collect();
        fields.dedup();
        fields
    }

    /// Whether the rule holds for `body`. `linked` finds the record a field links to; `None`
    /// from here means that it does not exist (yet), so that the rule cannot be decided.
    pub fn holds(&self, body: &Body, linked: impl Fn(&str, &str) -> Option<Body>) -> Option<bool> {
        let mut context: BTreeMap<&str, minijinja::Value> = BTreeMap::new();
        let mut reached: BTreeMap<&str, BTreeMap<&str, minijinja::Value>> = BTreeMap::new();
        for (field, beyond) in &self.paths {
            let Some(value) = body.get(field) else { return Some(true) };
            match beyond {
                None => {
                    context.insert(field, minijinja::Value::from(Serde(value)));
                }
                // A part of a period or an amount.
                Some(_) if value.is_object() => {
                    context.insert(field, minijinja::Value::from(Serde(value)));
                }
                Some(beyond) => {
                    let record = linked(field, value.as_str()?)?;
                    let Some(value) = record.get(beyond) else { return Some(true) };
                    reached
                        .entry(field)
                        .or_default()
                        .insert(beyond, minijinja::Value::from(Serde(value)));
                }
            }
        }
        for (field, record) in reached {
            context.insert(field, minijinja::Value::from(Serde(&record)));
        }
        let outcome = self.expression.eval(Serde(&context));
        Some(outcome.is_ok_and(|value| value.is_true()))
    }
}

/// Whether an expression over a record's own fields holds for it. One that cannot be evaluated
/// does not.
pub fn holds(expression: &str, body: &Body) -> bool {
    let environment = Environment::new();
    let compiled = environment.compile_expression(expression);
    compiled.and_then(|expression| expression.eval(Serde(body))).is_ok_and(|value| value.is_true())
}

/// The fields that an expression reads; none of one that cannot be read.
pub fn reads(expression: &str) -> BTreeSet<String> {
    let environment = Environment::new();
    let compiled = environment.compile_expression(expression);
    let read = compiled.map(|compiled| compiled.undeclared_variables(false));
    read.into_iter().flatten().collect()
}

/// Finds what is wrong with a condition over the fields of a register's records.
pub fn check_condition(register: &Register, condition: &str, place: &Place) -> Vec<Diagnostic> {
    let environment = Environment::new();
    let expression = match environment.compile_expression(condition) {
        Ok(expression) => expression,
        Err(error) => {
            let found = error.detail().unwrap_or("a syntax error").to_owned();
            return vec![
                Diagnostic::error(place.clone(), found).expected("a MiniJinja expression"),
            ];
        }
    };
    let names: BTreeSet<String> = expression.undeclared_variables(false).into_iter().collect();
    let unknown = names.into_iter().filter(|name| !register.fields.contains_key(name));
    unknown
        .map(|name| {
            Diagnostic::error(place.clone(), format!("the unknown field `{name}`"))
                .suggest(&name, register.fields.keys().map(String::as_str))
        })
        .collect()
}

/// Finds what is wrong with a rule of `register`: it does not compile, or names what does
/// not exist.
pub fn check(
    programme: &Programme,
    register: &Register,
    source: &RuleSource,
    place: &Place,
) -> Vec<Diagnostic> {
    let environment = Environment::new();
    let rule = match Rule::compile(&environment, source) {
        Ok(rule) => rule,
        Err(error) => {
            return vec![
                Diagnostic::error(place.clone(), error).expected("a MiniJinja expression"),
            ];
        }
    };
    let mut problems = Vec::new();
    for (name, beyond) in &rule.paths {
        let Some(field) = register.fields.get(name) else {
            problems.push(
                Diagnostic::error(place.clone(), format!("the unknown field `{name}`"))
                    .suggest(name, register.fields.keys().map(String::as_str)),
            );
            continue;
        };
        let Some(beyond) = beyond else { continue };
        let parts: &[&str] = match field.kind {
            FieldType::Period => &["from", "to"],
            FieldType::Money => &["amount", "currency"],
            _ => &[],
        };
        if parts.contains(&beyond.as_str()) {
            continue;
        }
        let target = (field.kind == FieldType::Link)
            .then(|| programme.registers.get(field.register.as_deref()?))
            .flatten();
        match target {
            None => problems.push(
                Diagnostic::error(
                    place.clone(),
                    format!("`{name}.{beyond}`, where `{name}` is no link"),
                )
                .expected("a field of this register, or one behind a link"),
            ),
            Some(target) if !target.fields.contains_key(beyond) => problems.push(
                Diagnostic::error(place.clone(), format!("the unknown field `{name}.{beyond}`"))
                    .suggest(beyond, target.fields.keys().map(String::as_str)),
            ),
            Some(_) => {}
        }
    }
    problems
}

/// The values of a raw body, for looking behind a link.
pub(crate) fn parse_body(raw: &str) -> Body {
    // The journal only holds bodies that were serialised from `Body`.
    serde_json::from_str::<BTreeMap<String, Value>>(raw).unwrap_or_default()
}
