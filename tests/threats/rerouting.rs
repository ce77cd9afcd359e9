//! Headers that make servers take a request for another one: for another method, path, host, scheme, client or person,
//! or for one that has been here before. On no route of ours does any of them change anything.

use edgeward::{
    kit::time::Span,
    web::routes::{Action, ROUTES, Route, Surface},
};
use serde_json::json;

use super::header_games::{names, spellings};
use crate::twin::{
    HOME, Page, Request, Twin, Visitor,
    figures::{figure, scale},
};

/// What some server, framework or CDN obeys and Edgeward has no use for: these reach an origin as they are.
const OBEYED_ELSEWHERE: [&str; 16] = [
    "base-url",
    "cdn-loop",
    "cf-worker",
    "front-end-https",
    "max-forwards",
    "request-uri",
    "server-name",
    "via",
    "x-accel-redirect",
    "x-arr-ssl",
    "x-host-override",
    "x-method",
    "x-proxy-url",
    "x-sendfile",
    "x-uri",
    "x-url-scheme",
];

/// What somebody would say in a header of this name.
fn value(name: &str) -> &'static str {
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["method"]) {
        "DELETE"
    } else if says(&["host", "server"]) {
        "evil.example"
    } else if says(&["proto", "scheme", "ssl", "https"]) {
        "http"
    } else if says(&[
        "url", "uri", "path", "rewrite", "script", "prefix", "redirect",
    ]) {
        "/auth/admin/accounts"
    } else if says(&["subrequest", "loop", "worker", "via", "forwards"]) {
        "0"
    } else if says(&["ip", "addr", "forwarded", "for"]) {
        "203.0.113.66"
    } else {
        "acc_aaaaaaaaaaaaaaaaaaaaaaaaaa"
    }
}

/// Every route with its methods, one that it has not, and one that nobody knows. Not what proxies ask, who have a test
/// of their own, nor files that are the same for everybody.
fn asked() -> Vec<(&'static Route, &'static str)> {
    let is_file = |route: &&Route| matches!(route.action, Action::Client | Action::KeySet);
    let listed = ROUTES
        .iter()
        .filter(|route| route.surface != Surface::Proxy && !is_file(route));
    let methods = |route: &'static Route| {
        let more = ["PUT", "PURGE"];
        let methods = route.methods.iter().copied().chain(more);
        methods.map(move |method| (route, method))
    };
    listed.flat_map(methods).collect()
}

/// A request that changes nothing: its body says nothing.
fn request(twin: &Twin, ada: &Visitor, route: &Route, method: &str) -> Request {
    let path = route.path.replace("{id}", "ses_aaaaaaaaaaaaaaaaaaaaaaaaaa");
    let (target, kind, body) = match route.surface {
        Surface::Page => (
            format!("/login{path}"),
            "application/x-www-form-urlencoded",
            "",
        ),
        _ => (format!("/auth{path}"), "application/json", "{}"),
    };
    let has_body = !matches!(method, "GET" | "DELETE");
    let with_body = |request: Request| {
        if has_body {
            request.body(kind, body)
        } else {
            request
        }
    };
    if route.surface == Surface::Operator {
        return with_body(twin.operator("ops").request(method, &target));
    }
    let request = with_body(Request::new(method, &format!("{HOME}{target}")));
    let mode = if route.surface == Surface::Page {
        "navigate"
    } else {
        "cors"
    };
    let request = ada.dressed(request, mode);
    // To sign out needs no field.
    if route.action == Action::SignOut {
        request.without("cookie")
    } else {
        request
    }
}

/// All of an answer but what is drawn anew each time.
fn shape(page: &Page) -> (u16, Vec<(String, String)>, usize) {
    let drawn = ["set-cookie", "content-security-policy"];
    let told = |(name, value): &(String, String)| {
        let value = if drawn.contains(&name.as_str()) {
            value.len().to_string()
        } else {
            value.clone()
        };
        (name.clone(), value)
    };
    (
        page.status,
        page.headers.iter().map(told).collect(),
        page.body.len(),
    )
}

#[test]
fn no_header_makes_another_request_of_one_to_a_route_of_ours() {
    let many = json!(["1000000/1m"]);
    let limits = json!({ "network": { "signin": many, "signup": many, "mail": many, "link": many, "admin": many } });
    let twin = Twin::with(&[("LIMITS", limits)]);
    let ada = twin.member("ada@example.org");
    // Old enough that an act of weight asks for more than the session.
    twin.waits(Span::minutes(6));
    let others = OBEYED_ELSEWHERE.map(str::to_owned);
    let names: Vec<_> = names().into_iter().chain(others).collect();
    let (mut tried, mut changed) = (0, Vec::new());
    for (at, (route, method)) in asked().into_iter().enumerate() {
        let plain = request(&twin, &ada, route, method);
        let expected = shape(&twin.world.request(&plain).unwrap());
        for (nth, name) in names.iter().enumerate() {
            let spellings = spellings(name);
            // In the short form each route meets each name in one spelling, another one at the next route.
            let count = scale(1, spellings.len());
            for spelling in spellings.iter().cycle().skip(at + nth).take(count) {
                let forged = plain.clone().with(spelling, value(name));
                tried += 1;
                if shape(&twin.world.request(&forged).unwrap()) != expected {
                    changed.push(format!(
                        "{method} {:?} {}: {spelling}",
                        route.surface, route.path
                    ));
                }
            }
        }
        let all = names.iter().fold(plain.clone(), |request, name| {
            request.with(name, value(name))
        });
        let all = all.with("connection", &names.join(", "));
        tried += 1;
        if shape(&twin.world.request(&all).unwrap()) != expected {
            changed.push(format!(
                "{method} {:?} {}: all at once",
                route.surface, route.path
            ));
        }
    }
    figure("rerouting", tried, tried - changed.len());
    assert!(changed.is_empty(), "{changed:#?}");
    assert!(tried > 5_000, "{tried}");
}
