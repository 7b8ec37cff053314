//! Pages on which people sign in, look after their account, and administer those of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chancery_app::{
    AccountChange, Act, Error, Home, Invited, Scope, SignedIn, moment_text, number,
};
use chancery_model::{Diagnostic, Diagnostics, Field, Language, Place, access, entry};
use serde_json::{Value, json};

use crate::query::{Query, encode};
use crate::server::{Shared, Site, not_found, with};
use crate::visit::{Known, Sent, Visitor, cookie};
use crate::words::word;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/sign-in", get(sign_in_page).post(sign_in))
        .route("/{lang}/sign-out", post(sign_out))
        .route("/{lang}/join/{token}", get(join_page).post(join))
        .route("/{lang}/me", get(me))
        .route("/{lang}/me/{what}", post(change_me))
        .route("/{lang}/accounts", get(accounts))
        .route("/{lang}/accounts/{what}", post(administer))
        .route("/{lang}/confirm/{token}", get(confirm))
}

/// Where somebody goes back to: a page of ours, and nothing else.
pub(crate) fn back(language: Language, asked: &str) -> String {
    let ours = asked.starts_with(&format!("/{language}/"))
        && !asked.contains(|sign: char| sign == '\\' || sign.is_control())
        && !asked.starts_with("//");
    if ours { asked.to_owned() } else { format!("/{language}/work") }
}

async fn sign_in_page(
    State(site): Shared,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let back = back(visitor.language, query.get("back").unwrap_or_default());
    if visitor.who.is_some() {
        return Redirect::to(&back).into_response();
    }
    sign_in_form(&site, &visitor, json!({"back": back}), StatusCode::OK).await
}

pub(crate) async fn sign_in_form(
    site: &Site,
    visitor: &Visitor,
    more: Value,
    status: StatusCode,
) -> Response {
    let back = more["back"].as_str().unwrap_or_default();
    let back = Query::default().with("back", back).written();
    let ways = json!({
        "sign_on": format!("/{}/sign-on{back}", visitor.language),
        "passkeys": chancery_app::passkeys_work(&site.origin(&visitor.host)),
        "elsewhere": site.single_sign_on.as_ref().map(|own| &own.name),
    });
    let more = with(ways, more);
    let mut response = site.page("sign_in.html", (visitor, "/sign-in", "account"), more).await;
    *response.status_mut() = status;
    response
}

async fn sign_in(State(site): Shared, visitor: Visitor, sent: Sent) -> Response {
    let language = visitor.language;
    let login = sent.get("login").trim().to_lowercase();
    let back = back(language, sent.get("back"));
    let Sent { sender, .. } = &sent;
    let (half, code) = (sent.get("half"), sent.get("code"));
    let tried = match half {
        "" if !sent.get("answer").is_empty() => {
            let origin = site.origin(&visitor.host);
            let (token, answer) = (sent.get("token"), sent.get("answer"));
            let (place, agent) = (&sender.place, &sender.agent);
            site.home.sign_in_with_passkey(&origin, token, answer, place, agent).await
        }
        "" => {
            let password = sent.get("password");
            site.home.sign_in(&login, password, &sender.place, &sender.agent).await
        }
        half => site.home.sign_in_with_code(half, code, &sender.place, &sender.agent).await,
    };
    let tried = match tried {
        Ok(tried) => tried,
        Err(error) => {
            return site.problem((&visitor, "/sign-in"), error, StatusCode::BAD_REQUEST).await;
        }
    };
    site.metrics.signed_in(&tried);
    let (problem, status) = match &tried {
        SignedIn::Yes(token) => return let_in(&site, token, &back),
        // Asked for it first, wrong after.
        SignedIn::CodeNeeded(_) if half.is_empty() => ("", StatusCode::OK),
        SignedIn::CodeNeeded(_) => ("wrong_code", StatusCode::UNAUTHORIZED),
        SignedIn::No if !sent.get("answer").is_empty() => {
            ("wrong_passkey", StatusCode::UNAUTHORIZED)
        }
        SignedIn::No => ("wrong_password", StatusCode::UNAUTHORIZED),
        SignedIn::Later(_) => ("too_many", StatusCode::TOO_MANY_REQUESTS),
    };
    let half = match &tried {
        SignedIn::CodeNeeded(half) => half,
        _ => "",
    };
    let problem = word(language, problem);
    let more = json!({"back": back, "login": login, "half": half, "problem": problem});
    let mut response = sign_in_form(&site, &visitor, more, status).await;
    if let SignedIn::Later(seconds) = tried {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Begins a session in a browser.
pub(crate) fn let_in(site: &Site, token: &str, back: &str) -> Response {
    let mut response = Redirect::to(back).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie(site, Some(token))) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

async fn sign_out(State(site): Shared, visitor: Visitor, _sent: Sent) -> Response {
    if let Some(session) = &visitor.session
        && let Err(error) = site.home.sign_out(session).await
    {
        site.note(&error);
    }
    let mut response = Redirect::to(&format!("/{}/", visitor.language)).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie(&site, None)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

async fn join_page(
    State(site): Shared,
    visitor: Visitor,
    Path((_, token)): Path<(String, String)>,
) -> Response {
    join_form(&site, &visitor, &token, &Diagnostics::default()).await
}

async fn join_form(
    site: &Site,
    visitor: &Visitor,
    token: &str,
    problems: &Diagnostics,
) -> Response {
    let path = format!("/join/{}", encode(token));
    match site.home.invited(token).await {
        Ok(Some((login, recovery))) => {
            let problems = site.told(problems, visitor.language);
            let elsewhere = site.single_sign_on.as_ref().map(|own| &own.name);
            let elsewhere = elsewhere.filter(|_| !recovery);
            let more = json!({
                "login": login, "recovery": recovery, "problems": problems,
                "elsewhere": elsewhere, "token": token,
            });
            site.page("join.html", (visitor, &path, "account"), more).await
        }
        Ok(None) => {
            let gone =
                Diagnostic::error(Place::default(), word(visitor.language, "invitation_gone"));
            site.problem((visitor, &path), gone.into(), StatusCode::NOT_FOUND).await
        }
        Err(error) => site.problem((visitor, &path), error, StatusCode::BAD_REQUEST).await,
    }
}

async fn join(
    State(site): Shared,
    visitor: Visitor,
    Path((_, token)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let (password, again) = (sent.get("password"), sent.get("again"));
    if password != again {
        let problem = Diagnostic::error(Place::default(), word(visitor.language, "not_the_same"));
        return join_form(&site, &visitor, &token, &problem.into()).await;
    }
    match site.home.accept_invitation(&token, sent.get("name"), password).await {
        Ok(_) => {
            Redirect::to(&format!("/{}/sign-in?done=joined", visitor.language)).into_response()
        }
        Err(Error::Wrong(problems)) => join_form(&site, &visitor, &token, &problems).await,
        Err(error) => site.problem((&visitor, "/"), error, StatusCode::BAD_REQUEST).await,
    }
}

fn moment(language: Language, unix: i64) -> String {
    let time = jiff::Timestamp::from_second(unix).unwrap_or_default();
    moment_text(language, &time.to_string())
}

async fn me(State(site): Shared, known: Known) -> Response {
    me_page(&site, &known, json!({})).await
}

async fn me_page(site: &Site, Known { visitor, who }: &Known, more: Value) -> Response {
    let language = visitor.language;
    let read = async {
        let sessions = site.home.sessions(&who.login).await?;
        let tokens = site.home.tokens(&who.login).await?;
        let codes = site.home.has_codes(&who.login).await?;
        let paper = site.home.paper_codes(&who.login).await?;
        let passkeys = site.home.passkeys(&who.login).await?;
        let connected = site.home.is_connected(&who.login).await?;
        let email = site.home.addressee(&who.login).await?.map(|own| own.email);
        Ok::<_, Error>((sessions, tokens, codes, paper, passkeys, connected, email))
    };
    let (sessions, tokens, codes, paper, passkeys, connected, email) = match read.await {
        Ok(read) => read,
        Err(error) => {
            return site.problem((visitor, "/me"), error, StatusCode::BAD_REQUEST).await;
        }
    };
    let own = visitor.session.as_deref().unwrap_or_default();
    let fresh = site.home.is_fresh(own).await.unwrap_or_default();
    let current = visitor.session.as_deref().map(Home::session_name);
    let sessions: Vec<Value> = sessions
        .into_iter()
        .map(|(id, session)| {
            json!({
                "agent": session.agent,
                "since": moment(language, session.since),
                "seen": moment(language, session.seen),
                "current": current.as_ref() == Some(&id),
                "id": id,
            })
        })
        .collect();
    let tokens: Vec<Value> = tokens
        .into_iter()
        .map(|(id, issued)| {
            json!({
                "id": id,
                "name": issued.name,
                "until": moment(language, issued.until),
                "acts": issued.scope.acts.iter().map(|act| word(language, &format!("act_{act}"))).collect::<Vec<_>>(),
                "registers": issued
                    .scope
                    .registers
                    .iter()
                    .map(|name| site.register_label(name, language))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    let roles: Vec<String> = who.roles.iter().map(|role| site.role(role, language)).collect();
    let acts = ["see", "record", "propose", "withdraw", "approve"]
        .map(|act| json!({"name": act, "label": word(language, &format!("act_{act}"))}));
    let registers = site.home.programme().registers.keys();
    let registers: Vec<Value> = registers
        .filter(|name| site.home.register_for(name, &visitor.reader).is_ok())
        .map(|name| json!({"name": name, "label": site.register_label(name, language)}))
        .collect();
    let all = with(
        json!({
            "roles": roles,
            "registers": registers,
            "sessions": sessions,
            "tokens": tokens,
            "codes": codes,
            "paper_left": number(language, &paper.to_string()),
            "passkeys": passkeys
                .into_iter()
                .map(|own| {
                    json!({
                        "id": own.id, "name": own.name, "since": moment(language, own.since),
                        "used": own.used.map(|used| moment(language, used)),
                    })
                })
                .collect::<Vec<_>>(),
            "passkeys_work": chancery_app::passkeys_work(&site.origin(&visitor.host)),
            "elsewhere": site.single_sign_on.as_ref().map(|own| &own.name),
            "connected": connected,
            "fresh": fresh,
            "writes": site.post.is_some(),
            "email": email,
            "acts": acts,
            "demonstration": who.demonstration,
        }),
        more,
    );
    site.page("me.html", (visitor, "/me", "account"), all).await
}

async fn change_me(
    State(site): Shared,
    known: Known,
    Path((_, what)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let (home, language) = (&site.home, visitor.language);
    let session = visitor.session.as_deref().unwrap_or_default();
    let done_as = |name: &str| json!({"done": word(language, name)});
    let refuse =
        |name: &str| Error::from(Diagnostic::error(Place::default(), word(language, name)));
    let fresh = home.is_fresh(session).await.unwrap_or_default();
    let done: Result<Value, Error> = async {
        match what.as_str() {
            "passkey" | "email" if !fresh => Err(refuse("sign_in_again")),
            "password" if sent.get("password") != sent.get("again") => Err(refuse("not_the_same")),
            "password" => {
                let (old, new) = (sent.get("old"), sent.get("password"));
                home.change_password(who, old, new, session).await?;
                Ok(done_as("password_changed"))
            }
            "codes" => {
                let told = home.begin_codes(who, site.name(language)).await?;
                Ok(enrolment(&told))
            }
            "passkey" => {
                let (origin, answer) = (site.origin(&visitor.host), sent.get("answer"));
                match home.keep_passkey(who, &origin, answer, sent.get("name")).await? {
                    true => Ok(done_as("passkey_made")),
                    false => Err(refuse("wrong_passkey")),
                }
            }
            "passkey-end" => {
                home.end_passkey(who, sent.get("id")).await?;
                Ok(done_as("passkey_ended"))
            }
            "disconnect" => {
                home.disconnect(who).await?;
                Ok(done_as("saved"))
            }
            "email" => match home.begin_address(who, sent.get("email"), language).await? {
                None => Ok(done_as("saved")),
                Some((token, to)) => {
                    let link = format!("{}/{language}/confirm/{token}", site.origin(&visitor.host));
                    match site.send_link(&to, "letter_confirm", &link).await {
                        true => Ok(done_as("letter_sent")),
                        false => Err(refuse("letter_failed")),
                    }
                }
            },
            "codes-end" if home.end_codes(who, sent.get("code")).await? => {
                Ok(done_as("codes_ended"))
            }
            "codes-shown" => match home.confirm_codes(who, sent.get("code")).await? {
                Some(paper) => Ok(with(done_as("codes_begun"), json!({"paper": paper}))),
                None => {
                    // The secret is shown again, so that nobody begins anew for a slip.
                    let told = home.begin_codes(who, site.name(language)).await?;
                    let problem = json!({"problems": [word(language, "wrong_code")]});
                    Ok(with(enrolment(&told), problem))
                }
            },
            "codes-end" => Err(refuse("wrong_code")),
            "session" => {
                home.end_session(who, sent.get("id")).await?;
                Ok(done_as("session_ended"))
            }
            "token" => {
                let scope = Scope {
                    acts: sent.all("act").map(str::to_owned).collect(),
                    registers: sent.all("register").map(str::to_owned).collect(),
                };
                let days = sent.get("days").parse().unwrap_or_default();
                let token =
                    home.issue_token(&who.login, sent.get("name"), scope, days, Some(who)).await?;
                Ok(json!({"token": token}))
            }
            "token-end" => {
                home.end_token(who, sent.get("id")).await?;
                Ok(done_as("token_ended"))
            }
            _ => Err(Diagnostics::default().into()),
        }
    }
    .await;
    match done {
        Ok(more) => me_page(&site, &known, more).await,
        Err(Error::Wrong(problems)) if problems.0.is_empty() => {
            not_found(&site, visitor, "/me").await
        }
        Err(Error::Wrong(problems)) => {
            let told = json!({"problems": site.told(&problems, language)});
            wrong(me_page(&site, &known, told).await)
        }
        Err(error) => site.problem((visitor, "/me"), error, StatusCode::BAD_REQUEST).await,
    }
}

/// What an app for codes is told, as the page shows it.
fn enrolment(told: &chancery_app::Enrolment) -> Value {
    json!({"secret": told.typed, "enrolment": told.address, "picture": told.picture})
}

/// Takes the address to which the letter went that somebody follows.
async fn confirm(
    State(site): Shared,
    known: Known,
    Path((_, token)): Path<(String, String)>,
) -> Response {
    let Known { visitor, who } = &known;
    let before = site.home.addressee(&who.login).await.ok().flatten();
    match site.home.confirm_address(who, &token, visitor.language).await {
        Ok(true) => {
            // Whoever had the account until now hears of it.
            if let Some(before) = before {
                let me = format!("{}/{}/me", site.address(), before.language);
                site.send_letter(&before, "letter_changed", &me).await;
            }
            Redirect::to(&format!("/{}/me?done=confirmed", visitor.language)).into_response()
        }
        Ok(false) => {
            let gone =
                Diagnostic::error(Place::default(), word(visitor.language, "invitation_gone"));
            site.problem((visitor, "/me"), gone.into(), StatusCode::NOT_FOUND).await
        }
        Err(error) => site.problem((visitor, "/me"), error, StatusCode::BAD_REQUEST).await,
    }
}

impl Site {
    fn role(&self, role: &str, language: Language) -> String {
        self.code_label((access::ACCOUNT, "roles"), role, language)
    }
}

/// A page that says what is wrong with what it was sent.
fn wrong(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page
}

async fn accounts(State(site): Shared, known: Known) -> Response {
    accounts_page(&site, &known, json!({})).await
}

impl Site {
    /// The fields by which an account speaks for something, each with the register of what that is.
    fn account_links(&self) -> impl Iterator<Item = (&String, &Field, &String)> {
        let declared = self.home.programme().registers.get(access::ACCOUNT);
        let fields = declared.into_iter().flat_map(|declared| &declared.fields);
        fields.filter_map(|(name, field)| Some((name, field, field.register.as_ref()?)))
    }
}

async fn accounts_page(site: &Site, Known { visitor, who }: &Known, more: Value) -> Response {
    let (language, path) = (visitor.language, "/accounts");
    if !site.home.may(who, &Act::Administer, access::ACCOUNT) {
        return site.problem((visitor, path), Error::Forbidden, StatusCode::FORBIDDEN).await;
    }
    let accounts = match site.home.accounts().await {
        Ok(accounts) => accounts,
        Err(error) => return site.problem((visitor, path), error, StatusCode::BAD_REQUEST).await,
    };
    let spoken: Vec<(String, String)> = accounts
        .iter()
        .flat_map(|account| account.links.values())
        .filter_map(|id| entry::split_record_id(id))
        .map(|(register, key)| (register.to_owned(), key.to_owned()))
        .collect();
    let records = spoken.iter().map(|(register, key)| (register.as_str(), key.as_str()));
    let titles = match site.home.titles(records, &visitor.reader).await {
        Ok(titles) => titles,
        Err(error) => return site.problem((visitor, path), error, StatusCode::BAD_REQUEST).await,
    };
    let mut titles = spoken.iter().zip(titles);
    let accounts: Vec<Value> = accounts
        .into_iter()
        .map(|account| {
            let status = site.code_label((access::ACCOUNT, "status"), &account.status, language);
            let mut shown = json!(account);
            shown["role_labels"] =
                account.roles.iter().map(|role| site.role(role, language)).collect();
            shown["status_label"] = json!(status);
            let links = account.links.keys().zip(&mut titles);
            shown["speaks_for"] = links
                .map(|(field, ((_, key), title))| {
                    (field.clone(), json!({"key": key, "title": title}))
                })
                .collect();
            shown["session_count"] = json!(number(language, &account.sessions.to_string()));
            shown
        })
        .collect();
    let roles = site.home.programme().codelists.get(access::ROLES);
    let roles: Vec<Value> = roles
        .into_iter()
        .flat_map(|list| &list.codes)
        .map(|(role, code)| json!({"key": role, "text": code.label[language]}))
        .collect();
    let links: Vec<Value> = site
        .account_links()
        .map(|(name, field, register)| {
            let (label, help) = (&field.label[language], &field.help[language]);
            json!({"name": name, "label": label, "help": help, "register": register})
        })
        .collect();
    let all = with(json!({"accounts": accounts, "roles": roles, "links": links}), more);
    site.page("accounts.html", (visitor, path, "account"), all).await
}

async fn administer(
    State(site): Shared,
    known: Known,
    Path((_, what)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let Known { visitor, who } = &known;
    let (home, language) = (&site.home, visitor.language);
    let login = sent.get("login").trim().to_lowercase();
    let (login, by) = (login.as_str(), Some(&**who));
    let done_as = |name: &str| json!({"done": word(language, name)});
    let link = async |token: String, reason: &str| {
        let address = format!("{}/{language}/join/{token}", site.origin(&visitor.host));
        let sent = match home.addressee(login).await? {
            Some(to) => {
                let theirs = format!("{}/{}/join/{token}", site.origin(&visitor.host), to.language);
                site.send_link(&to, reason, &theirs).await.then_some(to.email)
            }
            None => None,
        };
        Ok::<_, Error>(json!({"link": address, "linked": login, "sent_to": sent}))
    };
    // What is as the page showed it was not touched: somebody else may have changed it since.
    let speaks_for = || -> Vec<(String, String)> {
        let links = site.account_links().map(|(name, ..)| name);
        let given = links.map(|name| (name.clone(), sent.get(name).trim().to_owned()));
        given.filter(|(name, key)| sent.get(&format!("_was.{name}")) != key).collect()
    };
    let done: Result<Value, Error> = async {
        match what.as_str() {
            "invite" => {
                let invited = Invited {
                    login: login.to_owned(),
                    name: sent.get("name").trim().to_owned(),
                    email: Some(sent.get("email").trim().to_owned())
                        .filter(|email| !email.is_empty()),
                    language: sent.get("language").parse().ok(),
                    roles: sent.all("role").map(str::to_owned).collect(),
                    links: speaks_for(),
                    service: !sent.get("service").is_empty(),
                    demonstration: who.demonstration,
                };
                let token = home.invite(&invited, by).await?;
                match invited.service {
                    true => Ok(done_as("account_made")),
                    false => link(token, "letter_invited").await,
                }
            }
            "recover" => {
                let forget = !sent.get("forget_codes").is_empty();
                link(home.recover(login, forget, by).await?, "letter_recovery").await
            }
            "roles" => {
                let change = AccountChange {
                    roles: Some(sent.all("role").map(str::to_owned).collect()),
                    links: speaks_for(),
                    enabled: None,
                };
                home.change_account(login, change, by).await?;
                Ok(done_as("saved"))
            }
            "disable" | "enable" => {
                let enabled = Some(what == "enable");
                let change = AccountChange { enabled, ..AccountChange::default() };
                home.change_account(login, change, by).await?;
                Ok(done_as("saved"))
            }
            "end-sessions" => {
                home.end_sessions(login, by).await?;
                Ok(done_as("session_ended"))
            }
            _ => Err(Diagnostics::default().into()),
        }
    }
    .await;
    match done {
        Ok(more) => accounts_page(&site, &known, more).await,
        Err(Error::Wrong(problems)) => {
            let told = site.told(&problems, language);
            // An invitation is mended where it was filled in.
            let more = match what.as_str() {
                "invite" => {
                    let given: BTreeMap<&str, &str> = sent
                        .fields
                        .iter()
                        .map(|(name, text)| (name.as_str(), text.as_str()))
                        .collect();
                    let roles: Vec<&str> = sent.all("role").collect();
                    json!({"given": given, "given_roles": roles, "invite_problems": told})
                }
                _ => json!({"problems": told}),
            };
            wrong(accounts_page(&site, &known, more).await)
        }
        Err(error) => site.problem((visitor, "/accounts"), error, StatusCode::BAD_REQUEST).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (asked, to) in [
            ("/en/registers?q=a", "/en/registers?q=a"),
            ("//evil.example/en/", "/en/work"),
            ("https://evil.example/en/", "/en/work"),
            ("/en/\\evil", "/en/work"),
            ("/fr/work", "/en/work"),
            ("", "/en/work"),
        ] {
            assert_eq!(back(Language::En, asked), to, "{asked}");
        }
    }
}
