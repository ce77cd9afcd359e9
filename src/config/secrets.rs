//! The secrets. What is wrong with one is told by its name and the number of the entry, never by value.

use std::collections::BTreeSet;

use serde_json::Value;

use super::reader::{Read, Reader, fault, text};
use crate::kit::{
    encoding,
    keys::{KEY_BYTES, KeyRing, is_key_id, is_sample, read_key},
    secret::{SecretBytes, equal},
    sorted,
};

/// Everything Edgeward must keep to itself.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// What every cookie is signed or sealed with, by way of a derived key per purpose.
    pub cookies: KeyRing,
    /// What identity is signed with. The origin holds the same bytes.
    pub identity: Option<KeyRing>,
    /// Ed25519 seeds of 32 bytes; the origin holds the public halves.
    pub assertions: Option<KeyRing>,
    /// What passwords are keyed with before they are hashed.
    pub peppers: KeyRing,
    /// What webhooks are signed with, each of them.
    pub webhooks: Vec<SecretBytes>,
    /// What objects are named with. It can never be changed.
    pub names: SecretBytes,
    /// What operators' programs show.
    pub admins: Vec<AdminKey>,
}

/// A key of an operator's program.
#[derive(Clone, Debug)]
pub struct AdminKey {
    /// Its name, which the journal tells.
    pub id: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// The key itself.
    pub key: SecretBytes,
}

/// What an operator's key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Look at accounts.
    Read,
    /// Change accounts.
    Accounts,
    /// Invite people.
    Invitations,
    /// Make smart links.
    Links,
    /// Ask about the requests of others; for a proxy.
    Check,
}

impl Scope {
    /// Every scope, under the word settings have for it.
    const WORDS: [(&str, Self); 5] = [
        ("read", Self::Read),
        ("accounts", Self::Accounts),
        ("invitations", Self::Invitations),
        ("links", Self::Links),
        ("check", Self::Check),
    ];
}

const MAKE: &str = "make it with npm run setup, or by hand from 32 random bytes";

impl Secrets {
    /// Reads all of them. `None` when one that is needed is missing or no good.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let cookies = reader.required("COOKIE_KEYS", MAKE, ring);
        let identity = reader.optional("IDENTITY_KEYS", ring);
        let assertions = reader.optional("ASSERTION_KEYS", seeds);
        let peppers = reader.required("PEPPERS", MAKE, ring);
        let webhooks = reader.required("WEBHOOK_SECRET", MAKE, webhook_secrets);
        let names = reader.required("NAME_KEY", MAKE, name_key);
        let admins = reader.or("ADMIN_KEYS", Vec::new(), admin_keys);
        let told = |name| reader.value(name).is_some();
        if !told("IDENTITY_KEYS") && !told("ASSERTION_KEYS") {
            let what = "is missing, and so is ASSERTION_KEYS: the origin could trust nothing";
            reader.problem("IDENTITY_KEYS", what, MAKE);
        }
        no_key_twice(
            reader,
            &[
                ("COOKIE_KEYS", all(cookies.as_ref())),
                ("PEPPERS", all(peppers.as_ref())),
                ("NAME_KEY", names.iter().collect()),
                ("IDENTITY_KEYS", all(identity.as_ref())),
                ("ASSERTION_KEYS", all(assertions.as_ref())),
                ("WEBHOOK_SECRET", webhooks.iter().flatten().collect()),
                (
                    "ADMIN_KEYS",
                    admins.iter().map(|admin| &admin.key).collect(),
                ),
            ],
        );
        Some(Self {
            cookies: cookies?,
            identity,
            assertions,
            peppers: peppers?,
            webhooks: webhooks?,
            names: names?,
            admins,
        })
    }
}

fn all(ring: Option<&KeyRing>) -> Vec<&SecretBytes> {
    ring.into_iter()
        .flat_map(KeyRing::iter)
        .map(|(_, key)| key)
        .collect()
}

/// One key in two variables: who is given one of them could then make what only the other should.
fn no_key_twice(reader: &mut Reader<'_>, variables: &[(&str, Vec<&SecretBytes>)]) {
    for (at, (name, keys)) in variables.iter().enumerate() {
        let shares = |other: &[&SecretBytes]| {
            keys.iter().any(|key| {
                other
                    .iter()
                    .any(|other| equal(key.reveal(), other.reveal()))
            })
        };
        let earlier = variables.iter().take(at).find(|(_, other)| shares(other));
        if let Some((earlier, _)) = earlier {
            reader.problem(name, &format!("has a key that is also in {earlier}"), MAKE);
        }
    }
}

fn ring(value: &Value) -> Read<KeyRing> {
    KeyRing::parse(text(value)?).or_else(|wrong| {
        fault(
            wrong.to_string(),
            "write it as id:base64url,id:base64url with 32 random bytes or more for each key",
        )
    })
}

fn seeds(value: &Value) -> Read<KeyRing> {
    let ring = ring(value)?;
    let whole = ring.iter().all(|(_, seed)| seed.reveal().len() == 32);
    if whole {
        Ok(ring)
    } else {
        fault(
            "has a key that is not an Ed25519 seed",
            "make each key of exactly 32 random bytes",
        )
    }
}

fn name_key(value: &Value) -> Read<SecretBytes> {
    read_key(text(value)?).or_else(|wrong| {
        fault(
            wrong.to_string(),
            format!("write {KEY_BYTES} random bytes or more as base64url"),
        )
    })
}

/// `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks 1.0 has it; several between spaces.
fn webhook_secrets(value: &Value) -> Read<Vec<SecretBytes>> {
    let secret = |(at, entry): (usize, &str)| {
        let bytes = entry
            .strip_prefix("whsec_")
            .and_then(encoding::from_base64)
            .filter(|bytes| (24..=64).contains(&bytes.len()));
        match bytes {
            Some(bytes) if !is_sample(&bytes) => Ok(SecretBytes::new(bytes)),
            Some(_) => fault(format!("entry {at} is a sample value or a pattern"), MAKE),
            None => fault(
                format!("entry {at} is not whsec_ and base64 of 24 to 64 bytes"),
                "write whsec_… as Standard Webhooks has it, several with spaces between",
            ),
        }
    };
    (1..)
        .zip(text(value)?.split_whitespace())
        .map(secret)
        .collect()
}

/// `id:scopes:base64url`, several with commas between; scopes with `+` between.
fn admin_keys(value: &Value) -> Read<Vec<AdminKey>> {
    let mut admins: Vec<AdminKey> = Vec::new();
    for (at, entry) in (1..).zip(text(value)?.split(',')) {
        let Some(admin) = admin_key(entry.trim()) else {
            return fault(
                format!(
                    "entry {at} is not id:scopes:base64url with a random key of 32 bytes or more"
                ),
                "write it like ops:read+accounts+invitations+links:…",
            );
        };
        if admins.iter().any(|known| known.id == admin.id) {
            return fault(
                format!("entry {at} has the id of an earlier entry"),
                "give each key its own",
            );
        }
        admins.push(admin);
    }
    Ok(admins)
}

fn admin_key(entry: &str) -> Option<AdminKey> {
    let (id, rest) = entry.split_once(':')?;
    let (scopes, key) = rest.split_once(':')?;
    let scope = |word| {
        let known = Scope::WORDS.iter().find(|(name, _)| *name == word);
        known.map(|(_, scope)| *scope)
    };
    Some(AdminKey {
        id: is_key_id(id).then(|| id.to_owned())?,
        scopes: sorted::filled(scopes.split('+').map(scope).collect::<Option<Vec<_>>>()?),
        key: read_key(key).ok()?,
    })
}
