//! An operator keeps a proxy of their own before an application of theirs: it asks Edgeward about each request,
//! and the application is told what it would be told behind the gate.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{GOOD, HOME, Page, Request, Twin, Visitor};

fn behind_nginx(changes: &[(&str, serde_json::Value)]) -> Twin {
    let check = [("AUTH_CHECK", "x-original".into())];
    Twin::with(&[&check, changes].concat())
}

/// What becomes of a request at the proxy; cookies arrive at the browser.
fn asks(twin: &Twin, visitor: &mut Visitor, method: &str, target: &str) -> Page {
    let request = Request::new(method, &format!("{HOME}{target}"));
    let mode = if method == "GET" { "navigate" } else { "cors" };
    let page = twin.proxy().gets(&visitor.dressed(request, mode));
    visitor.takes_cookies(&page);
    page
}

#[test]
fn a_visitor_is_led_to_sign_in_and_then_the_application_knows_them() {
    let twin = behind_nginx(&[]);
    let mut ada = twin.member("ada@example.org");
    ada.signs_out();
    let page = asks(&twin, &mut ada, "GET", "/private?tab=2");
    assert_eq!(
        (page.status, page.code().as_str(), page.header("location")),
        (
            401,
            "auth.session.required",
            Some("/login?next=%2Fprivate%3Ftab%3D2")
        )
    );
    let page = asks(&twin, &mut ada, "POST", "/private");
    assert_eq!(
        (page.status, page.header("location")),
        (401, None),
        "a script is told"
    );

    ada.visits("/login?next=%2Fprivate%3Ftab%3D2")
        .signs_in_with(GOOD);
    for (method, target) in [
        ("GET", "/private?tab=2"),
        ("POST", "/private"),
        ("GET", "/optional/x"),
    ] {
        let page = asks(&twin, &mut ada, method, target);
        assert_eq!(page.code(), "auth.check.passed");
        assert!(page.seen.unwrap().account.is_some(), "{method} {target}");
    }
    let page = asks(&twin, &mut ada, "GET", "/public/x");
    assert_eq!(
        page.seen.unwrap().account,
        None,
        "who they are is not looked at"
    );
}

#[test]
fn a_fresh_cookie_asks_nobody_and_an_older_one_is_renewed() {
    let twin = behind_nginx(&[]);
    let mut ada = twin.member("ada@example.org");
    let (page, cost) = twin.cost_of(|| asks(&twin, &mut ada, "GET", "/private"));
    assert_eq!(
        (cost.calls, page.header("edgeward-window")),
        (0, Some("60"))
    );
    assert_eq!(page.set_cookies().count(), 0);
    let (page, cost) = twin.cost_of(|| asks(&twin, &mut ada, "POST", "/private"));
    assert_eq!((cost.calls, page.header("edgeward-window")), (1, Some("0")));

    twin.waits(Span::minutes(2));
    let (page, cost) = twin.cost_of(|| asks(&twin, &mut ada, "GET", "/private"));
    assert_eq!(cost.calls, 1, "past the window");
    let cookie = page.set_cookies().next().expect("a renewed cookie");
    assert!(cookie.starts_with("__Host-edgeward="));
    let (_, cost) = twin.cost_of(|| asks(&twin, &mut ada, "GET", "/private"));
    assert_eq!(cost.calls, 0, "the browser has it");
}

#[test]
fn rules_mean_what_they_mean_at_the_gate() {
    let rules = json!([
        {"path": "/admin/*", "access": {"roles": ["admin"]}},
        {"path": "/billing", "access": "required", "reauth": "5m"},
    ]);
    let twin = behind_nginx(&[("ACCESS_RULES", rules)]);
    let mut ada = twin.member("ada@example.org");
    let page = asks(&twin, &mut ada, "GET", "/admin/x");
    assert_eq!(page.status, 403, "signed in, without the role");
    assert_eq!(asks(&twin, &mut ada, "GET", "/billing").status, 200);
    twin.waits(Span::minutes(6));
    let page = asks(&twin, &mut ada, "GET", "/billing");
    assert_eq!(
        (page.status, page.code().as_str(), page.header("location")),
        (
            401,
            "auth.session.reauth",
            Some("/login?next=%2Fbilling&reauth=1")
        )
    );
    let mut copy = ada.copied();
    ada.signs_out();
    let page = asks(&twin, &mut copy, "POST", "/private");
    assert_eq!(
        page.code(),
        "auth.session.ended",
        "at once for what changes something"
    );
}

#[test]
fn a_smart_link_lets_in_through_a_proxy_too() {
    let twin = behind_nginx(&[]);
    let terms = json!({"path": "/reports/42", "expiresIn": 3600, "claims": {"report": "Q3"}});
    let link = twin.operator("links").makes_link(&terms);
    let mut eve = twin.visitor("eve@example.org");
    eve.visits(&link.target).presses();
    let page = asks(&twin, &mut eve, "GET", "/reports/42/pages");
    let told = page.seen.unwrap().link.expect("the link");
    assert!(
        told.ends_with("path=\"/reports/42\", report=\"Q3\""),
        "{told}"
    );
    assert_eq!(asks(&twin, &mut eve, "GET", "/reports/43").status, 401);
    twin.operator("links").revokes(&link);
    let page = asks(&twin, &mut eve, "GET", "/reports/42");
    assert_eq!(page.status, 401);
    let dropped = page
        .set_cookies()
        .next()
        .expect("the dead cookie is taken away");
    assert!(dropped.starts_with("__Host-edgeward-link=; "), "{dropped}");
}

#[test]
fn applications_that_check_no_signature_are_told_by_their_own_headers() {
    let table = json!({"X-Forwarded-User": "account", "X-Forwarded-Email": "email"});
    let twin = behind_nginx(&[("IDENTITY_HEADERS", table), ("IDENTITY_EMAIL", "on".into())]);
    let mut ada = twin.member("ada@example.org");
    let page = asks(&twin, &mut ada, "GET", "/private");
    assert_eq!(page.header("x-forwarded-email"), Some("ada@example.org"));
    let seen = page.seen.as_ref().unwrap();
    assert_eq!(page.header("x-forwarded-user"), seen.account.as_deref());
}

#[test]
fn a_proxy_that_hands_refusals_on_leads_visitors_itself() {
    let twin = Twin::with(&[("AUTH_CHECK", "x-forwarded".into())]);
    let mut ada = twin.member("ada@example.org");
    assert_eq!(asks(&twin, &mut ada, "GET", "/private").status, 200);
    ada.signs_out();
    let page = asks(&twin, &mut ada, "GET", "/private");
    assert_eq!(
        (page.status, page.header("location")),
        (303, Some("/login?next=%2Fprivate"))
    );
    assert_eq!(asks(&twin, &mut ada, "POST", "/private").status, 401);
}
