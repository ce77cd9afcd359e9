//! Smart links: a program of the operator's makes one, somebody opens it, and reaches what they were meant
//! to reach for as long as they were meant to.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{HOME, Link, Request, Twin, Visitor, objects::Kind};

const LINK: &str = "__Host-edgeward-link";

fn report(uses: &Value) -> Value {
    json!({
        "path": "/reports/42",
        "expiresIn": 3600,
        "uses": uses,
        "claims": {"report": "Q3 “draft”", "seats": 3, "final": false}
    })
}

fn link(twin: &Twin, terms: &Value) -> Link {
    twin.operator("links").makes_link(terms)
}

fn for_person(twin: &Twin, account: &str) -> Link {
    let terms = json!({
        "path": "/reports/42", "expiresIn": 3600, "uses": "until expiry", "account": account
    });
    link(twin, &terms)
}

fn gets_in(visitor: &Visitor, target: &str) -> bool {
    let mut visitor = visitor.clone();
    let page = visitor.fetches("GET", target);
    page.seen.is_some()
}

#[test]
fn whoever_holds_a_link_reaches_what_it_leads_to_and_nothing_else() {
    let twin = Twin::new();
    let link = link(&twin, &report(&json!(1)));
    assert!(link.target.starts_with("/login/link?token=link.lnk_"));
    let mut eve = twin.visitor("eve@example.org");
    eve.visits("/reports/42");
    assert_eq!(eve.at, "/login?next=%2Freports%2F42", "closed without it");

    eve.visits(&link.target);
    assert_eq!((eve.at.as_str(), eve.status()), ("/login/link", 200));
    assert!(eve.page().body.contains("/reports/42"), "it names the act");
    assert!(eve.page().body.contains("for 60 minutes"), "and its end");
    eve.presses();
    assert_eq!(
        (eve.at.as_str(), eve.told.as_str()),
        ("/reports/42", "auth.link.opened")
    );
    let seen = eve.seen();
    assert_eq!(seen.account, None, "nobody is signed in by it");
    assert_eq!(
        seen.link.as_deref(),
        Some(
            format!(
                r#"id="{}", path="/reports/42", final=?0, report=%"Q3 %e2%80%9cdraft%e2%80%9d", seats=3"#,
                link.id
            )
            .as_str()
        )
    );
    assert_eq!(seen.window, Some(0), "it was asked for this very request");
    assert_eq!(seen.header("cookie"), None);

    eve.visits("/reports/42/pdf?page=2");
    assert!(eve.seen().link.is_some());
    let form = eve.dressed(
        Request::new("POST", &format!("{HOME}/reports/42")),
        "navigate",
    );
    assert!(eve.sends(&form).unwrap().seen.unwrap().link.is_some());
    eve.visits("/reports/43");
    assert_eq!(eve.at, "/login?next=%2Freports%2F43");
    eve.visits("/public/x");
    assert_eq!(
        eve.seen().link,
        None,
        "where nobody is looked at, no link is"
    );
}

#[test]
fn it_opens_as_often_as_was_agreed_and_those_who_opened_it_stay() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!(2)));
    let left = || program.looks_at(&link).json()["usesLeft"].clone();
    let mut readers: Vec<Visitor> = (0..3).map(|_| twin.visitor("x@example.org")).collect();
    for reader in &mut readers {
        reader.visits(&link.target);
    }
    assert_eq!(left(), 2, "opening its page costs nothing");
    for (reader, expected) in readers
        .iter_mut()
        .zip(["/reports/42", "/reports/42", "/login/link"])
    {
        reader.presses();
        assert_eq!(reader.at, expected);
    }
    assert_eq!(left(), 0);
    let late = &readers[2];
    assert_eq!(
        (late.status(), late.told.as_str()),
        (400, "auth.token.used")
    );
    assert!(gets_in(&readers[0], "/reports/42") && gets_in(&readers[1], "/reports/42"));
    assert!(!gets_in(late, "/reports/42"));
}

#[test]
fn a_button_pressed_twice_makes_one_use() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!(2)));
    let mut ada = twin.visitor("ada@example.org");
    ada.visits(&link.target);
    let mut impatient = ada.clone();
    ada.presses();
    twin.waits(Span::seconds(599));
    impatient.presses();
    assert_eq!(impatient.at, "/reports/42");
    assert_eq!(program.looks_at(&link).json()["usesLeft"], 1);
}

#[test]
fn it_ends_to_the_second() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let terms = json!({"path": "/reports", "expiresIn": 60, "uses": "until expiry"});
    let link = program.makes_link(&terms);
    assert_eq!(link.expires_at, (twin.now() + Span::seconds(60)).rfc3339());
    let mut ada = twin.visitor("ada@example.org");
    twin.waits(Span::seconds(20));
    let mut late = ada.clone();
    ada.visits(&link.target).presses();
    late.visits(&link.target);
    let cookie = ada.cookie(LINK).unwrap().to_owned();

    twin.waits(Span(39_999));
    assert!(gets_in(&ada, "/reports/x"));
    twin.waits(Span(1));
    let object = twin.world.object(Kind::Link, &link.id);
    assert_eq!(object.sql.tables(), [""; 0], "erased, though nobody asked");
    assert_eq!(ada.cookie(LINK), None, "the cookie ends with the link");
    ada.jar.plant(LINK, &cookie);
    let page = ada.fetches("GET", "/reports/x");
    assert_eq!((page.status, page.seen.is_none()), (401, true));
    assert_eq!(ada.cookie(LINK), None, "and is taken away when it does not");
    late.presses();
    assert_eq!(
        (late.status(), late.told.as_str()),
        (400, "auth.token.invalid")
    );
    assert_eq!(program.looks_at(&link).status, 404);
    assert_eq!(object.sql.tables(), [""; 0], "and asking leaves nothing");
}

#[test]
fn what_is_revoked_lets_nobody_in_from_the_next_request_on() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let link = program.makes_link(&report(&json!(5)));
    let mut ada = twin.visitor("ada@example.org");
    let mut other = ada.elsewhere();
    ada.visits(&link.target).presses();
    other.visits(&link.target);
    assert!(gets_in(&ada, "/reports/42"));
    let page = program.revokes(&link);
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.link.revoked")
    );
    assert!(!gets_in(&ada, "/reports/42"));
    other.presses();
    assert_eq!(
        (other.status(), other.told.as_str()),
        (400, "auth.token.invalid")
    );
    let told = program.looks_at(&link).json();
    assert_eq!(
        (
            &told["authMessageCode"],
            &told["revoked"],
            &told["usesLeft"]
        ),
        (&json!("auth.link.revoked"), &json!(true), &json!(4))
    );
    let log = twin.world.log().join("\n");
    for event in ["link_made", "link_revoked"] {
        let told = format!("{event} {} 192.0.2.0/24 by links", link.id);
        assert!(log.contains(&told), "{told}: {log}");
    }
}

#[test]
fn a_link_that_may_skip_its_page_leads_straight_on() {
    let twin = Twin::new();
    let terms = json!({
        "path": "/reports/42", "expiresIn": 600, "uses": "until expiry", "skipPage": true
    });
    let link = link(&twin, &terms);
    for _ in 0..3 {
        let mut reader = twin.visitor("x@example.org");
        reader.visits(&link.target);
        assert_eq!(reader.trail, [303, 303, 200]);
        assert_eq!(reader.at, "/reports/42");
        assert!(reader.seen().link.is_some());
    }
}

#[test]
fn a_link_for_a_person_is_in_their_journal_with_the_key_that_made_it() {
    let twin = Twin::new();
    let account = twin.member("ada@example.org").account();
    let link = for_person(&twin, &account);
    let told = twin.journal(&account).pop().unwrap();
    for part in ["link_made", &link.id, r#""by":"links""#] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn somebody_who_is_signed_in_stays_who_they_are() {
    let twin = Twin::new();
    let link = link(&twin, &report(&json!(1)));
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    ada.visits(&link.target).presses();
    let seen = ada.seen();
    assert_eq!(seen.account.as_deref(), Some(account.as_str()));
    assert!(seen.link.is_some() && seen.window == Some(60));
    ada.visits("/private");
    assert!(ada.seen().account.is_some() && ada.seen().link.is_none());

    ada.signs_out();
    assert_eq!(ada.cookie(LINK), None, "signing out takes it along");
    assert!(!gets_in(&ada, "/reports/42"));
}

#[test]
fn a_session_that_ended_does_not_end_the_link() {
    let twin = Twin::new();
    let link = link(&twin, &json!({"path": "/reports", "expiresIn": 86_400}));
    let mut ada = twin.member("ada@example.org");
    ada.visits(&link.target).presses();
    let mut phone = ada.elsewhere();
    phone.visits("/login").signs_in();
    phone.is_told("auth.notice.new_device");
    phone.submits("/login/account", &[("action", "end-others")]);
    twin.waits(Span::minutes(2));
    ada.visits("/reports");
    assert!(ada.seen().account.is_none() && ada.seen().link.is_some());
    assert_eq!(
        ada.cookie("__Host-edgeward"),
        None,
        "the ended session goes"
    );
}

#[test]
fn the_link_opened_last_is_the_one_that_counts() {
    let twin = Twin::new();
    let one = link(&twin, &json!({"path": "/one", "expiresIn": 600}));
    let two = link(&twin, &json!({"path": "/two", "expiresIn": 600}));
    let mut ada = twin.visitor("ada@example.org");
    ada.visits(&one.target)
        .presses()
        .visits(&two.target)
        .presses();
    assert!(gets_in(&ada, "/two") && !gets_in(&ada, "/one"));
}

#[test]
fn a_link_for_a_person_opens_where_they_are_signed_in() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    let link = for_person(&twin, &account);

    let mut phone = ada.elsewhere();
    phone.visits(&link.target);
    assert_eq!(phone.at, "/login?then=link");
    assert_eq!(phone.told, "auth.session.required");
    phone.signs_in().is_told("auth.notice.new_device");
    assert_eq!(phone.at, "/login/link", "and back to the link");
    phone.presses();
    assert_eq!(phone.at, "/reports/42");
    assert_eq!(phone.seen().account.as_deref(), Some(account.as_str()));
    assert!(phone.seen().link.is_some());

    let mut eve = twin.member("eve@example.org");
    eve.visits(&link.target);
    assert_eq!((eve.at.as_str(), eve.status()), ("/login/link", 403));
    eve.jar.plant(LINK, phone.cookie(LINK).unwrap());
    eve.visits("/reports/42");
    assert_eq!(eve.seen().link, None, "her own session, and not his link");
    let mut thief = twin.visitor("x@example.org");
    thief.jar.plant(LINK, phone.cookie(LINK).unwrap());
    assert!(!gets_in(&thief, "/reports/42"), "it signs nobody in");
}

#[test]
fn a_link_for_a_person_is_void_in_another_epoch_of_theirs() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    let (opened, waiting) = (for_person(&twin, &account), for_person(&twin, &account));
    ada.visits(&opened.target).presses();
    assert!(ada.seen().link.is_some());
    raise_the_epoch(&twin, &account);
    ada.visits("/reports/42");
    assert_eq!(ada.seen().link, None);
    assert_eq!(ada.cookie(LINK), None);
    ada.visits(&waiting.target);
    assert_eq!((ada.at.as_str(), ada.status()), ("/login/link", 400));
    let told = twin.operator("links").looks_at(&waiting).json();
    assert_eq!(told["revoked"], true);
}

/// As a new password does it.
fn raise_the_epoch(twin: &Twin, account: &str) {
    use edgeward::store::Sql as _;
    let object = twin.world.object(Kind::Account, account);
    let raise = r#"UPDATE state SET body = replace(body, '"epoch":1', '"epoch":2')"#;
    object.sql.write(raise, &[]).expect("a row");
    assert!(
        object
            .sql
            .state()
            .expect("a state")
            .contains(r#""epoch":2"#)
    );
}

#[test]
fn a_program_is_told_what_it_asked_for() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    let program = twin.operator("links");
    let at = (twin.now() + Span::days(1)).rfc3339();
    let link = program.makes_link(&json!({
        "path": "/", "expiresAt": at, "uses": "until expiry", "skipPage": true, "account": account,
        "claims": {"b": 1.5, "a": true}
    }));
    assert_eq!(link.expires_at, at);
    let told = program.looks_at(&link).json();
    assert_eq!(
        told,
        json!({
            "authMessage": "The link is made.", "authMessageCode": "auth.link.created",
            "authMessageType": "success", "id": link.id, "path": "/", "expiresAt": at,
            "uses": "until expiry", "usesLeft": null, "claims": {"a": true, "b": 1.5},
            "account": account, "skipPage": true, "revoked": false, "madeBy": "links"
        })
    );
    let small = program.makes_link(&json!({"path": "/x", "expiresIn": 1}));
    let told = program.looks_at(&small).json();
    assert_eq!((&told["uses"], &told["claims"]), (&json!(1), &json!({})));
    for id in ["x", "lnk_aaaaaaaaaaaaaaaaaaaaaaaaaa", "LNK_x"] {
        for method in ["GET", "DELETE"] {
            let page = program.asks(method, &format!("/auth/admin/links/{id}"));
            assert_eq!(page.status, 404, "{method} {id}");
        }
    }
}

#[test]
fn every_field_is_checked_before_a_link_is_made() {
    let twin = Twin::new();
    let program = twin.operator("links");
    let sound = json!({"path": "/reports", "expiresIn": 60});
    let nobody = "acc_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let long = format!("/{}", "x".repeat(512));
    let invalid = "auth.field.invalid";
    for (field, value, code) in [
        ("path", Value::Null, invalid),
        ("path", json!(""), "auth.field.required"),
        ("path", json!("reports"), invalid),
        ("path", json!("/reports/"), invalid),
        ("path", json!("/reports/*"), invalid),
        ("path", json!("//reports"), invalid),
        ("path", json!("/reports/../x"), invalid),
        ("path", json!("/reports%2f42"), invalid),
        ("path", json!("/reports?x=1"), invalid),
        ("path", json!("/reports#x"), invalid),
        ("path", json!("https://evil.example/"), invalid),
        ("path", json!("/login"), invalid),
        ("path", json!("/LOGIN/x"), invalid),
        ("path", json!("/auth/admin"), invalid),
        ("path", json!(long), invalid),
        ("path", json!("/ümlaut"), invalid),
        ("expiresIn", json!(0), invalid),
        ("expiresIn", json!(-1), invalid),
        ("expiresIn", json!(1.5), invalid),
        ("expiresIn", json!("60"), invalid),
        ("expiresIn", json!(90 * 86_400 + 1), invalid),
        ("expiresIn", json!(i64::MAX), invalid),
        ("expiresAt", json!("2027-01-01T00:00:00Z"), invalid),
        ("uses", json!(0), invalid),
        ("uses", json!(1_001), invalid),
        ("uses", json!("unlimited"), invalid),
        ("uses", json!(true), invalid),
        ("claims", json!([]), invalid),
        ("claims", json!({"a": []}), invalid),
        ("claims", json!({"path": "/"}), invalid),
        ("claims", json!({"a": "x".repeat(1_024)}), invalid),
        ("account", json!(nobody), invalid),
        ("account", json!("ada@example.org"), invalid),
        ("skipPage", json!(true), invalid),
        ("skipPage", json!("yes"), invalid),
        ("token", json!("x"), "auth.field.unknown"),
    ] {
        let mut terms = sound.clone();
        terms[field] = value.clone();
        let page = program.posts("/auth/admin/links", &terms);
        assert_eq!(page.status, 422, "{field} {value}: {page:?}");
        assert_eq!(
            page.json()["fields"],
            json!({ field: code }),
            "{field} {value}"
        );
    }
    let neither = program.posts("/auth/admin/links", &json!({"path": "/reports"}));
    assert_eq!(
        neither.json()["fields"],
        json!({"expiresIn": "auth.field.required"})
    );
    for at in ["2026-11-23T08:00:00Z", "2028-01-01T00:00:00Z", "tomorrow"] {
        let terms = json!({"path": "/reports", "expiresAt": at});
        let page = program.posts("/auth/admin/links", &terms);
        assert_eq!(page.json()["fields"], json!({"expiresAt": invalid}), "{at}");
    }
    let doubled = r#"{"path":"/x","expiresIn":60,"claims":{"a":1,"a":2}}"#;
    let post = program.request("POST", "/auth/admin/links");
    let page = program.sends(&post.body("application/json", doubled));
    assert_eq!(page.json()["fields"], json!({"claims": invalid}));
    let objects = twin.world.objects_of(Kind::Link);
    assert!(objects.is_empty(), "nothing was made of any of it");
}
