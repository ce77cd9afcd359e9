//! Streams that somebody opened, and the watch that objects keep of them; what `glue.js` does with it.

use std::{cell::Cell, rc::Rc};

use edgeward::web::watch::Watch;

use super::{HOME, Page, Request, Visitor, objects::Kind};

/// An answer of server-sent events that may still go on.
pub struct Stream {
    /// Whether each watch ended it; `None` for one that refused.
    ended: Vec<Option<Rc<Cell<bool>>>>,
}

impl Stream {
    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        let goes_on =
            |ended: &Option<Rc<Cell<bool>>>| ended.as_ref().is_some_and(|ended| !ended.get());
        !self.ended.is_empty() && self.ended.iter().all(goes_on)
    }
}

impl Visitor {
    /// A page of ours opens a stream, and the origin begins to answer.
    pub fn opens_stream(&mut self, target: &str) -> Stream {
        let page = self.asks_for_stream(target);
        self.is_answered(&page)
    }

    /// The same, until the origin has answered.
    pub fn asks_for_stream(&mut self, target: &str) -> Page {
        let request = Request::new("GET", &format!("{HOME}{target}"));
        let request = self.dressed(request, "cors");
        self.sends(&request.with("accept", "text/event-stream"))
            .expect("an answer")
    }

    /// The answer turns out to be a stream.
    pub fn is_answered(&self, page: &Page) -> Stream {
        let seen = page.seen.as_ref();
        let watches = &seen.unwrap_or_else(|| panic!("{page:?}")).watches;
        let ended = watches.iter().map(|watch| match watch {
            Watch::Session(account, session) => {
                let (name, tag) = (account.as_str(), session.as_str());
                self.world.watch(Kind::Account, name, tag)
            }
            Watch::Link(link) => self.world.watch(Kind::Link, link.as_str(), link.as_str()),
        });
        Stream {
            ended: ended.collect(),
        }
    }
}
