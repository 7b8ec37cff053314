//! The records of a register as SQL reads them: what a condition on the values of a column leaves out is
//! never looked at, and what nobody asks for any more is not gathered.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{
    BinaryExpr, Expr, Operator, TableProviderFilterPushDown, TableType,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::stream;

use crate::Error;
use crate::index::{Index, both, busy};

pub(crate) struct Table(pub(crate) Arc<Index>);

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} records)", self.0.len())
    }
}

/// The column and the values that it is to have, where a condition says that and nothing else.
fn wanted<'a>(condition: &'a Expr, schema: &Schema) -> Option<(&'a str, Vec<&'a str>)> {
    let text = |value: &'a Expr| match value {
        Expr::Literal(ScalarValue::Utf8(Some(text)), _) => Some(text.as_str()),
        _ => None,
    };
    let (column, values) = match condition {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            match (left.as_ref(), right.as_ref()) {
                (Expr::Column(column), value) | (value, Expr::Column(column)) => {
                    (column, vec![text(value)?])
                }
                _ => return None,
            }
        }
        // A short list is written so before it comes here.
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let (one, mut values) = wanted(left, schema)?;
            let (other, others) = wanted(right, schema)?;
            values.extend(others);
            return (one == other).then_some((one, values));
        }
        Expr::InList(list) if !list.negated => {
            let Expr::Column(column) = list.expr.as_ref() else { return None };
            (column, list.list.iter().map(text).collect::<Option<_>>()?)
        }
        _ => return None,
    };
    let field = schema.field_with_name(&column.name).ok()?;
    (*field.data_type() == DataType::Utf8).then_some((column.name.as_str(), values))
}

fn outside(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        conditions: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        let schema = self.schema();
        let decides = |condition: &&Expr| {
            let found = match wanted(condition, &schema) {
                Some((column, _)) => busy(|| self.0.finds(column)).map_err(outside)?,
                None => false,
            };
            Ok(match found {
                true => TableProviderFilterPushDown::Exact,
                false => TableProviderFilterPushDown::Unsupported,
            })
        };
        conditions.iter().map(decides).collect()
    }

    async fn scan(
        &self,
        session: &dyn Session,
        columns: Option<&Vec<usize>>,
        conditions: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let schema = self.schema();
        let mut chosen: Option<Arc<Vec<u32>>> = None;
        for condition in conditions {
            let (column, values) = wanted(condition, &schema).ok_or_else(|| {
                DataFusionError::Internal(format!("a condition that was another: {condition}"))
            })?;
            let rows = busy(|| self.0.with_values(column, &values)).map_err(outside)?;
            chosen = Some(match chosen {
                None => rows,
                Some(others) => Arc::new(both(&others, &rows)),
            });
        }
        let Some(rows) = chosen else {
            return self.0.whole_table().scan(session, columns, &[], limit).await;
        };
        let all = || (0..schema.fields().len()).collect();
        let columns: Vec<usize> = columns.cloned().unwrap_or_else(all);
        let schema: SchemaRef = Arc::new(schema.project(&columns)?);
        let index = Arc::clone(&self.0);
        let gathered = Gathered { index, rows, columns: columns.into(), schema };
        let schema = Arc::clone(&gathered.schema);
        let parts: Vec<Arc<dyn PartitionStream>> = vec![Arc::new(gathered)];
        let plan = StreamingTableExec::try_new(schema, parts, None, [], false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// Some columns of some rows, gathered as they are asked for.
struct Gathered {
    index: Arc<Index>,
    rows: Arc<Vec<u32>>,
    columns: Arc<[usize]>,
    schema: SchemaRef,
}

impl fmt::Debug for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gathered({} records)", self.rows.len())
    }
}

impl PartitionStream for Gathered {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (index, rows) = (Arc::clone(&self.index), Arc::clone(&self.rows));
        let columns = Arc::clone(&self.columns);
        let mut done = 0;
        let batches = std::iter::from_fn(move || {
            let (taken, batch) = index.taken(&rows[done..], &columns)?;
            done += taken;
            Some(batch.map_err(outside))
        });
        let schema = Arc::clone(&self.schema);
        Box::pin(RecordBatchStreamAdapter::new(schema, stream::iter(batches)))
    }
}
