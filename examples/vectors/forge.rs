//! Signs what the gateway never would: a right MAC over a wrong thing. Only so is each check of a verifier
//! seen to stand by itself.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::shape::{AUDIENCE, Expected, NOW, Request, Vector, key, settings};

pub const COVERED: &str = r#"("@method" "@path" "@query" "edgeward-identity")"#;
pub const COVERED_WITH_LINK: &str =
    r#"("@method" "@path" "@query" "edgeward-identity" "edgeward-link")"#;

/// A request to be signed; each part can be another than the gateway would write.
pub struct Forge {
    pub method: &'static str,
    pub target: &'static str,
    pub identity: String,
    pub link: Option<String>,
    pub components: String,
    pub parameters: String,
    pub key: [u8; 32],
}

impl Default for Forge {
    fn default() -> Self {
        Self {
            method: "GET",
            target: "/private/report?year=2026",
            identity: person("/private/report?year=2026"),
            link: None,
            components: COVERED.to_owned(),
            parameters: parameters(NOW - 1, NOW + 59),
            key: key("i2"),
        }
    }
}

/// The parameters of a signature as the gateway writes them.
pub fn parameters(created: i64, expires: i64) -> String {
    format!(
        r#";created={created};expires={expires};nonce="Zm9yZ2VkLW5vbmNlLTAxMg";keyid="i2";tag="edgeward""#
    )
}

/// Somebody, in the dictionary's canonical form.
pub fn person(target: &str) -> String {
    format!(
        r#"account="acc_aeaqcaibaeaqcaibaeaqcaibae", session="ses_aibaeaqcaibaeaqcaibaeaqcai", roles=("admin"), at=1799999000, methods=(password), aud="{AUDIENCE}", target="{target}", id="req_ambqgaydambqgaydambqgaydam""#
    )
}

impl Forge {
    /// Signs it. What should come of it is that it is refused for this reason.
    pub fn refused(self, reason: &'static str, name: &str) -> Vector {
        self.vector(name, Expected::Refused { refused: reason })
    }

    /// Signs it.
    pub fn vector(self, name: &str, expected: Expected) -> Vector {
        let parameters = format!("{}{}", self.components, self.parameters);
        let base = self.base(&parameters);
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("keys of any length will do");
        mac.update(base.as_bytes());
        let signature = BASE64.encode(&mac.finalize().into_bytes());
        let mut headers = vec![
            ("host".to_owned(), "origin.internal:8080".to_owned()),
            ("edgeward-identity".to_owned(), self.identity),
        ];
        headers.extend(self.link.map(|link| ("edgeward-link".to_owned(), link)));
        headers.push(("signature-input".into(), format!("edgeward={parameters}")));
        headers.push(("signature".into(), format!("edgeward=:{signature}:")));
        Vector {
            name: name.to_owned(),
            request: Request {
                method: self.method.to_owned(),
                target: self.target.to_owned(),
                headers,
            },
            settings: settings(),
            expected,
        }
    }

    /// The signature base (RFC 9421 §2.5) of whatever components are named.
    fn base(&self, parameters: &str) -> String {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        let names = self.components.split('"').skip(1).step_by(2);
        let mut lines: Vec<String> = names
            .map(|name| {
                let value = match name {
                    "@method" => self.method.to_owned(),
                    "@path" => path.to_owned(),
                    "@query" => format!("?{query}"),
                    "@authority" | "host" => "origin.internal:8080".to_owned(),
                    "edgeward-identity" => self.identity.clone(),
                    "edgeward-link" => self.link.clone().unwrap_or_default(),
                    _ => String::new(),
                };
                format!("\"{name}\": {value}")
            })
            .collect();
        lines.push(format!("\"@signature-params\": {parameters}"));
        lines.join("\n")
    }
}
