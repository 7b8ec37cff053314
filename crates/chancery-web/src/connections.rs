//! Connections: so many at once, none that keeps others waiting by saying nothing, and an end in which
//! what was asked is still answered.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::{TlsAcceptor, rustls};

use crate::visit::Peer;

/// Who has not sent the head of a request by then, or nothing after an answer, is let go.
const PATIENCE: Duration = Duration::from_secs(10);
/// More wait until one of them ends.
const MOST: usize = 1024;
/// From one place; behind a proxy all come from there.
pub(crate) const MOST_OF_ONE: usize = 256;
/// What is still being answered at the end may take so long.
const FAREWELL: Duration = Duration::from_secs(20);
/// After an accept that failed, as when there are no files left to open.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers whoever connects, until `ended`.
pub(crate) async fn answer(
    listener: TcpListener,
    app: Router,
    tls: Option<TlsAcceptor>,
    most: usize,
    ended: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let (places, leaving) = (Arc::new(Semaphore::new(MOST)), GracefulShutdown::new());
    let mut ended = pin!(ended);
    let places_of = Arc::new(Mutex::new(HashMap::<IpAddr, usize>::new()));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut ended => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let Some(held) = Held::take(&places_of, peer.ip().to_canonical(), most) else {
            // Hung up on: one place is not to take all.
            continue;
        };
        let place = (place, held);
        let service = TowerToHyperService::new(app.clone().layer(Extension(Peer(peer))));
        // Whoever hangs up or sends what is no request is no trouble to others.
        match tls.clone() {
            None => {
                let stream = TokioIo::new(stream);
                let connection = leaving.watch(protocol.serve_connection(stream, service));
                tokio::spawn(async move {
                    let _ = connection.await;
                    drop(place);
                });
            }
            Some(tls) => {
                let (protocol, watcher) = (protocol.clone(), leaving.watcher());
                tokio::spawn(async move {
                    let greeted = tokio::time::timeout(PATIENCE, tls.accept(stream)).await;
                    if let Ok(Ok(stream)) = greeted {
                        let stream = TokioIo::new(stream);
                        let connection = protocol.serve_connection(stream, service);
                        let _ = watcher.watch(connection).await;
                    }
                    drop(place);
                });
            }
        }
    }
    tokio::select! {
        () = leaving.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => {}
    }
    Ok(())
}

/// One of the connections of one place.
struct Held {
    all: Arc<Mutex<HashMap<IpAddr, usize>>>,
    from: IpAddr,
}

impl Held {
    fn take(all: &Arc<Mutex<HashMap<IpAddr, usize>>>, from: IpAddr, most: usize) -> Option<Self> {
        // A count is whole whatever panicked.
        let mut counts = all.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(from).or_default();
        (*count < most).then(|| {
            *count += 1;
            Self { all: Arc::clone(all), from }
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.from);
            }
        }
    }
}

/// What greets browsers by TLS, with the certificates and the key of PEM files.
pub(crate) fn tls(chain: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    let told = |file: &Path, error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", file.display()))
    };
    let certificates: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(chain).map_err(|error| told(chain, &error))?.collect();
    let certificates = certificates.map_err(|error| told(chain, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| told(key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| told(key, &error))?
        .with_no_client_auth()
        .with_single_cert(certificates, private)
        .map_err(|error| told(chain, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
