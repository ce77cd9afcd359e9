//! Every kind of link against everything that can be done to a link. A new kind of link does not compile
//! here until somebody says how it is come by, how long it lives and what it comes to.

use std::panic::catch_unwind;

use edgeward::kit::{time::Span, token::LinkKind};
use serde_json::json;

use crate::twin::{BETTER, GOOD, HOME, Page, Request, Twin, Visitor, figures::figure, form};

const ADA: &str = "ada@example.org";
const OTHER: &str = "eve@example.net";
const FORM: &str = "application/x-www-form-urlencoded";
/// How many post a link at once.
const CROWD: usize = 200;

/// A link that was sent, and the browser that had it sent.
struct Sent {
    twin: Twin,
    ada: Visitor,
    /// Path and query.
    link: String,
}

/// What is done to a link.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Right,
    WrongKind,
    Altered,
    LateByASecond,
    Used,
    OtherBrowser,
    OtherAccount,
    AccountDeleted,
    TwoHundredAtOnce,
}

const DEEDS: [Deed; 9] = [
    Deed::Right,
    Deed::WrongKind,
    Deed::Altered,
    Deed::LateByASecond,
    Deed::Used,
    Deed::OtherBrowser,
    Deed::OtherAccount,
    Deed::AccountDeleted,
    Deed::TwoHundredAtOnce,
];

fn sent(kind: LinkKind) -> Sent {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let (ada, link) = match kind {
        LinkKind::Verify => {
            let mut ada = twin.visitor(ADA);
            let link = ada.signs_up(GOOD).receives_link();
            (ada, link)
        }
        LinkKind::Reset => {
            let mut ada = twin.member(ADA);
            let link = ada.forgets_password().receives_link();
            (ada, link)
        }
        LinkKind::Magic => {
            let mut ada = twin.member(ADA);
            let link = ada.asks_for_link_to("/").receives_link();
            (ada, link)
        }
        LinkKind::Invite => {
            let mut ada = twin.visitor(ADA);
            let invited = twin
                .operator("invitations")
                .posts("/auth/admin/invitations", &json!({ "email": ADA }));
            assert_eq!(invited.status, 200);
            let link = ada.receives_link();
            (ada, link)
        }
        LinkKind::Email => {
            let mut ada = twin.member(ADA);
            let link = ada.wants_address("ada@example.net");
            (ada, link)
        }
        LinkKind::Undo => {
            let mut ada = twin.member(ADA);
            ada.moves_to("ada@example.net");
            let mut old = ada.clone();
            ADA.clone_into(&mut old.email);
            let link = old.receives_link();
            (ada, link)
        }
        LinkKind::Link => {
            let terms = json!({ "path": "/reports", "expiresIn": 600 });
            let link = twin.operator("links").makes_link(&terms);
            (twin.visitor(ADA), link.target)
        }
    };
    Sent { twin, ada, link }
}

fn life(kind: LinkKind) -> Span {
    match kind {
        LinkKind::Verify => Span::hours(24),
        LinkKind::Reset | LinkKind::Email => Span::minutes(60),
        LinkKind::Magic | LinkKind::Link => Span::minutes(10),
        LinkKind::Invite => Span::days(7),
        LinkKind::Undo => Span::hours(72),
    }
}

fn success(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Verify => "auth.verify.success",
        LinkKind::Reset => "auth.reset.success",
        LinkKind::Magic => "auth.magic.success",
        LinkKind::Invite => "auth.invite.success",
        LinkKind::Email => "auth.email.changed",
        LinkKind::Undo => "auth.undo.email",
        LinkKind::Link => "auth.link.opened",
    }
}

/// What the link comes to once the account it is about is to be deleted; `None` where it is about none.
fn after_deletion(kind: LinkKind) -> Option<&'static str> {
    match kind {
        LinkKind::Reset | LinkKind::Magic | LinkKind::Email => Some("auth.token.invalid"),
        // Whoever takes the address back takes the account back.
        LinkKind::Undo => Some("auth.undo.email"),
        LinkKind::Verify | LinkKind::Invite | LinkKind::Link => None,
    }
}

fn page_of(kind: LinkKind) -> String {
    format!("/login/{}", kind.as_str())
}

/// Opens the link and presses its button, if there is one: what they are told.
fn uses(visitor: &mut Visitor, link: &str) -> String {
    visitor.visits(link);
    let Some(visit) = visitor.page().input("visit").map(str::to_owned) else {
        return code_shown(visitor);
    };
    if visitor.page().asks_for("password") {
        visitor.chooses(BETTER);
    } else {
        let page = visitor.at.clone();
        visitor.submits(&page, &[("visit", &visit)]);
    }
    code_shown(visitor)
}

/// The code of the message, or that of the problem page itself.
fn code_shown(visitor: &Visitor) -> String {
    let body = &visitor.page().body;
    let code = match visitor.told.as_str() {
        "" if body.contains("This link was used before") => "auth.token.used",
        "" if body.contains("This link does not work") => "auth.token.invalid",
        "" => panic!(
            "neither told nor shown: {visitor:?}",
            visitor = visitor.page()
        ),
        told => told,
    };
    code.to_owned()
}

/// The link with another character in this part of its token.
fn altered(link: &str, part: usize) -> String {
    let (page, token) = link.split_once("?token=").unwrap();
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let at = parts[part].len() / 2;
    let other = if parts[part][at..].starts_with('b') {
        "c"
    } else {
        "b"
    };
    parts[part].replace_range(at..=at, other);
    format!("{page}?token={}", parts.join("."))
}

fn button(visitor: &Visitor) -> Request {
    let visit = visitor.page().input("visit").unwrap();
    let mut fields = vec![("visit", visit)];
    if visitor.page().asks_for("password") {
        fields.push(("password", BETTER));
    }
    let request = Request::new("POST", &format!("{HOME}{}", visitor.at));
    visitor.dressed(request.body(FORM, &form(&fields)), "navigate")
}

fn two_hundred_at_once(sent: &Sent) -> Vec<String> {
    let mut crowd: Vec<Visitor> = (0..CROWD).map(|_| sent.twin.visitor(ADA)).collect();
    for one in &mut crowd {
        one.visits(&sent.link);
    }
    let pages: Vec<Page> = sent.twin.at_once(crowd.iter().map(button).collect());
    let answers = crowd.iter_mut().zip(&pages).map(|(one, page)| {
        one.takes_cookies(page);
        one.told.clone_from(&one.message());
        one.page = Some(page.clone());
        code_shown(one)
    });
    answers.collect()
}

fn tried(kind: LinkKind, deed: Deed) {
    let mut sent = sent(kind);
    let what = format!("{kind:?} {deed:?}");
    let good = success(kind);
    match deed {
        Deed::Right => assert_eq!(uses(&mut sent.ada, &sent.link), good, "{what}"),
        Deed::WrongKind => {
            let token = sent.link.split_once("?token=").unwrap().1.to_owned();
            let (_, rest) = token.split_once('.').unwrap();
            for other in LinkKind::ALL.into_iter().filter(|other| *other != kind) {
                for token in [token.clone(), format!("{}.{rest}", other.as_str())] {
                    let link = format!("{}?token={token}", page_of(other));
                    let told = uses(&mut sent.ada.elsewhere(), &link);
                    assert_eq!(told, "auth.token.invalid", "{what}: at {other:?}");
                }
            }
            assert_eq!(
                uses(&mut sent.ada, &sent.link),
                good,
                "{what}: as good as before"
            );
        }
        Deed::Altered => {
            for part in 0..3 {
                let link = altered(&sent.link, part);
                let told = uses(&mut sent.ada.elsewhere(), &link);
                assert_eq!(told, "auth.token.invalid", "{what}: part {part}");
            }
            assert_eq!(
                uses(&mut sent.ada, &sent.link),
                good,
                "{what}: as good as before"
            );
        }
        Deed::LateByASecond => {
            sent.twin.waits(Span(life(kind).0 - 1_000));
            let mut early = sent.ada.elsewhere();
            early.visits(&sent.link);
            assert!(early.page().asks_for("visit"), "{what}: still good");
            sent.twin.waits(Span::seconds(1));
            let mut late = sent.ada.elsewhere();
            assert_eq!(uses(&mut late, &sent.link), "auth.token.invalid", "{what}");
            let form = early.at.clone();
            let visit = early.page().input("visit").unwrap().to_owned();
            let fields = [("visit", visit.as_str()), ("password", BETTER)];
            let asks = usize::from(early.page().asks_for("password"));
            early.submits(&form, &fields[..=asks]);
            assert_eq!(
                code_shown(&early),
                "auth.token.invalid",
                "{what}: posted late"
            );
        }
        Deed::Used => {
            assert_eq!(uses(&mut sent.ada, &sent.link), good, "{what}");
            let mut later = sent.ada.elsewhere();
            assert_eq!(uses(&mut later, &sent.link), "auth.token.used", "{what}");
        }
        Deed::OtherBrowser => {
            assert_eq!(uses(&mut sent.ada.elsewhere(), &sent.link), good, "{what}");
        }
        Deed::OtherAccount => {
            let mut eve = sent.twin.member(OTHER);
            let hers = eve.account();
            assert_eq!(uses(&mut eve, &sent.link), good, "{what}");
            let mut again = sent.twin.visitor(OTHER);
            GOOD.clone_into(&mut again.password);
            assert_eq!(again.tries_to_sign_in().status, 200, "{what}");
            let page = again.fetches("GET", "/auth/session");
            let account = &page.json()["account"];
            assert_eq!(account["id"], hers.as_str(), "{what}: eve is who she was");
            assert_eq!(account["email"], OTHER, "{what}");
        }
        Deed::AccountDeleted => {
            let Some(expected) = after_deletion(kind) else {
                return;
            };
            let gone = sent.ada.asks_json("/auth/delete-account", &json!({}));
            assert_eq!(gone.code(), "auth.account.deletion_started", "{what}");
            let mut later = sent.ada.elsewhere();
            assert_eq!(uses(&mut later, &sent.link), expected, "{what}");
        }
        Deed::TwoHundredAtOnce => {
            let told = two_hundred_at_once(&sent);
            let count = |code| told.iter().filter(|told| *told == code).count();
            assert_eq!(count(good), 1, "{what}: {told:?}");
            assert_eq!(count("auth.token.used"), CROWD - 1, "{what}: {told:?}");
        }
    }
}

#[test]
fn every_kind_of_link_against_everything_that_can_be_done_to_it() {
    for kind in LinkKind::ALL {
        for deed in DEEDS {
            // What was told does not hold ends the trial; the figures say so first.
            let held = catch_unwind(|| tried(kind, deed)).is_ok();
            figure("link_matrix", 1, usize::from(held));
            assert!(held, "{kind:?} {deed:?}");
        }
    }
}

/// The page names an act and an address; a ticket that took its place meanwhile may stand for others.
#[test]
fn a_button_of_any_kind_presses_what_its_own_page_showed_and_nothing_else() {
    for kind in LinkKind::ALL {
        let mut sent = sent(kind);
        let (ada, link) = (&mut sent.ada, &sent.link);
        ada.visits(link);
        let shown_before = button(ada);
        ada.visits(link);
        let cookies = button(ada);
        let (_, cookies) = cookies
            .headers
            .iter()
            .find(|(name, _)| name == "cookie")
            .unwrap();
        ada.sends(&shown_before.with("cookie", cookies)).unwrap();
        assert_eq!(ada.message(), "auth.token.invalid", "{kind:?}");
        assert_eq!(
            uses(ada, link),
            success(kind),
            "{kind:?}: the link is as good as before"
        );
    }
}
