//! The answer while settings are wrong: nothing is served until they are right. What is wrong is shown on
//! loopback hosts only.

use super::{
    head::Head,
    headers::{Referrer, protect, protect_unset},
    problem::nonce,
    reply::{Reply, Response},
    site::Site,
};
use crate::{
    config::is_loopback,
    kit::dice::Dice,
    pages::{Brand, Code, ConfigProblems, Page, Problem, Shell},
};

/// The answer. `problems`: what is wrong, a line each; `site`: the settings, where they can be read all the same.
pub fn answer(
    problems: &[String],
    site: Option<&Site>,
    head: Option<&Head<'_>>,
    dice: &mut dyn Dice,
) -> Response {
    let brand = Brand::default();
    let nonce = nonce(dice);
    let shell = Shell {
        brand: &brand,
        nonce: &nonce,
        prefix: "/login",
        feedback: None,
    };
    let host = head.map_or("", |head| {
        head.host
            .rsplit_once(':')
            .map_or(head.host, |(name, _)| name)
    });
    let html = if is_loopback(host) {
        ConfigProblems { shell, problems }.html()
    } else {
        let what = Code::ConfigInvalid.into();
        Problem {
            shell,
            status: 503,
            what,
            request_id: head.map_or("", |head| head.id.as_str()),
        }
        .html()
    };
    let wants_page = head.is_none_or(Head::is_navigation);
    let mut response = Reply::new(503, Code::ConfigInvalid).json(&brand.words);
    if wants_page {
        response.body = html;
        response.headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
    }
    response.headers.push(("retry-after", "60".to_owned()));
    match site {
        Some(site) => protect(response, site, &nonce, Referrer::Nothing),
        None => protect_unset(response, &nonce),
    }
}
