//! What people and programs send: files that wait to be recorded, and requests that are carried out once.

use std::path::{Path, PathBuf};

use chancery_access::token;
use serde_json::{Value, json};

use crate::keeping::{DAY, HOUR, MINUTE, ONCE, UPLOAD};
use crate::people::Who;
use crate::surroundings::{random, unix};
use crate::{Error, Home};

/// What is known of a request that names itself.
#[derive(Debug)]
pub enum Once {
    /// It is the first; what becomes of it is told to [`Home::done_once`].
    First(Begun),
    /// It was carried out, with this answer.
    Done(Value),
    Running,
    /// The name was used for something else.
    Other,
}

/// A request that is being carried out.
#[derive(Debug)]
pub struct Begun {
    id: String,
    digest: String,
}

/// No request takes longer.
const LONGEST: i64 = 10 * MINUTE;

/// So many files of one person wait at once.
const MOST_UPLOADS: usize = 3;

impl Home {
    /// Keeps a file that somebody sent until it is clear what becomes of it; the name under which it is
    /// found again.
    pub async fn keep_upload(&self, who: &Who, name: &str, bytes: &[u8]) -> Result<String, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let folder = self.folder().join("uploads");
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        // What had its time goes, and all but the latest of what the same person sent.
        vault.sweep(now).await?;
        let kept = vault.list::<(String, String, i64)>(UPLOAD, now).await?;
        let mut own: Vec<_> = kept.iter().filter(|(_, (login, ..))| *login == who.login).collect();
        own.sort_by_key(|(_, (.., since))| std::cmp::Reverse(*since));
        for (id, _) in own.iter().skip(MOST_UPLOADS - 1) {
            vault.remove(UPLOAD, id).await?;
            let _ = std::fs::remove_dir_all(folder.join(id));
        }
        for old in folder.read_dir().map_err(Error::io(&folder))?.flatten() {
            let id = old.file_name().to_string_lossy().into_owned();
            let known = vault.get::<Value>(UPLOAD, &id, now).await?.is_some();
            if !known {
                let _ = std::fs::remove_dir_all(old.path());
            }
        }
        // The name says what kind of file it is, and where a problem stands; it leads nowhere.
        let plain = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned());
        let plain: String = plain
            .unwrap_or_default()
            .chars()
            .filter(|sign| !sign.is_control() && !r#"/\:"#.contains(*sign))
            .take(100)
            .collect();
        let plain = if plain.trim_matches('.').is_empty() { "file".to_owned() } else { plain };
        let id = token::kept(&token::token(&random()?));
        let own = folder.join(&id);
        // Known before it is there, so that nobody else takes it for a leftover.
        vault.put(UPLOAD, &id, &json!([who.login, plain, now]), Some(now + HOUR)).await?;
        std::fs::create_dir(&own).map_err(Error::io(&own))?;
        std::fs::write(own.join(&plain), bytes).map_err(Error::io(&own))?;
        Ok(id)
    }

    /// A file that somebody sent before.
    pub async fn upload(&self, who: &Who, id: &str) -> Result<PathBuf, Error> {
        let kept: Option<(String, String, i64)> =
            self.vault().await?.get(UPLOAD, id, unix()).await?;
        match kept {
            Some((login, name, _)) if login == who.login => {
                Ok(self.folder().join("uploads").join(id).join(name))
            }
            _ => Err(Error::wrong("a file that is kept no longer; send it again")),
        }
    }

    /// Whether a request that names itself is the first of that name.
    pub async fn once(
        &self,
        who: &Who,
        name: &str,
        what: &str,
        body: &[u8],
    ) -> Result<Once, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let id = format!("{} {name}", who.login);
        let digest = token::kept(&format!("{what} {}", String::from_utf8_lossy(body)));
        // Whoever dies at it leaves the name free after a while; the records are the same then.
        vault.sweep(now).await?;
        if vault.put_new(ONCE, &id, &(&digest, Value::Null), Some(now + LONGEST)).await? {
            return Ok(Once::First(Begun { id, digest }));
        }
        match vault.get::<(String, Value)>(ONCE, &id, now).await? {
            Some((known, _)) if known != digest => Ok(Once::Other),
            None | Some((_, Value::Null)) => Ok(Once::Running),
            Some((_, answered)) => Ok(Once::Done(answered)),
        }
    }

    /// Keeps what a request was answered for a day; one that was refused can be sent again.
    pub async fn done_once(&self, begun: &Begun, answered: Option<&Value>) -> Result<(), Error> {
        let vault = self.vault().await?;
        match answered {
            Some(answered) => {
                let kept = (&begun.digest, answered);
                vault.put(ONCE, &begun.id, &kept, Some(unix() + DAY)).await?;
            }
            None => {
                vault.remove(ONCE, &begun.id).await?;
            }
        }
        Ok(())
    }
}
