//! Building reports from the registers, and checking any document against them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chancery_model::value::read_period;
use chancery_model::{Diagnostic, Language, Place, Programme};
use chancery_report::{Checked, Document, Options, Period};

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

/// A report in one language, compiled.
pub struct BuiltReport {
    programme: Arc<Programme>,
    document: Document,
}

impl BuiltReport {
    /// The report as a file of some kind.
    pub fn content(&self, format: ReportFormat) -> String {
        match format {
            ReportFormat::Html => chancery_report::html(&self.programme, &self.document),
            ReportFormat::Json => format!("{:#}\n", chancery_report::json(&self.document)),
            ReportFormat::Text => chancery_report::text(&self.document),
        }
    }

    /// How many figures it has.
    pub fn figures(&self) -> usize {
        self.document.figures.len()
    }

    /// The number of journal entries that every figure rests on.
    pub fn known_at(&self) -> u64 {
        self.document.known_at
    }

    /// The time that it covers.
    pub fn period(&self) -> Period {
        self.document.period
    }

    /// The warnings that go with its figures, in its language, each with how many figures it is
    /// about.
    pub fn cautions(&self) -> BTreeMap<String, usize> {
        let mut cautions = BTreeMap::new();
        for caution in self.document.figures.iter().flat_map(|placed| &placed.figure.cautions) {
            *cautions.entry(caution[self.document.language].clone()).or_default() += 1;
        }
        cautions
    }

    /// How many of its figures rest on invented records.
    pub fn demonstration(&self) -> usize {
        let figures = self.document.figures.iter();
        figures.filter(|placed| placed.figure.demonstration > 0).count()
    }

    /// How the measure of one of its figures is called.
    pub fn call(&self, figure: usize) -> Option<String> {
        let figure = &self.document.figures.get(figure)?.figure;
        Some(chancery_model::figure::call(&figure.measure, &figure.parameters))
    }
}

impl Home {
    /// Compiles a report for a period (its own where none is given), as known at a point of the
    /// journal.
    pub async fn build_report(
        &self,
        name: &str,
        language: Language,
        period: Option<Period>,
        known_at: Option<u64>,
    ) -> Result<BuiltReport, Error> {
        let programme = self.programme();
        let Some(report) = programme.reports.get(name) else {
            let known: Vec<&str> = programme.reports.keys().map(String::as_str).collect();
            return Err(Diagnostic::error(
                Place::default(),
                format!("there is no report `{name}`"),
            )
            .expected(format!("one of: {}", known.join(", ")))
            .suggest(name, known)
            .into());
        };
        let own = || {
            let (from, to) = read_period(&report.head.period)
                .map_err(|wrong| wrong.at(Place::file(&report.file).field("period")))?;
            Ok::<_, Diagnostic>(Period { from, to })
        };
        let period = period.map_or_else(own, Ok)?;
        let figures = Arc::new(Waiting(self.engine(known_at).await?));
        let document = chancery_report::compile(programme, report, language, period, figures)?;
        Ok(BuiltReport { programme: Arc::clone(programme), document })
    }

    /// Checks a document figure by figure.
    pub async fn check_report(
        &self,
        file: &Path,
        options: Options,
        known_at: Option<u64>,
    ) -> Result<Checked, Error> {
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
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Diagnostic::error(Place::line(file.display().to_string(), line), "bytes that are not UTF-8")
            .expected("plain text or Markdown in UTF-8")
            .hint("save it in UTF-8")
            .into()
    })
}
