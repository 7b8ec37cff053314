//! From the rows of a file to commands: columns to fields, names to codes, every bad cell found.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_exchange::{Cells, Mapping, Row, Table};
use chancery_model::decide::{Circumstances, Command, Decision, check_fields, decide};
use chancery_model::value::{FieldReader, Wrong};
use chancery_model::{
    Body, DataFile, Diagnostic, Diagnostics, FieldType, Language, Place, Programme, Register,
    Snapshot,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The column that says where a row's fact comes from.
const SOURCE: &str = "source";

/// The column that says that a row is invented, as an export writes it.
const DEMONSTRATION: &str = "demonstration";

/// How a file is to be imported.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// A mapping file, where the columns differ.
    pub mapping: Option<PathBuf>,
    /// Show what would happen and record nothing.
    pub dry_run: bool,
    /// Supersede records that exist with other values.
    pub update: bool,
    /// Where the facts come from; the name of the file where it is not said.
    pub source: Option<String>,
    /// The facts are invented, to show the platform or to try it.
    pub demonstration: bool,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    pub added: usize,
    pub superseded: usize,
    pub unchanged: usize,
}

impl Imported {
    pub(crate) fn of(decision: &Decision) -> Self {
        let superseded = decision
            .entries
            .iter()
            .filter(|entry| entry.change == chancery_model::Change::Supersede)
            .count();
        Self {
            added: decision.entries.len() - superseded,
            superseded,
            unchanged: decision.unchanged,
        }
    }
}

/// A table of facts on its way into a register.
pub(crate) struct Facts<'a> {
    pub(crate) register: &'a str,
    pub(crate) name: String,
    pub(crate) table: Result<Table<'a>, Diagnostics>,
    pub(crate) mapping: Mapping,
    pub(crate) source: Arc<str>,
    /// Where relative names of files begin; none where files cannot come along.
    pub(crate) folder: Option<PathBuf>,
    /// The fields that rows without columns speak of; all where none.
    pub(crate) fields: Option<Arc<BTreeSet<String>>>,
}

impl<'a> Facts<'a> {
    /// The facts that a pack ships.
    pub(crate) fn shipped(data: &'a DataFile) -> Self {
        Self {
            register: &data.register,
            name: data.file.clone(),
            table: chancery_exchange::open_csv(&data.file, &data.bytes),
            mapping: Mapping::default(),
            source: data.source.as_str().into(),
            folder: None,
            fields: None,
        }
    }
}

/// Decides all rows of a table, together or not at all. Every bad row is found.
pub(crate) fn decide_facts(
    programme: &Programme,
    snapshot: &Snapshot,
    facts: Facts<'_>,
    circumstances: &Circumstances,
) -> Result<Decision, Diagnostics> {
    let Facts { register, name, table, mapping, source, folder, fields } = facts;
    let declared = programme.register(register)?;
    let Table { columns, rows } = table?;
    let reading =
        Reading::new(programme, snapshot, register, declared, &name, mapping, source, folder);
    let plan = match columns.as_deref() {
        Some(columns) => Some(reading.plan(columns, circumstances.update)?),
        None => fields.map(|fields| Plan { targets: Vec::new(), fields }),
    };
    let wrong = RefCell::new(Diagnostics::default());
    let commands = rows.filter_map(|row| {
        let command =
            row.map_err(Diagnostics::from).and_then(|row| reading.command(row, plan.as_ref()));
        command.map_err(|problems| wrong.borrow_mut().extend(problems.0)).ok()
    });
    let decision = decide(programme, snapshot, register, commands, circumstances);
    let mut problems = wrong.into_inner();
    match decision {
        Ok(decision) => problems.unless_errors(decision),
        Err(refused) => {
            problems.extend(refused.0);
            problems.0.sort_by_key(|problem| problem.place.line);
            Err(problems)
        }
    }
}

/// What can be read of the texts of a form, whatever is missing; what cannot be read stands as it was typed.
pub(crate) fn read_so_far(
    programme: &Programme,
    snapshot: &Snapshot,
    register: &str,
    inputs: &[(String, String)],
    folder: Option<&Path>,
) -> Result<Body, Diagnostics> {
    let declared = programme.register(register)?;
    let (mapping, folder) = (Mapping::default(), folder.map(Path::to_path_buf));
    let reading =
        Reading::new(programme, snapshot, register, declared, "", mapping, "".into(), folder);
    let mut body = Body::new();
    for (input, text) in inputs {
        let Ok(Target::Field(field, part)) = reading.target(input) else { continue };
        if reading.cell(&mut body, &field, part.as_deref(), text).is_err() {
            body.insert(field, Value::from(text.trim()));
        }
    }
    Ok(body)
}

/// Where the cells of a column go.
enum Target {
    Ignored,
    Source,
    Demonstration,
    /// A field, or a part of one.
    Field(String, Option<String>),
}

/// What the columns of a file mean.
struct Plan {
    targets: Vec<Target>,
    /// The fields that the file speaks of.
    fields: Arc<BTreeSet<String>>,
}

struct Reading<'a> {
    register: &'a Register,
    readers: BTreeMap<&'a str, FieldReader<'a>>,
    name: &'a str,
    mapping: Mapping,
    source: Arc<str>,
    folder: Option<PathBuf>,
}

impl<'a> Reading<'a> {
    #[expect(clippy::too_many_arguments, reason = "all that a reading needs, named once")]
    fn new(
        programme: &'a Programme,
        snapshot: &Snapshot,
        own: &str,
        register: &'a Register,
        name: &'a str,
        mapping: Mapping,
        source: Arc<str>,
        folder: Option<PathBuf>,
    ) -> Self {
        let readers = register.fields.iter().map(|(name, field)| {
            let codes = field.codelist.as_ref().and_then(|list| programme.codelists.get(list));
            let names = field.register.as_ref().map(|target| snapshot.names(programme, target));
            let reader = FieldReader::new(field, codes, names);
            // Records may link to others of the same file.
            let own = field.register.as_deref() == Some(own);
            (name.as_str(), if own { reader.may_follow() } else { reader })
        });
        Self { register, readers: readers.collect(), name, mapping, source, folder }
    }

    /// What each column means. Unknown and missing columns are all found: a file that changes what is there
    /// needs the key alone.
    fn plan(&self, columns: &[String], update: bool) -> Result<Plan, Diagnostics> {
        let mut problems = Diagnostics::default();
        let mut targets = Vec::new();
        for column in columns {
            targets.push(self.target(column).unwrap_or_else(|problem| {
                problems.push(problem);
                Target::Ignored
            }));
        }
        let fields = targets.iter().filter_map(|target| match target {
            Target::Field(field, _) => Some(field.clone()),
            _ => None,
        });
        let fields = fields.chain(self.mapping.values.keys().cloned()).collect();
        problems.extend(self.told_twice(columns, &targets));
        for (field, declared) in &self.register.fields {
            let key = self.register.key.contains(field);
            let needed = key || declared.required && !update;
            let given = self.mapping.values.contains_key(field)
                || targets
                    .iter()
                    .any(|target| matches!(target, Target::Field(name, _) if name == field));
            if needed && !given {
                problems.push(
                    Diagnostic::error(Place::line(self.name, 1), format!("no column `{field}`"))
                        .expected(format!("a column `{field}`, which every record needs"))
                        .suggest(field, columns.iter().map(String::as_str)),
                );
            }
        }
        for column in self.mapping.columns.keys().chain(&self.mapping.ignore) {
            if !columns.contains(column) {
                problems.push(
                    Diagnostic::error(
                        Place::line(self.name, 1),
                        format!("no column `{column}`, which the mapping names"),
                    )
                    .suggest(column, columns.iter().map(String::as_str)),
                );
            }
        }
        problems.unless_errors(Plan { targets, fields: Arc::new(fields) })
    }

    /// Fields that two columns give, or a column and the mapping.
    fn told_twice(&self, columns: &[String], targets: &[Target]) -> Vec<Diagnostic> {
        let mut told: BTreeSet<(&str, Option<&str>)> =
            self.mapping.values.keys().map(|field| (field.as_str(), None)).collect();
        let mut problems = Vec::new();
        for (column, target) in columns.iter().zip(targets) {
            let Target::Field(field, part) = target else { continue };
            // A whole field and a part of it are told twice as well.
            let overlaps = match part {
                None => told.iter().any(|(other, _)| other == field),
                Some(_) => told.contains(&(field.as_str(), None)),
            };
            if !told.insert((field, part.as_deref())) || overlaps {
                problems.push(
                    Diagnostic::error(
                        Place::line(self.name, 1).field(column),
                        format!("the field `{field}` a second time"),
                    )
                    .expected("each field from one column, or from the mapping's values"),
                );
            }
        }
        problems
    }

    fn target(&self, column: &str) -> Result<Target, Diagnostic> {
        if self.mapping.ignore.iter().any(|ignored| ignored == column) {
            return Ok(Target::Ignored);
        }
        let meant = self.mapping.columns.get(column).map_or(column, String::as_str);
        if meant == SOURCE && !self.register.fields.contains_key(SOURCE) {
            return Ok(Target::Source);
        }
        if meant == DEMONSTRATION && !self.register.fields.contains_key(DEMONSTRATION) {
            return Ok(Target::Demonstration);
        }
        let (field, part) =
            meant.split_once('.').map_or((meant, None), |(field, part)| (field, Some(part)));
        let place = || Place::line(self.name, 1).field(column);
        let Some(declared) = self.register.fields.get(field) else {
            let problem = Diagnostic::error(place(), format!("the unknown column `{meant}`"))
                .expected("a field of the register")
                .suggest(meant, self.register.fields.keys().map(String::as_str));
            return Err(match problem.hint.as_str() {
                "" => problem.hint(
                    "name it under `columns` or `ignore` in a mapping file, and give that with --mapping",
                ),
                _ => problem,
            });
        };
        let parts: &[&str] = match declared.kind {
            FieldType::Multilingual => &Language::ALL.map(Language::code),
            FieldType::Money => &["amount", "currency"],
            FieldType::Period => &["from", "to"],
            _ => &[],
        };
        match part {
            Some(part) if !parts.contains(&part) => {
                Err(Diagnostic::error(place(), format!("the part `{part}` of `{field}`")).expected(
                    if parts.is_empty() {
                        format!("`{field}`, which has no parts")
                    } else {
                        parts.join(", ")
                    },
                ))
            }
            part => Ok(Target::Field(field.to_owned(), part.map(str::to_owned))),
        }
    }

    /// What a row asks to be recorded.
    fn command(&self, row: Row, plan: Option<&Plan>) -> Result<Command, Diagnostics> {
        let place = Place::line(self.name, row.line);
        let mut problems = Diagnostics::default();
        let mut source = Arc::clone(&self.source);
        let mut demonstration = false;
        let mut body = Body::new();
        let fields = plan.map(|plan| Arc::clone(&plan.fields));
        match (row.cells, plan) {
            (Cells::Texts(cells), Some(plan)) => {
                for (cell, target) in cells.iter().zip(&plan.targets) {
                    match target {
                        Target::Ignored => {}
                        Target::Source if cell.trim().is_empty() => {}
                        Target::Source => source = cell.trim().into(),
                        Target::Demonstration => match cell.trim() {
                            "true" => demonstration = true,
                            "" | "false" => {}
                            other => problems.push(
                                Diagnostic::error(
                                    place.clone().field(DEMONSTRATION),
                                    format!("`{}`", chancery_model::value::shorten(other)),
                                )
                                .expected("`true` for an invented record, or nothing"),
                            ),
                        },
                        Target::Field(field, part) => {
                            if let Err(wrong) = self.cell(&mut body, field, part.as_deref(), cell) {
                                problems.push(wrong.at(place.clone().field(field)));
                            }
                        }
                    }
                }
            }
            (Cells::Values(values), _) => {
                match values.get(SOURCE).filter(|_| !self.register.fields.contains_key(SOURCE)) {
                    Some(Value::String(own)) if !own.trim().is_empty() => {
                        source = own.trim().into()
                    }
                    None | Some(Value::Null) => {}
                    Some(_) => problems.push(
                        Diagnostic::error(place.clone().field(SOURCE), "a source that is no text")
                            .expected("where the fact comes from, as text"),
                    ),
                }
                for (name, value) in values {
                    let field = self.mapping.columns.get(&name).unwrap_or(&name);
                    let dropped = self.mapping.ignore.contains(&name)
                        || (*field == SOURCE && !self.register.fields.contains_key(SOURCE));
                    if !dropped
                        && !value.is_null()
                        && let Err(wrong) = self.json(&mut body, field, value)
                    {
                        problems.push(wrong.at(place.clone().field(field)));
                    }
                }
            }
            (Cells::Texts(_), None) => {}
        }
        for (field, value) in &self.mapping.values {
            if let Err(wrong) = self.cell(&mut body, field, None, value) {
                problems.push(wrong.at(place.clone().field(field)));
            }
        }
        if source.trim().is_empty() {
            problems.push(
                Diagnostic::error(place.clone().field(SOURCE), "nothing")
                    .expected("where the fact comes from: the title of a document, an address"),
            );
        }
        if problems.has_errors() {
            // What can be read is looked at too, so that all is told at once.
            let told: BTreeSet<String> =
                problems.0.iter().map(|problem| problem.place.field.clone()).collect();
            let spoken = |field: &str| plan.is_none_or(|plan| plan.fields.contains(field));
            let others = check_fields(self.register, &self.readers, &place, &body).into_iter();
            let others = others.filter(|problem| {
                let field = &problem.place.field;
                !told.contains(field) && spoken(field)
            });
            problems.extend(others);
        }
        problems.unless_errors(Command::Record {
            place,
            body,
            source,
            replaces: None,
            fields,
            demonstration,
        })
    }

    /// Puts the text of a cell into a body.
    fn cell(
        &self,
        body: &mut Body,
        field: &str,
        part: Option<&str>,
        cell: &str,
    ) -> Result<(), Wrong> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Ok(());
        }
        if let Some(part) = part {
            let whole = body.entry(field.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(parts) = whole {
                parts.insert(part.to_owned(), Value::from(cell));
            }
            return Ok(());
        }
        let Some(reader) = self.readers.get(field) else {
            return Err(Wrong::new(
                format!("the unknown field `{field}`"),
                "a field of the register",
            ));
        };
        let declared = &self.register.fields[field];
        let value = match declared.kind {
            FieldType::File => Some(self.file(cell)?),
            _ => reader.read(cell)?,
        };
        if let Some(value) = value {
            body.insert(field.to_owned(), value);
        }
        Ok(())
    }

    /// Puts a JSON value into a body. Texts are read as in a cell, so that names of States
    /// and codes are understood here too.
    fn json(&self, body: &mut Body, field: &str, value: Value) -> Result<(), Wrong> {
        let readable = self.register.fields.get(field).is_some_and(|declared| {
            !declared.list
                && matches!(declared.kind, FieldType::Link | FieldType::Code | FieldType::File)
        });
        match value {
            Value::String(text) if readable => self.cell(body, field, None, &text),
            value => {
                body.insert(field.to_owned(), value);
                Ok(())
            }
        }
    }

    /// The name and hash of a file that stands beside the imported one.
    fn file(&self, name: &str) -> Result<Value, Wrong> {
        let expected = "the name of a file beside the imported one";
        let beside = Path::new(name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        let Some(folder) = self.folder.as_ref().filter(|_| beside) else {
            return Err(Wrong::new(format!("`{name}`"), expected));
        };
        let bytes = std::fs::read(folder.join(name))
            .map_err(|error| Wrong::new(format!("`{name}`: {error}"), expected))?;
        Ok(json!({"name": name, "sha256": hash(&bytes), "size": bytes.len()}))
    }
}

/// The name under which a home keeps a file: its SHA-256.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
