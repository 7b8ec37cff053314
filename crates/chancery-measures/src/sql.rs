//! The SQL of packs: one SELECT each, over registers and views, planned before it is trusted.

use std::collections::BTreeSet;

use chancery_model::measure::Aggregate;
use chancery_model::{Diagnostic, Measure, Place, Programme, Unit, View};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast;

use crate::columns::{self, RECORD, UNTIL};

pub(crate) fn session() -> SessionContext {
    let mut config = SessionConfig::new();
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.execution.parquet.pushdown_filters = false;
    // Tables in memory are small: dividing their rows costs more than it gives, and mixes their
    // order. Files are still scanned in parts.
    // The questions of packs are short: planning them again and again finds nothing more.
    options.optimizer.max_passes = 1;
    options.optimizer.enable_round_robin_repartition = false;
    options.optimizer.repartition_joins = false;
    options.optimizer.repartition_aggregations = false;
    options.optimizer.repartition_windows = false;
    options.optimizer.repartition_sorts = false;
    SessionContext::new_with_config(config)
}

/// Where a piece of SQL stands, for messages.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) line: usize,
    pub(crate) sql: &'a str,
    /// The parameters that it may use.
    pub(crate) parameters: Vec<String>,
}

impl<'a> Source<'a> {
    /// The SELECT of a measure.
    pub(crate) fn measure(measure: &'a Measure) -> Self {
        let parameters = measure.head.parameters.keys().cloned().collect();
        Self { file: &measure.file, line: measure.sql_line, sql: &measure.sql, parameters }
    }

    /// What says when a measure's figure needs a caution.
    pub(crate) fn caution(measure: &'a Measure, caution: &'a str, when: &'a str) -> Self {
        let mut parameters = Self::measure(measure).parameters;
        parameters.push("last".to_owned());
        Self { file: caution, line: 0, sql: when, parameters }
    }

    /// The SELECT of a view.
    pub(crate) fn view(view: &'a View) -> Self {
        Self { file: &view.file, line: 1, sql: &view.sql, parameters: Vec::new() }
    }
}

/// The statement in `source`, if it is one SELECT and nothing else.
pub(crate) fn select(programme: &Programme, source: &Source<'_>) -> Result<Statement, Diagnostic> {
    let place = || Place::line(source.file, source.line);
    let mut statements =
        DFParser::parse_sql(source.sql).map_err(|error| describe(programme, &error, source))?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(Statement::Statement(statement)), true)
            if matches!(*statement, ast::Statement::Query(_)) =>
        {
            Ok(Statement::Statement(statement))
        }
        (Some(_), true) => Err(Diagnostic::error(place(), "a statement that is no SELECT")
            .expected("one SELECT; packs read and never write")),
        _ => Err(Diagnostic::error(place(), "no statement, or several").expected("one SELECT")),
    }
}

/// The names of the tables that a statement reads.
pub(crate) fn tables(
    session: &SessionContext,
    statement: &Statement,
) -> Result<BTreeSet<String>, DataFusionError> {
    let references = session.state().resolve_table_references(statement)?;
    Ok(references.iter().map(|reference| reference.table().to_owned()).collect())
}

/// Plans a statement, refusing whatever would write.
pub(crate) async fn plan(
    session: &SessionContext,
    statement: Statement,
) -> Result<DataFrame, DataFusionError> {
    let plan = session.state().statement_to_plan(statement).await?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)?;
    session.execute_logical_plan(plan).await
}

/// An error of the SQL engine as a message with a place and the nearest names.
pub(crate) fn describe(
    programme: &Programme,
    error: &DataFusionError,
    source: &Source<'_>,
) -> Diagnostic {
    let diagnostic = error.diagnostic();
    let span = diagnostic.and_then(|diagnostic| diagnostic.span);
    let place = match span {
        Some(span) if span.start.line > 0 => {
            let length = if span.end.line == span.start.line {
                span.end.column.saturating_sub(span.start.column).max(1)
            } else {
                1
            };
            Place::at(
                source.file,
                source.line + span.start.line as usize - 1,
                span.start.column as usize,
                length as usize,
            )
        }
        _ => Place::line(source.file, source.line),
    };
    if let DataFusionError::SchemaError(schema_error, _) = error.find_root()
        && let datafusion::common::SchemaError::FieldNotFound { field, valid_fields } =
            schema_error.as_ref()
    {
        let known: BTreeSet<&str> =
            valid_fields.iter().map(|column| column.name.as_str()).collect();
        let shown: Vec<_> = known.iter().filter(|name| !name.starts_with('_')).copied().collect();
        return Diagnostic::error(
            place,
            format!("the column `{}`, which does not exist", field.name),
        )
        .expected(format!("one of {}", shown.join(", ")))
        .suggest(&field.name, shown.iter().copied());
    }
    let message = error.find_root().strip_backtrace();
    let message = message.lines().next().unwrap_or_default();
    if let Some(table) = between(message, "table 'datafusion.public.", "' not found") {
        let known = programme.registers.keys().chain(programme.views.keys());
        return Diagnostic::error(place, no_table(table))
            .expected("a register or a view")
            .suggest(table, known.map(String::as_str));
    }
    if let Some((_, name)) = message.split_once("placeholder with name $") {
        let known = source.parameters.iter().map(String::as_str);
        return Diagnostic::error(place, format!("the parameter `${name}`"))
            .expected("a parameter that the head declares")
            .suggest(name, known);
    }
    let message = between(message, "SQL error: ParserError(\"", "\")").unwrap_or(message);
    let message = message.trim_start_matches("Error during planning: ");
    // The parser tells a place in words.
    let (message, place) = match message.rsplit_once(" at Line: ") {
        Some((message, told)) => {
            let numbers: Vec<usize> =
                told.split(", Column: ").filter_map(|number| number.trim().parse().ok()).collect();
            match numbers.as_slice() {
                [line, column] => {
                    let line = source.line + line - 1;
                    (message, Place::at(source.file, line, *column, 1))
                }
                _ => (message, place),
            }
        }
        None => (message, place),
    };
    Diagnostic::error(place, message).expected("a SELECT over registers and views")
}

/// What stands in `text` between two other pieces of it.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

fn no_table(name: &str) -> String {
    format!("the table `{name}`, which does not exist")
}

/// Checks the SQL of all views and measures against the registers: it parses, reads only,
/// names tables and columns that exist, and gives what the measure's head says.
pub async fn check(programme: &Programme) -> Vec<Diagnostic> {
    let session = session();
    let mut problems = Vec::new();
    for (name, register) in &programme.registers {
        let schema = columns::schema(register);
        if let Ok(until) = schema.index_of(UNTIL) {
            let kept: Vec<usize> =
                (0..schema.fields().len()).filter(|index| *index != until).collect();
            if let Ok(schema) = schema.project(&kept)
                && let Ok(table) = MemTable::try_new(schema.into(), vec![vec![]])
            {
                let _ = session.register_table(name.as_str(), std::sync::Arc::new(table));
            }
        }
    }
    check_views(programme, &session, &mut problems).await;
    let missing: BTreeSet<String> = programme.views.keys().map(|view| no_table(view)).collect();
    let elsewhere = |problem: &Diagnostic| missing.contains(&problem.found);
    // That a view is wrong is told where the view stands, unless views only wait for one another.
    if !problems.iter().all(elsewhere) {
        problems.retain(|problem| !elsewhere(problem));
    }
    let mut of_measures = Vec::new();
    for measure in programme.measures.values() {
        check_measure(programme, &session, measure, &mut of_measures).await;
    }
    problems.extend(of_measures.into_iter().filter(|problem| !elsewhere(problem)));
    problems
}

/// Views may build on views: they are planned in rounds until no more can be.
async fn check_views(
    programme: &Programme,
    session: &SessionContext,
    problems: &mut Vec<Diagnostic>,
) {
    let mut waiting: Vec<_> = programme.views.iter().collect();
    loop {
        let mut failed = Vec::new();
        let before = waiting.len();
        for (name, view) in waiting {
            let source = Source::view(view);
            let planned = match select(programme, &source) {
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
                Ok(statement) => plan(session, statement).await,
            };
            match planned {
                Ok(frame) => {
                    let _ = session.register_table(name.as_str(), frame.into_view());
                }
                Err(error) => failed.push(((name, view), describe(programme, &error, &source))),
            }
        }
        if failed.is_empty() || failed.len() == before {
            problems.extend(failed.into_iter().map(|(_, problem)| problem));
            return;
        }
        waiting = failed.into_iter().map(|(view, _)| view).collect();
    }
}

async fn check_measure(
    programme: &Programme,
    session: &SessionContext,
    measure: &Measure,
    problems: &mut Vec<Diagnostic>,
) {
    let head = &measure.head;
    let nulls: Vec<(String, ScalarValue)> = head
        .parameters
        .iter()
        .map(|(name, parameter)| (name.clone(), crate::parameters::null(parameter)))
        .collect();
    let source = Source::measure(measure);
    let planned = match select(programme, &source) {
        Err(problem) => return problems.push(problem),
        Ok(statement) => plan(session, statement).await,
    };
    let frame = match planned.and_then(|frame| frame.with_param_values(nulls.clone())) {
        Ok(frame) => frame,
        Err(error) => return problems.push(describe(programme, &error, &source)),
    };
    let place = || Place::line(&measure.file, measure.sql_line);
    let schema = frame.schema();
    for (what, column) in [("", RECORD)]
        .into_iter()
        .chain(head.column.iter().map(|column| ("`column: ", column.as_str())))
        .chain(head.group_by.iter().map(|column| ("`group_by: ", column.as_str())))
        .chain(match &head.unit {
            Unit::Column { column } => Some(("`unit: ", column.as_str())),
            Unit::Code(_) => None,
        })
    {
        if kind(schema, column).is_none() {
            let names: Vec<String> =
                schema.fields().iter().map(|field| field.name().clone()).collect();
            let found = if what.is_empty() {
                format!("a SELECT without the column `{column}`")
            } else {
                format!("{what}{column}`, a column that the SELECT does not give")
            };
            problems.push(
                Diagnostic::error(place(), found)
                    .expected(format!("one of the columns {}", names.join(", ")))
                    .suggest(column, names.iter().map(String::as_str)),
            );
        }
    }
    if head.aggregate == Aggregate::Ratio
        && let Some(column) = &head.column
        && kind(schema, column).is_some_and(|kind| kind != DataType::Boolean)
    {
        problems.push(
            Diagnostic::error(place(), format!("`{column}` is not boolean"))
                .expected("for a ratio, a column of true and false"),
        );
    }
    let last = ("last".to_owned(), ScalarValue::Date32(None));
    let with_last: Vec<_> = nulls.into_iter().chain([last]).collect();
    for (name, caution) in
        head.cautions.iter().filter_map(|name| programme.cautions.get_key_value(name))
    {
        let source = Source::caution(measure, name, &caution.when);
        let planned = match select(programme, &source) {
            Err(problem) => return problems.push(problem),
            Ok(statement) => plan(session, statement).await,
        };
        if let Err(error) = planned.and_then(|frame| frame.with_param_values(with_last.clone())) {
            problems.push(describe(programme, &error, &source));
        }
    }
}

fn kind(schema: &DFSchema, column: &str) -> Option<DataType> {
    schema
        .fields()
        .iter()
        .find(|field| field.name() == column)
        .map(|field| field.data_type().clone())
}
