//! Header names that operators tell us: whose word on client addresses counts, and what is let through.

use serde_json::Value;

use super::reader::{Read, fault, list, text};

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

/// Whether a forged header of this name could pass for ours. Servers differ in how they read what is
/// neither letter nor digit, so all of it counts as `-`.
fn is_identity_header(name: &str) -> bool {
    let fold = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = name.chars().map(fold).collect();
    name.starts_with("edgeward-") || name == "signature" || name == "signature-input"
}

/// A header's name, lower-cased (RFC 9110 §5.1).
fn header_name(text: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let name = !text.is_empty() && text.bytes().all(plain);
    name.then(|| text.to_ascii_lowercase())
}
