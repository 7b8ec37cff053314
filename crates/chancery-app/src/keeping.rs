//! What is kept in the vault beside the journal, by kind.

use chancery_journal::Vault;

use crate::people::Named;
use crate::surroundings::unix;
use crate::{Error, Home};

pub(crate) const NAMED: &str = "named";
pub(crate) const PASSWORD: &str = "password";
pub(crate) const CODES: &str = "codes";
pub(crate) const SESSION: &str = "session";
pub(crate) const INVITATION: &str = "invitation";
pub(crate) const TOKEN: &str = "token";
/// Who has shown a password and not yet the code.
pub(crate) const HALF: &str = "half";
/// From where somebody signed in before.
pub(crate) const PLACE: &str = "place";
/// Files that were sent and wait to be recorded.
pub(crate) const UPLOAD: &str = "upload";
/// Requests that are carried out once.
pub(crate) const ONCE: &str = "once";
/// What other systems have been told.
pub(crate) const HOOK: &str = "hook";
/// Sources of reports that are being written.
pub(crate) const MANUSCRIPT: &str = "manuscript";

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

impl Home {
    pub(crate) async fn vault(&self) -> Result<&Vault, Error> {
        Ok(self.vault.get_or_try_init(|| Vault::open(self.folder())).await?)
    }

    pub(crate) async fn named_person(&self, login: &str) -> Result<Option<Named>, Error> {
        Ok(self.vault().await?.get(NAMED, login, unix()).await?)
    }
}
