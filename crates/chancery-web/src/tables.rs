//! Tables as files.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery_app::{Error, ExportFormat};

use crate::server::Shared;
use crate::visit::Visitor;

/// What a table is written as: how its name ends, and its media type.
const FORMATS: [(&str, ExportFormat, &str); 3] = [
    ("csv", ExportFormat::Csv, "text/csv; charset=utf-8"),
    (
        "xlsx",
        ExportFormat::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("parquet", ExportFormat::Parquet, "application/vnd.apache.parquet"),
];

/// A register as a file, with what the visitor may see of it.
pub(crate) async fn download(
    State(site): Shared,
    visitor: Visitor,
    Path((_, file)): Path<(String, String)>,
) -> Response {
    let missing = || (StatusCode::NOT_FOUND, "there is no such table\n").into_response();
    let Some((name, ending)) = file.rsplit_once('.') else { return missing() };
    let Some((ending, format, kind)) = FORMATS.into_iter().find(|(own, ..)| *own == ending) else {
        return missing();
    };
    let reader = &visitor.reader;
    if site.home.register_for(name, reader).is_err() {
        return missing();
    }
    match site.home.exported(name, format, reader).await {
        Ok(bytes) => {
            let disposition = format!("attachment; filename=\"{name}.{ending}\"");
            let headers =
                [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())];
            (headers, bytes).into_response()
        }
        Err(Error::Wrong(_)) => missing(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
