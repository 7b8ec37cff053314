//! Tells other systems what was recorded, by HTTP.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, header};
use chancery_app::{Hook, Message};

use crate::client;
use crate::server::Site;

/// So often is it looked whether there is something to tell.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells a hook what there is to tell, until the server ends.
pub(crate) async fn tell(site: Arc<Site>, hook: Hook) {
    loop {
        tokio::time::sleep(PAUSE).await;
        match site.home.message(&hook).await {
            Ok(None) => {}
            Ok(Some(message)) => {
                let sent = send(&hook, &message).await;
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
    let request = Request::post(&hook.url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("chancery-signature", &message.signature)
        .header("chancery-delivery", &message.id)
        .body(message.body.clone())
        .map_err(io::Error::other)?;
    let status = client::ask(request).await?.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("it answered {}", status.as_u16())))
    }
}
