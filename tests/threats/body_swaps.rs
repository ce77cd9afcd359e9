//! Another body under a right signature. A rule with `digest` has the body's digest signed; then neither a
//! proxy on the way nor whoever captured the headers can put another one in its place.

use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::twin::{HOME, Page, Request, Twin, Visitor, figures::Count};

const MOST: usize = 1024 * 1024;

fn twin() -> Twin {
    let rules = json!([
        {"path": "/pay/*", "access": "required", "digest": true},
        {"path": "/form/*", "access": "public", "digest": true},
        {"path": "/public/*", "access": "public"},
    ]);
    Twin::with(&[("ACCESS_RULES", rules)])
}

fn digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)))
}

fn sends(twin: &Twin, visitor: &Visitor, method: &str, target: &str, body: &[u8]) -> Page {
    let mut request = Request::new(method, &format!("{HOME}{target}"))
        .with("content-digest", "sha-256=:forged:")
        .with("content_digest", "forged")
        .with("Content.Digest", "forged");
    body.clone_into(&mut request.body);
    let request = visitor.dressed(request, "cors");
    let request = request
        .with("origin", HOME)
        .with("sec-fetch-site", "same-origin");
    twin.world.request(&request).unwrap()
}

#[test]
fn the_digest_of_the_body_is_signed_afresh_in_both_forms() {
    let (twin, mut count) = (twin(), Count::of("body_swaps"));
    let ada = twin.member("ada@example.org");
    let large = vec![b'x'; MOST];
    for (method, target, body) in [
        ("POST", "/pay/now", b"amount=1".as_slice()),
        ("PUT", "/pay/now?to=eve", b"\0\xff"),
        ("GET", "/pay/now", b""),
        ("DELETE", "/pay/now", b""),
        ("POST", "/form/x", b"a=1"),
        ("POST", "/public/..%2fpay/now", b"a=1"),
        ("POST", "/pay/now", &large),
    ] {
        let page = sends(&twin, &ada, method, target, body);
        let seen = page.seen.unwrap_or_else(|| panic!("{method} {target}"));
        let wanted = digest(body);
        count.one(seen.header("content-digest") == Some(&wanted));
        assert_eq!(
            seen.header("content-digest"),
            Some(wanted.as_str()),
            "{target}"
        );
        let input = seen.header("signature-input").unwrap();
        let covered =
            r#"edgeward=("@method" "@path" "@query" "edgeward-identity" "content-digest");"#;
        assert!(input.starts_with(covered), "{input}");
        assert_eq!(seen.assertion.as_ref().unwrap()["content_digest"], wanted);
        let forged = seen
            .headers
            .iter()
            .any(|(_, value)| value.contains("forged"));
        assert!(!forged, "{:?}", seen.headers);
    }
}

#[test]
fn a_body_that_is_too_large_to_be_read_goes_nowhere() {
    let twin = twin();
    let ada = twin.member("ada@example.org");
    let page = sends(&twin, &ada, "POST", "/pay/now", &vec![0; MOST + 1]);
    assert_eq!(page.status, 413);
    assert_eq!(page.code(), "auth.request.too_large");
    assert_eq!(page.header("edgeward-window"), Some("0"));
    assert!(page.seen.is_none());
}

#[test]
fn nobody_has_a_body_read_who_may_not_send_it() {
    let twin = twin();
    let page = sends(
        &twin,
        &twin.visitor("eve@example.org"),
        "POST",
        "/pay/now",
        &vec![0; MOST + 1],
    );
    assert_eq!(page.status, 401, "before its size is known");
}

#[test]
fn without_the_rule_a_digest_is_the_visitors_own_and_is_not_signed() {
    let twin = twin();
    let ada = twin.member("ada@example.org");
    for target in ["/public/x", "/private"] {
        let seen = sends(&twin, &ada, "POST", target, b"a=1").seen.unwrap();
        assert_eq!(seen.header("content-digest"), Some("sha-256=:forged:"));
        assert!(!seen.header("signature-input").unwrap().contains("digest"));
        assert_eq!(seen.assertion.unwrap()["content_digest"], Value::Null);
    }
}
