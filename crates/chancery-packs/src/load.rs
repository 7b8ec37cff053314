//! From files to a [`Programme`]: one pass that reads every file, then one that checks what
//! they say of each other.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use chancery_model::measure::Expected;
use chancery_model::outline::OutlineHead;
use chancery_model::programme::ReportHead;
use chancery_model::{
    DataFile, Diagnostic, Diagnostics, Language, Measure, MeasureHead, Multilingual, Outlines,
    Pack, Place, PolicyFile, Programme, Register, ReportSource, View,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::check;
use crate::codelists;
use crate::files::Files;
use crate::outlines;
use crate::terms::{self, Terms};
use crate::yaml::{Places, Reader, parse};

/// How far the files are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Every file against its schema, and all of them against each other.
    #[default]
    Check,
    /// Files that were checked when the binary was built.
    CheckedBefore,
}

/// Reads packs. The programme holds all that could be read; the problems are all there are.
pub fn load(files: &Files, trust: Trust) -> (Programme, Diagnostics) {
    let mut loading = Loading { trust, ..Loading::default() };
    for (path, bytes) in files {
        loading.file(path, bytes);
    }
    loading.finish(files)
}

/// What has been read, with the places for messages about it.
#[derive(Default)]
pub(crate) struct Loading {
    trust: Trust,
    pub(crate) programme: Programme,
    pub(crate) places: BTreeMap<String, Places>,
    pub(crate) problems: Diagnostics,
    /// Report folder to its head and sources.
    reports: BTreeMap<String, (Option<ReportHead>, BTreeMap<Language, String>)>,
    outlines: BTreeMap<String, (Option<OutlineHead>, Option<outlines::Places>)>,
    expected: BTreeMap<String, Vec<Expected>>,
    data: BTreeMap<(String, String), (String, Vec<u8>)>,
    /// Register to its pack, and pack to its words.
    terms: BTreeMap<String, Terms>,
}

impl Loading {
    fn file(&mut self, path: &str, bytes: &[u8]) {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [pack, "pack.yaml"] => {
                if let Some(head) = self.yaml::<Pack>(path, bytes) {
                    self.programme.packs.insert((*pack).to_owned(), head);
                }
            }
            [pack, "terms.csv"] => {
                let (terms, problems) = terms::read(path, bytes);
                self.problems.extend(problems);
                self.terms.insert((*pack).to_owned(), terms);
            }
            [pack, "registers", name] if name.ends_with(".yaml") => {
                if let Some(register) = self.yaml::<Register>(path, bytes) {
                    let name = self.once(path, stem(name, ".yaml"), |p, n| p.registers.contains_key(n));
                    self.programme.pack_of.insert(name.clone(), (*pack).to_owned());
                    self.programme.registers.insert(name, register);
                }
            }
            [_, "cautions", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.cautions);
            }
            [_, "procedures", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.procedures);
            }
            [_, "identities", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.identities);
            }
            [_, "codelists", name] if name.ends_with(".csv") => {
                let (list, problems) = codelists::read(path, bytes);
                self.problems.extend(problems);
                let name = self.once(path, stem(name, ".csv"), |p, n| p.codelists.contains_key(n));
                self.programme.codelists.insert(name, list);
            }
            [_, "views", name] if name.ends_with(".sql") => {
                if let Some(sql) = self.text(path, bytes) {
                    let name = self.once(path, stem(name, ".sql"), |p, n| p.views.contains_key(n));
                    let view = View { sql: sql.to_owned(), file: path.to_owned() };
                    self.programme.views.insert(name, view);
                }
            }
            [pack, "measures", name] if name.ends_with(".expected.yaml") => {
                if let Some(expected) = self.yaml::<Vec<Expected>>(path, bytes) {
                    self.expected.insert(format!("{pack}.{}", stem(name, ".expected.yaml")), expected);
                }
            }
            [pack, "measures", name] if name.ends_with(".sql") => {
                let name = format!("{pack}.{}", stem(name, ".sql"));
                self.measure(path, &name, bytes);
            }
            [_, "reports", report, "report.yaml"] => {
                let head = self.yaml::<ReportHead>(path, bytes);
                self.reports.entry(report_folder(path, report)).or_default().0 = head;
            }
            [_, "reports", report, name] if name.ends_with(".md") => {
                match stem(name, ".md").parse::<Language>() {
                    Err(error) => self.problems.push(Diagnostic::error(Place::file(path), error)),
                    Ok(language) => {
                        if let Some(text) = self.text(path, bytes) {
                            let sources = &mut self.reports.entry(report_folder(path, report)).or_default().1;
                            sources.insert(language, text.to_owned());
                        }
                    }
                }
            }
            [pack, "data", name] if name.ends_with(".csv") => {
                let key = ((*pack).to_owned(), stem(name, ".csv").to_owned());
                self.data.insert(key, (path.to_owned(), bytes.to_vec()));
            }
            [_, "examples", name] if name.ends_with(".csv") => {
                self.programme.examples.push(DataFile {
                    register: stem(name, ".csv").to_owned(),
                    file: path.to_owned(),
                    source: "an invented example".to_owned(),
                    bytes: bytes.to_vec(),
                });
            }
            [_, "demonstration", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.demonstrations);
            }
            [_, "formats", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.formats);
            }
            [_, "calendars", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.calendars);
            }
            [_, "policies", name] if name.ends_with(".cedar") => {
                if let Some(text) = self.text(path, bytes) {
                    let file = PolicyFile { file: path.to_owned(), text: text.to_owned() };
                    self.programme.policies.push(file);
                }
            }
            [_, "styles", name] if name.ends_with(".yaml") => {
                self.thing(path, name, bytes, |p| &mut p.styles);
            }
            [_, "outlines", name] if name.ends_with(".yaml") => {
                let head = self.yaml::<OutlineHead>(path, bytes);
                self.outlines.entry(path.replace(".yaml", "")).or_default().0 = head;
            }
            [_, "outlines", name] if name.ends_with(".csv") => {
                let (places, problems) = outlines::read(path, bytes);
                self.problems.extend(problems);
                self.outlines.entry(path.replace(".csv", "")).or_default().1 = Some(places);
            }
            [_, "README.md"] => {}
            _ => self.problems.push(
                Diagnostic::error(Place::file(path), "a file that no pack has")
                    .expected("pack.yaml, terms.csv, registers/*.yaml, codelists/*.csv, views/*.sql, measures/*.sql, measures/*.expected.yaml, cautions/*.yaml, procedures/*.yaml, identities/*.yaml, formats/*.yaml, calendars/*.yaml, styles/*.yaml, outlines/*.yaml, outlines/*.csv, policies/*.cedar, reports/*/report.yaml, reports/*/<language>.md, data/*.csv, examples/*.csv, demonstration/*.yaml"),
            ),
        }
    }

    /// Takes in a file of a kind of which each thing is one YAML file.
    fn thing<T: DeserializeOwned + JsonSchema + 'static>(
        &mut self,
        path: &str,
        name: &str,
        bytes: &[u8],
        things: fn(&mut Programme) -> &mut BTreeMap<String, T>,
    ) {
        if let Some(thing) = self.yaml::<T>(path, bytes) {
            let name = stem(name, ".yaml");
            if things(&mut self.programme).insert(name.to_owned(), thing).is_some() {
                self.twice(path, name);
            }
        }
    }

    fn twice(&mut self, path: &str, name: &str) {
        self.problems.push(
            Diagnostic::error(Place::file(path), format!("`{name}` a second time"))
                .expected("a name that no other pack uses"),
        );
    }

    /// The name of a thing that must be alone with it among all packs.
    fn once(&mut self, path: &str, name: &str, known: impl Fn(&Programme, &str) -> bool) -> String {
        if known(&self.programme, name) {
            self.twice(path, name);
        }
        name.to_owned()
    }

    fn text<'b>(&mut self, path: &str, bytes: &'b [u8]) -> Option<&'b str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                let line = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
                self.problems.push(
                    Diagnostic::error(Place::line(path, line), "bytes that are not UTF-8")
                        .hint("save the file as UTF-8"),
                );
                None
            }
        }
    }

    fn yaml<T: DeserializeOwned + JsonSchema + 'static>(
        &mut self,
        path: &str,
        bytes: &[u8],
    ) -> Option<T> {
        let text = self.text(path, bytes)?;
        self.yaml_from(path, text, 1)
    }

    fn yaml_from<T: DeserializeOwned + JsonSchema + 'static>(
        &mut self,
        path: &str,
        text: &str,
        first_line: usize,
    ) -> Option<T> {
        if self.trust == Trust::CheckedBefore {
            let (value, _) = parse(path, text, first_line)
                .map_err(|problem| self.problems.push(problem))
                .ok()?;
            return serde_json::from_value(value)
                .map_err(|error| {
                    self.problems.push(Diagnostic::error(Place::file(path), error.to_string()))
                })
                .ok();
        }
        match reader::<T>().read::<T>(path, text, first_line) {
            Ok((value, places)) => {
                self.places.insert(path.to_owned(), places);
                Some(value)
            }
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// A measure file: a YAML head between two lines `---`, then SQL.
    fn measure(&mut self, path: &str, name: &str, bytes: &[u8]) {
        let Some(text) = self.text(path, bytes) else { return };
        let Some((head, sql)) =
            text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"))
        else {
            self.problems.push(
                Diagnostic::error(Place::at(path, 1, 1, 3), "no head")
                    .expected("a YAML head between two lines `---`, then one SELECT"),
            );
            return;
        };
        let sql_line = head.lines().count() + 3;
        let Some(head) = self.yaml_from::<MeasureHead>(path, head, 2) else { return };
        let measure = Measure {
            head,
            sql: sql.to_owned(),
            file: path.to_owned(),
            sql_line,
            expected: Vec::new(),
        };
        self.programme.measures.insert(name.to_owned(), measure);
    }

    fn finish(mut self, files: &Files) -> (Programme, Diagnostics) {
        for (name, expected) in std::mem::take(&mut self.expected) {
            match self.programme.measures.get_mut(&name) {
                Some(measure) => measure.expected = expected,
                // That its file is wrong has been told.
                None if files.contains_key(&measure_file(&name)) => {}
                None => self.problems.push(
                    Diagnostic::error(
                        Place::file(&name),
                        "expected figures of a measure that does not exist",
                    )
                    .suggest(&name, self.programme.measures.keys().map(String::as_str)),
                ),
            }
        }
        for (folder, (head, mut sources)) in std::mem::take(&mut self.reports) {
            let Some(head) = head else {
                self.problems.push(Diagnostic::error(
                    Place::file(&folder),
                    "a report without its `report.yaml`",
                ));
                continue;
            };
            let sources =
                Multilingual::try_from_fn(|language| sources.remove(&language).ok_or(language));
            match sources {
                Ok(sources) => {
                    let name = folder.rsplit('/').next().unwrap_or(&folder).to_owned();
                    self.programme
                        .reports
                        .insert(name, ReportSource { head, file: folder, sources });
                }
                Err(language) => self.problems.push(
                    Diagnostic::error(Place::file(&folder), format!("no source `{language}.md`"))
                        .expected("one source in each of the six languages"),
                ),
            }
        }
        for (file, found) in std::mem::take(&mut self.outlines) {
            let name = file.rsplit('/').next().unwrap_or(&file).to_owned();
            match found {
                (Some(head), Some((places, others))) => {
                    let outlines = Outlines { head, places, others };
                    if self.programme.outlines.insert(name.clone(), outlines).is_some() {
                        self.twice(&file, &name);
                    }
                }
                (head, _) => {
                    let missing = if head.is_some() { "csv" } else { "yaml" };
                    let found = format!("outlines without their `{name}.{missing}`");
                    self.problems.push(Diagnostic::error(Place::file(&file), found));
                }
            }
        }
        self.collect_data();
        self.fill_terms();
        if self.trust == Trust::Check {
            check::check(&mut self);
            let unread = unread(files, &self.programme);
            self.problems.0.retain(|problem| !unread.contains(&problem.found));
        }
        self.programme.version = version(files);
        (self.programme, self.problems)
    }

    /// Gives fields without words of their own those of their pack, or of a pack that it needs.
    fn fill_terms(&mut self) {
        let words = self.terms.values().flatten().filter(|(name, _)| !name.contains('.'));
        let words = words.map(|(name, (label, _))| (name.clone(), label.clone()));
        self.programme.terms = words.collect();
        for (name, register) in &mut self.programme.registers {
            let own = self.programme.pack_of.get(name);
            let needed = own
                .and_then(|pack| self.programme.packs.get(pack))
                .into_iter()
                .flat_map(|pack| &pack.needs);
            let packs: Vec<&String> = own.into_iter().chain(needed).collect();
            for (field, declared) in &mut register.fields {
                let terms = packs.iter().filter_map(|pack| self.terms.get(*pack));
                terms::fill(name, field, declared, terms);
            }
        }
    }

    /// Collects the facts of all packs, those that others link to first.
    fn collect_data(&mut self) {
        for (pack, head) in &self.programme.packs {
            for (register, source) in &head.data {
                match self.data.remove(&(pack.clone(), register.clone())) {
                    Some((file, bytes)) => self.programme.data.push(DataFile {
                        register: register.clone(),
                        file,
                        source: source.clone(),
                        bytes,
                    }),
                    None => self.problems.push(
                        Diagnostic::error(
                            Place::file(format!("{pack}/pack.yaml")).field("data"),
                            format!("no file `data/{register}.csv`"),
                        )
                        .expected("the facts of each register named under `data`"),
                    ),
                }
            }
        }
        let order: Vec<String> =
            self.programme.linked_first().into_iter().map(str::to_owned).collect();
        let place = |data: &DataFile| order.iter().position(|register| *register == data.register);
        self.programme.data.sort_by_key(place);
        self.programme.examples.sort_by_key(place);
        for (_, (file, _)) in std::mem::take(&mut self.data) {
            self.problems.push(
                Diagnostic::error(Place::file(file), "facts without a source")
                    .expected("the register and its source under `data` in pack.yaml"),
            );
        }
    }
}

/// Where the measure of that name stands.
fn measure_file(name: &str) -> String {
    format!("{}.sql", name.replacen('.', "/measures/", 1))
}

/// What would be said of the things that are there though their files could not be read. That a
/// file is wrong is told where it stands, and nowhere else.
pub fn unread(files: &Files, programme: &Programme) -> Vec<String> {
    let mut told = Vec::new();
    for file in files.keys() {
        match file.split('/').collect::<Vec<_>>().as_slice() {
            [_, "registers", name] => {
                let name = stem(name, ".yaml");
                if !programme.registers.contains_key(name) {
                    told.extend([check::unknown("register", name), check::unknown("table", name)]);
                    // As policies name it.
                    told.push(format!("`Register::\"{name}\"`, which no pack declares"));
                }
            }
            [pack, "measures", name] => {
                let name = format!("{pack}.{}", stem(name, ".sql"));
                if !programme.measures.contains_key(&name) {
                    told.push(check::unknown("measure", &name));
                }
            }
            _ => {}
        }
    }
    told
}

/// The reader of each type, made once.
fn reader<T: JsonSchema + 'static>() -> &'static Reader {
    static READERS: OnceLock<std::sync::Mutex<HashMap<std::any::TypeId, &'static Reader>>> =
        OnceLock::new();
    let readers = READERS.get_or_init(Default::default);
    // A poisoned lock means a panic while a reader was made; the map itself is whole.
    let mut readers = readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    readers
        .entry(std::any::TypeId::of::<T>())
        .or_insert_with(|| Box::leak(Box::new(Reader::of::<T>())))
}

fn stem<'a>(name: &'a str, ending: &str) -> &'a str {
    name.strip_suffix(ending).unwrap_or(name)
}

fn report_folder(path: &str, report: &str) -> String {
    let end = path.find(&format!("/{report}/")).map_or(path.len(), |at| at + report.len() + 1);
    path[..end].to_owned()
}

/// SHA-256 over the names and contents of all files.
fn version(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (path, bytes) in files {
        hasher.update((path.len() as u64).to_be_bytes());
        hasher.update(path.as_bytes());
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
