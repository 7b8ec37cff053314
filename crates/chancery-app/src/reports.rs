//! Building reports from the registers, and checking any document against them.

use std::path::Path;
use std::sync::Arc;

use chancery_model::{Diagnostic, Language, Place};
use chancery_report::{Checked, Options, Period};

use crate::figures::Waiting;
use crate::{Error, Home};

/// No document may be longer, in bytes.
const DOCUMENT_LIMIT: u64 = 64 << 20;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    Html,
    Json,
    Text,
}

/// A report in one language.
pub struct BuiltReport {
    pub content: String,
    pub figures: usize,
    /// The number of journal entries that every figure rests on.
    pub known_at: u64,
    /// Figures of which a reader must be warned, each with the warning in the report's language.
    pub cautions: Vec<String>,
}

impl Home {
    /// Builds a report for a period, as known at a point of the journal.
    pub async fn build_report(
        &self,
        name: &str,
        language: Language,
        period: Period,
        format: ReportFormat,
        known_at: Option<u64>,
    ) -> Result<BuiltReport, Error> {
        let programme = self.programme();
        let Some(report) = programme.reports.get(name) else {
            let known: Vec<&str> = programme.reports.keys().map(String::as_str).collect();
            return Err(Diagnostic::error(Place::default(), format!("there is no report `{name}`"))
                .expected(format!("one of: {}", known.join(", ")))
                .suggest(name, known)
                .into());
        };
        let figures = Arc::new(Waiting(self.engine(known_at).await?));
        let document = chancery_report::compile(programme, report, language, period, figures)?;
        let content = match format {
            ReportFormat::Html => chancery_report::html(programme, &document),
            ReportFormat::Json => format!("{:#}\n", chancery_report::json(&document)),
            ReportFormat::Text => chancery_report::text(&document),
        };
        let mut cautions: Vec<String> = document
            .figures
            .iter()
            .flat_map(|placed| placed.cautions.iter().map(|caution| format!("{}: {}", placed.label, caution[language])))
            .collect();
        cautions.dedup();
        Ok(BuiltReport { content, figures: document.figures.len(), known_at: document.known_at, cautions })
    }

    /// Checks a document figure by figure.
    pub async fn check_report(&self, file: &Path, options: Options, known_at: Option<u64>) -> Result<Checked, Error> {
        let text = read_document(file)?;
        let figures = Waiting(self.engine(known_at).await?);
        Ok(chancery_report::check(self.programme(), &text, options, &figures)?)
    }
}

/// Reads a document in plain text or Markdown.
fn read_document(file: &Path) -> Result<String, Error> {
    let place = || Place::file(file.display().to_string());
    let size = std::fs::metadata(file).map_err(Error::io(file))?.len();
    if size > DOCUMENT_LIMIT {
        return Err(Diagnostic::error(place(), format!("a document of {} MiB", size >> 20))
            .expected(format!("at most {} MiB", DOCUMENT_LIMIT >> 20))
            .into());
    }
    let bytes = std::fs::read(file).map_err(Error::io(file))?;
    let kind = match bytes.as_slice() {
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [b'P', b'K', 3, 4, ..] => Some("a Word document or another archive"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ => None,
    };
    if let Some(kind) = kind {
        return Err(Diagnostic::error(place(), format!("a file that looks like {kind}"))
            .expected("plain text or Markdown in UTF-8")
            .hint("save it as text first; for a PDF, `pdftotext` does")
            .into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Diagnostic::error(Place::line(file.display().to_string(), line), "bytes that are not UTF-8")
            .expected("plain text or Markdown in UTF-8")
            .hint("save it in UTF-8")
            .into()
    })
}
