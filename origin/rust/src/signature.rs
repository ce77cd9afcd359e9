//! The signature after RFC 9421: `hmac-sha256` over method, path, query and the headers of ours.
//!
//! `Signature-Input` is read as one fixed shape, and refused when it is any other: a verifier that lets the sender
//! choose what is covered lets the sender choose what is checked. The MAC is compared before anything it covers is
//! parsed.

use data_encoding::BASE64;
use hmac::Mac as _;

use crate::{
    identity::Verified,
    keys::Keys,
    reason::{Reason, demand},
    received::{DIGEST, IDENTITY, INPUT, LINK, Received, SIGNATURE},
    times::demand_timely,
};

/// What was signed for a request, in either form.
pub(crate) struct Signed {
    pub verified: Verified,
    pub nonce: String,
    pub expires: i64,
}

/// What was signed for this request.
pub(crate) fn signed_for(
    (method, target): (&str, &str),
    headers: Received<'_>,
    keys: &Keys,
    now: i64,
) -> Result<Signed, Reason> {
    let [identity, input, signature] =
        [IDENTITY, INPUT, SIGNATURE].map(|name| headers.needed(name));
    let (identity, input, signature) = (identity?, input?, signature?);
    let link = headers.value(LINK);
    let input = str::from_utf8(input).map_err(|_| Reason::MalformedInput)?;
    let parameters = input
        .strip_prefix("edgeward=")
        .ok_or(Reason::MalformedInput)?;
    let read = Input::read(parameters).ok_or(Reason::MalformedInput)?;
    let weighed = read.components.ends_with(r#" "content-digest")"#);
    let digest = headers.digest().filter(|_| weighed);
    demand(!weighed || digest.is_some(), Reason::MissingHeader)?;
    let fields: Vec<(&str, &[u8])> = [(IDENTITY, Some(identity)), (LINK, link), (DIGEST, digest)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let names = ["@method", "@path", "@query"]
        .into_iter()
        .chain(fields.iter().map(|(name, _)| *name));
    let quoted: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
    let covered = format!("({})", quoted.join(" "));
    demand(read.components == covered, Reason::WrongComponents)?;
    demand(read.tag == "edgeward", Reason::WrongTag)?;
    let mut mac = keys.find(read.key).ok_or(Reason::UnknownKey)?.clone();

    let given = mac_of(signature).ok_or(Reason::MalformedSignature)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    mac.update(
        format!("\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n").as_bytes(),
    );
    for (name, value) in fields {
        mac.update(format!("\"{name}\": ").as_bytes());
        mac.update(value);
        mac.update(b"\n");
    }
    mac.update(format!("\"@signature-params\": {parameters}").as_bytes());
    // Compared in constant time.
    mac.verify_slice(&given)
        .map_err(|_| Reason::WrongSignature)?;

    let expires = read.expires;
    demand_timely(read.created, expires, now)?;
    Ok(Signed {
        verified: Verified {
            digest: digest.map(|value| String::from_utf8_lossy(value).into_owned()),
            ..Verified::read(identity, link)?
        },
        nonce: read.nonce.to_owned(),
        expires,
    })
}

/// What `Signature-Input` says.
struct Input<'a> {
    components: &'a str,
    created: i64,
    expires: i64,
    nonce: &'a str,
    key: &'a str,
    tag: &'a str,
}

impl<'a> Input<'a> {
    /// `("@method" …);created=1;expires=2;nonce="…";keyid="…";tag="…"`, and nothing else.
    fn read(text: &'a str) -> Option<Self> {
        let (list, rest) = text.strip_prefix('(')?.split_once(')')?;
        let components = text.get(..list.len().checked_add(2)?)?;
        let (created, rest) = rest.strip_prefix(";created=")?.split_once(";expires=")?;
        let (expires, rest) = rest.split_once(";nonce=\"")?;
        let (nonce, rest) = rest.split_once("\";keyid=\"")?;
        let (key, rest) = rest.split_once("\";tag=\"")?;
        let tag = rest.strip_suffix('"')?;
        (!list.contains('(') && is_name(nonce) && is_name(key) && !tag.contains(['"', '\\']))
            .then_some(Self {
                components,
                created: seconds(created)?,
                expires: seconds(expires)?,
                nonce,
                key,
                tag,
            })
    }
}

/// `[A-Za-z0-9_-]{1,64}`.
pub(crate) fn is_name(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(known)
}

/// A whole number of at most twelve digits, in its one spelling.
fn seconds(text: &str) -> Option<i64> {
    let digits = (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    (digits && canonical).then(|| text.parse().ok())?
}

/// `edgeward=:<base64 of 32 bytes>:`, and nothing else. The decoder refuses loose bits.
fn mac_of(header: &[u8]) -> Option<Vec<u8>> {
    let text = header.strip_prefix(b"edgeward=:")?.strip_suffix(b":")?;
    BASE64.decode(text).ok().filter(|mac| mac.len() == 32)
}
