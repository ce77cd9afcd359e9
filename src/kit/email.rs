//! E-mail addresses: one parser, one normal form, one account per normal form.
//!
//! Accepted is what mail providers hand out: a dot-atom local part (RFC 5322 §3.2.3, no quotes, no
//! comments) and a domain of at least two labels, which may be Unicode and is turned to ASCII
//! (UTS #46, non-transitional). Everything else is refused rather than guessed at: two parsers that
//! read one address differently are how accounts get taken over.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// An address in its normal form: local part and domain lower-cased, the domain in ASCII.
///
/// Case is folded although RFC 5321 lets local parts differ by case: no provider of note does, and
/// two accounts that differ by case only are a trap.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as a person types it; surrounding white space is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        let (local, domain) = text.split_once('@')?;
        if local.len() > 64 || !is_dot_atom(local) {
            return None;
        }
        let domain = ascii_domain(domain)?;
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        (address.len() <= 254).then_some(Self(address))
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// For a page that anyone with the link may see: `a•••@example.org`.
    pub fn masked(&self) -> String {
        let first: String = self.local().chars().take(1).collect();
        format!("{first}•••@{}", self.domain())
    }
}

fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    })
}

/// The domain in lower-case ASCII, when it is a host name of two labels or more and not a number.
fn ascii_domain(domain: &str) -> Option<String> {
    if domain.contains('%') {
        return None;
    }
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let last = labels.last()?;
    let plain = labels.iter().all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    });
    (plain && labels.len() >= 2 && !last.bytes().all(|b| b.is_ascii_digit())).then_some(ascii)
}

impl fmt::Debug for EmailAddress {
    /// Masked: addresses do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .filter(|address| address.0 == text)
            .ok_or_else(|| serde::de::Error::custom("not an address"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_normal_form() {
        for (typed, normal) in [
            ("Ada@Example.ORG", "ada@example.org"),
            (" ada+tag@example.org ", "ada+tag@example.org"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ADA@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("o'hara@sub.example.org", "o'hara@sub.example.org"),
        ] {
            assert_eq!(
                EmailAddress::parse(typed)
                    .as_ref()
                    .map(EmailAddress::as_str),
                Some(normal),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_can_be_read_two_ways_is_refused() {
        for typed in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "ada@example",
            "a@b@example.org",
            "\"ada\"@example.org",
            "ada(comment)@example.org",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "ada@example.org,eve@example.org",
            "ada@example.org;eve@example.org",
            "Ada <ada@example.org>",
            "ada\n@example.org",
            "ada@example.org\r\nBcc: eve@example.org",
            "ada\u{0}@example.org",
            ".ada@example.org",
            "ada.@example.org",
            "a..da@example.org",
            "ada@-example.org",
            "ada@example..org",
            "ada@example.org.",
            "ada@exam ple.org",
            "ädä@example.org",
            "ada@ex%61mple.org",
            "ada@example.o\u{ad}rg\u{202e}",
        ] {
            assert_eq!(EmailAddress::parse(typed), None, "{typed:?}");
        }
        let long = "a".repeat(65);
        assert_eq!(EmailAddress::parse(&format!("{long}@example.org")), None);
    }

    #[test]
    fn an_address_is_masked_where_it_is_printed() {
        let address = EmailAddress::parse("ada@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "a•••@example.org");
    }
}
