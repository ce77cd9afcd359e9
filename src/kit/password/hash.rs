//! How a password is kept: one slow hash, keyed by a pepper that no database holds.
//!
//! The input of the hash is base64url(HMAC-SHA-256(pepper, UTF-8 of the password)), so a stolen
//! database without the pepper cannot be tried at all, and any PHC library can verify a string given
//! that input. Argon2id with 19 MiB, two passes and one lane, or PBKDF2-HMAC-SHA-256 with 600,000
//! iterations: the parameters of OWASP's Password Storage Cheat Sheet ("Argon2id", "PBKDF2",
//! "Peppering"; pre-hashing is safe here because the digest is keyed and written as text).
//! NIST SP 800-63B-4 §3.1.1.2 asks for the salt, the cost and recommends the keyed step.
//!
//! Pure computation: salts are arguments, and so is the memory, which is the same every time because
//! what a wasm instance has grown it never gives back.

use core::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    Attempt, NewPassword,
    phc::{Cost, Phc},
};
use crate::kit::{
    encoding,
    secret::{SecretBytes, equal},
};

/// With what new hashes are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    /// Argon2id, m=19456 KiB, t=2, p=1.
    #[default]
    #[serde(rename = "argon2id")]
    Argon2id,
    /// PBKDF2-HMAC-SHA-256, 600,000 iterations, where a validated algorithm is asked for.
    #[serde(rename = "pbkdf2-sha256")]
    Pbkdf2Sha256,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 2] = [Self::Argon2id, Self::Pbkdf2Sha256];

    /// As the setting spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Argon2id => "argon2id",
            Self::Pbkdf2Sha256 => "pbkdf2-sha256",
        }
    }

    /// Reads the setting.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str() == text)
    }

    const fn cost(self) -> Cost {
        match self {
            Self::Argon2id => Cost::Argon2id {
                memory: 19_456,
                passes: 2,
                lanes: 1,
            },
            Self::Pbkdf2Sha256 => Cost::Pbkdf2Sha256 {
                iterations: 600_000,
            },
        }
    }
}

/// What is stored of a password: a PHC string, and which pepper went into it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPassword {
    phc: String,
    pepper: String,
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(stored password)")
    }
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Checked {
    /// It is not the password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash is of another cost, algorithm or pepper than new ones are:
    /// make it anew by [`Hasher::rehash`].
    RightButOld,
}

impl Checked {
    /// Whether it is the password.
    pub const fn matches(self) -> bool {
        matches!(self, Self::Right | Self::RightButOld)
    }
}

/// Something is broken. Never the answer to a wrong password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashFault {
    /// The stored string is not one of ours, or its costs are out of bounds.
    Unreadable,
    /// The pepper it was made with is not in the ring.
    UnknownPepper,
    /// The memory could not be had.
    OutOfMemory,
    /// The algorithm refused its parameters.
    Refused,
}

impl fmt::Display for HashFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "a stored password cannot be read",
            Self::UnknownPepper => "a stored password names a pepper that is not in the ring",
            Self::OutOfMemory => "no memory for a password hash",
            Self::Refused => "the parameters of a password hash were refused",
        })
    }
}

impl core::error::Error for HashFault {}

/// The working memory of a hash. Keep one and pass it to every call: it grows to 19 MiB at the first
/// Argon2id hash, and stays.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The first `count` blocks, grown to when there are fewer.
    fn blocks(&mut self, count: usize) -> Result<&mut [Block], HashFault> {
        let missing = count.saturating_sub(self.0.len());
        self.0
            .try_reserve_exact(missing)
            .map_err(|_| HashFault::OutOfMemory)?;
        if missing > 0 {
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count).ok_or(HashFault::OutOfMemory)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} KiB)", self.0.len())
    }
}

/// Makes and verifies hashes.
#[derive(Clone, Debug)]
pub struct Hasher {
    scheme: Scheme,
    making: Pepper,
    older: Vec<Pepper>,
}

#[derive(Clone, Debug)]
struct Pepper {
    id: String,
    key: SecretBytes,
}

/// A pepper's least length: 128 bits.
const PEPPER_BYTES: usize = 16;
/// A hash's length.
const HASH_BYTES: usize = 32;

impl Hasher {
    /// The first pepper makes, all verify. `None` for an empty ring, an id that is empty or comes
    /// twice, or a pepper under 128 bits.
    pub fn new(scheme: Scheme, peppers: Vec<(String, SecretBytes)>) -> Option<Self> {
        let mut ring: Vec<Pepper> = Vec::with_capacity(peppers.len());
        for (id, key) in peppers {
            let known = ring.iter().any(|pepper| pepper.id == id);
            if known || id.is_empty() || key.reveal().len() < PEPPER_BYTES {
                return None;
            }
            ring.push(Pepper { id, key });
        }
        let mut ring = ring.into_iter();
        Some(Self {
            scheme,
            making: ring.next()?,
            older: ring.collect(),
        })
    }

    /// The hash of a password that somebody chose. `salt` must be fresh and random.
    pub fn hash(
        &self,
        password: &NewPassword,
        salt: [u8; 16],
        memory: &mut Memory,
    ) -> Result<StoredPassword, HashFault> {
        self.make(password.reveal(), salt, memory)
    }

    /// The hash of a password that was just found [`Checked::RightButOld`], whatever the policy says
    /// today. `salt` must be fresh and random.
    pub fn rehash(
        &self,
        password: &Attempt,
        salt: [u8; 16],
        memory: &mut Memory,
    ) -> Result<StoredPassword, HashFault> {
        self.make(password.reveal(), salt, memory)
    }

    /// Whether the attempt is the stored password. Costs one hash at the stored cost, right or wrong.
    pub fn verify(
        &self,
        attempt: &Attempt,
        stored: &StoredPassword,
        memory: &mut Memory,
    ) -> Result<Checked, HashFault> {
        let phc = Phc::parse(&stored.phc).ok_or(HashFault::Unreadable)?;
        let pepper = self
            .pepper(&stored.pepper)
            .ok_or(HashFault::UnknownPepper)?;
        let mut computed = Zeroizing::new(vec![0; phc.hash.len()]);
        compute(
            phc.cost,
            &pepper.season(attempt.reveal())?,
            &phc.salt,
            &mut computed,
            memory,
        )?;
        let current = phc.cost == self.scheme.cost()
            && pepper.id == self.making.id
            && phc.hash.len() == HASH_BYTES;
        Ok(match (equal(&computed, &phc.hash), current) {
            (false, _) => Checked::Wrong,
            (true, true) => Checked::Right,
            (true, false) => Checked::RightButOld,
        })
    }

    /// A stored password that no attempt matches, at the cost of new ones: an unknown address is
    /// verified against it, so that it costs the one hash that a known one costs.
    pub fn decoy(&self) -> StoredPassword {
        self.stored(vec![0; 16], vec![0; HASH_BYTES])
    }

    fn make(
        &self,
        password: &str,
        salt: [u8; 16],
        memory: &mut Memory,
    ) -> Result<StoredPassword, HashFault> {
        let mut hash = vec![0; HASH_BYTES];
        let input = self.making.season(password)?;
        compute(self.scheme.cost(), &input, &salt, &mut hash, memory)?;
        Ok(self.stored(salt.to_vec(), hash))
    }

    fn stored(&self, salt: Vec<u8>, hash: Vec<u8>) -> StoredPassword {
        let cost = self.scheme.cost();
        StoredPassword {
            phc: Phc { cost, salt, hash }.to_string(),
            pepper: self.making.id.clone(),
        }
    }

    fn pepper(&self, id: &str) -> Option<&Pepper> {
        core::iter::once(&self.making)
            .chain(&self.older)
            .find(|pepper| pepper.id == id)
    }
}

impl Pepper {
    /// The input of the hash.
    fn season(&self, password: &str) -> Result<Zeroizing<String>, HashFault> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.key.reveal()).map_err(|_| HashFault::Refused)?;
        mac.update(password.as_bytes());
        let digest = mac.finalize().into_bytes();
        Ok(Zeroizing::new(encoding::base64url(&digest)))
    }
}

fn compute(
    cost: Cost,
    input: &str,
    salt: &[u8],
    hash: &mut [u8],
    memory: &mut Memory,
) -> Result<(), HashFault> {
    match cost {
        Cost::Argon2id {
            memory: kib,
            passes,
            lanes,
        } => {
            let params = Params::new(kib, passes, lanes, Some(hash.len()))
                .map_err(|_| HashFault::Unreadable)?;
            let blocks = memory.blocks(params.block_count())?;
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into_with_memory(input.as_bytes(), salt, hash, blocks)
                .map_err(|_| HashFault::Refused)
        }
        Cost::Pbkdf2Sha256 { iterations } => {
            pbkdf2::pbkdf2_hmac::<Sha256>(input.as_bytes(), salt, iterations, hash);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{
        email::EmailAddress,
        password::policy::{About, Policy},
    };

    const PASSWORD: &str = "correct horse battery st\u{e4}ple";
    const SALT: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    // Computed with Python 3.11 (hmac, hashlib) and argon2-cffi 25.1.0 from PASSWORD, SALT and a
    // pepper of 32 bytes of 7.
    const ARGON2: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I";
    const PBKDF2: &str = "$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw$rsf/PtuGs9jUuAT6UDG/CZIWTg3b6A50vt6bX/ziiHo";
    const SMALL_ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$ySguy6/ewg0Xh1pijiZQgTWWywPF9EiKRJ/zyMnpvO8";
    const WIDE_ARGON2: &str = "$argon2id$v=19$m=64,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$fLjAn1n2poa/a4qz3Fn0to6tUfjtTYnPKb3/jyQ9pg4";
    const SMALL_PBKDF2: &str =
        "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$ZwhkNm3JWrxQ9F/gJ+c0SJ9wmNfMVaEvhHGCuWEMjrs";

    fn hasher(scheme: Scheme, peppers: &[(&str, u8)]) -> Hasher {
        let ring = peppers
            .iter()
            .map(|(id, byte)| ((*id).to_owned(), SecretBytes::new(vec![*byte; 32])))
            .collect();
        Hasher::new(scheme, ring).unwrap()
    }

    fn chosen(text: &str) -> NewPassword {
        let email = EmailAddress::parse("ada@example.org").unwrap();
        let about = About {
            email: &email,
            product: "Edgeward",
        };
        NewPassword::parse(text, &Policy::default(), &about).unwrap()
    }

    fn offered(text: &str) -> Attempt {
        Attempt::parse(text).unwrap()
    }

    fn stored(phc: &str, pepper: &str) -> StoredPassword {
        StoredPassword {
            phc: phc.to_owned(),
            pepper: pepper.to_owned(),
        }
    }

    #[test]
    fn hashes_are_those_of_independent_implementations() {
        let mut memory = Memory::new();
        for (scheme, phc) in [(Scheme::Argon2id, ARGON2), (Scheme::Pbkdf2Sha256, PBKDF2)] {
            let made = hasher(scheme, &[("p1", 7)])
                .hash(&chosen(PASSWORD), SALT, &mut memory)
                .unwrap();
            assert_eq!(made, stored(phc, "p1"));
        }
    }

    #[test]
    fn the_password_matches_and_another_does_not() {
        let mut memory = Memory::new();
        for scheme in Scheme::ALL {
            let hasher = hasher(scheme, &[("p1", 7)]);
            let kept = hasher
                .hash(&chosen(PASSWORD), [9; 16], &mut memory)
                .unwrap();
            for (attempt, checked) in [
                (PASSWORD, Checked::Right),
                ("correct horse battery sta\u{308}ple", Checked::Right),
                ("correct horse battery staple", Checked::Wrong),
                ("", Checked::Wrong),
            ] {
                let found = hasher.verify(&offered(attempt), &kept, &mut memory);
                assert_eq!(found, Ok(checked), "{attempt}");
            }
        }
    }

    #[test]
    fn an_old_hash_still_opens_and_asks_to_be_made_anew() {
        let mut memory = Memory::new();
        let hasher = hasher(Scheme::Argon2id, &[("p2", 8), ("p1", 7)]);
        for phc in [ARGON2, SMALL_ARGON2, WIDE_ARGON2, SMALL_PBKDF2] {
            let old = stored(phc, "p1");
            let found = hasher.verify(&offered(PASSWORD), &old, &mut memory);
            assert_eq!(found, Ok(Checked::RightButOld), "{phc}");
            let found = hasher.verify(&offered("wrong"), &old, &mut memory);
            assert_eq!(found, Ok(Checked::Wrong), "{phc}");
        }
        let fresh = hasher
            .rehash(&offered(PASSWORD), SALT, &mut memory)
            .unwrap();
        assert_eq!(fresh.pepper, "p2");
        assert_ne!(fresh.phc, ARGON2, "another pepper, another hash");
        let found = hasher.verify(&offered(PASSWORD), &fresh, &mut memory);
        assert_eq!(found, Ok(Checked::Right));
    }

    #[test]
    fn what_is_broken_is_a_fault_and_not_a_wrong_password() {
        let mut memory = Memory::new();
        let hasher = hasher(Scheme::Argon2id, &[("p1", 7)]);
        for (old, fault) in [
            (stored(SMALL_ARGON2, "p0"), HashFault::UnknownPepper),
            (stored("", "p1"), HashFault::Unreadable),
            (stored("$2b$10$abc", "p1"), HashFault::Unreadable),
            (
                stored(&SMALL_ARGON2.replace("m=64", "m=4"), "p1"),
                HashFault::Unreadable,
            ),
            (
                stored(&SMALL_ARGON2.replace("m=64", "m=999999"), "p1"),
                HashFault::Unreadable,
            ),
        ] {
            let found = hasher.verify(&offered(PASSWORD), &old, &mut memory);
            assert_eq!(found, Err(fault));
        }
    }

    #[test]
    fn the_decoy_costs_what_a_new_hash_costs_and_opens_to_nobody() {
        let mut memory = Memory::new();
        for scheme in Scheme::ALL {
            let hasher = hasher(scheme, &[("p1", 7)]);
            let decoy = hasher.decoy();
            assert_eq!(Phc::parse(&decoy.phc).unwrap().cost, scheme.cost());
            let found = hasher.verify(&offered(""), &decoy, &mut memory);
            assert_eq!(found, Ok(Checked::Wrong));
        }
    }

    #[test]
    fn memory_grows_once() {
        let mut memory = Memory::new();
        let hasher = hasher(Scheme::Argon2id, &[("p1", 7)]);
        let check = |phc: &str, memory: &mut Memory| {
            let _ = hasher
                .verify(&offered("x"), &stored(phc, "p1"), memory)
                .unwrap();
        };
        check(SMALL_ARGON2, &mut memory);
        assert_eq!(format!("{memory:?}"), "Memory(64 KiB)");
        check(ARGON2, &mut memory);
        let place = memory.0.as_ptr();
        check(SMALL_ARGON2, &mut memory);
        check(ARGON2, &mut memory);
        assert_eq!(memory.0.as_ptr(), place);
        assert_eq!(format!("{memory:?}"), "Memory(19456 KiB)");
    }

    #[test]
    fn a_ring_without_a_usable_pepper_makes_no_hasher() {
        let ring = |peppers: &[(&str, usize)]| {
            let ring = peppers
                .iter()
                .map(|(id, length)| ((*id).to_owned(), SecretBytes::new(vec![7; *length])))
                .collect();
            Hasher::new(Scheme::Argon2id, ring)
        };
        assert!(ring(&[("p1", 16)]).is_some());
        assert!(ring(&[]).is_none());
        assert!(ring(&[("p1", 15)]).is_none());
        assert!(ring(&[("", 32)]).is_none());
        assert!(ring(&[("p1", 32), ("p1", 32)]).is_none());
    }

    #[test]
    fn what_is_stored_is_pinned_and_not_printed() {
        let kept = stored(ARGON2, "p1");
        let json = format!(r#"{{"phc":"{ARGON2}","pepper":"p1"}}"#);
        assert_eq!(serde_json::to_string(&kept).unwrap(), json);
        assert_eq!(serde_json::from_str::<StoredPassword>(&json).unwrap(), kept);
        assert_eq!(format!("{kept:?}"), "(stored password)");
        let hasher = hasher(Scheme::Argon2id, &[("p1", 0x41)]);
        assert!(!format!("{hasher:?}").contains("65"));
    }

    #[test]
    fn a_scheme_is_spelt_alike_in_settings_and_in_rows() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::parse(scheme.as_str()), Some(scheme));
            let json = format!("\"{}\"", scheme.as_str());
            assert_eq!(serde_json::to_string(&scheme).unwrap(), json);
        }
        assert_eq!(Scheme::parse("bcrypt"), None);
    }
}
