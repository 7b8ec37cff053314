//! Signatures by which whoever receives something knows who sent it and when (HMAC-SHA256, RFC 2104).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signature of a body sent at a Unix time: `t=…,v1=…`. What is signed is the time, a point and the
/// body, so that an old delivery cannot be passed off as new.
pub fn signature(secret: &[u8], unix: i64, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("{unix}.").as_bytes());
    mac.update(body);
    let signed = mac.finalize().into_bytes();
    Some(format!("t={unix},v1={}", crate::token::hex(&signed)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_body_is_signed_with_its_time() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        assert_eq!(
            super::signature(b"secret", 1_700_000_000, br#"{"a":1}"#).unwrap(),
            "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686"
        );
    }
}
