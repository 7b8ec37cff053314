//! Passkeys: a device proves who uses it, by a key of its own and by asking for a finger, a face or a PIN
//! (Web Authentication, W3C). They take the place of both the password and the code.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, DiscoverableKey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::token::{self, hex};

/// A passkey of an account: what is kept of it is no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passkey(webauthn_rs::prelude::Passkey);

/// A passkey that is being made. It stays at the server until the device has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct Making(PasskeyRegistration);

/// A question that a passkey is to answer. It stays at the server until the device has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asking(DiscoverableAuthentication);

/// The place for which passkeys are made: they work nowhere else.
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// Passkeys for an address such as `https://registers.example.org`. None where it has no name: browsers
    /// make none for numbers.
    pub fn of(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let name = url.domain()?.to_owned();
        let place = WebauthnBuilder::new(&name, &url).ok()?.rp_name(&name).build().ok()?;
        Some(Self(place))
    }

    /// Begins to make one for an account: what the browser is told, and what is kept until it answers.
    pub fn begin(&self, login: &str, name: &str, had: &[Passkey]) -> Option<(Value, Making)> {
        let had = had.iter().map(|own| own.0.cred_id().clone()).collect();
        let begun = self.0.start_passkey_registration(user(login), login, name, Some(had));
        let (mut asked, making) = begun.ok()?;
        discoverable(&mut asked);
        Some((serde_json::to_value(asked).ok()?, Making(making)))
    }

    /// The passkey that a device made.
    pub fn finish(&self, answer: &str, making: &Making) -> Option<Passkey> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        Some(Passkey(self.0.finish_passkey_registration(&answer, &making.0).ok()?))
    }

    /// Asks whoever it is for a passkey: what the browser is told, and what is kept until it answers.
    pub fn ask(&self) -> Option<(Value, Asking)> {
        let (mut asked, asking) = self.0.start_discoverable_authentication().ok()?;
        // Asked for by a button, not while something is typed.
        asked.mediation = None;
        Some((serde_json::to_value(asked).ok()?, Asking(asking)))
    }

    /// Whether an answer was given by a passkey of that account. What is known of the passkey follows it: a
    /// copy of a device that counts is told by its count.
    pub fn is_answer(
        &self,
        answer: &str,
        asking: Asking,
        login: &str,
        passkey: &mut Passkey,
    ) -> bool {
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return false };
        let named = self.0.identify_discoverable_authentication(&answer);
        if !named.is_ok_and(|(found, _)| found == user(login)) {
            return false;
        }
        let own = DiscoverableKey::from(&passkey.0);
        let shown = self.0.finish_discoverable_authentication_v2(&answer, asking.0, own);
        match shown {
            Ok(shown) => passkey.0.update_credential(&shown).is_some(),
            Err(_) => false,
        }
    }
}

impl Passkey {
    /// The name under which it is kept.
    pub fn id(&self) -> String {
        hex(self.0.cred_id().as_ref())
    }
}

/// The name of the passkey that an answer says it comes from.
pub fn named(answer: &str) -> Option<String> {
    let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
    Some(hex(&answer.raw_id))
}

/// What a device calls the account: it tells nobody the login.
fn user(login: &str) -> Uuid {
    let derived = token::derived(login, "passkey");
    // Sixteen bytes of hexadecimal digits are one.
    Uuid::parse_str(&derived[..32]).unwrap_or_default()
}

/// The device remembers the account, so that nobody types a login.
fn discoverable(asked: &mut CreationChallengeResponse) {
    if let Some(wanted) = &mut asked.public_key.authenticator_selection {
        wanted.require_resident_key = true;
        wanted.resident_key = serde_json::from_str("\"required\"").ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_made_for_a_name_and_never_for_a_number() {
        assert!(Passkeys::of("https://registers.example.org").is_some());
        assert!(Passkeys::of("http://localhost:8080").is_some());
        assert!(Passkeys::of("http://127.0.0.1:8080").is_none());
        assert!(Passkeys::of("registers").is_none());
    }

    #[test]
    fn a_device_is_asked_to_check_its_user_and_to_remember_the_account() {
        let passkeys = Passkeys::of("https://registers.example.org").unwrap();
        let (asked, _) = passkeys.begin("anna", "Anna", &[]).unwrap();
        let wanted = &asked["publicKey"]["authenticatorSelection"];
        assert_eq!(wanted["residentKey"], "required", "{asked}");
        assert_eq!(wanted["userVerification"], "required", "{asked}");
        assert_eq!(asked["publicKey"]["rp"]["id"], "registers.example.org");
        let (asked, asking) = passkeys.ask().unwrap();
        assert_eq!(asked["publicKey"]["allowCredentials"], serde_json::json!([]));
        assert!(asked.get("mediation").is_none(), "{asked}");
        let kept = serde_json::to_string(&asking).unwrap();
        serde_json::from_str::<Asking>(&kept).unwrap();
        assert_eq!(named("{}"), None);
    }
}
