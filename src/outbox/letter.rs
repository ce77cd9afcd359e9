//! Letters: the body of a webhook to the notifier. Its words and looks belong to the notifier.

use serde::Serialize;

use crate::kit::{email::EmailAddress, id::AccountId, secret::SecretText, time::Time};

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Prove this address. Carries a link.
    Verify,
    /// Somebody tried to register this address, which has an account.
    AlreadyRegistered,
    /// A replaced session cookie was shown; the session was ended.
    SessionTheft,
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
            Self::AlreadyRegistered => "auth.notice.already_registered",
            Self::SessionTheft => "auth.notice.session_theft",
        }
    }

    /// Why the letter is sent, for the notifier's words.
    const fn reason(self) -> &'static str {
        match self {
            Self::Verify => "somebody registered with this address",
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
