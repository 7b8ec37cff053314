//! Files of a standard into several registers, together or not at all.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;

use chancery_exchange::{Mapping, Row, Sought, Table, read_format};
use chancery_model::decide::{Circumstances, Decision};
use chancery_model::{
    Body, Diagnostic, Diagnostics, Format, Language, Place, Programme, Snapshot, fold,
};
use serde_json::Value;

use crate::Error;
use crate::import::{Facts, decide_facts};

/// A file of a format on its way in.
pub(crate) struct FormatFile<'a> {
    pub(crate) format: &'a Format,
    pub(crate) file: PathBuf,
    pub(crate) source: Arc<str>,
}

impl FormatFile<'_> {
    /// Decides the rows of every register, those that others link to first. Each register is
    /// read on its own, so that the file may be longer than memory.
    pub(crate) fn decide(
        &self,
        programme: &Programme,
        snapshot: &Snapshot,
        fields: &BTreeMap<String, BTreeSet<String>>,
        circumstances: &Circumstances,
        read: &(impl Fn(u64) + Clone),
    ) -> Result<Decision, Error> {
        let circumstances = &Circumstances {
            demonstration: circumstances.demonstration || self.is_demonstration()?,
            ..circumstances.clone()
        };
        let mut known = snapshot.clone();
        let mut all = Decision::default();
        let mut problems = Diagnostics::default();
        let order = programme.linked_first();
        let order = order.into_iter().filter(|register| fields.contains_key(*register));
        // What the first reading finds nothing of need not be read again.
        let mut present: Option<HashSet<String>> = None;
        for register in order {
            if present.as_ref().is_some_and(|present| !present.contains(register)) {
                continue;
            }
            let found = RefCell::new(HashSet::new());
            let index = Index { programme, snapshot: &known, fields: RefCell::default() };
            let find = |sought: Sought<'_>| index.find(sought);
            let rows = self.rows(programme, register, &find, &found, read)?;
            let facts = Facts {
                register,
                name: self.file.display().to_string(),
                table: Ok(Table { columns: None, rows }),
                mapping: Mapping::default(),
                source: Arc::clone(&self.source),
                folder: None,
                fields: fields.get(register).cloned().map(Arc::new),
            };
            let decided = decide_facts(programme, &known, facts, circumstances);
            if present.is_none() {
                present = Some(found.into_inner());
            }
            match decided {
                Ok(decision) => {
                    decision.entries.iter().for_each(|entry| known.apply(entry));
                    all.unchanged += decision.unchanged;
                    all.entries.extend(decision.entries);
                }
                Err(refused) => {
                    problems.extend(refused.0);
                    // What links to these records cannot be decided.
                    return Err(problems.into());
                }
            }
        }
        if present.is_none_or(|present| present.is_empty()) {
            let found =
                format!("no element `{}` in `{}`", self.format.record.element, self.format.root);
            return Err(Diagnostic::error(Place::file(self.file.display().to_string()), found)
                .expected(format!("a file of the format: {}", self.format.label.en))
                .into());
        }
        Ok(all)
    }

    /// Whether the file says at its beginning that it holds invented records, as an export does.
    fn is_demonstration(&self) -> Result<bool, Error> {
        let mut start = [0; 1024];
        let mut file = File::open(&self.file).map_err(Error::io(&self.file))?;
        let count = file.read(&mut start).map_err(Error::io(&self.file))?;
        let note = chancery_report::grammar(Language::En).word("demonstration_page");
        Ok(String::from_utf8_lossy(&start[..count]).contains(note))
    }

    /// The rows that the file gives for one register.
    fn rows<'r>(
        &'r self,
        programme: &'r Programme,
        register: &'r str,
        find: &'r chancery_exchange::Find<'r>,
        found: &'r RefCell<HashSet<String>>,
        read: &(impl Fn(u64) + Clone + 'r),
    ) -> Result<chancery_exchange::Rows<'r>, Error> {
        let file = File::open(&self.file).map_err(Error::io(&self.file))?;
        let source = BufReader::with_capacity(1 << 18, Heard { inner: file, read: read.clone() });
        let name = self.file.display().to_string();
        let mut seen = HashSet::new();
        let declared = programme.registers.get(register);
        let records = read_format(programme, self.format, &name, source, find);
        let rows = records.flat_map(move |read| match read {
            Err(problem) => vec![Err(problem)],
            Ok(rows) => {
                let mut own: Vec<Result<Row, Diagnostic>> = Vec::new();
                for read in rows {
                    if !found.borrow().contains(&read.register) {
                        found.borrow_mut().insert(read.register.clone());
                    }
                    if read.register != register {
                        continue;
                    }
                    // A record that many link to is told of each time; the first time counts.
                    if read.linked
                        && let Some(declared) = declared
                        && let chancery_exchange::Cells::Values(values) = &read.row.cells
                    {
                        let body: Body = values
                            .iter()
                            .map(|(k, v): (&String, &Value)| (k.clone(), v.clone()))
                            .collect();
                        if !seen.insert(declared.key_of(&body)) {
                            continue;
                        }
                    }
                    own.push(Ok(read.row));
                }
                own
            }
        });
        Ok(Box::new(rows))
    }
}

/// Tells how much has been read.
struct Heard<F> {
    inner: File,
    read: F,
}

impl<F: Fn(u64)> Read for Heard<F> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        (self.read)(count as u64);
        Ok(count)
    }
}

/// A register, a field, and the link by which records are told apart.
type Looked = (String, String, Option<String>);

/// Keys by what a field says and the record that the link leads to; none where two say it.
type Keys = HashMap<(String, String), Option<String>>;

/// Records by what their fields say.
struct Index<'a> {
    programme: &'a Programme,
    snapshot: &'a Snapshot,
    fields: RefCell<HashMap<Looked, Keys>>,
}

impl Index<'_> {
    fn find(&self, sought: Sought<'_>) -> Option<String> {
        let Sought { register, field, text, within } = sought;
        self.programme.registers.get(register)?.fields.get(field)?;
        let by = within.map(|(by, _)| by.to_owned());
        let mut fields = self.fields.borrow_mut();
        let looked = (register.to_owned(), field.to_owned(), by.clone());
        let index = fields.entry(looked).or_insert_with(|| {
            let mut index = Keys::new();
            for (key, raw) in self.snapshot.records(register) {
                let body: Body = serde_json::from_str(raw).unwrap_or_default();
                let parent = by.as_ref().and_then(|by| body.get(by)?.as_str());
                let parent = parent.unwrap_or_default();
                for text in body.get(field).map(chancery_model::value::texts).unwrap_or_default() {
                    // What two records say finds neither.
                    index
                        .entry((fold(text), parent.to_owned()))
                        .and_modify(|known| *known = None)
                        .or_insert_with(|| Some(key.to_owned()));
                }
            }
            index
        });
        let parent = within.map_or_else(String::new, |(_, key)| key.to_owned());
        index.get(&(fold(text), parent)).cloned().flatten()
    }
}
