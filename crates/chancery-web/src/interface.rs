//! The interface for programs, `/api/v1`: what the packs declare, as JSON, read only so far.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chancery_app::{Error, LARGEST_PAGE, Reader};
use chancery_model::{Field, FieldType, Language, Parameter, ParameterType, Register, Wanted};
use serde_json::{Map, Value, json};

use crate::portal::{Shared, Site, given, reader, sought};
use crate::query::{Query, encode, encode_path};

/// Records of a page where nobody says how many.
const PAGE: usize = 100;
/// Rows of evidence of a figure.
const MOST_EVIDENCE: usize = 1000;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/openapi.json", get(openapi))
        .route("/registers", get(registers))
        .route("/registers/{register}/records", get(records))
        .route("/registers/{register}/records/{*key}", get(record))
        .route("/measures", get(measures))
        .route("/measures/{measure}", get(measure))
        .route("/entries/{entry}/proof", get(proof))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "there is no such address", vec![]) })
}

/// A problem as RFC 9457 has it, with all that is wrong.
fn problem(status: StatusCode, title: &str, problems: Vec<Value>) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "problems": problems,
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

impl Site {
    fn failed(&self, error: &Error, status: StatusCode) -> Response {
        match error {
            Error::Wrong(problems) => {
                let title =
                    problems.0.first().map_or_else(String::new, |first| first.found.clone());
                problem(status, &title, problems.0.iter().map(|problem| json!(problem)).collect())
            }
            // What the machine says is no caller's business.
            _ => {
                self.note(error);
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                problem(status, "something went wrong here", vec![])
            }
        }
    }
}

fn answer(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// A program that reads without having said who it is; texts come in all languages.
fn program() -> Reader {
    reader(Language::En)
}

async fn registers(State(site): Shared) -> Response {
    let size = match site.home.size().await {
        Ok(size) => size,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let seen = site.home.programme().registers.iter();
    let seen = seen.filter(|(_, register)| register.is_seen_by(program().sees));
    let listed: Vec<Value> = seen
        .map(|(name, register)| {
            json!({
                "register": name,
                "label": register.label,
                "help": register.help,
                "records": format!("/api/v1/registers/{}/records", encode(name)),
            })
        })
        .collect();
    answer(&json!({"known_at": size, "registers": listed}))
}

async fn records(
    State(site): Shared,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(error) = site.home.register_for(&name, program()) {
        return site.failed(&error, StatusCode::NOT_FOUND);
    }
    let query = Query::read(query.as_deref());
    let fields: Option<Vec<&str>> = query.get("fields").map(|fields| fields.split(',').collect());
    let sought = sought(&query.without("fields"), PAGE);
    let (total, known_at, mut records) =
        match site.home.seen_records(&name, &sought, program()).await {
            Ok(found) => found,
            Err(error) => return site.failed(&error, StatusCode::BAD_REQUEST),
        };
    if let Some(fields) = fields {
        for record in &mut records {
            record.body.retain(|name, _| fields.contains(&name.as_str()));
        }
    }
    let page = sought.page.max(1);
    let size = sought.size.clamp(1, LARGEST_PAGE);
    let next = (page.saturating_mul(size) < total).then(|| {
        let query = query.without("page").with("page", &(page + 1).to_string());
        format!("/api/v1/registers/{}/records{}", encode(&name), query.written())
    });
    let body = json!({"known_at": known_at, "total": total, "next": next, "records": records});
    answer(&body)
}

async fn record(State(site): Shared, Path((name, key)): Path<(String, String)>) -> Response {
    match site.home.record_page(&name, &key, program()).await {
        Ok(page) => {
            let body = json!({
                "known_at": page.known_at,
                "key": page.key,
                "entry": page.entry,
                "source": page.source,
                "demonstration": page.demonstration,
                "body": page.body,
                "history": page.history,
            });
            answer(&body)
        }
        Err(error) => site.failed(&error, StatusCode::NOT_FOUND),
    }
}

async fn measures(State(site): Shared) -> Response {
    let size = match site.home.size().await {
        Ok(size) => size,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let seen = match site.home.measures_for(program()).await {
        Ok(seen) => seen,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let measures = &site.home.programme().measures;
    let listed: Vec<Value> = seen
        .into_iter()
        .filter_map(|name| Some((name, measures.get(name)?)))
        .map(|(name, measure)| {
            json!({
                "measure": name,
                "label": measure.head.label,
                "unit": measure.head.unit,
                "parameters": measure.head.parameters,
                "figure": format!("/api/v1/measures/{}", encode(name)),
            })
        })
        .collect();
    answer(&json!({"known_at": size, "measures": listed}))
}

async fn measure(
    State(site): Shared,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(error) = site.home.measure_for(&name, program()).await {
        return site.failed(&error, StatusCode::NOT_FOUND);
    }
    let given = given(&Query::read(query.as_deref()));
    match site.home.figure(&name, &given, Wanted::First(MOST_EVIDENCE), None).await {
        Ok(figure) => answer(&json!(figure)),
        Err(error) => site.failed(&error, StatusCode::BAD_REQUEST),
    }
}

/// The proof that an entry is in the journal, in the C2SP form; it shows nothing of the entry.
async fn proof(State(site): Shared, Path(entry): Path<String>) -> Response {
    let Ok(number) = entry.parse() else {
        return problem(StatusCode::NOT_FOUND, "an entry is a number", vec![]);
    };
    match site.home.proof(number).await {
        Ok(Some(proof)) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], proof).into_response()
        }
        Ok(None) => problem(StatusCode::NOT_FOUND, &format!("there is no entry {number}"), vec![]),
        Err(error) => site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// What can be asked, as `OpenAPI` 3.1 has it, made from the packs.
async fn openapi(State(site): Shared) -> Response {
    let programme = site.home.programme();
    let mut paths = Map::new();
    let mut schemas = Map::new();
    schemas.insert(
        "Problem".to_owned(),
        json!({
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "problems": {"type": "array", "items": {"type": "object"}},
            },
        }),
    );
    let seen = programme.registers.iter();
    for (name, register) in seen.filter(|(_, register)| register.is_seen_by(program().sees)) {
        let schema = format!("#/components/schemas/{name}");
        schemas.insert(name.clone(), record_schema(register));
        let base = format!("/api/v1/registers/{}/records", encode_path(name));
        let list = json!({
            "type": "object",
            "required": ["known_at", "total", "records"],
            "properties": {
                "known_at": {"type": "integer"},
                "total": {"type": "integer"},
                "next": {"type": ["string", "null"]},
                "records": {"type": "array", "items": {"$ref": schema}},
            },
        });
        let filters = register.seen_by(program().sees).map(|(field, declared)| {
            let schema = json!({"type": "string"});
            json!({"name": field, "in": "query", "schema": schema, "description": declared.label.en})
        });
        let fixed = [
            ("q", "Words that a record must hold", json!({"type": "string"})),
            ("sort", "A field; the greatest first with - before it", json!({"type": "string"})),
            ("fields", "Fields to return, with commas between", json!({"type": "string"})),
            ("page", "From 1", json!({"type": "integer", "minimum": 1})),
            (
                "size",
                "Records of a page",
                json!({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
            ),
        ];
        let fixed = fixed.map(|(name, description, schema)| {
            json!({"name": name, "in": "query", "description": description, "schema": schema})
        });
        paths.insert(
            base.clone(),
            json!({"get": {
                "operationId": format!("list_{name}"),
                "summary": register.label.en,
                "parameters": filters.chain(fixed).collect::<Vec<_>>(),
                "responses": responses("The records", &list),
            }}),
        );
        // A key may hold slashes, which a path template cannot say; they are escaped as %2F.
        paths.insert(format!("{base}/{{key}}"), json!({"get": {
            "operationId": format!("get_{name}"),
            "summary": register.label.en,
            "parameters": [{"name": "key", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": responses("The record with its history", &json!({"$ref": schema})),
        }}));
    }
    let seen = match site.home.measures_for(program()).await {
        Ok(seen) => seen,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    for name in seen {
        let Some(measure) = programme.measures.get(name) else { continue };
        let parameters = measure.head.parameters.iter().map(|(name, declared)| {
            json!({
                "name": name,
                "in": "query",
                "required": !declared.optional && declared.default.is_none(),
                "schema": parameter_schema(declared),
            })
        });
        let figure = json!({
            "type": "object",
            "required": ["measure", "parameters", "unit", "known_at", "evidence_count"],
            "properties": {
                "measure": {"type": "string"},
                "parameters": {"type": "object"},
                "value": {},
                "rows": {"type": "array", "items": {"type": "object"}},
                "unit": {"type": "string"},
                "known_at": {"type": "integer"},
                "evidence_count": {"type": "integer"},
                "evidence": {"type": "array", "items": {"type": "object"}},
            },
        });
        paths.insert(
            format!("/api/v1/measures/{}", encode_path(name)),
            json!({"get": {
                "operationId": format!("measure_{}", name.replace('.', "_")),
                "summary": measure.head.label.en,
                "parameters": parameters.collect::<Vec<_>>(),
                "responses": responses("The figure with its evidence", &figure),
            }}),
        );
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Chancery", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {"schemas": schemas},
    });
    ([(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}

fn responses(what: &str, schema: &Value) -> Value {
    let problem = json!({
        "description": "What is wrong",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    json!({
        "200": {"description": what, "content": {"application/json": {"schema": schema}}},
        "304": {"description": "As it was at the given ETag"},
        "400": problem,
        "404": problem,
    })
}

fn record_schema(register: &Register) -> Value {
    let fields = register.seen_by(program().sees);
    let properties: Map<String, Value> =
        fields.map(|(name, field)| (name.clone(), field_schema(field))).collect();
    json!({
        "type": "object",
        "description": register.help.en,
        "required": ["key", "entry", "source", "body"],
        "properties": {
            "key": {"type": "string"},
            "entry": {"type": "integer"},
            "source": {"type": "string"},
            "demonstration": {"type": "boolean"},
            "body": {"type": "object", "properties": properties},
        },
    })
}

fn field_schema(field: &Field) -> Value {
    let parts = |names: &[&str]| {
        let properties: Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
        json!({"type": "object", "properties": properties})
    };
    let one = match field.kind {
        FieldType::Text | FieldType::Code | FieldType::Link => json!({"type": "string"}),
        FieldType::Decimal => json!({"type": ["string", "number"]}),
        FieldType::Multilingual => parts(&Language::ALL.map(Language::code)),
        FieldType::Integer => json!({"type": "integer"}),
        FieldType::Money => parts(&["amount", "currency"]),
        FieldType::Date => json!({"type": "string", "format": "date"}),
        FieldType::Period => parts(&["from", "to"]),
        FieldType::Boolean => json!({"type": "boolean"}),
        FieldType::File => parts(&["name", "sha256"]),
    };
    let mut schema = if field.list { json!({"type": "array", "items": one}) } else { one };
    schema["description"] = json!(field.label.en);
    schema
}

fn parameter_schema(parameter: &Parameter) -> Value {
    match parameter.kind {
        ParameterType::Text | ParameterType::Code | ParameterType::Link => {
            json!({"type": "string"})
        }
        ParameterType::Integer => json!({"type": "integer"}),
        ParameterType::Boolean => json!({"type": "boolean"}),
        ParameterType::Date => json!({"type": "string", "format": "date"}),
    }
}
