//! Codes that change every half minute (TOTP, RFC 6238), as a second factor.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::QrCode;
use qrcode::render::svg;
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

/// What an app for codes is told.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The secret as people type it.
    pub typed: String,
    /// The address that an app on the same device opens.
    pub address: String,
    /// The same for the camera of another device: a picture (SVG) as an address.
    pub picture: String,
}

/// What an app for codes is told of a secret.
pub fn enrolment(secret: &[u8; BYTES], account: &str, issuer: &str) -> Option<Enrolment> {
    let address = codes(secret, account, issuer)?.to_url().ok()?;
    let picture = QrCode::new(&address).ok()?.render::<svg::Color<'_>>().build();
    let picture = format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture));
    let typed = Secret::from(secret.to_vec()).to_base32();
    Some(Enrolment { typed, address, picture })
}

/// A code for paper: sixteen letters and digits that are not mistaken for each other, in groups.
pub fn for_paper(random: &[u8; 16]) -> String {
    const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let signs: Vec<char> =
        random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
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
        let told = enrolment(secret, "anna:x", "An office: of tests").unwrap();
        assert_eq!(told.typed, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(told.address.starts_with("otpauth://totp/"), "{}", told.address);
        assert_eq!(for_paper(b"0123456789abcdef"), "tuvw-xyz0-23bc-defg");
        let picture = told.picture.strip_prefix("data:image/svg+xml;base64,").unwrap();
        let picture = String::from_utf8(STANDARD.decode(picture).unwrap()).unwrap();
        assert!(picture.contains("<svg"), "{picture}");
    }
}
