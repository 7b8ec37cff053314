//! Parameters of a measure: from what a person or a report gave to bound values.

use std::collections::BTreeMap;

use chancery_model::value::{Wrong, read_date, shorten};
use chancery_model::{Diagnostic, Diagnostics, MeasureHead, Parameter, ParameterType, Place};
use datafusion::common::ScalarValue;
use serde_json::Value;

/// Reads `name=value` texts into parameters as [`crate::Engine::figure`] takes them.
pub fn read_given(given: &[String]) -> Result<BTreeMap<String, Value>, Diagnostics> {
    let mut parameters = BTreeMap::new();
    let mut problems = Diagnostics::default();
    for text in given {
        match text.split_once('=') {
            Some((name, value)) => {
                if parameters.insert(name.to_owned(), Value::from(value)).is_some() {
                    problems.push(
                        Diagnostic::error(
                            Place::file("parameters").field(name),
                            format!("the parameter `{name}` a second time"),
                        )
                        .expected("each parameter once"),
                    );
                }
            }
            None => problems.push(
                Diagnostic::error(Place::file("parameters"), format!("`{}`", shorten(text)))
                    .expected("NAME=VALUE, such as `at=2013-05-24`"),
            ),
        }
    }
    problems.unless_errors(parameters)
}

/// Completes what was given by the defaults of the head, and finds what is missing or unknown.
pub(crate) fn complete(
    head: &MeasureHead,
    given: &BTreeMap<String, Value>,
) -> (BTreeMap<String, Value>, Vec<Diagnostic>) {
    let place = |name: &str| Place::file(&head.measure).field(name);
    let mut problems = Vec::new();
    for name in given.keys().filter(|name| !head.parameters.contains_key(*name)) {
        problems.push(
            Diagnostic::error(place(name), format!("the unknown parameter `{name}`"))
                .expected(usage(head))
                .suggest(name, head.parameters.keys().map(String::as_str)),
        );
    }
    let mut complete = BTreeMap::new();
    for (name, parameter) in &head.parameters {
        match given.get(name).or(parameter.default.as_ref()) {
            Some(value) => {
                complete.insert(name.clone(), value.clone());
            }
            None if parameter.optional => {
                complete.insert(name.clone(), Value::Null);
            }
            None => problems.push(
                Diagnostic::error(place(name), format!("no `{name}`"))
                    .expected(format!("{name}={}", shape(parameter)))
                    .hint(format!("say: chancery measure {} {}", head.measure, usage(head))),
            ),
        }
    }
    (complete, problems)
}

/// How the measure is called.
pub(crate) fn usage(head: &MeasureHead) -> String {
    let (needed, optional): (Vec<_>, Vec<_>) =
        head.parameters.iter().partition(|(_, parameter)| is_needed(parameter));
    let parts =
        needed.into_iter().chain(optional).map(|(name, parameter)| match &parameter.default {
            Some(default) => {
                format!("[{name}={}]", default.as_str().map_or(default.to_string(), str::to_owned))
            }
            None if parameter.optional => format!("[{name}={}]", shape(parameter)),
            None => format!("{name}={}", shape(parameter)),
        });
    parts.collect::<Vec<_>>().join(" ")
}

fn is_needed(parameter: &Parameter) -> bool {
    parameter.default.is_none() && !parameter.optional
}

fn shape(parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterType::Text => "TEXT".to_owned(),
        ParameterType::Integer => "NUMBER".to_owned(),
        ParameterType::Boolean => "true|false".to_owned(),
        ParameterType::Date => "YYYY-MM-DD".to_owned(),
        ParameterType::Code => parameter.codelist.clone().unwrap_or_default().to_uppercase(),
        ParameterType::Link => parameter.register.clone().unwrap_or_default().to_uppercase(),
    }
}

/// The value of a parameter for the SQL engine, and as it is shown. Links and codes are
/// resolved before.
pub(crate) fn bind(parameter: &Parameter, value: &Value) -> Result<(ScalarValue, Value), Wrong> {
    let text = || match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let wrong = |expected: &str| Wrong::new(format!("`{}`", shorten(&text())), expected);
    if value.is_null() {
        return Ok((null(parameter), Value::Null));
    }
    match parameter.kind {
        ParameterType::Date => {
            let date = read_date(&text())?;
            let days = chancery_model::value::days_since_1970(date);
            Ok((ScalarValue::Date32(Some(days)), Value::from(date.to_string())))
        }
        ParameterType::Integer => {
            let number: i64 = text().parse().map_err(|_| wrong("a whole number"))?;
            Ok((ScalarValue::Int64(Some(number)), Value::from(number)))
        }
        ParameterType::Boolean => match text().as_str() {
            "true" => Ok((ScalarValue::Boolean(Some(true)), Value::from(true))),
            "false" => Ok((ScalarValue::Boolean(Some(false)), Value::from(false))),
            _ => Err(wrong("true or false")),
        },
        ParameterType::Text | ParameterType::Code | ParameterType::Link => {
            Ok((ScalarValue::Utf8(Some(text())), Value::from(text())))
        }
    }
}

/// The absence of a value for a parameter.
pub(crate) fn null(parameter: &Parameter) -> ScalarValue {
    match parameter.kind {
        ParameterType::Date => ScalarValue::Date32(None),
        ParameterType::Integer => ScalarValue::Int64(None),
        ParameterType::Boolean => ScalarValue::Boolean(None),
        ParameterType::Text | ParameterType::Code | ParameterType::Link => ScalarValue::Utf8(None),
    }
}
