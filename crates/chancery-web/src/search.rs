//! Search over everything: a page, what may be meant while somebody types, and the same for programs.

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chancery_app::number;
use serde_json::{Value, json};

use crate::interface::{Caller, answer};
use crate::query::{Query, encode, encode_path};
use crate::server::Shared;
use crate::visit::Visitor;

/// Finds of a page.
const PAGE: usize = 20;
/// Nobody turns more pages.
const MOST_PAGES: usize = 500;
/// Longer questions are no questions.
const LONGEST: usize = 300;

fn page_of(query: &Query) -> usize {
    let page = query.get("page").and_then(|page| page.parse().ok());
    page.unwrap_or(1).clamp(1, MOST_PAGES)
}

fn words_of(query: &Query) -> String {
    query.get("q").unwrap_or_default().chars().take(LONGEST).collect()
}

pub(crate) async fn search(
    State(site): Shared,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let (language, reader) = (visitor.language, &visitor.reader);
    let (words, page) = (words_of(&query), page_of(&query));
    let register = query.get("register");
    let path = format!("/search{}", query.written());
    let range = ((page - 1) * PAGE, PAGE);
    let _turn = site.reckons().await;
    let found = match site.home.search(&words, register, range, reader).await {
        Ok(found) => found,
        Err(error) => return site.problem((&visitor, &path), error, StatusCode::NOT_FOUND).await,
    };
    let here = |query: Query| format!("/{language}/search{}", query.written());
    let first = query.without("page");
    let registers: Vec<Value> = found
        .registers
        .iter()
        .map(|(name, label, count)| {
            json!({
                "label": label,
                "count": number(language, &count.to_string()),
                "chosen": register == Some(name),
                "href": here(first.without("register").with("register", name)),
            })
        })
        .collect();
    let finds: Vec<Value> = found
        .finds
        .iter()
        .map(|find| {
            let mut shown = json!(find);
            let (register, key) = (encode(&find.register), encode_path(&find.key));
            shown["href"] = json!(format!("/{language}/registers/{register}/{key}"));
            shown
        })
        .collect();
    let pages = found.total.div_ceil(PAGE).clamp(1, MOST_PAGES);
    let turned = |page: usize| here(first.with("page", &page.to_string()));
    let more = json!({
        "words": words,
        "finds": finds,
        "registers": registers,
        "chosen": register,
        "all": here(first.without("register")),
        "total": number(language, &found.total.to_string()),
        "number": number(language, &page.to_string()),
        "pages": number(language, &pages.to_string()),
        "several": pages > 1,
        "previous": (page > 1).then(|| turned(page - 1)),
        "next": (page < pages).then(|| turned(page + 1)),
        "demonstration": found.finds.iter().any(|find| find.demonstration),
    });
    site.page("search.html", (&visitor, &path, "search"), more).await
}

/// What somebody may mean who has typed so far, for a page that asks while somebody types.
pub(crate) async fn complete(
    State(site): Shared,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let words = words_of(&Query::read(query.as_deref()));
    match site.home.completions(&words, &visitor.reader).await {
        Ok(found) => {
            let pairs: Vec<(&String, &String)> = found.iter().map(|word| (word, word)).collect();
            ([(header::CONTENT_TYPE, "application/json")], json!(pairs).to_string()).into_response()
        }
        Err(error) => {
            site.note(&error);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The same for programs.
pub(crate) async fn find(
    State(site): Shared,
    Caller(reader, _): Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let (words, page) = (words_of(&query), page_of(&query));
    let range = ((page - 1) * PAGE, PAGE);
    let found = match site.home.search(&words, query.get("register"), range, &reader).await {
        Ok(found) => found,
        Err(error) => return site.failed(&error, StatusCode::NOT_FOUND),
    };
    let plain = |pieces: &[(String, bool)]| {
        pieces.iter().map(|(piece, _)| piece.as_str()).collect::<String>()
    };
    let records: Vec<Value> = found
        .finds
        .iter()
        .map(|find| {
            json!({
                "register": find.register,
                "key": find.key,
                "title": plain(&find.title),
                "snippet": plain(&find.snippet),
                "demonstration": find.demonstration,
                "record": format!(
                    "/api/v1/registers/{}/records/{}",
                    encode(&find.register),
                    encode_path(&find.key)
                ),
            })
        })
        .collect();
    let next = (page * PAGE < found.total && page < MOST_PAGES).then(|| {
        let query = query.without("page").with("page", &(page + 1).to_string());
        format!("/api/v1/search{}", query.written())
    });
    let registers: Vec<Value> = found
        .registers
        .iter()
        .map(|(name, _, count)| json!({"register": name, "records": count}))
        .collect();
    answer(&json!({"total": found.total, "registers": registers, "next": next, "records": records}))
}
