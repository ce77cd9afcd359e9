//! Sign out: the session ends in its account object, and our cookies go. The device cookie stays, so that
//! the owner keeps the marked lane.

use super::Visit;
use crate::{
    account::Command,
    kit::token::LinkKind,
    pages::Code,
    web::{
        cookie::{self, ChangeTicket, Flash, SessionCookie, SetCookie},
        happening::Happening,
        realm::Realm,
        reply::Reply,
    },
};

/// Signs out. Whoever is not signed in is signed out all the same.
pub async fn sign_out<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    visit.fields.check(&[]).map_err(Reply::fields)?;
    if let Some(SessionCookie {
        account, session, ..
    }) = visit.session()
    {
        let end = Command::EndSession { session, own: true };
        visit
            .realm
            .account(&account, end)
            .await
            .map_err(|_| Reply::busy())?;
        visit.log(Happening::SignedOut, Some(&account));
    }
    let mut reply = Reply::new(200, Code::LogoutSuccess).to(visit.site.page(""));
    for name in [
        SessionCookie::NAME,
        cookie::LINK_NAME,
        cookie::SIGNUP_NAME,
        cookie::MAGIC_NAME,
        ChangeTicket::NAME,
        Flash::NAME,
    ] {
        reply = reply.with_cookie(SetCookie::expire(name));
    }
    for kind in LinkKind::ALL {
        reply = reply.with_cookie(SetCookie::expire(cookie::ticket_name(kind)));
    }
    Ok(reply)
}
