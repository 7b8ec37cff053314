//! The server: what all handlers share, what every answer carries, and the way of a request to its handler.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chancery_app::{Act, BuiltReport, Error, Home, Hook, SingleSignOn, number};
use chancery_model::{Diagnostic, Diagnostics, Language, access};
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::kept::{self, Kept};
use crate::limits::Limits;
use crate::mail::{Mail, Post};
use crate::metrics::Metrics;
use crate::problems::Problems;
use crate::query::{encode, encode_path};
use crate::visit::{self, Peer, Visitor};
use crate::words::{spoken, word};
use crate::{
    account, connections, hooks, interface, mail, portal, reports, search, sign_on, work, writing,
};

const STYLE: &str = include_str!("../assets/portal.css");
const ICON: &str = include_str!("../assets/icon.svg");
const SCRIPT: &str = include_str!("../assets/portal.js");

/// Tells a text from others (FNV-1a).
const fn mark(text: &str) -> u64 {
    let (bytes, mut place, mut mark) = (text.as_bytes(), 0, 0xcbf2_9ce4_8422_2325_u64);
    while place < bytes.len() {
        mark = (mark ^ bytes[place] as u64).wrapping_mul(0x0100_0000_01b3);
        place += 1;
    }
    mark
}
const SCRIPT_MARK: u64 = mark(SCRIPT);

/// How a server is to serve.
#[derive(Clone, Debug, Default)]
pub struct Serving {
    /// The address under which others reach it, as `https://registers.example.org`.
    pub address: Option<String>,
    /// Whether a proxy stands before it that says for whom it asks.
    pub behind_proxy: bool,
    /// Certificates and their key, both in PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// How often one place may ask in a minute; 0 for as often as it likes.
    pub requests_a_minute: u32,
    /// Whether each request is told: when, what, how it ended and how long it took.
    pub log_requests: bool,
    /// The folder of packs into which what editors write can be put.
    pub packs: Option<PathBuf>,
    /// Other systems that are told what is recorded.
    pub hooks: Vec<Hook>,
    /// By which server letters are sent.
    pub mail: Option<Mail>,
    /// The system that says who somebody is.
    pub single_sign_on: Option<SingleSignOn>,
}

/// What the handlers share.
pub(crate) struct Site {
    pub(crate) home: Home,
    pages: Environment<'static>,
    pub(crate) kept: Kept,
    /// Hears what went wrong inside.
    noted: Box<dyn Fn(&str) + Send + Sync>,
    /// The reports of now, each with the point of the journal and the day of which it tells.
    pub(crate) built: quick_cache::sync::Cache<(String, Language, u64, i64), Arc<BuiltReport>>,
    /// Reports are long work: no more of them at once than leave room for all else.
    building: Semaphore,
    /// And so many wait for their turn.
    queue: Semaphore,
    /// Lists and searches are short work, but all of it is reckoning: no more of it at once than there are
    /// processors, so that who came first is answered first.
    reckoning: Semaphore,
    pub(crate) metrics: Metrics,
    limits: Limits,
    address: Option<String>,
    pub(crate) behind_proxy: bool,
    /// Whether browsers reach it by TLS alone.
    pub(crate) secure: bool,
    log_requests: bool,
    pub(crate) packs: Option<PathBuf>,
    problems: Problems,
    pub(crate) post: Option<Post>,
    pub(crate) single_sign_on: Option<SingleSignOn>,
}

/// Of what is wrong so much is told at once.
const MOST_TOLD: usize = 200;
/// So many reports are built at once.
const BUILT_AT_ONCE: usize = 1;
/// So many reports are kept: each in six languages, or the last of some.
const MOST_BUILT: usize = 12;
/// And so many wait for it.
const WAITING: usize = 16;

pub(crate) type Shared = State<Arc<Site>>;

/// Serves the portal and the interface for programs until `ended`. `noted` hears what went wrong
/// inside, which readers are not told, and each request where they are logged.
pub async fn serve(
    listener: TcpListener,
    home: Home,
    serving: Serving,
    noted: impl Fn(&str) + Send + Sync + 'static,
    ended: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let tls = serving.tls.as_ref().map(|(chain, key)| connections::tls(chain, key)).transpose()?;
    let https = serving.address.as_ref().is_some_and(|own| own.starts_with("https://"));
    let most = match serving.behind_proxy {
        true => usize::MAX,
        false => connections::MOST_OF_ONE,
    };
    let problems = Problems::new(home.programme());
    let site = Arc::new(Site {
        problems,
        home: home.hold_all(),
        pages: pages(),
        kept: kept::cache(),
        built: quick_cache::sync::Cache::new(MOST_BUILT),
        noted: Box::new(noted),
        building: Semaphore::new(BUILT_AT_ONCE),
        queue: Semaphore::new(WAITING),
        reckoning: Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)),
        metrics: Metrics::default(),
        limits: Limits::new(serving.requests_a_minute),
        secure: tls.is_some() || https,
        address: serving.address,
        behind_proxy: serving.behind_proxy,
        log_requests: serving.log_requests,
        packs: serving.packs,
        post: serving.mail.as_ref().map(Post::new).transpose()?,
        single_sign_on: serving.single_sign_on,
    });
    let pages = Router::new()
        .route("/", get(begin))
        .route("/assets/portal.css", get(|| asset("text/css; charset=utf-8", STYLE)))
        .route("/assets/icon.svg", get(|| asset("image/svg+xml", ICON)))
        .route("/assets/portal.js", get(|| asset("text/javascript; charset=utf-8", SCRIPT)))
        .route(
            "/{lang}",
            get(|Path(lang): Path<String>| async move {
                Redirect::permanent(&format!("/{}/", encode(&lang)))
            }),
        )
        .route("/{lang}/search", get(search::search))
        .route("/{lang}/complete", get(search::complete))
        .merge(portal::router())
        .merge(reports::router())
        .merge(account::router())
        .merge(sign_on::router())
        .merge(work::router())
        .merge(writing::router())
        .nest("/api/v1", interface::router())
        .fallback(lost)
        .layer(DefaultBodyLimit::max(visit::LARGEST_BODY))
        .layer(from_fn_with_state(Arc::clone(&site), kept::kept))
        .layer(from_fn_with_state(Arc::clone(&site), limited));
    let app = pages
        // Whoever watches the server is not to be turned away when it is busy.
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .layer(from_fn_with_state(Arc::clone(&site), counted))
        .layer(from_fn_with_state(Arc::clone(&site), guarded))
        .with_state(Arc::clone(&site));
    let mut telling = JoinSet::new();
    let prepared = Arc::clone(&site);
    telling.spawn(async move {
        if let Err(error) = prepared.home.prepare_search().await {
            prepared.note(&error);
        }
    });
    if site.post.is_some() {
        telling.spawn(mail::write(Arc::clone(&site)));
    }
    for hook in serving.hooks {
        telling.spawn(hooks::tell(Arc::clone(&site), hook));
    }
    connections::answer(listener, app, tls, most, ended).await
}

/// Whether questions can be answered: the journal can be read, and what is projected follows it.
async fn ready(State(site): Shared) -> Response {
    match site.home.engine(None).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            site.note(&error);
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// What the server counts, for whoever is on this machine.
async fn metrics(State(site): Shared, request: Request) -> Response {
    let peer = request.extensions().get::<Peer>();
    let near = peer.is_some_and(|peer| peer.0.ip().is_loopback());
    // A proxy on this machine asks for others.
    if !near || request.headers().contains_key("x-forwarded-for") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let entries = site.home.size().await.unwrap_or_default();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], site.metrics.text(entries)).into_response()
}

/// Turns away who asks too often.
async fn limited(State(site): Shared, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let place = visit::place(&site, &parts);
    match site.limits.take(&place, std::time::Instant::now()) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(seconds) => {
            site.metrics.limited();
            let headers = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, headers, "too many requests; wait a moment\n")
                .into_response()
        }
    }
}

/// Counts requests, and tells of each where they are logged: no address, no names, no question.
async fn counted(State(site): Shared, request: Request, next: Next) -> Response {
    let begun = std::time::Instant::now();
    let told = site.log_requests.then(|| {
        let route = request.extensions().get::<MatchedPath>();
        (request.method().clone(), route.map_or("-", |route| route.as_str()).to_owned())
    });
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    site.metrics.answered(status, took);
    if let Some((method, route)) = told {
        let line = json!({
            "request": method.as_str(), "route": route, "status": status,
            "milliseconds": took.as_micros() as f64 / 1e3,
        });
        site.note(&line);
    }
    response
}

fn pages() -> Environment<'static> {
    let mut pages = Environment::new();
    let templates = [
        ("base.html", include_str!("../templates/base.html")),
        ("around.html", include_str!("../templates/around.html")),
        ("seek.html", include_str!("../templates/seek.html")),
        ("evidence.html", include_str!("../templates/evidence.html")),
        ("home.html", include_str!("../templates/home.html")),
        ("registers.html", include_str!("../templates/registers.html")),
        ("register.html", include_str!("../templates/register.html")),
        ("record.html", include_str!("../templates/record.html")),
        ("history.html", include_str!("../templates/history.html")),
        ("withdrawn.html", include_str!("../templates/withdrawn.html")),
        ("measures.html", include_str!("../templates/measures.html")),
        ("measure.html", include_str!("../templates/measure.html")),
        ("reports.html", include_str!("../templates/reports.html")),
        ("problem.html", include_str!("../templates/problem.html")),
        ("search.html", include_str!("../templates/search.html")),
        ("sign_in.html", include_str!("../templates/sign_in.html")),
        ("join.html", include_str!("../templates/join.html")),
        ("me.html", include_str!("../templates/me.html")),
        ("accounts.html", include_str!("../templates/accounts.html")),
        ("work.html", include_str!("../templates/work.html")),
        ("form.html", include_str!("../templates/form.html")),
        ("field.html", include_str!("../templates/field.html")),
        ("source.html", include_str!("../templates/source.html")),
        ("told.html", include_str!("../templates/told.html")),
        ("several.html", include_str!("../templates/several.html")),
        ("change.html", include_str!("../templates/change.html")),
        ("write.html", include_str!("../templates/write.html")),
        ("wrong.html", include_str!("../templates/wrong.html")),
        ("import.html", include_str!("../templates/import.html")),
    ];
    pages.add_filter("path", |text: String| encode_path(&text));
    for (name, text) in templates {
        #[expect(clippy::expect_used, reason = "compiled in, and a test serves each")]
        pages.add_template(name, text).expect("a template is valid");
    }
    pages
}

/// What every answer carries: no page runs anything but our own script, is framed, or tells others where
/// it was read.
async fn guarded(State(site): Shared, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if site.secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    let fixed = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    // Another text has another address.
    let kept = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], text).into_response()
}

/// Sends a reader to the language that the browser asks for first.
async fn begin(headers: HeaderMap) -> Response {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = preferred(asked.unwrap_or_default());
    ([(header::VARY, "accept-language")], Redirect::temporary(&format!("/{language}/")))
        .into_response()
}

/// The language that a browser asks for first.
pub(crate) fn preferred(asked: &str) -> Language {
    let mut wanted: Vec<(f32, Language)> = asked
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let code = tag.trim().split('-').next()?.to_lowercase();
            Some((weight.trim().parse().ok()?, code.parse().ok()?))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map_or(Language::En, |(_, language)| *language)
}

impl Site {
    /// The address under which others reach the server; nothing where it is not known.
    pub(crate) fn address(&self) -> &str {
        self.address.as_deref().unwrap_or_default().trim_end_matches('/')
    }

    /// Where a browser is that knows the server by this name.
    pub(crate) fn origin(&self, host: &str) -> String {
        match self.address() {
            "" => format!("{}://{host}", if self.secure { "https" } else { "http" }),
            known => known.to_owned(),
        }
    }

    /// Where the style is; of another version it is elsewhere, so that no browser shows an old one.
    pub(crate) fn style(&self) -> String {
        const MARK: u64 = mark(STYLE);
        format!("/assets/portal.css?{MARK:x}")
    }

    /// A turn at long work; none where too many wait for one.
    pub(crate) async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let _place = self.queue.try_acquire().ok()?;
        self.building.acquire().await.ok()
    }

    /// A turn at a list or a search. Nobody closes it.
    pub(crate) async fn reckons(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.reckoning.acquire().await.ok()
    }

    /// A template with what it is given; nothing where it cannot be made, which is noted.
    pub(crate) fn rendered(&self, name: &str, language: Language, given: Value) -> String {
        let Value::Object(given) = given else { return String::new() };
        let given = given.into_iter().map(|(name, own)| (name, minijinja::Value::from(Serde(own))));
        let given = given.chain([("w".to_owned(), spoken(language))]);
        let given = minijinja::Value::from_pairs(given);
        let rendered = self.pages.get_template(name).and_then(|template| template.render(given));
        rendered.unwrap_or_else(|error| {
            self.note(&format!("{error:#}"));
            String::new()
        })
    }

    /// What the site is called.
    pub(crate) fn name(&self, language: Language) -> &str {
        let report = self.home.programme().reports.values().next();
        report.map_or("Chancery", |report| &report.head.issuer[language])
    }

    /// What all pages are given.
    pub(crate) async fn frame(&self, visitor: &Visitor, path: &str, section: &str) -> Value {
        let language = visitor.language;
        let languages = Language::ALL.map(|other| {
            json!({
                "code": other.code(),
                "dir": other.direction(),
                "name": word(other, "name"),
                "href": format!("/{other}{path}"),
            })
        });
        let size = self.home.size().await.unwrap_or_default();
        json!({
            "lang": language.code(),
            "dir": language.direction(),
            "languages": languages,
            "site": self.name(language),
            "section": section,
            "known_at": number(language, &size.to_string()),
            "script": format!("/assets/portal.js?{SCRIPT_MARK:x}"),
            "who": visitor.who.as_ref().map(|who| json!({"name": who.name, "login": who.login})),
            "administers": visitor
                .who
                .as_ref()
                .is_some_and(|who| self.home.may(who, &Act::Administer, access::ACCOUNT)),
            "form": visitor.form_token(),
            "flash": visitor.done.map(|done| word(language, &format!("done_{done}"))),
            "here": format!("/{language}{path}"),
            "address": self.address(),
            "style": self.style(),
        })
    }

    pub(crate) async fn page(
        &self,
        name: &str,
        (visitor, path, section): (&Visitor, &str, &str),
        more: Value,
    ) -> Response {
        let page = self.frame(visitor, path, section).await;
        let page = self.rendered(name, visitor.language, with(page, more));
        if page.is_empty() {
            let failed = word(visitor.language, "failed");
            return (StatusCode::INTERNAL_SERVER_ERROR, failed).into_response();
        }
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    }

    /// Tells whoever runs the server what went wrong inside.
    pub(crate) fn note(&self, error: &dyn std::fmt::Display) {
        (self.noted)(&error.to_string());
    }

    /// What is wrong, in the language of who reads it: so much of it as somebody reads.
    pub(crate) fn told(&self, problems: &Diagnostics, language: Language) -> Vec<String> {
        let first = problems.0.iter().take(MOST_TOLD);
        first.map(|problem| self.told_one(problem, language)).collect()
    }

    pub(crate) fn told_one(&self, problem: &Diagnostic, language: Language) -> String {
        let label = |field: &str| match field {
            "at" | "from" | "to" => Some(word(language, &format!("day_{field}")).to_owned()),
            field => self.home.field_label(field, language),
        };
        self.problems.told(problem, language, Some(&label))
    }

    /// The same, with fields called as somebody says.
    pub(crate) fn told_with(
        &self,
        problem: &Diagnostic,
        language: Language,
        label: &dyn Fn(&str) -> Option<String>,
    ) -> String {
        self.problems.told(problem, language, Some(label))
    }

    /// All that is wrong, where it is plain what with.
    pub(crate) fn told_alone(&self, problems: &Diagnostics, language: Language) -> Vec<String> {
        problems.0.iter().map(|problem| self.told_beside(problem, language)).collect()
    }

    /// The same beside the field that it is about.
    pub(crate) fn told_beside(&self, problem: &Diagnostic, language: Language) -> String {
        self.problems.told(problem, language, None)
    }

    /// The page that stands in the place of one that could not be made.
    pub(crate) async fn problem(
        &self,
        (visitor, path): (&Visitor, &str),
        error: Error,
        status: StatusCode,
    ) -> Response {
        let language = visitor.language;
        let (title, problems) = match (&error, status) {
            (Error::Wrong(problems), StatusCode::NOT_FOUND) => {
                (word(language, "not_found"), self.told(problems, language))
            }
            (Error::Wrong(problems), _) => (word(language, "wrong"), self.told(problems, language)),
            (Error::Forbidden, _) => (word(language, "forbidden"), Vec::<String>::new()),
            // What the machine says is no reader's business.
            _ => (word(language, "failed"), Vec::<String>::new()),
        };
        let status = match &error {
            Error::Wrong(_) => status,
            Error::Forbidden => StatusCode::FORBIDDEN,
            other => {
                self.note(&format!("{path}: {other}"));
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let more = json!({ "title": title, "problems": problems });
        let mut response = self.page("problem.html", (visitor, path, ""), more).await;
        *response.status_mut() = status;
        response
    }
}

/// What a template is given, with more.
pub(crate) fn with(mut all: Value, more: Value) -> Value {
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    all
}

pub(crate) async fn not_found(site: &Site, visitor: &Visitor, path: &str) -> Response {
    let error = Diagnostics::default().into();
    site.problem((visitor, path), error, StatusCode::NOT_FOUND).await
}

async fn lost(State(site): Shared, uri: Uri, visitor: Visitor) -> Response {
    // Some write a page as if it were a folder.
    let plain = uri.path().trim_end_matches('/');
    if plain.len() + 1 == uri.path().len() && plain.matches('/').count() > 1 {
        let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
        return Redirect::permanent(&format!("{plain}{query}")).into_response();
    }
    not_found(&site, &visitor, "/").await
}

/// What is answered when too many want long work.
pub(crate) fn busy() -> Response {
    let later = [(header::RETRY_AFTER, "10")];
    (StatusCode::SERVICE_UNAVAILABLE, later, "others are being served; try again in a moment\n")
        .into_response()
}
