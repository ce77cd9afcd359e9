//! What objects are asked before a request goes on: the account whether a session lives, a smart link
//! whether it still lets in.

use super::{
    access::Demand,
    cookie::{self, SessionCookie},
    head::Head,
    realm::Realm,
    site::Site,
};
use crate::{
    account::{Answer, Command},
    kit::{id::LinkId, time::Time},
    link::{Answer as LinkAnswer, Command as LinkCommand},
};

/// Who sends a request, as far as it matters.
pub(super) enum Sender {
    /// Nobody who is known.
    Anonymous,
    /// Somebody whose cookie is trusted by itself for this request.
    Person(SessionCookie),
    /// Somebody whose account must be asked.
    Ask(SessionCookie),
}

/// What is asked before a request goes on.
#[derive(Debug)]
pub struct Question<'a> {
    pub(super) demand: Demand<'a>,
    pub(super) session: Option<SessionCookie>,
    pub(super) link: Option<LinkId>,
    touch: Option<Command>,
    /// Whether the cookie is past its window, whatever this request's window is.
    pub(super) old: bool,
}

/// What was answered. `None`: nothing was, or nobody was asked.
#[derive(Debug)]
pub struct Heard {
    pub(super) account: Option<Answer>,
    pub(super) link: Option<LinkAnswer>,
}

/// Asks whoever must be asked.
pub async fn ask<R: Realm>(realm: &R, question: &Question<'_>) -> Heard {
    let link = match &question.link {
        Some(id) => realm.link(id, LinkCommand::Ask).await.ok(),
        None => None,
    };
    let account = match (&question.session, &question.touch) {
        (Some(cookie), Some(touch)) => realm.account(&cookie.account, touch.clone()).await.ok(),
        _ => None,
    };
    Heard { account, link }
}

impl<'a> Question<'a> {
    pub(super) fn new(
        site: &Site,
        head: &Head<'_>,
        demand: Demand<'a>,
        (sender, link): (Sender, Option<LinkId>),
        now: Time,
    ) -> Self {
        let (session, asks) = match sender {
            Sender::Anonymous => (None, false),
            Sender::Person(cookie) => (Some(cookie), false),
            Sender::Ask(cookie) => (Some(cookie), true),
        };
        let touch = |cookie: &SessionCookie| Command::Touch {
            session: cookie.session.clone(),
            generation: cookie.generation,
            device: head
                .cookie(cookie::DEVICE_NAME)
                .and_then(|value| cookie::device(value, &site.keys)),
        };
        let old = |cookie: &SessionCookie| {
            cookie.issued_at > now || now.since(cookie.issued_at) >= site.config.lifetimes.window
        };
        Self {
            demand,
            touch: session.as_ref().filter(|_| asks).map(touch),
            old: session.as_ref().is_some_and(old),
            session,
            link,
        }
    }

    /// Whether the account is asked.
    pub(super) fn asks_account(&self) -> bool {
        self.touch.is_some()
    }
}
