//! Building reports from the registers, and checking any document against them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chancery_model::value::read_period;
use chancery_model::{Diagnostic, Language, Place, Programme, Visibility};
use chancery_report::{
    Checked, Comparison, DOCUMENT_LIMIT, Document, Edition, Facing, Options, Period, Source,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::figures::{Remembering, Waiting};
use crate::{Error, Home, concordance};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    Html,
    Pdf,
    Docx,
    Akoma,
    Markdown,
    Text,
    Json,
}

impl ReportFormat {
    /// Each with its name and with how its files end.
    pub const ALL: [(Self, &str, &str); 7] = [
        (Self::Html, "html", "html"),
        (Self::Pdf, "pdf", "pdf"),
        (Self::Docx, "docx", "docx"),
        (Self::Akoma, "akoma", "xml"),
        (Self::Markdown, "markdown", "md"),
        (Self::Text, "text", "txt"),
        (Self::Json, "json", "json"),
    ];

    /// The format with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(format, ..)| format)
    }

    /// What a file is by the end of its name.
    pub fn of(file: &Path) -> Option<Self> {
        let ending = file.extension()?.to_str()?;
        Self::ALL.into_iter().find(|(.., known)| *known == ending).map(|(format, ..)| format)
    }

    /// Whether a terminal can show it.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Pdf | Self::Docx)
    }
}

/// A report in one language, compiled.
pub struct BuiltReport {
    programme: Arc<Programme>,
    pub(crate) document: Document,
}

impl BuiltReport {
    /// The report as a file of some kind, with what is to be said of how it was made.
    pub fn content(&self, format: ReportFormat) -> Result<(Vec<u8>, Vec<String>), Error> {
        let document = &self.document;
        let mut said = Vec::new();
        let bytes = match format {
            ReportFormat::Html => {
                chancery_report::html(&self.programme, document, None).into_bytes()
            }
            ReportFormat::Pdf => {
                let pdf = chancery_report::pdf(document)?;
                said.extend(pdf.missing_fonts.iter().map(|family| {
                    format!("the font “{family}” is not installed; others stand in its place")
                }));
                pdf.bytes
            }
            ReportFormat::Docx => chancery_report::docx(document)?,
            ReportFormat::Akoma => chancery_report::akoma(document).into_bytes(),
            ReportFormat::Markdown => chancery_report::markdown(document).into_bytes(),
            ReportFormat::Text => chancery_report::text(document).into_bytes(),
            ReportFormat::Json => format!("{:#}\n", chancery_report::json(document)).into_bytes(),
        };
        Ok((bytes, said))
    }

    /// The report as a page that stands in a portal.
    pub fn page(&self, around: &chancery_report::Around) -> String {
        chancery_report::html(&self.programme, &self.document, Some(around))
    }

    /// The evidence of one of its figures, by its place from 1, to stand in a portal.
    pub fn evidence(
        &self,
        around: &chancery_report::Around,
        figure: usize,
    ) -> Option<chancery_report::Evidence> {
        chancery_report::evidence(&self.programme, &self.document, around, figure)
    }

    pub fn title(&self) -> &str {
        &self.document.title
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

/// Reports under the hands of their writer: figures are computed once, and kept while the sources
/// around them change.
pub struct Drafts {
    figures: Arc<Remembering>,
    known_at: Option<u64>,
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
        let drafts = self.drafts(known_at).await?;
        self.build_draft(&drafts, self.programme(), name, language, period).await
    }

    /// Begins to write reports. A report goes to everyone: the records behind its figures come along
    /// where they are public.
    pub async fn drafts(&self, known_at: Option<u64>) -> Result<Drafts, Error> {
        let waiting = Waiting::seeing(self.engine(known_at).await?, Visibility::Public);
        Ok(Drafts { figures: Arc::new(Remembering::new(waiting)), known_at })
    }

    /// Compiles a report whose source may be newer than the packs of this home; what it asks of the
    /// registers is answered as before.
    pub async fn build_draft(
        &self,
        drafts: &Drafts,
        programme: &Arc<Programme>,
        name: &str,
        language: Language,
        period: Option<Period>,
    ) -> Result<BuiltReport, Error> {
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
        let dated = self.dated(drafts.known_at, period).await?;
        let edition = Edition { language, period, dated };
        let figures = Arc::clone(&drafts.figures);
        let document = chancery_report::compile(programme, report, edition, figures)?;
        Ok(BuiltReport { programme: Arc::clone(programme), document })
    }

    /// The day of the last entry that the office knew; of a journal without entries, the last day
    /// of the period.
    async fn dated(&self, known_at: Option<u64>, period: Period) -> Result<Date, Error> {
        let size = match known_at {
            Some(size) => size,
            None => self.journal().size().await?,
        };
        let last = match size.checked_sub(1) {
            Some(number) => self.entry(number).await?,
            None => None,
        };
        Ok(last.map_or(period.to, |entry| TimeZone::UTC.to_datetime(entry.time).date()))
    }

    /// Checks a document figure by figure, with what was accepted for it in the file beside it.
    pub async fn check_report(
        &self,
        file: &Path,
        source: &Source,
        mut options: Options,
        known_at: Option<u64>,
    ) -> Result<Checked, Error> {
        options.concordance = concordance::read(file, self.programme())?;
        let figures = Waiting::new(self.engine(known_at).await?);
        Ok(chancery_report::check(self.programme(), source, options, &figures)?)
    }

    /// Compares two language versions of a document paragraph by paragraph.
    pub async fn compare_versions(
        &self,
        here: (&Path, Language),
        there: (&Path, Language),
    ) -> Result<Facing, Error> {
        let (ours, theirs) = (read_document(here.0)?, read_document(there.0)?);
        let figures = Waiting::new(self.engine(None).await?);
        let (ours, theirs) = ((&ours, here.1), (&theirs, there.1));
        Ok(chancery_report::against(self.programme(), ours, theirs, &figures)?)
    }
}

/// Compares two builds of a report, each in its JSON.
pub fn compare_reports(old: &Path, new: &Path) -> Result<Comparison, Error> {
    let read = |file: &Path| {
        let bytes = std::fs::read(file).map_err(Error::io(file))?;
        Ok::<_, Error>(chancery_report::read_built(&file.display().to_string(), &bytes)?)
    };
    Ok(chancery_report::compare(&read(old)?, &read(new)?))
}

/// Reads a document: plain text, Markdown, HTML, DOCX or PDF.
pub fn read_document(file: &Path) -> Result<Source, Error> {
    let name = file.display().to_string();
    let size = std::fs::metadata(file).map_err(Error::io(file))?.len();
    if size > DOCUMENT_LIMIT as u64 {
        return Err(Diagnostic::error(
            Place::file(name),
            format!("a document of {} MiB", size >> 20),
        )
        .expected(format!("at most {} MiB", DOCUMENT_LIMIT >> 20))
        .into());
    }
    let bytes = std::fs::read(file).map_err(Error::io(file))?;
    Ok(Source::read(&name, &bytes)?)
}
