//! The preview of a report: a frame with the page, and a stream that says when it changed.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use futures::Stream;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;

const FRAME: &str = include_str!("../assets/preview.html");

/// What is shown: the last page that could be built, and what is wrong with the source now.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    pub page: Arc<str>,
    pub problems: Option<String>,
    /// What was done last, for the line at the foot.
    pub status: String,
}

type Shown = watch::Receiver<Preview>;

/// Serves previews until the sender is gone.
pub async fn preview(listener: TcpListener, shown: Shown) -> std::io::Result<()> {
    let mut ended = shown.clone();
    let app = Router::new()
        .route("/", get(|| async { Html(FRAME) }))
        .route("/page", get(page))
        .route("/changes", get(changes))
        .layer(from_fn(only_this_machine))
        .with_state(shown);
    let serving = axum::serve(listener, app);
    tokio::select! {
        served = async { serving.await } => served,
        () = async { while ended.changed().await.is_ok() {} } => Ok(()),
    }
}

/// Refuses requests that name another host: a page elsewhere could send a browser here under a
/// name of its own.
async fn only_this_machine(headers: HeaderMap, request: Request, next: Next) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "a preview answers on this machine only\n").into_response()
    }
}

async fn page(State(shown): State<Shown>) -> Html<String> {
    Html(shown.borrow().page.to_string())
}

/// What the frame needs to know of a change.
#[derive(Serialize)]
struct Notice {
    status: String,
    problems: Option<String>,
}

async fn changes(
    State(mut shown): State<Shown>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Whoever comes is told at once how things stand.
    shown.mark_changed();
    let stream = futures::stream::unfold(shown, |mut shown| async {
        shown.changed().await.ok()?;
        let notice = {
            let now = shown.borrow_and_update();
            Notice { status: now.status.clone(), problems: now.problems.clone() }
        };
        let event = Event::default().data(serde_json::json!(notice).to_string());
        Some((Ok(event), shown))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
