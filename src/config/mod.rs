//! Variables and secrets, read once into a typed [`Config`].
//!
//! Everything is checked before the first request is served, used or not, and everything wrong is told
//! at once, each problem by the name of its variable. A half-right configuration serves nothing: a gate
//! that guesses what its operator meant is open. No problem and no warning quotes a value, so they can
//! be logged and shown.

mod headers;
mod hooks;
mod limits;
mod list;
mod looks;
mod patterns;
mod reader;
mod rules;
mod secrets;
mod urls;

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

pub use self::{
    headers::{Attribute, AuthCheck, ClientIp},
    hooks::{Hook, HookMode, Hooks, OnFailure},
    limits::{Lifetimes, Limits, SprayGuard},
    list::{Kind, SETTINGS, Setting},
    looks::{Brand, FLOWS},
    patterns::PathPattern,
    rules::{Access, AccessRule, AccessRules},
    secrets::{AdminKey, Scope, Secrets},
    urls::{Endpoint, Origin, PublicUrl, is_loopback},
};
use self::{
    list::is_ours,
    reader::{Read, Reader, choice, fault, flag, number, text},
};
use crate::kit::time::Span;

/// What the runtime was given.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Settings {
    /// Plain values by name: texts, numbers, booleans, or tables and lists as JSON.
    pub values: BTreeMap<String, Value>,
    /// Names of everything else, such as `ADDRESSES` or `ORIGIN`.
    pub bindings: BTreeSet<String>,
}

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable, and the place in it: `LIFETIMES.verify`, `ACCESS_RULES rule 2`.
    pub name: String,
    /// What is wrong: `is missing`.
    pub what: String,
    /// What to do about it: `set it to …`.
    pub fix: String,
}

/// Everything Edgeward is told.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the operator's, each independent of the others"
)]
#[derive(Clone, Debug)]
pub struct Config {
    /// Where visitors reach it.
    pub public: PublicUrl,
    /// Where requests are forwarded.
    pub origin: Origin,
    /// The webhook that sends mails.
    pub notifier: Endpoint,
    /// The hooks.
    pub hooks: Hooks,
    /// Whom signed identity is for.
    pub audience: String,
    /// Who may reach which path.
    pub rules: AccessRules,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// How often things may be tried.
    pub limits: Limits,
    /// Who says where a request comes from.
    pub client_ip: ClientIp,
    /// The location hint of new objects.
    pub home_region: Option<&'static str>,
    /// The fewest characters of a password.
    pub password_min_length: u32,
    /// How new passwords are hashed.
    pub password_hash: PasswordHash,
    /// Where our own routes are.
    pub prefixes: Prefixes,
    /// Who may sign up.
    pub registration: Registration,
    /// Whether people may sign in by a link.
    pub magic_links: bool,
    /// What is done about a password that is tried at many addresses.
    pub spray_guard: SprayGuard,
    /// Whether the origin is told the address.
    pub identity_email: bool,
    /// Inbound header names, lower-cased, that are not removed.
    pub pass_headers: Vec<String>,
    /// Unsigned headers that tell who asks: lower-cased names, and what each tells.
    pub identity_headers: Vec<(&'static str, Attribute)>,
    /// How a proxy of the operator's asks about requests.
    pub auth_check: AuthCheck,
    /// How the site is presented on our pages.
    pub brand: Brand,
    /// Texts of our pages in other words.
    pub words: BTreeMap<String, String>,
    /// Pages of the origin in place of ours, by flow (one of [`FLOWS`]).
    pub custom_pages: BTreeMap<&'static str, String>,
    /// Whether Strict-Transport-Security includes subdomains.
    pub hsts_subdomains: bool,
    /// The pause between password hashes; may be zero.
    pub hash_pause: Span,
    /// Whether responses say `Edgeward-Window`.
    pub window_header: bool,
    /// Whether the old address can undo a change of address.
    pub email_undo: bool,
    /// What must not be told.
    pub secrets: Secrets,
    /// What is odd and does no harm, for the log.
    pub warnings: Vec<String>,
}

/// How new passwords are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordHash {
    /// Argon2id.
    Argon2id,
    /// PBKDF2-HMAC-SHA-256.
    Pbkdf2Sha256,
}

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Who was invited.
    Invite,
    /// Nobody.
    Closed,
}

/// Where our own routes are: everything at and below these paths is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefixes {
    /// The pages: `/login`.
    pub pages: String,
    /// The JSON routes: `/auth`.
    pub auth: String,
}

impl Config {
    /// Reads everything, or says everything that is wrong.
    pub fn read(settings: &Settings) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(&settings.values);
        let config = Self::collect(&mut reader, settings);
        match config {
            Some(config) if reader.problems.is_empty() => Ok(config),
            _ => Err(reader.problems),
        }
    }

    /// The configuration as far as it could be read. Parts that fell back to a default after a problem
    /// are in it, so it must not be used when there are problems.
    fn collect(reader: &mut Reader<'_>, settings: &Settings) -> Option<Self> {
        let public = reader.required(
            "PUBLIC_URL",
            "set it to the address visitors use, like https://app.example.org",
            urls::public_url,
        );
        let bound = settings.bindings.contains("ORIGIN");
        let origin = urls::origin(reader, bound, public.as_ref());
        let notifier = reader.required(
            "NOTIFIER_URL",
            "set it to the webhook that sends your mails",
            urls::endpoint,
        );
        let hooks = Hooks::read(reader);
        let rules = AccessRules::read(reader);
        let prefixes = Prefixes::read(reader);
        let brand = Brand::read(reader, public.as_ref());
        let custom_pages = looks::custom_pages(reader, &prefixes, &rules);
        let secrets = Secrets::read(reader);
        let audience = reader.optional("AUDIENCE", audience);
        let magic_links = reader.or("MAGIC_LINKS", true, flag);
        let identity_email = reader.or("IDENTITY_EMAIL", false, flag);
        let pass_headers = reader.or("PASS_HEADERS", Vec::new(), headers::pass_headers);
        Some(Self {
            lifetimes: Lifetimes::read(reader),
            limits: Limits::read(reader),
            client_ip: reader.or("CLIENT_IP", ClientIp::Cloudflare, headers::client_ip),
            home_region: reader.optional("HOME_REGION", |value| choice(value, &REGIONS)),
            password_min_length: reader.or("PASSWORD_MIN_LENGTH", 15, |value| number(value, 8, 64)),
            password_hash: reader.or("PASSWORD_HASH", PasswordHash::Argon2id, password_hash),
            registration: reader.or("REGISTRATION", Registration::Open, registration),
            magic_links,
            spray_guard: limits::spray_guard(reader, magic_links),
            identity_headers: headers::identity_headers(reader, identity_email, &pass_headers),
            auth_check: headers::auth_check(reader, &rules, secrets.as_ref()),
            identity_email,
            pass_headers,
            words: looks::words(reader),
            hsts_subdomains: reader.or("HSTS_SUBDOMAINS", false, flag),
            hash_pause: reader.or("HASH_PAUSE", Span(20), hash_pause),
            window_header: reader.or("WINDOW_HEADER", true, flag),
            email_undo: reader.or("EMAIL_UNDO", true, flag),
            audience: audience.or_else(|| Some(public.as_ref()?.origin.clone()))?,
            public: public?,
            origin: origin?,
            notifier: notifier?,
            secrets: secrets?,
            hooks,
            rules,
            prefixes,
            brand,
            custom_pages,
            warnings: warnings(settings),
        })
    }
}

/// The texts of `WORDS` that can be read, for whoever knows which there are.
pub fn words(settings: &Settings) -> BTreeMap<String, String> {
    looks::words(&mut Reader::new(&settings.values))
}

impl Prefixes {
    /// Reads the prefixes alone, from variables of which all others are left unread.
    pub fn parse(values: &BTreeMap<String, Value>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(values);
        let prefixes = Self::read(&mut reader);
        match reader.problems.as_slice() {
            [] => Ok(prefixes),
            _ => Err(reader.problems),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        let prefixes = Self {
            pages: reader.or("PAGES_PREFIX", "/login".to_owned(), prefix),
            auth: reader.or("AUTH_PREFIX", "/auth".to_owned(), prefix),
        };
        let (pages, auth) = (&prefixes.pages, &prefixes.auth);
        if is_at_or_below(pages, auth) || is_at_or_below(auth, pages) {
            let what = "is PAGES_PREFIX, or one of the two lies below the other";
            reader.problem("AUTH_PREFIX", what, "set them apart, like /login and /auth");
        }
        prefixes
    }

    /// Whether this path, spelt exactly so, is one of ours.
    pub fn hold(&self, path: &str) -> bool {
        is_at_or_below(path, &self.pages) || is_at_or_below(path, &self.auth)
    }

    /// Whether this reading of a path could be taken for one of ours.
    pub fn hold_loosely(&self, reading: &[u8]) -> bool {
        [&self.pages, &self.auth]
            .iter()
            .any(|prefix| patterns::below_loosely(prefix, reading).is_some())
    }
}

fn is_at_or_below(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn prefix(value: &Value) -> Read<String> {
    let path = text(value)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    let segment = |part: &str| !part.is_empty() && part.bytes().all(plain);
    let parts = path.strip_prefix('/');
    if parts.is_some_and(|parts| parts.split('/').all(segment)) {
        Ok(path.to_owned())
    } else {
        fault(
            "is not a path of plain segments",
            "write it like /login or /account/auth: small letters, digits, - and _",
        )
    }
}

/// The location hints the platform knows.
const REGIONS: [(&str, &str); 9] = [
    ("wnam", "wnam"),
    ("enam", "enam"),
    ("sam", "sam"),
    ("weur", "weur"),
    ("eeur", "eeur"),
    ("apac", "apac"),
    ("oc", "oc"),
    ("afr", "afr"),
    ("me", "me"),
];

fn password_hash(value: &Value) -> Read<PasswordHash> {
    choice(
        value,
        &[
            ("argon2id", PasswordHash::Argon2id),
            ("pbkdf2-sha256", PasswordHash::Pbkdf2Sha256),
        ],
    )
}

fn registration(value: &Value) -> Read<Registration> {
    choice(
        value,
        &[
            ("open", Registration::Open),
            ("invite", Registration::Invite),
            ("closed", Registration::Closed),
        ],
    )
}

fn audience(value: &Value) -> Read<String> {
    let text = text(value)?;
    if text.len() <= 256 && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        Ok(text.to_owned())
    } else {
        fault(
            "has more than 256 characters, or some that are not ASCII",
            "set it to a name or URL that your origin checks",
        )
    }
}

/// `20ms`, or milliseconds as a number; zero is allowed.
fn hash_pause(value: &Value) -> Read<Span> {
    const MOST: Span = Span::seconds(1);
    let millis = number(value, 0, 1000).map(|millis| Span(i64::from(millis)));
    let told = match value.as_str().map(str::trim) {
        Some("0ms" | "0s") => Some(Span::ZERO),
        Some(text) => Span::parse(text),
        None => None,
    };
    match millis.ok().or(told).filter(|pause| *pause <= MOST) {
        Some(pause) => Ok(pause),
        None => fault("is not a time from 0ms to 1s", "write it like 20ms"),
    }
}

/// One warning for everything that is not ours.
fn warnings(settings: &Settings) -> Vec<String> {
    let strange: Vec<String> = settings
        .values
        .keys()
        .filter(|name| !is_ours(name))
        .map(|name| name.escape_debug().to_string())
        .collect();
    let warning = || format!("not settings of Edgeward, ignored: {}", strange.join(", "));
    (!strange.is_empty()).then(warning).into_iter().collect()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.name, self.what, self.fix)
    }
}

#[cfg(test)]
mod tests;
