//! A document as Akoma Ntoso 3.0 (the legal documents of OASIS), named as the United Nations name theirs.

use std::fmt::Write as _;

use chancery_model::Language;

use super::html::escape;
use crate::document::{Block, Chart, Document, Inline, List, Table};
use crate::grammar::grammar;

/// Writes a document as Akoma Ntoso.
pub fn akoma(document: &Document) -> String {
    let mut writer = Writer { document, open: Vec::new(), out: String::new(), counts: [0; 6] };
    writer.body();
    let body = writer.out;
    let language = alpha3(document.language);
    let symbol =
        document.masthead.symbol.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-");
    let work = format!("/akn/un/doc/report/{}/{symbol}", document.dated);
    let expression = format!("{work}/{language}@{}", document.dated);
    let identification: String = [
        ("FRBRWork", work.clone(), "<FRBRcountry value=\"un\"/>".to_owned()),
        ("FRBRExpression", expression.clone(), format!("<FRBRlanguage language=\"{language}\"/>")),
        ("FRBRManifestation", format!("{expression}.akn"), "<FRBRformat value=\"application/akn+xml\"/>".to_owned()),
    ]
    .map(|(level, address, more)| {
        let name = match level {
            "FRBRWork" => "work",
            "FRBRExpression" => "expression",
            _ => "manifestation",
        };
        format!(
            "<{level}><FRBRthis value=\"{address}/!main\"/><FRBRuri value=\"{address}\"/><FRBRdate date=\"{}\" name=\"{name}\"/>\
             <FRBRauthor href=\"#issuer\"/>{more}</{level}>",
            document.dated
        )
    })
    .concat();
    let references = format!(
        "<references source=\"#chancery\"><TLCOrganization eId=\"issuer\" href=\"/akn/ontology/organization/un/issuer\" showAs=\"{}\"/>\
         <TLCObject eId=\"chancery\" href=\"/akn/ontology/object/chancery\" showAs=\"Chancery\"/>\
         <TLCConcept eId=\"figures\" href=\"/akn/ontology/concept/figure\" showAs=\"{}\"/></references>",
        escape(&document.issuer),
        escape(grammar(document.language).word("figures"))
    );
    let words = grammar(document.language);
    let masthead = &document.masthead;
    let line = |class: &str, text: &str| format!("<p class=\"{class}\">{}</p>", escape(text));
    let mut preface = line("house", &masthead.organ);
    let _ = write!(
        preface,
        "<p class=\"symbol\"><docNumber>{}</docNumber></p><p class=\"body\">{}</p>",
        escape(&masthead.symbol),
        escape(&masthead.body)
    );
    for text in masthead.lines.iter().chain(&masthead.context) {
        preface.push_str(&line("masthead", text));
    }
    let _ =
        write!(preface, "<p class=\"title\"><docTitle>{}</docTitle></p>", escape(&document.title));
    if let Some(author) = &masthead.author {
        let _ = write!(
            preface,
            "<p class=\"author\"><docProponent>{}</docProponent></p>",
            escape(author)
        );
    }
    if document.is_demonstration() {
        preface.push_str(&line("demonstration", words.word("demonstration_page")));
    }
    let preamble = match document.summary.as_slice() {
        [] => String::new(),
        summary => {
            let mut writer =
                Writer { document, open: Vec::new(), out: String::new(), counts: [0; 6] };
            for block in summary {
                writer.inner(block);
            }
            format!(
                "<preamble eId=\"preamble\"><p class=\"summary\">{}</p>{}</preamble>",
                escape(words.word("summary")),
                writer.out
            )
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<akomaNtoso xmlns=\"http://docs.oasis-open.org/legaldocml/ns/akn/3.0\">\n\
         <doc name=\"report\" contains=\"originalVersion\">\n<meta><identification source=\"#chancery\">{identification}</identification>{references}</meta>\n\
         <preface eId=\"preface\">{preface}</preface>\n{preamble}<mainBody eId=\"body\">\n{body}</mainBody>\n</doc>\n</akomaNtoso>\n"
    )
}

/// A language by its ISO 639-2 code, as addresses of Akoma Ntoso have it.
fn alpha3(language: Language) -> &'static str {
    match language {
        Language::Ar => "ara",
        Language::Zh => "zho",
        Language::En => "eng",
        Language::Fr => "fra",
        Language::Ru => "rus",
        Language::Es => "spa",
    }
}

struct Writer<'a> {
    document: &'a Document,
    /// Elements of headings that are open: level, name, identifier.
    open: Vec<(u8, &'static str, String)>,
    out: String,
    /// Things of each kind so far: annexes, sections, lists, tables, charts, loose blocks.
    counts: [usize; 6],
}

/// Which count is which.
const ANNEX: usize = 0;
const SECTION: usize = 1;
const LIST: usize = 2;
const TABLE: usize = 3;
const LOOSE: usize = 5;

impl Writer<'_> {
    fn count(&mut self, what: usize) -> usize {
        self.counts[what] += 1;
        self.counts[what]
    }

    fn body(&mut self) {
        for block in &self.document.blocks {
            match block {
                Block::Heading { level, mark, annex, content } => {
                    self.close(*level);
                    let name = match (annex, level) {
                        (true, _) => "hcontainer",
                        (_, 1) => "section",
                        (_, 2) => "subsection",
                        _ => "subparagraph",
                    };
                    let number = if *annex { self.count(ANNEX) } else { self.count(SECTION) };
                    let short = if *annex { "annex" } else { "sec" };
                    let id = format!("{short}_{number}");
                    let kind = if *annex { " name=\"annex\"" } else { "" };
                    let mark = mark
                        .as_ref()
                        .map_or_else(String::new, |mark| format!("<num>{}</num>", escape(mark)));
                    let content = self.inlines(content);
                    let _ = writeln!(
                        self.out,
                        "<{name}{kind} eId=\"{id}\">{mark}<heading>{content}</heading>"
                    );
                    self.open.push((*level, name, id));
                }
                Block::Paragraph { number: Some(number), mark, content } => {
                    let mark = escape(mark.as_deref().unwrap_or_default());
                    let content = self.inlines(content);
                    let _ = writeln!(
                        self.out,
                        "<paragraph eId=\"para_{number}\"><num>{mark}</num><content><p>{content}</p></content></paragraph>"
                    );
                }
                other => {
                    let number = self.count(LOOSE);
                    let name = match other {
                        Block::Table(_) => "table",
                        Block::Chart(_) => "chart",
                        Block::List(_) => "list",
                        _ => "text",
                    };
                    let _ = write!(
                        self.out,
                        "<hcontainer name=\"{name}\" eId=\"block_{number}\"><content>"
                    );
                    self.inner(other);
                    self.out.push_str("</content></hcontainer>\n");
                }
            }
        }
        self.close(0);
    }

    /// Closes the headings that are not above one of a level; a heading with nothing under it has
    /// an empty content, as the schema wants.
    fn close(&mut self, level: u8) {
        while self.open.last().is_some_and(|(open, ..)| *open >= level) {
            if let Some((_, name, _)) = self.open.pop() {
                if self.out.trim_end().ends_with("</heading>") {
                    self.out.push_str("<content><p/></content>");
                }
                let _ = writeln!(self.out, "</{name}>");
            }
        }
    }

    fn inner(&mut self, block: &Block) {
        match block {
            Block::Heading { content, .. } | Block::Paragraph { content, .. } => {
                let content = self.inlines(content);
                let _ = write!(self.out, "<p>{content}</p>");
            }
            Block::List(list) => self.list(list),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Quote { blocks } => {
                for block in blocks {
                    self.inner(block);
                }
            }
        }
    }

    fn list(&mut self, list: &List) {
        let id = format!("list_{}", self.count(LIST));
        let _ = write!(self.out, "<blockList eId=\"{id}\">");
        for (index, item) in list.items.iter().enumerate() {
            let mark = escape(item.mark.as_deref().unwrap_or("–"));
            let _ = write!(self.out, "<item eId=\"{id}__item_{}\"><num>{mark}</num>", index + 1);
            for block in &item.blocks {
                self.inner(block);
            }
            self.out.push_str("</item>");
        }
        self.out.push_str("</blockList>");
    }

    fn table(&mut self, table: &Table) {
        let id = self.count(TABLE);
        let _ = write!(self.out, "<table eId=\"table_{id}\">");
        for (index, cells) in std::iter::once(&table.header).chain(&table.rows).enumerate() {
            let name = if index == 0 { "th" } else { "td" };
            self.out.push_str("<tr>");
            for cell in cells {
                let content = self.inlines(cell);
                let _ = write!(self.out, "<{name}><p>{content}</p></{name}>");
            }
            self.out.push_str("</tr>");
        }
        self.out.push_str("</table>");
    }

    fn chart(&mut self, chart: &Chart) {
        use base64::Engine as _;
        let drawing = base64::engine::general_purpose::STANDARD.encode(&chart.drawing);
        let _ = write!(
            self.out,
            "<p class=\"caption\">{}</p><p><img src=\"data:image/svg+xml;base64,{drawing}\" alt=\"{}\"/></p>",
            escape(&self.document.caption(chart)),
            escape(&chart.alternative)
        );
        self.table(&chart.table);
        for note in chart.note.iter().chain([&chart.source]) {
            let _ = write!(self.out, "<p class=\"source\">{}</p>", escape(note));
        }
    }

    fn inlines(&self, content: &[Inline]) -> String {
        content.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => escape(text),
            Inline::Emphasis(content) => format!("<i>{}</i>", self.inlines(content)),
            Inline::Strong(content) => format!("<b>{}</b>", self.inlines(content)),
            Inline::Link { target, content } => {
                format!("<ref href=\"{}\">{}</ref>", escape(target), self.inlines(content))
            }
            Inline::Note { index, first } => {
                let (id, shown) = (index + 1, escape(&self.document.number(index + 1)));
                if !first {
                    return format!("<noteRef href=\"#note_{id}\" marker=\"{shown}\"/>");
                }
                let note = self
                    .document
                    .footnotes
                    .get(*index)
                    .map_or_else(String::new, |note| self.inlines(note));
                format!(
                    "<authorialNote eId=\"note_{id}\" marker=\"{shown}\" placement=\"bottom\"><p>{note}</p></authorialNote>"
                )
            }
            Inline::Figure(index) => {
                let Some(placed) = self.document.figures.get(*index) else { return String::new() };
                let value = match placed.value() {
                    serde_json::Value::String(text) => text.clone(),
                    value => value.to_string(),
                };
                format!(
                    "<quantity eId=\"f{}\" refersTo=\"#figures\" normalized=\"{}\" title=\"{}\">{}</quantity>",
                    index + 1,
                    escape(&value),
                    escape(&placed.label),
                    escape(&placed.text)
                )
            }
        }
    }
}
