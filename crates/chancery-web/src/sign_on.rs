//! Other ways in than a password: passkeys, and another system of the office that says who somebody is.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chancery_app::{CameBack, Error, Purpose, SignedIn};
use chancery_model::{Diagnostic, Language, Place};
use serde_json::{Value, json};

use crate::account::{back, let_in, sign_in_form};
use crate::client;
use crate::query::Query;
use crate::server::{Shared, Site, not_found};
use crate::visit::{Known, Sent, Visitor, carried, is_ours, place, session};
use crate::words::word;

pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{lang}/passkey/make", post(make))
        .route("/{lang}/passkey/ask", post(ask))
        .route("/{lang}/sign-on", get(go))
        .route("/sign-on/answer", get(come_back))
}

/// Carried by the browser that is sent away, and by no other.
fn away(site: &Site) -> &'static str {
    if site.secure { "__Host-chancery_away" } else { "chancery_away" }
}

/// What a script is told: an answer, or that it cannot be had.
async fn told(site: &Site, done: Result<Value, Error>) -> Response {
    match done {
        Ok(told) => {
            ([(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
        }
        Err(error) => {
            site.note(&error);
            StatusCode::CONFLICT.into_response()
        }
    }
}

/// Tells a device of which account it is to make a passkey.
async fn make(State(site): Shared, known: Known, _sent: Sent) -> Response {
    let Known { visitor, who } = &known;
    let session = visitor.session.as_deref().unwrap_or_default();
    if !site.home.is_fresh(session).await.unwrap_or_default() {
        return StatusCode::CONFLICT.into_response();
    }
    let address = site.origin(&visitor.host);
    let done = site.home.begin_passkey(who, &address).await;
    told(&site, done.map(|asked| json!({"make": asked["publicKey"]}))).await
}

/// Asks a device who uses it.
async fn ask(State(site): Shared, visitor: Visitor, _sent: Sent) -> Response {
    let asked = site.home.ask_passkey(&site.origin(&visitor.host)).await;
    let done = asked.map(|(asked, token)| json!({"ask": asked["publicKey"], "token": token}));
    told(&site, done).await
}

/// Sends somebody to the system that says who they are.
async fn go(
    State(site): Shared,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(query.as_deref());
    let Some(own) = &site.single_sign_on else {
        return not_found(&site, &visitor, "/sign-on").await;
    };
    let me = || Redirect::to(&format!("/{}/me", visitor.language)).into_response();
    let purpose = match (query.get("join"), &visitor.who) {
        // Another site cannot begin what connects an account.
        (Some(_), _) if !is_ours(&headers) => return me(),
        (Some(token), _) => Purpose::join(token),
        (None, Some(who)) => {
            let session = visitor.session.as_deref().unwrap_or_default();
            let sent = query.get("connect").unwrap_or_default();
            let fresh = site.home.is_fresh(session).await.unwrap_or_default();
            if !fresh || !chancery_app::Home::is_form_token(session, sent) {
                return me();
            }
            Purpose::Connect(who.login.clone())
        }
        (None, None) => Purpose::SignIn,
    };
    let asked = query.get("back").unwrap_or_default();
    let back = match purpose {
        Purpose::Connect(_) => format!("/{}/me", visitor.language),
        _ => back(visitor.language, asked),
    };
    let sent = async {
        let browser = site.home.random_token()?;
        let address = site.home.send_away(own, purpose, &back, &browser, &client::ask).await?;
        Ok::<_, Error>((address, browser))
    };
    match sent.await {
        Ok((address, browser)) => {
            let mut response = Redirect::to(&address).into_response();
            set_away(&site, &mut response, Some(&browser));
            response
        }
        Err(error) => site.problem((&visitor, "/sign-in"), error, StatusCode::BAD_GATEWAY).await,
    }
}

fn set_away(site: &Site, response: &mut Response, browser: Option<&str>) {
    let secure = if site.secure { "; Secure" } else { "" };
    let (value, age) = (browser.unwrap_or_default(), if browser.is_some() { 900 } else { 0 });
    let text =
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", away(site));
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Lets in or connects somebody who was sent away.
async fn come_back(State(site): Shared, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let query = Query::read(parts.uri.query());
    let browser = carried(&parts.headers, away(&site)).unwrap_or_default();
    let sent = site.home.sent_away(query.get("state").unwrap_or_default(), &browser).await;
    let mut response = match sent {
        Ok(Some(sent)) => {
            let language = sent.back.split('/').nth(1).and_then(|code| code.parse().ok());
            let visitor = Visitor::public(language.unwrap_or(Language::En));
            let (back, who) = (sent.back.clone(), (place(&site, &parts), agent(&parts.headers)));
            let code = query.get("code").unwrap_or_default();
            match &site.single_sign_on {
                Some(own) if !code.is_empty() => {
                    let session = session(&parts.headers, site.secure);
                    let who = (who.0.as_str(), who.1.as_str(), session.as_deref());
                    let done = site.home.come_back(own, (sent, code), who, &client::ask).await;
                    came_back(&site, &visitor, &back, done).await
                }
                // Whoever said no there is not let in here.
                _ => refused(&site, &visitor, &back, "sign_on_refused").await,
            }
        }
        // Back twice, in another browser, or too late.
        Ok(None) => {
            let asked = parts.headers.get(header::ACCEPT_LANGUAGE);
            let asked = asked.and_then(|asked| asked.to_str().ok()).unwrap_or_default();
            let visitor = Visitor::public(crate::server::preferred(asked));
            refused(&site, &visitor, "", "sign_on_late").await
        }
        Err(error) => {
            let visitor = Visitor::public(Language::En);
            site.problem((&visitor, "/sign-in"), error, StatusCode::BAD_REQUEST).await
        }
    };
    set_away(&site, &mut response, None);
    response
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

async fn refused(site: &Site, visitor: &Visitor, back: &str, why: &str) -> Response {
    let more = json!({"back": back, "problem": word(visitor.language, why)});
    sign_in_form(site, visitor, more, StatusCode::UNAUTHORIZED).await
}

async fn came_back(
    site: &Site,
    visitor: &Visitor,
    back: &str,
    done: Result<CameBack, Error>,
) -> Response {
    match done {
        Ok(CameBack::In(SignedIn::Yes(token))) => {
            site.metrics.signed_in(&SignedIn::Yes(String::new()));
            let_in(site, &token, back)
        }
        Ok(CameBack::Connected) => Redirect::to(&format!("{back}?done=connected")).into_response(),
        Ok(CameBack::Taken) => refused(site, visitor, "", "sign_on_taken").await,
        Ok(CameBack::In(_) | CameBack::Unknown) => {
            refused(site, visitor, back, "sign_on_unknown").await
        }
        Err(Error::Wrong(problems)) => {
            site.problem((visitor, "/sign-in"), Error::Wrong(problems), StatusCode::CONFLICT).await
        }
        // What the provider said is for whoever looks after the server.
        Err(error) => {
            site.note(&error);
            let failed =
                Diagnostic::error(Place::default(), word(visitor.language, "sign_on_failed"));
            site.problem((visitor, "/sign-in"), failed.into(), StatusCode::BAD_GATEWAY).await
        }
    }
}
