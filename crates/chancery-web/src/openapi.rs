//! What can be asked for by programs, as `OpenAPI` 3.1 has it: made from the packs, for whoever asks.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery_app::LARGEST_PAGE;
use chancery_model::measure;
use chancery_model::{Field, FieldType, Language, Parameter, ParameterType, Register, Visibility};
use serde_json::{Map, Value, json};

use crate::interface::{Caller, MOST_EVIDENCE, SOME_EVIDENCE};
use crate::query::encode_path;
use crate::server::Shared;

/// What can be asked, as `OpenAPI` 3.1 has it, made from the packs.
pub(crate) async fn openapi(State(site): Shared, Caller(reader, who): Caller) -> Response {
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
    for (name, register) in
        seen.filter(|(name, register)| register.is_seen_by(reader.sees.of(name)))
    {
        let schema = format!("#/components/schemas/{name}");
        schemas.insert(name.clone(), record_schema(register, reader.sees.of(name)));
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
        let filters = register.seen_by(reader.sees.of(name)).map(|(field, declared)| {
            let schema = json!({"type": "string"});
            let description =
                format!("{}; more than once for one of several values", declared.label.en);
            json!({"name": field, "in": "query", "schema": schema, "description": description})
        });
        let days = register.seen_by(reader.sees.of(name)).filter(|(_, declared)| {
            !declared.list && matches!(declared.kind, FieldType::Date | FieldType::Period)
        });
        let days = days.flat_map(|(field, declared)| {
            let label = &declared.label.en;
            [("from", "from this day on"), ("to", "up to this day")].map(|(end, what)| {
                json!({
                    "name": format!("{field}.{end}"), "in": "query",
                    "schema": {"type": "string", "format": "date"},
                    "description": format!("{label}, {what}"),
                })
            })
        });
        let filters = filters.chain(days);
        let fixed = [
            ("q", "Words that a record must hold", json!({"type": "string"})),
            ("sort", "A field; the greatest first with - before it", json!({"type": "string"})),
            ("fields", "Fields to return, with commas between", json!({"type": "string"})),
            (
                "cursor",
                "Where the page before ended; it stands in its `next`",
                json!({"type": "string"}),
            ),
            (
                "size",
                "Records of a page",
                json!({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
            ),
        ];
        let fixed = fixed.map(|(name, description, schema)| {
            json!({"name": name, "in": "query", "description": description, "schema": schema})
        });
        let mut of_all = json!({"get": {
            "operationId": format!("list_{name}"),
            "summary": register.label.en,
            "parameters": filters.chain(fixed).collect::<Vec<_>>(),
            "responses": responses("The records", &list),
        }});
        // A key may hold slashes, which a path template cannot say; they are escaped as %2F.
        let key =
            json!({"name": "key", "in": "path", "required": true, "schema": {"type": "string"}});
        let mut of_one = json!({"get": {
            "operationId": format!("get_{name}"),
            "summary": register.label.en,
            "parameters": [key],
            "responses": responses("The record with its history", &json!({"$ref": schema})),
        }});
        of_one["get"]["responses"]["410"] = of_one["get"]["responses"]["404"].clone();
        of_one["get"]["responses"]["410"]["description"] =
            json!("The record was withdrawn; why, and its history");
        if who.as_ref().is_some_and(|who| site.writes(who, name)) {
            let values = json!({"$ref": format!("{schema}/properties/body")});
            of_all["post"] = post_operation(name, register, &values);
            of_one["put"] = put_operation(name, register, &key, &values);
        }
        paths.insert(base.clone(), of_all);
        paths.insert(format!("{base}/{{key}}"), of_one);
    }
    let seen = match site.home.measures_for(&reader).await {
        Ok(seen) => seen,
        Err(error) => return site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR),
    };
    let evidence = json!({
        "name": measure::EVIDENCE,
        "in": "query",
        "description": "How many rows of evidence come with the figure",
        "schema": {
            "type": "integer", "minimum": 0, "maximum": MOST_EVIDENCE, "default": SOME_EVIDENCE,
        },
    });
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
                "parameters": parameters.chain([evidence.clone()]).collect::<Vec<_>>(),
                "responses": responses("The figure with its evidence", &figure),
            }}),
        );
    }
    schemas.insert("Submitted".to_owned(), submitted_schema());
    paths.insert("/api/v1/changes".to_owned(), changes_operation());
    paths.insert("/api/v1/search".to_owned(), search_operation());
    paths.insert("/api/v1/entries/{entry}/proof".to_owned(), proof_operation());
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Chancery", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "security": [{}, {"token": []}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    });
    ([(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}

/// Records at once: all or none.
fn post_operation(name: &str, register: &Register, values: &Value) -> Value {
    let body = json!({
        "type": "object",
        "required": ["records"],
        "properties": {
            "records": {"type": "array", "items": values},
            "source": {"type": "string", "description": "Where the facts come from; needed unless each record says so as its `source`"},
            "update": {"type": "boolean", "description": "Supersede records that exist with other values"},
            "dry_run": {"type": "boolean", "description": "Tell what would change and record nothing"},
        },
    });
    json!({
        "operationId": format!("record_{name}"),
        "summary": format!("Record, all or none: {}", register.label.en),
        "security": [{"token": []}],
        "parameters": [{
            "name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200},
            "description": "Of two requests with the same key, one is carried out and both are answered alike",
        }],
        "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
        "responses": recorded(),
    })
}

/// One record, which replaces the version that the caller has seen.
fn put_operation(name: &str, register: &Register, key: &Value, values: &Value) -> Value {
    let body = json!({
        "type": "object",
        "required": ["body", "source"],
        "properties": {
            "body": values,
            "source": {"type": "string", "description": "Where the facts come from"},
        },
    });
    json!({
        "operationId": format!("replace_{name}"),
        "summary": format!("Replace a record: {}", register.label.en),
        "security": [{"token": []}],
        "parameters": [key, {
            "name": "If-Match", "in": "header", "required": true, "schema": {"type": "string"},
            "description": "The number of the entry that holds the version to replace",
        }],
        "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
        "responses": recorded(),
    })
}

fn submitted_schema() -> Value {
    let (integer, texts) =
        (json!({"type": "integer"}), json!({"type": "array", "items": {"type": "string"}}));
    json!({
        "type": "object",
        "required": ["added", "superseded", "unchanged", "proposed"],
        "properties": {
            "added": integer,
            "superseded": integer,
            "unchanged": integer,
            "entries": {"type": ["integer", "null"], "description": "How many entries the journal has after it"},
            "proposed": texts,
            "needs_approval": {"type": "boolean"},
            "changing": {"type": "integer", "description": "How many records change; `changes` shows the first of them"},
            "changes": {"type": "array", "items": {"type": "object"}},
        },
    })
}

/// Words, in any of the languages, over all registers.
fn search_operation() -> Value {
    let texts = |names: &[&str]| -> Map<String, Value> {
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect()
    };
    let mut find = texts(&["register", "key", "title", "snippet", "record"]);
    find.insert("demonstration".to_owned(), json!({"type": "boolean"}));
    let count = json!({"type": "object", "properties": {"register": {"type": "string"}, "records": {"type": "integer"}}});
    let found = json!({
        "type": "object",
        "required": ["total", "registers", "records"],
        "properties": {
            "total": {"type": "integer"},
            "registers": {"type": "array", "items": count},
            "next": {"type": ["string", "null"]},
            "records": {"type": "array", "items": {"type": "object", "properties": find}},
        },
    });
    let parameter =
        |name: &str, schema: Value| json!({"name": name, "in": "query", "schema": schema});
    json!({"get": {
        "operationId": "search",
        "summary": "Records that hold all the words, in any language",
        "parameters": [
            parameter("q", json!({"type": "string", "maxLength": 300})),
            parameter("register", json!({"type": "string"})),
            parameter("page", json!({"type": "integer", "minimum": 1})),
        ],
        "responses": responses("What was found", &found),
    }})
}

/// That an entry is in the journal.
fn proof_operation() -> Value {
    let mut answers = responses("The proof, as C2SP has it", &json!({}));
    answers["200"]["content"] = json!({"text/plain": {"schema": {"type": "string"}}});
    json!({"get": {
        "operationId": "prove",
        "summary": "The proof that an entry is in the journal; it shows nothing of the entry",
        "parameters": [{
            "name": "entry", "in": "path", "required": true,
            "schema": {"type": "integer", "minimum": 0},
        }],
        "responses": answers,
    }})
}

/// What was recorded since some point of the journal.
fn changes_operation() -> Value {
    let change = json!({
        "type": "object",
        "required": ["entry", "register", "key", "change", "time"],
        "properties": {
            "entry": {"type": "integer"},
            "register": {"type": "string"},
            "key": {"type": "string"},
            "change": {"enum": ["new", "supersede", "withdraw"]},
            "time": {"type": "string", "format": "date-time"},
            "record": {"type": "string"},
        },
    });
    let feed = json!({
        "type": "object",
        "required": ["after", "changes", "next"],
        "properties": {
            "after": {"type": "integer"},
            "changes": {"type": "array", "items": change},
            "next": {"type": "integer", "description": "What to give as `after` next time"},
        },
    });
    let number = |name: &str, most: u64, description: &str| {
        let schema = json!({"type": "integer", "minimum": 0, "maximum": most});
        json!({"name": name, "in": "query", "schema": schema, "description": description})
    };
    json!({"get": {
        "operationId": "changes",
        "summary": "What was recorded since; as server-sent events where those are asked for",
        "parameters": [
            number("after", u64::from(u32::MAX), "How many entries are known already"),
            number("wait", crate::changes::LONGEST_WAIT, "Seconds to wait for something new"),
        ],
        "responses": responses("The changes", &feed),
    }})
}

fn responses(what: &str, schema: &Value) -> Value {
    let problem = json!({
        "description": "What is wrong",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let mut all = json!({
        "200": {"description": what, "content": {"application/json": {"schema": schema}}},
        "304": {"description": "As it was at the given ETag"},
        "429": {"description": "Too many requests; Retry-After says when to come back"},
    });
    for status in ["400", "401", "403", "404"] {
        all[status] = problem.clone();
    }
    all
}

/// What may come of recording something.
fn recorded() -> Value {
    let mut all = responses("What was done", &json!({"$ref": "#/components/schemas/Submitted"}));
    for status in ["409", "412", "413", "422", "428"] {
        all[status] = all["400"].clone();
    }
    all
}

fn record_schema(register: &Register, sees: Visibility) -> Value {
    let fields = register.seen_by(sees);
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
