//! Our own routes, from the request's head to the response.
//!
//! 1. [`admit`]: host, route, method, cross-site (for operators' routes: that no browser asks), type and
//!    size. What fails here is answered before a field is read, with its own status.
//! 2. [`answer`]: the fields, the flow, and the answer for whoever asked: JSON at once, a form by a 303.

use super::{
    act::act,
    admin,
    assertion::key_set,
    check,
    cookie::{Flash, SetCookie},
    custom,
    fields::{Fields, Format},
    flow::{Visit, link},
    guard::{self, Carries, HostChecked},
    head::Head,
    headers::{Referrer, Script, protect, protect_page},
    network::Network,
    operator::{self, NoBrowser},
    problem::{asked_by, host_refused, nonce, problem, problem_of},
    realm::Realm,
    reply::{Reply, Response},
    routes::{Action, Place, Route, Surface, place},
    show::{Shown, show},
    site::Site,
};
use crate::{
    kit::{
        dice::{Dice, roll},
        time::{Span, Time},
    },
    pages::Code,
};

/// The largest body our routes read.
pub const LARGEST_BODY: u32 = 64 * 1024;

/// A refusal that needs time to look right leaves this long after it came in, or at the next beat.
const FIRST_BEAT: Span = Span(500);
/// The beat after that.
const BEAT: Span = Span(250);

/// A request for one of our routes that may be read. Made by [`admit`] alone.
#[derive(Clone, Debug)]
pub struct Admitted<'a> {
    route: &'static Route,
    id: &'a str,
    no_browser: Option<NoBrowser>,
    /// Whether a body is to be read.
    pub has_body: bool,
}

/// Checks a request before anything of its body is read.
pub fn admit<'a>(
    site: &Site,
    head: &'a Head<'a>,
    dice: &mut dyn Dice,
) -> Result<Admitted<'a>, Response> {
    let nonce = nonce(dice);
    let refuse =
        |status, code, surface| problem(site, head, &nonce, surface, &Reply::new(status, code));
    let _: HostChecked =
        guard::host(head, site).map_err(|refused| host_refused(site, head, &nonce, &refused))?;
    let (route, id) = match place(site, head.path()) {
        Place::Route(route, id) => (route, id),
        Place::Nowhere(surface) => return Err(refuse(404, Code::RequestNotFound, surface)),
        Place::Origin => return Err(refuse(404, Code::RequestNotFound, Surface::Page)),
    };
    let surface = route.surface;
    if !route.allows(head.method) {
        let mut response = refuse(405, Code::RequestMethod, surface);
        response.headers.push(("allow", route.allow()));
        return Err(response);
    }
    let mut admitted = Admitted {
        route,
        id,
        no_browser: None,
        has_body: false,
    };
    if surface == Surface::Operator {
        let passed = operator::no_browser(head);
        let passed = passed.ok_or_else(|| refuse(403, Code::AdminBrowser, surface))?;
        admitted.no_browser = Some(passed);
    } else if !head.is_safe() {
        guard::same_site(head, site, carries(head, surface))
            .ok_or_else(|| refuse(403, Code::RequestCrossSite, surface))?;
    }
    if head.is_safe() {
        return Ok(admitted);
    }
    let length = head
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > u64::from(LARGEST_BODY)) {
        return Err(too_large(site, head, dice));
    }
    admitted.has_body = head.method != "DELETE";
    if admitted.has_body && !format(surface).matches(head) && !is_bare(head) {
        return Err(refuse(415, Code::RequestUnsupportedType, surface));
    }
    Ok(admitted)
}

/// The answer to a body that turned out larger than it may be.
pub fn too_large(site: &Site, head: &Head<'_>, dice: &mut dyn Dice) -> Response {
    problem(
        site,
        head,
        &nonce(dice),
        asked_by(site, head),
        &Reply::new(413, Code::RequestTooLarge),
    )
}

/// Answers an admitted request.
pub async fn answer<R: Realm>(
    site: &Site,
    realm: &R,
    head: &Head<'_>,
    admitted: Admitted<'_>,
    body: &[u8],
) -> Response {
    let arrived = realm.now();
    let nonce = nonce(&mut *realm.dice());
    let surface = admitted.route.surface;
    let unread = Fields::default();
    let visit = Visit {
        site,
        realm,
        head,
        fields: &unread,
        network: Network::of(head, &site.config.client_ip),
        surface,
    };
    if let Some(no_browser) = admitted.no_browser {
        let route = (admitted.route, admitted.id);
        let response = admin::answer(&visit, route, no_browser, body).await;
        return protect(response, site, &nonce, Referrer::OwnPages);
    }
    if surface == Surface::Proxy {
        return check::answer(&visit, &nonce).await;
    }
    let fields = if body.is_empty() {
        Some(Fields::default())
    } else {
        format(surface).read(body)
    };
    let Some(fields) = fields else {
        let malformed = Reply::new(400, Code::RequestMalformed);
        return problem(site, head, &nonce, surface, &malformed);
    };
    let visit = visit.with(&fields);
    let mut script = Script::None;
    let response = match surface {
        Surface::Page if head.is_safe() => {
            let (response, runs) = get(&visit, &admitted, &nonce).await;
            script = runs;
            response
        }
        Surface::Json if admitted.route.action == Action::Client => custom::client(head.path()),
        Surface::Json if admitted.route.action == Action::KeySet => {
            key_set(site.assertions.as_ref())
        }
        Surface::Page => post(&visit, &admitted, &nonce, arrived).await,
        Surface::Json | Surface::Operator | Surface::Proxy => {
            json(&visit, &admitted, arrived).await
        }
    };
    let carries_token = head.parameter("token").is_some();
    let referrer = if carries_token {
        Referrer::Nothing
    } else {
        Referrer::OwnPages
    };
    let mut response = protect_page(response, site, &nonce, referrer, script);
    if admitted.route.action == Action::SignOut {
        response
            .headers
            .push(("clear-site-data", "\"cache\"".to_owned()));
    }
    if admitted.route.action == Action::Export && response.status == 200 {
        let file = "attachment; filename=\"account.json\"".to_owned();
        response.headers.push(("content-disposition", file));
    }
    response
}

/// A page. Messages are shown once.
async fn get<R: Realm>(
    visit: &Visit<'_, R>,
    admitted: &Admitted<'_>,
    nonce: &str,
) -> (Response, Script) {
    let token = visit.head.parameter("token");
    if let (Some(kind), Some(token)) = (admitted.route.action.link(), token) {
        return match link::arrive(visit, kind, &token) {
            Ok(ticket) => {
                let headers = vec![
                    ("location", visit.site.page(admitted.route.path)),
                    ("set-cookie", ticket.as_str().to_owned()),
                ];
                let response = Response {
                    status: 303,
                    headers,
                    body: String::new(),
                };
                (response, Script::None)
            }
            Err(reply) => (lead(visit, &reply, nonce), Script::None),
        };
    }
    if let Some(page) = custom::page(visit, admitted.route) {
        let headers = vec![("location", page)];
        let response = Response {
            status: 303,
            headers,
            body: String::new(),
        };
        return (response, Script::None);
    }
    let flash = visit.head.cookie(Flash::NAME);
    let told = flash.and_then(|value| Flash::read(value, &visit.site.keys, visit.realm.now()));
    match show(visit, admitted.route.action, told.as_ref(), nonce).await {
        Ok(Shown {
            html,
            mut cookies,
            runs_script,
        }) => {
            let script = if runs_script {
                Script::Nonced
            } else {
                Script::None
            };
            cookies.extend(flash.map(|_| SetCookie::expire(Flash::NAME)));
            let cookies = cookies
                .iter()
                .map(|cookie| ("set-cookie", cookie.as_str().to_owned()));
            let html_type = ("content-type", "text/html; charset=utf-8".to_owned());
            let response = Response {
                status: 200,
                headers: core::iter::once(html_type).chain(cookies).collect(),
                body: html,
            };
            (response, script)
        }
        Err(reply) => (lead(visit, &reply, nonce), Script::None),
    }
}

/// A form. Whatever comes of it, a 303: reloading the next page posts nothing again.
async fn post<R: Realm>(
    visit: &Visit<'_, R>,
    admitted: &Admitted<'_>,
    nonce: &str,
    arrived: Time,
) -> Response {
    let reply = act(visit, (admitted.route.action, admitted.id)).await;
    keep_the_beat(visit, &reply, arrived).await;
    if reply.code == Code::Busy {
        return problem_of(visit, nonce, &reply);
    }
    lead(visit, &back_to_form(visit, admitted, reply), nonce)
}

async fn json<R: Realm>(visit: &Visit<'_, R>, admitted: &Admitted<'_>, arrived: Time) -> Response {
    let reply = act(visit, (admitted.route.action, admitted.id)).await;
    keep_the_beat(visit, &reply, arrived).await;
    reply.json(&visit.site.brand.words)
}

/// A refused form goes back to its own page, and does not forget where the visitor wanted to go, nor that
/// they had to confirm who they are.
fn back_to_form<R: Realm>(visit: &Visit<'_, R>, admitted: &Admitted<'_>, reply: Reply) -> Reply {
    let keeps_next = |path: String| {
        if let Some(page) = visit.then() {
            return format!("{path}?then={page}");
        }
        let next = visit.next();
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !next.is_root() {
            query.append_pair("next", next.as_str());
        }
        if visit.head.parameter("reauth").is_some() {
            query.append_pair("reauth", "1");
        }
        match query.finish().as_str() {
            "" => path,
            query => format!("{path}?{query}"),
        }
    };
    let own = visit.site.page(admitted.route.path);
    match (&reply.go, admitted.route.action) {
        (Some(place), Action::SignUp) => {
            let place = keeps_next(place.clone());
            reply.to(place)
        }
        (Some(_), _) => reply,
        (None, Action::SignOut) => reply.to(visit.site.page("")),
        (None, action) if action.link().is_some() && action != Action::Magic => reply.to(own),
        (None, _) => reply.to(keeps_next(own)),
    }
}

/// 303 to where the reply leads, with its message; a page of its own when it leads nowhere.
fn lead<R: Realm>(visit: &Visit<'_, R>, reply: &Reply, nonce: &str) -> Response {
    let Some(place) = &reply.go else {
        return problem_of(visit, nonce, reply);
    };
    let seal = roll(&mut *visit.realm.dice());
    let flash = reply.flash(visit.realm.now()).set(&visit.site.keys, seal);
    reply.see_other(place, &flash)
}

/// So that the time of an answer does not tell what was found.
async fn keep_the_beat<R: Realm>(visit: &Visit<'_, R>, reply: &Reply, arrived: Time) {
    if reply.on_the_beat {
        let spent = visit.realm.now().since(arrived);
        visit.realm.sleep(until_beat(spent)).await;
    }
}

/// How long until the next beat.
fn until_beat(spent: Span) -> Span {
    let late = spent.0.saturating_sub(FIRST_BEAT.0).max(0);
    let beats = late
        .saturating_add(BEAT.0.saturating_sub(1))
        .div_euclid(BEAT.0);
    Span(
        FIRST_BEAT
            .0
            .saturating_add(beats.saturating_mul(BEAT.0))
            .saturating_sub(spent.0),
    )
}

fn carries(head: &Head<'_>, surface: Surface) -> Carries {
    let ours = head
        .cookies()
        .iter()
        .any(|(name, _)| name.starts_with(super::cookie::PREFIX));
    if surface == Surface::Page || ours {
        Carries::BrowserState
    } else {
        Carries::Nothing
    }
}

const fn format(surface: Surface) -> Format {
    match surface {
        Surface::Page => Format::Form,
        Surface::Json | Surface::Operator | Surface::Proxy => Format::Json,
    }
}

/// No body and no type: a sign-out by script needs neither.
fn is_bare(head: &Head<'_>) -> bool {
    head.header("content-type").is_none()
        && matches!(head.header("content-length"), None | Some("0"))
        && head.header("transfer-encoding").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_leave_on_the_beat() {
        for (spent, left) in [
            (0, 500),
            (80, 420),
            (500, 0),
            (501, 249),
            (749, 1),
            (750, 0),
            (900, 100),
        ] {
            assert_eq!(until_beat(Span(spent)), Span(left), "after {spent} ms");
        }
    }
}
