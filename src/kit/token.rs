//! Tokens of links: `<kind>.<object's id>.<43 base64url characters>`.
//!
//! The last part is a secret of 256 random bits. It is shown to one person once; what is stored is
//! its SHA-256, together with the kind, so that a token of one kind is nothing to another flow.

use core::fmt;

use hmac::Mac;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    dice::{Dice, roll},
    encoding,
    keys::keyed,
    secret::{SecretText, equal},
    time::{Span, Time},
};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Proves the address of a pending sign-up.
    Verify,
    /// Chooses a new password.
    Reset,
    /// Signs in.
    Magic,
    /// Takes up an invitation.
    Invite,
    /// Confirms a new address.
    Email,
    /// Takes back a change of address, or the end of an account.
    Undo,
    /// Opens a part of the origin for who holds it.
    Link,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Verify,
        Self::Reset,
        Self::Magic,
        Self::Invite,
        Self::Email,
        Self::Undo,
        Self::Link,
    ];

    /// As tokens, cookies and paths spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Magic => "magic",
            Self::Invite => "invite",
            Self::Email => "email",
            Self::Undo => "undo",
            Self::Link => "link",
        }
    }
}

/// A token as a person holds it. Once it exists its shape is right; whether it is known, an object says.
#[derive(Clone, Debug)]
pub struct Token {
    kind: LinkKind,
    object: String,
    secret: SecretText,
}

/// What is stored of a token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

/// The tokens an object knows, each with what it stands for. At most [`Tokens::MOST`] live at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tokens<T>(Vec<TokenRow<T>>);

/// One live token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenRow<T> {
    hash: TokenHash,
    /// It is nothing after this moment.
    until: Time,
    /// What it stands for.
    what: T,
}

/// A live token was shown. Only [`Tokens::prove`] makes one.
#[derive(Debug)]
pub struct TokenProved<T> {
    what: T,
}

impl<T> TokenProved<T> {
    /// What the token stands for.
    pub fn what(&self) -> &T {
        &self.what
    }

    /// The same proof, of what is made of it.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> TokenProved<U> {
        TokenProved {
            what: make(self.what),
        }
    }
}

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone + PartialEq> Tokens<T> {
    /// How many may live at once. A further one takes the place of the oldest of those that stand for the
    /// same as most others do: whoever asks again and again burns links of their own.
    pub const MOST: usize = 8;

    /// Remembers a token that is about to be handed over.
    pub fn remember(&mut self, hash: TokenHash, until: Time, what: T) {
        if self.0.len() >= Self::MOST {
            let alike =
                |row: &TokenRow<T>| self.0.iter().filter(|other| other.what == row.what).count();
            let most = self.0.iter().map(alike).max();
            if let Some(oldest) = self.0.iter().position(|row| Some(alike(row)) == most) {
                self.0.remove(oldest);
            }
        }
        self.0.push(TokenRow { hash, until, what });
    }

    /// Compares a shown token with the live ones. It stays live: whoever redeems it drops the list in the
    /// same commit.
    pub fn prove(&self, hash: &TokenHash, now: Time) -> Option<TokenProved<T>> {
        let row = self
            .0
            .iter()
            .find(|row| row.hash == *hash && now < row.until)?;
        Some(TokenProved {
            what: row.what.clone(),
        })
    }

    /// Takes out the tokens that stand for something of this sort: their hashes, so that a used one can be
    /// told from an invented one.
    pub fn take_where(&mut self, matches: impl Fn(&T) -> bool) -> Vec<TokenHash> {
        let (gone, kept) = core::mem::take(&mut self.0)
            .into_iter()
            .partition(|row| matches(&row.what));
        self.0 = kept;
        let hash = |row: TokenRow<T>| row.hash;
        gone.into_iter().map(hash).collect()
    }

    /// Forgets every token.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets the tokens that stand for something of this sort.
    pub fn forget_where(&mut self, matches: impl Fn(&T) -> bool) {
        self.0.retain(|row| !matches(&row.what));
    }

    /// Drops what has expired. None lives longer than `life` from now on: one may have been made while a
    /// clock was ahead.
    pub fn sweep(&mut self, now: Time, life: Span) {
        self.0.retain(|row| now < row.until);
        for row in &mut self.0 {
            row.until = row.until.min(now + life);
        }
    }

    /// When the next one expires.
    pub fn wake_at(&self) -> Option<Time> {
        self.0.iter().map(|row| row.until).min()
    }

    /// Whether none lives.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Token {
    /// A fresh token that the object called `object` will know.
    pub fn mint(kind: LinkKind, object: &str, dice: &mut dyn Dice) -> Self {
        let bits: [u8; 32] = roll(dice);
        Self {
            kind,
            object: object.to_owned(),
            secret: SecretText::new(encoding::base64url(&bits)),
        }
    }

    /// Reads a token of this kind; `None` for any other shape or kind.
    pub fn parse(kind: LinkKind, text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (named, object, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let object_is_plain = !object.is_empty()
            && object.len() <= 64
            && object
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let secret_is_whole = secret.len() == 43 && encoding::from_base64url(secret).is_some();
        (parts.next().is_none() && named == kind.as_str() && object_is_plain && secret_is_whole)
            .then(|| Self {
                kind,
                object: object.to_owned(),
                secret: SecretText::new(secret.to_owned()),
            })
    }

    /// The token as a link carries it. Called where the link is made, and nowhere else.
    pub fn reveal(&self) -> String {
        format!(
            "{}.{}.{}",
            self.kind.as_str(),
            self.object,
            self.secret.reveal()
        )
    }

    /// What it is for.
    pub fn kind(&self) -> LinkKind {
        self.kind
    }

    /// The name of the object that knows it.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// A digest of what was posted beside the token, keyed by its secret: equal posts can be told from
    /// others, and what is stored of a password says nothing without the token, which is stored nowhere.
    pub fn digest(&self, fields: &[&str]) -> String {
        let mut mac = keyed(self.secret.reveal().as_bytes());
        for field in fields {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        encoding::base64url(&mac.finalize().into_bytes())
    }

    /// What is stored: SHA-256 over kind, object and secret. The secret has 256 random bits, so it needs
    /// no salt and no stretching.
    pub fn hash(&self) -> TokenHash {
        TokenHash(encoding::base64url(&Sha256::digest(self.reveal())))
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        equal(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(token hash)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Dice for Ones {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }

    #[test]
    fn a_token_has_one_shape() {
        let text = Token::mint(LinkKind::Verify, "abc", &mut Ones).reveal();
        assert_eq!(
            text,
            "verify.abc.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
        );
        assert!(Token::parse(LinkKind::Verify, &text).is_some());
        for wrong in [
            text.replace("verify", "reset"),
            text.replace("AQE", "AQF"),
            text.replace("abc", ""),
            text.replace("abc", "A/c"),
            format!("{text}A"),
            format!("{text}.x"),
            format!(" {text}"),
            "verify.abc".to_owned(),
        ] {
            assert!(Token::parse(LinkKind::Verify, &wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_token_lives_until_its_deadline_and_no_longer() {
        let hash = Token::mint(LinkKind::Verify, "abc", &mut Ones).hash();
        let mut tokens = Tokens::default();
        tokens.remember(hash.clone(), Time(10), "entry");
        assert_eq!(
            tokens.prove(&hash, Time(9)).map(|proved| *proved.what()),
            Some("entry")
        );
        assert!(tokens.prove(&hash, Time(10)).is_none());
        tokens.sweep(Time(10), Span(100));
        assert!(tokens.is_empty());
    }

    #[test]
    fn strangers_who_ask_again_and_again_burn_their_own_links() {
        let hash = |n: u8| TokenHash(n.to_string());
        let mut tokens = Tokens::default();
        tokens.remember(hash(0), Time(10), "owner");
        for n in 1..30 {
            tokens.remember(hash(n), Time(10), "stranger");
        }
        assert!(tokens.prove(&hash(0), Time(0)).is_some());
        assert!(tokens.prove(&hash(1), Time(0)).is_none());
        assert_eq!(tokens.take_where(|_| true).len(), Tokens::<&str>::MOST);
    }

    #[test]
    fn a_token_is_not_printed() {
        let token = Token::mint(LinkKind::Verify, "abc", &mut Ones);
        assert!(!format!("{token:?} {:?}", token.hash()).contains("AQEB"));
    }
}
