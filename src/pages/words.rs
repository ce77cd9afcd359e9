//! Every word a visitor can read, each with the name by which `WORDS` replaces it. What codes say is in
//! `code_words.rs`.
//!
//! Short, plain, true. A failure says what to do next. Nothing here may tell whether an account exists:
//! what is said before a secret was proved reads the same for a known and an unknown address. What stands
//! in braces is filled in (`wording.rs`).

use super::{code::Kind, wording::Word};

/// Makes a constant of every row, and a list of all of them.
macro_rules! words {
    ($($constant:ident = $name:literal $text:literal;)+) => {
        $(pub(super) const $constant: Word = Word::new($name, $text);)+

        /// Every word but those of the codes.
        pub(super) const ALL: &[Word] = &[$($constant,)+];
    };
}

words! {
    LANGUAGE = "page.language" "en";
    HELP = "page.help" "Help";
    DONE = "page.done" "Done:";
    NOTE = "page.note" "Note:";
    WARNING = "page.warning" "Warning:";
    ERROR = "page.error" "Error:";
    TO_SIGN_IN = "page.to_sign_in" "Back to sign-in";

    EMAIL = "field.email" "E-mail address";
    NEW_EMAIL = "field.new_email" "New e-mail address";
    PASSWORD = "field.password" "Password";
    CURRENT_PASSWORD = "field.current_password" "Current password";
    NEW_PASSWORD = "field.new_password" "New password";
    PASSWORD_HINT = "field.password_hint" "At least {count} characters. Four or five unrelated words are easy to keep in mind and hard to guess.";
    EMAIL_REQUIRED = "field.email_required" "Enter your e-mail address.";
    EMAIL_INVALID = "field.email_invalid" "Enter an e-mail address such as name@example.com.";
    PASSWORD_REQUIRED = "field.password_required" "Enter a password.";
    PASSWORD_WRONG = "field.password_wrong" "This is not your current password.";
    REQUIRED = "field.required" "Fill in this field.";
    INVALID = "field.invalid" "Check what you typed here.";

    LOGIN = "login.heading" "Sign in to {brand}";
    SIGN_IN = "login.button" "Sign in";
    LOGIN_FORGOT = "login.forgot" "Forgot your password?";
    LOGIN_MAGIC = "login.magic" "Mail me a sign-in link instead";
    LOGIN_RESEND = "login.resend" "Send a new link";
    NO_ACCOUNT = "login.no_account" "No account yet?";
    LOGIN_SIGN_UP = "login.sign_up" "Create account";

    REAUTH = "reauth.heading" "Confirm that it is you";
    REAUTH_LEAD = "reauth.lead" "You signed in a while ago. What comes next asks for a fresh sign-in.";
    REAUTH_BUTTON = "reauth.button" "Confirm";

    SIGN_UP = "signup.heading" "Join {brand}";
    SIGN_UP_BUTTON = "signup.button" "Create account";
    SIGN_UP_CLOSED = "signup.closed" "You cannot sign up by yourself here.";
    HAVE_ACCOUNT = "signup.have_account" "Have an account?";
    SIGN_UP_SIGN_IN = "signup.sign_in" "Sign in";

    CHECK_MAIL = "mail.heading" "Check your mail";
    NO_MAIL = "mail.missing" "No mail?";
    NO_MAIL_TIPS = "mail.missing_tips" "Look into the spam folder, or have the link sent again.";

    VERIFY_ELSEWHERE = "verify.elsewhere" "You opened this link in another browser than the one you signed up with. Choose the password of your account here: it replaces the one typed there.";
    VERIFY_WITH_PASSWORD = "verify.elsewhere_button" "Confirm and set password";
    ASKED = "sign_in_link.asked" "Asked for {time} by {browser}.";
    ASKED_FROM = "sign_in_link.asked_from" "Asked for {time} by {browser}, {place}.";
    SWITCH = "sign_in_link.switch" "This browser is signed in as {other}. The button signs that account out here, and signs you in as {address}.";
    SWITCH_BUTTON = "sign_in_link.switch_button" "Switch to {address}";
    NEW_ADDRESS_OF = "new_address.of" "The account is the one of {other} now. If that is not yours, close this page: the address would belong to somebody else's account.";
    INVITE_ROLES = "invite.roles" "It comes with these roles:";
    INVITE_NEW = "invite.new" "Choose a password, and your account is ready.";
    INVITE_NEW_BUTTON = "invite.new_button" "Create account";
    INVITE_KNOWN = "invite.known" "This address has an account. Sign in with it, and you come back to this page.";
    INVITE_KNOWN_BUTTON = "invite.known_button" "Sign in";
    UNDO_EMAIL_SESSIONS = "undo_email.sessions" "Every session ends, wherever it is.";
    UNDO_EMAIL_PASSWORD = "undo_email.password" "The password no longer works. You choose a new one by a reset link, for which you ask afterwards.";
    LASTS = "smart_link.lasts" "It stays open in this browser for {time}.";

    SIGNED_OUT = "signed_out.heading" "You are signed out";
    SIGNED_OUT_LEAD = "signed_out.lead" "Your session on this device has ended.";
    SIGN_IN_AGAIN = "signed_out.button" "Sign in again";

    ACCOUNT = "account.heading" "Your account";
    SIGN_OUT = "account.sign_out" "Sign out";
    CONFIRM_FIRST = "account.confirm_first" "First you confirm that it is you.";
    ACCOUNT_PASSWORD = "account.password" "Password";
    PASSWORD_LEAD = "account.password_lead" "Choose one that you use nowhere else.";
    CHANGE_PASSWORD = "account.password_button" "Change password";
    NO_PASSWORD = "account.no_password_lead" "Your account has none: you sign in by mail. With a password you can do without the mail.";
    SET_PASSWORD = "account.no_password_button" "Set a password";
    ADDRESS = "account.address" "E-mail address";
    ADDRESS_LEAD = "account.address_lead" "We mail a link to the new address. Nothing changes until you open it.";
    ADDRESS_WAITS = "account.address_waits" "Waiting for confirmation: {address}";
    CHANGE_ADDRESS = "account.address_button" "Change address";
    SESSIONS = "account.sessions" "Where you are signed in";
    SESSIONS_HINT = "account.sessions_hint" "Is there one you do not recognise? End it. Pages open there may stay readable for a short moment.";
    THIS_DEVICE = "account.this_device" "This device";
    SEEN = "account.seen" "Seen {time}";
    SIGNED_IN_ON = "account.signed_in_on" "Signed in on {day}";
    END = "account.end" "End";
    END_SESSION_OF = "account.end_session_of" "End the session on {device}";
    END_OTHERS = "account.end_others" "Sign out elsewhere";
    END_ALL = "account.end_all" "Sign out everywhere";
    DATA = "account.data" "Your data";
    DATA_LEAD = "account.data_lead" "All that is kept about you here, in one JSON file.";
    EXPORT = "account.data_button" "Download";
    DELETE = "account.delete" "Delete account";
    DELETE_LEAD = "account.delete_lead" "You are signed out everywhere at once, and a mail tells you how to come back. After 72 hours all is erased for good.";
    DELETE_SURE = "account.delete_sure" "Are you sure? Nobody can bring an erased account back.";
    DELETE_BUTTON = "account.delete_button" "Yes, delete my account";

    TRY_AGAIN = "problem.again" "Try again";
    TO_RESEND = "problem.to_resend" "Send a new link";
    TO_START = "problem.to_start" "Go to the start page";
    TO_ACCOUNT = "problem.to_account" "Go to your account";
    STATUS = "problem.status" "Status";
    REQUEST = "problem.request" "Request";
    RETRY = "problem.retry" "Try again in {time}.";

    SECOND = "time.second" "{count} second";
    SECONDS = "time.seconds" "{count} seconds";
    MINUTE = "time.minute" "{count} minute";
    MINUTES = "time.minutes" "{count} minutes";
    HOUR = "time.hour" "{count} hour";
    HOURS = "time.hours" "{count} hours";
    DAY = "time.day" "{count} day";
    DAYS = "time.days" "{count} days";
    JUST_NOW = "time.just_now" "just now";
    AGO = "time.ago" "{time} ago";
    DATE = "time.date" "{day} {month} {year}";
    JANUARY = "time.january" "January";
    FEBRUARY = "time.february" "February";
    MARCH = "time.march" "March";
    APRIL = "time.april" "April";
    MAY = "time.may" "May";
    JUNE = "time.june" "June";
    JULY = "time.july" "July";
    AUGUST = "time.august" "August";
    SEPTEMBER = "time.september" "September";
    OCTOBER = "time.october" "October";
    NOVEMBER = "time.november" "November";
    DECEMBER = "time.december" "December";
}

/// What a page with one form and one button says.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageWords {
    pub(super) heading: Word,
    /// What it is about.
    pub(super) lead: Word,
    pub(super) button: Word,
    /// What to know beside it: when the mail is on its way, or for whom a link was not meant.
    pub(super) aside: Word,
}

/// Makes such a page of every group, and a list of all of them.
macro_rules! pages {
    ($($constant:ident = $name:literal {
        $heading:literal
        $lead:literal
        $button:literal
        $aside:literal
    })+) => {
        $(pub(super) const $constant: PageWords = PageWords {
            heading: Word::new(concat!($name, ".heading"), $heading),
            lead: Word::new(concat!($name, ".lead"), $lead),
            button: Word::new(concat!($name, ".button"), $button),
            aside: Word::new(concat!($name, ".aside"), $aside),
        };)+

        /// Every such page: heading, lead, button, aside.
        pub(super) const PAGES: &[PageWords] = &[$($constant,)+];
    };
}

pages! {
    RESEND = "resend" {
        "Get a new link"
        "You signed up, but the mail did not come or its link is too old? We send another one."
        "Send a new link"
        "Open it in this browser and you are signed in right away. It can take a few minutes to arrive."
    }
    FORGOT = "forgot" {
        "Forgot your password?"
        "Enter your address. If it can be used, we mail you a link to choose a new password."
        "Send the link"
        "Your password stays as it is until you open the link and choose another. It can take a few minutes to arrive."
    }
    MAGIC = "magic" {
        "Sign in by mail"
        "Enter your address. If it can be used, we mail you a link that signs you in without a password."
        "Send the link"
        "Open it soon, and in this browser: then you are signed in right away. It can take a few minutes to arrive."
    }
    VERIFY = "verify" {
        "Confirm your address"
        "You are about to confirm {address}."
        "Confirm"
        "You did not sign up? Close this page; without the button nothing happens."
    }
    RESET = "reset" {
        "Choose a new password"
        "For {address}. Wherever this account is signed in, it will be signed out."
        "Set password"
        "You did not ask for this? Close this page, and your password stays as it is."
    }
    SIGN_IN_LINK = "sign_in_link" {
        "Sign in to {brand}"
        "You are about to sign in as {address}."
        "Sign in"
        "You did not ask for this link? Then somebody else did: close this page."
    }
    INVITE = "invite" {
        "You are invited to {brand}"
        "The invitation is for {address}."
        "Accept invitation"
        "You do not know what this is about? Close this page; without the button nothing happens."
    }
    NEW_ADDRESS = "new_address" {
        "Confirm your new address"
        "From now on you sign in as {address}. Your old address gets a mail about it."
        "Use this address"
        "You did not ask for this? Close this page; without the button nothing happens."
    }
    UNDO_EMAIL = "undo_email" {
        "Go back to your old address"
        "The address of your account becomes {address} again. So that nobody else keeps a key to it:"
        "Go back to the old address"
        "You want to keep the new address? Close this page."
    }
    UNDO_DELETION = "undo_deletion" {
        "Keep your account"
        "The account of {address} is about to be erased. You can still keep it, with all that belongs to it."
        "Keep my account"
        "You want it erased? Close this page; it happens by itself."
    }
    SMART_LINK = "smart_link" {
        "Something is shared with you"
        "This link opens a part of {brand} to you:"
        "Open"
        "You do not know who sent you this? Close this page; without the button nothing happens."
    }
    CHANGE = "change" {
        "Replace your password"
        "Your password was right, but it may not be used any longer. Choose a new one for {address} to go on."
        "Set password and sign in"
        "Not now? Close this page; you are not signed in."
    }
}

/// The months, January first.
pub(super) const MONTHS: [Word; 12] = [
    JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER,
    DECEMBER,
];

/// What is read out before a message, so that its colour is not all that tells its kind.
pub(super) const fn kind(kind: Kind) -> Word {
    match kind {
        Kind::Success => DONE,
        Kind::Info => NOTE,
        Kind::Warning => WARNING,
        Kind::Error => ERROR,
    }
}

/// For the operator alone, while the settings are wrong: `WORDS` cannot replace these.
pub(super) const CONFIG: &str = "Settings to put right";
pub(super) const CONFIG_LEAD: &str = "Edgeward answers nothing until these settings are right. You see them because you came by a loopback address; others see only that the site is not set up.";
pub(super) const CONFIG_NEXT: &str =
    "Variables stand in wrangler.toml, secrets in .dev.vars or in what wrangler secret put stored.";

/// Shown when a page cannot be made at all.
pub(super) const LAST_RESORT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Error</title><h1>Something went wrong on our side.</h1><p>Try again in a moment.</p></html>";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::{code::Code, code_words::said};

    /// A visitor who types a stranger's address must learn nothing from these.
    #[test]
    fn what_is_said_before_a_proof_tells_nothing_of_an_account() {
        let codes = [
            Code::LoginInvalid,
            Code::RegisterCheckEmail,
            Code::ResendAccepted,
            Code::ForgotAccepted,
            Code::MagicAccepted,
            Code::EmailChangeAccepted,
        ]
        .map(said);
        let codes = codes.iter().flat_map(|(fact, next)| [*fact, *next]);
        let pages = [FORGOT, MAGIC, RESEND].into_iter();
        let pages = pages.flat_map(|page| [page.lead, page.aside].map(Word::text));
        for text in codes.chain(pages) {
            for word in [
                "exist",
                "account",
                "unknown",
                "known",
                "registered",
                "taken",
                "found",
            ] {
                assert!(!text.to_lowercase().contains(word), "{text:?}");
            }
        }
    }
}
