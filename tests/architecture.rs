//! What ARCHITECTURE.md says, held: edges between crates, heavy dependencies in one crate each,
//! no domain in Rust, no file too long to hold in the head, generated reference up to date.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each crate and those of the workspace that it may know.
const EDGES: [(&str, &[&str]); 11] = [
    ("chancery-search", &["chancery-model"]),
    ("chancery-model", &[]),
    ("chancery-access", &["chancery-model"]),
    ("chancery-packs", &["chancery-model"]),
    ("chancery-journal", &["chancery-model"]),
    ("chancery-measures", &["chancery-model"]),
    ("chancery-report", &["chancery-model"]),
    ("chancery-exchange", &["chancery-model"]),
    (
        "chancery-app",
        &[
            "chancery-access",
            "chancery-exchange",
            "chancery-journal",
            "chancery-measures",
            "chancery-model",
            "chancery-packs",
            "chancery-report",
            "chancery-search",
        ],
    ),
    ("chancery-web", &["chancery-app", "chancery-model"]),
    ("chancery", &["chancery-app", "chancery-model", "chancery-web"]),
];

/// Heavy dependencies, each with the one crate that may know it.
const HEAVY: [(&str, &str); 21] = [
    ("tantivy", "chancery-search"),
    ("cedar-policy", "chancery-access"),
    ("argon2", "chancery-access"),
    ("webauthn-rs", "chancery-access"),
    ("openidconnect", "chancery-access"),
    ("lettre", "chancery-web"),
    ("tokio-rustls", "chancery-web"),
    ("datafusion", "chancery-measures"),
    ("sqlx", "chancery-journal"),
    ("ed25519-dalek", "chancery-journal"),
    ("calamine", "chancery-exchange"),
    ("rust_xlsxwriter", "chancery-exchange"),
    ("quick-xml", "chancery-exchange"),
    ("comrak", "chancery-report"),
    ("icu", "chancery-report"),
    ("hayro-interpret", "chancery-report"),
    ("scraper", "chancery-report"),
    ("typst", "chancery-report"),
    ("axum", "chancery-web"),
    ("jsonschema", "chancery-packs"),
    ("clap", "chancery"),
];

/// Lines of the longest file that may be written by hand.
const LONGEST: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Packages of the workspace with their ordinary dependencies.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let ordinary = dependencies.filter(|dependency| dependency["kind"].is_null()).map(name);
        (name(package), ordinary.collect())
    });
    packages.collect()
}

#[test]
fn crates_know_only_what_is_drawn() {
    let drawn: BTreeMap<&str, &[&str]> = EDGES.into();
    for (package, dependencies) in packages() {
        let allowed = drawn
            .get(package.as_str())
            .unwrap_or_else(|| panic!("{package} is not in ARCHITECTURE.md"));
        let own = dependencies.iter().filter(|name| name.starts_with("chancery"));
        let beyond: Vec<_> = own.filter(|name| !allowed.contains(&name.as_str())).collect();
        assert_eq!(
            beyond,
            Vec::<&String>::new(),
            "{package} knows more than ARCHITECTURE.md draws"
        );
    }
}

#[test]
fn a_heavy_dependency_is_known_to_one_crate() {
    let packages = packages();
    for (heavy, owner) in HEAVY {
        let knowing: Vec<_> = packages
            .iter()
            .filter(|(_, known)| known.contains(heavy))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(knowing, [owner], "{heavy}");
    }
}

/// Every Rust file of the crates, with its text.
fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["crates", "tests", "bench"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 50);
    found
}

#[test]
fn no_file_is_too_long_to_hold_in_the_head() {
    let long = sources().into_iter().filter(|(_, text)| text.lines().count() > LONGEST);
    let long: Vec<_> = long.map(|(path, _)| path).collect();
    assert_eq!(long, Vec::<PathBuf>::new(), "more than {LONGEST} lines");
}

/// The names of what the packs declare.
fn domain_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pack in std::fs::read_dir(root().join("packs")).unwrap() {
        let pack = pack.unwrap().path();
        // Accounts, roles and what waits for approval are the platform's own.
        if pack.ends_with("access") {
            continue;
        }
        names.insert(pack.file_name().unwrap().to_string_lossy().into_owned());
        for kind in ["registers", "views", "measures", "codelists", "procedures", "reports"] {
            let Ok(files) = std::fs::read_dir(pack.join(kind)) else { continue };
            let files = files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
            names.extend(files.map(|file| file.split('.').next().unwrap_or_default().to_owned()));
        }
    }
    // The engines know the lists of units and tasks, and the names of parameters that have a
    // meaning; some words are everybody's.
    let known = ["unit", "task", "document", "paragraph"];
    for general in known.into_iter().chain([
        "status", "basis", "subject", "language", "stated", "currency", "session", "proposal",
    ]) {
        names.remove(general);
    }
    assert!(names.contains("treaty_action") && names.contains("treaties"));
    names
}

#[test]
fn no_domain_name_stands_in_rust_outside_tests() {
    let names = domain_names();
    let mut found = Vec::new();
    for (path, text) in sources() {
        let shown = path.display().to_string();
        if !shown.contains("/src/") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let line = line.trim_start();
            // Comments may give examples; help texts of the command line are no comments.
            if line.starts_with("//") && !shown.ends_with("cli.rs") {
                continue;
            }
            // A name of one word may be a word of the language; as a text it is a name.
            let named = |word: &&str| {
                names.contains(*word)
                    && (word.contains('_') || line.contains(&format!("\"{word}\"")))
            };
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            found.extend(words.filter(named).map(|word| format!("{shown}:{}: {word}", number + 1)));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_page_of_what_serves_each_task_is_that_of_the_packs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("coverage.md");
    let written = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(["pack", "coverage"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(written.status.success());
    let generated = std::fs::read_to_string(file).unwrap();
    let kept = std::fs::read_to_string(root().join("docs/coverage.md")).unwrap_or_default();
    assert_eq!(kept, generated, "docs/coverage.md is stale: run `make schemas`");
    assert_eq!(generated.lines().filter(|line| line.starts_with("| ")).count(), 81 + 2);
    assert!(generated.contains("Each of the 81 has a register."), "a task is not served");
}

#[test]
fn the_schemas_that_editors_use_are_those_of_the_types() {
    let folder = tempfile::tempdir().unwrap();
    let written = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(["pack", "schema"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(written.status.success());
    for item in std::fs::read_dir(folder.path()).unwrap() {
        let name = item.unwrap().file_name();
        let generated = std::fs::read_to_string(folder.path().join(&name)).unwrap();
        let kept =
            std::fs::read_to_string(root().join("docs/reference").join(&name)).unwrap_or_default();
        assert_eq!(kept, generated, "{} is stale: run `make schemas`", name.to_string_lossy());
    }
}
