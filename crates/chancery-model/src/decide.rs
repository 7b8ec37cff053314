//! A command gives entries, or refusals: the one place where it is decided what may be recorded.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use minijinja::Environment;
use serde_json::value::RawValue;

use crate::rule::{Rule, parse_body};
use crate::snapshot::Held;
use crate::together::Touched;
use crate::value::{FieldReader, SUGGESTED, plain, shorten};
use crate::{
    Body, Change, Diagnostic, Diagnostics, Entry, FieldType, Language, Place, Procedure, Programme,
    Register, Snapshot,
};

/// What somebody wants to be recorded.
#[derive(Clone, Debug)]
pub enum Command {
    /// Record a version of a record.
    Record {
        place: Place,
        body: Body,
        source: Arc<str>,
        /// The entry whose version this one is meant to replace.
        replaces: Option<u64>,
        /// The fields that are spoken of; the others stay as they are recorded. All where none.
        fields: Option<Arc<BTreeSet<String>>>,
        /// Whether it is invented, though others of the decision may not be.
        demonstration: bool,
    },
    /// Take a record back.
    Withdraw { place: Place, key: String, reason: String, source: Arc<str>, replaces: Option<u64> },
}

/// Who asks, when, and how.
#[derive(Clone, Debug)]
pub struct Circumstances {
    pub actor: Arc<str>,
    pub time: Timestamp,
    /// Whether a record that exists with other values is to be superseded. Otherwise it is refused.
    pub update: bool,
    /// Whether what is recorded is invented, to show the platform or to try it.
    pub demonstration: bool,
}

/// What is to be appended.
#[derive(Debug, Default)]
pub struct Decision {
    pub entries: Vec<Entry>,
    /// Commands that ask for what is recorded already.
    pub unchanged: usize,
}

impl Decision {
    /// What the records hold that it records.
    pub fn bodies(&self) -> Vec<Body> {
        self.entries.iter().filter_map(|entry| entry.values().ok()).collect()
    }
}

/// Decides all commands about one register, together or not at all. Every refusal is found.
pub fn decide(
    programme: &Programme,
    snapshot: &Snapshot,
    register: &str,
    commands: impl IntoIterator<Item = Command>,
    circumstances: &Circumstances,
) -> Result<Decision, Diagnostics> {
    let declared = programme.register(register)?;
    let environment = Environment::new();
    let mut deciding =
        Deciding::new(programme, snapshot, register, declared, circumstances, &environment);
    for command in commands {
        deciding.command(command);
    }
    deciding.finish()
}

struct Deciding<'a> {
    programme: &'a Programme,
    snapshot: &'a Snapshot,
    name: Arc<str>,
    register: &'a Register,
    circumstances: &'a Circumstances,
    readers: BTreeMap<&'a str, FieldReader<'a>>,
    rules: Vec<Rule<'a>>,
    /// What this decision has recorded so far, over the snapshot.
    recorded: HashMap<String, Held>,
    /// Places of this decision's records, to say where the first of two stands.
    lines: HashMap<String, usize>,
    /// For each set of fields that no two records may share: values to the record that has them.
    unique: Vec<HashMap<String, String>>,
    /// New versions, where something is asked of several records together.
    touched: Vec<Touched>,
    /// Whether something is asked of all, or only of those that others link to already.
    together: bool,
    linked_to: bool,
    procedures: Vec<&'a Procedure>,
    /// Records whose links lead to records that may follow.
    waiting: Vec<(Place, String)>,
    linked: RefCell<HashMap<(String, String), Option<Body>>>,
    decision: Decision,
    problems: Diagnostics,
    /// Whether the record in hand is invented.
    demonstration: bool,
}

impl<'a> Deciding<'a> {
    fn new(
        programme: &'a Programme,
        snapshot: &'a Snapshot,
        name: &str,
        register: &'a Register,
        circumstances: &'a Circumstances,
        environment: &'a Environment<'static>,
    ) -> Self {
        let readers = register.fields.iter().map(|(field, declared)| {
            let codes = declared.codelist.as_ref().and_then(|list| programme.codelists.get(list));
            (field.as_str(), FieldReader::new(declared, codes, None))
        });
        // Packs are checked for rules that do not compile.
        let rules = register.rules.iter().filter_map(|rule| Rule::compile(environment, rule).ok());
        let mut deciding = Self {
            programme,
            snapshot,
            name: name.into(),
            register,
            circumstances,
            readers: readers.collect(),
            rules: rules.collect(),
            recorded: HashMap::new(),
            lines: HashMap::new(),
            unique: vec![HashMap::new(); register.unique.len()],
            touched: Vec::new(),
            together: !register.unique.is_empty()
                || !register.exclusive.is_empty()
                || !register.limits.is_empty(),
            linked_to: programme.limits_on(name).next().is_some()
                || !programme.ruled_by(name).is_empty(),
            procedures: programme
                .procedures
                .values()
                .filter(|procedure| procedure.register == name)
                .collect(),
            waiting: Vec::new(),
            linked: RefCell::default(),
            decision: Decision::default(),
            problems: Diagnostics::default(),
            demonstration: false,
        };
        if !register.unique.is_empty() {
            for (key, raw) in snapshot.records(name) {
                let body = parse_body(raw);
                for (fields, held) in register.unique.iter().zip(&mut deciding.unique) {
                    if let Some(values) = unique_values(fields, &body) {
                        held.insert(values, key.to_owned());
                    }
                }
            }
        }
        deciding
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Record { place, mut body, source, replaces, fields, demonstration } => {
                if let Some(fields) = fields {
                    self.keep_others(&mut body, &fields);
                }
                self.demonstration = demonstration || self.circumstances.demonstration;
                self.record(place, body, source, replaces);
            }
            Command::Withdraw { place, key, reason, source, replaces } => {
                self.demonstration = false;
                self.withdraw(place, key, reason, source, replaces);
            }
        }
    }

    fn record(&mut self, place: Place, mut body: Body, source: Arc<str>, replaces: Option<u64>) {
        let before = self.problems.0.len();
        // A list of nothing says nothing.
        body.retain(|_, value| value.as_array().is_none_or(|values| !values.is_empty()));
        self.problems.extend(check_fields(self.register, &self.readers, &place, &body));
        if self.problems.0.len() > before {
            return;
        }
        let key = self.register.key_of(&body);
        // Equal bodies have equal JSON, whatever the order of their parts was.
        body.values_mut().for_each(serde_json::Value::sort_all_objects);
        // Serialising a map of JSON values cannot fail.
        let Ok(raw) = serde_json::value::to_raw_value(&body) else { return };
        if let Some(first) = self.lines.get(&key) {
            self.problems.push(
                Diagnostic::error(place, format!("the record `{}/{key}` a second time", self.name))
                    .expected(format!("each record once; it stands in line {first} already"))
                    .hint("delete one of the two lines"),
            );
            return;
        }
        let change = match self.change(&place, &key, &raw, replaces) {
            Ok(Some(change)) => change,
            Ok(None) => {
                self.lines.insert(key, place.line);
                self.decision.unchanged += 1;
                return;
            }
            Err(problem) => return self.problems.push(problem),
        };
        let old = self.snapshot.held(&self.name, &key).and_then(|held| held.body.as_deref());
        if !self.procedures.is_empty() {
            self.check_state(&place, &body, old.map(parse_body).as_ref());
        }
        if self.together || self.linked_to && old.is_some() {
            if let Some(old) = old {
                self.release(old);
            }
            let (place, key, body) = (place.clone(), key.clone(), body.clone());
            self.touched.push(Touched { place, key, body });
        }
        self.check_links(&place, &key, &body);
        self.lines.insert(key.clone(), place.line);
        self.append(key, change, None, Some(raw), source);
    }

    /// A record reaches its state by a move, and has what every move to the state asks for.
    fn check_state(&mut self, place: &Place, body: &Body, old: Option<&Body>) {
        let mut problems = Vec::new();
        for procedure in &self.procedures {
            let state = |body: &Body| Some(body.get(&procedure.state)?.as_str()?.to_owned());
            let Some(now) = state(body) else {
                if let Some(before) = old.and_then(state) {
                    let place = place.clone().field(&procedure.state);
                    problems.push(
                        Diagnostic::error(place, "nothing").expected(format!(
                            "`{before}`, or a state to which a move leads from it"
                        )),
                    );
                }
                continue;
            };
            if let Some(before) = old.and_then(state)
                && before != now
                && !procedure.leads(&before, &now)
            {
                let next = procedure.next(&before);
                problems.push(
                    Diagnostic::error(
                        place.clone().field(&procedure.state),
                        format!("`{now}`, to which no move leads from `{before}`"),
                    )
                    .expected(match next.as_slice() {
                        [] => format!("`{before}`, which is final"),
                        next => format!("one of {}", next.join(", ")),
                    }),
                );
            }
            for field in procedure.needed(&now).iter().filter(|field| !body.contains_key(**field)) {
                problems.push(
                    Diagnostic::error(place.clone().field(*field), "nothing")
                        .expected(format!("a value, which a record that is `{now}` must have")),
                );
            }
        }
        self.problems.extend(problems);
    }

    /// Takes over from what is recorded the fields that are not spoken of.
    fn keep_others(&self, body: &mut Body, fields: &BTreeSet<String>) {
        let key = self.register.key_of(body);
        let held = self.snapshot.held(&self.name, &key).and_then(|held| held.body.as_deref());
        for (field, value) in held.map(parse_body).into_iter().flatten() {
            if !fields.contains(&field) {
                body.insert(field, value);
            }
        }
    }

    /// The first entry of a record, or one that replaces another; none when nothing changes.
    fn change(
        &self,
        place: &Place,
        key: &str,
        raw: &RawValue,
        replaces: Option<u64>,
    ) -> Result<Option<(Change, Option<u64>)>, Diagnostic> {
        let held = self.snapshot.held(&self.name, key);
        self.check_version(place, key, held, replaces, Some(raw.get()))?;
        match held {
            None => Ok(Some((Change::New, None))),
            Some(Held { entry, body: None, .. }) => Ok(Some((Change::New, Some(*entry)))),
            Some(Held { body: Some(body), .. }) if **body == *raw.get() => Ok(None),
            Some(Held { entry, demonstration: false, .. }) if self.demonstration => {
                Err(Diagnostic::error(
                    place.clone(),
                    format!("`{}/{key}`, which is recorded as a fact", self.name),
                )
                .expected(format!("what entry {entry} holds, or a key of its own"))
                .hint("an invented record never takes the place of a fact"))
            }
            Some(Held { entry, .. }) if self.circumstances.update || replaces.is_some() => {
                Ok(Some((Change::Supersede, Some(*entry))))
            }
            Some(Held { entry, body: Some(body), .. }) => Err(Diagnostic::error(
                place.clone(),
                format!(
                    "`{}/{key}` is recorded with other values: {}",
                    self.name,
                    difference(&parse_body(body), &parse_body(raw.get()))
                ),
            )
            .expected(format!("what entry {entry} holds"))
            .hint("to supersede what is recorded, say --update")),
        }
    }

    /// A write that names the version it replaces is refused when that is not the latest.
    fn check_version(
        &self,
        place: &Place,
        key: &str,
        held: Option<&Held>,
        replaces: Option<u64>,
        raw: Option<&str>,
    ) -> Result<(), Diagnostic> {
        let Some(replaces) = replaces else { return Ok(()) };
        if held.is_some_and(|held| held.entry == replaces) {
            return Ok(());
        }
        let latest = held.map_or("no entry".to_owned(), |held| format!("entry {}", held.entry));
        let theirs = held.and_then(|held| held.body.as_deref()).unwrap_or("nothing");
        Err(Diagnostic::error(
            place.clone(),
            format!("`{}/{key}` was changed by someone else since entry {replaces}", self.name),
        )
        .expected(format!("the latest version, {latest}: {theirs}"))
        .hint(format!(
            "yours was: {}; read the latest version and decide again",
            raw.unwrap_or("a withdrawal")
        )))
    }

    fn withdraw(
        &mut self,
        place: Place,
        key: String,
        reason: String,
        source: Arc<str>,
        replaces: Option<u64>,
    ) {
        if reason.trim().is_empty() {
            self.problems.push(
                Diagnostic::error(place, "a withdrawal without a reason")
                    .expected("why the record is taken back"),
            );
            return;
        }
        let held = self.snapshot.held(&self.name, &key);
        if let Err(problem) = self.check_version(&place, &key, held, replaces, None) {
            return self.problems.push(problem);
        }
        match held {
            Some(Held { entry, body: Some(body), .. }) => {
                let linking = self.linking(&key);
                if let Some(first) = linking.first() {
                    self.problems.push(
                        Diagnostic::error(
                            place,
                            format!(
                                "`{}/{key}`, to which {} records link, `{first}` among them",
                                self.name,
                                linking.len()
                            ),
                        )
                        .expected("a record to which none links")
                        .hint("withdraw or change those first"),
                    );
                    return;
                }
                let change = (Change::Withdraw, Some(*entry));
                self.release(body);
                self.append(key, change, Some(reason), None, source);
            }
            _ => {
                let known: Vec<_> = self.snapshot.records(&self.name).map(|(key, _)| key).collect();
                self.problems.push(
                    Diagnostic::error(
                        place,
                        format!("there is no record `{}/{key}` to withdraw", self.name),
                    )
                    .suggest(&key, known),
                );
            }
        }
    }

    /// The records that link to the record with this key, as far as the snapshot holds them.
    fn linking(&self, key: &str) -> Vec<String> {
        let mut linking = Vec::new();
        for (register, field) in self.programme.links_to(&self.name) {
            let records = self.snapshot.records(register);
            linking.extend(records.filter_map(|(other, raw)| {
                let links = raw.contains(key)
                    && crate::value::texts(parse_body(raw).get(field)?).contains(&key);
                (links && (*register != *self.name || other != key))
                    .then(|| format!("{register}/{other}"))
            }));
        }
        linking.sort();
        linking.dedup();
        linking
    }

    fn append(
        &mut self,
        key: String,
        (change, replaces): (Change, Option<u64>),
        reason: Option<String>,
        body: Option<Box<RawValue>>,
        source: Arc<str>,
    ) {
        self.recorded.insert(
            key.clone(),
            Held {
                demonstration: self.demonstration,
                entry: self.snapshot.size + self.decision.entries.len() as u64,
                body: body
                    .as_ref()
                    .filter(|_| self.links_to_itself())
                    .map(|body| Box::from(body.get())),
            },
        );
        self.decision.entries.push(Entry {
            register: self.name.clone(),
            key,
            change,
            replaces,
            reason,
            body,
            demonstration: self.demonstration,
            source,
            actor: self.circumstances.actor.clone(),
            time: self.circumstances.time,
        });
    }

    fn links_to_itself(&self) -> bool {
        self.register.fields.values().any(|field| field.register.as_deref() == Some(&*self.name))
    }

    /// Frees what a version that ends held alone.
    fn release(&mut self, raw: &str) {
        let body = parse_body(raw);
        for (fields, held) in self.register.unique.iter().zip(&mut self.unique) {
            if let Some(values) = unique_values(fields, &body) {
                held.remove(&values);
            }
        }
    }

    /// Gives each new version what it must hold alone, once all that is freed is free.
    fn check_unique(&mut self) {
        for Touched { place, key, body } in &self.touched {
            for (fields, held) in self.register.unique.iter().zip(&mut self.unique) {
                let Some(values) = unique_values(fields, body) else { continue };
                match held.get(&values) {
                    Some(other) if other != key => self.problems.push(
                        Diagnostic::error(
                            place.clone().field(fields.join(", ")),
                            format!(
                                "`{}`, which `{}/{other}` has already",
                                shorten(&values.replace('\u{0}', ", ")),
                                self.name
                            ),
                        )
                        .expected("a value that no other record has"),
                    ),
                    _ => {
                        held.insert(values, key.clone());
                    }
                }
            }
        }
    }

    /// Checks links and rules, or puts them off until all records of the decision are there.
    fn check_links(&mut self, place: &Place, key: &str, body: &Body) {
        let dangling = self.dangling(body);
        if !dangling.is_empty() {
            self.waiting.push((place.clone(), key.to_owned()));
            let waiting = Held { entry: 0, body: None, demonstration: false };
            self.recorded.insert(key.to_owned(), waiting);
            return;
        }
        self.check_rules(place, body);
    }

    fn dangling<'b>(&self, body: &'b Body) -> Vec<(&'a str, &'a str, &'b str)> {
        let mut dangling = Vec::new();
        for (field, declared) in &self.register.fields {
            let (FieldType::Link, Some(target)) = (declared.kind, declared.register.as_deref())
            else {
                continue;
            };
            let Some(value) = body.get(field) else { continue };
            for key in crate::value::texts(value) {
                if !self.exists(target, key) {
                    dangling.push((field.as_str(), target, key));
                }
            }
        }
        dangling
    }

    fn exists(&self, register: &str, key: &str) -> bool {
        (register == &*self.name && self.recorded.contains_key(key))
            || self.snapshot.held(register, key).is_some_and(|held| held.body.is_some())
    }

    fn check_rules(&mut self, place: &Place, body: &Body) {
        for rule in &self.rules {
            let linked = |field: &str, key: &str| {
                let target = self.register.fields.get(field)?.register.as_deref()?;
                self.linked_body(target, key)
            };
            if rule.holds(body, linked) == Some(false) {
                let message =
                    crate::value::fill(&rule.message.en, |name| self.rule_value(body, name));
                let place = place.clone().field(rule.fields().join(", "));
                self.problems.push(Diagnostic::error(place, message));
            }
        }
    }

    /// The value that `{field}` or `{link.field}` stands for in the message of a rule.
    fn rule_value(&self, body: &Body, path: &str) -> Option<String> {
        match path.split_once('.') {
            None => Some(plain(body.get(path)?, Language::En)),
            Some((field, part)) if body.get(field)?.is_object() => {
                Some(body.get(field)?.get(part)?.as_str()?.to_owned())
            }
            Some((field, beyond)) => {
                let target = self.register.fields.get(field)?.register.as_deref()?;
                let record = self.linked_body(target, body.get(field)?.as_str()?)?;
                Some(plain(record.get(beyond)?, Language::En))
            }
        }
    }

    fn linked_body(&self, register: &str, key: &str) -> Option<Body> {
        if register == &*self.name
            && let Some(raw) = self.recorded.get(key).and_then(|held| held.body.as_deref())
        {
            return Some(parse_body(raw));
        }
        self.linked
            .borrow_mut()
            .entry((register.to_owned(), key.to_owned()))
            .or_insert_with(|| self.snapshot.body(register, key))
            .clone()
    }

    fn finish(mut self) -> Result<Decision, Diagnostics> {
        let waiting: HashMap<_, _> = std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|(place, key)| (key, place))
            .collect();
        if !waiting.is_empty() {
            let late: Vec<_> = self
                .decision
                .entries
                .iter()
                .filter_map(|entry| Some((waiting.get(&entry.key)?.clone(), entry.values().ok()?)))
                .collect();
            for (place, body) in late {
                let dangling = self.dangling(&body);
                for (field, target, key) in &dangling {
                    let problem = Diagnostic::error(
                        place.clone().field(*field),
                        format!(
                            "a link to `{target}/{}`, which does not exist",
                            crate::value::shorten(key)
                        ),
                    )
                    .expected(format!("the key of a record of `{target}`"));
                    let known = self.snapshot.records(target).map(|(key, _)| key);
                    // Finding the nearest is dear, and a column that is wrong is so in every row.
                    let few = self.problems.0.len() < SUGGESTED;
                    self.problems.push(if few { problem.suggest(key, known) } else { problem });
                }
                if dangling.is_empty() {
                    self.check_rules(&place, &body);
                }
            }
        }
        self.check_unique();
        if !self.touched.is_empty() {
            let entries = self.decision.entries.iter();
            let withdrawn = entries.filter(|entry| entry.change == Change::Withdraw);
            let withdrawn = withdrawn.map(|entry| entry.key.clone()).collect();
            let found = crate::together::check(
                self.programme,
                self.snapshot,
                &self.name,
                &self.touched,
                &withdrawn,
                |register, key| self.linked_body(register, key),
            );
            self.problems.extend(found);
        }
        self.problems.0.sort_by_key(|problem| problem.place.line);
        let Self { problems, decision, .. } = self;
        problems.unless_errors(decision)
    }
}

/// Finds what is wrong with the values of a record, each by itself: fields that are not declared, values
/// that are none of their fields, and fields that are needed and not there.
pub fn check_fields(
    register: &Register,
    readers: &BTreeMap<&str, FieldReader<'_>>,
    place: &Place,
    body: &Body,
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (field, value) in body {
        let place = place.clone().field(field);
        match readers.get(field.as_str()) {
            None => problems.push(
                Diagnostic::error(place, format!("the unknown field `{field}`"))
                    .suggest(field, register.fields.keys().map(String::as_str)),
            ),
            Some(reader) => {
                let wrong = reader.check(value).into_iter();
                problems.extend(wrong.map(|wrong| wrong.at(place.clone())));
            }
        }
    }
    for (field, declared) in &register.fields {
        let when = declared.needed_when.as_deref();
        let needed = declared.required
            || register.key.contains(field)
            || when.is_some_and(|condition| crate::rule::holds(condition, body));
        if needed && !body.contains_key(field) {
            problems.push(
                Diagnostic::error(place.clone().field(field), "nothing")
                    .expected("a value, which is required"),
            );
        }
    }
    problems
}

/// The values of the fields together; none where one of them is empty.
fn unique_values(fields: &[String], body: &Body) -> Option<String> {
    let values: Option<Vec<_>> =
        fields.iter().map(|field| Some(body.get(field)?.to_string())).collect();
    values.map(|values| values.join("\u{0}"))
}

/// The fields in which two bodies differ, as a person reads it.
fn difference(old: &Body, new: &Body) -> String {
    let fields: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let show = |body: &Body, field: &String| {
        body.get(field).map_or("nothing".to_owned(), |value| shorten(&plain(value, Language::En)))
    };
    let parts: Vec<_> = fields
        .into_iter()
        .filter(|field| old.get(*field) != new.get(*field))
        .map(|field| format!("{field} is {}, not {}", show(old, field), show(new, field)))
        .collect();
    parts.join("; ")
}
