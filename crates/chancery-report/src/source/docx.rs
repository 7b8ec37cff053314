//! The text of a DOCX, with the numbers that the word processor counts.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use roxmltree::{Document, Node};
use zip::ZipArchive;

use super::{DOCUMENT_LIMIT, PieceKind, Pieces, Problem, Source};

fn problem(found: impl Into<String>) -> Problem {
    Problem {
        found: found.into(),
        expected: "a DOCX file",
        hint: "open it in a word processor and save it as DOCX",
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Source, Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| problem(format!("an archive that cannot be opened: {error}")))?;
    let document = part(&mut archive, "word/document.xml")?
        .ok_or_else(|| problem("an archive without a document of Word in it"))?;
    let numbering = part(&mut archive, "word/numbering.xml")?.unwrap_or_default();
    let styles = part(&mut archive, "word/styles.xml")?.unwrap_or_default();
    let notes = part(&mut archive, "word/footnotes.xml")?.unwrap_or_default();
    let mut reading = Reading {
        pieces: Pieces::default(),
        styles: Styles::read(&styles)?,
        numbering: Numbering::read(&numbering)?,
    };
    let document = xml("word/document.xml", &document)?;
    for node in document.descendants() {
        if is(&node, "tbl") && !is_in_cell(node) {
            reading.table(node);
        } else if is(&node, "p") && !is_in_cell(node) {
            reading.paragraph(node, false);
        }
    }
    if !notes.is_empty() {
        let notes = xml("word/footnotes.xml", &notes)?;
        for paragraph in notes.descendants().filter(|node| is(node, "p")) {
            reading.paragraph(paragraph, true);
        }
    }
    Ok(reading.pieces.source)
}

/// One part of the archive, unpacked as far as any document may be.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, Problem> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(problem(format!("`{name}`: {error}"))),
    };
    let mut text = String::new();
    file.take(DOCUMENT_LIMIT as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|error| problem(format!("`{name}`: {error}")))?;
    if text.len() > DOCUMENT_LIMIT {
        return Err(problem(format!(
            "`{name}` of more than {} MiB when unpacked",
            DOCUMENT_LIMIT >> 20
        )));
    }
    Ok(Some(text))
}

/// Entities are not expanded: a file with a document type is refused.
fn xml<'a>(name: &str, text: &'a str) -> Result<Document<'a>, Problem> {
    Document::parse_with_options(
        text,
        roxmltree::ParsingOptions {
            allow_dtd: false,
            nodes_limit: 20_000_000,
            ..Default::default()
        },
    )
    .map_err(|error| problem(format!("`{name}`: {error}")))
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|node| is(node, name))
}

/// The `w:val` of a child.
fn value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    attribute(child(node, name)?, "val")
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

struct Reading {
    pieces: Pieces,
    styles: Styles,
    numbering: Numbering,
}

impl Reading {
    fn table(&mut self, table: Node<'_, '_>) {
        let rows: Vec<Vec<String>> = table
            .children()
            .filter(|node| is(node, "tr"))
            .map(|row| {
                let cells = row.children().filter(|node| is(node, "tc"));
                cells
                    .map(|cell| {
                        let paragraphs = cell.descendants().filter(|node| is(node, "p"));
                        paragraphs.map(|paragraph| words(paragraph) + " ").collect()
                    })
                    .collect()
            })
            .collect();
        self.pieces.push_table(&rows);
    }

    fn paragraph(&mut self, paragraph: Node<'_, '_>, note: bool) {
        let properties = child(paragraph, "pPr");
        let style = properties.and_then(|properties| value(properties, "pStyle"));
        let style = style.and_then(|style| self.styles.0.get(style)).cloned().unwrap_or_default();
        let own = properties.and_then(numbered);
        let kind = if note {
            PieceKind::Note
        } else if style.heading {
            PieceKind::Heading
        } else {
            PieceKind::Paragraph
        };
        let mark = own.or(style.numbering).and_then(|(id, level)| self.numbering.next(&id, level));
        let mut text = mark.filter(|_| !style.heading).map_or_else(String::new, |mark| mark + " ");
        text.push_str(&words(paragraph));
        self.pieces.push(kind, &text);
    }
}

fn is_in_cell(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| is(&above, "tc"))
}

/// The words of a paragraph, without its mark.
fn words(paragraph: Node<'_, '_>) -> String {
    let mut text = String::new();
    for node in paragraph.descendants() {
        // What was taken out while changes are tracked, and the marks of footnotes.
        let hidden =
            node.ancestors().take_while(|above| above.id() != paragraph.id()).any(|above| {
                is(&above, "del") || is(&above, "r") && is_raised(above) || is(&above, "p")
            });
        if hidden {
            continue;
        }
        match node.tag_name().name() {
            "t" => text.push_str(node.text().unwrap_or_default()),
            "tab" if !is_in_properties(node) => text.push(' '),
            "br" | "cr" => text.push(' '),
            "noBreakHyphen" => text.push('-'),
            _ => {}
        }
    }
    text
}

fn is_in_properties(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| is(&above, "pPr"))
}

/// Whether a run is a raised mark.
fn is_raised(run: Node<'_, '_>) -> bool {
    let Some(properties) = child(run, "rPr") else { return false };
    let style =
        value(properties, "rStyle").is_some_and(|style| style.contains("FootnoteReference"));
    style || value(properties, "vertAlign") == Some("superscript")
}

/// The numbering and level of a paragraph or style.
fn numbered(properties: Node<'_, '_>) -> Option<(String, usize)> {
    let numbering = child(properties, "numPr")?;
    let id = value(numbering, "numId")?;
    let level = value(numbering, "ilvl").and_then(|level| level.parse().ok()).unwrap_or(0);
    Some((id.to_owned(), level))
}

#[derive(Clone, Debug, Default)]
struct Style {
    heading: bool,
    numbering: Option<(String, usize)>,
}

/// Paragraph styles by their identifiers.
#[derive(Default)]
struct Styles(BTreeMap<String, Style>);

impl Styles {
    fn read(text: &str) -> Result<Self, Problem> {
        let mut styles = BTreeMap::new();
        if text.is_empty() {
            return Ok(Self(styles));
        }
        let document = xml("word/styles.xml", text)?;
        for style in document.descendants().filter(|node| is(node, "style")) {
            let Some(id) = attribute(style, "styleId") else { continue };
            let properties = child(style, "pPr");
            let name = value(style, "name").unwrap_or_default().to_ascii_lowercase();
            let outlined =
                properties.is_some_and(|properties| child(properties, "outlineLvl").is_some());
            let heading = outlined || name.starts_with("heading") || name == "title";
            let numbering = properties.and_then(numbered);
            styles.insert(id.to_owned(), Style { heading, numbering });
        }
        Ok(Self(styles))
    }
}

/// Numberings as the word processor counts them.
#[derive(Default)]
struct Numbering {
    /// Numbering to its abstract one.
    kinds: BTreeMap<String, String>,
    /// Abstract numbering and level to the form of a number, for those that are plain numbers.
    forms: BTreeMap<(String, usize), String>,
    counts: BTreeMap<(String, usize), u32>,
}

impl Numbering {
    fn read(text: &str) -> Result<Self, Problem> {
        let mut numbering = Self::default();
        if text.is_empty() {
            return Ok(numbering);
        }
        let document = xml("word/numbering.xml", text)?;
        for kind in document.descendants().filter(|node| is(node, "abstractNum")) {
            let Some(id) = attribute(kind, "abstractNumId") else { continue };
            for level in kind.children().filter(|node| is(node, "lvl")) {
                let number = attribute(level, "ilvl").and_then(|level| level.parse().ok());
                let (Some(number), Some(form)) = (number, value(level, "lvlText")) else {
                    continue;
                };
                if value(level, "numFmt") == Some("decimal") {
                    numbering.forms.insert((id.to_owned(), number), form.to_owned());
                }
            }
        }
        for number in document.descendants().filter(|node| is(node, "num")) {
            if let (Some(id), Some(kind)) =
                (attribute(number, "numId"), value(number, "abstractNumId"))
            {
                numbering.kinds.insert(id.to_owned(), kind.to_owned());
            }
        }
        Ok(numbering)
    }

    /// The next mark of a numbering, where it is a plain number.
    fn next(&mut self, id: &str, level: usize) -> Option<String> {
        let kind = self.kinds.get(id)?.clone();
        let count = self.counts.entry((kind.clone(), level)).or_default();
        *count += 1;
        let form = self.forms.get(&(kind, level))?;
        Some(form.replace(&format!("%{}", level + 1), &count.to_string()))
    }
}
