//! The public portal: pages made here, from what the use cases tell a reader.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chancery_app::{Act, Error, Past, Reader, Sought, date, number};
use chancery_model::value::read_date;
use chancery_model::{Diagnostic, Diagnostics, FieldType, Language, Place, access};
use serde_json::{Value, json};

use crate::cite::Cited;
use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site, with};
use crate::tables;
use crate::visit::Visitor;
use crate::words::word;
use crate::work::record_href;

/// Pages of lists have so many records.
const PAGE: usize = 50;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/", get(front))
        .route("/{lang}/registers", get(registers))
        .route("/{lang}/registers/{register}", get(register))
        .route("/{lang}/registers/{register}/{*key}", get(record))
        .route("/{lang}/tables/{file}", get(tables::download))
        .route("/{lang}/evidence/{file}", get(tables::evidence))
        .route("/{lang}/attachments/{register}/{field}/{*key}", get(tables::attachment))
        .route("/{lang}/measures", get(measures))
        .route("/{lang}/measures/{measure}", get(measure))
        .route("/{lang}/reports", get(reports))
}

impl Site {
    /// The packs with the registers that a reader may know of and the measures.
    async fn packs(&self, reader: &Reader) -> Result<Vec<Value>, Error> {
        let language = reader.language;
        let programme = self.home.programme();
        let seen = self.home.measures_for(reader).await?;
        let mut packs = Vec::new();
        for (name, pack) in &programme.packs {
            let mut registers = Vec::new();
            for register in programme.registers_of(name) {
                let Ok(declared) = self.home.register_for(register, reader) else {
                    continue;
                };
                let records = self.home.records(register, reader).await?;
                registers.push(json!({
                    "name": register,
                    "label": declared.label[language],
                    "help": declared.help[language],
                    "records": number(language, &records.to_string()),
                }));
            }
            let prefix = format!("{name}.");
            let own = seen.iter().filter(|name| name.starts_with(&prefix));
            let list: Vec<Value> = own
                .filter_map(|name| Some((name, programme.measures.get(*name)?)))
                .map(|(name, measure)| {
                    json!({"name": name, "label": self.home.measure_label(measure, language)})
                })
                .collect();
            packs.push(json!({
                "name": name,
                "title": pack.title[language],
                "help": pack.help[language],
                "registers": registers,
                "measures": number(language, &list.len().to_string()),
                "list": list,
            }));
        }
        Ok(packs)
    }

    fn reports(&self, visitor: &Visitor) -> Vec<Value> {
        let (reports, language) = (self.home.programme().reports.iter(), visitor.language);
        let edits = |name: &str| visitor.who.as_ref().is_some_and(|who| self.home.edits(who, name));
        reports
            .map(|(name, report)| {
                json!({
                    "name": name, "title": report.head.title[language],
                    "period": report.head.period, "edits": edits(name),
                })
            })
            .collect()
    }
}

async fn front(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "home.html", "/", "").await
}

async fn registers(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "registers.html", "/registers", "registers").await
}

async fn measures(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "measures.html", "/measures", "measures").await
}

async fn reports(State(site): Shared, visitor: Visitor) -> Response {
    listing(&site, &visitor, "reports.html", "/reports", "reports").await
}

/// A page that lists what there is.
async fn listing(
    site: &Site,
    visitor: &Visitor,
    template: &str,
    path: &str,
    section: &str,
) -> Response {
    let read = async {
        let packs = site.packs(&visitor.reader).await?;
        let standards = match section {
            "registers" => site.standards(&visitor.reader).await?,
            _ => vec![],
        };
        Ok::<_, Error>((packs, standards))
    };
    match read.await {
        Ok((packs, standards)) => {
            let reports = site.reports(visitor);
            let more = json!({"packs": packs, "reports": reports, "standards": standards});
            site.page(template, (visitor, path, section), more).await
        }
        Err(error) => site.problem((visitor, path), error, StatusCode::INTERNAL_SERVER_ERROR).await,
    }
}

/// What an address asks of a register; all other names are fields.
pub(crate) fn sought(query: &Query, size: usize) -> Result<Sought, Error> {
    let mut problems = Diagnostics::default();
    let mut number = |name: &str, default: usize| match query.get(name).map(str::parse) {
        None => default,
        Some(Ok(number)) if number > 0 => number,
        Some(_) => {
            let found = format!("`{}`", query.get(name).unwrap_or_default());
            let place = Place::default().field(name);
            problems.push(Diagnostic::error(place, found).expected("a whole number from 1"));
            default
        }
    };
    let (page, size) = (number("page", 1), number("size", size));
    Ok(problems.unless_errors(Sought {
        filters: query.others(&["q", "sort", "page", "size", "cursor"]),
        cursor: query.get("cursor").map(str::to_owned),
        words: query.get("q").unwrap_or_default().to_owned(),
        sort: query.get("sort").filter(|sort| !sort.is_empty()).map(str::to_owned),
        page,
        size,
    })?)
}

async fn register(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    // What was done before is told once.
    let query = Query::read(query.as_deref()).without("done");
    let path = format!("/registers/{}", encode(&name));
    let (language, reader) = (visitor.language, &visitor.reader);
    let register = match site.home.register_for(&name, reader) {
        Ok(register) => register,
        Err(error) => return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let _turn = site.reckons().await;
    let asked = async {
        let sought = sought(&query, PAGE)?;
        let page = site.home.page(&name, &sought, reader).await?;
        Ok::<_, Error>((sought, page))
    };
    let (sought, page) = match asked.await {
        Ok(asked) => asked,
        Err(error) => return site.problem((&visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    let here = format!("/{language}{path}");
    let link = |query: Query| format!("{here}{}", query.written());
    let first = query.without("page");
    let mut shown = json!(page);
    for facet in shown["facets"].as_array_mut().into_iter().flatten() {
        let field = facet["field"].as_str().unwrap_or_default().to_owned();
        for value in facet["values"].as_array_mut().into_iter().flatten() {
            let key = value["key"].as_str().unwrap_or_default();
            // Of several values of a field, a record has one.
            let other = match value["chosen"] == true {
                true => first.without_one(&field, key),
                false => first.with(&field, key),
            };
            value["href"] = json!(link(other));
            value["shown"] = json!(number(language, &value["records"].to_string()));
        }
    }
    for column in shown["columns"].as_array_mut().into_iter().flatten() {
        let field = column["name"].as_str().unwrap_or_default().to_owned();
        let sort = sought.sort.as_deref().unwrap_or_default();
        let ascending = sort == field;
        if ascending || sort.trim_start_matches('-') == field {
            column["sorted"] = json!(if ascending { "ascending" } else { "descending" });
        }
        let next = if ascending { format!("-{field}") } else { field };
        column["href"] = json!(link(first.without("sort").with("sort", &next)));
    }
    let linked = sought.filters.iter().filter_map(|(field, value)| {
        Some((register.fields.get(field)?.register.as_deref()?, value.as_str()))
    });
    let linked: Vec<(&str, &str)> = linked.collect();
    let titles = match site.home.titles(linked.iter().copied(), reader).await {
        Ok(titles) => titles,
        Err(error) => return site.problem((&visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    let called = |field: &str, value: &str| {
        let declared = register.fields.get(field)?;
        let at = linked
            .iter()
            .position(|(other, key)| *key == value && declared.register.as_deref() == Some(*other));
        match (at, &declared.codelist, declared.kind) {
            (Some(at), ..) => titles.get(at).cloned(),
            (_, Some(_), _) => Some(site.code_label((&name, field), value, language)),
            (.., FieldType::Boolean) => {
                Some(word(language, if value == "true" { "yes" } else { "no" }).to_owned())
            }
            _ => None,
        }
    };
    let chosen: Vec<Value> = sought
        .filters
        .iter()
        .map(|(field, value)| {
            let text = called(field, value);
            let (whole, end) = match field.rsplit_once('.') {
                Some((whole, end)) if register.fields.contains_key(whole) => (whole, Some(end)),
                _ => (field.as_str(), None),
            };
            let text = match (end, text, read_date(value)) {
                (Some(end), _, Ok(day)) => {
                    let end = word(language, &format!("day_{end}")).to_lowercase();
                    format!("{end} {}", date(language, day))
                }
                (_, Some(text), _) => text,
                (.., Ok(day)) => date(language, day),
                _ => value.clone(),
            };
            json!({
                "field": field,
                "value": value,
                "label": register.fields.get(whole).map(|field| field.label[language].clone()),
                "text": text,
                "without": link(first.without_one(field, value)),
            })
        })
        .collect();
    let days = register
        .seen_by(reader.sees.of(&name))
        .filter(|(_, own)| !own.list && matches!(own.kind, FieldType::Date | FieldType::Period));
    let periods: Vec<Value> = days
        .map(|(field, own)| {
            let ends = ["from", "to"].map(|end| {
                let input = format!("{field}.{end}");
                let value = query.get(&input).unwrap_or_default();
                json!({"input": input, "label": word(language, &format!("day_{end}")), "value": value})
            });
            let own_ends = [&format!("{field}.from"), &format!("{field}.to")];
            let others: Vec<_> = first
                .others(&own_ends.map(|own| own.as_str()))
                .into_iter()
                .map(|(name, value)| json!({"name": name, "value": value}))
                .collect();
            json!({
                "label": own.label[language], "ends": ends, "others": others,
                "open": own_ends.iter().any(|own| query.get(own).is_some()),
            })
        })
        .collect();
    let turned = |page: usize| link(first.with("page", &page.to_string()));
    let who = visitor.who.as_deref();
    let more = json!({
        "writes": who.is_some_and(|who| site.writes(who, &name)),
        "fields": register
            .seen_by(reader.sees.of(&name))
            .filter(|(field, own)| !register.key.contains(field) && own.kind != FieldType::File)
            .map(|(field, own)| json!({"name": field, "label": own.label[language]}))
            .collect::<Vec<_>>(),
        "name": name,
        "label": register.label[language],
        "help": register.help[language],
        "page": shown,
        "total": number(language, &page.total.to_string()),
        "words": sought.words,
        "sort": sought.sort,
        "chosen": chosen,
        "periods": periods,
        "plain": here,
        "query": query.without("page").without("size").written(),
        "number": number(language, &sought.page.max(1).to_string()),
        "pages": number(language, &page.pages.to_string()),
        "previous": (sought.page > 1).then(|| turned(sought.page - 1)),
        "next": (sought.page < page.pages).then(|| turned(sought.page.max(1) + 1)),
        "demonstration": page.rows.iter().any(|row| row.demonstration),
    });
    // The other languages show the same records.
    let path = format!("{path}{}", query.written());
    site.page("register.html", (&visitor, &path, "registers"), more).await
}

async fn record(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name, key)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    record_view(&site, &visitor, (&name, &key), query.get("at"), json!({})).await
}

/// A record's page, with more: what somebody wrote of it and what is wrong with that.
pub(crate) async fn record_view(
    site: &Site,
    visitor: &Visitor,
    (name, key): (&str, &str),
    at: Option<&str>,
    more: Value,
) -> Response {
    let path = format!("/registers/{}/{}", encode(name), encode_path(key));
    let (language, reader) = (visitor.language, &visitor.reader);
    let (register, page) = match (
        site.home.register_for(name, reader),
        site.home.record_page(name, key, reader).await,
    ) {
        (Ok(register), Ok(page)) => (register, page),
        (Err(error), _) | (_, Err(error)) => {
            return match site.home.withdrawn(name, key, reader).await {
                Ok(Some(history)) => site.withdrawn(visitor, (name, key), &history).await,
                _ => site.problem((visitor, &path), error, StatusCode::NOT_FOUND).await,
            };
        }
    };
    let mut shown = json!(page);
    for (place, link) in shown["linked"].as_array_mut().into_iter().flatten().enumerate() {
        let (other, field) = (page.linked[place].register.as_str(), &page.linked[place].field);
        link["query"] = json!(format!("{}={}", encode(field), encode(key)));
        link["shown"] = json!(number(language, &link["records"].to_string()));
        if place < MOST_SHOWN {
            match site.first_rows(other, (field, key), reader).await {
                Ok(table) => link["table"] = table,
                Err(error) => site.note(&error),
            }
        }
    }
    let standing = site.home.standing(name, (key, &page.body), at, reader).await;
    let standing = match standing {
        Ok(standing) => json!(standing),
        Err(error) => return site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
    };
    let standing = site.standing(standing, (name, key), language);
    for field in shown["fields"].as_array_mut().into_iter().flatten() {
        let own = field["name"].as_str().unwrap_or_default();
        if register.fields.get(own).is_some_and(|own| own.kind == FieldType::File) {
            let (own, key) = (encode(own), encode_path(key));
            field["file"] = json!(format!("/{language}/attachments/{}/{own}/{key}", encode(name)));
        }
    }
    shown["history"] = versions(&page.history, language);
    let label = &register.label[language];
    let linked_data = json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": page.title,
        "identifier": format!("{name}/{key}"),
        "url": format!("/{language}{path}"),
        "inLanguage": language.code(),
        "isPartOf": {"@type": "DataCatalog", "name": label},
        "version": page.entry,
    });
    // A `<` would end the script early.
    let linked_data = linked_data.to_string().replace('<', "\\u003c");
    let cites = Cited {
        issuer: site.name(language),
        title: &page.title,
        within: label,
        id: &format!("{name}/{key}"),
        entry: page.entry,
        time: page.history.iter().map(|past| past.time.as_str()).max().unwrap_or_default(),
        address: &format!("{}/{language}{path}", site.address()),
    };
    let cites = cites.styles(language);
    let comments = match site.home.comments(&format!("{name}/{key}"), reader).await {
        Ok(comments) => comments,
        Err(error) => {
            return site.problem((visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR).await;
        }
    };
    let comments: Vec<Value> = comments.iter().map(|said| site.said(said, language)).collect();
    let who = visitor.who.as_deref();
    let all = json!({
        "comments": comments,
        "comments_on": who.is_some_and(|who| site.home.may(who, &Act::Record, access::COMMENT)),
        // An invented account changes no facts.
        "writes": who.is_some_and(|who| {
            site.writes(who, name) && (page.demonstration || !who.demonstration)
        }),
        "withdraws": who.is_some_and(|who| {
            site.home.may(who, &Act::Withdraw, name) && (page.demonstration || !who.demonstration)
        }),
        "name": name,
        "label": label,
        "record": shown,
        "standing": standing,
        "linked_data": linked_data,
        "cites": cites,
        "demonstration": page.demonstration,
    });
    site.page("record.html", (visitor, &path, "registers"), with(all, more)).await
}

/// The versions of a record as a page shows them.
fn versions(history: &[Past], language: Language) -> Value {
    let versions = history.iter().map(|past| {
        let mut shown = json!(past);
        shown["number"] = json!(number(language, &past.entry.to_string()));
        shown["proof"] = json!(proof_href(past.entry));
        shown["day"] = json!(chancery_app::day_text(language, &past.time));
        shown
    });
    versions.collect()
}

/// A record's page shows the first records of so many lists.
const MOST_SHOWN: usize = 6;
/// And so many of each, with so many columns.
const FIRST_ROWS: usize = 8;
const FIRST_COLUMNS: usize = 4;

impl Site {
    /// What is left of a record that was withdrawn.
    async fn withdrawn(
        &self,
        visitor: &Visitor,
        (name, key): (&str, &str),
        history: &[Past],
    ) -> Response {
        let language = visitor.language;
        let path = format!("/registers/{}/{}", encode(name), encode_path(key));
        let more = json!({
            "name": name,
            "label": self.register_label(name, language),
            "record": {"key": key, "history": versions(history, language)},
        });
        let mut page = self.page("withdrawn.html", (visitor, &path, "registers"), more).await;
        *page.status_mut() = StatusCode::GONE;
        page
    }

    /// The first records of those that link to one: what a reader sees without going there.
    async fn first_rows(
        &self,
        register: &str,
        (field, key): (&str, &str),
        reader: &Reader,
    ) -> Result<Value, Error> {
        let sought = Sought {
            filters: vec![(field.to_owned(), key.to_owned())],
            size: FIRST_ROWS,
            ..Sought::default()
        };
        let page = self.home.page(register, &sought, reader).await?;
        // What is the same in all rows is no news, nor is what none has.
        let told = |place: &usize| {
            page.columns[*place].name != field
                && !page.columns[*place].title
                && page.rows.iter().any(|row| !row.cells[*place].is_empty())
        };
        let kept: Vec<usize> = (0..page.columns.len()).filter(told).take(FIRST_COLUMNS).collect();
        let rows: Vec<Value> = page
            .rows
            .iter()
            .map(|row| {
                let cells: Vec<_> = kept.iter().map(|place| &row.cells[*place]).collect();
                json!({
                    "title": row.title, "cells": cells, "demonstration": row.demonstration,
                    "href": record_href(reader.language, register, &row.key),
                })
            })
            .collect();
        let columns: Vec<_> = kept.iter().map(|place| &page.columns[*place]).collect();
        Ok(json!({"columns": columns, "rows": rows}))
    }

    /// What the figures say of a record, with where each comes from.
    fn standing(
        &self,
        mut standing: Value,
        (register, key): (&str, &str),
        language: Language,
    ) -> Value {
        // A record of which no figure speaks.
        if standing.is_null() {
            return standing;
        }
        let own = record_href(language, register, key);
        for figure in standing["figures"].as_array_mut().into_iter().flatten() {
            let name = figure["measure"].as_str().unwrap_or_default();
            let path = format!("/{language}/measures/{}", encode(name));
            figure["href"] = json!(format!("{path}{}", given_query(&figure["given"]).written()));
        }
        for moment in standing["pictures"]["moments"].as_array_mut().into_iter().flatten() {
            let at = moment["given"]["at"].as_str().unwrap_or_default();
            let query = Query::default().with("at", at).written();
            moment["href"] = json!(format!("{own}{query}#standing"));
        }
        standing
    }
}

/// The parameters of a measure as a page was told them.
fn given_query(given: &Value) -> Query {
    let given = given.as_object().into_iter().flatten();
    given.fold(Query::default(), |query, (name, value)| {
        query.with(name, value.as_str().unwrap_or_default())
    })
}

async fn measure(
    State(site): Shared,
    visitor: Visitor,
    Path((_, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let path = format!("/measures/{}", encode(&name));
    let given = given(&query);
    let (language, reader) = (visitor.language, &visitor.reader);
    let question = match site.home.question(&name, &given, reader).await {
        Ok(question) => question,
        Err(error) => {
            return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await;
        }
    };
    let needed = question.parameters.iter().filter(|asked| asked.required);
    let complete = needed.clone().all(|asked| !asked.value.is_empty());
    let mut problems = Vec::new();
    let mut figure = None;
    if complete && (!given.is_empty() || needed.count() == 0) {
        match site.home.answer(&name, &given, reader).await {
            Ok(told) => figure = Some(told),
            Err(Error::Wrong(wrong)) => {
                problems = site.told(&wrong, language);
            }
            Err(error) => {
                return site
                    .problem((&visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR)
                    .await;
            }
        }
    }
    let parameters: Vec<Value> = question
        .parameters
        .iter()
        .map(|asked| {
            let input = match json!(asked.kind).as_str() {
                Some("date") => "date",
                Some("integer") => "number",
                _ => "text",
            };
            let label = asked.label.clone();
            json!({
                "name": asked.name,
                "label": label.unwrap_or_else(|| word(language, &format!("day_{}", asked.name)).to_owned()),
                "required": asked.required,
                "value": asked.value,
                "choices": asked.choices.iter().map(|(key, text)| json!({"key": key, "text": text})).collect::<Vec<_>>(),
                "input": input,
            })
        })
        .collect();
    let demonstration = figure.as_ref().is_some_and(|figure| figure.demonstration);
    let mut pictures = Value::Null;
    if let Some(figure) = &figure {
        match site.home.pictures(&name, &given, &figure.title, reader).await {
            Ok(drawn) => pictures = json!(drawn),
            Err(error) => {
                return site
                    .problem((&visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR)
                    .await;
            }
        }
    }
    for moment in pictures["moments"].as_array_mut().into_iter().flatten() {
        let asked = given_query(&moment["given"]).written();
        moment["href"] = json!(format!("/{language}{path}{asked}"));
    }
    let told = figure.iter().flat_map(|figure| &figure.evidence);
    let told = told.flat_map(|row| &row.records).filter(|(.., open)| *open);
    let told: Vec<(&str, &str)> =
        told.map(|(register, key, _)| (register.as_str(), key.as_str())).collect();
    let titles = match site.home.titles(told.iter().copied(), reader).await {
        Ok(titles) => titles,
        Err(error) => {
            return site.problem((&visitor, &path), error, StatusCode::INTERNAL_SERVER_ERROR).await;
        }
    };
    let titles: BTreeMap<(String, String), String> = told
        .iter()
        .map(|(register, key)| ((*register).to_owned(), (*key).to_owned()))
        .zip(titles)
        .collect();
    let shown = figure.map(|figure| {
        let mut shown = json!(figure);
        shown["files"] = ["csv", "xlsx"]
            .map(|end| {
                let file =
                    format!("/{language}/evidence/{}.{end}{}", encode(&name), query.written());
                json!({"name": end.to_uppercase(), "href": file})
            })
            .into();
        shown["json"] = json!(format!("/api/v1/measures/{}{}", encode(&name), query.written()));
        for row in shown["evidence"].as_array_mut().into_iter().flatten() {
            row["entry"] = json!(number(language, &row["entry"].to_string()));
            let records = row["records"].as_array().cloned().unwrap_or_default();
            let links = records.iter().map(|record| {
                let text = |at: usize| record[at].as_str().unwrap_or_default();
                let href = record_href(language, text(0), text(1));
                let title = titles.get(&(text(0).to_owned(), text(1).to_owned()));
                let title = title.map_or_else(|| text(1), String::as_str);
                json!({"text": title, "href": (record[2] == true).then_some(href)})
            });
            row["records"] = links.collect();
        }
        shown
    });
    let wrong = !problems.is_empty();
    let more = json!({
        "label": question.label,
        "parameters": parameters,
        "problems": problems,
        "figure": shown,
        "pictures": pictures,
        "demonstration": demonstration,
    });
    let path = format!("{path}{}", query.written());
    let mut response = site.page("measure.html", (&visitor, &path, "measures"), more).await;
    if wrong {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// The parameters of a measure in an address; what was left empty was not given.
pub(crate) fn given(query: &Query) -> BTreeMap<String, Value> {
    let all = query.others(&[]).into_iter();
    all.filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, Value::from(value)))
        .collect()
}

/// The proof that an entry is in the journal.
pub(crate) fn proof_href(entry: u64) -> String {
    format!("/api/v1/entries/{entry}/proof")
}
