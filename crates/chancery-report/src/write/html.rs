//! A document as one HTML file that needs no server and no script: each figure is a link to a
//! panel with its evidence, which the style shows when it is the target.

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::{Aggregate, FieldType, Programme, Record, Register, Visibility, value};
use serde_json::Value;

use crate::document::{Block, Chart, Document, Inline, Item, Placed, Table};
use crate::grammar::grammar;
use crate::words;

/// What a page that stands by itself may fetch: nothing.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";
const STYLE: &str = include_str!("../../assets/report.css");

/// The portal in which a page stands.
pub struct Around {
    /// What stands in the head of the page, above the report and after it: HTML.
    pub head: String,
    pub bar: String,
    pub end: String,
    pub figure: FigureAddress,
    pub record: RecordAddress,
    pub measure: MeasureAddress,
    /// The address of the proof that an entry is in the journal, and what a reader calls it.
    pub proof: ProofAddress,
    pub proof_label: String,
}

/// The address of the evidence of a figure, by its place among the figures, from 1.
pub type FigureAddress = Box<dyn Fn(usize) -> String + Send + Sync>;
/// The address of a record, by its register and key.
pub type RecordAddress = Box<dyn Fn(&str, &str) -> String + Send + Sync>;
/// The address of a proof, by the number of its entry.
pub type ProofAddress = Box<dyn Fn(u64) -> String + Send + Sync>;
/// The address of a measure, with what it is asked.
pub type MeasureAddress = Box<dyn Fn(&str, &[(&str, String)]) -> String + Send + Sync>;

/// Writes a document for the reader's language: for itself, or to stand in a portal, where the evidence of
/// each figure is a page of its own.
pub fn html(programme: &Programme, document: &Document, around: Option<&Around>) -> String {
    Writer { programme, document, around }.page()
}

/// What stands behind one figure.
pub struct Evidence {
    /// The figure as the report has it, and what it says.
    pub value: String,
    pub label: String,
    /// The rest: HTML.
    pub html: String,
}

/// The evidence of a figure, by its place among the figures, from 1; none where there is no such figure.
pub fn evidence(
    programme: &Programme,
    document: &Document,
    around: &Around,
    figure: usize,
) -> Option<Evidence> {
    let placed = document.figures.get(figure.checked_sub(1)?)?;
    let writer = Writer { programme, document, around: Some(around) };
    let (value, label) = (placed.text.clone(), placed.label.clone());
    Some(Evidence { value, label, html: writer.behind(placed) })
}

struct Writer<'a> {
    programme: &'a Programme,
    document: &'a Document,
    around: Option<&'a Around>,
}

impl Writer<'_> {
    fn page(&self) -> String {
        let document = self.document;
        let language = document.language;
        let words = grammar(language);
        let period = document.period_text();
        let mut body = String::new();
        let mut contents = String::new();
        let mut heading = 0;
        for block in &document.blocks {
            if let Block::Heading { level, mark, annex, content } = block {
                heading += 1;
                let mark = mark.as_ref().map_or_else(String::new, |mark| {
                    format!("<span class=\"mark\">{}</span> ", escape(mark))
                });
                contents.push_str(&format!(
                    "<li class=\"l{level}\"><a href=\"#s{heading}\">{mark}{}</a></li>",
                    self.inlines(content, false)
                ));
                // The title of the page is the first level.
                let level = level + 1;
                let class = if *annex { " class=\"annex\"" } else { "" };
                body.push_str(&format!(
                    "<h{level} id=\"s{heading}\"{class}>{mark}{}</h{level}>\n",
                    self.inlines(content, true)
                ));
            } else {
                body.push_str(&self.block(block));
            }
        }
        let panels = || document.figures.iter().enumerate().map(|(at, own)| self.panel(at, own));
        let (head, bar, end) = match self.around {
            Some(around) => (around.head.as_str(), around.bar.as_str(), around.end.clone()),
            None => (POLICY, "", panels().collect()),
        };
        format!(
            "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             {head}\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{bar}\
             <header>{masthead}<h1>{title}</h1>{author}<p class=\"period\">{period}</p>\
             <p class=\"known\">{known}</p>{demonstration}</header>\n{summary}\
             <nav aria-label=\"{contents_word}\"><h2>{contents_word}</h2><ol>{contents}</ol></nav>\n\
             <main id=\"main\">\n{body}{notes}</main>\n{end}</body>\n</html>\n",
            lang = language.code(),
            dir = language.direction(),
            title = escape(&document.title),
            masthead = self.masthead(),
            author = document.masthead.author.as_ref().map_or_else(String::new, |author| {
                format!("<p class=\"author\">{}</p>", escape(author))
            }),
            summary = self.summary(),
            period = escape(&period),
            known = escape(words.word("computed")),
            demonstration = if document.is_demonstration() {
                format!("<p class=\"caution\">{}</p>", escape(words.word("demonstration_page")))
            } else {
                String::new()
            },
            contents_word = escape(words.word("contents")),
            notes = self.notes(),
        )
    }

    fn masthead(&self) -> String {
        let masthead = &self.document.masthead;
        let lines = |lines: &[String]| -> String {
            lines.iter().map(|line| format!("<li>{}</li>", escape(line))).collect()
        };
        let context = match masthead.context.as_slice() {
            [] => String::new(),
            context => format!("<ul class=\"context\">{}</ul>", lines(context)),
        };
        format!(
            "<p class=\"organ\"><span>{}</span><strong dir=\"ltr\">{}</strong></p>\
             <div class=\"masthead\"><p class=\"body\">{}</p><ul>{}</ul></div>{context}",
            escape(&masthead.organ),
            escape(&masthead.symbol),
            escape(&masthead.body),
            lines(&masthead.lines)
        )
    }

    fn summary(&self) -> String {
        if self.document.summary.is_empty() {
            return String::new();
        }
        let word = escape(grammar(self.document.language).word("summary"));
        let blocks: String = self.document.summary.iter().map(|block| self.block(block)).collect();
        format!(
            "<section class=\"summary\" aria-label=\"{word}\"><p class=\"name\">{word}</p>{blocks}</section>\n"
        )
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Heading { content, .. } => {
                format!("<p><strong>{}</strong></p>\n", self.inlines(content, true))
            }
            Block::Paragraph { number: Some(number), mark, content } => {
                let mark = escape(mark.as_deref().unwrap_or_default());
                format!(
                    "<p class=\"numbered\" id=\"p{number}\"><span class=\"n\">{mark}</span> {}</p>\n",
                    self.inlines(content, true)
                )
            }
            Block::Paragraph { number: None, content, .. } => {
                format!("<p>{}</p>\n", self.inlines(content, true))
            }
            Block::List(list) => {
                let ordered = list.items.first().is_some_and(|item| item.mark.is_some());
                let tag = if ordered { "ol" } else { "ul" };
                let items: String = list.items.iter().map(|item| self.item(item)).collect();
                format!("<{tag}>{items}</{tag}>\n")
            }
            Block::Table(table) => self.figures(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Quote { blocks } => {
                let blocks: String = blocks.iter().map(|block| self.block(block)).collect();
                format!("<blockquote>{blocks}</blockquote>\n")
            }
        }
    }

    fn item(&self, item: &Item) -> String {
        // A text that is the whole of an item is no paragraph of its own.
        let blocks: String = match item.blocks.as_slice() {
            [Block::Paragraph { content, .. }] => self.inlines(content, true),
            blocks => blocks.iter().map(|block| self.block(block)).collect(),
        };
        let mark = item
            .mark
            .as_ref()
            .map_or_else(String::new, |mark| format!("<span class=\"n\">{}</span> ", escape(mark)));
        format!("<li>{mark}{blocks}</li>")
    }

    /// A table of the document.
    fn figures(&self, table: &Table) -> String {
        let cells = |row: &[Vec<Inline>], tag: &str| -> String {
            let scope = if tag == "th" { " scope=\"col\"" } else { "" };
            let cell = |(cell, end): (&Vec<Inline>, &bool)| {
                let class = if *end { " class=\"end\"" } else { "" };
                format!("<{tag}{scope}{class}>{}</{tag}>", self.inlines(cell, true))
            };
            row.iter().zip(&table.end).map(cell).collect()
        };
        let rows: String =
            table.rows.iter().map(|row| format!("<tr>{}</tr>", cells(row, "td"))).collect();
        format!(
            "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>{}</tr></thead><tbody>{rows}</tbody></table></div>\n",
            cells(&table.header, "th")
        )
    }

    fn chart(&self, chart: &Chart) -> String {
        let words = grammar(self.document.language);
        let note = chart.note.iter().map(|note| format!("<p>{}</p>", escape(note)));
        // Hatches of one drawing must not be taken for those of another.
        let drawing = chart
            .drawing
            .replace("id=\"hatch", &format!("id=\"c{}-hatch", chart.number))
            .replace("url(#hatch", &format!("url(#c{}-hatch", chart.number));
        format!(
            "<figure id=\"c{number}\"><figcaption>{caption}</figcaption>{drawing}\
             <div class=\"source\">{note}<p>{source}</p></div>\
             <details><summary>{behind}</summary>{table}</details></figure>\n",
            number = chart.number,
            caption = escape(&self.document.caption(chart)),
            note = note.collect::<String>(),
            source = escape(&chart.source),
            behind = escape(words.word("table_behind")),
            table = self.figures(&chart.table),
        )
    }

    fn inlines(&self, inlines: &[Inline], linked: bool) -> String {
        inlines.iter().map(|inline| self.inline(inline, linked)).collect()
    }

    fn inline(&self, inline: &Inline, linked: bool) -> String {
        match inline {
            Inline::Text(text) => escape(text),
            Inline::Emphasis(content) => format!("<em>{}</em>", self.inlines(content, linked)),
            Inline::Strong(content) => {
                format!("<strong>{}</strong>", self.inlines(content, linked))
            }
            Inline::Link { target, content } => {
                format!("<a href=\"{}\">{}</a>", escape(target), self.inlines(content, linked))
            }
            Inline::Note { .. } if !linked => String::new(),
            Inline::Note { index, first } => {
                let shown = self.document.number(index + 1);
                let id = if *first { format!(" id=\"m{}\"", index + 1) } else { String::new() };
                format!("<sup><a href=\"#n{}\"{id}>{shown}</a></sup>", index + 1)
            }
            Inline::Figure(index) => {
                let placed = &self.document.figures[*index];
                if !linked {
                    return escape(&placed.text);
                }
                let class = if placed.figure.demonstration > 0 {
                    "figure invented"
                } else if placed.cautions.is_empty() {
                    "figure"
                } else {
                    "figure warned"
                };
                let number = index + 1;
                let href = match self.around {
                    Some(around) => (around.figure)(number),
                    None => format!("#f{number}"),
                };
                format!(
                    "<a class=\"{class}\" id=\"r{number}\" href=\"{}\" title=\"{}\">{}</a>",
                    escape(&href),
                    escape(&placed.label),
                    escape(&placed.text)
                )
            }
        }
    }

    fn notes(&self) -> String {
        if self.document.footnotes.is_empty() {
            return String::new();
        }
        let notes: String = self
            .document
            .footnotes
            .iter()
            .enumerate()
            .map(|(index, note)| {
                format!(
                    "<li id=\"n{0}\">{1} <a href=\"#m{0}\">↑</a></li>",
                    index + 1,
                    self.inlines(note, true)
                )
            })
            .collect();
        let title = escape(grammar(self.document.language).word("notes"));
        format!("<section class=\"notes\" aria-label=\"{title}\"><ol>{notes}</ol></section>\n")
    }

    /// The evidence of one figure, in a panel of the same page.
    fn panel(&self, index: usize, placed: &Placed) -> String {
        let words = grammar(self.document.language);
        format!(
            "<aside id=\"f{number}\" role=\"dialog\" aria-label=\"{evidence}\">\
             <a class=\"close\" href=\"#r{number}\" aria-label=\"{close}\">×</a>\
             <p class=\"value\">{value}</p><h2>{label}</h2>{behind}</aside>\n",
            number = index + 1,
            evidence = escape(words.word("evidence")),
            close = escape(words.word("close")),
            value = escape(&placed.text),
            label = escape(&placed.label),
            behind = self.behind(placed),
        )
    }

    /// What stands behind a figure: what is to be known of it, its measure and its records.
    fn behind(&self, placed: &Placed) -> String {
        let language = self.document.language;
        let words = grammar(language);
        let mut versions = Vec::new();
        let mut seen = BTreeSet::new();
        for evidence in placed.evidence() {
            for version in std::iter::once(&evidence.record).chain(&evidence.with) {
                if seen.insert(&version.record_id) {
                    versions.push(version.record_id.as_str());
                }
            }
        }
        let behind = match &placed.figure.evidence {
            Some(_) => versions.len() as u64,
            None => placed.figure.evidence_count,
        };
        let count =
            words.word("rows").replace("{n}", &words::number(language, &behind.to_string()));
        let rows = placed.figure.evidence.as_ref().map_or(0, |rows| rows.len() as u64);
        let first = match placed.figure.evidence_count {
            total if total > 0 && placed.figure.evidence.is_none() => {
                format!("<p class=\"source\">{}</p>", escape(words.word("withheld")))
            }
            total if rows < total => {
                let number = |count: u64| crate::words::number(language, &count.to_string());
                let text = words
                    .word("first")
                    .replace("{n}", &number(rows))
                    .replace("{total}", &number(total));
                format!("<p class=\"source\">{}</p>", escape(&text))
            }
            _ => String::new(),
        };
        let cautions: String = placed
            .cautions
            .iter()
            .map(|caution| format!("<p class=\"caution\">{}</p>", escape(&caution[language])))
            .collect();
        let point = words
            .word("known_at")
            .replace("{size}", &words::number(language, &placed.figure.known_at.to_string()))
            .replace(" ({time})", "")
            .replace("（{time}）", "");
        format!(
            "{cautions}<p class=\"measure\">{measure}</p><p>{count}<br>{point}</p>{first}{tables}",
            measure = self.measure(placed),
            count = escape(&count),
            point = escape(&point),
            tables = self.tables(&versions, self.counted(placed).as_ref()),
        )
    }

    /// The measure of a figure with its parameters, as it is called by programs.
    fn measure(&self, placed: &Placed) -> String {
        let (name, language) = (&placed.figure.measure, self.document.language);
        let parameters: Vec<(&str, String)> = placed
            .figure
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value::plain(value, language)))
            .collect();
        let shown: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let code =
            format!("<code dir=\"ltr\">{} {}</code>", escape(name), escape(&shown.join(" ")));
        match self.around {
            Some(around) => {
                let href = (around.measure)(name, &parameters);
                format!("<a href=\"{}\">{code}</a>", escape(&href))
            }
            None => code,
        }
    }

    /// For a share, the records that count towards it.
    fn counted(&self, placed: &Placed) -> Option<BTreeSet<String>> {
        let head = &self.programme.measures.get(&placed.figure.measure)?.head;
        let column = head.column.as_ref().filter(|_| head.aggregate == Aggregate::Ratio)?;
        let counts = placed
            .evidence()
            .filter(|evidence| evidence.row.get(column) == Some(&Value::Bool(true)));
        Some(counts.map(|evidence| evidence.record.record_id.clone()).collect())
    }

    /// The records behind a figure, one table a register.
    fn tables(&self, ids: &[&str], counted: Option<&BTreeSet<String>>) -> String {
        let mut registers: BTreeMap<&str, Vec<(&str, &Record)>> = BTreeMap::new();
        // A page goes to everyone: a key that is not public names no record here.
        let public = |register: &str| {
            let declared = self.programme.registers.get(register);
            declared.is_some_and(|declared| declared.is_seen_by(Visibility::Public))
        };
        for id in ids {
            if let Some((register, _)) = chancery_model::entry::split_record_id(id)
                && public(register)
                && let Some(record) = self.document.records.get(*id)
            {
                registers.entry(register).or_default().push((id, record));
            }
        }
        registers.iter().map(|(register, records)| self.table(register, records, counted)).collect()
    }

    fn table(
        &self,
        name: &str,
        records: &[(&str, &Record)],
        counted: Option<&BTreeSet<String>>,
    ) -> String {
        let Some(register) = self.programme.registers.get(name) else { return String::new() };
        let language = self.document.language;
        let words = grammar(language);
        let columns = columns(register, records);
        let source = records.first().map_or("", |(_, record)| record.source.as_str());
        let one_source = records.iter().all(|(_, record)| record.source == source);
        let mut head: String = columns
            .iter()
            .map(|field| {
                format!(
                    "<th scope=\"col\">{}</th>",
                    escape(&register.fields[*field].label[language])
                )
            })
            .collect();
        if counted.is_some() {
            head.push_str(&format!("<th scope=\"col\">{}</th>", escape(words.word("counted"))));
        }
        head.push_str(&format!("<th scope=\"col\">{}</th>", escape(words.word("entry"))));
        if !one_source {
            head.push_str(&format!("<th scope=\"col\">{}</th>", escape(words.word("source"))));
        }
        let rows: String = records
            .iter()
            .map(|(id, record)| {
                let cell = |field: &&str| {
                    let day = register.fields[*field].kind == FieldType::Date;
                    let class = if day { " class=\"day\"" } else { "" };
                    let text = self.cell(register, field, record.body.get(*field));
                    format!("<td{class}>{}</td>", escape(&text))
                };
                let cells: String = columns.iter().map(cell).collect();
                let source = if one_source {
                    String::new()
                } else {
                    format!("<td>{}</td>", escape(&record.source))
                };
                let counts = counted.map_or("", |counted| {
                    if counted.contains(*id) { "<td>✓</td>" } else { "<td>–</td>" }
                });
                let invented = if record.demonstration {
                    format!(
                        "<em class=\"invented\">{}</em> ",
                        escape(words.word("demonstration_mark"))
                    )
                } else {
                    String::new()
                };
                let cells = cells.replacen(
                    "<td>",
                    &format!("<td>{invented}"),
                    usize::from(record.demonstration),
                );
                let at = chancery_model::entry::split_record_id(id);
                let entry = match self.around.zip(at) {
                    Some((around, (register, key))) => format!(
                        "<a href=\"{}\">{}</a> <a href=\"{}\">{}</a>",
                        escape(&(around.record)(register, key)),
                        words::number(language, &record.entry.to_string()),
                        escape(&(around.proof)(record.entry)),
                        escape(&around.proof_label),
                    ),
                    None => words::number(language, &record.entry.to_string()),
                };
                format!(
                    "<tr>{cells}{counts}<td class=\"entry\" title=\"{}\">{entry}</td>{source}</tr>",
                    escape(id),
                )
            })
            .collect();
        let source = if one_source && !source.is_empty() {
            format!(
                "<p class=\"source\">{}{}{}</p>",
                escape(words.word("source")),
                words.word("colon"),
                escape(source)
            )
        } else {
            String::new()
        };
        // A page of its own has its title above.
        let level = if self.around.is_some() { 2 } else { 3 };
        format!(
            "<h{level}>{}</h{level}>{source}<div class=\"wide\"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>",
            escape(&register.label[language])
        )
    }

    /// A value as a person reads it: names for links, labels for codes, dates as years first.
    fn cell(&self, register: &Register, field: &str, found: Option<&Value>) -> String {
        let (Some(found), Some(declared)) = (found, register.fields.get(field)) else {
            return String::new();
        };
        let language = self.document.language;
        let one = |value: &Value| match (declared.kind, value.as_str()) {
            (FieldType::Link, Some(key)) => {
                let target = declared.register.as_deref().unwrap_or_default();
                let record = self.document.records.get(&format!("{target}/{key}"));
                words::record_name(
                    self.programme,
                    language,
                    target,
                    key,
                    None,
                    record.map(|record| &record.body),
                )
            }
            (FieldType::Code, Some(code)) => {
                let list =
                    declared.codelist.as_ref().and_then(|list| self.programme.codelists.get(list));
                list.and_then(|list| list.codes.get(code))
                    .map_or_else(|| code.to_owned(), |code| code.label[language].clone())
            }
            (FieldType::Date, Some(day)) => match value::read_date(day) {
                Ok(day) => words::date(language, day),
                Err(_) => day.to_owned(),
            },
            _ => value::plain(value, language),
        };
        match found {
            Value::Array(values) => values.iter().map(one).collect::<Vec<_>>().join(", "),
            value => one(value),
        }
    }
}

/// The fields worth a column: those every record needs, less those that are the same in all.
fn columns<'r>(register: &'r Register, records: &[(&str, &Record)]) -> Vec<&'r str> {
    let needed = register.fields.iter().filter(|(name, field)| {
        (field.required || register.key.contains(name)) && field.visibility == Visibility::Public
    });
    let needed: Vec<&str> = needed.map(|(name, _)| name.as_str()).collect();
    let varies = |field: &&str| {
        let first = records.first().and_then(|(_, record)| record.body.get(*field));
        records.iter().any(|(_, record)| record.body.get(*field) != first)
    };
    let varying: Vec<&str> = needed.iter().copied().filter(varies).collect();
    if records.len() < 2 || varying.is_empty() { needed } else { varying }
}

pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
