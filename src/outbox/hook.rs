//! Hooks: what the operator's own rules are asked about a registration or a sign-in, and what counts as
//! their answer.
//!
//! An answer is right as a whole or it is none: one member that is not what it must be makes a failure of
//! it, since nobody knows what its sender meant. Members that are not named here are ignored. Nothing of
//! an answer gets into the log.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kit::{
    email::EmailAddress,
    id::{AccountId, RequestId},
    return_path::ReturnPath,
    role::{MOST_ROLES, Role},
    secret::SecretText,
    time::{Span, Time},
};

/// How long a hook may take for its whole answer, to the last byte.
pub const PATIENCE: Span = Span::seconds(3);
/// The largest answer that is read, in bytes.
pub const LARGEST_ANSWER: u32 = 16 * 1024;
/// How many code points of a message are shown.
const LONGEST_MESSAGE: usize = 300;
/// How many code points of `User-Agent` are told.
const LONGEST_AGENT: usize = 256;

/// When a hook is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Somebody signs up; nobody has looked yet whether the address is known.
    BeforeRegistration,
    /// An account is about to come to be.
    Registration,
    /// Somebody proved who they are, and is about to be signed in.
    Login,
}

/// How somebody proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A password.
    Password,
    /// The link that proves an address.
    Link,
    /// A link to sign in by.
    Magic,
    /// The link of an invitation.
    Invite,
    /// The link to a new password.
    Reset,
}

/// Whom a hook is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Their address.
    pub email: &'a EmailAddress,
    /// Their account, once there is one.
    pub account: Option<&'a AccountId>,
    /// The roles of the account, as far as they are known.
    pub roles: &'a [Role],
    /// How they prove who they are.
    pub method: Method,
}

/// What a hook is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// At which moment.
    pub moment: Moment,
    /// When.
    pub asked: Time,
    /// About whom.
    pub subject: Subject<'a>,
    /// The client's network, shortened.
    pub network: &'a str,
    /// The client's `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The request that asks.
    pub request: &'a RequestId,
}

/// A hook's answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookResponse {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`; empty when there is none.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// What a hook decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow {
        /// Roles for the session that is opened.
        roles: Vec<Role>,
        /// Where to go, in place of where the visitor wanted to.
        redirect: Option<ReturnPath>,
    },
    /// No.
    Deny {
        /// What the visitor is told, as text.
        message: Option<String>,
    },
}

/// Why there is no answer. Goes into the log, so it says nothing of what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookFailure {
    /// Nobody is there, or the answer broke off.
    Broken,
    /// It took too long.
    Late,
    /// It was too large.
    TooLarge,
    /// It had another status than 200.
    Status(u16),
    /// It was not `application/json`, or no JSON object.
    NotJson,
    /// A member is not what it must be.
    Member(&'static str),
}

impl Moment {
    /// The webhook's `type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeRegistration => "hook.before_registration",
            Self::Registration => "hook.registration",
            Self::Login => "hook.login",
        }
    }
}

impl Question<'_> {
    /// The body: below 20 KB, whatever a client sent.
    pub fn body(&self) -> SecretText {
        let agent = |text: &str| text.chars().take(LONGEST_AGENT).collect();
        let body = Body {
            r#type: self.moment.as_str(),
            timestamp: self.asked.rfc3339(),
            data: Data {
                email: self.subject.email.as_str(),
                account: self.subject.account.map(AccountId::as_str),
                method: self.subject.method,
                roles: self.subject.roles,
                network: self.network,
                user_agent: self.user_agent.map(agent),
                request_id: self.request.as_str(),
            },
        };
        SecretText::new(serde_json::to_string(&body).unwrap_or_default())
    }
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    email: &'a str,
    account: Option<&'a str>,
    method: Method,
    roles: &'a [Role],
    network: &'a str,
    user_agent: Option<String>,
    request_id: &'a str,
}

/// The members that are looked at. A doubled one is refused; `null` is none.
#[derive(Deserialize)]
struct Members {
    decision: Option<Value>,
    message: Option<Value>,
    roles: Option<Value>,
    redirect: Option<Value>,
}

impl Decision {
    /// Reads an answer. `edge_prefixes` are those of our own routes, which are no place to go to.
    pub fn read(response: &HookResponse, edge_prefixes: &[&str]) -> Result<Self, HookFailure> {
        if response.status != 200 {
            return Err(HookFailure::Status(response.status));
        }
        if response.body.len() > usize::try_from(LARGEST_ANSWER).unwrap_or(0) {
            return Err(HookFailure::TooLarge);
        }
        if !is_json(&response.content_type) {
            return Err(HookFailure::NotJson);
        }
        // serde also takes an array for a struct.
        let object = response.body.trim_start().starts_with('{');
        let members: Members = serde_json::from_str(&response.body)
            .ok()
            .filter(|_| object)
            .ok_or(HookFailure::NotJson)?;
        let message = member("message", members.message.as_ref(), message)?;
        let roles = member("roles", members.roles.as_ref(), roles)?.unwrap_or_default();
        let place = |value: &Value| ReturnPath::read(value.as_str()?, edge_prefixes);
        let redirect = member("redirect", members.redirect.as_ref(), place)?;
        match members.decision.as_ref().and_then(Value::as_str) {
            Some("allow") => Ok(Self::Allow { roles, redirect }),
            Some("deny") => Ok(Self::Deny {
                message: message.filter(|text| !text.is_empty()),
            }),
            _ => Err(HookFailure::Member("decision")),
        }
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// An optional member, which is right when it is there.
fn member<T>(
    name: &'static str,
    value: Option<&Value>,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, HookFailure> {
    match value {
        None => Ok(None),
        Some(value) => read(value).map(Some).ok_or(HookFailure::Member(name)),
    }
}

/// One line of text, cut where it gets too long.
fn message(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let plain = !text.chars().any(char::is_control);
    plain.then(|| text.chars().take(LONGEST_MESSAGE).collect())
}

fn roles(value: &Value) -> Option<Vec<Role>> {
    let named = value.as_array()?;
    if named.len() > MOST_ROLES {
        return None;
    }
    let mut roles = Vec::new();
    for role in named {
        let role = Role::parse(role.as_str()?)?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Some(roles)
}

impl fmt::Display for HookFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken => f.write_str("broken"),
            Self::Late => f.write_str("late"),
            Self::TooLarge => f.write_str("too_large"),
            Self::Status(status) => write!(f, "status_{status}"),
            Self::NotJson => f.write_str("not_json"),
            Self::Member(name) => write!(f, "wrong_{name}"),
        }
    }
}

#[cfg(test)]
mod tests;
