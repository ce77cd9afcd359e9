//! Key rings, and what is derived from them.
//!
//! A ring is an ordered list of keys: the first one makes, all of them verify, so a key is replaced
//! without a moment in which something good is refused. No key is used as it is in two places: each
//! purpose gets its own by HKDF (RFC 5869), and so nothing made for one purpose is accepted for another.

use core::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{encoding, secret::SecretBytes, sorted, token::LinkKind};

/// The fewest bytes a key may have.
pub const KEY_BYTES: usize = 32;

/// A ring as settings give it.
pub type KeyRing = Ring<SecretBytes>;

/// At least one key, each under a name, in order of preference. The names are public: they travel
/// beside what the keys made.
#[derive(Clone, Debug)]
pub struct Ring<K> {
    first: (String, K),
    rest: Vec<(String, K)>,
}

/// Why a ring was refused. Entries are counted from one and never shown, since an entry may be all secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingFault {
    /// There is no entry at all.
    Empty,
    /// The entry is not `id:base64url`.
    Shape(usize),
    /// The entry's id is not `[a-z0-9][a-z0-9_-]{0,31}`.
    Id(usize),
    /// The entry has the id of an earlier one.
    Repeated(usize),
    /// The entry's key is no good.
    Key(usize, KeyFault),
}

/// What a derived key is for. Each has its own, so no cookie is accepted in the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The session cookie.
    Session,
    /// The device cookie.
    Device,
    /// The cookie of a pending sign-up.
    Signup,
    /// The cookie of the browser that asked for a magic link.
    Magic,
    /// The cookie that carries a feedback code to the next page.
    Flash,
    /// The cookie of a smart link.
    Link,
    /// The sealed cookie in which a link's token waits for its post.
    Ticket(LinkKind),
    /// The sealed cookie in which a right password waits for the one that replaces it.
    Change,
    /// The chain of an account's journal.
    Journal,
}

/// How a derived key is used: a key that signs never encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Sign,
    Seal,
}

impl<K> Ring<K> {
    /// The key that makes, and its name.
    pub fn first(&self) -> (&str, &K) {
        (&self.first.0, &self.first.1)
    }

    /// The keys that verify, the one that makes first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &K)> {
        core::iter::once(&self.first)
            .chain(&self.rest)
            .map(|(id, key)| (id.as_str(), key))
    }

    /// The key of this name.
    pub fn find(&self, id: &str) -> Option<&K> {
        self.iter()
            .find_map(|(name, key)| (name == id).then_some(key))
    }

    /// The ring of what `make` turns each key into, under the same names.
    pub fn map<M>(&self, make: impl Fn(&K) -> M) -> Ring<M> {
        let named = |(id, key): &(String, K)| (id.clone(), make(key));
        Ring {
            first: named(&self.first),
            rest: self.rest.iter().map(named).collect(),
        }
    }
}

impl KeyRing {
    /// Reads `id:base64url,id:base64url`. White space around entries is dropped.
    pub fn parse(text: &str) -> Result<Self, RingFault> {
        if text.trim().is_empty() {
            return Err(RingFault::Empty);
        }
        let mut keys: Vec<(String, SecretBytes)> = Vec::new();
        for (at, entry) in (1..).zip(text.split(',')) {
            let (id, key) = entry.trim().split_once(':').ok_or(RingFault::Shape(at))?;
            if !is_key_id(id) {
                return Err(RingFault::Id(at));
            }
            if keys.iter().any(|(known, _)| known == id) {
                return Err(RingFault::Repeated(at));
            }
            let key = read_key(key).map_err(|fault| RingFault::Key(at, fault))?;
            keys.push((id.to_owned(), key));
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or(RingFault::Empty)?;
        let rest = keys.collect();
        Ok(Self { first, rest })
    }
}

/// Why the written form of one key was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// Not canonical base64url without padding.
    Encoding,
    /// Fewer than [`KEY_BYTES`] bytes.
    Short,
    /// A placeholder or a pattern.
    Sample,
}

/// Reads one key from base64url, refusing what is short or was plainly not drawn at random.
pub fn read_key(text: &str) -> Result<SecretBytes, KeyFault> {
    if has_sample_word(text.as_bytes()) {
        return Err(KeyFault::Sample);
    }
    let bytes = encoding::from_base64url(text)
        .map(SecretBytes::new)
        .ok_or(KeyFault::Encoding)?;
    if bytes.reveal().len() < KEY_BYTES {
        return Err(KeyFault::Short);
    }
    if is_sample(bytes.reveal()) {
        return Err(KeyFault::Sample);
    }
    Ok(bytes)
}

/// Whether these bytes are a placeholder or a pattern: a word of documentation, few distinct bytes, or
/// steps of one size. Of random keys, one in more than a hundred million is refused.
pub fn is_sample(bytes: &[u8]) -> bool {
    let distinct = sorted::distinct(bytes.iter().copied());
    let mut steps: Vec<u8> = bytes
        .iter()
        .zip(bytes.iter().skip(1))
        .map(|(left, right)| right.wrapping_sub(*left))
        .collect();
    steps.dedup();
    distinct.len() < 8 || steps.len() < 2 || has_sample_word(bytes)
}

fn has_sample_word(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "sample",
        "change-me",
        "changeme",
        "change_me",
        "change me",
        "example",
        "placeholder",
        "replace-",
    ]
    .iter()
    .any(|word| text.windows(word.len()).any(|part| part == word.as_bytes()))
}

/// Whether a text may name a key: `[a-z0-9][a-z0-9_-]{0,31}`.
pub fn is_key_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    id.len() <= 32
        && id.bytes().next().is_some_and(plain)
        && id.bytes().all(|b| plain(b) || b == b'_' || b == b'-')
}

impl Purpose {
    /// HKDF's `info`. Pinned: a change signs everybody out.
    fn info(self, usage: Use) -> String {
        let usage = match usage {
            Use::Sign => "sign",
            Use::Seal => "seal",
        };
        let purpose = match self {
            Self::Session => "session",
            Self::Device => "device",
            Self::Signup => "signup",
            Self::Magic => "magic",
            Self::Flash => "flash",
            Self::Link => "link",
            Self::Ticket(kind) => return format!("edgeward v1 {usage} ticket {}", kind.as_str()),
            Self::Change => "change",
            Self::Journal => "journal",
        };
        format!("edgeward v1 {usage} {purpose}")
    }
}

impl fmt::Display for RingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("has no key"),
            Self::Shape(at) => write!(f, "entry {at} is not id:base64url"),
            Self::Id(at) => write!(f, "the id of entry {at} is not [a-z0-9][a-z0-9_-]{{0,31}}"),
            Self::Repeated(at) => write!(f, "entry {at} has the id of an earlier entry"),
            Self::Key(at, fault) => write!(f, "the key of entry {at} {fault}"),
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("is not base64url without padding"),
            Self::Short => write!(f, "has fewer than {KEY_BYTES} bytes"),
            Self::Sample => f.write_str("is a sample value or a pattern, not a random one"),
        }
    }
}

/// The key for one purpose and one use.
pub(super) fn derive(key: &SecretBytes, purpose: Purpose, usage: Use) -> Zeroizing<[u8; 32]> {
    expand(key.reveal(), purpose.info(usage).as_bytes())
}

/// HKDF-SHA-256 without a salt (RFC 5869), 32 bytes of it. Every derived key comes from here.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "HKDF refuses only what is longer than 8,160 bytes"
)]
pub fn expand(key: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, key)
        .expand(info, derived.as_mut())
        .expect("32 bytes is a length HKDF has");
    derived
}

/// HMAC-SHA-256 under this key, ready to be cloned and fed.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "HMAC takes keys of every length (RFC 2104)"
)]
pub fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// The key that chains journals. It comes from `NAME_KEY`, since both last as long as what is stored.
pub fn journal_key(name_key: &SecretBytes) -> SecretBytes {
    SecretBytes::new(derive(name_key, Purpose::Journal, Use::Sign).to_vec())
}

/// The name of the object that keeps something, and nobody can tell what without the key: lower-case
/// base32 of HMAC-SHA-256 over the length-prefixed kind, version of the normal form, and normal form.
///
/// Pinned: under another name, what was stored is lost.
pub fn object_name(
    name_key: &SecretBytes,
    kind: &str,
    form_version: u8,
    normal_form: &str,
) -> String {
    let mut mac = keyed(name_key.reveal());
    for part in [kind.as_bytes(), &[form_version], normal_form.as_bytes()] {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        mac.update(&length.to_be_bytes());
        mac.update(part);
    }
    encoding::base32(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests;
