//! What somebody is told: that they are mentioned, that something waits for them, what became of what they
//! proposed. All of it is read from the registers, so that nothing can be told that did not happen; what is
//! kept is only how far each has been told.

use std::collections::BTreeSet;

use chancery_model::entry::split_record_id;
use chancery_model::{Diagnostic, Language, Place};
use serde::Serialize;

use crate::browse::Reader;
use crate::keeping::{ADDRESS, DAY, LETTER, NAMED, READ};
use crate::people::{Named, Who};
use crate::surroundings::{random, unix};
use crate::{Error, Home};

/// Older ones are found in the registers.
const MOST: usize = 50;
/// No address for letters is longer (RFC 5321).
const LONGEST_ADDRESS: usize = 254;

/// Why somebody is told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Somebody named them in a comment.
    Mentioned,
    /// A change waits for their approval.
    Awaits,
    Approved,
    Returned,
}

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The entry by which it happened.
    pub entry: u64,
    pub time: String,
    pub kind: NoticeKind,
    pub register: String,
    pub key: String,
    /// The change that waits or waited.
    pub number: Option<String>,
    /// Who did it.
    pub by: String,
    /// What they said.
    pub text: String,
    pub demonstration: bool,
    /// Whether they have not seen it yet.
    pub new: bool,
}

/// Somebody who is written to.
#[derive(Clone, Debug)]
pub struct Addressee {
    pub login: String,
    pub name: String,
    pub email: String,
    pub language: Language,
}

impl Home {
    /// What somebody is told, newest first.
    pub async fn notices(&self, who: &Who, language: Language) -> Result<Vec<Notice>, Error> {
        self.notices_since(who, language, 0).await
    }

    async fn notices_since(
        &self,
        who: &Who,
        language: Language,
        since: u64,
    ) -> Result<Vec<Notice>, Error> {
        let reader = Reader { language, sees: who.sees.clone() };
        let read: Option<u64> = self.vault().await?.get(READ, &who.login, unix()).await?;
        let read = read.unwrap_or_default();
        let mut notices = Vec::new();
        for said in self.mentions(who, &reader).await? {
            let Some((register, key)) = split_record_id(&said.record) else { continue };
            // Who may not see a record is not told of it.
            let keys = [key.to_owned()];
            let sees = self.rows_with_keys(register, &keys, &reader).await;
            if said.entry < since || !sees.is_ok_and(|rows| !rows.is_empty()) {
                continue;
            }
            notices.push(Notice {
                entry: said.entry,
                time: said.time,
                kind: NoticeKind::Mentioned,
                register: register.to_owned(),
                key: key.to_owned(),
                number: None,
                by: said.author,
                text: said.text,
                demonstration: said.demonstration,
                new: said.entry >= read,
            });
        }
        for proposal in self.told_of(who, language, (since, MOST)).await? {
            let kind = match proposal.status.as_str() {
                "approved" => NoticeKind::Approved,
                "returned" => NoticeKind::Returned,
                _ => NoticeKind::Awaits,
            };
            let entry = self.entry(proposal.entry).await?;
            notices.push(Notice {
                entry: proposal.entry,
                time: entry.map(|entry| entry.time.to_string()).unwrap_or_default(),
                kind,
                register: proposal.register,
                key: proposal.key,
                by: match kind {
                    NoticeKind::Awaits => proposal.author,
                    _ => proposal.reviewer,
                },
                text: if kind == NoticeKind::Returned { proposal.remark } else { String::new() },
                number: Some(proposal.number),
                demonstration: proposal.demonstration,
                new: proposal.entry >= read,
            });
        }
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.entry));
        notices.truncate(MOST);
        Ok(notices)
    }

    /// Keeps that somebody has seen all that there is to tell.
    pub async fn read_notices(&self, who: &Who) -> Result<(), Error> {
        let size = self.size().await?;
        Ok(self.vault().await?.put(READ, &who.login, &size, None).await?)
    }

    /// Those who are to be written to, with what is new since they were. Who has an address since a moment
    /// ago is told from now on.
    ///
    /// Those who are `waiting` are left out; what goes wrong with one is told and keeps no other waiting.
    pub async fn letters(
        &self,
        waiting: &BTreeSet<String>,
        wrong: impl Fn(&Error),
    ) -> Result<Vec<(Addressee, Vec<Notice>)>, Error> {
        let (vault, now, size) = (self.vault().await?, unix(), self.size().await?);
        let mut letters = Vec::new();
        for (login, named) in vault.list::<Named>(NAMED, now).await? {
            let (Some(email), language) = (named.email, named.language) else { continue };
            if waiting.contains(&login) {
                continue;
            }
            let Some(told) = vault.get::<u64>(LETTER, &login, now).await? else {
                vault.put(LETTER, &login, &size, None).await?;
                continue;
            };
            if told >= size {
                continue;
            }
            let Some(who) = self.who(&login).await? else { continue };
            let language = language.unwrap_or(Language::En);
            let mut notices = match self.notices_since(&who, language, told).await {
                Ok(notices) => notices,
                Err(error) => {
                    wrong(&error);
                    continue;
                }
            };
            notices.retain(|notice| notice.entry >= told && notice.by != login);
            if notices.is_empty() {
                vault.put(LETTER, &login, &size, None).await?;
                continue;
            }
            notices.reverse();
            letters.push((Addressee { name: who.name.clone(), login, email, language }, notices));
        }
        Ok(letters)
    }

    /// Keeps that somebody was written to of all up to an entry.
    pub async fn lettered(&self, login: &str, notices: &[Notice]) -> Result<(), Error> {
        let last = notices.iter().map(|notice| notice.entry + 1).max().unwrap_or_default();
        Ok(self.vault().await?.put(LETTER, login, &last, None).await?)
    }

    /// Who is written to at an account; none where it has no address.
    pub async fn addressee(&self, login: &str) -> Result<Option<Addressee>, Error> {
        let Some(named) = self.named_person(login).await? else { return Ok(None) };
        let Some(email) = named.email else { return Ok(None) };
        let name = if named.name.is_empty() { login.to_owned() } else { named.name };
        let language = named.language.unwrap_or(Language::En);
        Ok(Some(Addressee { login: login.to_owned(), name, email, language }))
    }

    /// Begins to change the address of an account: the token that a letter to the new one is to carry. An
    /// empty one is taken out at once, and no letter is to be sent.
    pub async fn begin_address(
        &self,
        who: &Who,
        email: &str,
        language: Language,
    ) -> Result<Option<(String, Addressee)>, Error> {
        // Nobody has letters sent without end.
        self.tries_own(who)?;
        let vault = self.vault().await?;
        if email.trim().is_empty() {
            let mut named = self.named_person(&who.login).await?.unwrap_or_default();
            named.email = None;
            vault.put(NAMED, &who.login, &named, None).await?;
            return Ok(None);
        }
        let email = checked_email(email)?;
        let token = chancery_access::token::token(&random()?);
        let begun = (who.login.clone(), email.clone());
        let id = chancery_access::token::kept(&token);
        vault.put(ADDRESS, &id, &begun, Some(unix() + DAY)).await?;
        let (login, name) = (who.login.clone(), who.name.clone());
        Ok(Some((token, Addressee { login, name, email, language })))
    }

    /// Changes the address of an account by who has received the letter; whether the token is right.
    pub async fn confirm_address(
        &self,
        who: &Who,
        token: &str,
        language: Language,
    ) -> Result<bool, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let id = chancery_access::token::kept(token);
        let begun: Option<(String, String)> = vault.get(ADDRESS, &id, now).await?;
        let Some((_, email)) = begun.filter(|(login, _)| *login == who.login) else {
            return Ok(false);
        };
        vault.remove(ADDRESS, &id).await?;
        let mut named = self.named_person(&who.login).await?.unwrap_or_default();
        named.email = Some(email);
        named.language = Some(language);
        vault.put(NAMED, &who.login, &named, None).await?;
        Ok(true)
    }
}

/// An address to which a letter can be sent, as far as it can be told from looking.
pub(crate) fn checked_email(email: &str) -> Result<String, Error> {
    let email = email.trim();
    let plain = !email
        .chars()
        .any(|sign| sign.is_control() || sign.is_whitespace() || "<>\",;".contains(sign));
    let parts = email.rsplit_once('@');
    let whole =
        parts.is_some_and(|(name, host)| !name.is_empty() && host.contains(|sign| sign != '.'));
    if plain && whole && email.len() <= LONGEST_ADDRESS {
        return Ok(email.to_owned());
    }
    Err(Diagnostic::error(Place::default().field("email"), format!("the address `{email}`"))
        .expected("one such as name@example.org")
        .into())
}
