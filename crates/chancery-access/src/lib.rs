#![doc = include_str!("../README.md")]

pub mod code;
pub mod passkey;
pub mod password;
mod policies;
pub mod signature;
pub mod single_sign_on;
pub mod token;

pub use policies::{Act, Own, Person, Policies, Resource, Ruling};
