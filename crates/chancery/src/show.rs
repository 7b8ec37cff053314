//! What people and scripts see.

mod checking;

use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::Path;

use anyhow::Result;
use chancery_app::{
    Account, Change, Checkpoint, Comparison, Engine, Entered, Error, Explained, Exported,
    FigureChange, Held, Imported, Inclusion, Listed, Published, Stated, Verification, Verified,
    Version,
};
use chancery_model::value::{fill_label, plain};
use chancery_model::{Diagnostic, Diagnostics, Figure, FigureValue, Language, Programme, Severity};
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle,
};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use serde_json::{Value, json};

use crate::cli::Cli;

pub(crate) use checking::{checked, facing};

/// A message for a person, beside the answer.
pub(crate) fn message(text: &str) {
    // Nobody may be listening; the work is done all the same.
    let _ = writeln!(stderr(), "{text}");
}

fn answer(value: &Value) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{value:#}")?;
    Ok(())
}

fn say(text: &str) -> Result<()> {
    writeln!(stdout().lock(), "{text}")?;
    Ok(())
}

pub(crate) fn done(cli: &Cli, text: &str, value: Value) -> Result<()> {
    if cli.json { answer(&value) } else { say(text) }
}

/// The accounts of a home.
pub(crate) fn accounts(cli: &Cli, accounts: &[Account]) -> Result<()> {
    if cli.json {
        return answer(&json!({"accounts": accounts}));
    }
    if accounts.is_empty() {
        return say("no accounts yet; invite somebody with `chancery account invite`");
    }
    let mut table = table(&["login", "name", "roles", "speaks for", "status", "codes", "sessions"]);
    for account in accounts {
        let links: Vec<&str> = account.links.values().map(String::as_str).collect();
        let codes = if account.codes { "yes" } else { "no" };
        table.add_row([
            account.login.as_str(),
            &account.name,
            &account.roles.join(", "),
            &links.join(", "),
            &account.status,
            codes,
            &account.sessions.to_string(),
        ]);
    }
    say(&table.to_string())
}

/// Invented accounts with the passwords that let anybody in.
pub(crate) fn demonstration_accounts(accounts: &[(String, String, String)]) {
    let mut table = table(&["role", "login", "password"]);
    for (login, role, password) in accounts {
        table.add_row([role, login, password]);
    }
    message(&format!(
        "\nAccounts for trying the portal, one a role, told here and nowhere else:\n{table}"
    ));
}

/// Why somebody may do something, or may not.
pub(crate) fn explained(cli: &Cli, explained: &Explained) -> Result<()> {
    if cli.json {
        return answer(&json!(explained));
    }
    let Explained { login, roles, action, resource, allowed, policies, because } = explained;
    let verdict = if *allowed { "may" } else { "may not" };
    say(&format!("{login} ({}) {verdict} {action} {resource}: {because}", roles.join(", ")))?;
    for (policy, place) in policies {
        say(&format!("  {policy}  {place}"))?;
    }
    Ok(())
}

/// Whether a command failed only because nobody reads its answer any more.
pub(crate) fn is_unread(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A call that cannot be understood, as scripts read it.
pub(crate) fn usage_problem(found: &str) {
    let found = found.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let _ = answer(&json!({"problems": [{"severity": Severity::Error, "found": found}]}));
}

/// Why a command failed, with the places at fault.
pub(crate) fn error(cli: &Cli, error: &anyhow::Error) {
    let problems = match (error.downcast_ref::<Error>(), error.downcast_ref::<Diagnostics>()) {
        (Some(Error::Wrong(problems)), _) | (_, Some(problems)) => Some(problems),
        _ => None,
    };
    match problems {
        Some(problems) => diagnostics(problems, cli.packs.as_deref()),
        None => message(&format!("error: {error:#}")),
    }
    if cli.json {
        let problems = problems
            .map_or_else(|| json!([{"found": format!("{error:#}")}]), |problems| json!(problems.0));
        let _ = answer(&json!({"problems": problems}));
    }
}

/// All problems, each with the marked piece of its file where that is short enough to show.
fn diagnostics(problems: &Diagnostics, packs: Option<&Path>) {
    let colour = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    for problem in &problems.0 {
        let mut text = String::new();
        match marked(problem, packs) {
            Some(report) if handler.render_report(&mut text, report.as_ref()).is_ok() => {
                message(text.trim_end_matches('\n'))
            }
            _ => message(&line(problem)),
        }
    }
    let errors = problems.0.iter().filter(|problem| problem.severity == Severity::Error).count();
    if problems.0.len() > 1 {
        let errors_told = counted(errors, "error", "errors");
        let warnings = counted(problems.0.len() - errors, "warning", "warnings");
        message(&format!("{errors_told}, {warnings}"));
    }
}

/// A problem on one line.
fn line(problem: &Diagnostic) -> String {
    let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
    let place = problem.place.to_string();
    let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
    let mut text = format!("{severity}: {place}{}", problem.found);
    if !problem.expected.is_empty() {
        text.push_str(&format!("; expected {}", problem.expected));
    }
    if !problem.hint.is_empty() {
        text.push_str(&format!("\n  hint: {}", problem.hint));
    }
    text
}

/// A problem with the piece of the file that it is about; none where that cannot be shown.
fn marked(problem: &Diagnostic, packs: Option<&Path>) -> Option<miette::Report> {
    let place = &problem.place;
    if place.line == 0 || place.column == 0 {
        return None;
    }
    let text = chancery_app::pack_file(packs, &place.file)?;
    let start: usize = text.split_inclusive('\n').take(place.line - 1).map(str::len).sum();
    let row = text[start..].lines().next().unwrap_or_default();
    let offset = start + row.chars().take(place.column - 1).map(char::len_utf8).sum::<usize>();
    let length: usize =
        row.chars().skip(place.column - 1).take(place.length.max(1)).map(char::len_utf8).sum();
    let label = if problem.expected.is_empty() {
        "here".to_owned()
    } else {
        format!("expected {}", problem.expected)
    };
    let mut shown = MietteDiagnostic::new(problem.found.clone())
        .with_label(LabeledSpan::at(offset..offset + length, label))
        .with_severity(match problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        });
    if !problem.hint.is_empty() {
        shown = shown.with_help(problem.hint.clone());
    }
    Some(miette::Report::new(shown).with_source_code(NamedSource::new(&place.file, text)))
}

pub(crate) fn packs(
    cli: &Cli,
    programme: &Programme,
    problems: &Diagnostics,
    folder: Option<&Path>,
) -> Result<()> {
    diagnostics(problems, folder);
    let counts = json!({
        "packs": programme.packs.len(),
        "registers": programme.registers.len(),
        "codelists": programme.codelists.len(),
        "views": programme.views.len(),
        "measures": programme.measures.len(),
        "procedures": programme.procedures.len(),
        "reports": programme.reports.len(),
        "expected": programme.measures.values().map(|measure| measure.expected.len()).sum::<usize>(),
        "facts": programme.data.len(),
        "problems": problems.0,
    });
    if cli.json {
        return answer(&counts);
    }
    let parts = [
        ("packs", "pack", "packs"),
        ("registers", "register", "registers"),
        ("codelists", "code list", "code lists"),
        ("views", "view", "views"),
        ("measures", "measure", "measures"),
        ("expected", "expected figure", "expected figures"),
        ("procedures", "procedure", "procedures"),
        ("reports", "report", "reports"),
        ("facts", "file of facts", "files of facts"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .map(|(count, one, many)| counted(counts[*count].as_u64().unwrap_or_default(), one, many))
        .collect();
    let verdict = if problems.has_errors() { "not valid" } else { "valid" };
    say(&format!("{verdict}: {}", parts.join(", ")))
}

pub(crate) fn imported(
    cli: &Cli,
    register: &str,
    imported: &Imported,
    sealed: Option<&Checkpoint>,
    dry_run: bool,
) -> Result<()> {
    let Imported { added, superseded, unchanged } = imported;
    if cli.json {
        let entries = sealed.map(|checkpoint| checkpoint.size);
        return answer(&json!({
            "register": register, "added": added, "superseded": superseded, "unchanged": unchanged,
            "dry_run": dry_run, "entries": entries,
        }));
    }
    let what = format!("{added} added, {superseded} superseded, {unchanged} unchanged");
    match sealed {
        _ if dry_run => say(&format!("{register}: {what} – nothing was recorded (--dry-run)")),
        Some(checkpoint) => {
            say(&format!("{register}: {what}. The journal now has {} entries.", checkpoint.size))
        }
        None => say(&format!("{register}: {what}. Nothing new to record.")),
    }
}

/// A line under the head and nothing else: rows are read, not framed.
const LINES: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A number with what it counts.
pub(crate) fn counted(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{number} {}", if number == 1 { one } else { many })
}

fn rows(count: u64) -> String {
    counted(count, "row", "rows")
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(LINES);
    // On a screen cells wrap; in a file or a pipe a row stays one line.
    if stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(header.iter().map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
    table
}

pub(crate) fn entries(
    cli: &Cli,
    programme: &Programme,
    register: &str,
    listed: &[Listed],
) -> Result<()> {
    if cli.json {
        let records: Vec<Value> = listed
            .iter()
            .map(|record| {
                let mut shown =
                    json!({"key": record.key, "entry": record.entry, "body": record.body});
                if record.demonstration {
                    shown["demonstration"] = Value::Bool(true);
                }
                shown
            })
            .collect();
        return answer(&Value::Array(records));
    }
    if listed.is_empty() {
        return say(&format!("No records in `{register}` that fit."));
    }
    let declared = &programme.registers[register];
    let columns: Vec<&str> = declared
        .fields
        .iter()
        .filter(|(name, field)| field.required && !declared.key.contains(name))
        .map(|(name, _)| name.as_str())
        .take(5)
        .collect();
    let invented = listed.iter().filter(|record| record.demonstration).count();
    let marked: &[&str] = if invented > 0 { &["demonstration"] } else { &[] };
    let mut shown = table(&[&["entry", "key"], columns.as_slice(), marked].concat());
    for record in listed {
        let values = columns.iter().map(|column| {
            record.body.get(*column).map(|value| plain(value, Language::En)).unwrap_or_default()
        });
        let mark = (invented > 0).then(|| if record.demonstration { "yes" } else { "" }.to_owned());
        let own = [record.entry.to_string(), record.key.clone()];
        shown.add_row(own.into_iter().chain(values).chain(mark));
    }
    let note = match invented {
        0 => String::new(),
        invented => format!(", {invented} of them invented for demonstration"),
    };
    say(&format!("{shown}\n{}{note}", counted(listed.len(), "record", "records")))
}

pub(crate) fn exported(cli: &Cli, exported: &Exported, out: &Path) -> Result<()> {
    let Exported { records, left_out, demonstration } = exported;
    if !left_out.is_empty() {
        let named: Vec<&str> = left_out.iter().take(10).map(String::as_str).collect();
        let more = if left_out.len() > 10 { ", …" } else { "" };
        message(&format!(
            "{} left out, since they lack what the format needs: {}{more}",
            counted(left_out.len(), "record", "records"),
            named.join(", ")
        ));
    }
    if *demonstration > 0 {
        message(&format!("demonstration data: {demonstration} of them are invented"));
    }
    done(
        cli,
        &format!("{}: {}", counted(*records, "record", "records"), out.display()),
        json!({"file": out, "records": records, "left_out": left_out, "demonstration": demonstration}),
    )
}

pub(crate) fn history(cli: &Cli, register: &str, key: &str, versions: &[Version]) -> Result<()> {
    if cli.json {
        return answer(&json!(versions));
    }
    let mut text = format!("{register}/{key}\n");
    let mut before = chancery_model::Body::new();
    for version in versions {
        let change = serde_json::to_value(version.change)?;
        text.push_str(&format!(
            "\nentry {}  {}  {}  by {}{}\n  source: {}\n",
            version.entry,
            change.as_str().unwrap_or_default(),
            version.time,
            version.actor,
            if version.demonstration { "  (demonstration data)" } else { "" },
            version.source
        ));
        if let Some(reason) = &version.reason {
            text.push_str(&format!("  reason: {reason}\n"));
        }
        // Only what changed from the version before.
        for (field, value) in
            version.body.iter().filter(|(field, value)| before.get(*field) != Some(value))
        {
            text.push_str(&format!("  {field}: {}\n", plain(value, Language::En)));
        }
        for field in before
            .keys()
            .filter(|field| version.reason.is_none() && !version.body.contains_key(*field))
        {
            text.push_str(&format!("  {field}: (removed)\n"));
        }
        before.clone_from(&version.body);
    }
    say(text.trim_end())
}

pub(crate) fn figure(
    cli: &Cli,
    programme: &Programme,
    figure: &Figure,
    language: Language,
) -> Result<()> {
    for caution in &figure.cautions {
        message(&format!("caution: {}", caution[language]));
    }
    if figure.demonstration > 0 {
        message(&format!(
            "demonstration data: {} of {} rest on invented records",
            figure.demonstration,
            rows(figure.evidence_count)
        ));
    }
    if cli.json {
        return answer(&json!(figure));
    }
    let measure = &programme.measures[&figure.measure];
    let label = fill_label(&measure.head.label[language], |name| {
        let text = plain(figure.parameters.get(name)?, language);
        let list = measure.head.parameters.get(name)?.codelist.as_ref();
        let code = list.and_then(|list| programme.codelists.get(list)?.codes.get(&text));
        Some(code.map_or(text, |code| code.label[language].clone()))
    });
    let unit = programme.codelists.get("unit").and_then(|list| list.codes.get(&figure.unit));
    let unit = unit.map_or(figure.unit.as_str(), |code| code.label[language].as_str());
    let mut text = format!("{label}\n");
    match &figure.value {
        FigureValue::Value(value) => text.push_str(&format!("{}  ({unit})\n", shown(value))),
        FigureValue::Rows(rows) => {
            let columns: Vec<&str> =
                measure.head.group_by.iter().map(String::as_str).chain(["value"]).collect();
            let mut table = table(&columns);
            for row in rows {
                table.add_row(columns.iter().map(|column| {
                    let cell = Cell::new(row.get(*column).map_or_else(String::new, shown));
                    if *column == "value" { cell.set_alignment(CellAlignment::Right) } else { cell }
                }));
            }
            text.push_str(&format!("{table}\n({unit})\n"));
        }
    }
    text.push_str(&format!(
        "rests on {} of evidence, as known at entry {}",
        rows(figure.evidence_count),
        figure.known_at
    ));
    if let Some(evidence) = &figure.evidence
        && let Some(first) = evidence.first()
    {
        let columns: Vec<&str> = first.row.keys().map(String::as_str).collect();
        let mut table = table(&[&["entry", "record"], columns.as_slice()].concat());
        for row in evidence.iter() {
            let records: Vec<&str> = std::iter::once(&row.record)
                .chain(&row.with)
                .map(|version| version.record_id.as_str())
                .collect();
            let entries: Vec<String> = std::iter::once(&row.record)
                .chain(&row.with)
                .map(|version| version.entry.to_string())
                .collect();
            let values = columns.iter().map(|column| shown(&row.row[*column]));
            table.add_row([entries.join("\n"), records.join("\n")].into_iter().chain(values));
        }
        text.push_str(&format!("\n{table}"));
    }
    say(&text)
}

fn shown(value: &Value) -> String {
    if value.is_null() { "–".to_owned() } else { plain(value, Language::En) }
}

pub(crate) fn identities(cli: &Cli, held: &[Held], language: Language) -> Result<()> {
    if cli.json {
        return answer(&json!(held));
    }
    let mut shown = table(&["identity", "what must hold", "stated", "computed", "within", ""]);
    let side = |value: &Option<String>| {
        Cell::new(value.as_deref().unwrap_or("–")).set_alignment(CellAlignment::Right)
    };
    for identity in held {
        let (verdict, colour) = match identity.holds {
            true => ("holds", Color::Green),
            false => ("does not hold", Color::Red),
        };
        shown.add_row([
            Cell::new(&identity.identity),
            Cell::new(&identity.label[language]),
            side(&identity.stated),
            side(&identity.computed),
            Cell::new(&identity.within),
            Cell::new(verdict).fg(colour),
        ]);
    }
    for problem in held.iter().filter_map(|identity| identity.problem.as_ref()) {
        message(problem);
    }
    say(&shown.to_string())
}

pub(crate) fn measures(cli: &Cli, programme: &Programme, language: Language) -> Result<()> {
    if cli.json {
        let heads: Vec<_> = programme.measures.values().map(|measure| &measure.head).collect();
        return answer(&json!(heads));
    }
    let mut shown = table(&["measure", "what it is", "parameters"]);
    for (name, measure) in &programme.measures {
        let parameters = Engine::usage(&measure.head);
        shown.add_row([name.clone(), measure.head.label[language].clone(), parameters]);
    }
    say(&shown.to_string())
}

pub(crate) fn verification(cli: &Cli, verification: &Verification) -> Result<()> {
    let faults: Vec<Value> = verification
        .faults
        .iter()
        .map(|fault| json!({"entry": fault.entry, "what": fault.what}))
        .collect();
    if cli.json {
        return answer(&json!({
            "verified": faults.is_empty(), "entries": verification.entries,
            "checkpoints": verification.checkpoints, "faults": faults,
        }));
    }
    for fault in &verification.faults {
        match fault.entry {
            Some(entry) => say(&format!("entry {entry}: {}", fault.what))?,
            None => say(&fault.what)?,
        }
    }
    let verdict = if faults.is_empty() { "verified" } else { "NOT verified: restore a backup" };
    say(&format!(
        "{}, {}: {verdict}",
        counted(verification.entries, "entry", "entries"),
        counted(verification.checkpoints, "checkpoint", "checkpoints")
    ))
}

pub(crate) fn checkpoint(cli: &Cli, checkpoint: &Checkpoint, key: &str) -> Result<()> {
    if cli.json {
        return answer(
            &json!({"entries": checkpoint.size, "time": checkpoint.time, "note": checkpoint.note, "key": key}),
        );
    }
    message(&format!("sealed {}; to be verified with the key {key}", checkpoint.time));
    say(checkpoint.note.trim_end_matches('\n'))
}

pub(crate) fn proof(cli: &Cli, proof: &Inclusion) -> Result<()> {
    if cli.json {
        let leaf = String::from_utf8_lossy(&proof.leaf);
        return answer(&json!({"entry": proof.number, "leaf": leaf, "proof": proof.text()}));
    }
    message(&format!("entry {} is: {}", proof.number, String::from_utf8_lossy(&proof.leaf)));
    say(proof.text().trim_end_matches('\n'))
}

/// So many entries are named for a figure that changed.
const ENTRIES: usize = 6;

/// What changed between two reports.
pub(crate) fn compared(cli: &Cli, compared: &Comparison) -> Result<()> {
    if cli.json {
        return answer(&json!(compared));
    }
    if !compared.figures.is_empty() {
        let mut shown = table(&["§", "figure", "old", "new", "because of"]);
        for change in &compared.figures {
            let place = change.new.as_ref().or(change.old.as_ref()).and_then(|side| side.paragraph);
            let side = |side: &Option<Stated>| {
                let text = side.as_ref().map_or("not stated", |side| side.text.as_str());
                Cell::new(text).set_alignment(CellAlignment::Right)
            };
            shown.add_row([
                Cell::new(place.map_or_else(String::new, |number| number.to_string())),
                Cell::new(&change.label),
                side(&change.old),
                side(&change.new),
                Cell::new(because(change)),
            ]);
        }
        say(&shown.to_string())?;
    }
    for change in &compared.words {
        let place = change.paragraph.map_or_else(String::new, |number| format!("§ {number}: "));
        let pieces = change.pieces.iter().map(|(kind, text)| match kind {
            Change::Kept => shortened(text),
            Change::Removed => format!("[-{text}-]"),
            Change::Added => format!("{{+{text}+}}"),
        });
        say(&format!("{place}{}", pieces.collect::<String>()))?;
    }
    say(&format!(
        "{}, {} with the same value; {} with other words",
        counted(compared.figures.len(), "figure differs", "figures differ"),
        compared.same,
        counted(compared.words.len(), "text", "texts")
    ))
}

/// The entries that made a figure change.
fn because(change: &FigureChange) -> String {
    if change.old.is_none() || change.new.is_none() {
        return String::new();
    }
    let signed = |sign: char, versions: &[Entered]| -> Vec<String> {
        versions.iter().map(|version| format!("{sign}{}", version.record_id)).collect()
    };
    let mut all = signed('+', &change.added);
    all.extend(signed('−', &change.removed));
    let more = all.len().saturating_sub(ENTRIES);
    all.truncate(ENTRIES);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join("\n")
}

/// A text that stayed, without its middle where that is long.
fn shortened(text: &str) -> String {
    const SIDE: usize = 40;
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= SIDE * 2 + 3 {
        return text.to_owned();
    }
    let start: String = letters[..SIDE].iter().collect();
    let end: String = letters[letters.len() - SIDE..].iter().collect();
    format!("{start} … {end}")
}

/// What was published.
pub(crate) fn published(cli: &Cli, published: &Published) -> Result<()> {
    for note in &published.said {
        message(note);
    }
    if published.demonstration > 0 {
        let figures = counted(published.demonstration, "figure rests", "figures rest");
        message(&format!("demonstration data: {figures} on invented records"));
    }
    let text = format!(
        "{} with {} on {}, as known at entry {}; the proof is {}",
        counted(published.files.len(), "file", "files"),
        counted(published.figures, "figure", "figures"),
        counted(published.entries, "entry", "entries"),
        published.known_at,
        published.proof.display()
    );
    done(cli, &text, json!(published))
}

/// What a check of a published report found.
pub(crate) fn verified(cli: &Cli, verified: &Verified, language: Language) -> Result<()> {
    let corrigendum = verified.corrigendum(language);
    if cli.json {
        let mut found = json!(verified);
        found["corrigendum"] = json!(corrigendum);
        return answer(&found);
    }
    for fault in &verified.faults {
        say(&format!("wrong: {fault}"))?;
    }
    if !verified.absent.is_empty() {
        say(&format!("not here, so not checked: {}", verified.absent.join(", ")))?;
    }
    if let Some(changes) = &verified.today {
        let mut shown = table(&["§", "measure", "published", "today", "because of"]);
        for change in changes {
            let mut because: Vec<String> =
                change.added.iter().map(|entry| format!("+{entry}")).collect();
            because.extend(change.removed.iter().map(|entry| format!("−entry {entry}")));
            let more = because.len().saturating_sub(ENTRIES);
            because.truncate(ENTRIES);
            if more > 0 {
                because.push(format!("and {more} more"));
            }
            shown.add_row([
                Cell::new(change.paragraph.map_or_else(String::new, |number| number.to_string())),
                Cell::new(chancery_model::figure::call(&change.measure, &change.parameters)),
                Cell::new(&change.published).set_alignment(CellAlignment::Right),
                Cell::new(&change.today).set_alignment(CellAlignment::Right),
                Cell::new(because.join("\n")),
            ]);
        }
        if !changes.is_empty() {
            say(&shown.to_string())?;
            for line in &corrigendum {
                say(line)?;
            }
        }
        say(&format!(
            "today {} of {} would be others",
            changes.len(),
            counted(verified.figures, "figure", "figures")
        ))?;
    }
    let verdict = if verified.faults.is_empty() { "proved" } else { "NOT proved" };
    say(&format!(
        "{} {}: {verdict}; {} computed anew as known at entry {}, {} in the journal, {} as published",
        verified.report,
        verified.symbol,
        counted(verified.figures, "figure", "figures"),
        verified.known_at,
        counted(verified.entries, "entry", "entries"),
        counted(verified.files, "file", "files"),
    ))
}
