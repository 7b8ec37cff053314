//! Search over everything that a reader may see: the index follows the journal, and what it finds is shown
//! with the place where the words stand.

use std::collections::{BTreeMap, HashMap};

use chancery_measures::{Engine, Listed};
use chancery_model::value::{plain, texts};
use chancery_model::{Body, Field, FieldType, Language, Register, Visibility};
use chancery_search::{Document, Index, Scope, marked};
use futures::TryStreamExt;
use serde::Serialize;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::browse::Reader;
use crate::{Error, Home};

/// Documents of one bite when the index is made.
const BITE: usize = 20_000;
/// Characters of the piece of text that is shown of a find.
const SNIPPET: usize = 200;
/// Of an attached file no more is read than anybody would page through.
const LONGEST_FILE: usize = 2 << 20;
/// What the index holds of a record; another number makes it anew.
const EDITION: u32 = 4;

/// What a search found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Finds {
    pub total: usize,
    pub finds: Vec<Find>,
    /// How many in each register: its name, what it is called, and the number.
    pub registers: Vec<(String, String, usize)>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Find {
    pub register: String,
    pub label: String,
    pub key: String,
    /// Pieces of text, each with whether it was sought.
    pub title: Vec<(String, bool)>,
    /// The field in which the words stand, and the text around them.
    pub field: String,
    pub snippet: Vec<(String, bool)>,
    pub demonstration: bool,
}

/// The names of records by key: each with who may see it and its language.
type NamesByKey = HashMap<String, Vec<(Visibility, Option<Language>, String)>>;

impl Home {
    /// The records that have all the words and that a reader may see, the best first.
    pub async fn search(
        &self,
        words: &str,
        register: Option<&str>,
        (from, most): (usize, usize),
        reader: &Reader,
    ) -> Result<Finds, Error> {
        if let Some(register) = register {
            self.register_for(register, reader)?;
        }
        let index = self.index().await?;
        let scopes = self.scopes(reader);
        let found = block_in_place(|| index.search(words, &scopes, register, from, most))?;
        let mut by_register: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (register, key) in &found.records {
            by_register.entry(register).or_default().push(key.clone());
        }
        let mut shown = HashMap::new();
        for (register, keys) in by_register {
            for row in self.rows_with_keys(register, &keys, reader).await? {
                shown.insert((register.to_owned(), row.key.clone()), row);
            }
        }
        let programme = self.programme();
        let label = |register: &str| {
            let declared = programme.registers.get(register);
            declared.map_or_else(String::new, |own| own.label[reader.language].clone())
        };
        let mut finds = Vec::new();
        for (register, key) in found.records {
            // What changed since the index was asked is not shown.
            let Some(row) = shown.remove(&(register.clone(), key.clone())) else { continue };
            let texts = row.cells.iter().map(|cell| {
                let values: Vec<&str> = cell.iter().map(|value| value.text.as_str()).collect();
                values.join(" · ")
            });
            let labels = programme.registers.get(&register).into_iter().flat_map(|declared| {
                declared.fields.values().map(|field| field.label[reader.language].clone())
            });
            let title = marked(&row.title, words);
            // What the title shows needs no second place.
            let shows = title.iter().any(|(_, marked)| *marked);
            let cells = labels.zip(texts).filter(|_| !shows);
            let held = cells
                .map(|(field, text)| (field, around(marked(&text, words))))
                .find(|(_, pieces)| pieces.iter().any(|(_, marked)| *marked));
            let (field, snippet) = held.unwrap_or_default();
            finds.push(Find {
                label: label(&register),
                title,
                field,
                snippet,
                demonstration: row.demonstration,
                register,
                key,
            });
        }
        let registers = found.registers.into_iter();
        let registers = registers.map(|(name, count)| (name.clone(), label(&name), count));
        Ok(Finds { total: found.total, finds, registers: registers.collect() })
    }

    /// What somebody may mean who has typed so far.
    pub async fn completions(&self, typed: &str, reader: &Reader) -> Result<Vec<String>, Error> {
        let index = self.index().await?;
        let scopes = self.scopes(reader);
        Ok(block_in_place(|| index.complete(typed, &scopes))?)
    }

    /// Makes the index, or lets it follow the journal, before anybody asks.
    pub async fn prepare_search(&self) -> Result<(), Error> {
        self.index().await.map(drop)
    }

    /// How much of which records a reader sees.
    fn scopes(&self, reader: &Reader) -> Vec<Scope> {
        let mut levels: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let mut own = Vec::new();
        for (name, register) in &self.programme().registers {
            let sees = reader.sees.of(name);
            if register.is_seen_by(sees) {
                levels.entry(level(sees)).or_default().push(name.clone());
            }
            for more in reader.sees.own(name).iter().filter(|own| register.is_seen_by(own.sees)) {
                let target = match &more.field {
                    None => Some(name),
                    Some(field) => register.fields.get(field).and_then(|f| f.register.as_ref()),
                };
                own.extend(target.map(|target| Scope {
                    level: level(more.sees),
                    registers: vec![name.clone()],
                    link: Some(format!("{target}/{}", more.key)),
                }));
            }
        }
        let levels =
            levels.into_iter().map(|(level, registers)| Scope { level, registers, link: None });
        levels.chain(own).collect()
    }

    /// The index, which follows the journal first.
    async fn index(&self) -> Result<&Index, Error> {
        let version = format!("{} {EDITION}", self.programme().version);
        let folder = self.folder().join("search");
        let open = || async { block_in_place(|| Index::open(&folder, &version)) };
        let index = self.index.get_or_try_init(open).await?;
        let mut known = self.indexed.lock().await;
        let size = self.size().await?;
        if *known < size || *known == 0 {
            let from = block_in_place(|| index.size())?;
            if from == 0 || from > size {
                self.index_all(index).await?;
            } else if from < size {
                self.index_from(index, from, size).await?;
            }
            *known = size;
        }
        Ok(index)
    }

    async fn index_all(&self, index: &Index) -> Result<(), Error> {
        let engine = self.engine(None).await?;
        let size = engine.known_at();
        for (name, register) in &self.programme().registers {
            let names = self.linked_names(&engine, register, None).await?;
            let mut bite = Vec::new();
            let mut wrong = None;
            engine
                .each(name, None, |record| {
                    bite.push(self.document(name, register, &record.key, &record.body, &names));
                    if bite.len() >= BITE {
                        // Not yet found by those who ask up to where it is known.
                        let done = block_in_place(|| index.change(&[], bite.drain(..), 0));
                        wrong = wrong.take().or(done.err());
                    }
                    Ok::<_, Error>(())
                })
                .await?;
            wrong.map_or(Ok(()), Err)?;
            block_in_place(|| index.change(&[], bite, 0))?;
        }
        Ok(block_in_place(|| index.change(&[], [], size))?)
    }

    async fn index_from(&self, index: &Index, from: u64, to: u64) -> Result<(), Error> {
        let mut changed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut entries = std::pin::pin!(self.journal().entries(from, to));
        while let Some((_, entry)) = entries.try_next().await? {
            changed.entry(entry.register.to_string()).or_default().push(entry.key);
        }
        let engine = self.engine(None).await?;
        let programme = self.programme();
        // What links to a record is found by its names, which may be others now.
        let mut linking: Vec<(String, String)> = Vec::new();
        for (register, keys) in &changed {
            let named = programme.registers.get(register).is_some_and(|own| !own.names.is_empty());
            for (other, field) in programme.links_to(register).filter(|_| named) {
                for key in keys {
                    let filter = [(field.to_owned(), key.clone())];
                    for record in engine.list(other, &filter).await? {
                        linking.push((other.to_owned(), record.key));
                    }
                }
            }
        }
        for (register, key) in linking {
            changed.entry(register).or_default().push(key);
        }
        let (mut gone, mut documents) = (Vec::new(), Vec::new());
        for (name, mut keys) in changed {
            keys.sort_unstable();
            keys.dedup();
            let Some(register) = programme.registers.get(&name) else { continue };
            let records = engine.with_keys(&name, &keys).await?;
            let names = self.linked_names(&engine, register, Some(&records)).await?;
            gone.extend(keys.iter().map(|key| format!("{name}/{key}")));
            let own = records
                .iter()
                .map(|record| self.document(&name, register, &record.key, &record.body, &names));
            documents.extend(own);
        }
        Ok(block_in_place(|| index.change(&gone, documents, to))?)
    }

    /// The names of the records to which records of a register link: of those given, or of all.
    async fn linked_names(
        &self,
        engine: &Engine,
        register: &Register,
        records: Option<&[Listed]>,
    ) -> Result<BTreeMap<String, NamesByKey>, Error> {
        let mut all = BTreeMap::new();
        for (name, field) in &register.fields {
            let Some(target) = field.register.as_ref() else { continue };
            let Some(declared) = self.programme().registers.get(target) else { continue };
            let found = match records {
                None if all.contains_key(target) => continue,
                None => engine.list(target, &[]).await?,
                Some(records) => {
                    let values = records.iter().filter_map(|record| record.body.get(name));
                    let mut keys: Vec<String> = values.flat_map(texts).map(str::to_owned).collect();
                    keys.sort_unstable();
                    keys.dedup();
                    engine.with_keys(target, &keys).await?
                }
            };
            let names: &mut NamesByKey = all.entry(target.clone()).or_default();
            for record in found {
                let own = declared
                    .names
                    .iter()
                    .filter_map(|name| Some((declared.fields.get(name)?, record.body.get(name)?)));
                let own = own.flat_map(|(field, value)| {
                    let texts = worded(field, value);
                    texts.into_iter().map(|(language, text)| (field.visibility, language, text))
                });
                names.insert(record.key, own.collect());
            }
        }
        Ok(all)
    }

    /// A record as the index takes it.
    fn document(
        &self,
        name: &str,
        register: &Register,
        key: &str,
        body: &Body,
        names: &BTreeMap<String, NamesByKey>,
    ) -> Document {
        let mut document = Document {
            register: name.to_owned(),
            key: key.to_owned(),
            links: self.policies().links_of(name, body),
            ..Document::default()
        };
        // A key of several parts repeats the keys of others, which are not its names.
        let into = match register.key.len() {
            1 => &mut document.names,
            _ => &mut document.texts,
        };
        into[level(register.key_visibility())].push((None, key.to_owned()));
        for (name, field) in &register.fields {
            let Some(value) = body.get(name) else { continue };
            let into = match register.names.contains(name) {
                true => &mut document.names,
                false => &mut document.texts,
            };
            match field.kind {
                FieldType::Link => {
                    let known = field.register.as_ref().and_then(|target| names.get(target));
                    for key in texts(value) {
                        let known = known.and_then(|names| names.get(key)).into_iter().flatten();
                        for (seen, language, text) in known {
                            let seen = field.visibility.max(*seen);
                            into[level(seen)].push((*language, text.clone()));
                        }
                        into[level(field.visibility)].push((None, key.to_owned()));
                    }
                }
                FieldType::Code => {
                    let list = field.codelist.as_ref();
                    let list = list.and_then(|list| self.programme().codelists.get(list));
                    for code in texts(value) {
                        let labels = list.and_then(|list| list.codes.get(code));
                        for (language, label) in labels.iter().flat_map(|own| own.label.each()) {
                            into[level(field.visibility)].push((Some(language), label.to_owned()));
                        }
                    }
                }
                FieldType::File => {
                    into[level(field.visibility)].extend(self.file_text(value));
                }
                _ => into[level(field.visibility)].extend(worded(field, value)),
            }
        }
        document
    }

    /// The name of an attached file, and its text where it has one that can be read.
    fn file_text(&self, value: &Value) -> Vec<(Option<Language>, String)> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let mut found: Vec<(Option<Language>, String)> =
            text("name").map(|name| (None, name.to_owned())).into_iter().collect();
        if let (Some(name), Some(hash)) = (text("name"), text("sha256")) {
            let file = self.folder().join("files").join(hash);
            let size = std::fs::metadata(&file).map_or(0, |meta| meta.len());
            if (1..=16 * LONGEST_FILE as u64).contains(&size)
                && let Ok(bytes) = std::fs::read(&file)
                && let Ok(source) = chancery_report::Source::read(name, &bytes)
            {
                let mut text = source.text;
                text.truncate(text.floor_char_boundary(LONGEST_FILE));
                found.push((None, text));
            }
        }
        found
    }
}

/// The number of a visibility, the widest first.
fn level(visibility: Visibility) -> usize {
    match visibility {
        Visibility::Public => 0,
        Visibility::States => 1,
        Visibility::Office => 2,
        Visibility::Restricted => 3,
    }
}

/// The texts of a value, each in its language where that is known.
fn worded(field: &Field, value: &Value) -> Vec<(Option<Language>, String)> {
    let values = match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    values
        .into_iter()
        .flat_map(|value| match (field.kind, value) {
            (FieldType::Multilingual, Value::Object(parts)) => parts
                .iter()
                .filter_map(|(code, text)| Some((code.parse().ok(), text.as_str()?.to_owned())))
                .collect(),
            _ => vec![(None, plain(value, Language::En))],
        })
        .collect()
}

/// The piece of a text around the first word that was sought.
fn around(pieces: Vec<(String, bool)>) -> Vec<(String, bool)> {
    let before: usize = pieces
        .iter()
        .take_while(|(_, marked)| !marked)
        .map(|(piece, _)| piece.chars().count())
        .sum();
    let skip = before.saturating_sub(SNIPPET / 3);
    let (mut at, mut shown) = (0, Vec::new());
    for (piece, marked) in pieces {
        let kept: String = piece
            .chars()
            .enumerate()
            .filter(|(place, _)| (skip..skip + SNIPPET).contains(&(at + place)))
            .map(|(_, sign)| sign)
            .collect();
        let length = piece.chars().count();
        let cut_before = at < skip && at + length > skip;
        let cut_after = at < skip + SNIPPET && at + length > skip + SNIPPET;
        if !kept.is_empty() {
            let kept = format!(
                "{}{kept}{}",
                if cut_before { "…" } else { "" },
                if cut_after { "…" } else { "" }
            );
            shown.push((kept, marked));
        }
        at += length;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_around_what_was_sought() {
        let text = format!("{} needle {}", "before ".repeat(50), "after ".repeat(50));
        let cut = around(marked(&text, "needle"));
        let whole: String = cut.iter().map(|(piece, _)| piece.as_str()).collect();
        assert!(whole.starts_with('…') && whole.ends_with('…'), "{whole}");
        assert!(whole.chars().count() <= SNIPPET + 2);
        assert!(cut.contains(&("needle".to_owned(), true)));
        assert_eq!(around(marked("short needle", "needle")).len(), 2);
    }
}
