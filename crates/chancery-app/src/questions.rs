//! Measures as a reader asks them: what can be given, the answer in the reader's language, and the
//! records behind it, as far as the reader may see them.

use std::collections::{BTreeMap, BTreeSet};

use chancery_model::value::{fill_label, plain, read_date};
use chancery_model::{
    Diagnostic, Field, FigureValue, Language, Measure, Parameter, ParameterType, Place, Wanted,
};
use chancery_report::{date, number, value_text};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::browse::Reader;
use crate::shown::{NamesOf, shown_text};
use crate::{Error, Home};

/// What a measure can be asked.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    pub name: String,
    pub label: String,
    pub parameters: Vec<Asked>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    pub name: String,
    /// None where a word of the interface says it: `at`, `from` and `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub kind: ParameterType,
    pub required: bool,
    pub value: String,
    /// Keys and names, where there are not too many.
    pub choices: Vec<(String, String)>,
}

/// The answer of a measure.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    pub title: String,
    /// None for a table.
    pub value: Option<String>,
    pub unit: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub cautions: Vec<String>,
    pub demonstration: bool,
    pub evidence_count: String,
    pub evidence_columns: Vec<String>,
    pub evidence: Vec<Behind>,
    pub more: bool,
    pub known_at: u64,
}

/// A row behind a figure.
#[derive(Clone, Debug, Serialize)]
pub struct Behind {
    /// Register, key and whether the reader may open it.
    pub records: Vec<(String, String, bool)>,
    pub entry: u64,
    pub cells: Vec<String>,
}

/// Lists of choices are no longer than this.
const MOST_CHOICES: usize = 400;
/// No more rows of evidence are shown at once.
const MOST_EVIDENCE: usize = 200;

impl Home {
    /// What a measure can be asked, with what was given so far.
    pub async fn question(
        &self,
        name: &str,
        given: &BTreeMap<String, Value>,
        reader: &Reader,
    ) -> Result<Question, Error> {
        let measure = self.measure_for(name, reader).await?;
        let mut parameters = Vec::new();
        for (parameter, declared) in &measure.head.parameters {
            let value = given.get(parameter).or(declared.default.as_ref());
            parameters.push(Asked {
                name: parameter.clone(),
                label: self.parameter_label(parameter, declared, reader.language),
                kind: declared.kind,
                required: !declared.optional && declared.default.is_none(),
                value: value.map(|value| plain(value, reader.language)).unwrap_or_default(),
                choices: self.choices(declared, reader).await?,
            });
        }
        let label = self.measure_label(measure, reader.language);
        Ok(Question { name: name.to_owned(), label, parameters })
    }

    /// The label of a measure that has not been asked yet: its parameters by their own names.
    pub fn measure_label(&self, measure: &Measure, language: Language) -> String {
        fill_label(&measure.head.label[language], |name| {
            let declared = measure.head.parameters.get(name)?;
            // What need not be given is left out.
            let needed = !declared.optional;
            needed.then(|| {
                let label = self.parameter_label(name, declared, language);
                label.map_or_else(
                    || "…".to_owned(),
                    |label| match language {
                        Language::Zh => format!("（{label}）"),
                        _ => format!("({label})"),
                    },
                )
            })
        })
    }

    /// Asks a measure.
    pub async fn answer(
        &self,
        name: &str,
        given: &BTreeMap<String, Value>,
        reader: &Reader,
    ) -> Result<Told, Error> {
        let language = reader.language;
        let measure = self.measure_for(name, reader).await?;
        let engine = self.engine(None).await?;
        let figure = engine.figure(name, given, Wanted::First(MOST_EVIDENCE)).await?;
        let title = self.asked_title(measure, &figure.parameters, language).await?;
        let unit = self.unit_label(&figure.unit, language);
        let (value, columns, rows) = match &figure.value {
            FigureValue::Value(value) => {
                (Some(value_text(language, value, &figure.unit)), vec![], vec![])
            }
            FigureValue::Rows(rows) => self.grouped(measure, rows, &figure.unit, language).await?,
        };
        let evidence = figure.evidence.iter().flat_map(|rows| rows.iter());
        let mut evidence_columns: Vec<String> = Vec::new();
        for row in evidence.clone() {
            for column in row.row.keys() {
                if !evidence_columns.contains(column) {
                    evidence_columns.push(column.clone());
                }
            }
        }
        let rows_behind: Vec<&Map<String, Value>> = evidence.clone().map(|row| &row.row).collect();
        let fields = self.fields_of(measure, &evidence_columns, &rows_behind).await?;
        let named = self.names_of_columns(&fields, &rows_behind, language).await?;
        let behind = evidence.map(|row| Behind {
            records: std::iter::once(&row.record)
                .chain(&row.with)
                .filter_map(|version| {
                    let (register, key) =
                        chancery_model::entry::split_record_id(&version.record_id)?;
                    let open = self.register_for(register, reader).is_ok();
                    Some((register.to_owned(), key.to_owned(), open))
                })
                .collect(),
            entry: row.record.entry,
            cells: evidence_columns
                .iter()
                .map(|column| match row.row.get(column) {
                    Some(value) => self.cell(fields.get(column), value, &named, language),
                    None => String::new(),
                })
                .collect(),
        });
        let behind: Vec<Behind> = behind.collect();
        Ok(Told {
            title,
            value,
            unit,
            columns,
            rows,
            cautions: figure.cautions.iter().map(|text| text[language].clone()).collect(),
            demonstration: figure.demonstration > 0,
            evidence_count: number(language, &figure.evidence_count.to_string()),
            more: figure.evidence_count > behind.len() as u64,
            evidence_columns: evidence_columns
                .iter()
                .map(|column| self.label_of_column(column, &fields, language))
                .collect(),
            evidence: behind,
            known_at: figure.known_at,
        })
    }

    /// The label of a measure with what it was asked.
    pub(crate) async fn asked_title(
        &self,
        measure: &Measure,
        given: &BTreeMap<String, Value>,
        language: Language,
    ) -> Result<String, Error> {
        let names = self.names_given(given, measure, language).await?;
        Ok(fill_label(&measure.head.label[language], |parameter| {
            let value = plain(given.get(parameter)?, language);
            Some(self.given_text(&measure.head.parameters[parameter], value, &names, language))
        }))
    }

    /// A measure that a reader may ask; none other exists for the reader. What reads a hidden record
    /// or field could tell of it by a group, a parameter or a count of one.
    pub async fn measure_for(&self, name: &str, reader: &Reader) -> Result<&Measure, Error> {
        let engine = self.engine(None).await?;
        if let Some(measure) = self.programme().measures.get(name)
            && engine.is_seen_by(measure, &reader.sees).await?
        {
            return Ok(measure);
        }
        let known = self.measures_for(reader).await?;
        let found = format!("there is no measure `{name}`");
        Err(Diagnostic::error(Place::default(), found).suggest(name, known).into())
    }

    /// The names of the measures that a reader may ask.
    pub async fn measures_for(&self, reader: &Reader) -> Result<Vec<&str>, Error> {
        let engine = self.engine(None).await?;
        let mut seen = Vec::new();
        for (name, measure) in &self.programme().measures {
            if engine.is_seen_by(measure, &reader.sees).await? {
                seen.push(name.as_str());
            }
        }
        Ok(seen)
    }

    fn parameter_label(
        &self,
        name: &str,
        declared: &Parameter,
        language: Language,
    ) -> Option<String> {
        if declared.kind == ParameterType::Date {
            return None;
        }
        Some(self.column_label(name, language))
    }

    /// What a parameter or column is called: as the packs call it, as the first field of that name,
    /// or as the register to which it leads.
    fn column_label(&self, name: &str, language: Language) -> String {
        self.field_label(name, language).unwrap_or_else(|| name.replace('_', " "))
    }

    /// What a field, column or parameter of that name is called, if anything is.
    pub fn field_label(&self, name: &str, language: Language) -> Option<String> {
        let programme = self.programme();
        let named = programme.terms.get(name).or_else(|| {
            let field = self.field_of(name);
            field.map(|field| &field.label).or_else(|| Some(&programme.registers.get(name)?.label))
        });
        if let Some(label) = named.map(|label| &label[language]).filter(|label| !label.is_empty()) {
            return Some(label.clone());
        }
        // A part of a field, such as the first day of a period.
        let whole = name.rsplit_once('_').and_then(|(whole, _)| self.field_of(whole));
        whole.map(|field| field.label[language].clone())
    }

    /// The first field of that name, in the order of registers.
    fn field_of(&self, name: &str) -> Option<&Field> {
        self.programme().registers.values().find_map(|register| register.fields.get(name))
    }

    async fn choices(
        &self,
        declared: &Parameter,
        reader: &Reader,
    ) -> Result<Vec<(String, String)>, Error> {
        let language = reader.language;
        if let Some(list) = declared.codelist.as_ref() {
            let codes = self.programme().codelists.get(list).into_iter().flat_map(|l| &l.codes);
            return Ok(codes
                .map(|(key, code)| (key.clone(), code.label[language].clone()))
                .collect());
        }
        let Some(register) = declared.register.as_ref() else { return Ok(vec![]) };
        if self.register_for(register, reader).is_err()
            || self.records(register, reader).await? > MOST_CHOICES
        {
            return Ok(vec![]);
        }
        let engine = self.engine(None).await?;
        let names = engine.called(register, None, language).await?;
        let mut choices: Vec<(String, String)> = names.into_iter().collect();
        choices.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(choices)
    }

    /// The names of the records among what was given.
    async fn names_given(
        &self,
        given: &BTreeMap<String, Value>,
        measure: &Measure,
        language: Language,
    ) -> Result<NamesOf, Error> {
        let engine = self.engine(None).await?;
        let mut names = NamesOf::new();
        for (parameter, value) in given {
            let declared = measure.head.parameters.get(parameter);
            if let Some(register) = declared.and_then(|declared| declared.register.as_ref()) {
                let keys = [plain(value, language)];
                let found = engine.called(register, Some(&keys), language).await?;
                names.entry(register.clone()).or_default().extend(found);
            }
        }
        Ok(names)
    }

    fn given_text(
        &self,
        declared: &Parameter,
        value: String,
        names: &NamesOf,
        language: Language,
    ) -> String {
        match (&declared.register, &declared.codelist) {
            (Some(register), _) => {
                let name = names.get(register).and_then(|names| names.get(&value)).cloned();
                name.unwrap_or(value)
            }
            (_, Some(list)) => self.code_label(list, &value, language),
            _ => read_date(&value).map_or(value, |day| date(language, day)),
        }
    }

    fn code_label(&self, list: &str, code: &str, language: Language) -> String {
        let found = self.programme().codelists.get(list).and_then(|list| list.codes.get(code));
        found.map_or_else(|| code.to_owned(), |code| code.label[language].clone())
    }

    /// What a unit is called.
    pub(crate) fn unit_label(&self, unit: &str, language: Language) -> String {
        self.code_label("unit", unit, language)
    }

    /// A grouped answer: what its columns are called, and its rows with names for keys and codes.
    async fn grouped(
        &self,
        measure: &Measure,
        rows: &[Map<String, Value>],
        unit: &str,
        language: Language,
    ) -> Result<(Option<String>, Vec<String>, Vec<Vec<String>>), Error> {
        let all: Vec<&Map<String, Value>> = rows.iter().collect();
        let fields = self.fields_of(measure, &measure.head.group_by, &all).await?;
        let names = self.names_of_columns(&fields, &all, language).await?;
        let groups = measure.head.group_by.iter();
        let mut columns: Vec<String> =
            groups.map(|name| self.label_of_column(name, &fields, language)).collect();
        columns.push(self.unit_label(unit, language));
        let shown = rows.iter().map(|row| {
            let groups = measure.head.group_by.iter();
            let mut cells: Vec<String> = groups
                .map(|column| match row.get(column) {
                    Some(value) => self.cell(fields.get(column), value, &names, language),
                    None => String::new(),
                })
                .collect();
            cells.push(value_text(language, row.get("value").unwrap_or(&Value::Null), unit));
            cells
        });
        let shown = shown.collect();
        Ok((None, columns, shown))
    }

    /// The fields that the columns of a measure are: of those of that name in what it reads, the one that
    /// holds what stands in the column.
    pub(crate) async fn fields_of(
        &self,
        measure: &Measure,
        columns: &[String],
        rows: &[&Map<String, Value>],
    ) -> Result<BTreeMap<String, &Field>, Error> {
        let programme = self.programme();
        let read = self.engine(None).await?.reads(measure).await?;
        let mut fields = BTreeMap::new();
        for column in columns {
            let registers = read.iter().filter_map(|name| programme.registers.get(name));
            let own: Vec<&Field> =
                registers.filter_map(|register| register.fields.get(column)).collect();
            let holds = |field: &&&Field| {
                let list = field.codelist.as_ref().and_then(|list| programme.codelists.get(list));
                list.is_none_or(|list| {
                    let codes = rows.iter().filter_map(|row| row.get(column)?.as_str());
                    codes.into_iter().all(|code| list.codes.contains_key(code))
                })
            };
            let field = own.iter().find(holds).or(own.first()).copied();
            if let Some(field) = field.or_else(|| self.field_of(column)) {
                fields.insert(column.clone(), field);
            }
        }
        Ok(fields)
    }

    pub(crate) fn label_of_column(
        &self,
        column: &str,
        fields: &BTreeMap<String, &Field>,
        language: Language,
    ) -> String {
        let field = fields.get(column).filter(|_| !self.programme().terms.contains_key(column));
        let label = field.map(|field| &field.label[language]).filter(|label| !label.is_empty());
        label.cloned().unwrap_or_else(|| self.column_label(column, language))
    }

    /// The names of the records whose keys stand in some columns.
    async fn names_of_columns(
        &self,
        fields: &BTreeMap<String, &Field>,
        rows: &[&Map<String, Value>],
        language: Language,
    ) -> Result<NamesOf, Error> {
        let engine = self.engine(None).await?;
        let mut needed: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
        for (column, field) in fields {
            if let Some(target) = field.register.as_ref() {
                let keys = rows.iter().filter_map(|row| row.get(column)?.as_str());
                needed.entry(target).or_default().extend(keys.map(str::to_owned));
            }
        }
        let mut names = NamesOf::new();
        for (target, keys) in needed {
            let keys: Vec<String> = keys.into_iter().collect();
            let found = engine.called(target, Some(&keys), language).await?;
            names.insert(target.clone(), found);
        }
        Ok(names)
    }

    /// A value of a column: as its field shows it, else as a day or number.
    fn cell(
        &self,
        field: Option<&&Field>,
        value: &Value,
        names: &NamesOf,
        language: Language,
    ) -> String {
        let named = |field: &&&Field| field.register.is_some() || field.codelist.is_some();
        if let Some(field) = field.filter(named) {
            return shown_text(self.programme(), field, value, names, language);
        }
        let text = plain(value, language);
        match value {
            Value::String(_) => read_date(&text).map_or(text, |day| date(language, day)),
            Value::Number(_) => number(language, &text),
            Value::Bool(yes) => {
                chancery_report::word(language, if *yes { "yes" } else { "no" }).to_owned()
            }
            _ => text,
        }
    }
}
