//! One smart link: a way to one path of the origin that a program of the operator's made, for whoever
//! holds it or for one person, for a time, a number of times, with claims for the origin.
//!
//! Why an object of its own: which opening was the last one, and whether the link was revoked before a
//! request or after it, must have one answer at one moment.
//!
//! What always holds:
//! - A use is counted in the commit that grants it. Whoever opens it gets the link's id into a cookie; the
//!   gate asks here at each request, so revocation and expiry are exact.
//! - An equal post (same visit, within ten minutes) is granted again and counts once.
//! - Of its token there is a hash. Looking counts nothing.
//! - At its expiry everything of it is gone.

mod claims;

use serde::{Deserialize, Serialize};

pub use claims::{Claim, Claims};

use crate::kit::{
    id::{AccountId, LinkId, VisitId},
    time::{Span, Time},
    token::TokenHash,
};

/// How long an equal post is granted again.
const REPEATABLE: Span = Span::minutes(10);

/// What a link object is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Be this link.
    Make(Terms),
    /// What would opening it come to?
    Look {
        /// The token that was shown.
        token: TokenHash,
    },
    /// Open it.
    Open {
        /// The token that was posted.
        token: TokenHash,
        /// The visit to its page.
        visit: VisitId,
        /// Who is signed in, as their account says; looked at by links for a person.
        account: Option<AccountId>,
    },
    /// Does it still let in those who opened it?
    Ask,
    /// What is there to tell the operator?
    Tell,
    /// Let nobody in any more.
    Revoke,
}

/// What a link object answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// There is no such link, or no longer; or the token is another one.
    Absent,
    /// It is there.
    Made,
    /// It can be opened.
    Live {
        /// What opening it grants.
        grant: Grant,
        /// Whether it opens without a page.
        skip_page: bool,
    },
    /// Every use of it was made.
    Used,
    /// It is for this person, who is not the one that asked.
    OnlyFor(AccountId),
    /// It lets in.
    Granted(Grant),
    /// What it is, and what became of it.
    Told(Told),
    /// It lets nobody in any more.
    Revoked,
}

/// What was agreed when the link was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// Its id, which also names the object.
    pub id: LinkId,
    /// Its token, hashed.
    pub token: TokenHash,
    /// The path it leads to. It lets in there and below, by whole segments.
    pub path: String,
    /// What the origin is told.
    pub claims: Claims,
    /// It is nothing from this moment on.
    pub until: Time,
    /// How often it may be opened.
    pub uses: Uses,
    /// Whether it opens without a page.
    pub skip_page: bool,
    /// For whom it is; `None` for whoever holds it.
    pub person: Option<Bound>,
    /// The id of the key that made it.
    pub by: String,
}

/// How often a link may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Uses {
    /// So many times.
    Times(u32),
    /// Any number of times, while it lasts.
    UntilExpiry,
}

/// The one person a link is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Their account.
    pub account: AccountId,
    /// Its epoch when the link was made. In another one the link is void.
    pub epoch: u32,
}

/// What an opened link gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// The link.
    pub id: LinkId,
    /// It lets in here and below.
    pub path: String,
    /// What the origin is told.
    pub claims: Claims,
    /// Until when.
    pub until: Time,
    /// The one person it is for.
    pub account: Option<AccountId>,
}

/// What an operator is told of a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// What was agreed.
    pub terms: Terms,
    /// How often it was opened, where that counts.
    pub spent: u32,
    /// Whether it lets nobody in any more.
    pub revoked: bool,
}

/// What is kept of a link; `None` is one that was never made, or has expired.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkState(Option<Link>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Link {
    terms: Terms,
    spent: u32,
    revoked: bool,
    /// Visits that opened it a moment ago.
    opened: Vec<(VisitId, Time)>,
}

impl LinkState {
    /// Handles one command.
    pub fn handle(&mut self, command: Command, now: Time) -> Answer {
        self.expire(now);
        match (&mut self.0, command) {
            (None, Command::Make(terms)) => {
                self.0 = Some(Link::new(terms));
                Answer::Made
            }
            (None, _) => Answer::Absent,
            (Some(_), Command::Make(_)) => Answer::Made,
            (Some(link), Command::Look { token }) => link.look(&token),
            (
                Some(link),
                Command::Open {
                    token,
                    visit,
                    account,
                },
            ) => link.open(&token, visit, account.as_ref(), now),
            (Some(link), Command::Ask) if link.revoked => Answer::Absent,
            (Some(link), Command::Ask) => Answer::Granted(link.grant()),
            (Some(link), Command::Tell) => Answer::Told(link.told()),
            (Some(link), Command::Revoke) => {
                link.revoked = true;
                Answer::Revoked
            }
        }
    }

    /// Forgets everything at its expiry.
    pub fn expire(&mut self, now: Time) {
        self.0 = self.0.take().filter(|link| now < link.terms.until);
    }

    /// When it expires.
    pub fn wake_at(&self) -> Option<Time> {
        self.0.as_ref().map(|link| link.terms.until)
    }

    /// Until when a stream of whoever it let in may run; `None` when it must end.
    pub fn streams_until(&self, now: Time) -> Option<Time> {
        let link = self.0.as_ref().filter(|link| !link.revoked)?;
        Some(link.terms.until).filter(|until| now < *until)
    }

    /// For whom it is, while it lets anybody in.
    pub fn bound(&self) -> Option<&Bound> {
        let link = self.0.as_ref().filter(|link| !link.revoked)?;
        link.terms.person.as_ref()
    }

    /// The person's epoch has moved on: the link is void for good.
    pub fn void(&mut self) {
        if let Some(link) = &mut self.0 {
            link.revoked = true;
        }
    }
}

impl Link {
    fn new(terms: Terms) -> Self {
        Self {
            terms,
            spent: 0,
            revoked: false,
            opened: Vec::new(),
        }
    }

    fn look(&self, token: &TokenHash) -> Answer {
        if self.revoked || self.terms.token != *token {
            Answer::Absent
        } else if self.is_spent() {
            Answer::Used
        } else {
            Answer::Live {
                grant: self.grant(),
                skip_page: self.terms.skip_page,
            }
        }
    }

    fn open(
        &mut self,
        token: &TokenHash,
        visit: VisitId,
        account: Option<&AccountId>,
        now: Time,
    ) -> Answer {
        if self.revoked || self.terms.token != *token {
            return Answer::Absent;
        }
        if let Some(Bound { account: only, .. }) = &self.terms.person
            && account != Some(only)
        {
            return Answer::OnlyFor(only.clone());
        }
        let recent = |at: &Time| now.since(*at) < REPEATABLE;
        let again = |(known, at): &(VisitId, Time)| *known == visit && recent(at);
        if self.terms.uses == Uses::UntilExpiry || self.opened.iter().any(again) {
            return Answer::Granted(self.grant());
        }
        if self.is_spent() {
            return Answer::Used;
        }
        self.spent = self.spent.saturating_add(1);
        self.opened.retain(|(_, at)| recent(at));
        self.opened.push((visit, now));
        Answer::Granted(self.grant())
    }

    fn is_spent(&self) -> bool {
        match self.terms.uses {
            Uses::Times(times) => self.spent >= times,
            Uses::UntilExpiry => false,
        }
    }

    fn grant(&self) -> Grant {
        let person = self.terms.person.as_ref();
        Grant {
            id: self.terms.id.clone(),
            path: self.terms.path.clone(),
            claims: self.terms.claims.clone(),
            until: self.terms.until,
            account: person.map(|bound| bound.account.clone()),
        }
    }

    fn told(&self) -> Told {
        Told {
            terms: self.terms.clone(),
            spent: self.spent,
            revoked: self.revoked,
        }
    }
}

#[cfg(test)]
mod tests;
