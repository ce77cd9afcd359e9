//! The operator's own pages in place of ours, and the script that lets them do what ours do.

use super::{
    flow::{Visit, sign_in},
    realm::Realm,
    reply::Response,
    routes::{Action, Route},
};

/// The script, as a module of its own.
const SCRIPT: &str = include_str!("client/client.js");
/// Its types.
const TYPES: &str = include_str!("client/client.d.ts");

/// How long a browser keeps the script without asking.
const KEPT: &str = "public, max-age=300";

/// The operator's page of this flow, with where the visitor wanted to go and nothing else. A right password
/// that waits to be replaced keeps to our page: a form brought it there, and no script knows of it.
pub(super) fn page<R: Realm>(visit: &Visit<'_, R>, route: &Route) -> Option<String> {
    if route.action == Action::SignIn && sign_in::change_ticket(visit).is_some() {
        return None;
    }
    let flow = match route.path {
        "" => "login",
        path => path.trim_start_matches('/'),
    };
    let page = visit.site.config.custom_pages.get(flow)?;
    let query = match (visit.then(), visit.next()) {
        (Some(step), _) => format!("?then={step}"),
        (None, next) if !next.is_root() => {
            let next: String = form_urlencoded::byte_serialize(next.as_str().as_bytes()).collect();
            format!("?next={next}")
        }
        _ => String::new(),
    };
    Some(format!("{page}{query}"))
}

/// `GET /auth/client.js` and its types.
pub(super) fn client(path: &str) -> Response {
    let (kind, body) = if path.strip_suffix("/client.js").is_some() {
        ("text/javascript; charset=utf-8", SCRIPT)
    } else {
        ("text/plain; charset=utf-8", TYPES)
    };
    Response {
        status: 200,
        headers: vec![
            ("content-type", kind.to_owned()),
            ("cache-control", KEPT.to_owned()),
        ],
        body: body.to_owned(),
    }
}
