//! Which records of a register are meant by an address: by the values of fields, by days, by words.

use std::collections::BTreeSet;

use chancery_measures::{After, Choice, Engine, Sought as Wanted, Wish};
use chancery_model::value::{FieldReader, Wrong, plain, read_date, read_period, shorten};
use chancery_model::{Diagnostic, Diagnostics, Field, FieldType, Language, Names, Place, fold};
use serde_json::Value;

use crate::browse::{Facet, FacetValue, LARGEST_PAGE, Reader, Seen, Sought};
use crate::shown::{NamesOf, shown_text};
use crate::{Error, Home};

/// The fields with more values are no facets.
const MOST_VALUES: usize = 12;
/// A question with more of them is none that a person asks.
const MOST_FILTERS: usize = 16;
const MOST_WORDS: usize = 8;
/// Links to a register with more records are given by their keys, and not looked up by name.
const MOST_NAMED: usize = 10_000;

impl Home {
    pub(crate) async fn choice(
        &self,
        engine: &Engine,
        (seen, within): (Seen<'_>, Option<(String, String)>),
        sought: &Sought,
        reader: &Reader,
    ) -> Result<Choice, Error> {
        let words: Vec<&str> = sought.words.split_whitespace().collect();
        for (found, what, most) in
            [(sought.filters.len(), "filters", MOST_FILTERS), (words.len(), "words", MOST_WORDS)]
        {
            if found > most {
                let problem = Diagnostic::error(Place::default(), format!("{found} {what}"));
                return Err(problem.expected(format!("at most {most}")).into());
            }
        }
        let size = sought.size.clamp(1, LARGEST_PAGE);
        let page = sought.page.max(1);
        let filters = self.wishes(engine, seen, &sought.filters, reader).await?;
        let sort = sought.sort.as_deref().map(|field| {
            let descending = field.starts_with('-');
            let field = field.strip_prefix('-').unwrap_or(field);
            if seen.register.fields.get(field).is_some_and(|own| own.list) {
                let place = Place::default().field("sort");
                return Err(Diagnostic::error(
                    place,
                    format!("`{field}`, which has several values"),
                )
                .expected("a field with one value")
                .into());
            }
            Ok::<_, Error>((column_of(seen, field)?, descending))
        });
        let mut named = Vec::new();
        for word in words {
            named.push(Wanted {
                word: word.to_lowercase(),
                columns: worded(seen),
                named: self.named(engine, seen, word, reader).await?,
            });
        }
        let after = sought.cursor.as_deref().map(|cursor| {
            let (entry, value) = match cursor.split_once('~') {
                Some((entry, value)) => (entry, Some(value.to_owned())),
                None => (cursor, None),
            };
            let wrong = |_| {
                let place = Place::default().field("cursor");
                Diagnostic::error(place, format!("`{}`", shorten(cursor)))
                    .expected("the cursor that the page before gave")
            };
            Ok::<_, Error>(After { value, entry: entry.parse().map_err(wrong)? })
        });
        Ok(Choice {
            after: after.transpose()?,
            within,
            filters,
            words: named,
            sort: sort.transpose()?,
            // No register has so many records.
            offset: (page - 1).saturating_mul(size).min(u32::MAX as usize),
            limit: size,
        })
    }

    /// What the columns must be: of several values of a field one, and days within a period. Links and codes
    /// may be given by any of their names.
    async fn wishes(
        &self,
        engine: &Engine,
        seen: Seen<'_>,
        filters: &[(String, String)],
        reader: &Reader,
    ) -> Result<Vec<(String, Wish)>, Error> {
        let mut wishes: Vec<(String, Wish)> = Vec::new();
        let mut problems = Diagnostics::default();
        for (name, first) in filters {
            let Some(field) = name.strip_suffix(".from") else { continue };
            let to = |other: &&(String, String)| other.0.strip_suffix(".to") == Some(field);
            // Days that are no days are told below.
            if let Some((_, last)) = filters.iter().find(to)
                && read_date(first).is_ok()
                && read_date(last).is_ok()
                && let Err(wrong) = read_period(&format!("{first}..{last}"))
            {
                problems.push(wrong.at(Place::default().field(field)));
            }
        }
        for (name, value) in filters {
            if let Some((column, wish)) = period_of(seen, name, value, &mut problems) {
                wishes.push((column, wish));
                continue;
            }
            let column = column_of(seen, name)?;
            let Some(value) =
                self.meant(engine, seen, (name, value), reader, &mut problems).await?
            else {
                continue;
            };
            let same = wishes.iter_mut().find_map(|(own, wish)| match wish {
                Wish::Any(values) if *own == column => Some(values),
                _ => None,
            });
            match same {
                Some(values) => values.push(value),
                None => wishes.push((column, Wish::Any(vec![value]))),
            }
        }
        Ok(problems.unless_errors(wishes)?)
    }

    /// The value that somebody means in a field; nothing, with what is wrong, where no record can have it.
    async fn meant(
        &self,
        engine: &Engine,
        seen: Seen<'_>,
        (name, value): (&str, &str),
        reader: &Reader,
        problems: &mut Diagnostics,
    ) -> Result<Option<String>, Error> {
        let declared = &seen.register.fields[name];
        let place = || Place::default().field(name);
        let codes = declared.codelist.as_ref();
        let codes = codes.and_then(|list| self.programme().codelists.get(list));
        // The names of many are not looked through for one.
        let mut names = None;
        if let Some(target) = self.linkable(declared, reader)
            && self.records(&target, reader).await? <= MOST_NAMED
        {
            names = Some(engine.names(&target).await?);
        }
        let known = match (codes, &names) {
            (Some(list), _) if list.codes.contains_key(value) => Some(value),
            (_, Some(names)) => names.find(value),
            _ => None,
        };
        let read = match (declared.kind, &names) {
            _ if known.is_some() => Ok(Value::from(known)),
            (FieldType::Code, _) => {
                let known = codes.into_iter().flat_map(|list| list.codes.keys());
                let known = known.map(String::as_str).collect::<Vec<_>>().join(", ");
                let read = FieldReader::new(declared, codes, None).read_part(value);
                read.map_err(|wrong| Wrong { expected: format!("one of {known}"), ..wrong })
            }
            (FieldType::Link, Some(names)) => {
                FieldReader::new(declared, None, Some(Names::clone(names))).read_part(value)
            }
            _ => match impossible(declared, value) {
                Some(expected) => Err(Wrong::new(format!("`{}`", shorten(value)), expected)),
                None => Ok(Value::from(value)),
            },
        };
        Ok(match read {
            Ok(read) => Some(plain(&read, Language::En)),
            Err(wrong) => {
                problems.push(wrong.at(place()));
                None
            }
        })
    }

    /// The codes and the keys of linked records whose names hold a word, in any language.
    async fn named(
        &self,
        engine: &Engine,
        seen: Seen<'_>,
        word: &str,
        reader: &Reader,
    ) -> Result<Vec<(String, Vec<String>)>, Error> {
        let word = fold(word);
        let holds = |name: &str| fold(name).contains(&word);
        let mut found = Vec::new();
        for (name, field) in seen.fields().filter(|(_, field)| !field.list) {
            let keys: BTreeSet<String> = if let Some(target) = self.linkable(field, reader) {
                let names = engine.names(&target).await?;
                names
                    .iter()
                    .filter(|(name, _)| holds(name))
                    .map(|(_, key)| key.to_owned())
                    .collect()
            } else if let Some(list) = field.codelist.as_ref() {
                let codes = self.programme().codelists.get(list).into_iter().flat_map(|l| &l.codes);
                let held = codes.filter(|(_, code)| {
                    code.label.each().any(|(_, label)| holds(label))
                        || code.aliases.iter().any(|alias| holds(alias))
                });
                held.map(|(key, _)| key.clone()).collect()
            } else {
                continue;
            };
            if !keys.is_empty() {
                found.push((name.clone(), keys.into_iter().collect()));
            }
        }
        Ok(found)
    }

    pub(crate) async fn facets(
        &self,
        engine: &Engine,
        seen: Seen<'_>,
        choice: &Choice,
    ) -> Result<Vec<Facet>, Error> {
        let mut facets = Vec::new();
        for (field, declared) in seen.fields() {
            let counted = matches!(declared.kind, FieldType::Code | FieldType::Boolean)
                || declared.kind == FieldType::Link && !seen.register.key.contains(field)
                || declared.kind == FieldType::Link && seen.register.key.len() > 1;
            if !counted {
                continue;
            }
            // Beside the values that are chosen stand those that could be chosen too.
            let (own, others): (Vec<_>, Vec<_>) =
                choice.filters.iter().cloned().partition(|(column, _)| column == field);
            let chosen = own.iter().find_map(|(_, wish)| match wish {
                Wish::Any(values) => Some(values.as_slice()),
                Wish::Between(..) => None,
            });
            let chosen = chosen.unwrap_or_default();
            let open = Choice { filters: others, ..choice.clone() };
            let mut found = engine.facet(seen.name, field, &open, MOST_VALUES).await?;
            if !chosen.iter().all(|value| found.iter().any(|(known, _)| known == value)) {
                let all = engine.facet(seen.name, field, choice, MOST_VALUES).await?;
                let missing = |(value, _): &(String, u64)| {
                    chosen.contains(value) && !found.iter().any(|(known, _)| known == value)
                };
                let missing: Vec<_> = all.into_iter().filter(missing).collect();
                found.extend(missing);
            }
            if found.len() < 2 && chosen.is_empty() {
                continue;
            }
            let keys: Vec<String> = found.iter().map(|(key, _)| key.clone()).collect();
            let mut names = NamesOf::new();
            if let Some(target) = &declared.register {
                let found = engine.called(target, Some(&keys), seen.language).await?;
                names.insert(target.clone(), found);
            }
            let text = |key: &str| {
                let value = match declared.kind {
                    FieldType::Boolean => Value::Bool(key == "true"),
                    _ => Value::from(key),
                };
                shown_text(self.programme(), declared, &value, &names, seen.language)
            };
            facets.push(Facet {
                field: field.clone(),
                label: declared.label[seen.language].clone(),
                values: found
                    .into_iter()
                    .map(|(key, records)| FacetValue {
                        text: text(&key),
                        chosen: chosen.contains(&key),
                        records,
                        key,
                    })
                    .collect(),
            });
        }
        Ok(facets)
    }
}

/// The column of a field by which records can be chosen and sorted.
fn column_of(seen: Seen<'_>, field: &str) -> Result<String, Error> {
    let declared = seen.fields().find(|(name, _)| *name == field).map(|(_, declared)| declared);
    let declared = declared.ok_or_else(|| {
        let known = seen.fields().map(|(name, _)| name.as_str());
        Diagnostic::error(Place::default(), format!("there is no field `{field}`"))
            .suggest(field, known)
    })?;
    Ok(match declared.kind {
        _ if declared.list => field.to_owned(),
        FieldType::Multilingual => format!("{field}_{}", seen.language),
        FieldType::Money => format!("{field}_amount"),
        FieldType::Period => format!("{field}_from"),
        FieldType::File => format!("{field}_name"),
        _ => field.to_owned(),
    })
}

/// The days within which a field must be, where its name says that they are the first or last; of a period,
/// those that it has a day in common with.
fn period_of(
    seen: Seen<'_>,
    name: &str,
    value: &str,
    problems: &mut Diagnostics,
) -> Option<(String, Wish)> {
    let (field, end) = name.rsplit_once('.')?;
    let declared = seen.fields().find(|(own, _)| *own == field)?.1;
    let first = match end {
        "from" => true,
        "to" => false,
        _ => return None,
    };
    let column = match (declared.kind, declared.list, first) {
        (FieldType::Date, false, _) => field.to_owned(),
        (FieldType::Period, false, true) => format!("{field}_to"),
        (FieldType::Period, false, false) => format!("{field}_from"),
        _ => return None,
    };
    if let Err(wrong) = read_date(value) {
        problems.push(wrong.at(Place::default().field(field)));
    }
    let day = Some(value.to_owned());
    let wish = if first { Wish::Between(day, None) } else { Wish::Between(None, day) };
    Some((column, wish))
}

/// What would be expected in the place of a value that no record can have in a field.
fn impossible(field: &Field, value: &str) -> Option<&'static str> {
    match field.kind {
        FieldType::Date if read_date(value).is_err() => Some("a day as YYYY-MM-DD"),
        FieldType::Integer if value.parse::<i64>().is_err() => Some("a whole number, digits only"),
        FieldType::Boolean if !matches!(value, "true" | "false") => Some("true or false"),
        _ => None,
    }
}

/// The columns in which words are looked for.
fn worded(seen: Seen<'_>) -> Vec<String> {
    seen.fields()
        .flat_map(|(name, field)| match field.kind {
            FieldType::Multilingual if !field.list => {
                Language::ALL.iter().map(|language| format!("{name}_{language}")).collect()
            }
            FieldType::Text | FieldType::Code | FieldType::Link | FieldType::Date
                if !field.list =>
            {
                vec![name.clone()]
            }
            _ => vec![],
        })
        .collect()
}
