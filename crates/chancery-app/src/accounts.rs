//! Accounts: how people get one, and what administrators do with those of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use chancery_access::{Act, Resource, token};
use chancery_measures::Choice;
use chancery_model::value::FieldReader;
use chancery_model::{Body, Diagnostic, Diagnostics, Language, Names, Place, access};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::home::Writing;
use crate::keeping::{CODES, DAY, HALF, INVITATION, NAMED, PASSWORD, SESSION, TOKEN};
use crate::notices::checked_email;
use crate::people::{Named, Who};
use crate::sessions::{Issued, Session, check_password};
use crate::surroundings::{random, unix};
use crate::{Error, Home};

/// By then an invitation must be accepted, or an account recovered.
const INVITED: i64 = 7 * DAY;
const RECOVERED: i64 = DAY;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    login: String,
    pub(crate) recovery: bool,
}

/// An account, as administrators see it.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub status: String,
    pub service: bool,
    pub links: BTreeMap<String, String>,
    pub email: Option<String>,
    pub codes: bool,
    pub passkeys: usize,
    pub sessions: usize,
    pub demonstration: bool,
}

/// An account to be made or changed.
#[derive(Clone, Debug, Default)]
pub struct Invited {
    pub login: String,
    pub name: String,
    /// Where its owner is told what waits, and in which language.
    pub email: Option<String>,
    pub language: Option<Language>,
    pub roles: Vec<String>,
    /// For what it speaks: fields of the register of accounts.
    pub links: Vec<(String, String)>,
    pub service: bool,
    pub demonstration: bool,
}

/// Who does something to an account: an administrator, or whoever has the machine.
pub type By<'a> = Option<&'a Who>;

/// What becomes otherwise of an account.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    pub roles: Option<Vec<String>>,
    /// For what it speaks: fields, and keys or names of records; an empty one for nothing.
    pub links: Vec<(String, String)>,
    pub enabled: Option<bool>,
}

impl Home {
    /// Refuses what only administrators may do.
    pub(crate) async fn administers(
        &self,
        by: By<'_>,
        action: &str,
        login: &str,
    ) -> Result<Arc<str>, Error> {
        let Some(who) = by else { return Ok(Arc::clone(self.actor())) };
        let resource = Resource { register: access::ACCOUNT.to_owned(), ..Resource::default() };
        let ruling = self.ruling(who, &Act::Administer, &resource);
        if ruling.allowed {
            return Ok(who.login.as_str().into());
        }
        self.refused(&who.login, action, login, &ruling.policies).await?;
        Err(Error::Forbidden)
    }

    /// Invites somebody: makes the account, and the token with which a password is set.
    pub async fn invite(&self, invited: &Invited, by: By<'_>) -> Result<String, Error> {
        let actor = self.administers(by, "invite", &invited.login).await?;
        let email = invited.email.as_deref().map(checked_email).transpose()?;
        if self.account(&invited.login).await?.is_some() {
            let found = format!("the account `{}`, which there is already", invited.login);
            return Err(Diagnostic::error(Place::default(), found)
                .expected("a login that nobody has")
                .hint("to let its owner in again, recover it")
                .into());
        }
        let status = if invited.service { "active" } else { "invited" };
        let mut body = Body::from([
            ("login".to_owned(), json!(invited.login)),
            ("roles".to_owned(), json!(invited.roles)),
            ("status".to_owned(), json!(status)),
        ]);
        if invited.service {
            body.insert("service".to_owned(), json!(true));
        }
        body.extend(self.spoken_for(&invited.links).await?);
        self.record_account(body, &actor, invited.demonstration).await?;
        let named = Named { name: invited.name.clone(), email, language: invited.language };
        self.vault().await?.put(NAMED, &invited.login, &named, None).await?;
        self.event(&actor, "invite", &invited.login, "done", &[]).await?;
        self.invitation(&invited.login, false).await
    }

    /// The values of fields by which an account speaks for records, given by their keys or names.
    async fn spoken_for(&self, links: &[(String, String)]) -> Result<Body, Error> {
        let fields = &self.programme().register(access::ACCOUNT)?.fields;
        let engine = self.engine(None).await?;
        let (mut values, mut problems) = (Body::new(), Diagnostics::default());
        for (name, text) in links {
            let Some(field) = fields.get(name) else { continue };
            let names = match &field.register {
                Some(register) => Some(Names::clone(&*engine.names(register).await?)),
                None => None,
            };
            match FieldReader::new(field, None, names).read(text) {
                Ok(value) => values.extend(value.map(|value| (name.clone(), value))),
                Err(wrong) => problems.push(wrong.at(Place::default().field(name))),
            }
        }
        Ok(problems.unless_errors(values)?)
    }

    async fn invitation(&self, login: &str, recovery: bool) -> Result<String, Error> {
        let token = token::token(&random()?);
        let until = unix() + if recovery { RECOVERED } else { INVITED };
        let invitation = Invitation { login: login.to_owned(), recovery };
        self.vault().await?.put(INVITATION, &token::kept(&token), &invitation, Some(until)).await?;
        Ok(token)
    }

    /// Lets the owner of an account set a new password. Ends its sessions; its codes, passkeys and what
    /// connects it stay unless they are forgotten too.
    pub async fn recover(
        &self,
        login: &str,
        forget_all: bool,
        by: By<'_>,
    ) -> Result<String, Error> {
        let actor = self.administers(by, "recover", login).await?;
        self.known_account(login).await?;
        self.shut_out(login).await?;
        self.vault().await?.remove(PASSWORD, login).await?;
        if forget_all {
            self.forget_ways(login).await?;
        }
        self.event(&actor, "recover", login, "done", &[]).await?;
        self.invitation(login, true).await
    }

    /// Forgets all ways in but the password.
    async fn forget_ways(&self, login: &str) -> Result<(), Error> {
        self.vault().await?.remove(CODES, login).await?;
        self.end_passkeys_of(login).await?;
        self.disconnect_all(login).await
    }

    pub(crate) async fn known_account(&self, login: &str) -> Result<(Body, bool), Error> {
        if let Some(found) = self.account(login).await? {
            return Ok(found);
        }
        let known = self.engine(None).await?.keys(access::ACCOUNT).await?;
        let found = format!("there is no account `{login}`");
        Err(Diagnostic::error(Place::default(), found)
            .suggest(login, known.iter().map(String::as_str))
            .into())
    }

    /// Gives an account other roles, lets it speak for others, or disables or enables it. Sessions of one that
    /// is disabled end.
    pub async fn change_account(
        &self,
        login: &str,
        change: AccountChange,
        by: By<'_>,
    ) -> Result<(), Error> {
        let AccountChange { roles, links, enabled } = change;
        let actor = self.administers(by, "administer", login).await?;
        // Whoever shuts the last door behind them finds nobody to open it.
        if by.is_some_and(|who| who.login == login) {
            return Err(Diagnostic::error(Place::default(), "your own account")
                .expected("that of somebody else")
                .hint("ask another administrator, or use the command line")
                .into());
        }
        let (mut body, demonstration) = self.known_account(login).await?;
        if let Some(roles) = roles {
            body.insert("roles".to_owned(), json!(roles));
        }
        body.retain(|field, _| !links.iter().any(|(own, _)| own == field));
        body.extend(self.spoken_for(&links).await?);
        if let Some(enabled) = enabled {
            let status = if enabled { "active" } else { "disabled" };
            body.insert("status".to_owned(), json!(status));
        }
        self.record_account(body, &actor, demonstration).await?;
        if enabled == Some(false) {
            self.shut_out(login).await?;
        }
        self.event(&actor, "administer", login, "done", &[]).await
    }

    /// Ends all by which somebody is in or could come in: sessions, tokens, invitations.
    async fn shut_out(&self, login: &str) -> Result<(), Error> {
        self.end_sessions_of(login).await?;
        self.call_back(login).await?;
        let (vault, now) = (self.vault().await?, unix());
        for (id, issued) in vault.list::<Issued>(TOKEN, now).await? {
            if issued.login == login {
                vault.remove(TOKEN, &id).await?;
            }
        }
        for (id, half) in vault.list::<String>(HALF, now).await? {
            if half == login {
                vault.remove(HALF, &id).await?;
            }
        }
        self.end_invitations_of(login).await
    }

    async fn end_invitations_of(&self, login: &str) -> Result<(), Error> {
        let vault = self.vault().await?;
        for (id, invitation) in vault.list::<Invitation>(INVITATION, unix()).await? {
            if invitation.login == login {
                vault.remove(INVITATION, &id).await?;
            }
        }
        Ok(())
    }

    async fn record_account(
        &self,
        body: Body,
        actor: &Arc<str>,
        demonstration: bool,
    ) -> Result<(), Error> {
        let actor = Some(Arc::clone(actor));
        let how = Writing { update: true, demonstration, actor, ..Writing::default() };
        self.record_own(access::ACCOUNT, &body, how).await
    }

    /// For whom an invitation is, and whether it recovers an account that was in use.
    pub async fn invited(&self, token: &str) -> Result<Option<(String, bool)>, Error> {
        let found = self.held_invitation(&token::kept(token)).await?;
        Ok(found.map(|found| (found.login, found.recovery)))
    }

    /// The invitation of whose token this is kept.
    pub(crate) async fn held_invitation(&self, kept: &str) -> Result<Option<Invitation>, Error> {
        Ok(self.vault().await?.get(INVITATION, kept, unix()).await?)
    }

    /// Accepts an invitation, which then is no more: sets the password and the name.
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: &str,
        chosen: &str,
    ) -> Result<String, Error> {
        let vault = self.vault().await?;
        if let Some((login, _)) = self.invited(token).await? {
            check_password(chosen, &login)?;
        }
        let login = self.take_invitation(&token::kept(token)).await?;
        self.set_password(&login, chosen).await?;
        let mut named = self.named_person(&login).await?.unwrap_or_default();
        if !name.trim().is_empty() {
            named.name = name.trim().chars().take(100).collect();
        }
        vault.put(NAMED, &login, &named, None).await?;
        self.joined(&login).await?;
        Ok(login)
    }

    /// Takes an invitation, which then is no more: whose it was.
    pub(crate) async fn take_invitation(&self, kept: &str) -> Result<String, Error> {
        let gone = || Error::wrong("an invitation that was used or is too old");
        let Invitation { login, recovery } = self.held_invitation(kept).await?.ok_or_else(gone)?;
        let (body, _) = self.known_account(&login).await?;
        let status = body.get("status").and_then(|status| status.as_str());
        // Who was kept out since is not let in by an old letter.
        if !(status == Some("invited") || recovery && status == Some("active")) {
            return Err(gone());
        }
        let taken: Option<Invitation> = self.vault().await?.take(INVITATION, kept, unix()).await?;
        taken.ok_or_else(gone)?;
        Ok(login)
    }

    /// Makes an account active whose owner has a way in, and ends all older ones.
    pub(crate) async fn joined(&self, login: &str) -> Result<(), Error> {
        self.end_sessions_of(login).await?;
        self.end_invitations_of(login).await?;
        let (mut body, demonstration) = self.known_account(login).await?;
        if body.get("status") == Some(&json!("invited")) {
            body.insert("status".to_owned(), json!("active"));
            self.record_account(body, &login.into(), demonstration).await?;
        }
        Ok(())
    }

    /// All accounts.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let engine = self.engine(None).await?;
        if !self.programme().registers.contains_key(access::ACCOUNT) {
            return Ok(vec![]);
        }
        let keys = engine.keys(access::ACCOUNT).await?;
        let mut sessions: BTreeMap<String, usize> = BTreeMap::new();
        for (_, session) in self.vault().await?.list::<Session>(SESSION, unix()).await? {
            *sessions.entry(session.login).or_default() += 1;
        }
        let mut accounts = Vec::new();
        for found in engine.with_keys(access::ACCOUNT, &keys).await? {
            let person = self.person(&found.key, &found.body);
            let text = |field: &str| found.body.get(field).and_then(|value| value.as_str());
            let named = self.named_person(&found.key).await?.unwrap_or_default();
            accounts.push(Account {
                name: named.name,
                email: named.email,
                passkeys: self.passkeys(&found.key).await?.len(),
                codes: self.has_codes(&found.key).await?,
                sessions: sessions.get(&found.key).copied().unwrap_or_default(),
                status: text("status").unwrap_or_default().to_owned(),
                service: found.body.get("service") == Some(&json!(true)),
                roles: person.roles,
                links: person.links,
                demonstration: found.demonstration,
                login: found.key,
            });
        }
        accounts.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(accounts)
    }

    /// Forgets what a person is called and how they sign in; the login stays in the journal.
    pub async fn forget(&self, login: &str, by: By<'_>) -> Result<(), Error> {
        let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
        self.change_account(login, change, by).await?;
        for kind in [NAMED, PASSWORD] {
            self.vault().await?.remove(kind, login).await?;
        }
        self.forget_ways(login).await
    }

    /// An account for each role, invented, with a password that nobody chose: the login, the roles as
    /// people call them, and the password.
    pub async fn demonstration_accounts(&self) -> Result<Vec<(String, String, String)>, Error> {
        let roles: Vec<(String, String)> = self
            .programme()
            .codelists
            .get(access::ROLES)
            .into_iter()
            .flat_map(|list| &list.codes)
            .map(|(role, code)| (role.clone(), code.label.en.clone()))
            .collect();
        let mut made = Vec::new();
        for (role, label) in roles {
            let login = role.replace('_', ".");
            let links = self.demonstration_links(&role).await?;
            let invited = Invited {
                login: login.clone(),
                name: label.clone(),
                roles: vec![role],
                links,
                demonstration: true,
                ..Invited::default()
            };
            let token = self.invite(&invited, None).await?;
            let chosen = token::token(&random()?)[..16].to_owned();
            self.accept_invitation(&token, "", &chosen).await?;
            made.push((login, label, chosen));
        }
        Ok(made)
    }

    /// For what the invented account of a role speaks: a record that others link to, where a policy of
    /// that role asks for one.
    async fn demonstration_links(&self, role: &str) -> Result<Vec<(String, String)>, Error> {
        let fields = self.programme().registers.get(access::ACCOUNT).map(|own| &own.fields);
        let engine = self.engine(None).await?;
        let mut links = Vec::new();
        for (field, declared) in fields.into_iter().flatten() {
            let Some(register) = &declared.register else { continue };
            if !self.policies().asks(role, field) {
                continue;
            }
            // The one of which the registers have most to say.
            let mut most: Option<(u64, String)> = None;
            for (other, link) in self.programme().links_to(register) {
                let found = engine.facet(other, link, &Choice::default(), 1).await?;
                let found = found.into_iter().next().map(|(key, records)| (records, key));
                most = most.max(found);
            }
            links.extend(most.map(|(_, key)| (field.clone(), key)));
        }
        Ok(links)
    }
}
