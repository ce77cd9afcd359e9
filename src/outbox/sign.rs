//! Signing after Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`,
//! one signature per secret, so that a receiver can change its secret without a gap.

use core::fmt::Write as _;

use hmac::Mac;

use crate::kit::{
    encoding,
    id::ErrandId,
    keys::keyed,
    secret::{SecretBytes, SecretText},
    time::Time,
};

/// The secrets shared with the receiver; each signs.
#[derive(Clone, Debug)]
pub struct Secrets(Vec<SecretBytes>);

/// A signed request to a receiver: `POST`, `application/json`.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// `webhook-id`.
    pub id: ErrandId,
    /// `webhook-timestamp`: seconds, as text.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body.
    pub body: SecretText,
}

impl Secrets {
    /// The receiver's secrets, already decoded.
    pub fn new(secrets: Vec<SecretBytes>) -> Self {
        Self(secrets)
    }

    /// Signs a body for a try made now.
    pub fn sign(&self, id: ErrandId, body: SecretText, now: Time) -> Webhook {
        let timestamp = now.unix_seconds().to_string();
        let mut signature = String::new();
        for secret in &self.0 {
            let mut mac = keyed(secret.reveal());
            for part in [id.as_str(), ".", &timestamp, ".", body.reveal()] {
                mac.update(part.as_bytes());
            }
            let space = if signature.is_empty() { "" } else { " " };
            let _ = write!(
                signature,
                "{space}v1,{}",
                encoding::base64(&mac.finalize().into_bytes())
            );
        }
        Webhook {
            id,
            timestamp,
            signature,
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by Python: `hmac.new(bytes(range(32)), b"msg_….1000.{}", "sha256")`.
    #[test]
    fn each_secret_signs_id_timestamp_and_body() {
        let secrets = Secrets::new(vec![
            SecretBytes::new((0..32).collect()),
            SecretBytes::new(vec![1; 32]),
        ]);
        let id = ErrandId::from_bits(&[0; 16]);
        let webhook = secrets.sign(id, SecretText::new("{}".into()), Time(1_000_999));
        assert_eq!(webhook.timestamp, "1000");
        assert_eq!(webhook.signature, PINNED);
    }

    const PINNED: &str = "v1,mlK/EnBGKH3U4vCx0YxKOgKvkihgkXmDrCPht2fsfG4= v1,pUUcMe7qqxveQ9KLmijUqOzjH+z3P0NEUN2O5iaJXiU=";
}
