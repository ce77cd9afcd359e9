//! What a request to the origin must satisfy: the rule of every reading of its path, all at once.
//!
//! Each reading is looked at twice, as it is spelt and loosely; in each look the first matching rule
//! counts, and where none matches a signed-in visitor is required. A visitor who satisfies the combined
//! [`Demand`] satisfies them all, so it does not matter which of the readings is the origin's.

use super::paths::{Manner, Readings, Unreadable, readings};
use crate::{
    config::{Access, AccessRule, AccessRules, PathPattern, Prefixes},
    kit::{role::Role, time::Span},
};

/// How far a visitor must be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not at all, and not looked at.
    Public,
    /// Not at all; the origin is told who it is when somebody is signed in.
    Optional,
    /// Signed in.
    Required,
}

/// What one request must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the rules, each independent of the others"
)]
pub struct Demand<'a> {
    /// How far the visitor must be known.
    pub level: Level,
    /// Of each of these lists the visitor must have a role.
    pub roles: Vec<&'a [Role]>,
    /// Whether a rule said `strict`; see [`Demand::asks_each_time`].
    pub strict: bool,
    /// How long ago the sign-in may be at most.
    pub reauth: Option<Span>,
    /// Other origins that may send unsafe requests.
    pub origins: Vec<&'a str>,
    /// Whether caches may keep the answer.
    pub cache: bool,
    /// Whether a preflight passes without identity.
    pub preflight: bool,
    /// Whether the body is covered by the signature.
    pub digest: bool,
}

/// One look at one reading, for people who want to know why ([`super::explain`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look<'a> {
    /// The reading.
    pub(super) reading: String,
    /// How it was compared.
    pub(super) manner: Manner,
    /// The first rule that matched.
    pub(super) rule: Option<&'a AccessRule>,
}

/// What a request with this method (as sent) and path (without query) must satisfy.
/// The path is none of ours: routes of ours are told apart before.
pub fn demand<'a>(
    rules: &'a AccessRules,
    prefixes: &Prefixes,
    method: &str,
    path: &str,
) -> Result<Demand<'a>, Unreadable> {
    let readings = readings(path)?;
    refuse_edge_routes(&readings, prefixes)?;
    let mut demand: Option<Demand<'a>> = None;
    readings.look(rules.mixed_case(), |reading, manner| {
        let found = Demand::of(first(rules, method, reading, manner));
        demand = Some(match demand.take() {
            Some(demand) => demand.and(found),
            None => found,
        });
    });
    Ok(demand.unwrap_or_else(|| Demand::of(None)))
}

/// Every look that [`demand`] takes, in order.
pub(super) fn looks<'a>(
    rules: &'a AccessRules,
    prefixes: &Prefixes,
    method: &str,
    path: &str,
) -> Result<Vec<Look<'a>>, Unreadable> {
    let readings = readings(path)?;
    refuse_edge_routes(&readings, prefixes)?;
    let mut looks = Vec::new();
    readings.look(rules.mixed_case(), |reading, manner| {
        looks.push(Look {
            reading: String::from_utf8_lossy(reading).into_owned(),
            manner,
            rule: first(rules, method, reading, manner),
        });
    });
    Ok(looks)
}

fn first<'a>(
    rules: &'a AccessRules,
    method: &str,
    reading: &[u8],
    manner: Manner,
) -> Option<&'a AccessRule> {
    match manner {
        Manner::AsSpelt => rules.first(method, reading),
        Manner::Loosely => rules.first_loosely(method, reading),
    }
}

/// Whether a path lies at `prefix` or below it, by whole segments and letter by letter, in whatever way it
/// is read.
pub fn lies_below(prefix: &str, path: &str) -> bool {
    let Some((pattern, readings)) = PathPattern::at_or_below(prefix).zip(readings(path).ok())
    else {
        return false;
    };
    let mut below = true;
    readings.look(false, |reading, manner| {
        below &= manner == Manner::Loosely || pattern.covers(reading);
    });
    below
}

/// An origin that would read a path as one of our routes is answered by us under that name: two who
/// disagree about whose a path is are a gap.
fn refuse_edge_routes(readings: &Readings<'_>, prefixes: &Prefixes) -> Result<(), Unreadable> {
    let mut ours = false;
    readings.look(false, |reading, _| ours |= prefixes.hold_loosely(reading));
    if ours {
        Err(Unreadable::EdgeRoute)
    } else {
        Ok(())
    }
}

impl<'a> Demand<'a> {
    /// What this rule asks for, or what holds where there is none.
    fn of(rule: Option<&'a AccessRule>) -> Self {
        let (level, roles) = match rule.map(|rule| &rule.access) {
            Some(Access::Public) => (Level::Public, Vec::new()),
            Some(Access::Optional) => (Level::Optional, Vec::new()),
            Some(Access::Required) | None => (Level::Required, Vec::new()),
            Some(Access::Roles(roles)) => (Level::Required, vec![roles.as_slice()]),
        };
        Self {
            level,
            roles,
            strict: rule.is_some_and(|rule| rule.strict),
            reauth: rule.and_then(|rule| rule.reauth),
            origins: rule.map_or_else(Vec::new, |rule| {
                rule.origins.iter().map(String::as_str).collect()
            }),
            cache: rule.is_some_and(|rule| rule.cache),
            preflight: rule.is_some_and(|rule| rule.preflight),
            digest: rule.is_some_and(|rule| rule.digest),
        }
    }

    /// Both demands at once: the stricter of each part.
    fn and(mut self, other: Self) -> Self {
        for roles in other.roles {
            if !self.roles.contains(&roles) {
                self.roles.push(roles);
            }
        }
        self.origins.retain(|origin| other.origins.contains(origin));
        Self {
            level: self.level.max(other.level),
            strict: self.strict || other.strict,
            reauth: match (self.reauth, other.reauth) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            },
            cache: self.cache && other.cache,
            preflight: self.preflight && other.preflight,
            digest: self.digest || other.digest,
            ..self
        }
    }

    /// Whether somebody with these roles has one of each list.
    pub fn allows(&self, roles: &[Role]) -> bool {
        self.roles
            .iter()
            .all(|list| list.iter().any(|role| roles.contains(role)))
    }

    /// Whether a smart link may stand in for a sign-in: not where a role, a recent sign-in or a strict look
    /// is asked for.
    pub fn takes_links(&self) -> bool {
        self.level == Level::Required && self.reauth.is_none() && !self.asks_each_time()
    }

    /// Whether the session must be asked about even for a safe method: the window is zero.
    pub fn asks_each_time(&self) -> bool {
        self.strict || !self.roles.is_empty()
    }
}

#[cfg(test)]
mod tests;
