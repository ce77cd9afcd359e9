//! The one list of our routes. What is not here is the origin's.

use super::site::Site;
use crate::{
    config::{AuthCheck, Scope},
    kit::token::LinkKind,
};

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
    /// Operators: an account by its address.
    FindAccount,
    /// Operators: see and change an account.
    OneAccount,
    /// Read the journal of an account.
    Journal,
    /// Operators: send its owner a link to a new password.
    SendReset,
    /// Operators: invite, and see who is invited.
    Invitations,
    /// Operators: take an invitation back.
    OneInvitation,
    /// Operators: send the letter of an invitation again.
    ResendInvitation,
    /// The link that this browser has opened.
    OpenedLink,
    /// The script for pages of the operator's own, and its types.
    Client,
    /// The keys by which assertions are checked.
    KeySet,
    /// The last feedback, once.
    Feedback,
    /// Whether the gateway serves.
    Health,
    /// Open a smart link.
    OpenLink,
    /// An operator makes a smart link.
    Links,
    /// An operator looks at a smart link, or revokes it; the id follows the path.
    Link,
    /// A proxy asks whether a request may go on.
    Check,
}

/// Who asks: a person with a page, a script with JSON, a program of an operator's, or a proxy of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// HTML and forms, below `PAGES_PREFIX`.
    Page,
    /// JSON, below `AUTH_PREFIX`.
    Json,
    /// JSON for who has one of `ADMIN_KEYS`, below `AUTH_PREFIX` and `/admin`.
    Operator,
    /// For a proxy that has one of `ADMIN_KEYS` and asks about the request of somebody else, below `AUTH_PREFIX`.
    Proxy,
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Who asks.
    pub surface: Surface,
    /// What follows the prefix; `{id}` stands for one segment.
    pub path: &'static str,
    /// Its methods. HEAD comes with GET.
    pub methods: &'static [&'static str],
    /// What it does.
    pub action: Action,
    /// What the key of an operator's program or proxy must be for, one for each method.
    scopes: &'static [Scope],
}

const fn page(path: &'static str, methods: &'static [&'static str], action: Action) -> Route {
    Route {
        surface: Surface::Page,
        path,
        methods,
        action,
        scopes: &[],
    }
}

const fn json(path: &'static str, methods: &'static [&'static str], action: Action) -> Route {
    Route {
        surface: Surface::Json,
        path,
        methods,
        action,
        scopes: &[],
    }
}

const fn operator(
    path: &'static str,
    methods: &'static [&'static str],
    scopes: &'static [Scope],
    action: Action,
) -> Route {
    Route {
        surface: Surface::Operator,
        path,
        methods,
        action,
        scopes,
    }
}

const fn proxy(
    path: &'static str,
    methods: &'static [&'static str],
    scopes: &'static [Scope],
    action: Action,
) -> Route {
    Route {
        surface: Surface::Proxy,
        ..operator(path, methods, scopes, action)
    }
}

/// Where operators' routes are, below `AUTH_PREFIX`.
const ADMIN: &str = "/admin";

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
    json("/opened/{id}", &["GET"], Action::OpenedLink),
    json("/client.js", &["GET"], Action::Client),
    json("/client.d.ts", &["GET"], Action::Client),
    json("/jwks.json", &["GET"], Action::KeySet),
    json("/feedback", &["GET"], Action::Feedback),
    json("/health", &["GET"], Action::Health),
    page("/link", &["GET", "POST"], Action::OpenLink),
    proxy("/check", &["GET"], &[Scope::Check], Action::Check),
    operator("/admin/links", &["POST"], &[Scope::Links], Action::Links),
    operator(
        "/admin/links/{id}",
        &["GET", "DELETE"],
        &[Scope::Links, Scope::Links],
        Action::Link,
    ),
    operator(
        "/admin/accounts",
        &["GET"],
        &[Scope::Read],
        Action::FindAccount,
    ),
    operator(
        "/admin/accounts/{id}",
        &["GET", "PATCH"],
        &[Scope::Read, Scope::Accounts],
        Action::OneAccount,
    ),
    operator(
        "/admin/accounts/{id}/reset",
        &["POST"],
        &[Scope::Accounts],
        Action::SendReset,
    ),
    operator(
        "/admin/accounts/{id}/journal",
        &["GET"],
        &[Scope::Read],
        Action::Journal,
    ),
    operator(
        "/admin/invitations",
        &["GET", "POST"],
        &[Scope::Invitations, Scope::Invitations],
        Action::Invitations,
    ),
    operator(
        "/admin/invitations/{id}",
        &["DELETE"],
        &[Scope::Invitations],
        Action::OneInvitation,
    ),
    operator(
        "/admin/invitations/{id}/resend",
        &["POST"],
        &[Scope::Invitations],
        Action::ResendInvitation,
    ),
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
            Self::OpenLink => Some(LinkKind::Link),
            _ => None,
        }
    }
}

impl Route {
    /// Whether the route has this method.
    pub fn allows(&self, method: &str) -> bool {
        self.place_of(method).is_some()
    }

    /// What the key of an operator's program or proxy must be for.
    pub fn scope(&self, method: &str) -> Option<Scope> {
        self.scopes.get(self.place_of(method)?).copied()
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

    fn place_of(&self, method: &str) -> Option<usize> {
        let asked = if method == "HEAD" { "GET" } else { method };
        self.methods.iter().position(|known| *known == asked)
    }

    /// The id in a path of this route; empty where the route has none.
    fn id_in<'p>(&self, rest: &'p str) -> Option<&'p str> {
        let Some((before, after)) = self.path.split_once("{id}") else {
            return (self.path == rest).then_some("");
        };
        rest.strip_prefix(before)?
            .strip_suffix(after)
            .filter(|id| !id.is_empty() && !id.contains('/'))
    }
}

/// Where a path leads. Our routes have one spelling: what differs by a letter or a slash is not one.
pub fn place<'p>(site: &Site, path: &'p str) -> Place<'p> {
    let prefixes = &site.config.prefixes;
    if let Some(rest) = below(path, &prefixes.pages) {
        return find(Surface::Page, rest);
    }
    let Some(rest) = below(path, &prefixes.auth) else {
        return Place::Origin;
    };
    let has_operators = !site.operators.is_empty();
    let surface = match below(rest, ADMIN) {
        Some(_) if has_operators => Surface::Operator,
        _ => Surface::Json,
    };
    match find(surface, rest) {
        Place::Nowhere(_) if site.config.auth_check != AuthCheck::Off => find(Surface::Proxy, rest),
        found => found,
    }
}

fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn find(surface: Surface, rest: &str) -> Place<'_> {
    let on_surface = |route: &&'static Route| route.surface == surface;
    for route in ROUTES.iter().filter(on_surface) {
        if let Some(id) = route.id_in(rest) {
            return Place::Route(route, id);
        }
    }
    Place::Nowhere(surface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_for_keys_has_a_scope_for_each_method_and_no_other_route_has_one() {
        for route in ROUTES {
            let of_operators = route.surface == Surface::Operator;
            assert_eq!(of_operators, route.path.starts_with("/admin/"));
            let takes_keys = of_operators || route.surface == Surface::Proxy;
            let scopes = if takes_keys { route.methods.len() } else { 0 };
            assert_eq!(route.scopes.len(), scopes, "{}", route.path);
        }
    }

    #[test]
    fn an_id_is_one_segment_wherever_it_stands() {
        const ROUTE: Route = operator("/admin/x/{id}/y", &["GET"], &[Scope::Read], Action::Link);
        assert_eq!(ROUTE.id_in("/admin/x/1/y"), Some("1"));
        for other in [
            "/admin/x//y",
            "/admin/x/1/2/y",
            "/admin/x/1",
            "/admin/x/y",
            "/admin/x/1/y/",
        ] {
            assert_eq!(ROUTE.id_in(other), None, "{other}");
        }
        assert_eq!(ROUTE.scope("HEAD"), Some(Scope::Read));
        assert_eq!(ROUTE.scope("POST"), None);
    }
}
