//! The programme: everything that the packs declare.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::demonstration::Demonstration;
use crate::measure::Caution;
use crate::style::Masthead;
use crate::{
    Calendar, CodeList, Diagnostic, Format, Identity, Language, Measure, Multilingual, Outlines,
    Place, Procedure, Register, Style, Text,
};

/// A pack file, `pack.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    pub title: Text,
    pub help: Text,
    /// Packs whose registers and code lists this one uses.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Public facts of the pack: register, then its source. The facts of each stand in
    /// `data/<register>.csv`.
    #[serde(default)]
    pub data: IndexMap<String, String>,
}

/// A named intermediate table, `views/<view>.sql`.
#[derive(Clone, Debug)]
pub struct View {
    pub sql: String,
    pub file: String,
}

/// Who may do what, `policies/<name>.cedar`.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    pub file: String,
    pub text: String,
}

/// A file of public facts shipped with a pack.
#[derive(Clone, Debug)]
pub struct DataFile {
    pub register: String,
    pub file: String,
    pub source: String,
    pub bytes: Vec<u8>,
}

/// The head of a report, `reports/<report>/report.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportHead {
    pub title: Text,
    /// Who issues it, for the masthead.
    pub issuer: Text,
    /// The time that it covers where nobody says otherwise, as YYYY-MM-DD..YYYY-MM-DD.
    pub period: String,
    /// The house style in which it is set.
    pub style: String,
    pub masthead: Masthead,
}

/// A report as a pack holds it: one Markdown source a language.
#[derive(Clone, Debug)]
pub struct ReportSource {
    pub head: ReportHead,
    pub file: String,
    pub sources: Multilingual<String>,
}

impl ReportSource {
    /// The file of one language's source.
    pub fn source_file(&self, language: Language) -> String {
        format!("{}/{language}.md", self.file)
    }
}

/// All packs together. Names of registers, code lists, views and reports are shared by all
/// packs; measures carry their pack's name.
#[derive(Clone, Debug, Default)]
pub struct Programme {
    pub packs: IndexMap<String, Pack>,
    pub registers: BTreeMap<String, Register>,
    /// The pack that declares each register.
    pub pack_of: BTreeMap<String, String>,
    pub codelists: BTreeMap<String, CodeList>,
    /// The words of the packs for fields, parameters and columns of measures.
    pub terms: BTreeMap<String, Text>,
    pub views: BTreeMap<String, View>,
    pub measures: BTreeMap<String, Measure>,
    pub cautions: BTreeMap<String, Caution>,
    pub procedures: BTreeMap<String, Procedure>,
    pub identities: BTreeMap<String, Identity>,
    pub formats: BTreeMap<String, Format>,
    pub calendars: BTreeMap<String, Calendar>,
    pub reports: BTreeMap<String, ReportSource>,
    pub styles: BTreeMap<String, Style>,
    pub outlines: BTreeMap<String, Outlines>,
    pub policies: Vec<PolicyFile>,
    pub data: Vec<DataFile>,
    /// Invented records by which measures are tested.
    pub examples: Vec<DataFile>,
    /// What invented records for showing the platform look like, by register.
    pub demonstrations: BTreeMap<String, Demonstration>,
    /// SHA-256 of all files, so that what is built from the packs can say from which.
    pub version: String,
}

impl Programme {
    /// The registers that a pack declares.
    pub fn registers_of<'a>(&'a self, pack: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.pack_of.iter().filter(move |(_, own)| *own == pack);
        own.map(|(register, _)| register.as_str())
    }

    /// The register of that name, or what is wrong with the name.
    pub fn register(&self, name: &str) -> Result<&Register, Diagnostic> {
        self.registers.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.registers.keys().map(String::as_str).collect();
            Diagnostic::error(Place::default(), format!("there is no register `{name}`"))
                .expected(format!("one of {}", known.join(", ")))
                .suggest(name, known)
        })
    }

    /// The registers in an order in which each follows those it links to, as far as there is one.
    pub fn linked_first(&self) -> Vec<&str> {
        fn visit<'a>(
            programme: &'a Programme,
            name: &'a str,
            seen: &mut BTreeSet<&'a str>,
            order: &mut Vec<&'a str>,
        ) {
            if !seen.insert(name) {
                return;
            }
            let declared = programme.registers.get(name).into_iter();
            let fields = declared.flat_map(|register| register.fields.values());
            for linked in fields.filter_map(|field| field.register.as_deref()) {
                visit(programme, linked, seen, order);
            }
            order.push(name);
        }
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        for name in self.registers.keys() {
            visit(self, name, &mut seen, &mut order);
        }
        order
    }

    /// The limits, with their registers, whose most is said by the records of a register.
    pub fn limits_on<'a>(
        &'a self,
        register: &str,
    ) -> impl Iterator<Item = (&'a str, &'a crate::register::Limit)> {
        let limits = self.registers.iter().flat_map(|(name, declared)| {
            let target = |by: &str| declared.fields.get(by).and_then(|f| f.register.as_deref());
            declared.limits.iter().map(move |limit| (name.as_str(), limit, target(&limit.by)))
        });
        limits
            .filter(move |(.., target)| *target == Some(register))
            .map(|(name, limit, _)| (name, limit))
    }

    /// The registers that have rules about what a record of another says, by the link to it.
    pub fn ruled_by(&self, register: &str) -> Vec<&str> {
        let ruled = self.registers.iter().filter(|(_, declared)| {
            let fields = declared.fields.iter();
            let links = fields.filter(|(_, field)| field.register.as_deref() == Some(register));
            links.into_iter().any(|(link, _)| {
                declared.rules.iter().any(|rule| rule.holds.contains(&format!("{link}.")))
            })
        });
        ruled.map(|(name, _)| name.as_str()).collect()
    }

    /// The registers and fields that link to a register.
    pub fn links_to<'a>(&'a self, register: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fields = self.registers.iter().flat_map(|(name, declared)| {
            declared.fields.iter().map(move |(field, declared)| (name, field, declared))
        });
        fields
            .filter(move |(.., declared)| declared.register.as_deref() == Some(register))
            .map(|(name, field, _)| (name.as_str(), field.as_str()))
    }
}
