//! Loading packs, and checking them with all that the engines know.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_model::decide::Circumstances;
use chancery_model::{Diagnostics, Figure, FigureValue, Programme};
use chancery_packs::{Trust, embedded, load, read_folder, unread};

use crate::Error;
use crate::start::{Start, first_entries};

/// The packs in `folder`, fully checked by their schemas, or those compiled into the binary.
pub fn load_packs(folder: Option<&Path>) -> Result<Arc<Programme>, Error> {
    let (programme, problems) = match folder {
        None => load(&embedded(), Trust::CheckedBefore),
        Some(folder) => load(&read_folder(folder).map_err(Error::io(folder))?, Trust::Check),
    };
    Ok(Arc::new(problems.unless_errors(programme)?))
}

/// Every problem of the packs in `folder`, or of those compiled in: files against their
/// schemas, files against each other, SQL, report sources, and the facts they ship.
pub async fn check_packs(folder: Option<&Path>) -> Result<(Programme, Diagnostics), Error> {
    let files = match folder {
        None => embedded(),
        Some(folder) => read_folder(folder).map_err(Error::io(folder))?,
    };
    let (programme, mut problems) = load(&files, Trust::Check);
    problems.extend(chancery_measures::check(&programme).await);
    problems.extend(chancery_report::check_sources(&programme));
    problems.extend(chancery_access::Policies::read(&programme).1.0);
    let unread = unread(&files, &programme);
    problems.0.retain(|problem| !unread.contains(&problem.found));
    if !problems.has_errors() {
        problems.extend(check_facts(&programme).0);
    }
    Ok((programme, problems))
}

/// Decides the facts that packs ship, their examples and invented records, as `init` would, and
/// records nothing.
fn check_facts(programme: &Programme) -> Diagnostics {
    let circumstances = Circumstances {
        actor: "pack check".into(),
        time: jiff::Timestamp::UNIX_EPOCH,
        update: false,
        demonstration: false,
    };
    let decided = |start| first_entries(programme, start, &circumstances, &mut |_, _| {}).err();
    decided(Start::Examples).or_else(|| decided(Start::Demonstration)).unwrap_or_default()
}

/// The text of a pack file, for showing what is wrong in it.
pub fn pack_file(folder: Option<&Path>, file: &str) -> Option<String> {
    match folder {
        // The folder may be one pack by itself, whose name begins the paths of its files.
        Some(folder) => [folder.join(file), folder.join("..").join(file)]
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok()),
        None => embedded().get(file).and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()),
    }
}

/// Adds a figure to the expected ones beside its measure, for a person to read.
pub fn complete(folder: &Path, programme: &Programme, figure: &Figure) -> Result<PathBuf, Error> {
    let measure = programme.measures.get(&figure.measure);
    let file = measure.map(|measure| folder.join(measure.file.replace(".sql", ".expected.yaml")));
    let file =
        file.ok_or_else(|| Error::wrong(format!("there is no measure `{}`", figure.measure)))?;
    let mut text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "# yaml-language-server: $schema=../../../docs/reference/expected.schema.json\n"
                .to_owned()
        }
        Err(error) => return Err(Error::io(&file)(error)),
    };
    let answer = match &figure.value {
        FigureValue::Value(value) => format!("  value: {value}\n"),
        FigureValue::Rows(rows) => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("    - {}\n", serde_json::json!(row))).collect();
            format!("  rows:\n{}", rows.concat())
        }
    };
    let parameters = serde_json::json!(figure.parameters);
    text.push_str(&format!(
        "- parameters: {parameters}\n{answer}  source: computed, read by nobody yet\n"
    ));
    write_file(&file, text.as_bytes())?;
    Ok(file)
}

/// Writes a file whole or not at all.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    // Where a link leads is meant; a device or a pipe takes the bytes and stays what it is.
    let file = &std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    if std::fs::metadata(file).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        return std::fs::write(file, bytes).map_err(Error::io(file));
    }
    let folder =
        file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let mut written = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(folder))?;
    written.write_all(bytes).map_err(Error::io(file))?;
    persist(written, file)
}

/// Puts a file that has been written beside it in the place of another.
pub(crate) fn persist(written: tempfile::NamedTempFile, file: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        written.as_file().set_permissions(permissions).map_err(Error::io(file))?;
    }
    written.persist(file).map_err(|error| Error::io(file)(error.error))?;
    Ok(())
}
