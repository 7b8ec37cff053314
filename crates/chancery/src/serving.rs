//! How the portal is served: what a file says, what the surroundings say over it, and what is said when it
//! is started over both.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chancery_app::{Hook, LoginClaim, Provider, SingleSignOn};
use chancery_web::{Mail, Security, Serving};
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
    mail: Option<MailServer>,
    single_sign_on: Option<Elsewhere>,
}

/// The server that sends letters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailServer {
    server: String,
    port: Option<u16>,
    #[serde(default)]
    security: MailSecurity,
    /// Who writes, as `Registers <registers@example.org>`.
    from: String,
    user: Option<String>,
    password_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MailSecurity {
    #[default]
    Starttls,
    Tls,
    None,
}

impl MailServer {
    fn mail(self, beside: &impl Fn(PathBuf) -> PathBuf) -> Result<Mail> {
        let account = match (self.user, self.password_file) {
            (Some(user), Some(file)) => Some((user, secret(&beside(file))?)),
            (None, None) => None,
            _ => bail!("[mail]: `user` and `password_file` stand together or not at all"),
        };
        let security = match self.security {
            MailSecurity::Starttls => Security::Starttls,
            MailSecurity::Tls => Security::Tls,
            MailSecurity::None => Security::None,
        };
        if security == Security::None && account.is_some() {
            bail!("[mail]: a password is sent to nobody without `starttls` or `tls`");
        }
        let Self { server, port, from, .. } = self;
        Ok(Mail { server, port, security, from, account })
    }
}

/// Another system of the office that says who somebody is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    /// What people call it.
    name: String,
    issuer: String,
    client: String,
    secret_file: Option<PathBuf>,
    /// What it says of somebody that is the login here.
    login: Option<Claim>,
    /// What must stand after the @ where that is the address.
    email_domain: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Claim {
    PreferredUsername,
    Email,
}

impl Elsewhere {
    fn single_sign_on(
        self,
        address: Option<&str>,
        beside: &impl Fn(PathBuf) -> PathBuf,
    ) -> Result<SingleSignOn> {
        let Some(address) = address else {
            bail!(
                "[single_sign_on]: `address` must be said too, so that people are sent back to it"
            );
        };
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let near = here.iter().any(|here| {
            let rest = self.issuer.strip_prefix(here);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        if !self.issuer.starts_with("https://") && !near {
            bail!("[single_sign_on]: the issuer `{}`; expected one at https://", self.issuer);
        }
        let login = match (self.login, self.email_domain) {
            (None, None) => None,
            (Some(Claim::PreferredUsername), None) => Some(LoginClaim::PreferredUsername),
            (Some(Claim::Email), Some(domain)) => Some(LoginClaim::Email(domain)),
            (Some(Claim::Email), None) => bail!(
                "[single_sign_on]: `email_domain` must be said too, since anybody may have the same \
                 name elsewhere"
            ),
            (_, Some(_)) => bail!("[single_sign_on]: `email_domain` goes with `login = \"email\"`"),
        };
        let secret = self.secret_file.map(|file| secret(&beside(file))).transpose()?;
        let back = format!("{}/sign-on/answer", address.trim_end_matches('/'));
        let provider = Provider { issuer: self.issuer, client: self.client, secret, back };
        Ok(SingleSignOn { provider, name: self.name, login })
    }
}

/// What stands in a file of a secret, without what an editor puts after it.
fn secret(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(text.trim().to_owned())
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
    if file.mail.is_some() && address.is_none() {
        bail!("[mail]: `address` must be said too, so that letters can say where something is");
    }
    let mail = file.mail.map(|own| own.mail(&beside)).transpose()?;
    let single_sign_on = file
        .single_sign_on
        .map(|own| own.single_sign_on(address.as_deref(), &beside))
        .transpose()?;
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
        mail,
        single_sign_on,
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
