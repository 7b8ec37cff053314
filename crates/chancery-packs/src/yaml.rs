//! YAML with places: a document is checked against the JSON Schema of the Rust type it is
//! read into, and every problem names its line and column.

use std::collections::HashMap;

use chancery_model::{Diagnostic, Place};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Where each part of a document stands, by JSON pointer.
#[derive(Clone, Debug, Default)]
pub struct Places {
    file: String,
    spans: HashMap<String, (usize, usize, usize)>,
}

impl Places {
    /// The place of what `pointer` names, or of the nearest thing around it.
    pub fn at(&self, pointer: &str) -> Place {
        let mut pointer = pointer;
        loop {
            if let Some((line, column, length)) = self.spans.get(pointer) {
                return Place::at(self.file.clone(), *line, *column, *length);
            }
            match pointer.rsplit_once('/') {
                Some((around, _)) => pointer = around,
                None => return Place::file(self.file.clone()),
            }
        }
    }

    /// The place of the key that leads to what `pointer` names.
    pub fn key(&self, pointer: &str) -> Place {
        match self.spans.get(&format!("{pointer}#key")) {
            Some((line, column, length)) => Place::at(self.file.clone(), *line, *column, *length),
            None => self.at(pointer),
        }
    }
}

/// A type read from YAML, with its schema ready for checking.
pub struct Reader {
    schema: Value,
    validator: Validator,
}

impl Reader {
    pub fn of<T: JsonSchema>() -> Self {
        let schema = schemars::schema_for!(T).to_value();
        #[expect(
            clippy::expect_used,
            reason = "the schema is generated from a Rust type; a test compiles each"
        )]
        let validator = jsonschema::validator_for(&schema).expect("a generated schema compiles");
        Self { schema, validator }
    }

    /// Reads `text`, which starts on line `first_line` of `file`. All problems are found.
    pub fn read<T: DeserializeOwned>(
        &self,
        file: &str,
        text: &str,
        first_line: usize,
    ) -> Result<(T, Places), Vec<Diagnostic>> {
        let (value, places) = parse(file, text, first_line).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        for error in self.validator.iter_errors(&value) {
            self.describe(&error, &places, &mut problems);
        }
        if !problems.is_empty() {
            problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
            return Err(problems);
        }
        from_value(value, &places).map(|value| (value, places)).map_err(|problem| vec![problem])
    }

    fn describe(
        &self,
        error: &ValidationError<'_>,
        places: &Places,
        problems: &mut Vec<Diagnostic>,
    ) {
        let pointer = error.instance_path().as_str();
        let found = || match error.instance().as_ref() {
            Value::String(text) => format!("`{}`", chancery_model::value::shorten(text)),
            Value::Object(_) => "a mapping".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::Null => "nothing".to_owned(),
            other => format!("`{other}`"),
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = self.properties(error);
                for name in unexpected {
                    problems.push(
                        Diagnostic::error(
                            places.key(&format!("{pointer}/{}", escape(name))),
                            format!("the unknown field `{name}`"),
                        )
                        .expected(list(&known))
                        .suggest(name, known.iter().map(String::as_str)),
                    );
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let language = chancery_model::Language::ALL.iter().any(|l| l.code() == name);
                let missing = if language { "no text in the language" } else { "no field" };
                problems.push(
                    Diagnostic::error(places.key(pointer), format!("{missing} `{name}`")).expected(
                        if language {
                            "all six languages: ar, zh, en, fr, ru, es".to_owned()
                        } else {
                            format!("`{name}`, which is required")
                        },
                    ),
                );
            }
            ValidationErrorKind::OneOfNotValid { context }
            | ValidationErrorKind::AnyOf { context } => {
                let options = self.constants(error);
                if !options.is_empty() {
                    problems.push(
                        Diagnostic::error(places.at(pointer), found())
                            .expected(format!("one of {}", list(&options)))
                            .suggest(
                                error.instance().as_str().unwrap_or_default(),
                                options.iter().map(String::as_str),
                            ),
                    );
                } else if let Some(first) = context.first() {
                    for error in first {
                        self.describe(error, places, problems);
                    }
                }
            }
            ValidationErrorKind::Enum { options } => {
                let options: Vec<_> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                problems.push(
                    Diagnostic::error(places.at(pointer), found())
                        .expected(format!("one of {}", list(&options)))
                        .suggest(
                            error.instance().as_str().unwrap_or_default(),
                            options.iter().map(String::as_str),
                        ),
                );
            }
            ValidationErrorKind::Type { kind } => {
                let expected = match kind {
                    TypeKind::Single(kind) => kind.to_string(),
                    TypeKind::Multiple(kinds) => {
                        kinds.iter().map(|k| k.to_string()).collect::<Vec<_>>().join(" or ")
                    }
                };
                problems.push(
                    Diagnostic::error(places.at(pointer), found())
                        .expected(format!("a value of type {expected}")),
                );
            }
            _ => problems.push(Diagnostic::error(places.at(pointer), error.to_string())),
        }
    }

    /// The schema object that an error comes from, found by following `$ref`s.
    fn schema_of(&self, error: &ValidationError<'_>) -> Option<&Value> {
        let path = error.evaluation_path().as_str();
        let (around, _) = path.rsplit_once('/')?;
        let mut schema = &self.schema;
        for segment in around.split('/').skip(1) {
            if segment == "$ref" {
                let target = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
                schema = self.schema.pointer(target)?;
            } else {
                let segment = segment.replace("~1", "/").replace("~0", "~");
                schema = match schema {
                    Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
                    other => other.get(&segment)?,
                };
            }
        }
        Some(schema)
    }

    fn properties(&self, error: &ValidationError<'_>) -> Vec<String> {
        let schema = self.schema_of(error);
        let properties =
            schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
    }

    fn constants(&self, error: &ValidationError<'_>) -> Vec<String> {
        let Some(schema) = self.schema_of(error) else { return Vec::new() };
        let branches =
            schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
        branches
            .into_iter()
            .flatten()
            .flat_map(|branch| match (branch.get("const"), branch.get("enum")) {
                (Some(Value::String(constant)), _) => vec![constant.clone()],
                (_, Some(Value::Array(options))) => {
                    options.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                _ => vec![],
            })
            .collect()
    }
}

fn from_value<T: DeserializeOwned>(value: Value, places: &Places) -> Result<T, Diagnostic> {
    serde_json::from_value(value)
        .map_err(|error| Diagnostic::error(places.at(""), error.to_string()))
}

/// Parses one YAML document into JSON and the places of its parts.
pub fn parse(file: &str, text: &str, first_line: usize) -> Result<(Value, Places), Diagnostic> {
    let documents = MarkedYaml::load_from_str(text).map_err(|error| {
        let marker = error.marker();
        Diagnostic::error(
            Place::at(file, marker.line() + first_line - 1, marker.col() + 1, 1),
            error.info().to_owned(),
        )
        .expected("well-formed YAML")
    })?;
    let mut places = Places { file: file.to_owned(), ..Places::default() };
    let value = match documents.first() {
        Some(node) => convert(node, "", first_line - 1, &mut places)?,
        None => Value::Null,
    };
    Ok((value, places))
}

fn convert(
    node: &MarkedYaml<'_>,
    pointer: &str,
    offset: usize,
    places: &mut Places,
) -> Result<Value, Diagnostic> {
    note(node, pointer.to_owned(), offset, places);
    Ok(match &node.data {
        YamlData::Value(scalar) => scalar_value(scalar),
        YamlData::Sequence(items) => Value::Array(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| convert(item, &format!("{pointer}/{index}"), offset, places))
                .collect::<Result<_, _>>()?,
        ),
        YamlData::Mapping(mapping) => {
            let mut object = Map::new();
            for (key, item) in mapping {
                let YamlData::Value(name) = &key.data else {
                    return Err(Diagnostic::error(places.at(pointer), "a key that is not a word"));
                };
                let name = match scalar_value(name) {
                    Value::String(name) => name,
                    other => other.to_string(),
                };
                let inner = format!("{pointer}/{}", escape(&name));
                note(key, format!("{inner}#key"), offset, places);
                let item = convert(item, &inner, offset, places)?;
                object.insert(name, item);
            }
            Value::Object(object)
        }
        _ => {
            return Err(Diagnostic::error(places.at(pointer), "a tag or alias")
                .expected("plain YAML without tags and aliases"));
        }
    })
}

fn note(node: &MarkedYaml<'_>, pointer: String, offset: usize, places: &mut Places) {
    let (start, end) = (node.span.start, node.span.end);
    let length =
        if end.line() == start.line() { end.col().saturating_sub(start.col()).max(1) } else { 1 };
    places.spans.insert(pointer, (start.line() + offset, start.col() + 1, length));
}

fn scalar_value(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => Value::from(*value),
        Scalar::Integer(value) => Value::from(*value),
        Scalar::FloatingPoint(value) => Value::from(value.into_inner()),
        Scalar::String(value) => Value::from(value.as_ref()),
    }
}

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
