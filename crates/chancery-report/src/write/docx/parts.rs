//! The parts of a DOCX around its text: styles, settings, heads and feet of pages.

use std::fmt::Write as _;

use chancery_model::Language;

use crate::document::Document;
use crate::write::html::escape;

/// Prefixes that the parts use.
pub(super) const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
     xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
     xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
     xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
     xmlns:asvg=\"http://schemas.microsoft.com/office/drawing/2016/SVG/main\"";

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub(super) fn relationships(relations: &str) -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"
    )
}

pub(super) fn content_types() -> String {
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let mut types = String::new();
    for (ending, kind) in [
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
    ] {
        let _ = write!(types, "<Default Extension=\"{ending}\" ContentType=\"{kind}\"/>");
    }
    let parts = [
        ("word/document.xml", format!("{word}.document.main+xml")),
        ("word/styles.xml", format!("{word}.styles+xml")),
        ("word/numbering.xml", format!("{word}.numbering+xml")),
        ("word/footnotes.xml", format!("{word}.footnotes+xml")),
        ("word/settings.xml", format!("{word}.settings+xml")),
        ("word/header1.xml", format!("{word}.header+xml")),
        ("word/header2.xml", format!("{word}.header+xml")),
        ("word/header3.xml", format!("{word}.header+xml")),
        ("word/footer1.xml", format!("{word}.footer+xml")),
        ("word/footer2.xml", format!("{word}.footer+xml")),
        (
            "docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml".to_owned(),
        ),
        (
            "docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_owned(),
        ),
    ];
    for (name, kind) in parts {
        let _ = write!(types, "<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>");
    }
    format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">{types}</Types>"
    )
}

pub(super) fn package_relations() -> String {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    relationships(&format!(
        "<Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"word/document.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
         <Relationship Id=\"rId3\" Type=\"{office}/extended-properties\" Target=\"docProps/app.xml\"/>"
    ))
}

pub(super) fn core(document: &Document) -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{}</dc:title><dc:subject>{}</dc:subject><dc:creator>{}</dc:creator><dc:language>{}</dc:language>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{}T00:00:00Z</dcterms:created></cp:coreProperties>",
        escape(&document.title),
        escape(&document.masthead.symbol),
        escape(&document.issuer),
        language_tag(document.language),
        document.dated
    )
}

pub(super) fn application() -> String {
    format!(
        "{DECLARATION}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>Chancery</Application></Properties>"
    )
}

/// A language as word processors know it.
pub(super) fn language_tag(language: Language) -> &'static str {
    match language {
        Language::Ar => "ar-SA",
        Language::Zh => "zh-CN",
        Language::En => "en-GB",
        Language::Fr => "fr-FR",
        Language::Ru => "ru-RU",
        Language::Es => "es-ES",
    }
}

pub(super) fn settings(document: &Document) -> String {
    format!(
        "{DECLARATION}<w:settings {NAMESPACES}><w:mirrorMargins/><w:evenAndOddHeaders/>\
         <w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr>\
         <w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
         <w:themeFontLang w:val=\"{tag}\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:settings>",
        tag = language_tag(document.language)
    )
}

/// Heads and feet: on odd pages at the outer side, on even ones as well.
pub(super) fn furniture(document: &Document) -> Vec<(&'static str, String)> {
    let rtl = document.language.direction() == "rtl";
    let bidi = if rtl { "<w:bidi/>" } else { "" };
    let run = |content: &str| {
        let rtl = if rtl { "<w:rPr><w:rtl/></w:rPr>" } else { "" };
        format!("<w:r>{rtl}{content}</w:r>")
    };
    let paragraph = |style: &str, end: bool, content: &str| {
        let side = if end { "<w:jc w:val=\"right\"/>" } else { "" };
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{bidi}{side}</w:pPr>{content}</w:p>")
    };
    let part = |element: &str, content: &str| {
        format!("{DECLARATION}<w:{element} {NAMESPACES}>{content}</w:{element}>")
    };
    let symbol = run(&format!("<w:t>{}</w:t>", escape(&document.masthead.symbol)));
    let field = |name: &str| {
        format!("<w:fldSimple w:instr=\" {name} \">{}</w:fldSimple>", run("<w:t>1</w:t>"))
    };
    let text = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            run(&format!("<w:t xml:space=\"preserve\">{}</w:t>", escape(text)))
        }
    };
    let form = &document.style.page[document.language];
    let foot: String = form
        .split('{')
        .flat_map(|part| match part.split_once('}') {
            Some(("n", rest)) => vec![field("PAGE"), text(rest)],
            Some(("total", rest)) => vec![field("NUMPAGES"), text(rest)],
            _ => vec![text(part)],
        })
        .collect();
    vec![
        ("header1.xml", part("hdr", &paragraph("Header", true, &symbol))),
        ("header2.xml", part("hdr", &paragraph("Header", false, &symbol))),
        ("header3.xml", part("hdr", &paragraph("Normal", false, ""))),
        ("footer1.xml", part("ftr", &paragraph("Footer", true, &foot))),
        ("footer2.xml", part("ftr", &paragraph("Footer", false, &foot))),
    ]
}

/// A paragraph style: its name for people, what it is based on, and how it differs from that.
struct Kind {
    id: &'static str,
    name: &'static str,
    based: &'static str,
    paragraph: &'static str,
    /// Size in parts of the text's.
    size: f64,
    run: &'static str,
}

const fn kind(
    id: &'static str,
    name: &'static str,
    based: &'static str,
    paragraph: &'static str,
    size: f64,
    run: &'static str,
) -> Kind {
    Kind { id, name, based, paragraph, size, run }
}

const BOLD: &str = "<w:b/><w:bCs/>";

const KINDS: [Kind; 28] = [
    kind(
        "Title",
        "Title",
        "Normal",
        "<w:keepNext/><w:spacing w:before=\"360\" w:after=\"160\"/><w:jc w:val=\"left\"/>",
        1.6,
        BOLD,
    ),
    kind("Subtitle", "Subtitle", "Normal", "<w:spacing w:after=\"160\"/>", 1.15, BOLD),
    kind("Period", "Period", "Normal", "<w:spacing w:after=\"240\"/>", 1.0, ""),
    kind(
        "Notice",
        "Notice",
        "Normal",
        "<w:pBdr><w:top w:val=\"dashed\" w:sz=\"6\" w:space=\"4\" w:color=\"auto\"/><w:left w:val=\"dashed\" w:sz=\"6\" w:space=\"4\" w:color=\"auto\"/><w:bottom w:val=\"dashed\" w:sz=\"6\" w:space=\"4\" w:color=\"auto\"/><w:right w:val=\"dashed\" w:sz=\"6\" w:space=\"4\" w:color=\"auto\"/></w:pBdr>",
        1.0,
        "",
    ),
    kind(
        "SummaryName",
        "Summary name",
        "Normal",
        "<w:keepNext/><w:jc w:val=\"center\"/>",
        1.0,
        "<w:i/><w:iCs/>",
    ),
    kind(
        "Heading1",
        "heading 1",
        "Normal",
        "<w:keepNext/><w:keepLines/><w:spacing w:before=\"360\" w:after=\"180\"/><w:jc w:val=\"left\"/><w:outlineLvl w:val=\"0\"/>",
        1.22,
        BOLD,
    ),
    kind(
        "Heading2",
        "heading 2",
        "Normal",
        "<w:keepNext/><w:keepLines/><w:spacing w:before=\"300\" w:after=\"160\"/><w:jc w:val=\"left\"/><w:outlineLvl w:val=\"1\"/>",
        1.08,
        BOLD,
    ),
    kind(
        "Heading3",
        "heading 3",
        "Normal",
        "<w:keepNext/><w:keepLines/><w:spacing w:before=\"240\" w:after=\"120\"/><w:jc w:val=\"left\"/><w:outlineLvl w:val=\"2\"/>",
        1.0,
        BOLD,
    ),
    kind("Annex", "Annex", "Heading1", "<w:pageBreakBefore/>", 1.22, ""),
    kind(
        "Numbered",
        "Numbered paragraph",
        "Normal",
        "<w:tabs><w:tab w:val=\"left\" w:pos=\"680\"/></w:tabs>",
        1.0,
        "",
    ),
    kind("SubParagraph", "Sub-paragraph", "Normal", "<w:ind w:left=\"1360\"/>", 1.0, ""),
    kind(
        "List1",
        "Sub-paragraph (a)",
        "Normal",
        "<w:tabs><w:tab w:val=\"left\" w:pos=\"1360\"/></w:tabs><w:ind w:left=\"1360\" w:hanging=\"680\"/>",
        1.0,
        "",
    ),
    kind(
        "List2",
        "Sub-paragraph (i)",
        "Normal",
        "<w:tabs><w:tab w:val=\"left\" w:pos=\"2040\"/></w:tabs><w:ind w:left=\"2040\" w:hanging=\"680\"/>",
        1.0,
        "",
    ),
    kind(
        "TableHead",
        "Table head",
        "Normal",
        "<w:keepNext/><w:spacing w:before=\"40\" w:after=\"40\"/><w:jc w:val=\"left\"/>",
        0.88,
        BOLD,
    ),
    kind("TableHeadEnd", "Table head, numbers", "TableHead", "<w:jc w:val=\"right\"/>", 0.88, ""),
    kind(
        "TableCell",
        "Table cell",
        "Normal",
        "<w:spacing w:before=\"40\" w:after=\"40\"/><w:jc w:val=\"left\"/>",
        0.88,
        "",
    ),
    kind("TableCellEnd", "Table cell, numbers", "TableCell", "<w:jc w:val=\"right\"/>", 0.88, ""),
    kind("AfterTable", "After table", "Normal", "<w:spacing w:after=\"60\"/>", 0.6, ""),
    kind(
        "Caption",
        "caption",
        "Normal",
        "<w:keepNext/><w:keepLines/><w:spacing w:before=\"240\" w:after=\"80\"/><w:jc w:val=\"left\"/>",
        0.95,
        BOLD,
    ),
    kind(
        "Drawing",
        "Drawing",
        "Normal",
        "<w:keepNext/><w:spacing w:after=\"40\"/><w:jc w:val=\"center\"/>",
        1.0,
        "",
    ),
    kind(
        "Source",
        "Source",
        "Normal",
        "<w:spacing w:after=\"60\"/><w:jc w:val=\"left\"/>",
        0.8,
        "",
    ),
    kind("FootnoteText", "footnote text", "Normal", "<w:spacing w:after=\"40\"/>", 0.85, ""),
    kind(
        "Header",
        "header",
        "Normal",
        "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"2\" w:color=\"auto\"/></w:pBdr>",
        0.85,
        BOLD,
    ),
    kind("Footer", "footer", "Normal", "", 0.85, ""),
    kind(
        "Symbol",
        "Masthead symbol",
        "Normal",
        "<w:spacing w:after=\"60\"/><w:jc w:val=\"right\"/>",
        1.4,
        BOLD,
    ),
    kind(
        "Organ",
        "Masthead organ",
        "Normal",
        "<w:spacing w:after=\"60\"/><w:jc w:val=\"left\"/>",
        1.1,
        "",
    ),
    kind(
        "Body",
        "Masthead body",
        "Normal",
        "<w:spacing w:before=\"60\"/><w:jc w:val=\"left\"/>",
        1.9,
        BOLD,
    ),
    kind(
        "MastheadLine",
        "Masthead line",
        "Normal",
        "<w:spacing w:before=\"20\" w:after=\"20\"/><w:jc w:val=\"left\"/>",
        1.0,
        "",
    ),
];

pub(super) fn styles(document: &Document) -> String {
    let language = document.language;
    let style = &document.style;
    let font = escape(&style.office[language]);
    let points = style.size[language];
    let half = |size: f64| {
        let size = (points * size * 2.0).round();
        format!("<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>")
    };
    let rtl = if language.direction() == "rtl" { "<w:bidi/>" } else { "" };
    let justified = if language == Language::Ar { "" } else { "<w:jc w:val=\"both\"/>" };
    let mut styles = format!(
        "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\" w:cs=\"{font}\"/>{size}\
         <w:lang w:val=\"{tag}\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault/></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr>{rtl}<w:spacing w:before=\"0\" w:after=\"120\" w:line=\"264\" w:lineRule=\"auto\"/>{justified}</w:pPr></w:style>\
         <w:style w:type=\"character\" w:styleId=\"FootnoteReference\"><w:name w:val=\"footnote reference\"/><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr></w:style>\
         <w:style w:type=\"character\" w:styleId=\"Hyperlink\"><w:name w:val=\"Hyperlink\"/><w:rPr><w:color w:val=\"0B4A8A\"/><w:u w:val=\"single\"/></w:rPr></w:style>\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:tblPr><w:tblCellMar><w:left w:w=\"80\" w:type=\"dxa\"/><w:right w:w=\"80\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
         <w:style w:type=\"table\" w:styleId=\"Figures\"><w:name w:val=\"Figures\"/><w:basedOn w:val=\"TableNormal\"/><w:tblPr><w:tblBorders><w:top w:val=\"single\" w:sz=\"6\" w:color=\"auto\"/><w:bottom w:val=\"single\" w:sz=\"6\" w:color=\"auto\"/><w:insideH w:val=\"single\" w:sz=\"2\" w:color=\"AAAAAA\"/></w:tblBorders></w:tblPr>\
         <w:tblStylePr w:type=\"firstRow\"><w:tblPr/><w:tcPr><w:tcBorders><w:bottom w:val=\"single\" w:sz=\"6\" w:color=\"auto\"/></w:tcBorders><w:vAlign w:val=\"bottom\"/></w:tcPr></w:tblStylePr></w:style>\
         <w:style w:type=\"table\" w:styleId=\"Masthead\"><w:name w:val=\"Masthead\"/><w:basedOn w:val=\"TableNormal\"/><w:tblPr><w:tblBorders><w:bottom w:val=\"single\" w:sz=\"18\" w:color=\"auto\"/><w:insideH w:val=\"single\" w:sz=\"6\" w:color=\"auto\"/></w:tblBorders></w:tblPr></w:style>",
        size = half(1.0),
        tag = language_tag(language),
    );
    for Kind { id, name, based, paragraph, size, run } in &KINDS {
        let _ = write!(
            styles,
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"{based}\"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}{}</w:rPr></w:style>",
            half(*size)
        );
    }
    format!("{DECLARATION}<w:styles {NAMESPACES}>{styles}</w:styles>")
}
