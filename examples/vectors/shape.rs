//! What a vector is, as it is written: `origin/vectors/README.md` says what each member means.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// When all of this happens, in seconds since 1970.
pub const NOW: i64 = 1_800_000_000;
/// Whom it is for.
pub const AUDIENCE: &str = "https://app.example.com";

#[derive(Clone)]
pub struct Vector {
    pub name: String,
    pub request: Request,
    pub settings: Settings,
    pub expected: Expected,
}

#[derive(Clone, Serialize)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
}

#[derive(Clone, PartialEq, Serialize)]
pub struct Settings {
    /// For the signature: key id to base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<BTreeMap<String, String>>,
    /// For assertions: a set of keys (RFC 7517).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    pub audience: String,
    pub now: i64,
    /// Nonces that were taken before, and until when each is remembered.
    pub seen: BTreeMap<String, i64>,
}

#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum Expected {
    Believed {
        identity: Value,
        link: Value,
        digest: Value,
    },
    Refused {
        refused: &'static str,
    },
}

impl Settings {
    /// The keys of the signature.
    pub fn ring(&mut self) -> &mut BTreeMap<String, String> {
        self.keys.get_or_insert_default()
    }
}

impl Vector {
    /// As it is written: with only those settings that are not the usual ones.
    pub fn line(&self, usual: &Settings) -> Value {
        let mut settings = json!(self.settings);
        if let (Some(own), Some(usual)) = (settings.as_object_mut(), json!(usual).as_object()) {
            own.retain(|name, value| usual.get(name) != Some(value));
        }
        json!({"name": self.name, "request": self.request, "settings": settings, "expected": self.expected})
    }

    /// The same under another name, with one thing changed, and what should come of it now.
    pub fn but(&self, name: &str, expected: Expected, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        Self {
            name: name.to_owned(),
            expected,
            ..other
        }
    }

    /// The same, refused.
    pub fn refused(
        &self,
        reason: &'static str,
        name: &str,
        change: impl FnOnce(&mut Self),
    ) -> Self {
        self.but(name, Expected::Refused { refused: reason }, change)
    }

    /// The same, and believed all the same.
    pub fn believed(&self, name: &str, change: impl FnOnce(&mut Self)) -> Self {
        self.but(name, self.expected.clone(), change)
    }

    /// Rewrites the value of a header.
    pub fn rewrite(&mut self, header: &str, change: impl Fn(&str) -> String) {
        let before = self.request.headers.clone();
        for (name, value) in &mut self.request.headers {
            if name == header {
                *value = change(value);
            }
        }
        assert_ne!(before, self.request.headers, "{header} was to change");
    }

    pub fn value(&self, header: &str) -> String {
        let found = self.request.headers.iter().find(|(name, _)| name == header);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn remove(&mut self, header: &str) {
        self.request.headers.retain(|(name, _)| name != header);
    }

    pub fn add(&mut self, header: &str, value: &str) {
        self.request
            .headers
            .push((header.to_owned(), value.to_owned()));
    }

    pub fn rename(&mut self, header: &str, to: &str) {
        let value = self.value(header);
        self.remove(header);
        self.add(to, &value);
    }
}

/// A key that is no secret.
pub fn key(label: &str) -> [u8; 32] {
    Sha256::digest(format!("Edgeward test vectors, no secret: {label}")).into()
}

/// The key as settings give it.
pub fn written(label: &str) -> String {
    BASE64URL_NOPAD.encode(&key(label))
}

/// What an origin that checks the signature is set to.
pub fn settings() -> Settings {
    Settings {
        keys: Some([("i2".into(), written("i2")), ("i1".into(), written("i1"))].into()),
        jwks: None,
        issuer: None,
        audience: AUDIENCE.into(),
        now: NOW,
        seen: BTreeMap::new(),
    }
}
