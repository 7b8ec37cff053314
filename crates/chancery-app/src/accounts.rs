//! Accounts: how people get one, sign in, show a second factor, and how programs speak for one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_access::{Act, Resource, code, password, token};
use chancery_journal::Vault;
use chancery_measures::Choice;
use chancery_model::decide::{Command, decide};
use chancery_model::{Body, Diagnostic, Diagnostics, Place, access};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::home::Writing;
use crate::people::{Named, Scope, Who};
use crate::surroundings::{now, random};
use crate::{Error, Home};

/// Kinds of what is kept in the vault.
const NAMED: &str = "named";
const PASSWORD: &str = "password";
const CODES: &str = "codes";
const SESSION: &str = "session";
const INVITATION: &str = "invitation";
const TOKEN: &str = "token";
/// Who has shown a password and not yet the code.
const HALF: &str = "half";
const UPLOAD: &str = "upload";
const ONCE: &str = "once";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A session that is not used ends.
const IDLE: i64 = 8 * HOUR;
/// And no session is longer.
const LONGEST: i64 = 3 * DAY;
/// By then an invitation must be accepted, or an account recovered.
const INVITED: i64 = 7 * DAY;
const RECOVERED: i64 = DAY;
/// Wrong passwords of one account from one place, of one account, and from one place.
const TRIES: [u32; 3] = [10, 100, 50];
/// A password takes 19 MiB and some milliseconds to check: no more of them at once.
static CHECKING: Semaphore = Semaphore::const_new(2);

/// What becomes of somebody who wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The token that the browser is to carry.
    Yes(String),
    /// The password is right; the code that changes is yet to be shown, together with this token.
    CodeNeeded(String),
    No,
    /// Too many were wrong; so many seconds later it can be tried again.
    Later(i64),
}

/// A session, as whoever owns it sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub login: String,
    pub since: i64,
    pub seen: i64,
    /// What the browser says that it is.
    pub agent: String,
}

/// What an app for codes is told, and the step of the code that was accepted last.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Codes {
    secret: Vec<u8>,
    /// None until the first code was shown.
    last: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Invitation {
    login: String,
    recovery: bool,
}

/// A token by which a program speaks for an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Issued {
    pub login: String,
    pub name: String,
    pub since: i64,
    pub until: i64,
    pub scope: Scope,
}

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

/// An account, as administrators see it.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub status: String,
    pub service: bool,
    pub links: BTreeMap<String, String>,
    pub codes: bool,
    pub sessions: usize,
    pub demonstration: bool,
}

/// An account to be made or changed.
#[derive(Clone, Debug, Default)]
pub struct Invited {
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    /// For what it speaks: fields of the register of accounts.
    pub links: Vec<(String, String)>,
    pub service: bool,
    pub demonstration: bool,
}

/// Who does something to an account: an administrator, or whoever has the machine.
pub type By<'a> = Option<&'a Who>;

/// Under which names failures are counted: of an account from one place, of an account, and from one
/// place. Spaces stand in no login, so that the three cannot meet.
fn counted(login: &str, place: &str) -> [String; 3] {
    let login: String = login.chars().take(64).collect();
    [format!("{login} {place}"), format!("{login} "), format!(" {place}")]
}

fn unix() -> i64 {
    now().as_second()
}

impl Home {
    pub(crate) async fn vault(&self) -> Result<&Vault, Error> {
        Ok(self.vault.get_or_try_init(|| Vault::open(self.folder())).await?)
    }

    pub(crate) async fn named_person(&self, login: &str) -> Result<Option<Named>, Error> {
        Ok(self.vault().await?.get(NAMED, login, unix()).await?)
    }

    /// Refuses what only administrators may do.
    async fn administers(&self, by: By<'_>, action: &str, login: &str) -> Result<Arc<str>, Error> {
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
        for (field, key) in &invited.links {
            body.insert(field.clone(), json!(key));
        }
        self.record_account(body, &actor, invited.demonstration).await?;
        let named = Named { name: invited.name.clone(), ..Named::default() };
        self.vault().await?.put(NAMED, &invited.login, &named, None).await?;
        self.event(&actor, "invite", &invited.login, "done", &[]).await?;
        self.invitation(&invited.login, false).await
    }

    async fn invitation(&self, login: &str, recovery: bool) -> Result<String, Error> {
        let token = token::token(&random()?);
        let until = unix() + if recovery { RECOVERED } else { INVITED };
        let invitation = Invitation { login: login.to_owned(), recovery };
        self.vault().await?.put(INVITATION, &token::kept(&token), &invitation, Some(until)).await?;
        Ok(token)
    }

    /// Lets the owner of an account set a new password. Ends its sessions; its codes stay unless they
    /// are forgotten too.
    pub async fn recover(
        &self,
        login: &str,
        forget_codes: bool,
        by: By<'_>,
    ) -> Result<String, Error> {
        let actor = self.administers(by, "recover", login).await?;
        self.known_account(login).await?;
        self.end_sessions_of(login).await?;
        if forget_codes {
            self.vault().await?.remove(CODES, login).await?;
        }
        self.event(&actor, "recover", login, "done", &[]).await?;
        self.invitation(login, true).await
    }

    async fn known_account(&self, login: &str) -> Result<(Body, bool), Error> {
        if let Some(found) = self.account(login).await? {
            return Ok(found);
        }
        let known = self.engine(None).await?.keys(access::ACCOUNT).await?;
        let found = format!("there is no account `{login}`");
        Err(Diagnostic::error(Place::default(), found)
            .suggest(login, known.iter().map(String::as_str))
            .into())
    }

    /// Gives an account other roles, or disables or enables it. Sessions of one that is disabled end.
    pub async fn change_account(
        &self,
        login: &str,
        roles: Option<Vec<String>>,
        enabled: Option<bool>,
        by: By<'_>,
    ) -> Result<(), Error> {
        let actor = self.administers(by, "administer", login).await?;
        let (mut body, demonstration) = self.known_account(login).await?;
        if let Some(roles) = roles {
            body.insert("roles".to_owned(), json!(roles));
        }
        if let Some(enabled) = enabled {
            let status = if enabled { "active" } else { "disabled" };
            body.insert("status".to_owned(), json!(status));
        }
        self.record_account(body, &actor, demonstration).await?;
        if enabled == Some(false) {
            self.end_sessions_of(login).await?;
            for (id, issued) in self.vault().await?.list::<Issued>(TOKEN, unix()).await? {
                if issued.login == login {
                    self.vault().await?.remove(TOKEN, &id).await?;
                }
            }
        }
        self.event(&actor, "administer", login, "done", &[]).await
    }

    async fn record_account(
        &self,
        body: Body,
        actor: &Arc<str>,
        demonstration: bool,
    ) -> Result<(), Error> {
        let actor = Some(Arc::clone(actor));
        let how = Writing { update: true, demonstration, actor, ..Writing::default() };
        self.write(&[access::ACCOUNT], how, |snapshot, circumstances| {
            let command = Command::Record {
                place: Place::default(),
                body: body.clone(),
                source: Arc::clone(&circumstances.actor),
                replaces: None,
                fields: None,
                demonstration,
            };
            Ok(decide(self.programme(), snapshot, access::ACCOUNT, [command], circumstances)?)
        })
        .await?;
        Ok(())
    }

    /// For whom an invitation is, and whether it recovers an account that was in use.
    pub async fn invited(&self, token: &str) -> Result<Option<(String, bool)>, Error> {
        let id = token::kept(token);
        let found: Option<Invitation> = self.vault().await?.get(INVITATION, &id, unix()).await?;
        Ok(found.map(|found| (found.login, found.recovery)))
    }

    /// Accepts an invitation, which then is no more: sets the password and the name.
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: &str,
        chosen: &str,
    ) -> Result<String, Error> {
        let vault = self.vault().await?;
        let gone = || Error::wrong("an invitation that was used or is too old");
        let (login, recovery) = self.invited(token).await?.ok_or_else(gone)?;
        check_password(chosen, &login)?;
        let taken: Option<Invitation> = vault.take(INVITATION, &token::kept(token), unix()).await?;
        taken.ok_or_else(gone)?;
        self.set_password(&login, chosen).await?;
        let mut named = self.named_person(&login).await?.unwrap_or_default();
        if !name.trim().is_empty() {
            named.name = name.trim().chars().take(100).collect();
        }
        vault.put(NAMED, &login, &named, None).await?;
        let (mut body, demonstration) = self.known_account(&login).await?;
        if !recovery {
            body.insert("status".to_owned(), json!("active"));
            self.record_account(body, &login.as_str().into(), demonstration).await?;
        }
        Ok(login)
    }

    pub(crate) async fn set_password(&self, login: &str, chosen: &str) -> Result<(), Error> {
        let (salt, chosen) = (random()?, chosen.to_owned());
        // Nobody closes it.
        let _turn = CHECKING.acquire().await;
        let hash = tokio::task::spawn_blocking(move || password::hash(&chosen, &salt)).await;
        let hash = hash.ok().flatten().ok_or_else(|| Error::wrong("no hash of the password"))?;
        Ok(self.vault().await?.put(PASSWORD, login, &hash, None).await?)
    }

    /// Changes a password by who knows the old one. All other sessions end.
    pub async fn change_password(
        &self,
        who: &Who,
        old: &str,
        chosen: &str,
        session: &str,
    ) -> Result<(), Error> {
        if !self.knows_password(&who.login, old).await? {
            self.refused(&who.login, "sign_in", "password", &[]).await?;
            return Err(Diagnostic::error(Place::default().field("old"), "a wrong password")
                .expected("the password that you have now")
                .into());
        }
        check_password(chosen, &who.login)?;
        self.set_password(&who.login, chosen).await?;
        let kept = token::kept(session);
        for (id, _) in self.sessions(&who.login).await? {
            if id != kept {
                self.vault().await?.remove(SESSION, &id).await?;
            }
        }
        Ok(())
    }

    async fn knows_password(&self, login: &str, tried: &str) -> Result<bool, Error> {
        if tried.len() > password::LONGEST {
            return Ok(false);
        }
        let kept: Option<String> = self.vault().await?.get(PASSWORD, login, unix()).await?;
        let tried = tried.to_owned();
        // Nobody closes it.
        let _turn = CHECKING.acquire().await;
        let right =
            tokio::task::spawn_blocking(move || password::is_right(&tried, kept.as_deref())).await;
        Ok(right.unwrap_or(false))
    }

    /// Lets somebody in who knows the password; where the account asks for a code, the code is asked for
    /// next. `place` is where it is tried from.
    pub async fn sign_in(
        &self,
        login: &str,
        tried: &str,
        place: &str,
        agent: &str,
    ) -> Result<SignedIn, Error> {
        let now = unix();
        if let Some(wait) = self.waits(login, place, now) {
            return Ok(SignedIn::Later(wait));
        }
        let right = self.knows_password(login, tried).await?;
        let who = if right { self.who(login).await? } else { None };
        if who.is_none() {
            self.failed(login, place, now).await?;
            return Ok(SignedIn::No);
        }
        if self.has_codes(login).await? {
            let token = token::token(&random()?);
            let until = Some(now + 10 * MINUTE);
            self.vault().await?.put(HALF, &token::kept(&token), &login, until).await?;
            return Ok(SignedIn::CodeNeeded(token));
        }
        self.tries.succeeded(&counted(login, place)[0]);
        Ok(SignedIn::Yes(self.begin_session(login, agent).await?))
    }

    /// Lets somebody in who has shown the password and now shows a code.
    pub async fn sign_in_with_code(
        &self,
        half: &str,
        code: &str,
        place: &str,
        agent: &str,
    ) -> Result<SignedIn, Error> {
        let (vault, now, id) = (self.vault().await?, unix(), token::kept(half));
        let Some(login) = vault.get::<String>(HALF, &id, now).await? else {
            return Ok(SignedIn::No);
        };
        if let Some(wait) = self.waits(&login, place, now) {
            return Ok(SignedIn::Later(wait));
        }
        if self.who(&login).await?.is_none() || !self.shows_code(&login, code).await? {
            self.failed(&login, place, now).await?;
            return Ok(SignedIn::CodeNeeded(half.to_owned()));
        }
        vault.remove(HALF, &id).await?;
        self.tries.succeeded(&counted(&login, place)[0]);
        Ok(SignedIn::Yes(self.begin_session(&login, agent).await?))
    }

    /// How long somebody must wait who failed too often.
    fn waits(&self, login: &str, place: &str, now: i64) -> Option<i64> {
        let names = counted(login, place);
        let waits = names.iter().zip(TRIES);
        waits.filter_map(|(name, most)| self.tries.wait(name, most, now)).max()
    }

    async fn failed(&self, login: &str, place: &str, now: i64) -> Result<(), Error> {
        let failed = counted(login, place).map(|name| self.tries.failed(&name, now));
        // An entry once they are many, not for each slip of a finger.
        if failed[0] == TRIES[0] || failed[1] == TRIES[1] {
            let known = self.account(login).await?.is_some();
            let login = if known { login } else { "unknown" };
            self.refused(login, "sign_in", "password", &[]).await?;
        }
        Ok(())
    }

    async fn begin_session(&self, login: &str, agent: &str) -> Result<String, Error> {
        let token = token::token(&random()?);
        let now = unix();
        let agent = agent.chars().filter(|sign| !sign.is_control()).take(200).collect();
        let session = Session { login: login.to_owned(), since: now, seen: now, agent };
        let vault = self.vault().await?;
        vault.sweep(now).await?;
        vault.put(SESSION, &token::kept(&token), &session, Some(now + IDLE)).await?;
        Ok(token)
    }

    /// Whose session it is, if it has not ended.
    pub async fn session(&self, token: &str) -> Result<Option<Arc<Who>>, Error> {
        let (vault, now, id) = (self.vault().await?, unix(), token::kept(token));
        let Some(mut session) = vault.get::<Session>(SESSION, &id, now).await? else {
            return Ok(None);
        };
        if now - session.since > LONGEST {
            vault.remove(SESSION, &id).await?;
            return Ok(None);
        }
        if now - session.seen >= MINUTE {
            session.seen = now;
            vault.put(SESSION, &id, &session, Some(now + IDLE)).await?;
        }
        self.who(&session.login).await
    }

    /// The sessions of an account, each with the name by which it can be ended.
    pub async fn sessions(&self, login: &str) -> Result<Vec<(String, Session)>, Error> {
        let all = self.vault().await?.list::<Session>(SESSION, unix()).await?;
        let mut own: Vec<_> =
            all.into_iter().filter(|(_, session)| session.login == login).collect();
        own.sort_by_key(|(_, session)| std::cmp::Reverse(session.seen));
        Ok(own)
    }

    /// Ends a session of somebody's own.
    pub async fn end_session(&self, who: &Who, id: &str) -> Result<bool, Error> {
        let own = self.sessions(&who.login).await?.iter().any(|(own, _)| own == id);
        Ok(own && self.vault().await?.remove(SESSION, id).await?)
    }

    /// Ends the session that a browser carries.
    pub async fn sign_out(&self, token: &str) -> Result<(), Error> {
        self.vault().await?.remove(SESSION, &token::kept(token)).await?;
        Ok(())
    }

    /// The name by which the session that a browser carries can be ended.
    pub fn session_name(token: &str) -> String {
        token::kept(token)
    }

    /// A text that the forms of a session carry, so that no other site can send them.
    pub fn form_token(session: &str) -> String {
        token::derived(session, "form")
    }

    /// Whether a form was made for this session.
    pub fn is_form_token(session: &str, sent: &str) -> bool {
        token::same(&Self::form_token(session), sent)
    }

    /// Ends all sessions of an account.
    pub async fn end_sessions(&self, login: &str, by: By<'_>) -> Result<usize, Error> {
        let actor = self.administers(by, "end_sessions", login).await?;
        self.known_account(login).await?;
        let ended = self.end_sessions_of(login).await?;
        self.event(&actor, "end_sessions", login, "done", &[]).await?;
        Ok(ended)
    }

    async fn end_sessions_of(&self, login: &str) -> Result<usize, Error> {
        let own = self.sessions(login).await?;
        for (id, _) in &own {
            self.vault().await?.remove(SESSION, id).await?;
        }
        Ok(own.len())
    }

    /// Begins to ask an account for codes: the secret as people type it, and the address for an app. They
    /// are asked for once one was shown.
    pub async fn begin_codes(&self, who: &Who, issuer: &str) -> Result<(String, String), Error> {
        let secret: [u8; code::BYTES] = random()?;
        let codes = Codes { secret: secret.to_vec(), last: None };
        let kept: Option<Codes> = self.vault().await?.get(CODES, &who.login, unix()).await?;
        if kept.is_some_and(|kept| kept.last.is_some()) {
            return Err(Error::wrong("codes, which this account is asked for already"));
        }
        self.vault().await?.put(CODES, &who.login, &codes, Some(unix() + HOUR)).await?;
        code::enrolment(&secret, &who.login, issuer)
            .ok_or_else(|| Error::wrong("no secret for codes"))
    }

    /// Whether an account is asked for codes.
    pub async fn has_codes(&self, login: &str) -> Result<bool, Error> {
        let codes: Option<Codes> = self.vault().await?.get(CODES, login, unix()).await?;
        Ok(codes.is_some_and(|codes| codes.last.is_some()))
    }

    /// Whether a code is right; it is then used up.
    pub async fn shows_code(&self, login: &str, code: &str) -> Result<bool, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let Some(mut codes) = vault.get::<Codes>(CODES, login, now).await? else {
            return Ok(false);
        };
        let step = code::accepted(&codes.secret, code, now.unsigned_abs(), codes.last);
        let Some(step) = step else { return Ok(false) };
        // Of two who show the same code at once, one is let in.
        let used = format!("{login} {step}");
        if !vault.put_new("code used", &used, &(), Some(now + 5 * MINUTE)).await? {
            return Ok(false);
        }
        codes.last = Some(step);
        vault.put(CODES, login, &codes, None).await?;
        Ok(true)
    }

    /// Asks an account for codes no more, by who shows one.
    pub async fn end_codes(&self, who: &Who, code: &str) -> Result<bool, Error> {
        let shown = self.shows_code(&who.login, code).await?;
        Ok(shown && self.vault().await?.remove(CODES, &who.login).await?)
    }

    /// Issues a token by which a program speaks for an account, and for nothing beyond `scope`.
    pub async fn issue_token(
        &self,
        login: &str,
        name: &str,
        scope: Scope,
        days: i64,
        by: By<'_>,
    ) -> Result<String, Error> {
        let actor = match by {
            // For oneself one needs no administrator.
            Some(who) if who.login == login && who.scope.is_none() => who.login.as_str().into(),
            by => self.administers(by, "issue_token", login).await?,
        };
        self.known_account(login).await?;
        let mut problems = Diagnostics::default();
        for act in scope.acts.iter().filter(|act| !Act::NAMES.contains(&act.as_str())) {
            let problem = Diagnostic::error(Place::default(), format!("the action `{act}`"));
            problems.push(problem.expected(Act::NAMES.join(", ")).suggest(act, Act::NAMES));
        }
        for register in &scope.registers {
            problems.extend(self.programme().register(register).err());
        }
        if scope.acts.is_empty() {
            let problem = Diagnostic::error(Place::default(), "a token for nothing");
            problems.push(problem.expected(format!("one of {}", Act::NAMES.join(", "))));
        }
        if !(1..=366).contains(&days) {
            let problem = Diagnostic::error(Place::default(), format!("{days} days"));
            problems.push(problem.expected("1 to 366 days"));
        }
        problems.unless_errors(())?;
        let token = format!("chy_{}", token::token(&random()?));
        let (since, name) = (unix(), name.chars().take(100).collect());
        let until = since + days * DAY;
        let issued = Issued { login: login.to_owned(), name, since, until, scope };
        self.vault().await?.put(TOKEN, &token::kept(&token), &issued, Some(until)).await?;
        self.event(&actor, "issue_token", login, "done", &[]).await?;
        Ok(token)
    }

    /// The tokens of an account, each with the name by which it can be ended.
    pub async fn tokens(&self, login: &str) -> Result<Vec<(String, Issued)>, Error> {
        let all = self.vault().await?.list::<Issued>(TOKEN, unix()).await?;
        Ok(all.into_iter().filter(|(_, issued)| issued.login == login).collect())
    }

    /// Ends a token of somebody's own.
    pub async fn end_token(&self, who: &Who, id: &str) -> Result<bool, Error> {
        let own = self.tokens(&who.login).await?.iter().any(|(own, _)| own == id);
        if own {
            self.event(&who.login, "end_token", &who.login, "done", &[]).await?;
        }
        Ok(own && self.vault().await?.remove(TOKEN, id).await?)
    }

    /// For whom a program speaks that shows a token.
    pub async fn speaks(&self, token: &str) -> Result<Option<Arc<Who>>, Error> {
        let id = token::kept(token);
        let issued: Option<Issued> = self.vault().await?.get(TOKEN, &id, unix()).await?;
        let Some(issued) = issued else { return Ok(None) };
        let Some(who) = self.who(&issued.login).await? else { return Ok(None) };
        let mut who = Who::clone(&who);
        who.limit(issued.scope, self.programme());
        Ok(Some(Arc::new(who)))
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
            accounts.push(Account {
                name: self.named_person(&found.key).await?.unwrap_or_default().name,
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

    /// Keeps a file that somebody sent until it is clear what becomes of it; the name under which it is
    /// found again.
    pub async fn keep_upload(&self, who: &Who, name: &str, bytes: &[u8]) -> Result<String, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let folder = self.folder().join("uploads");
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let kept: Vec<String> =
            vault.list::<Value>(UPLOAD, now).await?.into_iter().map(|(id, _)| id).collect();
        for old in folder.read_dir().map_err(Error::io(&folder))?.flatten() {
            if !kept.iter().any(|id| *id == *old.file_name().to_string_lossy()) {
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
        std::fs::create_dir(&own).map_err(Error::io(&own))?;
        std::fs::write(own.join(&plain), bytes).map_err(Error::io(&own))?;
        vault.put(UPLOAD, &id, &json!([who.login, plain]), Some(now + HOUR)).await?;
        Ok(id)
    }

    /// A file that somebody sent before.
    pub async fn upload(&self, who: &Who, id: &str) -> Result<PathBuf, Error> {
        let kept: Option<(String, String)> = self.vault().await?.get(UPLOAD, id, unix()).await?;
        match kept {
            Some((login, name)) if login == who.login => {
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
        if vault.put_new(ONCE, &id, &(&digest, Value::Null), Some(now + MINUTE)).await? {
            return Ok(Once::First(Begun { id, digest }));
        }
        match vault.get::<(String, Value)>(ONCE, &id, now).await? {
            None => {
                vault.put(ONCE, &id, &(&digest, Value::Null), Some(now + MINUTE)).await?;
                Ok(Once::First(Begun { id, digest }))
            }
            Some((known, _)) if known != digest => Ok(Once::Other),
            Some((_, Value::Null)) => Ok(Once::Running),
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

    /// Forgets what a person is called and how to reach them; the login stays in the journal.
    pub async fn forget(&self, login: &str, by: By<'_>) -> Result<(), Error> {
        self.change_account(login, None, Some(false), by).await?;
        for kind in [NAMED, PASSWORD, CODES] {
            self.vault().await?.remove(kind, login).await?;
        }
        Ok(())
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

/// Refuses a password that is too weak, and says how to find one that is not.
fn check_password(chosen: &str, login: &str) -> Result<(), Error> {
    let found = match password::weakness(chosen, login) {
        None => return Ok(()),
        Some(password::Weakness::Short) => "a password that is too short",
        Some(password::Weakness::Long) => "a password that is too long",
        Some(password::Weakness::Guessable) => "a password that is tried first by everybody",
    };
    let expected = format!("at least {} characters", password::SHORTEST);
    Err(Diagnostic::error(Place::default().field("password"), found)
        .expected(expected)
        .hint("four words that have nothing to do with each other are easy to remember")
        .into())
}

impl Who {
    /// Limits what is done to what a token is for.
    fn limit(&mut self, scope: Scope, programme: &chancery_model::Programme) {
        let public = chancery_model::Visibility::Public;
        let names: BTreeSet<&String> = programme.registers.keys().collect();
        for name in names {
            let covered = scope.acts.contains("see")
                && (scope.registers.is_empty() || scope.registers.contains(name));
            if !covered {
                self.sees.set(name, public, vec![]);
            }
        }
        self.scope = Some(scope);
    }
}
