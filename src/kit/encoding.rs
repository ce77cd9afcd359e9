//! The two alphabets of Edgeward, both canonical: a value has one spelling, and any other is refused.

use std::sync::LazyLock;

use data_encoding::{BASE64URL_NOPAD, Encoding, Specification};

/// Base64url without padding (RFC 4648 §5).
pub fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// Reads base64url without padding; trailing bits that are not zero are refused.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

/// Lower-case base32 without padding (RFC 4648 §6, lower-cased).
pub fn base32(bytes: &[u8]) -> String {
    LOWER_BASE32
        .as_ref()
        .map_or_else(String::new, |encoding| encoding.encode(bytes))
}

/// Reads what [`base32`] writes, and nothing else.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    LOWER_BASE32.as_ref()?.decode(text.as_bytes()).ok()
}

/// Its table is made once. It is a plain one; that it can be made, the tests show.
static LOWER_BASE32: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().ok()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_spelling() {
        assert_eq!(from_base64url("AA"), Some(vec![0]));
        assert_eq!(from_base64url("AB"), None, "trailing bits");
        assert_eq!(from_base64url("AA=="), None, "padding");
        assert_eq!(from_base32(&base32(&[7; 16])), Some(vec![7; 16]));
        assert_eq!(from_base32("AA"), None, "upper case");
    }
}
