//! Passwords, kept as argon2id hashes.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The least that a password must have; a sentence is easier to remember than signs.
pub const SHORTEST: usize = 12;
/// Longer ones only cost time.
pub const LONGEST: usize = 256;

/// What is wrong with a password, if something is. What everybody tries first is no password.
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    let characters = password.chars().count();
    if characters < SHORTEST {
        return Some(Weakness::Short);
    }
    if password.len() > LONGEST {
        return Some(Weakness::Long);
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    let lower = password.to_lowercase();
    let tried = ["password", "12345678", "qwerty", "chancery", login];
    let rest = tried.iter().fold(lower, |rest, tried| rest.replace(tried, ""));
    (different.len() < 5 || rest.chars().count() < SHORTEST / 2).then_some(Weakness::Guessable)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    Short,
    Long,
    Guessable,
}

/// What is kept of a password: a PHC string. None where it cannot be hashed.
pub fn hash(password: &str, salt: &[u8; 16]) -> Option<String> {
    let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    Some(hashed.ok()?.to_string())
}

/// Whether it is the password of which a hash is kept. Takes as long where there is no hash, so that
/// nobody learns which accounts there are.
pub fn is_right(password: &str, kept: Option<&str>) -> bool {
    // Of nothing that anybody could type.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let right = Argon2::default().verify_password(password.as_bytes(), kept.unwrap_or(NOBODY));
    right.is_ok() && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_from_others_and_kept_as_a_hash() {
        let kept = hash("correct horse battery", &[7; 16]).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(is_right("correct horse battery", Some(&kept)));
        assert!(!is_right("correct horse batterz", Some(&kept)));
        assert!(!is_right("", Some(&kept)));
        assert!(!is_right("correct horse battery", None));
        assert!(!is_right("correct horse battery", Some("no hash")));
        assert_ne!(kept, hash("correct horse battery", &[8; 16]).unwrap());
    }

    #[test]
    fn what_everybody_tries_first_is_no_password() {
        for (password, weakness) in [
            ("short", Some(Weakness::Short)),
            ("passwordpassword", Some(Weakness::Guessable)),
            ("aaaaaaaaaaaaaaaa", Some(Weakness::Guessable)),
            ("anna.karenina1234", Some(Weakness::Guessable)),
            ("ключ под ковриком", None),
            ("一二三四五六七八九十百千", None),
            ("correct horse battery", None),
        ] {
            assert_eq!(super::weakness(password, "anna.karenina"), weakness, "{password}");
        }
        assert_eq!(super::weakness(&"xyzab".repeat(60), "anna"), Some(Weakness::Long));
    }
}
