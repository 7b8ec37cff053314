//! Commands about reports: build, watch, compare, check.

use std::io::{IsTerminal, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chancery_app::{
    BuiltReport, CheckOptions, Checked, Drafts, Home, Period, ReportFormat, Source, compare_reports,
};
use chancery_model::Language;
use chancery_web::Preview;
use indicatif::ProgressBar;
use notify::{RecursiveMode, Watcher};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::cli::{Choice, Cli, Report};
use crate::commands::{Answer, known_at, open};
use crate::show;

pub(crate) async fn run(cli: &Cli, report: &Report) -> Result<Answer> {
    match report {
        Report::Build { name, period, lang, to, out, point } => {
            let home = open(cli).await?;
            let known_at = known_at(&home, point.known_at.as_deref()).await?;
            let built = home.build_report(name, *lang, *period, known_at).await?;
            let default = if cli.json { ReportFormat::Json } else { ReportFormat::Html };
            let named = out.as_deref().and_then(ReportFormat::of);
            write(cli, &built, to.or(named).unwrap_or(default), out.as_deref())?;
            Ok(Answer::Done)
        }
        Report::Watch { name, period, lang, port } => {
            watch_report(cli, name, *lang, *period, *port).await
        }
        Report::Publish { name, out, lang, period } => {
            let home = open(cli).await?;
            let all = Language::ALL;
            let languages = if lang.is_empty() { &all[..] } else { lang };
            let bar = ProgressBar::new_spinner();
            let published = home
                .publish(name, languages, *period, out, |file| {
                    bar.set_message(file.to_owned());
                    bar.tick();
                })
                .await;
            bar.finish_and_clear();
            show::published(cli, &published?)?;
            Ok(Answer::Done)
        }
        Report::Verify { file, today, lang } => {
            let home = open(cli).await?;
            let bar = ProgressBar::new(0);
            let verified = home
                .verify_published(file, today.then_some(*lang), |done, of| {
                    bar.set_length(of as u64);
                    bar.set_position(done as u64);
                })
                .await;
            bar.finish_and_clear();
            let verified = verified?;
            show::verified(cli, &verified, *lang)?;
            Ok(if verified.faults.is_empty() { Answer::Done } else { Answer::Negative })
        }
        Report::Diff { old, new } => {
            let compared = compare_reports(old, new)?;
            show::compared(cli, &compared)?;
            let same = compared.figures.is_empty() && compared.words.is_empty();
            Ok(if same { Answer::Done } else { Answer::Negative })
        }
        Report::Check {
            file, lang, against: Some(other), against_lang: Some(other_lang), ..
        } => {
            let home = open(cli).await?;
            let facing = home.compare_versions((file, *lang), (other, *other_lang)).await?;
            show::facing(cli, &facing, (*lang, *other_lang))?;
            Ok(if facing.differences.is_empty() { Answer::Done } else { Answer::Negative })
        }
        Report::Check {
            file,
            out,
            lang,
            at,
            period,
            document,
            evidence,
            suggest,
            accept,
            point,
            ..
        } => {
            let home = open(cli).await?;
            let known_at = known_at(&home, point.known_at.as_deref()).await?;
            let options = CheckOptions {
                at: *at,
                period: *period,
                document: document.clone(),
                evidence: *evidence,
                suggest: *suggest || !accept.is_empty(),
                ..CheckOptions::new(*lang)
            };
            let source = chancery_app::read_document(file)?;
            let mut checked = home.check_report(file, &source, options.clone(), known_at).await?;
            if !accept.is_empty() {
                accept_suggestions(file, &checked, accept)?;
                checked = home.check_report(file, &source, options, known_at).await?;
            }
            if let Some(out) = out {
                write_checked(file, &source, out, &checked, *lang)?;
            }
            show::checked(cli, &checked)?;
            Ok(if checked.is_contradicted() { Answer::Negative } else { Answer::Done })
        }
    }
}

/// Writes suggestions that somebody accepted into the file beside a document: all or none.
fn accept_suggestions(file: &Path, checked: &Checked, choices: &[Choice]) -> Result<()> {
    let mut accepted = Vec::new();
    for choice in choices {
        let suggestion =
            checked.quantities.get(choice.quantity.wrapping_sub(1)).and_then(|quantity| {
                Some((quantity, quantity.suggestions.get(choice.suggestion.wrapping_sub(1))?))
            });
        match suggestion {
            Some(found) => accepted.push(found),
            None => bail!(
                "quantity {} has no suggestion {}; `--suggest` shows what can be accepted",
                choice.quantity,
                choice.suggestion
            ),
        }
    }
    let concordance = chancery_app::accept(file, &accepted)?;
    for (quantity, suggestion) in accepted {
        let call = chancery_model::figure::call(&suggestion.measure, &suggestion.parameters);
        show::message(&format!("“{}” states {call}: {}", quantity.text, concordance.display()));
    }
    Ok(())
}

/// Writes what a check found beside the answer.
fn write_checked(
    file: &Path,
    source: &Source,
    out: &Path,
    checked: &Checked,
    language: Language,
) -> Result<()> {
    let name =
        file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let ending = out.extension().and_then(|ending| ending.to_str());
    let content = match ending {
        Some("html") => chancery_app::checked_html(&name, source, checked, language),
        Some("sarif") => {
            format!("{:#}\n", chancery_app::sarif(&file.display().to_string(), source, checked))
        }
        _ => bail!("{}: expected a name that ends in .html or .sarif", out.display()),
    };
    chancery_app::write_file(out, content.as_bytes())?;
    Ok(())
}

fn write(cli: &Cli, built: &BuiltReport, format: ReportFormat, out: Option<&Path>) -> Result<()> {
    for (caution, figures) in built.cautions() {
        show::message(&format!(
            "caution about {}: {caution}",
            show::counted(figures, "figure", "figures")
        ));
    }
    if built.demonstration() > 0 {
        let figures = show::counted(built.demonstration(), "figure rests", "figures rest");
        show::message(&format!("demonstration data: {figures} on invented records"));
    }
    if out.is_none() && !format.is_text() && std::io::stdout().is_terminal() {
        bail!("a terminal cannot show this; give a file with --out");
    }
    let (content, said) = built.content(format)?;
    for note in said {
        show::message(&note);
    }
    let (figures, known_at) = (built.figures(), built.known_at());
    match out {
        None => std::io::stdout().write_all(&content)?,
        Some(file) => {
            chancery_app::write_file(file, &content)?;
            let message =
                format!("{figures} figures, as known at entry {known_at}: {}", file.display());
            let answer = json!({"file": file, "figures": figures, "known_at": known_at});
            show::done(cli, &message, answer)?;
        }
    }
    Ok(())
}

/// How long files are left to settle: editors save in several steps.
const SETTLING: Duration = Duration::from_millis(15);

/// Builds a report again whenever its source changes, and shows it in a browser.
async fn watch_report(
    cli: &Cli,
    name: &str,
    language: Language,
    period: Option<Period>,
    port: u16,
) -> Result<Answer> {
    let Some(folder) = cli.packs.as_deref() else {
        bail!(
            "the packs compiled into this program do not change; name the folder in which you write with --packs"
        );
    };
    let mut home = open(cli).await?;
    let mut drafts = home.drafts(None).await?;
    let (saved, mut changes) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !event.kind.is_access()
        {
            // Nobody listens any more when the program ends.
            let _ = saved.send(event.paths);
        }
    })?;
    watcher
        .watch(folder, RecursiveMode::Recursive)
        .with_context(|| format!("{} cannot be watched", folder.display()))?;
    let (shown, seen) = watch::channel(Preview::default());
    show_draft(&home, &drafts, cli, (name, language, period), &shown).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("port {port} is taken; name another with --port"))?;
    show::message(&format!(
        "the report is at http://{} and follows {}; end with Ctrl-C",
        listener.local_addr()?,
        folder.display()
    ));
    let serving = tokio::spawn(chancery_web::preview(listener, seen));
    loop {
        let first = tokio::select! {
            first = changes.recv() => first,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(mut paths) = first else { break };
        tokio::time::sleep(SETTLING).await;
        while let Ok(more) = changes.try_recv() {
            paths.extend(more);
        }
        // What a report asks for is answered as before unless more than its source changed.
        if !paths.iter().all(|path| path.components().any(|part| part.as_os_str() == "reports")) {
            match open(cli).await {
                Ok(opened) => {
                    home = opened;
                    drafts = home.drafts(None).await?;
                }
                Err(error) => {
                    show::error(cli, &error);
                    show_problem(&shown, &error);
                    continue;
                }
            }
        }
        show_draft(&home, &drafts, cli, (name, language, period), &shown).await?;
    }
    serving.abort();
    Ok(Answer::Done)
}

/// Builds a draft and shows it, or what is wrong with it.
async fn show_draft(
    home: &Home,
    drafts: &Drafts,
    cli: &Cli,
    (name, language, period): (&str, Language, Option<Period>),
    shown: &watch::Sender<Preview>,
) -> Result<()> {
    let started = std::time::Instant::now();
    let build = async {
        let programme = chancery_app::load_packs(cli.packs.as_deref())?;
        let built = home.build_draft(drafts, &programme, name, language, period).await?;
        let (page, _) = built.content(ReportFormat::Html)?;
        Ok::<_, chancery_app::Error>((built.figures(), String::from_utf8_lossy(&page).into_owned()))
    };
    match build.await {
        Ok((figures, page)) => {
            let took = started.elapsed().as_millis();
            let status = format!("{name}, {language}: {figures} figures, built in {took} ms");
            show::message(&status);
            shown.send_replace(Preview { page: page.into(), problems: None, status });
        }
        Err(error) => {
            let error = anyhow::Error::from(error);
            show::error(cli, &error);
            show_problem(shown, &error);
        }
    }
    Ok(())
}

fn show_problem(shown: &watch::Sender<Preview>, error: &anyhow::Error) {
    shown.send_modify(|preview| {
        preview.problems = Some(format!("{error}"));
        "the source has problems; this is the last page without".clone_into(&mut preview.status);
    });
}
