//! What a hook is asked, to the byte, and which answers count.

use serde_json::json;

use super::*;

fn email() -> EmailAddress {
    EmailAddress::parse("ada@example.org").unwrap()
}

fn answered(body: &str) -> Result<Decision, HookFailure> {
    let response = HookResponse {
        status: 200,
        content_type: "application/json; charset=utf-8".into(),
        body: body.into(),
    };
    Decision::read(&response, &["/login", "/auth"])
}

fn allow(members: Value) -> Result<Decision, HookFailure> {
    let mut body = members;
    body["decision"] = "allow".into();
    answered(&body.to_string())
}

fn said(message: &str) -> Result<Option<String>, HookFailure> {
    match answered(&json!({ "decision": "deny", "message": message }).to_string())? {
        Decision::Deny { message } => Ok(message),
        allowed @ Decision::Allow { .. } => panic!("{allowed:?}"),
    }
}

#[test]
fn a_question_has_the_pinned_shape() {
    let roles = [Role::parse("billing").unwrap()];
    let question = Question {
        moment: Moment::Login,
        asked: Time(0),
        subject: Subject {
            email: &email(),
            account: Some(&AccountId::from_bits(&[1; 16])),
            roles: &roles,
            method: Method::Password,
        },
        network: "198.51.100.0/24",
        user_agent: Some("Mozilla/5.0"),
        request: &RequestId::from_bits(&[2; 16]),
    };
    assert_eq!(
        question.body().reveal(),
        concat!(
            r#"{"type":"hook.login","timestamp":"1970-01-01T00:00:00Z","data":{"email":"ada@example.org","#,
            r#""account":"acc_aeaqcaibaeaqcaibaeaqcaibae","method":"password","roles":["billing"],"#,
            r#""network":"198.51.100.0/24","userAgent":"Mozilla/5.0","requestId":"req_aibaeaqcaibaeaqcaibaeaqcai"}}"#
        )
    );
    let methods = [Method::Link, Method::Magic, Method::Invite, Method::Reset];
    assert_eq!(json!(methods), json!(["link", "magic", "invite", "reset"]));
}

#[test]
fn a_question_stays_below_20_kb_whatever_a_client_sends() {
    let local = "a".repeat(64);
    let domain = vec!["d".repeat(46); 4].join(".");
    let longest = EmailAddress::parse(&format!("{local}@{domain}")).unwrap();
    let roles: Vec<_> = (10..26)
        .map(|n| Role::parse(&format!("{n}{}", "r".repeat(30))).unwrap())
        .collect();
    let question = Question {
        moment: Moment::BeforeRegistration,
        asked: Time(0),
        subject: Subject {
            email: &longest,
            account: None,
            roles: &roles,
            method: Method::Password,
        },
        network: "2001:db8:1::/48",
        user_agent: Some(&"\u{1}".repeat(30_000)),
        request: &RequestId::from_bits(&[2; 16]),
    };
    assert!(question.body().reveal().len() < 20_000);
}

#[test]
fn an_answer_is_a_decision_and_what_goes_with_it() {
    let plain = Decision::Allow {
        roles: vec![],
        redirect: None,
    };
    assert_eq!(answered(r#"{"decision":"allow"}"#), Ok(plain.clone()));
    assert_eq!(
        answered(
            r#" {"decision":"allow","more":{"deep":[1]},"roles":null,"redirect":null,"message":"hello"}"#
        ),
        Ok(plain)
    );
    assert_eq!(
        allow(json!({ "roles": ["admin", "a:b", "admin"], "redirect": "/welcome?new=1" })),
        Ok(Decision::Allow {
            roles: vec![Role::parse("admin").unwrap(), Role::parse("a:b").unwrap()],
            redirect: ReturnPath::read("/welcome?new=1", &[]),
        })
    );
    assert_eq!(
        answered(r#"{"decision":"deny","roles":["x"],"redirect":"/x"}"#),
        Ok(Decision::Deny { message: None })
    );
}

#[test]
fn what_is_not_200_and_json_is_no_answer() {
    let read = |status, content_type: &str, body: &str| {
        let response = HookResponse {
            status,
            content_type: content_type.into(),
            body: body.into(),
        };
        Decision::read(&response, &[])
    };
    let yes = r#"{"decision":"allow"}"#;
    for status in [0, 100, 201, 204, 301, 302, 307, 403, 500, 503] {
        assert_eq!(
            read(status, "application/json", yes),
            Err(HookFailure::Status(status))
        );
    }
    for kind in [
        "",
        "text/html",
        "text/plain",
        "application/jsonp",
        "application/problem+json",
    ] {
        assert_eq!(read(200, kind, yes), Err(HookFailure::NotJson), "{kind}");
    }
    assert!(read(200, "Application/JSON ;charset=utf-8", yes).is_ok());
    let large = format!(
        "{{\"decision\":\"allow\",\"x\":\"{}\"}}",
        "x".repeat(16 * 1024)
    );
    assert_eq!(
        read(200, "application/json", &large),
        Err(HookFailure::TooLarge)
    );
}

#[test]
fn what_is_no_json_object_is_no_answer() {
    let deep = format!("{}1{}", "[".repeat(400), "]".repeat(400));
    let ignored = format!(r#"{{"decision":"allow","x":{deep}}}"#);
    assert!(
        answered(&ignored).is_ok(),
        "what is not read may be anything"
    );
    let deep = format!(r#"{{"decision":"allow","roles":{deep}}}"#);
    for body in [
        "",
        "allow",
        "null",
        "true",
        r#""allow""#,
        r#"["allow"]"#,
        r#"["allow",null,null,null]"#,
        r#"{"decision":"allow""#,
        r#"{"decision":"allow"}{"decision":"deny"}"#,
        r#"{"decision":"allow","decision":"allow"}"#,
        r#"{"decision":"deny","decision":"allow"}"#,
        r#"{"decision":"allow","roles":[],"roles":["admin"]}"#,
        r"{'decision':'allow'}",
        &deep,
    ] {
        assert_eq!(answered(body), Err(HookFailure::NotJson), "{body}");
    }
}

#[test]
fn an_unknown_decision_is_no_answer() {
    for decision in [
        json!(null),
        json!(true),
        json!(1),
        json!("Allow"),
        json!("allow "),
        json!("yes"),
        json!(["allow"]),
        json!({"allow": true}),
    ] {
        let body = json!({ "decision": decision }).to_string();
        assert_eq!(
            answered(&body),
            Err(HookFailure::Member("decision")),
            "{body}"
        );
    }
    assert_eq!(answered("{}"), Err(HookFailure::Member("decision")));
}

#[test]
fn roles_are_at_most_16_right_ones() {
    let many = |count: usize| {
        let roles: Vec<_> = (0..count).map(|n| format!("r{n}")).collect();
        allow(json!({ "roles": roles }))
    };
    assert!(matches!(many(16), Ok(Decision::Allow { roles, .. }) if roles.len() == 16));
    assert_eq!(many(17), Err(HookFailure::Member("roles")));
    for roles in [
        json!("admin"),
        json!({"admin": true}),
        json!([1]),
        json!([null]),
        json!(["admin", "Admin"]),
        json!([""]),
        json!(["a b"]),
        json!(["a".repeat(33)]),
        json!(["admin\n"]),
    ] {
        assert_eq!(
            allow(json!({ "roles": roles })),
            Err(HookFailure::Member("roles")),
            "{roles}"
        );
    }
}

#[test]
fn a_redirect_is_a_path_of_ours() {
    for redirect in [
        json!("//evil.example"),
        json!("https://evil.example/"),
        json!("/\\evil.example"),
        json!("javascript:alert(1)"),
        json!("relative"),
        json!(""),
        json!("/login"),
        json!("/auth/session"),
        json!("/x\n"),
        json!(["/x"]),
        json!(true),
    ] {
        assert_eq!(
            allow(json!({ "redirect": redirect })),
            Err(HookFailure::Member("redirect")),
            "{redirect}"
        );
    }
}

#[test]
fn a_message_is_one_line_of_300_code_points() {
    assert_eq!(
        said("No <b>seats</b> left."),
        Ok(Some("No <b>seats</b> left.".into()))
    );
    assert_eq!(said("  "), Ok(None));
    assert_eq!(said(&"ß".repeat(301)), Ok(Some("ß".repeat(300))));
    for message in ["a\nb", "a\u{0}b", "a\u{1b}[31m", "a\u{7f}b", "a\u{85}b"] {
        assert_eq!(
            said(message),
            Err(HookFailure::Member("message")),
            "{message:?}"
        );
    }
    for message in [json!(1), json!(["no"]), json!({"en": "no"})] {
        let body = json!({ "decision": "deny", "message": message }).to_string();
        assert_eq!(answered(&body), Err(HookFailure::Member("message")));
    }
    assert_eq!(
        allow(json!({ "message": 1 })),
        Err(HookFailure::Member("message")),
        "an answer is right as a whole or it is none"
    );
}
