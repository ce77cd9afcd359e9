//! What a link leads to: a page that names the act and whom it is about, and has one button.
//!
//! Opening a link does nothing; programs that look into mails open links too. Only the button acts. The
//! page of a password that must be replaced has the same shape, so it is here as well.

use std::borrow::Cow;

use askama::Template;

use crate::kit::time::Time;

use super::{
    Brand, FieldErrors, Kind, Shell, View, Word,
    words::{self, PageWords},
};

/// A link was opened.
#[derive(Template, Debug)]
#[template(path = "opened.html")]
pub struct Opened<'a> {
    /// What is around it.
    pub shell: Shell<'a>,
    /// The visit id that has to match the ticket cookie's.
    pub visit: &'a str,
    /// What the button does.
    pub act: Act<'a>,
    /// `PASSWORD_MIN_LENGTH`.
    pub min_length: usize,
    /// When the page is made, to say how long ago or for how long.
    pub now: Time,
    /// Refused fields.
    pub errors: FieldErrors,
}

/// What the button does. Each `address` is shown as it is: masked, unless the visitor typed it.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// Confirms the address of a sign-up.
    Verify {
        /// Whose sign-up.
        address: &'a str,
        /// Whether this is not the browser that registered.
        ask_password: bool,
    },
    /// Sets a new password.
    Reset {
        /// Whose password.
        address: &'a str,
    },
    /// Signs in.
    SignIn {
        /// As whom.
        address: &'a str,
        /// Who asked for the link, as far as that is known.
        asked: Option<Asked<'a>>,
        /// The address this browser is signed in with, when it is another account.
        other: Option<&'a str>,
        /// Whether this browser asked for the link: then a script presses the button.
        own_browser: bool,
    },
    /// Takes up an invitation.
    Invite {
        /// Who is invited.
        address: &'a str,
        /// What the invited may do, by name.
        roles: &'a [&'a str],
        /// What is left to do.
        to: InviteTo<'a>,
    },
    /// Makes this the address of the account.
    Email {
        /// The new address.
        address: &'a str,
        /// The address that the account has now, masked: so that nobody joins a stranger's account unseen.
        now: &'a str,
    },
    /// Takes a change back.
    Undo {
        /// The old address, or that of the account.
        address: &'a str,
        /// Which change.
        what: Undoing,
    },
    /// Opens a part of the origin to this browser.
    Link {
        /// Where that part begins.
        path: &'a str,
        /// How long it stays open.
        until: Time,
    },
    /// Replaces a password that was right and may not be used any longer. Posts to the sign-in page.
    Change {
        /// Whose password.
        address: &'a str,
    },
}

/// Where a sign-in link was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Browser and system in words, such as `Firefox on Linux`.
    pub browser: &'a str,
    /// Roughly where, such as `Lisbon, Portugal`; empty when not known.
    pub place: &'a str,
    /// When.
    pub at: Time,
}

/// What someone who is invited has left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteTo<'a> {
    /// There is no account yet: choose a password.
    ChoosePassword,
    /// There is an account, and this browser is not signed in with it.
    SignInFirst {
        /// The sign-in page, with the way back.
        login_href: &'a str,
    },
    /// Signed in with it: say yes.
    Accept,
}

/// Which change is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// The change of the address.
    Email,
    /// The deletion of the account.
    Deletion,
}

impl<'a> Act<'a> {
    /// What its page says.
    const fn page(&self) -> PageWords {
        match self {
            Self::Verify { .. } => words::VERIFY,
            Self::Reset { .. } => words::RESET,
            Self::SignIn { .. } => words::SIGN_IN_LINK,
            Self::Invite { .. } => words::INVITE,
            Self::Email { .. } => words::NEW_ADDRESS,
            Self::Undo { what, .. } => match what {
                Undoing::Email => words::UNDO_EMAIL,
                Undoing::Deletion => words::UNDO_DELETION,
            },
            Self::Link { .. } => words::SMART_LINK,
            Self::Change { .. } => words::CHANGE,
        }
    }

    /// Why the button alone is not enough or does more than it seems, and what it says then.
    const fn reason(&self) -> Option<(Word, Word)> {
        match self {
            Self::Verify {
                ask_password: true, ..
            } => Some((words::VERIFY_ELSEWHERE, words::VERIFY_WITH_PASSWORD)),
            Self::SignIn { other: Some(_), .. } => Some((words::SWITCH, words::SWITCH_BUTTON)),
            Self::Email { .. } => Some((words::NEW_ADDRESS_OF, words::NEW_ADDRESS.button)),
            Self::Invite { to, .. } => match to {
                InviteTo::ChoosePassword => Some((words::INVITE_NEW, words::INVITE_NEW_BUTTON)),
                InviteTo::SignInFirst { .. } => {
                    Some((words::INVITE_KNOWN, words::INVITE_KNOWN_BUTTON))
                }
                InviteTo::Accept => None,
            },
            _ => None,
        }
    }

    /// The name of the field for a new password, where one is asked for.
    const fn password(&self) -> Option<&'static str> {
        match self {
            Self::Verify {
                ask_password: true, ..
            }
            | Self::Reset { .. }
            | Self::Invite {
                to: InviteTo::ChoosePassword,
                ..
            } => Some("password"),
            Self::Change { .. } => Some("newPassword"),
            _ => None,
        }
    }

    /// Where the form goes, below the prefix.
    const fn path(&self) -> &'static str {
        match self {
            Self::Verify { .. } => "/verify",
            Self::Reset { .. } => "/reset",
            Self::SignIn { .. } => "/magic",
            Self::Invite { .. } => "/invite",
            Self::Email { .. } => "/email",
            Self::Undo { .. } => "/undo",
            Self::Link { .. } => "/link",
            Self::Change { .. } => "",
        }
    }

    /// Whom the act is about. A smart link is about nobody.
    const fn address(&self) -> &'a str {
        match self {
            Self::Verify { address, .. }
            | Self::Reset { address }
            | Self::SignIn { address, .. }
            | Self::Invite { address, .. }
            | Self::Email { address, .. }
            | Self::Undo { address, .. }
            | Self::Change { address } => address,
            Self::Link { .. } => "",
        }
    }
}

impl View for Opened<'_> {
    fn heading(&self) -> Cow<'_, str> {
        self.fill(self.act.page().heading).into()
    }

    fn focus(&self) -> &'static str {
        self.act.password().unwrap_or_default()
    }
}

impl Opened<'_> {
    /// Whether the page has a script that presses its button. After a refusal it has none: it would press
    /// for ever.
    pub fn runs_script(&self) -> bool {
        let alone = matches!(
            self.act,
            Act::SignIn {
                own_browser: true,
                other: None,
                ..
            }
        );
        alone && self.shell.feedback.is_none()
    }

    fn fill(&self, word: Word) -> String {
        let other = match self.act {
            Act::SignIn { other, .. } => other.unwrap_or_default(),
            Act::Email { now, .. } => now,
            _ => "",
        };
        let values = [
            ("brand", self.shell.brand.name.as_str()),
            ("address", self.act.address()),
            ("other", other),
        ];
        self.shell.fill(word, &values)
    }

    /// What the act is, up to the address and after it.
    fn lead(&self) -> (String, Option<String>) {
        let Brand { words, name, .. } = self.shell.brand;
        words.around(self.act.page().lead, "{address}", &[("brand", name)])
    }

    fn reason(&self) -> Option<String> {
        self.act.reason().map(|(reason, _)| self.fill(reason))
    }

    fn button(&self) -> String {
        let plain = self.act.page().button;
        self.fill(self.act.reason().map_or(plain, |(_, button)| button))
    }

    fn aside(&self) -> String {
        self.fill(self.act.page().aside)
    }

    /// Who asked for a sign-in link, so that the person sees whether it was them.
    fn asked(&self) -> Option<String> {
        let Act::SignIn { asked, .. } = self.act else {
            return None;
        };
        let Asked { browser, place, at } = asked?;
        let time = self.shell.brand.words.ago(at, self.now);
        let values = [
            ("time", time.as_str()),
            ("browser", browser),
            ("place", place),
        ];
        let word = match place {
            "" => words::ASKED,
            _ => words::ASKED_FROM,
        };
        Some(self.shell.fill(word, &values))
    }

    /// What else happens, point by point.
    const fn points(&self) -> &'static [Word] {
        match self.act {
            Act::Undo {
                what: Undoing::Email,
                ..
            } => &[words::UNDO_EMAIL_SESSIONS, words::UNDO_EMAIL_PASSWORD],
            _ => &[],
        }
    }

    const fn roles(&self) -> &[&str] {
        match self.act {
            Act::Invite { roles, .. } => roles,
            _ => &[],
        }
    }

    /// The part of the origin that opens, and for how long.
    fn part(&self) -> Option<(&str, String)> {
        let Act::Link { path, until } = self.act else {
            return None;
        };
        let time = self.shell.brand.words.whole(self.now.until(until));
        Some((path, self.shell.fill(words::LASTS, &[("time", &time)])))
    }

    /// The sign-in page, for those who have to go there first.
    const fn detour(&self) -> Option<&str> {
        match self.act {
            Act::Invite {
                to: InviteTo::SignInFirst { login_href },
                ..
            } => Some(login_href),
            _ => None,
        }
    }
}
