//! Which flow a route leads to.

use super::{
    cookie::{Flash, SetCookie},
    flow::{
        Visit, account, email, invite, magic, opened, password, resend, reset, sign_in, sign_out,
        sign_up, smart_link, verify,
    },
    realm::Realm,
    reply::Reply,
    routes::{Action, Surface},
};
use crate::pages::Code;

/// What a route does, for whoever asked. A refusal is an answer too.
pub async fn act<R: Realm>(visit: &Visit<'_, R>, (action, id): (Action, &str)) -> Reply {
    let result = match (action, visit.surface) {
        (Action::SignIn, _) => sign_in::sign_in(visit).await,
        (Action::SignUp, _) => sign_up::sign_up(visit).await,
        (Action::Verify, _) => verify::verify(visit).await,
        (Action::Resend, _) => resend::resend(visit).await,
        (Action::Forgot, _) => reset::forgot(visit).await,
        (Action::Reset, _) => reset::reset(visit).await,
        (Action::Magic, Surface::Page) if visit.fields.given("visit").is_some() => {
            magic::enter(visit).await
        }
        (Action::Magic, _) => magic::ask(visit).await,
        (Action::MagicEnter, _) => magic::enter(visit).await,
        (Action::Invite, _) => invite::invite(visit).await,
        (Action::ChangePassword, _) => password::change(visit).await,
        (Action::ChangeEmail, _) => email::change(visit).await,
        (Action::ConfirmEmail, _) => email::confirm(visit).await,
        (Action::Undo, _) => email::undo(visit).await,
        (Action::DeleteAccount, _) => account::delete(visit).await,
        (Action::Export, _) => account::export(visit).await,
        (Action::EndSessions, _) => account::end_sessions(visit).await,
        (Action::SignOut, _) => sign_out::sign_out(visit).await,
        (Action::Account, _) => account::act(visit).await,
        (Action::Session, _) => account::session(visit).await,
        (Action::Sessions, _) => account::sessions(visit).await,
        (Action::EndSession, _) => account::end(visit, id).await,
        (Action::Feedback, _) => Ok(last_feedback(visit)),
        (Action::OpenLink, _) => smart_link::open(visit).await,
        (Action::OpenedLink, _) => opened::opened(visit, id).await,
        (Action::Health, _) => Ok(Reply::new(200, Code::HealthOk)),
        (
            Action::Client
            | Action::KeySet
            | Action::FindAccount
            | Action::OneAccount
            | Action::Journal
            | Action::SendReset
            | Action::Invitations
            | Action::OneInvitation
            | Action::ResendInvitation
            | Action::Links
            | Action::Link
            | Action::Check,
            _,
        ) => Err(Reply::new(404, Code::RequestNotFound)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// `GET /auth/feedback`: the last feedback, once.
fn last_feedback<R: Realm>(visit: &Visit<'_, R>) -> Reply {
    let flash = visit.head.cookie(Flash::NAME);
    let told = flash.and_then(|value| Flash::read(value, &visit.site.keys, visit.realm.now()));
    let code = told
        .as_ref()
        .and_then(|flash| Code::parse(&flash.code))
        .unwrap_or(Code::FeedbackNone);
    let reply = Reply {
        custom: told.and_then(|flash| flash.custom),
        ..Reply::new(200, code)
    };
    if flash.is_some() {
        reply.with_cookie(SetCookie::expire(Flash::NAME))
    } else {
        reply
    }
}
