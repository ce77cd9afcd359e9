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
            pbkdf2_sha256(input.as_bytes(), salt, iterations, hash);
            Ok(())
        }
    }
}

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2), as long as `hash`.
pub fn pbkdf2_sha256(input: &[u8], salt: &[u8], iterations: u32, hash: &mut [u8]) {
    pbkdf2::pbkdf2_hmac::<Sha256>(input, salt, iterations, hash);
}

#[cfg(test)]
mod tests;
