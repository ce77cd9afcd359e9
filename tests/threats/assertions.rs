//! Assertions: what is signed for one request must not serve for another, nobody must not pass for
//! somebody, and a key that signs must never be shown.

use edgeward::{
    config::Settings,
    kit::time::Span,
    web::{assertion::key_set, site::Site},
};
use serde_json::{Value, json};

use crate::twin::{HOME, Request, Twin, Visitor, figures::Count, settings};

const ALONE: &[(&str, Value)] = &[("IDENTITY_KEYS", Value::Null)];

/// The claims that reach the origin; the origin has checked signature, method, URL and time.
fn claims(twin: &Twin, visitor: &Visitor, method: &str, target: &str) -> Value {
    let request = visitor.dressed(Request::new(method, &format!("{HOME}{target}")), "navigate");
    let request = request
        .with("origin", HOME)
        .with("sec-fetch-site", "same-origin");
    let page = twin.world.request(&request).unwrap();
    let seen = page.seen.unwrap_or_else(|| panic!("{method} {target}"));
    seen.assertion.unwrap()
}

#[test]
fn an_assertion_is_for_one_request_and_no_other() {
    let twin = Twin::with(ALONE);
    let ada = twin.member("ada@example.org");
    let (mut seen, mut count) = (std::collections::BTreeSet::new(), Count::of("assertions"));
    for (method, target, life) in [
        ("GET", "/private", 60),
        ("GET", "/private?", 60),
        ("GET", "/private?a=1", 60),
        ("GET", "/private?a=1", 60),
        ("GET", "/Private", 60),
        ("POST", "/private", 15),
        ("PURGE", "/private", 15),
    ] {
        let claims = claims(&twin, &ada, method, target);
        let is_for = |name: &str, what: &str| claims[name] == what;
        count.one(is_for("htm", method) && is_for("htu", &format!("{HOME}{target}")));
        assert_eq!(claims["htm"], method);
        assert_eq!(claims["htu"], format!("{HOME}{target}"));
        assert_eq!(claims["aud"], HOME);
        let [iat, exp] = ["iat", "exp"].map(|name| claims[name].as_i64().unwrap());
        assert_eq!((iat, exp - iat), (twin.now().unix_seconds(), life));
        assert!(seen.insert(claims["jti"].to_string()), "an id of its own");
    }
}

#[test]
fn who_is_not_signed_in_is_nobody_and_has_no_name() {
    let twin = Twin::with(&[ALONE, &[("IDENTITY_EMAIL", json!("on"))]].concat());
    let ada = twin.member("ada@example.org");
    let (stranger, mut count) = (twin.visitor("eve@example.org"), Count::of("assertions"));
    for (visitor, target) in [(&stranger, "/optional/x"), (&ada, "/public/x")] {
        let claims = claims(&twin, visitor, "GET", target);
        count.one(claims["sub"].is_null() && claims["roles"].is_null());
        let said: Vec<&str> = claims
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            said,
            ["aud", "exp", "htm", "htu", "iat", "iss", "jti"],
            "{target}"
        );
    }
    let hers = claims(&twin, &ada, "GET", "/private");
    assert_eq!(hers["email"], "ada@example.org");
    assert!(hers["sub"].as_str().unwrap().starts_with("acc_"));
}

#[test]
fn a_session_that_ended_is_asserted_no_longer_than_its_window() {
    let twin = Twin::with(ALONE);
    let mut ada = twin.member("ada@example.org");
    let copied = ada.copied();
    ada.asks_json("/auth/logout", &json!({}));
    twin.waits(Span::seconds(61));
    let request = copied.dressed(Request::new("GET", &format!("{HOME}/private")), "cors");
    assert_eq!(twin.world.request(&request).unwrap().status, 401);
}

#[test]
fn the_set_of_keys_holds_public_halves_only() {
    let ring = |ids: &[&str]| {
        let entry = |id: &&str| {
            format!(
                "{id}:{}",
                data_encoding::BASE64URL_NOPAD.encode(&settings::bytes(id))
            )
        };
        json!(ids.iter().map(entry).collect::<Vec<_>>().join(","))
    };
    let site = settings::site(&[("ASSERTION_KEYS", ring(&["new", "old"]))]);
    let response = key_set(site.assertions.as_ref());
    let set: Value = serde_json::from_str(&response.body).unwrap();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for (key, id) in keys.iter().zip(["new", "old"]) {
        let seed = ed25519_compact::Seed::from_slice(&settings::bytes(id)).unwrap();
        let public = ed25519_compact::KeyPair::from_seed(seed).pk;
        let x = data_encoding::BASE64URL_NOPAD.encode(public.as_ref());
        let wanted = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id, "x": x});
        assert_eq!(*key, wanted);
    }
    let none = settings::site(&[("ASSERTION_KEYS", Value::Null)]);
    assert_eq!(key_set(none.assertions.as_ref()).body, r#"{"keys":[]}"#);
}

#[test]
fn a_key_that_signs_is_never_printed() {
    let site = settings::site(&[]);
    let keys = site.assertions.as_ref().unwrap();
    assert_eq!(format!("{keys:?}"), "(secret)");
}

#[test]
fn an_origin_that_could_trust_nothing_gets_nothing() {
    let none = [
        ("IDENTITY_KEYS", Value::Null),
        ("ASSERTION_KEYS", Value::Null),
    ];
    let settings: Settings = settings::settings(&none);
    let problems = Site::new(&settings).err().expect("neither form");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].name, "IDENTITY_KEYS");
}
