//! `ACCESS_RULES`: who may reach which path of the origin.
//!
//! The rules are ordered and the first match wins; where none matches, a signed-in visitor is required.
//! Patterns are plain on purpose (no escapes, no dots, no doubled slashes): requests are read in
//! several ways and each reading is compared with the same pattern (see `web::access`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Problem,
    patterns::PathPattern,
    reader::{Read, Reader, Table, fault, flag, list, span, table, text},
    urls::plain_origin,
};
use crate::kit::{
    role::{MOST_ROLES, Role},
    time::Span,
};

/// The rules, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRules {
    rules: Vec<AccessRule>,
    mixed_case: bool,
}

/// One rule.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the operator's, each independent of the others"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRule {
    /// The paths it is for.
    pub path: PathPattern,
    /// Who may come.
    pub access: Access,
    /// The methods it is for; all of them when `None`. `GET` includes `HEAD`.
    pub methods: Option<Vec<String>>,
    /// Whether the session is asked about each time, and not trusted for the window.
    pub strict: bool,
    /// How long ago the sign-in may be at most.
    pub reauth: Option<Span>,
    /// Other origins whose pages may send unsafe requests with the visitor's identity.
    pub origins: Vec<String>,
    /// Whether a public answer may be kept by caches.
    pub cache: bool,
    /// Whether a preflight (Fetch, CORS protocol) passes without identity.
    pub preflight: bool,
    /// Whether the body is buffered and covered by the signature.
    pub digest: bool,
}

/// Who may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; who they are is not looked at.
    Public,
    /// Everybody; the origin is told who they are when they are signed in.
    Optional,
    /// Who is signed in.
    Required,
    /// Who is signed in and has one of these roles.
    Roles(Vec<Role>),
}

impl AccessRules {
    /// All rules, in order.
    pub fn iter(&self) -> impl Iterator<Item = &AccessRule> {
        self.rules.iter()
    }

    /// Whether a pattern has an upper-case letter, so that even a lower-case path must be compared
    /// regardless of case.
    pub fn mixed_case(&self) -> bool {
        self.mixed_case
    }

    /// The first rule for this method and this path as it is spelt.
    pub fn first(&self, method: &str, path: &[u8]) -> Option<&AccessRule> {
        self.rules
            .iter()
            .find(|rule| rule.path.covers(path) && rule.is_for(method))
    }

    /// The first rule for this method and this path, regardless of case, doubled slashes and a slash
    /// at the end.
    pub fn first_loosely(&self, method: &str, path: &[u8]) -> Option<&AccessRule> {
        self.rules
            .iter()
            .find(|rule| rule.path.covers_loosely(path) && rule.is_for(method))
    }

    /// Reads the rules alone, from variables of which all others are left unread.
    pub fn parse(values: &BTreeMap<String, Value>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(values);
        let rules = Self::read(&mut reader);
        match reader.problems.as_slice() {
            [] => Ok(rules),
            _ => Err(reader.problems),
        }
    }

    /// Reads `ACCESS_RULES`, `ACCESS_RULES_2` and so on, one after the other.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mut rules = Vec::new();
        let mut places = Vec::new();
        for name in reader.numbered("ACCESS_RULES") {
            let entries = reader.or(&name, Vec::new(), list);
            for (at, entry) in (1..).zip(&entries) {
                let place = format!("{name} rule {at}");
                if let Some(rule) = AccessRule::read(reader, &place, entry) {
                    rules.push(rule);
                    places.push(place);
                }
            }
        }
        for (at, place) in places.iter().enumerate() {
            if leaves_methods_open(&rules, at) {
                let what = "has methods and is stricter than what other methods would meet";
                let fix = "put a laxer rule with methods first, and let the strict one be for all";
                reader.problem(place, what, fix);
            }
        }
        let mixed_case = rules.iter().any(|rule| rule.path.has_upper_case());
        Self { rules, mixed_case }
    }
}

/// Whether the rule at this place is for some methods only, while others meet something laxer on the
/// same paths: methods its author forgot, or that nobody has heard of yet. A later rule that names its
/// methods was meant for them; one without methods, or none at all, is where the forgotten ones end.
fn leaves_methods_open(rules: &[AccessRule], at: usize) -> bool {
    let (_, following) = rules.split_at(at);
    let Some((rule, following)) = following.split_first() else {
        return false;
    };
    if rule.methods.is_none() {
        return false;
    }
    let otherwise = AccessRule::otherwise();
    for later in following.iter().filter(|later| later.methods.is_none()) {
        if later.path.overlaps(&rule.path) && !later.is_as_strict_as(rule) {
            return true;
        }
        if later.path.includes(&rule.path) {
            return false;
        }
    }
    !otherwise.is_as_strict_as(rule)
}

impl AccessRule {
    fn read(reader: &mut Reader<'_>, place: &str, entry: &Value) -> Option<Self> {
        let entries = reader.keep(place, table(entry))?;
        let mut table = Table::of(place, entries);
        let path = table.required(reader, "path", "write it like /admin/*", path);
        let access = table.required(reader, "access", ACCESS, access);
        let methods = table.optional(reader, "methods", methods);
        let strict = table.or(reader, "strict", false, flag);
        let reauth = table.optional(reader, "reauth", |value| {
            span(value, Span::seconds(1), Span::days(30))
        });
        let origins = table.or(reader, "origins", Vec::new(), origins);
        let cache = table.or(reader, "cache", false, flag);
        let preflight = table.or(reader, "preflight", false, flag);
        let digest = table.or(reader, "digest", false, flag);
        table.close(reader);
        let open = matches!(access, Some(Access::Public | Access::Optional));
        if reauth.is_some() && open {
            let what = "asks for a recent sign-in where none is required";
            reader.problem(place, what, "make access required, or leave out reauth");
        }
        if cache
            && access
                .as_ref()
                .is_some_and(|access| *access != Access::Public)
        {
            let what = "lets caches keep an answer that is not public";
            reader.problem(place, what, "make access public, or leave out cache");
        }
        Some(Self {
            path: path?,
            access: access?,
            methods,
            strict,
            reauth,
            origins,
            cache,
            preflight,
            digest,
        })
    }

    /// Whether the rule is for this method, spelt as it was sent.
    fn is_for(&self, method: &str) -> bool {
        let method = if method == "HEAD" { "GET" } else { method };
        let named = |methods: &Vec<String>| methods.iter().any(|known| known == method);
        self.methods.as_ref().is_none_or(named)
    }

    /// Whether everyone this rule lets in, the other one lets in as well.
    fn is_as_strict_as(&self, other: &Self) -> bool {
        let access = match (&self.access, &other.access) {
            (_, Access::Public | Access::Optional)
            | (Access::Required | Access::Roles(_), Access::Required) => true,
            (Access::Roles(mine), Access::Roles(theirs)) => {
                mine.iter().all(|role| theirs.contains(role))
            }
            _ => false,
        };
        let reauth = match (self.reauth, other.reauth) {
            (_, None) => true,
            (Some(mine), Some(theirs)) => mine <= theirs,
            (None, Some(_)) => false,
        };
        access && reauth
    }

    /// What holds where no rule matches.
    fn otherwise() -> Self {
        Self {
            path: PathPattern::everything(),
            access: Access::Required,
            methods: None,
            strict: false,
            reauth: None,
            origins: Vec::new(),
            cache: false,
            preflight: false,
            digest: false,
        }
    }
}

const ACCESS: &str = "write \"public\", \"optional\", \"required\" or {\"roles\": [\"admin\"]}";

fn path(value: &Value) -> Read<PathPattern> {
    match PathPattern::parse(text(value)?) {
        Some(path) => Ok(path),
        None => fault(
            "is not a plain path, or one with /* at its end",
            "write it like /, /about or /admin/*: no escapes, no empty or dot segments, no slash at the end",
        ),
    }
}

fn access(value: &Value) -> Read<Access> {
    match value {
        Value::String(word) => match word.as_str() {
            "public" => Ok(Access::Public),
            "optional" => Ok(Access::Optional),
            "required" => Ok(Access::Required),
            _ => fault("is not a word it may be", ACCESS),
        },
        Value::Object(entries) if entries.len() == 1 => {
            match entries.get("roles").and_then(Value::as_array) {
                Some(names) => roles(names),
                None => fault("is a table without a list of roles", ACCESS),
            }
        }
        _ => fault("is neither a word nor a table of roles", ACCESS),
    }
}

fn roles(names: &[Value]) -> Read<Access> {
    let roles: Option<Vec<Role>> = names
        .iter()
        .map(|name| Role::parse(name.as_str()?))
        .collect();
    match roles.filter(|roles| (1..=MOST_ROLES).contains(&roles.len())) {
        Some(roles) => Ok(Access::Roles(roles)),
        None => fault(
            format!("is not a list of 1 to {MOST_ROLES} roles"),
            "spell each role [a-z0-9][a-z0-9:_-]{0,31}",
        ),
    }
}

fn methods(value: &Value) -> Read<Vec<String>> {
    let named: Option<Vec<String>> = list(value)?.iter().map(method).collect();
    match named {
        Some(methods) if methods.iter().any(|method| method == "HEAD") => {
            fault("names HEAD, which counts as GET", "name GET")
        }
        Some(methods) if !methods.is_empty() => Ok(methods),
        _ => fault(
            "is not a list of methods in capitals",
            "write it like [\"GET\", \"POST\"]",
        ),
    }
}

fn method(value: &Value) -> Option<String> {
    let method = value.as_str().filter(|method| !method.is_empty())?;
    let plain = |b: u8| b.is_ascii_uppercase() || b == b'-';
    method.bytes().all(plain).then(|| method.to_owned())
}

fn origins(value: &Value) -> Read<Vec<String>> {
    list(value)?.iter().map(plain_origin).collect()
}

#[cfg(test)]
mod tests;
