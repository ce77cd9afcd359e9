//! Every word a visitor can read.
//!
//! Short, plain, true. A failure says what to do next. Nothing here may tell whether an account exists:
//! what is said before a secret was proved reads the same for a known and an unknown address.

use crate::kit::time::{Span, Time};

use super::code::{Code, Kind};

/// What a code says: the fact, and what to do next (empty where there is nothing to do).
#[expect(clippy::too_many_lines, reason = "one row for each code")]
const fn said(code: Code) -> (&'static str, &'static str) {
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
        Code::InviteSuccess => ("Welcome. Your account is ready.", ""),
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
        Code::EmailChangeAccepted => (
            "Check the mail of the new address.",
            "If it can be used, a link to confirm it is on its way.",
        ),
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
        Code::AdminUnauthorized => (
            "This key does not open this.",
            "Show one of the operator's keys that is for it.",
        ),
        Code::AdminBrowser => (
            "This address is for programs, not for browsers.",
            "Ask without Origin, Cookie and Sec-Fetch headers.",
        ),
        Code::LinkCreated => ("The link is there.", ""),
        Code::LinkRevoked => ("The link is revoked.", ""),
        Code::LinkOpened => ("The link is open in this browser.", ""),
    }
}

/// The fact a code states, one sentence.
pub(super) const fn fact(code: Code) -> &'static str {
    said(code).0
}

/// What to do next. A known waiting time in seconds takes the place of a vague one.
pub(super) fn advice(code: Code, retry_after: Option<i64>) -> String {
    match retry_after {
        Some(seconds) => format!("Try again in {}.", duration(Span::seconds(seconds.max(1)))),
        None => advice_of(code).to_owned(),
    }
}

/// What to do next, when no waiting time is known.
pub(super) const fn advice_of(code: Code) -> &'static str {
    said(code).1
}

/// Fact and advice, as `authMessage` carries them.
pub(super) fn message(code: Code, retry_after: Option<i64>) -> String {
    sentences(fact(code), &advice(code, retry_after))
}

/// What stands below a field.
pub(super) fn field_message(field: &str, code: Code) -> String {
    match (code, field) {
        (Code::FieldRequired, "email") => "Enter your e-mail address.".to_owned(),
        (Code::FieldRequired, "password") => "Enter a password.".to_owned(),
        (Code::FieldRequired, _) => "Fill in this field.".to_owned(),
        (Code::FieldInvalid, "email") => {
            "Enter an e-mail address such as name@example.com.".to_owned()
        }
        (Code::FieldInvalid, _) => "Check what you typed here.".to_owned(),
        _ => message(code, None),
    }
}

fn sentences(first: &str, second: &str) -> String {
    if second.is_empty() {
        first.to_owned()
    } else {
        format!("{first} {second}")
    }
}

/// What is read out before a message, so that its colour is not all that tells its kind.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Success => "Done:",
        Kind::Info => "Note:",
        Kind::Warning => "Warning:",
        Kind::Error => "Error:",
    }
}

/// A waiting time as people say it, rounded up: `45 seconds`, `15 minutes`, `3 hours`.
pub(super) fn duration(span: Span) -> String {
    let seconds = span.seconds_up();
    let up = |size: i64| {
        seconds
            .saturating_add(size)
            .saturating_sub(1)
            .div_euclid(size)
    };
    match seconds {
        ..=90 => counted(seconds, "second"),
        91..=5_400 => counted(up(60), "minute"),
        5_401..=129_600 => counted(up(3_600), "hour"),
        _ => counted(up(86_400), "day"),
    }
}

/// How long ago something was, rounded down.
pub(super) fn ago(then: Time, now: Time) -> String {
    let seconds = now.since(then).0 / 1000;
    match seconds {
        ..60 => "just now".to_owned(),
        60..3_600 => format!("{} ago", counted(seconds / 60, "minute")),
        3_600..86_400 => format!("{} ago", counted(seconds / 3_600, "hour")),
        _ => format!("{} ago", counted(seconds / 86_400, "day")),
    }
}

/// A day as people write it, in UTC: `23 November 2026`.
pub(super) fn day(moment: Time) -> String {
    time::OffsetDateTime::from_unix_timestamp(moment.unix_seconds())
        .map(|at| format!("{} {} {}", at.day(), at.month(), at.year()))
        .unwrap_or_default()
}

fn counted(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// How long a new password has to be.
pub(super) fn password_hint(min_length: usize) -> String {
    format!(
        "At least {min_length} characters. Four or five unrelated words are easy to keep in mind and hard to guess."
    )
}

/// Says whom a verification link speaks of.
pub(super) fn verify_lead(masked_address: Option<&str>) -> String {
    match masked_address {
        Some(address) => format!("You are about to confirm {address}."),
        None => "You are about to confirm your e-mail address.".to_owned(),
    }
}

/// Says where a smart link leads.
pub(super) fn smart_link_lead(brand: &str, path: &str) -> String {
    format!("Somebody gave you a link to {path} at {brand}.")
}

/// Says how long a smart link stays open.
pub(super) fn smart_link_lasts(rest: Span) -> String {
    format!("It stays open in this browser for {}.", duration(rest))
}

/// Heading of the sign-in page.
pub(super) fn sign_in_to(brand: &str) -> String {
    format!("Sign in to {brand}")
}

/// Heading of the sign-up page.
pub(super) fn join(brand: &str) -> String {
    format!("Join {brand}")
}

/// Names the button that ends one session to those who hear it without seeing its row.
pub(super) fn end_session_of(device: &str) -> String {
    format!("End the session on {device}")
}

pub(super) const TROUBLE: &str = "Error:";
pub(super) const HELP: &str = "Help";

pub(super) const EMAIL: &str = "E-mail address";
pub(super) const PASSWORD: &str = "Password";
pub(super) const NEW_PASSWORD: &str = "New password";

pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const NO_ACCOUNT: &str = "No account yet?";
pub(super) const SIGN_UP: &str = "Create account";
pub(super) const HAVE_ACCOUNT: &str = "Have an account?";
pub(super) const SIGN_UP_CLOSED: &str = "You cannot sign up by yourself here.";

pub(super) const CHECK_MAIL: &str = "Check your mail";
pub(super) const CHECK_MAIL_TIPS: &str = "Open it in this browser and you are signed in right away. It can take a few minutes to arrive.";
pub(super) const NO_MAIL: &str = "No mail?";
pub(super) const NO_MAIL_TIPS: &str = "Look into the spam folder, or have the link sent again.";
pub(super) const ASK_AGAIN: &str = "Get a new link";
pub(super) const ASK_AGAIN_LEAD: &str =
    "You signed up, but the mail did not come or its link is too old? We send another one.";
pub(super) const SEND_AGAIN: &str = "Send a new link";
pub(super) const BACK_TO_SIGN_IN: &str = "Back to sign-in";

pub(super) const CONFIRM: &str = "Confirm your address";
pub(super) const CONFIRM_BUTTON: &str = "Confirm";
pub(super) const CONFIRM_WITH_PASSWORD: &str = "Confirm and set password";
pub(super) const WHY_PASSWORD: &str = "You opened this link in another browser than the one you signed up with. Choose the password of your account here: it replaces the one typed there.";
pub(super) const NOT_YOU: &str =
    "You did not sign up? Close this page; without the button nothing happens.";

pub(super) const SMART_LINK: &str = "Open this link";
pub(super) const SMART_LINK_BUTTON: &str = "Open";
pub(super) const SMART_LINK_HINT: &str =
    "Without the button nothing happens. Press it in the browser you want to use.";

pub(super) const SIGNED_OUT: &str = "You are signed out";
pub(super) const SIGNED_OUT_LEAD: &str = "Your session on this device has ended.";
pub(super) const SIGN_IN_AGAIN: &str = "Sign in again";

pub(super) const ACCOUNT: &str = "Your account";
pub(super) const SESSIONS: &str = "Where you are signed in";
pub(super) const SESSIONS_HINT: &str = "Is there one you do not recognise? End it. Pages open there may stay readable for a short moment.";
pub(super) const THIS_DEVICE: &str = "This device";
pub(super) const SEEN: &str = "Seen";
pub(super) const SIGNED_IN_ON: &str = "Signed in on";
pub(super) const END: &str = "End";
pub(super) const END_OTHERS: &str = "Sign out elsewhere";
pub(super) const SIGN_OUT: &str = "Sign out";

pub(super) const TRY_AGAIN: &str = "Try again";
pub(super) const TO_START: &str = "Go to the start page";
pub(super) const TO_ACCOUNT: &str = "Go to your account";
pub(super) const STATUS: &str = "Status";
pub(super) const REQUEST: &str = "Request";

pub(super) const CONFIG: &str = "Settings to put right";
pub(super) const CONFIG_LEAD: &str = "Edgeward answers nothing until these settings are right. You see them because you came by a loopback address; others see only that the site is not set up.";
pub(super) const CONFIG_NEXT: &str =
    "Variables stand in wrangler.toml, secrets in .dev.vars or in what wrangler secret put stored.";

/// Shown when a page cannot be made at all.
pub(super) const LAST_RESORT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Error</title><h1>Something went wrong on our side.</h1><p>Try again in a moment.</p></html>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_says_what_to_do_next() {
        for &code in Code::ALL {
            assert!(fact(code).ends_with('.'), "{code}");
            let next = advice(code, None);
            match code.kind() {
                Kind::Warning | Kind::Error => assert!(next.ends_with('.'), "{code}"),
                Kind::Success | Kind::Info => {
                    assert!(next.is_empty() || next.ends_with('.'), "{code}");
                }
            }
        }
    }

    /// A visitor who types a stranger's address must learn nothing from these.
    #[test]
    fn what_is_said_before_a_proof_tells_nothing_of_an_account() {
        for code in [
            Code::LoginInvalid,
            Code::RegisterCheckEmail,
            Code::ResendAccepted,
            Code::ForgotAccepted,
            Code::MagicAccepted,
            Code::EmailChangeAccepted,
        ] {
            let text = message(code, None).to_lowercase();
            for word in [
                "exist",
                "account",
                "unknown",
                "known",
                "registered",
                "taken",
                "found",
            ] {
                assert!(!text.contains(word), "{code} says {word:?}");
            }
        }
    }

    #[test]
    fn a_known_wait_takes_the_place_of_a_vague_one() {
        assert_eq!(
            message(Code::Throttled, Some(900)),
            "Too many attempts. Try again in 15 minutes."
        );
        for (seconds, said) in [
            (0, "1 second"),
            (45, "45 seconds"),
            (91, "2 minutes"),
            (3_600, "60 minutes"),
            (86_400, "24 hours"),
            (259_200, "3 days"),
        ] {
            let text = advice(Code::Busy, Some(seconds));
            assert_eq!(text, format!("Try again in {said}."));
        }
    }

    #[test]
    fn moments_are_told_as_people_tell_them() {
        let now = Time::from_unix_seconds(1_795_420_800);
        assert_eq!(ago(now, now), "just now");
        assert_eq!(ago(now - Span::seconds(119), now), "1 minute ago");
        assert_eq!(ago(now - Span::hours(23), now), "23 hours ago");
        assert_eq!(ago(now - Span::days(2), now), "2 days ago");
        assert_eq!(day(now), "23 November 2026");
    }

    #[test]
    fn fields_say_what_they_want() {
        assert_eq!(
            field_message("email", Code::FieldRequired),
            "Enter your e-mail address."
        );
        assert_eq!(
            field_message("password", Code::PasswordTooLong),
            message(Code::PasswordTooLong, None)
        );
    }
}
