//! The one list of public feedback codes.
//!
//! Many private reasons, few public codes: what a visitor, a script or the next page is told is one of
//! these and nothing else. A code is a promise: its spelling and kind stay, its words (`code_words.rs`) may
//! change. No code tells whether an account exists before its secret was proved.

use core::fmt;

use serde::{Serialize, Serializer};

/// How a message is meant, as `authMessageType` carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What was asked is done.
    Success,
    /// Something to know or to do next; nothing failed.
    Info,
    /// Not done, but it can be: later, or by another step.
    Warning,
    /// Refused or failed.
    Error,
}

impl Kind {
    /// As JSON and class names spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Makes the enum, its spellings and its kinds from one table, so that none of them can lack a row.
macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $text:literal $kind:ident,)+) => {
        /// A public feedback code, `auth.<flow>.<outcome>`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])+ $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As `authMessageCode` and the flash cookie spell it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// How it is meant.
            pub const fn kind(self) -> Kind {
                match self {
                    $(Self::$name => Kind::$kind,)+
                }
            }
        }
    };
}

codes! {
    /// Signed in by password.
    LoginSuccess = "auth.login.success" Success,
    /// Wrong address or password; the same whether or not there is an account.
    LoginInvalid = "auth.login.invalid" Error,
    /// The password of a pending sign-up was right, its address is not proved yet.
    LoginNotVerified = "auth.login.not_verified" Warning,
    /// A password that is being tried at many addresses: a link by mail is needed.
    LoginLinkRequired = "auth.login.link_required" Warning,
    /// The password was right, the account is switched off.
    LoginDisabled = "auth.login.disabled" Error,
    /// The password was right and has to be replaced first.
    LoginPasswordChangeRequired = "auth.login.password_change_required" Warning,

    /// A sign-up was taken in; the same whether or not the address is free.
    RegisterCheckEmail = "auth.register.check_email" Info,
    /// `REGISTRATION` does not let people sign up by themselves.
    RegisterClosed = "auth.register.closed" Error,
    /// The address is proved and the account made.
    VerifySuccess = "auth.verify.success" Success,
    /// The link is right, but another browser registered: a password has to be chosen.
    VerifyPasswordNeeded = "auth.verify.password_needed" Info,
    /// Another verification mail was asked for.
    ResendAccepted = "auth.resend.accepted" Info,
    /// A reset link was asked for.
    ForgotAccepted = "auth.forgot.accepted" Info,
    /// The password was replaced by a reset link; nobody is signed in by it.
    ResetSuccess = "auth.reset.success" Success,
    /// A sign-in link was asked for.
    MagicAccepted = "auth.magic.accepted" Info,
    /// Signed in by link.
    MagicSuccess = "auth.magic.success" Success,
    /// The operator offers no sign-in links.
    MagicClosed = "auth.magic.closed" Error,
    /// An invitation was taken up; the account is made and signed in.
    InviteSuccess = "auth.invite.success" Success,
    /// The session is over because the visitor ended it.
    LogoutSuccess = "auth.logout.success" Success,

    /// The password is another one now.
    PasswordChanged = "auth.password.changed" Success,
    /// Fewer code points than `PASSWORD_MIN_LENGTH`.
    PasswordTooShort = "auth.password.too_short" Error,
    /// More than 1,024 bytes.
    PasswordTooLong = "auth.password.too_long" Error,
    /// On the blocklist.
    PasswordTooCommon = "auth.password.too_common" Error,
    /// Easy to guess by the estimate, or made of the address or the product's name.
    PasswordTooWeak = "auth.password.too_weak" Error,
    /// It is the one that has to be replaced.
    PasswordSame = "auth.password.same" Error,
    /// A change of address was asked for.
    EmailChangeAccepted = "auth.email.change_accepted" Info,
    /// The new address belongs to somebody. Said only to who proved that it is theirs.
    EmailTaken = "auth.email.taken" Error,
    /// The account has another address now.
    EmailChanged = "auth.email.changed" Success,

    /// A link that was never given out, is of another kind, or is too old.
    TokenInvalid = "auth.token.invalid" Error,
    /// A link that was redeemed.
    TokenUsed = "auth.token.used" Warning,
    /// A link that this browser has opened waits to be posted.
    LinkWaiting = "auth.link.waiting" Info,
    /// Somebody is signed in (`GET` of the session, its list).
    SessionActive = "auth.session.active" Success,
    /// Nobody is signed in.
    SessionRequired = "auth.session.required" Info,
    /// The session was ended or has run out.
    SessionEnded = "auth.session.ended" Warning,
    /// The cookie is of an older generation, superseded a moment ago.
    SessionStale = "auth.session.stale" Warning,
    /// One chosen session was ended from the account page.
    SessionRevoked = "auth.session.revoked" Success,
    /// Every other session was ended from the account page.
    SessionOthersRevoked = "auth.session.others_revoked" Success,

    /// Every session was ended from the account page, this one too.
    SessionAllRevoked = "auth.session.all_revoked" Success,
    /// The act asks for a sign-in that is not older than five minutes.
    SessionReauth = "auth.session.reauth" Warning,

    /// The account is to be erased, unless its owner says otherwise in time.
    DeletionStarted = "auth.account.deletion_started" Success,
    /// A change of address was taken back.
    UndoEmail = "auth.undo.email" Success,
    /// A deletion was called off.
    UndoDeletion = "auth.undo.deletion" Success,
    /// All that is kept of an account, for its owner.
    ExportReady = "auth.export.ready" Success,

    /// A smart link was opened in this browser.
    LinkOpened = "auth.link.opened" Success,
    /// An operator's program made a smart link.
    LinkCreated = "auth.link.created" Success,
    /// A smart link was withdrawn.
    LinkRevoked = "auth.link.revoked" Success,
    /// An invitation is on its way.
    InviteSent = "auth.invite.sent" Success,
    /// An invitation was withdrawn.
    InviteRevoked = "auth.invite.revoked" Success,
    /// The invitations that wait.
    InviteList = "auth.invite.list" Success,
    /// One account, for an operator's program.
    AdminAccount = "auth.admin.account" Success,
    /// The journal of an account, for an operator's program.
    AdminJournal = "auth.admin.journal" Success,
    /// An operator's program changed an account.
    AdminUpdated = "auth.admin.updated" Success,
    /// An operator's program had a reset link sent.
    AdminResetSent = "auth.admin.reset_sent" Success,
    /// No operator's key, a wrong one, or one without the scope.
    AdminUnauthorized = "auth.admin.unauthorized" Error,
    /// A browser at a route for operators' programs.
    AdminBrowser = "auth.admin.browser" Error,
    /// The request that a proxy asks about may go on.
    CheckPassed = "auth.check.passed" Success,
    /// No proxy's key, a wrong one, or one without the scope.
    CheckUnauthorized = "auth.check.unauthorized" Error,
    /// What a proxy asks about is not said as `AUTH_CHECK` has it, or is a route of ours.
    CheckMalformed = "auth.check.malformed" Error,

    /// A budget is spent; `Retry-After` says when it opens.
    Throttled = "auth.throttled" Warning,
    /// No hash slot, or an object did not answer in time.
    Busy = "auth.busy" Warning,
    /// An unsafe request that did not come from our own pages.
    RequestCrossSite = "auth.request.cross_site" Error,
    /// A body, a path or a form that cannot be read.
    RequestMalformed = "auth.request.malformed" Error,
    /// A body above the limit.
    RequestTooLarge = "auth.request.too_large" Error,
    /// A body of a type that the route does not take.
    RequestUnsupportedType = "auth.request.unsupported_type" Error,
    /// A method that the route does not have.
    RequestMethod = "auth.request.method" Error,
    /// No such route or thing.
    RequestNotFound = "auth.request.not_found" Error,
    /// A host that is not that of `PUBLIC_URL`.
    RequestMisdirected = "auth.request.misdirected" Error,
    /// Plain http where `PUBLIC_URL` is https, and not a request that may be redirected.
    RequestInsecure = "auth.request.insecure" Error,
    /// A field is missing or empty.
    FieldRequired = "auth.field.required" Error,
    /// A field does not have the form it needs.
    FieldInvalid = "auth.field.invalid" Error,
    /// A field that the action does not have, or one given twice.
    FieldUnknown = "auth.field.unknown" Error,
    /// The operator's hook said no.
    HookDenied = "auth.hook.denied" Error,
    /// The operator's hook did not answer.
    HookUnavailable = "auth.hook.unavailable" Warning,
    /// Signed in, but without a role that the rule asks for.
    AccessDenied = "auth.access.denied" Error,

    /// The settings are wrong; the log says which.
    ConfigInvalid = "auth.config.invalid" Error,
    /// Something is broken on our side.
    Internal = "auth.internal" Error,
    /// The origin did not answer, or not in HTTP.
    OriginUnreachable = "auth.origin.unreachable" Error,
    /// The Worker runs and its settings are right.
    HealthOk = "auth.health.ok" Success,
    /// No feedback is waiting.
    FeedbackNone = "auth.feedback.none" Info,
}

impl Code {
    /// Reads a code as it is spelled; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_spelled_once_and_in_one_way() {
        let mut seen = HashSet::new();
        for &code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands for two codes");
            assert_eq!(Code::parse(text), Some(code));
            let parts: Vec<&str> = text.split('.').collect();
            assert!(matches!(parts.len(), 2 | 3), "{text}");
            assert_eq!(parts[0], "auth", "{text}");
            for part in &parts {
                let plain = part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                assert!(plain && !part.is_empty(), "{text}");
            }
        }
    }

    /// The contract. A code that is missing or has another kind breaks the pages and scripts of operators.
    #[test]
    fn the_codes_that_others_rely_on_are_there() {
        use Kind::{Error, Info, Success, Warning};
        for (kind, texts) in [
            (
                Success,
                "auth.login.success auth.verify.success auth.reset.success auth.magic.success
                 auth.invite.success auth.logout.success auth.password.changed auth.email.changed",
            ),
            (
                Info,
                "auth.register.check_email auth.verify.password_needed auth.resend.accepted
                 auth.forgot.accepted auth.magic.accepted auth.email.change_accepted
                 auth.session.required",
            ),
            (
                Warning,
                "auth.login.not_verified auth.login.password_change_required auth.token.used
                 auth.session.ended auth.session.stale auth.throttled auth.busy
                 auth.hook.unavailable",
            ),
            (
                Error,
                "auth.login.invalid auth.login.disabled auth.register.closed
                 auth.password.too_short auth.password.too_long auth.password.too_common
                 auth.password.too_weak auth.password.same auth.token.invalid auth.request.cross_site
                 auth.request.malformed auth.request.too_large auth.request.unsupported_type
                 auth.field.required auth.field.invalid auth.field.unknown auth.hook.denied
                 auth.access.denied",
            ),
        ] {
            for text in texts.split_whitespace() {
                assert_eq!(Code::parse(text).map(Code::kind), Some(kind), "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_a_code_is_none() {
        for text in [
            "",
            "auth",
            "auth.login",
            "AUTH.BUSY",
            "auth.busy ",
            "<script>",
        ] {
            assert_eq!(Code::parse(text), None, "{text}");
        }
        assert_eq!(serde_json::to_value(Code::Busy).unwrap(), "auth.busy");
    }
}
