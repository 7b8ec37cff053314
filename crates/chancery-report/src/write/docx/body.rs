//! The text of a DOCX, with the numbering, footnotes and links that it uses.

use std::fmt::Write as _;

use chancery_model::style::NUMERALS;
use chancery_model::value::placeholders;

use super::parts::NAMESPACES;
use crate::document::{Block, Chart, Document, Inline, List, Table};
use crate::grammar::grammar;
use crate::write::html::escape;
use crate::write::paper::{columns, kept_together};

/// Lengths of DOCX: twentieths of a point.
const INDENT: u32 = 680;
/// English Metric Units in a millimetre.
const EMU: f64 = 36_000.0;

/// Numberings that every document has: headings, paragraphs, points; lists and annexes follow.
const HEADINGS: usize = 1;
const PARAGRAPHS: usize = 2;
const POINTS: usize = 3;
/// The abstract numbering of sub-paragraphs; each list has one of its own like it.
const LISTS: usize = 4;

pub(super) struct Body<'a> {
    document: &'a Document,
    right_to_left: bool,
    text: String,
    /// The part with the footnotes.
    pub(super) notes: String,
    /// Addresses of links, in the order of their relations.
    links: Vec<String>,
    /// The abstract numbering of each further one: it starts anew.
    numberings: Vec<usize>,
    /// Which numbering headings follow now.
    headings: usize,
    drawings: usize,
    bookmarks: usize,
}

/// How runs look besides their style.
#[derive(Clone, Copy, Default)]
struct Look {
    bold: bool,
    italic: bool,
    invented: bool,
}

impl<'a> Body<'a> {
    pub(super) fn write(document: &'a Document) -> Self {
        let mut body = Self {
            document,
            right_to_left: document.language.direction() == "rtl",
            text: String::new(),
            notes: String::new(),
            links: Vec::new(),
            numberings: Vec::new(),
            headings: HEADINGS,
            drawings: 0,
            bookmarks: 0,
        };
        body.head();
        for block in &document.blocks {
            body.block(block, 0);
        }
        body.notes = body.footnotes();
        body
    }

    pub(super) fn document(&self) -> String {
        let paper = &self.document.style.paper;
        let (width, height) = paper.size.millimetres();
        let margins = paper.margins;
        let twips = |millimetres: f64| (millimetres * 56.693).round();
        let rtl = if self.right_to_left { "<w:rtlGutter/>" } else { "" };
        let bidi = if self.right_to_left { "<w:bidi/>" } else { "" };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document {NAMESPACES}><w:body>{text}\
             <w:sectPr><w:headerReference w:type=\"default\" r:id=\"rIdH1\"/><w:headerReference w:type=\"even\" r:id=\"rIdH2\"/>\
             <w:headerReference w:type=\"first\" r:id=\"rIdH3\"/>\
             <w:footerReference w:type=\"default\" r:id=\"rIdF1\"/><w:footerReference w:type=\"even\" r:id=\"rIdF2\"/>\
             <w:footerReference w:type=\"first\" r:id=\"rIdF1\"/>\
             <w:pgSz w:w=\"{w}\" w:h=\"{h}\"/><w:pgMar w:top=\"{top}\" w:right=\"{outside}\" w:bottom=\"{bottom}\" w:left=\"{inside}\" \
             w:header=\"720\" w:footer=\"720\" w:gutter=\"0\"/><w:titlePg/>{bidi}{rtl}</w:sectPr></w:body></w:document>",
            text = self.text,
            w = twips(width),
            h = twips(height),
            top = twips(margins.top),
            bottom = twips(margins.bottom),
            inside = twips(margins.inside),
            outside = twips(margins.outside),
        )
    }

    pub(super) fn relations(&self) -> String {
        let mut relations = String::new();
        let fixed = [
            ("rIdS", "styles", "styles.xml"),
            ("rIdN", "numbering", "numbering.xml"),
            ("rIdT", "footnotes", "footnotes.xml"),
            ("rIdG", "settings", "settings.xml"),
            ("rIdH1", "header", "header1.xml"),
            ("rIdH2", "header", "header2.xml"),
            ("rIdH3", "header", "header3.xml"),
            ("rIdF1", "footer", "footer1.xml"),
            ("rIdF2", "footer", "footer2.xml"),
        ];
        let mut relate = |id: &str, kind: &str, target: &str, outside: bool| {
            let mode = if outside { " TargetMode=\"External\"" } else { "" };
            let _ = write!(
                relations,
                "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"{mode}/>"
            );
        };
        for (id, kind, target) in fixed {
            relate(id, kind, target, false);
        }
        for (index, link) in self.links.iter().enumerate() {
            relate(&format!("rIdL{index}"), "hyperlink", &escape(link), true);
        }
        for number in 1..=self.drawings {
            relate(&format!("rIdP{number}"), "image", &format!("media/chart{number}.png"), false);
            relate(&format!("rIdV{number}"), "image", &format!("media/chart{number}.svg"), false);
        }
        super::parts::relationships(&relations)
    }

    /// Masthead, title, period and summary.
    fn head(&mut self) {
        let document = self.document;
        let masthead = &document.masthead;
        let cell = |width: u32, paragraphs: String| {
            format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"pct\"/></w:tcPr>{paragraphs}</w:tc>"
            )
        };
        let line = |style: &str, text: &str| self.line(style, text);
        let rows = [
            (line("Organ", &masthead.organ), line("Symbol", &masthead.symbol)),
            (
                line("Body", &masthead.body),
                masthead.lines.iter().map(|text| line("MastheadLine", text)).collect(),
            ),
        ];
        let rows: String = rows
            .into_iter()
            .map(|(left, right)| format!("<w:tr>{}{}</w:tr>", cell(3200, left), cell(1800, right)))
            .collect();
        let bidi = self.bidi_table();
        let mut head = format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"Masthead\"/>{bidi}<w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLook w:val=\"0000\"/></w:tblPr>\
             <w:tblGrid><w:gridCol w:w=\"5400\"/><w:gridCol w:w=\"3000\"/></w:tblGrid>{rows}</w:tbl>"
        );
        for text in &masthead.context {
            head.push_str(&line("MastheadLine", text));
        }
        head.push_str(&line("Title", &document.title));
        if let Some(author) = &masthead.author {
            head.push_str(&line("Subtitle", author));
        }
        let words = grammar(document.language);
        let period = document.period_text();
        head.push_str(&line("Period", &period));
        if document.is_demonstration() {
            head.push_str(&line("Notice", words.word("demonstration_page")));
        }
        if !document.summary.is_empty() {
            head.push_str(&line("SummaryName", words.word("summary")));
        }
        self.text.push_str(&head);
        for block in &document.summary {
            self.block(block, 0);
        }
    }

    /// A paragraph of plain text.
    fn line(&self, style: &str, text: &str) -> String {
        format!(
            "<w:p>{}{}</w:p>",
            self.properties(style, None),
            self.run(text, "", Look::default())
        )
    }

    /// The properties of a paragraph: style, numbering and level, direction.
    fn properties(&self, style: &str, numbering: Option<(usize, usize)>) -> String {
        let numbering = numbering.map_or_else(String::new, |(numbering, level)| {
            format!(
                "<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{numbering}\"/></w:numPr>"
            )
        });
        let bidi = if self.right_to_left { "<w:bidi/>" } else { "" };
        format!("<w:pPr><w:pStyle w:val=\"{style}\"/>{numbering}{bidi}</w:pPr>")
    }

    fn run(&self, text: &str, style: &str, look: Look) -> String {
        self.run_of(&format!("<w:t xml:space=\"preserve\">{}</w:t>", escape(text)), style, look)
    }

    fn run_of(&self, content: &str, style: &str, look: Look) -> String {
        let mut properties = String::new();
        if !style.is_empty() {
            let _ = write!(properties, "<w:rStyle w:val=\"{style}\"/>");
        }
        if look.bold {
            properties.push_str("<w:b/><w:bCs/>");
        }
        if look.italic {
            properties.push_str("<w:i/><w:iCs/>");
        }
        if look.invented {
            properties.push_str("<w:u w:val=\"dotted\"/>");
        }
        if self.right_to_left {
            properties.push_str("<w:rtl/>");
        }
        let properties =
            if properties.is_empty() { properties } else { format!("<w:rPr>{properties}</w:rPr>") };
        format!("<w:r>{properties}{content}</w:r>")
    }

    fn block(&mut self, block: &Block, depth: usize) {
        match block {
            Block::Heading { level, mark, annex, content } => {
                let style = if *annex { "Annex".to_owned() } else { format!("Heading{level}") };
                if *annex {
                    // The headings of an annex are counted anew.
                    self.headings = self.further(HEADINGS);
                }
                let form = self.document.style.headings.get(usize::from(*level) - 1);
                let form =
                    form.filter(|_| !annex).map(|form| form[self.document.language].as_str());
                let numbering = (self.headings, usize::from(*level) - 1);
                self.marked(&style, form, numbering, mark.as_deref(), content);
            }
            Block::Paragraph { number: Some(_), mark, content } => {
                let form = self.document.style.paragraph[self.document.language].as_str();
                self.marked("Numbered", Some(form), (PARAGRAPHS, 0), mark.as_deref(), content);
            }
            Block::Paragraph { content, .. } => {
                let style = if depth > 0 { "SubParagraph" } else { "Normal" };
                self.marked(style, None, (0, 0), None, content);
            }
            Block::List(list) => self.list(list, depth),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Quote { blocks } => {
                for block in blocks {
                    self.block(block, depth + 1);
                }
            }
        }
    }

    /// A paragraph with its mark: counted by the word processor where it can write such numerals.
    fn marked(
        &mut self,
        style: &str,
        form: Option<&str>,
        numbering: (usize, usize),
        mark: Option<&str>,
        content: &[Inline],
    ) {
        let counted = form.filter(|form| self.is_counted(form)).map(|_| numbering);
        let mut text = format!("<w:p>{}", self.properties(style, counted));
        if let Some(mark) = mark.filter(|_| counted.is_none()) {
            text.push_str(&self.run(mark, "", Look::default()));
            text.push_str(&self.run_of("<w:tab/>", "", Look::default()));
        }
        text.push_str(&self.inlines(content, Look::default()));
        text.push_str("</w:p>");
        self.text.push_str(&text);
    }

    /// Whether a word processor writes these numerals itself, in these digits.
    fn is_counted(&self, form: &str) -> bool {
        let european = grammar(self.document.language).digits.starts_with('0');
        european && placeholders(form).iter().any(|numeral| NUMERALS.contains(numeral))
    }

    /// One more numbering like another, that starts anew.
    fn further(&mut self, abstract_numbering: usize) -> usize {
        self.numberings.push(abstract_numbering);
        POINTS + self.numberings.len()
    }

    fn list(&mut self, list: &List, depth: usize) {
        let ordered = list.items.first().is_some_and(|item| item.mark.is_some());
        let lists = &self.document.style.lists;
        let level = depth.min(lists.len().saturating_sub(1));
        let form = lists.get(level).map(|form| form[self.document.language].clone());
        let numbering = match &form {
            Some(form) if ordered && self.is_counted(form) => (self.further(LISTS), level),
            _ if ordered => (0, level),
            _ => (POINTS, depth.min(2)),
        };
        for item in &list.items {
            for (index, block) in item.blocks.iter().enumerate() {
                match block {
                    Block::Paragraph { content, .. } if index == 0 => {
                        let mut text = format!(
                            "<w:p>{}",
                            self.properties(
                                &format!("List{}", level + 1),
                                (numbering.0 > 0).then_some(numbering),
                            )
                        );
                        if let Some(mark) = item.mark.as_ref().filter(|_| numbering.0 == 0) {
                            text.push_str(&self.run(mark, "", Look::default()));
                            text.push_str(&self.run_of("<w:tab/>", "", Look::default()));
                        }
                        text.push_str(&self.inlines(content, Look::default()));
                        text.push_str("</w:p>");
                        self.text.push_str(&text);
                    }
                    block => self.block(block, depth + usize::from(ordered)),
                }
            }
        }
    }

    fn bidi_table(&self) -> &'static str {
        if self.right_to_left { "<w:bidiVisual/>" } else { "" }
    }

    fn table(&mut self, table: &Table) {
        let widths = columns(self.document, table).widths;
        let whole: f64 = widths.iter().sum();
        let share = |width: &f64| (width / whole * 5000.0).round();
        let grid: String = widths
            .iter()
            .map(|width| format!("<w:gridCol w:w=\"{}\"/>", (share(width) * 1.7).round()))
            .collect();
        let mut rows = String::new();
        for (index, cells) in std::iter::once(&table.header).chain(&table.rows).enumerate() {
            let head = if index == 0 {
                "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
            } else {
                "<w:trPr><w:cantSplit/></w:trPr>"
            };
            let _ = write!(rows, "<w:tr>{head}");
            for ((cell, end), width) in cells.iter().zip(&table.end).zip(&widths) {
                let style = match (index, end) {
                    (0, false) => "TableHead",
                    (0, true) => "TableHeadEnd",
                    (_, false) => "TableCell",
                    (_, true) => "TableCellEnd",
                };
                let content = self.inlines(cell, Look::default());
                let _ = write!(
                    rows,
                    "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"pct\"/></w:tcPr><w:p>{}{content}</w:p></w:tc>",
                    share(width),
                    self.properties(style, None)
                );
            }
            rows.push_str("</w:tr>");
        }
        let text = format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"Figures\"/>{}<w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLook w:val=\"0020\" w:firstRow=\"1\"/></w:tblPr>\
             <w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>{}",
            self.bidi_table(),
            self.line("AfterTable", "")
        );
        self.text.push_str(&text);
    }

    fn chart(&mut self, chart: &Chart) {
        self.drawings += 1;
        let paper = &self.document.style.paper;
        let width =
            (paper.size.millimetres().0 - paper.margins.inside - paper.margins.outside) * EMU;
        let height = width * height_of(&chart.drawing);
        let (width, height, number) = (width.round(), height.round(), chart.number);
        let alternative = escape(&chart.alternative);
        let drawing = format!(
            "<w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{id}\" name=\"chart{number}\" descr=\"{alternative}\"/>\
             <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
             <pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"chart{number}.png\" descr=\"{alternative}\"/><pic:cNvPicPr/></pic:nvPicPr>\
             <pic:blipFill><a:blip r:embed=\"rIdP{number}\"><a:extLst><a:ext uri=\"{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}\">\
             <asvg:svgBlip r:embed=\"rIdV{number}\"/></a:ext></a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
             <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
             </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>",
            id = 1000 + number,
        );
        let mut text = self.line("Caption", &self.document.caption(chart));
        let _ = write!(
            text,
            "<w:p>{}{}</w:p>",
            self.properties("Drawing", None),
            self.run_of(&drawing, "", Look::default())
        );
        if let Some(note) = &chart.note {
            text.push_str(&self.line("Source", note));
        }
        text.push_str(&self.line("Source", &chart.source));
        self.text.push_str(&text);
        self.table(&chart.table);
    }

    fn inlines(&mut self, content: &[Inline], look: Look) -> String {
        let mut text = String::new();
        for inline in content {
            match inline {
                Inline::Text(plain) => text.push_str(&self.run(plain, "", look)),
                Inline::Emphasis(inner) => {
                    text.push_str(&self.inlines(inner, Look { italic: true, ..look }));
                }
                Inline::Strong(inner) => {
                    text.push_str(&self.inlines(inner, Look { bold: true, ..look }));
                }
                Inline::Link { target, content } => {
                    let inner: String = content
                        .iter()
                        .map(|inline| match inline {
                            Inline::Text(plain) => self.run(plain, "Hyperlink", look),
                            other => self.inlines(std::slice::from_ref(other), look),
                        })
                        .collect();
                    let _ = write!(
                        text,
                        "<w:hyperlink r:id=\"rIdL{}\">{inner}</w:hyperlink>",
                        self.links.len()
                    );
                    self.links.push(target.clone());
                }
                Inline::Note { index, first: true } => {
                    self.bookmarks += 1;
                    let reference = format!("<w:footnoteReference w:id=\"{}\"/>", index + 1);
                    let run = self.run_of(&reference, "FootnoteReference", Look::default());
                    let id = self.bookmarks;
                    let _ = write!(
                        text,
                        "<w:bookmarkStart w:id=\"{id}\" w:name=\"_note{}\"/>{run}<w:bookmarkEnd w:id=\"{id}\"/>",
                        index + 1
                    );
                }
                Inline::Note { index, .. } => {
                    let shown = self.run(
                        &self.document.number(index + 1),
                        "FootnoteReference",
                        Look::default(),
                    );
                    let _ = write!(
                        text,
                        "<w:fldSimple w:instr=\" NOTEREF _note{} \\f \\h \">{shown}</w:fldSimple>",
                        index + 1
                    );
                }
                Inline::Figure(index) => {
                    let Some(placed) = self.document.figures.get(*index) else { continue };
                    self.bookmarks += 1;
                    let invented = placed.figure.demonstration > 0;
                    let run = self.run(&kept_together(placed), "", Look { invented, ..look });
                    let id = self.bookmarks;
                    let _ = write!(
                        text,
                        "<w:bookmarkStart w:id=\"{id}\" w:name=\"f{}\"/>{run}<w:bookmarkEnd w:id=\"{id}\"/>",
                        index + 1
                    );
                }
            }
        }
        text
    }

    fn footnotes(&mut self) -> String {
        let separator = |id: i32, kind: &str, content: &str| {
            format!(
                "<w:footnote w:type=\"{kind}\" w:id=\"{id}\"><w:p><w:pPr><w:spacing w:after=\"0\"/></w:pPr><w:r>{content}</w:r></w:p></w:footnote>"
            )
        };
        let mut notes = separator(-1, "separator", "<w:separator/>");
        notes.push_str(&separator(0, "continuationSeparator", "<w:continuationSeparator/>"));
        for (index, note) in self.document.footnotes.iter().enumerate() {
            let mark = self.run_of("<w:footnoteRef/>", "FootnoteReference", Look::default());
            let space = self.run(" ", "", Look::default());
            let content = self.inlines(note, Look::default());
            let _ = write!(
                notes,
                "<w:footnote w:id=\"{}\"><w:p>{}{mark}{space}{content}</w:p></w:footnote>",
                index + 1,
                self.properties("FootnoteText", None)
            );
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:footnotes {NAMESPACES}>{notes}</w:footnotes>"
        )
    }

    pub(super) fn numbering(&self) -> String {
        let language = self.document.language;
        let style = &self.document.style;
        let level = |index: usize, form: &str, indent: (u32, u32), bound: &str| {
            let (numeral, text) = match placeholders(form).first() {
                Some(numeral) => (
                    *numeral,
                    form.replacen(&format!("{{{numeral}}}"), &format!("%{}", index + 1), 1),
                ),
                None => ("", form.to_owned()),
            };
            let numeral = match numeral {
                "1" => "decimal",
                "I" => "upperRoman",
                "i" => "lowerRoman",
                "A" => "upperLetter",
                "a" => "lowerLetter",
                _ => "none",
            };
            let bound = if bound.is_empty() {
                String::new()
            } else {
                format!("<w:pStyle w:val=\"{bound}\"/>")
            };
            let (left, hanging) = indent;
            format!(
                "<w:lvl w:ilvl=\"{index}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{numeral}\"/>{bound}<w:suff w:val=\"tab\"/><w:lvlText w:val=\"{}\"/>\
                 <w:lvlJc w:val=\"left\"/><w:pPr><w:tabs><w:tab w:val=\"num\" w:pos=\"{left}\"/></w:tabs><w:ind w:left=\"{}\" w:hanging=\"{hanging}\"/></w:pPr></w:lvl>",
                escape(&text),
                if hanging == 0 { 0 } else { left },
            )
        };
        let mut kinds = Vec::new();
        let headings: String = style
            .headings
            .iter()
            .enumerate()
            .map(|(index, form)| {
                level(index, &form[language], (INDENT, INDENT), &format!("Heading{}", index + 1))
            })
            .collect();
        kinds.push(headings);
        kinds.push(level(0, &style.paragraph[language], (INDENT, 0), "Numbered"));
        let points: String = (0..3)
            .map(|index| {
                level(index, "–", (INDENT * (index as u32 + 2), INDENT / 2), "")
                    .replace("\"none\"", "\"bullet\"")
            })
            .collect();
        kinds.push(points);
        let lists = style.lists.iter().enumerate().map(|(index, form)| {
            level(index, &form[language], (INDENT * (index as u32 + 2), INDENT), "")
        });
        kinds.push(lists.collect());
        let mut numbering = String::new();
        for (index, levels) in kinds.iter().enumerate() {
            let id = index + 1;
            let _ = write!(
                numbering,
                "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"multilevel\"/>{levels}</w:abstractNum>"
            );
        }
        for id in 1..=POINTS {
            let _ = write!(
                numbering,
                "<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{id}\"/></w:num>"
            );
        }
        for (index, of) in self.numberings.iter().enumerate() {
            let again: String = (0..3)
                .map(|level| format!("<w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"1\"/></w:lvlOverride>"))
                .collect();
            let _ = write!(
                numbering,
                "<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"{of}\"/>{again}</w:num>",
                POINTS + 1 + index
            );
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:numbering {NAMESPACES}>{numbering}</w:numbering>"
        )
    }
}

/// How tall a drawing is for its width.
fn height_of(drawing: &str) -> f64 {
    let view = drawing.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next());
    let numbers: Vec<f64> =
        view.unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect();
    match numbers.as_slice() {
        [_, _, width, height] if *width > 0.0 => height / width,
        _ => 0.6,
    }
}
