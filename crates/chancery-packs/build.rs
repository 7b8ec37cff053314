//! The packs are compiled in: a change of any of their files is a change of this crate.

fn main() {
    println!("cargo::rerun-if-changed=../../packs");
}
