//! What is kept in the vault beside the journal, by kind.

use chancery_journal::Vault;

use crate::people::Named;
use crate::surroundings::unix;
use crate::{Error, Home};

pub(crate) const NAMED: &str = "named";
pub(crate) const PASSWORD: &str = "password";
pub(crate) const CODES: &str = "codes";
/// Devices that show who uses them.
pub(crate) const PASSKEY: &str = "passkey";
/// Passkeys that are being made, and questions that one is to answer.
pub(crate) const MAKING: &str = "passkey making";
pub(crate) const ASKING: &str = "passkey asking";
/// Who somebody is at another system of the office, and who was sent there to say so.
pub(crate) const IDENTITY: &str = "identity";
pub(crate) const GONE: &str = "gone";
pub(crate) const SESSION: &str = "session";
pub(crate) const INVITATION: &str = "invitation";
pub(crate) const TOKEN: &str = "token";
/// Codes that were shown, each for once.
pub(crate) const USED: &str = "code used";
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
/// Up to which entry somebody has read what they are told, and has been written to.
pub(crate) const READ: &str = "read";
pub(crate) const LETTER: &str = "letter";
/// Addresses for letters that wait to be confirmed.
pub(crate) const ADDRESS: &str = "address";

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
