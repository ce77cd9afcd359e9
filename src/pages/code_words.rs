//! What each code says to a visitor: its words may change, a code does not. `WORDS` replaces them by the code's name.
//!
//! Short, plain, true. A failure says what to do next. What is said before a secret was proved reads the same for a
//! known and an unknown address.

use super::code::Code;

/// What a code says: the fact, and what to do next (empty where there is nothing to do).
#[expect(clippy::too_many_lines, reason = "one row for each code")]
pub(super) const fn said(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::LoginSuccess | Code::MagicSuccess | Code::SessionActive => ("You are signed in.", ""),
        Code::LoginInvalid => (
            "The address or the password is wrong.",
            "Check both and try again.",
        ),
        Code::LoginNotVerified => (
            "Your address is not confirmed yet.",
            "Open the link in the mail we sent you, or ask for a new one.",
        ),
        Code::LoginLinkRequired => (
            "This password, or one like it to us, is being tried at many addresses.",
            "Sign in by a link we mail to you.",
        ),
        Code::LoginDisabled => (
            "This account is switched off.",
            "Ask the people who run this site.",
        ),
        Code::LoginPasswordChangeRequired => (
            "Your password has to be replaced first.",
            "Choose a new one to go on.",
        ),
        Code::RegisterCheckEmail => (
            "Check your mail.",
            "If the address can be used, a link is on its way.",
        ),
        Code::RegisterClosed => (
            "Sign-up is closed.",
            "Sign in if you have an account, or ask the people who run this site.",
        ),
        Code::VerifySuccess => ("Your address is confirmed.", ""),
        Code::VerifyPasswordNeeded => ("One more step.", "Choose a password to finish."),
        Code::ResendAccepted => (
            "Check your mail.",
            "If a sign-up is waiting for this address, a new link is on its way.",
        ),
        Code::ForgotAccepted => (
            "Check your mail.",
            "If the address can be used, a link to a new password is on its way.",
        ),
        Code::ResetSuccess => ("Your password is changed.", "Sign in with the new one."),
        Code::MagicAccepted => (
            "Check your mail.",
            "If the address can be used, a link to sign in is on its way.",
        ),
        Code::MagicClosed => (
            "Sign-in links are switched off here.",
            "Sign in with your password.",
        ),
        Code::InviteSuccess => ("You have accepted the invitation.", ""),
        Code::LogoutSuccess => ("You are signed out.", ""),
        Code::PasswordChanged => ("Your password is changed.", ""),
        Code::PasswordTooShort => (
            "This password is too short.",
            "Choose a longer one: four or five unrelated words work well.",
        ),
        Code::PasswordTooLong => ("This password is too long.", "Choose a shorter one."),
        Code::PasswordTooCommon => (
            "This password is among the first that attackers try.",
            "Choose one that only you would think of.",
        ),
        Code::PasswordTooWeak => (
            "This password is easy to guess.",
            "Use more unrelated words, and leave out your address and the name of this site.",
        ),
        Code::PasswordSame => ("This is the password you have.", "Choose another one."),
        Code::EmailChangeAccepted => (
            "Check the mail of the new address.",
            "If it can be used, a link to confirm it is on its way.",
        ),
        Code::EmailTaken => ("This address cannot be used.", "Choose another one."),
        Code::EmailChanged => ("Your address is changed.", "Sign in with it from now on."),
        Code::TokenInvalid => (
            "This link does not work.",
            "It may be incomplete or too old. Ask for a new one.",
        ),
        Code::TokenUsed => (
            "This link was used before.",
            "If that was you, sign in. If not, ask for a new link.",
        ),
        Code::SessionRequired => ("You need to sign in first.", ""),
        Code::SessionEnded => ("Your session has ended.", "Sign in again to go on."),
        Code::SessionStale => (
            "This page is out of date.",
            "Reload it. If that does not help, sign in again.",
        ),
        Code::SessionRevoked => ("That session has ended.", ""),
        Code::SessionOthersRevoked => ("All other sessions have ended.", ""),
        Code::SessionReauth => (
            "Confirm that it is you first.",
            "Sign in once more, then repeat what you were about to do.",
        ),
        Code::SessionAllRevoked => ("You are signed out everywhere.", ""),
        Code::DeletionStarted => (
            "Your account will be deleted.",
            "You are signed out everywhere. A mail says how to come back; after 72 hours all is erased.",
        ),
        Code::UndoEmail => (
            "Your old address is back.",
            "Ask for a reset link to choose a new password.",
        ),
        Code::UndoDeletion => ("Your account stays.", "Sign in again."),
        Code::ExportReady => ("Here is your data.", ""),
        Code::LinkOpened => ("The link is open.", ""),
        Code::LinkWaiting => ("A link waits for your answer.", ""),
        Code::LinkCreated => ("The link is made.", ""),
        Code::LinkRevoked => ("The link is withdrawn.", ""),
        Code::InviteSent => ("The invitation is on its way.", ""),
        Code::InviteRevoked => ("The invitation is withdrawn.", ""),
        Code::InviteList => ("Here are the invitations.", ""),
        Code::AdminAccount => ("Here is the account.", ""),
        Code::AdminJournal => ("Here is the journal.", ""),
        Code::AdminUpdated => ("The account is changed.", ""),
        Code::AdminResetSent => ("A link to a new password is on its way.", ""),
        Code::AdminUnauthorized => (
            "This operator key is missing, wrong or lacks the scope.",
            "Compare it and its scopes with ADMIN_KEYS.",
        ),
        Code::AdminBrowser => (
            "Operator routes are not for browsers.",
            "Call them from a program that sends no cookies.",
        ),
        Code::CheckPassed => ("The request may go on.", ""),
        Code::CheckUnauthorized => (
            "Only the proxy of this site may ask this.",
            "Have it send a key of ADMIN_KEYS with the scope check, as Edgeward-Proxy-Key.",
        ),
        Code::CheckMalformed => (
            "The proxy does not say what it asks about.",
            "Have it send the headers that AUTH_CHECK names, once, and pass our own routes on to us.",
        ),
        Code::Throttled => ("Too many attempts.", "Wait a while, then try again."),
        Code::Busy => ("There is a rush right now.", "Try again in a few seconds."),
        Code::RequestCrossSite => (
            "This request did not come from a page of this site.",
            "Open the page again and repeat it from there.",
        ),
        Code::RequestMalformed => (
            "This request cannot be read.",
            "Open the page again and repeat it from there.",
        ),
        Code::RequestTooLarge => (
            "That was more than this page takes.",
            "Shorten what you typed and try again.",
        ),
        Code::RequestUnsupportedType => (
            "This kind of data is not taken here.",
            "Use the form on the page.",
        ),
        Code::RequestMethod => (
            "This address cannot be used in this way.",
            "Start again from the sign-in page.",
        ),
        Code::RequestNotFound => (
            "There is nothing at this address.",
            "Check its spelling, or go back to the start.",
        ),
        Code::RequestMisdirected => (
            "This is not an address of this site.",
            "Check the address in your browser.",
        ),
        Code::RequestInsecure => (
            "This site needs a secure connection.",
            "Use an address that begins with https.",
        ),
        Code::FieldRequired => ("Something is missing.", "Fill in the marked fields."),
        Code::FieldInvalid => ("Something is not right yet.", "Check the marked fields."),
        Code::FieldUnknown => (
            "There is a field here that does not belong.",
            "Open the page again and repeat it from there.",
        ),
        Code::HookDenied => (
            "The rules of this site do not allow this.",
            "Ask the people who run it.",
        ),
        Code::HookUnavailable => (
            "A check that this site makes did not answer.",
            "Try again in a minute.",
        ),
        Code::AccessDenied => (
            "This page is not open to you.",
            "Ask the people who run this site, or sign in with another account.",
        ),
        Code::ConfigInvalid => (
            "This site is not set up yet.",
            "Come back later. The people who run it find the reasons in their log.",
        ),
        Code::Internal => (
            "Something went wrong on our side.",
            "Try again. If it goes on, tell the people who run this site.",
        ),
        Code::OriginUnreachable => (
            "This site does not answer right now.",
            "Try again in a minute.",
        ),
        Code::HealthOk => ("All is well.", ""),
        Code::FeedbackNone => ("There is no message.", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::code::Kind;

    #[test]
    fn every_failure_says_what_to_do_next() {
        for &code in Code::ALL {
            let (fact, next) = said(code);
            assert!(fact.ends_with('.'), "{code}");
            match code.kind() {
                Kind::Warning | Kind::Error => assert!(next.ends_with('.'), "{code}"),
                Kind::Success | Kind::Info => {
                    assert!(next.is_empty() || next.ends_with('.'), "{code}");
                }
            }
        }
    }
}
