//! A document on paper: PDF through Typst, and drawings as pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use chancery_model::style::PaperSize;
use chancery_model::{Diagnostic, Diagnostics, Place};
use serde_json::{Value, json};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::json as figures_json;
use crate::document::{Block, Chart, Document, Inline, Placed, Table};
use crate::drawing::text_width;
use crate::grammar::grammar;

const TEMPLATE: &str = include_str!("../../assets/report.typ");
/// Which Debian packages hold the families that styles ask for.
const HINT: &str = "`make setup` installs fonts for all six languages; on Debian they are in fonts-noto-core and fonts-noto-cjk";

/// A report as PDF, with what its reader should know of how it was set.
#[derive(Clone, Debug)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    /// Families of type that are not installed here, in whose place others stand.
    pub missing_fonts: Vec<String>,
}

/// Writes a document as a tagged PDF that keeps to PDF/UA-1, with its figures attached as JSON.
pub fn pdf(document: &Document) -> Result<Pdf, Diagnostics> {
    let mut files = BTreeMap::new();
    let (shown, drawings) = shown(document);
    let missing_fonts = check_fonts(document, &shown)?;
    files.insert("/document.json".to_owned(), shown.to_string().into_bytes());
    files
        .insert("/figures.json".to_owned(), format!("{:#}\n", figures_json(document)).into_bytes());
    files.extend(drawings);
    let sheet = set(TEMPLATE, files)?;
    let standards =
        PdfStandards::new(&[PdfStandard::V_1_7, PdfStandard::Ua_1]).map_err(|wrong| {
            Diagnostics::from(Diagnostic::error(Place::default(), wrong.message().to_string()))
        })?;
    let options = PdfOptions {
        ident: Smart::Custom(format!(
            "{} {} {}",
            document.masthead.symbol, document.language, document.known_at
        )),
        creator: Smart::Custom(Some("Chancery".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&sheet, &options).map_err(|problems| refused(&problems))?;
    Ok(Pdf { bytes, missing_fonts })
}

/// A drawing as a PNG picture, for programs that do not show SVG.
pub(crate) fn picture(drawing: &str) -> Result<Vec<u8>, Diagnostics> {
    let page =
        "#set page(width: auto, height: auto, margin: 0pt)\n#image(\"/drawing.svg\", width: 480pt)";
    let files = BTreeMap::from([("/drawing.svg".to_owned(), drawing.as_bytes().to_vec())]);
    let sheet = set(page, files)?;
    let unset =
        || Diagnostics::from(Diagnostic::error(Place::default(), "a drawing that cannot be set"));
    let page = sheet.pages().first().ok_or_else(unset)?;
    let options = typst_render::RenderOptions { pixel_per_pt: 2.5.into(), ..Default::default() };
    typst_render::render(page, &options).encode_png().map_err(|_| unset())
}

/// Everything that the template needs, and the drawings as files.
fn shown(document: &Document) -> (Value, BTreeMap<String, Vec<u8>>) {
    let language = document.language;
    let words = grammar(language);
    let style = &document.style;
    let margins = style.paper.margins;
    let mut drawings = BTreeMap::new();
    let mut blocks = |blocks: &[Block]| -> Vec<Value> {
        blocks.iter().map(|block| block_json(document, block, &mut drawings)).collect()
    };
    let (summary, body) = (blocks(&document.summary), blocks(&document.blocks));
    let figures: Vec<Value> = document
        .figures
        .iter()
        .map(|placed| json!({"text": kept_together(placed), "invented": placed.figure.demonstration > 0}))
        .collect();
    let notes: Vec<Value> = document.footnotes.iter().map(|note| json!(note)).collect();
    let period = document.period_text();
    let demonstration = document.is_demonstration().then(|| words.word("demonstration_page"));
    // Numbers of pages and footnotes in the digits of the language; more than any report has.
    let numbers: Vec<String> = (1..=2000).map(|number| document.number(number)).collect();
    let shown = json!({
        "language": language.code(),
        "direction": language.direction(),
        "title": document.title,
        "issuer": document.issuer,
        "description": period,
        "period": period,
        "justify": language != chancery_model::Language::Ar,
        "style": {
            "paper": match style.paper.size { PaperSize::A4 => "a4", PaperSize::Letter => "us-letter" },
            "margins": {"top": margins.top, "bottom": margins.bottom, "inside": margins.inside, "outside": margins.outside},
            "size": style.size[language],
            "leading": style.leading[language],
            "fonts": style.fonts[language],
        },
        "words": {
            "page": style.page[language],
            "summary": words.word("summary"),
            "contents": words.word("contents"),
            "attachment": words.word("figures"),
        },
        "masthead": document.masthead,
        "demonstration": demonstration,
        "numbers": numbers,
        "summary": summary,
        "blocks": body,
        "notes": notes,
        "figures": figures,
    });
    (shown, drawings)
}

fn block_json(
    document: &Document,
    block: &Block,
    drawings: &mut BTreeMap<String, Vec<u8>>,
) -> Value {
    match block {
        Block::Table(table) => table_json(document, table),
        Block::Chart(chart) => {
            let Chart { number, drawing, alternative, source, note, table, .. } = chart;
            let file = format!("/chart-{number}.svg");
            drawings.insert(file.clone(), drawing.as_bytes().to_vec());
            json!({
                "kind": "chart", "file": file, "caption": document.caption(chart),
                "alternative": alternative, "source": source, "note": note,
                "table": table_json(document, table),
            })
        }
        Block::List(list) => {
            let items: Vec<Value> = list
                .items
                .iter()
                .map(|item| {
                    let blocks: Vec<Value> = item
                        .blocks
                        .iter()
                        .map(|block| block_json(document, block, drawings))
                        .collect();
                    json!({"mark": item.mark, "blocks": blocks})
                })
                .collect();
            json!({"kind": "list", "items": items})
        }
        Block::Quote { blocks } => {
            let blocks: Vec<Value> =
                blocks.iter().map(|block| block_json(document, block, drawings)).collect();
            json!({"kind": "quote", "blocks": blocks})
        }
        plain => json!(plain),
    }
}

fn table_json(document: &Document, table: &Table) -> Value {
    let columns = columns(document, table);
    json!({
        "kind": "table", "header": table.header, "rows": table.rows, "end": table.end,
        "widths": columns.widths, "scale": columns.scale,
    })
}

/// How the columns of a table are set.
pub(crate) struct Columns {
    /// How wide they are to one another.
    pub(crate) widths: Vec<f64>,
    /// By how much its type is smaller than that of other tables, so that no word is divided.
    pub(crate) scale: f64,
}

/// How wide the columns of a table are to one another: none narrower than its longest word, where
/// there is room; what is left goes to those that have more to say.
pub(crate) fn columns(document: &Document, table: &Table) -> Columns {
    /// What stands at both sides of a cell, and the most that one column asks for.
    const SIDES: f64 = 12.0;
    const MOST: f64 = 300.0;
    let paper = &document.style.paper;
    let millimetres = paper.size.millimetres().0 - paper.margins.inside - paper.margins.outside;
    // In units of a drawing, whose type is as large as that of a table.
    let room = millimetres / 0.3528 / (document.style.size[document.language] * 0.9) * 12.0;
    let needs: Vec<(f64, f64)> = (0..table.end.len())
        .map(|column| {
            let cells = std::iter::once(&table.header).chain(&table.rows);
            let cells = cells.filter_map(|row| row.get(column));
            let (mut least, mut whole) = (0.0_f64, 0.0_f64);
            for (row, cell) in cells.enumerate() {
                let text = paper_text(document, cell);
                // The head is set in bold type, and the estimate must not be too small.
                let bold = if row == 0 { 1.15 } else { 1.05 };
                let words = text.split([' ', '-']).map(text_width).fold(0.0, f64::max) * bold;
                // Chinese breaks anywhere.
                let spaced = grammar(document.language).spaced;
                least = least.max(if spaced { words } else { words.min(60.0) });
                whole = whole.max(text_width(&text).min(MOST));
            }
            (least.min(MOST) + SIDES, whole.max(least.min(MOST)) + SIDES)
        })
        .collect();
    let least: f64 = needs.iter().map(|(least, _)| least).sum();
    let wanted: f64 = needs.iter().map(|(least, whole)| whole - least).sum();
    let left = (room - least).max(0.0);
    let widths = needs
        .iter()
        .map(
            |(least, whole)| {
                if wanted > 0.0 { least + (whole - least) / wanted * left } else { *least }
            },
        )
        .collect();
    Columns { widths, scale: (room / least).clamp(0.65, 1.0) }
}

/// The text of a cell with dates kept together.
fn paper_text(document: &Document, content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Figure(index) => {
                document.figures.get(*index).map_or_else(String::new, kept_together)
            }
            other => document.plain(std::slice::from_ref(other)),
        })
        .collect()
}

/// The text of a figure; a date is not divided between lines.
pub(crate) fn kept_together(placed: &Placed) -> String {
    let day =
        placed.value().as_str().is_some_and(|text| chancery_model::value::read_date(text).is_ok());
    if day { placed.text.replace(' ', "\u{a0}") } else { placed.text.clone() }
}

/// Finds the characters for which no font is installed, and names the families that are not.
fn check_fonts(document: &Document, shown: &Value) -> Result<Vec<String>, Diagnostics> {
    fn characters(value: &Value, found: &mut BTreeSet<char>) {
        match value {
            Value::String(text) => found.extend(text.chars()),
            Value::Array(values) => values.iter().for_each(|value| characters(value, found)),
            Value::Object(values) => values.values().for_each(|value| characters(value, found)),
            _ => {}
        }
    }
    let mut needed = BTreeSet::new();
    characters(shown, &mut needed);
    let book = shop().fonts.book();
    let faces: Vec<_> = (0..).map_while(|index| book.info(index)).collect();
    let uncovered: Vec<char> = needed
        .into_iter()
        .filter(|c| !c.is_control() && !c.is_whitespace() && !is_mark_of_direction(*c))
        .filter(|c| !faces.iter().any(|face| face.coverage.contains(*c as u32)))
        .collect();
    if !uncovered.is_empty() {
        let sample: String = uncovered.iter().take(12).collect();
        let families = document.style.fonts[document.language].join(", ");
        return Err(Diagnostic::error(
            Place::default(),
            format!(
                "no font here has {} of the characters of this report: {sample}",
                uncovered.len()
            ),
        )
        .expected(format!("one of the fonts of its style: {families}"))
        .hint(HINT)
        .into());
    }
    let families = document.style.fonts[document.language].iter();
    let missing = families.filter(|family| !book.contains_family(&family.to_lowercase()));
    Ok(missing.cloned().collect())
}

fn is_mark_of_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{ad}')
}

/// Sets a page with its files.
fn set(template: &str, files: BTreeMap<String, Vec<u8>>) -> Result<PagedDocument, Diagnostics> {
    let sheet = Sheet {
        main: Source::new(file_id("/main.typ")?, template.to_owned()),
        files: files.into_iter().map(|(name, bytes)| (name, Bytes::new(bytes))).collect(),
    };
    let set = typst::compile::<PagedDocument>(&sheet).output;
    // What was remembered is of no use to the next report, and would stay.
    typst::comemo::evict(5);
    set.map_err(|problems| refused(&problems))
}

fn refused(problems: &[SourceDiagnostic]) -> Diagnostics {
    let told = problems.iter().map(|problem| {
        let mut told =
            Diagnostic::error(Place::default(), format!("on paper: {}", problem.message));
        if let Some(hint) = problem.hints.first() {
            told = told.hint(hint.v.to_string());
        }
        told
    });
    Diagnostics(told.collect())
}

fn file_id(name: &str) -> Result<FileId, Diagnostics> {
    let path = VirtualPath::new(name)
        .map_err(|_| Diagnostic::error(Place::default(), format!("the file name `{name}`")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// What all sheets share: the fonts of this machine and Typst's own.
struct Shop {
    library: LazyHash<Library>,
    fonts: FontStore,
}

fn shop() -> &'static Arc<Shop> {
    static SHOP: OnceLock<Arc<Shop>> = OnceLock::new();
    SHOP.get_or_init(|| {
        let mut fonts = FontStore::new();
        fonts.extend(typst_kit::fonts::embedded());
        fonts.extend(typst_kit::fonts::system());
        Arc::new(Shop { library: LazyHash::new(Library::default()), fonts })
    })
}

/// One template with its files, as Typst sees the world. No clock, no disk, no network.
struct Sheet {
    main: Source,
    files: BTreeMap<String, Bytes>,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &shop().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        shop().fonts.book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = id.get().vpath().get_with_slash();
        self.files.get(name).cloned().ok_or_else(|| FileError::NotFound(PathBuf::from(name)))
    }

    fn font(&self, index: usize) -> Option<Font> {
        shop().fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
