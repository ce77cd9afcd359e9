//! The alphabets of Edgeward, all canonical: a value has one spelling, and any other is refused. Keys and
//! tokens pass here, so nothing is looked up by what they hold.

use base32ct::{Base32Unpadded, Encoding as _};
use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};

/// Base64url without padding (RFC 4648 §5).
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Reads base64url without padding; trailing bits that are not zero are refused.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// Base64 with padding (RFC 4648 §4).
pub fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Reads base64 with padding.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}

/// Base64 without padding, as PHC strings have it.
pub fn base64_unpadded(bytes: &[u8]) -> String {
    Base64Unpadded::encode_string(bytes)
}

/// Reads base64 without padding.
pub fn from_base64_unpadded(text: &str) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(text).ok()
}

/// Lower-case base32 without padding (RFC 4648 §6, lower-cased).
pub fn base32(bytes: &[u8]) -> String {
    Base32Unpadded::encode_string(bytes)
}

/// Reads what [`base32`] writes, and nothing else.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let bytes = Base32Unpadded::decode_vec(text).ok()?;
    (base32(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_spelling() {
        assert_eq!(from_base64url("AA"), Some(vec![0]));
        assert_eq!(from_base64url("AB"), None, "trailing bits");
        assert_eq!(from_base64url("AA=="), None, "padding");
        assert_eq!(from_base64url("+/+/"), None, "the other alphabet");
        assert_eq!(from_base64(&base64(&[7; 16])), Some(vec![7; 16]));
        assert_eq!(from_base64("AA"), None, "no padding");
        assert_eq!(from_base64("AB=="), None, "trailing bits");
        assert_eq!(from_base64_unpadded("AA=="), None, "padding");
        assert_eq!(from_base64_unpadded("AB"), None, "trailing bits");
        assert_eq!(from_base32(&base32(&[7; 16])), Some(vec![7; 16]));
        assert_eq!(from_base32("AA"), None, "upper case");
        assert_eq!(from_base32("aa"), Some(vec![0]));
        assert_eq!(from_base32("ab"), None, "trailing bits");
        assert_eq!(from_base32("aaa"), None, "a length that no bytes have");
    }
}
