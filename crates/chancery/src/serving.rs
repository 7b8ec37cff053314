//! How the portal is served: what a file says, what the surroundings say over it, and what is said when it
//! is started over both.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chancery_app::Hook;
use chancery_web::Serving;
use serde::Deserialize;

use crate::cli::{Cli, Serve};
use crate::commands::{Answer, open};
use crate::show;

/// So often may one place ask in a minute where nothing else is said: a page with all that hangs on it,
/// ten times a second.
const REQUESTS_A_MINUTE: u32 = 1200;

/// A shorter one can be guessed.
const SHORTEST_SECRET: usize = 16;

/// The file that says how to serve, in TOML.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    address: Option<String>,
    #[serde(default)]
    behind_proxy: bool,
    requests_a_minute: Option<u32>,
    #[serde(default)]
    log_requests: bool,
    tls: Option<Tls>,
    #[serde(default)]
    webhook: Vec<Webhook>,
}

/// Another system that is told what is recorded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: String,
    /// The file with the secret by which messages are signed.
    secret_file: PathBuf,
    #[serde(default)]
    registers: BTreeSet<String>,
    account: Option<String>,
}

impl Webhook {
    fn hook(self, beside: &impl Fn(PathBuf) -> PathBuf) -> Result<Hook> {
        if !(self.url.starts_with("https://") || self.url.starts_with("http://")) {
            bail!(
                "the webhook `{}`; expected an address such as https://example.org/hook",
                self.url
            );
        }
        let file = beside(self.secret_file);
        let secret = std::fs::read(&file).with_context(|| file.display().to_string())?;
        let secret = secret.trim_ascii().to_vec();
        if secret.len() < SHORTEST_SECRET {
            bail!("{}: a secret of at least {SHORTEST_SECRET} bytes is needed", file.display());
        }
        let Self { url, registers, account, .. } = self;
        Ok(Hook { url, secret, registers, account })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tls {
    certificate: PathBuf,
    key: PathBuf,
}

fn read(file: Option<&Path>) -> Result<File> {
    let Some(file) = file else { return Ok(File::default()) };
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    // The message marks the line.
    toml::from_str(&text).with_context(|| file.display().to_string())
}

pub(crate) async fn serve(cli: &Cli, serve: &Serve) -> Result<Answer> {
    let file = read(serve.config.as_deref())?;
    let beside = |path: PathBuf| match serve.config.as_deref().and_then(Path::parent) {
        Some(folder) if path.is_relative() => folder.join(path),
        _ => path,
    };
    let listen = serve.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let address = serve.address.clone().or(file.address);
    if let Some(address) = &address
        && !(address.starts_with("https://") || address.starts_with("http://"))
    {
        bail!("the address `{address}`; expected one such as https://registers.example.org");
    }
    let home = open(cli).await?;
    if !listen.ip().is_loopback() && home.is_demonstration().await? {
        bail!(
            "{listen} is not of this machine alone, and this home is a demonstration, whose accounts are \
             for trying the platform; listen at 127.0.0.1"
        );
    }
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} cannot be listened at"))?;
    let hooks: Vec<Hook> =
        file.webhook.into_iter().map(|own| own.hook(&beside)).collect::<Result<_>>()?;
    for register in hooks.iter().flat_map(|hook| &hook.registers) {
        home.programme().register(register).map_err(chancery_app::Error::from)?;
    }
    let tls = file.tls.map(|tls| (beside(tls.certificate), beside(tls.key)));
    let scheme = if tls.is_some() { "https" } else { "http" };
    let here = listener.local_addr()?;
    show::message(&format!("the portal is at {scheme}://{here}/; end with Ctrl-C"));
    let limit = serve.requests_a_minute.or(file.requests_a_minute);
    let serving = Serving {
        address,
        behind_proxy: serve.behind_proxy || file.behind_proxy,
        tls,
        requests_a_minute: limit.unwrap_or(REQUESTS_A_MINUTE),
        log_requests: serve.log_requests || file.log_requests,
        packs: cli.packs.clone(),
        hooks,
    };
    chancery_web::serve(listener, home, serving, show::message, ended()).await?;
    Ok(Answer::Done)
}

/// Until somebody interrupts it or the machine stops it.
async fn ended() {
    let interrupted = async {
        // Where no signal can be heard, the server serves until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let stopped = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut heard) => {
                heard.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let stopped = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = stopped => {}
    }
}
