//! The packs are compiled in: a change of any of their files is a change of this crate.

#![expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=../../packs");
}
