//! Answers that are kept: what was told of one point of the journal stays true of it, so a page is
//! made once for each, and a browser that has it is told so.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
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
    /// The same in fewer bytes, once somebody wants it so; nothing where it would be no fewer.
    small: Arc<OnceLock<Option<Bytes>>>,
}

/// What is shorter is sent as it is.
const SMALLEST: usize = 1024;

impl Answer {
    fn new(headers: HeaderMap, body: Bytes) -> Self {
        Self { headers, body, small: Arc::default() }
    }

    /// In fewer bytes, for a browser that says that it can read them. Only what anybody may be told is kept
    /// here: beside a secret, the length of what is packed would tell of it.
    fn small(&self) -> Option<Bytes> {
        let packed = || {
            let kind = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
            let text = ["text/", "application/json", "application/xml"];
            if self.body.len() < SMALLEST || !text.iter().any(|own| kind.starts_with(own)) {
                return None;
            }
            let mut packer = GzEncoder::new(Vec::new(), Compression::new(5));
            packer.write_all(&self.body).ok()?;
            packer.finish().ok().map(Bytes::from)
        };
        self.small.get_or_init(packed).clone()
    }
}

/// Whether a browser reads what is packed so.
fn reads_packed(headers: &HeaderMap) -> bool {
    let asked = headers.get(header::ACCEPT_ENCODING).and_then(|asked| asked.to_str().ok());
    let mut asked = asked.unwrap_or_default().split(',').map(|one| one.split(';'));
    asked.any(|mut one| {
        let gzip = one.next().is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip"));
        gzip && !one.any(|own| own.trim().trim_start_matches("q=").parse() == Ok(0.0))
    })
}

#[derive(Clone)]
pub(crate) struct Bytewise;

impl Weighter<Key, Answer> for Bytewise {
    fn weight(&self, (_, _, address): &Key, answer: &Answer) -> u64 {
        // The headers are few and short.
        (address.len() + answer.body.len() * 5 / 4 + 512) as u64
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
        || crate::visit::session(request.headers(), site.secure).is_some();
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
    let tag = format!("W/\"{size}-{version}-{}-{day}\"", env!("CARGO_PKG_VERSION"));
    let asked = request.headers_mut().remove(header::IF_NONE_MATCH);
    let is_known = asked.as_ref().and_then(|asked| asked.to_str().ok()).is_some_and(|asked| {
        // Whether strong or weak, what is compared is what it names.
        let mut own = asked.split(',').map(|one| one.trim().trim_start_matches(['W', 'w', '/']));
        own.any(|one| one == &tag[2..] || one == "*")
    });
    let key = (size, day, address);
    let packs = reads_packed(request.headers());
    let answer = match site.kept.get(&key) {
        Some(answer) => answer,
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
            let answer = Answer::new(parts.headers, body);
            site.kept.insert(key, answer.clone());
            answer
        }
    };
    let small = if packs { answer.small() } else { None };
    let packed = small.is_some();
    let body = small.unwrap_or(answer.body);
    let mut response = Response::new(match is_known || head {
        true => Body::empty(),
        false => Body::from(body.clone()),
    });
    *response.headers_mut() = answer.headers;
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    if is_known {
        headers.remove(header::CONTENT_LENGTH);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
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
