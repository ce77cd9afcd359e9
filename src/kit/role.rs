//! Names of roles: what an account may do, in the operator's own words.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The most roles one account or one rule may have.
pub const MOST_ROLES: usize = 16;

/// A role's name: `[a-z0-9][a-z0-9:_-]{0,31}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Role(String);

impl Role {
    /// Reads a name; any other spelling is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let fits = text.len() <= 32
            && text.bytes().next().is_some_and(plain)
            && text.bytes().all(|b| plain(b) || b":_-".contains(&b));
        fits.then(|| Self(text.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a role"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_spelling() {
        for good in ["admin", "0", "team:billing", "a_b-c"] {
            assert_eq!(Role::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(33);
        for bad in ["", "Admin", ":a", "-a", "a b", "a,b", "ä", "a\"", &long] {
            assert_eq!(Role::parse(bad), None, "{bad}");
        }
    }
}
