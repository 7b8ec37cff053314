//! What people and scripts do, from the outside: the built binary, its answers, its exit codes.

mod bad_input;
mod checking;
mod home;
mod importing;
mod journal;
mod kinds;
mod measuring;
mod reporting;
