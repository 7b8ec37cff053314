//! Where people work: what is due, forms, changes that wait, imports, comments.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chancery_app::{
    Act, Error, Review, Rows, Submission, Submitted, Who, date, moment_text, number,
};
use chancery_model::value::read_date;
use chancery_model::{Language, access, entry};
use serde_json::{Value, json};

use crate::form;
use crate::mail::{notice_href, notice_word};
use crate::portal::record_view;
use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site, with};
use crate::visit::{Known, Sent, Visitor};
use crate::words::word;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/work", get(work))
        .route("/{lang}/new/{register}", get(form::new).post(form::record_new))
        .route("/{lang}/edit/{register}/{*key}", get(form::edit).post(form::record_edit))
        .route("/{lang}/withdraw/{register}/{*key}", post(withdraw))
        .route("/{lang}/comment/{register}/{*key}", post(comment))
        .route("/{lang}/changes/{number}", get(change).post(review))
        .route("/{lang}/import/{register}", get(import_page).post(import))
        .route("/{lang}/several/{register}", post(form::several))
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
            // A draft of what is yet to be may have no name.
            let named = |text: &&String| text.chars().any(char::is_alphanumeric);
            let title = [&title, &own.title].into_iter().find(named).cloned();
            let title = title.unwrap_or_else(|| word(language, "new_record").to_owned());
            let status = site.code_label((access::PROPOSAL, "status"), &own.status, language);
            let shown = json!({
                "number": own.number, "title": title, "label": label, "author": own.author,
                "status": status, "remark": own.remark, "entry": own.entry,
                "draft": own.status == "draft",
                "at_once": site.home.may(who, &Act::Record, &own.register),
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
            shown["day"] = json!(moment_text(language, &notice.time));
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
        shown["day"] = json!(moment_text(language, &said.time));
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

    /// Why something could not be done to a record: on its page, with what was written.
    async fn refused_of(
        &self,
        visitor: &Visitor,
        (name, key): (&str, &str),
        error: Error,
        (what, written): (&str, &str),
    ) -> Response {
        let Error::Wrong(problems) = error else {
            let path = format!("/registers/{}/{}", encode(name), encode_path(key));
            return self.problem((visitor, &path), error, StatusCode::FORBIDDEN).await;
        };
        let told = self.told_alone(&problems, visitor.language);
        let more = json!({what: {"written": written, "problems": told}});
        let mut page = record_view(self, visitor, (name, key), None, more).await;
        if page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        page
    }
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
        Err(error) => {
            let written = ("withdrawing", sent.get("reason"));
            site.refused_of(visitor, (&name, &key), error, written).await
        }
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
        Err(error) => {
            let written = ("commenting", sent.get("text"));
            site.refused_of(visitor, (&name, &key), error, written).await
        }
    }
}

async fn change(
    State(site): Shared,
    known: Known,
    Path((_, number)): Path<(String, String)>,
) -> Response {
    change_view(&site, &known, &number, json!({})).await
}

/// The page of a change that waits, with more: what a reviewer wrote and what is wrong with that.
async fn change_view(
    site: &Site,
    Known { visitor, who }: &Known,
    number: &str,
    more: Value,
) -> Response {
    let language = visitor.language;
    let path = format!("/changes/{}", encode(number));
    let proposal = match site.home.proposal(who, number, language).await {
        Ok(proposal) => proposal,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let mut shown = json!(proposal);
    let status = site.code_label((access::PROPOSAL, "status"), &proposal.status, language);
    shown["status_label"] = json!(status);
    shown["register_label"] = json!(site.register_label(&proposal.register, language));
    let key = proposal.replaces.map(|_| proposal.key.as_str());
    let path_of = form::form_path(&proposal.register, key);
    let all = json!({
        "change": shown,
        "edit": format!("/{language}{path_of}?proposal={}", encode(number)),
        "record": proposal.replaces.map(|_| record_href(language, &proposal.register, &proposal.key)),
        "at_once": site.home.may(who, &Act::Record, &proposal.register),
        "reviews": proposal.approvable && proposal.status == "submitted",
        "demonstration": proposal.demonstration,
    });
    site.page("change.html", (visitor, &path, "work"), with(all, more)).await
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
    if sent.get("verdict") == "submit" {
        return form::submit_draft(&site, &known, &number, &sent).await;
    }
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
        Err(Error::Wrong(problems)) => {
            let told = site.told_alone(&problems, language);
            let more = json!({"problems": told, "written": sent.get("remark")});
            let mut page = change_view(&site, &known, &number, more).await;
            if page.status() == StatusCode::OK {
                *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            }
            page
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

pub(crate) async fn import_form(
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
            let what = Upload { upload: &upload, source, update, records };
            let several = sent.fields.iter().any(|(name, _)| name == "_several");
            let asked = Query::read(Some(sent.get("_several").trim_start_matches('?'))).written();
            import_upload(&site, &known, &name, &what, several.then_some(asked.as_str())).await
        }
        Ok(_) => {
            let more = json!({"problems": [word(language, "no_file")]});
            import_form(&site, &known, &name, more, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await,
    }
}

/// A file that was sent before, and what is to be done with it.
pub(crate) struct Upload<'a> {
    pub(crate) upload: &'a str,
    pub(crate) source: &'a str,
    /// Records that exist with other values are superseded.
    pub(crate) update: bool,
    /// It is recorded, and not only shown.
    pub(crate) records: bool,
}

/// Shows what a file would change that was sent before, or records it. One that was made of several records of
/// a list says of which.
pub(crate) async fn import_upload(
    site: &Site,
    known: &Known,
    name: &str,
    &Upload { upload, source, update, records }: &Upload<'_>,
    several: Option<&str>,
) -> Response {
    let Known { visitor, who } = known;
    let language = visitor.language;
    let list = several.map(|query| format!("/{language}/registers/{}{query}", encode(name)));
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
        Ok((done, _)) if records && list.is_some() && !done.needs_approval => {
            let list = list.unwrap_or_default();
            let sign = if list.contains('?') { '&' } else { '?' };
            Redirect::to(&format!("{list}{sign}done=recorded")).into_response()
        }
        Ok((done, _)) if records => {
            let more = json!({"done": shown(&done, language)});
            import_form(site, known, name, more, StatusCode::OK).await
        }
        Ok((done, called)) => {
            let records = done.changes.iter().map(|one| (name, one.key.as_str()));
            let titles = match site.home.titles(records, &visitor.reader).await {
                Ok(titles) => titles,
                Err(error) => {
                    return site.problem((visitor, "/work"), error, StatusCode::BAD_REQUEST).await;
                }
            };
            let mut preview = shown(&done, language);
            for (one, title) in preview["changes"].as_array_mut().into_iter().flatten().zip(titles)
            {
                one["title"] = json!(title);
            }
            let more = json!({
                "upload": upload,
                "preview": preview,
                "update": update,
                "source": source,
                "file": called,
                "several": several,
                "back": list,
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
