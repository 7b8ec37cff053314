//! What somebody has filled in so far, kept until it is complete.

use std::path::Path;

use chancery_access::Act;
use chancery_model::decide::Decision;
use chancery_model::{Body, FieldType, Language, Snapshot, access};
use serde_json::json;

use crate::browse::Reader;
use crate::home::Writing;
use crate::import::read_so_far;
use crate::people::Who;
use crate::reviews::waits;
use crate::surroundings::{random, today};
use crate::{Error, Home};

/// The form of a record as far as somebody filled it in. Nothing of it need be complete, or right.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    pub register: &'a str,
    /// None for a record that is yet to be.
    pub key: Option<&'a str>,
    /// A field, or a part of one as `field.part`, and its text.
    pub inputs: &'a [(String, String)],
    pub source: &'a str,
    /// Where the files are that its fields name.
    pub folder: Option<&'a Path>,
    /// The entry whose version is meant to be replaced.
    pub replaces: Option<u64>,
    /// The number of what was kept of it so far, if it was.
    pub proposal: Option<&'a str>,
}

/// A change that waits, as its register keeps it.
pub(crate) struct Proposed<'a> {
    pub(crate) number: &'a str,
    pub(crate) register: &'a str,
    pub(crate) record: &'a str,
    /// What the record would say: JSON.
    pub(crate) body: &'a str,
    pub(crate) source: &'a str,
    pub(crate) author: &'a str,
    pub(crate) status: &'a str,
    pub(crate) replaces: Option<u64>,
}

impl Proposed<'_> {
    pub(crate) fn body(&self) -> Body {
        let texts = [
            ("number", self.number),
            ("register", self.register),
            ("record", self.record),
            ("body", self.body),
            ("fact_source", self.source),
            ("author", self.author),
            ("status", self.status),
        ];
        let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), json!(text)));
        let replaces = self.replaces.map(|entry| ("replaces".to_owned(), json!(entry)));
        texts.chain(replaces).collect()
    }
}

impl Home {
    /// Keeps a draft, which its author alone sees, and tells its number.
    pub async fn keep_draft(&self, who: &Who, draft: &Draft<'_>) -> Result<String, Error> {
        let Draft { register, key, .. } = *draft;
        let mut acts = [Act::Record, Act::Propose].into_iter();
        let mut may = acts.any(|act| self.may(who, &act, register));
        if let Some(key) = key {
            let reader = Reader { language: Language::En, sees: who.sees.clone() };
            let held: Body =
                self.record_page(register, key, &reader).await?.body.into_iter().collect();
            let resources = self.resource(register, key, &[&held]);
            may &= [Act::Record, Act::Propose].iter().any(|act| {
                resources.iter().all(|resource| self.ruling(who, act, resource).allowed)
            });
        }
        if access::REGISTERS.contains(&register) || !may {
            let object = key.map_or_else(|| register.to_owned(), |key| format!("{register}/{key}"));
            self.refused(&who.login, "propose", &object, &[]).await?;
            return Err(Error::Forbidden);
        }
        let how = Writing {
            update: true,
            demonstration: who.demonstration,
            actor: Some(who.login.as_str().into()),
            ..Writing::default()
        };
        let mut kept = String::new();
        self.write(&[register, access::PROPOSAL], how, |snapshot, circumstances| {
            let body = self.body_so_far(draft, snapshot)?;
            self.keep_files([&body], draft.folder)?;
            kept = self.own_number(who, draft.proposal, snapshot)?;
            let proposal = Proposed {
                number: &kept,
                register,
                record: key.unwrap_or_default(),
                // A map of JSON values can always be written.
                body: &serde_json::to_string(&body).unwrap_or_default(),
                source: draft.source,
                author: &who.login,
                status: "draft",
                replaces: draft.replaces,
            };
            let proposal = proposal.body();
            let entries = self.proposal_entries(proposal, snapshot, circumstances)?;
            Ok(Decision { entries, ..Decision::default() })
        })
        .await?;
        Ok(kept)
    }

    /// The record of a draft, with the files that are not sent anew.
    fn body_so_far(&self, draft: &Draft<'_>, snapshot: &Snapshot) -> Result<Body, Error> {
        let Draft { register, key, inputs, folder, .. } = *draft;
        let programme = self.programme();
        let mut body = read_so_far(programme, snapshot, register, inputs, folder)?;
        let held = key.and_then(|key| snapshot.body(register, key)).unwrap_or_default();
        let fields = &programme.register(register)?.fields;
        let stays = |name: &String| {
            let file = fields.get(name).is_some_and(|field| field.kind == FieldType::File);
            file && !inputs.iter().any(|(input, _)| input == name)
        };
        body.extend(held.into_iter().filter(|(name, _)| stays(name)));
        Ok(body)
    }

    /// The number of somebody's own change that waits, or a new one.
    pub(crate) fn own_number(
        &self,
        who: &Who,
        proposal: Option<&str>,
        snapshot: &Snapshot,
    ) -> Result<String, Error> {
        let own = proposal.filter(|number| {
            let old = snapshot.body(access::PROPOSAL, number);
            old.is_some_and(|old| old.get("author") == Some(&json!(who.login)) && waits(&old))
        });
        if let Some(number) = own {
            return Ok(number.to_owned());
        }
        let random: [u8; 8] = random()?;
        let random = random.map(|byte| format!("{byte:02x}")).concat();
        Ok(format!("{}-{random}", today()))
    }
}
