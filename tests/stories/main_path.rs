//! The six steps of the main path: from a private page, by sign-up and mail, back to that page, and out.

use edgeward::kit::time::Span;

use crate::twin::{GOOD, Twin};

#[test]
fn a_stranger_becomes_a_member_and_is_back_where_they_wanted_to_go() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");

    ada.visits("/public/page");
    assert_eq!(ada.seen().account, None, "the public page is open");
    assert_eq!(
        ada.jar.names(),
        [""; 0],
        "nothing is asked, nothing is remembered"
    );

    ada.visits("/private/report?year=2026&tab=a%20b");
    assert_eq!(ada.trail, [303, 200]);
    assert_eq!(
        ada.at,
        "/login?next=%2Fprivate%2Freport%3Fyear%3D2026%26tab%3Da%2520b"
    );

    ada.signs_up(GOOD);
    assert_eq!(ada.trail, [303, 200]);
    assert!(
        ada.at.starts_with("/login/resend"),
        "check your mail: {}",
        ada.at
    );
    assert!(
        !ada.is_signed_in(),
        "nobody is signed in before the address is proved"
    );

    ada.opens_mail();
    assert_eq!(
        (ada.trail.as_slice(), ada.at.as_str()),
        ([303, 200].as_slice(), "/login/verify")
    );
    assert!(!ada.is_signed_in(), "opening the link does nothing");

    ada.confirms();
    assert_eq!(ada.at, "/private/report?year=2026&tab=a%20b");
    assert!(
        ada.seen()
            .account
            .as_ref()
            .is_some_and(|id| id.starts_with("acc_"))
    );
    assert_eq!(
        ada.seen().url,
        "https://origin.example.org/private/report?year=2026&tab=a%20b"
    );

    let mut thief = ada.copied();
    ada.signs_out();
    assert_eq!(ada.at, "/login");
    assert_eq!(
        ada.jar.names(),
        ["__Host-edgeward-device"],
        "the device alone is remembered"
    );
    assert_eq!(
        thief.fetches("POST", "/private/order").status,
        401,
        "0 s for unsafe methods"
    );
    twin.waits(Span::seconds(60));
    assert_eq!(
        thief.fetches("GET", "/private/report").status,
        401,
        "60 s at most for safe ones"
    );

    ada.visits("/private/?tab=1").signs_in();
    assert_eq!(ada.at, "/private/?tab=1");
    assert!(ada.seen().account.is_some());
}

#[test]
fn the_same_by_json() {
    let twin = Twin::new();
    let mut ada = twin.visitor("ada@example.org");
    let (email, password) = ("ada@example.org", GOOD);
    ada.password = password.to_owned();

    let fields = serde_json::json!({ "email": email, "password": password, "next": "/private" });
    let page = ada.asks_json("/auth/register", &fields);
    assert_eq!(
        (page.status, page.code().as_str()),
        (202, "auth.register.check_email")
    );

    let link = ada.receives_link();
    let token = link.split_once("?token=").unwrap().1;
    let page = ada.asks_json("/auth/verify", &serde_json::json!({ "token": token }));
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.verify.success")
    );
    let json = page.json();
    assert_eq!(json["redirect"], "/private");
    assert_eq!(json["account"]["email"], email);
    assert_eq!(
        (&json["account"]["verified"], &json["account"]["enabled"]),
        (&true.into(), &true.into())
    );
    assert_eq!(json["session"]["methods"], serde_json::json!(["link"]));
    assert_eq!(json["session"]["authenticatedAt"], twin.now().rfc3339());
    assert_eq!(
        json["session"]["expiresAt"],
        (twin.now() + Span::days(7)).rfc3339()
    );

    let page = ada.asks_json("/auth/logout", &serde_json::json!({}));
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.logout.success")
    );
    assert_eq!(page.header("clear-site-data"), Some("\"cache\""));
    assert_eq!(
        ada.fetches("GET", "/auth/session").code(),
        "auth.session.required"
    );

    let fields = serde_json::json!({ "email": email, "password": password });
    let page = ada.asks_json("/auth/login", &fields);
    assert_eq!(
        (page.status, page.code().as_str()),
        (200, "auth.login.success")
    );
    assert_eq!(
        page.json()["session"]["methods"],
        serde_json::json!(["password"])
    );
}

#[test]
fn the_journal_tells_what_happened_and_no_more() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    ada.signs_out().visits("/login").signs_in();
    let lines = twin.journal(&account).join("\n");
    let ids =
        ["\"ses_"; 3]
            .into_iter()
            .fold(lines.clone(), |text, mark| match text.split_once(mark) {
                Some((before, rest)) => format!("{before}\"(session){}", &rest[26..]),
                None => text,
            });
    assert_eq!(
        ids,
        concat!(
            r#"{"event":"created"}"#,
            "\n",
            r#"{"event":"signed_in","session":"(session)","method":"link","network":"198.51.100.0/24","new_device":true}"#,
            "\n",
            r#"{"event":"session_ended","session":"(session)","why":"signed_out"}"#,
            "\n",
            r#"{"event":"signed_in","session":"(session)","method":"password","network":"198.51.100.0/24","new_device":false}"#,
        )
    );
}
