//! People with accounts, and what each may do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_access::{Act, Person, Policies, Resource, Ruling};
use chancery_model::{Body, Diagnostic, FieldType, Language, Place, Programme, Sight, access};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::home::Writing;
use crate::keeping::DAY;
use crate::surroundings::{today, unix};
use crate::{Error, Home};

/// So many refusals of one person are entries on one day.
const MOST_REFUSALS: u32 = 100;

/// Somebody with an account, as of one point of the journal.
#[derive(Clone, Debug)]
pub struct Who {
    pub login: String,
    /// What the account is called; the login where nobody said.
    pub name: String,
    /// With those that they include.
    pub roles: BTreeSet<String>,
    pub sees: Sight,
    /// Whether the account is invented: so is then what it records.
    pub demonstration: bool,
    pub(crate) person: Person,
    /// What a token may be used for; everything where it is no token that speaks.
    pub(crate) scope: Option<Scope>,
}

/// What a token may be used for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Names of acts.
    pub acts: BTreeSet<String>,
    /// Only these registers; all where none are named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub registers: BTreeSet<String>,
}

impl Scope {
    fn covers(&self, act: &Act, register: &str) -> bool {
        self.acts.contains(act.name())
            && (self.registers.is_empty() || self.registers.contains(register))
    }
}

/// What is kept of a person beside the journal, since a person may ask to be forgotten.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Where they are told what waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    /// In which language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<Language>,
}

/// What became of a question about rights.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    pub login: String,
    pub roles: Vec<String>,
    pub action: String,
    pub resource: String,
    pub allowed: bool,
    /// The policies that said so, each with where it stands.
    pub policies: Vec<(String, String)>,
    /// What that means, in words.
    pub because: String,
}

impl Home {
    pub(crate) fn policies(&self) -> &Policies {
        // Packs are checked for policies that cannot be read.
        self.policies.get_or_init(|| Policies::read(self.programme()).0)
    }

    /// Somebody with an account that may be used.
    pub async fn who(&self, login: &str) -> Result<Option<Arc<Who>>, Error> {
        let size = self.size().await?;
        {
            let mut known = self.known.lock().await;
            if known.0 != size {
                *known = (size, BTreeMap::new());
            }
            if let Some(who) = known.1.get(login) {
                return Ok(Some(Arc::clone(who)));
            }
        }
        let Some((body, demonstration)) = self.account(login).await? else { return Ok(None) };
        if body.get("status").and_then(|status| status.as_str()) != Some("active") {
            return Ok(None);
        }
        let person = self.person(login, &body);
        let named = self.named_person(login).await?.unwrap_or_default();
        let who = Arc::new(Who {
            name: if named.name.is_empty() { login.to_owned() } else { named.name },
            roles: included(self.programme(), &person.roles),
            sees: self.policies().sight(&person),
            demonstration,
            login: login.to_owned(),
            person,
            scope: None,
        });
        let mut known = self.known.lock().await;
        if known.0 == size {
            known.1.insert(login.to_owned(), Arc::clone(&who));
        }
        drop(known);
        Ok(Some(who))
    }

    /// What the register says of an account, and whether it is invented.
    pub(crate) async fn account(&self, login: &str) -> Result<Option<(Body, bool)>, Error> {
        if !self.programme().registers.contains_key(access::ACCOUNT) {
            return Err(Diagnostic::error(
                Place::default(),
                "packs without a register of accounts",
            )
            .expected(format!(
                "a register `{}`, as the pack that ships with Chancery has",
                access::ACCOUNT
            ))
            .into());
        }
        let engine = self.engine(None).await?;
        let found = engine.with_keys(access::ACCOUNT, &[login.to_owned()]).await?;
        Ok(found.into_iter().next().map(|found| (found.body, found.demonstration)))
    }

    pub(crate) fn person(&self, login: &str, body: &Body) -> Person {
        let texts = |field: &str| {
            let texts = body.get(field).map(chancery_model::value::texts).unwrap_or_default();
            texts.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let fields = self.programme().registers.get(access::ACCOUNT).map(|own| &own.fields);
        let links = fields.into_iter().flatten().filter(|(_, field)| field.kind == FieldType::Link);
        let links = links.filter_map(|(name, field)| {
            let key = texts(name).into_iter().next()?;
            Some((name.clone(), format!("{}/{key}", field.register.as_ref()?)))
        });
        Person { login: login.to_owned(), roles: texts("roles"), links: links.collect() }
    }

    /// Whether somebody may do something, and which policies say so.
    pub fn ruling(&self, who: &Who, act: &Act, resource: &Resource) -> Ruling {
        match &who.scope {
            Some(scope) if !scope.covers(act, &resource.register) => {
                Ruling { allowed: false, policies: vec![] }
            }
            _ => self.policies().ruling(&who.person, act, resource),
        }
    }

    /// Whether there are records of a register to which somebody may do something.
    pub fn may(&self, who: &Who, act: &Act, register: &str) -> bool {
        let whole = Resource { register: register.to_owned(), ..Resource::default() };
        let own = self.policies().own(&who.person, register).into_iter();
        let own = own.map(|own| own.resource(register));
        std::iter::once(whole).chain(own).any(|asked| self.ruling(who, act, &asked).allowed)
    }

    /// A record with what it links to, as policies speak of it. Of a record that changes, both what it
    /// was and what it is to be.
    pub(crate) fn resource(&self, register: &str, key: &str, bodies: &[&Body]) -> Vec<Resource> {
        let resource = |links| Resource {
            pack: None,
            register: register.to_owned(),
            key: Some(key.to_owned()),
            links,
        };
        bodies.iter().map(|body| resource(self.policies().links_of(register, body))).collect()
    }

    /// Writes that somebody was refused something, once a day for each thing.
    pub(crate) async fn refused(
        &self,
        login: &str,
        action: &str,
        object: &str,
        policies: &[String],
    ) -> Result<(), Error> {
        let day = unix() / DAY;
        {
            let mut refusals = self.refusals.lock().await;
            if refusals.0 != day {
                *refusals = (day, BTreeMap::new());
            }
            let count = refusals.1.entry(login.to_owned()).or_default();
            *count += 1;
            // Who is refused so often is known by then, and is not to fill the journal.
            if *count > MOST_REFUSALS {
                return Ok(());
            }
        }
        self.event(login, action, object, "refused", policies).await
    }

    /// Writes what was done to an account, or refused.
    pub(crate) async fn event(
        &self,
        login: &str,
        action: &str,
        object: &str,
        outcome: &str,
        policies: &[String],
    ) -> Result<(), Error> {
        if !self.programme().registers.contains_key(access::EVENT) {
            return Ok(());
        }
        let day = today();
        let plain = |text: &str| {
            let text: String = text.chars().filter(|sign| !sign.is_control()).take(200).collect();
            if text.trim().is_empty() { "-".to_owned() } else { text }
        };
        let mut body = Body::from([
            ("day".to_owned(), json!(day.to_string())),
            ("login".to_owned(), json!(plain(login))),
            ("action".to_owned(), json!(action)),
            ("object".to_owned(), json!(plain(object))),
            ("outcome".to_owned(), json!(outcome)),
        ]);
        if !policies.is_empty() {
            body.insert("policies".to_owned(), json!(policies));
        }
        let how = Writing { update: true, actor: Some(login.into()), ..Writing::default() };
        self.record_own(access::EVENT, &body, how).await
    }

    /// Why somebody may do something to a record or register, or may not.
    pub async fn explain(
        &self,
        login: &str,
        action: &str,
        record: &str,
    ) -> Result<Explained, Error> {
        let Some((body, _)) = self.account(login).await? else {
            let known = self.engine(None).await?.keys(access::ACCOUNT).await?;
            let found = format!("there is no account `{login}`");
            return Err(Diagnostic::error(Place::default(), found)
                .suggest(login, known.iter().map(String::as_str))
                .into());
        };
        let person = self.person(login, &body);
        let (register, key) = match record.split_once('/') {
            Some((register, key)) => (register, Some(key)),
            None => (record, None),
        };
        let mut act = act_named(action)?;
        let mut resource = Resource::default();
        if act == Act::Edit {
            let packs = &self.programme().packs;
            if !packs.contains_key(record) {
                let found = format!("there is no pack `{record}`");
                return Err(Diagnostic::error(Place::default(), found)
                    .suggest(record, packs.keys().map(String::as_str))
                    .into());
            }
            resource.pack = Some(record.to_owned());
        } else {
            self.programme().register(register)?;
            register.clone_into(&mut resource.register);
        }
        if let Some(key) = key {
            let engine = self.engine(None).await?;
            let found = engine.with_keys(register, &[key.to_owned()]).await?;
            let Some(found) = found.into_iter().next() else {
                // As `history` tells it, with the nearest key.
                self.history(register, key).await?;
                return Err(Error::wrong(format!("the record `{record}` was withdrawn")));
            };
            resource.key = Some(key.to_owned());
            resource.links = self.policies().links_of(register, &found.body);
        }
        if let Act::Approve { author } = &mut act {
            // Whether the change of somebody else may be approved.
            "somebody else".clone_into(author);
        }
        let mut ruling = self.policies().ruling(&person, &act, &resource);
        let mut own = None;
        if key.is_none() && !ruling.allowed {
            // Perhaps of some of its records.
            for some in self.policies().own(&person, register) {
                let resource = some.resource(register);
                let of_some = self.policies().ruling(&person, &act, &resource);
                if of_some.allowed {
                    own = resource.links.into_iter().next();
                    ruling = of_some;
                }
            }
        }
        let status = body.get("status").and_then(|status| status.as_str()).unwrap_or_default();
        let usable = status == "active";
        let because = match (usable, ruling.allowed, ruling.policies.is_empty()) {
            (true, true, false) if own.is_some() => format!(
                "these policies allow it for the records that link to {}",
                own.unwrap_or_default()
            ),
            (false, ..) => format!("the account is `{status}`: nobody can use it"),
            (_, true, true) => "what is public is seen by everyone".to_owned(),
            (_, true, false) => "these policies allow it, and none forbids it".to_owned(),
            (_, false, false) => "these policies forbid it".to_owned(),
            (_, false, true) => "no policy allows it".to_owned(),
        };
        let policies = ruling.policies.into_iter().map(|policy| {
            let place = self.policies().place(&policy).map(ToString::to_string);
            (policy, place.unwrap_or_default())
        });
        Ok(Explained {
            login: login.to_owned(),
            roles: person.roles,
            action: action.to_owned(),
            resource: record.to_owned(),
            allowed: usable && ruling.allowed,
            policies: policies.collect(),
            because,
        })
    }
}

/// An act by its name; `see` of a visibility as `see:office`.
fn act_named(action: &str) -> Result<Act, Error> {
    let (name, level) = action.split_once(':').unwrap_or((action, "office"));
    let visibility = || {
        serde_json::from_value(json!(level)).map_err(|_| {
            Diagnostic::error(Place::default(), format!("the visibility `{level}`"))
                .expected("public, states, office or restricted")
        })
    };
    Ok(match name {
        "see" => Act::See(visibility()?),
        "propose" => Act::Propose,
        "record" => Act::Record,
        "withdraw" => Act::Withdraw,
        "approve" => Act::Approve { author: String::new() },
        "administer" => Act::Administer,
        "edit" => Act::Edit,
        _ => {
            return Err(Diagnostic::error(Place::default(), format!("the action `{action}`"))
                .expected(format!("one of {}; what is seen as see:office", Act::NAMES.join(", ")))
                .suggest(name, Act::NAMES)
                .into());
        }
    })
}

/// Roles with those that they include.
fn included(programme: &Programme, roles: &[String]) -> BTreeSet<String> {
    let codes = programme.codelists.get(access::ROLES).map(|list| &list.codes);
    let mut all = BTreeSet::new();
    let mut waiting: Vec<&String> = roles.iter().collect();
    while let Some(role) = waiting.pop() {
        if all.insert(role.clone()) {
            let parent = codes.and_then(|codes| codes.get(role)?.parent.as_ref());
            waiting.extend(parent);
        }
    }
    all
}
