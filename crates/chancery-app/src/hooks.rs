//! What is told to other systems as it is recorded: in order, at least once, and signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use chancery_access::{signature, token};
use chancery_model::{Language, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::browse::Reader;
use crate::keeping::HOOK;
use crate::people::Who;
use crate::surroundings::unix;
use crate::{Error, Home};

/// So many changes are told at once.
const MOST: u64 = 500;
/// Seconds before it is tried again, doubled each time.
const FIRST_PAUSE: i64 = 5;
const LONGEST_PAUSE: i64 = 3600;

/// Another system that wants to be told.
#[derive(Clone, Debug)]
pub struct Hook {
    pub url: String,
    pub secret: Vec<u8>,
    /// Only changes of these registers; of all where none are named.
    pub registers: BTreeSet<String>,
    /// As whom it is told; as everybody where nobody is named.
    pub account: Option<String>,
}

/// What is known of a hook, beside the journal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Told {
    /// How many entries it has been told of.
    after: u64,
    failures: u32,
    /// When it is tried again.
    again: i64,
}

/// A message that waits to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    pub body: Vec<u8>,
    /// Proves who sends it and when.
    pub signature: String,
    /// The same for each try, so that who gets it twice can tell.
    pub id: String,
    next: u64,
}

impl Home {
    /// What a hook is to be told now; nothing where there is nothing, or where it is to be tried later. A
    /// hook that is new is told from now on.
    pub async fn message(&self, hook: &Hook) -> Result<Option<Message>, Error> {
        let (vault, now, size) = (self.vault().await?, unix(), self.size().await?);
        let id = token::kept(&hook.url);
        let Some(told) = vault.get::<Told>(HOOK, &id, now).await? else {
            vault.put(HOOK, &id, &Told { after: size, ..Told::default() }, None).await?;
            return Ok(None);
        };
        if told.after >= size || told.again > now {
            return Ok(None);
        }
        let who: Option<Arc<Who>> = match &hook.account {
            None => None,
            Some(login) => match self.who(login).await? {
                // Whoever is kept out is told nothing.
                None => return Ok(None),
                who => who,
            },
        };
        let reader = match who {
            Some(who) => Reader { language: Language::En, sees: who.sees.clone() },
            None => Reader::seeing(Language::En, Visibility::Public),
        };
        let (changes, next) = self.changes(told.after, MOST, &reader).await?;
        let changes: Vec<_> = changes
            .into_iter()
            .filter(|own| hook.registers.is_empty() || hook.registers.contains(&own.register))
            .collect();
        if changes.is_empty() {
            vault.put(HOOK, &id, &Told { after: next, ..Told::default() }, None).await?;
            return Ok(None);
        }
        let body = json!({"after": told.after, "next": next, "changes": changes}).to_string();
        let body = body.into_bytes();
        let signature = signature::signature(&hook.secret, now, &body)
            .ok_or_else(|| Error::wrong("a secret that cannot sign"))?;
        let delivery = token::derived(&hook.url, &format!("{}-{next}", told.after));
        Ok(Some(Message { body, signature, id: delivery[..32].to_owned(), next }))
    }

    /// Keeps whether a message arrived; one that did not is sent again, later and later.
    pub async fn told(&self, hook: &Hook, message: &Message, arrived: bool) -> Result<(), Error> {
        let (vault, now) = (self.vault().await?, unix());
        let id = token::kept(&hook.url);
        let mut told: Told = vault.get(HOOK, &id, now).await?.unwrap_or_default();
        if arrived {
            told = Told { after: message.next, ..Told::default() };
        } else {
            let pause = FIRST_PAUSE << told.failures.min(16);
            told.failures += 1;
            told.again = now + pause.min(LONGEST_PAUSE);
        }
        Ok(vault.put(HOOK, &id, &told, None).await?)
    }
}
