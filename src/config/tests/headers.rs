//! Header names that operators tell us.

use serde_json::{Value, json};

use super::{key, read, wrong};
use crate::config::{Attribute, AuthCheck, ClientIp};

#[test]
fn header_names_are_lower_cased_and_ours_are_never_let_through() {
    let config = read(&[
        ("CLIENT_IP", json!("header:X-Real-IP")),
        ("PASS_HEADERS", json!(["X-Forwarded-Email", "x-host"])),
    ]);
    assert_eq!(config.client_ip, ClientIp::Header("x-real-ip".into()));
    assert_eq!(config.pass_headers, ["x-forwarded-email", "x-host"]);
    for name in [
        "Edgeward-Identity",
        "edgeward_link",
        "SIGNATURE",
        "signature.input",
        "a b",
        "",
    ] {
        assert_eq!(
            wrong(&[("PASS_HEADERS", json!([name]))]),
            ["PASS_HEADERS"],
            "{name}"
        );
    }
    for text in ["header:", "header:a b", "x-real-ip", "Cloudflare"] {
        assert_eq!(
            wrong(&[("CLIENT_IP", json!(text))]),
            ["CLIENT_IP"],
            "{text}"
        );
    }
}

#[test]
fn identity_headers_are_names_nobody_else_means_and_visitors_cannot_send() {
    let mapped = |table: Value| {
        wrong(&[
            ("IDENTITY_HEADERS", table),
            ("PASS_HEADERS", json!(["x_remote_groups", "x-host"])),
        ])
    };
    let config = read(&[
        (
            "IDENTITY_HEADERS",
            json!({"X-Forwarded-User": "account", "Remote-Email": "email", "x-webauth-role": "roles"}),
        ),
        ("IDENTITY_EMAIL", json!("on")),
    ]);
    let names = ["remote-email", "x-forwarded-user", "x-webauth-role"];
    let tells = [Attribute::Email, Attribute::Account, Attribute::Roles];
    let mut read = config.identity_headers;
    read.sort_by_key(|(name, _)| *name);
    assert!(
        read.iter()
            .map(|(name, what)| (*name, *what))
            .eq(names.into_iter().zip(tells))
    );
    for name in [
        "Edgeward-User",
        "edgeward-identity",
        "Signature",
        "Signature-Input",
        "Cookie",
        "Host",
        "Authorization",
        "Connection",
        "X-Forwarded-For",
        "x-forwarded-host",
        "X-Forwarded-Proto",
        "Content-Digest",
        "Sec-User",
        "Set-Cookie",
        "Strict-Transport-Security",
        "WWW-Authenticate",
        "X_User",
        "X User",
        "X-Us\u{e9}r",
        "",
        "-",
        "user",
        "X-Remote-Groups",
    ] {
        let told = mapped(json!({name: "account"}));
        assert_eq!(told, [format!("IDENTITY_HEADERS.{name}")], "{name}");
    }
    let email = mapped(json!({"X-Forwarded-Email": "email"}));
    assert_eq!(
        email,
        ["IDENTITY_HEADERS.X-Forwarded-Email"],
        "IDENTITY_EMAIL is off"
    );
    assert_eq!(
        mapped(json!({"X-User": "name"})),
        ["IDENTITY_HEADERS.X-User"]
    );
    let twice = mapped(json!({"X-User": "account", "x-user": "roles"}));
    assert_eq!(twice, ["IDENTITY_HEADERS.x-user"]);
}

#[test]
fn a_proxy_that_asks_needs_a_key_and_no_body() {
    let proxy = json!(format!("proxy:check:{}", key("proxy")));
    let ops = json!(format!("ops:read+links:{}", key("ops")));
    assert_eq!(read(&[]).auth_check, AuthCheck::Off);
    for (text, check) in [
        ("off", AuthCheck::Off),
        ("x-original", AuthCheck::XOriginal),
        ("x-forwarded", AuthCheck::XForwarded),
    ] {
        let on = [("AUTH_CHECK", json!(text)), ("ADMIN_KEYS", proxy.clone())];
        assert_eq!(read(&on).auth_check, check, "{text}");
        let is_on = check != AuthCheck::Off;
        let expected: &[&str] = if is_on { &["AUTH_CHECK"] } else { &[] };
        let rules = json!([{"path": "/pay", "access": "required", "digest": true}]);
        let [mode, keys] = on;
        assert_eq!(
            wrong(&[mode.clone(), keys, ("ACCESS_RULES", rules)]),
            expected,
            "{text}"
        );
        assert_eq!(
            wrong(&[mode.clone(), ("ADMIN_KEYS", ops.clone())]),
            expected,
            "{text}"
        );
        assert_eq!(wrong(&[mode]), expected, "{text}");
    }
    for text in ["on", "nginx", "X-Original", ""] {
        let names: &[&str] = if text.is_empty() {
            &[]
        } else {
            &["AUTH_CHECK"]
        };
        let wrong = wrong(&[("AUTH_CHECK", json!(text)), ("ADMIN_KEYS", proxy.clone())]);
        assert_eq!(wrong, names, "{text}");
    }
}
