//! What was recorded, as it happens: for programs that follow the journal.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use chancery_app::Reader;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::interface::{Caller, answer, problem};
use crate::query::{Query, encode, encode_path};
use crate::server::{Shared, Site};

/// Seconds after which nothing new is an answer too.
pub(crate) const LONGEST_WAIT: u64 = 50;
/// So many changes are told at once.
const MOST: u64 = 1000;
/// So often is it looked whether there is something new.
const PAUSE: Duration = Duration::from_millis(250);
/// So many may wait at once; others are told at once how things stand.
static WAITING: Semaphore = Semaphore::const_new(256);
/// So many of them keep places for those who say who they are.
const KEPT: usize = 128;
/// A stream ends after so long; who comes back is looked at anew.
const STREAM: Duration = Duration::from_secs(60);

pub(crate) async fn changes(
    State(site): Shared,
    Caller(reader, who): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Query::read(query.as_deref());
    let number = |name: &str| match query.get(name) {
        None => Ok(0),
        Some(text) => text.parse::<u64>().map_err(|_| {
            let title = format!("`{name}` is a whole number");
            problem(StatusCode::BAD_REQUEST, &title, vec![])
        }),
    };
    let (after, wait) = match (number("after"), number("wait")) {
        (Ok(after), Ok(wait)) => (after, wait.min(LONGEST_WAIT)),
        (Err(refused), _) | (_, Err(refused)) => return refused,
    };
    let accepts = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    if accepts.is_some_and(|kinds| kinds.contains("text/event-stream")) {
        // Whoever comes back says where it was.
        let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
        return stream(site, reader, last.unwrap_or(after), place(who.is_some()));
    }
    if wait > 0 {
        let place = place(who.is_some());
        let deadline = tokio::time::Instant::now() + Duration::from_secs(wait);
        while place.is_some() && tokio::time::Instant::now() < deadline {
            if site.home.size().await.is_ok_and(|size| size > after) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    match told(&site, &reader, after).await {
        Ok((changes, next)) => answer(&json!({"after": after, "changes": changes, "next": next})),
        Err(refused) => refused,
    }
}

/// A place among those who wait, if there is one.
fn place(known: bool) -> Option<SemaphorePermit<'static>> {
    let free = known || WAITING.available_permits() > KEPT;
    free.then(|| WAITING.try_acquire().ok()).flatten()
}

/// What was recorded after so many entries, as far as the reader sees it, and where it ends.
async fn told(site: &Site, reader: &Reader, after: u64) -> Result<(Vec<Value>, u64), Response> {
    let found = site.home.changes(after, MOST, reader).await;
    let (found, next) =
        found.map_err(|error| site.failed(&error, StatusCode::INTERNAL_SERVER_ERROR))?;
    let changes = found.into_iter().map(|version| {
        json!({
            "entry": version.entry,
            "register": version.register,
            "key": version.key,
            "change": version.change,
            "time": version.time,
            "record": format!(
                "/api/v1/registers/{}/records/{}",
                encode(&version.register),
                encode_path(&version.key)
            ),
        })
    });
    Ok((changes.collect(), next))
}

/// The same as server-sent events, until the listener leaves.
fn stream(
    site: Arc<Site>,
    reader: Reader,
    after: u64,
    place: Option<SemaphorePermit<'static>>,
) -> Response {
    let Some(place) = place else {
        let title = "too many listen; come back later";
        return problem(StatusCode::SERVICE_UNAVAILABLE, title, vec![]);
    };
    let end = tokio::time::Instant::now() + STREAM;
    let events = futures::stream::unfold((site, reader, after, place), move |state| async move {
        let (site, reader, after, place) = state;
        while tokio::time::Instant::now() < end {
            if site.home.size().await.is_ok_and(|size| size > after)
                && let Ok((changes, next)) = told(&site, &reader, after).await
            {
                let event = Event::default().id(next.to_string()).data(json!(changes).to_string());
                return Some((Ok::<_, Infallible>(event), (site, reader, next, place)));
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}
