//! Where packs come from: compiled into the binary, or a folder.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};

/// Files by their path below the packs folder, with `/` on every system.
pub type Files = BTreeMap<String, Cow<'static, [u8]>>;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../packs");

/// The packs compiled into the binary.
pub fn embedded() -> Files {
    fn collect(dir: &'static Dir<'static>, files: &mut Files) {
        for file in dir.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            files.insert(path, Cow::Borrowed(file.contents()));
        }
        for dir in dir.dirs() {
            collect(dir, files);
        }
    }
    let mut files = Files::new();
    collect(&EMBEDDED, &mut files);
    files
}

/// The packs in a folder, or the one pack that a folder is. Hidden files are left out.
pub fn read_folder(folder: &Path) -> io::Result<Files> {
    fn collect(folder: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
        for item in std::fs::read_dir(folder)? {
            let item = item?;
            let name = item.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            if item.file_type()?.is_dir() {
                collect(&item.path(), &format!("{path}/"), files)?;
            } else {
                files.insert(path, Cow::Owned(std::fs::read(item.path())?));
            }
        }
        Ok(())
    }
    let mut files = Files::new();
    // One pack by itself goes by the name of its folder.
    let prefix = match folder.join("pack.yaml").exists() {
        true => format!(
            "{}/",
            std::fs::canonicalize(folder)?.file_name().unwrap_or_default().to_string_lossy()
        ),
        false => String::new(),
    };
    collect(folder, &prefix, &mut files)?;
    Ok(files)
}
