//! Where reports are written: source beside preview, measures to be put in, figures as they are now.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chancery_app::{Error, ReportFormat};
use chancery_model::{Diagnostic, Diagnostics, Language, Place};
use serde_json::json;
use std::sync::Arc;

use crate::query::encode;
use crate::server::{Shared, Site, busy, with};
use crate::visit::{Known, Sent};
use crate::words::word;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/write/{report}/{of}", get(editor).post(save))
        .route("/{lang}/write/{report}/{of}/preview", post(preview))
        .route("/{lang}/write/{report}/{of}/source", get(source))
}

type Which = Path<(String, String, String)>;

/// The language in which a source is written.
fn of(named: &str) -> Language {
    named.parse().unwrap_or(Language::En)
}

async fn editor(State(site): Shared, known: Known, Path((_, report, named)): Which) -> Response {
    editor_page(&site, &known, &report, of(&named), None, json!({}), StatusCode::OK).await
}

async fn editor_page(
    site: &Site,
    Known { visitor, who }: &Known,
    report: &str,
    of: Language,
    given: Option<&str>,
    more: serde_json::Value,
    status: StatusCode,
) -> Response {
    let path = format!("/write/{}/{of}", encode(report));
    let manuscript = match site.home.manuscript(who, report, of).await {
        Ok(manuscript) => manuscript,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let measures = match site.home.insertables(visitor.language, of).await {
        Ok(measures) => measures,
        Err(error) => return site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    let title = site.home.programme().reports.get(report).map(|own| own.head.title[of].clone());
    let languages = Language::ALL.map(|language| {
        json!({
            "code": language.code(), "dir": language.direction(), "name": word(language, "name"),
            "href": format!("/{}/write/{}/{language}", visitor.language, encode(report)),
        })
    });
    let all = with(
        json!({
            "report": report,
            "title": title,
            "of": of.code(),
            "of_dir": of.direction(),
            "sources": languages,
            "text": given.unwrap_or(&manuscript.text),
            "version": manuscript.version,
            "author": manuscript.author,
            "measures": measures,
            "puts": site.packs.is_some(),
        }),
        more,
    );
    let mut response = site.page("write.html", (visitor, &path, "reports"), all).await;
    *response.status_mut() = status;
    // The preview stands in a frame of ours.
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    response
}

async fn save(
    State(site): Shared,
    known: Known,
    Path((_, report, named)): Which,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let (language, of) = (visitor.language, of(&named));
    let text = sent.get("text");
    let seen = sent.get("_seen").parse().unwrap_or_default();
    let path = format!("/write/{}/{of}", encode(&report));
    match site.home.save_manuscript(who, &report, of, text, seen).await {
        Ok(Ok(_)) => {}
        Ok(Err(latest)) => {
            let more = json!({"conflict": latest.text, "conflict_by": latest.author});
            let status = StatusCode::CONFLICT;
            return editor_page(&site, &known, &report, of, Some(text), more, status).await;
        }
        Err(error) => return site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
    }
    if let Some(packs) = site.packs.as_deref().filter(|_| !sent.get("_put").is_empty()) {
        return match site.home.put_into_pack(who, &report, of, packs).await {
            Ok(_) => {
                let more = json!({"done": word(language, "put_done")});
                editor_page(&site, &known, &report, of, None, more, StatusCode::OK).await
            }
            Err(Error::Wrong(problems)) => {
                let more = json!({"problems": site.told_of_source(&problems, visitor.language)});
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                editor_page(&site, &known, &report, of, None, more, status).await
            }
            Err(error) => site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
        };
    }
    Redirect::to(&format!("/{language}{path}?done=kept")).into_response()
}

/// The report from the source as it is typed, or what is wrong with it and where.
async fn preview(
    State(site): Shared,
    known: Known,
    Path((_, report, named)): Which,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let of = of(&named);
    let text = sent.get("text").replace("\r\n", "\n");
    let built = async {
        let Some(_turn) = site.turn().await else { return Ok(None) };
        let built = site.home.preview(who, &report, of, &text).await?;
        built.content(ReportFormat::Html).map(|(content, _)| Some(content))
    };
    let framed = HeaderValue::from_static(
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    );
    let mut response = match built.await {
        Ok(None) => return busy(),
        Ok(Some(content)) => {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], content).into_response()
        }
        Err(Error::Wrong(problems)) => {
            let told = site.told_of_source(&problems, visitor.language);
            let page = site.rendered(
                "wrong.html",
                visitor.language,
                json!({
                    "lang": visitor.language.code(), "dir": visitor.language.direction(),
                    "style": site.style(), "problems": told,
                }),
            );
            Html(page).into_response()
        }
        Err(error) => {
            return site.problem((visitor, "/reports"), error, StatusCode::BAD_REQUEST).await;
        }
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, framed);
    response
}

impl Site {
    /// What is wrong with a source, each with its place there.
    fn told_of_source(&self, problems: &Diagnostics, language: Language) -> Vec<serde_json::Value> {
        let told = problems.0.iter().map(|problem| {
            // It is plain which source.
            let place = Place { file: String::new(), ..problem.place.clone() };
            let text = self.told_one(&Diagnostic { place, ..problem.clone() }, language);
            let place = &problem.place;
            json!({
                "text": text, "line": place.line, "column": place.column, "length": place.length,
            })
        });
        told.collect()
    }
}

/// What is kept, as a file.
async fn source(State(site): Shared, known: Known, Path((_, report, named)): Which) -> Response {
    let Known { visitor, who } = &known;
    let of = of(&named);
    match site.home.manuscript(who, &report, of).await {
        Ok(manuscript) => {
            let headers = [
                (header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{of}.md\"")),
            ];
            (headers, manuscript.text).into_response()
        }
        Err(error) => site.problem((visitor, "/reports"), error, StatusCode::NOT_FOUND).await,
    }
}
