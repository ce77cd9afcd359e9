//! Requests that a foreign page makes a browser send. Every route of ours refuses them before a field is
//! read; forwarded ones go without identity.

use edgeward::web::routes::{ROUTES, Route, Surface};

use crate::twin::{Cost, HOME, Page, Request, Twin, Visitor, figures::figure};

const ROW: &str = "cross_site";

const SITES: [Option<&str>; 7] = [
    None,
    Some("same-origin"),
    Some("same-site"),
    Some("cross-site"),
    Some("none"),
    Some(""),
    Some("Same-Origin"),
];

const ORIGINS: [Option<&str>; 9] = [
    None,
    Some("https://app.example.org"),
    Some("null"),
    Some("https://evil.example"),
    Some("http://app.example.org"),
    Some("https://app.example.org:8443"),
    Some("https://app.example.org.evil.example"),
    Some("https://evil.app.example.org"),
    Some(""),
];

/// What the design says, in the test's own words.
fn may_pass(site: Option<&str>, origin: Option<&str>, json_without_cookie: bool) -> bool {
    match (site, origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == HOME,
        (None, None) => json_without_cookie,
    }
}

fn dressed(mut request: Request, site: Option<&str>, origin: Option<&str>) -> Request {
    for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
        request = request.without(name);
        if let Some(value) = value {
            request = request.with(name, value);
        }
    }
    request
}

/// A request for a route with a body that is read as far as its fields.
fn request(route: &Route, method: &str, ada: &Visitor, cookies: bool) -> Request {
    let (prefix, kind, body) = match route.surface {
        Surface::Page => ("/login", "application/x-www-form-urlencoded", ""),
        Surface::Json | Surface::Operator | Surface::Proxy => ("/auth", "application/json", "{}"),
    };
    let path = route.path.replace("{id}", "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa");
    if route.surface == Surface::Operator {
        let url = format!("{HOME}{prefix}{path}");
        return Request::new(method, &url).body(kind, body);
    }
    let request = ada
        .dressed(
            Request::new(method, &format!("{HOME}{prefix}{path}")),
            "cors",
        )
        .body(kind, body);
    if cookies {
        request
    } else {
        request.without("cookie")
    }
}

#[test]
fn every_unsafe_request_to_a_route_of_ours_is_judged_before_its_fields() {
    let twin = Twin::new();
    twin.leaves_mail_unread();
    let ada = twin.member("ada@example.org");
    let (mut refused, mut passed) = (0, 0);
    // What operators' routes refuse stands in `operators_guard`.
    let ours = |route: &&Route| route.surface != Surface::Operator;
    for route in ROUTES.iter().filter(ours) {
        for method in route.methods.iter().filter(|method| **method != "GET") {
            for (site, origin) in SITES
                .into_iter()
                .flat_map(|site| ORIGINS.map(|origin| (site, origin)))
            {
                for cookies in [true, false] {
                    // Signing out for real would end the matrix: its session is a copy each time.
                    let request = dressed(request(route, method, &ada, cookies), site, origin);
                    let expected =
                        may_pass(site, origin, route.surface == Surface::Json && !cookies);
                    let skip = expected && cookies && route.path == "/logout";
                    if skip {
                        continue;
                    }
                    let (page, cost) = twin.cost_of(|| twin.world.request(&request).unwrap());
                    let what = format!(
                        "{method} {:?} {} {site:?} {origin:?} {cookies}",
                        route.surface, route.path
                    );
                    figure(ROW, 1, usize::from(is_cross_site(&page) != expected));
                    if expected {
                        passed += 1;
                        assert!(!is_cross_site(&page), "{what}: {page:?}");
                    } else {
                        refused += 1;
                        assert!(is_cross_site(&page), "{what}: {page:?}");
                        assert_eq!(
                            cost,
                            Cost {
                                calls: 0,
                                hashes: 0
                            },
                            "{what}"
                        );
                        assert_eq!(page.set_cookies().count(), 0, "{what}");
                    }
                }
            }
        }
    }
    assert!(
        refused > 1_000 && passed > 200,
        "{refused} refused, {passed} passed"
    );
}

fn is_cross_site(page: &Page) -> bool {
    let json = page.header("content-type") == Some("application/json");
    page.status == 403 && (!json || page.code() == "auth.request.cross_site")
}

#[test]
fn a_method_a_route_does_not_have_is_refused_with_those_it_has() {
    let twin = Twin::with(&[("AUTH_CHECK", "x-original".into())]);
    let ada = twin.member("ada@example.org");
    for route in ROUTES {
        for method in [
            "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE", "get",
        ] {
            if route.allows(method) {
                continue;
            }
            let (page, cost) = twin.cost_of(|| {
                twin.world
                    .request(&request(route, method, &ada, true))
                    .unwrap()
            });
            assert_eq!(
                (page.status, cost.calls),
                (405, 0),
                "{method} {}",
                route.path
            );
            let allow = page.header("allow").unwrap();
            assert!(
                route.methods.iter().all(|method| allow.contains(method)),
                "{allow}"
            );
        }
    }
}

#[test]
fn a_body_of_another_type_is_refused() {
    let twin = Twin::new();
    let ada = twin.visitor("ada@example.org");
    for route in ROUTES
        .iter()
        .filter(|route| route.methods.contains(&"POST"))
    {
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/xml",
            "",
        ] {
            let request = request(route, "POST", &ada, false).body(kind, "email=a@b.example");
            let (page, cost) = twin.cost_of(|| twin.world.request(&request).unwrap());
            assert_eq!((page.status, cost.calls), (415, 0), "{kind} {}", route.path);
        }
        let large = "x".repeat(64 * 1024 + 1);
        let request = request(route, "POST", &ada, false);
        let kind = request
            .headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .unwrap()
            .1
            .clone();
        let page = twin.world.request(&request.body(&kind, &large)).unwrap();
        assert_eq!(page.status, 413, "{}", route.path);
    }
}

#[test]
fn a_forwarded_unsafe_request_of_a_foreign_page_goes_without_identity() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    for (site, origin) in SITES
        .into_iter()
        .flat_map(|site| ORIGINS.map(|origin| (site, origin)))
    {
        let send = |target: &str| {
            let request = ada.dressed(Request::new("POST", &format!("{HOME}{target}")), "cors");
            twin.world.request(&dressed(request, site, origin)).unwrap()
        };
        let expected = may_pass(site, origin, false);
        let page = send("/private");
        figure(ROW, 1, usize::from(page.seen.is_some() == expected));
        assert_eq!(page.seen.is_some(), expected, "{site:?} {origin:?}");
        assert_eq!(page.status, if expected { 200 } else { 401 });
        let seen = send("/optional/page").seen.unwrap();
        assert_eq!(seen.account.is_some(), expected, "{site:?} {origin:?}");
        assert_eq!(send("/public/page").seen.unwrap().account, None);
    }
}

#[test]
fn a_rule_may_name_the_origins_that_may() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    for (target, origin, identified) in [
        ("/partner/order", "https://partner.example", true),
        ("/partner/order", "https://evil.example", false),
        (
            "/partner/order",
            "https://partner.example.evil.example",
            false,
        ),
        ("/partner/order", "null", false),
        ("/private/order", "https://partner.example", false),
    ] {
        let request = ada.dressed(Request::new("POST", &format!("{HOME}{target}")), "cors");
        let request = dressed(request, Some("cross-site"), Some(origin));
        let page = twin.world.request(&request).unwrap();
        assert_eq!(page.seen.is_some(), identified, "{target} {origin}");
    }
}

#[test]
fn a_web_socket_of_a_foreign_page_is_nobody() {
    let twin = Twin::new();
    let ada = twin.member("ada@example.org");
    for origin in ORIGINS {
        let request = ada.dressed(
            Request::new("GET", &format!("{HOME}/private/socket")),
            "websocket",
        );
        let request = dressed(request.with("upgrade", "websocket"), None, origin);
        let page = twin.world.request(&request).unwrap();
        figure(
            ROW,
            1,
            usize::from(page.seen.is_some() == (origin == Some(HOME))),
        );
        assert_eq!(page.seen.is_some(), origin == Some(HOME), "{origin:?}");
        if let Some(seen) = page.seen {
            assert_eq!(seen.window, Some(0), "asked about each time");
        }
    }
}
