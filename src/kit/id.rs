//! Names of things: accounts, sessions, sign-ups, devices. Random, 128 bits, and each its own type.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{
    dice::{Dice, roll},
    encoding,
};

/// Declares an id: a prefix and the lower-case base32 of 128 random bits.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A fresh one.
            pub fn fresh(dice: &mut dyn Dice) -> Self {
                Self::from_bits(&roll(dice))
            }

            /// The id of these bits, for names that are derived and not drawn.
            pub fn from_bits(bits: &[u8; 16]) -> Self {
                Self([$prefix, &encoding::base32(bits)].concat())
            }

            /// Reads an id; any other spelling is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                let bits = encoding::from_base32(text.strip_prefix($prefix)?)?;
                (bits.len() == 16).then(|| Self(text.to_owned()))
            }

            /// As it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom(concat!("not a ", stringify!($name))))
            }
        }
    };
}

id!(
    /// A person with a proved address.
    AccountId, "acc_"
);
id!(
    /// One signed-in browser.
    SessionId, "ses_"
);
id!(
    /// One registration that waits for its address to be proved.
    SignupId, "sup_"
);
id!(
    /// A browser that was signed in once. It opens the marked lane and never signs in.
    DeviceId, "dev_"
);
id!(
    /// One thing to deliver: a letter, or a wish on its way.
    ErrandId, "msg_"
);
id!(
    /// One visit to a link's page. A post is answered again only to the visit that made it.
    VisitId, "vis_"
);
id!(
    /// One wish for a sign-in link. The browser that made it keeps it in a cookie.
    AskId, "ask_"
);
id!(
    /// One invitation.
    InvitationId, "inv_"
);
id!(
    /// One smart link.
    LinkId, "lnk_"
);
id!(
    /// One request, named in the log and in the signed identity.
    RequestId, "req_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling_and_one_kind() {
        let id = AccountId::from_bits(&[1; 16]);
        assert_eq!(id.as_str(), "acc_aeaqcaibaeaqcaibaeaqcaibae");
        assert_eq!(AccountId::parse(id.as_str()), Some(id.clone()));
        assert_eq!(AccountId::parse(&id.as_str().to_uppercase()), None);
        assert_eq!(SessionId::parse(id.as_str()), None);
        assert_eq!(AccountId::parse("acc_aeaq"), None);
        assert!(serde_json::from_str::<SessionId>(&format!("\"{id}\"")).is_err());
    }
}
