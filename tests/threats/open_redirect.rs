//! A sign-in page that leads to somebody else's site. Where a visitor goes afterwards is a path of ours,
//! as a browser reads it, or the start page.

use serde_json::json;
use url::Url;

use crate::twin::{GOOD, HOME, Twin, figures::figure};

const ROW: &str = "open_redirect";

/// What phishers put into `next`. Each must become `/`.
const HOSTILE: [&str; 72] = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/%2f..",
    "//evil.example\\@app.example.org",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\\\evil.example",
    "\\/\\/evil.example/",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\u{0}//evil.example",
    "\u{a0}//evil.example",
    "\u{3000}//evil.example",
    "/\u{2028}/evil.example",
    "/ /evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "HTTPS://evil.example",
    "http://evil.example",
    "ftp://evil.example",
    "//app.example.org@evil.example",
    "//app.example.org.evil.example",
    "https://app.example.org@evil.example/",
    "https://app.example.org:443@evil.example/",
    "https://app.example.org/private",
    "//app.example.org/private",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "javascript://app.example.org/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox",
    "blob:https://app.example.org/x",
    "mailto:eve@evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "/x/..//evil.example",
    "/x/../..//evil.example",
    "/%2e//evil.example",
    "/%2e%2e//evil.example",
    "/%2E/%2e%2E//evil.example",
    "/private/..\\\\evil.example",
    "evil.example",
    "evil.example/private",
    "private",
    "?x=1",
    "#x",
    "@evil.example",
    ":evil.example",
    ".evil.example",
    "./private",
    "../private",
    "/login",
    "/login?next=/x",
    "/login/verify?token=x",
    "/LOGIN/signup",
    "/auth/session",
    "/x/../auth/logout",
    "/login;x",
    "/pri vate",
    "/caf\u{e9}",
];

#[test]
fn signing_in_never_leads_away() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.signs_out();
    for next in HOSTILE {
        let fields = [
            ("email", "ada@example.org"),
            ("password", GOOD),
            ("next", next),
        ];
        ada.submits("/login", &fields);
        figure(ROW, 1, usize::from(ada.at == "/"));
        assert_eq!(ada.at, "/", "{next:?}");
    }
}

#[test]
fn no_page_carries_it_on() {
    let twin = Twin::new();
    for next in HOSTILE {
        let query: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        for page in ["/login", "/login/signup"] {
            let mut eve = twin.visitor("eve@example.org");
            eve.visits(&format!("{page}?next={query}"));
            assert_eq!(eve.status(), 200);
            let is_gone = eve.page().input("next").is_none();
            figure(
                ROW,
                1,
                usize::from(is_gone && !eve.page().body.contains("evil.example")),
            );
            assert_eq!(eve.page().input("next"), None, "{next:?} on {page}");
            assert!(
                !eve.page().body.contains("evil.example"),
                "{next:?} on {page}"
            );
        }
    }
}

#[test]
fn no_refusal_carries_it_on() {
    let twin = Twin::new();
    let mut eve = twin.visitor("eve@example.org");
    for next in HOSTILE {
        eve.submits(
            "/login",
            &[("email", "x"), ("password", "x"), ("next", next)],
        );
        figure(ROW, 1, usize::from(eve.at == "/login"));
        assert_eq!(eve.at, "/login", "{next:?}");
    }
}

#[test]
fn no_sign_up_keeps_it() {
    let twin = Twin::new();
    for (n, next) in ["//evil.example", "/\\evil.example", "https://evil.example"]
        .into_iter()
        .enumerate()
    {
        let mut ada = twin.visitor(&format!("ada{n}@example.org"));
        ada.password = GOOD.to_owned();
        let fields = json!({ "email": ada.email, "password": GOOD, "next": next });
        assert_eq!(ada.asks_json("/auth/register", &fields).status, 202);
        ada.opens_mail().confirms();
        figure(ROW, 1, usize::from(ada.at == "/"));
        assert_eq!(ada.at, "/", "{next:?}");
    }
}

#[test]
fn the_gate_leads_back_to_where_one_was_and_nowhere_else() {
    let twin = Twin::new();
    for target in [
        "//evil.example/x",
        "/\\evil.example",
        "/x?y=//evil.example",
        "/x/..//evil.example",
    ] {
        let Ok(url) = Url::parse(&format!("{HOME}{target}")) else {
            continue;
        };
        let mut ada = twin.visitor("ada@example.org");
        ada.visits(&url[url::Position::BeforePath..]);
        let place = Url::parse(HOME).unwrap().join(&ada.at).unwrap();
        assert_eq!(place.host_str(), Some("app.example.org"), "{target}");
        if let Some(next) = ada.page().input("next") {
            let next = Url::parse(HOME).unwrap().join(next).unwrap();
            assert_eq!(next.host_str(), Some("app.example.org"), "{target}");
        }
    }
}

#[test]
fn the_query_of_a_form_yields_to_its_field() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    ada.signs_out();
    let fields = [
        ("email", "ada@example.org"),
        ("password", GOOD),
        ("next", "/field?x=%2F&y=1"),
    ];
    ada.submits("/login?next=%2Fquery", &fields);
    assert_eq!(ada.at, "/field?x=%2F&y=1");
}
