//! What operators write, and what they are told.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::*;
use crate::kit::budget::Rate;

mod headers;
mod secrets;
mod words;

/// 32 bytes that look drawn at random, others for each name.
fn bytes(name: &str) -> Vec<u8> {
    Sha256::digest(name).to_vec()
}

fn key(name: &str) -> String {
    BASE64URL_NOPAD.encode(&bytes(name))
}

fn whsec(name: &str) -> String {
    format!("whsec_{}", BASE64.encode(&bytes(name)))
}

/// The least an operator must write.
fn least() -> Settings {
    let values = [
        ("PUBLIC_URL", "https://app.example.org".to_owned()),
        ("ORIGIN_URL", "https://origin.example.org".to_owned()),
        ("NOTIFIER_URL", "https://mail.example.org/hook".to_owned()),
        ("COOKIE_KEYS", format!("c1:{}", key("cookie"))),
        ("IDENTITY_KEYS", format!("i1:{}", key("identity"))),
        ("PEPPERS", format!("p1:{}", key("pepper"))),
        ("WEBHOOK_SECRET", whsec("webhook")),
        ("NAME_KEY", key("name")),
    ];
    Settings {
        values: values
            .map(|(name, text)| (name.to_owned(), json!(text)))
            .into(),
        bindings: ["ACCOUNTS", "ADDRESSES"].map(str::to_owned).into(),
    }
}

fn with(changes: &[(&str, Value)]) -> Settings {
    let mut settings = least();
    for (name, value) in changes {
        settings.values.insert((*name).to_owned(), value.clone());
    }
    settings
}

fn read(changes: &[(&str, Value)]) -> Config {
    Config::read(&with(changes)).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The names of what is wrong.
fn wrong(changes: &[(&str, Value)]) -> Vec<String> {
    let problems = Config::read(&with(changes)).err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.name).collect()
}

#[test]
fn the_least_is_enough_and_the_rest_has_defaults() {
    let config = read(&[]);
    assert_eq!(config.audience, "https://app.example.org");
    assert_eq!(config.brand.name, "app.example.org");
    assert_eq!(
        config.origin,
        Origin::Url("https://origin.example.org".into())
    );
    assert_eq!(config.lifetimes.window, Span::seconds(60));
    assert_eq!(config.limits.network_signin.len(), 2);
    assert_eq!(config.password_min_length, 15);
    assert!(config.window_header && config.email_undo);
    assert!(!config.identity_email && !config.hsts_subdomains);
    assert!(config.warnings.is_empty());
}

#[test]
fn the_list_of_settings_says_the_defaults_that_hold() {
    let plain = format!("{:?}", read(&[]));
    for setting in SETTINGS
        .iter()
        .filter(|setting| !setting.default.is_empty())
    {
        let spelt = read(&[(setting.name, json!(setting.default))]);
        assert_eq!(format!("{spelt:?}"), plain, "{}", setting.name);
    }
}

#[test]
fn every_setting_of_the_list_is_read_and_checked() {
    for setting in SETTINGS {
        let named = wrong(&[(setting.name, json!([{"nonsense": 1}]))]);
        assert!(
            named.iter().any(|name| name.starts_with(setting.name)),
            "{} is not checked: {named:?}",
            setting.name
        );
    }
}

#[test]
fn nothing_at_all_names_everything_that_is_needed() {
    let problems = Config::read(&Settings::default()).unwrap_err();
    let mut named: Vec<&str> = problems.iter().map(|p| p.name.as_str()).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "COOKIE_KEYS",
            "IDENTITY_KEYS",
            "NAME_KEY",
            "NOTIFIER_URL",
            "ORIGIN_URL",
            "PEPPERS",
            "PUBLIC_URL",
            "WEBHOOK_SECRET"
        ]
    );
    assert_eq!(
        problems.first().unwrap().to_string(),
        "PUBLIC_URL is missing: set it to the address visitors use, like https://app.example.org"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let named = wrong(&[
        ("PUBLIC_URL", json!("http://app.example.org")),
        ("PASSWORD_MIN_LENGTH", json!(7)),
        ("LIFETIMES", json!({"verify": "soon", "forever": "1d"})),
        ("NAME_KEY", json!("short")),
        ("WEBHOOK_SECRET", json!(" ")),
    ]);
    for name in [
        "PUBLIC_URL",
        "PASSWORD_MIN_LENGTH",
        "LIFETIMES.verify",
        "LIFETIMES.forever",
        "NAME_KEY",
        "WEBHOOK_SECRET",
    ] {
        assert!(named.contains(&name.to_owned()), "{name} in {named:?}");
    }
    assert_eq!(named.len(), 6);
}

#[test]
fn tables_may_be_text_and_may_be_partial() {
    let table = json!({"network": {"signin": ["7/1m"]}, "address": {"unmarked": ["3/5m"]}});
    let as_table = read(&[("LIMITS", table.clone())]).limits;
    let as_text = read(&[("LIMITS", json!(table.to_string()))]).limits;
    assert_eq!(as_table, as_text);
    assert_eq!(as_table.network_signin, [Rate::parse("7/1m").unwrap()]);
    assert_eq!(as_table.unmarked, Rate::parse("3/5m").unwrap());
    assert_eq!(as_table.marked, Rate::parse("10/15m").unwrap());

    assert_eq!(wrong(&[("LIMITS", json!("{\"address\": "))]), ["LIMITS"]);
    assert_eq!(
        wrong(&[("LIMITS", json!({"address": {"unmaked": ["3/5m"]}}))]),
        ["LIMITS.address.unmaked"]
    );
    assert_eq!(
        wrong(&[("LIMITS", json!({"address": {"marked": ["1/1m", "2/2m"]}}))]),
        ["LIMITS.address.marked"]
    );
}

#[test]
fn switches_and_numbers_are_read_as_tables_and_dev_vars_spell_them() {
    for (value, on) in [
        (json!(true), true),
        (json!("on"), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("off"), false),
        (json!("false"), false),
    ] {
        assert_eq!(read(&[("WINDOW_HEADER", value)]).window_header, on);
    }
    for value in [json!(1), json!("yes"), json!("ON"), json!([])] {
        assert_eq!(wrong(&[("WINDOW_HEADER", value)]), ["WINDOW_HEADER"]);
    }
    for value in [json!(8), json!("8")] {
        assert_eq!(
            read(&[("PASSWORD_MIN_LENGTH", value)]).password_min_length,
            8
        );
    }
    for value in [
        json!(7),
        json!(65),
        json!(-15),
        json!(15.5),
        json!("+15"),
        json!("15x"),
    ] {
        assert_eq!(
            wrong(&[("PASSWORD_MIN_LENGTH", value)]),
            ["PASSWORD_MIN_LENGTH"]
        );
    }
    for (value, pause) in [
        (json!("5ms"), 5),
        (json!(0), 0),
        (json!("0ms"), 0),
        (json!("7"), 7),
    ] {
        assert_eq!(read(&[("HASH_PAUSE", value)]).hash_pause, Span(pause));
    }
    assert_eq!(wrong(&[("HASH_PAUSE", json!("2s"))]), ["HASH_PAUSE"]);
}

#[test]
fn the_origin_is_a_url_or_a_binding_and_never_edgeward_itself() {
    let mut bound = least();
    bound.bindings.insert("ORIGIN".into());
    assert_eq!(
        Config::read(&bound).unwrap_err().first().unwrap().name,
        "ORIGIN_URL"
    );
    bound.values.remove("ORIGIN_URL");
    assert_eq!(Config::read(&bound).unwrap().origin, Origin::Binding);

    for url in ["https://app.example.org", "https://APP.example.org:443/"] {
        assert_eq!(
            wrong(&[("ORIGIN_URL", json!(url))]),
            ["ORIGIN_URL"],
            "{url}"
        );
    }
    let loopback = [
        ("PUBLIC_URL", json!("http://localhost:8787")),
        ("ORIGIN_URL", json!("http://localhost:8788")),
    ];
    assert!(!read(&loopback).public.https);
}

#[test]
fn hooks_deny_when_silent_unless_told_otherwise() {
    let url = json!("https://hooks.example.org/login");
    let login = |failure: Value| {
        let config = read(&[("ON_LOGIN_URL", url.clone()), ("HOOK_FAILURE", failure)]);
        config.hooks.login.unwrap().on_failure
    };
    assert_eq!(login(Value::Null), OnFailure::Deny);
    assert_eq!(login(json!("allow")), OnFailure::Allow);
    assert_eq!(login(json!({"login": "allow"})), OnFailure::Allow);
    assert_eq!(login(json!({"registration": "allow"})), OnFailure::Deny);
    assert_eq!(login(json!("{\"login\": \"allow\"}")), OnFailure::Allow);
    for failure in [
        json!("maybe"),
        json!({"signin": "allow"}),
        json!({"login": true}),
    ] {
        assert_eq!(wrong(&[("HOOK_FAILURE", failure)]).len(), 1);
    }
}

#[test]
fn prefixes_are_plain_and_apart() {
    let prefixes = read(&[("PAGES_PREFIX", json!("/account/sign-in"))]).prefixes;
    assert!(prefixes.hold("/account/sign-in") && prefixes.hold("/account/sign-in/verify"));
    assert!(prefixes.hold("/auth") && !prefixes.hold("/account/sign-inx"));
    for text in [
        "login", "/", "/login/", "//login", "/Login", "/log in", "/a/../b", "/a%62", "/*",
    ] {
        assert_eq!(
            wrong(&[("PAGES_PREFIX", json!(text))]),
            ["PAGES_PREFIX"],
            "{text}"
        );
    }
    for text in ["/auth", "/auth/pages"] {
        assert_eq!(
            wrong(&[("PAGES_PREFIX", json!(text))]),
            ["AUTH_PREFIX"],
            "{text}"
        );
    }
}

#[test]
fn a_brand_cannot_smuggle_markup_or_scripts() {
    let brand = read(&[(
        "BRAND",
        json!({"name": "Ada & Co", "logo": "https://cdn.example.org/a.svg", "accent": "#0A6CFF", "support": "mailto:help@example.org"}),
    )])
    .brand;
    assert_eq!(brand.name, "Ada & Co");
    assert_eq!(brand.accent.as_deref(), Some("#0a6cff"));
    assert_eq!(brand.support.as_deref(), Some("mailto:help@example.org"));
    for (key, value) in [
        ("logo", "javascript:alert(1)"),
        ("logo", "data:image/svg+xml,<svg/>"),
        ("logo", "http://cdn.example.org/a.svg"),
        ("accent", "red"),
        ("accent", "#fff;}"),
        ("support", "javascript:alert(1)"),
        ("support", "mailto:"),
        ("name", "two\nlines"),
        ("colour", "#ffffff"),
    ] {
        assert_eq!(
            wrong(&[("BRAND", json!({key: value}))]),
            [format!("BRAND.{key}")]
        );
    }
}

#[test]
fn a_custom_page_must_be_open_to_those_who_need_it() {
    let rules = json!([{"path": "/welcome/*", "access": "public"}]);
    let page = |path: &str| {
        wrong(&[
            ("ACCESS_RULES", rules.clone()),
            ("CUSTOM_PAGES", json!({"login": path})),
        ])
    };
    assert!(page("/welcome/sign-in").is_empty());
    for path in [
        "/other",
        "welcome",
        "//evil.example",
        "/welcome/../x",
        "/login/x",
        "/AUTH/x",
        "https://evil.example/",
    ] {
        assert_eq!(page(path), ["CUSTOM_PAGES.login"], "{path}");
    }
}

#[test]
fn what_is_not_ours_is_one_warning() {
    let config = read(&[("FOO", json!("secret value")), ("ACCESS_RULE", json!(1))]);
    assert_eq!(
        config.warnings,
        ["not settings of Edgeward, ignored: ACCESS_RULE, FOO"]
    );
}
