//! Forms made from the registers, what is due by the procedures, and what people say of records.

use std::collections::BTreeMap;

use chancery_access::Act;
use chancery_model::value::{plain, read_date, texts};
use chancery_model::{
    Body, Diagnostic, Diagnostics, Field, FieldType, Language, Place, Register, access, fold,
};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::browse::{Reader, Row};
use crate::facts::version_of;
use crate::home::Writing;
use crate::people::Who;
use crate::surroundings::{random, today};
use crate::{Error, Home};

/// Links to a register with more records are looked for by words instead of chosen from a list.
const MOST_CHOICES: usize = 300;
/// So many names are suggested for what is typed.
const SUGGESTED: usize = 20;
/// What is due later is not listed yet.
const AHEAD: i64 = 60;
/// So many records that are due are listed.
const MOST_DUE: usize = 200;
/// A comment is no essay.
const LONGEST: usize = 4000;

/// A form for a record.
#[derive(Clone, Debug, Serialize)]
pub struct Form {
    pub register: String,
    pub label: String,
    pub help: String,
    /// None for a record that is yet to be.
    pub key: Option<String>,
    pub title: String,
    /// The entry that what is given replaces.
    pub replaces: Option<u64>,
    pub fields: Vec<FormField>,
    /// Whether what is given waits for the approval of somebody else.
    pub needs_approval: bool,
    pub demonstration: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct FormField {
    pub name: String,
    pub label: String,
    pub help: String,
    pub kind: FieldType,
    pub required: bool,
    pub list: bool,
    /// Whether each of its parts is needed where it is: of a text in six languages one may do.
    pub whole: bool,
    /// Whether its text may have several lines.
    pub lines: bool,
    /// Part of the key of a record that is there, which does not change.
    pub fixed: bool,
    /// What can be chosen: key and text. Empty where it is typed.
    pub choices: Vec<(String, String)>,
    /// The register in which what is typed is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// The texts of the field: by part, or by nothing where it has none.
    pub parts: Vec<(String, String)>,
    /// Which file it holds; one of the same name may be another.
    #[serde(skip)]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

impl FormField {
    /// The inputs of the field, each with its text.
    pub fn inputs(&self) -> impl Iterator<Item = (String, &str)> {
        self.parts.iter().map(|(part, text)| match part.is_empty() {
            true => (self.name.clone(), text.as_str()),
            false => (format!("{}.{part}", self.name), text.as_str()),
        })
    }

    /// The same, by which versions are compared.
    fn compared(&self) -> impl Iterator<Item = (String, &str)> {
        let file = self.file.as_deref();
        self.inputs().map(move |(input, text)| (input, file.unwrap_or(text)))
    }
}

/// What somebody gave for the inputs of a form, brought together with what others recorded meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Each input with its text: what was given, or recorded by others where nothing else was given.
    pub given: Vec<(String, String)>,
    /// The inputs that others alone changed, which are taken over.
    pub taken: Vec<String>,
    /// The inputs that both changed, each otherwise: somebody has to choose.
    pub contested: Vec<String>,
    /// Whether what was given is what stands.
    pub same: bool,
}

impl Form {
    /// Brings what was given together with the record as it stands, by what was seen of it before. Of an
    /// amount or a period no half is taken over. A file that was given is always another.
    pub fn merge(&self, seen: &BTreeMap<String, String>, given: &[(String, String)]) -> Merged {
        let stands = |input: &str| {
            let mut own = self.fields.iter().flat_map(|field| {
                field.compared().map(move |(input, text)| (field, input, text.trim()))
            });
            own.find(|(_, own, _)| own == input).map(|(field, _, text)| (field, text))
        };
        let mut merged = Merged { same: true, ..Merged::default() };
        // What each changed, by field.
        let mut changed: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
        let states: Vec<_> = given
            .iter()
            .map(|(input, own)| {
                let (field, others) = stands(input)?;
                let own = own.trim();
                let before = seen.get(input).map(|text| text.trim());
                let by_others = before != Some(others);
                let by_me = field.kind == FieldType::File || before != Some(own);
                let differ = field.kind == FieldType::File || own != others;
                let whole = matches!(field.kind, FieldType::Money | FieldType::Period);
                if differ && whole {
                    let both = changed.entry(field.name.as_str()).or_default();
                    (both.0, both.1) = (both.0 || by_others, both.1 || by_me);
                }
                Some((field, others, (differ, by_others, by_me)))
            })
            .collect();
        for ((input, own), state) in given.iter().zip(states) {
            let mut text = own.trim();
            if let Some((field, others, (true, by_others, by_me))) = state {
                merged.same = false;
                let both = changed.get(field.name.as_str()).is_some_and(|(a, b)| *a && *b);
                if both || by_others && by_me {
                    merged.contested.push(input.clone());
                } else if by_others {
                    merged.taken.push(input.clone());
                    text = others;
                }
            }
            merged.given.push((input.clone(), text.to_owned()));
        }
        merged
    }
}

/// A record for which something is due.
#[derive(Clone, Debug, Serialize)]
pub struct Due {
    pub register: String,
    pub key: String,
    pub title: String,
    /// What is to be done, and the procedure that asks for it.
    pub step: String,
    pub procedure: String,
    pub by: String,
    pub late: bool,
    pub demonstration: bool,
}

/// What somebody said of a record.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    pub entry: u64,
    pub record: String,
    pub text: String,
    pub author: String,
    pub time: String,
    pub mentions: Vec<String>,
    pub demonstration: bool,
}

impl Home {
    /// The form for a record of a register: empty, of one that is there, or of a change that waits.
    pub async fn form(
        &self,
        who: &Who,
        name: &str,
        key: Option<&str>,
        given: Option<&Body>,
        language: Language,
    ) -> Result<Form, Error> {
        let reader = Reader { language, sees: who.sees.clone() };
        let register = self.register_for(name, &reader)?;
        if access::REGISTERS.contains(&name) {
            return Err(Error::Forbidden);
        }
        let engine = self.engine(None).await?;
        let mut held = None;
        let mut title = String::new();
        if let Some(key) = key {
            // Refused where it may not be seen.
            title = self.record_page(name, key, &reader).await?.title;
            held = engine.with_keys(name, &[key.to_owned()]).await?.into_iter().next();
        }
        let old = held.as_ref().map(|held| &held.body);
        let new: Body = match key {
            Some(_) => old.cloned().unwrap_or_default(),
            None => self.prefilled(who, name),
        };
        let sees = match old {
            Some(old) => who.sees.of_record(name, key.unwrap_or_default(), old),
            None => who.sees.of_record(name, "", &new),
        };
        // Nobody fills in what must be there and may not be seen.
        let unseen = |(name, field): (&String, &Field)| {
            field.visibility > sees && (field.required || register.key.contains(name))
        };
        if old.is_none() && register.fields.iter().any(unseen) {
            return Err(Error::Forbidden);
        }
        let given = given.unwrap_or(&new);
        let whole = chancery_access::Resource { register: name.to_owned(), ..Default::default() };
        let all =
            [Act::Record, Act::Propose].iter().any(|act| self.ruling(who, act, &whole).allowed);
        let alone: Vec<(String, String)> = match all {
            true => vec![],
            false => {
                let own = self.policies().own(&who.person, name).into_iter();
                own.filter_map(|own| Some((own.field?, own.key))).collect()
            }
        };
        let mut fields = Vec::new();
        for (field, declared) in register.seen_by(sees) {
            let named = (field.as_str(), declared);
            let mut own = self.form_field(register, named, given.get(field), &reader).await?;
            own.fixed = old.is_some() && register.key.contains(field);
            // Who may write for one alone chooses no other.
            if let Some((_, key)) = alone.iter().find(|(own, _)| own == field) {
                own.choices.retain(|(choice, _)| choice == key);
            }
            fields.push(own);
        }
        let resources = self.resource(name, key.unwrap_or("/"), &[given]);
        let records =
            resources.iter().all(|resource| self.ruling(who, &Act::Record, resource).allowed);
        let proposes =
            resources.iter().all(|resource| self.ruling(who, &Act::Propose, resource).allowed);
        if !records && !proposes {
            return Err(Error::Forbidden);
        }
        Ok(Form {
            register: name.to_owned(),
            label: register.label[language].clone(),
            help: register.help[language].clone(),
            key: key.map(str::to_owned),
            title,
            replaces: held.as_ref().map(|held| held.entry),
            fields,
            needs_approval: !records,
            demonstration: held.is_some_and(|held| held.demonstration) || who.demonstration,
        })
    }

    /// A field as a form shows it.
    async fn form_field(
        &self,
        register: &Register,
        (name, field): (&str, &Field),
        value: Option<&Value>,
        reader: &Reader,
    ) -> Result<FormField, Error> {
        let language = reader.language;
        let (choices, linked) = self.choices_of(field, reader).await?;
        let key = register.key.iter().any(|own| own == name);
        Ok(FormField {
            name: name.to_owned(),
            label: field.label[language].clone(),
            help: field.help[language].clone(),
            kind: field.kind,
            required: field.required || key,
            list: field.list,
            whole: !field.any_language,
            lines: has_lines(field) && !key,
            fixed: false,
            choices,
            register: linked,
            parts: parts(field, value),
            file: hash_of(field, value),
            min: field.min.as_ref().map(ToString::to_string),
            max: field.max.as_ref().map(ToString::to_string),
        })
    }

    /// A field that several records can be given at once: neither what tells them apart, nor a file.
    pub async fn field_of_several(
        &self,
        name: &str,
        field: &str,
        reader: &Reader,
    ) -> Result<FormField, Error> {
        let register = self.register_for(name, reader)?;
        let fields: Vec<(&String, &Field)> = register
            .seen_by(reader.sees.of(name))
            .filter(|(name, own)| !register.key.contains(name) && own.kind != FieldType::File)
            .collect();
        let Some((field, declared)) = fields.iter().find(|(name, _)| *name == field) else {
            let known = fields.iter().map(|(name, _)| name.as_str());
            return Err(Diagnostic::error(
                Place::default(),
                format!("there is no field `{field}`"),
            )
            .expected("a field of the register")
            .suggest(field, known)
            .into());
        };
        self.form_field(register, (field, declared), None, reader).await
    }

    /// The texts of a form's inputs in an earlier version of its record, the one that an entry holds, as far
    /// as somebody sees it; none where the entry holds no version of it.
    pub async fn inputs_at(
        &self,
        who: &Who,
        form: &Form,
        entry: u64,
    ) -> Result<BTreeMap<String, String>, Error> {
        let held = self.entry(entry).await?;
        let Some(held) = held
            .filter(|held| *held.register == form.register && Some(&held.key) == form.key.as_ref())
        else {
            return Ok(BTreeMap::new());
        };
        let body = version_of(entry, &held).body;
        let register = self.programme().register(&form.register)?;
        let sees = who.sees.of_record(&form.register, &held.key, &body);
        let mut inputs = BTreeMap::new();
        for field in &form.fields {
            let declared = register.fields.get(&field.name).filter(|own| own.visibility <= sees);
            let Some(declared) = declared else { continue };
            let value = body.get(&field.name);
            let (parts, file) = (parts(declared, value), hash_of(declared, value));
            let before = FormField { parts, file, ..field.clone() };
            inputs.extend(before.compared().map(|(input, text)| (input, text.to_owned())));
        }
        Ok(inputs)
    }

    /// A new record speaks of what its author speaks for, and is in the first state.
    fn prefilled(&self, who: &Who, name: &str) -> Body {
        let mut body = Body::new();
        for own in self.policies().own(&who.person, name) {
            if let Some(field) = own.field {
                body.insert(field, json!(own.key));
            }
        }
        for procedure in self.programme().procedures.values() {
            if procedure.register == name {
                body.insert(procedure.state.clone(), json!(procedure.initial));
            }
        }
        body
    }

    /// What can be chosen for a field, or the register in which it is looked for.
    async fn choices_of(
        &self,
        field: &Field,
        reader: &Reader,
    ) -> Result<(Vec<(String, String)>, Option<String>), Error> {
        if let Some(list) = field.codelist.as_ref() {
            let codes = self.programme().codelists.get(list).into_iter().flat_map(|l| &l.codes);
            let codes = codes.map(|(key, code)| (key.clone(), code.label[reader.language].clone()));
            return Ok((codes.collect(), None));
        }
        let Some(register) = field.register.as_ref() else { return Ok((vec![], None)) };
        let seen = self.register_for(register, reader).is_ok();
        if !seen || field.list || self.records(register, reader).await? > MOST_CHOICES {
            return Ok((vec![], seen.then(|| register.clone())));
        }
        let engine = self.engine(None).await?;
        let names = engine.called(register, None, reader.language).await?;
        let mut choices: Vec<(String, String)> = names.into_iter().collect();
        choices.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        Ok((choices, None))
    }

    /// The records of a register whose names begin like what was typed, or hold it: key and name.
    pub async fn suggestions(
        &self,
        name: &str,
        typed: &str,
        reader: &Reader,
    ) -> Result<Vec<(String, String)>, Error> {
        let register = self.register_for(name, reader)?;
        if !register.is_seen_by(reader.sees.of(name)) || typed.trim().is_empty() {
            return Ok(vec![]);
        }
        // Names may be hidden though keys are not.
        let hidden = register.names.iter().filter_map(|field| register.fields.get(field));
        if hidden.into_iter().any(|field| field.visibility > reader.sees.of(name)) {
            return Ok(vec![]);
        }
        let engine = self.engine(None).await?;
        let names = engine.names(name).await?;
        let typed = fold(typed);
        let mut found: BTreeMap<&str, bool> = BTreeMap::new();
        for (written, key) in names.iter() {
            let written = fold(written);
            if written.contains(&typed) {
                *found.entry(key).or_default() |= written.starts_with(&typed);
            }
        }
        let mut keys: Vec<(bool, &str)> =
            found.into_iter().map(|(key, begins)| (!begins, key)).collect();
        keys.sort_unstable();
        let keys: Vec<String> =
            keys.into_iter().take(SUGGESTED).map(|(_, key)| key.to_owned()).collect();
        let mut named = engine.called(name, Some(&keys), reader.language).await?;
        Ok(keys
            .into_iter()
            .map(|key| {
                let name = named.remove(&key).unwrap_or_else(|| key.clone());
                (key, name)
            })
            .collect())
    }

    /// What the procedures ask for soon of the records that somebody sees and whose moves the roles of
    /// that person may make; what is late first.
    pub async fn due(&self, who: &Who, language: Language) -> Result<Vec<Due>, Error> {
        let reader = Reader { language, sees: who.sees.clone() };
        let today = today();
        let engine = self.engine(None).await?;
        let mut found: Vec<(Date, Due)> = Vec::new();
        for procedure in self.programme().procedures.values() {
            let name = procedure.register.as_str();
            if self.register_for(name, &reader).is_err() {
                continue;
            }
            for step in procedure.moves.values() {
                let Some(deadline) = &step.deadline else { continue };
                if !step.by.iter().any(|role| who.roles.contains(role)) {
                    continue;
                }
                for state in &step.from {
                    let waiting = [(procedure.state.clone(), state.clone())];
                    for record in engine.list(name, &waiting).await? {
                        let day = record.body.get(&deadline.after).map(texts).unwrap_or_default();
                        let day = day.last().and_then(|day| read_date(day).ok());
                        let by = day
                            .and_then(|day| day.checked_add(i64::from(deadline.days).days()).ok());
                        let Some(by) = by else { continue };
                        let ahead = today.checked_add(AHEAD.days()).unwrap_or(today);
                        if by > ahead {
                            continue;
                        }
                        let due = Due {
                            register: name.to_owned(),
                            key: record.key,
                            title: String::new(),
                            step: step.label[language].clone(),
                            procedure: procedure.label[language].clone(),
                            by: by.to_string(),
                            late: by < today,
                            demonstration: record.demonstration,
                        };
                        found.push((by, due));
                    }
                }
            }
        }
        found.sort_by(|(a, x), (b, y)| (a, &x.register, &x.key).cmp(&(b, &y.register, &y.key)));
        // What can be decided one way or the other is one task.
        found.dedup_by(|(other_day, other), (day, due)| {
            let same = (&*day, &due.register, &due.key, &due.procedure)
                == (&*other_day, &other.register, &other.key, &other.procedure);
            if same && due.step != other.step {
                due.step = format!("{} / {}", due.step, other.step);
            }
            same
        });
        found.truncate(MOST_DUE);
        let mut due: Vec<Due> = found.into_iter().map(|(_, due)| due).collect();
        let records = due.iter().map(|due| (due.register.as_str(), due.key.as_str()));
        let titles = self.titles(records, &reader).await?;
        for (due, title) in due.iter_mut().zip(titles) {
            due.title = title;
        }
        Ok(due)
    }

    /// How records are called, each by its register and key.
    pub async fn titles(
        &self,
        records: impl Iterator<Item = (&str, &str)>,
        reader: &Reader,
    ) -> Result<Vec<String>, Error> {
        let records: Vec<(&str, &str)> = records.collect();
        let mut by_register: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (register, key) in &records {
            by_register.entry(register).or_default().push((*key).to_owned());
        }
        let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
        for (register, keys) in by_register {
            // What cannot be seen is called by its key.
            if self.register_for(register, reader).is_err() {
                continue;
            }
            for Row { key, title, .. } in self.rows_with_keys(register, &keys, reader).await? {
                known.insert((register.to_owned(), key), title);
            }
        }
        let title = |(register, key): (&str, &str)| {
            let found = known.get(&(register.to_owned(), key.to_owned()));
            found.cloned().unwrap_or_else(|| key.to_owned())
        };
        Ok(records.into_iter().map(title).collect())
    }

    /// What was said of a record, oldest first, for those who see comments.
    pub async fn comments(&self, record: &str, reader: &Reader) -> Result<Vec<Said>, Error> {
        self.said(&[("record".to_owned(), record.to_owned())], reader).await
    }

    /// Where somebody was mentioned, newest first.
    pub async fn mentions(&self, who: &Who, reader: &Reader) -> Result<Vec<Said>, Error> {
        let mut said = self.said(&[("mentions".to_owned(), who.login.clone())], reader).await?;
        said.reverse();
        Ok(said)
    }

    async fn said(
        &self,
        filters: &[(String, String)],
        reader: &Reader,
    ) -> Result<Vec<Said>, Error> {
        let hidden = self.register_for(access::COMMENT, reader).is_err();
        if hidden {
            return Ok(vec![]);
        }
        let engine = self.engine(None).await?;
        let mut found = engine.list(access::COMMENT, filters).await?;
        found.sort_by_key(|record| record.entry);
        let mut said = Vec::new();
        for record in found {
            let entry = self.entry(record.entry).await?;
            let text = |field: &str| {
                let text = record.body.get(field).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            let mentions = record.body.get("mentions").map(texts).unwrap_or_default();
            said.push(Said {
                entry: record.entry,
                record: text("record"),
                text: text("text"),
                author: text("author"),
                time: entry.map(|entry| entry.time.to_string()).unwrap_or_default(),
                mentions: mentions.into_iter().map(str::to_owned).collect(),
                demonstration: record.demonstration,
            });
        }
        Ok(said)
    }

    /// Says something of a record that somebody sees. `@login` mentions somebody, who is told.
    pub async fn comment(
        &self,
        who: &Who,
        register: &str,
        key: &str,
        text: &str,
        language: Language,
    ) -> Result<(), Error> {
        let reader = Reader { language, sees: who.sees.clone() };
        self.record_page(register, key, &reader).await?;
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST {
            let found = if text.is_empty() { "nothing" } else { "a comment that is too long" };
            return Err(Diagnostic::error(Place::default().field("text"), found)
                .expected(format!("a text of at most {LONGEST} characters"))
                .into());
        }
        let resource = chancery_access::Resource {
            register: access::COMMENT.to_owned(),
            ..chancery_access::Resource::default()
        };
        let ruling = self.ruling(who, &Act::Record, &resource);
        if !ruling.allowed {
            let object = format!("{register}/{key}");
            self.refused(&who.login, "record", &object, &ruling.policies).await?;
            return Err(Error::Forbidden);
        }
        let accounts = self.engine(None).await?.keys(access::ACCOUNT).await?;
        let named = mentioned(text);
        let unknown = named.iter().filter(|login| !accounts.iter().any(|own| own == *login));
        let mut problems = Diagnostics::default();
        for login in unknown {
            let problem =
                Diagnostic::error(Place::default(), format!("there is no account `{login}`"));
            problems.push(problem.suggest(login, accounts.iter().map(String::as_str)));
        }
        problems.unless_errors(())?;
        let mentions: Vec<&String> =
            accounts.iter().filter(|login| named.contains(&login.as_str())).collect();
        let random: [u8; 8] = random()?;
        let number = random.map(|byte| format!("{byte:02x}")).concat();
        let mut body = Body::from([
            ("number".to_owned(), json!(number)),
            ("record".to_owned(), json!(format!("{register}/{key}"))),
            ("text".to_owned(), json!(text.replace(['\r', '\n'], " "))),
            ("author".to_owned(), json!(who.login)),
        ]);
        if !mentions.is_empty() {
            body.insert("mentions".to_owned(), json!(mentions));
        }
        let how = Writing {
            demonstration: who.demonstration,
            actor: Some(who.login.as_str().into()),
            ..Writing::default()
        };
        self.record_own(access::COMMENT, &body, how).await
    }
}

/// The logins that a text mentions.
fn mentioned(text: &str) -> Vec<&str> {
    let mut before = String::new();
    let mut after = Vec::new();
    for (place, part) in text.split('@').enumerate() {
        // An address of mail mentions nobody.
        let own = !before.chars().next_back().is_some_and(char::is_alphanumeric);
        if place > 0 && own {
            after.push(part);
        }
        part.clone_into(&mut before);
    }
    after
        .into_iter()
        .map(|rest: &str| {
            let end = rest.find(|sign: char| {
                !(sign.is_ascii_lowercase() || sign.is_ascii_digit() || "._-".contains(sign))
            });
            rest[..end.unwrap_or(rest.len())].trim_end_matches('.')
        })
        .filter(|login| !login.is_empty())
        .collect()
}

/// Whether a field holds texts of several lines: what has a form of its own, such as a symbol, has not.
fn has_lines(field: &Field) -> bool {
    let text = field.kind == FieldType::Text && field.pattern.is_none();
    !field.list && (text || field.kind == FieldType::Multilingual)
}

/// Which file a value names.
fn hash_of(field: &Field, value: Option<&Value>) -> Option<String> {
    let hash = || Some(value?.get("sha256")?.as_str()?.to_owned());
    (field.kind == FieldType::File).then(|| hash().unwrap_or_default())
}

/// The texts of a field as its form shows them, part by part.
fn parts(field: &Field, value: Option<&Value>) -> Vec<(String, String)> {
    let part = |name: &str| {
        let text = value.and_then(|value| value.get(name)).and_then(Value::as_str);
        (name.to_owned(), text.unwrap_or_default().to_owned())
    };
    match field.kind {
        FieldType::File => {
            let (_, name) = part("name");
            vec![(String::new(), name)]
        }
        FieldType::Multilingual if !field.list => {
            Language::ALL.iter().map(|language| part(language.code())).collect()
        }
        FieldType::Money if !field.list => vec![part("amount"), part("currency")],
        FieldType::Period if !field.list => vec![part("from"), part("to")],
        _ => {
            let text = match value {
                Some(Value::Array(values)) => {
                    let values = values.iter().map(|value| plain(value, Language::En));
                    values.collect::<Vec<_>>().join("|")
                }
                Some(value) => plain(value, Language::En),
                None => String::new(),
            };
            vec![(String::new(), text)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_people_changed_is_brought_together() {
        let field = |name: &str, stands: &str| FormField {
            name: name.to_owned(),
            label: String::new(),
            help: String::new(),
            kind: FieldType::Text,
            required: false,
            list: false,
            whole: true,
            lines: false,
            fixed: false,
            choices: vec![],
            register: None,
            parts: vec![(String::new(), stands.to_owned())],
            file: None,
            min: None,
            max: None,
        };
        let form = Form {
            register: String::new(),
            label: String::new(),
            help: String::new(),
            key: None,
            title: String::new(),
            replaces: None,
            fields: vec![
                field("neither", "a"),
                field("theirs", "b"),
                field("mine", "a"),
                field("alike", "b"),
                field("both", "b"),
                field("unseen", "b"),
            ],
            needs_approval: false,
            demonstration: false,
        };
        let seen = ["neither", "theirs", "mine", "alike", "both"];
        let seen = seen.map(|name| (name.to_owned(), "a".to_owned())).into();
        let given = [
            ("neither", "a"),
            ("theirs", " a "),
            ("mine", "b"),
            ("alike", "b"),
            ("both", "c"),
            ("unseen", "a"),
        ];
        let given = given.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let merged = form.merge(&seen, &given);
        let texts: Vec<&str> = merged.given.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a", "b", "b", "b", "c", "a"]);
        assert_eq!(merged.taken, ["theirs"]);
        assert_eq!(merged.contested, ["both", "unseen"]);
        assert!(!merged.same);
        let same = given[..1].to_vec();
        assert!(form.merge(&seen, &same).same);
        // No half of an amount, and no file by its name.
        let money = |amount: &str, currency: &str| {
            let parts = [("amount", amount), ("currency", currency)];
            parts.map(|(part, text)| (part.to_owned(), text.to_owned())).to_vec()
        };
        let mut fields = vec![field("sum", ""), field("terms", "terms.pdf")];
        (fields[0].kind, fields[0].parts) = (FieldType::Money, money("100", "EUR"));
        (fields[1].kind, fields[1].file) = (FieldType::File, Some("2".to_owned()));
        let form = Form { fields, ..form };
        let text = |(input, text): (&str, &str)| (input.to_owned(), text.to_owned());
        let seen =
            [("sum.amount", "100"), ("sum.currency", "USD"), ("terms", "1")].map(text).into();
        let given = [("sum.amount", "120"), ("sum.currency", "USD"), ("terms", "terms.pdf")];
        let merged = form.merge(&seen, &given.map(text));
        assert_eq!(merged.contested, ["sum.amount", "sum.currency", "terms"]);
        assert_eq!(merged.taken, [""; 0]);
    }

    #[test]
    fn people_are_mentioned_by_login() {
        assert_eq!(mentioned("ask @a.karimi, or @li.wei."), ["a.karimi", "li.wei"]);
        assert_eq!(mentioned("a@b (@x_1) @ @"), ["x_1"]);
        assert_eq!(mentioned("نعم @a.karimi؟"), ["a.karimi"]);
    }
}
