//! Tables as files.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery_app::ExportFormat;
use chancery_model::Language;

use crate::portal::Shared;

/// A register as CSV or XLSX, with what is public of it.
pub(crate) async fn download(
    State(site): Shared,
    Path((lang, file)): Path<(String, String)>,
) -> Response {
    let language: Language = lang.parse().unwrap_or(Language::En);
    let (format, kind) = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv") => (ExportFormat::Csv, "text/csv; charset=utf-8"),
        Some("xlsx") => (
            ExportFormat::Xlsx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        _ => return (StatusCode::NOT_FOUND, "expected .csv or .xlsx\n").into_response(),
    };
    let name = file.rsplit_once('.').map_or(file.as_str(), |(name, _)| name);
    let reader = crate::portal::reader(language);
    if site.home.register_for(name, reader).is_err() {
        return (StatusCode::NOT_FOUND, "there is no such table\n").into_response();
    }
    match site.home.exported(name, format, reader).await {
        Ok(bytes) => {
            let disposition = format!(
                "attachment; filename=\"{name}.{}\"",
                if format == ExportFormat::Csv { "csv" } else { "xlsx" }
            );
            (
                [
                    (header::CONTENT_TYPE, kind.to_owned()),
                    (header::CONTENT_DISPOSITION, disposition),
                ],
                bytes,
            )
                .into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
