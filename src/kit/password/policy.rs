//! What may become a password: long enough, not too long, not common, not the visitor's own words,
//! and not quickly guessed. There are no rules about kinds of characters: they make passwords worse
//! (NIST SP 800-63B-4 §3.1.1.2; OWASP Authentication Cheat Sheet, "Implement Proper Password Strength
//! Controls").

use super::{MAX_BYTES, blocklist, strength};
use crate::kit::{email::EmailAddress, sorted};

/// What the operator decides about passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The least number of Unicode code points.
    pub min_length: usize,
}

impl Default for Policy {
    /// 15 code points: what NIST asks of a password that is the only factor.
    fn default() -> Self {
        Self { min_length: 15 }
    }
}

/// Words that a stranger would try first for this person, at this place.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The person's address.
    pub email: &'a EmailAddress,
    /// The name of the product, as its pages show it.
    pub product: &'a str,
}

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fewer code points than the policy asks.
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    TooLong,
    /// On the list of common passwords.
    TooCommon,
    /// Guessed in fewer than 10^8 tries, or merely the person's address or the product's name.
    TooWeak,
}

/// The decimal logarithm of the guesses that a password must outlast: score 3 of `zxcvbn`.
const ENOUGH: f64 = 8.0;

impl Policy {
    /// Judges a password in its normal form.
    pub(super) fn judge(self, password: &str, about: &About<'_>) -> Result<(), Refusal> {
        if password.len() > MAX_BYTES {
            return Err(Refusal::TooLong);
        }
        if password.chars().count() < self.min_length {
            return Err(Refusal::TooShort);
        }
        if blocklist::contains(password) {
            return Err(Refusal::TooCommon);
        }
        if about.is_merely(password) || strength::guesses(password, &about.words()) < ENOUGH {
            return Err(Refusal::TooWeak);
        }
        Ok(())
    }
}

impl About<'_> {
    /// Whether the password is the address, a side of it or the product's name, and nothing more than
    /// decorated: other case, digits or signs around and between, backwards, or several times over.
    fn is_merely(&self, password: &str) -> bool {
        let bare = bare(password);
        let given = [
            self.email.as_str(),
            self.email.local(),
            self.email.domain(),
            self.product,
        ];
        given.iter().map(|word| self::bare(word)).any(|word| {
            let backwards: String = word.chars().rev().collect();
            word.chars().count() >= 3 && (repeats(&bare, &word) || repeats(&bare, &backwards))
        })
    }

    /// The words for the estimate: the address in its parts, and the product's name in its words.
    fn words(&self) -> Vec<String> {
        let whole = [
            self.email.as_str(),
            self.email.local(),
            self.email.domain(),
            self.product,
        ];
        let words = whole
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
            .chain(whole)
            .map(str::to_lowercase)
            .chain(whole.iter().map(|text| bare(text)))
            .filter(|word| word.chars().count() >= 3);
        sorted::distinct(words)
    }
}

/// Letters and digits in lower case, without the digits at either end; when nothing but digits is
/// there, the digits.
fn bare(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    let lower = kept.collect::<String>().to_lowercase();
    let core = lower.trim_matches(|c: char| c.is_ascii_digit());
    if core.is_empty() {
        lower
    } else {
        core.to_owned()
    }
}

/// Whether `text` is `word`, once or more, with nothing but digits between.
fn repeats(text: &str, word: &str) -> bool {
    let between = |rest: &str| rest.chars().all(|c| c.is_ascii_digit());
    text.contains(word) && text.split(word).all(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Result<(), Refusal> {
        judge_at(15, password)
    }

    fn judge_at(min_length: usize, password: &str) -> Result<(), Refusal> {
        let email = EmailAddress::parse("ada.lovelace@analytical.example").unwrap();
        let about = About {
            email: &email,
            product: "Difference Engine",
        };
        Policy { min_length }.judge(password, &about)
    }

    #[test]
    fn length_is_counted_in_code_points_and_bounded_in_bytes() {
        assert_eq!(judge("kQ7zrfVxw2mTbe"), Err(Refusal::TooShort));
        assert_eq!(judge("kQ7zrfVxw2mTbeP"), Ok(()));
        assert_eq!(
            judge("вшёлкпуризаёжю"),
            Err(Refusal::TooShort),
            "14, in 28 bytes"
        );
        assert_eq!(judge("вшёлкпуризаёжюэ"), Ok(()));
        let phrase = "nine violet ravens hum ".repeat(45);
        assert_eq!(judge(&phrase[..1024]), Ok(()));
        assert_eq!(judge(&phrase[..1025]), Err(Refusal::TooLong));
        assert_eq!(judge_at(8, "kQ7zrfVx"), Ok(()));
        assert_eq!(judge_at(8, "kQ7zrfV"), Err(Refusal::TooShort));
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for password in ["1qaz2wsx3edc4rfv", "ManchesterUnited", "PASSWORDPASSWORD"] {
            assert_eq!(judge(password), Err(Refusal::TooCommon), "{password}");
        }
        assert_eq!(judge_at(8, "Trustno1"), Err(Refusal::TooCommon));
    }

    #[test]
    fn the_words_of_the_form_are_no_password_however_decorated() {
        for password in [
            "ada.lovelace@analytical.example",
            "ADA.LOVELACE@ANALYTICAL.EXAMPLE",
            "ada.lovelace@analytical.example1!",
            "2026-Ada-Lovelace-2026",
            "adalovelaceadalovelace",
            "ada lovelace, ada lovelace",
            "ecalevoLadA1815",
            "analytical.example!",
            "Difference Engine",
            "**DifferenceEngine**99",
            "difference1engine",
            "enigneecnereffid.enignE",
        ] {
            let found = judge(password);
            let refused = matches!(found, Err(Refusal::TooCommon | Refusal::TooWeak));
            assert!(refused, "{password}: {found:?}");
        }
        assert_eq!(
            judge("ada.lovelace@analytical.example1!"),
            Err(Refusal::TooWeak)
        );
        assert_eq!(judge("ada_lovelace_engine"), Err(Refusal::TooWeak));
        assert_eq!(
            judge("ada keeps nine violet ravens"),
            Ok(()),
            "a word of it may occur"
        );
    }

    #[test]
    fn what_is_quickly_guessed_is_refused() {
        for password in [
            "Password1234567!",
            "P@ssw0rd P@ssw0rd",
            "summer2025summer",
            "hellohellohello1",
            "aaaaabbbbbccccc",
        ] {
            assert_eq!(judge(password), Err(Refusal::TooWeak), "{password}");
        }
    }

    #[test]
    fn no_kind_of_character_is_asked_for() {
        for password in [
            "four plain words suffice",
            "correcthorsebatterystaple",
            "4831 0296 7715 3360 92",
            "ÄPFELUNDBIRNENSINDOBST",
            "我昨天在河边看见三只白鹭飞过小桥",
            "🦆 🪁 🧭 🥨 🪗 🛶 🧵 🪴",
        ] {
            assert_eq!(judge(password), Ok(()), "{password}");
        }
    }
}
