//! Why a request is refused: a code of origin/README.md, the same in every language.

use core::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why a request is not believed: for the log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// The code, the same in every language.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// A header has one of our names in another spelling.
    AliasHeader = "alias_header",
    /// A header of ours is there more than once.
    DuplicateHeader = "duplicate_header",
    /// A header of ours is not there.
    MissingHeader = "missing_header",
    /// `Signature-Input` is not as Edgeward writes it.
    MalformedInput = "malformed_input",
    /// Something else is covered than must be.
    WrongComponents = "wrong_components",
    /// The signature is for something else.
    WrongTag = "wrong_tag",
    /// `Edgeward-Assertion` is not as Edgeward writes it.
    MalformedAssertion = "malformed_assertion",
    /// The assertion is signed by something else than Ed25519.
    WrongAlgorithm = "wrong_algorithm",
    /// It is a token of another type.
    WrongType = "wrong_type",
    /// The public keys could not be fetched.
    KeysUnavailable = "keys_unavailable",
    /// The key is not in the ring, or not in the set.
    UnknownKey = "unknown_key",
    /// `Signature` is not as Edgeward writes it, or the one of an assertion.
    MalformedSignature = "malformed_signature",
    /// This is not what was signed.
    WrongSignature = "wrong_signature",
    /// It was signed later than now.
    FromFuture = "from_future",
    /// It was signed too long ago.
    Expired = "expired",
    /// It would be good for more than a minute.
    LivesTooLong = "lives_too_long",
    /// `Edgeward-Identity`, or what an assertion claims, is not as Edgeward writes it.
    MalformedIdentity = "malformed_identity",
    /// `Edgeward-Link`, or the link of an assertion, is not as Edgeward writes it.
    MalformedLink = "malformed_link",
    /// Another Edgeward asserted it.
    WrongIssuer = "wrong_issuer",
    /// It is for another application.
    WrongAudience = "wrong_audience",
    /// It is for another method.
    WrongMethod = "wrong_method",
    /// It is for another target.
    WrongTarget = "wrong_target",
    /// The smart link lets in somewhere else.
    LinkElsewhere = "link_elsewhere",
    /// The nonce was taken before.
    Replayed = "replayed",
    /// The store of nonces gave no answer.
    NonceStoreFailed = "nonce_store_failed",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for Reason {}

/// Goes on only where the condition holds.
pub(crate) fn demand(condition: bool, reason: Reason) -> Result<(), Reason> {
    if condition { Ok(()) } else { Err(reason) }
}
