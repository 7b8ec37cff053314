//! Reports in the portal: read with each figure a way to what stands behind it, or taken along as files.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chancery_app::{Around, BuiltReport, Error, ReportFormat};
use chancery_model::Language;
use serde_json::json;

use crate::portal::proof_href;
use crate::query::{Query, encode};
use crate::server::{Shared, Site, busy, not_found, with};
use crate::visit::Visitor;
use crate::words::word;
use crate::work::record_href;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/reports/{report}", get(report))
        .route("/{lang}/reports/{report}/figures/{figure}", get(evidence))
}

impl Site {
    /// The portal around a report.
    async fn around(&self, visitor: &Visitor, name: &str, title: &str) -> Around {
        let language = visitor.language;
        let href = format!("/{language}/reports/{}", encode(name));
        let files = ["pdf", "docx", "html", "xml", "json", "md"];
        let files =
            files.map(|end| json!({"name": end.to_uppercase(), "href": format!("{href}.{end}")}));
        let path = format!("/reports/{}", encode(name));
        let frame = self.frame(visitor, &path, "reports").await;
        let frame = with(frame, json!({"files": files, "title": title}));
        let part = |part: &str| {
            self.rendered("around.html", language, with(frame.clone(), json!({"part": part})))
        };
        Around {
            head: part("head"),
            bar: part("bar"),
            end: part("end"),
            figure: Box::new(move |number| format!("{href}/figures/{number}")),
            record: Box::new(move |register, key| record_href(language, register, key)),
            proof: Box::new(proof_href),
            proof_label: word(language, "proof").to_owned(),
            measure: Box::new(move |name, asked| {
                let asked = asked.iter();
                let query =
                    asked.fold(Query::default(), |query, (name, value)| query.with(name, value));
                format!("/{language}/measures/{}{}", encode(name), query.written())
            }),
        }
    }

    /// A report of now, built once for all who read it; none where too many wait for one.
    async fn built(
        &self,
        name: &str,
        language: Language,
    ) -> Result<Option<Arc<BuiltReport>>, Error> {
        let key = (name.to_owned(), language, self.home.size().await?, self.home.day());
        match self.built.get_value_or_guard_async(&key).await {
            Ok(built) => Ok(Some(built)),
            Err(first) => {
                let Some(_turn) = self.turn().await else { return Ok(None) };
                let built = self.home.build_report(name, language, None, None).await?;
                let built = Arc::new(built);
                // Nothing is lost where it is not kept.
                let _ = first.insert(Arc::clone(&built));
                Ok(Some(built))
            }
        }
    }
}

/// A report as a page, or as a file by the ending of its name.
async fn report(
    State(site): Shared,
    visitor: Visitor,
    Path((_, file)): Path<(String, String)>,
) -> Response {
    let language = visitor.language;
    let asked = ReportFormat::of(std::path::Path::new(&file));
    let name = match asked {
        Some(_) => file.rsplit_once('.').map_or(file.as_str(), |(name, _)| name),
        None => file.as_str(),
    };
    let path = format!("/reports/{}", encode(&file));
    let format = asked.unwrap_or(ReportFormat::Html);
    let built = async {
        let Some(built) = site.built(name, language).await? else { return Ok(None) };
        let content = match asked {
            Some(format) => {
                let Some(_turn) = site.turn().await else { return Ok(None) };
                built.content(format)?.0
            }
            None => built.page(&site.around(&visitor, name, built.title()).await).into_bytes(),
        };
        Ok::<_, Error>(Some(content))
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
        // A report has its own style inside; as a file it has nothing else.
        let policy = match asked {
            Some(_) => {
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
            }
            None => {
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            }
        };
        let policy = HeaderValue::from_static(policy);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// What stands behind a figure of a report: a page of its own, which opens beside the report where a script
/// runs.
async fn evidence(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name, figure)): Path<(String, String, String)>,
) -> Response {
    let language = visitor.language;
    let path = format!("/reports/{}/figures/{}", encode(&name), encode(&figure));
    let built = match site.built(&name, language).await {
        Ok(Some(built)) => built,
        Ok(None) => return busy(),
        Err(error) => {
            return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await;
        }
    };
    let around = site.around(&visitor, &name, built.title()).await;
    let behind = figure.parse().ok().and_then(|number| built.evidence(&around, number));
    let Some(behind) = behind else { return not_found(&site, &visitor, &path).await };
    let report = format!("/{language}/reports/{}", encode(&name));
    let more = json!({
        "report": {"title": built.title(), "href": format!("{report}#r{figure}")},
        "value": behind.value,
        "label": behind.label,
        "behind": behind.html,
        "demonstration": built.demonstration() > 0,
    });
    site.page("evidence.html", (&visitor, &path, "reports"), more).await
}
