//! Ed25519 keys in the text forms of C2SP signed notes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};

/// The signature type of Ed25519 in a signed note.
const ED25519: u8 = 1;

/// Signs checkpoints. Its text form is a secret.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

/// Checks what a [`SigningKey`] signed. Its text form is meant to be handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    key: ed25519_dalek::VerifyingKey,
}

impl SigningKey {
    /// A key made from 32 random bytes. `name` must hold no space and no `+`.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Self {
        Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) }
    }

    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The base64 text of the key's hash and the signature over `text`.
    pub(crate) fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes());
        let mut bytes = self.verifying_key().hash().to_vec();
        bytes.extend_from_slice(&signature.to_bytes());
        BASE64.encode(bytes)
    }

    pub fn to_text(&self) -> String {
        let verifying = self.verifying_key();
        format!("PRIVATE+KEY+{}", encode(&self.name, verifying.hash(), self.key.as_bytes()))
    }

    pub fn from_text(text: &str) -> Option<Self> {
        let (name, hash, seed) = decode(text.trim().strip_prefix("PRIVATE+KEY+")?)?;
        let key = Self::from_seed(&name, seed);
        (key.verifying_key().hash() == hash).then_some(key)
    }
}

impl VerifyingKey {
    pub fn name(&self) -> &str {
        &self.name
    }

    fn hash(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.key.as_bytes());
        let hash = hasher.finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    pub(crate) fn verify(&self, text: &str, signature: &str) -> bool {
        let Ok(bytes) = BASE64.decode(signature) else { return false };
        let Some((hash, signature)) = bytes.split_at_checked(4) else { return false };
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        hash == self.hash() && self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }

    pub fn to_text(&self) -> String {
        encode(&self.name, self.hash(), self.key.as_bytes())
    }

    pub fn from_text(text: &str) -> Option<Self> {
        let (name, hash, key) = decode(text.trim())?;
        let key = Self { name, key: ed25519_dalek::VerifyingKey::from_bytes(&key).ok()? };
        (key.hash() == hash).then_some(key)
    }
}

fn encode(name: &str, hash: [u8; 4], key: &[u8; 32]) -> String {
    let mut bytes = vec![ED25519];
    bytes.extend_from_slice(key);
    format!("{name}+{:08x}+{}", u32::from_be_bytes(hash), BASE64.encode(bytes))
}

fn decode(text: &str) -> Option<(String, [u8; 4], [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let name = parts.next()?.to_owned();
    let hash = u32::from_str_radix(parts.next()?, 16).ok()?.to_be_bytes();
    let bytes = BASE64.decode(parts.next()?).ok()?;
    let (kind, key) = bytes.split_first()?;
    (*kind == ED25519).then_some(())?;
    Some((name, hash, key.try_into().ok()?))
}
