//! Who asks: the language of the page, the session that a browser carries, the token of a program, and
//! whether what is sent comes from a page of ours.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chancery_app::{Error, Home, Reader, Who};
use chancery_model::{Diagnostic, Language, Place, Visibility};

use crate::server::{Site, not_found};

/// The cookie that carries a session. Only pages of this address get it, and no script. Where browsers come
/// by TLS alone, its name keeps other hosts of the same domain from setting it.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-chancery_session" } else { "chancery_session" }
}
/// What a form may send, and what a file may have.
const LARGEST_FORM: usize = 1 << 20;
const LARGEST_FILE: usize = 32 << 20;
/// With what stands around a file.
pub(crate) const LARGEST_BODY: usize = LARGEST_FILE + LARGEST_FORM;
/// No form has more fields.
const MOST_FIELDS: usize = 2000;

/// By then all must be here.
pub(crate) const SENDING: Duration = Duration::from_secs(60);

/// From where somebody is connected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Whoever visits a page.
pub(crate) struct Visitor {
    pub(crate) language: Language,
    pub(crate) reader: Reader,
    pub(crate) who: Option<Arc<Who>>,
    /// The token that the browser carries.
    pub(crate) session: Option<String>,
    /// What was done on the page before.
    pub(crate) done: Option<&'static str>,
    /// Under which name the browser knows this server.
    pub(crate) host: String,
}

/// What a page may say that the page before it did.
const DONE: [&str; 11] = [
    "recorded",
    "submitted",
    "drafted",
    "withdrawn",
    "approved",
    "returned",
    "abandoned",
    "kept",
    "joined",
    "connected",
    "confirmed",
];

impl Visitor {
    pub(crate) fn public(language: Language) -> Self {
        Self {
            language,
            reader: Reader::seeing(language, Visibility::Public),
            who: None,
            session: None,
            done: None,
            host: String::new(),
        }
    }

    pub(crate) fn form_token(&self) -> String {
        self.session.as_deref().map(Home::form_token).unwrap_or_default()
    }
}

/// The session that a request carries.
pub(crate) fn session(headers: &HeaderMap, secure: bool) -> Option<String> {
    carried(headers, cookie_name(secure))
}

/// What a cookie of that name holds.
pub(crate) fn carried(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';'));
    let mut own = pairs.filter_map(|pair| pair.trim().split_once('='));
    let found = own.find(|(own, _)| *own == name);
    found.map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty())
}

/// The token of a program.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The language with which a path begins. There is no page in any other.
fn spoken(path: &str) -> Option<Language> {
    path.split('/').nth(1).unwrap_or_default().parse().ok()
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let Some(language) = spoken(parts.uri.path()) else {
            return Err(not_found(site, &Self::public(Language::En), "/").await);
        };
        let mut visitor = Self::public(language);
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        visitor.host = host.unwrap_or_default().to_owned();
        let query = crate::query::Query::read(parts.uri.query());
        let said = query.get("done");
        visitor.done = DONE.into_iter().find(|done| Some(*done) == said);
        let Some(session) = session(&parts.headers, site.secure) else { return Ok(visitor) };
        match site.home.session(&session).await {
            Ok(Some(who)) => {
                visitor.reader.sees = who.sees.clone();
                visitor.who = Some(who);
                visitor.session = Some(session);
                Ok(visitor)
            }
            // A session that has ended, or one that somebody made up, is none.
            Ok(None) => Ok(visitor),
            Err(error) => {
                site.note(&error);
                Err(later())
            }
        }
    }
}

/// Somebody who is signed in. Others are sent to where one signs in, and from there back.
pub(crate) struct Known {
    pub(crate) visitor: Visitor,
    pub(crate) who: Arc<Who>,
}

impl FromRequestParts<Arc<Site>> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        match &visitor.who {
            Some(who) => {
                let who = Arc::clone(who);
                Ok(Self { visitor, who })
            }
            None => {
                // What was sent is asked for again on the page from which it was sent.
                let sent = parts.headers.get(header::REFERER).and_then(|from| from.to_str().ok());
                let sent = sent.filter(|_| parts.method == Method::POST);
                let sent = sent.and_then(|from| from.split_once("://")?.1.split_once('/'));
                let from = sent.map(|(_, path)| format!("/{path}"));
                let here = || parts.uri.path_and_query().map_or("", |back| back.as_str());
                let back = from.as_deref().unwrap_or_else(here);
                let to = crate::query::Query::default().with("back", back).written();
                Err(Redirect::to(&format!("/{}/sign-in{to}", visitor.language)).into_response())
            }
        }
    }
}

/// What is answered when it cannot be told who asks.
fn later() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "try again in a moment\n")
        .into_response()
}

/// Who sends something: the address that is counted, and what the browser says that it is.
pub(crate) struct Sender {
    pub(crate) place: String,
    pub(crate) agent: String,
}

/// What a form sent: its fields in their order, and at most one file.
pub(crate) struct Sent {
    pub(crate) fields: Vec<(String, String)>,
    /// With the field that it is for, and what it is called.
    pub(crate) file: Option<(String, String, Vec<u8>)>,
    pub(crate) sender: Sender,
    /// Whether it was made for a session that this browser has no more. Nothing is done with it but to give
    /// it back, where a form can be given back.
    pub(crate) of_another: bool,
}

impl Sent {
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The place that counts for limits: behind a proxy that is trusted, what the proxy says.
pub(crate) fn place(site: &Site, parts: &Parts) -> String {
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
    // The last is what our own proxy wrote, in whichever line.
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded.and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|all| all.rsplit(',').next()?.trim().parse().ok());
    let address = if site.behind_proxy { forwarded.or(peer) } else { peer };
    match address.map(|address: IpAddr| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        // A household or an attacker has a whole network of these.
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        None => String::new(),
    }
}

/// Whether a request that changes something comes from a page of this address.
pub(crate) fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, origin)| origin == host)
        }
        // Browsers send the one or the other; programs carry no cookies of others.
        _ => true,
    }
}

impl FromRequest<Arc<Site>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        if !is_ours(&parts.headers) {
            return Err((StatusCode::FORBIDDEN, "a form of another site\n").into_response());
        }
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let sender =
            Sender { place: place(site, &parts), agent: agent.unwrap_or_default().to_owned() };
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let session = session(&parts.headers, site.secure);
        // What a session sends was made for that session.
        let known = match &session {
            Some(token) => match site.home.session(token).await {
                Ok(who) => who.is_some(),
                Err(error) => {
                    site.note(&error);
                    return Err(later());
                }
            },
            None => false,
        };
        // Only who is signed in sends files, and only where files are taken.
        let asked = parts.uri.path().split('/').nth(2);
        let gives_back = matches!(asked, Some("new" | "edit"));
        let takes = gives_back || asked == Some("import");
        let mut head = Request::new(()).into_parts().0;
        (head.uri, head.headers) = (parts.uri.clone(), parts.headers.clone());
        let most = if known && takes { LARGEST_FILE } else { LARGEST_FORM };
        let large = || (StatusCode::PAYLOAD_TOO_LARGE, "too much at once\n").into_response();
        let bad = || (StatusCode::BAD_REQUEST, "no form that can be read\n").into_response();
        let broken = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => large(),
            _ => bad(),
        };
        let (mut fields, mut file) = (Vec::new(), None);
        let reading = async {
            if kind.starts_with("multipart/form-data") {
                let request = Request::from_parts(parts, body);
                let mut parts = Multipart::from_request(request, &()).await.map_err(|_| bad())?;
                let mut size = 0;
                while let Some(mut part) = parts.next_field().await.map_err(broken)? {
                    let name = part.name().unwrap_or_default().to_owned();
                    let file_name = part.file_name().map(str::to_owned);
                    let mut bytes = Vec::new();
                    while let Some(chunk) = part.chunk().await.map_err(broken)? {
                        size += chunk.len();
                        if size > most {
                            return Err(large());
                        }
                        bytes.extend_from_slice(&chunk);
                    }
                    match file_name {
                        Some(called) if !bytes.is_empty() => file = Some((name, called, bytes)),
                        Some(_) => {}
                        None if fields.len() < MOST_FIELDS => {
                            fields.push((name, String::from_utf8(bytes).map_err(|_| bad())?));
                        }
                        None => return Err(large()),
                    }
                }
            } else {
                let bytes = axum::body::to_bytes(body, LARGEST_FORM).await.map_err(|_| large())?;
                let pairs = form_urlencoded::parse(&bytes).into_owned();
                fields.extend(pairs.take(MOST_FIELDS));
            }
            Ok(())
        };
        // Whoever sends a byte now and then is let go.
        let read = tokio::time::timeout(SENDING, reading).await;
        read.map_err(|_| (StatusCode::REQUEST_TIMEOUT, "too slow\n").into_response())??;
        // Browsers end lines as typewriters did.
        for (_, text) in &mut fields {
            *text = text.replace("\r\n", "\n");
        }
        let mut sent = Self { fields, file, sender, of_another: false };
        sent.of_another =
            session.is_some_and(|token| known && !Home::is_form_token(&token, sent.get("_form")));
        if sent.of_another && !gives_back {
            let visitor = Visitor::from_request_parts(&mut head, site).await?;
            let problem = Diagnostic::error(Place::default(), "a form of another session")
                .hint("go back, load the page anew and send it again");
            let here = head.uri.path().split_once('/').map_or("", |(_, path)| path);
            let here = here.find('/').map_or("/", |place| &here[place..]);
            let error = Error::Wrong(problem.into());
            return Err(site.problem((&visitor, here), error, StatusCode::FORBIDDEN).await);
        }
        Ok(sent)
    }
}

/// The cookie of a session that begins or, without a token, ends.
pub(crate) fn cookie(site: &Site, token: Option<&str>) -> String {
    let (name, secure) = (cookie_name(site.secure), if site.secure { "; Secure" } else { "" });
    match token {
        Some(token) => format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"),
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()));
        pairs.collect()
    }

    #[test]
    fn what_another_site_sends_is_told_from_ours() {
        for (ours, pairs) in [
            (true, vec![("sec-fetch-site", "same-origin"), ("origin", "null")]),
            (false, vec![("sec-fetch-site", "cross-site"), ("host", "a"), ("origin", "https://a")]),
            (false, vec![("sec-fetch-site", "same-site")]),
            (true, vec![("host", "a:1"), ("origin", "http://a:1")]),
            (false, vec![("host", "a:1"), ("origin", "http://b")]),
            (false, vec![("host", "a:1"), ("origin", "null")]),
            (true, vec![("host", "a:1")]),
        ] {
            assert_eq!(is_ours(&headers(&pairs)), ours, "{pairs:?}");
        }
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let found = |text: &str| session(&headers(&[("cookie", text)]), false);
        let secure = |text: &str| session(&headers(&[("cookie", text)]), true);
        assert_eq!(secure("chancery_session=xyz"), None);
        assert_eq!(secure("__Host-chancery_session=xyz").as_deref(), Some("xyz"));
        assert_eq!(found("a=b; chancery_session=xyz; c=d").as_deref(), Some("xyz"));
        assert_eq!(found("chancery_session="), None);
        assert_eq!(found("not_chancery_session=xyz"), None);
        assert_eq!(bearer(&headers(&[("authorization", "bearer chy_1")])), Some("chy_1"));
        assert_eq!(bearer(&headers(&[("authorization", "Basic chy_1")])), None);
    }
}
