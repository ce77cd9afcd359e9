//! Operators invite people: create, list, send again, take back; and taking an invitation up.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{BETTER, GOOD, Program, Twin};

const ADA: &str = "ada@example.org";
const ROUTE: &str = "/auth/admin/invitations";

fn invites(program: &Program, roles: &[&str]) -> Value {
    let page = program.posts(ROUTE, &json!({ "email": ADA, "roles": roles }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.invite.sent")
    );
    page.json()["invitation"].clone()
}

fn listed(program: &Program) -> Vec<Value> {
    let page = program.asks("GET", ROUTE);
    assert_eq!(page.code(), "auth.invite.list");
    page.json()["invitations"]
        .as_array()
        .expect("a list")
        .clone()
}

#[test]
fn whoever_is_invited_chooses_a_password_and_has_the_roles() {
    let twin = Twin::new();
    let program = twin.operator("invitations");
    let invitation = invites(&program, &["billing"]);
    assert_eq!(
        invitation["expiresAt"],
        (twin.now() + Span::days(7)).rfc3339()
    );
    assert_eq!(listed(&program), [invitation]);
    let mut ada = twin.visitor(ADA);
    ada.opens_mail();
    assert!(ada.page().body.contains("billing"));
    ada.chooses(GOOD);
    assert_eq!(ada.told, "auth.invite.success");
    let page = ada.fetches("GET", "/auth/session");
    assert_eq!(page.json()["account"]["roles"], json!(["billing"]));
    assert!(listed(&program).is_empty(), "it is open no longer");
    let journal = twin.journal(&ada.account()).join("\n");
    assert!(
        journal.contains(r#""roles":["billing"],"by":"invitations""#),
        "{journal}"
    );
}

#[test]
fn whoever_has_an_account_signs_in_and_comes_back() {
    let twin = Twin::new();
    let mut ada = twin.member(ADA);
    ada.signs_out();
    invites(&twin.operator("invitations"), &["billing"]);
    ada.opens_mail();
    assert!(!ada.page().asks_for("password") && ada.page().body.contains("/login?then=invite"));
    ada.visits("/login?then=invite").signs_in();
    assert_eq!(ada.at, "/login/invite", "and back to the invitation");
    let before = ada.session();
    ada.presses();
    assert_eq!(ada.told, "auth.invite.success");
    let page = ada.fetches("GET", "/auth/session");
    assert_eq!(page.json()["account"]["roles"], json!(["billing"]));
    assert_ne!(ada.session(), before, "other roles, another id");
}

#[test]
fn signed_in_as_somebody_else_it_gives_nobody_roles() {
    let twin = Twin::new();
    let ada = twin.member(ADA);
    let mut eve = twin.member("eve@example.net");
    invites(&twin.operator("invitations"), &["admin"]);
    let link = ada.clone().receives_link();
    eve.visits(&link);
    let visit = eve.page().input("visit").unwrap_or_default().to_owned();
    eve.submits("/login/invite", &[("visit", &visit)]);
    let token = link.split_once("?token=").expect("a token").1;
    let page = eve.asks_json("/auth/invite-complete", &json!({ "token": token }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (401, "auth.session.required")
    );
    eve.visits("/admin/");
    assert_eq!(eve.status(), 403);
}

#[test]
fn it_is_sent_again_and_lives_as_long_as_it_did() {
    let twin = Twin::new();
    let program = twin.operator("invitations");
    let invitation = invites(&program, &[]);
    let id = invitation["id"].as_str().expect("an id");
    let mut ada = twin.visitor(ADA);
    let first = ada.receives_link();
    twin.waits(Span::days(3));
    let page = program.posts(&format!("{ROUTE}/{id}/resend"), &json!({}));
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.invite.sent")
    );
    assert_eq!(
        page.json()["invitation"],
        invitation,
        "the same, as long as before"
    );
    let second = ada.receives_link();
    assert_ne!(first, second);
    ada.visits(&first).chooses(GOOD);
    assert_eq!(ada.told, "auth.invite.success", "either of them");
    let mut other = ada.elsewhere();
    other.visits(&second);
    assert_eq!(other.told, "auth.token.used");
}

#[test]
fn what_is_taken_back_lets_nobody_in() {
    let twin = Twin::new();
    let program = twin.operator("invitations");
    let invitation = invites(&program, &[]);
    let path = format!("{ROUTE}/{}", invitation["id"].as_str().expect("an id"));
    let mut ada = twin.visitor(ADA);
    ada.opens_mail();
    let page = program.asks("DELETE", &path);
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.invite.revoked")
    );
    assert!(listed(&program).is_empty());
    ada.chooses(GOOD);
    assert_eq!(ada.told, "auth.token.invalid");
    assert_eq!(program.asks("DELETE", &path).status, 404);
    assert_eq!(
        program.posts(&format!("{path}/resend"), &json!({})).status,
        404
    );
}

#[test]
fn after_a_week_it_is_gone_and_can_be_made_anew() {
    let twin = Twin::new();
    let program = twin.operator("invitations");
    invites(&program, &[]);
    let mut ada = twin.visitor(ADA);
    let link = ada.receives_link();
    twin.waits(Span::days(7));
    assert!(listed(&program).is_empty());
    ada.visits(&link);
    assert_eq!(ada.told, "auth.token.invalid");
    invites(&program, &[]);
    ada.opens_mail().chooses(GOOD);
    assert!(ada.is_signed_in());
}

#[test]
fn inviting_again_renews_the_one_that_is_open() {
    let twin = Twin::new();
    let program = twin.operator("invitations");
    let first = invites(&program, &[]);
    twin.waits(Span::days(1));
    let second = invites(&program, &["billing"]);
    assert_eq!(first["id"], second["id"]);
    assert_eq!(listed(&program), [second]);
    let mut ada = twin.visitor(ADA);
    ada.opens_mail().chooses(GOOD);
    let page = ada.fetches("GET", "/auth/session");
    assert_eq!(page.json()["account"]["roles"], json!(["billing"]));
    twin.leaves_mail_unread();
}

#[test]
fn an_invitation_voids_a_password_that_was_planted_before() {
    let twin = Twin::new();
    let mut eve = twin.visitor(ADA);
    let planted = eve.signs_up(GOOD).receives_link();
    invites(&twin.operator("invitations"), &[]);
    let mut ada = twin.visitor(ADA);
    ada.opens_mail().chooses(BETTER);
    assert!(ada.is_signed_in());
    eve.visits(&planted);
    assert!(!eve.page().asks_for("visit"));
    assert_eq!(eve.tries_to_sign_in().code(), "auth.login.invalid");
}

#[test]
fn where_registration_is_by_invitation_alone_it_is_the_way_in() {
    let twin = Twin::with(&[("REGISTRATION", json!("invite"))]);
    let mut ada = twin.visitor(ADA);
    ada.signs_up(GOOD);
    assert_eq!(ada.told, "auth.register.closed");
    invites(&twin.operator("invitations"), &[]);
    ada.opens_mail().chooses(GOOD);
    assert!(ada.is_signed_in());
}

#[test]
fn where_registration_is_closed_nobody_is_invited() {
    let twin = Twin::with(&[("REGISTRATION", json!("closed"))]);
    let page = twin
        .operator("invitations")
        .posts(ROUTE, &json!({ "email": ADA }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (403, "auth.register.closed")
    );
    assert_eq!(twin.mails().len(), 0);
}
