//! How the fields of a register become columns of a table.

use std::sync::Arc;

use chancery_model::{Body, Field, FieldType, Language, Register};
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder,
    ListBuilder, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field as Column, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use serde_json::Value;

/// The record, `register/key`.
pub(crate) const RECORD: &str = "record_id";
/// The number of the entry that holds the version.
pub(crate) const ENTRY: &str = "_entry";
/// The number of the entry that ended the version; null while it is the latest.
pub(crate) const UNTIL: &str = "_until";
/// The version's body as JSON.
pub(crate) const BODY: &str = "_body";

/// Where the fact of the version comes from.
pub(crate) const SOURCE: &str = "_source";

/// Whether the version is invented.
pub(crate) const DEMONSTRATION: &str = "_demonstration";

const PRECISION: u8 = 38;
const SCALE: i8 = 9;

/// A part of a field that has a column of its own, by the name of the part in the body.
struct Part {
    column: String,
    member: Option<&'static str>,
    kind: DataType,
}

fn parts(name: &str, field: &Field) -> Vec<Part> {
    let whole = |kind| vec![Part { column: name.to_owned(), member: None, kind }];
    let member = |member: &'static str, kind| Part {
        column: format!("{name}_{member}"),
        member: Some(member),
        kind,
    };
    if field.list {
        return whole(DataType::List(Arc::new(Column::new("item", DataType::Utf8, true))));
    }
    match field.kind {
        FieldType::Text | FieldType::Code | FieldType::Link => whole(DataType::Utf8),
        FieldType::Multilingual => Language::ALL
            .into_iter()
            .map(|language| member(language.code(), DataType::Utf8))
            .collect(),
        FieldType::Integer => whole(DataType::Int64),
        FieldType::Decimal => whole(DataType::Decimal128(PRECISION, SCALE)),
        FieldType::Money => {
            vec![
                member("amount", DataType::Decimal128(PRECISION, SCALE)),
                member("currency", DataType::Utf8),
            ]
        }
        FieldType::Date => whole(DataType::Date32),
        FieldType::Period => vec![member("from", DataType::Date32), member("to", DataType::Date32)],
        FieldType::Boolean => whole(DataType::Boolean),
        FieldType::File => vec![member("name", DataType::Utf8), member("sha256", DataType::Utf8)],
    }
}

/// The columns of a field.
pub(crate) fn of(name: &str, field: &Field) -> Vec<String> {
    parts(name, field).into_iter().map(|part| part.column).collect()
}

/// The schema of a register's table as it is kept.
pub(crate) fn schema(register: &Register) -> SchemaRef {
    let mut columns = vec![
        Column::new(RECORD, DataType::Utf8, false),
        Column::new(ENTRY, DataType::Int64, false),
        Column::new(UNTIL, DataType::Int64, true),
        Column::new(BODY, DataType::Utf8, false),
        Column::new(SOURCE, DataType::Utf8, false),
        Column::new(DEMONSTRATION, DataType::Boolean, false),
    ];
    for (name, field) in &register.fields {
        columns.extend(
            parts(name, field).into_iter().map(|part| Column::new(part.column, part.kind, true)),
        );
    }
    Arc::new(Schema::new(columns))
}

/// One version of a record on its way into a table.
pub(crate) struct Version {
    pub(crate) record_id: String,
    pub(crate) entry: i64,
    pub(crate) until: Option<i64>,
    pub(crate) raw: String,
    pub(crate) source: std::sync::Arc<str>,
    pub(crate) demonstration: bool,
}

/// Versions as a batch of the register's table.
pub(crate) fn batch(register: &Register, versions: &[Version]) -> Result<RecordBatch, ArrowError> {
    let bodies: Vec<Body> = versions
        .iter()
        .map(|version| serde_json::from_str(&version.raw))
        .collect::<Result<_, _>>()
        .map_err(|error| ArrowError::JsonError(error.to_string()))?;
    let text = |value: &dyn Fn(&Version) -> &str| -> ArrayRef {
        let mut builder = StringBuilder::new();
        versions.iter().for_each(|version| builder.append_value(value(version)));
        Arc::new(builder.finish())
    };
    let mut entries = Int64Builder::with_capacity(versions.len());
    let mut untils = Int64Builder::with_capacity(versions.len());
    for version in versions {
        entries.append_value(version.entry);
        untils.append_option(version.until);
    }
    let invented: Vec<bool> = versions.iter().map(|version| version.demonstration).collect();
    let mut arrays: Vec<ArrayRef> = vec![
        text(&|version| &version.record_id),
        Arc::new(entries.finish()),
        Arc::new(untils.finish()),
        text(&|version| &version.raw),
        text(&|version| &version.source),
        Arc::new(BooleanArray::from(invented)),
    ];
    for (name, field) in &register.fields {
        for part in parts(name, field) {
            let values = bodies.iter().map(|body| {
                let value = body.get(name)?;
                part.member.map_or(Some(value), |member| value.get(member))
            });
            arrays.push(array(&part.kind, values)?);
        }
    }
    RecordBatch::try_new(schema(register), arrays)
}

fn array<'a>(
    kind: &DataType,
    values: impl Iterator<Item = Option<&'a Value>>,
) -> Result<ArrayRef, ArrowError> {
    Ok(match kind {
        DataType::Int64 => {
            let mut builder = Int64Builder::new();
            values.for_each(|value| builder.append_option(value.and_then(Value::as_i64)));
            Arc::new(builder.finish())
        }
        DataType::Boolean => {
            let mut builder = BooleanBuilder::new();
            values.for_each(|value| builder.append_option(value.and_then(Value::as_bool)));
            Arc::new(builder.finish())
        }
        DataType::Date32 => {
            let mut builder = Date32Builder::new();
            values.for_each(|value| {
                builder.append_option(value.and_then(Value::as_str).and_then(days))
            });
            Arc::new(builder.finish())
        }
        DataType::Decimal128(..) => {
            let mut builder =
                Decimal128Builder::new().with_precision_and_scale(PRECISION, SCALE)?;
            values.for_each(|value| {
                builder.append_option(value.and_then(Value::as_str).and_then(scaled))
            });
            Arc::new(builder.finish())
        }
        DataType::List(_) => {
            let mut builder = ListBuilder::new(StringBuilder::new());
            for value in values {
                match value {
                    Some(Value::Array(items)) => {
                        for item in items {
                            builder
                                .values()
                                .append_value(chancery_model::value::plain(item, Language::En));
                        }
                        builder.append(true);
                    }
                    _ => builder.append(false),
                }
            }
            Arc::new(builder.finish())
        }
        _ => {
            let mut builder = StringBuilder::new();
            values.for_each(|value| builder.append_option(value.and_then(Value::as_str)));
            Arc::new(builder.finish())
        }
    })
}

/// Days from 1970-01-01 to an ISO 8601 date.
pub(crate) fn days(date: &str) -> Option<i32> {
    chancery_model::value::read_date(date).ok().map(chancery_model::value::days_since_1970)
}

/// A decimal number times ten to the scale of its column.
fn scaled(decimal: &str) -> Option<i128> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction:0<width$}", width = SCALE as usize);
    (fraction.len() <= SCALE as usize).then(|| digits.parse().ok()).flatten()
}
