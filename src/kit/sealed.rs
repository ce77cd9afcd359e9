//! Values that travel through a browser and come back: signed where they may be read, sealed where not.
//!
//! Signed: `v1.<key id>.<base64url payload>.<base64url HMAC-SHA-256>`, the MAC over everything before
//! the last dot. Sealed: `v1.<key id>.<base64url of nonce and ciphertext>`, XChaCha20-Poly1305 with
//! `v1.<key id>.` as associated data. The MAC is checked, in constant time, before anything is decoded.
//! A value has one spelling. Keys are derived once, when the signer is made: signing clones a keyed state.

use chacha20poly1305::{
    Key as CipherKey, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{
    encoding,
    keys::{KeyRing, Purpose, Ring, Use, derive, keyed},
};

const VERSION: &str = "v1.";

/// Signs and verifies values of one purpose.
#[derive(Clone)]
pub struct Signer(Ring<Hmac<Sha256>>);

/// Seals and opens values of one purpose.
#[derive(Clone)]
pub struct Sealer(Ring<XChaCha20Poly1305>);

impl Signer {
    /// The signer of this purpose, with every key of the ring.
    pub fn new(ring: &KeyRing, purpose: Purpose) -> Self {
        Self(ring.map(|key| keyed(derive(key, purpose, Use::Sign).as_slice())))
    }

    /// The payload, signed with the first key. Anybody can read it.
    pub fn sign(&self, payload: &[u8]) -> String {
        let (id, mac) = self.0.first();
        let mut text = format!("{VERSION}{id}.{}", encoding::base64url(payload));
        let tag = mac.clone().chain_update(&text).finalize().into_bytes();
        text.push('.');
        text.push_str(&encoding::base64url(&tag));
        text
    }

    /// The payload of a value that one of the keys signed.
    pub fn verify(&self, text: &str) -> Option<Vec<u8>> {
        encoding::from_base64url(self.check(text)?)
    }

    /// The same, still in base64url.
    pub fn check<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (signed, tag) = text.rsplit_once('.')?;
        let (id, payload) = signed.strip_prefix(VERSION)?.split_once('.')?;
        let mac = self.0.find(id)?.clone().chain_update(signed);
        mac.verify_slice(&encoding::from_base64url(tag)?).ok()?;
        Some(payload)
    }
}

impl Sealer {
    /// The sealer of this purpose, with every key of the ring.
    pub fn new(ring: &KeyRing, purpose: Purpose) -> Self {
        Self(ring.map(|key| {
            let derived = derive(key, purpose, Use::Seal);
            XChaCha20Poly1305::new(&CipherKey::from(*derived))
        }))
    }

    /// The secret, sealed with the first key. The nonce must be drawn anew for each value.
    pub fn seal(&self, secret: &[u8], nonce: [u8; 24]) -> String {
        let (id, cipher) = self.0.first();
        let prefix = format!("{VERSION}{id}.");
        let message = Payload {
            msg: secret,
            aad: prefix.as_bytes(),
        };
        // The cipher refuses only what is longer than 256 GB, and a bare nonce opens as nothing.
        let hidden = cipher
            .encrypt(&XNonce::from(nonce), message)
            .unwrap_or_default();
        let whole = [nonce.as_slice(), &hidden].concat();
        format!("{prefix}{}", encoding::base64url(&whole))
    }

    /// The secret of a value that one of the keys sealed.
    pub fn open(&self, text: &str) -> Option<Vec<u8>> {
        let (id, whole) = text.strip_prefix(VERSION)?.split_once('.')?;
        let whole = encoding::from_base64url(whole)?;
        let (nonce, hidden) = whole.split_first_chunk::<24>()?;
        let prefix = format!("{VERSION}{id}.");
        let message = Payload {
            msg: hidden,
            aad: prefix.as_bytes(),
        };
        let cipher = self.0.find(id)?;
        cipher.decrypt(&XNonce::from(*nonce), message).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::token::LinkKind;

    const OLD: &str = "old:AxQlNkdYaXqLnK2-z-DxAhMkNUZXaHmKm6y9zt_wASM";
    const NEW: &str = "new:VGhlIGtleSBvZiBhIHRlc3QsIG5ldmVyIG9mIGEgc2l0ZS4";

    fn ring(text: &str) -> KeyRing {
        KeyRing::parse(text).unwrap()
    }

    fn signer(text: &str) -> Signer {
        Signer::new(&ring(text), Purpose::Session)
    }

    fn sealer(text: &str) -> Sealer {
        Sealer::new(&ring(text), Purpose::Ticket(LinkKind::Verify))
    }

    /// Every text that differs from this one in one place: a character changed, dropped or doubled.
    fn near(text: &str) -> Vec<String> {
        let mut near = Vec::new();
        for (at, this) in text.char_indices() {
            let (before, after) = (&text[..at], &text[at..][1..]);
            near.push(format!("{before}{after}"));
            near.push(format!("{before}{this}{this}{after}"));
            for other in "ABab019-_.=+/ \n".chars() {
                near.push(format!("{before}{other}{after}"));
            }
        }
        near.retain(|other| other != text);
        near
    }

    #[test]
    fn a_change_of_the_signed_form_would_sign_everybody_out() {
        let text = signer(OLD).sign(b"ada");
        assert_eq!(
            text,
            "v1.old.YWRh.iY9h7eA2cEWXY-bkecqXsxsjlqdWLO5M5KFIvbnIf68"
        );
        assert_eq!(signer(OLD).verify(&text), Some(b"ada".to_vec()));
    }

    #[test]
    fn a_change_of_the_sealed_form_would_void_links_in_use() {
        let text = sealer(OLD).seal(b"a token", [7; 24]);
        assert_eq!(
            text,
            "v1.old.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHlUpEss1pNynCzK9tAZKhTn_jgzi9AwQ"
        );
        assert_eq!(sealer(OLD).open(&text), Some(b"a token".to_vec()));
    }

    #[test]
    fn no_altered_value_is_accepted() {
        let (verifier, opener) = (signer(OLD), sealer(OLD));
        for other in near(&verifier.sign(b"{\"account\":\"ada\"}")) {
            assert_eq!(verifier.verify(&other), None, "{other}");
        }
        for other in near(&opener.seal(b"a token", [7; 24])) {
            assert_eq!(opener.open(&other), None, "{other}");
        }
        for other in [
            "",
            ".",
            "v1",
            "v1.",
            "v1.old",
            "v1.old.",
            "v1.old..",
            "v1.old.AA",
        ] {
            assert_eq!(verifier.verify(other), None, "{other}");
            assert_eq!(opener.open(other), None, "{other}");
        }
    }

    #[test]
    fn a_value_outlives_the_promotion_of_a_new_key_and_not_the_removal_of_its_own() {
        let signed = signer(OLD).sign(b"ada");
        let sealed = sealer(OLD).seal(b"ada", [1; 24]);
        let both = format!("{NEW},{OLD}");
        assert_eq!(signer(&both).verify(&signed), Some(b"ada".to_vec()));
        assert_eq!(sealer(&both).open(&sealed), Some(b"ada".to_vec()));
        assert_eq!(signer(NEW).verify(&signed), None);
        assert_eq!(sealer(NEW).open(&sealed), None);
        assert!(signer(&both).sign(b"ada").starts_with("v1.new."));
        assert!(sealer(&both).seal(b"ada", [1; 24]).starts_with("v1.new."));
    }

    #[test]
    fn a_value_under_another_keys_name_is_refused() {
        // The same key under two names: only the name in the value differs.
        let twice = format!("{OLD},{}", OLD.replace("old", "mid"));
        let signed = signer(&twice).sign(b"ada");
        assert_eq!(signer(&twice).verify(&signed.replace("old", "mid")), None);
        let sealed = sealer(&twice).seal(b"ada", [1; 24]);
        assert_eq!(sealer(&twice).open(&sealed.replace("old", "mid")), None);
    }

    #[test]
    fn nothing_made_for_one_purpose_serves_another() {
        let mut purposes = vec![
            Purpose::Session,
            Purpose::Device,
            Purpose::Signup,
            Purpose::Magic,
            Purpose::Flash,
            Purpose::Link,
            Purpose::Journal,
        ];
        purposes.extend(LinkKind::ALL.map(Purpose::Ticket));
        let ring = ring(OLD);
        for made in purposes.iter().copied() {
            let signed = Signer::new(&ring, made).sign(b"ada");
            let sealed = Sealer::new(&ring, made).seal(b"ada", [1; 24]);
            for used in purposes.iter().copied() {
                let verified = Signer::new(&ring, used).verify(&signed);
                let opened = Sealer::new(&ring, used).open(&sealed);
                assert_eq!(verified.is_some(), made == used, "{made:?} as {used:?}");
                assert_eq!(opened.is_some(), made == used, "{made:?} as {used:?}");
            }
            assert_eq!(Signer::new(&ring, made).verify(&sealed), None);
            assert_eq!(Sealer::new(&ring, made).open(&signed), None);
        }
    }

    #[test]
    fn the_same_secret_twice_looks_different_each_time() {
        let sealer = sealer(OLD);
        assert_ne!(sealer.seal(b"ada", [1; 24]), sealer.seal(b"ada", [2; 24]));
    }
}
