//! The keys that Edgeward signs with, as the origin holds them.

use core::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

/// Keys by id.
#[derive(Clone)]
pub struct Keys(Vec<(String, Hmac<Sha256>)>);

/// A setting that cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// The keys are not `id:base64url,id:base64url`.
    Keys,
    /// A key is shorter than 32 bytes.
    ShortKey,
    /// It is not said whom identities are for.
    Audience,
    /// The set of public keys is none, or has no Ed25519 key, or two of one id.
    Jwks,
    /// The URL of the set is none, or not https.
    Url,
    /// The issuer is not the origin of a URL.
    Issuer,
}

impl Keys {
    /// Reads `IDENTITY_KEYS` as Edgeward has it: `id:base64url,id:base64url`.
    pub fn parse(ring: &str) -> Result<Self, Mistake> {
        let entries = ring.split(',').map(|entry| {
            let (id, text) = entry.trim().split_once(':').ok_or(Mistake::Keys)?;
            let key = BASE64URL_NOPAD
                .decode(text.as_bytes())
                .map_err(|_| Mistake::Keys)?;
            Ok((id.to_owned(), key))
        });
        Self::from_bytes(entries.collect::<Result<Vec<_>, _>>()?)
    }

    /// Keys by id, as bytes.
    pub fn from_bytes(keys: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Mistake> {
        let keyed = |(id, key): (String, Vec<u8>)| {
            if id.is_empty() {
                return Err(Mistake::Keys);
            }
            if key.len() < 32 {
                return Err(Mistake::ShortKey);
            }
            let mac = Hmac::new_from_slice(&key).map_err(|_| Mistake::ShortKey)?;
            Ok((id, mac))
        };
        Ok(Self(keys.into_iter().map(keyed).collect::<Result<_, _>>()?))
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Hmac<Sha256>> {
        self.0
            .iter()
            .find_map(|(known, mac)| (known == id).then_some(mac))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(id, _)| id))
            .finish()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys => "keys: id:base64url,id:base64url",
            Self::ShortKey => "keys: each has 32 bytes or more",
            Self::Audience => "audience: say whom identities are for",
            Self::Jwks => "jwks: give what is at /auth/jwks.json",
            Self::Url => {
                "jwks: give the URL of /auth/jwks.json; it must be https, except on loopback"
            }
            Self::Issuer => {
                "issuer: the origin of Edgeward's PUBLIC_URL, as in https://app.example.com"
            }
        })
    }
}

impl core::error::Error for Mistake {}
