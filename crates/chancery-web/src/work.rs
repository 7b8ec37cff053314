//! Where people work: what is due, forms, changes that wait, imports, comments.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chancery_app::{
    Act, Error, Form, Review, Rows, Submission, Submitted, Who, date, day_text, number,
};
use chancery_model::value::read_date;
use chancery_model::{Diagnostics, FieldType, Language, access, entry};
use serde_json::{Value, json};

use crate::mail::{notice_href, notice_word};
use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site, with};
use crate::visit::{Known, Sent, Visitor};
use crate::words::word;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/work", get(work))
        .route("/{lang}/new/{register}", get(new).post(record_new))
        .route("/{lang}/edit/{register}/{*key}", get(edit).post(record_edit))
        .route("/{lang}/withdraw/{register}/{*key}", post(withdraw))
        .route("/{lang}/comment/{register}/{*key}", post(comment))
        .route("/{lang}/changes/{number}", get(change).post(review))
        .route("/{lang}/import/{register}", get(import_page).post(import))
        .route("/{lang}/several/{register}", post(several))
        .route("/{lang}/suggest/{register}", get(suggest))
}

/// A record's page.
pub(crate) fn record_href(language: Language, register: &str, key: &str) -> String {
    format!("/{language}/registers/{}/{}", encode(register), encode_path(key))
}

async fn work(State(site): Shared, known: Known) -> Response {
    let Known { visitor, who } = &known;
    let language = visitor.language;
    let read = async {
        let due = site.home.due(who, language).await?;
        let proposed = site.home.proposed(who, language).await?;
        let notices = site.home.notices(who, language).await?;
        site.home.read_notices(who).await?;
        let records = proposed.iter().map(|own| (own.register.as_str(), own.key.as_str()));
        let told = notices.iter().map(|own| (own.register.as_str(), own.key.as_str()));
        let mut titles = site.home.titles(records.chain(told), &visitor.reader).await?;
        let told = titles.split_off(proposed.len());
        Ok::<_, Error>((due, proposed, titles, notices, told))
    };
    let (due, proposed, titles, notices, told) = match read.await {
        Ok(read) => read,
        Err(error) => {
            return site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await;
        }
    };
    let due_count = number(language, &due.len().to_string());
    let due: Vec<Value> = due
        .iter()
        .map(|due| {
            let mut shown = json!(due);
            shown["href"] = json!(record_href(language, &due.register, &due.key));
            shown["day"] = json!(
                read_date(&due.by).map_or_else(|_| due.by.clone(), |day| date(language, day))
            );
            shown
        })
        .collect();
    let (mine, to_review): (Vec<_>, Vec<_>) = proposed
        .iter()
        .zip(titles)
        .map(|(own, title)| {
            let label = site.register_label(&own.register, language);
            let status = site.code_label((access::PROPOSAL, "status"), &own.status, language);
            let shown = json!({
                "number": own.number, "title": title, "label": label, "author": own.author,
                "status": status, "remark": own.remark,
            });
            (own.mine, shown)
        })
        .partition(|(mine, _)| *mine);
    let plain = |all: Vec<(bool, Value)>| all.into_iter().map(|(_, one)| one).collect::<Vec<_>>();
    let notices: Vec<Value> = notices
        .iter()
        .zip(told)
        .map(|(notice, title)| {
            let mut shown = json!(notice);
            shown["label"] = json!(notice_word(language, notice.kind));
            shown["href"] = json!(notice_href(language, notice));
            shown["day"] = json!(day_text(language, &notice.time));
            shown["title"] = json!(title);
            shown
        })
        .collect();
    let more = json!({
        "due": due,
        "due_count": due_count,
        "mine": plain(mine),
        "to_review": plain(to_review),
        "notices": notices,
        "records": site.writable(who, &Act::Record, language),
        "proposes": site.writable(who, &Act::Propose, language),
        "demonstration": who.demonstration,
    });
    site.page("work.html", (visitor, "/work", "work"), more).await
}

impl Site {
    pub(crate) fn register_label(&self, register: &str, language: Language) -> String {
        let declared = self.home.programme().registers.get(register);
        declared.map_or_else(|| register.to_owned(), |own| own.label[language].clone())
    }

    /// What a code of a field is called.
    pub(crate) fn code_label(
        &self,
        (register, field): (&str, &str),
        code: &str,
        language: Language,
    ) -> String {
        let programme = self.home.programme();
        let field = programme.registers.get(register).and_then(|own| own.fields.get(field));
        let list = field.and_then(|field| programme.codelists.get(field.codelist.as_ref()?));
        let found = list.and_then(|list| list.codes.get(code));
        found.map_or_else(|| code.to_owned(), |code| code.label[language].clone())
    }

    pub(crate) fn said(&self, said: &chancery_app::Said, language: Language) -> Value {
        let mut shown = json!(said);
        if let Some((register, key)) = entry::split_record_id(&said.record) {
            shown["href"] = json!(record_href(language, register, key));
        }
        shown["day"] = json!(day_text(language, &said.time));
        shown
    }

    /// The registers in which somebody may record, or only propose, by pack.
    fn writable(&self, who: &Who, act: &Act, language: Language) -> Vec<Value> {
        let programme = self.home.programme();
        let does = |name: &str| {
            let records = self.home.may(who, &Act::Record, name);
            self.writes(who, name) && records == (*act == Act::Record)
        };
        let packs = programme.packs.iter().map(|(name, pack)| {
            let own = programme.registers_of(name).filter(|name| does(name));
            let registers: Vec<Value> = own
                .filter_map(|name| Some((name, programme.registers.get(name)?)))
                .map(|(name, own)| json!({"name": name, "label": own.label[language]}))
                .collect();
            json!({"title": pack.title[language], "registers": registers})
        });
        packs.filter(|pack| pack["registers"] != json!([])).collect()
    }

    /// Whether somebody may record something in a register, or propose it. The platform itself keeps its
    /// own registers.
    pub(crate) fn writes(&self, who: &Who, register: &str) -> bool {
        !access::REGISTERS.contains(&register)
            && [Act::Record, Act::Propose].iter().any(|act| self.home.may(who, act, register))
    }

    /// Why something could not be done to a record.
    async fn refused_of(&self, visitor: &Visitor, name: &str, key: &str, error: Error) -> Response {
        let path = format!("/registers/{}/{}", encode(name), encode_path(key));
        self.problem((visitor, &path), error, StatusCode::UNPROCESSABLE_ENTITY).await
    }

    /// The page with a form, perhaps with what was given already and what is wrong with it.
    async fn form_page(
        &self,
        visitor: &Visitor,
        path: &str,
        form: &Form,
        given: Option<&[(String, String)]>,
        more: Value,
        problems: &Diagnostics,
    ) -> Response {
        let mut shown = json!(form);
        let mut beside = Vec::new();
        let names: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
        for field in shown["fields"].as_array_mut().into_iter().flatten() {
            let name = field["name"].as_str().unwrap_or_default().to_owned();
            for part in field["parts"].as_array_mut().into_iter().flatten() {
                let suffix = part[0].as_str().unwrap_or_default();
                let input =
                    if suffix.is_empty() { name.clone() } else { format!("{name}.{suffix}") };
                let label = match suffix.parse::<Language>() {
                    Ok(language) => word(language, "name").to_owned(),
                    Err(_) => word(visitor.language, &format!("part_{suffix}")).to_owned(),
                };
                let language = suffix.parse::<Language>().ok();
                let value = match given {
                    Some(given) => {
                        let own = given.iter().filter(|(own, _)| *own == input);
                        own.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("|")
                    }
                    None => part[1].as_str().unwrap_or_default().to_owned(),
                };
                *part = json!({
                    "input": input, "label": label, "value": value,
                    "lang": language.map(Language::code), "dir": language.map(Language::direction),
                    "chosen": value.split('|').collect::<Vec<_>>(),
                });
            }
            let own = problems.0.iter().filter(|problem| problem.place.field == name);
            let own: Vec<String> =
                own.map(|problem| self.told_beside(problem, visitor.language)).collect();
            field["problems"] = json!(own);
        }
        for problem in &problems.0 {
            if !names.contains(&problem.place.field.as_str()) {
                beside.push(self.told_one(problem, visitor.language));
            }
        }
        let all = with(
            json!({
                "edited": shown,
                "problems": beside,
                "wrong": !problems.0.is_empty(),
                "demonstration": form.demonstration,
            }),
            more,
        );
        let mut response = self.page("form.html", (visitor, path, "work"), all).await;
        if !problems.0.is_empty() {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    }
}

async fn new(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    open_form(&site, &known, &name, None, query.as_deref()).await
}

async fn edit(
    State(site): Shared,
    known: Known,
    Path((_, name, key)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    open_form(&site, &known, &name, Some(&key), query.as_deref()).await
}

/// Where a record is filled in: a new one where there is no key.
fn form_path(name: &str, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("/edit/{}/{}", encode(name), encode_path(key)),
        None => format!("/new/{}", encode(name)),
    }
}

/// The form for a record; a change that was kept or returned is taken up again.
async fn open_form(
    site: &Site,
    Known { visitor, who }: &Known,
    name: &str,
    key: Option<&str>,
    query: Option<&str>,
) -> Response {
    let path = form_path(name, key);
    let query = Query::read(query);
    let opened = async {
        let proposal = match query.get("proposal") {
            Some(number) => Some(site.home.proposal(who, number, visitor.language).await?),
            None => None,
        };
        let proposal = proposal.filter(|own| own.mine);
        let body = proposal.as_ref().map(|own| &own.body);
        let form = site.home.form(who, name, key, body, visitor.language).await?;
        Ok::<_, Error>((form, proposal))
    };
    match opened.await {
        Ok((form, proposal)) => {
            let more = json!({
                "proposal": proposal.as_ref().map(|own| &own.number),
                "source": proposal.as_ref().map(|own| &own.source),
                "remark": proposal.as_ref().map(|own| &own.remark),
            });
            site.form_page(visitor, &path, &form, None, more, &Diagnostics::default()).await
        }
        Err(error) => site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    }
}

async fn record_new(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    submitted(&site, &known, &name, None, &sent).await
}

async fn record_edit(
    State(site): Shared,
    known: Known,
    Path((_, name, key)): Path<(String, String, String)>,
    sent: Sent,
) -> Response {
    submitted(&site, &known, &name, Some(&key), &sent).await
}

/// Records what a form sent, or shows what is wrong with it or what others changed meanwhile.
async fn submitted(
    site: &Site,
    Known { visitor, who }: &Known,
    name: &str,
    key: Option<&str>,
    sent: &Sent,
) -> Response {
    let language = visitor.language;
    let path = form_path(name, key);
    let form = match site.home.form(who, name, key, None, language).await {
        Ok(form) => form,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    // What a browser sends beside the fields has names that no field can have.
    let mut cells: Vec<(String, String)> = Vec::new();
    let is_file = |field: &&chancery_app::FormField| field.kind == FieldType::File;
    let attached = site.attached(who, &form, sent).await;
    let attached = match attached {
        Ok(attached) => attached,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    if let Some(Attached { field, file, .. }) = &attached {
        let called = file.file_name().map(|name| name.to_string_lossy().into_owned());
        cells.push((field.clone(), called.unwrap_or_default()));
    }
    // A file that is not sent anew stays.
    for field in form.fields.iter().filter(|field| !is_file(field)) {
        for (part, kept) in &field.parts {
            let input =
                if part.is_empty() { field.name.clone() } else { format!("{}.{part}", field.name) };
            // The key of a record that is there stays; so does what others look at it by.
            let text = match field.fixed {
                true => kept.clone(),
                false => {
                    sent.all(&input).filter(|one| !one.is_empty()).collect::<Vec<_>>().join("|")
                }
            };
            cells.push((input, text));
        }
    }
    let source = sent.get("_source").trim();
    let mut submission = Submission::new(name, Rows::Form(&cells), site.source(source));
    submission.folder = attached.as_ref().and_then(|attached| attached.file.parent());
    submission.replaces = sent.get("_replaces").parse().ok();
    submission.draft = !sent.get("_draft").is_empty();
    submission.proposal = Some(sent.get("_proposal")).filter(|number| !number.is_empty());
    let more = json!({
        "proposal": submission.proposal,
        "source": source,
        "attached": attached.as_ref().map(|own| json!({"field": own.field, "upload": own.upload})),
    });
    match site.home.submit(who, &submission, language).await {
        Ok(Submitted { conflict: Some(latest), .. }) => {
            conflict_page(site, visitor, &path, &form, &cells, latest, more).await
        }
        Ok(done) => {
            if let Some(number) = done.proposed.first() {
                let done = if submission.draft { "drafted" } else { "submitted" };
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
            site.form_page(visitor, &path, &form, Some(&cells), more, &problems).await
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
        number: &str,
    ) -> Result<Option<(String, String)>, Error> {
        let mut fields = form.fields.iter().filter(|field| field.kind == FieldType::File);
        let Some(field) = fields.next().filter(|_| !number.is_empty()) else { return Ok(None) };
        let upload = self.home.proposed_file(who, number, &field.name).await?;
        Ok(upload.map(|upload| (field.name.clone(), upload)))
    }

    /// The file of a form: sent now, or with the form as it was before it was corrected.
    async fn attached(
        &self,
        who: &Who,
        form: &Form,
        sent: &Sent,
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
                _ => match self.proposed(who, form, sent.get("_proposal")).await? {
                    Some(proposed) => proposed,
                    None => return Ok(None),
                },
            },
        };
        let file = self.home.upload(who, &upload).await?;
        Ok(Some(Attached { field, upload, file }))
    }
}

/// Somebody else was faster: what they recorded and what was given stand side by side, and nothing is
/// lost. What is sent from here replaces the latest version.
async fn conflict_page(
    site: &Site,
    visitor: &Visitor,
    path: &str,
    form: &Form,
    cells: &[(String, String)],
    latest: u64,
    more: Value,
) -> Response {
    let mut theirs: BTreeMap<String, &str> = BTreeMap::new();
    for field in &form.fields {
        for (part, text) in &field.parts {
            let input =
                if part.is_empty() { field.name.clone() } else { format!("{}.{part}", field.name) };
            theirs.insert(input, text);
        }
    }
    let label = |input: &str| {
        let name = input.split('.').next().unwrap_or_default();
        let field = form.fields.iter().find(|field| field.name == name);
        field.map_or_else(|| input.to_owned(), |field| field.label.clone())
    };
    let differing = cells.iter().filter(|(input, text)| {
        theirs.get(input).is_some_and(|theirs| theirs.trim() != text.trim())
    });
    let differing: Vec<Value> = differing
        .map(|(input, text)| json!({"label": label(input), "theirs": theirs[input], "mine": text}))
        .collect();
    let mut form = form.clone();
    form.replaces = Some(latest);
    let mut more = more;
    more["conflict"] = json!(differing);
    more["conflict_entry"] = json!(number(visitor.language, &latest.to_string()));
    let mut response =
        site.form_page(visitor, path, &form, Some(cells), more, &Diagnostics::default()).await;
    *response.status_mut() = StatusCode::CONFLICT;
    response
}

async fn withdraw(
    State(site): Shared,
    known: Known,
    Path((_, name, key)): Path<(String, String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let replaces = sent.get("_replaces").parse().ok();
    match site.home.withdraw_by(who, &name, &key, sent.get("reason"), replaces).await {
        Ok(_) => {
            let to = format!("/{}/registers/{}?done=withdrawn", visitor.language, encode(&name));
            Redirect::to(&to).into_response()
        }
        Err(error) => site.refused_of(visitor, &name, &key, error).await,
    }
}

async fn comment(
    State(site): Shared,
    known: Known,
    Path((_, name, key)): Path<(String, String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let language = visitor.language;
    match site.home.comment(who, &name, &key, sent.get("text"), language).await {
        Ok(()) => Redirect::to(&format!("{}#comments", record_href(language, &name, &key)))
            .into_response(),
        Err(error) => site.refused_of(visitor, &name, &key, error).await,
    }
}

async fn change(
    State(site): Shared,
    known: Known,
    Path((_, number)): Path<(String, String)>,
) -> Response {
    let Known { visitor, who } = &known;
    let language = visitor.language;
    let path = format!("/changes/{}", encode(&number));
    let proposal = match site.home.proposal(who, &number, language).await {
        Ok(proposal) => proposal,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let mut shown = json!(proposal);
    let status = site.code_label((access::PROPOSAL, "status"), &proposal.status, language);
    shown["status_label"] = json!(status);
    shown["register_label"] = json!(site.register_label(&proposal.register, language));
    let base = if proposal.replaces.is_some() {
        format!("edit/{}/{}", encode(&proposal.register), encode_path(&proposal.key))
    } else {
        format!("new/{}", encode(&proposal.register))
    };
    let waits = ["draft", "submitted", "returned"].contains(&proposal.status.as_str());
    let more = json!({
        "change": shown,
        "edit": format!("/{language}/{base}?proposal={}", encode(&number)),
        "record": proposal.replaces.map(|_| record_href(language, &proposal.register, &proposal.key)),
        "waits": waits,
        "reviews": proposal.approvable && proposal.status == "submitted",
        "demonstration": proposal.demonstration,
    });
    site.page("change.html", (visitor, &path, "work"), more).await
}

async fn review(
    State(site): Shared,
    known: Known,
    Path((_, number)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let language = visitor.language;
    let path = format!("/changes/{}", encode(&number));
    let verdict = match sent.get("verdict") {
        "approve" => Review::Approve,
        "return" => Review::Return(sent.get("remark").trim().to_owned()),
        _ => Review::Abandon,
    };
    let seen = sent.get("_seen").parse().unwrap_or_default();
    match site.home.review(who, &number, seen, &verdict).await {
        Ok(_) => {
            let done = match verdict {
                Review::Approve => "approved",
                Review::Return(_) => "returned",
                Review::Abandon => "abandoned",
            };
            Redirect::to(&format!("/{language}/work?done={done}")).into_response()
        }
        Err(error) => site.problem((visitor, &path), error, StatusCode::UNPROCESSABLE_ENTITY).await,
    }
}

async fn import_page(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
) -> Response {
    import_form(&site, &known, &name, json!({}), StatusCode::OK).await
}

async fn import_form(
    site: &Site,
    Known { visitor, who }: &Known,
    name: &str,
    more: Value,
    status: StatusCode,
) -> Response {
    let path = format!("/import/{}", encode(name));
    let language = visitor.language;
    let register = match site.home.register_for(name, &visitor.reader) {
        Ok(register) if site.writes(who, name) => register,
        Ok(_) => {
            return site.problem((visitor, &path), Error::Forbidden, StatusCode::FORBIDDEN).await;
        }
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let columns: Vec<Value> = register
        .seen_by(visitor.reader.sees.of(name))
        .map(|(field, own)| {
            let required = own.required || register.key.contains(field);
            json!({"name": field, "label": own.label[language], "help": own.help[language], "required": required})
        })
        .collect();
    let all = with(
        json!({
            "name": name,
            "label": register.label[language],
            "columns": columns,
            "demonstration": who.demonstration,
        }),
        more,
    );
    let mut response = site.page("import.html", (visitor, &path, "work"), all).await;
    *response.status_mut() = status;
    response
}

/// Shows what a file would change; the same file sent again with the word to record it does it.
async fn import(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let language = visitor.language;
    let (records, update) = (!sent.get("_record").is_empty(), !sent.get("_update").is_empty());
    let source = sent.get("_source").trim();
    let upload = match &sent.file {
        Some((_, file, bytes)) if site.writes(who, &name) => {
            site.home.keep_upload(who, file, bytes).await
        }
        _ => Ok(sent.get("_upload").to_owned()),
    };
    match upload {
        Ok(upload) if !upload.is_empty() => {
            let what = (upload.as_str(), source, update, records);
            import_upload(&site, &known, &name, what).await
        }
        Ok(_) => {
            let more = json!({"problems": [word(language, "no_file")]});
            import_form(&site, &known, &name, more, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await,
    }
}

/// Shows what a change of one field of several records would change: it is a file that somebody need not
/// write.
async fn several(
    State(site): Shared,
    known: Known,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    if !site.writes(who, &name) {
        return site.problem((visitor, "/work"), Error::Forbidden, StatusCode::FORBIDDEN).await;
    }
    let keys: Vec<String> = sent.all("_key").map(str::to_owned).collect();
    let all = !sent.get("_all").is_empty();
    if keys.is_empty() && !all {
        let more = json!({"problems": [word(visitor.language, "bulk_none")]});
        return import_form(&site, &known, &name, more, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let made = async {
        let query = Query::read(Some(sent.get("_query").trim_start_matches('?')));
        let sought = crate::portal::sought(&query, 1)?;
        let chosen = (keys.as_slice(), all.then_some(&sought));
        let change = (sent.get("_field"), sent.get("_value").trim());
        let file = site.home.changing_several(&name, chosen, change, &visitor.reader).await?;
        site.home.keep_upload(who, &format!("{name}.csv"), &file).await
    };
    match made.await {
        Ok(upload) => {
            let what = (upload.as_str(), sent.get("_source").trim(), true, false);
            import_upload(&site, &known, &name, what).await
        }
        Err(error) => site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await,
    }
}

/// Shows what a file would change that was sent before, or records it.
async fn import_upload(
    site: &Site,
    known: &Known,
    name: &str,
    (upload, source, update, records): (&str, &str, bool, bool),
) -> Response {
    let Known { visitor, who } = known;
    let language = visitor.language;
    let done = async {
        let file = site.home.upload(who, upload).await?;
        let called = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let called = called.unwrap_or_default();
        let mut submission = Submission::new(
            name,
            Rows::File(&file),
            if source.is_empty() { &called } else { source },
        );
        submission.update = update;
        submission.dry_run = !records;
        Ok::<_, Error>((site.home.submit(who, &submission, language).await?, called))
    };
    match done.await {
        Ok((done, _)) if records => {
            let more = json!({"done": shown(&done, language)});
            import_form(site, known, name, more, StatusCode::OK).await
        }
        Ok((done, called)) => {
            let more = json!({
                "upload": upload,
                "preview": shown(&done, language),
                "update": update,
                "source": source,
                "file": called,
            });
            import_form(site, known, name, more, StatusCode::OK).await
        }
        Err(Error::Wrong(problems)) => {
            let more = json!({"problems": site.told(&problems, language), "update": update, "source": source});
            import_form(site, known, name, more, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => {
            let path = format!("/import/{}", encode(name));
            site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await
        }
    }
}

fn shown(done: &Submitted, language: Language) -> Value {
    let mut shown = json!(done);
    shown["more"] = json!(done.changing > done.changes.len());
    for (name, count) in [
        ("added", done.added),
        ("superseded", done.superseded),
        ("unchanged", done.unchanged),
        ("proposed_count", done.proposed.len()),
        ("change_count", done.changing),
    ] {
        shown[name] = json!(number(language, &count.to_string()));
    }
    shown
}

/// Names that fit what is typed, for a page that asks while somebody types.
async fn suggest(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let typed = query.get("q").unwrap_or_default();
    match site.home.suggestions(&name, typed, &visitor.reader).await {
        Ok(found) => {
            ([(header::CONTENT_TYPE, "application/json")], json!(found).to_string()).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
