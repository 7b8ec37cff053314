//! Accounts, rights and copies of a home, from the command line: whoever has the machine needs no other
//! leave.

use std::path::Path;

use anyhow::Result;
use chancery_app::{AccountChange, Home, Invited, Scope};
use serde_json::json;

use crate::cli::{Access, Account, Cli};
use crate::commands::{Answer, open, programme};
use crate::show;

/// An invitation is a page of the portal.
fn link(token: &str) -> String {
    format!("/en/join/{token}")
}

pub(crate) async fn account(cli: &Cli, account: &Account) -> Result<Answer> {
    let home = open(cli).await?;
    match account {
        Account::Invite { login, name, role, speaks_for, service } => {
            let invited = Invited {
                login: login.clone(),
                name: name.clone(),
                roles: role.clone(),
                links: speaks_for.clone(),
                service: *service,
                demonstration: false,
                ..Invited::default()
            };
            let token = home.invite(&invited, None).await?;
            let (text, value) = if *service {
                (format!("{login} is an account of a program"), json!({"login": login}))
            } else {
                let link = link(&token);
                (
                    format!("{login} sets a password at {link} of the portal, within seven days"),
                    json!({"login": login, "link": link}),
                )
            };
            show::done(cli, &text, value)?;
        }
        Account::List => show::accounts(cli, &home.accounts().await?)?,
        Account::Recover { login, forget_codes } => {
            let link = link(&home.recover(login, *forget_codes, None).await?);
            let text = format!("{login} sets a new password at {link} of the portal, within a day");
            show::done(cli, &text, json!({"login": login, "link": link}))?;
        }
        Account::Roles { login, role } => {
            let change = AccountChange { roles: Some(role.clone()), ..AccountChange::default() };
            home.change_account(login, change, None).await?;
            let text = format!("{login} is now {}", role.join(", "));
            show::done(cli, &text, json!({"login": login, "roles": role}))?;
        }
        Account::Disable { login } => {
            let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
            home.change_account(login, change, None).await?;
            let value = json!({"login": login, "status": "disabled"});
            show::done(cli, &format!("{login} is kept out"), value)?;
        }
        Account::Enable { login } => {
            let change = AccountChange { enabled: Some(true), ..AccountChange::default() };
            home.change_account(login, change, None).await?;
            let value = json!({"login": login, "status": "active"});
            show::done(cli, &format!("{login} may sign in"), value)?;
        }
        Account::EndSessions { login } => {
            let ended = home.end_sessions(login, None).await?;
            let value = json!({"login": login, "ended": ended});
            show::done(cli, &format!("{ended} sessions of {login} are ended"), value)?;
        }
        Account::Forget { login } => {
            home.forget(login, None).await?;
            let text = format!("the name and the secrets of {login} are erased");
            show::done(cli, &text, json!({"login": login, "forgotten": true}))?;
        }
        Account::Token { login, name, acts, register, days } => {
            let scope = Scope {
                acts: acts.iter().cloned().collect(),
                registers: register.iter().cloned().collect(),
            };
            let token = home.issue_token(login, name, scope, *days, None).await?;
            show::done(cli, &token, json!({"login": login, "token": token, "days": days}))?;
        }
    }
    Ok(Answer::Done)
}

pub(crate) async fn access(cli: &Cli, access: &Access) -> Result<Answer> {
    let Access::Explain { login, action, record } = access;
    let explained = open(cli).await?.explain(login, action, record).await?;
    show::explained(cli, &explained)?;
    Ok(if explained.allowed { Answer::Done } else { Answer::Negative })
}

pub(crate) async fn backup(cli: &Cli, folder: &Path) -> Result<Answer> {
    let verification = open(cli).await?.backup(folder).await?;
    let text = format!(
        "{} holds {} entries, read back and verified",
        folder.display(),
        verification.entries
    );
    show::done(cli, &text, json!({"backup": folder, "entries": verification.entries}))?;
    Ok(Answer::Done)
}

pub(crate) async fn restore(cli: &Cli, backup: &Path) -> Result<Answer> {
    let verification = Home::restore(backup, &cli.home, programme(cli)?).await?;
    let text = format!(
        "{} holds the {} entries of {}, verified",
        cli.home.display(),
        verification.entries,
        backup.display()
    );
    show::done(cli, &text, json!({"home": cli.home, "entries": verification.entries}))?;
    Ok(Answer::Done)
}
