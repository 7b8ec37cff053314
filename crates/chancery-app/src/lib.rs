#![doc = include_str!("../README.md")]

mod accounts;
mod backup;
mod browse;
mod changes;
mod choosing;
mod concordance;
mod coverage;
mod drafts;
mod error;
mod export;
mod facts;
mod figures;
mod formats;
mod forms;
mod history;
mod home;
mod hooks;
mod identities;
mod import;
mod keeping;
mod manuscripts;
mod notices;
mod packs;
mod passkeys;
mod people;
mod pictures;
mod publishing;
mod questions;
mod reports;
mod reviews;
mod search;
mod sending;
mod sessions;
mod shown;
mod single_sign_on;
mod standing;
mod start;
mod surroundings;
mod tries;

pub use accounts::{Account, AccountChange, By, Invited};
pub use browse::{
    ChangedRecord, Column, Facet, FacetValue, LARGEST_PAGE, Linked, Page, Reader, RecordPage, Row,
    SeenRecords, ShownField, Sought,
};
pub use changes::{FieldChange, Pending, Rows, Submission, Submitted};
pub use coverage::coverage;
pub use drafts::Draft;
pub use error::Error;
pub use export::{ExportFormat, Exported, Standard};
pub use facts::{Version, version_of};
pub use forms::{Due, Form, FormField, Merged, Said};
pub use history::Past;
pub use home::{Home, Outcome};
pub use hooks::{Hook, Message};
pub use identities::Held;
pub use import::{ImportOptions, Imported};
pub use manuscripts::{Insertable, Manuscript};
pub use notices::{Addressee, Notice, NoticeKind};
pub use packs::{check_packs, complete, load_packs, pack_file, write_file};
pub use passkeys::{Device, passkeys_work};
pub use people::{Explained, Scope, Who};
pub use pictures::{Moment, Pictures};
pub use publishing::{Changed, Published, Verified};
pub use questions::{Asked, Behind, Question, Told};
pub use reports::{BuiltReport, Drafts, ReportFormat, compare_reports, read_document};
pub use reviews::{Proposal, Review};
pub use search::{Find, Finds};
pub use sending::{Begun, Once};
pub use sessions::{Issued, Session, SignedIn};
pub use shown::{Shown, day_text, moment_text};
pub use single_sign_on::{
    CameBack, LoginClaim, Purpose, Request, Response, Sent as SentAway, SingleSignOn,
};
pub use standing::Standing;
pub use start::Start;

pub use chancery_access::code::Enrolment;
pub use chancery_access::single_sign_on::Provider;
pub use chancery_access::{Act, Resource};
pub use chancery_journal::{Checkpoint, Fault, Inclusion, Verification};
pub use chancery_measures::{Engine, Listed, read_given};
pub use chancery_packs::schema::all as schemas;
pub use chancery_report::{
    Around, Change, Checked, CheckedCitation, CheckedParagraph, CheckedQuantity, Comparison,
    Entered, Facing, FacingKind, FigureChange, Options as CheckOptions, Period, Reason, Source,
    Stated, Suggestion, Sum, SumKind, Verdict, checked_html, date, number, sarif,
};
pub use concordance::{accept, concordance_file};
