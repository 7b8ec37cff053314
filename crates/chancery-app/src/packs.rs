//! Loading packs, and checking them with all that the engines know.

use std::path::Path;
use std::sync::Arc;

use chancery_model::decide::Circumstances;
use chancery_model::{Diagnostics, Programme, Snapshot};
use chancery_packs::{Trust, embedded, load, read_folder};

use crate::Error;
use crate::import::{Facts, decide_facts};

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
    if !problems.has_errors() {
        problems.extend(check_facts(&programme).0);
    }
    Ok((programme, problems))
}

/// Decides the facts that packs ship, as `init` would, and records nothing.
fn check_facts(programme: &Programme) -> Diagnostics {
    let mut snapshot = Snapshot::default();
    let mut problems = Diagnostics::default();
    let circumstances =
        Circumstances { actor: "pack check".into(), time: jiff::Timestamp::UNIX_EPOCH, update: false };
    for data in &programme.data {
        match decide_facts(programme, &snapshot, Facts::shipped(data), &circumstances) {
            Ok(decision) => decision.entries.iter().for_each(|entry| snapshot.apply(entry)),
            Err(found) => problems.extend(found.0),
        }
    }
    problems
}
