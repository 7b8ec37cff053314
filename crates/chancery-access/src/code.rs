//! Codes that change every half minute (TOTP, RFC 6238), as a second factor.

use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret.
pub const BYTES: usize = 20;

fn codes(secret: &[u8], account: &str, issuer: &str) -> Option<Totp> {
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(plain(account))
        .with_issuer(Some(plain(issuer)))
        .build()
        .ok()
}

/// What an app for codes is told: the secret as people type it, and the address that it opens.
pub fn enrolment(secret: &[u8; BYTES], account: &str, issuer: &str) -> Option<(String, String)> {
    let codes = codes(secret, account, issuer)?;
    Some((Secret::from(secret.to_vec()).to_base32(), codes.to_url().ok()?))
}

/// The step whose code this is, if it is that of now or of the step before or after, and none that was
/// used already: `last` is the step of the code that was accepted last.
pub fn accepted(secret: &[u8], code: &str, unix: u64, last: Option<u64>) -> Option<u64> {
    let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    let step = codes(secret, "", "")?.check(&code, unix)?;
    last.is_none_or(|last| step > last).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_that_of_its_time_and_is_shown_once() {
        // The secret and the first code of RFC 6238, appendix B, cut to six digits.
        let secret = b"12345678901234567890";
        assert_eq!(accepted(secret, "287082", 59, None), Some(1));
        assert_eq!(accepted(secret, " 287 082 ", 59, None), Some(1));
        assert_eq!(accepted(secret, "287082", 59 + 30, None), Some(1), "the one before");
        assert_eq!(accepted(secret, "287082", 59 + 60, None), None, "too old");
        assert_eq!(accepted(secret, "287082", 59, Some(1)), None, "shown already");
        assert_eq!(accepted(secret, "287082", 59, Some(0)), Some(1));
        for wrong in ["287083", "", "94287082", "abcdef", "２８７０８２"] {
            assert_eq!(accepted(secret, wrong, 59, None), None, "{wrong}");
        }
        let (typed, address) = enrolment(secret, "anna:x", "An office: of tests").unwrap();
        assert_eq!(typed, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(address.starts_with("otpauth://totp/"), "{address}");
    }
}
