//! Signs tokens that the gateway never would. The signer is another than the gateway's.

use data_encoding::BASE64URL_NOPAD;
use ed25519_compact::{KeyPair, Seed};
use serde_json::{Map, Value, json};

use super::{
    assertion::settings,
    shape::{AUDIENCE, Expected, NOW, Request, Vector, key},
};

/// What becomes of a token, or of a part of it.
pub type Change = fn(&str) -> String;

pub const TARGET: &str = "/private/report?year=2026";

/// A request with a token; each part can be another than the gateway would write.
pub struct Token {
    pub method: &'static str,
    pub target: String,
    pub header: String,
    pub claims: String,
    pub seed: [u8; 32],
}

impl Default for Token {
    fn default() -> Self {
        Self {
            method: "GET",
            target: TARGET.to_owned(),
            header: header("EdDSA", "edgeward+jwt", "a2").to_string(),
            claims: Value::Object(claims()).to_string(),
            seed: key("a2"),
        }
    }
}

/// The header as the gateway writes it.
pub fn header(alg: &str, typ: &str, kid: &str) -> Value {
    json!({"alg": alg, "typ": typ, "kid": kid})
}

/// The claims as the gateway writes them, of somebody.
pub fn claims() -> Map<String, Value> {
    let all = json!({
        "iss": AUDIENCE, "aud": AUDIENCE, "iat": NOW - 1, "exp": NOW + 59,
        "jti": "req_ambqgaydambqgaydambqgaydam", "htm": "GET", "htu": format!("{AUDIENCE}{TARGET}"),
        "sub": "acc_aeaqcaibaeaqcaibaeaqcaibae", "sid": "ses_aibaeaqcaibaeaqcaibaeaqcai",
        "roles": ["admin"], "methods": ["password"], "auth_time": 1_799_999_000,
    });
    all.as_object().cloned().unwrap_or_default()
}

/// A token with claims of its own under a right signature.
pub fn claiming(change: impl FnOnce(&mut Map<String, Value>)) -> Token {
    let mut claims = claims();
    change(&mut claims);
    Token {
        claims: Value::Object(claims).to_string(),
        ..Token::default()
    }
}

/// A token with a header of its own under a right signature.
pub fn headed(header: &impl ToString) -> Token {
    Token {
        header: header.to_string(),
        ..Token::default()
    }
}

/// `x` of a key in the set.
pub fn published(kid: &str) -> String {
    let set = settings().jwks.unwrap_or_default();
    let keys = set["keys"].as_array().cloned().unwrap_or_default();
    let key = keys.iter().find(|key| key["kid"] == kid);
    key.and_then(|key| key["x"].as_str())
        .unwrap_or_default()
        .to_owned()
}

pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

/// The compact form of a token with these parts, as they are.
pub fn signed(header: &str, claims: &str, seed: [u8; 32]) -> String {
    let input = format!("{header}.{claims}");
    let pair = KeyPair::from_seed(Seed::new(seed));
    let signature = pair.sk.sign(&input, None);
    format!("{input}.{}", encoded(signature))
}

impl Token {
    /// Header and claims, without a signature.
    pub fn input(&self) -> String {
        format!("{}.{}", encoded(&self.header), encoded(&self.claims))
    }

    /// Signs it. What should come of it is that it is refused for this reason.
    pub fn refused(&self, reason: &'static str, name: &str) -> Vector {
        self.vector(name, Expected::Refused { refused: reason })
    }

    /// Signs it.
    pub fn vector(&self, name: &str, expected: Expected) -> Vector {
        let token = signed(&encoded(&self.header), &encoded(&self.claims), self.seed);
        self.carrying(name, token, expected)
    }

    /// The request with another token, as it is.
    pub fn carrying(&self, name: &str, token: String, expected: Expected) -> Vector {
        Vector {
            name: name.to_owned(),
            request: Request {
                method: self.method.to_owned(),
                target: self.target.clone(),
                headers: vec![
                    ("host".to_owned(), "origin.internal:8080".to_owned()),
                    ("edgeward-assertion".to_owned(), token),
                ],
            },
            settings: settings(),
            expected,
        }
    }
}
