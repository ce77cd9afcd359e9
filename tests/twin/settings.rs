//! The settings of the twin's gateway.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use edgeward::{config::Settings, web::site::Site};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// 32 bytes that look drawn at random, others for each name.
pub fn bytes(name: &str) -> Vec<u8> {
    Sha256::digest(name).to_vec()
}

/// A ring of one key: its id, and [`bytes`] in base64url.
pub fn encoded(id: &str, name: &str) -> String {
    format!("{id}:{}", BASE64URL_NOPAD.encode(&bytes(name)))
}

/// The keys of operators' programs: `ops` for everything, and one for each scope, named by it.
fn admin_keys() -> String {
    let key = |id: &str, scopes: &str| format!("{id}:{scopes}:{}", operator_key(id));
    let all = key("ops", "read+accounts+invitations+links");
    let each = ["read", "accounts", "invitations", "links", "check"].map(|scope| key(scope, scope));
    format!("{all},{}", each.join(","))
}

/// The key of this id, as a program shows it.
pub fn operator_key(id: &str) -> String {
    BASE64URL_NOPAD.encode(&bytes(&format!("operator {id}")))
}

/// A gateway at `https://app.example.org` with these settings changed; `null` takes one away.
pub fn site(changes: &[(&str, Value)]) -> Site {
    Site::new(&settings(changes)).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The settings of such a gateway.
pub fn settings(changes: &[(&str, Value)]) -> Settings {
    let key = |name| BASE64URL_NOPAD.encode(&bytes(name));
    let rules = json!([
        {"path": "/public/*", "access": "public"},
        {"path": "/optional/*", "access": "optional"},
        {"path": "/admin/*", "access": {"roles": ["admin"]}},
        {"path": "/strict/*", "access": "required", "strict": true},
        {"path": "/partner/*", "access": "required", "origins": ["https://partner.example"]},
    ]);
    let mut settings = Settings {
        values: [
            ("PUBLIC_URL", json!("https://app.example.org")),
            ("ORIGIN_URL", json!("https://origin.example.org")),
            ("NOTIFIER_URL", json!("https://mail.example.org/hook")),
            ("COOKIE_KEYS", json!(format!("c1:{}", key("cookie")))),
            ("IDENTITY_KEYS", json!(format!("i1:{}", key("identity")))),
            ("ASSERTION_KEYS", json!(format!("a1:{}", key("assertion")))),
            ("PEPPERS", json!(format!("p1:{}", key("pepper")))),
            (
                "WEBHOOK_SECRET",
                json!(format!("whsec_{}", BASE64.encode(&bytes("webhook")))),
            ),
            ("NAME_KEY", json!(key("name"))),
            ("ADMIN_KEYS", json!(admin_keys())),
            ("ACCESS_RULES", rules),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        bindings: ["ACCOUNTS", "ADDRESSES", "LINKS", "NETWORKS"]
            .map(str::to_owned)
            .into(),
    };
    for (name, value) in changes {
        settings.values.insert((*name).to_owned(), value.clone());
    }
    settings
}
