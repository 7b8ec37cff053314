#![doc = include_str!("../README.md")]

pub mod keys;
pub mod merkle;
pub mod note;
pub mod sqlite;
pub mod store;
pub mod vault;

mod journal;

pub use journal::{Checkpoint, Fault, Inclusion, Journal, Verification};
pub use keys::{SigningKey, VerifyingKey};
pub use store::{Error, Store};
pub use vault::Vault;
