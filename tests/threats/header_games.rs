//! Headers that could pass for ours, or that an origin might believe. Servers fold case, `_` and `.`; so
//! names are compared folded, and what the origin gets is looked at the way such a server would.

use serde_json::json;

use crate::twin::{HOME, Request, Twin, figures::figure};

/// What the design removes on every route. A `*` stands for anything.
const STRIPPED: [&str; 25] = [
    "edgeward-*",
    "signature",
    "signature-input",
    "x-forwarded*",
    "forwarded",
    "x-real-ip",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-*",
    "x-rewrite-*",
    "x-host",
    "x-http-method*",
    "x-method-override",
    "path-info",
    "script-name",
    "x-script-name",
    "x-middleware-*",
    "remote-*",
    "x-remote-*",
    "x-webauth-*",
    "x-auth-request-*",
    "client-cert*",
    "x-client-cert*",
    "proxy",
];

/// Every name that the design removes and somebody would try.
pub(super) fn names() -> Vec<String> {
    STRIPPED.into_iter().flat_map(examples).collect()
}

/// Names of a family that somebody would try.
fn examples(pattern: &str) -> Vec<String> {
    let ends: &[&str] = match pattern {
        "edgeward-*" => &["identity", "window", "assertion", "x"],
        "x-forwarded*" => &[
            "",
            "-for",
            "-host",
            "-proto",
            "-user",
            "-email",
            "-access-token",
            "-prefix",
        ],
        "x-original-*" => &["url", "uri", "host", "forwarded-for"],
        "x-http-method*" => &["", "-override"],
        "remote-*" | "x-remote-*" => &["user", "addr", "email", "groups"],
        "client-cert*" | "x-client-cert*" => &["", "-chain", "-dn"],
        "x-auth-request-*" | "x-webauth-*" => &["user", "email", "role"],
        "x-rewrite-*" | "x-middleware-*" => &["url", "subrequest", "next"],
        _ => return vec![pattern.to_owned()],
    };
    let start = pattern.trim_end_matches('*');
    ends.iter().map(|end| format!("{start}{end}")).collect()
}

/// The name as servers may fold it to the same: the runtime hands names over in lower case.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let swap = |mark: &str| name.replace('-', mark);
    let mut first = true;
    let half: String = name
        .chars()
        .map(|c| {
            if c == '-' && std::mem::take(&mut first) {
                '_'
            } else {
                c
            }
        })
        .collect();
    let mut spellings = vec![
        name.to_owned(),
        swap("_"),
        swap("."),
        swap("~"),
        swap("!"),
        swap("'"),
        half,
    ];
    spellings.dedup();
    spellings
}

fn fold(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect()
}

#[test]
fn no_spelling_of_a_name_of_ours_reaches_the_origin_with_a_strangers_value() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let (mut tried, mut believed) = (0, Vec::new());
    for name in names() {
        for spelling in spellings(&name) {
            for target in ["/public/page", "/optional/page", "/private"] {
                let request =
                    ada.dressed(Request::new("GET", &format!("{HOME}{target}")), "navigate");
                let page = twin
                    .world
                    .request(&request.with(&spelling, "forged"))
                    .unwrap();
                let seen = page
                    .seen
                    .unwrap_or_else(|| panic!("{spelling} is not forwarded"));
                let mut headers = seen.headers.iter();
                if headers.any(|(known, value)| fold(known) == fold(&name) && value == "forged") {
                    believed.push(format!("{spelling} to {target}"));
                }
                tried += 1;
            }
        }
    }
    figure("header_games", tried, tried - believed.len());
    assert!(believed.is_empty(), "{believed:#?}");
    assert!(tried > 700, "{tried}");
}

#[test]
fn what_is_not_ours_passes() {
    let twin = Twin::new();
    let request = Request::new("GET", &format!("{HOME}/public/page"))
        .with("authorization", "Bearer x")
        .with("x-request-id", "r1")
        .with("edgewards", "1")
        .with("remotely", "1")
        .with("x-hosting", "1")
        .with("proxy-authorization", "x");
    let seen = twin.world.request(&request).unwrap().seen.unwrap();
    for name in [
        "authorization",
        "x-request-id",
        "edgewards",
        "remotely",
        "x-hosting",
        "proxy-authorization",
    ] {
        assert!(seen.header(name).is_some(), "{name}");
    }
}

#[test]
fn connection_cannot_have_ours_removed_on_the_way() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    for value in [
        "edgeward-identity, signature, signature-input",
        "close, Edgeward-Identity",
        "keep-alive",
    ] {
        let request = ada.dressed(Request::new("GET", &format!("{HOME}/private")), "navigate");
        let seen = twin
            .world
            .request(&request.with("connection", value))
            .unwrap()
            .seen
            .unwrap();
        assert_eq!(seen.header("connection"), None, "{value}");
        assert!(seen.account.is_some());
    }
}

#[test]
fn the_origin_is_told_the_public_host_and_the_client_that_was_believed() {
    let twin = Twin::new();
    let request = Request::new("GET", &format!("{HOME}/public/page"))
        .with("cf-connecting-ip", "203.0.113.9")
        .with("x-forwarded-for", "10.0.0.1, 127.0.0.1")
        .with("x-forwarded-host", "evil.example")
        .with("x-forwarded-proto", "http");
    let seen = twin.world.request(&request).unwrap().seen.unwrap();
    assert_eq!(seen.header("x-forwarded-for"), Some("203.0.113.9"));
    assert_eq!(seen.header("x-forwarded-host"), Some("app.example.org"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("https"));
}

#[test]
fn no_cookie_of_ours_reaches_the_origin_and_theirs_stay_as_they_were() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    let ours = ada.jar.header(twin.now()).unwrap();
    for (cookies, theirs) in [
        (ours.clone(), None),
        (
            format!("theme=dark; {ours}; lang=pt; a=\"b;c\""),
            Some("theme=dark; lang=pt; a=\"b; c\""),
        ),
        (format!("{ours};theme=dark"), Some("theme=dark")),
        (
            "theme=dark;  lang=pt".to_owned(),
            Some("theme=dark;  lang=pt"),
        ),
        (
            "__Host-edgeward-later=x; theme=dark".to_owned(),
            Some("theme=dark"),
        ),
    ] {
        let request =
            Request::new("GET", &format!("{HOME}/optional/page")).with("cookie", &cookies);
        let seen = twin.world.request(&request).unwrap().seen.unwrap();
        assert_eq!(seen.header("cookie"), theirs, "{cookies}");
    }
}

#[test]
fn what_the_operator_lets_through_comes_through() {
    let pass = serde_json::json!(["x-forwarded-proto", "x-remote-user"]);
    let twin = Twin::with(&[("PASS_HEADERS", pass)]);
    let request = Request::new("GET", &format!("{HOME}/public/page"))
        .with("x-remote-user", "from-the-proxy")
        .with("x_remote_user", "forged")
        .with("x-remote-email", "forged");
    let seen = twin.world.request(&request).unwrap().seen.unwrap();
    assert_eq!(seen.header("x-remote-user"), Some("from-the-proxy"));
    assert_eq!(
        (seen.header("x_remote_user"), seen.header("x-remote-email")),
        (None, None)
    );
    assert_eq!(
        seen.header("x-forwarded-proto"),
        Some("https"),
        "still ours"
    );
}

/// Existing applications believe these without any signature, so nobody else may send them.
fn mapped() -> Twin {
    let table = serde_json::json!({
        "X-Forwarded-User": "account", "X-Forwarded-Email": "email", "X-Forwarded-Groups": "roles",
        "Remote-User": "account", "Grafana-User": "email",
    });
    Twin::with(&[("IDENTITY_HEADERS", table), ("IDENTITY_EMAIL", "on".into())])
}

const MAPPED: [&str; 5] = [
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "remote-user",
    "grafana-user",
];

#[test]
fn mapped_names_say_who_is_signed_in_and_nobody_else_says_it() {
    let twin = mapped();
    let ada = twin.member("ada@example.org");
    let eve = twin.visitor("eve@example.org");
    for name in MAPPED {
        for spelling in spellings(name) {
            for (visitor, target) in [
                (&ada, "/public/x"),
                (&eve, "/optional/x"),
                (&ada, "/private"),
            ] {
                let request =
                    visitor.dressed(Request::new("GET", &format!("{HOME}{target}")), "navigate");
                let page = twin
                    .world
                    .request(&request.with(&spelling, "forged"))
                    .unwrap();
                let seen = page.seen.unwrap();
                let values: Vec<_> = seen
                    .headers
                    .iter()
                    .filter(|(known, _)| fold(known) == name)
                    .map(|(_, value)| value.clone())
                    .collect();
                let told = match (name, &seen.account) {
                    (_, None) | ("x-forwarded-groups", _) => vec![],
                    ("x-forwarded-user" | "remote-user", Some(account)) => vec![account.clone()],
                    _ => vec!["ada@example.org".to_owned()],
                };
                assert_eq!(values, told, "{spelling} to {target}");
            }
        }
    }
}

#[test]
fn mapped_roles_stand_with_commas_between() {
    let twin = mapped();
    let ada = twin.member("ada@example.org");
    let request = ada.dressed(Request::new("GET", &format!("{HOME}/private")), "navigate");
    let account = twin
        .world
        .request(&request)
        .unwrap()
        .seen
        .unwrap()
        .account
        .unwrap();
    let roles = serde_json::json!({"roles": ["billing", "admin"]});
    twin.operator("ops")
        .patches(&format!("/auth/admin/accounts/{account}"), &roles);
    let request = ada.dressed(Request::new("GET", &format!("{HOME}/private")), "navigate");
    let seen = twin.world.request(&request).unwrap().seen.unwrap();
    assert_eq!(seen.header("x-forwarded-groups"), Some("admin,billing"));
}

/// The runtime makes a WebSocket's request GET on its way, so what was judged as POST would arrive as GET.
#[test]
fn a_web_socket_is_asked_for_by_get_and_by_nothing_else() {
    let rules = json!([{"path": "/form", "access": "public", "methods": ["POST"]}]);
    let twin = Twin::with(&[("ACCESS_RULES", rules)]);
    for spelling in ["websocket", "WebSocket", "h2c, websocket"] {
        for method in ["POST", "HEAD", "OPTIONS", "PATCH", "PURGE"] {
            let asked = Request::new(method, &format!("{HOME}/form"))
                .with("origin", HOME)
                .with("upgrade", spelling);
            let page = twin.world.request(&asked).unwrap();
            assert!(page.seen.is_none(), "{method} {spelling}");
            assert_eq!(
                (page.status, page.code().as_str()),
                (400, "auth.request.malformed")
            );
        }
    }
    let posted = Request::new("POST", &format!("{HOME}/form")).with("origin", HOME);
    assert!(twin.world.request(&posted).unwrap().seen.is_some());
}
