//! What the pages look like and say, and which pages are the operator's own: `BRAND`, `WORDS`, `CUSTOM_PAGES`.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::Value;

use super::{
    Prefixes, PublicUrl,
    patterns::is_plain_path,
    reader::{Read, Reader, fault, text},
    rules::{Access, AccessRules},
    urls::web_address,
};

/// How the operator's site is presented on our pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The site's name; the host of `PUBLIC_URL` unless told.
    pub name: String,
    /// The address of a picture.
    pub logo: Option<String>,
    /// A colour, `#rrggbb`.
    pub accent: Option<String>,
    /// Where visitors find help: an https or mailto address.
    pub support: Option<String>,
}

/// The flows that may have a page of the operator's.
pub const FLOWS: [&str; 11] = [
    "login", "signup", "verify", "resend", "forgot", "reset", "magic", "invite", "email", "undo",
    "account",
];

impl Brand {
    pub(super) fn read(reader: &mut Reader<'_>, public: Option<&PublicUrl>) -> Self {
        let host = public.map_or("", |public| {
            public
                .host
                .rsplit_once(':')
                .map_or(public.host.as_str(), |(host, _)| host)
        });
        let mut table = reader.table("BRAND");
        let brand = Self {
            name: table.or(reader, "name", host.to_owned(), |value| line(value, 60)),
            logo: table.optional(reader, "logo", web_address),
            accent: table.optional(reader, "accent", accent),
            support: table.optional(reader, "support", support),
        };
        table.close(reader);
        brand
    }
}

/// `WORDS`, `WORDS_2` and so on: texts of our pages, said in other words. Which names there are, the pages
/// know.
pub(super) fn words(reader: &mut Reader<'_>) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for variable in reader.numbered("WORDS") {
        for (name, value) in reader.table(&variable).rest() {
            let place = format!("{variable}.{}", name.escape_debug());
            match words.entry(name) {
                Entry::Occupied(_) => {
                    let what = "was said before, in a variable with a lower number";
                    reader.problem(&place, what, "remove one of the two");
                }
                Entry::Vacant(free) => {
                    let text = reader.keep(&place, line(&value, 2000));
                    text.map(|text| free.insert(text));
                }
            }
        }
    }
    words
}

/// `CUSTOM_PAGES`: a page of the origin for each flow named. It must be open to people who are not
/// signed in, and must not be one of ours.
pub(super) fn custom_pages(
    reader: &mut Reader<'_>,
    prefixes: &Prefixes,
    rules: &AccessRules,
) -> BTreeMap<&'static str, String> {
    let mut table = reader.table("CUSTOM_PAGES");
    let mut pages = BTreeMap::new();
    for flow in FLOWS {
        let page = table.optional(reader, flow, |value| page(value, prefixes, rules));
        if let Some(page) = page {
            pages.insert(flow, page);
        }
    }
    table.close(reader);
    pages
}

fn page(value: &Value, prefixes: &Prefixes, rules: &AccessRules) -> Read<String> {
    let path = text(value)?;
    if !is_plain_path(path) {
        return fault(
            "is not a plain path of the origin",
            "write it like /welcome/sign-in",
        );
    }
    if prefixes.hold(&path.to_ascii_lowercase()) {
        return fault("is below one of our own prefixes", "choose another path");
    }
    let rule = rules.first("GET", path.as_bytes());
    match rule.map(|rule| &rule.access) {
        Some(Access::Public | Access::Optional) => Ok(path.to_owned()),
        _ => fault(
            "is not open to people who are not signed in",
            "add a rule to ACCESS_RULES that makes it public or optional",
        ),
    }
}

/// One line of text that a page may show.
fn line(value: &Value, most: usize) -> Read<String> {
    let text = text(value)?;
    let fits = !text.is_empty() && text.chars().count() <= most;
    if fits && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        fault(
            format!("is empty, has more than {most} characters, or more than one line"),
            "shorten it",
        )
    }
}

fn accent(value: &Value) -> Read<String> {
    let text = text(value)?;
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        fault("is not a colour", "write it like #0a6cff")
    }
}

fn support(value: &Value) -> Read<String> {
    let address = text(value)?;
    match url::Url::parse(address) {
        Ok(url) if url.scheme() == "mailto" && url.path().contains('@') => Ok(url.into()),
        Ok(url) if url.scheme() == "mailto" => fault(
            "is mailto: without an address",
            "write it like mailto:help@example.org",
        ),
        _ => web_address(value),
    }
}
