//! Signing in: who gets in, who does not, and what each is told.

use edgeward::kit::time::Span;
use serde_json::json;

use crate::twin::{BETTER, GOOD, Twin};

#[test]
fn a_wrong_password_and_an_unknown_address_are_told_the_same() {
    let twin = Twin::new();
    twin.member("ada@example.org");
    let mut eve = twin.visitor("eve@example.org");
    let mut try_one = |email: &str| {
        eve.asks_json(
            "/auth/login",
            &json!({ "email": email, "password": BETTER }),
        )
    };
    let (known, unknown) = (try_one("ada@example.org"), try_one("nobody@example.org"));
    assert_eq!(
        (known.status, known.code().as_str()),
        (401, "auth.login.invalid")
    );
    assert_eq!(known.body, unknown.body);
    assert_eq!(known.headers.len(), unknown.headers.len());
}

#[test]
fn a_pending_sign_up_is_told_so_once_its_password_is_proved() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.visits("/private").signs_up(GOOD).receives_link();
    ada.visits("/login?next=%2Fprivate").signs_in();
    assert_eq!(ada.at, "/login?next=%2Fprivate", "back to the form");
    assert!(
        ada.page().body.contains("/login/resend?next=%2Fprivate"),
        "which offers the mail again"
    );
    let mut eve = ada.elsewhere();
    let page = eve.asks_json(
        "/auth/login",
        &json!({ "email": ada.email, "password": GOOD }),
    );
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.login.not_verified")
    );
    let page = eve.asks_json(
        "/auth/login",
        &json!({ "email": ada.email, "password": BETTER }),
    );
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.login.invalid")
    );
}

#[test]
fn each_browser_is_checked_against_its_own_sign_up() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    ada.signs_up(GOOD).receives_link();
    twin.visitor("ada@example.org")
        .signs_up(BETTER)
        .receives_link();
    let page = ada.asks_json(
        "/auth/login",
        &json!({ "email": ada.email.clone(), "password": GOOD }),
    );
    assert_eq!(
        page.code(),
        "auth.login.not_verified",
        "the entry of its cookie"
    );
    let mut other = ada.elsewhere();
    let page = other.asks_json(
        "/auth/login",
        &json!({ "email": ada.email, "password": GOOD }),
    );
    assert_eq!(page.code(), "auth.login.invalid", "else the newest");
}

#[test]
fn five_tries_are_free_and_a_success_forgets_them() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org").elsewhere();
    ada.password = GOOD.to_owned();
    let wrong = json!({ "email": "ada@example.org", "password": BETTER });
    let right = json!({ "email": "ada@example.org", "password": GOOD });
    for _ in 0..4 {
        assert_eq!(ada.asks_json("/auth/login", &wrong).status, 401);
    }
    let mut fresh = ada.elsewhere();
    assert_eq!(
        fresh.asks_json("/auth/login", &right).status,
        200,
        "the fifth"
    );
    for _ in 0..5 {
        assert_eq!(ada.asks_json("/auth/login", &wrong).status, 401);
    }
    let page = ada.asks_json("/auth/login", &right);
    assert_eq!((page.status, page.code().as_str()), (429, "auth.throttled"));
    assert_eq!(page.header("retry-after"), Some("900"));
    twin.waits(Span::minutes(15));
    assert_eq!(ada.asks_json("/auth/login", &right).status, 200);
    let told = twin.mails_of("auth.notice.new_device", "ada@example.org");
    assert_eq!(told, 2, "one for each strange browser");
}

#[test]
fn each_further_failure_doubles_the_wait() {
    let twin = Twin::new();
    let mut eve = twin.visitor("ada@example.org");
    let wrong = json!({ "email": "ada@example.org", "password": BETTER });
    for _ in 0..5 {
        assert_eq!(eve.asks_json("/auth/login", &wrong).status, 401);
    }
    for minutes in [15, 30, 60, 120] {
        assert_eq!(eve.asks_json("/auth/login", &wrong).status, 429);
        twin.waits(Span::minutes(minutes));
        assert_eq!(
            eve.asks_json("/auth/login", &wrong).status,
            401,
            "one try after {minutes} min"
        );
    }
}

#[test]
fn a_busy_machine_counts_nothing() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org").elsewhere();
    ada.password = GOOD.to_owned();
    let right = json!({ "email": "ada@example.org", "password": GOOD });
    twin.world.has_places(0);
    for _ in 0..10 {
        let page = ada.asks_json("/auth/login", &right);
        assert_eq!((page.status, page.code().as_str()), (503, "auth.busy"));
        assert!(page.header("retry-after").is_some());
    }
    twin.world.has_places(1);
    assert_eq!(ada.asks_json("/auth/login", &right).status, 200);
    ada.is_told("auth.notice.new_device");
}

#[test]
fn a_success_gives_the_network_its_knock_back() {
    let twin = Twin::with(&[("LIMITS", json!({ "network": { "signin": ["2/1h"] } }))]);
    twin.member("ada@example.org");
    let right = json!({ "email": "ada@example.org", "password": GOOD });
    let office = twin.visitor("ada@example.org");
    for _ in 0..4 {
        let mut colleague = office.clone();
        assert_eq!(colleague.asks_json("/auth/login", &right).status, 200);
    }
    let wrong = json!({ "email": "ada@example.org", "password": BETTER });
    let mut eve = office.clone();
    for status in [401, 401, 429] {
        assert_eq!(eve.asks_json("/auth/login", &wrong).status, status);
    }
    office.is_told("auth.notice.new_device");
}

#[test]
fn a_network_with_plenty_left_is_not_asked_to_take_its_knock_back() {
    let twin = Twin::with(&[("LIMITS", json!({ "network": { "signin": ["8/1h"] } }))]);
    twin.member("ada@example.org");
    let right = json!({ "email": "ada@example.org", "password": GOOD });
    let office = twin.visitor("ada@example.org");
    let mut calls = Vec::new();
    for _ in 0..12 {
        let mut colleague = office.clone();
        let (page, cost) = twin.cost_of(|| colleague.asks_json("/auth/login", &right));
        assert_eq!(page.status, 200, "successes never spend a budget");
        calls.push(cost.calls);
    }
    assert!(calls[..2].iter().all(|calls| *calls == 5), "{calls:?}");
    assert!(calls[2..].iter().all(|calls| *calls == 6), "{calls:?}");
    office.is_told("auth.notice.new_device");
}

#[test]
fn fields_are_told_by_name_before_anything_is_done() {
    let twin = Twin::new();
    let mut eve = twin.visitor("eve@example.org");
    for (body, code, field, told) in [
        (
            json!({}),
            "auth.field.required",
            "email",
            "auth.field.required",
        ),
        (
            json!({ "email": "", "password": "x" }),
            "auth.field.required",
            "email",
            "auth.field.required",
        ),
        (
            json!({ "email": "eve", "password": "x" }),
            "auth.field.invalid",
            "email",
            "auth.field.invalid",
        ),
        (
            json!({ "email": 7, "password": "x" }),
            "auth.field.invalid",
            "email",
            "auth.field.invalid",
        ),
        (
            json!({ "email": "eve@example.org", "password": "x", "admin": "1" }),
            "auth.field.invalid",
            "admin",
            "auth.field.unknown",
        ),
    ] {
        let (page, cost) = twin.cost_of(|| eve.asks_json("/auth/login", &body));
        assert_eq!((page.status, page.code().as_str()), (422, code), "{body}");
        assert_eq!(page.json()["fields"][field], told, "{body}");
        assert_eq!((cost.calls, cost.hashes), (0, 0), "{body}");
    }
}
