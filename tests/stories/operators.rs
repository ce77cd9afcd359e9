//! What operators' programs see and change of accounts.

use serde_json::{Value, json};

use crate::twin::{BETTER, GOOD, Page, Program, Twin, Visitor};

const ADA: &str = "ada@example.org";

/// A member, a program of the operator's, and the route of the account.
fn member(twin: &Twin) -> (Visitor, Program, String) {
    let mut ada = twin.member(ADA);
    let route = format!("/auth/admin/accounts/{}", ada.account());
    (ada, twin.operator("ops"), route)
}

fn patched(program: &Program, route: &str, change: &Value) -> Value {
    let page = program.patches(route, change);
    assert_eq!(told(&page), (200, "auth.admin.updated".into()));
    page.json()["account"].clone()
}

fn told(page: &Page) -> (u16, String) {
    (page.status, page.code())
}

/// The last line of the journal.
fn last(twin: &Twin, route: &str) -> Value {
    let account = route.rsplit('/').next().expect("an id");
    let lines = twin.journal(account);
    serde_json::from_str(lines.last().expect("a line")).expect("an event")
}

#[test]
fn an_account_is_found_by_its_address_or_its_id() {
    let twin = Twin::new();
    let (_ada, program, route) = member(&twin);
    let by_id = program.asks("GET", &route);
    assert_eq!(told(&by_id), (200, "auth.admin.account".into()));
    let by_address = program.asks("GET", "/auth/admin/accounts?email=Ada%40Example.org");
    assert_eq!(by_address.json(), by_id.json());
    let account = &by_id.json()["account"];
    assert_eq!(
        (&account["email"], &account["sessions"]),
        (&json!(ADA), &json!(1))
    );
    assert_eq!(
        (&account["enabled"], &account["hasPassword"]),
        (&json!(true), &json!(true))
    );
    assert!(!by_id.body.contains("argon2"), "no way to see a password");
    for unknown in [
        "/auth/admin/accounts?email=eve%40example.org",
        "/auth/admin/accounts/acc_aeaqcaibaeaqcaibaeaqcaibae",
        "/auth/admin/accounts/x",
    ] {
        assert_eq!(program.asks("GET", unknown).status, 404, "{unknown}");
    }
    assert_eq!(program.asks("GET", "/auth/admin/accounts").status, 422);
}

#[test]
fn whoever_is_disabled_is_out_and_stays_out_until_enabled() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    assert_eq!(
        patched(&program, &route, &json!({ "enabled": false }))["sessions"],
        0
    );
    assert!(!ada.is_signed_in());
    assert_eq!(
        told(&ada.tries_to_sign_in()),
        (403, "auth.login.disabled".into())
    );
    assert_eq!(last(&twin, &route)["enabled"], false);
    assert_eq!(last(&twin, &route)["by"], "ops");
    patched(&program, &route, &json!({ "enabled": true }));
    assert_eq!(ada.tries_to_sign_in().status, 200);
}

#[test]
fn other_roles_are_another_session_id() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    let before = ada.session();
    ada.visits("/admin/");
    assert_eq!(ada.status(), 403);
    let roles = json!(["admin", "billing"]);
    assert_eq!(
        patched(&program, &route, &json!({ "roles": roles }))["roles"],
        roles
    );
    assert!(ada.is_signed_in());
    ada.visits("/admin/");
    assert!(ada.seen().identity.contains(r#"roles=("admin" "billing")"#));
    assert_ne!(ada.session(), before);
    assert_eq!(last(&twin, &route)["roles"], roles);
    let session = ada.session();
    patched(&program, &route, &json!({ "roles": roles }));
    assert_eq!(ada.session(), session, "the same roles change nothing");
    patched(&program, &route, &json!({ "roles": [] }));
    ada.visits("/admin/");
    assert_eq!(ada.status(), 403);
}

#[test]
fn sessions_can_be_ended_and_nothing_else() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    patched(&program, &route, &json!({ "endSessions": true }));
    assert!(!ada.is_signed_in());
    assert_eq!(last(&twin, &route)["end_sessions"], true);
    assert_eq!(ada.tries_to_sign_in().status, 200);
}

#[test]
fn a_forced_change_leads_a_right_password_to_the_change_by_page() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    patched(&program, &route, &json!({ "forcePasswordChange": true }));
    assert!(!ada.is_signed_in(), "what was open ends");
    twin.waits(edgeward::kit::time::Span::minutes(2));
    ada.visits("/private").signs_in_with(BETTER);
    assert_eq!(ada.told, "auth.login.invalid", "not said before the secret");
    ada.visits("/private").signs_in_with(GOOD);
    assert_eq!(ada.told, "auth.login.password_change_required");
    assert!(!ada.is_signed_in());
    ada.chooses("four raven");
    assert!(ada.page().asks_for("newPassword"), "again");
    ada.chooses(GOOD);
    assert!(ada.page().asks_for("newPassword"), "the same is no other");
    assert!(!ada.is_signed_in());
    ada.chooses(BETTER);
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.login.success", "/private")
    );
    ada.is_told("auth.notice.password_changed");
    ada.signs_out().signs_in();
    assert!(ada.is_signed_in(), "once is enough");
}

/// The ticket holds the address twice, the roles and where they wanted to go, and must fit into a cookie.
#[test]
fn the_change_waits_however_much_there_is_to_remember() {
    let twin = Twin::new();
    let long = format!("{}@{}.example.org", "a".repeat(64), "b".repeat(60));
    let mut ada = twin.member(&long);
    let program = twin.operator("ops");
    let route = format!("/auth/admin/accounts/{}", ada.account());
    let roles: Vec<String> = (0..16).map(|n| format!("{n:r>32}")).collect();
    let change = json!({ "roles": roles, "forcePasswordChange": true });
    patched(&program, &route, &change);
    twin.waits(edgeward::kit::time::Span::minutes(2));
    ada.visits(&format!("/private?{}", "x".repeat(2_000)));
    ada.signs_in_with(GOOD).chooses(BETTER);
    assert_eq!(
        (ada.told.as_str(), ada.at.as_str()),
        ("auth.login.success", "/"),
        "what did not fit was where to go"
    );
    ada.is_told("auth.notice.password_changed");
}

#[test]
fn and_by_json() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    patched(&program, &route, &json!({ "forcePasswordChange": true }));
    let page = ada.tries_to_sign_in();
    assert_eq!(
        told(&page),
        (403, "auth.login.password_change_required".into())
    );
    let with = |new: &str| json!({ "email": ADA, "password": GOOD, "newPassword": new });
    assert_eq!(ada.asks_json("/auth/login", &with("short")).status, 422);
    assert_eq!(ada.asks_json("/auth/login", &with(GOOD)).status, 422);
    let page = ada.asks_json("/auth/login", &with(BETTER));
    assert_eq!(told(&page), (200, "auth.login.success".into()));
    ada.is_told("auth.notice.password_changed");
    assert_eq!(
        ada.tries_to_sign_in().code(),
        "auth.login.invalid",
        "the old one is gone"
    );
}

#[test]
fn an_operator_has_a_reset_link_sent_and_it_is_written_down() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    let page = program.posts(&format!("{route}/reset"), &json!({}));
    assert_eq!(told(&page), (202, "auth.admin.reset_sent".into()));
    ada.opens_mail();
    assert_eq!(
        last(&twin, &route),
        json!({ "event": "reset_asked", "by": "ops" })
    );
    ada.chooses(BETTER);
    assert_eq!(ada.told, "auth.reset.success");
    ada.is_told("auth.notice.password_changed");
}

#[test]
fn a_key_without_the_scope_changes_nothing() {
    let twin = Twin::new();
    let (mut ada, _, route) = member(&twin);
    for key in ["read", "invitations", "links"] {
        let page = twin
            .operator(key)
            .patches(&route, &json!({ "enabled": false }));
        assert_eq!(
            told(&page),
            (401, "auth.admin.unauthorized".into()),
            "{key}"
        );
    }
    assert!(ada.is_signed_in());
}

#[test]
fn what_is_not_a_change_is_refused_by_name() {
    let twin = Twin::new();
    let (_ada, program, route) = member(&twin);
    for (change, field) in [
        (json!({ "password": BETTER }), "password"),
        (json!({ "enabled": "no" }), "enabled"),
        (json!({ "roles": ["Admin"] }), "roles"),
        (json!({ "roles": "admin" }), "roles"),
    ] {
        let page = program.patches(&route, &change);
        assert_eq!(page.status, 422, "{change}");
        assert!(
            page.json()["fields"][field].is_string(),
            "{change}: {page:?}"
        );
    }
    assert_eq!(
        last(&twin, &route)["event"],
        "signed_in",
        "nothing happened"
    );
}

#[test]
fn a_journal_is_read_in_pages_and_says_whether_its_chain_holds() {
    let twin = Twin::new();
    let (mut ada, program, route) = member(&twin);
    ada.signs_out();
    let told = program.asks("GET", &format!("{route}/journal"));
    assert_eq!(
        (told.status, told.code().as_str()),
        (200, "auth.admin.journal")
    );
    let journal = told.json()["journal"].clone();
    let lines = journal["lines"].as_array().unwrap().clone();
    assert_eq!(
        (&journal["holds"], &journal["more"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(lines[0]["line"], r#"{"event":"created"}"#);
    assert!(
        lines.last().unwrap()["line"]
            .as_str()
            .unwrap()
            .contains("signed_out")
    );
    let rest = program.asks("GET", &format!("{route}/journal?after=1"));
    assert_eq!(rest.json()["journal"]["lines"][0]["seq"], 2);
    for wrong in ["x", "-1", "1.5"] {
        let page = program.asks("GET", &format!("{route}/journal?after={wrong}"));
        assert_eq!(page.status, 422, "{wrong}");
    }
    let nobody = "/auth/admin/accounts/acc_aeaqcaibaeaqcaibaeaqcaibae/journal";
    assert_eq!(program.asks("GET", nobody).status, 404);
}
