//! Checkpoints as signed notes: origin, size and root, a blank line, signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::keys::{SigningKey, VerifyingKey};
use crate::merkle::Hash;

/// Writes and signs the checkpoint of a tree.
pub fn sign(key: &SigningKey, size: u64, root: &Hash) -> String {
    let name = key.verifying_key().name().to_owned();
    sign_text(key, &format!("{name}\n{size}\n{}\n", BASE64.encode(root)))
}

/// Signs a text of whole lines.
pub fn sign_text(key: &SigningKey, text: &str) -> String {
    let signature = key.sign(text);
    format!("{text}\n— {} {signature}\n", key.verifying_key().name())
}

/// The text of a note whose signature by `key` is right.
pub fn open_text(key: &VerifyingKey, note: &str) -> Option<String> {
    let (text, signatures) = note.split_once("\n\n")?;
    let text = format!("{text}\n");
    let signed = signatures
        .lines()
        .filter_map(|line| line.strip_prefix("— ")?.split_once(' '))
        .any(|(name, signature)| name == key.name() && key.verify(&text, signature));
    signed.then_some(text)
}

/// Reads a checkpoint whose signature by `key` is right: the tree's size and root.
pub fn open(key: &VerifyingKey, note: &str) -> Option<(u64, Hash)> {
    let text = open_text(key, note)?;
    let mut lines = text.lines();
    (lines.next()? == key.name()).then_some(())?;
    let size = lines.next()?.parse().ok()?;
    let root = BASE64.decode(lines.next()?).ok()?.try_into().ok()?;
    Some((size, root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_opens_with_its_own_key_only() {
        let key = SigningKey::from_seed("example.org/journal", [7; 32]);
        let other = SigningKey::from_seed("example.org/journal", [8; 32]);
        let note = sign(&key, 12, &[3; 32]);
        assert_eq!(open(&key.verifying_key(), &note), Some((12, [3; 32])));
        assert_eq!(open(&other.verifying_key(), &note), None);
        assert_eq!(open(&key.verifying_key(), &note.replace("\n12\n", "\n13\n")), None);
    }

    #[test]
    fn keys_survive_writing() {
        let key = SigningKey::from_seed("example.org/journal", [7; 32]);
        let again = SigningKey::from_text(&key.to_text()).unwrap();
        assert_eq!(again.verifying_key(), key.verifying_key());
        let verifying = VerifyingKey::from_text(&key.verifying_key().to_text()).unwrap();
        assert_eq!(verifying, key.verifying_key());
        assert!(VerifyingKey::from_text("nonsense").is_none());
    }
}
