//! Reports that prove themselves: published with the records behind every figure, signed, and
//! recomputed whenever somebody asks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chancery_journal::{VerifyingKey, merkle, note};
use chancery_model::{Diagnostic, Figure, FigureValue, Language, Place, Wanted};
use chancery_report::{Period, Placed, value_text, word};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::reports::{BuiltReport, ReportFormat};
use crate::{Error, Home, write_file};

/// No proof may be longer, in bytes.
const PROOF_LIMIT: u64 = 512 << 20;
/// The first line of what is signed.
const SIGNED: &str = "chancery/report";

/// A proof as it is kept: what is proved, and the signature over its bytes.
#[derive(Serialize, Deserialize)]
struct Envelope {
    proof: Box<RawValue>,
    signature: String,
}

/// What a published report rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    pub report: String,
    pub symbol: String,
    /// First and last day, as YYYY-MM-DD..YYYY-MM-DD.
    pub period: String,
    /// The number of journal entries that every figure rests on.
    pub known_at: u64,
    /// Which packs it was compiled from.
    pub packs: String,
    /// The sealed state of the journal.
    pub checkpoint: String,
    /// The key that checks the signatures.
    pub key: String,
    pub files: Vec<ProvedFile>,
    pub figures: Vec<ProvedFigure>,
    /// The entries behind the figures, each proved to be in the journal that was sealed.
    pub entries: Vec<ProvedEntry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvedFile {
    pub name: String,
    pub language: Language,
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvedFigure {
    pub paragraph: Option<u32>,
    pub measure: String,
    pub parameters: BTreeMap<String, Value>,
    pub group: Option<Map<String, Value>>,
    pub value: Value,
    pub unit: String,
    /// The numbers of the entries that it rests on, as many as come with a page.
    pub entries: Vec<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvedEntry {
    pub entry: u64,
    /// The hash of its bytes, in hexadecimal.
    pub hash: String,
    /// From the leaf upwards, in hexadecimal.
    pub path: Vec<String>,
}

/// What publishing wrote.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    pub proof: PathBuf,
    pub files: Vec<PathBuf>,
    pub figures: usize,
    pub entries: usize,
    pub known_at: u64,
    /// Figures that rest on invented records.
    pub demonstration: usize,
    /// What is to be said of how the files were made.
    pub said: Vec<String>,
}

/// What a check of a published report found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    pub report: String,
    pub symbol: String,
    pub known_at: u64,
    pub figures: usize,
    pub entries: usize,
    /// Files beside the proof that are what was published.
    pub files: usize,
    /// Files that are not here; they cannot be checked.
    pub absent: Vec<String>,
    /// What is wrong; nothing where the report proves itself.
    pub faults: Vec<String>,
    /// Figures that would be others today, where that was asked.
    pub today: Option<Vec<Changed>>,
}

/// A figure that would be another today.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    pub paragraph: Option<u32>,
    pub measure: String,
    pub parameters: BTreeMap<String, Value>,
    /// As the report writes them.
    pub published: String,
    pub today: String,
    /// Records that it rests on now, by their newest entries.
    pub added: Vec<String>,
    /// Entries that it does not rest on any more.
    pub removed: Vec<u64>,
}

impl Verified {
    /// A corrigendum that says what would be written today, one line a figure.
    pub fn corrigendum(&self, language: Language) -> Vec<String> {
        let changes = self.today.iter().flatten();
        let line = |change: &Changed| {
            let place = match change.paragraph {
                Some(number) => word(language, "corrigendum_paragraph")
                    .replace("{n}", &value_text(language, &Value::from(number), "")),
                None => change.measure.clone(),
            };
            word(language, "corrigendum")
                .replace("{place}", &place)
                .replace("{old}", &change.published)
                .replace("{new}", &change.today)
        };
        changes.map(line).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> =
        (0..32).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect();
    bytes.filter(|_| text.len() == 64)?.try_into().ok()
}

fn signed_text(proof: &str) -> String {
    format!("{SIGNED}\n{}\n", hex(&Sha256::digest(proof.as_bytes())))
}

impl Home {
    /// Freezes a report: files in every format and the languages asked for, and a proof of every
    /// figure. `progress` hears which file is being written.
    pub async fn publish(
        &self,
        name: &str,
        languages: &[Language],
        period: Option<Period>,
        folder: &Path,
        mut progress: impl FnMut(&str),
    ) -> Result<Published, Error> {
        let Some(checkpoint) = self.journal().checkpoint().await? else {
            return Err(Error::wrong(
                "the journal has no entries yet, so no report can rest on them",
            ));
        };
        let drafts = self.drafts(Some(checkpoint.size)).await?;
        let (mut files, mut written, mut said) = (Vec::new(), Vec::new(), Vec::new());
        let mut first: Option<BuiltReport> = None;
        for language in languages {
            let built =
                self.build_draft(&drafts, self.programme(), name, *language, period).await?;
            for (format, _, ending) in ReportFormat::ALL {
                let file = format!("{name}.{language}.{ending}");
                progress(&file);
                let (bytes, notes) = built.content(format)?;
                said.extend(
                    notes.into_iter().filter(|note| !said.contains(note)).collect::<Vec<_>>(),
                );
                let sha256 = hex(&Sha256::digest(&bytes));
                files.push(ProvedFile { name: file.clone(), language: *language, sha256 });
                written.push((folder.join(file), bytes));
            }
            first.get_or_insert(built);
        }
        let Some(built) = first else { return Err(Error::wrong("no language to publish in")) };
        let document = &built.document;
        let engine = self.engine(Some(checkpoint.size)).await?;
        let mut figures = Vec::new();
        let mut known: BTreeMap<String, Figure> = BTreeMap::new();
        for placed in &document.figures {
            let mut proved = proved(placed);
            let figure = &placed.figure;
            if figure.evidence.is_none() && figure.evidence_count > 0 {
                // The records are not public; the numbers of their entries prove them all the same.
                let question = call(&proved);
                if !known.contains_key(&question) {
                    let (measure, parameters) = (&figure.measure, &figure.parameters);
                    let asked = engine.figure(measure, parameters, Wanted::All).await?;
                    known.insert(question.clone(), asked);
                }
                let entries =
                    known.get(&question).map(|asked| entries_of(asked, proved.group.as_ref()));
                proved.entries = entries.unwrap_or_default().into_keys().collect();
            }
            figures.push(proved);
        }
        let mut numbers: Vec<u64> =
            figures.iter().flat_map(|figure| figure.entries.clone()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let paths = self.journal().prove_all(&numbers, checkpoint.size).await?;
        let entries: Vec<ProvedEntry> = numbers
            .iter()
            .zip(paths)
            .map(|(entry, (hash, path))| ProvedEntry {
                entry: *entry,
                hash: hex(&hash),
                path: path.iter().map(|hash| hex(hash)).collect(),
            })
            .collect();
        let proof = Proof {
            report: name.to_owned(),
            symbol: document.masthead.symbol.clone(),
            period: format!("{}..{}", document.period.from, document.period.to),
            known_at: checkpoint.size,
            packs: document.packs.clone(),
            checkpoint: checkpoint.note.clone(),
            key: self.journal().verifying_key().to_text(),
            files,
            figures,
            entries,
        };
        let json = |error: serde_json::Error| Error::wrong(error.to_string());
        let body =
            RawValue::from_string(serde_json::to_string(&proof).map_err(json)?).map_err(json)?;
        let signature = self.journal().sign(&signed_text(body.get()))?;
        let envelope = serde_json::to_vec(&Envelope { proof: body, signature }).map_err(json)?;
        let file = folder.join(format!("{name}.proof.json"));
        // Nothing is written before everything could be made; the proof last.
        for (file, bytes) in &written {
            write_file(file, bytes)?;
        }
        write_file(&file, &envelope)?;
        Ok(Published {
            proof: file,
            files: written.into_iter().map(|(file, _)| file).collect(),
            figures: proof.figures.len(),
            entries: proof.entries.len(),
            known_at: proof.known_at,
            demonstration: built.demonstration(),
            said,
        })
    }

    /// Checks a published report: its signature, the files beside it, every proof, and every figure
    /// computed anew as known when it was published; with `today`, also which figures would be
    /// others now, as they are written in that language.
    pub async fn verify_published(
        &self,
        file: &Path,
        today: Option<Language>,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Verified, Error> {
        let (proof, mut faults) = self.open_proof(file)?;
        let mut verified = Verified {
            report: proof.report.clone(),
            symbol: proof.symbol.clone(),
            known_at: proof.known_at,
            figures: proof.figures.len(),
            entries: proof.entries.len(),
            files: 0,
            absent: Vec::new(),
            faults: Vec::new(),
            today: None,
        };
        let folder = file.parent().unwrap_or(Path::new("."));
        for published in &proof.files {
            // A name is a name, never a way to somewhere else.
            let plain = Path::new(&published.name)
                .file_name()
                .is_some_and(|name| name == published.name.as_str());
            if !plain {
                faults.push(format!("`{}` is no file name", published.name));
                continue;
            }
            match std::fs::read(folder.join(&published.name)) {
                Ok(bytes) if hex(&Sha256::digest(&bytes)) == published.sha256 => {
                    verified.files += 1
                }
                Ok(_) => {
                    faults.push(format!("`{}` is not the file that was published", published.name))
                }
                Err(_) => verified.absent.push(published.name.clone()),
            }
        }
        faults.extend(self.check_proofs(&proof).await?);
        let size = self.journal().size().await?;
        if proof.known_at > size {
            faults.push(format!(
                "the report rests on {} entries; this journal has {size}",
                proof.known_at
            ));
            verified.faults = faults;
            return Ok(verified);
        }
        let then = self.engine(Some(proof.known_at)).await?;
        let now = self.engine(None).await?;
        let mut known: BTreeMap<String, (Figure, Option<Figure>)> = BTreeMap::new();
        let mut changes = Vec::new();
        for (index, figure) in proof.figures.iter().enumerate() {
            progress(index, proof.figures.len());
            let question = serde_json::json!([figure.measure, figure.parameters]).to_string();
            if !known.contains_key(&question) {
                let ask = |engine: std::sync::Arc<chancery_measures::Engine>| async move {
                    engine.figure(&figure.measure, &figure.parameters, Wanted::All).await
                };
                let before = match ask(std::sync::Arc::clone(&then)).await {
                    Ok(before) => before,
                    Err(error) => {
                        faults.push(format!("{}: {error}", call(figure)));
                        continue;
                    }
                };
                let after = match today {
                    Some(_) => Some(ask(std::sync::Arc::clone(&now)).await.map_err(Error::from)?),
                    None => None,
                };
                known.insert(question.clone(), (before, after));
            }
            let Some((before, after)) = known.get(&question) else { continue };
            let value = value_of(before, figure.group.as_ref());
            if value != figure.value {
                faults.push(format!(
                    "{}: published {}, computed {value} as known at entry {}",
                    call(figure),
                    figure.value,
                    proof.known_at
                ));
            }
            let entries = entries_of(before, figure.group.as_ref());
            if let Some(missing) = figure.entries.iter().find(|entry| !entries.contains_key(entry))
            {
                faults.push(format!(
                    "{}: entry {missing} is not among those it rests on",
                    call(figure)
                ));
            }
            if let (Some(language), Some(after)) = (today, after) {
                let value = value_of(after, figure.group.as_ref());
                if value != figure.value {
                    let rests = entries_of(after, figure.group.as_ref());
                    let added = rests.iter().filter(|(entry, _)| !entries.contains_key(entry));
                    let removed = entries.keys().filter(|entry| !rests.contains_key(entry));
                    changes.push(Changed {
                        paragraph: figure.paragraph,
                        measure: figure.measure.clone(),
                        parameters: figure.parameters.clone(),
                        published: value_text(language, &figure.value, &figure.unit),
                        today: value_text(language, &value, &figure.unit),
                        added: added
                            .map(|(entry, record)| format!("{record} (entry {entry})"))
                            .collect(),
                        removed: removed.copied().collect(),
                    });
                }
            }
        }
        verified.faults = faults;
        verified.today = today.map(|_| changes);
        Ok(verified)
    }

    /// Reads a proof; what is wrong with its signature is the first of its faults.
    fn open_proof(&self, file: &Path) -> Result<(Proof, Vec<String>), Error> {
        let place = || Place::file(file.display().to_string());
        let size = std::fs::metadata(file).map_err(Error::io(file))?.len();
        if size > PROOF_LIMIT {
            return Err(Diagnostic::error(place(), format!("a file of {} MiB", size >> 20))
                .expected(format!("a proof of at most {} MiB", PROOF_LIMIT >> 20))
                .into());
        }
        let bytes = std::fs::read(file).map_err(Error::io(file))?;
        let wrong = |error: serde_json::Error| {
            Diagnostic::error(
                Place::at(file.display().to_string(), error.line(), error.column(), 1),
                error.to_string(),
            )
            .expected("the proof of a published report")
            .hint("`chancery report publish NAME --out DIR` writes it, as NAME.proof.json")
        };
        let envelope: Envelope = serde_json::from_slice(&bytes).map_err(wrong)?;
        let proof: Proof = serde_json::from_str(envelope.proof.get()).map_err(wrong)?;
        let mut faults = Vec::new();
        let own = self.journal().verifying_key();
        if VerifyingKey::from_text(&proof.key).as_ref() != Some(own) {
            faults.push("it is signed with the key of another journal".to_owned());
        }
        match note::open_text(own, &envelope.signature) {
            Some(text) if text == signed_text(envelope.proof.get()) => {}
            Some(_) => faults.push("it was changed after it was signed".to_owned()),
            None => faults.push("its signature is not by the key of this journal".to_owned()),
        }
        Ok((proof, faults))
    }

    /// The checkpoint against the journal, and each entry against the checkpoint.
    async fn check_proofs(&self, proof: &Proof) -> Result<Vec<String>, Error> {
        let mut faults = Vec::new();
        let Some((size, root)) = note::open(self.journal().verifying_key(), &proof.checkpoint)
        else {
            return Ok(vec!["its checkpoint is not signed by this journal's key".to_owned()]);
        };
        if size != proof.known_at {
            faults.push(format!("its checkpoint seals {size} entries, not {}", proof.known_at));
        }
        for entry in &proof.entries {
            let path: Option<Vec<_>> = entry.path.iter().map(|hash| unhex(hash)).collect();
            let proved = path.zip(unhex(&entry.hash)).is_some_and(|(path, leaf)| {
                merkle::verify_inclusion(leaf, entry.entry, size, &path, &root)
            });
            if !proved {
                faults.push(format!("entry {} is not proved to be in the journal", entry.entry));
            }
        }
        let proved: std::collections::BTreeSet<u64> =
            proof.entries.iter().map(|entry| entry.entry).collect();
        let unproved = proof
            .figures
            .iter()
            .flat_map(|figure| &figure.entries)
            .find(|entry| !proved.contains(entry));
        if let Some(entry) = unproved {
            faults.push(format!("entry {entry} stands behind a figure and is not proved"));
        }
        let journal = self.journal().verify(Some(&proof.checkpoint), |_| {}).await?;
        faults.extend(journal.faults.into_iter().map(|fault| match fault.entry {
            Some(entry) => format!("entry {entry}: {}", fault.what),
            None => fault.what,
        }));
        Ok(faults)
    }
}

fn proved(placed: &Placed) -> ProvedFigure {
    let rows = placed.evidence();
    let entries = rows
        .flat_map(|row| std::iter::once(&row.record).chain(&row.with))
        .map(|version| version.entry);
    let mut entries: Vec<u64> = entries.collect();
    entries.sort_unstable();
    entries.dedup();
    ProvedFigure {
        paragraph: placed.paragraph,
        measure: placed.figure.measure.clone(),
        parameters: placed.figure.parameters.clone(),
        group: placed.group.as_ref().map(|group| {
            let keys = group
                .iter()
                .filter(|(column, _)| *column != "value" && *column != "evidence_count");
            keys.map(|(column, value)| (column.clone(), value.clone())).collect()
        }),
        value: placed.value().clone(),
        unit: placed.figure.unit.clone(),
        entries,
    }
}

fn call(figure: &ProvedFigure) -> String {
    chancery_model::figure::call(&figure.measure, &figure.parameters)
}

/// The value of a figure, or of one of its groups; null where the group is not there.
fn value_of(figure: &Figure, group: Option<&Map<String, Value>>) -> Value {
    match (&figure.value, group) {
        (FigureValue::Value(value), _) => value.clone(),
        (FigureValue::Rows(rows), Some(group)) => {
            let row = rows.iter().find(|row| is_of(row, group));
            row.and_then(|row| row.get("value")).cloned().unwrap_or(Value::Null)
        }
        (FigureValue::Rows(_), None) => Value::Null,
    }
}

fn is_of(row: &Map<String, Value>, group: &Map<String, Value>) -> bool {
    group.iter().all(|(column, value)| row.get(column).unwrap_or(&Value::Null) == value)
}

/// The entries that a figure, or one of its groups, rests on, each with its record.
fn entries_of(figure: &Figure, group: Option<&Map<String, Value>>) -> BTreeMap<u64, String> {
    let rows = figure.evidence.iter().flat_map(|rows| rows.iter());
    let own = rows.filter(|row| group.is_none_or(|group| is_of(&row.row, group)));
    own.flat_map(|row| std::iter::once(&row.record).chain(&row.with))
        .map(|version| (version.entry, version.record_id.clone()))
        .collect()
}
