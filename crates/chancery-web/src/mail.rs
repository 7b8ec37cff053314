//! Letters: what waits for somebody, and links that only they are to have. A letter says where something is,
//! and nothing of what stands there: what is restricted stays here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chancery_app::{Addressee, Notice, NoticeKind};
use chancery_model::Language;
use lettre::message::{Mailbox, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::query::encode;
use crate::server::Site;
use crate::words::word;
use crate::work::record_href;

/// So often is it looked whether there is something to write.
const PAUSE: Duration = Duration::from_secs(2);
/// Before a letter is tried again, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How a server of letters is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// A plain connection that becomes a secret one, or nothing is sent.
    #[default]
    Starttls,
    Tls,
    /// For a server on this machine.
    None,
}

/// The server of letters, and who writes.
#[derive(Clone, Debug)]
pub struct Mail {
    pub server: String,
    pub port: Option<u16>,
    pub security: Security,
    pub from: String,
    /// Name and password.
    pub account: Option<(String, String)>,
}

/// Sends letters.
pub(crate) struct Post {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Post {
    pub(crate) fn new(mail: &Mail) -> std::io::Result<Self> {
        let other = std::io::Error::other::<lettre::transport::smtp::Error>;
        let builder = match mail.security {
            Security::Starttls => {
                AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&mail.server).map_err(other)?
            }
            Security::Tls => {
                AsyncSmtpTransport::<Tokio1Executor>::relay(&mail.server).map_err(other)?
            }
            Security::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.server),
        };
        let mut builder = builder.timeout(Some(Duration::from_secs(20)));
        if let Some(port) = mail.port {
            builder = builder.port(port);
        }
        if let Some((name, password)) = &mail.account {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        let from = mail.from.parse().map_err(|error| {
            std::io::Error::other(format!("the sender `{}`: {error}", mail.from))
        })?;
        Ok(Self { from, transport: builder.build() })
    }

    async fn send(&self, to: &Addressee, subject: &str, text: String) -> Result<(), String> {
        let address = to.email.parse().map_err(|error| format!("{error}"))?;
        let letter = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(to.name.clone()), address))
            .subject(subject)
            .header(header::ContentType::TEXT_PLAIN)
            .header(AutoSubmitted)
            .body(text)
            .map_err(|error| error.to_string())?;
        self.transport.send(letter).await.map(drop).map_err(|error| error.to_string())
    }
}

/// Says that no person wrote it, so that no other program answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

pub(crate) fn notice_word(language: Language, kind: NoticeKind) -> &'static str {
    let name = match kind {
        NoticeKind::Mentioned => "notice_mentioned",
        NoticeKind::Awaits => "notice_awaits",
        NoticeKind::Approved => "notice_approved",
        NoticeKind::Returned => "notice_returned",
    };
    word(language, name)
}

/// Where somebody looks at what they are told.
pub(crate) fn notice_href(language: Language, notice: &Notice) -> String {
    match &notice.number {
        Some(number) => format!("/{language}/changes/{}", encode(number)),
        None => record_href(language, &notice.register, &notice.key),
    }
}

impl Site {
    /// A letter with one link that only its reader is to have. Whether it was sent; where it was not, that
    /// is noted.
    pub(crate) async fn send_link(&self, to: &Addressee, reason: &str, link: &str) -> bool {
        let once = word(to.language, "letter_link_once");
        self.send_letter(to, reason, &format!("{link}\n\n{once}")).await
    }

    /// A letter of a few words.
    pub(crate) async fn send_letter(&self, to: &Addressee, reason: &str, more: &str) -> bool {
        let Some(post) = &self.post else { return false };
        let language = to.language;
        let subject = format!("{} · {}", word(language, reason), self.name(language));
        let text = format!("{}\n\n{}\n\n{more}\n", word(language, reason), self.name(language));
        match post.send(to, &subject, text).await {
            Ok(()) => true,
            Err(error) => {
                self.note(&format!("a letter was not sent: {error}"));
                false
            }
        }
    }

    async fn write(&self, to: &Addressee, notices: &[Notice]) -> Result<(), String> {
        let Some(post) = &self.post else { return Ok(()) };
        let language = to.language;
        let mut text = format!("{}\n", word(language, "letter_lead"));
        for notice in notices {
            let kind = notice_word(language, notice.kind);
            let label = self.register_label(&notice.register, language);
            let href = notice_href(language, notice);
            text += &format!("\n{kind}: {label}\n{}{href}\n", self.address());
        }
        text += &format!("\n{}\n{}/{language}/me\n", word(language, "letter_why"), self.address());
        let subject = match notices {
            [one] => notice_word(language, one.kind),
            _ => word(language, "letter_lead"),
        };
        let subject = format!("{subject} · {}", self.name(language));
        post.send(to, &subject, text).await
    }
}

/// Writes to people what there is to tell them, until the server ends.
pub(crate) async fn write(site: Arc<Site>) {
    let mut size = None;
    // Who could not be written to, and when it is tried again.
    let mut later: BTreeMap<String, (Instant, Duration)> = BTreeMap::new();
    loop {
        tokio::time::sleep(PAUSE).await;
        let now = match site.home.size().await {
            Ok(now) => now,
            Err(error) => {
                site.note(&error);
                continue;
            }
        };
        if size == Some(now) && later.is_empty() {
            continue;
        }
        let now_or_later = |(until, _): &(Instant, Duration)| Instant::now() < *until;
        let waiting = later.iter().filter(|(_, own)| now_or_later(own));
        let waiting: BTreeSet<String> = waiting.map(|(login, _)| login.clone()).collect();
        let letters = match site.home.letters(&waiting, |error| site.note(error)).await {
            Ok(letters) => letters,
            Err(error) => {
                site.note(&error);
                continue;
            }
        };
        size = Some(now);
        for (to, notices) in letters {
            let done = match site.write(&to, &notices).await {
                Ok(()) => {
                    later.remove(&to.login);
                    site.home.lettered(&to.login, &notices).await
                }
                Err(error) => {
                    // Neither the address nor what would have been written is anybody's business.
                    site.note(&format!("a letter was not sent and is tried again: {error}"));
                    let pause = later.get(&to.login).map_or(FIRST_PAUSE, |(_, pause)| *pause);
                    let next = (pause * 2).min(LONGEST_PAUSE);
                    later.insert(to.login, (Instant::now() + pause, next));
                    Ok(())
                }
            };
            if let Err(error) = done {
                site.note(&error);
            }
        }
    }
}
