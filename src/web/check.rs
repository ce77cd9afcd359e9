//! `GET /auth/check`: a proxy of the operator's asks whether a request that it got may go on to the
//! application, and what the application is to be told of it (nginx `auth_request`, forward-auth).
//!
//! 1. Who asks proves to be that proxy, by its key ([`operator::check_proxy`]): from whoever else asks nothing is
//!    believed, and nothing is told to them.
//! 2. What it asks about is read out of the headers that `AUTH_CHECK` names. A proxy that leaves them out, or lets
//!    a visitor's own through beside them, gets no answer that it could take for a yes.
//! 3. That request is judged by the gate, with the visitor's headers, as if it had come to us.
//!
//! The headers of a yes are those that go to the application in place of the visitor's. They are signed for
//! what was asked about, so they are good for nothing else.

use super::{
    cookie::SetCookie,
    flow::Visit,
    forward::Forward,
    gate::{self, Verdict},
    guard,
    happening::Happening,
    head::Head,
    headers::{Referrer, protect},
    operator::{self, Proxy},
    realm::Realm,
    reply::{Reply, Response},
    site::Site,
};
use crate::{config::AuthCheck, pages::Code};

/// Answers a proxy.
pub(super) async fn answer<R: Realm>(visit: &Visit<'_, R>, nonce: &str) -> Response {
    let site = visit.site;
    let asked = match operator::check_proxy(visit).await {
        Ok(proxy) => asked_about(site, visit.head, &proxy),
        Err(refusal) => Err(refusal),
    };
    let ours = |response| protect(response, site, nonce, Referrer::OwnPages);
    let answered = match asked {
        Ok(asked) => match judged(visit, &asked).await {
            Verdict::Forward(forward) => ours(passed(site, &asked, forward)),
            Verdict::Answer(response) => response,
            Verdict::Denied(account, response) => {
                visit.log(Happening::AccessDenied, Some(&account));
                response
            }
            // Our own routes are no application's; and no rule has a body signed where a proxy asks.
            Verdict::Ours | Verdict::Weigh(_) | Verdict::Ask(_) => {
                ours(refused(site, &malformed()))
            }
        },
        Err(refusal) => ours(refused(site, &refusal)),
    };
    one_cookie(answered)
}

fn refused(site: &Site, refusal: &Reply) -> Response {
    refusal.json(&site.brand.words)
}

/// The proxy does not say what it asks about.
fn malformed() -> Reply {
    Reply::new(400, Code::CheckMalformed)
}

/// The request that the proxy asks about.
fn asked_about<'a>(site: &'a Site, head: &Head<'a>, _: &Proxy) -> Result<Head<'a>, Reply> {
    let public = &site.config.public;
    let forwarded = site.config.auth_check == AuthCheck::XForwarded;
    let [method, target] = if forwarded {
        ["x-forwarded-method", "x-forwarded-uri"]
    } else {
        ["x-original-method", "x-original-uri"]
    };
    let method = head.header(method).filter(|method| is_method(method));
    let target = head.header(target).filter(|target| is_target(target));
    let (method, target) = method.zip(target).ok_or_else(malformed)?;
    let mut asked = head.clone().about(method, target);
    asked.may_be_led = forwarded;
    asked.host = &public.host;
    asked.scheme = if public.https { "https" } else { "http" };
    if forwarded {
        asked.host = head.header("x-forwarded-host").ok_or_else(malformed)?;
        asked.scheme = match head.header("x-forwarded-proto") {
            Some("https" | "wss") => "https",
            Some("http" | "ws") => "http",
            _ => return Err(malformed()),
        };
    }
    match guard::host(&asked, site) {
        Ok(_) => Ok(asked),
        Err(guard::Refused::Misdirected) => Err(Reply::new(403, Code::RequestMisdirected)),
        Err(_) => Err(Reply::new(403, Code::RequestInsecure)),
    }
}

/// A method as it is sent (RFC 9110 §5.6.2). Two of them, joined by the runtime, are none.
fn is_method(text: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(token)
}

/// Path and query as they are sent: what a proxy passes on as it came, so that the application sees what was
/// signed. Two of them, joined by the runtime, have a space between and are none.
fn is_target(text: &str) -> bool {
    text.starts_with('/') && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
}

/// The gate's word on it.
async fn judged<'a, R: Realm>(visit: &Visit<'a, R>, asked: &Head<'_>) -> Verdict<'a> {
    let (site, realm) = (visit.site, visit.realm);
    let verdict = gate::judge(site, asked, realm.now(), &mut *realm.dice());
    match verdict {
        Verdict::Ask(question) => {
            let answers = gate::ask(realm, &question).await;
            let dice = &mut *realm.dice();
            gate::answered(site, asked, &question, answers, realm.now(), dice)
        }
        other => other,
    }
}

/// It may go on: what the application is to be told, and which of the visitor's cookies are its own.
fn passed(site: &Site, asked: &Head<'_>, forward: Forward) -> Response {
    let mut response = Reply::new(200, Code::CheckPassed).json(&site.brand.words);
    let theirs = forward.cookies(asked).map(str::to_owned);
    let Forward { told, finish, .. } = forward;
    let window = finish.window.map(|window| window.to_string());
    let cookies = finish.cookies.iter().map(SetCookie::as_str);
    let headers = &mut response.headers;
    headers.extend(told);
    headers.extend(theirs.map(|cookies| ("cookie", cookies)));
    headers.extend(window.map(|window| ("edgeward-window", window)));
    headers.extend(cookies.map(|cookie| ("set-cookie", cookie.to_owned())));
    response
}

/// Leaves the first cookie only: proxies join several into one that no browser reads. The first is the session's;
/// another one drops what is no more, and comes again.
fn one_cookie(mut response: Response) -> Response {
    let mut first = true;
    response
        .headers
        .retain(|(name, _)| *name != "set-cookie" || core::mem::take(&mut first));
    response
}

#[cfg(test)]
mod tests {
    use super::{is_method, is_target};

    #[test]
    fn what_is_asked_about_has_one_spelling() {
        for method in ["GET", "POST", "PROPFIND", "get"] {
            assert!(is_method(method), "{method}");
        }
        for other in [
            "", "GET, GET", "GET ", "GET/", "G\u{e4}T", "GET\t", "\"GET\"",
        ] {
            assert!(!is_method(other), "{other:?}");
        }
        for target in ["/", "/a?b=/../c", "//x", "/a%20b", "/a|b", "/?"] {
            assert!(is_target(target), "{target}");
        }
        for other in [
            "",
            "*",
            "x",
            "a.example:443",
            "https://app.example.org/x",
            "?x",
            "/a, /b",
            "/a b",
            "/a#b",
            "/\u{fc}",
            "/a\t",
            "/a\u{7f}",
        ] {
            assert!(!is_target(other), "{other:?}");
        }
    }
}
