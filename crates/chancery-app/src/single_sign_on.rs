//! Accounts whose owners show who they are at another system of the office.

use std::future::Future;
use std::io;

use chancery_access::single_sign_on::{Gone, Identity, Provider, Refused};
/// What is asked of a provider, and what it answers.
pub use chancery_access::single_sign_on::{Request, Response};
use chancery_access::token;
use chancery_model::{Diagnostic, Place};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keeping::{GONE, IDENTITY, MINUTE, NAMED};
use crate::people::Who;
use crate::sessions::SignedIn;
use crate::surroundings::unix;
use crate::{Error, Home};

/// By then somebody must be back.
const PATIENCE: i64 = 15 * MINUTE;

/// The system that says who somebody is, and how the people it knows find their account.
#[derive(Clone, Debug)]
pub struct SingleSignOn {
    pub provider: Provider,
    /// What people call it.
    pub name: String,
    /// What the provider says that is the login of an account here: then an account needs no invitation to
    /// be connected. Nothing where accounts are connected by their owners.
    pub login: Option<LoginClaim>,
}

/// What a provider says of somebody that may be a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginClaim {
    PreferredUsername,
    /// What stands before the sign @, where this stands after it.
    Email(String),
}

/// Why somebody is sent to the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    SignIn,
    /// To accept an invitation, by what is kept of its token.
    Join(String),
    /// To connect the account that is signed in.
    Connect(String),
}

impl Purpose {
    /// To accept the invitation that a token shows.
    pub fn join(token: &str) -> Self {
        Self::Join(token::kept(token))
    }
}

/// What is kept of somebody who was sent away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    gone: Gone,
    /// What only the browser that was sent away carries.
    browser: String,
    pub purpose: Purpose,
    /// The page to which they want back.
    pub back: String,
}

/// What became of somebody who comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameBack {
    In(SignedIn),
    /// The account is connected from now on.
    Connected,
    /// No account is connected with who they are there.
    Unknown,
    /// The identity is connected with another account.
    Taken,
}

fn identity(provider: &Provider, subject: &str) -> String {
    token::derived(subject, &provider.issuer)
}

fn failed(provider: &Provider) -> impl Fn(Refused) -> Error {
    |Refused(why)| Error::io(&provider.issuer)(io::Error::other(why))
}

impl Home {
    /// Sends somebody to the provider: the address, and what the browser is to carry meanwhile.
    pub async fn send_away<A, F>(
        &self,
        own: &SingleSignOn,
        purpose: Purpose,
        back: &str,
        browser: &str,
        ask: &A,
    ) -> Result<String, Error>
    where
        A: Fn(Request) -> F + Sync,
        F: Future<Output = io::Result<Response>> + Send,
    {
        let (address, state, gone) =
            own.provider.begin(ask).await.map_err(failed(&own.provider))?;
        let sent = Sent { gone, browser: token::kept(browser), purpose, back: back.to_owned() };
        let (vault, now) = (self.vault().await?, unix());
        vault.sweep(now).await?;
        vault.put(GONE, &token::kept(&state), &sent, Some(now + PATIENCE)).await?;
        Ok(address)
    }

    /// What was kept of somebody who comes back with a state, in the browser that was sent away. It is then
    /// no more.
    pub async fn sent_away(&self, state: &str, browser: &str) -> Result<Option<Sent>, Error> {
        let sent: Option<Sent> =
            self.vault().await?.take(GONE, &token::kept(state), unix()).await?;
        Ok(sent.filter(|sent| token::same(&sent.browser, &token::kept(browser))))
    }

    /// Lets in or connects somebody who comes back with a code.
    pub async fn come_back<A, F>(
        &self,
        own: &SingleSignOn,
        (sent, code): (Sent, &str),
        (place, agent, session): (&str, &str, Option<&str>),
        ask: &A,
    ) -> Result<CameBack, Error>
    where
        A: Fn(Request) -> F + Sync,
        F: Future<Output = io::Result<Response>> + Send,
    {
        let shown = own.provider.finish(code, sent.gone, ask).await;
        let shown = shown.map_err(failed(&own.provider))?;
        let (vault, now) = (self.vault().await?, unix());
        let id = identity(&own.provider, &shown.subject);
        let known: Option<String> = vault.get(IDENTITY, &id, now).await?;
        match sent.purpose {
            Purpose::Connect(login) => {
                // Who was signed out meanwhile connects nothing.
                let own = match session {
                    Some(session) => self.session(session).await?,
                    None => None,
                };
                match known {
                    _ if own.is_none_or(|own| own.login != login) => Ok(CameBack::Unknown),
                    Some(known) if known == login => Ok(CameBack::Connected),
                    None if !self.is_connected(&login).await? => {
                        self.connect(&id, &login).await?;
                        Ok(CameBack::Connected)
                    }
                    _ => Ok(CameBack::Taken),
                }
            }
            Purpose::Join(_) if known.is_some() => Ok(CameBack::Taken),
            Purpose::Join(invitation) => {
                // A letter that recovers an account is no way around its codes.
                let invited = self.held_invitation(&invitation).await?.map(|found| found.recovery);
                if invited.unwrap_or(true) {
                    return Ok(CameBack::Unknown);
                }
                let login = self.accept_identity(&invitation, &shown).await?;
                self.connect(&id, &login).await?;
                Ok(CameBack::In(self.let_in(&login, place, agent).await?))
            }
            Purpose::SignIn => {
                let login = match known {
                    Some(login) => login,
                    None => match self.claimed(own, &shown).await? {
                        Some(login) => {
                            self.connect(&id, &login).await?;
                            login
                        }
                        None => return Ok(CameBack::Unknown),
                    },
                };
                if self.who(&login).await?.is_none() {
                    self.refused(&login, "sign_in", "single_sign_on", &[]).await?;
                    return Ok(CameBack::In(SignedIn::No));
                }
                Ok(CameBack::In(self.let_in(&login, place, agent).await?))
            }
        }
    }

    /// The account that the provider names, if it may be used and nobody else is connected with it.
    async fn claimed(&self, own: &SingleSignOn, shown: &Identity) -> Result<Option<String>, Error> {
        let said = match &own.login {
            None => return Ok(None),
            Some(LoginClaim::PreferredUsername) => shown.username.clone(),
            Some(LoginClaim::Email(domain)) => {
                let email = shown.email.as_deref().and_then(|email| email.rsplit_once('@'));
                let ours = email.filter(|(_, after)| after.eq_ignore_ascii_case(domain));
                ours.map(|(login, _)| login.to_owned())
            }
        };
        let Some(login) = said.map(|said| said.to_lowercase()) else { return Ok(None) };
        let Some((body, _)) = self.account(&login).await? else { return Ok(None) };
        let program = body.get("service").and_then(Value::as_bool) == Some(true);
        if program || self.is_connected(&login).await? {
            return Ok(None);
        }
        match body.get("status").and_then(Value::as_str) {
            Some("invited") => self.joined(&login).await?,
            // Who has a way in connects the account from inside: nobody takes it over by what they are
            // called elsewhere.
            Some("active") if !self.has_a_way_in(&login).await? => {}
            _ => return Ok(None),
        }
        Ok(Some(login))
    }

    async fn has_a_way_in(&self, login: &str) -> Result<bool, Error> {
        Ok(self.has_password(login).await?
            || self.has_codes(login).await?
            || !self.passkeys(login).await?.is_empty())
    }

    async fn connect(&self, id: &str, login: &str) -> Result<(), Error> {
        if !self.vault().await?.put_new(IDENTITY, id, &login, None).await? {
            return Err(
                Diagnostic::error(Place::default(), "an identity that has an account").into()
            );
        }
        self.event(login, "connect", login, "done", &[]).await
    }

    /// Accepts an invitation for somebody whom the provider knows: no password is set.
    async fn accept_identity(&self, invitation: &str, shown: &Identity) -> Result<String, Error> {
        let login = self.take_invitation(invitation).await?;
        let mut named = self.named_person(&login).await?.unwrap_or_default();
        if let (true, Some(name)) = (named.name.is_empty(), &shown.name) {
            named.name = name.trim().chars().take(100).collect();
        }
        if let (None, Some(email)) = (&named.email, &shown.email) {
            named.email = Some(email.clone());
        }
        self.vault().await?.put(NAMED, &login, &named, None).await?;
        self.joined(&login).await?;
        Ok(login)
    }

    /// Whether an account is connected with an identity elsewhere.
    pub async fn is_connected(&self, login: &str) -> Result<bool, Error> {
        let all = self.vault().await?.list::<String>(IDENTITY, unix()).await?;
        Ok(all.iter().any(|(_, own)| own == login))
    }

    /// Ends what connects somebody's own account, if there is another way in.
    pub async fn disconnect(&self, who: &Who) -> Result<(), Error> {
        let password = self.has_password(&who.login).await?;
        if !password && self.passkeys(&who.login).await?.is_empty() {
            return Err(Diagnostic::error(Place::default(), "the only way in")
                .expected("a password or a passkey besides")
                .hint("make a passkey first, or ask an administrator for a new password")
                .into());
        }
        self.disconnect_all(&who.login).await?;
        self.event(&who.login, "disconnect", &who.login, "done", &[]).await
    }

    /// Forgets that somebody was sent away to connect an account.
    pub(crate) async fn call_back(&self, login: &str) -> Result<(), Error> {
        let vault = self.vault().await?;
        let connects = Purpose::Connect(login.to_owned());
        for (id, sent) in vault.list::<Sent>(GONE, unix()).await? {
            if sent.purpose == connects {
                vault.remove(GONE, &id).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn disconnect_all(&self, login: &str) -> Result<(), Error> {
        let vault = self.vault().await?;
        for (id, own) in vault.list::<String>(IDENTITY, unix()).await? {
            if own == login {
                vault.remove(IDENTITY, &id).await?;
            }
        }
        Ok(())
    }
}
