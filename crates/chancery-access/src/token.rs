//! Tokens: what a browser, a program or a letter carries to show for whom it speaks. What is kept is a
//! hash, so that whoever reads the store can use none of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A token of 256 random bits.
pub fn token(random: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// What is kept of a token.
pub fn kept(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A text that only somebody who knows the token can make, for one purpose.
pub fn derived(token: &str, purpose: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [purpose, token] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

/// Whether two secrets are the same, in a time that says nothing of where they differ.
pub fn same(a: &str, b: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.as_bytes(), b.as_bytes()).into()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
