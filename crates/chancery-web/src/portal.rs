//! The public portal: pages made here, from what the use cases tell a reader who sees what is public.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chancery_app::{Act, Error, Home, Reader, ReportFormat, Sought, number};
use chancery_model::{Language, access};
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::kept::{self, Kept};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::query::{Query, encode, encode_path};
use crate::visit::{self, Peer, Visitor};
use crate::words::{word, words};
use crate::{account, connections, interface, search, tables, work, writing};

const STYLE: &str = include_str!("../assets/portal.css");
const ICON: &str = include_str!("../assets/icon.svg");
const SCRIPT: &str = include_str!("../assets/portal.js");

/// Pages of lists have so many records.
const PAGE: usize = 50;

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
}

/// What the handlers share.
pub(crate) struct Site {
    pub(crate) home: Home,
    pages: Environment<'static>,
    pub(crate) kept: Kept,
    /// Hears what went wrong inside.
    noted: Box<dyn Fn(&str) + Send + Sync>,
    /// Reports are long work: no more of them at once than leave room for all else.
    building: Semaphore,
    /// And so many wait for their turn.
    queue: Semaphore,
    pub(crate) metrics: Metrics,
    limits: Limits,
    address: Option<String>,
    pub(crate) behind_proxy: bool,
    /// Whether browsers reach it by TLS alone.
    pub(crate) secure: bool,
    log_requests: bool,
    pub(crate) packs: Option<PathBuf>,
}

/// So many reports are built at once.
const BUILT_AT_ONCE: usize = 1;
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
    let site = Arc::new(Site {
        home,
        pages: pages(),
        kept: kept::cache(),
        noted: Box::new(noted),
        building: Semaphore::new(BUILT_AT_ONCE),
        queue: Semaphore::new(WAITING),
        metrics: Metrics::default(),
        limits: Limits::new(serving.requests_a_minute),
        secure: tls.is_some() || https,
        address: serving.address,
        behind_proxy: serving.behind_proxy,
        log_requests: serving.log_requests,
        packs: serving.packs,
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
        .route("/{lang}/", get(front))
        .route("/{lang}/registers", get(registers))
        .route("/{lang}/registers/{register}", get(register))
        .route("/{lang}/registers/{register}/{*key}", get(record))
        .route("/{lang}/tables/{file}", get(tables::download))
        .route("/{lang}/measures", get(measures))
        .route("/{lang}/measures/{measure}", get(measure))
        .route("/{lang}/search", get(search::search))
        .route("/{lang}/complete", get(search::complete))
        .route("/{lang}/reports", get(reports))
        .route("/{lang}/reports/{report}", get(report))
        .merge(account::router())
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
        .with_state(site);
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
        ("home.html", include_str!("../templates/home.html")),
        ("registers.html", include_str!("../templates/registers.html")),
        ("register.html", include_str!("../templates/register.html")),
        ("record.html", include_str!("../templates/record.html")),
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
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
}

/// Sends a reader to the language that the browser asks for first.
async fn begin(headers: HeaderMap) -> Response {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut wanted: Vec<(f32, Language)> = asked
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let code = tag.trim().split('-').next()?.to_lowercase();
            Some((weight.trim().parse().ok()?, code.parse().ok()?))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let language = wanted.first().map_or(Language::En, |(_, language)| *language);
    ([(header::VARY, "accept-language")], Redirect::temporary(&format!("/{language}/")))
        .into_response()
}

impl Site {
    /// The address under which others reach the server; nothing where it is not known.
    pub(crate) fn address(&self) -> &str {
        self.address.as_deref().unwrap_or_default().trim_end_matches('/')
    }

    /// Where the style is; of another version it is elsewhere, so that no browser shows an old one.
    pub(crate) fn style(&self) -> String {
        format!("/assets/portal.css?{}-{}", env!("CARGO_PKG_VERSION"), STYLE.len())
    }

    /// A turn at long work; none where too many wait for one.
    pub(crate) async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let _place = self.queue.try_acquire().ok()?;
        self.building.acquire().await.ok()
    }

    /// A template with what it is given; nothing where it cannot be made, which is noted.
    pub(crate) fn rendered(&self, name: &str, given: Value) -> String {
        let rendered =
            self.pages.get_template(name).and_then(|template| template.render(Serde(given)));
        rendered.unwrap_or_else(|error| {
            self.note(&format!("{error:#}"));
            String::new()
        })
    }

    /// Where a fact comes from of which nobody said so: the office. A login is nobody else's business.
    pub(crate) fn source<'a>(&'a self, said: &'a str) -> &'a str {
        match said.trim() {
            "" => self.name(Language::En),
            said => said,
        }
    }

    /// What the site is called.
    pub(crate) fn name(&self, language: Language) -> &str {
        let report = self.home.programme().reports.values().next();
        report.map_or("Chancery", |report| &report.head.issuer[language])
    }

    /// What all pages are given.
    async fn frame(&self, visitor: &Visitor, path: &str, section: &str) -> Value {
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
            "w": words(language),
            "languages": languages,
            "site": self.name(language),
            "section": section,
            "known_at": number(language, &size.to_string()),
            "script": format!("/assets/portal.js?{}-{}", env!("CARGO_PKG_VERSION"), SCRIPT.len()),
            "who": visitor.who.as_ref().map(|who| json!({"name": who.name, "login": who.login})),
            "administers": visitor
                .who
                .as_ref()
                .is_some_and(|who| self.home.may(who, &Act::Administer, access::ACCOUNT)),
            "form": visitor.form_token(),
            "here": format!("/{language}{path}"),
            "style": self.style(),
        })
    }

    pub(crate) async fn page(
        &self,
        name: &str,
        (visitor, path, section): (&Visitor, &str, &str),
        more: Value,
    ) -> Response {
        let mut merged = self.frame(visitor, path, section).await;
        if let (Value::Object(all), Value::Object(more)) = (&mut merged, more) {
            all.extend(more);
        }
        let page = self.rendered(name, merged);
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
                (word(language, "not_found"), problems.0.iter().map(ToString::to_string).collect())
            }
            (Error::Wrong(problems), _) => {
                (word(language, "wrong"), problems.0.iter().map(ToString::to_string).collect())
            }
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

    /// The packs with the registers that a reader may know of and the measures.
    async fn packs(&self, reader: &Reader) -> Result<Vec<Value>, Error> {
        let language = reader.language;
        let programme = self.home.programme();
        let seen = self.home.measures_for(reader).await?;
        let mut packs = Vec::new();
        for (name, pack) in &programme.packs {
            let mut registers = Vec::new();
            for register in programme.registers_of(name) {
                let Ok(declared) = self.home.register_for(register, reader) else {
                    continue;
                };
                let records = self.home.records(register, reader).await?;
                registers.push(json!({
                    "name": register,
                    "label": declared.label[language],
                    "help": declared.help[language],
                    "records": number(language, &records.to_string()),
                }));
            }
            let prefix = format!("{name}.");
            let own = seen.iter().filter(|name| name.starts_with(&prefix));
            let list: Vec<Value> = own
                .filter_map(|name| Some((name, programme.measures.get(*name)?)))
                .map(|(name, measure)| {
                    json!({"name": name, "label": self.home.measure_label(measure, language)})
                })
                .collect();
            packs.push(json!({
                "name": name,
                "title": pack.title[language],
                "help": pack.help[language],
                "registers": registers,
                "measures": number(language, &list.len().to_string()),
                "list": list,
            }));
        }
        Ok(packs)
    }

    fn reports(&self, visitor: &Visitor) -> Vec<Value> {
        let (reports, language) = (self.home.programme().reports.iter(), visitor.language);
        let edits = |name: &str| visitor.who.as_ref().is_some_and(|who| self.home.edits(who, name));
        reports
            .map(|(name, report)| {
                json!({
                    "name": name, "title": report.head.title[language],
                    "period": report.head.period, "edits": edits(name),
                })
            })
            .collect()
    }
}

pub(crate) async fn not_found(site: &Site, visitor: &Visitor, path: &str) -> Response {
    let error = chancery_model::Diagnostics::default().into();
    site.problem((visitor, path), error, StatusCode::NOT_FOUND).await
}

async fn lost(State(site): Shared, visitor: Visitor) -> Response {
    not_found(&site, &visitor, "/").await
}

async fn front(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "home.html", "/", "").await
}

async fn registers(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "registers.html", "/registers", "registers").await
}

async fn measures(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "measures.html", "/measures", "measures").await
}

async fn reports(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "reports.html", "/reports", "reports").await
}

/// A page that lists what there is.
async fn listing(
    site: &Site,
    visitor: &Visitor,
    template: &str,
    path: &str,
    section: &str,
) -> Response {
    match site.packs(&visitor.reader).await {
        Ok(packs) => {
            let more = json!({ "packs": packs, "reports": site.reports(visitor) });
            site.page(template, (visitor, path, section), more).await
        }
        Err(error) => site.problem((visitor, path), error, StatusCode::INTERNAL_SERVER_ERROR).await,
    }
}

/// What an address asks of a register; all other names are fields.
pub(crate) fn sought(query: &Query, size: usize) -> Sought {
    Sought {
        filters: query.others(&["q", "sort", "page", "size"]),
        words: query.get("q").unwrap_or_default().to_owned(),
        sort: query.get("sort").filter(|sort| !sort.is_empty()).map(str::to_owned),
        page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
        size: query.get("size").and_then(|size| size.parse().ok()).unwrap_or(size),
    }
}

async fn register(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let path = format!("/registers/{}", encode(&name));
    let (language, reader) = (visitor.language, &visitor.reader);
    let register = match site.home.register_for(&name, reader) {
        Ok(register) => register,
        Err(error) => return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let sought = sought(&query, PAGE);
    let page = match site.home.page(&name, &sought, reader).await {
        Ok(page) => page,
        Err(error) => return site.problem((&visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    let here = format!("/{language}{path}");
    let link = |query: Query| format!("{here}{}", query.written());
    let first = query.without("page");
    let mut shown = json!(page);
    for facet in shown["facets"].as_array_mut().into_iter().flatten() {
        let field = facet["field"].as_str().unwrap_or_default().to_owned();
        for value in facet["values"].as_array_mut().into_iter().flatten() {
            let key = value["key"].as_str().unwrap_or_default();
            value["href"] = json!(link(first.without(&field).with(&field, key)));
            value["shown"] = json!(number(language, &value["records"].to_string()));
        }
    }
    for column in shown["columns"].as_array_mut().into_iter().flatten() {
        let field = column["name"].as_str().unwrap_or_default().to_owned();
        let sort = sought.sort.as_deref().unwrap_or_default();
        let ascending = sort == field;
        if ascending || sort.trim_start_matches('-') == field {
            column["sorted"] = json!(if ascending { "ascending" } else { "descending" });
        }
        let next = if ascending { format!("-{field}") } else { field };
        column["href"] = json!(link(first.without("sort").with("sort", &next)));
    }
    let chosen: Vec<Value> = sought
        .filters
        .iter()
        .map(|(field, value)| {
            let facet = page.facets.iter().find(|facet| facet.field == *field);
            let text = facet.and_then(|facet| facet.values.iter().find(|one| one.key == *value));
            json!({
                "field": field,
                "value": value,
                "label": register.fields.get(field).map(|field| field.label[language].clone()),
                "text": text.map_or(value, |one| &one.text),
                "without": link(first.without(field)),
            })
        })
        .collect();
    let turned = |page: usize| link(first.with("page", &page.to_string()));
    let who = visitor.who.as_deref();
    let more = json!({
        "writes": who.is_some_and(|who| site.writes(who, &name)),
        "name": name,
        "label": register.label[language],
        "help": register.help[language],
        "page": shown,
        "total": number(language, &page.total.to_string()),
        "words": sought.words,
        "sort": sought.sort,
        "chosen": chosen,
        "plain": here,
        "query": query.without("page").written(),
        "number": number(language, &sought.page.max(1).to_string()),
        "pages": number(language, &page.pages.to_string()),
        "previous": (sought.page > 1).then(|| turned(sought.page - 1)),
        "next": (sought.page < page.pages).then(|| turned(sought.page.max(1) + 1)),
        "demonstration": page.rows.iter().any(|row| row.demonstration),
    });
    // The other languages show the same records.
    let path = format!("{path}{}", query.written());
    site.page("register.html", (&visitor, &path, "registers"), more).await
}

async fn record(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name, key)): Path<(String, String, String)>,
) -> Response {
    let path = format!("/registers/{}/{}", encode(&name), encode_path(&key));
    let (language, reader) = (visitor.language, &visitor.reader);
    let (register, page) = match (
        site.home.register_for(&name, reader),
        site.home.record_page(&name, &key, reader).await,
    ) {
        (Ok(register), Ok(page)) => (register, page),
        (Err(error), _) | (_, Err(error)) => {
            return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await;
        }
    };
    let mut shown = json!(page);
    for link in shown["linked"].as_array_mut().into_iter().flatten() {
        let field = link["field"].as_str().unwrap_or_default();
        link["query"] = json!(format!("{}={}", encode(field), encode(&key)));
        link["shown"] = json!(number(language, &link["records"].to_string()));
    }
    for past in shown["history"].as_array_mut().into_iter().flatten() {
        past["number"] = json!(number(language, &past["entry"].to_string()));
        past["day"] =
            json!(chancery_app::day_text(language, past["time"].as_str().unwrap_or_default()));
    }
    let label = &register.label[language];
    let linked_data = json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": page.title,
        "identifier": format!("{name}/{key}"),
        "url": format!("/{language}{path}"),
        "inLanguage": language.code(),
        "isPartOf": {"@type": "DataCatalog", "name": label},
        "version": page.entry,
    });
    // A `<` would end the script early.
    let linked_data = linked_data.to_string().replace('<', "\\u003c");
    let cite = format!(
        "{}. {label}, {name}/{key}, {} {}. /{language}{path}",
        page.title,
        word(language, "entry"),
        number(language, &page.entry.to_string()),
    );
    let comments = match site.home.comments(&format!("{name}/{key}"), reader).await {
        Ok(comments) => comments,
        Err(error) => {
            return site.problem((&visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR).await;
        }
    };
    let comments: Vec<Value> = comments.iter().map(|said| site.said(said, language)).collect();
    let who = visitor.who.as_deref();
    let more = json!({
        "comments": comments,
        "comments_on": who.is_some_and(|who| site.home.may(who, &Act::Record, access::COMMENT)),
        "writes": who.is_some_and(|who| site.writes(who, &name)),
        "withdraws": who.is_some_and(|who| site.home.may(who, &Act::Withdraw, &name)),
        "name": name,
        "label": label,
        "record": shown,
        "linked_data": linked_data,
        "cite": cite,
        "demonstration": page.demonstration,
    });
    site.page("record.html", (&visitor, &path, "registers"), more).await
}

async fn measure(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let path = format!("/measures/{}", encode(&name));
    let given = given(&query);
    let (language, reader) = (visitor.language, &visitor.reader);
    let question = match site.home.question(&name, &given, reader).await {
        Ok(question) => question,
        Err(error) => {
            return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await;
        }
    };
    let needed = question.parameters.iter().filter(|asked| asked.required);
    let complete = needed.clone().all(|asked| !asked.value.is_empty());
    let mut problems = Vec::new();
    let mut figure = None;
    if complete && (!given.is_empty() || needed.count() == 0) {
        match site.home.answer(&name, &given, reader).await {
            Ok(told) => figure = Some(told),
            Err(Error::Wrong(wrong)) => {
                problems.extend(wrong.0.iter().map(ToString::to_string));
            }
            Err(error) => {
                return site
                    .problem((&visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR)
                    .await;
            }
        }
    }
    let parameters: Vec<Value> = question
        .parameters
        .iter()
        .map(|asked| {
            let input = match json!(asked.kind).as_str() {
                Some("date") => "date",
                Some("integer") => "number",
                _ => "text",
            };
            let label = asked.label.clone();
            json!({
                "name": asked.name,
                "label": label.unwrap_or_else(|| word(language, &format!("day_{}", asked.name)).to_owned()),
                "required": asked.required,
                "value": asked.value,
                "choices": asked.choices.iter().map(|(key, text)| json!({"key": key, "text": text})).collect::<Vec<_>>(),
                "input": input,
            })
        })
        .collect();
    let demonstration = figure.as_ref().is_some_and(|figure| figure.demonstration);
    let mut pictures = Value::Null;
    if let Some(figure) = &figure {
        match site.home.pictures(&name, &given, &figure.title, reader).await {
            Ok(drawn) => pictures = json!(drawn),
            Err(error) => {
                return site
                    .problem((&visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR)
                    .await;
            }
        }
    }
    for moment in pictures["moments"].as_array_mut().into_iter().flatten() {
        let given = moment["given"].as_object().into_iter().flatten();
        let asked = given.fold(Query::default(), |query, (name, value)| {
            query.with(name, value.as_str().unwrap_or_default())
        });
        moment["href"] = json!(format!("/{language}{path}{}", asked.written()));
    }
    let shown = figure.map(|figure| {
        let mut shown = json!(figure);
        shown["json"] = json!(format!("/api/v1/measures/{}{}", encode(&name), query.written()));
        for row in shown["evidence"].as_array_mut().into_iter().flatten() {
            row["entry"] = json!(number(language, &row["entry"].to_string()));
            let records = row["records"].as_array().cloned().unwrap_or_default();
            let links = records.iter().map(|record| {
                let text = |at: usize| record[at].as_str().unwrap_or_default();
                let href =
                    format!("/{language}/registers/{}/{}", encode(text(0)), encode_path(text(1)));
                json!({"text": text(1), "href": (record[2] == true).then_some(href)})
            });
            row["records"] = links.collect();
        }
        shown
    });
    let more = json!({
        "label": question.label,
        "parameters": parameters,
        "problems": problems,
        "figure": shown,
        "pictures": pictures,
        "demonstration": demonstration,
    });
    let path = format!("{path}{}", query.written());
    site.page("measure.html", (&visitor, &path, "measures"), more).await
}

/// The parameters of a measure in an address; what was left empty was not given.
pub(crate) fn given(query: &Query) -> BTreeMap<String, Value> {
    let all = query.others(&[]).into_iter();
    all.filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, Value::from(value)))
        .collect()
}

/// What is answered when too many want long work.
pub(crate) fn busy() -> Response {
    let later = [(header::RETRY_AFTER, "10")];
    (StatusCode::SERVICE_UNAVAILABLE, later, "others are being served; try again in a moment\n")
        .into_response()
}

/// A report as a page, or as a file by the ending of its name.
async fn report(
    State(site): Shared,
    visitor: Visitor,
    Path((_, file)): Path<(String, String)>,
) -> Response {
    let language = visitor.language;
    let format = ReportFormat::of(std::path::Path::new(&file));
    let name = match format {
        Some(_) => file.rsplit_once('.').map_or(file.as_str(), |(name, _)| name),
        None => file.as_str(),
    };
    let path = format!("/reports/{}", encode(&file));
    let format = format.unwrap_or(ReportFormat::Html);
    let built = async {
        let Some(_turn) = site.turn().await else { return Ok(None) };
        let built = site.home.build_report(name, language, None, None).await?;
        Ok::<_, Error>(Some(built.content(format)?.0))
    };
    let content = match built.await {
        Ok(Some(content)) => content,
        Ok(None) => return busy(),
        Err(error) => {
            return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await;
        }
    };
    let kind = match format {
        ReportFormat::Html => "text/html; charset=utf-8",
        ReportFormat::Pdf => "application/pdf",
        ReportFormat::Docx => {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        }
        ReportFormat::Akoma => "application/xml",
        ReportFormat::Json => "application/json",
        ReportFormat::Markdown | ReportFormat::Text => "text/plain; charset=utf-8",
    };
    let mut response = ([(header::CONTENT_TYPE, kind)], content).into_response();
    if format == ReportFormat::Html {
        // A report is one file with its own style inside.
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"),
        );
    }
    response
}
