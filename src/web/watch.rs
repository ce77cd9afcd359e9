//! What a stream must not outlive: a WebSocket, or an answer of server-sent events, goes on long after the
//! gate judged its request. So the edge has it watched by each object whose word let the request in, and it
//! ends when the first of them says so.
//!
//! A request of nobody, on a public path for one, is watched by nobody.

use super::identity::Identity;
use crate::{
    kit::id::{AccountId, LinkId, SessionId},
    link::Grant,
};

/// What ends a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// The end of a session; its account watches.
    Session(AccountId, SessionId),
    /// The end of a smart link; it watches itself.
    Link(LinkId),
}

/// What ends the streams of whoever is told of so to the origin.
pub(super) fn watches(identity: &Identity, link: Option<&Grant>) -> Vec<Watch> {
    let session = match identity {
        Identity::Anonymous => None,
        Identity::Person(person) => Some(Watch::Session(
            person.account.clone(),
            person.session.clone(),
        )),
    };
    let link = link.map(|link| Watch::Link(link.id.clone()));
    session.into_iter().chain(link).collect()
}
