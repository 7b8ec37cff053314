//! Reports in the hands of their editors: a source that differs from the pack's until somebody puts it
//! there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery_access::{Act, Resource};
use chancery_model::{Diagnostic, Language, Measure, Place, Programme};
use serde::{Deserialize, Serialize};

use crate::keeping::MANUSCRIPT;
use crate::people::Who;
use crate::reports::{BuiltReport, Drafts};
use crate::surroundings::unix;
use crate::{Error, Home};

/// A source may have so many bytes.
const LONGEST: usize = 256 << 10;
/// So many of the last versions are kept.
const VERSIONS: usize = 20;

/// The source of a report in one language, as its editors left it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manuscript {
    pub text: String,
    /// Counted from 0, which is what the pack holds.
    pub version: u64,
    /// Who saved it last; nobody where it is what the pack holds.
    pub author: String,
    pub since: i64,
}

/// A measure, ready to be put into a source.
#[derive(Clone, Debug, Serialize)]
pub struct Insertable {
    pub name: String,
    pub label: String,
    /// The call with its parameters, to be filled in.
    pub call: String,
}

impl Home {
    /// Whether somebody may edit a report.
    pub fn edits(&self, who: &Who, report: &str) -> bool {
        let source = self.programme().reports.get(report);
        let pack = source.and_then(|source| source.file.split('/').next());
        pack.is_some_and(|pack| {
            let resource = Resource { pack: Some(pack.to_owned()), ..Resource::default() };
            self.ruling(who, &Act::Edit, &resource).allowed
        })
    }

    /// The source of a report, as its editors left it.
    pub async fn manuscript(
        &self,
        who: &Who,
        report: &str,
        language: Language,
    ) -> Result<Manuscript, Error> {
        let source = self.editable(who, report).await?;
        let kept = self.versions(report, language).await?.pop();
        Ok(kept.map(|(_, kept)| kept).unwrap_or_else(|| Manuscript {
            text: self.programme().reports[source].sources[language].clone(),
            version: 0,
            author: String::new(),
            since: 0,
        }))
    }

    /// The versions that are kept, the latest last.
    async fn versions(
        &self,
        report: &str,
        language: Language,
    ) -> Result<Vec<(String, Manuscript)>, Error> {
        let mut all = self.vault().await?.list::<Manuscript>(MANUSCRIPT, unix()).await?;
        let own = id(report, language, None);
        all.retain(|(id, _)| id.starts_with(&own));
        Ok(all)
    }

    /// The name of a report that somebody may edit.
    async fn editable<'a>(&self, who: &Who, report: &'a str) -> Result<&'a str, Error> {
        let known = self.programme().reports.keys().map(String::as_str);
        if !self.programme().reports.contains_key(report) {
            let found = format!("there is no report `{report}`");
            return Err(Diagnostic::error(Place::default(), found).suggest(report, known).into());
        }
        if !self.edits(who, report) {
            self.refused(&who.login, "edit", report, &[]).await?;
            return Err(Error::Forbidden);
        }
        Ok(report)
    }

    /// Keeps a source, if nobody saved another since version `seen`; else gives the one that is kept.
    pub async fn save_manuscript(
        &self,
        who: &Who,
        report: &str,
        language: Language,
        text: &str,
        seen: u64,
    ) -> Result<Result<u64, Manuscript>, Error> {
        let latest = self.manuscript(who, report, language).await?;
        if latest.version != seen {
            return Ok(Err(latest));
        }
        check_length(text)?;
        let version = seen + 1;
        let kept =
            Manuscript { text: text.to_owned(), version, author: who.login.clone(), since: unix() };
        let vault = self.vault().await?;
        // Of two who save at once, one is told of the other.
        let id = id(report, language, Some(version));
        if !vault.put_new(MANUSCRIPT, &id, &kept, None).await? {
            return Ok(Err(self.manuscript(who, report, language).await?));
        }
        let old = self.versions(report, language).await?;
        for (id, _) in old.iter().rev().skip(VERSIONS) {
            vault.remove(MANUSCRIPT, id).await?;
        }
        Ok(Ok(version))
    }

    /// Compiles a report from a source that nobody has saved, with the figures as they are now.
    pub async fn preview(
        &self,
        who: &Who,
        report: &str,
        language: Language,
        text: &str,
    ) -> Result<BuiltReport, Error> {
        self.editable(who, report).await?;
        check_length(text)?;
        let mut programme = Programme::clone(self.programme());
        if let Some(source) = programme.reports.get_mut(report) {
            source.sources[language] = text.to_owned();
        }
        let drafts = self.figures_at_hand().await?;
        self.build_draft(&drafts, &Arc::new(programme), report, language, None).await
    }

    /// What reports asked already of the registers as they are.
    async fn figures_at_hand(&self) -> Result<Arc<Drafts>, Error> {
        let size = self.size().await?;
        let mut kept = self.drafted.lock().await;
        if let Some((_, drafts)) = kept.as_ref().filter(|(known, _)| *known == size) {
            return Ok(Arc::clone(drafts));
        }
        let drafts = Arc::new(self.drafts(None).await?);
        *kept = Some((size, Arc::clone(&drafts)));
        Ok(drafts)
    }

    /// Puts what is kept into a folder of packs, if it compiles. It is what the pack holds from the next
    /// start on.
    pub async fn put_into_pack(
        &self,
        who: &Who,
        report: &str,
        language: Language,
        packs: &Path,
    ) -> Result<PathBuf, Error> {
        let manuscript = self.manuscript(who, report, language).await?;
        self.preview(who, report, language, &manuscript.text).await?;
        let source = &self.programme().reports[report];
        let file = packs.join(source.source_file(language));
        crate::write_file(&file, manuscript.text.as_bytes())?;
        self.event(&who.login, "edit", &format!("{report}/{language}"), "done", &[]).await?;
        Ok(file)
    }

    /// The measures that can be put into a report in the language `of`, each with its call: of one with a
    /// figure for each of many groups, a table.
    pub async fn insertables(
        &self,
        language: Language,
        of: Language,
    ) -> Result<Vec<Insertable>, Error> {
        let mut all = Vec::new();
        for (name, measure) in &self.programme().measures {
            let parameters = measure.head.parameters.iter();
            let needed = parameters
                .filter(|(_, declared)| !declared.optional && declared.default.is_none())
                .map(|(name, _)| match name.as_str() {
                    "at" => ", at=period.end".to_owned(),
                    "from" => ", from=period.start".to_owned(),
                    "to" => ", to=period.end".to_owned(),
                    name => format!(", {name}=\"…\""),
                });
            let call = format!("figure(\"{name}\"{})", needed.collect::<String>());
            all.push(Insertable {
                call: match measure.head.group_by.is_empty() {
                    true => format!("{{{{ {call} }}}}"),
                    false => self.table_of(measure, &call, of).await?,
                },
                label: self.measure_label(measure, language),
                name: name.clone(),
            });
        }
        Ok(all)
    }

    /// A table with a row for each figure of a call.
    async fn table_of(&self, measure: &Measure, call: &str, of: Language) -> Result<String, Error> {
        let fields = self.fields_of(measure, &measure.head.group_by, &[]).await?;
        let (mut head, mut line, mut row) = (String::new(), String::new(), String::new());
        for column in &measure.head.group_by {
            let field = fields.get(column);
            let target = field.map(|field| (field.codelist.as_ref(), field.register.as_ref()));
            let shown = match target {
                Some((Some(list), _)) => format!("label(\"{list}\", row.{column})"),
                Some((_, Some(register))) => format!("name(\"{register}\", row.{column})"),
                _ => format!("row.{column}"),
            };
            head += &format!("| {} ", self.label_of_column(column, &fields, of));
            line += "| --- ";
            row += &format!("| {{{{ {shown} }}}} ");
        }
        Ok(format!(
            "{head}| |\n{line}| ---: |\n{{%- for row in {call}.rows %}}\n{row}| {{{{ row }}}} |\n{{%- endfor %}}\n\n"
        ))
    }
}

/// The name of a version, or what the names of all of them begin with; they stand in their order.
fn id(report: &str, language: Language, version: Option<u64>) -> String {
    let version = version.map(|version| format!("{version:010}"));
    format!("{report}/{language}/{}", version.unwrap_or_default())
}

fn check_length(text: &str) -> Result<(), Error> {
    if text.len() > LONGEST {
        let found = format!("a source of {} bytes", text.len());
        return Err(Diagnostic::error(Place::default(), found)
            .expected(format!("at most {LONGEST}"))
            .into());
    }
    Ok(())
}
