//! `GET /auth/opened/{kind}`: the link this browser has opened, for a page of the operator's own. The token
//! stays in its sealed cookie; the visit stands for it in what the page posts.

use serde_json::{Map, Value, json};

use super::{
    Visit, account,
    link::{self, Looked},
    magic, verify,
};
use crate::{
    account::Undoing,
    kit::{role::Role, token::LinkKind},
    pages::Code,
    web::{realm::Realm, reply::Reply},
};

/// Tells what posting the link would ask for. Changes nothing.
pub async fn opened<R: Realm>(visit: &Visit<'_, R>, kind: &str) -> Result<Reply, Reply> {
    let unknown = || Reply::new(404, Code::RequestNotFound);
    let kind = LinkKind::ALL
        .into_iter()
        .find(|known| known.as_str() == kind && *known != LinkKind::Link)
        .ok_or_else(unknown)?;
    let ticket = link::ticket(visit, kind).ok_or_else(unknown)?;
    let looked = link::look(visit, &ticket.token).await?;
    let mut link = Map::new();
    link.insert("kind".into(), kind.as_str().into());
    link.insert("visit".into(), ticket.visit.as_str().into());
    link.insert("email".into(), looked.address().masked().into());
    let asks = kind == LinkKind::Reset || verify::asks_password(&looked);
    link.insert("asksPassword".into(), asks.into());
    describe(visit, kind, &looked, &mut link).await;
    let mut reply = Reply::new(200, Code::LinkWaiting);
    reply.more.insert("link".into(), Value::Object(link));
    Ok(reply)
}

async fn describe<R: Realm>(
    visit: &Visit<'_, R>,
    kind: LinkKind,
    looked: &Looked,
    link: &mut Map<String, Value>,
) {
    if let Some(asked) = looked.asked() {
        let who = json!({
            "browser": asked.browser,
            "place": asked.place,
            "at": asked.at.rfc3339(),
            "here": magic::is_own(visit, asked),
        });
        link.insert("asked".into(), who);
    }
    if kind == LinkKind::Invite {
        let roles: Vec<_> = looked.roles().iter().map(Role::as_str).collect();
        link.insert("roles".into(), roles.into());
        if let Some(owner) = looked.owner() {
            let live = account::live(visit).await.ok();
            let is_owner = live.is_some_and(|live| live.opened().person.account == *owner);
            link.insert("signInFirst".into(), (!is_owner).into());
        }
    }
    let undoes = looked.undoes().map(|undoes| match undoes {
        Undoing::Email => "email",
        Undoing::Deletion => "deletion",
    });
    if let Some(undoes) = undoes {
        link.insert("undoes".into(), undoes.into());
    }
}
