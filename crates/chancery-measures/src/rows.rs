//! From Arrow back to JSON values.

use datafusion::arrow::array::{Array, AsArray, ListArray};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::ScalarValue;
use serde_json::{Map, Value};

/// The cells of a batch, row by row.
pub(crate) fn rows(batch: &RecordBatch) -> Vec<Map<String, Value>> {
    (0..batch.num_rows())
        .map(|row| {
            let columns = batch.schema();
            let cells = columns.fields().iter().zip(batch.columns());
            cells
                .map(|(column, array)| (column.name().clone(), cell(array.as_ref(), row)))
                .collect()
        })
        .collect()
}

/// One cell. Numbers stay numbers; decimals, dates and all else become text.
pub(crate) fn cell(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::List(_) => list(array.as_list::<i32>(), row),
        DataType::Date32 => match array.as_primitive::<Date32Type>().value_as_date(row) {
            Some(date) => Value::from(date.to_string()),
            None => Value::Null,
        },
        DataType::Decimal128(..) => match array_value_to_string(array, row) {
            Ok(text) if text.contains('.') => {
                Value::from(text.trim_end_matches('0').trim_end_matches('.'))
            }
            Ok(text) => Value::from(text),
            Err(_) => Value::Null,
        },
        _ => match ScalarValue::try_from_array(array, row) {
            Ok(ScalarValue::Boolean(Some(value))) => Value::from(value),
            Ok(ScalarValue::Int64(Some(value))) => Value::from(value),
            Ok(ScalarValue::Int32(Some(value))) => Value::from(value),
            Ok(ScalarValue::UInt64(Some(value))) => Value::from(value),
            Ok(ScalarValue::Float64(Some(value))) => Value::from(value),
            _ => array_value_to_string(array, row).map_or(Value::Null, Value::from),
        },
    }
}

fn list(array: &ListArray, row: usize) -> Value {
    let items = array.value(row);
    Value::Array((0..items.len()).map(|index| cell(items.as_ref(), index)).collect())
}
