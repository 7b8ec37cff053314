//! The journal over any store.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chancery_model::Entry;
use futures::{Stream, StreamExt, TryStreamExt};
use jiff::Timestamp;

use crate::keys::{SigningKey, VerifyingKey};
use crate::merkle::{
    Frontier, Hash, consistency_proof, inclusion_proof, inclusion_proofs, leaf_hash,
};
use crate::note;
use crate::sqlite::SqliteStore;
use crate::store::{Error, Kept, Seal, Store};

pub(crate) const FILE: &str = "journal.sqlite";
const KEY: &str = "journal.key";
const PUBLIC_KEY: &str = "journal.pub";

/// A journal that can be appended to, read, proved and verified.
pub struct Journal {
    store: Arc<dyn Store>,
    /// None where only the public key is at hand: then the journal can be read and verified.
    key: Option<SigningKey>,
    public: VerifyingKey,
    /// How many entries there were at a mark of the store.
    known: Mutex<Option<(Vec<u8>, u64)>>,
}

/// A sealed state of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub root: Hash,
    /// When it was sealed, as RFC 3339.
    pub time: String,
    pub note: String,
}

/// The proof that an entry is in the journal.
#[derive(Clone, Debug)]
pub struct Inclusion {
    pub number: u64,
    pub leaf: Vec<u8>,
    pub path: Vec<Hash>,
    pub checkpoint: Checkpoint,
}

impl Inclusion {
    /// The proof in the C2SP tlog-proof form: the number, the path, the checkpoint.
    pub fn text(&self) -> String {
        let path: String =
            self.path.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
        format!("c2sp.org/tlog-proof@v1\nindex {}\n{path}\n{}", self.number, self.checkpoint.note)
    }
}

/// What verification found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The entry at fault, where it can be told.
    pub entry: Option<u64>,
    pub what: String,
}

/// The outcome of verification.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    pub entries: u64,
    pub checkpoints: u64,
    pub faults: Vec<Fault>,
}

impl Journal {
    /// Makes a new journal in `folder`, signed by a key made from `seed`.
    pub async fn create(folder: &Path, name: &str, seed: [u8; 32]) -> Result<Self, Error> {
        let key = SigningKey::from_seed(name, seed);
        write_secret(&folder.join(KEY), &format!("{}\n", key.to_text()))?;
        let public = format!("{}\n", key.verifying_key().to_text());
        std::fs::write(folder.join(PUBLIC_KEY), public).map_err(io)?;
        let store = SqliteStore::open(&folder.join(FILE), true).await?;
        let (store, public) = (Arc::new(store), key.verifying_key());
        Ok(Self { store, public, key: Some(key), known: Mutex::default() })
    }

    /// Opens the journal in `folder`. Without its secret key it cannot be appended to.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        if !folder.join(FILE).exists() {
            return Err(Error::Missing(folder.display().to_string()));
        }
        let read = |file: &str| match std::fs::read_to_string(folder.join(file)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Key(format!("{}: {error}", folder.join(file).display()))),
        };
        let wrong = |file: &str, what: &str| {
            Error::Key(format!("{} holds no {what}", folder.join(file).display()))
        };
        let key = read(KEY)?
            .map(|text| SigningKey::from_text(&text).ok_or_else(|| wrong(KEY, "signing key")))
            .transpose()?;
        let public = read(PUBLIC_KEY)?
            .map(|text| {
                VerifyingKey::from_text(&text).ok_or_else(|| wrong(PUBLIC_KEY, "public key"))
            })
            .transpose()?;
        let own = key.as_ref().map(SigningKey::verifying_key);
        let public = match (own, public) {
            (Some(own), Some(public)) if own != public => {
                return Err(Error::Key(format!("{PUBLIC_KEY} is not the public half of {KEY}")));
            }
            (own, public) => own.or(public).ok_or_else(|| {
                Error::Key(format!("neither {KEY} nor {PUBLIC_KEY} is in {}", folder.display()))
            })?,
        };
        let store = SqliteStore::open(&folder.join(FILE), false).await?;
        Ok(Self { store: Arc::new(store), key, public, known: Mutex::default() })
    }

    /// Whether `folder` holds a journal.
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// The key that checks what this journal signs.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// The latest sealed state; none before the first append.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        self.store.head().await?.map(|seal| self.open_seal(&seal)).transpose()
    }

    /// How many entries there are. It is asked with every question, so that the store is asked only where it
    /// has changed.
    pub async fn size(&self) -> Result<u64, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Read first: what is appended meanwhile makes it another.
        let mark = self.store.mark();
        if let (Some(mark), Some((same, size))) = (&mark, &*known())
            && mark == same
        {
            return Ok(*size);
        }
        let size = self.store.head().await?.map_or(0, |seal| seal.size);
        *known() = mark.map(|mark| (mark, size));
        Ok(size)
    }

    /// Appends entries that were decided when the journal had `decided_at` entries, all or
    /// none, and seals them as of the last one's time. [`Error::Conflict`] means that the journal
    /// has grown: decide again.
    pub async fn append(&self, decided_at: u64, entries: &[Entry]) -> Result<Checkpoint, Error> {
        let Some(last) = entries.last() else {
            return Err(Error::Io("there is nothing to append".to_owned()));
        };
        let Some(key) = &self.key else {
            return Err(Error::Key(format!("{KEY} is not here, so nothing can be recorded")));
        };
        let mut frontier = match self.store.head().await? {
            None => Frontier::default(),
            Some(seal) => self.frontier(&seal)?,
        };
        if frontier.size() != decided_at {
            return Err(Error::Conflict { decided_at, size: frontier.size() });
        }
        let mut leaves = Vec::with_capacity(entries.len());
        for entry in entries {
            let leaf = serde_json::to_vec(entry).map_err(|error| Error::Io(error.to_string()))?;
            let hash = leaf_hash(&leaf);
            frontier.push(hash);
            leaves.push((leaf, hash));
        }
        let seal = Seal {
            size: frontier.size(),
            time: last.time.to_string(),
            note: note::sign(key, frontier.size(), &frontier.root()),
            frontier: frontier.to_bytes(),
        };
        self.store.append(decided_at, &leaves, &seal).await?;
        self.open_seal(&seal)
    }

    /// Entries from number `from` up to, not including, `to`, each with its number.
    pub fn entries(
        &self,
        from: u64,
        to: u64,
    ) -> impl Stream<Item = Result<(u64, Entry), Error>> + '_ {
        self.store.read(from, to).map(|kept| {
            let Kept { number, leaf, hash } = kept?;
            if leaf_hash(&leaf) != hash {
                return Err(Error::Damaged(format!("entry {number} is not as it was sealed")));
            }
            let entry = serde_json::from_slice(&leaf)
                .map_err(|error| Error::Damaged(format!("entry {number} is no entry: {error}")))?;
            Ok((number, entry))
        })
    }

    /// How many entries the journal had at `time`.
    pub async fn size_at(&self, time: Timestamp) -> Result<u64, Error> {
        let seals = self.store.seals().await?;
        let before = seals
            .iter()
            .rev()
            .find(|seal| seal.time.parse::<Timestamp>().is_ok_and(|sealed| sealed <= time));
        Ok(before.map_or(0, |seal| seal.size))
    }

    /// The proof that entry `number` is in the journal as it stands; none if there is no such entry.
    pub async fn prove(&self, number: u64) -> Result<Option<Inclusion>, Error> {
        let Some(checkpoint) = self.checkpoint().await? else { return Ok(None) };
        if number >= checkpoint.size {
            return Ok(None);
        }
        let kept: Option<Kept> = self.store.read(number, number + 1).try_next().await?;
        let Some(kept) = kept else { return Ok(None) };
        let hashes = self.hashes(checkpoint.size).await?;
        let path = inclusion_proof(&hashes, number);
        Ok(Some(Inclusion { number, leaf: kept.leaf, path, checkpoint }))
    }

    /// The hashes of entries and the paths that prove each of them to be in the journal as it had
    /// `size` entries.
    pub async fn prove_all(
        &self,
        numbers: &[u64],
        size: u64,
    ) -> Result<Vec<(Hash, Vec<Hash>)>, Error> {
        let hashes = self.hashes(size).await?;
        let paths = inclusion_proofs(&hashes, numbers);
        let leaves = numbers.iter().map(|number| hashes.get(*number as usize).copied());
        let proved = leaves.zip(paths).map(|(leaf, path)| Some((leaf?, path)));
        proved
            .collect::<Option<_>>()
            .ok_or_else(|| Error::Damaged(format!("an entry that is not among the first {size}")))
    }

    /// Signs a text of whole lines with the key of this journal.
    pub fn sign(&self, text: &str) -> Result<String, Error> {
        let key = self.key.as_ref();
        let key =
            key.ok_or_else(|| Error::Key(format!("{KEY} is not here, so nothing can be signed")))?;
        Ok(note::sign_text(key, text))
    }

    /// The proof that the journal as it stands continues the one that had `old` entries.
    pub async fn prove_consistency(&self, old: u64) -> Result<Vec<Hash>, Error> {
        let hashes = self.hashes(self.size().await?).await?;
        Ok(consistency_proof(&hashes, old))
    }

    /// Writes a copy of the journal with its keys into a folder, as of one moment, while others write.
    pub async fn copy(&self, folder: &Path) -> Result<(), Error> {
        self.store.copy(folder).await?;
        if let Some(key) = &self.key {
            write_secret(&folder.join(KEY), &format!("{}\n", key.to_text()))?;
        }
        std::fs::write(folder.join(PUBLIC_KEY), format!("{}\n", self.public.to_text())).map_err(io)
    }

    /// Lets go of the files.
    pub async fn close(&self) {
        self.store.close().await;
    }

    async fn hashes(&self, size: u64) -> Result<Vec<Hash>, Error> {
        self.store.read(0, size).map_ok(|kept| kept.hash).try_collect().await
    }

    /// Recomputes every hash, every root and every signature; with `earlier`, a checkpoint that
    /// was handed out, also that the journal continues what it sealed. `progress` hears how many
    /// entries are done.
    pub async fn verify(
        &self,
        earlier: Option<&str>,
        mut progress: impl FnMut(u64),
    ) -> Result<Verification, Error> {
        let mut found = Verification::default();
        let mut earlier = earlier.and_then(|note| {
            let opened = note::open(&self.public, note);
            if opened.is_none() {
                let what = "the checkpoint given is not signed by this journal's key".to_owned();
                found.faults.push(Fault { entry: None, what });
            }
            opened
        });
        let mut sealed_at: Option<String> = None;
        let seals = match self.store.seals().await {
            Ok(seals) => seals,
            Err(error) => {
                found.faults.push(Fault {
                    entry: None,
                    what: format!("the checkpoints cannot be read: {error}"),
                });
                Vec::new()
            }
        };
        found.checkpoints = seals.len() as u64;
        let mut seals = seals.iter().peekable();
        let mut frontier = Frontier::default();
        let mut entries = self.store.read(0, u64::MAX >> 1);
        loop {
            while let Some(seal) = seals.next_if(|seal| seal.size <= frontier.size()) {
                self.verify_seal(seal, &frontier, sealed_at.as_deref(), &mut found);
            }
            if let Some((_, root)) = earlier.take_if(|(size, _)| *size == frontier.size())
                && root != frontier.root()
            {
                let what = format!(
                    "what the checkpoint given sealed, the first {} entries, is not what is here",
                    frontier.size()
                );
                found.faults.push(Fault { entry: None, what });
            }
            let kept = match entries.next().await {
                None => break,
                Some(Ok(kept)) => kept,
                Some(Err(error)) => {
                    let entry = Some(frontier.size());
                    found.faults.push(Fault {
                        entry,
                        what: format!("it cannot be read, nor perhaps what follows: {error}"),
                    });
                    break;
                }
            };
            let number = frontier.size();
            let hash = leaf_hash(&kept.leaf);
            if kept.number != number {
                let what = format!("it is missing; entry {} stands in its place", kept.number);
                found.faults.push(Fault { entry: Some(number), what });
                break;
            }
            if hash != kept.hash {
                let what = "its bytes are not those that were sealed".to_owned();
                found.faults.push(Fault { entry: Some(number), what });
            }
            frontier.push(hash);
            sealed_at = match seals.peek() {
                Some(seal) if seal.size == frontier.size() => time_of(&kept.leaf),
                _ => None,
            };
            if number.is_multiple_of(4096) {
                progress(number);
            }
        }
        found.entries = frontier.size();
        let missing = seals.next().map(|seal| seal.size);
        match missing {
            Some(size) if found.faults.is_empty() => found.faults.push(Fault {
                entry: Some(frontier.size()),
                what: format!("it is missing; a checkpoint speaks of {size} entries"),
            }),
            None if found.faults.is_empty() && self.size().await? < frontier.size() => {
                found.faults.push(Fault {
                    entry: Some(self.size().await?),
                    what: "no checkpoint seals it".to_owned(),
                });
            }
            _ => {}
        }
        if let Some((size, _)) = earlier {
            let what = format!("the checkpoint given speaks of {size} entries");
            found.faults.push(Fault { entry: Some(frontier.size()), what });
        }
        progress(found.entries);
        Ok(found)
    }

    /// `time` is that of the last entry that the seal is over.
    fn verify_seal(
        &self,
        seal: &Seal,
        frontier: &Frontier,
        time: Option<&str>,
        found: &mut Verification,
    ) {
        let mut fault = |what: &str| {
            found.faults.push(Fault {
                entry: None,
                what: format!("the checkpoint at {} entries {what}", seal.size),
            });
        };
        match note::open(&self.public, &seal.note) {
            None => fault("is not signed by this journal's key"),
            Some((size, _)) if size != seal.size => fault("was signed for another size"),
            Some((_, root)) if root != frontier.root() => {
                // The entry at fault has been named already, unless its hash was forged too.
                if found.faults.iter().all(|fault| fault.entry.is_none()) {
                    let what = format!(
                        "an entry up to the checkpoint at {} was changed together with its hash: the signed root differs",
                        seal.size
                    );
                    found.faults.push(Fault { entry: None, what });
                }
            }
            Some(_) if frontier.to_bytes() != seal.frontier => fault("keeps a wrong frontier"),
            Some(_) if time.is_some_and(|time| time != seal.time) => {
                fault("says another time than the entries that it seals");
            }
            Some(_) => {}
        }
    }

    /// The frontier of a seal, if it is the one that was signed.
    fn frontier(&self, seal: &Seal) -> Result<Frontier, Error> {
        let checkpoint = self.open_seal(seal)?;
        Frontier::from_bytes(seal.size, &seal.frontier)
            .filter(|frontier| frontier.root() == checkpoint.root)
            .ok_or_else(|| Error::Damaged("the latest checkpoint does not fit its tree".to_owned()))
    }

    fn open_seal(&self, seal: &Seal) -> Result<Checkpoint, Error> {
        let (size, root) = note::open(&self.public, &seal.note)
            .filter(|(size, _)| *size == seal.size)
            .ok_or_else(|| {
                Error::Damaged(format!(
                    "the checkpoint at {} entries is not signed by this journal's key",
                    seal.size
                ))
            })?;
        Ok(Checkpoint { size, root, time: seal.time.clone(), note: seal.note.clone() })
    }
}

/// The time that an entry holds.
fn time_of(leaf: &[u8]) -> Option<String> {
    Some(serde_json::from_slice::<Entry>(leaf).ok()?.time.to_string())
}

/// Writes a file that only its owner may read.
fn write_secret(file: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut secret = options.open(file).map_err(io)?;
    secret.write_all(text.as_bytes()).and_then(|()| secret.sync_all()).map_err(io)
}

fn io(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full,
        _ => Error::Io(error.to_string()),
    }
}
