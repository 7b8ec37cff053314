//! What a reader of the registers sees: pages of records, and one record with all that hangs on it.
//! Nothing that the reader may not see is shown, counted, searched or sorted by.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use chancery_measures::{After, Choice, Engine, Listed, Pageful, Wish};
use chancery_model::value::shorten;
use chancery_model::{
    Body, Change, Diagnostic, Field, FieldType, Language, Place, Programme, Register, Sight,
    Visibility,
};
use futures::TryStreamExt;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::history::{Past, past};
use crate::shown::{NamesOf, Shown, shown, shown_text};
use crate::{Error, Home};

/// Who reads.
#[derive(Clone, Debug)]
pub struct Reader {
    pub language: Language,
    pub sees: Sight,
}

impl Reader {
    /// Somebody who sees so much of every register.
    pub fn seeing(language: Language, sees: Visibility) -> Self {
        Self { language, sees: Sight::everywhere(sees) }
    }
}

/// A register as a reader sees it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) name: &'a str,
    pub(crate) register: &'a Register,
    pub(crate) sees: Visibility,
    pub(crate) language: Language,
}

impl<'a> Seen<'a> {
    pub(crate) fn fields(self) -> impl Iterator<Item = (&'a String, &'a Field)> + Clone {
        self.register.fields.iter().filter(move |(_, field)| field.visibility <= self.sees)
    }
}

/// Which records a reader asks for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Fields and values.
    pub filters: Vec<(String, String)>,
    pub words: String,
    /// A field; the greatest first where it begins with `-`.
    pub sort: Option<String>,
    /// Where the page before said that the next begins.
    pub cursor: Option<String>,
    /// Pages are counted from 1.
    pub page: usize,
    pub size: usize,
}

/// A page of the records of a register.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Of all pages.
    pub total: usize,
    pub pages: usize,
    pub facets: Vec<Facet>,
    pub known_at: u64,
}

/// A page of records as programs read them.
#[derive(Clone, Debug)]
pub struct SeenRecords {
    /// Of all pages.
    pub total: usize,
    pub known_at: u64,
    pub records: Vec<Listed>,
    /// Where the next page begins; none where there is none.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Column {
    pub name: String,
    pub label: String,
    pub help: String,
    /// The register that it links to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    pub sortable: bool,
    /// Whether it says nothing but what the records are called.
    pub title: bool,
    /// Whether it holds numbers, which stand at the end of a cell.
    pub numeric: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub key: String,
    pub title: String,
    pub cells: Vec<Vec<Shown>>,
    pub demonstration: bool,
}

/// The values of a field with how many of the records have each.
#[derive(Clone, Debug, Serialize)]
pub struct Facet {
    pub field: String,
    pub label: String,
    pub values: Vec<FacetValue>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FacetValue {
    pub key: String,
    pub text: String,
    pub records: u64,
    pub chosen: bool,
}

/// One record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordPage {
    pub key: String,
    pub title: String,
    pub fields: Vec<ShownField>,
    /// What is kept, field by field, as programs read it.
    pub body: Map<String, Value>,
    pub entry: u64,
    pub source: String,
    pub demonstration: bool,
    /// The records that link to it, by register and field.
    pub linked: Vec<Linked>,
    pub history: Vec<Past>,
    pub known_at: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ShownField {
    pub name: String,
    pub label: String,
    pub help: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    pub values: Vec<Shown>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Linked {
    pub register: String,
    pub label: String,
    pub field: String,
    pub field_label: String,
    pub records: usize,
}

/// That a record changed, for those who follow the journal.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedRecord {
    pub entry: u64,
    pub register: String,
    pub key: String,
    pub change: Change,
    pub time: String,
}

/// No list shows more records at once.
pub const LARGEST_PAGE: usize = 500;

impl Home {
    /// A register that a reader may know of; none of another name exists for the reader.
    pub fn register_for(&self, name: &str, reader: &Reader) -> Result<&Register, Error> {
        let programme = self.programme();
        let seen = |name: &str, register: &Register| {
            let own = reader.sees.own(name).iter().map(|own| own.sees);
            own.chain([reader.sees.of(name)]).any(|sees| register.is_seen_by(sees))
        };
        programme.registers.get(name).filter(|register| seen(name, register)).ok_or_else(|| {
            let known = programme.registers.iter().filter(|(name, register)| seen(name, register));
            Diagnostic::error(Place::default(), format!("there is no register `{name}`"))
                .suggest(name, known.map(|(name, _)| name.as_str()))
                .into()
        })
    }

    /// The register as a reader sees it, in a list of records that are chosen so: more of it where the
    /// list is of records of which the reader sees more. Where nothing of the others may be seen, the
    /// list is of those alone.
    fn seen<'a>(
        &'a self,
        name: &'a str,
        sought: &Sought,
        reader: &Reader,
    ) -> Result<(Seen<'a>, Option<(String, String)>), Error> {
        let register = self.register_for(name, reader)?;
        let mut seen =
            Seen { name, register, sees: reader.sees.of(name), language: reader.language };
        let whole = register.is_seen_by(seen.sees);
        let own = reader.sees.own(name).iter();
        let own: Vec<_> = own.filter_map(|own| Some((own.field.as_ref()?, own))).collect();
        let chosen = own.iter().find(|(field, own)| {
            let mut of_field = sought.filters.iter().filter(|(name, _)| name == *field);
            // Beside another value, records of others would be among them.
            let own_alone = |(_, key): &(String, String)| *key == own.key;
            of_field.next().is_some_and(own_alone) && of_field.all(own_alone)
        });
        // Where nothing of others may be seen, the own may stand beside them in the question.
        let asked = || {
            let mut own = own.iter();
            let first = own.clone().next();
            let asked = own.find(|(field, own)| {
                sought.filters.iter().any(|(name, key)| name == *field && *key == own.key)
            });
            asked.or(first)
        };
        let within = match chosen {
            Some(own) => Some(own),
            None if whole => None,
            None => Some(
                asked().ok_or_else(|| Error::wrong(format!("there is no register `{name}`")))?,
            ),
        };
        if let Some((_, own)) = within {
            seen.sees = seen.sees.max(own.sees);
        }
        Ok((seen, within.map(|(field, own)| ((*field).clone(), own.key.clone()))))
    }

    /// A page of records.
    pub async fn page(&self, name: &str, sought: &Sought, reader: &Reader) -> Result<Page, Error> {
        let (seen, within) = self.seen(name, sought, reader)?;
        let engine = self.engine(None).await?;
        let choice = self.choice(&engine, (seen, within), sought, reader).await?;
        let Pageful { total, records: listed, .. } = engine.page(name, &choice).await?;
        let names = self.names_in(&engine, seen, listed.iter().map(|record| &record.body)).await?;
        let programme = self.programme();
        let columns: Vec<Column> =
            seen.fields().map(|(name, field)| column(seen, name, field)).collect();
        let rows = listed.into_iter().map(|record| Row {
            title: title(programme, seen, &record, &names),
            cells: seen
                .fields()
                .map(|(name, field)| {
                    let value = record.body.get(name);
                    value.map_or_else(Vec::new, |value| {
                        shown(programme, field, value, &names, reader.language)
                    })
                })
                .collect(),
            key: record.key,
            demonstration: record.demonstration,
        });
        Ok(Page {
            rows: rows.collect(),
            columns,
            total,
            pages: total.div_ceil(choice.limit).max(1),
            facets: self.facets(&engine, seen, &choice).await?,
            known_at: engine.known_at(),
        })
    }

    /// Records by their keys, as far as a reader sees them.
    pub(crate) async fn rows_with_keys(
        &self,
        name: &str,
        keys: &[String],
        reader: &Reader,
    ) -> Result<Vec<Row>, Error> {
        let register = self.register_for(name, reader)?;
        let engine = self.engine(None).await?;
        let mut rows = Vec::new();
        let found = engine.with_keys(name, keys).await?;
        // Of the names in them, once for each level of what is seen.
        let mut named: BTreeMap<Visibility, NamesOf> = BTreeMap::new();
        for record in &found {
            let sees = reader.sees.of_record(name, &record.key, &record.body);
            if register.is_seen_by(sees) {
                let seen = Seen { name, register, sees, language: reader.language };
                let names = match named.entry(sees) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => {
                        let bodies = found.iter().map(|record| &record.body);
                        place.insert(self.names_in(&engine, seen, bodies).await?)
                    }
                };
                let title = title(self.programme(), seen, record, names);
                // A cell for each field of the register, empty where it is not seen.
                let cells = register.fields.iter().map(|(name, field)| {
                    let value = record.body.get(name).filter(|_| field.visibility <= sees);
                    value.map_or_else(Vec::new, |value| {
                        shown(self.programme(), field, value, names, reader.language)
                    })
                });
                let (cells, demonstration) = (cells.collect(), record.demonstration);
                rows.push(Row { key: record.key.clone(), title, cells, demonstration });
            }
        }
        Ok(rows)
    }

    /// A page of records as programs read them, with the fields that the reader may see.
    pub async fn seen_records(
        &self,
        name: &str,
        sought: &Sought,
        reader: &Reader,
    ) -> Result<SeenRecords, Error> {
        let (seen, within) = self.seen(name, sought, reader)?;
        let engine = self.engine(None).await?;
        let choice = self.choice(&engine, (seen, within), sought, reader).await?;
        let Pageful { total, records: mut listed, next } = engine.page(name, &choice).await?;
        for record in &mut listed {
            record.body.retain(|field, _| {
                seen.register.fields.get(field).is_some_and(|own| own.visibility <= seen.sees)
            });
        }
        let cursor = next.map(|After { value, entry }| match value {
            Some(value) => format!("{entry}~{value}"),
            None => entry.to_string(),
        });
        Ok(SeenRecords { total, known_at: engine.known_at(), records: listed, cursor })
    }

    /// Which records a file of those that are sought holds; all that the reader sees where none are chosen.
    pub(crate) async fn export_choice(
        &self,
        engine: &Engine,
        name: &str,
        sought: &Sought,
        reader: &Reader,
    ) -> Result<(Option<Choice>, Visibility), Error> {
        let (seen, within) = self.seen(name, sought, reader)?;
        let choice = self.choice(engine, (seen, within), sought, reader).await?;
        let all = choice.within.is_none()
            && choice.filters.is_empty()
            && choice.words.is_empty()
            && choice.sort.is_none();
        Ok(((!all).then_some(choice), seen.sees))
    }

    /// One record, with its history and what links to it.
    pub async fn record_page(
        &self,
        name: &str,
        key: &str,
        reader: &Reader,
    ) -> Result<RecordPage, Error> {
        let register = self.register_for(name, reader)?;
        let engine = self.engine(None).await?;
        let found = engine.with_keys(name, &[key.to_owned()]).await?;
        if found.is_empty() && !register.is_seen_by(reader.sees.of(name)) {
            return Err(no_record(name, key).into());
        }
        let history = self.history(name, key).await?;
        let Some(record) = found.into_iter().next() else {
            return Err(Diagnostic::error(
                Place::default(),
                format!("the record `{name}/{key}`, which was withdrawn"),
            )
            .into());
        };
        let programme = self.programme();
        let sees = reader.sees.of_record(name, key, &record.body);
        if !register.is_seen_by(sees) {
            return Err(no_record(name, key).into());
        }
        let seen = Seen { name, register, sees, language: reader.language };
        let bodies = history.iter().map(|version| &version.body).chain([&record.body]);
        let names = self.names_in(&engine, seen, bodies).await?;
        let fields = seen.fields().map(|(name, field)| ShownField {
            name: name.clone(),
            label: field.label[reader.language].clone(),
            help: field.help[reader.language].clone(),
            register: self.linkable(field, reader),
            values: record.body.get(name).map_or_else(Vec::new, |value| {
                shown(programme, field, value, &names, reader.language)
            }),
        });
        let fields = fields.filter(|field| !field.values.is_empty()).collect();
        let mut linked = Vec::new();
        for (other, field) in programme.links_to(name) {
            let Some(declared) = programme.registers.get(other) else { continue };
            let sees = reader.sees.of(other);
            let own = declared.fields.get(field).filter(|own| own.visibility <= sees);
            let Some(own) = own.filter(|_| declared.is_seen_by(sees)) else { continue };
            let choice = Choice {
                filters: vec![(field.to_owned(), Wish::Any(vec![key.to_owned()]))],
                limit: 1,
                ..Choice::default()
            };
            let records = engine.page(other, &choice).await?.total;
            if records > 0 {
                linked.push(Linked {
                    register: other.to_owned(),
                    label: declared.label[reader.language].clone(),
                    field: field.to_owned(),
                    field_label: own.label[reader.language].clone(),
                    records,
                });
            }
        }
        let shown: BTreeSet<&String> = seen.fields().map(|(name, _)| name).collect();
        let body = record.body.iter().filter(|(field, _)| shown.contains(field));
        Ok(RecordPage {
            title: title(programme, seen, &record, &names),
            fields,
            body: body.map(|(field, value)| (field.clone(), value.clone())).collect(),
            linked,
            history: past(programme, seen, &history, &names, |body| {
                reader.sees.of_record(name, key, body)
            }),
            entry: record.entry,
            source: record.source,
            demonstration: record.demonstration,
            key: record.key,
            known_at: engine.known_at(),
        })
    }

    /// The file that a field of a record names, as far as the reader sees it: what it is called, and what it
    /// holds.
    pub async fn attachment(
        &self,
        name: &str,
        key: &str,
        field: &str,
        reader: &Reader,
    ) -> Result<(String, Vec<u8>), Error> {
        let page = self.record_page(name, key, reader).await?;
        let file = page.body.get(field).map(|value| self.kept_file(value)).transpose()?;
        file.flatten().ok_or_else(|| {
            let found = format!("`{name}/{key}` has no file in `{field}`");
            Diagnostic::error(Place::default(), found).into()
        })
    }

    /// The file that a value names: what it is called, and what it holds. None where it names none.
    pub(crate) fn kept_file(&self, value: &Value) -> Result<Option<(String, Vec<u8>)>, Error> {
        let text = |part: &str| value.get(part).and_then(Value::as_str);
        // A hash leads nowhere else.
        let hash = text("sha256").filter(|hash| hash.chars().all(|sign| sign.is_ascii_hexdigit()));
        let Some((called, hash)) = text("name").zip(hash) else { return Ok(None) };
        let path = self.folder().join("files").join(hash);
        Ok(Some((called.to_owned(), std::fs::read(&path).map_err(Error::io(&path))?)))
    }

    /// How many records of a register a reader sees.
    pub async fn records(&self, name: &str, reader: &Reader) -> Result<usize, Error> {
        let (seen, within) = self.seen(name, &Sought::default(), reader)?;
        let choice = Choice { within, limit: 1, ..Choice::default() };
        Ok(self.engine(None).await?.page(seen.name, &choice).await?.total)
    }

    /// The records that changed after the journal had so many entries, as far as a reader sees them, and
    /// where the look at them ended: at most `most` entries on.
    pub async fn changes(
        &self,
        after: u64,
        most: u64,
        reader: &Reader,
    ) -> Result<(Vec<ChangedRecord>, u64), Error> {
        let size = self.size().await?;
        let (from, to) = (after.min(size), after.saturating_add(most).min(size));
        let mut changes = Vec::new();
        let mut entries = std::pin::pin!(self.journal().entries(from, to));
        while let Some((number, entry)) = entries.try_next().await? {
            let Some(register) = self.programme().registers.get(&*entry.register) else { continue };
            // What a withdrawn record said is not here to tell whose it was.
            let body = entry.values().unwrap_or_default();
            let sees = reader.sees.of_record(&entry.register, &entry.key, &body);
            if register.is_seen_by(sees) {
                changes.push(ChangedRecord {
                    entry: number,
                    register: entry.register.to_string(),
                    key: entry.key,
                    change: entry.change,
                    time: entry.time.to_string(),
                });
            }
        }
        Ok((changes, to))
    }

    /// The register to which a field links, where a reader sees what its records are called.
    pub(crate) fn linkable(&self, field: &Field, reader: &Reader) -> Option<String> {
        let target = field.register.as_ref()?;
        let sees = reader.sees.of(target);
        let register = self.programme().registers.get(target)?;
        let mut naming = register.names.iter().filter_map(|name| register.fields.get(name));
        let seen = register.is_seen_by(sees) && naming.all(|field| field.visibility <= sees);
        seen.then(|| target.clone())
    }

    /// The names of the records to which some records link.
    pub(crate) async fn names_in<'b>(
        &self,
        engine: &Engine,
        seen: Seen<'_>,
        bodies: impl Iterator<Item = &'b Body> + Clone,
    ) -> Result<NamesOf, Error> {
        let mut needed: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
        for (name, field) in seen.fields() {
            if let Some(target) = &field.register {
                let values = bodies.clone().filter_map(|body| body.get(name));
                let keys = values.flat_map(chancery_model::value::texts).map(str::to_owned);
                needed.entry(target).or_default().extend(keys);
            }
        }
        let mut names = NamesOf::new();
        for (target, keys) in needed {
            let keys: Vec<String> = keys.into_iter().collect();
            let found = engine.called(target, Some(&keys), seen.language).await?;
            names.insert(target.clone(), found);
        }
        Ok(names)
    }
}

/// That a reader knows of no such record, whether or not there is one.
fn no_record(name: &str, key: &str) -> Diagnostic {
    Diagnostic::error(Place::default(), format!("there is no record `{name}/{}`", shorten(key)))
}

fn column(Seen { register, language, .. }: Seen<'_>, name: &str, field: &Field) -> Column {
    Column {
        name: name.to_owned(),
        label: field.label[language].clone(),
        help: field.help[language].clone(),
        register: field.register.clone(),
        sortable: !field.list,
        title: register.caption == format!("{{{name}}}"),
        numeric: matches!(field.kind, FieldType::Integer | FieldType::Decimal | FieldType::Money),
    }
}

/// A caption with the signs between its fields as a language writes them.
fn punctuated(caption: &str, language: Language) -> String {
    match language {
        Language::Ar => caption.replace(", ", "، "),
        Language::Zh => caption.replace(", ", "，").replace(": ", "："),
        Language::Fr => caption.replace(": ", "\u{a0}: "),
        Language::En | Language::Ru | Language::Es => caption.to_owned(),
    }
}

/// The caption of a record in the reader's language.
pub(crate) fn title(
    programme: &Programme,
    seen: Seen<'_>,
    record: &Listed,
    names: &NamesOf,
) -> String {
    let text = |name: &str| {
        let field = seen.register.fields.get(name)?;
        let value = record.body.get(name)?;
        Some(shown_text(programme, field, value, names, seen.language))
    };
    let caption = punctuated(&seen.register.caption, seen.language);
    chancery_model::value::fill(&caption, |name| Some(text(name).unwrap_or_default()))
}
