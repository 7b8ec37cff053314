//! The journal: append, read as known at, prove, verify.
//!
//! Entries are the leaves of a Merkle tree as in RFC 6962. Each append seals the tree with a
//! checkpoint in the C2SP tlog-checkpoint form, signed with Ed25519, in the same transaction.
//!
//! Invariant: knows entries as bytes with a number; knows no register and no measure. SQL of
//! the store stays in [`sqlite`].

pub mod keys;
pub mod merkle;
pub mod note;
pub mod sqlite;
pub mod store;

mod journal;

pub use journal::{Checkpoint, Fault, Inclusion, Journal, Verification};
pub use keys::{SigningKey, VerifyingKey};
pub use store::{Error, Store};
