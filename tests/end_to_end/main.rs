//! What people and scripts do, from the outside: the built binary, its answers, its exit codes.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

mod bad_input;
mod checking;
mod cooperation;
mod exchanging;
mod finding;
mod guide;
mod home;
mod importing;
mod journal;
mod kinds;
mod measuring;
mod people;
mod portal;
mod publishing;
mod quality;
mod reporting;
mod server;
mod signing_on;
mod telling;
mod working;
