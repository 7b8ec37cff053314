#![doc = include_str!("../README.md")]

pub mod code;
pub mod password;
mod policies;
pub mod signature;
pub mod token;

pub use policies::{Act, Own, Person, Policies, Resource, Ruling};
