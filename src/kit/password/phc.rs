//! PHC strings, the two that Edgeward writes, and nothing else.
//!
//! `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` and `$pbkdf2-sha256$i=600000$<salt>$<hash>`, salt and
//! hash in unpadded standard base64, parameters in this order (PHC string format, C. Percival and
//! others, 2015). One value has one spelling. Costs are bounded here, because a stored string decides
//! how long a sign-in computes and how much memory it takes.

use core::fmt;

use crate::kit::encoding;

/// What a hash costs to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Argon2id, version 1.3 (RFC 9106).
    Argon2id {
        /// Memory in KiB.
        memory: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2).
    Pbkdf2Sha256 {
        /// Iterations.
        iterations: u32,
    },
}

/// A PHC string, taken apart.
pub(super) struct Phc {
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

/// 64 MiB: half of what an isolate has.
const MAX_MEMORY: u32 = 64 * 1024;
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;
const MAX_ITERATIONS: u32 = 2_000_000;

impl Phc {
    /// Reads a string that this module could have written; `None` for anything else, and for costs
    /// out of bounds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$');
        let cost = match parts.next()? {
            "argon2id" => {
                (parts.next()? == "v=19").then_some(())?;
                let mut fields = parts.next()?.split(',');
                let cost = Cost::Argon2id {
                    memory: number(fields.next()?, "m=", MAX_MEMORY)?,
                    passes: number(fields.next()?, "t=", MAX_PASSES)?,
                    lanes: number(fields.next()?, "p=", MAX_LANES)?,
                };
                fields.next().is_none().then_some(cost)?
            }
            "pbkdf2-sha256" => Cost::Pbkdf2Sha256 {
                iterations: number(parts.next()?, "i=", MAX_ITERATIONS)?,
            },
            _ => return None,
        };
        let salt = bytes(parts.next()?, 8, 64)?;
        let hash = bytes(parts.next()?, 16, 64)?;
        parts.next().is_none().then_some(Self { cost, salt, hash })
    }
}

impl fmt::Display for Phc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cost {
            Cost::Argon2id {
                memory,
                passes,
                lanes,
            } => write!(f, "$argon2id$v=19$m={memory},t={passes},p={lanes}")?,
            Cost::Pbkdf2Sha256 { iterations } => write!(f, "$pbkdf2-sha256$i={iterations}")?,
        }
        let (salt, hash) = (&self.salt, &self.hash);
        write!(
            f,
            "${}${}",
            encoding::base64_unpadded(salt),
            encoding::base64_unpadded(hash)
        )
    }
}

/// A decimal number from 1 to `most`, in its one spelling, behind its name.
fn number(field: &str, name: &str, most: u32) -> Option<u32> {
    let digits = field.strip_prefix(name)?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    let number: u32 = digits.parse().ok().filter(|_| plain)?;
    (number <= most).then_some(number)
}

fn bytes(text: &str, least: usize, most: usize) -> Option<Vec<u8>> {
    let bytes = encoding::from_base64_unpadded(text)?;
    (least..=most).contains(&bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARGON2: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I";
    const PBKDF2: &str = "$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw$rsf/PtuGs9jUuAT6UDG/CZIWTg3b6A50vt6bX/ziiHo";

    #[test]
    fn a_phc_string_is_written_as_it_was_read() {
        for text in [ARGON2, PBKDF2] {
            assert_eq!(Phc::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_phc_string_has_one_spelling() {
        for (from, to) in [
            ("$argon2id", "argon2id"),
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("v=19$", ""),
            ("m=19456,t=2", "t=2,m=19456"),
            ("m=19456", "m=019456"),
            ("m=19456", "m=+19456"),
            ("m=19456", "m=0"),
            ("m=19456", "m="),
            ("p=1", "p=1,keyid=AA"),
            (",p=1", ""),
            ("p=1$", "p=1$$"),
            ("706I", "706J"),
            ("706I", "706I="),
            ("706I", "706I$"),
            ("AAECAwQFBgcICQoLDA0ODw", "AAECAw"),
            ("AAECAwQFBgcICQoLDA0ODw", ""),
            ("+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I", "+w64hw"),
            ("+w64", "-w64"),
        ] {
            let text = ARGON2.replacen(from, to, 1);
            assert_ne!(text, ARGON2);
            assert!(Phc::parse(&text).is_none(), "{text}");
        }
        for (from, to) in [
            ("i=600000", "i=600000,l=32"),
            ("i=", "rounds="),
            ("i=600000$", ""),
        ] {
            let text = PBKDF2.replacen(from, to, 1);
            assert!(Phc::parse(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_stored_string_cannot_ask_for_the_moon() {
        for (text, from, to) in [
            (ARGON2, "m=19456", "m=65537"),
            (ARGON2, "m=19456", "m=4294967296"),
            (ARGON2, "t=2", "t=11"),
            (ARGON2, "p=1", "p=5"),
            (PBKDF2, "i=600000", "i=2000001"),
        ] {
            assert!(Phc::parse(&text.replacen(from, to, 1)).is_none(), "{to}");
        }
        assert!(Phc::parse(&ARGON2.replacen("m=19456,t=2,p=1", "m=65536,t=10,p=4", 1)).is_some());
    }
}
