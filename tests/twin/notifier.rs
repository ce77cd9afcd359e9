//! The operator's notifier: it checks every signature before it believes a letter, and does what the test
//! says.

use data_encoding::BASE64;
use edgeward::{
    kit::{keys::keyed, time::Time},
    object::Unreachable,
    outbox::{Receipt, Webhook},
};
use hmac::Mac;
use serde_json::Value;

use super::settings;

/// What the notifier does with a letter.
#[derive(Clone, Debug, Default)]
pub enum Notifier {
    /// Takes it.
    #[default]
    Takes,
    /// Refuses it with this status, and perhaps a `Retry-After`.
    Answers(u16, Option<&'static str>),
    /// Never answers, and never had it.
    Hangs,
    /// Takes it, and its answer gets lost.
    TakesUnheard,
}

/// A letter that was handed over.
#[derive(Clone, Debug)]
pub struct Mail {
    /// `webhook-id`.
    pub id: String,
    /// The type.
    pub kind: String,
    /// Who gets it.
    pub to: String,
    /// The account it concerns.
    pub account: Option<String>,
    /// Path and query of its link.
    pub link: Option<String>,
    /// When the link dies, as it says.
    pub expires_at: Option<String>,
    /// The body to the byte.
    pub body: String,
    /// When it was handed over.
    pub at: Time,
    /// Whether the test looked at it.
    pub read: bool,
}

impl Notifier {
    /// The mail, when it was taken, and what the gateway hears of it.
    pub fn receive(
        &self,
        webhook: &Webhook,
        now: Time,
    ) -> (Option<Mail>, Result<Receipt, Unreachable>) {
        let mail = Mail::read(webhook, now);
        let answer = |status, after: Option<&str>| Receipt {
            status,
            retry_after: after.map(str::to_owned),
        };
        match self {
            Self::Takes => (Some(mail), Ok(answer(204, None))),
            Self::Answers(status, after) => (None, Ok(answer(*status, *after))),
            Self::Hangs => (None, Err(Unreachable)),
            Self::TakesUnheard => (Some(mail), Err(Unreachable)),
        }
    }
}

impl Mail {
    fn read(webhook: &Webhook, now: Time) -> Self {
        let json = proved(webhook, now);
        let data = &json["data"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let public = "https://app.example.org";
        let path = |link: String| {
            link.strip_prefix(public)
                .expect("a link of ours")
                .to_owned()
        };
        Self {
            id: webhook.id.to_string(),
            kind: text(&json["type"]).unwrap(),
            to: text(&data["to"]).unwrap(),
            account: text(&data["account"]),
            link: text(&data["link"]).map(path),
            expires_at: text(&data["expiresAt"]),
            body: webhook.body.reveal().to_owned(),
            at: now,
            read: false,
        }
    }

    /// The token in its link.
    pub fn token(&self) -> &str {
        let link = self.link.as_deref().expect("a link");
        link.split_once("?token=").expect("a token").1
    }
}

/// Reads a webhook as a receiver of Standard Webhooks 1.0 does: signature and time first.
pub(super) fn proved(webhook: &Webhook, now: Time) -> Value {
    let body = webhook.body.reveal();
    let mut mac = keyed(&settings::bytes("webhook"));
    mac.update(format!("{}.{}.{body}", webhook.id, webhook.timestamp).as_bytes());
    let expected = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
    assert_eq!(webhook.signature, expected, "the signature of a webhook");
    // While others are in flight, time passes between the signing and the hand-over.
    let age = now.unix_seconds() - webhook.timestamp.parse::<i64>().unwrap();
    assert!((0..=5).contains(&age), "signed {age} s ago");
    assert!(body.len() < 20_000);
    serde_json::from_str(body).unwrap()
}
