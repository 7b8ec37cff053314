//! The forms of records: filled in, corrected, and settled where two people changed the same record.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chancery_app::{
    Draft, Error, Form, FormField, Merged, Rows, Submission, Submitted, Who, number,
};
use chancery_model::{Body, Diagnostic, Diagnostics, FieldType, Language, Place};
use serde_json::{Value, json};

use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site, with};
use crate::visit::{Known, Sent, Visitor};
use crate::words::word;
use crate::work::{Upload, import_upload, record_href};

/// What stands in a form beside what its record says.
#[derive(Clone, Copy)]
struct Filled<'a> {
    /// Each input with the text that was given.
    given: Option<&'a [(String, String)]>,
    problems: &'a Diagnostics,
    /// How it was brought together with what others recorded meanwhile.
    merged: Option<&'a Merged>,
}

/// The source of a fact: what is said of it, and its input in the page, where inputs of fields begin with `f-`.
const SOURCE: &str = "source";

impl Site {
    /// The page with a form.
    async fn form_page(
        &self,
        visitor: &Visitor,
        path: &str,
        form: &Form,
        filled: Filled<'_>,
        more: Value,
    ) -> Response {
        let Filled { problems, merged, .. } = filled;
        let language = visitor.language;
        let mut shown = json!(form);
        let mut settled = Vec::new();
        for (field, own) in shown["fields"].as_array_mut().into_iter().flatten().zip(&form.fields) {
            *field = self.field_shown(own, filled, language);
            let several = own.parts.len() > 1;
            for part in field["parts"].as_array().into_iter().flatten() {
                let taken = part["taken"] == true;
                if taken || part["theirs"] != Value::Null {
                    let label = match several {
                        false => own.label.clone(),
                        true => format!(
                            "{}{}{}",
                            own.label,
                            word(language, "colon"),
                            part["label"].as_str().unwrap_or_default()
                        ),
                    };
                    settled.push(json!({"input": part["input"], "label": label, "taken": taken}));
                }
            }
        }
        let all = with(
            json!({
                "edited": shown,
                "problems": self.told_of_form(&form.fields, problems, language),
                "source_problems": self.told_at(problems, SOURCE, language),
                "demonstration": form.demonstration,
                "settled": merged.map(|_| settled),
                "same": merged.is_some_and(|merged| merged.same),
            }),
            more,
        );
        let mut response = self.page("form.html", (visitor, path, "work"), all).await;
        if merged.is_some() {
            *response.status_mut() = StatusCode::CONFLICT;
        } else if !problems.0.is_empty() {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    }

    /// A field as a page shows it: with what was given for it, and what is wrong with that.
    fn field_shown(&self, own: &FormField, filled: Filled<'_>, language: Language) -> Value {
        let Filled { given, problems, merged } = filled;
        let inputs = own.parts.iter().zip(own.inputs());
        let parts = inputs.map(|((part, _), (input, stands))| {
            let of = part.parse::<Language>().ok();
            let label = match of {
                Some(language) => word(language, "name"),
                None => word(language, &format!("part_{part}")),
            };
            let value = match given {
                Some(given) => {
                    let own = given.iter().filter(|(own, _)| *own == input);
                    own.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("|")
                }
                None => stands.to_owned(),
            };
            let is_in = |inputs: fn(&Merged) -> &Vec<String>| {
                merged.is_some_and(|merged| inputs(merged).contains(&input))
            };
            let contested = is_in(|merged| &merged.contested);
            json!({
                "input": input, "label": label, "value": value,
                "lang": of.map(Language::code), "dir": of.map(Language::direction),
                "chosen": value.split('|').collect::<Vec<_>>(),
                "taken": is_in(|merged| &merged.taken),
                "theirs": contested.then(|| json!({
                    "text": stands, "shown": read_as(own, stands, language),
                })),
            })
        });
        let parts: Vec<Value> = parts.collect();
        let mut shown = json!(own);
        shown["parts"] = json!(parts);
        shown["problems"] = json!(self.told_at(problems, &own.name, language));
        shown
    }

    /// What is wrong with a field, told beside it.
    fn told_at(&self, problems: &Diagnostics, name: &str, language: Language) -> Vec<String> {
        let wrong = problems.0.iter().filter(|problem| is_at(problem, name));
        wrong.map(|problem| self.told_beside(problem, language)).collect()
    }

    /// All that is wrong with a form, each with the input where it is mended.
    fn told_of_form(
        &self,
        fields: &[FormField],
        problems: &Diagnostics,
        language: Language,
    ) -> Vec<Value> {
        let label = |name: &str| {
            let field = fields.iter().find(|field| field.name == name);
            match (field, name) {
                (Some(field), _) => Some(field.label.clone()),
                (None, SOURCE) => Some(word(language, SOURCE).to_owned()),
                (None, name) => self.home.field_label(name, language),
            }
        };
        // In the order of the form; the source stands at its end.
        let place = |problem: &Diagnostic| {
            let place = fields.iter().position(|field| is_at(problem, &field.name));
            let last = if is_at(problem, SOURCE) { fields.len() } else { 0 };
            place.map_or(last, |place| place + 1)
        };
        let mut ordered: Vec<&Diagnostic> = problems.0.iter().collect();
        ordered.sort_by_key(|problem| place(problem));
        let told = ordered.into_iter().map(|problem| {
            let field = fields.iter().find(|field| is_at(problem, &field.name));
            let at = match field {
                Some(field) if field.list && !field.choices.is_empty() => Some(field.name.clone()),
                Some(field) => field.inputs().next().map(|(input, _)| input),
                None => None,
            };
            let source = field.is_none() && is_at(problem, SOURCE);
            let at = match source {
                true => Some(SOURCE.to_owned()),
                false => at.map(|input| format!("f-{input}")),
            };
            json!({"text": self.told_with(problem, language, &label), "at": at})
        });
        told.collect()
    }
}

/// Whether a problem is about a field, alone or with others.
fn is_at(problem: &Diagnostic, name: &str) -> bool {
    problem.place.field.split(", ").any(|field| field == name)
}

/// The text of an input as a person reads it: codes and keys by what they are called.
fn read_as(field: &FormField, text: &str, language: Language) -> String {
    let called = |one: &str| {
        let choice = field.choices.iter().find(|(key, _)| key == one);
        match (choice, field.kind, one) {
            (Some((_, called)), ..) => called.clone(),
            (None, FieldType::Boolean, "true") => word(language, "yes").to_owned(),
            (None, FieldType::Boolean, "false") => word(language, "no").to_owned(),
            _ => one.to_owned(),
        }
    };
    match field.list {
        true => text.split('|').map(called).collect::<Vec<_>>().join(" · "),
        false => called(text),
    }
}

pub(crate) async fn new(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    open_form(&site, &known, &name, None, query.as_deref()).await
}

pub(crate) async fn edit(
    State(site): Shared,
    known: Known,
    Path((_, name, key)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    open_form(&site, &known, &name, Some(&key), query.as_deref()).await
}

/// Where a record is filled in: a new one where there is no key.
pub(crate) fn form_path(name: &str, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("/edit/{}/{}", encode(name), encode_path(key)),
        None => format!("/new/{}", encode(name)),
    }
}

/// The form for a record; a change that was kept or returned is taken up again.
async fn open_form(
    site: &Site,
    known: &Known,
    name: &str,
    key: Option<&str>,
    query: Option<&str>,
) -> Response {
    let Known { visitor, who } = known;
    let path = form_path(name, key);
    let query = Query::read(query);
    let opened = async {
        let proposal = match query.get("proposal") {
            Some(number) => Some(site.home.proposal(who, number, visitor.language).await?),
            None => None,
        };
        let proposal = proposal.filter(|own| own.mine);
        let body = proposal.as_ref().map(|own| &own.body);
        let (mut form, gone) = match &proposal {
            Some(_) => site.form_or_new(known, name, key, body).await?,
            None => (site.home.form(who, name, key, None, visitor.language).await?, None),
        };
        if let Some(own) = proposal.as_ref().filter(|_| gone.is_none()) {
            // What others recorded since it was kept is told when it is sent.
            form.replaces = own.replaces;
        }
        Ok::<_, Error>((form, proposal, gone))
    };
    match opened.await {
        Ok((form, proposal, gone)) => {
            let path = form_path(name, key.filter(|_| gone.is_none()));
            let more = json!({
                "proposal": proposal.as_ref().map(|own| &own.number),
                "source": proposal.as_ref().map(|own| &own.source),
                "remark": proposal.as_ref().map(|own| &own.remark),
            });
            let problems = gone.unwrap_or_default();
            let filled = Filled { given: None, problems: &problems, merged: None };
            site.form_page(visitor, &path, &form, filled, more).await
        }
        Err(error) => site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    }
}

impl Site {
    /// The form for a record; where it was withdrawn meanwhile one for a new record, so that nothing that was
    /// given is lost, with what is to be told.
    async fn form_or_new(
        &self,
        Known { visitor, who }: &Known,
        name: &str,
        key: Option<&str>,
        body: Option<&Body>,
    ) -> Result<(Form, Option<Diagnostics>), Error> {
        let language = visitor.language;
        match self.home.form(who, name, key, body, language).await {
            Err(Error::Wrong(gone)) if key.is_some() => {
                match self.home.form(who, name, None, body, language).await {
                    Ok(form) => Ok((form, Some(gone))),
                    Err(_) => Err(Error::Wrong(gone)),
                }
            }
            form => Ok((form?, None)),
        }
    }
}

pub(crate) async fn record_new(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    submitted(&site, &known, &name, None, &sent).await
}

pub(crate) async fn record_edit(
    State(site): Shared,
    known: Known,
    Path((_, name, key)): Path<(String, String, String)>,
    sent: Sent,
) -> Response {
    submitted(&site, &known, &name, Some(&key), &sent).await
}

/// What somebody hands in for a record.
struct Given {
    cells: Vec<(String, String)>,
    attached: Option<Attached>,
    source: String,
    replaces: Option<u64>,
    draft: bool,
    /// The number of what was kept of it before.
    proposal: Option<String>,
}

impl Given {
    /// What a form has beside its fields.
    fn told(&self) -> Value {
        let attached = |own: &Attached| json!({"field": own.field, "upload": own.upload});
        json!({
            "proposal": self.proposal,
            "source": self.source,
            "attached": self.attached.as_ref().map(attached),
        })
    }
}

/// Takes in what a form sent.
async fn submitted(
    site: &Site,
    known: &Known,
    name: &str,
    key: Option<&str>,
    sent: &Sent,
) -> Response {
    let Known { visitor, who } = known;
    let path = form_path(name, key);
    let (form, gone) = match site.form_or_new(known, name, key, None).await {
        Ok(form) => form,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let proposal = Some(sent.get("_proposal")).filter(|number| !number.is_empty());
    // What a browser sends beside the fields has names that no field can have.
    let takes_theirs = |input: &str| sent.get(&format!("_take.{input}")) == "theirs";
    let attached = match sent.of_another {
        // A file is kept for whoever sends it, and that is not sure.
        true => Ok(None),
        false => site.attached(who, &form, sent, proposal).await,
    };
    let attached = match attached {
        Ok(attached) => attached.filter(|own| !takes_theirs(&own.field)),
        Err(error) => return site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    let text = |field: &FormField, input: &str, stands: &str| {
        // The key of a record that is there stays; so does what others look at it by.
        if field.fixed {
            return stands.to_owned();
        }
        if takes_theirs(input) {
            // As it was shown, whatever others recorded since.
            return sent.get(&format!("_theirs.{input}")).to_owned();
        }
        chosen(sent, input)
    };
    let given = Given {
        cells: cells(&form, attached.as_ref(), text),
        attached,
        source: sent.get("_source").trim().to_owned(),
        replaces: sent.get("_replaces").parse().ok(),
        draft: !sent.get("_draft").is_empty(),
        proposal: proposal.map(str::to_owned),
    };
    if sent.of_another {
        let problem = Diagnostic::error(Place::default(), "a form of another session")
            .hint("look it over and send it again");
        let problems = Diagnostics::from(problem);
        let filled = Filled { given: Some(&given.cells), problems: &problems, merged: None };
        let mut form = form;
        form.replaces = given.replaces;
        return site.form_page(visitor, &path, &form, filled, given.told()).await;
    }
    match gone {
        Some(gone) => site.given_back(visitor, &form, &given, &gone).await,
        None => hand_in(site, known, key, &form, given).await,
    }
}

/// What was typed into an input, or all that was chosen in it.
fn chosen(sent: &Sent, input: &str) -> String {
    sent.all(input).filter(|one| !one.is_empty()).collect::<Vec<_>>().join("|")
}

impl Site {
    /// What was given for a record that was withdrawn meanwhile, in the form for a new one.
    async fn given_back(
        &self,
        visitor: &Visitor,
        form: &Form,
        given: &Given,
        gone: &Diagnostics,
    ) -> Response {
        let path = form_path(&form.register, None);
        let filled = Filled { given: Some(&given.cells), problems: gone, merged: None };
        self.form_page(visitor, &path, form, filled, given.told()).await
    }
}

/// Submits a draft as it was kept.
pub(crate) async fn submit_draft(
    site: &Site,
    known: &Known,
    number: &str,
    sent: &Sent,
) -> Response {
    let Known { visitor, who } = known;
    let language = visitor.language;
    let path = format!("/changes/{}", encode(number));
    let opened = async {
        let proposal = site.home.proposal(who, number, language).await?;
        if !proposal.mine || proposal.status != "draft" {
            return Err(Error::Forbidden);
        }
        let key = proposal.replaces.map(|_| proposal.key.clone());
        let body = Some(&proposal.body);
        let (form, gone) =
            site.form_or_new(known, &proposal.register, key.as_deref(), body).await?;
        let attached = site.attached(who, &form, sent, Some(number)).await?;
        Ok((proposal, key, form, attached, gone))
    };
    let (proposal, key, form, attached, gone) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    // Another page may have changed or submitted it meanwhile.
    if sent.get("_seen") != proposal.entry.to_string() {
        return Redirect::to(&format!("/{language}{path}")).into_response();
    }
    let given = Given {
        cells: cells(&form, attached.as_ref(), |_, _, text| text.to_owned()),
        attached,
        source: proposal.source,
        replaces: proposal.replaces,
        draft: false,
        proposal: Some(number.to_owned()),
    };
    match gone {
        Some(gone) => site.given_back(visitor, &form, &given, &gone).await,
        None => hand_in(site, known, key.as_deref(), &form, given).await,
    }
}

/// Each input of a form with its text. A file that is not sent anew stays.
fn cells(
    form: &Form,
    attached: Option<&Attached>,
    text: impl Fn(&FormField, &str, &str) -> String,
) -> Vec<(String, String)> {
    let file = attached.map(|Attached { field, file, .. }| {
        let called = file.file_name().map(|name| name.to_string_lossy().into_owned());
        (field.clone(), called.unwrap_or_default())
    });
    let fields = form.fields.iter().filter(|field| field.kind != FieldType::File);
    let others = fields.flat_map(|field| {
        field.inputs().map(|(input, stands)| {
            let text = text(field, &input, stands);
            (input, text)
        })
    });
    file.into_iter().chain(others).collect()
}

/// Records what was handed in, or shows what is wrong with it or what others changed meanwhile.
async fn hand_in(
    site: &Site,
    Known { visitor, who }: &Known,
    key: Option<&str>,
    form: &Form,
    given: Given,
) -> Response {
    let language = visitor.language;
    let name = form.register.as_str();
    let path = form_path(name, key);
    let mut more = given.told();
    let Given { cells, attached, source, replaces, draft, proposal } = given;
    let folder = attached.as_ref().and_then(|attached| attached.file.parent());
    let proposal = proposal.as_deref();
    if draft {
        let (register, inputs, source) = (name, cells.as_slice(), source.as_str());
        let draft = Draft { register, key, inputs, source, folder, replaces, proposal };
        return match site.home.keep_draft(who, &draft).await {
            Ok(number) => {
                let to = format!("/{language}/changes/{}?done=drafted", encode(&number));
                Redirect::to(&to).into_response()
            }
            Err(error) => site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
        };
    }
    let mut submission = Submission::new(name, Rows::Form(&cells), &source);
    submission.folder = folder;
    submission.replaces = replaces;
    submission.proposal = proposal;
    match site.home.submit(who, &submission, language).await {
        Ok(Submitted { conflict: Some(latest), .. }) => {
            let merged = async {
                // As it stands now, whatever was put into the form.
                let mut form = site.home.form(who, name, key, None, language).await?;
                let seen = match replaces {
                    Some(entry) => site.home.inputs_at(who, &form, entry).await?,
                    None => BTreeMap::new(),
                };
                form.replaces = Some(latest);
                Ok::<_, Error>((form.merge(&seen, &cells), form))
            };
            match merged.await {
                Ok((merged, form)) => {
                    more["entry"] = json!(number(language, &latest.to_string()));
                    let problems = Diagnostics::default();
                    let given = Some(merged.given.as_slice());
                    let filled = Filled { given, problems: &problems, merged: Some(&merged) };
                    site.form_page(visitor, &path, &form, filled, more).await
                }
                Err(error) => site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
            }
        }
        Ok(done) => {
            if let Some(number) = done.proposed.first() {
                let to = format!("/{language}/changes/{}?done=submitted", encode(number));
                return Redirect::to(&to).into_response();
            }
            let key = key.map(str::to_owned).or_else(|| Some(done.changes.first()?.key.clone()));
            let to = match key {
                Some(key) => record_href(language, name, &key),
                None => format!("/{language}/registers/{}", encode(name)),
            };
            Redirect::to(&format!("{to}?done=recorded")).into_response()
        }
        Err(Error::Wrong(problems)) => {
            let mut form = form.clone();
            form.replaces = replaces;
            let filled = Filled { given: Some(&cells), problems: &problems, merged: None };
            site.form_page(visitor, &path, &form, filled, more).await
        }
        Err(error) => site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
    }
}

/// A file that somebody sent with a form.
struct Attached {
    field: String,
    /// Under which name it is kept until the form can be recorded.
    upload: String,
    file: PathBuf,
}

impl Site {
    /// The file that a change which waits had already: the field, and under which name it is kept.
    async fn proposed(
        &self,
        who: &Who,
        form: &Form,
        number: Option<&str>,
    ) -> Result<Option<(String, String)>, Error> {
        let mut fields = form.fields.iter().filter(|field| field.kind == FieldType::File);
        let (Some(field), Some(number)) = (fields.next(), number) else { return Ok(None) };
        let upload = self.home.proposed_file(who, number, &field.name).await?;
        Ok(upload.map(|upload| (field.name.clone(), upload)))
    }

    /// The file of a form: sent now, or with the form as it was before it was corrected.
    async fn attached(
        &self,
        who: &Who,
        form: &Form,
        sent: &Sent,
        proposal: Option<&str>,
    ) -> Result<Option<Attached>, Error> {
        let takes = |name: &str| {
            let mut fields = form.fields.iter();
            fields.any(|field| field.name == name && field.kind == FieldType::File)
        };
        let (field, upload) = match &sent.file {
            Some((field, name, bytes)) if takes(field) => {
                (field.clone(), self.home.keep_upload(who, name, bytes).await?)
            }
            _ => match sent.get("_attached").split_once(' ') {
                Some((field, upload)) if takes(field) => (field.to_owned(), upload.to_owned()),
                _ => match self.proposed(who, form, proposal).await? {
                    Some(proposed) => proposed,
                    None => return Ok(None),
                },
            },
        };
        let file = self.home.upload(who, &upload).await?;
        Ok(Some(Attached { field, upload, file }))
    }
}

/// Gives a field of several records another value: shows the field, then what would change. That is a file
/// that somebody need not write.
pub(crate) async fn several(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let language = visitor.language;
    if !site.writes(who, &name) {
        return site.problem((visitor, "/work"), Error::Forbidden, StatusCode::FORBIDDEN).await;
    }
    let keys: Vec<String> = sent.all("_key").map(str::to_owned).collect();
    let all = !sent.get("_all").is_empty();
    let query = Query::read(Some(sent.get("_query").trim_start_matches('?')));
    let asked = query.written();
    let chosen_so = async {
        let sought = crate::portal::sought(&query, 1)?;
        let field = site.home.field_of_several(&name, sent.get("_field"), &visitor.reader).await?;
        let total = match all {
            true => site.home.page(&name, &sought, &visitor.reader).await?.total,
            false => keys.len(),
        };
        Ok::<_, Error>((sought, field, total))
    };
    let (sought, field, total) = match chosen_so.await {
        Ok(chosen) => chosen,
        Err(error) => {
            return site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await;
        }
    };
    let source = sent.get("_source").trim();
    let inputs: Vec<(String, String)> =
        field.inputs().map(|(input, _)| (input.clone(), chosen(&sent, &input))).collect();
    let none = keys.is_empty() && !all;
    let given = !sent.get("_given").is_empty() && !none;
    let mut problems = Diagnostics::default();
    if none {
        problems.push(
            Diagnostic::error(Place::default(), "no record that is chosen")
                .hint("go back to the list and mark the records that are to be changed"),
        );
    }
    if given {
        let changed = async {
            let which = (keys.as_slice(), all.then_some(&sought));
            let (file, keys) =
                site.home.changing_several(&name, which, &inputs, &visitor.reader).await?;
            let called = format!("{}.csv", site.register_label(&name, language));
            let upload = site.home.keep_upload(who, &called, &file).await?;
            let file = site.home.upload(who, &upload).await?;
            let mut submission = Submission::new(&name, Rows::File(&file), source);
            (submission.update, submission.dry_run) = (true, true);
            match site.home.submit(who, &submission, language).await {
                Err(Error::Wrong(problems)) => {
                    Err(site.of_records(visitor, &name, &keys, problems).await)
                }
                Err(error) => Err(error),
                Ok(_) => Ok(upload),
            }
        };
        match changed.await {
            Ok(upload) => {
                let what = Upload { upload: &upload, source, update: true, records: false };
                return import_upload(&site, &known, &name, &what, Some(&asked)).await;
            }
            Err(Error::Wrong(wrong)) => problems = wrong,
            Err(error) => {
                return site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await;
            }
        }
    }
    let filled = Filled { given: given.then_some(&inputs), problems: &problems, merged: None };
    let path = format!("/several/{}", encode(&name));
    let more = json!({
        "name": name,
        "label": site.register_label(&name, language),
        "total": number(language, &total.to_string()),
        "field": site.field_shown(&field, filled, language),
        "problems": site.told_of_form(std::slice::from_ref(&field), &problems, language),
        "source": source,
        "source_problems": site.told_at(&problems, SOURCE, language),
        "none": none,
        "keys": keys,
        "all": all,
        "query": asked,
        "back": format!("/{language}/registers/{}{asked}", encode(&name)),
    });
    let mut response = site.page("several.html", (visitor, &path, "work"), more).await;
    if !problems.0.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

impl Site {
    /// What is wrong with the lines of a file that was made of records, told of the records; what is wrong
    /// with all of them alike is told once.
    async fn of_records(
        &self,
        visitor: &Visitor,
        name: &str,
        keys: &[String],
        problems: Diagnostics,
    ) -> Error {
        // The first line names the columns.
        let record = |line: usize| keys.get(line.checked_sub(2)?).map(|key| (name, key.as_str()));
        let mut alike: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        let of =
            |own: &Diagnostic| (own.place.field.clone(), own.found.clone(), own.expected.clone());
        problems.0.iter().for_each(|own| *alike.entry(of(own)).or_default() += 1);
        let mut told = Vec::new();
        for mut problem in problems.0 {
            match alike.get_mut(&of(&problem)) {
                Some(0) => continue,
                Some(count) if *count == keys.len() => {
                    (*count, problem.place.line) = (0, 0);
                    problem.place.file.clear();
                }
                _ => {}
            }
            told.push(problem);
        }
        let mut problems = Diagnostics(told);
        let records = problems.0.iter().filter_map(|problem| record(problem.place.line));
        let titles = match self.home.titles(records, &visitor.reader).await {
            Ok(titles) => titles,
            Err(error) => return error,
        };
        let own = problems.0.iter_mut().filter(|problem| record(problem.place.line).is_some());
        for (problem, title) in own.zip(titles) {
            (problem.place.file, problem.place.line) = (title, 0);
        }
        Error::Wrong(problems)
    }
}
