//! Passkeys of accounts: made by who is signed in, asked for in the place of password and code.

use chancery_access::passkey::{Asking, Making, Passkey, Passkeys, named};
use chancery_access::token;
use chancery_model::{Diagnostic, Place};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keeping::{ASKING, DAY, MAKING, MINUTE, PASSKEY};
use crate::people::Who;
use crate::sessions::SignedIn;
use crate::surroundings::{random, unix};
use crate::{Error, Home};

/// By then a device must have answered.
const PATIENCE: i64 = 5 * MINUTE;
/// Nobody has more devices.
const MOST: usize = 20;

/// A passkey as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    login: String,
    name: String,
    since: i64,
    used: Option<i64>,
    passkey: Passkey,
}

/// A passkey, as whoever owns it sees it.
#[derive(Clone, Debug)]
pub struct Device {
    /// The name by which it can be ended.
    pub id: String,
    pub name: String,
    pub since: i64,
    pub used: Option<i64>,
}

/// Whether devices make passkeys for an address.
pub fn passkeys_work(address: &str) -> bool {
    Passkeys::of(address).is_some()
}

fn passkeys(address: &str) -> Result<Passkeys, Error> {
    Passkeys::of(address).ok_or_else(|| {
        Diagnostic::error(Place::default(), format!("the address `{address}`"))
            .expected("one with a name, for which devices make passkeys")
            .into()
    })
}

impl Home {
    async fn kept_passkeys(&self, login: &str) -> Result<Vec<(String, Kept)>, Error> {
        let all = self.vault().await?.list::<Kept>(PASSKEY, unix()).await?;
        Ok(all.into_iter().filter(|(_, kept)| kept.login == login).collect())
    }

    /// The passkeys of an account.
    pub async fn passkeys(&self, login: &str) -> Result<Vec<Device>, Error> {
        let own = self.kept_passkeys(login).await?;
        let device = |(id, Kept { name, since, used, .. })| Device { id, name, since, used };
        Ok(own.into_iter().map(device).collect())
    }

    /// Begins to make a passkey for an account, at the address under which its browser knows the portal:
    /// what the browser is told.
    pub async fn begin_passkey(&self, who: &Who, address: &str) -> Result<Value, Error> {
        let own = self.kept_passkeys(&who.login).await?;
        if own.len() >= MOST {
            return Err(Error::wrong(format!("{MOST} passkeys; end one before you make another")));
        }
        let had: Vec<Passkey> = own.into_iter().map(|(_, kept)| kept.passkey).collect();
        let begun = passkeys(address)?.begin(&who.login, &who.name, &had);
        let (asked, making) = begun.ok_or_else(|| Error::wrong("no passkey can be made here"))?;
        let until = Some(unix() + PATIENCE);
        self.vault().await?.put(MAKING, &who.login, &making, until).await?;
        Ok(asked)
    }

    /// Keeps the passkey that a device made; whether it could be read.
    pub async fn keep_passkey(
        &self,
        who: &Who,
        address: &str,
        answer: &str,
        name: &str,
    ) -> Result<bool, Error> {
        let (vault, now) = (self.vault().await?, unix());
        let Some(making) = vault.take::<Making>(MAKING, &who.login, now).await? else {
            return Ok(false);
        };
        let Some(passkey) = passkeys(address)?.finish(answer, &making) else { return Ok(false) };
        let name = name.trim().chars().filter(|sign| !sign.is_control()).take(100).collect();
        let id = passkey.id();
        let kept = Kept { login: who.login.clone(), name, since: now, used: None, passkey };
        if !vault.put_new(PASSKEY, &id, &kept, None).await? {
            return Ok(false);
        }
        self.event(&who.login, "add_passkey", &who.login, "done", &[]).await?;
        Ok(true)
    }

    /// Ends a passkey of somebody's own.
    pub async fn end_passkey(&self, who: &Who, id: &str) -> Result<bool, Error> {
        let own = self.kept_passkeys(&who.login).await?.iter().any(|(own, _)| own == id);
        if own {
            self.event(&who.login, "end_passkey", &who.login, "done", &[]).await?;
        }
        Ok(own && self.vault().await?.remove(PASSKEY, id).await?)
    }

    pub(crate) async fn end_passkeys_of(&self, login: &str) -> Result<(), Error> {
        for (id, _) in self.kept_passkeys(login).await? {
            self.vault().await?.remove(PASSKEY, &id).await?;
        }
        Ok(())
    }

    /// Asks whoever wants in for a passkey: what the browser is told, and the token that its answer is to
    /// carry.
    pub async fn ask_passkey(&self, address: &str) -> Result<(Value, String), Error> {
        let asked = passkeys(address)?.ask();
        let (asked, asking) = asked.ok_or_else(|| Error::wrong("no passkey can be asked for"))?;
        let token = token::token(&random()?);
        let until = Some(unix() + PATIENCE);
        let vault = self.vault().await?;
        vault.sweep(unix()).await?;
        vault.put(ASKING, &token::kept(&token), &asking, until).await?;
        Ok((asked, token))
    }

    /// Lets somebody in whose device answered.
    pub async fn sign_in_with_passkey(
        &self,
        address: &str,
        token: &str,
        answer: &str,
        place: &str,
        agent: &str,
    ) -> Result<SignedIn, Error> {
        let (vault, now) = (self.vault().await?, unix());
        // A question is answered once.
        let asking: Option<Asking> = vault.take(ASKING, &token::kept(token), now).await?;
        let (Some(asking), Some(id)) = (asking, named(answer)) else { return Ok(SignedIn::No) };
        let Some(mut kept) = vault.get::<Kept>(PASSKEY, &id, now).await? else {
            return Ok(SignedIn::No);
        };
        let shown = passkeys(address)?.is_answer(answer, asking, &kept.login, &mut kept.passkey);
        if !shown || self.who(&kept.login).await?.is_none() {
            self.refused(&kept.login, "sign_in", "passkey", &[]).await?;
            return Ok(SignedIn::No);
        }
        // To the day: when somebody works is nobody's business.
        kept.used = Some(now - now.rem_euclid(DAY));
        // One that was ended meanwhile stays ended.
        if !vault.replace(PASSKEY, &id, &kept).await? {
            return Ok(SignedIn::No);
        }
        self.let_in(&kept.login, place, agent).await
    }
}
