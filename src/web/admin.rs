//! The routes of operators' programs. Who asks is checked before their body is read; then each action is
//! like any other, and takes the [`Operator`] as proof.

use super::{
    fields::{Fields, Format},
    flow::{Visit, accounts, invitations, links},
    operator::{self, NoBrowser, Operator},
    realm::Realm,
    reply::{Reply, Response},
    routes::{Action, Route},
};
use crate::pages::Code;

/// Answers a request for a route of operators.
pub(super) async fn answer<R: Realm>(
    visit: &Visit<'_, R>,
    (route, id): (&Route, &str),
    no_browser: NoBrowser,
    body: &[u8],
) -> Response {
    let reply = match operator::check(visit, no_browser, route.scope(visit.head.method)).await {
        Ok(operator) => match read(body) {
            Some(fields) => {
                let visit = visit.with(&fields);
                let acted = act(&visit, (route.action, id), &operator).await;
                acted.unwrap_or_else(|refusal| refusal)
            }
            None => Reply::new(400, Code::RequestMalformed),
        },
        Err(refusal) => refusal,
    };
    let mut response = reply.json(&visit.site.brand.words);
    if reply.code == Code::AdminUnauthorized {
        let challenge = ("www-authenticate", "Bearer".to_owned());
        response.headers.push(challenge);
    }
    response
}

async fn act<R: Realm>(
    visit: &Visit<'_, R>,
    (action, id): (Action, &str),
    operator: &Operator,
) -> Result<Reply, Reply> {
    match (action, visit.head.method) {
        (Action::FindAccount, _) => accounts::find(visit).await,
        (Action::OneAccount, "PATCH") => accounts::change(visit, operator, id).await,
        (Action::OneAccount, _) => accounts::tell(visit, id).await,
        (Action::Journal, _) => accounts::journal(visit, id).await,
        (Action::SendReset, _) => accounts::reset(visit, operator, id).await,
        (Action::Invitations, "POST") => invitations::create(visit, operator).await,
        (Action::Invitations, _) => invitations::list(visit).await,
        (Action::OneInvitation, _) => invitations::revoke(visit, operator, id).await,
        (Action::ResendInvitation, _) => invitations::resend(visit, operator, id).await,
        (Action::Links, _) => links::make(visit, operator).await,
        (Action::Link, "DELETE") => links::revoke(visit, operator, id).await,
        (Action::Link, _) => links::tell(visit, operator, id).await,
        _ => Err(Reply::new(404, Code::RequestNotFound)),
    }
}

fn read(body: &[u8]) -> Option<Fields> {
    if body.is_empty() {
        return Some(Fields::default());
    }
    Format::Json.read(body)
}
