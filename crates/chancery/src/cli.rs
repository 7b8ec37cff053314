//! What can be asked for on the command line.

use std::path::PathBuf;

use chancery_app::{Period, ReportFormat};
use chancery_model::Language;
use chancery_model::value::{read_date, read_period};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Keeps the registers of a programme, and writes and checks reports whose every figure is
/// computed from records and can be followed back to them.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The folder that holds the journal.
    #[arg(
        long,
        global = true,
        env = "CHANCERY_HOME",
        value_name = "DIR",
        default_value = "chancery-home"
    )]
    pub(crate) home: PathBuf,
    /// A folder of packs in place of those compiled in.
    #[arg(long, global = true, env = "CHANCERY_PACKS", value_name = "DIR")]
    pub(crate) packs: Option<PathBuf>,
    /// Answer in JSON on standard output; messages go to standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Who records entries; the name of the account where it is not given.
    #[arg(long, global = true, env = "CHANCERY_ACTOR", value_name = "NAME")]
    pub(crate) actor: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a home and load the facts of the packs into it.
    Init {
        /// Without the facts of the packs.
        #[arg(long, conflicts_with = "demonstration")]
        empty: bool,
        /// With invented records beside the facts, marked as such wherever they show.
        #[arg(long)]
        demonstration: bool,
    },
    /// Import a CSV, XLSX or JSON Lines file into a register, or a file of a standard into several;
    /// all or nothing.
    Import(Import),
    /// Write a register, a view, a code list, the XML of a standard or a calendar to a file.
    Export {
        /// A register, view, code list, format or calendar.
        what: String,
        /// CSV for tables, where it is not said; Parquet for a register.
        #[arg(long, value_enum)]
        to: Option<Table>,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The language of a calendar.
        #[arg(long, default_value = "en")]
        lang: Language,
        #[command(flatten)]
        point: Point,
    },
    /// List the records of a register.
    Entries {
        register: String,
        /// Only records whose fields have these values; a link or code by any of its names.
        #[arg(value_name = "FIELD=VALUE")]
        filters: Vec<String>,
        #[command(flatten)]
        point: Point,
    },
    /// Show every version of a record.
    History { register: String, key: String },
    /// Serve the portal, where everyone reads what is public, and the interface for programs.
    Serve(Serve),
    /// Take a record back. Its history stays.
    Withdraw {
        register: String,
        key: String,
        /// Why it is taken back.
        #[arg(long)]
        reason: String,
    },
    /// Compute a measure.
    Measure(Measure),
    /// List the measures with their parameters.
    Measures {
        /// The language of the labels.
        #[arg(long, default_value = "en")]
        lang: Language,
    },
    /// Compute whether figures add up as the packs say they must.
    Identities {
        /// The language of the labels.
        #[arg(long, default_value = "en")]
        lang: Language,
        #[command(flatten)]
        point: Point,
    },
    /// Build a report, or check any document figure by figure.
    #[command(subcommand)]
    Report(Report),
    /// Verify, seal and prove the journal.
    #[command(subcommand)]
    Journal(Journal),
    /// Invite people and programs, let them in again, keep them out.
    #[command(subcommand)]
    Account(Account),
    /// Ask who may do what.
    #[command(subcommand)]
    Access(Access),
    /// Write a copy of a home into a new folder while it is in use, and read it back.
    Backup { folder: PathBuf },
    /// Make a home from a backup, once the backup is verified.
    Restore {
        /// What `chancery backup` wrote.
        backup: PathBuf,
    },
    /// Check packs, and write the schemas of their files.
    #[command(subcommand)]
    Pack(Pack),
    /// Make a home with real facts in a new folder, build the reports of the packs and check them.
    Demo {
        #[arg(default_value = "demo")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A file that says how to serve, in TOML; docs/guides/operation.md shows one.
    #[arg(long, value_name = "FILE", env = "CHANCERY_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The address to listen at; 127.0.0.1:8080 where nothing is said.
    #[arg(long, value_name = "ADDRESS", env = "CHANCERY_LISTEN")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// The address under which others reach it, such as `https://registers.example.org`.
    #[arg(long, value_name = "URL", env = "CHANCERY_ADDRESS")]
    pub(crate) address: Option<String>,
    /// A proxy stands before it, whose X-Forwarded-For is to be believed.
    #[arg(long, env = "CHANCERY_BEHIND_PROXY")]
    pub(crate) behind_proxy: bool,
    /// How often one place may ask in a minute; 0 for as often as it likes.
    #[arg(long, value_name = "N", env = "CHANCERY_REQUESTS_A_MINUTE")]
    pub(crate) requests_a_minute: Option<u32>,
    /// Tell each request on standard error, as JSON, without who asked.
    #[arg(long, env = "CHANCERY_LOG_REQUESTS")]
    pub(crate) log_requests: bool,
}

/// At which state of the journal to look.
#[derive(Debug, Args)]
pub(crate) struct Point {
    /// As the office knew it then: a number of entries, a day, or a time.
    #[arg(long, value_name = "POINT")]
    pub(crate) known_at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A register, or a format that the packs describe.
    pub(crate) register: String,
    pub(crate) file: PathBuf,
    /// What the columns mean, where they are not named like the fields.
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Where the facts come from; the name of the file where it is not given.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Supersede records that exist with other values; otherwise they are refused.
    #[arg(long)]
    pub(crate) update: bool,
    /// Show what would happen and record nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The facts are invented; they are marked as such wherever they show.
    #[arg(long)]
    pub(crate) demonstration: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// As `chancery measures` lists it.
    pub(crate) name: String,
    /// Its parameters, as `chancery measures` lists them; dates as YYYY-MM-DD.
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Show the records behind the figure.
    #[arg(long)]
    pub(crate) evidence: bool,
    /// Add the figure to the expected ones beside the measure, for a person to read. Needs --packs.
    #[arg(long)]
    pub(crate) complete: bool,
    /// The language of the label.
    #[arg(long, default_value = "en")]
    pub(crate) lang: Language,
    #[command(flatten)]
    pub(crate) point: Point,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Build a report for a period in one language.
    Build {
        name: String,
        /// First and last day, as 2012-05-25..2013-05-24; the report's own where it is not given.
        #[arg(long, value_parser = period)]
        period: Option<Period>,
        #[arg(long)]
        lang: Language,
        /// What the name of the file says where it is not given, or HTML; JSON with --json.
        #[arg(long, value_parser = report_format())]
        to: Option<ReportFormat>,
        /// Where to write it; standard output where it is not given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        point: Point,
    },
    /// Build a report anew whenever its source is saved, and show it in a browser. Needs --packs.
    Watch {
        name: String,
        /// First and last day, as 2012-05-25..2013-05-24; the report's own where it is not given.
        #[arg(long, value_parser = period)]
        period: Option<Period>,
        #[arg(long)]
        lang: Language,
        /// Where the browser finds it on this machine; 0 for any port that is free.
        #[arg(long, default_value_t = 8013)]
        port: u16,
    },
    /// Freeze a report: files in every format, with a signed proof of every figure.
    Publish {
        name: String,
        /// The folder for the files.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// All six languages where none is named.
        #[arg(long)]
        lang: Vec<Language>,
        /// First and last day, as 2012-05-25..2013-05-24; the report's own where it is not given.
        #[arg(long, value_parser = period)]
        period: Option<Period>,
    },
    /// Check a published report: signature, files, proofs, and every figure computed anew.
    Verify {
        /// The proof, NAME.proof.json.
        file: PathBuf,
        /// Also which figures would be others today, and because of which entries, as the draft of
        /// a corrigendum.
        #[arg(long)]
        today: bool,
        /// The language of the corrigendum.
        #[arg(long, default_value = "en")]
        lang: Language,
    },
    /// Show what changed between two builds of a report: figures first, then words. Both are files
    /// that `report build --out FILE.json` wrote.
    Diff { old: PathBuf, new: PathBuf },
    /// Check a document figure by figure: plain text, Markdown, HTML, DOCX or PDF.
    Check {
        file: PathBuf,
        /// Also write what was found to a file: a page with each figure coloured by its verdict
        /// (.html), or SARIF for editors (.sarif).
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Compare with another language version instead, paragraph by paragraph: a figure, date or
        /// citation that one has and the other lacks, or has differently.
        #[arg(long, value_name = "FILE", requires = "against_lang", conflicts_with_all = ["out", "at", "period", "document", "evidence", "suggest", "accept"])]
        against: Option<PathBuf>,
        /// The language of the other version.
        #[arg(long, value_name = "LANG", requires = "against")]
        against_lang: Option<Language>,
        #[arg(long)]
        lang: Language,
        /// The day for which figures are given where the text names none.
        #[arg(long, value_parser = date)]
        at: Option<Date>,
        /// The time that the document covers, as 2012-05-25..2013-05-24.
        #[arg(long, value_parser = period)]
        period: Option<Period>,
        /// Which document it is, by its symbol, where its running heads do not say so: records of
        /// what documents state speak of it.
        #[arg(long, value_name = "SYMBOL")]
        document: Option<String>,
        /// With --json: the records behind each computed value.
        #[arg(long)]
        evidence: bool,
        /// Suggest measures for what no words tie to one. A suggestion binds nothing.
        #[arg(long)]
        suggest: bool,
        /// Accept a suggestion: the number of the quantity, or 12:2 for its second suggestion. It is
        /// written into a file beside the document, FILE.concordance.csv, and holds from then on.
        #[arg(long, value_name = "N", value_parser = choice)]
        accept: Vec<Choice>,
        #[command(flatten)]
        point: Point,
    },
}

/// A suggestion for a quantity, both counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) quantity: usize,
    pub(crate) suggestion: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Table {
    Csv,
    Xlsx,
    Parquet,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Recompute every hash, root and signature.
    Verify {
        /// A checkpoint that was handed out earlier: is it still a part of the journal?
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Show the latest signed checkpoint.
    Checkpoint,
    /// Prove that an entry is in the journal.
    Prove {
        /// The number of the entry, counted from 0.
        entry: u64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Invite somebody: prints the link with which a password is set.
    Invite {
        login: String,
        #[arg(long, default_value = "")]
        name: String,
        /// A role, as often as there are.
        #[arg(long, required = true)]
        role: Vec<String>,
        /// For what the account speaks, such as participant=ESP.
        #[arg(long = "for", value_name = "FIELD=KEY", value_parser = pair)]
        speaks_for: Vec<(String, String)>,
        /// An account of a program: nobody signs in with it, and it needs no invitation.
        #[arg(long)]
        service: bool,
    },
    /// List the accounts.
    List,
    /// Let the owner of an account set a new password: prints the link. Ends its sessions.
    Recover {
        login: String,
        /// Forget the second factor too, where the telephone is lost.
        #[arg(long)]
        forget_codes: bool,
    },
    /// Give an account other roles.
    Roles {
        login: String,
        #[arg(required = true)]
        role: Vec<String>,
    },
    /// Keep somebody out. Sessions and tokens end at once.
    Disable { login: String },
    /// Let somebody in again.
    Enable { login: String },
    /// End all sessions of an account.
    EndSessions { login: String },
    /// Erase the name and the secrets of a person. The login stays in the journal.
    Forget { login: String },
    /// Issue a token by which a program speaks for an account: prints it, once.
    Token {
        login: String,
        /// What the token is for.
        #[arg(long, default_value = "")]
        name: String,
        /// What may be done with it: see, record, propose, withdraw, approve.
        #[arg(long = "act", required = true)]
        acts: Vec<String>,
        /// Only in these registers; in all that the account may use where none is named.
        #[arg(long)]
        register: Vec<String>,
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Access {
    /// Say which policy allows or refuses an action.
    Explain {
        login: String,
        /// see:public, see:states, see:office, see:restricted, propose, record, withdraw, approve,
        /// administer.
        action: String,
        /// A record as REGISTER/KEY, or a whole register.
        record: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Pack {
    /// Find every problem of the packs in a folder, or of those compiled in.
    Check { folder: Option<PathBuf> },
    /// Write the JSON Schemas of pack files into a folder.
    Schema { folder: PathBuf },
    /// Write which registers, measures and procedures serve each task, as Markdown.
    Coverage { file: PathBuf },
}

fn report_format() -> impl TypedValueParser<Value = ReportFormat> {
    let names = PossibleValuesParser::new(ReportFormat::ALL.map(|(_, name, _)| name));
    names.map(|name| ReportFormat::named(&name).unwrap_or(ReportFormat::Html))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (field, key) = text.split_once('=').ok_or_else(|| format!("{text}; expected FIELD=KEY"))?;
    Ok((field.to_owned(), key.to_owned()))
}

fn choice(text: &str) -> Result<Choice, String> {
    let (quantity, suggestion) = text.split_once(':').unwrap_or((text, "1"));
    match (quantity.parse(), suggestion.parse()) {
        (Ok(quantity), Ok(suggestion)) => Ok(Choice { quantity, suggestion }),
        _ => Err(format!("{text}; expected the number of a quantity, or 12:2")),
    }
}

fn date(text: &str) -> Result<Date, String> {
    read_date(text).map_err(|wrong| format!("{}; expected {}", wrong.found, wrong.expected))
}

fn period(text: &str) -> Result<Period, String> {
    let (from, to) = read_period(text)
        .map_err(|wrong| format!("{}; expected {}", wrong.found, wrong.expected))?;
    Ok(Period { from, to })
}
