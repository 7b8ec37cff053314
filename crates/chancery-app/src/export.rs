//! Records out of a home: tables, the XML of standards, calendars.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufWriter, Write};
use std::path::Path;

use chancery_exchange::{
    CellValue, FormatWriter, Happening, Records, TableFormat, TableWriter, calendar,
};
use chancery_measures::{Choice, Engine, Listed};
use chancery_model::calendar::Event;
use chancery_model::format::{Element, Format};
use chancery_model::value::{fill, placeholders, plain, read_date};
use chancery_model::{
    Body, Calendar, Code, Diagnostic, Field, FieldType, Language, Place, Programme, Register,
    Sight, Text, Visibility, Wanted,
};
use serde_json::Value;

use crate::browse::{Reader, Sought};
use crate::shown::{NamesOf, shown_text};
use crate::{Error, Home};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Xlsx,
    /// A register in columns, for other programs.
    Parquet,
    /// The records of a register as `/api/v1` tells them.
    Json,
    /// The XML of a format that the packs describe.
    Xml,
    /// A calendar.
    Ics,
}

/// What an export wrote.
#[derive(Clone, Debug, Default)]
pub struct Exported {
    pub records: usize,
    /// The keys of the records that lack what the format needs.
    pub left_out: Vec<String>,
    /// How many of those written are invented.
    pub demonstration: usize,
}

/// A file that other programs know how to read: of a standard, or a calendar.
#[derive(Clone, Copy, Debug)]
pub struct Standard<'a> {
    pub name: &'a str,
    pub label: &'a Text,
    pub format: ExportFormat,
    /// The register without whose records there is no file.
    pub needs: Option<&'a str>,
}

/// A value that is given to several records is no longer, and no more records are given one at once.
const LONGEST_VALUE: usize = 2000;
const MOST_AT_ONCE: usize = 10_000;
/// A file of evidence has no more rows.
const MOST_EVIDENCE: usize = 100_000;

/// Records of a format are gathered this many at a time, with all that hangs on them.
const CHUNK: usize = 2000;

impl Home {
    /// Writes a register, a view, a code list, a format or a calendar to a file, whole or not at
    /// all.
    pub async fn export(
        &self,
        what: &str,
        to: ExportFormat,
        reader: &Reader,
        known_at: Option<u64>,
        file: &Path,
        progress: impl FnMut(usize) + Send,
    ) -> Result<Exported, Error> {
        let engine = self.engine(known_at).await?;
        let sees = reader.sees.of(what);
        self.written(&engine, (what, to, None, sees), reader, file, progress).await
    }

    async fn written(
        &self,
        engine: &Engine,
        (what, to, choice, sees): (&str, ExportFormat, Option<&Choice>, Visibility),
        reader: &Reader,
        file: &Path,
        progress: impl FnMut(usize) + Send,
    ) -> Result<Exported, Error> {
        let programme = self.programme();
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let written = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(folder))?;
        let out = BufWriter::new(written.reopen().map_err(Error::io(file))?);
        let mut exporting = Exporting { programme, engine, sees: &reader.sees, progress };
        let exported = match to {
            ExportFormat::Csv => {
                exporting.table(what, TableFormat::Csv, (choice, sees), out).await?
            }
            ExportFormat::Xlsx => {
                exporting.table(what, TableFormat::Xlsx, (choice, sees), out).await?
            }
            ExportFormat::Parquet => {
                let register = self.register_for(what, reader)?;
                let fields: Vec<&String> = register.seen_by(sees).map(|(f, _)| f).collect();
                let (records, demonstration) = engine.parquet(what, &fields, choice, out).await?;
                Exported { records, demonstration, ..Exported::default() }
            }
            ExportFormat::Json => exporting.json(what, (choice, sees), out).await?,
            ExportFormat::Xml => match programme.formats.get(what) {
                Some(format) => exporting.format(format, &now(), out).await?,
                None => return Err(unknown(what, "format", programme.formats.keys())),
            },
            ExportFormat::Ics => match programme.calendars.get(what) {
                Some(calendar) => exporting.calendar(calendar, reader.language, out).await?,
                None => return Err(unknown(what, "calendar", programme.calendars.keys())),
            },
        };
        crate::packs::persist(written, file)?;
        Ok(exported)
    }

    /// The records of a register that are sought, all pages of them, as a file in memory, with what the reader
    /// may see of them.
    pub async fn exported(
        &self,
        register: &str,
        to: ExportFormat,
        sought: &Sought,
        reader: &Reader,
    ) -> Result<Vec<u8>, Error> {
        let engine = self.engine(None).await?;
        let (choice, sees) = self.export_choice(&engine, register, sought, reader).await?;
        self.in_memory(&engine, (register, to, choice.as_ref(), sees), reader).await
    }

    /// One of the [`Self::standards`] of a reader.
    pub async fn exported_standard(
        &self,
        own: Standard<'_>,
        reader: &Reader,
    ) -> Result<Vec<u8>, Error> {
        let engine = self.engine(None).await?;
        let sees = reader.sees.of(own.name);
        self.in_memory(&engine, (own.name, own.format, None, sees), reader).await
    }

    /// The files of standards and the calendars in which a reader sees something.
    pub fn standards(&self, reader: &Reader) -> Vec<Standard<'_>> {
        let programme = self.programme();
        let formats = programme.formats.iter().filter(|(_, own)| {
            let register = own.record.records.as_deref();
            register.is_some_and(|name| self.register_for(name, reader).is_ok())
                && says_the_same(programme, &own.record, None, &reader.sees)
        });
        let formats = formats.map(|(name, own)| Standard {
            name,
            label: &own.label,
            format: ExportFormat::Xml,
            needs: own.record.records.as_deref(),
        });
        let calendars = programme.calendars.iter().filter(|(_, own)| {
            own.events.iter().any(|event| {
                let register = programme.registers.get(&event.register);
                register.is_some_and(|register| is_seen(event, register, &reader.sees))
            })
        });
        let calendars = calendars.map(|(name, own)| Standard {
            name,
            label: &own.label,
            format: ExportFormat::Ics,
            needs: None,
        });
        formats.chain(calendars).collect()
    }

    async fn in_memory(
        &self,
        engine: &Engine,
        what: (&str, ExportFormat, Option<&Choice>, Visibility),
        reader: &Reader,
    ) -> Result<Vec<u8>, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        let file = folder.path().join("table");
        self.written(engine, what, reader, &file, |_| {}).await?;
        std::fs::read(&file).map_err(Error::io(&file))
    }

    /// A file that gives a field of several records another value, as an import reads it, and their keys in
    /// the order of its lines: of those with some keys, or all that are sought.
    pub async fn changing_several(
        &self,
        register: &str,
        (keys, sought): (&[String], Option<&Sought>),
        inputs: &[(String, String)],
        reader: &Reader,
    ) -> Result<(Vec<u8>, Vec<String>), Error> {
        let declared = self.register_for(register, reader)?;
        if inputs.iter().any(|(_, text)| text.chars().count() > LONGEST_VALUE) {
            return Err(Diagnostic::error(Place::default(), "a value that is too long")
                .expected(format!("a text of at most {LONGEST_VALUE} characters"))
                .into());
        }
        let engine = self.engine(None).await?;
        let mut records = engine.with_keys(register, keys).await?;
        if let Some(sought) = sought {
            let (choice, _) = self.export_choice(&engine, register, sought, reader).await?;
            records.clear();
            engine
                .each(register, choice.as_ref(), |record| {
                    records.push(record);
                    match records.len() > MOST_AT_ONCE {
                        true => {
                            Err(Diagnostic::error(Place::default(), "too many records at once")
                                .expected(format!("at most {MOST_AT_ONCE}"))
                                .hint("choose fewer of them by a filter")
                                .into())
                        }
                        false => Ok::<_, Error>(()),
                    }
                })
                .await?;
        }
        let key = declared.key.iter().filter_map(|name| declared.fields.get_key_value(name));
        let key: Vec<(&String, &Field)> = key.collect();
        let header = key.iter().flat_map(|(name, field)| columns(name, field));
        let header: Vec<String> =
            header.chain(inputs.iter().map(|(input, _)| input.clone())).collect();
        let mut written = Vec::new();
        let mut writer = TableWriter::begin(TableFormat::Csv, register, &header, &mut written)
            .map_err(Error::written)?;
        let mut changed = Vec::new();
        for record in records {
            let mut row: Vec<CellValue> = key
                .iter()
                .flat_map(|(name, field)| cells(field, record.body.get(name.as_str())))
                .collect();
            row.extend(inputs.iter().map(|(_, text)| CellValue::Text(text.clone())));
            writer.row(&row).map_err(Error::written)?;
            changed.push(record.key);
        }
        writer.end().map_err(Error::written)?;
        Ok((written, changed))
    }

    /// The records behind a figure, all of them, as a file in memory: CSV, or a workbook.
    pub async fn exported_evidence(
        &self,
        measure: &str,
        given: &BTreeMap<String, Value>,
        to: ExportFormat,
        reader: &Reader,
    ) -> Result<Vec<u8>, Error> {
        self.measure_for(measure, reader).await?;
        let engine = self.engine(None).await?;
        let figure = engine.figure(measure, given, Wanted::First(MOST_EVIDENCE)).await?;
        if figure.evidence_count > MOST_EVIDENCE as u64 {
            let found = format!("{} records", figure.evidence_count);
            return Err(Diagnostic::error(Place::default(), found)
                .expected(format!("at most {MOST_EVIDENCE}"))
                .hint("choose fewer of them by a parameter")
                .into());
        }
        let rows = figure.evidence.iter().flat_map(|rows| rows.iter());
        let mut columns = vec!["record".to_owned(), "entry".to_owned()];
        for column in rows.clone().flat_map(|row| row.row.keys()) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        let format = match to {
            ExportFormat::Xlsx => TableFormat::Xlsx,
            _ => TableFormat::Csv,
        };
        let marked = figure.demonstration > 0;
        let header = columns.iter().map(String::as_str);
        let header: Vec<String> =
            header.chain(marked.then_some("demonstration")).map(str::to_owned).collect();
        let mut written = Vec::new();
        let mut writer =
            TableWriter::begin(format, measure, &header, &mut written).map_err(Error::written)?;
        for row in rows {
            let ids = std::iter::once(&row.record).chain(&row.with);
            let ids: Vec<&str> = ids.map(|version| version.record_id.as_str()).collect();
            let invented = match marked {
                true => Some(engine.is_invented(&ids).await?),
                false => None,
            };
            let mut cells =
                vec![CellValue::Text(ids.join(" ")), CellValue::Text(row.record.entry.to_string())];
            let own = columns[2..].iter().map(|column| row.row.get(column));
            let text = |value: &Value| chancery_model::value::plain(value, reader.language);
            cells.extend(own.map(|value| CellValue::Text(value.map(text).unwrap_or_default())));
            cells.extend(invented.map(mark));
            writer.row(&cells).map_err(Error::written)?;
        }
        writer.end().map_err(Error::written)?;
        Ok(written)
    }

    /// What a thing is usually written as.
    pub fn export_format(&self, what: &str) -> ExportFormat {
        let programme = self.programme();
        if programme.formats.contains_key(what) {
            ExportFormat::Xml
        } else if programme.calendars.contains_key(what) {
            ExportFormat::Ics
        } else {
            ExportFormat::Csv
        }
    }
}

/// A calendar with no line longer than 75 octets, as RFC 5545 wants.
fn folded(calendar: &str) -> String {
    let mut text = String::with_capacity(calendar.len());
    for line in calendar.replace("\r\n ", "").split_inclusive("\r\n") {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 && c != '\r' && c != '\n' {
                text.push_str("\r\n ");
                octets = 1;
            }
            text.push(c);
            octets += c.len_utf8();
        }
    }
    text
}

/// The time as files carry it.
pub(crate) fn now() -> String {
    crate::surroundings::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn unknown<'a>(what: &str, kind: &str, known: impl Iterator<Item = &'a String>) -> Error {
    let known: Vec<&str> = known.map(String::as_str).collect();
    Diagnostic::error(Place::default(), format!("there is no {kind} `{what}`"))
        .expected(format!("one of {}", known.join(", ")))
        .suggest(what, known)
        .into()
}

struct Exporting<'a, P> {
    programme: &'a Programme,
    engine: &'a Engine,
    /// How much the reader of a register's table may see.
    sees: &'a Sight,
    progress: P,
}

impl<P: FnMut(usize) + Send> Exporting<'_, P> {
    async fn table(
        &mut self,
        what: &str,
        format: TableFormat,
        (choice, sees): (Option<&Choice>, Visibility),
        out: impl Write + Send,
    ) -> Result<Exported, Error> {
        let mut exported = Exported::default();
        let register = self.programme.registers.get(what);
        if let Some(register) = register.filter(|register| register.is_seen_by(sees)) {
            let marked = self.engine.has_invented(what).await?;
            let mut columns: Vec<String> =
                register.seen_by(sees).flat_map(|(name, field)| columns(name, field)).collect();
            // As an import reads them.
            columns.push("source".to_owned());
            if marked {
                columns.push("demonstration".to_owned());
            }
            let mut writer =
                TableWriter::begin(format, what, &columns, out).map_err(Error::written)?;
            let progress = &mut self.progress;
            self.engine
                .each(what, choice, |record| {
                    let values = register.seen_by(sees);
                    let mut cells: Vec<CellValue> = values
                        .flat_map(|(name, field)| cells(field, record.body.get(name)))
                        .collect();
                    cells.push(CellValue::Text(record.source));
                    if marked {
                        cells.push(mark(record.demonstration));
                    }
                    writer.row(&cells).map_err(Error::written)?;
                    exported.records += 1;
                    exported.demonstration += usize::from(record.demonstration);
                    progress(exported.records);
                    Ok::<_, Error>(())
                })
                .await?;
            writer.end().map_err(Error::written)?;
        } else if self.programme.views.contains_key(what) {
            let (mut columns, mut rows) = self.engine.view(what).await?;
            exported.demonstration = self.engine.mark_invented(&mut rows).await?;
            if exported.demonstration > 0 {
                columns.push("demonstration".to_owned());
            }
            let mut writer =
                TableWriter::begin(format, what, &columns, out).map_err(Error::written)?;
            for row in &rows {
                let cells: Vec<CellValue> =
                    columns.iter().map(|column| cell(row.get(column))).collect();
                writer.row(&cells).map_err(Error::written)?;
            }
            exported.records = rows.len();
            writer.end().map_err(Error::written)?;
        } else if let Some(list) = self.programme.codelists.get(what) {
            let labels = Language::ALL.map(|language| format!("label.{language}"));
            let columns: Vec<String> = ["code".to_owned()]
                .into_iter()
                .chain(labels)
                .chain(["parent".to_owned()])
                .collect();
            let mut writer =
                TableWriter::begin(format, what, &columns, out).map_err(Error::written)?;
            for (code, Code { label, parent, .. }) in &list.codes {
                let text = |text: &str| CellValue::Text(text.to_owned());
                let labels = label.each().map(|(_, label)| text(label));
                let parent = text(parent.as_deref().unwrap_or_default());
                let cells: Vec<CellValue> =
                    [text(code)].into_iter().chain(labels).chain([parent]).collect();
                writer.row(&cells).map_err(Error::written)?;
            }
            exported.records = list.codes.len();
            writer.end().map_err(Error::written)?;
        } else {
            let known = self.programme.registers.keys();
            let known = known.chain(self.programme.views.keys());
            return Err(unknown(what, "table", known.chain(self.programme.codelists.keys())));
        }
        Ok(exported)
    }

    async fn json(
        &mut self,
        what: &str,
        (choice, sees): (Option<&Choice>, Visibility),
        mut out: impl Write + Send,
    ) -> Result<Exported, Error> {
        let register = self.programme.registers.get(what);
        let Some(register) = register.filter(|register| register.is_seen_by(sees)) else {
            return Err(unknown(what, "register", self.programme.registers.keys()));
        };
        let mut exported = Exported::default();
        let known_at = self.engine.known_at();
        write!(out, "{{\"known_at\":{known_at},\"records\":[").map_err(Error::written)?;
        let progress = &mut self.progress;
        let written = &mut out;
        self.engine
            .each(what, choice, |mut record| {
                let is_seen = |own: &Field| own.visibility <= sees;
                record.body.retain(|name, _| register.fields.get(name).is_some_and(is_seen));
                let comma = if exported.records == 0 { "" } else { "," };
                writeln!(written, "{comma}").map_err(Error::written)?;
                let told = serde_json::to_writer(&mut *written, &record);
                told.map_err(|error| Error::written(error.into()))?;
                exported.records += 1;
                exported.demonstration += usize::from(record.demonstration);
                progress(exported.records);
                Ok::<_, Error>(())
            })
            .await?;
        out.write_all(b"\n]}\n").and_then(|()| out.flush()).map_err(Error::written)?;
        Ok(exported)
    }

    async fn format(
        &mut self,
        format: &Format,
        now: &str,
        out: impl Write,
    ) -> Result<Exported, Error> {
        let mut exported = Exported::default();
        let Some(register) = format.record.records.as_deref() else { return Ok(exported) };
        let mut around = Around::default();
        for target in linked(self.programme, &format.record) {
            for record in self.engine.list(&target, &[]).await? {
                if let Some(body) = self.seen(&target, record.body) {
                    around.linked.insert((target.clone(), record.key), body);
                }
            }
        }
        let invented = self.engine.has_invented(register).await?;
        let note =
            invented.then(|| chancery_report::grammar(Language::En).word("demonstration_page"));
        let mut writer =
            FormatWriter::begin(self.programme, format, now, note, out).map_err(Error::written)?;
        let keys = self.engine.keys(register).await?;
        for chunk in keys.chunks(CHUNK) {
            let records = self.engine.with_keys(register, chunk).await?;
            around.hanging.clear();
            self.gather(&format.record, chunk, &mut around).await?;
            for Listed { key, body, demonstration, .. } in records {
                let Some(body) = self.seen(register, body) else { continue };
                match writer.record(&key, &body, &around).map_err(Error::written)? {
                    true => {
                        exported.records += 1;
                        exported.demonstration += usize::from(demonstration);
                    }
                    false => exported.left_out.push(key),
                }
            }
            (self.progress)(exported.records);
        }
        if exported.records == 0 {
            let found =
                format!("{} records, none of which can be written", exported.left_out.len());
            return Err(Diagnostic::error(Place::file(register), found)
                .expected(format!("a record that has what the format needs: {}", format.label.en))
                .into());
        }
        writer.end().map_err(Error::written)?;
        Ok(exported)
    }

    /// What the reader sees of a record; nothing where its register is hidden.
    fn seen(&self, name: &str, mut body: Body) -> Option<Body> {
        let sees = self.sees.of(name);
        let register = self.programme.registers.get(name).filter(|own| own.is_seen_by(sees))?;
        let is_seen = |own: &Field| own.visibility <= sees;
        body.retain(|name, _| register.fields.get(name).is_some_and(is_seen));
        Some(body)
    }

    /// Gathers the records that hang on those with the given keys.
    async fn gather(
        &self,
        element: &Element,
        keys: &[String],
        around: &mut Around,
    ) -> Result<(), Error> {
        for inner in element.holds.iter().filter(|inner| !inner.read_only) {
            let (Some(register), Some(by)) = (&inner.records, &inner.by) else {
                Box::pin(self.gather(inner, keys, around)).await?;
                continue;
            };
            let found = self.engine.linking(register, by, keys).await?;
            let own: Vec<String> = found.iter().map(|record| record.key.clone()).collect();
            for Listed { key, body, .. } in found {
                let Some(body) = self.seen(register, body) else { continue };
                let parent = body.get(by).and_then(Value::as_str).unwrap_or_default().to_owned();
                let place = (register.clone(), by.clone(), parent);
                around.hanging.entry(place).or_default().push((key, body));
            }
            if !own.is_empty() {
                Box::pin(self.gather(inner, &own, around)).await?;
            }
        }
        Ok(())
    }

    async fn calendar(
        &mut self,
        declared: &Calendar,
        language: Language,
        mut out: impl Write,
    ) -> Result<Exported, Error> {
        let mut exported = Exported::default();
        let mut happenings: Vec<Happening> = Vec::new();
        for event in &declared.events {
            let register = self.programme.registers.get(&event.register);
            let Some(register) = register.filter(|own| is_seen(event, own, self.sees)) else {
                continue;
            };
            let mut names = NamesOf::new();
            for target in register.fields.values().filter_map(|field| field.register.as_deref()) {
                // What a reader does not see is called by its key.
                let sees = self.sees.of(target);
                let declared = self.programme.registers.get(target);
                let declared = declared.filter(|own| own.is_seen_by(sees));
                let naming = declared.and_then(|own| own.fields.get(own.names.first()?));
                if naming.is_none_or(|naming| naming.visibility > sees) {
                    continue;
                }
                names.insert(target.to_owned(), self.engine.called(target, None, language).await?);
            }
            for record in self.engine.list(&event.register, &[]).await? {
                let Some((from, to)) = record.body.get(&event.on).and_then(days) else { continue };
                let when = event.when.as_deref();
                if !when.is_none_or(|when| chancery_model::rule::holds(when, &record.body)) {
                    continue;
                }
                let shown = |name: &str| {
                    let value = record.body.get(name)?;
                    let field = register.fields.get(name)?;
                    Some(shown_text(self.programme, field, value, &names, language))
                };
                let place: Vec<String> =
                    event.place.iter().filter_map(|field| shown(field)).collect();
                happenings.push(Happening {
                    record_id: format!("{}/{}", event.register, record.key),
                    from,
                    to,
                    summary: fill(&event.summary[language], |name| {
                        Some(shown(name).unwrap_or_default())
                    }),
                    place: place.join(", "),
                    note: if record.demonstration {
                        chancery_report::grammar(language).word("demonstration_mark").to_owned()
                    } else {
                        String::new()
                    },
                });
                exported.demonstration += usize::from(record.demonstration);
            }
        }
        happenings.sort_by(|a, b| (a.from, &a.record_id).cmp(&(b.from, &b.record_id)));
        exported.records = happenings.len();
        let now: String = now().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let text = folded(&calendar(&declared.label[language], &now, &happenings));
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::written)?;
        Ok(exported)
    }
}

/// Whether a format says nothing else to a reader for want of a field: where one is not seen and its absence
/// would be said, it does.
fn says_the_same(
    programme: &Programme,
    element: &Element,
    own: Option<&str>,
    sight: &Sight,
) -> bool {
    let own = element.records.as_deref().or(own);
    let linked = element.each.as_ref().zip(own).and_then(|(each, own)| {
        programme.registers.get(own)?.fields.get(each)?.register.as_deref()
    });
    let inner = linked.or(own);
    let hidden = |register: Option<&str>, name: &str| {
        let field = name.split('.').next().unwrap_or(name);
        register.is_some_and(|register| {
            let declared = programme.registers.get(register);
            let declared = declared.and_then(|declared| declared.fields.get(field));
            declared.is_some_and(|declared| declared.visibility > sight.of(register))
        })
    };
    let mut told = element.values().filter(|value| value.or.is_some() || value.missing.is_some());
    !element.unless.as_deref().is_some_and(|field| hidden(own, field))
        && !told.any(|told| hidden(inner, &told.value))
        && element.holds.iter().all(|held| says_the_same(programme, held, inner, sight))
}

/// Whether a reader sees all that an event of a calendar reads.
fn is_seen(event: &Event, register: &Register, sight: &Sight) -> bool {
    let sees = sight.of(&event.register);
    let mut read = BTreeSet::from([event.on.clone()]);
    read.extend(event.place.iter().cloned());
    read.extend(event.when.iter().flat_map(|when| chancery_model::rule::reads(when)));
    let summaries = event.summary.each();
    read.extend(summaries.flat_map(|(_, text)| placeholders(text)).map(str::to_owned));
    let hidden = |name: &String| register.fields.get(name).is_some_and(|own| own.visibility > sees);
    register.is_seen_by(sees) && !read.iter().any(hidden)
}

/// The first and last day of a date or a period.
fn days(value: &Value) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    let day = |value: &Value| read_date(value.as_str()?).ok();
    match value {
        Value::Object(period) => Some((day(period.get("from")?)?, day(period.get("to")?)?)),
        value => day(value).map(|day| (day, day)),
    }
}

/// The registers whose records are reached by the links that a format follows.
fn linked(programme: &Programme, element: &Element) -> Vec<String> {
    fn collect(
        programme: &Programme,
        element: &Element,
        own: Option<&str>,
        found: &mut Vec<String>,
    ) {
        let mut own = element.records.as_deref().or(own);
        if let (Some(each), Some(register)) = (&element.each, own) {
            let field = programme.registers.get(register).and_then(|r| r.fields.get(each));
            own = field.and_then(|field| field.register.as_deref());
            found
                .extend(own.filter(|target| !found.iter().any(|f| f == target)).map(str::to_owned));
        }
        for inner in &element.holds {
            collect(programme, inner, own, found);
        }
    }
    let mut found = Vec::new();
    collect(programme, element, None, &mut found);
    found
}

/// The records around those that are written.
#[derive(Default)]
struct Around {
    linked: HashMap<(String, String), Body>,
    hanging: HashMap<(String, String, String), Vec<(String, Body)>>,
}

impl Records for Around {
    fn linked(&self, register: &str, key: &str) -> Option<Body> {
        self.linked.get(&(register.to_owned(), key.to_owned())).cloned()
    }

    fn linking(&self, register: &str, by: &str, key: &str) -> Vec<(String, Body)> {
        let place = (register.to_owned(), by.to_owned(), key.to_owned());
        self.hanging.get(&place).cloned().unwrap_or_default()
    }
}

/// The columns of a field, as an import reads them.
fn columns(name: &str, field: &Field) -> Vec<String> {
    match parts(field) {
        [] => vec![name.to_owned()],
        parts => parts.iter().map(|part| format!("{name}.{part}")).collect(),
    }
}

fn parts(field: &Field) -> &'static [&'static str] {
    match field.kind {
        FieldType::Multilingual => &["ar", "zh", "en", "fr", "ru", "es"],
        FieldType::Money => &["amount", "currency"],
        FieldType::Period => &["from", "to"],
        _ => &[],
    }
}

fn cells(field: &Field, value: Option<&Value>) -> Vec<CellValue> {
    let counted = matches!(field.kind, FieldType::Integer | FieldType::Decimal);
    let one = |value: Option<&Value>, counted: bool| match value {
        None | Some(Value::Null) => CellValue::Empty,
        Some(value) if counted => CellValue::Number(plain(value, Language::En)),
        Some(value) => CellValue::Text(plain(value, Language::En)),
    };
    match parts(field) {
        [] => vec![one(value, counted && !field.list)],
        parts => parts
            .iter()
            .map(|part| one(value.and_then(|value| value.get(part)), *part == "amount"))
            .collect(),
    }
}

/// The cell that says whether a row is invented.
fn mark(invented: bool) -> CellValue {
    CellValue::Text(if invented { "true" } else { "" }.to_owned())
}

/// A cell of a view.
fn cell(value: Option<&Value>) -> CellValue {
    match value {
        None | Some(Value::Null) => CellValue::Empty,
        Some(number @ Value::Number(_)) => CellValue::Number(number.to_string()),
        Some(value) => CellValue::Text(plain(value, Language::En)),
    }
}
