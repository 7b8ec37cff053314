//! A home: the folder that holds a journal and what is projected from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chancery_access::Policies;
use chancery_journal::{Checkpoint, Journal, Vault, Verification};
use chancery_measures::{Engine, HELD_ROWS, Listed, Projection};
use chancery_model::decide::{Circumstances, Command, Decision, decide};
use chancery_model::value::FieldReader;
use chancery_model::{
    Body, Diagnostic, Diagnostics, Figure, Language, Names, Place, Programme, Snapshot, Wanted,
};
use chancery_packs::yaml::Reader;
use chancery_search::Index;
use futures::TryStreamExt;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::sync::OnceCell;

use crate::Error;
use crate::facts::{Version, version_of};
use crate::formats::FormatFile;
use crate::import::{Facts, ImportOptions, Imported, decide_facts};
use crate::people::Who;
use crate::reports::Drafts;
use crate::start::{Start, first_entries};
use crate::surroundings::{now, random};
use crate::tries::Tries;

/// How often a writer decides anew after others were faster.
const ATTEMPTS: usize = 20;

/// An open home.
pub struct Home {
    folder: PathBuf,
    programme: Arc<Programme>,
    journal: Journal,
    actor: Arc<str>,
    /// The engine that answered last, for as long as the journal stays as it was.
    engine: Mutex<Option<Kept>>,
    /// What was needed to decide last: the registers, as of a point of the journal.
    decided: Mutex<(BTreeSet<String>, Arc<Snapshot>)>,
    /// Tables of no more rows are held in memory.
    holds: usize,
    pub(crate) policies: OnceLock<Policies>,
    pub(crate) vault: OnceCell<Vault>,
    /// Who asked, as of a point of the journal.
    pub(crate) known: Mutex<(u64, BTreeMap<String, Arc<Who>>)>,
    pub(crate) tries: Tries,
    /// How often each was refused something on a day.
    pub(crate) refusals: Mutex<(i64, BTreeMap<String, u32>)>,
    /// What reports that are being written asked already, as of a point of the journal.
    pub(crate) drafted: Mutex<Option<(u64, Arc<Drafts>)>>,
    pub(crate) index: OnceCell<Index>,
    /// Up to which entry the index follows the journal.
    pub(crate) indexed: Mutex<u64>,
}

/// An engine, and for which state it was asked.
struct Kept {
    size: u64,
    asked: Option<u64>,
    engine: Arc<Engine>,
}

/// What a write did: what it changed, and the state it sealed; none where nothing changed or
/// was meant to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub imported: Imported,
    pub checkpoint: Option<Checkpoint>,
}

/// How a write is to be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writing {
    /// Records that exist with other values are superseded.
    pub(crate) update: bool,
    /// Nothing is recorded.
    pub(crate) dry_run: bool,
    /// Records are taken back, so that what links to them matters.
    pub(crate) withdrawal: bool,
    /// What is recorded is invented.
    pub(crate) demonstration: bool,
    /// Who records it; who opened the home where nobody is named.
    pub(crate) actor: Option<Arc<str>>,
}

/// The command that records a whole record of which the platform itself is the source.
pub(crate) fn whole_record(body: Body, source: &Arc<str>) -> Command {
    Command::Record {
        place: Place::default(),
        body,
        source: Arc::clone(source),
        replaces: None,
        fields: None,
        demonstration: false,
    }
}

/// A folder under construction that only its owner may look into.
pub(crate) fn private_folder(prefix: &str, parent: &Path) -> Result<tempfile::TempDir, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent).map_err(Error::io(parent))
}

impl Home {
    /// Makes a home in `folder` with what `start` says. It appears whole or not at all.
    pub async fn create(
        folder: &Path,
        programme: Arc<Programme>,
        actor: &str,
        start: Start,
        mut progress: impl FnMut(&str, usize),
    ) -> Result<Self, Error> {
        let taken = folder.read_dir().is_ok_and(|mut items| items.next().is_some());
        if Journal::exists(folder) || taken {
            let what = if Journal::exists(folder) { "a home already" } else { "not empty" };
            return Err(Diagnostic::error(
                Place::file(folder.display().to_string()),
                format!("a folder that is {what}"),
            )
            .expected("a new folder, or an empty one")
            .hint("name another with --home")
            .into());
        }
        let parent = folder
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(Error::io(parent))?;
        let building = private_folder(".chancery-init-", parent)?;
        let random: [u8; 40] = random()?;
        let (name, seed) = random.split_at(8);
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut key = [0; 32];
        key.copy_from_slice(seed);
        let journal = Journal::create(building.path(), &format!("chancery/{name}"), key).await?;
        let mut home = Self::over(building.path(), programme, journal, actor);
        let circumstances = home.circumstances(false);
        let entries = first_entries(&home.programme, start, &circumstances, &mut progress)?;
        if !entries.is_empty() {
            home.journal.append(0, &entries).await?;
            home.engine(None).await?;
        }
        home.journal.close().await;
        if folder.exists() {
            std::fs::remove_dir(folder).map_err(Error::io(folder))?;
        }
        std::fs::rename(building.path(), folder).map_err(Error::io(folder))?;
        home.journal = Journal::open(folder).await?;
        home.engine = Mutex::default();
        home.decided = Mutex::default();
        home.folder = folder.to_owned();
        // What was built has been moved; there is nothing left to remove.
        let _ = building.keep();
        Ok(home)
    }

    pub async fn open(
        folder: &Path,
        programme: Arc<Programme>,
        actor: &str,
    ) -> Result<Self, Error> {
        let journal = Journal::open(folder).await?;
        Ok(Self::over(folder, programme, journal, actor))
    }

    fn over(folder: &Path, programme: Arc<Programme>, journal: Journal, actor: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            programme,
            journal,
            actor: actor.into(),
            engine: Mutex::default(),
            decided: Mutex::default(),
            holds: HELD_ROWS,
            policies: OnceLock::new(),
            vault: OnceCell::new(),
            known: Mutex::default(),
            tries: Tries::default(),
            refusals: Mutex::default(),
            drafted: Mutex::default(),
            index: OnceCell::new(),
            indexed: Mutex::default(),
        }
    }

    /// What the packs declare.
    pub fn programme(&self) -> &Arc<Programme> {
        &self.programme
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Who opened it.
    pub(crate) fn actor(&self) -> &Arc<str> {
        &self.actor
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn circumstances(&self, update: bool) -> Circumstances {
        let actor = Arc::clone(&self.actor);
        Circumstances { actor, time: now(), update, demonstration: false }
    }

    /// The latest versions of a register's records and of those that they link to; for a
    /// withdrawal, also of those that link to them.
    async fn snapshot(&self, registers: &[&str], withdrawal: bool) -> Result<Arc<Snapshot>, Error> {
        let mut needed: BTreeSet<&str> = BTreeSet::new();
        for register in registers {
            let declared = self.programme.registers.get(*register);
            let fields = declared.into_iter().flat_map(|register| register.fields.values());
            needed.extend(fields.filter_map(|field| field.register.as_deref()));
            let linking = self.programme.links_to(register).map(|(linking, _)| linking);
            needed.extend(linking.filter(|_| withdrawal));
            needed.extend(self.programme.limits_on(register).map(|(limited, _)| limited));
            for ruled in self.programme.ruled_by(register) {
                let declared = self.programme.registers.get(ruled).into_iter();
                let fields = declared.flat_map(|declared| declared.fields.values());
                needed.extend(fields.filter_map(|field| field.register.as_deref()));
                needed.insert(ruled);
            }
            needed.insert(register);
        }
        // What was read for the decision before is followed, not read anew.
        let mut decided = self.decided.lock().await;
        if !needed.iter().all(|register| decided.0.contains(*register)) {
            decided.0.extend(needed.into_iter().map(str::to_owned));
            decided.1 = Arc::default();
        }
        let (needed, snapshot) = &mut *decided;
        let size = self.journal.size().await?;
        if snapshot.size > size {
            // The journal was restored from an earlier state.
            *snapshot = Arc::default();
        }
        let following = Arc::make_mut(snapshot);
        let mut entries = std::pin::pin!(self.journal.entries(following.size, size));
        while let Some((_, entry)) = entries.try_next().await? {
            if needed.contains(&*entry.register) {
                following.apply(&entry);
            } else {
                following.skip();
            }
        }
        Ok(Arc::clone(snapshot))
    }

    /// Decides on the latest state and appends, again if others were faster.
    pub(crate) async fn write(
        &self,
        registers: &[&str],
        how: Writing,
        mut decide: impl FnMut(&Snapshot, &Circumstances) -> Result<Decision, Error>,
    ) -> Result<Outcome, Error> {
        let mut conflict = None;
        for _ in 0..ATTEMPTS {
            let snapshot = self.snapshot(registers, how.withdrawal).await?;
            let mut circumstances = self.circumstances(how.update);
            circumstances.demonstration = how.demonstration;
            if let Some(actor) = &how.actor {
                circumstances.actor = Arc::clone(actor);
            }
            let decision = decide(&snapshot, &circumstances)?;
            let imported = Imported::of(&decision);
            if how.dry_run || decision.entries.is_empty() {
                return Ok(Outcome { imported, checkpoint: None });
            }
            match self.journal.append(snapshot.size, &decision.entries).await {
                Ok(checkpoint) => return Ok(Outcome { imported, checkpoint: Some(checkpoint) }),
                Err(error @ chancery_journal::store::Error::Conflict { .. }) => {
                    conflict = Some(error)
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(conflict.map_or_else(|| Error::wrong("the journal is too busy"), Error::from))
    }

    /// Records one record of a register that the platform itself keeps.
    pub(crate) async fn record_own(
        &self,
        register: &str,
        body: &Body,
        how: Writing,
    ) -> Result<(), Error> {
        self.write(&[register], how, |snapshot, circumstances| {
            let command = whole_record(body.clone(), &circumstances.actor);
            Ok(decide(&self.programme, snapshot, register, [command], circumstances)?)
        })
        .await?;
        Ok(())
    }

    /// Imports a file into a register, all rows or none. `read` hears the bytes read.
    pub async fn import(
        &self,
        register: &str,
        file: &Path,
        options: &ImportOptions,
        read: impl Fn(u64) + Clone,
    ) -> Result<Outcome, Error> {
        let mapping = match &options.mapping {
            None => chancery_exchange::Mapping::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
                let reader = Reader::of::<chancery_exchange::Mapping>();
                reader
                    .read(&path.display().to_string(), &text, 1)
                    .map_err(chancery_model::Diagnostics)?
                    .0
            }
        };
        let file_name =
            file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let source = options.source.clone().or_else(|| mapping.source.clone()).unwrap_or(file_name);
        let folder = file.parent().map(Path::to_owned);
        let how = Writing {
            update: options.update,
            dry_run: options.dry_run,
            demonstration: options.demonstration,
            ..Writing::default()
        };
        if let Some(format) = self.programme.formats.get(register) {
            let fields = chancery_exchange::spoken_fields(&self.programme, format);
            let registers: Vec<&str> = fields.keys().map(String::as_str).collect();
            return self
                .write(&registers, how, |snapshot, circumstances| {
                    let programme = &self.programme;
                    let file = file.to_owned();
                    let reading = FormatFile { format, file, source: source.as_str().into() };
                    reading.decide(programme, snapshot, &fields, circumstances, &read)
                })
                .await;
        }
        let outcome = self
            .write(&[register], how, |snapshot, circumstances| {
                let facts = Facts {
                    register,
                    name: file.display().to_string(),
                    table: chancery_exchange::open(file, mapping.sheet.as_deref(), read.clone()),
                    mapping: mapping.clone(),
                    source: source.as_str().into(),
                    folder: folder.clone(),
                    fields: None,
                };
                let decision = decide_facts(&self.programme, snapshot, facts, circumstances)?;
                if !options.dry_run {
                    self.keep_files(&decision.bodies(), folder.as_deref())?;
                }
                Ok(decision)
            })
            .await?;
        Ok(outcome)
    }

    /// Copies the files that records name to where the home keeps them, by their hash.
    pub(crate) fn keep_files<'b>(
        &self,
        bodies: impl IntoIterator<Item = &'b Body>,
        folder: Option<&Path>,
    ) -> Result<(), Error> {
        let Some(folder) = folder else { return Ok(()) };
        let registers = self.programme.registers.values();
        let fields = registers.flat_map(|register| &register.fields);
        let fields = fields.filter(|(_, field)| field.kind == chancery_model::FieldType::File);
        let fields: Vec<&String> = fields.map(|(name, _)| name).collect();
        if fields.is_empty() {
            return Ok(());
        }
        let files = self.folder.join("files");
        for body in bodies {
            for field in &fields {
                let Some(value) = body.get(*field) else { continue };
                let (Some(name), Some(hash)) = (value["name"].as_str(), value["sha256"].as_str())
                else {
                    continue;
                };
                let mut parts = Path::new(name).components();
                let beside = matches!(parts.next(), Some(std::path::Component::Normal(_)))
                    && parts.next().is_none();
                let bytes = match beside {
                    true => std::fs::read(folder.join(name)).map_err(Error::io(folder))?,
                    false => vec![],
                };
                if crate::import::hash(&bytes) != hash {
                    let found = format!("`{}`", chancery_model::value::shorten(name));
                    return Err(Diagnostic::error(Place::default().field(*field), found)
                        .expected("a file of that hash beside the imported one")
                        .into());
                }
                let target = files.join(hash);
                if !target.exists() {
                    crate::write_file(&target, &bytes)?;
                }
            }
        }
        Ok(())
    }

    /// Takes a record back, for a reason.
    pub async fn withdraw(
        &self,
        register: &str,
        key: &str,
        reason: &str,
    ) -> Result<Outcome, Error> {
        let how = Writing { withdrawal: true, ..Writing::default() };
        self.write(&[register], how, |snapshot, circumstances| {
            let command = Command::Withdraw {
                place: Place::default(),
                key: key.to_owned(),
                reason: reason.to_owned(),
                source: Arc::clone(&self.actor),
                replaces: None,
            };
            Ok(decide(&self.programme, snapshot, register, [command], circumstances)?)
        })
        .await
    }

    /// All versions of a record, oldest first.
    pub async fn history(&self, register: &str, key: &str) -> Result<Vec<Version>, Error> {
        let engine = self.engine(None).await?;
        let mut found = Vec::new();
        for number in engine.versions(register, key).await? {
            found.extend(self.entry(number).await?.map(|entry| version_of(number, &entry)));
        }
        if found.is_empty() {
            let known = match self.programme.registers.contains_key(register) {
                true => engine.keys(register).await?,
                false => vec![],
            };
            return Err(Diagnostic::error(
                Place::default(),
                format!("there is no record `{register}/{}`", chancery_model::value::shorten(key)),
            )
            .suggest(key, known.iter().map(String::as_str))
            .into());
        }
        Ok(found)
    }

    /// The entry with the given number.
    pub async fn entry(&self, number: u64) -> Result<Option<chancery_model::Entry>, Error> {
        let found = std::pin::pin!(self.journal.entries(number, number + 1)).try_next().await?;
        Ok(found.map(|(_, entry)| entry))
    }

    /// Holds tables in memory however large they are, as who answers many questions does.
    pub fn hold_all(mut self) -> Self {
        self.holds = usize::MAX;
        self
    }

    /// How many entries the journal has.
    pub async fn size(&self) -> Result<u64, Error> {
        Ok(self.journal.size().await?)
    }

    /// The proof that an entry is in the journal as it stands, in the C2SP form; it shows nothing of
    /// the entry. None if there is no such entry.
    pub async fn proof(&self, entry: u64) -> Result<Option<String>, Error> {
        Ok(self.journal.prove(entry).await?.map(|proof| proof.text()))
    }

    /// The point of the journal that `known_at` means: a number of entries, a day or a time.
    pub async fn point(&self, known_at: &str) -> Result<u64, Error> {
        let size = self.journal.size().await?;
        if let Ok(number) = known_at.parse::<u64>() {
            if number <= size {
                return Ok(number);
            }
            return Err(Diagnostic::error(Place::file("--known-at"), format!("{number} entries"))
                .expected(format!("at most {size}, which is all there are"))
                .into());
        }
        let time = match chancery_model::value::read_date(known_at) {
            // The end of that day.
            Ok(date) => jiff::tz::TimeZone::UTC.to_timestamp(date.at(23, 59, 59, 999_999_999)).ok(),
            Err(_) => known_at.parse::<Timestamp>().ok(),
        };
        match time {
            Some(time) => Ok(self.journal.size_at(time).await?),
            None => Err(Diagnostic::error(Place::file("--known-at"), format!("`{known_at}`"))
                .expected(
                    "a number of entries, a day as YYYY-MM-DD, or a time as 2026-01-31T12:00:00Z",
                )
                .into()),
        }
    }

    /// The registers as known at a point of the journal, ready for questions. What is projected
    /// follows the journal first.
    pub async fn engine(&self, known_at: Option<u64>) -> Result<Arc<Engine>, Error> {
        let mut kept = self.engine.lock().await;
        // Read by whoever has the turn, so that the projection is never ahead of it.
        let size = self.journal.size().await?;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.size == size && kept.asked == known_at)
        {
            return Ok(Arc::clone(&kept.engine));
        }
        let folder = self.folder.join("projection");
        let mut projection = Projection::open(&folder, &self.programme);
        if projection.size > size {
            // The journal was restored from an earlier state: begin anew.
            let _ = std::fs::remove_dir_all(&folder);
            projection = Projection::open(&folder, &self.programme);
        }
        if projection.size < size {
            let entries = self.journal.entries(projection.size, size).map_err(Error::from);
            projection.follow(&self.programme, entries, &mut |_| {}).await?;
        }
        let engine = Engine::new(Arc::clone(&self.programme), projection, known_at, self.holds);
        if let Some(before) = kept.as_ref() {
            engine.take_over(&before.engine).await;
        }
        let engine = Arc::new(engine);
        *kept = Some(Kept { size, asked: known_at, engine: Arc::clone(&engine) });
        Ok(engine)
    }

    /// Answers a measure.
    pub async fn figure(
        &self,
        measure: &str,
        given: &BTreeMap<String, Value>,
        evidence: Wanted,
        known_at: Option<u64>,
    ) -> Result<Figure, Error> {
        Ok(self.engine(known_at).await?.figure(measure, given, evidence).await?)
    }

    /// The records of a register whose fields have the values of `filters`, `field=value` each.
    /// Links and codes may be given by any of their names.
    pub async fn entries(
        &self,
        register: &str,
        filters: &[String],
        known_at: Option<u64>,
    ) -> Result<Vec<Listed>, Error> {
        let engine = self.engine(known_at).await?;
        let columns = engine.columns(register);
        let mut problems = Diagnostics::default();
        let mut meant = Vec::new();
        for filter in filters {
            let Some((field, value)) = filter.split_once('=') else {
                problems.push(
                    Diagnostic::error(Place::default(), format!("`{filter}`"))
                        .expected("FIELD=VALUE"),
                );
                continue;
            };
            if !columns.is_empty() && !columns.iter().any(|column| column == field) {
                let problem = Diagnostic::error(
                    Place::default(),
                    format!("`{register}` has no field `{field}` to choose by"),
                );
                let known = columns.iter().map(String::as_str);
                problems.push(problem.expected(columns.join(", ")).suggest(field, known));
                continue;
            }
            let declared = self
                .programme
                .registers
                .get(register)
                .and_then(|register| register.fields.get(field));
            let names = match declared.and_then(|declared| declared.register.as_ref()) {
                Some(linked) => Some(Names::clone(&*engine.names(linked).await?)),
                None => None,
            };
            let codes = declared
                .and_then(|declared| self.programme.codelists.get(declared.codelist.as_ref()?));
            let read =
                declared.map(|declared| FieldReader::new(declared, codes, names).read(value));
            match read {
                Some(Err(wrong)) => problems.push(wrong.at(Place::default().field(field))),
                Some(Ok(Some(read))) => meant
                    .push((field.to_owned(), chancery_model::value::plain(&read, Language::En))),
                _ => meant.push((field.to_owned(), value.to_owned())),
            }
        }
        let meant = problems.unless_errors(meant)?;
        Ok(engine.list(register, &meant).await?)
    }

    /// Recomputes every hash, root and signature of the journal.
    /// With `checkpoint`, a file that holds one that was handed out, also that the journal
    /// continues it.
    pub async fn verify(
        &self,
        checkpoint: Option<&Path>,
        progress: impl FnMut(u64),
    ) -> Result<Verification, Error> {
        let read = |file: &Path| std::fs::read_to_string(file).map_err(Error::io(file));
        let checkpoint = checkpoint.map(read).transpose()?;
        Ok(self.journal.verify(checkpoint.as_deref(), progress).await?)
    }
}
