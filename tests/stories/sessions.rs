//! Sessions: the window in which a cookie is trusted by itself, generations, limits, and their end.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{GOOD, Twin};

#[test]
fn a_cookie_is_trusted_for_a_minute_by_safe_methods_and_not_at_all_by_others() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let (_, cost) = twin.cost_of(|| ada.visits("/private"));
    assert_eq!(
        (cost.calls, ada.seen().window),
        (0, Some(60)),
        "nobody is asked"
    );
    for (method, target) in [
        ("POST", "/private"),
        ("PURGE", "/private"),
        ("GET", "/strict/page"),
    ] {
        let (page, cost) = twin.cost_of(|| ada.fetches(method, target));
        let seen = page.seen.unwrap();
        assert_eq!(
            (cost.calls, seen.window),
            (1, Some(0)),
            "{method} {target}: the account is asked"
        );
        assert!(seen.account.is_some());
    }
    let cookie = ada.cookie("__Host-edgeward").unwrap().to_owned();
    twin.waits(Span::seconds(59));
    let (_, cost) = twin.cost_of(|| ada.visits("/private"));
    assert_eq!(
        (cost.calls, ada.cookie("__Host-edgeward")),
        (0, Some(cookie.as_str()))
    );
    twin.waits(Span::seconds(1));
    let (_, cost) = twin.cost_of(|| ada.visits("/private"));
    assert_eq!(cost.calls, 1, "past the window");
    assert_ne!(
        ada.cookie("__Host-edgeward"),
        Some(cookie.as_str()),
        "the cookie is renewed"
    );
    let (_, cost) = twin.cost_of(|| ada.visits("/private"));
    assert_eq!(cost.calls, 0);
}

#[test]
fn after_signing_out_a_copy_is_refused_at_once_by_unsafe_methods_and_in_a_minute_by_safe_ones() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let mut copy = ada.copied();
    ada.signs_out();
    assert_eq!(copy.clone().fetches("POST", "/private").status, 401);
    assert_eq!(copy.clone().fetches("GET", "/strict/page").status, 401);
    assert_eq!(
        copy.clone().fetches("GET", "/auth/session").code(),
        "auth.session.ended"
    );
    let page = copy.clone().fetches("GET", "/private");
    assert_eq!(
        page.seen.unwrap().window,
        Some(60),
        "and the window is told"
    );
    twin.waits(Span::seconds(60));
    let page = copy.fetches("GET", "/private");
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.ended")
    );
    assert_eq!(
        copy.cookie("__Host-edgeward"),
        None,
        "a dead cookie is taken away"
    );
}

#[test]
fn a_restored_tab_gets_the_current_generation() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let mut tab = ada.clone();
    twin.waits(Span::minutes(16));
    ada.visits("/private");
    twin.waits(Span::hours(2));
    ada.visits("/private");
    twin.waits(Span::minutes(5));
    tab.visits("/private");
    assert!(tab.seen().account.is_some(), "it has the session's device");
    assert!(tab.is_signed_in() && ada.is_signed_in());
}

#[test]
fn a_copy_without_the_device_is_stale_for_ten_minutes_and_nothing_ends() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let mut copy = ada.copied();
    copy.jar.lose("__Host-edgeward-device");
    twin.waits(Span::minutes(16));
    ada.visits("/private");
    twin.waits(Span::minutes(9));
    let page = copy.fetches("GET", "/private");
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.stale")
    );
    assert_eq!(
        copy.fetches("GET", "/auth/session").code(),
        "auth.session.stale"
    );
    assert!(ada.is_signed_in());
}

#[test]
fn later_it_is_theft_and_the_session_ends_with_a_notice() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    let mut copy = ada.copied();
    copy.jar.lose("__Host-edgeward-device");
    twin.waits(Span::minutes(16));
    ada.visits("/private");
    twin.waits(Span::minutes(11));
    let page = copy.fetches("GET", "/private");
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.ended")
    );
    assert!(
        !ada.is_signed_in(),
        "ended for both: nobody knows which of them is the owner"
    );
    assert_eq!(
        twin.mails_of("auth.notice.session_theft", "ada@example.org"),
        1
    );
    assert!(
        twin.journal(&account)
            .last()
            .unwrap()
            .contains(r#""why":"replayed""#)
    );
}

#[test]
fn signing_in_again_replaces_the_browsers_session_and_a_restored_tab_gets_the_new_one() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let (account, before) = (ada.account(), ada.session());
    let mut tab = ada.copied();
    ada.signs_in();
    let now = ada.session();
    assert_ne!(before, now);
    let journal = twin.journal(&account).join("\n");
    assert!(journal.contains(&format!(r#""session":"{before}","why":"replaced""#)));
    tab.fetches("POST", "/private");
    assert_eq!(
        tab.session(),
        now,
        "the old cookie, on the session's own device"
    );
    assert!(ada.is_signed_in());
}

#[test]
fn a_generation_that_advances_reaches_the_browser_that_made_it_advance() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    // A browser that keeps no device cookie must not lose its session for that.
    ada.jar.lose("__Host-edgeward-device");
    for _ in 0..3 {
        twin.waits(Span::seconds(14 * 60 + 40));
        assert_eq!(ada.fetches("GET", "/private").status, 200);
        twin.waits(Span::seconds(30));
        assert_eq!(
            ada.fetches("POST", "/private").status,
            200,
            "advances the generation"
        );
        twin.waits(Span::minutes(2));
        assert_eq!(ada.fetches("GET", "/private").status, 200);
    }
}

#[test]
fn a_session_nobody_uses_for_twelve_hours_ends() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    twin.waits(Span::minutes(12 * 60 - 1));
    ada.visits("/private");
    assert!(ada.seen().account.is_some());
    let mut copy = ada.copied();
    let kept = ada.cookie("__Host-edgeward").unwrap().to_owned();
    twin.waits(Span::hours(12));
    copy.jar.plant("__Host-edgeward", &kept);
    assert_eq!(
        copy.fetches("GET", "/auth/session").code(),
        "auth.session.ended"
    );
    ada.visits("/private");
    assert_eq!(
        ada.at, "/login?next=%2Fprivate",
        "the browser dropped its cookie as well"
    );
}

#[test]
fn a_session_in_use_ends_after_seven_days() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    for _ in 0..27 {
        twin.waits(Span::hours(6));
        assert_eq!(ada.fetches("GET", "/private").status, 200);
    }
    twin.waits(Span::hours(6));
    assert_eq!(ada.fetches("GET", "/private").status, 401);
}

#[test]
fn limits_are_the_operators() {
    let lifetimes = json!({ "window": "10s", "idle": "30m", "session": "1h" });
    let twin = Twin::with(&[("LIFETIMES", lifetimes)]);
    let mut ada = twin.member("ada@example.org");
    ada.visits("/private");
    assert_eq!(ada.seen().window, Some(10));
    twin.waits(Span::minutes(29));
    assert_eq!(ada.fetches("GET", "/private").status, 200);
    twin.waits(Span::minutes(29));
    assert_eq!(ada.fetches("GET", "/private").status, 200);
    twin.waits(Span::minutes(2));
    assert_eq!(ada.fetches("GET", "/private").status, 401);
}

#[test]
fn a_window_of_zero_asks_each_time() {
    let twin = Twin::with(&[("LIFETIMES", json!({ "window": "0s" }))]);
    let mut ada = twin.member("ada@example.org");
    for _ in 0..3 {
        let (_, cost) = twin.cost_of(|| ada.visits("/private"));
        assert_eq!((cost.calls, ada.seen().window), (1, Some(0)));
    }
}

#[test]
fn an_account_that_does_not_answer_is_busy_and_nobody_is_signed_out() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    for fault in [crate::twin::Fault::Lost, crate::twin::Fault::Unheard] {
        twin.fails_at(1, fault);
        let page = ada.fetches("POST", "/private");
        assert_eq!((page.status, page.code().as_str()), (503, "auth.busy"));
        assert!(page.header("retry-after").is_some() && twin.is_well_again());
    }
    assert!(ada.is_signed_in());
}

#[test]
fn what_is_public_is_not_told_who_comes_and_what_is_optional_is() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.visits("/public/page");
    assert_eq!(
        (ada.seen().account.clone(), ada.seen().window),
        (None, None)
    );
    ada.visits("/optional/page");
    assert_eq!(
        (ada.seen().account.is_some(), ada.seen().window),
        (true, Some(60))
    );
    let mut guest = ada.elsewhere();
    guest.visits("/optional/page");
    assert_eq!(guest.seen().account, None);
    ada.visits("/admin/page");
    assert_eq!(ada.status(), 403, "signed in, and without the role");
    guest.visits("/admin/page");
    assert_eq!(guest.at, "/login?next=%2Fadmin%2Fpage");
    assert_eq!(GOOD, ada.password);
}
