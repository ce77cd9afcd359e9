//! Header names that operators tell us: whose word on client addresses counts, what is let through, by which
//! names existing applications are told who asks, and how a proxy says what it asks about.

use serde_json::Value;

use super::{
    reader::{Read, Reader, choice, fault, list, table, text},
    rules::AccessRules,
    secrets::{Scope, Secrets},
};

/// Who says where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientIp {
    /// Cloudflare's edge, in `CF-Connecting-IP`.
    Cloudflare,
    /// A proxy that overwrites this header (lower-cased).
    Header(String),
    /// Nobody: all clients share one network.
    Nobody,
}

/// What a header of `IDENTITY_HEADERS` tells about who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// The account's id.
    Account,
    /// The address.
    Email,
    /// The roles, with commas between.
    Roles,
}

/// How a proxy of the operator's, which asks `/auth/check` about a request, says what that request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthCheck {
    /// No proxy asks: there is no such route.
    Off,
    /// `X-Original-Method` and `X-Original-URI`, for nginx: it knows 2xx, 401 and 403, so nothing leads elsewhere.
    XOriginal,
    /// `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`, for proxies that hand every refusal to the visitor as
    /// it is.
    XForwarded,
}

/// `AUTH_CHECK`, and what it does not go together with.
pub(super) fn auth_check(
    reader: &mut Reader<'_>,
    rules: &AccessRules,
    secrets: Option<&Secrets>,
) -> AuthCheck {
    const NAME: &str = "AUTH_CHECK";
    const WORDS: [(&str, AuthCheck); 3] = [
        ("off", AuthCheck::Off),
        ("x-original", AuthCheck::XOriginal),
        ("x-forwarded", AuthCheck::XForwarded),
    ];
    let check = reader.or(NAME, AuthCheck::Off, |value| choice(value, &WORDS));
    if check == AuthCheck::Off {
        return check;
    }
    if rules.iter().any(|rule| rule.digest) {
        let what = "is on beside a rule with digest, and a check never sees a body";
        reader.problem(
            NAME,
            what,
            "take digest out of ACCESS_RULES, or turn it off",
        );
    }
    let may_ask = |secrets: &Secrets| {
        let mut keys = secrets.admins.iter();
        keys.any(|key| key.scopes.contains(&Scope::Check))
    };
    if secrets.is_some_and(|secrets| !may_ask(secrets)) {
        let what = "is on, and no key in ADMIN_KEYS has the scope check";
        reader.problem(NAME, what, "add one for the proxy, like proxy:check:…");
    }
    check
}

/// `CLIENT_IP`.
pub(super) fn client_ip(value: &Value) -> Read<ClientIp> {
    let text = text(value)?;
    match (text, text.strip_prefix("header:").and_then(header_name)) {
        ("cloudflare", _) => Ok(ClientIp::Cloudflare),
        ("none", _) => Ok(ClientIp::Nobody),
        (_, Some(name)) => Ok(ClientIp::Header(name)),
        _ => fault(
            "does not say where client addresses come from",
            "set it to cloudflare, header:<name> or none",
        ),
    }
}

/// `PASS_HEADERS`.
pub(super) fn pass_headers(value: &Value) -> Read<Vec<String>> {
    let names = list(value)?;
    let names: Option<Vec<String>> = names
        .iter()
        .map(|name| header_name(name.as_str()?))
        .collect();
    let Some(names) = names else {
        return fault(
            "is not a list of header names",
            "write it like [\"x-real-ip\"]",
        );
    };
    if names.iter().any(|name| is_identity_header(name)) {
        return fault(
            "lets through a header that carries our own signed identity",
            "leave out edgeward-* and signature names",
        );
    }
    Ok(names)
}

/// `IDENTITY_HEADERS`: lower-cased names, and what each tells. Whatever is wrong with it is told, and what
/// it does not go together with.
pub(super) fn identity_headers(
    reader: &mut Reader<'_>,
    tells_email: bool,
    passed: &[String],
) -> Vec<(&'static str, Attribute)> {
    const WORDS: [(&str, Attribute); 3] = [
        ("account", Attribute::Account),
        ("email", Attribute::Email),
        ("roles", Attribute::Roles),
    ];
    let mut mapped: Vec<(&'static str, Attribute)> = Vec::new();
    for (name, value) in reader.or("IDENTITY_HEADERS", serde_json::Map::new(), table) {
        let place = format!("IDENTITY_HEADERS.{}", name.escape_debug());
        let attribute = reader.keep(&place, choice(&value, &WORDS));
        let (name, problem) = (
            name.to_ascii_lowercase(),
            |reader: &mut Reader<'_>, what, fix| {
                reader.problem(&place, what, fix);
            },
        );
        if !may_tell_identity(&name) {
            let fix = "choose one like X-Forwarded-User: letters, digits and at least one -";
            problem(
                reader,
                "is no name for such a header, or has another meaning",
                fix,
            );
        }
        if mapped.iter().any(|(known, _)| *known == name) {
            problem(reader, "comes twice", "remove one of the two");
        }
        if passed.iter().any(|passed| folded(passed) == name) {
            let what = "is let through by PASS_HEADERS, so visitors could send their own";
            problem(reader, what, "take it out of PASS_HEADERS");
        }
        if attribute == Some(Attribute::Email) && !tells_email {
            let what = "tells the address, while IDENTITY_EMAIL is off";
            let fix = "set IDENTITY_EMAIL = \"on\", which asks the account at each request, or tell account";
            problem(reader, what, fix);
        }
        // Settings are read once, and stay as long as what reads them.
        mapped.extend(attribute.map(|attribute| (&*name.leak(), attribute)));
    }
    mapped
}

/// Whether a header of this name may say who asks: not where HTTP, browsers or Edgeward mean something else
/// by it.
fn may_tell_identity(name: &str) -> bool {
    const OTHERS: [&str; 17] = [
        "accept-",
        "access-control-",
        "cache-",
        "content-",
        "edgeward-",
        "if-",
        "keep-",
        "proxy-",
        "sec-",
        "set-cookie",
        "signature-",
        "strict-transport-",
        "transfer-",
        "upgrade-",
        "user-agent",
        "www-authenticate",
        "x-http-method",
    ];
    const OURS: [&str; 3] = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    name.trim_matches('-').contains('-')
        && name.bytes().all(plain)
        && !OTHERS.iter().any(|start| name.starts_with(start))
        && !OURS.contains(&name)
}

/// Whether a forged header of this name could pass for ours. Servers differ in how they read what is
/// neither letter nor digit, so all of it counts as `-`.
fn is_identity_header(name: &str) -> bool {
    let name = folded(name);
    name.starts_with("edgeward-") || name == "signature" || name == "signature-input"
}

fn folded(name: &str) -> String {
    let fold = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.chars().map(fold).collect()
}

/// A header's name, lower-cased (RFC 9110 §5.1).
fn header_name(text: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let name = !text.is_empty() && text.bytes().all(plain);
    name.then(|| text.to_ascii_lowercase())
}
