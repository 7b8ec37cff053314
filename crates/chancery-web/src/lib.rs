#![doc = include_str!("../README.md")]

mod account;
mod changes;
mod cite;
mod client;
mod connections;
mod form;
mod hooks;
mod interface;
mod kept;
mod limits;
mod mail;
mod metrics;
mod openapi;
mod portal;
mod preview;
mod problems;
mod query;
mod reports;
mod search;
mod server;
mod sign_on;
mod tables;
mod visit;
mod words;
mod work;
mod writing;

pub use mail::{Mail, Security};
pub use preview::{Preview, preview};
pub use server::{Serving, serve};
