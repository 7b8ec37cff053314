//! Connections: so many at once, none that keeps others waiting by saying nothing, and an end in which
//! what was asked is still answered.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Who has not sent the head of a request by then, or nothing after an answer, is let go.
const PATIENCE: Duration = Duration::from_secs(10);
/// More wait until one of them ends.
const MOST: usize = 1024;
/// What is still being answered at the end may take so long.
const FAREWELL: Duration = Duration::from_secs(20);
/// After an accept that failed, as when there are no files left to open.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers whoever connects, until `ended`.
pub(crate) async fn answer(
    listener: TcpListener,
    app: Router,
    ended: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let (places, leaving) = (Arc::new(Semaphore::new(MOST)), GracefulShutdown::new());
    let mut ended = pin!(ended);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut ended => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let service = TowerToHyperService::new(app.clone());
        let connection = leaving.watch(protocol.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Whoever hangs up or sends what is no request is no trouble to others.
            let _ = connection.await;
            drop(place);
        });
    }
    tokio::select! {
        () = leaving.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => {}
    }
    Ok(())
}
