//! Hostile paths against rules that leave little closed and all the rest open.

mod router;

use serde_json::{Value, json};

use self::router::every_view;
use super::*;

fn parse(rules: &Value) -> AccessRules {
    AccessRules::parse(&[("ACCESS_RULES".to_owned(), rules.clone())].into()).unwrap()
}

fn prefixes() -> Prefixes {
    Prefixes {
        pages: "/login".into(),
        auth: "/auth".into(),
    }
}

/// `/admin` and all below it, and `/secret` alone, are closed.
fn rules() -> AccessRules {
    parse(&json!([
        {"path": "/admin/*", "access": {"roles": ["admin"]}},
        {"path": "/secret", "access": "required"},
        {"path": "/Vault/*", "access": "required"},
        {"path": "/*", "access": "public"},
    ]))
}

fn level(rules: &AccessRules, path: &str) -> Result<Level, Unreadable> {
    demand(rules, &prefixes(), "GET", path).map(|demand| demand.level)
}

/// Spellings of closed paths, and of open ones that some router could take for closed.
const HOSTILE: [&str; 122] = [
    "/admin",
    "/admin/",
    "/admin/x",
    "/ADMIN",
    "/Admin/x",
    "/aDmIn//",
    "//admin",
    "///admin///x",
    "/./admin",
    "/pub/../admin",
    "/pub/./../admin/x",
    "/%61dmin",
    "/%61%64%6d%69%6e",
    "/%41DMIN",
    "/%2561dmin",
    "/%2541dmin/x",
    "/%61%2564min",
    "/admin%2f",
    "/admin%2fx",
    "/admin%252fx",
    "/%2fadmin",
    "/%2f%2fadmin",
    "/%252fadmin",
    "/pub%2f..%2fadmin",
    "/pub/..%2fadmin",
    "/pub%2f../admin",
    "/pub/%2e%2e/admin",
    "/pub/%2e%2e%2fadmin",
    "/pub/.%2e/admin",
    "/pub/%252e%252e/admin",
    "/pub/%252e%252e%252fadmin",
    "/pub/..%252fadmin",
    "/pub/%2e/../admin",
    "/%2e/admin",
    "/.%2fadmin",
    "/admin;",
    "/admin;v=1",
    "/admin;v=1/x",
    "/;/admin",
    "/;x/admin",
    "/pub/..;/admin",
    "/pub/..;v=1/admin",
    "/pub/.;/../admin",
    "/pub;x/..;y/admin",
    "/admin%3b",
    "/admin%3bx/y",
    "/admin%253bx",
    "/pub/..%3b/admin",
    "/pub/..%253b/admin",
    "/pub/%2e%2e;/admin",
    "/pub/%2e%2e%3b/admin",
    "/%61dmin;x",
    "/ADMIN;x",
    "/%5cadmin",
    "/admin%5cx",
    "/admin%5c",
    "/pub%5c..%5cadmin",
    "/pub/..%5cadmin",
    "/pub%255c..%255cadmin",
    "/pub%5c..%2fadmin",
    "/pub%5c%2e%2e%5cadmin",
    "/%5C%5cadmin",
    "/admin%2f..",
    "/admin%2f..%2fpub",
    "/admin/..;/pub",
    "/admin%5c..%5cpub",
    "/pub//..;/admin",
    "/%61dmin;%2f..%2fpub",
    "/admin;%2f..%2f..%2fpub",
    "/admin%3b%252fx",
    "/admin%00",
    "/admin%00.html",
    "/admin%0a",
    "/admin%0d%0ax",
    "/admin%09",
    "/%c0%aeadmin",
    "/pub/%c0%ae%c0%ae/admin",
    "/pub%c0%afadmin",
    "/%25252561dmin",
    "/pub/..\\admin",
    "/admin\\",
    "/secret",
    "/secret/",
    "/SECRET",
    "//secret",
    "/secret;x",
    "/secret%2f",
    "/secre%74",
    "/pub/..%2fsecret%2f",
    "/secret;%2fx",
    "/vault",
    "/VAULT/x",
    "/Vault",
    "/%76ault/x",
    "*",
    "admin",
    "/pub./%2f../secret",
    "/..%3b./admin/..%3b%3b%2f%252e%252e",
    "/%61dmin%2e%2e%5cadmin/..;v;v;/%61dmin/admin/ADMIN",
    "/%252e%252e;v.;v/%61dmin/..%253b",
    "/%252e%252e%5cadmin%255c%2e%2e",
    "/%73ecret;v..;.%2f..%5c..",
    "/%73ecret%2f..%2e%2e../..;/%61dmin",
    "/..;/%2561dmin%2f..",
    "//pub/admin",
    "//pub/admin/x",
    "///pub/admin",
    "//user:word@pub:80/admin",
    "//pub/%61dmin",
    "//pub/..%2fadmin",
    "//pub;v/secret",
    "/%2fpub/admin",
    "/%5cpub/admin",
    "/%5c%2fpub%2fadmin",
    "/secret%3f",
    "/secret%3fx/y",
    "/secret%23",
    "/secret%253fx",
    "/secret%3f%2f..%2fpub",
    "/adm%c4%b1n/x",
    "/%C5%BFecret",
    "/%252e%252ex%2f../%61dmin%5c..",
];

#[test]
fn no_disguise_opens_a_closed_path() {
    let rules = rules();
    for path in HOSTILE {
        assert_ne!(level(&rules, path), Ok(Level::Public), "{path}");
    }
    for path in [
        "/admin.",
        "/SECRET/x",
        "/secretary",
        "/adminx",
        "/pub/admin",
    ] {
        assert_eq!(level(&rules, path), Ok(Level::Public), "{path}");
    }
}

#[test]
fn odd_but_honest_paths_stay_open() {
    let rules = rules();
    for path in [
        "/",
        "/pub/a%20b.txt",
        "/pub/caf%C3%A9",
        "/pub/caf\u{e9}",
        "/pub/a%2Fb",
        "/pub/100%25",
        "/pub/100%",
        "/pub/a;v=1/b;w=2",
        "/pub//a/",
        "/pub/%E4",
        "/pub/https%3A%2F%2Fexample.org%2Fx",
        "/pub/https://example.org/x",
        "/pub/a%3Bb",
        "/pub/a%5Cb",
        "/pub/...",
        "/.well-known/acme",
    ] {
        assert_eq!(level(&rules, path), Ok(Level::Public), "{path}");
    }
}

#[test]
fn a_public_corner_of_a_closed_site_stays_a_corner() {
    let rules = parse(&json!([{"path": "/pub/*", "access": "public"}]));
    for path in ["/pub", "/pub/", "/pub/x", "/pub/a%20b", "/pub/x;v=1"] {
        assert_eq!(level(&rules, path), Ok(Level::Public), "{path}");
    }
    for path in [
        "/public",
        "/PUB/x",
        "//pub/x",
        "/%70ub/x",
        "/pub/..;/x",
        "/pub%2fx",
        "/pub/..%2fx",
        "/pub%5c..%5cx",
    ] {
        assert_eq!(level(&rules, path), Ok(Level::Required), "{path}");
    }
}

#[test]
fn a_path_that_could_be_a_route_of_ours_is_refused() {
    let rules = rules();
    for path in [
        "/LOGIN",
        "/Login/reset",
        "//login",
        "/%6cogin",
        "/login;x",
        "/login%2freset",
        "/pub/..%2flogin",
        "/pub/..;/auth/login",
        "/AUTH/login",
        "/%2561uth",
        "/auth%5cadmin",
    ] {
        assert_eq!(level(&rules, path), Err(Unreadable::EdgeRoute), "{path}");
    }
    for path in ["/loginx", "/pub/login", "/authority", "/log/in"] {
        assert_eq!(level(&rules, path), Ok(Level::Public), "{path}");
    }
}

#[test]
fn a_request_must_satisfy_the_rule_of_every_reading() {
    let rules = parse(&json!([
        {"path": "/a/*", "access": {"roles": ["a", "both"]}, "reauth": "5m", "origins": ["https://x.example", "https://y.example"], "preflight": true},
        {"path": "/b/*", "access": {"roles": ["b", "both"]}, "reauth": "2m", "origins": ["https://y.example"], "preflight": true, "digest": true},
        {"path": "/o/*", "access": "optional", "strict": true},
        {"path": "/*", "access": "public", "cache": true},
    ]));
    let prefixes = prefixes();
    let both = demand(&rules, &prefixes, "POST", "/a/..%2fb/x").unwrap();
    assert_eq!(both.level, Level::Required);
    assert_eq!(both.reauth, Some(Span::minutes(2)));
    assert_eq!(both.origins, ["https://y.example"]);
    assert!(both.preflight && both.digest && !both.cache && both.asks_each_time());
    let having = |names: &[&str]| -> Vec<Role> {
        names
            .iter()
            .map(|name| Role::parse(name).unwrap())
            .collect()
    };
    assert!(both.allows(&having(&["both"])) && both.allows(&having(&["b", "a"])));
    assert!(!both.allows(&having(&["a"])) && !both.allows(&having(&["b"])) && !both.allows(&[]));

    let optional = demand(&rules, &prefixes, "GET", "/o/..%2fx").unwrap();
    assert_eq!((optional.level, optional.cache), (Level::Optional, false));
    assert!(optional.strict && optional.allows(&[]));
    let public = demand(&rules, &prefixes, "GET", "/x%20y").unwrap();
    assert_eq!((public.level, public.cache), (Level::Public, true));
}

#[test]
fn no_rule_means_signed_in() {
    let rules = AccessRules::default();
    let demand = demand(&rules, &prefixes(), "GET", "/x").unwrap();
    assert_eq!(demand.level, Level::Required);
    assert!(demand.allows(&[]) && !demand.asks_each_time());
}

#[test]
fn no_router_finds_a_closed_path_that_the_gate_calls_open() {
    const PIECES: [&str; 34] = [
        "/",
        "//",
        "%3f",
        "%23",
        "%253f",
        "/adm%c4%b1n",
        "/%25c5%25bfecret",
        "/admin",
        "/%61dmin",
        "/%2561dmin",
        "/ADMIN",
        "/secret",
        "/%73ecret",
        "/pub",
        "..",
        "%2e%2e",
        "%252e%252e",
        ".",
        "%2f",
        "%252f",
        "%5c",
        "%255c",
        ";",
        "%3b",
        "%253b",
        "x",
        ";v",
        "/..;",
        "/..%3b",
        "%2f..",
        "%5c..",
        "%2fadmin",
        "%5cadmin",
        "/..",
    ];
    let rules = rules();
    let mut dice: u64 = 20_261_123;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((dice >> 33).checked_rem(sides).unwrap()).unwrap()
    };
    let mut open = 0_u32;
    for _ in 0..20_000 {
        let pieces = 0..roll(9).wrapping_add(2);
        let path: String = pieces.map(|_| PIECES[roll(34)]).collect();
        let raw = format!("/{path}");
        // A URL parser stands before the gate; what a proxy asks about comes as it was sent.
        let url = url::Url::parse(&format!("http://gate{raw}")).unwrap();
        for path in [url.path(), &raw] {
            if level(&rules, path) != Ok(Level::Public) {
                continue;
            }
            open = open.wrapping_add(1);
            for view in every_view(path) {
                let closed = view == "/admin" || view.starts_with("/admin/") || view == "/secret";
                assert!(!closed, "{path} is open, and a router could see {view}");
            }
        }
    }
    assert!(
        open > 1000,
        "only {open} paths were open: the test says little"
    );
}
