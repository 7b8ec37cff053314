//! Changes that wait for a second pair of eyes: what they would change, who may approve them, and what
//! becomes of them.

use chancery_access::Act;
use chancery_measures::Listed;
use chancery_model::decide::{Circumstances, Command, Decision, decide};
use chancery_model::{Body, Diagnostic, Entry, Language, Place, Snapshot, Visibility, access};
use serde::Serialize;
use serde_json::{Value, json};

use crate::browse::{Seen, title};
use crate::changes::Pending;
use crate::home::{Writing, whole_record};
use crate::people::Who;
use crate::{Error, Home};

/// What becomes of a change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Review {
    Approve,
    /// Its author is to think again, for this reason.
    Return(String),
    /// Its author wants it no more.
    Abandon,
}

/// A change that waits, or waited.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    pub number: String,
    /// The entry that holds it: what a reviewer saw.
    pub entry: u64,
    pub register: String,
    pub key: String,
    pub author: String,
    pub status: String,
    pub reviewer: String,
    pub remark: String,
    pub source: String,
    pub replaces: Option<u64>,
    pub demonstration: bool,
    /// What the record is called as it would be; nothing where too little is there.
    pub title: String,
    /// Whether nothing has become of it yet.
    pub waits: bool,
    /// Whether whoever asks may approve it, and whether it is theirs.
    pub mine: bool,
    pub approvable: bool,
    #[serde(skip)]
    pub body: Body,
    /// What it would change of the record as it stands.
    pub changes: Option<Pending>,
}

/// The states of a change of which nothing has become yet.
const WAITING: [&str; 3] = ["draft", "submitted", "returned"];

/// Whether nothing has become of a proposed change yet.
pub(crate) fn waits(proposal: &Body) -> bool {
    let status = proposal.get("status").and_then(Value::as_str);
    status.is_some_and(|status| WAITING.contains(&status))
}

impl Home {
    pub(crate) fn proposal_entries(
        &self,
        body: Body,
        snapshot: &Snapshot,
        circumstances: &Circumstances,
    ) -> Result<Vec<Entry>, Error> {
        let circumstances = Circumstances { update: true, ..circumstances.clone() };
        let command = whole_record(body, &circumstances.actor);
        let programme = self.programme();
        let decision = decide(programme, snapshot, access::PROPOSAL, [command], &circumstances)?;
        Ok(decision.entries)
    }

    /// The changes that wait and concern somebody: their own, and those that they may approve.
    pub async fn proposed(&self, who: &Who, language: Language) -> Result<Vec<Proposal>, Error> {
        let engine = self.engine(None).await?;
        if !self.programme().registers.contains_key(access::PROPOSAL) {
            return Ok(vec![]);
        }
        let mut found = Vec::new();
        for status in WAITING {
            let waiting = [("status".to_owned(), status.to_owned())];
            found.extend(engine.list(access::PROPOSAL, &waiting).await?);
        }
        let mut proposals = Vec::new();
        for record in found {
            let proposal = self.proposal_of(who, &record, language);
            let proposal = proposal.await?;
            if proposal.mine || proposal.approvable && proposal.status == "submitted" {
                proposals.push(proposal);
            }
        }
        proposals.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(proposals)
    }

    /// The changes of which somebody is told: what became of their own, and those of others that wait for
    /// their approval; so many, the latest, and of none before an entry.
    pub(crate) async fn told_of(
        &self,
        who: &Who,
        language: Language,
        (since, most): (u64, usize),
    ) -> Result<Vec<Proposal>, Error> {
        let engine = self.engine(None).await?;
        if !self.programme().registers.contains_key(access::PROPOSAL) {
            return Ok(vec![]);
        }
        let mut found = Vec::new();
        for status in ["approved", "returned"] {
            let own = [
                ("status".to_owned(), status.to_owned()),
                ("author".to_owned(), who.login.clone()),
            ];
            found.extend(engine.list(access::PROPOSAL, &own).await?);
        }
        let waiting = [("status".to_owned(), "submitted".to_owned())];
        found.extend(engine.list(access::PROPOSAL, &waiting).await?);
        found.retain(|record| record.entry >= since);
        found.sort_by_key(|record| std::cmp::Reverse(record.entry));
        let mut told = Vec::new();
        for record in found {
            if told.len() == most {
                break;
            }
            let proposal = self.proposal_of(who, &record, language).await?;
            if (proposal.status != "submitted") || proposal.approvable && !proposal.mine {
                told.push(proposal);
            }
        }
        Ok(told)
    }

    /// One change that waits, for somebody whom it concerns.
    pub async fn proposal(
        &self,
        who: &Who,
        number: &str,
        language: Language,
    ) -> Result<Proposal, Error> {
        let engine = self.engine(None).await?;
        let found = engine.with_keys(access::PROPOSAL, &[number.to_owned()]).await?;
        if let Some(record) = found.into_iter().next() {
            let proposal = self.proposal_of(who, &record, language);
            let proposal = proposal.await?;
            // A draft is its author's.
            if proposal.mine || proposal.approvable && proposal.status != "draft" {
                return Ok(proposal);
            }
        }
        Err(Error::wrong(format!("there is no proposed change `{number}`")))
    }

    /// The file that a change which waits has for a field, sent again in its author's name; none where it has
    /// none.
    pub async fn proposed_file(
        &self,
        who: &Who,
        number: &str,
        field: &str,
    ) -> Result<Option<String>, Error> {
        let proposal = self.proposal(who, number, Language::En).await?;
        let value = proposal.body.get(field).filter(|_| proposal.mine);
        match value.map(|value| self.kept_file(value)).transpose()?.flatten() {
            Some((name, bytes)) => self.keep_upload(who, &name, &bytes).await.map(Some),
            None => Ok(None),
        }
    }

    async fn proposal_of(
        &self,
        who: &Who,
        record: &Listed,
        language: Language,
    ) -> Result<Proposal, Error> {
        let text = |field: &str| {
            let text = record.body.get(field).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let (register, key, author) = (text("register"), text("record"), text("author"));
        let body: Body = serde_json::from_str(&text("body")).unwrap_or_default();
        let engine = self.engine(None).await?;
        let held = engine.with_keys(&register, std::slice::from_ref(&key)).await?;
        let old = held.into_iter().next().map(|held| held.body);
        let bodies: Vec<&Body> = old.iter().chain([&body]).collect();
        let declared = self.programme().register(&register)?;
        let seen =
            Seen { name: &register, register: declared, sees: Visibility::Restricted, language };
        let names = self.names_in(&engine, seen, bodies.iter().copied()).await?;
        let act = Act::Approve { author: author.clone() };
        let resources = self.resource(&register, &key, &bodies);
        let approvable = resources.iter().all(|resource| self.ruling(who, &act, resource).allowed);
        let proposed = Listed {
            key: key.clone(),
            entry: record.entry,
            body: body.clone(),
            source: String::new(),
            demonstration: record.demonstration,
        };
        Ok(Proposal {
            title: title(self.programme(), seen, &proposed, &names),
            number: text("number"),
            status: text("status"),
            waits: waits(&record.body),
            reviewer: text("reviewer"),
            remark: text("remark"),
            source: text("fact_source"),
            entry: record.entry,
            replaces: record.body.get("replaces").and_then(Value::as_u64),
            mine: author == who.login,
            changes: Some(self.compared(
                (who, language),
                &register,
                &key,
                (old.as_ref(), &body),
                &names,
            )),
            demonstration: record.demonstration,
            approvable,
            register,
            key,
            author,
            body,
        })
    }

    /// Approves a change that waits, returns it or abandons it. `seen` is the entry that held it when it
    /// was looked at: what changed since is not approved.
    pub async fn review(
        &self,
        who: &Who,
        number: &str,
        seen: u64,
        verdict: &Review,
    ) -> Result<u64, Error> {
        let proposal = self.proposal(who, number, Language::En).await?;
        if *verdict == Review::Return(String::new()) {
            return Err(Diagnostic::error(Place::default().field("remark"), "nothing")
                .expected("what the author is to change, or why")
                .into());
        }
        let allowed = match verdict {
            Review::Abandon => proposal.mine,
            _ => proposal.approvable,
        };
        if !allowed {
            let object = format!("{}/{}", proposal.register, proposal.key);
            self.refused(&who.login, "approve", &object, &[]).await?;
            return Err(Error::Forbidden);
        }
        let how = Writing {
            update: true,
            demonstration: proposal.demonstration || who.demonstration,
            actor: Some(who.login.as_str().into()),
            ..Writing::default()
        };
        let register = proposal.register.as_str();
        let outcome = self
            .write(&[register, access::PROPOSAL], how, |snapshot, circumstances| {
                let mut body = snapshot.body(access::PROPOSAL, number).ok_or_else(|| {
                    Error::wrong(format!("there is no proposed change `{number}`"))
                })?;
                let held = snapshot.held(access::PROPOSAL, number).map(|held| held.entry);
                let waits = body.get("status") == Some(&json!("submitted"));
                if held != Some(seen) || !waits && *verdict != Review::Abandon {
                    let found = "a change that somebody else reviewed or changed meanwhile";
                    return Err(Diagnostic::error(Place::default(), found)
                        .hint("look at it again")
                        .into());
                }
                let status = match verdict {
                    Review::Approve => "approved",
                    Review::Return(_) => "returned",
                    Review::Abandon => "abandoned",
                };
                body.insert("status".to_owned(), json!(status));
                if *verdict != Review::Abandon {
                    body.insert("reviewer".to_owned(), json!(who.login));
                }
                if let Review::Return(remark) = verdict {
                    body.insert("remark".to_owned(), json!(remark));
                }
                let mut decision = Decision::default();
                if *verdict == Review::Approve {
                    let there = snapshot.body(register, &proposal.key).is_some();
                    if proposal.replaces.is_none() && there {
                        let found = "a record that somebody else recorded meanwhile";
                        return Err(Diagnostic::error(Place::default(), found)
                            .hint("return the change; its author compares it with what is there")
                            .into());
                    }
                    let command = Command::Record {
                        place: Place::default(),
                        body: proposal.body.clone(),
                        source: proposal.source.as_str().into(),
                        replaces: proposal.replaces,
                        fields: None,
                        demonstration: proposal.demonstration,
                    };
                    decision =
                        decide(self.programme(), snapshot, register, [command], circumstances)?;
                }
                decision.entries.extend(self.proposal_entries(body, snapshot, circumstances)?);
                Ok(decision)
            })
            .await?;
        Ok(outcome.checkpoint.map_or(0, |checkpoint| checkpoint.size))
    }
}
