//! A forgotten password: ask for a link, and choose another one with it.
//!
//! Asking is answered after one wish was written down, for a known address and an unknown one alike. A
//! reset ends whatever began before it, and signs nobody in.

use super::{
    Visit,
    link::{self, Holder},
    verify,
};
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand},
    address::Wanted,
    kit::{id::DeviceId, token::LinkKind},
    network::Action,
    outbox::Method,
    pages::Code,
    web::{
        cookie::{self, SetCookie},
        fields::Field,
        happening::Happening,
        realm::Realm,
        reply::Reply,
    },
};

const KIND: LinkKind = LinkKind::Reset;

/// Takes the wish for a link in.
pub async fn forgot<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    visit
        .ask_for_mail(Code::ForgotAccepted, Wanted::Reset { by: None })
        .await
}

/// Replaces the password.
pub async fn reset<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let posted = link::posted(visit, KIND, &[Field::Required("password")])?;
    visit.pay(Action::Link).await?;
    let looked = link::peek(visit, &posted).await?;
    let password = link::chosen_password(visit, looked.as_ref()).await?;
    let Holder::Account(account) = posted.holder() else {
        if let Some(looked) = &looked {
            verify::agreed(visit, looked, Method::Reset).await?;
        }
        let (_, device) = verify::prove(visit, &posted, password).await?;
        return Ok(replaced(visit, &device));
    };
    let device = visit.own_device();
    let reset = AccountCommand::Reset {
        post: posted.post(visit),
        password,
        device: device.clone(),
    };
    match visit.realm.account(&account, reset).await {
        Ok(AccountAnswer::PasswordReset) => {
            visit.log(Happening::PasswordReset, Some(&account));
            let reply = replaced(visit, &device);
            let session = visit.session();
            let own = session.is_some_and(|cookie| cookie.account == account);
            Ok(if own {
                reply.with_cookie(SetCookie::expire(cookie::SessionCookie::NAME))
            } else {
                reply
            })
        }
        Ok(answer) => Err(link::dead(visit, KIND, answer == AccountAnswer::Used)),
        Err(_) => Err(Reply::busy()),
    }
}

/// Nobody is signed in by it; the browser is known from now on.
fn replaced<R: Realm>(visit: &Visit<'_, R>, device: &DeviceId) -> Reply {
    Reply::new(200, Code::ResetSuccess)
        .with_cookie(cookie::set_device(device, &visit.site.keys))
        .to(visit.site.page(""))
}
