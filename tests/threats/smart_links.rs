//! Smart links in wrong hands: posted by many at once, altered, opened by scanners, planted by foreign
//! pages, used for paths they do not lead to, and where a link is not enough.

use edgeward::kit::time::Span;
use serde_json::{Value, json};
use url::Url;

use crate::twin::{Cost, Fault, HOME, Link, Page, Request, Twin, Visitor, figures::figure, form};

const LINK: &str = "__Host-edgeward-link";
const TICKET: &str = "__Host-edgeward-ticket-link";
const ROW: &str = "smart_links";
const FORM: &str = "application/x-www-form-urlencoded";

fn report(uses: &Value) -> Value {
    json!({"path": "/reports/42", "expiresIn": 3600, "uses": uses})
}

/// Somebody with that link open in their browser.
fn holder(twin: &Twin, link: &Link) -> Visitor {
    let mut holder = twin.visitor("holder@example.org");
    holder.visits(&link.target).presses();
    assert!(holder.cookie(LINK).is_some());
    holder
}

fn anybody(twin: &Twin) -> (Link, Visitor) {
    let link = twin
        .operator("links")
        .makes_link(&report(&json!("until expiry")));
    let holder = holder(twin, &link);
    (link, holder)
}

/// A request as the runtime hands it over: through a URL parser.
fn asks_for(twin: &Twin, visitor: &Visitor, path: &str) -> Page {
    let url = Url::parse(&format!("{HOME}{path}")).unwrap();
    let request = Request::new("GET", url.as_str());
    twin.world
        .request(&visitor.dressed(request, "navigate"))
        .unwrap()
}

fn button(visitor: &Visitor) -> Request {
    let visit = visitor.page().input("visit").unwrap();
    let form =
        Request::new("POST", &format!("{HOME}/login/link")).body(FORM, &form(&[("visit", visit)]));
    visitor.dressed(form, "navigate")
}

#[test]
fn two_hundred_openings_at_once_make_as_many_uses_as_were_agreed() {
    for (uses, seed) in [(1, 1), (7, 2), (50, 3)] {
        let twin = Twin::new();
        twin.world.shuffles(seed);
        let program = twin.operator("links");
        let link = program.makes_link(&report(&json!(uses)));
        let mut crowd: Vec<Visitor> = (0..200).map(|_| twin.visitor("x@example.org")).collect();
        for one in &mut crowd {
            one.visits(&link.target);
        }
        let pages = twin.at_once(crowd.iter().map(button).collect());
        let mut opened = 0;
        for (one, page) in crowd.iter_mut().zip(&pages) {
            assert_eq!(page.status, 303);
            one.takes_cookies(page);
            let is_in = asks_for(&twin, one, "/reports/42").seen.is_some();
            assert_eq!(is_in, page.header("location") == Some("/reports/42"));
            opened += usize::from(is_in);
        }
        figure(ROW, pages.len(), pages.len() - opened.abs_diff(uses));
        assert_eq!(opened, uses);
        assert_eq!(program.looks_at(&link).json()["usesLeft"], 0);
    }
}

#[test]
fn one_button_pressed_fifty_times_at_once_makes_one_use() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!(3)));
    let mut ada = twin.visitor("ada@example.org");
    ada.visits(&link.target);
    for page in twin.at_once(vec![button(&ada); 50]) {
        assert_eq!(page.header("location"), Some("/reports/42"));
    }
    assert_eq!(program.looks_at(&link).json()["usesLeft"], 2);
}

#[test]
fn scanners_use_nothing_up() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!(1)));
    for method in ["GET", "HEAD", "GET", "HEAD"] {
        let mut scanner = twin.visitor("scanner@example.org");
        let page = scanner.fetches(method, &link.target);
        assert_eq!(
            (page.status, page.header("location")),
            (303, Some("/login/link"))
        );
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(scanner.fetches(method, "/login/link").status, 200);
        assert_eq!(scanner.cookie(LINK), None);
    }
    assert_eq!(program.looks_at(&link).json()["usesLeft"], 1);
    holder(&twin, &link);
}

#[test]
fn it_leads_to_its_path_and_below_however_another_is_spelt() {
    let twin = Twin::new();
    let (_, holder) = anybody(&twin);
    for path in [
        "/reports/42",
        "/reports/42/",
        "/reports/42/a/b.pdf",
        "/reports/42/%20",
        "/reports/42/x?y=/../z",
    ] {
        let page = asks_for(&twin, &holder, path);
        assert!(page.seen.is_some_and(|seen| seen.link.is_some()), "{path}");
    }
    for path in [
        "/",
        "/reports",
        "/reports/",
        "/reports/4",
        "/reports/43",
        "/reports/42x",
        "/reports/42.pdf",
        "/reports/42%2f..%2f43",
        "/reports/42/..%2f43",
        "/reports/42/%2e%2e/43",
        "/reports/42/../43",
        "/reports/42/%252e%252e/43",
        "/reports/42/..;/43",
        "/reports/42;/../43",
        "/reports/42/%5c../43",
        "/reports/42/..%5c43",
        "/reports/42%5c..%5c43",
        "/reports/42/x/..%2f..%2f43",
        "/reports/42%00",
        "/reports/42%2f%2e%2e",
        "/reports//42",
        "//reports/42",
        "/Reports/42",
        "/reports/42/..%252f43",
        "/reports/%2e%2e/reports/43",
        "/reports/42%3bx",
        "/reports/42;x",
        "/reports%2f42",
        "/reports/4%32",
        "/x/..%2freports/42",
        "/reports/42/..",
        "/reports/42/%2e%2e",
        "/other/reports/42",
    ] {
        let page = asks_for(&twin, &holder, path);
        figure(ROW, 1, usize::from(page.seen.is_none()));
        assert!(page.seen.is_none(), "{path} came through: {page:?}");
    }
}

#[test]
fn a_link_is_not_enough_where_more_than_a_sign_in_is_asked_for() {
    let rules = json!([
        {"path": "/admin/*", "access": {"roles": ["admin"]}},
        {"path": "/strict/*", "access": "required", "strict": true},
        {"path": "/recent/*", "access": "required", "reauth": "5m"},
        {"path": "/public/*", "access": "public"},
        {"path": "/optional/*", "access": "optional"},
    ]);
    let twin = Twin::with(&[("ACCESS_RULES", rules)]);
    let terms = json!({"path": "/", "expiresIn": 3600, "uses": "until expiry"});
    let everything = twin.operator("links").makes_link(&terms);
    let holder = holder(&twin, &everything);
    assert!(asks_for(&twin, &holder, "/private").seen.is_some());
    for path in ["/admin/x", "/strict/x", "/recent/x", "/x/..%2fadmin"] {
        let (page, cost) = twin.cost_of(|| asks_for(&twin, &holder, path));
        figure(ROW, 1, usize::from(page.seen.is_none()));
        assert!(page.seen.is_none(), "{path}");
        assert_eq!(cost.calls, 0, "{path}");
    }
    for path in ["/public/x", "/optional/x"] {
        let (page, cost) = twin.cost_of(|| asks_for(&twin, &holder, path));
        let seen = page.seen.unwrap();
        assert_eq!((seen.link, seen.account), (None, None), "{path}");
        assert_eq!(cost.calls, 0, "{path}");
    }
    for path in ["/login/account", "/auth/session"] {
        let mut holder = holder.clone();
        assert_eq!(holder.fetches("GET", path).seen.map(|_| ()), None);
        assert_ne!(holder.fetches("GET", path).status, 200, "{path}");
    }
}

#[test]
fn a_foreign_page_does_not_act_by_it() {
    let twin = Twin::new();
    let (_, holder) = anybody(&twin);
    let post = Request::new("POST", &format!("{HOME}/reports/42"));
    let post = holder.dressed(post.body(FORM, "a=b"), "navigate");
    assert!(twin.world.request(&post).unwrap().seen.is_some());
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("upgrade", "websocket"),
    ] {
        let foreign = post.clone().with("origin", "https://evil.example");
        let page = twin.world.request(&foreign.with(name, value)).unwrap();
        figure(ROW, 1, usize::from(page.seen.is_none()));
        assert!(page.seen.is_none(), "{name}: {value}");
    }
}

#[test]
fn a_planted_ticket_opens_nothing_unseen() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!(1)));
    let (mut eve, mut ada) = (
        twin.visitor("eve@example.org"),
        twin.member("ada@example.org"),
    );
    eve.visits(&link.target);
    let visit = eve.page().input("visit").unwrap().to_owned();
    // A foreign page leads her browser to the link, and posts the form of a visit it knows.
    ada.visits(&link.target);
    let post = Request::new("POST", &format!("{HOME}/login/link"));
    let post = ada.dressed(post.body(FORM, &form(&[("visit", &visit)])), "navigate");
    let foreign = post.clone().with("sec-fetch-site", "cross-site");
    assert_eq!(twin.world.request(&foreign).unwrap().status, 403);
    // And even from a page of ours another visit's form is nothing to her ticket.
    ada.submits("/login/link", &[("visit", &visit)]);
    assert_eq!(ada.told, "auth.token.invalid");
    assert_eq!(ada.cookie(LINK), None);
    // With eve's own ticket planted there is still no answer without the page and its button.
    ada.jar.plant(TICKET, eve.cookie(TICKET).unwrap());
    ada.visits("/private");
    assert!(ada.seen().link.is_none());
    assert_eq!(program.looks_at(&link).json()["usesLeft"], 1);
}

#[test]
fn no_altered_token_opens_anything() {
    let twin = Twin::with(&[("LIMITS", json!({"network": {"link": ["100000/1m"]}}))]);
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!("until expiry")));
    let other = program.makes_link(&report(&json!("until expiry")));
    let mut ada = twin.visitor("ada@example.org");
    let (token, secret) = (link.token(), link.token().rsplit('.').next().unwrap());
    let mut tokens = vec![
        token.replace("link.", "verify."),
        token.replace("link.", "Link."),
        token.replace(&link.id, &other.id),
        token.replace(&link.id, "lnk_x"),
        token.replace(&link.id, "abc"),
        format!("link.{}", link.id),
        format!("{token}A"),
        format!("{token}."),
        String::new(),
    ];
    for (at, this) in secret.char_indices().step_by(3) {
        let changed = if this == 'A' { "B" } else { "A" };
        let secret = format!("{}{changed}{}", &secret[..at], &secret[at + 1..]);
        tokens.push(format!("link.{}.{secret}", link.id));
    }
    for token in tokens {
        ada.visits(&format!("/login/link?token={token}"));
        let is_shut = ada.page().input("visit").is_none() && ada.cookie(LINK).is_none();
        figure(ROW, 1, usize::from(is_shut));
        assert!(
            ada.status() == 400 || ada.told == "auth.token.invalid",
            "{token}"
        );
        assert!(ada.page().input("visit").is_none(), "{token}");
        assert_eq!(ada.cookie(LINK), None);
    }
    ada.visits(&format!("/login/verify?token={token}"));
    assert_eq!(
        ada.told, "auth.token.invalid",
        "a link's token proves no address"
    );
}

#[test]
fn the_origin_is_told_of_a_link_by_us_alone() {
    let twin = Twin::new();
    let (_, holder) = anybody(&twin);
    let ada = twin.member("ada@example.org");
    for visitor in [&holder, &ada] {
        for path in ["/reports/42", "/public/x", "/optional/x", "/private"] {
            for name in ["edgeward-link", "edgeward_link", "edgeward.link"] {
                let request = Request::new("GET", &format!("{HOME}{path}"));
                let forged = visitor.dressed(request, "navigate");
                let forged = forged.with(name, r#"id="lnk_forged", path="/""#);
                let page = twin.world.request(&forged).unwrap();
                let Some(seen) = page.seen else { continue };
                let text = format!("{:?}", seen.headers);
                assert!(!text.contains("forged"), "{name} {path}: {text}");
                assert!(!text.contains("__Host-edgeward"), "{name} {path}: {text}");
            }
        }
    }
}

#[test]
fn a_link_that_does_not_answer_is_not_guessed_about() {
    let twin = Twin::new();
    let (link, mut holder) = anybody(&twin);
    let mut ada = twin.member("ada@example.org");
    ada.visits(&link.target).presses();
    for visitor in [&mut holder, &mut ada] {
        for fault in [Fault::Lost, Fault::Unheard] {
            twin.fails_at(1, fault);
            let page = visitor.fetches("GET", "/reports/42");
            assert!(twin.is_well_again());
            assert_eq!((page.status, page.code().as_str()), (503, "auth.busy"));
            assert!(visitor.cookie(LINK).is_some(), "and nothing is lost");
        }
        assert!(visitor.fetches("GET", "/reports/42").seen.is_some());
    }
}

#[test]
fn an_account_that_does_not_answer_keeps_its_link_shut_and_does_not_hinder_revoking() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let program = twin.operator("links");
    let terms = json!({"path": "/x", "expiresIn": 3600, "account": ada.account()});
    let link = program.makes_link(&terms);
    ada.visits(&link.target).presses();
    assert!(ada.seen().link.is_some());
    twin.fails_at(2, Fault::Lost);
    assert_eq!(
        ada.fetches("GET", "/x").status,
        503,
        "the link asked the account"
    );
    assert!(twin.is_well_again());
    let (page, cost) = twin.cost_of(|| program.revokes(&link));
    assert_eq!((page.status, cost.calls), (200, 1), "the link's word alone");
}

#[test]
fn whoever_has_no_link_pays_nothing_for_those_who_have() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let free = Cost {
        calls: 0,
        hashes: 0,
    };
    let mut forger = ada.clone();
    let session = ada.cookie("__Host-edgeward").unwrap().to_owned();
    for value in ["", "x", session.as_str(), "v1.c1.bG5rX2FhYWE.AAAA"] {
        forger.jar.plant(LINK, value);
        let (page, cost) = twin.cost_of(|| asks_for(&twin, &forger, "/reports/42"));
        assert!(page.seen.is_some() && cost == free, "{value}");
    }
    let (page, cost) = twin.cost_of(|| asks_for(&twin, &ada, "/reports/42"));
    assert!(page.seen.is_some() && cost == free);

    let (_, holder) = anybody(&twin);
    twin.waits(Span::seconds(1));
    let (page, cost) = twin.cost_of(|| asks_for(&twin, &holder, "/reports/42"));
    assert!(page.seen.is_some() && cost.calls == 1);
}
