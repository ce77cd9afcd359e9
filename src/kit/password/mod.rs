//! Passwords: what may become one, and how one is kept.
//!
//! A password passes through two types. [`NewPassword`] is one that somebody chooses: it exists only
//! after the policy has passed it, so no path that sets a password can forget the policy. [`Attempt`]
//! is one that somebody offers at sign-in: no policy is asked, because a rule that changed since must
//! not shut anyone out. Both are in Unicode normalisation form C, so that one keyboard's `é` is the
//! other's (NIST SP 800-63B-4 §3.1.1.2). Neither is ever printed, stored or sent; what is stored is a
//! [`hash::StoredPassword`].

pub mod blocklist;
pub mod hash;
mod phc;
pub mod policy;
pub mod strength;

use icu_normalizer::ComposingNormalizerBorrowed;

use self::policy::{About, Policy, Refusal};
use super::secret::SecretText;

/// The longest password, in bytes of UTF-8 after normalisation. Enough for any phrase, and little
/// enough that nobody makes us work by length.
pub const MAX_BYTES: usize = 1024;

/// A password that satisfied the policy at the moment it was chosen.
#[derive(Clone, Debug)]
pub struct NewPassword(SecretText);

/// A password as somebody offers it. It is right or wrong; it need not be good.
#[derive(Clone, Debug)]
pub struct Attempt(SecretText);

impl NewPassword {
    /// Judges `text` by the policy. `about` are the words that a stranger would guess first.
    pub fn parse(text: &str, policy: &Policy, about: &About<'_>) -> Result<Self, Refusal> {
        let normal = normal_form(text);
        policy.judge(normal.reveal(), about)?;
        Ok(Self(normal))
    }

    /// The password in its normal form, for the hash.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl From<&NewPassword> for Attempt {
    fn from(chosen: &NewPassword) -> Self {
        Self(chosen.0.clone())
    }
}

impl Attempt {
    /// Takes what was typed; `None` when it is longer than any password can be.
    pub fn parse(text: &str) -> Option<Self> {
        let normal = normal_form(text);
        (normal.reveal().len() <= MAX_BYTES).then_some(Self(normal))
    }

    /// The password in its normal form, for the hash.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

/// Unicode normalisation form C (UAX #15).
fn normal_form(text: &str) -> SecretText {
    SecretText::new(
        ComposingNormalizerBorrowed::new_nfc()
            .normalize(text)
            .into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::email::EmailAddress;

    #[test]
    fn two_keyboards_type_one_password() {
        let composed = Attempt::parse("caf\u{e9} au lait \u{1e9b}\u{323}").unwrap();
        let decomposed = Attempt::parse("cafe\u{301} au lait \u{17f}\u{323}\u{307}").unwrap();
        assert_eq!(composed.reveal(), decomposed.reveal());
        let email = EmailAddress::parse("ada@example.org").unwrap();
        let about = About {
            email: &email,
            product: "Edgeward",
        };
        let chosen =
            NewPassword::parse("nine violet cafe\u{301}s hum", &Policy::default(), &about).unwrap();
        assert_eq!(chosen.reveal(), "nine violet caf\u{e9}s hum");
    }

    #[test]
    fn compatible_letters_stay_apart() {
        let ligature = Attempt::parse("\u{fb01}").unwrap();
        assert_eq!(ligature.reveal(), "\u{fb01}", "form C, not form KC");
    }

    #[test]
    fn an_attempt_is_bounded_after_normalisation() {
        assert!(Attempt::parse(&"a".repeat(MAX_BYTES)).is_some());
        assert!(Attempt::parse(&"a".repeat(MAX_BYTES + 1)).is_none());
        let decomposed = "e\u{301}".repeat(MAX_BYTES / 2);
        assert!(decomposed.len() > MAX_BYTES);
        assert!(Attempt::parse(&decomposed).is_some());
    }

    #[test]
    fn a_password_is_not_printed() {
        let attempt = Attempt::parse("violet").unwrap();
        assert!(!format!("{attempt:?}").contains("violet"));
    }
}
