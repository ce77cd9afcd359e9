//! The hooks: where they are, what no answer means, and whether they are obeyed.

use serde_json::Value;

use super::{
    reader::{Read, Reader, choice},
    urls::{Endpoint, endpoint},
};

/// The operator's business rules, asked over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    /// Asked before an address is looked up for a sign-up.
    pub before_registration: Option<Hook>,
    /// Asked when an account comes to be.
    pub registration: Option<Hook>,
    /// Asked when somebody has proved who they are.
    pub login: Option<Hook>,
    /// Whether decisions are obeyed.
    pub mode: HookMode,
}

/// One hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Where it is.
    pub url: Endpoint,
    /// What no answer means.
    pub on_failure: OnFailure,
}

/// What a hook that does not answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// No.
    Deny,
    /// Yes, without roles.
    Allow,
}

/// Whether hooks decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookMode {
    /// They do.
    Enforce,
    /// They are asked and what they say is written down, and not obeyed.
    Shadow,
}

impl Hooks {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let failures = Failures::read(reader);
        let mut hook = |name, on_failure| {
            let url = reader.optional(name, endpoint)?;
            Some(Hook { url, on_failure })
        };
        Self {
            before_registration: hook("ON_BEFORE_REGISTRATION_URL", failures.before_registration),
            registration: hook("ON_REGISTRATION_URL", failures.registration),
            login: hook("ON_LOGIN_URL", failures.login),
            mode: reader.or("HOOK_MODE", HookMode::Enforce, |value| {
                choice(
                    value,
                    &[("enforce", HookMode::Enforce), ("shadow", HookMode::Shadow)],
                )
            }),
        }
    }
}

/// `HOOK_FAILURE`: one word for all hooks, or a table with a word for some.
struct Failures {
    before_registration: OnFailure,
    registration: OnFailure,
    login: OnFailure,
}

impl Failures {
    fn read(reader: &mut Reader<'_>) -> Self {
        const NAME: &str = "HOOK_FAILURE";
        let word = reader.value(NAME).and_then(|value| on_failure(value).ok());
        if let Some(word) = word {
            return Self {
                before_registration: word,
                registration: word,
                login: word,
            };
        }
        let mut table = reader.table(NAME);
        let mut failure = |key| table.or(reader, key, OnFailure::Deny, on_failure);
        let failures = Self {
            before_registration: failure("before_registration"),
            registration: failure("registration"),
            login: failure("login"),
        };
        table.close(reader);
        failures
    }
}

fn on_failure(value: &Value) -> Read<OnFailure> {
    choice(
        value,
        &[("deny", OnFailure::Deny), ("allow", OnFailure::Allow)],
    )
}
