//! Who is signed in here, and where else. Every one of these asks the account object: an edge route never
//! trusts a cookie by itself.

use serde_json::json;

use super::{Visit, email, password};
use crate::{
    account::{Answer, Command, Export, FRESH, Opened, SessionRow, View},
    kit::{email::EmailAddress, id::SessionId, time::Time},
    pages::{Code, FieldErrors},
    web::{
        cookie::{SessionCookie, SetCookie},
        fields::Field,
        happening::Happening,
        realm::Realm,
        reply::Reply,
    },
};

/// The session of this request is live. Made by [`live`] alone.
pub struct Live(Opened);

impl Live {
    /// The session.
    pub fn opened(&self) -> &Opened {
        &self.0
    }
}

/// Asks whether this request's session is live.
pub async fn live<R: Realm>(visit: &Visit<'_, R>) -> Result<Live, Reply> {
    let Some(SessionCookie {
        account,
        session,
        generation,
        ..
    }) = visit.session()
    else {
        return Err(Reply::new(401, Code::SessionRequired));
    };
    let touch = Command::Touch {
        session,
        generation,
        device: visit.device(),
    };
    match visit.realm.account(&account, touch).await {
        Ok(Answer::Live(opened)) => Ok(Live(opened)),
        Ok(Answer::Stale) => Err(Reply::new(401, Code::SessionStale)),
        Ok(_) => {
            let gone = SetCookie::expire(SessionCookie::NAME);
            Err(Reply::new(401, Code::SessionEnded).with_cookie(gone))
        }
        Err(_) => Err(Reply::busy()),
    }
}

/// `GET /auth/session`: who is signed in here.
pub async fn session<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    Ok(answered(visit, Code::SessionActive, live))
}

/// `GET /auth/sessions`: every live session of this account.
pub async fn sessions<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let view = view(visit, &live).await?;
    let rows: Vec<_> = view
        .sessions
        .iter()
        .map(|row| row_json(row, &live))
        .collect();
    let mut reply = answered(visit, Code::SessionActive, live);
    reply.more.insert("sessions".into(), rows.into());
    Ok(reply)
}

/// Everything the account's owner may see.
pub async fn view<R: Realm>(visit: &Visit<'_, R>, live: &Live) -> Result<View, Reply> {
    match visit
        .realm
        .account(&live.0.person.account, Command::Inspect)
        .await
    {
        Ok(Answer::Account(view)) => Ok(*view),
        Ok(_) => Err(Reply::new(401, Code::SessionEnded)),
        Err(_) => Err(Reply::busy()),
    }
}

/// `DELETE /auth/sessions/{id}`: ends one of one's own sessions.
pub async fn end<R: Realm>(visit: &Visit<'_, R>, id: &str) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let cookies = visit.session_cookies(&live.0);
    let unknown = || Reply::new(404, Code::RequestNotFound);
    let session = SessionId::parse(id).ok_or_else(unknown)?;
    let own = session == live.0.session;
    match visit
        .realm
        .account(&live.0.person.account, Command::EndSession { session, own })
        .await
    {
        Ok(Answer::Done) if own => {
            let gone = SetCookie::expire(SessionCookie::NAME);
            Ok(Reply::new(200, Code::LogoutSuccess)
                .with_cookie(gone)
                .to(visit.site.page("")))
        }
        Ok(Answer::Done) => {
            let reply = Reply::new(200, Code::SessionRevoked);
            Ok(Reply { cookies, ..reply }.to(visit.site.page("/account")))
        }
        Ok(_) => Err(unknown()),
        Err(_) => Err(Reply::busy()),
    }
}

/// The forms of the account page.
pub async fn act<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    const ACTION: Field = Field::Required("action");
    let only = |fields: &[Field]| {
        let all: Vec<_> = core::iter::once(ACTION)
            .chain(fields.iter().copied())
            .collect();
        visit.fields.check(&all).map_err(Reply::fields)
    };
    match visit.fields.text("action") {
        "end-session" => {
            only(&[Field::Required("session")])?;
            end(visit, visit.fields.text("session")).await
        }
        "end-others" => {
            only(&[])?;
            end_others(visit).await
        }
        "end-all" => {
            only(&[])?;
            end_all(visit).await
        }
        "change-password" => {
            only(&[Field::Optional("password"), Field::Required("newPassword")])?;
            password::replace(visit).await
        }
        "change-email" => {
            only(&[Field::Required("email"), Field::Optional("password")])?;
            email::ask(visit).await
        }
        "delete-account" => {
            only(&[Field::Optional("password")])?;
            remove(visit).await
        }
        _ => {
            only(&[])?;
            Err(Reply::field("action", Code::FieldInvalid))
        }
    }
}

/// `POST /auth/end-sessions`: the others, or all of them.
pub async fn end_sessions<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let fields = [Field::Required("which")];
    visit.fields.check(&fields).map_err(Reply::fields)?;
    match visit.fields.text("which") {
        "others" => end_others(visit).await,
        "all" => end_all(visit).await,
        _ => Err(Reply::field("which", Code::FieldInvalid)),
    }
}

async fn end_others<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let cookies = visit.session_cookies(&live.0);
    let end = Command::EndOthers {
        kept: live.0.session.clone(),
        device: visit.device(),
    };
    match visit.realm.account(&live.0.person.account, end).await {
        Ok(_) => {
            let reply = Reply::new(200, Code::SessionOthersRevoked);
            Ok(Reply { cookies, ..reply }.to(visit.site.page("/account")))
        }
        Err(_) => Err(Reply::busy()),
    }
}

async fn end_all<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let account = &live.0.person.account;
    match visit.realm.account(account, Command::EndAll).await {
        Ok(_) => {
            visit.log(Happening::AllSessionsEnded, Some(account));
            Ok(out(visit, Code::SessionAllRevoked))
        }
        Err(_) => Err(Reply::busy()),
    }
}

/// `POST /auth/delete-account`.
pub async fn delete<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let fields = [Field::Optional("password")];
    visit.fields.check(&fields).map_err(Reply::fields)?;
    remove(visit).await
}

/// The end of the account: at once for its sessions, for good after three days.
async fn remove<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let given = password::prove_if_given(visit, &live, "password").await?;
    let account = &live.0.person.account;
    let delete = Command::Delete {
        session: live.0.session.clone(),
        proof: given.proof,
        lane: given.lane,
    };
    match visit.realm.account(account, delete).await {
        Ok(Answer::Done) => {
            visit.log(Happening::DeletionAsked, Some(account));
            Ok(out(visit, Code::DeletionStarted))
        }
        Ok(answer) => Err(refused(visit, &answer)),
        Err(_) => Err(Reply::busy()),
    }
}

/// `GET /auth/export`: everything kept of this person.
pub async fn export<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let recent = visit.realm.now().since(live.0.authenticated_at) < FRESH;
    if !recent {
        return Err(refused(visit, &Answer::NotFresh));
    }
    let account = live.0.person.account.clone();
    match visit.realm.account(&account, Command::Export).await {
        Ok(Answer::Export(export)) => {
            let data = export_json(&export, &live);
            let mut reply = answered(visit, Code::ExportReady, live);
            reply.more.insert("export".into(), data);
            Ok(reply)
        }
        Ok(_) => Err(Reply::new(401, Code::SessionEnded)),
        Err(_) => Err(Reply::busy()),
    }
}

/// Why an account would not do what a session asked.
pub fn refused<R: Realm>(visit: &Visit<'_, R>, answer: &Answer) -> Reply {
    match answer {
        Answer::NotFresh => {
            Reply::new(401, Code::SessionReauth).to(visit.site.page("?then=account"))
        }
        Answer::Outdated => Reply {
            fields: FieldErrors::none().with("password", Code::LoginInvalid),
            ..Reply::new(401, Code::LoginInvalid)
        },
        _ => Reply::new(401, Code::SessionEnded).to(visit.site.page("")),
    }
}

/// This browser is signed out.
fn out<R: Realm>(visit: &Visit<'_, R>, code: Code) -> Reply {
    Reply::new(200, code)
        .with_cookie(SetCookie::expire(SessionCookie::NAME))
        .to(visit.site.page(""))
}

/// The answer to whoever is signed in, with the cookie renewed.
pub fn answered<R: Realm>(visit: &Visit<'_, R>, code: Code, live: Live) -> Reply {
    let cookies = visit.session_cookies(&live.0);
    Reply {
        cookies,
        opened: Some(live.0),
        ..Reply::new(200, code)
    }
}

fn export_json(data: &Export, live: &Live) -> serde_json::Value {
    let view = &data.view;
    let entry = |(at, text): &(Time, String)| {
        let event: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        json!({ "at": at.rfc3339(), "what": event })
    };
    json!({
        "id": view.person.account.as_str(),
        "email": view.person.address.as_str(),
        "previousAddresses": data.previous.iter().map(EmailAddress::as_str).collect::<Vec<_>>(),
        "created": view.created.rfc3339(),
        "roles": view.roles,
        "hasPassword": view.has_password,
        "sessions": view.sessions.iter().map(|row| row_json(row, live)).collect::<Vec<_>>(),
        "journal": data.journal.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn row_json(row: &SessionRow, live: &Live) -> serde_json::Value {
    let time = |time: Time| time.rfc3339();
    json!({
        "id": row.session.as_str(),
        "current": row.session == live.0.session,
        "device": row.device,
        "place": row.place,
        "firstSeen": time(row.first_seen),
        "lastSeen": time(row.last_seen),
    })
}
