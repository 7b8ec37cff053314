//! What people and programs change: recorded where they may, put to others where two must agree, and
//! shown before it is done.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chancery_access::Act;
use chancery_exchange::{Cells, Mapping, Row, Table};
use chancery_model::decide::{Circumstances, Command, Decision, decide};
use chancery_model::{
    Body, Change, Diagnostic, Diagnostics, Entry, Field, FieldType, Language, Place, Programme,
    Register, Snapshot, Visibility, access,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use crate::browse::Reader;
use crate::drafts::Proposed;
use crate::home::{Writing, whole_record};
use crate::import::{Facts, Imported, decide_facts};
use crate::people::Who;
use crate::reviews::waits;
use crate::shown::{NamesOf, shown_text};
use crate::{Error, Home};

/// So many of the records that would change are shown one by one.
const SHOWN: usize = 200;

/// Long files are read one after the other.
static READING: Semaphore = Semaphore::const_new(1);

/// The records that somebody submits.
pub enum Rows<'a> {
    /// One record, as a form says it: a field, or a part of one as `field.part`, and its text.
    Form(&'a [(String, String)]),
    /// Records as programs say them.
    Values(&'a [Map<String, Value>]),
    File(&'a Path),
}

/// What somebody wants to be recorded.
pub struct Submission<'a> {
    pub register: &'a str,
    pub rows: Rows<'a>,
    pub source: &'a str,
    /// Where the files are that its fields name.
    pub folder: Option<&'a Path>,
    /// The entry whose version is meant to be replaced. Where others were faster, nothing is recorded.
    pub replaces: Option<u64>,
    /// Records that exist with other values are superseded.
    pub update: bool,
    /// Only what would change is told.
    pub dry_run: bool,
    /// The number of what was kept of it so far, if it was.
    pub proposal: Option<&'a str>,
}

impl<'a> Submission<'a> {
    pub fn new(register: &'a str, rows: Rows<'a>, source: &'a str) -> Self {
        let (replaces, update, dry_run, proposal) = (None, false, false, None);
        let folder = None;
        Self { register, rows, source, folder, replaces, update, dry_run, proposal }
    }
}

/// What became of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Submitted {
    pub added: usize,
    pub superseded: usize,
    pub unchanged: usize,
    /// How many entries the journal had after it; none where nothing was recorded.
    pub entries: Option<u64>,
    /// The numbers of the changes that wait for the approval of others.
    pub proposed: Vec<String>,
    /// How many records change, and the first of them.
    pub changing: usize,
    pub changes: Vec<Pending>,
    /// Whether it would be put to others, or was.
    pub needs_approval: bool,
    /// The entry that somebody else recorded meanwhile, in which case nothing was.
    pub conflict: Option<u64>,
}

/// How a record changes.
#[derive(Clone, Debug, Serialize)]
pub struct Pending {
    pub key: String,
    pub change: Change,
    pub fields: Vec<FieldChange>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FieldChange {
    pub name: String,
    pub label: String,
    pub old: String,
    pub new: String,
}

/// What differs between two values of a field: of a text in several languages, in each of them.
pub(crate) fn changed(
    programme: &Programme,
    (name, field): (&str, &Field),
    (old, new): (Option<&Value>, Option<&Value>),
    names: &NamesOf,
    language: Language,
) -> Vec<FieldChange> {
    if old == new {
        return vec![];
    }
    let change = |label: String, old: String, new: String| FieldChange {
        name: name.to_owned(),
        label,
        old,
        new,
    };
    let label = &field.label[language];
    if field.kind == FieldType::Multilingual && !field.list {
        let part = |value: Option<&Value>, of: Language| {
            let text = value.and_then(|value| value.get(of.code()));
            text.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let each = Language::ALL.into_iter().map(|of| (of, part(old, of), part(new, of)));
        let each = each.filter(|(_, old, new)| old != new);
        return each.map(|(of, old, new)| change(format!("{label} ({of})"), old, new)).collect();
    }
    let text = |value: Option<&Value>| {
        value.map_or_else(String::new, |value| shown_text(programme, field, value, names, language))
    };
    vec![change(label.clone(), text(old), text(new))]
}

/// What the rights of somebody make of a decision.
enum Right {
    Record,
    Propose,
    /// The policies that forbid it, and what was wanted.
    Nothing(Vec<String>, &'static str, String),
}

impl Home {
    /// Records what somebody submits, or puts it to those who approve it: all records or none.
    pub async fn submit(
        &self,
        who: &Who,
        submission: &Submission<'_>,
        language: Language,
    ) -> Result<Submitted, Error> {
        let register = submission.register;
        self.programme().register(register)?;
        // Whoever may write nothing here is told nothing of what stands here.
        let any = [Act::Record, Act::Propose].iter().any(|act| self.may(who, act, register));
        if access::REGISTERS.contains(&register) || !any {
            self.refused(&who.login, "record", register, &[]).await?;
            return Err(Error::Forbidden);
        }
        let _turn = match submission.rows {
            // Nobody closes it.
            Rows::File(_) => READING.acquire().await.ok(),
            _ => None,
        };
        let mut submitted = Submitted::default();
        let mut refused = None;
        let mut conflict = None;
        let how = Writing {
            // That the version seen is the latest is asked below.
            update: submission.update || submission.replaces.is_some(),
            dry_run: submission.dry_run,
            demonstration: who.demonstration,
            actor: Some(who.login.as_str().into()),
            ..Writing::default()
        };
        let outcome = self
            .write(&[register, access::PROPOSAL], how, |snapshot, circumstances| {
                // A file may be long: others are answered meanwhile.
                let decision =
                    block_in_place(|| self.decided(who, submission, snapshot, circumstances))?;
                let replaced = decision.entries.iter().map(|entry| entry.replaces);
                if let Some(other) = replaced
                    .into_iter()
                    .find(|other| submission.replaces.is_some() && *other != submission.replaces)
                {
                    let gone = || {
                        Diagnostic::error(
                            Place::default(),
                            "another record than that which was seen",
                        )
                        .expected("the key of the record that is to be replaced")
                    };
                    conflict = Some(other.ok_or_else(gone)?);
                    return Ok(Decision::default());
                }
                submitted = Submitted {
                    unchanged: decision.unchanged,
                    changing: decision.entries.len(),
                    changes: self.pending(who, register, &decision, snapshot, language),
                    ..Submitted::default()
                };
                self.check_moves(who, register, &decision, snapshot)?;
                match self.right(who, register, &decision, snapshot) {
                    Right::Nothing(policies, act, key) => {
                        refused = Some((policies, act, key));
                        Err(Error::Forbidden)
                    }
                    Right::Record => {
                        if !submission.dry_run {
                            self.keep_files(&decision.bodies(), submission.folder)?;
                        }
                        let imported = Imported::of(&decision);
                        submitted.added = imported.added;
                        submitted.superseded = imported.superseded;
                        self.with_proposal_done(who, submission, snapshot, circumstances, decision)
                    }
                    Right::Propose => {
                        if !submission.dry_run {
                            self.keep_files(&decision.bodies(), submission.folder)?;
                        }
                        submitted.needs_approval = true;
                        let (numbers, proposals) =
                            self.proposals(who, submission, &decision, snapshot, circumstances)?;
                        submitted.proposed = numbers;
                        Ok(proposals)
                    }
                }
            })
            .await;
        if let Some((policies, act, key)) = refused {
            // Of what is not there any name could be made up.
            let held =
                self.engine(None).await?.with_keys(register, std::slice::from_ref(&key)).await?;
            let object = match held.is_empty() {
                true => register.to_owned(),
                false => format!("{register}/{key}"),
            };
            self.refused(&who.login, act, &object, &policies).await?;
        }
        let outcome = outcome.map_err(|error| self.as_seen(who, submission, error))?;
        submitted.conflict = conflict;
        if submission.dry_run {
            submitted.proposed.clear();
        }
        submitted.entries = outcome.checkpoint.map(|checkpoint| checkpoint.size);
        Ok(submitted)
    }

    /// What is wrong, without names from registers that somebody does not see and without the folder in
    /// which a file that was sent is kept.
    fn as_seen(&self, who: &Who, submission: &Submission<'_>, error: Error) -> Error {
        let Error::Wrong(mut problems) = error else { return error };
        let programme = self.programme();
        let declared = programme.registers.get(submission.register);
        for problem in &mut problems.0 {
            if let Rows::File(file) = submission.rows
                && problem.place.file == file.display().to_string()
            {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                problem.place.file = name.unwrap_or_default();
            }
            // Nor by which fields it was found that somebody does not see.
            let sees = most_seen(who, submission.register);
            let seen = |name: &&str| {
                let field = declared.and_then(|own| own.fields.get(*name));
                field.is_none_or(|field| field.visibility <= sees)
            };
            let named = problem.place.field.split(", ");
            problem.place.field = named.filter(seen).collect::<Vec<_>>().join(", ");
            let field = declared.and_then(|own| own.fields.get(&problem.place.field));
            let linked = field.and_then(|field| field.register.as_ref());
            let hidden = linked.is_some_and(|linked| {
                let target = programme.registers.get(linked);
                target.is_some_and(|target| !target.is_seen_by(who.sees.of(linked)))
            });
            // Nor what only the command line knows.
            if hidden || problem.hint.contains("--") {
                problem.hint.clear();
            }
        }
        Error::Wrong(problems)
    }

    fn decided(
        &self,
        who: &Who,
        submission: &Submission<'_>,
        snapshot: &Snapshot,
        circumstances: &Circumstances,
    ) -> Result<Decision, Error> {
        let Submission { register, source, .. } = *submission;
        let row = |line, cells| Ok(Row { line, cells });
        let table = match submission.rows {
            Rows::Form(cells) => Ok(Table {
                columns: Some(cells.iter().map(|(name, _)| name.clone()).collect()),
                rows: Box::new(std::iter::once(row(
                    0,
                    Cells::Texts(cells.iter().map(|(_, text)| text.clone()).collect()),
                ))),
            }),
            Rows::Values(records) => Ok(Table {
                columns: None,
                rows: Box::new(
                    (1..)
                        .zip(records)
                        .map(move |(line, values)| row(line, Cells::Values(values.clone()))),
                ),
            }),
            Rows::File(file) => chancery_exchange::open(file, None, |_| {}),
        };
        // What somebody may not see stays as it is.
        let declared = self.programme().register(register)?;
        let sees = most_seen(who, register);
        let seen: BTreeSet<String> = declared.seen_by(sees).map(|(name, _)| name.clone()).collect();
        let table = table.and_then(|table| without_hidden(table, declared, &seen));
        let name = match submission.rows {
            Rows::File(file) => file.file_name().map(|name| name.to_string_lossy().into_owned()),
            _ => None,
        };
        let facts = Facts {
            register,
            name: name.unwrap_or_default(),
            table,
            mapping: Mapping::default(),
            source: source.into(),
            folder: submission.folder.map(Path::to_path_buf),
            fields: Some(Arc::new(seen)),
        };
        let decision = decide_facts(self.programme(), snapshot, facts, circumstances)?;
        let mut problems = Diagnostics::default();
        for entry in &decision.entries {
            let (old, new) = (old(snapshot, entry), entry.values().unwrap_or_default());
            let sees = who.sees.of_record(register, &entry.key, old.as_ref().unwrap_or(&new));
            for (field, declared) in &declared.fields {
                let before = old.as_ref().and_then(|old| old.get(field));
                let file = declared.kind == FieldType::File && new.contains_key(field);
                // Whoever only says a hash has no file.
                if file && before != new.get(field) && submission.folder.is_none() {
                    let place = Place::default().field(field);
                    problems.push(
                        Diagnostic::error(place, "a file that was not sent")
                            .expected("a file chosen in the form of the record"),
                    );
                }
                if before != new.get(field) && declared.visibility > sees {
                    problems.push(
                        Diagnostic::error(
                            Place::default().field(field),
                            format!("the unknown field `{field}`"),
                        )
                        .expected("a field that you may see"),
                    );
                }
            }
        }
        Ok(problems.unless_errors(decision)?)
    }

    /// Refuses moves from a state to another that none of somebody's roles may make.
    fn check_moves(
        &self,
        who: &Who,
        register: &str,
        decision: &Decision,
        snapshot: &Snapshot,
    ) -> Result<(), Error> {
        let procedures = self.programme().procedures.values();
        let mut problems = Diagnostics::default();
        for procedure in procedures.filter(|procedure| procedure.register == register) {
            let state = |body: &Body| Some(body.get(&procedure.state)?.as_str()?.to_owned());
            for entry in &decision.entries {
                let Some(now) = entry.values().ok().as_ref().and_then(state) else { continue };
                let old = old(snapshot, entry);
                let before = old.as_ref().and_then(state);
                let from = before.as_ref().unwrap_or(&procedure.initial);
                if *from == now {
                    continue;
                }
                let place = Place::default().field(&procedure.state);
                if old.is_none() {
                    problems.push(
                        Diagnostic::error(place, format!("a new record that is `{now}`"))
                            .expected(format!("`{from}`, from which moves lead on")),
                    );
                    continue;
                }
                let mut leading = procedure
                    .moves
                    .values()
                    .filter(|step| step.to == now && step.from.contains(from));
                let by: BTreeSet<&String> = leading.clone().flat_map(|step| &step.by).collect();
                if !leading.any(|step| step.by.iter().any(|role| who.roles.contains(role))) {
                    let roles: Vec<&str> = by.iter().map(|role| role.as_str()).collect();
                    problems.push(
                        Diagnostic::error(
                            place,
                            format!("a move to `{now}`, which your roles do not allow"),
                        )
                        .expected(format!("somebody who is {}", roles.join(" or "))),
                    );
                }
            }
        }
        Ok(problems.unless_errors(())?)
    }

    fn right(&self, who: &Who, register: &str, decision: &Decision, snapshot: &Snapshot) -> Right {
        let mut all = Right::Record;
        for entry in &decision.entries {
            let bodies = [old(snapshot, entry), entry.values().ok()];
            let bodies: Vec<&Body> = bodies.iter().flatten().collect();
            let resources = self.resource(register, &entry.key, &bodies);
            let ruled = |act: &Act| {
                let mut refused = resources
                    .iter()
                    .map(|resource| self.ruling(who, act, resource))
                    .filter(|ruling| !ruling.allowed);
                refused.next().map(|ruling| ruling.policies)
            };
            let record = match entry.change {
                Change::Withdraw => Act::Withdraw,
                _ => Act::Record,
            };
            if let Some(policies) = ruled(&record) {
                if entry.change == Change::Withdraw || ruled(&Act::Propose).is_some() {
                    return Right::Nothing(policies, record.name(), entry.key.clone());
                }
                all = Right::Propose;
            }
        }
        all
    }

    /// The changes of a decision, each as a record that waits.
    fn proposals(
        &self,
        who: &Who,
        submission: &Submission<'_>,
        decision: &Decision,
        snapshot: &Snapshot,
        circumstances: &Circumstances,
    ) -> Result<(Vec<String>, Decision), Error> {
        let mut numbers = Vec::new();
        let mut commands = Vec::new();
        for entry in &decision.entries {
            let number = self.own_number(who, submission.proposal, snapshot)?;
            let body = entry.body.as_ref().map_or("{}", |body| body.get());
            let proposal = Proposed {
                number: &number,
                register: submission.register,
                record: &entry.key,
                body,
                source: &entry.source,
                author: &who.login,
                status: "submitted",
                replaces: entry.replaces,
            };
            let proposal = proposal.body();
            numbers.push(number);
            commands.push(whole_record(proposal, &circumstances.actor));
        }
        let circumstances = Circumstances { update: true, ..circumstances.clone() };
        let programme = self.programme();
        let decision = decide(programme, snapshot, access::PROPOSAL, commands, &circumstances)?;
        Ok((numbers, decision))
    }

    /// With the records of a draft that needs no approval, the draft is done with.
    fn with_proposal_done(
        &self,
        who: &Who,
        submission: &Submission<'_>,
        snapshot: &Snapshot,
        circumstances: &Circumstances,
        mut decision: Decision,
    ) -> Result<Decision, Error> {
        let Some(number) = submission.proposal else { return Ok(decision) };
        let Some(mut body) = snapshot.body(access::PROPOSAL, number) else { return Ok(decision) };
        if body.get("author") != Some(&json!(who.login)) {
            return Err(Error::Forbidden);
        }
        // What became of it before stays so.
        if !waits(&body) {
            return Ok(decision);
        }
        body.insert("status".to_owned(), json!("abandoned"));
        decision.entries.extend(self.proposal_entries(body, snapshot, circumstances)?);
        Ok(decision)
    }

    /// How the records of a decision change, as a person may see it.
    fn pending(
        &self,
        who: &Who,
        register: &str,
        decision: &Decision,
        snapshot: &Snapshot,
        language: Language,
    ) -> Vec<Pending> {
        let entries = decision.entries.iter().take(SHOWN);
        entries
            .map(|entry| {
                let (old, new) = (old(snapshot, entry), entry.values().unwrap_or_default());
                let names =
                    self.names_held(snapshot, register, &[old.as_ref(), Some(&new)], language);
                self.compared((who, language), register, &entry.key, (old.as_ref(), &new), &names)
            })
            .collect()
    }

    /// What the records are called to which some bodies link.
    fn names_held(
        &self,
        snapshot: &Snapshot,
        register: &str,
        bodies: &[Option<&Body>],
        language: Language,
    ) -> NamesOf {
        let programme = self.programme();
        let mut names = NamesOf::new();
        for (name, field) in
            programme.registers.get(register).into_iter().flat_map(|own| &own.fields)
        {
            let Some(target) = field.register.as_ref() else { continue };
            let naming = programme.registers.get(target).and_then(|own| own.names.first());
            let values = bodies.iter().flatten().filter_map(|body| body.get(name));
            for key in values.flat_map(chancery_model::value::texts) {
                let body = snapshot.body(target, key).unwrap_or_default();
                let called = naming.and_then(|naming| body.get(naming));
                let called = called.map(|called| chancery_model::value::plain(called, language));
                let own = names.entry(target.clone()).or_default();
                own.insert(key.to_owned(), called.unwrap_or_else(|| key.to_owned()));
            }
        }
        names
    }

    pub(crate) fn compared(
        &self,
        (who, language): (&Who, Language),
        register: &str,
        key: &str,
        (old, new): (Option<&Body>, &Body),
        names: &NamesOf,
    ) -> Pending {
        let programme = self.programme();
        let sees = who.sees.of_record(register, key, old.unwrap_or(new));
        let declared = programme.registers.get(register);
        let fields = declared.into_iter().flat_map(|declared| declared.seen_by(sees));
        let fields = fields.flat_map(|(name, field)| {
            let values = (old.and_then(|old| old.get(name)), new.get(name));
            changed(programme, (name, field), values, names, language)
        });
        let change = if old.is_some() { Change::Supersede } else { Change::New };
        Pending { key: key.to_owned(), change, fields: fields.collect() }
    }

    /// Takes a record back, for a reason, if somebody may.
    pub async fn withdraw_by(
        &self,
        who: &Who,
        register: &str,
        key: &str,
        reason: &str,
        replaces: Option<u64>,
    ) -> Result<u64, Error> {
        let reader = Reader { language: Language::En, sees: who.sees.clone() };
        // Whoever may not withdraw it is told nothing of it.
        let page = self.record_page(register, key, &reader).await?;
        let body: Body = page.body.into_iter().collect();
        let resources = self.resource(register, key, &[&body]);
        let refusal = resources.iter().map(|asked| self.ruling(who, &Act::Withdraw, asked));
        if let Some(ruling) = refusal.into_iter().find(|ruling| !ruling.allowed) {
            let object = format!("{register}/{key}");
            self.refused(&who.login, "withdraw", &object, &ruling.policies).await?;
            return Err(Error::Forbidden);
        }
        if who.demonstration && !page.demonstration {
            let found = format!("`{register}/{key}`, which is recorded as a fact");
            return Err(Diagnostic::error(Place::default(), found)
                .hint("an invented account takes back what is invented")
                .into());
        }
        if replaces.is_some_and(|seen| seen != page.entry) {
            let found = "a record that somebody else changed meanwhile";
            return Err(Diagnostic::error(Place::default(), found).hint("look at it again").into());
        }
        let mut refused = None;
        let how = Writing {
            withdrawal: true,
            actor: Some(who.login.as_str().into()),
            ..Writing::default()
        };
        let outcome = self
            .write(&[register], how, |snapshot, circumstances| {
                let command = Command::Withdraw {
                    place: Place::default(),
                    key: key.to_owned(),
                    reason: reason.to_owned(),
                    source: Arc::clone(&circumstances.actor),
                    replaces,
                };
                let programme = self.programme();
                let decision = decide(programme, snapshot, register, [command], circumstances)?;
                if let Right::Nothing(policies, ..) = self.right(who, register, &decision, snapshot)
                {
                    refused = Some(policies);
                    return Err(Error::Forbidden);
                }
                Ok(decision)
            })
            .await;
        if let Some(policies) = refused {
            self.refused(&who.login, "withdraw", &format!("{register}/{key}"), &policies).await?;
        }
        Ok(outcome?.checkpoint.map_or(0, |checkpoint| checkpoint.size))
    }
}

/// The most that somebody sees of a record of a register, be it of one's own alone.
fn most_seen(who: &Who, register: &str) -> Visibility {
    let own = who.sees.own(register).iter().map(|own| own.sees);
    own.fold(who.sees.of(register), Visibility::max)
}

/// A table that speaks of nothing that somebody may not see: a column of it is as unknown as any other.
fn without_hidden<'a>(
    mut table: Table<'a>,
    declared: &'a Register,
    seen: &BTreeSet<String>,
) -> Result<Table<'a>, Diagnostics> {
    let hidden = |name: &str| {
        let field = name.split('.').next().unwrap_or_default();
        declared.fields.contains_key(field) && !seen.contains(field)
    };
    let unknown = |line: usize, name: &str| {
        Diagnostic::error(Place::line("", line).field(name), format!("the unknown column `{name}`"))
            .expected("a field that you may see")
    };
    let columns = table.columns.iter().flatten().filter(|name| hidden(name));
    let problems: Vec<Diagnostic> = columns.map(|name| unknown(1, name)).collect();
    if !problems.is_empty() {
        return Err(Diagnostics(problems));
    }
    let hidden: BTreeSet<String> =
        declared.fields.keys().filter(|name| !seen.contains(*name)).cloned().collect();
    let rows = table.rows;
    table.rows = Box::new(rows.map(move |row| {
        let row = row?;
        if let Cells::Values(values) = &row.cells
            && let Some(name) = values.keys().find(|name| hidden.contains(*name))
        {
            return Err(Diagnostic::error(
                Place::line("", row.line).field(name),
                format!("the unknown field `{name}`"),
            )
            .expected("a field that you may see"));
        }
        Ok(row)
    }));
    Ok(table)
}

/// The version of a record that an entry ends.
fn old(snapshot: &Snapshot, entry: &Entry) -> Option<Body> {
    snapshot.body(&entry.register, &entry.key)
}
