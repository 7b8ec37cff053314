//! A home for one test, and the binary over it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a call of the binary gave.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The answer, which must be a success.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        self
    }

    /// What went wrong, which must be with the call or the input.
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, 2, "{self}");
        assert!(!self.err.contains("panicked"), "{self}");
        self.err
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n{}{}", self.code, self.out, self.err)
    }
}

/// A folder with a home in it, and room for files.
pub(crate) struct Home {
    folder: TempDir,
    /// Other packs than those compiled in.
    packs: Option<&'static str>,
}

impl Home {
    /// With the facts of the packs.
    pub(crate) fn new() -> Self {
        Self::make(None, &["init"])
    }

    /// With facts, and invented records that are marked as such.
    pub(crate) fn demonstration() -> Self {
        Self::make(None, &["init", "--demonstration"])
    }

    /// Without facts.
    pub(crate) fn empty() -> Self {
        Self::make(None, &["init", "--empty"])
    }

    /// With other packs.
    pub(crate) fn at_packs(packs: &'static str) -> Self {
        Self::make(Some(packs), &["init"])
    }

    fn make(packs: Option<&'static str>, call: &[&str]) -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), packs };
        home.call(call).done();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The binary, to be called in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .current_dir(self.path())
            .env("CHANCERY_HOME", "home")
            .env("CHANCERY_ACTOR", "tester")
            .env_remove("CHANCERY_PACKS")
            .envs(self.packs.map(|packs| ("CHANCERY_PACKS", packs)))
            .stdin(Stdio::null())
            .args(arguments);
        command
    }

    pub(crate) fn call(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).output().unwrap();
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Writes a file into the folder and gives its name.
    pub(crate) fn file<'n>(&self, name: &'n str, content: impl AsRef<[u8]>) -> &'n str {
        std::fs::write(self.path().join(name), content).unwrap();
        name
    }

    /// How many entries the journal has.
    pub(crate) fn size(&self) -> u64 {
        self.call(&["journal", "verify", "--json"]).done().json()["entries"].as_u64().unwrap()
    }
}

/// The real document and facts beside the project; none in a clone that stands alone.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if !path.exists() {
        eprintln!("skipped: {name} is read from ../shared, which is not here");
        return None;
    }
    Some(path)
}
