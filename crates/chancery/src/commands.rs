//! What each command does.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use chancery_app::{
    CheckOptions, ExportFormat, Home, ImportOptions, Outcome, Reader, ReportFormat, Start,
};
use chancery_model::{Language, Programme, Visibility, Wanted};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::{Cli, Command, Import, Journal, Measure, Pack, Table};
use crate::{people, serving, show, writing};

/// Whether the answer is yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Negative,
}

impl From<Answer> for ExitCode {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Done => Self::SUCCESS,
            Answer::Negative => Self::from(1),
        }
    }
}

pub(crate) async fn run(cli: &Cli) -> Result<Answer> {
    match &cli.command {
        Command::Init { empty, demonstration } => {
            let start = match (empty, demonstration) {
                (true, _) => Start::Empty,
                (_, true) => Start::Demonstration,
                _ => Start::Facts,
            };
            init(cli, start).await
        }
        Command::Import(import) => import_file(cli, import).await,
        Command::Export { what, to, out, lang, point } => {
            export(cli, what, *to, out, *lang, point.known_at.as_deref()).await
        }
        Command::Entries { register, filters, point } => {
            let home = open(cli).await?;
            let known_at = known_at(&home, point.known_at.as_deref()).await?;
            let listed = home.entries(register, filters, known_at).await?;
            show::entries(cli, home.programme(), register, &listed)?;
            Ok(Answer::Done)
        }
        Command::History { register, key } => {
            let versions = open(cli).await?.history(register, key).await?;
            show::history(cli, register, key, &versions)?;
            Ok(Answer::Done)
        }
        Command::Serve(serve) => serving::serve(cli, serve).await,
        Command::Account(account) => people::account(cli, account).await,
        Command::Access(access) => people::access(cli, access).await,
        Command::Backup { folder } => people::backup(cli, folder).await,
        Command::Restore { backup } => people::restore(cli, backup).await,
        Command::Withdraw { register, key, reason } => {
            let outcome = open(cli).await?.withdraw(register, key, reason).await?;
            let sealed = outcome.checkpoint.map(|checkpoint| checkpoint.size);
            show::done(
                cli,
                &format!("{register}/{key} is withdrawn"),
                json!({"withdrawn": key, "entries": sealed}),
            )?;
            Ok(Answer::Done)
        }
        Command::Measure(measure) => compute(cli, measure).await,
        Command::Measures { lang } => {
            show::measures(cli, &*programme(cli)?, *lang)?;
            Ok(Answer::Done)
        }
        Command::Identities { lang, point } => {
            let home = open(cli).await?;
            let known_at = known_at(&home, point.known_at.as_deref()).await?;
            let held = home.identities(known_at).await?;
            show::identities(cli, &held, *lang)?;
            let all = held.iter().all(|identity| identity.holds);
            Ok(if all { Answer::Done } else { Answer::Negative })
        }
        Command::Report(report) => writing::run(cli, report).await,
        Command::Journal(Journal::Verify { checkpoint }) => {
            verify(cli, checkpoint.as_deref()).await
        }
        Command::Journal(Journal::Checkpoint) => {
            let home = open(cli).await?;
            match home.journal().checkpoint().await? {
                Some(checkpoint) => {
                    show::checkpoint(cli, &checkpoint, &home.journal().verifying_key().to_text())?
                }
                None => bail!("the journal has no entries yet, so there is nothing to seal"),
            }
            Ok(Answer::Done)
        }
        Command::Journal(Journal::Prove { entry }) => {
            let home = open(cli).await?;
            match home.journal().prove(*entry).await? {
                Some(proof) => show::proof(cli, &proof)?,
                None => {
                    let size = home.journal().size().await?;
                    bail!(
                        "there is no entry {entry}; the journal has {size} entries, counted from 0"
                    )
                }
            }
            Ok(Answer::Done)
        }
        Command::Pack(Pack::Check { folder }) => {
            let folder = folder.as_deref().or(cli.packs.as_deref());
            let (programme, problems) = chancery_app::check_packs(folder).await?;
            show::packs(cli, &programme, &problems, folder)?;
            Ok(if problems.has_errors() { Answer::Negative } else { Answer::Done })
        }
        Command::Pack(Pack::Coverage { file }) => {
            let page = chancery_app::coverage(&*programme(cli)?);
            chancery_app::write_file(file, page.as_bytes())?;
            show::done(cli, &file.display().to_string(), json!({"file": file}))?;
            Ok(Answer::Done)
        }
        Command::Pack(Pack::Schema { folder }) => {
            std::fs::create_dir_all(folder)?;
            let schemas = chancery_app::schemas();
            for (name, schema) in &schemas {
                std::fs::write(folder.join(name), format!("{schema:#}\n"))?;
            }
            let message = format!("{} schemas written to {}", schemas.len(), folder.display());
            show::done(cli, &message, json!({"schemas": schemas.len()}))?;
            Ok(Answer::Done)
        }
        Command::Demo { folder } => demo(cli, folder).await,
    }
}

pub(crate) fn programme(cli: &Cli) -> Result<Arc<Programme>> {
    Ok(chancery_app::load_packs(cli.packs.as_deref())?)
}

pub(crate) async fn open(cli: &Cli) -> Result<Home> {
    Ok(Home::open(&cli.home, programme(cli)?, &actor(cli)).await?)
}

fn actor(cli: &Cli) -> String {
    #[expect(clippy::disallowed_methods, reason = "the binary reads the surroundings")]
    let account = || std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    cli.actor
        .clone()
        .or_else(|| account().ok())
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

pub(crate) async fn known_at(home: &Home, point: Option<&str>) -> Result<Option<u64>> {
    Ok(match point {
        Some(point) => Some(home.point(point).await?),
        None => None,
    })
}

async fn init(cli: &Cli, start: Start) -> Result<Answer> {
    let home = make(cli, &cli.home, start).await?;
    let size = home.journal().size().await?;
    let message = format!("A home in {} with {size} entries.", cli.home.display());
    show::done(cli, &message, json!({"home": cli.home, "entries": size}))?;
    Ok(Answer::Done)
}

async fn make(cli: &Cli, folder: &Path, start: Start) -> Result<Home> {
    let spinner = ProgressBar::new_spinner().with_message("loading the facts of the packs");
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    let home = Home::create(folder, programme(cli)?, &actor(cli), start, |register, added| {
        spinner.set_message(format!("{register}: {added} entries"));
    })
    .await;
    spinner.finish_and_clear();
    Ok(home?)
}

async fn import_file(cli: &Cli, import: &Import) -> Result<Answer> {
    let home = open(cli).await?;
    let size = std::fs::metadata(&import.file).map_or(0, |meta| meta.len());
    let bar = ProgressBar::new(size).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_message(
        import.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
    );
    let options = ImportOptions {
        mapping: import.mapping.clone(),
        dry_run: import.dry_run,
        update: import.update,
        source: import.source.clone(),
        demonstration: import.demonstration,
    };
    let heard = bar.clone();
    let outcome =
        home.import(&import.register, &import.file, &options, move |bytes| heard.inc(bytes)).await;
    bar.finish_and_clear();
    let Outcome { imported, checkpoint } = outcome?;
    show::imported(cli, &import.register, &imported, checkpoint.as_ref(), import.dry_run)?;
    Ok(Answer::Done)
}

async fn export(
    cli: &Cli,
    what: &str,
    to: Option<Table>,
    out: &Path,
    language: Language,
    point: Option<&str>,
) -> Result<Answer> {
    let home = open(cli).await?;
    let known_at = known_at(&home, point).await?;
    let format = match to {
        Some(Table::Csv) => ExportFormat::Csv,
        Some(Table::Xlsx) => ExportFormat::Xlsx,
        Some(Table::Parquet) => ExportFormat::Parquet,
        Some(Table::Json) => ExportFormat::Json,
        None => {
            let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            match (ending.as_deref(), home.export_format(what)) {
                (Some("xlsx"), ExportFormat::Csv) => ExportFormat::Xlsx,
                (Some("parquet"), ExportFormat::Csv) => ExportFormat::Parquet,
                (Some("json"), ExportFormat::Csv) => ExportFormat::Json,
                (Some("csv") | None, ExportFormat::Csv) => ExportFormat::Csv,
                (Some("ics"), ExportFormat::Csv) => ExportFormat::Ics,
                (Some("xml"), ExportFormat::Csv) => ExportFormat::Xml,
                (Some(ending), ExportFormat::Csv) => {
                    bail!(
                        "a table is written as `.csv`, `.xlsx`, `.parquet` or `.json`, not as `.{ending}`"
                    )
                }
                (_, other) => other,
            }
        }
    };
    let bar = ProgressBar::new_spinner();
    let heard = bar.clone();
    // The command line belongs to the office.
    let reader = Reader::seeing(language, Visibility::Restricted);
    let exported = home
        .export(what, format, &reader, known_at, out, move |records| {
            heard.set_message(format!("{records} records"));
            heard.tick();
        })
        .await;
    bar.finish_and_clear();
    show::exported(cli, &exported?, out)?;
    Ok(Answer::Done)
}

async fn compute(cli: &Cli, measure: &Measure) -> Result<Answer> {
    if measure.complete && cli.packs.is_none() {
        bail!(
            "--complete writes beside the measure's file; say where the packs are with --packs DIR"
        );
    }
    let home = open(cli).await?;
    let given = chancery_app::read_given(&measure.parameters)?;
    let point = known_at(&home, measure.point.known_at.as_deref()).await?;
    let wanted = if measure.evidence { Wanted::All } else { Wanted::Nothing };
    let figure = home.figure(&measure.name, &given, wanted, point).await?;
    show::figure(cli, home.programme(), &figure, measure.lang)?;
    if let Some(packs) = cli.packs.as_ref().filter(|_| measure.complete) {
        let file = chancery_app::complete(packs, home.programme(), &figure)?;
        show::message(&format!(
            "added to {}: read it, and say where the figure was published",
            file.display()
        ));
    }
    Ok(Answer::Done)
}

async fn verify(cli: &Cli, checkpoint: Option<&Path>) -> Result<Answer> {
    let home = open(cli).await?;
    let bar = ProgressBar::new_spinner();
    let heard = bar.clone();
    let verification = home
        .verify(checkpoint, move |entries| heard.set_message(format!("{entries} entries verified")))
        .await;
    bar.finish_and_clear();
    let verification = verification?;
    show::verification(cli, &verification)?;
    Ok(if verification.faults.is_empty() { Answer::Done } else { Answer::Negative })
}

/// In a folder of the demonstration, how many entries its journal had when it was made.
const DEMO: &str = ".chancery-demo";

/// Clears a folder for the demonstration, if nothing is in it but an earlier one that nobody has
/// worked in.
async fn clear_demo(cli: &Cli, folder: &Path) -> Result<()> {
    if !folder.read_dir().is_ok_and(|mut items| items.next().is_some()) {
        return Ok(());
    }
    let Ok(made) = std::fs::read_to_string(folder.join(DEMO)) else {
        bail!("{} is not empty; name a new folder for the demonstration", folder.display());
    };
    let home = folder.join("home");
    let size = Home::open(&home, programme(cli)?, "demo").await?.journal().size().await?;
    if made.trim() != size.to_string() {
        bail!(
            "somebody has recorded facts in {}; name a new folder for the demonstration",
            home.display()
        );
    }
    // Its pages are written anew; whatever else is there is somebody's and stays.
    std::fs::remove_dir_all(&home)?;
    Ok(())
}

/// The demonstration: a home with the real facts of the packs, its report in every language,
/// and the check of that report.
async fn demo(cli: &Cli, folder: &Path) -> Result<Answer> {
    clear_demo(cli, folder).await?;
    let home = make(cli, &folder.join("home"), Start::Demonstration).await?;
    let accounts = home.demonstration_accounts().await?;
    let size = home.journal().size().await?;
    std::fs::write(folder.join(DEMO), format!("{size}\n"))?;
    show::message(&format!("home       {} ({size} entries)", home.folder().display()));
    let mut pages = Vec::new();
    let mut negative = false;
    let mut call = None;
    let names: Vec<String> = home.programme().reports.keys().cloned().collect();
    for name in &names {
        for language in Language::ALL {
            let built = home.build_report(name, language, None, None).await?;
            let page = folder.join(format!("{name}.{language}.html"));
            let text = folder.join(format!("{name}.{language}.txt"));
            for (file, format) in [(&page, ReportFormat::Html), (&text, ReportFormat::Text)] {
                chancery_app::write_file(file, &built.content(format)?.0)?;
            }
            let period = built.period();
            let options = CheckOptions {
                at: Some(period.to),
                period: Some(period),
                ..CheckOptions::new(language)
            };
            let source = chancery_app::read_document(&text)?;
            let checked = home.check_report(&text, &source, options, None).await?;
            let summary = checked.summary;
            negative |= summary.differs > 0;
            call = call.or_else(|| built.call(1));
            pages.push(json!({
                "report": name, "language": language, "page": &page, "figures": built.figures(),
                "read_back": summary,
            }));
            show::message(&format!(
                "report     {} ({} figures); read back: {} agree, {} differ, {} unbound",
                page.display(),
                built.figures(),
                summary.agrees,
                summary.differs,
                summary.unbound
            ));
        }
    }
    let first = names.first().map_or("report", String::as_str);
    show::message(&format!(
        "\nOpen {page} in a browser and select any figure to see the records behind it.\nThen try:\n  \
         chancery --home {home} measure {call} --evidence\n  \
         chancery --home {home} report check {text} --lang en\n  \
         chancery --home {home} journal verify",
        page = folder.join(format!("{first}.en.html")).display(),
        text = folder.join(format!("{first}.en.txt")).display(),
        call = call.unwrap_or_default(),
        home = home.folder().display(),
    ));
    show::demonstration_accounts(&accounts);
    if cli.json {
        let answer =
            json!({"home": home.folder(), "entries": size, "reports": pages, "accounts": accounts});
        show::done(cli, "", answer)?;
    }
    Ok(if negative { Answer::Negative } else { Answer::Done })
}
