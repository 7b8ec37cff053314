//! The interface for programs, `/api/v1`: what the packs declare, as JSON.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chancery_app::{Error, Once, Reader, Rows, SeenRecords, Submission, Who};
use chancery_model::measure::EVIDENCE;
use chancery_model::{Diagnostic, Language, Place, Visibility, Wanted};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::portal::{given, sought};
use crate::query::{Query, encode};
use crate::server::{Shared, Site};
use crate::visit::{SENDING, bearer, session};
use crate::{changes, openapi, search};

/// Records of a page where nobody says how many.
const PAGE: usize = 100;
/// Of what is wrong so much is told at once.
const MOST_TOLD: usize = 1000;
/// Rows of evidence that come with a figure where nobody says how many, and at most.
pub(crate) const SOME_EVIDENCE: usize = 100;
pub(crate) const MOST_EVIDENCE: usize = 1000;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/openapi.json", get(openapi::openapi))
        .route("/registers", get(registers))
        .route("/registers/{register}/records", get(records).post(record_all))
        .route("/registers/{register}/records/{*key}", get(record).put(replace))
        .route("/changes", get(changes::changes))
        .route("/search", get(search::find))
        .route("/measures", get(measures))
        .route("/measures/{measure}", get(measure))
        .route("/entries/{entry}/proof", get(proof))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "there is no such address", vec![]) })
}

/// A problem as RFC 9457 has it, with all that is wrong.
pub(crate) fn problem(status: StatusCode, title: &str, problems: Vec<Value>) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "problems": problems,
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

impl Site {
    pub(crate) fn failed(&self, error: &Error, status: StatusCode) -> Response {
        match error {
            Error::Wrong(problems) => {
                let title =
                    problems.0.first().map_or_else(String::new, |first| first.found.clone());
                let told = problems.0.iter().take(MOST_TOLD).map(|problem| json!(problem));
                problem(status, &title, told.collect())
            }
            Error::Forbidden => problem(StatusCode::FORBIDDEN, "you may not do this", vec![]),
            // What the machine says is no caller's business.
            _ => {
                self.note(error);
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                problem(status, "something went wrong here", vec![])
            }
        }
    }
}

pub(crate) fn answer(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Who asks: a program with a token, somebody who is signed in and looks, or anybody. Texts come in all
/// languages.
pub(crate) struct Caller(pub(crate) Reader, pub(crate) Option<Arc<Who>>);

impl FromRequestParts<Arc<Site>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let who = match bearer(&parts.headers) {
            Some(token) => match site.home.speaks(token).await {
                Ok(Some(who)) => Some(who),
                Ok(None) => {
                    let title = "a token that is not valid, or no longer";
                    let mut refused = problem(StatusCode::UNAUTHORIZED, title, vec![]);
                    let asked = HeaderValue::from_static("Bearer");
                    refused.headers_mut().insert(header::WWW_AUTHENTICATE, asked);
                    return Err(refused);
                }
                Err(error) => return Err(site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR)),
            },
            // A cookie is sent by browsers unasked, so that it is no word for writing.
            None if parts.method == Method::GET => match session(&parts.headers, site.secure) {
                Some(session) => match site.home.session(&session).await {
                    Ok(who) => who,
                    Err(error) => {
                        return Err(site.failed(&error, StatusCode::SERVICE_UNAVAILABLE));
                    }
                },
                None => None,
            },
            None => None,
        };
        let mut reader = Reader::seeing(Language::En, Visibility::Public);
        if let Some(who) = &who {
            reader.sees = who.sees.clone();
        }
        Ok(Self(reader, who))
    }
}

async fn registers(State(site): Shared, Caller(reader, _): Caller) -> Response {
    let size = match site.home.size().await {
        Ok(size) => size,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let seen = site.home.programme().registers.iter();
    let seen = seen.filter(|(name, _)| site.home.register_for(name, &reader).is_ok());
    let listed: Vec<Value> = seen
        .map(|(name, register)| {
            json!({
                "register": name,
                "label": register.label,
                "help": register.help,
                "records": format!("/api/v1/registers/{}/records", encode(name)),
            })
        })
        .collect();
    answer(&json!({"known_at": size, "registers": listed}))
}

async fn records(
    State(site): Shared,
    Caller(reader, _): Caller,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(error) = site.home.register_for(&name, &reader) {
        return site.failed(&error, StatusCode::NOT_FOUND);
    }
    let query = Query::read(query.as_deref());
    let fields: Option<Vec<&str>> = query.get("fields").map(|fields| fields.split(',').collect());
    if query.get("page").is_some() {
        let problem = Diagnostic::error(Place::default().field("page"), "a number of a page")
            .expected("the `next` address of the page before, or its `cursor`")
            .hint("pages move while records are added; cursors do not");
        return site.failed(&problem.into(), StatusCode::BAD_REQUEST);
    }
    let sought = match sought(&query.without("fields"), PAGE) {
        Ok(sought) => sought,
        Err(error) => return site.failed(&error, StatusCode::BAD_REQUEST),
    };
    if let Some(fields) = &fields {
        let declared = site.home.programme().registers.get(&name).into_iter();
        let known = declared.flat_map(|own| own.seen_by(reader.sees.of(&name)));
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        if let Some(field) = fields.iter().find(|field| !known.contains(*field)) {
            let problem = Diagnostic::error(Place::default().field("fields"), format!("`{field}`"))
                .expected("fields of the register")
                .suggest(field, known);
            return site.failed(&problem.into(), StatusCode::BAD_REQUEST);
        }
    }
    let found = site.home.seen_records(&name, &sought, &reader).await;
    let SeenRecords { total, known_at, mut records, cursor } = match found {
        Ok(found) => found,
        Err(error) => return site.failed(&error, StatusCode::BAD_REQUEST),
    };
    if let Some(fields) = fields {
        for record in &mut records {
            record.body.retain(|name, _| fields.contains(&name.as_str()));
        }
    }
    let next = cursor.map(|cursor| {
        let query = query.without("cursor").with("cursor", &cursor);
        format!("/api/v1/registers/{}/records{}", encode(&name), query.written())
    });
    let body = json!({"known_at": known_at, "total": total, "next": next, "records": records});
    answer(&body)
}

async fn record(
    State(site): Shared,
    Caller(reader, _): Caller,
    Path((name, key)): Path<(String, String)>,
) -> Response {
    match site.home.record_page(&name, &key, &reader).await {
        Ok(page) => {
            let body = json!({
                "known_at": page.known_at,
                "key": page.key,
                "entry": page.entry,
                "source": page.source,
                "demonstration": page.demonstration,
                "body": page.body,
                "history": page.history,
            });
            answer(&body)
        }
        Err(error) => match site.home.withdrawn(&name, &key, &reader).await {
            Ok(Some(history)) => {
                let problems =
                    vec![json!({"found": "a record that was withdrawn", "history": history})];
                problem(StatusCode::GONE, "the record was withdrawn", problems)
            }
            _ => site.failed(&error, StatusCode::NOT_FOUND),
        },
    }
}

async fn measures(State(site): Shared, Caller(reader, _): Caller) -> Response {
    let size = match site.home.size().await {
        Ok(size) => size,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let seen = match site.home.measures_for(&reader).await {
        Ok(seen) => seen,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let measures = &site.home.programme().measures;
    let listed: Vec<Value> = seen
        .into_iter()
        .filter_map(|name| Some((name, measures.get(name)?)))
        .map(|(name, measure)| {
            json!({
                "measure": name,
                "label": measure.head.label,
                "unit": measure.head.unit,
                "parameters": measure.head.parameters,
                "figure": format!("/api/v1/measures/{}", encode(name)),
            })
        })
        .collect();
    answer(&json!({"known_at": size, "measures": listed}))
}

async fn measure(
    State(site): Shared,
    Caller(reader, _): Caller,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(error) = site.home.measure_for(&name, &reader).await {
        return site.failed(&error, StatusCode::NOT_FOUND);
    }
    let query = Query::read(query.as_deref());
    let wanted = match query.get(EVIDENCE).map(str::parse) {
        None => Wanted::First(SOME_EVIDENCE),
        Some(Ok(0)) => Wanted::Nothing,
        Some(Ok(most)) if most <= MOST_EVIDENCE => Wanted::First(most),
        Some(_) => {
            let found = format!("`{}`", query.get(EVIDENCE).unwrap_or_default());
            let problem = Diagnostic::error(Place::default().field(EVIDENCE), found)
                .expected(format!("a whole number from 0 to {MOST_EVIDENCE}"));
            return site.failed(&problem.into(), StatusCode::BAD_REQUEST);
        }
    };
    let given = given(&query.without(EVIDENCE));
    match site.home.figure(&name, &given, wanted, None).await {
        Ok(figure) => answer(&json!(figure)),
        Err(error) => site.failed(&error, StatusCode::BAD_REQUEST),
    }
}

/// The proof that an entry is in the journal, in the C2SP form; it shows nothing of the entry.
async fn proof(State(site): Shared, Path(entry): Path<String>) -> Response {
    let Ok(number) = entry.parse() else {
        return problem(StatusCode::NOT_FOUND, "an entry is a number", vec![]);
    };
    match site.home.proof(number).await {
        Ok(Some(proof)) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], proof).into_response()
        }
        Ok(None) => problem(StatusCode::NOT_FOUND, &format!("there is no entry {number}"), vec![]),
        Err(error) => site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// What a program may send at once.
const LARGEST_BODY: usize = 16 << 20;

/// Records that a program sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    records: Vec<Map<String, Value>>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    update: bool,
    #[serde(default)]
    dry_run: bool,
}

/// One record that a program sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentOne {
    body: Map<String, Value>,
    #[serde(default)]
    source: String,
}

fn unknown_caller() -> Response {
    let mut refused =
        problem(StatusCode::UNAUTHORIZED, "a token is needed to record something", vec![]);
    let asked = HeaderValue::from_static("Bearer");
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, asked);
    refused
}

async fn read_body<T: for<'de> Deserialize<'de>>(body: Body) -> Result<(T, Vec<u8>), Response> {
    let bytes = tokio::time::timeout(SENDING, axum::body::to_bytes(body, LARGEST_BODY)).await;
    let bytes = bytes
        .map_err(|_| problem(StatusCode::REQUEST_TIMEOUT, "a body that is too slow", vec![]))?;
    let bytes = bytes
        .map_err(|_| problem(StatusCode::PAYLOAD_TOO_LARGE, "more than 16 MiB at once", vec![]))?;
    let read = serde_json::from_slice(&bytes).map_err(|error| {
        let found = json!({"found": error.to_string()});
        problem(StatusCode::BAD_REQUEST, "a body that cannot be read", vec![found])
    })?;
    Ok((read, bytes.to_vec()))
}

/// Records what a program sends, all or nothing. Of requests with the same key one is carried out.
async fn record_all(
    State(site): Shared,
    Caller(reader, who): Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(who) = who else { return unknown_caller() };
    if let Err(error) = site.home.register_for(&name, &reader) {
        return site.failed(&error, StatusCode::NOT_FOUND);
    }
    let (sent, bytes): (Sent, _) = match read_body(body).await {
        Ok(read) => read,
        Err(refused) => return refused,
    };
    let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap_or_default());
    let begun = match key {
        None => None,
        Some(key) if key.is_empty() || key.len() > 200 => {
            let title = "an Idempotency-Key that is empty or too long";
            return problem(StatusCode::BAD_REQUEST, title, vec![]);
        }
        Some(key) => match site.home.once(&who, key, &name, &bytes).await {
            Ok(Once::First(begun)) => Some(begun),
            Ok(Once::Done(answered)) => return answer(&answered),
            Ok(Once::Running) => {
                let title = "a request with this key is being carried out";
                return problem(StatusCode::CONFLICT, title, vec![]);
            }
            Ok(Once::Other) => {
                let title = "this key was used for another request";
                return problem(StatusCode::UNPROCESSABLE_ENTITY, title, vec![]);
            }
            Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
        },
    };
    let mut submission = Submission::new(&name, Rows::Values(&sent.records), sent.source.trim());
    submission.update = sent.update;
    submission.dry_run = sent.dry_run;
    let done = site.home.submit(&who, &submission, Language::En).await;
    let answered = done.as_ref().ok().map(|done| json!(done));
    if let Some(begun) = begun
        && let Err(error) = site.home.done_once(&begun, answered.as_ref()).await
    {
        return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR);
    }
    match (done, answered) {
        (Ok(_), Some(answered)) => answer(&answered),
        (Err(error), _) => site.failed(&error, StatusCode::UNPROCESSABLE_ENTITY),
        (Ok(_), None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Replaces the version of a record that a program has seen, and no other.
async fn replace(
    State(site): Shared,
    Caller(reader, who): Caller,
    Path((name, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(who) = who else { return unknown_caller() };
    let page = match site.home.record_page(&name, &key, &reader).await {
        Ok(page) => page,
        Err(error) => return site.failed(&error, StatusCode::NOT_FOUND),
    };
    let seen = headers.get(header::IF_MATCH).and_then(|seen| seen.to_str().ok());
    let seen = seen.map(|seen| seen.trim().trim_start_matches("W/").trim_matches('"'));
    let Some(seen) = seen.and_then(|seen| seen.parse::<u64>().ok()) else {
        let title = "If-Match with the number of the entry that is to be replaced is needed";
        return problem(StatusCode::PRECONDITION_REQUIRED, title, vec![]);
    };
    if seen != page.entry {
        return outdated(page.entry);
    }
    let (sent, _): (SentOne, _) = match read_body(body).await {
        Ok(read) => read,
        Err(refused) => return refused,
    };
    let records = [sent.body];
    let mut submission = Submission::new(&name, Rows::Values(&records), sent.source.trim());
    submission.replaces = Some(seen);
    match site.home.submit(&who, &submission, Language::En).await {
        Ok(done) => match done.conflict {
            Some(latest) => outdated(latest),
            None => answer(&json!(done)),
        },
        Err(error) => site.failed(&error, StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// That somebody else was faster.
fn outdated(latest: u64) -> Response {
    let title = format!("the latest version of the record is entry {latest}");
    problem(StatusCode::PRECONDITION_FAILED, &title, vec![])
}
