//! Tells other systems what was recorded, by HTTP.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri, header};
use chancery_app::{Hook, Message};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, rustls};

use crate::server::Site;

/// So often is it looked whether there is something to tell.
const PAUSE: Duration = Duration::from_secs(1);
/// Who has not answered by then has not heard.
const PATIENCE: Duration = Duration::from_secs(15);

/// Tells a hook what there is to tell, until the server ends.
pub(crate) async fn tell(site: Arc<Site>, hook: Hook) {
    loop {
        tokio::time::sleep(PAUSE).await;
        match site.home.message(&hook).await {
            Ok(None) => {}
            Ok(Some(message)) => {
                let sent = tokio::time::timeout(PATIENCE, send(&hook, &message)).await;
                let sent = sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                if let Err(error) = &sent {
                    site.note(&format!("{}: {error}; it is tried again", hook.url));
                }
                if let Err(error) = site.home.told(&hook, &message, sent.is_ok()).await {
                    site.note(&error);
                }
            }
            Err(error) => site.note(&error),
        }
    }
}

/// Sends a message; an answer other than «yes» is an error.
async fn send(hook: &Hook, message: &Message) -> io::Result<()> {
    let url: Uri = hook.url.parse().map_err(io::Error::other)?;
    let (Some(host), secure) = (url.host(), url.scheme_str() == Some("https")) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let port = url.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(header::HOST, url.authority().map_or(host, |whole| whole.as_str()))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("chancery/", env!("CARGO_PKG_VERSION")))
        .header("chancery-signature", &message.signature)
        .header("chancery-delivery", &message.id)
        .body(Body::from(message.body.clone()))
        .map_err(io::Error::other)?;
    let bare = host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((bare, port)).await?;
    let status = if secure {
        let name = ServerName::try_from(bare.to_owned()).map_err(io::Error::other)?;
        exchange(TokioIo::new(connector()?.connect(name, stream).await?), request).await?
    } else {
        exchange(TokioIo::new(stream), request).await?
    };
    if (200..300).contains(&status) {
        Ok(())
    } else {
        Err(io::Error::other(format!("it answered {status}")))
    }
}

async fn exchange<S>(stream: S, request: Request<Body>) -> io::Result<u16>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(stream).await.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(io::Error::other);
    connection.abort();
    Ok(answer?.status().as_u16())
}

/// Trusts whom the machine trusts.
fn connector() -> io::Result<TlsConnector> {
    let mut trusted = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    trusted.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
