//! Tables as files.

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery_app::{Error, ExportFormat, Reader};
use serde_json::{Value, json};

use crate::portal::{given, sought};
use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site, busy, not_found};
use crate::visit::Visitor;

/// What a table is written as: how its name ends, and its media type.
const FORMATS: [(&str, ExportFormat, &str); 6] = [
    ("csv", ExportFormat::Csv, "text/csv; charset=utf-8"),
    (
        "xlsx",
        ExportFormat::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("parquet", ExportFormat::Parquet, "application/vnd.apache.parquet"),
    ("json", ExportFormat::Json, "application/json"),
    ("xml", ExportFormat::Xml, "application/xml"),
    ("ics", ExportFormat::Ics, "text/calendar; charset=utf-8"),
];

/// Those of the packs, whose names are no registers.
const STANDARD: [ExportFormat; 2] = [ExportFormat::Xml, ExportFormat::Ics];

impl Site {
    /// The files of standards and the calendars in which a reader sees something.
    pub(crate) async fn standards(&self, reader: &Reader) -> Result<Vec<Value>, Error> {
        let mut shown = Vec::new();
        for own in self.home.standards(reader) {
            let format = FORMATS.into_iter().find(|(_, format, _)| *format == own.format);
            let Some((ending, ..)) = format else { continue };
            if let Some(register) = own.needs
                && self.home.records(register, reader).await? == 0
            {
                continue;
            }
            shown.push(json!({
                "label": own.label[reader.language],
                "href": format!("/{}/tables/{}.{ending}", reader.language, encode(own.name)),
                "calendar": own.format == ExportFormat::Ics,
            }));
        }
        Ok(shown)
    }
}

/// What the end of a name says that a table is to be written as; the name without it.
fn asked(file: &str) -> Option<(&str, &'static str, ExportFormat, &'static str)> {
    let (name, ending) = file.rsplit_once('.')?;
    let found = FORMATS.into_iter().find(|(own, ..)| *own == ending);
    found.map(|(ending, format, kind)| (name, ending, format, kind))
}

/// A file that is kept, not shown.
fn file(name: &str, ending: &str, kind: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())], bytes)
        .into_response()
}

/// The records of a register that the address asks for as a file, with what the visitor may see of them.
pub(crate) async fn download(
    State(site): Shared,
    visitor: Visitor,
    Path((_, named)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let path = format!("/tables/{}", encode(&named));
    let Some((name, ending, format, kind)) = asked(&named) else {
        return not_found(&site, &visitor, &path).await;
    };
    let reader = &visitor.reader;
    let standard = site.home.standards(reader).into_iter().find(|own| own.name == name);
    let standard = standard.filter(|own| own.format == format);
    let table = !STANDARD.contains(&format) && site.home.register_for(name, reader).is_ok();
    if standard.is_none() && !table {
        return not_found(&site, &visitor, &path).await;
    }
    // Long work, like a report.
    let Some(_turn) = site.turn().await else { return busy() };
    let written = async {
        if let Some(standard) = standard {
            return site.home.exported_standard(standard, reader).await;
        }
        let sought = sought(&Query::read(query.as_deref()), 1)?;
        site.home.exported(name, format, &sought, reader).await
    };
    match written.await {
        Ok(bytes) => file(name, ending, kind, bytes),
        Err(error) => site.problem((&visitor, &path), error, StatusCode::BAD_REQUEST).await,
    }
}

/// A file that a record names: it is kept by the browser and never shown, whatever it holds.
pub(crate) async fn attachment(
    State(site): Shared,
    visitor: Visitor,
    Path((_, register, field, key)): Path<(String, String, String, String)>,
) -> Response {
    let path =
        format!("/attachments/{}/{}/{}", encode(&register), encode(&field), encode_path(&key));
    match site.home.attachment(&register, &key, &field, &visitor.reader).await {
        Ok((name, bytes)) => {
            let disposition = format!("attachment; filename*=UTF-8''{}", encode(&name));
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CONTENT_DISPOSITION, disposition.as_str()),
                (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await,
    }
}

/// The records behind a figure as a file.
pub(crate) async fn evidence(
    State(site): Shared,
    visitor: Visitor,
    Path((_, named)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let path = format!("/evidence/{}", encode(&named));
    let asked = asked(&named)
        .filter(|(.., format, _)| matches!(format, ExportFormat::Csv | ExportFormat::Xlsx));
    let Some((name, ending, format, kind)) = asked else {
        return not_found(&site, &visitor, &path).await;
    };
    let given = given(&Query::read(query.as_deref()));
    let Some(_turn) = site.turn().await else { return busy() };
    match site.home.exported_evidence(name, &given, format, &visitor.reader).await {
        Ok(bytes) => file(name, ending, kind, bytes),
        Err(error) => site.problem((&visitor, &path), error, StatusCode::BAD_REQUEST).await,
    }
}
