//! The one list of our routes. What is not here is the origin's.

use super::site::Site;
use crate::kit::token::LinkKind;

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sign in by password.
    SignIn,
    /// Sign up.
    SignUp,
    /// Prove an address.
    Verify,
    /// Send the verification letter again.
    Resend,
    /// Ask for a link to a new password.
    Forgot,
    /// Choose a new password with it.
    Reset,
    /// Ask for a link to sign in; on its page, open it too.
    Magic,
    /// Sign in with it.
    MagicEnter,
    /// Take up an invitation.
    Invite,
    /// Replace the password.
    ChangePassword,
    /// Ask for another address, and confirm it.
    ChangeEmail,
    /// Confirm another address.
    ConfirmEmail,
    /// Take a change of address back, or the end of an account.
    Undo,
    /// Who I am and where I am signed in.
    Account,
    /// End this account.
    DeleteAccount,
    /// Everything kept of me.
    Export,
    /// Sign out.
    SignOut,
    /// Who is signed in.
    Session,
    /// Where they are signed in.
    Sessions,
    /// End one session; the id follows the path.
    EndSession,
    /// End the others, or all.
    EndSessions,
    /// The last feedback, once.
    Feedback,
    /// Whether the gateway serves.
    Health,
}

/// Who asks: a person with a page, or a script with JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// HTML and forms, below `PAGES_PREFIX`.
    Page,
    /// JSON, below `AUTH_PREFIX`.
    Json,
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Who asks.
    pub surface: Surface,
    /// What follows the prefix; a last `/{id}` stands for one segment.
    pub path: &'static str,
    /// Its methods. HEAD comes with GET.
    pub methods: &'static [&'static str],
    /// What it does.
    pub action: Action,
}

const fn page(path: &'static str, methods: &'static [&'static str], action: Action) -> Route {
    Route {
        surface: Surface::Page,
        path,
        methods,
        action,
    }
}

const fn json(path: &'static str, methods: &'static [&'static str], action: Action) -> Route {
    Route {
        surface: Surface::Json,
        path,
        methods,
        action,
    }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    page("", &["GET", "POST"], Action::SignIn),
    page("/signup", &["GET", "POST"], Action::SignUp),
    page("/verify", &["GET", "POST"], Action::Verify),
    page("/resend", &["GET", "POST"], Action::Resend),
    page("/forgot", &["GET", "POST"], Action::Forgot),
    page("/reset", &["GET", "POST"], Action::Reset),
    page("/magic", &["GET", "POST"], Action::Magic),
    page("/invite", &["GET", "POST"], Action::Invite),
    page("/email", &["GET", "POST"], Action::ConfirmEmail),
    page("/undo", &["GET", "POST"], Action::Undo),
    page("/account", &["GET", "POST"], Action::Account),
    page("/logout", &["POST"], Action::SignOut),
    json("/login", &["POST"], Action::SignIn),
    json("/register", &["POST"], Action::SignUp),
    json("/verify", &["POST"], Action::Verify),
    json("/resend", &["POST"], Action::Resend),
    json("/forgot", &["POST"], Action::Forgot),
    json("/reset", &["POST"], Action::Reset),
    json("/magic-request", &["POST"], Action::Magic),
    json("/magic", &["POST"], Action::MagicEnter),
    json("/invite-complete", &["POST"], Action::Invite),
    json("/change-password", &["POST"], Action::ChangePassword),
    json("/change-email", &["POST"], Action::ChangeEmail),
    json("/undo", &["POST"], Action::Undo),
    json("/delete-account", &["POST"], Action::DeleteAccount),
    json("/export", &["GET"], Action::Export),
    json("/end-sessions", &["POST"], Action::EndSessions),
    json("/logout", &["POST"], Action::SignOut),
    json("/session", &["GET"], Action::Session),
    json("/sessions", &["GET"], Action::Sessions),
    json("/sessions/{id}", &["DELETE"], Action::EndSession),
    json("/feedback", &["GET"], Action::Feedback),
    json("/health", &["GET"], Action::Health),
];

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
pub enum Place<'p> {
    /// One of our routes, and the id that followed it.
    Route(&'static Route, &'p str),
    /// Below our prefixes, but nothing is there.
    Nowhere(Surface),
    /// The origin's.
    Origin,
}

impl Action {
    /// The kind of link that this page opens.
    pub const fn link(self) -> Option<LinkKind> {
        match self {
            Self::Verify => Some(LinkKind::Verify),
            Self::Reset => Some(LinkKind::Reset),
            Self::Magic => Some(LinkKind::Magic),
            Self::Invite => Some(LinkKind::Invite),
            Self::ConfirmEmail => Some(LinkKind::Email),
            Self::Undo => Some(LinkKind::Undo),
            _ => None,
        }
    }
}

impl Route {
    /// Whether the route has this method.
    pub fn allows(&self, method: &str) -> bool {
        self.methods.contains(&method) || (method == "HEAD" && self.methods.contains(&"GET"))
    }

    /// The `Allow` header.
    pub fn allow(&self) -> String {
        let head = self.methods.contains(&"GET").then_some("HEAD");
        self.methods
            .iter()
            .copied()
            .chain(head)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Where a path leads. Our routes have one spelling: what differs by a letter or a slash is not one.
pub fn place<'p>(site: &Site, path: &'p str) -> Place<'p> {
    let prefixes = &site.config.prefixes;
    for (surface, prefix) in [
        (Surface::Page, &prefixes.pages),
        (Surface::Json, &prefixes.auth),
    ] {
        let Some(rest) = path.strip_prefix(prefix.as_str()) else {
            continue;
        };
        if rest.is_empty() || rest.starts_with('/') {
            return find(surface, rest);
        }
    }
    Place::Origin
}

fn find(surface: Surface, rest: &str) -> Place<'_> {
    let matches = |route: &&'static Route| route.surface == surface;
    for route in ROUTES.iter().filter(matches) {
        if let Some(before) = route.path.strip_suffix("{id}") {
            if let Some(id) = rest
                .strip_prefix(before)
                .filter(|id| !id.is_empty() && !id.contains('/'))
            {
                return Place::Route(route, id);
            }
        } else if route.path == rest {
            return Place::Route(route, "");
        }
    }
    Place::Nowhere(surface)
}
