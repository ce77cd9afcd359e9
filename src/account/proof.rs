//! Proofs of who is there, and the checks a session demands. They are values, so a forgotten check
//! does not compile.

use serde::{Deserialize, Serialize};

use super::answer::Credential;
use crate::kit::{
    email::EmailAddress,
    id::{AccountId, ErrandId},
    password::{
        Attempt,
        hash::{Checked, HashFault, Hasher, Memory},
    },
    proof::AddressProved,
    role::Role,
};

/// Who is there, and how it was proved.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They knew the password.
    Password(PasswordProved),
    /// They posted a token that was sent to the address.
    Address(AddressProved),
}

/// A password matched this version of this credential. Made by [`PasswordProved::check`] alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasswordProved {
    pub(super) address: EmailAddress,
    pub(super) version: u32,
    pub(super) epoch: u32,
}

/// The sign-in hook agreed, or there is none. Made where the hook is asked, in `web::hooks`, and nowhere
/// else; `tests/law.rs` sees to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HookAllowed {
    /// Roles the hook gave, for this session alone.
    pub(super) roles: Vec<Role>,
    /// How it agreed; `None` where there is no hook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) heard: Option<Heard>,
}

/// What was heard of the sign-in hook before a session was opened. The journal keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// It allowed it.
    Allowed,
    /// It gave no answer, and the operator lets that pass.
    Unanswered,
    /// It allowed it, and is not obeyed.
    ShadowAllowed,
    /// It denied it, and is not obeyed.
    ShadowDenied,
    /// It gave no answer, and is not obeyed.
    ShadowUnanswered,
}

impl HookAllowed {
    /// The operator has no sign-in hook.
    pub(crate) fn without_hook() -> Self {
        Self {
            roles: Vec::new(),
            heard: None,
        }
    }

    /// The sign-in hook was asked, and a session may be opened with these roles.
    pub(crate) fn by_hook(heard: Heard, roles: Vec<Role>) -> Self {
        Self {
            roles,
            heard: Some(heard),
        }
    }
}

/// What checking a password came to.
#[derive(Debug)]
pub struct PasswordChecked {
    /// The proof, when it matched.
    pub proved: Option<PasswordProved>,
    /// Whether what is stored was made at an older cost, algorithm or pepper.
    pub stale: bool,
}

impl PasswordProved {
    /// Whether this is still the credential that was matched.
    pub fn is_of(&self, credential: &Credential) -> bool {
        (self.version, self.epoch) == (credential.version, credential.epoch)
    }

    /// Checks a password against a credential: one hash, whatever comes of it. An account without a
    /// password, and nobody's account, cost the same hash.
    pub fn check(
        hasher: &Hasher,
        attempt: &Attempt,
        address: &EmailAddress,
        credential: Option<&Credential>,
        memory: &mut Memory,
    ) -> Result<PasswordChecked, HashFault> {
        let decoy = hasher.decoy();
        let known = credential.filter(|known| known.address == *address);
        let stored = known.and_then(|known| known.password.as_ref());
        let checked = hasher.verify(attempt, stored.unwrap_or(&decoy), memory)?;
        let (Some(known), Some(_), true) = (known, stored, checked.matches()) else {
            return Ok(PasswordChecked {
                proved: None,
                stale: false,
            });
        };
        let proved = Self {
            address: address.clone(),
            version: known.version,
            epoch: known.epoch,
        };
        Ok(PasswordChecked {
            proved: Some(proved),
            stale: checked == Checked::RightButOld,
        })
    }
}

impl Proof {
    /// How the session will say it was opened (RFC 8176 has no name for a mail link).
    pub(super) fn method(&self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Address(_) => "link",
        }
    }

    pub(super) fn redemption(&self) -> Option<&ErrandId> {
        match self {
            Self::Password(_) => None,
            Self::Address(proved) => Some(proved.redemption()),
        }
    }
}

/// The account is enabled.
#[derive(Debug)]
pub struct Enabled(pub(super) ());

/// No administrator demands a new password first.
#[derive(Debug)]
pub struct NoForcedChange(pub(super) ());

/// The proof was made in the running epoch and against the password in force.
#[derive(Debug)]
pub struct EpochCurrent(pub(super) ());

/// Everything a session demands.
#[derive(Debug)]
pub struct Admission {
    /// Who is there.
    pub proof: Proof,
    /// The account is enabled.
    pub enabled: Enabled,
    /// Nothing has to be changed first.
    pub no_forced_change: NoForcedChange,
    /// The proof is not outdated.
    pub epoch: EpochCurrent,
    /// The hook agreed.
    pub hook: HookAllowed,
    /// Whose session it becomes.
    pub account: AccountId,
}
