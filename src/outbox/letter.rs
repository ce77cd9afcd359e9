//! Letters: the body of a webhook to the notifier. Its words and looks belong to the notifier.

use serde::Serialize;

use crate::kit::{email::EmailAddress, id::AccountId, secret::SecretText, time::Time};

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Prove this address. Carries a link.
    Verify,
    /// Choose a new password. Carries a link.
    Reset,
    /// Sign in. Carries a link.
    Magic,
    /// Take up an invitation. Carries a link.
    Invite,
    /// Confirm this address as the account's new one. Carries a link.
    EmailChange,
    /// Somebody tried to register this address, which has an account.
    AlreadyRegistered,
    /// The password is another one.
    PasswordChanged,
    /// The account has another address. To the old one; may carry a link that takes it back.
    EmailChanged,
    /// Somebody signed in from a browser that was not known.
    NewDevice,
    /// Strangers have tried so many passwords that only a link lets a new browser in.
    AttemptsExhausted,
    /// A replaced session cookie was shown; the session was ended.
    SessionTheft,
    /// The account will be erased. Carries a link that takes it back.
    Deletion,
}

/// One letter.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What it is about.
    pub kind: Kind,
    /// When it was asked for.
    pub asked: Time,
    /// Who gets it.
    pub to: EmailAddress,
    /// Whose account it concerns, when there is one.
    pub account: Option<AccountId>,
    /// The link, which is a secret, and when it dies.
    pub link: Option<(SecretText, Time)>,
}

impl Kind {
    /// The webhook's `type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "auth.verify",
            Self::Reset => "auth.reset",
            Self::Magic => "auth.magic",
            Self::Invite => "auth.invite",
            Self::EmailChange => "auth.email_change",
            Self::AlreadyRegistered => "auth.notice.already_registered",
            Self::PasswordChanged => "auth.notice.password_changed",
            Self::EmailChanged => "auth.notice.email_changed",
            Self::NewDevice => "auth.notice.new_device",
            Self::AttemptsExhausted => "auth.notice.attempts_exhausted",
            Self::SessionTheft => "auth.notice.session_theft",
            Self::Deletion => "auth.notice.deletion",
        }
    }

    /// Why the letter is sent, for the notifier's words.
    const fn reason(self) -> &'static str {
        match self {
            Self::Verify => "somebody registered with this address",
            Self::Reset => "somebody asked for a new password",
            Self::Magic => "somebody asked for a link to sign in",
            Self::Invite => "an operator invited this address",
            Self::EmailChange => "somebody wants this address for their account",
            Self::PasswordChanged => "the password of this account was changed",
            Self::EmailChanged => "this account has another address now",
            Self::NewDevice => "somebody signed in from a browser that was not known",
            Self::AttemptsExhausted => {
                "too many wrong passwords were tried: a new browser needs a link to sign in"
            }
            Self::Deletion => "this account will be erased",
            Self::AlreadyRegistered => {
                "somebody tried to register this address, which has an account"
            }
            Self::SessionTheft => "a sign-in of this account was copied, and was ended",
        }
    }
}

impl Letter {
    /// The body. Without a link it is the same to the byte at every try.
    pub fn body(&self) -> SecretText {
        let body = Body {
            r#type: self.kind.as_str(),
            timestamp: self.asked.rfc3339(),
            data: Data {
                to: self.to.as_str(),
                account: self.account.as_ref().map(AccountId::as_str),
                link: self.link.as_ref().map(|(link, _)| link.reveal()),
                expires_at: self.link.as_ref().map(|(_, until)| until.rfc3339()),
                locale: "en",
                reason: self.kind.reason(),
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
struct Data<'a> {
    to: &'a str,
    account: Option<&'a str>,
    link: Option<&'a str>,
    #[serde(rename = "expiresAt")]
    expires_at: Option<String>,
    locale: &'a str,
    reason: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_with_a_link_has_the_pinned_shape() {
        let letter = Letter {
            kind: Kind::Verify,
            asked: Time(0),
            to: EmailAddress::parse("ada@example.org").unwrap(),
            account: None,
            link: Some((
                SecretText::new("https://a.example/login/verify?token=x".into()),
                Time(86_400_000),
            )),
        };
        assert_eq!(
            letter.body().reveal(),
            concat!(
                r#"{"type":"auth.verify","timestamp":"1970-01-01T00:00:00Z","data":{"to":"ada@example.org","#,
                r#""account":null,"link":"https://a.example/login/verify?token=x","#,
                r#""expiresAt":"1970-01-02T00:00:00Z","locale":"en","#,
                r#""reason":"somebody registered with this address"}}"#
            )
        );
        assert!(
            !format!("{letter:?}").contains("token=x"),
            "a letter is printed without its link"
        );
    }
}
