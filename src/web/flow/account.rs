//! Who is signed in here, and where else. Every one of these asks the account object: an edge route never
//! trusts a cookie by itself.

use serde_json::json;

use super::Visit;
use crate::{
    account::{Answer, Command, Opened, SessionRow},
    kit::{id::SessionId, time::Time},
    pages::Code,
    web::{
        cookie::{SessionCookie, SetCookie},
        fields::Field,
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
    let rows: Vec<_> = rows(visit, &live)
        .await?
        .iter()
        .map(|row| row_json(row, &live))
        .collect();
    let mut reply = answered(visit, Code::SessionActive, live);
    reply.more.insert("sessions".into(), rows.into());
    Ok(reply)
}

/// The live sessions, last used first.
pub async fn rows<R: Realm>(visit: &Visit<'_, R>, live: &Live) -> Result<Vec<SessionRow>, Reply> {
    match visit
        .realm
        .account(&live.0.person.account, Command::Sessions)
        .await
    {
        Ok(Answer::Sessions(rows)) => Ok(rows),
        Ok(_) => Err(Reply::new(401, Code::SessionEnded)),
        Err(_) => Err(Reply::busy()),
    }
}

/// `DELETE /auth/sessions/{id}`: ends one of one's own sessions.
pub async fn end<R: Realm>(visit: &Visit<'_, R>, id: &str) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let cookies = visit.session_cookies(&live.0).to_vec();
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
    visit
        .fields
        .check(&[Field::Required("action"), Field::Optional("session")])
        .map_err(Reply::fields)?;
    match visit.fields.text("action") {
        "end-session" => end(visit, visit.fields.text("session")).await,
        "end-others" => end_others(visit).await,
        _ => Err(Reply::field("action", Code::FieldInvalid)),
    }
}

async fn end_others<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = live(visit).await?;
    let cookies = visit.session_cookies(&live.0).to_vec();
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

/// The answer to whoever is signed in, with the cookie renewed.
fn answered<R: Realm>(visit: &Visit<'_, R>, code: Code, live: Live) -> Reply {
    let cookies = visit.session_cookies(&live.0).to_vec();
    Reply {
        cookies,
        opened: Some(live.0),
        ..Reply::new(200, code)
    }
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
