//! The index of a home: documents, and questions that see no more than they may.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chancery_model::Language;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index as Store, IndexReader, IndexWriter, Searcher, TantivyDocument, Term};

use crate::counting::ByValue;
use crate::words::{sought, spans, terms};

/// How many kinds of visibility a text may have, the widest first.
const LEVELS: usize = 4;
const REGISTER: &str = "register";
/// What the writer may hold in memory before it writes.
const MEMORY: usize = 64 << 20;
/// More words are no question that a person asks.
const MOST_WORDS: usize = 12;
/// So many endings of a word are looked at, and so many are suggested.
const ENDINGS: usize = 100;
const SUGGESTED: usize = 8;
/// So much more a word counts that stands as it was typed, and one in the name of a record.
const AS_TYPED: f32 = 1.5;
const IN_NAME: f32 = 4.0;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the search index cannot be used: {0}. Delete its folder, and it is made anew")]
    Store(#[from] tantivy::TantivyError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What is found of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub register: String,
    pub key: String,
    /// What it is called, and all else, by who may see it: the widest first.
    pub names: [Vec<(Option<Language>, String)>; LEVELS],
    pub texts: [Vec<(Option<Language>, String)>; LEVELS],
    /// The records to which it links, as `register/key`.
    pub links: Vec<String>,
}

impl Document {
    fn id(&self) -> String {
        format!("{}/{}", self.register, self.key)
    }
}

/// Of which records how much is seen: of registers, or of what links to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The number of the level, from 0 for what all see.
    pub level: usize,
    pub registers: Vec<String>,
    /// Only records that link to this one, or are it, as `register/key`.
    pub link: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub total: usize,
    /// Register and key of each, the best first.
    pub records: Vec<(String, String)>,
    /// How many in each register that has some.
    pub registers: Vec<(String, usize)>,
}

struct Fields {
    id: Field,
    register: Field,
    key: Field,
    links: Field,
    names: [Field; LEVELS],
    texts: [Field; LEVELS],
}

/// An index in a folder.
pub struct Index {
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    store: Store,
}

impl Index {
    /// Opens the index in a folder, or makes it; one that was made for another version is made anew.
    pub fn open(folder: &Path, version: &str) -> Result<Self, Error> {
        let mark = folder.join("version");
        let known = std::fs::read_to_string(&mark).ok();
        if known.as_deref() != Some(version) && folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let mut schema = Schema::builder();
        let words = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
        // What has names in six languages is not worth less than what has one.
        let named = words.clone().set_fieldnorms(false);
        let words = TextOptions::default().set_indexing_options(words);
        let named = TextOptions::default().set_indexing_options(named);
        let fields = Fields {
            id: schema.add_text_field("id", STRING),
            // Fast, so that what is found is counted by it.
            register: schema.add_text_field(REGISTER, STRING | STORED | FAST),
            key: schema.add_text_field("key", STRING | STORED),
            links: schema.add_text_field("links", STRING),
            names: std::array::from_fn(|level| {
                schema.add_text_field(&format!("names{level}"), named.clone())
            }),
            texts: std::array::from_fn(|level| {
                schema.add_text_field(&format!("texts{level}"), words.clone())
            }),
        };
        let directory =
            tantivy::directory::MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let store = Store::open_or_create(directory, schema.build())?;
        let writer = store.writer_with_num_threads(1, MEMORY)?;
        let reader = store.reader()?;
        std::fs::write(&mark, version)?;
        Ok(Self { fields, reader, writer: Mutex::new(writer), store })
    }

    /// Up to which entry of the journal it knows the records.
    pub fn size(&self) -> Result<u64, Error> {
        let payload = self.store.load_metas()?.payload;
        Ok(payload.and_then(|size| size.parse().ok()).unwrap_or(0))
    }

    /// Takes in how records are now; `gone` are those, as `register/key`, that are no more. All of it
    /// is found at once, or none.
    pub fn change(
        &self,
        gone: &[String],
        documents: impl IntoIterator<Item = Document>,
        size: u64,
    ) -> Result<(), Error> {
        // A writer whose holder panicked is rolled back by the next commit's absence.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for id in gone {
            writer.delete_term(Term::from_field_text(self.fields.id, id));
        }
        for document in documents {
            writer.delete_term(Term::from_field_text(self.fields.id, &document.id()));
            writer.add_document(self.written(&document))?;
        }
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&size.to_string());
        commit.commit()?;
        drop(writer);
        self.reader.reload()?;
        Ok(())
    }

    fn written(&self, document: &Document) -> TantivyDocument {
        let mut written = TantivyDocument::default();
        written.add_text(self.fields.id, document.id());
        written.add_text(self.fields.register, &document.register);
        written.add_text(self.fields.key, &document.key);
        for link in &document.links {
            written.add_text(self.fields.links, link);
        }
        for level in 0..LEVELS {
            for (fields, texts) in
                [(&self.fields.names, &document.names), (&self.fields.texts, &document.texts)]
            {
                for (language, text) in &texts[level] {
                    written.add_pre_tokenized_text(fields[level], cut(text, *language));
                }
            }
        }
        written
    }

    /// The records that have all the words, the best first; of one register where that is asked.
    pub fn search(
        &self,
        text: &str,
        scopes: &[Scope],
        register: Option<&str>,
        from: usize,
        most: usize,
    ) -> Result<Found, Error> {
        let words = sought(text, MOST_WORDS);
        if words.is_empty() || scopes.is_empty() {
            return Ok(Found::default());
        }
        let searcher = self.reader.searcher();
        let all = self.question(&searcher, &words, scopes)?;
        let counted = searcher.search(&all, &ByValue(REGISTER))?;
        let mut found = Found { registers: counted.into_iter().collect(), ..Found::default() };
        found.registers.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        let of = |name: &str| found.registers.iter().find(|(own, _)| own == name);
        found.total = match register {
            Some(name) => of(name).map_or(0, |(_, count)| *count),
            None => found.registers.iter().map(|(_, count)| count).sum(),
        };
        let question = match register {
            Some(name) => Box::new(self.within(all, name)),
            None => all,
        };
        // Counted above: of the best, what cannot be among them is passed over.
        let top = TopDocs::with_limit(most.max(1)).and_offset(from).order_by_score();
        for (_, address) in searcher.search(&question, &top)? {
            let document: TantivyDocument = searcher.doc(address)?;
            let text = |field| {
                let value = document.get_first(field).and_then(|value| value.as_str());
                value.unwrap_or_default().to_owned()
            };
            found.records.push((text(self.fields.register), text(self.fields.key)));
        }
        Ok(found)
    }

    /// Words that begin like the last that was typed and stand in records that are seen.
    pub fn complete(&self, typed: &str, scopes: &[Scope]) -> Result<Vec<String>, Error> {
        let Some(span) = spans(typed).into_iter().next_back().filter(|span| !span.han) else {
            return Ok(vec![]);
        };
        // A word that has ended is not completed.
        if span.to < typed.len() {
            return Ok(vec![]);
        }
        let Some(begun) = terms(typed, span, None).into_iter().next() else { return Ok(vec![]) };
        let searcher = self.reader.searcher();
        let mut endings: Vec<(u32, String)> = Vec::new();
        for segment in searcher.segment_readers() {
            for field in self.fields.names.iter().chain(&self.fields.texts) {
                let inverted = segment.inverted_index(*field)?;
                let mut stream = inverted.terms().range().ge(begun.as_bytes()).into_stream()?;
                let mut looked = 0;
                while stream.advance() && looked < ENDINGS {
                    let Ok(term) = std::str::from_utf8(stream.key()) else { break };
                    if !term.starts_with(&begun) {
                        break;
                    }
                    looked += 1;
                    // Stems are no words.
                    if !term.contains(':') && !endings.iter().any(|(_, known)| known == term) {
                        endings.push((stream.value().doc_freq, term.to_owned()));
                    }
                }
            }
        }
        endings.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        let mut seen = Vec::new();
        for (_, term) in endings {
            let question = self.question(&searcher, &[vec![term.clone()]], scopes)?;
            if searcher.search(&question, &Count)? > 0 {
                seen.push(format!("{}{term}", &typed[..span.from]));
            }
            if seen.len() == SUGGESTED {
                break;
            }
        }
        Ok(seen)
    }

    fn within(&self, question: Box<dyn Query>, register: &str) -> BooleanQuery {
        let own = self.term(self.fields.register, register);
        let own: Box<dyn Query> = Box::new(ConstScoreQuery::new(own, 0.0));
        BooleanQuery::new(vec![(Occur::Must, question), (Occur::Must, own)])
    }

    fn term(&self, field: Field, text: &str) -> Box<dyn Query> {
        let term = Term::from_field_text(field, text);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    /// The registers of which the index has records.
    fn registers(&self, searcher: &Searcher) -> Result<BTreeSet<String>, Error> {
        let mut known = BTreeSet::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.register)?;
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                known.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
            }
        }
        Ok(known)
    }

    /// Each word in some text that may be seen.
    fn question(
        &self,
        searcher: &Searcher,
        words: &[Vec<String>],
        scopes: &[Scope],
    ) -> Result<Box<dyn Query>, Error> {
        let known = self.registers(searcher)?;
        let words = words.iter().map(|forms| {
            let seen = scopes.iter().map(|scope| {
                let mut all = vec![(Occur::Must, self.word(forms, scope.level))];
                // The registers that are not seen are left out of what has the word: to gather all records
                // of those that are would be to look at the whole index.
                let hidden = known.iter().filter(|name| !scope.registers.contains(name));
                all.extend(
                    hidden.map(|name| (Occur::MustNot, self.term(self.fields.register, name))),
                );
                if let Some(link) = &scope.link {
                    let linked = BooleanQuery::union(vec![
                        self.term(self.fields.links, link),
                        self.term(self.fields.id, link),
                    ]);
                    let linked: Box<dyn Query> =
                        Box::new(ConstScoreQuery::new(Box::new(linked), 0.0));
                    all.push((Occur::Must, linked));
                }
                let own: Box<dyn Query> = Box::new(BooleanQuery::new(all));
                own
            });
            let word: Box<dyn Query> = Box::new(BooleanQuery::union(seen.collect()));
            (Occur::Must, word)
        });
        Ok(Box::new(BooleanQuery::new(words.collect())))
    }

    /// One of the forms of a word, up to a level.
    fn word(&self, forms: &[String], level: usize) -> Box<dyn Query> {
        let mut any: Vec<Box<dyn Query>> = Vec::new();
        for (place, form) in forms.iter().enumerate() {
            let typed = if place == 0 { AS_TYPED } else { 1.0 };
            for level in 0..=level.min(LEVELS - 1) {
                let name = self.term(self.fields.names[level], form);
                let text = self.term(self.fields.texts[level], form);
                any.push(Box::new(BoostQuery::new(name, typed * IN_NAME)));
                any.push(Box::new(BoostQuery::new(text, typed)));
            }
        }
        Box::new(BooleanQuery::union(any))
    }
}

/// A text as the index takes it.
fn cut(text: &str, language: Option<Language>) -> PreTokenizedString {
    let mut tokens = Vec::new();
    for (position, span) in spans(text).into_iter().enumerate() {
        for term in terms(text, span, language) {
            tokens.push(Token {
                offset_from: span.from,
                offset_to: span.to,
                position,
                text: term,
                position_length: 1,
            });
        }
    }
    // The text itself is not kept here.
    PreTokenizedString { text: String::new(), tokens }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(register: &str, key: &str, texts: [&str; LEVELS], links: &[&str]) -> Document {
        Document {
            register: register.to_owned(),
            key: key.to_owned(),
            names: Default::default(),
            texts: texts.map(|text| vec![(None, text.to_owned())]),
            links: links.iter().map(|link| (*link).to_owned()).collect(),
        }
    }

    fn scope(level: usize, registers: &[&str], link: Option<&str>) -> Scope {
        Scope {
            level,
            registers: registers.iter().map(|name| (*name).to_owned()).collect(),
            link: link.map(str::to_owned),
        }
    }

    fn keys(index: &Index, text: &str, scopes: &[Scope]) -> Vec<String> {
        let found = index.search(text, scopes, None, 0, 10).unwrap();
        let mut keys: Vec<String> = found.records.into_iter().map(|(_, key)| key).collect();
        assert_eq!(found.total, keys.len());
        assert_eq!(found.registers.iter().map(|(_, count)| count).sum::<usize>(), keys.len());
        keys.sort();
        keys
    }

    #[test]
    fn nothing_is_found_counted_or_suggested_beyond_what_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), "1").unwrap();
        let documents = [
            document("thing", "a", ["open words", "", "office secret", "sealed"], &["owner/esp"]),
            document("thing", "b", ["open", "", "", ""], &["owner/fra"]),
            document("paper", "c", ["", "", "secret paper", ""], &[]),
        ];
        index.change(&[], documents, 7).unwrap();
        assert_eq!(index.size().unwrap(), 7);
        let public = [scope(0, &["thing"], None)];
        let office = [scope(2, &["thing", "paper"], None)];
        assert_eq!(keys(&index, "open", &public), ["a", "b"]);
        assert_eq!(keys(&index, "secret", &public), Vec::<String>::new());
        assert_eq!(keys(&index, "open secret", &public), Vec::<String>::new());
        assert_eq!(keys(&index, "secret", &office), ["a", "c"]);
        assert_eq!(keys(&index, "sealed", &office), Vec::<String>::new());
        let own = [scope(0, &["thing"], None), scope(3, &["thing"], Some("owner/esp"))];
        assert_eq!(keys(&index, "sealed", &own), ["a"]);
        let other = [scope(0, &["thing"], None), scope(3, &["thing"], Some("owner/fra"))];
        assert_eq!(keys(&index, "sealed", &other), Vec::<String>::new());
        assert_eq!(index.complete("se", &public).unwrap(), Vec::<String>::new());
        assert_eq!(index.complete("open se", &office).unwrap(), ["open secret"]);
        assert_eq!(index.complete("open ", &office).unwrap(), Vec::<String>::new());
        assert_eq!(keys(&index, "open", &[]), Vec::<String>::new());
    }

    #[test]
    fn a_record_is_found_as_it_is_now_and_the_index_outlives_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let scopes = [scope(0, &["thing"], None)];
        {
            let index = Index::open(folder.path(), "1").unwrap();
            let thing = |text| document("thing", "a", [text, "", "", ""], &[]);
            index.change(&[], [thing("old")], 1).unwrap();
            index.change(&[], [thing("new")], 2).unwrap();
            assert_eq!(keys(&index, "old", &scopes), Vec::<String>::new());
        }
        let index = Index::open(folder.path(), "1").unwrap();
        assert_eq!(index.size().unwrap(), 2);
        assert_eq!(keys(&index, "new", &scopes), ["a"]);
        index.change(&["thing/a".to_owned()], [], 3).unwrap();
        assert_eq!(keys(&index, "new", &scopes), Vec::<String>::new());
        drop(index);
        assert_eq!(Index::open(folder.path(), "2").unwrap().size().unwrap(), 0);
    }
}
