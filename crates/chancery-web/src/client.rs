//! Asks other systems, by HTTP. No answer is followed elsewhere.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, rustls};

/// Who has not answered by then does not answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// No answer that we want is longer.
const LARGEST: usize = 1 << 20;

/// The answer of another system to a request with a whole address.
pub(crate) async fn ask(request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
    let answered = tokio::time::timeout(PATIENCE, answer(request)).await;
    answered.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn answer(mut request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
    let url = request.uri().clone();
    let (Some(host), secure) = (url.host(), url.scheme_str() == Some("https")) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let port = url.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse::<Uri>().map_err(io::Error::other)?;
    let own = url.authority().map_or(host, |whole| whole.as_str());
    let own = own.parse().map_err(io::Error::other)?;
    request.headers_mut().insert(header::HOST, own);
    let agent = header::HeaderValue::from_static(concat!("chancery/", env!("CARGO_PKG_VERSION")));
    request.headers_mut().insert(header::USER_AGENT, agent);
    let request = request.map(Body::from);
    let bare = host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((bare, port)).await?;
    if secure {
        let name = ServerName::try_from(bare.to_owned()).map_err(io::Error::other)?;
        exchange(TokioIo::new(connector()?.connect(name, stream).await?), request).await
    } else {
        exchange(TokioIo::new(stream), request).await
    }
}

async fn exchange<S>(stream: S, request: Request<Body>) -> io::Result<Response<Vec<u8>>>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(stream).await.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let read = async {
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(Body::new(body), LARGEST).await;
        Ok(Response::from_parts(parts, body.map_err(io::Error::other)?.to_vec()))
    };
    let answer = read.await;
    connection.abort();
    answer
}

/// Trusts whom the machine trusted when it was first asked.
fn connector() -> io::Result<TlsConnector> {
    static CONNECTOR: OnceLock<TlsConnector> = OnceLock::new();
    if let Some(known) = CONNECTOR.get() {
        return Ok(known.clone());
    }
    let mut trusted = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    trusted.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(CONNECTOR.get_or_init(|| TlsConnector::from(Arc::new(config))).clone())
}
