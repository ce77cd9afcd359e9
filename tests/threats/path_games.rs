//! Paths that are one thing to the gate and another to the origin. `/admin` is closed and everything else
//! open; whatever some router takes for `/admin` must not come through unasked.

use crate::twin::{HOME, Page, Request, Twin, figures::Count};
use serde_json::json;
use url::Url;

/// Everything is open but `/admin` and all below it, and `/secret` alone.
fn town() -> Twin {
    let rules = json!([
        {"path": "/admin/*", "access": {"roles": ["admin"]}},
        {"path": "/secret", "access": "required"},
        {"path": "/*", "access": "public"},
    ]);
    Twin::with(&[("ACCESS_RULES", rules)])
}

/// A request for this path as the runtime hands it over: through a URL parser.
fn asks_for(twin: &Twin, path: &str) -> Page {
    let url = Url::parse(&format!("{HOME}{path}")).unwrap();
    assert_eq!(url.host_str(), Some("app.example.org"), "{path}");
    twin.world
        .request(&Request::new("GET", url.as_str()))
        .unwrap()
}

#[test]
fn no_disguise_of_a_closed_path_comes_through() {
    let (twin, mut count) = (town(), Count::of("path_games"));
    for path in [
        "/admin",
        "/admin/",
        "/admin/users",
        "/ADMIN",
        "/Admin/users",
        "//admin",
        "///admin//users",
        "/./admin",
        "/x/../admin",
        "/x/%2e%2e/admin",
        "/x/.%2E/admin",
        "/x/%252e%252e/admin",
        "/x/%25%32%65%25%32%65/admin",
        "/%61dmin",
        "/%61%64%6d%69%6e",
        "/%2561dmin",
        "/adm%69n/users",
        "/admin%2fusers",
        "/admin%252fusers",
        "/x%2f..%2fadmin",
        "/x%2f%2e%2e%2fadmin",
        "/x/..%2fadmin",
        "/x%5c..%5cadmin",
        "/x\\..\\admin",
        "/\\admin",
        "/%5cadmin",
        "/%255cadmin",
        "/admin;x=1",
        "/admin;x=1/users",
        "/;x/admin",
        "/x/..;/admin",
        "/x/..;y=1/admin",
        "/x;/../admin",
        "/x/%2e%2e;/admin",
        "/admin%3bx",
        "/admin%3bx=1/users",
        "/%2fadmin",
        "/%2Fadmin",
        "/%2f%2fadmin",
        "/admin%00",
        "/admin%00.html",
        "/admin%0a",
        "/admin%c0%af",
        "/x%c0%af..%c0%afadmin",
        "/%c1%a1dmin",
        "/x/%c0%ae%c0%ae/admin",
        "/admin%25252f",
        "/%25252561dmin",
        "/secret",
        "/secret/",
        "/SECRET",
        "/%73ecret",
        "/secret;x",
        "/x/../secret",
        "//secret",
        "/secret%2f",
        "/secret%00",
        "//x/admin",
        "//x:1@y:2/admin/users",
        "///x/admin",
        "//x\\admin",
        "/\\x/admin",
        "//x/..%2fadmin",
        "/%2fx/admin",
        "/%5cx/secret",
        "/secret%3f",
        "/secret%3fx",
        "/secret%23x",
        "/secret%2523x",
        "/adm%C4%B1n",
        "/adm\u{130}n/users",
        "/\u{17f}ecret",
    ] {
        let page = asks_for(&twin, path);
        count.one(page.seen.is_none());
        assert!(page.seen.is_none(), "{path} came through: {page:?}");
        assert!(
            [303, 400, 401].contains(&page.status),
            "{path}: {}",
            page.status
        );
    }
}

#[test]
fn a_path_that_an_origin_may_take_for_ours_is_refused() {
    let (twin, mut count) = (town(), Count::of("path_games"));
    for path in [
        "/%6cogin",
        "/login%2fverify",
        "/LOGIN",
        "//login",
        "/x/..%2flogin",
        "/login;x",
        "/%61uth/session",
        "/Auth/login",
        "//auth/register",
        "//x/login",
        "/log%c4%b1n",
        "/login%3f",
        "/x%5c..%5cauth",
    ] {
        let page = asks_for(&twin, path);
        count.one(page.seen.is_none());
        assert_eq!((page.status, page.seen.is_none()), (400, true), "{path}");
    }
}

#[test]
fn our_own_routes_have_one_spelling() {
    let twin = town();
    for path in [
        "/login/",
        "/login/nothing",
        "/login//verify",
        "/auth",
        "/auth/",
        "/auth/Session",
        "/auth/session/",
    ] {
        assert_eq!(asks_for(&twin, path).status, 404, "{path}");
    }
    for path in ["/loginhelp", "/authors", "/login.html", "/auth-docs"] {
        assert!(
            asks_for(&twin, path).seen.is_some(),
            "{path} is the origin's"
        );
    }
}

#[test]
fn honest_paths_come_through_unchanged() {
    let twin = town();
    for path in [
        "/",
        "/page?next=/admin&x=%2e%2e",
        "/a%20b/c+d",
        "/caf%C3%A9",
        "/%E2%82%AC",
        "/a;v=1/b",
        "/A/B/C/",
        "/administrator",
        "/x/admin",
        "/secretary",
        "/secret/below",
        "/a//b",
        "//a/b",
        "//static/x.css",
        "/c%23/what%3f",
        "/%C4%B1stanbul",
        "/percent%25",
        "/a.b/..c/d..",
    ] {
        let page = asks_for(&twin, path);
        let seen = page
            .seen
            .as_ref()
            .unwrap_or_else(|| panic!("{path}: {page:?}"));
        assert_eq!(seen.url, format!("https://origin.example.org{path}"));
    }
}

#[test]
fn a_member_without_the_role_is_refused_under_every_disguise() {
    let (twin, mut count) = (town(), Count::of("path_games"));
    let ada = twin.member("ada@example.org");
    for path in [
        "/admin",
        "/ADMIN/users",
        "/%61dmin",
        "/admin;x",
        "//admin",
        "/x/..;/admin",
    ] {
        let url = Url::parse(&format!("{HOME}{path}")).unwrap();
        let page = twin
            .world
            .request(&ada.dressed(Request::new("GET", url.as_str()), "navigate"))
            .unwrap();
        count.one(page.seen.is_none());
        assert!(
            page.seen.is_none() && [400, 403].contains(&page.status),
            "{path}: {}",
            page.status
        );
    }
}
