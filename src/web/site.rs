//! What is made of the settings once, and used by every request: keys per purpose, the password hasher,
//! the rules of the objects.

use std::{cell::Cell, collections::BTreeMap};

use crate::{
    account, address,
    config::{self, Config, PasswordHash, Problem, Settings},
    kit::{
        email::EmailAddress,
        encoding,
        id::AccountId,
        keys::{KeyRing, Purpose, journal_key, object_name},
        password::{
            Attempt,
            hash::{Hasher, Scheme},
            policy::Policy as PasswordPolicy,
        },
        sealed::{Sealer, Signer},
        secret::SecretBytes,
        time::{Span, Time},
        token::LinkKind,
    },
    network,
    object::Rules,
    outbox::Secrets,
    pages::{Brand, Words, word_problem},
    store::JournalKey,
};

use super::{
    assertion::AssertionKeys, cookie::ReadBefore, identity::IdentityKey, operator::Operators,
};

/// A gateway, ready to serve.
#[derive(Clone)]
pub struct Site {
    /// What the operator decided.
    pub config: Config,
    /// Keys per purpose.
    pub keys: Keys,
    /// Makes and checks password hashes.
    pub hasher: Hasher,
    /// What a new password must satisfy.
    pub password_policy: PasswordPolicy,
    /// What the objects must know.
    pub rules: Rules,
    /// How pages look.
    pub brand: Brand,
    /// Signs identity; `None` when only assertions are offered.
    pub identity: Option<IdentityKey>,
    /// Signs assertions; `None` when only the other form is offered. One of the two is there.
    pub assertions: Option<AssertionKeys>,
    /// The keys of operators' programs.
    pub operators: Operators,
    /// The latest moment that was seen here.
    pub latest: Latest,
}

/// The latest moment an isolate has seen. A cookie is good by itself for a moment only, and a clock that was set
/// back would make that moment come again: until it has caught up, cookies are asked about.
#[derive(Clone, Debug, Default)]
pub struct Latest(Cell<Time>);

impl Latest {
    /// How far clocks differ that nobody set back.
    const UNEVEN: Span = Span::seconds(5);

    /// Whether the clock was set back, and has not caught up.
    pub fn is_ahead_of(&self, now: Time) -> bool {
        self.0.set(self.0.get().max(now));
        self.0.get().since(now) > Self::UNEVEN
    }
}

/// Keys per purpose: nothing made by one is accepted by another.
#[derive(Clone)]
pub struct Keys {
    /// Signs sessions.
    pub session: Signer,
    /// Signs devices.
    pub device: Signer,
    /// Signs sign-ups.
    pub signup: Signer,
    /// Signs ids of smart links.
    pub link: Signer,
    /// Seals feedback.
    pub flash: Sealer,
    /// Session cookies that were read already.
    pub read_before: ReadBefore,
    ring: KeyRing,
    names: SecretBytes,
}

impl Site {
    /// Makes a gateway of the settings, or says everything that is wrong with them.
    pub fn new(settings: &Settings) -> Result<Self, Vec<Problem>> {
        let wrong_words = word_problems(&config::words(settings));
        let config = match Config::read(settings) {
            Ok(config) if wrong_words.is_empty() => config,
            Ok(_) => return Err(wrong_words),
            Err(problems) => return Err([problems, wrong_words].concat()),
        };
        let peppers = config
            .secrets
            .peppers
            .iter()
            .map(|(id, key)| (id.to_owned(), key.clone()))
            .collect();
        let scheme = match config.password_hash {
            PasswordHash::Argon2id => Scheme::Argon2id,
            PasswordHash::Pbkdf2Sha256 => Scheme::Pbkdf2Sha256,
        };
        let hasher = Hasher::new(scheme, peppers).ok_or_else(|| {
            vec![problem(
                "PEPPERS",
                "cannot be used",
                "set fresh random ones",
            )]
        })?;
        let assertions = config.secrets.assertions.as_ref();
        Ok(Self {
            assertions: assertions.map(|ring| AssertionKeys::new(ring, &config.public.origin)),
            keys: Keys::new(&config),
            password_policy: PasswordPolicy {
                min_length: config.password_min_length as usize,
            },
            rules: rules(&config),
            brand: Brand {
                name: config.brand.name.clone(),
                logo: config.brand.logo.clone(),
                accent: config.brand.accent.clone(),
                support: config.brand.support.clone(),
                words: Words::new(config.words.clone()),
            },
            identity: config.secrets.identity.as_ref().map(IdentityKey::new),
            operators: Operators::new(&config.secrets.admins),
            latest: Latest::default(),
            hasher,
            config,
        })
    }

    /// A page of ours: `/login` and what follows.
    pub fn page(&self, rest: &str) -> String {
        format!("{}{rest}", self.config.prefixes.pages)
    }

    /// The prefixes of our own routes.
    pub fn prefixes(&self) -> [&str; 2] {
        [&self.config.prefixes.pages, &self.config.prefixes.auth]
    }
}

impl Keys {
    fn new(config: &Config) -> Self {
        let ring = &config.secrets.cookies;
        Self {
            session: Signer::new(ring, Purpose::Session),
            device: Signer::new(ring, Purpose::Device),
            signup: Signer::new(ring, Purpose::Signup),
            link: Signer::new(ring, Purpose::Link),
            flash: Sealer::new(ring, Purpose::Flash),
            read_before: ReadBefore::default(),
            ring: ring.clone(),
            names: config.secrets.names.clone(),
        }
    }

    /// Seals tickets of this kind.
    pub fn ticket(&self, kind: LinkKind) -> Sealer {
        Sealer::new(&self.ring, Purpose::Ticket(kind))
    }

    /// Seals a right password that must be replaced.
    pub fn change(&self) -> Sealer {
        Sealer::new(&self.ring, Purpose::Change)
    }

    /// Signs wishes for a sign-in link.
    pub fn magic(&self) -> Signer {
        Signer::new(&self.ring, Purpose::Magic)
    }

    /// The name of the object that keeps this address.
    pub fn address_object(&self, address: &EmailAddress) -> String {
        object_name(&self.names, "email", 1, address.as_str())
    }

    /// The name of the object that keeps this network's budgets.
    pub fn network_object(&self, network: &str) -> String {
        object_name(&self.names, "network", 1, network)
    }

    /// Fifteen bits of a password, keyed: some thousands of passwords share them.
    pub fn password_mark(&self, password: &Attempt) -> String {
        let mut mark = object_name(&self.names, "spray", 1, password.reveal());
        mark.truncate(3);
        mark
    }

    /// Twenty-five bits of an address, keyed afresh for each mark of a password.
    pub fn sprayed_address(&self, mark: &str, address: &EmailAddress) -> String {
        let kind = format!("spray {mark}");
        let mut mark = object_name(&self.names, &kind, 1, address.as_str());
        mark.truncate(5);
        mark
    }

    /// The account that an address without one is checked against. It never exists and writes nothing.
    pub fn decoy_account(&self, address: &EmailAddress) -> AccountId {
        let name = object_name(&self.names, "decoy", 1, address.as_str());
        let mut bits = [0; 16];
        let drawn = encoding::from_base32(&name).unwrap_or_default();
        for (bit, byte) in bits.iter_mut().zip(drawn) {
            *bit = byte;
        }
        AccountId::from_bits(&bits)
    }

    /// What the check object remembers of `NAME_KEY`, so that a changed one is noticed.
    pub fn name_check(&self) -> String {
        object_name(&self.names, "check", 1, "")
    }
}

fn problem(name: &str, what: &str, fix: &str) -> Problem {
    Problem {
        name: name.into(),
        what: what.into(),
        fix: fix.into(),
    }
}

/// What of `WORDS` would never be said.
fn word_problems(words: &BTreeMap<String, String>) -> Vec<Problem> {
    let entries = words.iter();
    let wrong = entries.filter_map(|(name, text)| Some((name, word_problem(name, text)?)));
    wrong
        .map(|(name, (what, fix))| problem(&format!("WORDS.{}", name.escape_debug()), what, &fix))
        .collect()
}

fn rules(config: &Config) -> Rules {
    let (limits, lifetimes) = (&config.limits, &config.lifetimes);
    Rules {
        address: address::Policy {
            unmarked: vec![limits.unmarked],
            marked: vec![limits.marked],
            strangers_mail: limits.mail_strangers.clone(),
            known_mail: limits.mail_known.clone(),
            verify: lifetimes.verify,
            reset: lifetimes.reset,
            magic: lifetimes.magic,
            invite: lifetimes.invite,
            email_change: lifetimes.email_change,
        },
        account: account::Policy {
            idle: lifetimes.idle,
            session: lifetimes.session,
            reset: lifetimes.reset,
            magic: lifetimes.magic,
            email_change: lifetimes.email_change,
            undo: config.email_undo,
        },
        network: network::Policy {
            signin: limits.network_signin.clone(),
            signup: limits.network_signup.clone(),
            mail: limits.network_mail.clone(),
            link: limits.network_link.clone(),
            admin: limits.network_admin.clone(),
        },
        webhooks: Secrets::new(config.secrets.webhooks.clone()),
        journal: JournalKey::new(journal_key(&config.secrets.names)),
        pages_url: format!("{}{}", config.public.origin, config.prefixes.pages),
    }
}
