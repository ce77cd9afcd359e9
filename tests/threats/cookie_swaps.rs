//! One cookie in the place of another, or a cookie altered. Each purpose has a key of its own, so nothing
//! made for one is accepted for another, and a value has one spelling.

use std::collections::BTreeSet;

use edgeward::{
    kit::{
        id::VisitId,
        token::{LinkKind, Token},
    },
    web::cookie::{self, ChangeTicket, Flash, SessionCookie, Ticket},
};
use serde_json::json;

use crate::twin::{BETTER, GOOD, HOME, Request, Twin, Visitor, figures::figure};

const SESSION: &str = "__Host-edgeward";
const DEVICE: &str = "__Host-edgeward-device";
const SIGNUP: &str = "__Host-edgeward-signup";
const LINK: &str = "__Host-edgeward-link";
const MAGIC: &str = "__Host-edgeward-magic";
const CHANGE: &str = "__Host-edgeward-ticket-change";
const FLASH: &str = "__Host-edgeward-flash";
const ROW: &str = "cookie_swaps";

/// The name of every cookie there is.
pub(super) fn names() -> Vec<&'static str> {
    let mut names = vec![SESSION, DEVICE, SIGNUP, LINK, MAGIC, CHANGE, FLASH];
    names.extend(LinkKind::ALL.map(cookie::ticket_name));
    names
}

/// One good value of each cookie, from browsers that met them all.
pub(super) fn one_of_each(twin: &Twin) -> Vec<(&'static str, String)> {
    twin.leaves_mail_unread();
    let mut ada = twin.visitor("ada@example.org");
    let mut all = Vec::new();
    let mut keeps = |browser: &Visitor, name: &'static str| {
        let value = browser
            .cookie(name)
            .unwrap_or_else(|| panic!("no {name}"))
            .to_owned();
        all.push((name, value));
    };
    ada.signs_up(GOOD);
    keeps(&ada, SIGNUP);
    ada.opens_mail().confirms();
    let terms = json!({"path": "/reports", "expiresIn": 600});
    let link = twin.operator("links").makes_link(&terms);
    ada.visits(&link.target).presses();
    for name in [SESSION, DEVICE, LINK] {
        keeps(&ada, name);
    }
    ada.asks_for_link_to("/");
    keeps(&ada, MAGIC);
    let mut bob = twin.member("bob@example.org");
    let route = format!("/auth/admin/accounts/{}", bob.account());
    let force = json!({ "forcePasswordChange": true });
    twin.operator("accounts").patches(&route, &force);
    bob.signs_in();
    keeps(&bob, CHANGE);
    let form = Request::new("POST", &format!("{HOME}/login/resend"));
    let form = form.body("application/x-www-form-urlencoded", "email=x");
    let form = ada.dressed(form, "navigate");
    ada.sends(&form);
    keeps(&ada, FLASH);
    let ticket = |kind: LinkKind| {
        let token = format!("{}.abc.{}", kind.as_str(), "AQEB".repeat(10) + "AQE");
        let token = Token::parse(kind, &token).unwrap();
        let visit = VisitId::from_bits(&[7; 16]);
        let set = Ticket { token, visit }.set(&twin.world.site.keys, [8; 24]);
        let value = set.as_str().split(['=', ';']).nth(1).unwrap();
        (cookie::ticket_name(kind), value.to_owned())
    };
    all.extend(LinkKind::ALL.map(ticket));
    all
}

/// Whether the gateway believes this value under this name.
pub(super) fn believed(twin: &Twin, name: &str, value: &str) -> bool {
    let keys = &twin.world.site.keys;
    match name {
        SESSION => SessionCookie::read(value, keys).is_some(),
        DEVICE => cookie::device(value, keys).is_some(),
        SIGNUP => cookie::signup(value, keys).is_some(),
        LINK => cookie::link(value, keys).is_some(),
        MAGIC => cookie::magic(value, keys).is_some(),
        CHANGE => ChangeTicket::read(value, keys, twin.now()).is_some(),
        FLASH => Flash::read(value, keys, twin.now()).is_some(),
        ticket => {
            let of = |kind: &LinkKind| cookie::ticket_name(*kind) == ticket;
            let kind = LinkKind::ALL.into_iter().find(of).unwrap();
            Ticket::read(kind, value, keys).is_some()
        }
    }
}

#[test]
fn every_cookie_there_is_takes_part() {
    let source = include_str!("../../src/web/cookie.rs");
    let known: BTreeSet<&str> = names().into_iter().collect();
    let written = source.split("\"__Host-edgeward").skip(1);
    for rest in written {
        let name = format!("__Host-edgeward{}", rest.split('"').next().unwrap());
        assert!(known.contains(name.as_str()), "{name} takes no part");
    }
    let made: BTreeSet<&str> = one_of_each(&Twin::new())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(made, known);
}

/// Whether the gate lets a browser with this one cookie through.
fn gets_in(twin: &Twin, cookies: &str) -> bool {
    let page = Request::new("GET", &format!("{HOME}/private")).with("cookie", cookies);
    twin.world.request(&page).unwrap().seen.is_some()
}

#[test]
fn no_cookie_is_accepted_in_the_place_of_another() {
    let twin = Twin::new();
    for (made_as, value) in one_of_each(&twin) {
        for used_as in names() {
            let expected = made_as == used_as;
            let is_believed = believed(&twin, used_as, &value);
            figure(ROW, 1, usize::from(is_believed == expected));
            assert_eq!(is_believed, expected, "{made_as} as {used_as}");
        }
        assert_eq!(
            gets_in(&twin, &format!("{SESSION}={value}")),
            made_as == SESSION,
            "{made_as} as session"
        );
        let page = Request::new("GET", &format!("{HOME}/reports"));
        let page = page.with("cookie", &format!("{LINK}={value}"));
        assert_eq!(
            twin.world.request(&page).unwrap().seen.is_some(),
            made_as == LINK,
            "{made_as} as link"
        );
    }
}

#[test]
fn no_payload_is_accepted_from_the_key_of_another_purpose() {
    let twin = Twin::new();
    let keys = &twin.world.site.keys;
    let signers = [
        (SESSION, &keys.session),
        (DEVICE, &keys.device),
        (SIGNUP, &keys.signup),
        (LINK, &keys.link),
    ];
    let signed = |(name, _): &(&str, String)| signers.iter().any(|(known, _)| known == name);
    for (name, value) in one_of_each(&twin).into_iter().filter(signed) {
        let payload = signers
            .iter()
            .find_map(|(_, signer)| signer.verify(&value))
            .unwrap();
        for (signed_as, signer) in signers {
            let forged = signer.sign(&payload);
            let is_believed = believed(&twin, name, &forged);
            figure(ROW, 1, usize::from(is_believed == (name == signed_as)));
            assert_eq!(
                is_believed,
                name == signed_as,
                "{name} by the key of {signed_as}"
            );
        }
    }
    let (ticket, flash) = (keys.ticket(LinkKind::Verify), &keys.flash);
    let text = b"{\"c\":\"auth.login.success\",\"u\":9999999999999}";
    assert!(believed(&twin, FLASH, &flash.seal(text, [1; 24])));
    assert!(!believed(&twin, FLASH, &ticket.seal(text, [1; 24])));
}

#[test]
fn no_altered_session_cookie_gets_in() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let value = ada.cookie(SESSION).unwrap();
    assert!(gets_in(&twin, &format!("{SESSION}={value}")));
    let mut tried = 0;
    for (at, this) in value.char_indices() {
        let (before, after) = (&value[..at], &value[at + 1..]);
        let others = "Aa0_-.=~".chars().filter(|other| *other != this);
        let changed = others.map(|other| format!("{before}{other}{after}"));
        for altered in changed.chain([
            format!("{before}{after}"),
            format!("{before}{this}{this}{after}"),
        ]) {
            // Dropping one of two equal neighbours is the same as dropping the other: still an alteration.
            let out = altered == value || !gets_in(&twin, &format!("{SESSION}={altered}"));
            figure(ROW, 1, usize::from(out));
            assert!(out, "{altered}");
            tried += 1;
        }
    }
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn a_cookie_that_comes_twice_is_no_cookie() {
    let twin = Twin::new();
    let (ada, eve) = (
        twin.member("ada@example.org"),
        twin.member("eve@example.org"),
    );
    let (hers, planted) = (ada.cookie(SESSION).unwrap(), eve.cookie(SESSION).unwrap());
    for pair in [[hers, planted], [planted, hers], [hers, ""], ["x", hers]] {
        let [first, second] = pair;
        assert!(
            !gets_in(&twin, &format!("{SESSION}={first}; {SESSION}={second}")),
            "{pair:?}"
        );
    }
}

#[test]
fn the_cookies_of_one_person_open_nothing_for_another() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let mut eve = twin.member("eve@example.org");
    ada.signs_out();
    // A device marked for eve makes nobody known at ada's address.
    let mut mixed = eve.elsewhere();
    mixed.jar.plant(DEVICE, eve.cookie(DEVICE).unwrap());
    mixed.email.clone_from(&ada.email);
    for _ in 0..6 {
        mixed.visits("/login").signs_in_with(BETTER);
    }
    assert_eq!(
        mixed.told, "auth.throttled",
        "a stranger's lane, and a stranger's limit"
    );
    ada.visits("/login").signs_in();
    assert!(ada.is_signed_in() && eve.is_signed_in());
}

#[test]
fn a_sign_up_cookie_of_ones_own_proves_nothing_about_another_sign_up() {
    let twin = Twin::new();
    let mut eve = twin.visitor("eve@example.org");
    eve.signs_up(GOOD);
    let own = eve.cookie(SIGNUP).unwrap().to_owned();
    let mut victim: Visitor = twin.visitor("victim@example.org");
    let link = victim.signs_up(BETTER).receives_link();
    let mut thief = victim.elsewhere();
    thief.jar.plant(SIGNUP, &own);
    thief.visits(&link);
    assert!(thief.page().asks_for("password"));
    twin.leaves_mail_unread();
}

#[test]
fn a_message_somebody_else_got_is_not_shown_after_two_minutes() {
    let twin = Twin::new();
    let all = one_of_each(&twin);
    let (_, flash) = all.into_iter().find(|(name, _)| *name == FLASH).unwrap();
    assert!(believed(&twin, FLASH, &flash));
    twin.waits(edgeward::kit::time::Span::minutes(2));
    assert!(!believed(&twin, FLASH, &flash));
}
