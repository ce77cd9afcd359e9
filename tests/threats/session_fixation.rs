//! Fixation: somebody plants cookies of theirs in a browser and waits for its owner to sign in. Cookies of
//! every kind, in every way in: what comes of it is a session of the owner's own, and no copy of what was
//! planted is in it.

use edgeward::{kit::token::LinkKind, web::cookie};
use serde_json::json;

use crate::twin::{
    BETTER, GOOD, Twin, Visitor,
    figures::{figure, scale},
};

const ADA: &str = "ada@example.org";
const EVE: &str = "eve@example.net";
const SESSION: &str = "__Host-edgeward";
const CHOSEN: &str = "seven green umbrellas wait";
const ROW: &str = "session_fixation";

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Form,
    Json,
    SignUp,
    Link,
    Invitation,
    InvitationToSign,
    Reset,
    ForcedChange,
}

const WAYS: [Way; 8] = [
    Way::Form,
    Way::Json,
    Way::SignUp,
    Way::Link,
    Way::Invitation,
    Way::InvitationToSign,
    Way::Reset,
    Way::ForcedChange,
];

impl Way {
    /// Whether Ada has an account before.
    fn has_account(self) -> bool {
        !matches!(self, Self::SignUp | Self::Invitation)
    }
}

fn invites(twin: &Twin, email: &str) {
    let invitation = json!({ "email": email, "roles": ["billing"] });
    let page = twin
        .operator("invitations")
        .posts("/auth/admin/invitations", &invitation);
    assert_eq!(page.status, 200);
}

/// Eve, with a cookie of every kind that she came by in a decent way: tickets of links in her own mail, a
/// session, a device, a smart link, a password that she must replace.
fn with_every_cookie(twin: &Twin) -> Visitor {
    let mut eve = twin.member(EVE);
    let account = eve.account();
    let force = json!({ "forcePasswordChange": true });
    let undo = {
        eve.moves_to("eve@example.com");
        let undo = eve.reads(EVE).receives_link();
        eve.visits(&undo);
        undo
    };
    assert!(undo.contains("undo"));
    let link = eve.wants_address("eve@example.org");
    eve.visits(&link);
    eve.forgets_password().opens_mail();
    eve.asks_for_link_to("/").opens_mail();
    let terms = json!({ "path": "/reports", "expiresIn": 600 });
    let link = twin.operator("links").makes_link(&terms);
    eve.visits(&link.target).presses();
    let other = twin.operator("links").makes_link(&terms);
    eve.visits(&other.target);
    let mut new = eve.reads("mallory@example.net");
    new.signs_up(GOOD).opens_mail();
    invites(twin, "trent@example.net");
    let invitation = new.reads("trent@example.net").receives_link();
    new.visits(&invitation);
    eve.jar = new.jar;
    // The change comes last, since it ends her session: the cookie of it is what she keeps.
    let mut forced = eve.elsewhere();
    let target = format!("/auth/admin/accounts/{account}");
    let session = eve.cookie(SESSION).unwrap().to_owned();
    twin.operator("ops").patches(&target, &force);
    forced.visits("/login").signs_in();
    let change = cookie::ChangeTicket::NAME;
    eve.jar.plant(change, forced.cookie(change).unwrap());
    eve.jar.plant(SESSION, &session);
    let mut typo = eve.elsewhere();
    let form = crate::twin::Request::new("POST", "https://app.example.org/login/resend");
    let form = form.body("application/x-www-form-urlencoded", "email=x");
    typo.sends(&typo.dressed(form, "navigate"));
    let flash = cookie::Flash::NAME;
    eve.jar.plant(flash, typo.cookie(flash).unwrap());
    eve
}

/// Ada comes in, at the browser that somebody was at before.
fn comes_in(twin: &Twin, ada: &mut Visitor, way: Way) {
    match way {
        Way::Form => _ = ada.visits("/login").signs_in(),
        Way::Json => assert_eq!(ada.tries_to_sign_in().status, 200),
        Way::SignUp => _ = ada.signs_up(GOOD).opens_mail().confirms(),
        Way::Link => _ = ada.asks_for_link_to("/").opens_mail().presses(),
        Way::Invitation => {
            invites(twin, ADA);
            ada.opens_mail().chooses(GOOD);
        }
        Way::InvitationToSign => {
            invites(twin, ADA);
            ada.opens_mail();
            ada.visits("/login?then=invite").signs_in();
            ada.presses();
        }
        Way::Reset => {
            ada.forgets_password().opens_mail().chooses(CHOSEN);
            ada.visits("/login").signs_in();
        }
        Way::ForcedChange => {
            ada.visits("/login").signs_in();
            assert!(ada.page().asks_for("newPassword"));
            ada.chooses(CHOSEN);
        }
    }
}

/// Every name of a cookie there is.
fn names() -> Vec<&'static str> {
    let mut names = vec![
        SESSION,
        cookie::DEVICE_NAME,
        cookie::SIGNUP_NAME,
        cookie::LINK_NAME,
        cookie::MAGIC_NAME,
        cookie::ChangeTicket::NAME,
        cookie::Flash::NAME,
    ];
    names.extend(LinkKind::ALL.map(cookie::ticket_name));
    names
}

/// Whether the planted ones came to nothing. `only` is one of them; `None` plants them all.
fn held(way: Way, only: Option<&str>) -> bool {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let eve = with_every_cookie(&twin);
    let mut ada = twin.visitor(ADA);
    let mut account = None;
    if way.has_account() {
        ada = twin.member(ADA);
        account = Some(ada.account());
        ada.signs_out();
        ada = ada.elsewhere();
    }
    if way == Way::ForcedChange {
        let target = format!("/auth/admin/accounts/{}", account.as_deref().unwrap());
        let force = json!({ "forcePasswordChange": true });
        twin.operator("ops").patches(&target, &force);
    }
    for name in names() {
        let planted = eve.cookie(name);
        let planted = planted.unwrap_or_else(|| panic!("eve has no {name}"));
        if only.is_none_or(|only| only == name) {
            ada.jar.plant(name, planted);
        }
    }
    comes_in(&twin, &mut ada, way);
    assert!(ada.is_signed_in(), "{way:?} {only:?}: {}", ada.told);
    let page = ada.clone().fetches("GET", "/auth/session").json();
    let hers = page["account"]["email"] == ADA
        && account.is_none_or(|account| page["account"]["id"] == account.as_str())
        && ada.cookie(SESSION) != eve.cookie(SESSION);
    let mut thief = eve.copied();
    // Her own password may not have become Ada's, nor Ada's account hers.
    let seen = thief.fetches("POST", "/private").seen;
    let who = seen.and_then(|seen| seen.account);
    let mut again = twin.visitor(ADA);
    BETTER.clone_into(&mut again.password);
    hers && who.as_deref() != page["account"]["id"].as_str()
        && again.tries_to_sign_in().status != 200
        && !thief.is_signed_in_as(ADA)
}

impl Visitor {
    fn is_signed_in_as(&mut self, email: &str) -> bool {
        let page = self.fetches("GET", "/auth/session");
        page.status == 200 && page.json()["account"]["email"] == email
    }
}

#[test]
fn no_planted_cookie_becomes_the_owners_session() {
    // In the short form each way in has some of the cookies, and all ways together have them all.
    let stride = scale(5, 1);
    for (place, way) in WAYS.into_iter().enumerate() {
        let some = names().into_iter().skip(place % stride).step_by(stride);
        for only in some.map(Some).chain([None]) {
            let held = held(way, only);
            figure(ROW, 1, usize::from(held));
            assert!(held, "{way:?} {only:?}");
        }
    }
}
