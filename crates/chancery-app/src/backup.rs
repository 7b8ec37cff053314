//! Copies of a home, made while it is in use and read back before they count.

use std::path::Path;
use std::sync::Arc;

use chancery_journal::{Journal, Vault, Verification};
use chancery_model::{Diagnostic, Place, Programme, access};

use crate::home::private_folder;
use crate::{Error, Home};

/// The folder of files that records name, each under its hash.
const FILES: &str = "files";

impl Home {
    /// Writes a copy of the home into a new folder, and verifies the copy. What is projected is not
    /// copied, since any home rebuilds it.
    pub async fn backup(&self, folder: &Path) -> Result<Verification, Error> {
        refuse_taken(folder)?;
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(Error::io(parent))?;
        let building = private_folder(".chancery-backup-", parent)?;
        self.journal().copy(building.path()).await?;
        self.vault().await?.copy(building.path()).await?;
        // Files come after the entries that name them, and are never changed.
        copy_files(self.folder(), building.path())?;
        let verification = verify(building.path()).await?;
        appear(building, folder)?;
        Ok(verification)
    }

    /// Makes a home in a new folder from a copy that is whole.
    pub async fn restore(
        backup: &Path,
        folder: &Path,
        programme: Arc<Programme>,
    ) -> Result<Verification, Error> {
        refuse_taken(folder)?;
        verify(backup).await?;
        let copy = Home::open(backup, programme, "restore").await?;
        copy.backup(folder).await
    }

    /// Whether the home was made to show the platform: its accounts are invented.
    pub async fn is_demonstration(&self) -> Result<bool, Error> {
        if !self.programme().registers.contains_key(access::ACCOUNT) {
            return Ok(false);
        }
        Ok(self.engine(None).await?.has_invented(access::ACCOUNT).await?)
    }
}

fn refuse_taken(folder: &Path) -> Result<(), Error> {
    if folder.read_dir().is_ok_and(|mut items| items.next().is_some()) {
        let place = Place::file(folder.display().to_string());
        return Err(Diagnostic::error(place, "a folder that is not empty")
            .expected("a new folder, or an empty one")
            .into());
    }
    Ok(())
}

/// Recomputes all of a journal, reads the vault, and finds each file to be what its name says.
async fn verify(folder: &Path) -> Result<Verification, Error> {
    let broken = |found: String| {
        let place = Place::file(folder.display().to_string());
        Diagnostic::error(place, found).hint("take an earlier copy; nothing was written")
    };
    let journal = Journal::open(folder).await?;
    let verification = journal.verify(None, |_| {}).await?;
    journal.close().await;
    if !Vault::exists(folder) {
        return Err(broken("a copy without its vault".to_owned()).into());
    }
    Vault::open(folder).await?.close().await;
    let files = folder.join(FILES);
    for file in files.read_dir().into_iter().flatten().flatten() {
        let bytes = std::fs::read(file.path()).map_err(Error::io(file.path()))?;
        let name = file.file_name().to_string_lossy().into_owned();
        if crate::import::hash(&bytes) != name {
            return Err(broken(format!("the file {name}, which is not what its name says")).into());
        }
    }
    match verification.faults.first() {
        None => Ok(verification),
        Some(fault) => Err(broken(match fault.entry {
            Some(entry) => format!("a journal that is not whole: entry {entry}: {}", fault.what),
            None => format!("a journal that is not whole: {}", fault.what),
        })
        .into()),
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<(), Error> {
    let (from, to) = (from.join(FILES), to.join(FILES));
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&to).map_err(Error::io(&to))?;
    for file in from.read_dir().map_err(Error::io(&from))? {
        let file = file.map_err(Error::io(&from))?;
        std::fs::copy(file.path(), to.join(file.file_name())).map_err(Error::io(file.path()))?;
    }
    Ok(())
}

/// A copy appears whole or not at all.
fn appear(building: tempfile::TempDir, folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        std::fs::remove_dir(folder).map_err(Error::io(folder))?;
    }
    std::fs::rename(building.path(), folder).map_err(Error::io(folder))?;
    // What was built has been moved; there is nothing left to remove.
    let _ = building.keep();
    Ok(())
}
