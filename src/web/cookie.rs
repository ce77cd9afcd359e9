//! Every cookie we set: its name, its life, and what it carries. There is no other place that spells one.
//!
//! All are `__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`: no other host, no plain http, no
//! script and no foreign form gets at one. None carries an address or a secret in the open.

use std::{cell::RefCell, collections::BTreeMap};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    account::{Opened, PasswordProved},
    kit::{
        email::EmailAddress,
        encoding,
        id::{AccountId, AskId, DeviceId, LinkId, SessionId, SignupId, VisitId},
        json,
        lane::LaneName,
        return_path::ReturnPath,
        role::Role,
        time::{Span, Time},
        token::{LinkKind, Token},
    },
    pages::Code,
    web::site::Keys,
};

/// What every cookie of ours begins with. None reaches the origin, and the origin can set none.
pub const PREFIX: &str = "__Host-edgeward";

const SESSION: &str = "__Host-edgeward";
const DEVICE: &str = "__Host-edgeward-device";
const SIGNUP: &str = "__Host-edgeward-signup";
const FLASH: &str = "__Host-edgeward-flash";
const MAGIC: &str = "__Host-edgeward-magic";
const CHANGE: &str = "__Host-edgeward-ticket-change";
const LINK: &str = "__Host-edgeward-link";

/// How long a device is remembered after its last use.
const DEVICE_LIFE: Span = Span::days(180);
/// How long a browser has to prove the address it registered without being asked for a password.
const SIGNUP_LIFE: Span = Span::hours(24);
/// How long a token waits between the link and the button.
const TICKET_LIFE: Span = Span::minutes(10);
/// What fits, sealed, into the 4,096 bytes of name and value that browsers keep.
const LARGEST_TICKET: usize = 2_900;
/// A message is for the next page.
const FLASH_LIFE: Span = Span::minutes(2);

/// A `Set-Cookie` of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie(String);

/// The session cookie's content, trusted by itself for the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionCookie {
    /// The account.
    #[serde(rename = "a")]
    pub account: AccountId,
    /// The session.
    #[serde(rename = "s")]
    pub session: SessionId,
    /// Its generation.
    #[serde(rename = "g")]
    pub generation: u32,
    /// When it was signed.
    #[serde(rename = "i")]
    pub issued_at: Time,
    /// When they proved who they are.
    #[serde(rename = "t")]
    pub authenticated_at: Time,
    /// How.
    #[serde(rename = "m")]
    pub methods: Vec<String>,
    /// What they may do.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

/// What session cookies say that were read a moment ago: a page sends the same one with everything it loads. It
/// is asked for after the MAC was found right, for this request as for any other.
#[derive(Clone, Debug, Default)]
pub struct ReadBefore(RefCell<BTreeMap<String, SessionCookie>>);

impl ReadBefore {
    /// As many as are kept. Then it begins anew.
    const MOST: usize = 1000;

    fn get_or_read(
        &self,
        payload: &str,
        read: impl FnOnce() -> Option<SessionCookie>,
    ) -> Option<SessionCookie> {
        let mut known = self.0.borrow_mut();
        if let Some(cookie) = known.get(payload) {
            return Some(cookie.clone());
        }
        let cookie = read()?;
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(payload.to_owned(), cookie.clone());
        Some(cookie)
    }
}

/// What a link's token waits with between the link and the button.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The token.
    pub token: Token,
    /// The visit; the page's form carries it too.
    pub visit: VisitId,
}

/// One message for the next page. Sealed, because it may carry what was typed as address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flash {
    /// The code.
    #[serde(rename = "c")]
    pub code: String,
    /// Refused fields and their codes.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    /// What was typed as address, so that nobody types it twice.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Seconds until another try makes sense.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<i64>,
    /// A hook's own words, shown as text.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<String>,
    /// Not shown after this moment.
    #[serde(rename = "u")]
    pub until: Time,
}

impl SessionCookie {
    /// The cookie of a session that the account object just vouched for.
    pub fn of(opened: &Opened, now: Time) -> Self {
        Self {
            account: opened.person.account.clone(),
            session: opened.session.clone(),
            generation: opened.generation,
            issued_at: now,
            authenticated_at: opened.authenticated_at,
            methods: opened.methods.clone(),
            roles: opened.roles.clone(),
        }
    }

    /// Reads a signed cookie. Whether the session still lives, the account object says.
    pub fn read(value: &str, keys: &Keys) -> Option<Self> {
        let payload = keys.session.check(value)?;
        keys.read_before
            .get_or_read(payload, || read_json(&encoding::from_base64url(payload)?))
    }

    /// Signs it for as long as a session may idle.
    pub fn set(&self, keys: &Keys, idle: Span) -> SetCookie {
        let payload = serde_json::to_vec(self).unwrap_or_default();
        SetCookie::new(SESSION, &keys.session.sign(&payload), idle)
    }

    /// The cookie's name.
    pub const NAME: &'static str = SESSION;
}

/// The device of this browser.
pub fn device(value: &str, keys: &Keys) -> Option<DeviceId> {
    read_id(&keys.device.verify(value)?, DeviceId::parse)
}

/// Sets, or renews, the device cookie: the one that lives long. It opens the marked lane and never
/// signs anybody in.
pub fn set_device(device: &DeviceId, keys: &Keys) -> SetCookie {
    SetCookie::new(
        DEVICE,
        &keys.device.sign(device.as_str().as_bytes()),
        DEVICE_LIFE,
    )
}

/// The sign-up this browser made.
pub fn signup(value: &str, keys: &Keys) -> Option<SignupId> {
    read_id(&keys.signup.verify(value)?, SignupId::parse)
}

/// Set after every registration, also when the address was taken.
pub fn set_signup(signup: &SignupId, keys: &Keys) -> SetCookie {
    SetCookie::new(
        SIGNUP,
        &keys.signup.sign(signup.as_str().as_bytes()),
        SIGNUP_LIFE,
    )
}

/// The smart link that was opened in this browser last. It names the link and nothing else: what the link
/// still grants, its object says.
pub fn link(value: &str, keys: &Keys) -> Option<LinkId> {
    read_id(&keys.link.verify(value)?, LinkId::parse)
}

/// Set when a smart link is opened, for as long as the link lasts.
pub fn set_link(link: &LinkId, rest: Span, keys: &Keys) -> SetCookie {
    SetCookie::new(LINK, &keys.link.sign(link.as_str().as_bytes()), rest)
}

/// The name of a kind's ticket cookie.
pub const fn ticket_name(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Verify => "__Host-edgeward-ticket-verify",
        LinkKind::Reset => "__Host-edgeward-ticket-reset",
        LinkKind::Magic => "__Host-edgeward-ticket-magic",
        LinkKind::Invite => "__Host-edgeward-ticket-invite",
        LinkKind::Email => "__Host-edgeward-ticket-email",
        LinkKind::Undo => "__Host-edgeward-ticket-undo",
        LinkKind::Link => "__Host-edgeward-ticket-link",
    }
}

/// The wish for a sign-in link that this browser made.
pub fn magic(value: &str, keys: &Keys) -> Option<AskId> {
    read_id(&keys.magic().verify(value)?, AskId::parse)
}

/// Set after every wish for a sign-in link, whatever became of it.
pub fn set_magic(ask: &AskId, keys: &Keys) -> SetCookie {
    SetCookie::new(
        MAGIC,
        &keys.magic().sign(ask.as_str().as_bytes()),
        TICKET_LIFE,
    )
}

impl Ticket {
    /// Opens a ticket of this kind.
    pub fn read(kind: LinkKind, value: &str, keys: &Keys) -> Option<Self> {
        let opened = keys.ticket(kind).open(value)?;
        let (visit, token) = core::str::from_utf8(&opened).ok()?.split_once(' ')?;
        Some(Self {
            token: Token::parse(kind, token)?,
            visit: VisitId::parse(visit)?,
        })
    }

    /// Seals it for ten minutes.
    pub fn set(&self, keys: &Keys, nonce: [u8; 24]) -> SetCookie {
        let kind = self.token.kind();
        let text = format!("{} {}", self.visit, self.token.reveal());
        SetCookie::new(
            ticket_name(kind),
            &keys.ticket(kind).seal(text.as_bytes(), nonce),
            TICKET_LIFE,
        )
    }
}

/// A right password that must be replaced before it signs in, between the two forms.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeTicket {
    /// The visit; the page's form carries it too.
    pub visit: VisitId,
    /// Whose password it is.
    pub account: AccountId,
    /// Their address, for the policy and the page.
    pub address: EmailAddress,
    /// What was proved.
    pub proof: PasswordProved,
    /// What the account may do, for the sign-in hook.
    pub roles: Vec<Role>,
    /// The lane the attempt was counted in.
    pub lane: LaneName,
    /// Where they wanted to go.
    pub next: ReturnPath,
    /// Worthless after this moment.
    pub until: Time,
}

impl ChangeTicket {
    /// How long it waits.
    pub const LIFE: Span = TICKET_LIFE;

    /// Opens one that is not too old.
    pub fn read(value: &str, keys: &Keys, now: Time) -> Option<Self> {
        let ticket: Self = read_json(&keys.change().open(value)?)?;
        (now < ticket.until).then_some(ticket)
    }

    /// Seals it for ten minutes. A long address and many roles leave no room for a long way back.
    pub fn set(&self, keys: &Keys, nonce: [u8; 24]) -> SetCookie {
        let mut payload = serde_json::to_vec(self).unwrap_or_default();
        if payload.len() > LARGEST_TICKET {
            let next = ReturnPath::default();
            payload = serde_json::to_vec(&Self {
                next,
                ..self.clone()
            })
            .unwrap_or_default();
        }
        SetCookie::new(CHANGE, &keys.change().seal(&payload, nonce), TICKET_LIFE)
    }

    /// The cookie's name.
    pub const NAME: &'static str = CHANGE;
}

impl Flash {
    /// Opens a message that is not too old.
    pub fn read(value: &str, keys: &Keys, now: Time) -> Option<Self> {
        let flash: Self = read_json(&keys.flash.open(value)?)?;
        (now < flash.until).then_some(flash)
    }

    /// A message for the next page.
    pub fn new(code: Code, now: Time) -> Self {
        let code = code.as_str().to_owned();
        Self {
            code,
            fields: Vec::new(),
            email: None,
            retry_after: None,
            custom: None,
            until: now + FLASH_LIFE,
        }
    }

    /// Seals it.
    pub fn set(&self, keys: &Keys, nonce: [u8; 24]) -> SetCookie {
        let payload = serde_json::to_vec(self).unwrap_or_default();
        SetCookie::new(FLASH, &keys.flash.seal(&payload, nonce), FLASH_LIFE)
    }

    /// The cookie's name.
    pub const NAME: &'static str = FLASH;
}

/// The name of the device cookie.
pub const DEVICE_NAME: &str = DEVICE;
/// The name of the smart link's cookie.
pub const LINK_NAME: &str = LINK;
/// The name of the sign-up cookie.
pub const SIGNUP_NAME: &str = SIGNUP;
/// The name of the cookie of who asked for a sign-in link.
pub const MAGIC_NAME: &str = MAGIC;

impl SetCookie {
    fn new(name: &str, value: &str, life: Span) -> Self {
        Self(format!(
            "{name}={value}; Max-Age={}; Path=/; Secure; HttpOnly; SameSite=Lax",
            life.0.div_euclid(1000)
        ))
    }

    /// Takes a cookie away.
    pub fn expire(name: &str) -> Self {
        Self::new(name, "", Span::ZERO)
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn read_id<I>(payload: &[u8], parse: impl Fn(&str) -> Option<I>) -> Option<I> {
    core::str::from_utf8(payload).ok().and_then(parse)
}

fn read_json<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    json::read(core::str::from_utf8(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_was_read_before_is_read_again_and_no_more_than_so_many_are_kept() {
        let before = ReadBefore::default();
        let cookie = |generation: u32| SessionCookie {
            account: AccountId::from_bits(&[1; 16]),
            session: SessionId::from_bits(&[2; 16]),
            generation,
            issued_at: Time(0),
            authenticated_at: Time(0),
            methods: vec!["password".to_owned()],
            roles: Vec::new(),
        };
        assert_eq!(before.get_or_read("bad", || None), None);
        for generation in 0..3000 {
            let read = before.get_or_read(&format!("{generation}"), || Some(cookie(generation)));
            assert_eq!(read, Some(cookie(generation)));
            assert!(before.0.borrow().len() <= ReadBefore::MOST);
        }
        assert_eq!(before.get_or_read("2999", || None), Some(cookie(2999)));
        assert_eq!(before.get_or_read("0", || None), None, "forgotten since");
    }
}
