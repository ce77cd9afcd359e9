//! Secrets: good ones, bad ones, and that none is ever shown.

use super::*;

#[test]
fn no_value_of_a_secret_is_ever_shown() {
    let canary = "canaryCANARYcanaryCANARYcanaryCANARYcanaryCANARY";
    let shapes = [
        canary.to_owned(),
        format!("{canary}:{canary}"),
        format!("a:{canary}="),
        format!("a:read:{canary}!"),
        format!("a:{canary}:{}", key("a")),
        format!("whsec_{canary}!"),
        format!("{{\"{canary}"),
    ];
    let secrets = SETTINGS
        .iter()
        .filter(|setting| matches!(setting.kind, Kind::Secret | Kind::RequiredSecret));
    for setting in secrets {
        for shape in &shapes {
            if let Err(problems) = Config::read(&with(&[(setting.name, json!(shape))])) {
                let shown = format!("{problems:?}");
                assert!(!shown.contains("anary"), "{}: {shown}", setting.name);
            }
        }
    }
    let config = format!("{:?}", read(&[]));
    for name in ["cookie", "identity", "pepper", "name"] {
        assert!(!config.contains(&key(name)), "{name}");
    }
}

#[test]
fn one_form_of_identity_is_enough_and_none_is_too_few() {
    let seed = json!(format!("a1:{}", key("seed")));
    let config = read(&[
        ("IDENTITY_KEYS", Value::Null),
        ("ASSERTION_KEYS", seed.clone()),
    ]);
    assert!(config.secrets.identity.is_none() && config.secrets.assertions.is_some());
    assert_eq!(wrong(&[("IDENTITY_KEYS", json!(""))]), ["IDENTITY_KEYS"]);

    let long = BASE64URL_NOPAD.encode(&[bytes("a"), bytes("b")].concat());
    let long = json!(format!("a1:{long}"));
    assert_eq!(wrong(&[("ASSERTION_KEYS", long)]), ["ASSERTION_KEYS"]);
}

#[test]
fn one_key_in_two_variables_is_refused() {
    let shared = json!(format!("i9:{}", key("cookie")));
    assert_eq!(wrong(&[("IDENTITY_KEYS", shared)]), ["IDENTITY_KEYS"]);
    assert_eq!(
        wrong(&[("WEBHOOK_SECRET", json!(whsec("name")))]),
        ["WEBHOOK_SECRET"]
    );
}

#[test]
fn webhook_secrets_are_those_of_standard_webhooks() {
    let two = format!("{} {}", whsec("one"), whsec("two"));
    assert_eq!(
        read(&[("WEBHOOK_SECRET", json!(two))])
            .secrets
            .webhooks
            .len(),
        2
    );
    let zeros = format!("whsec_{}", BASE64.encode(&[0; 32]));
    for text in [
        key("one"),
        format!("whsec_{}", BASE64.encode(&bytes("one")[..23])),
        format!("whsec_{}", BASE64.encode(&bytes("one").repeat(3))),
        format!("{},{}", whsec("one"), whsec("two")),
        whsec("one").trim_end_matches('=').to_owned(),
        zeros,
    ] {
        assert_eq!(
            wrong(&[("WEBHOOK_SECRET", json!(text))]),
            ["WEBHOOK_SECRET"],
            "{text}"
        );
    }
}

#[test]
fn operators_keys_have_scopes() {
    let text = format!("ops:read+accounts:{}, bot:links:{}", key("ops"), key("bot"));
    let admins = read(&[("ADMIN_KEYS", json!(text))]).secrets.admins;
    assert_eq!(admins[0].id, "ops");
    assert_eq!(admins[0].scopes, [Scope::Read, Scope::Accounts].into());
    assert_eq!(admins[1].key.reveal(), bytes("bot"));
    for text in [
        format!("ops:{}", key("ops")),
        format!("ops:all:{}", key("ops")),
        format!("ops::{}", key("ops")),
        format!("Ops:read:{}", key("ops")),
        "ops:read:short".to_owned(),
        format!("ops:read:{},ops:links:{}", key("a"), key("b")),
    ] {
        assert_eq!(
            wrong(&[("ADMIN_KEYS", json!(text))]),
            ["ADMIN_KEYS"],
            "{text}"
        );
    }
}
