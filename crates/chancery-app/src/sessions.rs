//! How people and programs show for whom they speak: passwords, codes, sessions, tokens.

use std::collections::BTreeSet;
use std::sync::Arc;

use chancery_access::code::Enrolment;
use chancery_access::{Act, code, password, token};
use chancery_model::{Diagnostic, Diagnostics, Place};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::accounts::By;
use crate::keeping::{CODES, DAY, HALF, HOUR, MINUTE, PASSWORD, PLACE, SESSION, TOKEN, USED};
use crate::people::{Scope, Who};
use crate::surroundings::{random, unix};
use crate::{Error, Home};

/// A session that is not used ends.
const IDLE: i64 = 8 * HOUR;
/// And no session is longer.
const LONGEST: i64 = 3 * DAY;
/// One that is younger may open other ways into its account.
const FRESH: i64 = 15 * MINUTE;
/// Wrong passwords of one account from one place, of one account, and from one place.
const TRIES: [u32; 3] = [10, 100, 50];
/// So many codes are written on paper.
const PAPER: usize = 8;
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
    /// What is kept of codes on paper, each for once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    paper: Vec<String>,
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

/// Under which names failures are counted and how many are let pass: of an account from one place, of an
/// account, and from one place. Spaces stand in no login, so that the three cannot meet.
fn counted(login: &str, place: &str, known: bool) -> [(String, u32); 3] {
    let login: String = login.chars().take(64).collect();
    let [own, account, from] = TRIES;
    let account = if known { u32::MAX } else { account };
    [(format!("{login} {place}"), own), (format!("{login} "), account), (format!(" {place}"), from)]
}

impl Home {
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
        self.tries_own(who)?;
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

    pub(crate) async fn has_password(&self, login: &str) -> Result<bool, Error> {
        let kept: Option<String> = self.vault().await?.get(PASSWORD, login, unix()).await?;
        Ok(kept.is_some())
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
        let known = self.known_place(login, place).await?;
        // Counted before it is looked at, so that a thousand at once are no way around it.
        if let Some(wait) = self.tries.begin(&counted(login, place, known), now) {
            return Ok(SignedIn::Later(wait));
        }
        let right = self.knows_password(login, tried).await?;
        let who = if right { self.who(login).await? } else { None };
        if who.is_none() {
            self.noted_failure(login, place).await?;
            return Ok(SignedIn::No);
        }
        if self.has_codes(login).await? {
            let token = token::token(&random()?);
            let until = Some(now + 10 * MINUTE);
            self.vault().await?.put(HALF, &token::kept(&token), &login, until).await?;
            self.tries.give_back(&counted(login, place, known));
            return Ok(SignedIn::CodeNeeded(token));
        }
        self.tries.give_back(&counted(login, place, known));
        self.let_in(login, place, agent).await
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
        let known = self.known_place(&login, place).await?;
        if let Some(wait) = self.tries.begin(&counted(&login, place, known), now) {
            return Ok(SignedIn::Later(wait));
        }
        if self.who(&login).await?.is_none() || !self.shows_code(&login, code).await? {
            self.noted_failure(&login, place).await?;
            return Ok(SignedIn::CodeNeeded(half.to_owned()));
        }
        vault.remove(HALF, &id).await?;
        self.tries.give_back(&counted(&login, place, known));
        self.let_in(&login, place, agent).await
    }

    /// Lets somebody in who has shown who they are.
    pub(crate) async fn let_in(
        &self,
        login: &str,
        place: &str,
        agent: &str,
    ) -> Result<SignedIn, Error> {
        let [(from_here, _), ..] = counted(login, place, false);
        self.tries.succeeded(&from_here);
        let until = Some(unix() + 90 * DAY);
        self.vault().await?.put(PLACE, &token::kept(&from_here), &(), until).await?;
        Ok(SignedIn::Yes(self.begin_session(login, agent).await?))
    }

    /// Whether somebody signed in from this place before: then others who fail elsewhere keep nobody out.
    async fn known_place(&self, login: &str, place: &str) -> Result<bool, Error> {
        let id = token::kept(&counted(login, place, false)[0].0);
        Ok(self.vault().await?.get::<()>(PLACE, &id, unix()).await?.is_some())
    }

    /// An entry once failures are many, not for each slip of a finger.
    async fn noted_failure(&self, login: &str, place: &str) -> Result<(), Error> {
        let counted = counted(login, place, false);
        let reached = |(name, most): &(String, u32)| self.tries.count(name) == *most;
        if counted[..2].iter().any(reached) {
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

    /// Whether a session began so short a while ago that it may open other ways in: whoever finds a browser
    /// open may not.
    pub async fn is_fresh(&self, token: &str) -> Result<bool, Error> {
        let now = unix();
        let kept: Option<Session> =
            self.vault().await?.get(SESSION, &token::kept(token), now).await?;
        Ok(kept.is_some_and(|session| now - session.since < FRESH))
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

    pub(crate) async fn end_sessions_of(&self, login: &str) -> Result<usize, Error> {
        let own = self.sessions(login).await?;
        for (id, _) in &own {
            self.vault().await?.remove(SESSION, id).await?;
        }
        Ok(own.len())
    }

    /// Begins to ask an account for codes: what an app is told. They are asked for once one was shown.
    pub async fn begin_codes(&self, who: &Who, issuer: &str) -> Result<Enrolment, Error> {
        let kept: Option<Codes> = self.vault().await?.get(CODES, &who.login, unix()).await?;
        if kept.as_ref().is_some_and(|kept| kept.last.is_some()) {
            return Err(Error::wrong("codes, which this account is asked for already"));
        }
        // What was begun goes on: an app has the secret already.
        let begun = kept.and_then(|kept| <[u8; code::BYTES]>::try_from(kept.secret).ok());
        let secret = match begun {
            Some(secret) => secret,
            None => random()?,
        };
        let codes = Codes { secret: secret.to_vec(), last: None, paper: vec![] };
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
    async fn shows_code(&self, login: &str, code: &str) -> Result<bool, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let Some(mut codes) = vault.get::<Codes>(CODES, login, now).await? else {
            return Ok(false);
        };
        let paper = token::kept(&plain_code(code));
        if let Some(found) = codes.paper.iter().position(|own| *own == paper) {
            // Of two who show the same, one is let in.
            if !vault.put_new(USED, &format!("{login} {paper}"), &(), None).await? {
                return Ok(false);
            }
            codes.paper.remove(found);
            return Ok(vault.replace(CODES, login, &codes).await?);
        }
        let step = code::accepted(&codes.secret, code, now.unsigned_abs(), codes.last);
        let Some(step) = step else { return Ok(false) };
        // Of two who show the same code at once, one is let in.
        let used = format!("{login} {step}");
        if !vault.put_new(USED, &used, &(), Some(now + 5 * MINUTE)).await? {
            return Ok(false);
        }
        codes.last = Some(step);
        Ok(vault.replace(CODES, login, &codes).await?)
    }

    /// Whoever has got hold of a session cannot try all codes or passwords with it.
    pub(crate) fn tries_own(&self, who: &Who) -> Result<(), Error> {
        let counted = [(format!("{} own", who.login), TRIES[0])];
        match self.tries.begin(&counted, unix()) {
            None => Ok(()),
            Some(_) => Err(Diagnostic::error(Place::default(), "too many attempts")
                .hint("wait a quarter of an hour")
                .into()),
        }
    }

    /// Shows the first code, from which on the account is asked for one: codes for paper, for when the
    /// device with the app is lost. None where the code is wrong.
    pub async fn confirm_codes(&self, who: &Who, code: &str) -> Result<Option<Vec<String>>, Error> {
        self.tries_own(who)?;
        if !self.shows_code(&who.login, code).await? {
            return Ok(None);
        }
        let mut paper = Vec::new();
        for _ in 0..PAPER {
            paper.push(code::for_paper(&random()?));
        }
        let vault = self.vault().await?;
        if let Some(mut codes) = vault.get::<Codes>(CODES, &who.login, unix()).await? {
            codes.paper = paper.iter().map(|code| token::kept(&plain_code(code))).collect();
            vault.put(CODES, &who.login, &codes, None).await?;
        }
        Ok(Some(paper))
    }

    /// How many codes on paper an account has left.
    pub async fn paper_codes(&self, login: &str) -> Result<usize, Error> {
        let codes: Option<Codes> = self.vault().await?.get(CODES, login, unix()).await?;
        Ok(codes.map_or(0, |codes| codes.paper.len()))
    }

    /// Asks an account for codes no more, by who shows one.
    pub async fn end_codes(&self, who: &Who, code: &str) -> Result<bool, Error> {
        self.tries_own(who)?;
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

/// A code on paper without what makes it easy to read.
fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// Refuses a password that is too weak, and says how to find one that is not.
pub(crate) fn check_password(chosen: &str, login: &str) -> Result<(), Error> {
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
