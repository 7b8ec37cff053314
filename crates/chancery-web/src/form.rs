//! The forms of records: filled in, corrected, and settled where two people changed the same record.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chancery_app::{Error, Form, FormField, Merged, Rows, Submission, Submitted, Who, number};
use chancery_model::{Body, Diagnostics, FieldType, Language};
use serde_json::{Value, json};

use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site, with};
use crate::visit::{Known, Sent, Visitor};
use crate::words::word;
use crate::work::record_href;

/// What stands in a form beside what its record says.
struct Filled<'a> {
    /// Each input with the text that was given.
    given: Option<&'a [(String, String)]>,
    problems: &'a Diagnostics,
    /// How it was brought together with what others recorded meanwhile.
    merged: Option<&'a Merged>,
}

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
        let Filled { given, problems, merged } = filled;
        let language = visitor.language;
        let mut shown = json!(form);
        let mut settled = Vec::new();
        for (field, own) in shown["fields"].as_array_mut().into_iter().flatten().zip(&form.fields) {
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
                let taken = is_in(|merged| &merged.taken);
                if contested || taken {
                    let label = match own.parts.len() {
                        1 => own.label.clone(),
                        _ => format!("{}{}{label}", own.label, word(language, "colon")),
                    };
                    settled.push(json!({"input": input, "label": label, "taken": taken}));
                }
                json!({
                    "input": input, "label": label, "value": value,
                    "lang": of.map(Language::code), "dir": of.map(Language::direction),
                    "chosen": value.split('|').collect::<Vec<_>>(),
                    "taken": taken,
                    "theirs": contested.then(|| json!({
                        "text": stands, "shown": read_as(own, stands, language),
                    })),
                })
            });
            field["parts"] = parts.collect();
            let wrong = problems.0.iter().filter(|problem| problem.place.field == own.name);
            field["problems"] = wrong.map(|one| json!(self.told_beside(one, language))).collect();
        }
        let names: BTreeSet<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
        let beside = problems.0.iter().filter(|one| !names.contains(one.place.field.as_str()));
        let beside: Vec<String> = beside.map(|one| self.told_one(one, language)).collect();
        let all = with(
            json!({
                "edited": shown,
                "problems": beside,
                "wrong": !problems.0.is_empty(),
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
    let attached = match site.attached(who, &form, sent, proposal).await {
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
        sent.all(input).filter(|one| !one.is_empty()).collect::<Vec<_>>().join("|")
    };
    let given = Given {
        cells: cells(&form, attached.as_ref(), text),
        attached,
        source: sent.get("_source").trim().to_owned(),
        replaces: sent.get("_replaces").parse().ok(),
        draft: !sent.get("_draft").is_empty(),
        proposal: proposal.map(str::to_owned),
    };
    match gone {
        Some(gone) => site.given_back(visitor, &form, &given, &gone).await,
        None => hand_in(site, known, key, &form, given).await,
    }
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
    let mut submission = Submission::new(name, Rows::Form(&cells), site.source(&source));
    submission.folder = attached.as_ref().and_then(|attached| attached.file.parent());
    submission.replaces = replaces;
    submission.draft = draft;
    submission.proposal = proposal.as_deref();
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
                let done = if draft { "drafted" } else { "submitted" };
                let to = format!("/{language}/changes/{}?done={done}", encode(number));
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
