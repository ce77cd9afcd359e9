//! Refusals: an error page for a person, the same as JSON for a script.

use super::{
    flow::Visit,
    guard::Refused,
    head::Head,
    headers::{Referrer, protect},
    realm::Realm,
    reply::{Reply, Response},
    routes::{Place, Surface, place},
    site::Site,
};
use crate::{
    kit::{
        dice::{Dice, roll},
        encoding,
    },
    pages::{Code, Page, Problem, Shell},
};

/// Who asked, as far as the path tells, and beyond our routes as far as the headers do.
pub fn asked_by(site: &Site, head: &Head<'_>) -> Surface {
    match place(site, head.path()) {
        Place::Route(route, _) => route.surface,
        Place::Nowhere(surface) => surface,
        Place::Origin if head.is_navigation() => Surface::Page,
        Place::Origin => Surface::Json,
    }
}

/// The answer to a request that is not for us, or came over plain http.
pub(super) fn host_refused(
    site: &Site,
    head: &Head<'_>,
    nonce: &str,
    refused: &Refused,
) -> Response {
    match refused {
        Refused::Upgrade(url) => {
            let response = Response {
                status: 308,
                headers: vec![("location", url.clone())],
                body: String::new(),
            };
            protect(response, site, nonce, Referrer::Nothing)
        }
        Refused::Misdirected => problem(
            site,
            head,
            nonce,
            asked_by(site, head),
            &Reply::new(421, Code::RequestMisdirected),
        ),
        Refused::Plain => problem(
            site,
            head,
            nonce,
            asked_by(site, head),
            &Reply::new(403, Code::RequestInsecure),
        ),
    }
}

/// A refusal as a page, for a page that cannot be shown.
pub(super) fn problem_of<R: Realm>(visit: &Visit<'_, R>, nonce: &str, reply: &Reply) -> Response {
    bare_problem(visit.site, visit.head, nonce, Surface::Page, reply)
}

/// A refusal for whoever asked, with the headers every answer of ours carries.
pub fn problem(
    site: &Site,
    head: &Head<'_>,
    nonce: &str,
    surface: Surface,
    reply: &Reply,
) -> Response {
    protect(
        bare_problem(site, head, nonce, surface, reply),
        site,
        nonce,
        Referrer::OwnPages,
    )
}

fn bare_problem(
    site: &Site,
    head: &Head<'_>,
    nonce: &str,
    surface: Surface,
    reply: &Reply,
) -> Response {
    let mut response = reply.json(&site.brand.words);
    if surface != Surface::Page {
        return response;
    }
    let shell = Shell {
        brand: &site.brand,
        nonce,
        prefix: &site.config.prefixes.pages,
        feedback: None,
    };
    let view = Problem {
        shell,
        status: reply.status,
        what: reply.feedback(),
        request_id: head.id.as_str(),
    };
    response.body = view.html();
    response.headers.retain(|(name, _)| *name != "content-type");
    response
        .headers
        .push(("content-type", "text/html; charset=utf-8".to_owned()));
    response
}

/// A fresh nonce for a page's style.
pub(super) fn nonce(dice: &mut dyn Dice) -> String {
    encoding::base64url(&roll::<16>(dice))
}
