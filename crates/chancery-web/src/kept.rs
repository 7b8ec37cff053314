//! Answers that are kept: what was told of one point of the journal stays true of it, so a page is
//! made once for each, and a browser that has it is told so.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::server::Site;

/// So much is kept in all, and no answer that is larger than a part of it.
const CAPACITY: u64 = 64 << 20;
const LARGEST: u64 = 2 << 20;
/// How many answers are expected, at some kilobytes each.
const EXPECTED: usize = 4096;

/// Which answer: the point of the journal, the day and the address.
type Key = (u64, i64, String);

#[derive(Clone)]
pub(crate) struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
pub(crate) struct Bytewise;

impl Weighter<Key, Answer> for Bytewise {
    fn weight(&self, (_, _, address): &Key, answer: &Answer) -> u64 {
        // The headers are few and short.
        (address.len() + answer.body.len() + 512) as u64
    }
}

pub(crate) type Kept = Cache<Key, Answer, Bytewise>;

pub(crate) fn cache() -> Kept {
    Cache::with_weighter(EXPECTED, CAPACITY, Bytewise)
}

/// What tells of secrets, or of what is to come.
fn is_told_once(address: &str) -> bool {
    let mut parts = address.split(['/', '?']).skip(1);
    matches!(
        (parts.next(), parts.next(), parts.next()),
        (_, Some("sign-in" | "sign-on" | "join"), _)
            | (Some("sign-on"), ..)
            | (Some("api"), _, Some("changes"))
    )
}

/// Answers from what is kept, or keeps what is answered.
pub(crate) async fn kept(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    // What somebody is told who says who they are is nobody else's.
    let known = request.headers().contains_key(header::AUTHORIZATION)
        || crate::visit::session(request.headers()).is_some();
    if known {
        let mut response = next.run(request).await;
        let own = HeaderValue::from_static("no-store");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(own);
        return response;
    }
    let address = request.uri().path_and_query().map(|address| address.as_str().to_owned());
    let size = site.home.size().await;
    // The first page of all depends on the browser's language.
    let head = request.method() == Method::HEAD;
    let asks = head || request.method() == Method::GET;
    let address = address.filter(|address| asks && address != "/" && !is_told_once(address));
    let (Some(address), Ok(size)) = (address, size) else {
        let mut response = next.run(request).await;
        let fresh = HeaderValue::from_static("no-store");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(fresh);
        return response;
    };
    // A report takes no parameters, and whoever makes some up is not to have it built anew.
    let report = address.split('/').nth(2) == Some("reports");
    let address = match address.split_once('?') {
        Some((path, _)) if report => path.to_owned(),
        _ => address,
    };
    // Packs and program of another version make other pages.
    let version = site.home.programme().version.get(..8).unwrap_or_default();
    // And what holds as at today holds today.
    let day = site.home.day();
    let tag = format!("\"{size}-{version}-{}-{day}\"", env!("CARGO_PKG_VERSION"));
    let asked = request.headers_mut().remove(header::IF_NONE_MATCH);
    let is_known = asked.as_ref().and_then(|asked| asked.to_str().ok()).is_some_and(|asked| {
        asked.split(',').any(
            |one| matches!(one.trim().trim_start_matches("W/"), one if one == tag || one == "*"),
        )
    });
    let key = (size, day, address);
    let (status, headers, body) = match site.kept.get(&key) {
        Some(answer) => (StatusCode::OK, answer.headers, Body::from(answer.body)),
        None => {
            // The same answer serves those who ask for its head alone.
            *request.method_mut() = Method::GET;
            let response = next.run(request).await;
            let length = response.body().size_hint().exact();
            if response.status() != StatusCode::OK || length.is_none_or(|length| length > LARGEST) {
                return response;
            }
            let (parts, body) = response.into_parts();
            let Ok(body) = axum::body::to_bytes(body, LARGEST as usize).await else {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            };
            site.kept.insert(key, Answer { headers: parts.headers.clone(), body: body.clone() });
            (parts.status, parts.headers, Body::from(body))
        }
    };
    let (status, body) = match is_known {
        true => (StatusCode::NOT_MODIFIED, Body::empty()),
        false if head => (status, Body::empty()),
        false => (status, body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if is_known {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    response
}
