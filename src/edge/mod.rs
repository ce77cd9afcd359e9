//! The Worker: the one place that knows the runtime. It has no rules.
//!
//! `entry.mjs` is the main module; it calls [`gate`] and, for what must wait, [`serve`]. Its object classes
//! hand their commands and alarms to the halves in [`objects`].

mod glue;
mod hashing;
mod objects;
mod realm;
mod sql;

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::prelude::*;
use web_sys::{Headers, Request, ResponseInit};

use self::{glue::RuntimeDice, realm::Worker};
use crate::{
    config::Settings,
    kit::{
        id::{AccountId, RequestId},
        time::Time,
    },
    web::{
        app,
        forward::Forward,
        gate::{self as rules, Verdict},
        happening::Happening,
        head::Head,
        not_ready,
        realm::Realm as _,
        reply::Response,
        site::Site,
        told::{LARGEST_SIGNED_BODY, Unsigned},
    },
};

/// What the settings came to: a gateway, or what is wrong with them.
type Ready = Result<Rc<Site>, Rc<Vec<String>>>;

/// What is said when everything stored is named by another key.
const NAMES_CHANGED: &str = "NAME_KEY was changed: everything stored is named by the old one. Set it back; it is permanent.";

thread_local! {
    /// Read once per isolate: settings do not change under a running one.
    static READY: RefCell<Option<Ready>> = const { RefCell::new(None) };
}

/// The time. The one place that reads the clock.
#[expect(
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "the edge passes time in; \
    milliseconds since 1970 are whole numbers far below 2^53"
)]
fn now() -> Time {
    Time(js_sys::Date::now() as i64)
}

/// The gate: a response, the promise of one, or `undefined` for what must wait.
#[wasm_bindgen]
pub fn gate(request: &Request, env: &JsValue) -> JsValue {
    let Ok(site) = ready(env) else {
        return JsValue::UNDEFINED;
    };
    let text = glue::head(request, false);
    let mut dice = RuntimeDice;
    let Some(head) = Head::parse(&text, RequestId::fresh(&mut dice)) else {
        return JsValue::UNDEFINED;
    };
    match rules::judge(&site, &head, now(), &mut dice) {
        Verdict::Ours | Verdict::Ask(_) | Verdict::Weigh(_) => JsValue::UNDEFINED,
        Verdict::Answer(response) => respond(&response, head.method),
        Verdict::Denied(account, response) => denied(env, &site, &head, &account, &response),
        Verdict::Forward(forward) => glue::forward(request, env, &site, &forward).into(),
    }
}

/// The answer to a request that the gate sent on, and that the origin did not answer; `cause` says why.
#[wasm_bindgen]
pub fn lost(request: &Request, env: &JsValue, cause: &JsValue) -> JsValue {
    let text = glue::head(request, false);
    let mut dice = RuntimeDice;
    match (ready(env), Head::parse(&text, RequestId::fresh(&mut dice))) {
        (Ok(site), Some(head)) => no_origin(env, &site, &head, cause),
        _ => respond(&bare(502), "GET"),
    }
}

/// Everything that must wait: our own routes, and requests whose session must be asked for.
#[wasm_bindgen]
pub async fn serve(request: Request, env: JsValue) -> JsValue {
    let text = glue::head(&request, true);
    let mut dice = RuntimeDice;
    let head = Head::parse(&text, RequestId::fresh(&mut dice));
    let site = match ready(&env) {
        Ok(site) => site,
        Err(problems) => {
            return respond(
                &not_ready::answer(&problems, None, head.as_ref(), &mut dice),
                request.method().as_str(),
            );
        }
    };
    let Some(head) = head else {
        return respond(&bare(400), "GET");
    };
    let worker = Worker::new(Rc::clone(&site), env.clone());
    if worker.names_changed().await {
        worker::console_error!("{NAMES_CHANGED}");
        let problems = [NAMES_CHANGED.to_owned()];
        let response = not_ready::answer(&problems, Some(&site), Some(&head), &mut dice);
        return respond(&response, head.method);
    }
    let mut judged = now();
    let verdict = match rules::judge(&site, &head, judged, &mut dice) {
        Verdict::Ask(question) => {
            let answers = rules::ask(&worker, &question).await;
            judged = now();
            rules::answered(&site, &head, &question, answers, judged, &mut dice)
        }
        other => other,
    };
    match verdict {
        Verdict::Answer(response) => respond(&response, head.method),
        Verdict::Denied(account, response) => denied(&env, &site, &head, &account, &response),
        Verdict::Forward(forward) => onward(&request, &env, &site, &head, &forward).await,
        Verdict::Weigh(unsigned) => weighed(&request, &env, &site, &head, unsigned, judged).await,
        Verdict::Ours => ours(&site, &worker, &head, &request).await,
        Verdict::Ask(_) => respond(&bare(500), head.method),
    }
}

async fn ours(site: &Site, worker: &Worker, head: &Head<'_>, request: &Request) -> JsValue {
    let mut dice = RuntimeDice;
    let admitted = match app::admit(site, head, &mut dice) {
        Ok(admitted) => admitted,
        Err(response) => return respond(&response, head.method),
    };
    let body = if admitted.has_body {
        glue::body(request, app::LARGEST_BODY).await
    } else {
        Some(Vec::new())
    };
    let Some(body) = body else {
        return respond(&app::too_large(site, head, &mut dice), head.method);
    };
    respond(
        &app::answer(site, worker, head, admitted, &body).await,
        head.method,
    )
}

/// The origin's answer to a request that is signed with its body. Whoever sends a body slowly is the one who was
/// judged when its head came: what is signed is as old as that, and goes no further when it is too old.
async fn weighed(
    request: &Request,
    env: &JsValue,
    site: &Rc<Site>,
    head: &Head<'_>,
    unsigned: Unsigned,
    judged: Time,
) -> JsValue {
    let mut dice = RuntimeDice;
    let digest = if Unsigned::is_too_large(head) {
        None
    } else {
        glue::digest(request, LARGEST_SIGNED_BODY).await
    };
    let Some(digest) = digest else {
        let response = unsigned.too_large(site, head, &mut dice);
        return respond(&response, head.method);
    };
    if Unsigned::is_late(judged, now()) {
        return respond(&unsigned.too_late(site, head, &mut dice), head.method);
    }
    let forward = unsigned.sign(site, head, Some(&digest), judged, &mut dice);
    onward(request, env, site, head, &forward).await
}

/// The origin's answer, or ours when it gives none.
async fn onward(
    request: &Request,
    env: &JsValue,
    site: &Rc<Site>,
    head: &Head<'_>,
    forward: &Forward,
) -> JsValue {
    match wasm_bindgen_futures::JsFuture::from(glue::forward(request, env, site, forward)).await {
        Ok(response) => response,
        Err(cause) => no_origin(env, site, head, &cause),
    }
}

/// Our answer in the place of the origin's; the log says so.
fn no_origin(env: &JsValue, site: &Rc<Site>, head: &Head<'_>, cause: &JsValue) -> JsValue {
    let worker = Worker::new(Rc::clone(site), env.clone());
    worker.log_of(site, head, Happening::OriginUnreachable, None);
    let response = rules::no_origin(site, head, glue::is_late(cause), &mut RuntimeDice);
    respond(&response, head.method)
}

/// Our answer to somebody who lacks the role; the log says so.
fn denied(
    env: &JsValue,
    site: &Rc<Site>,
    head: &Head<'_>,
    account: &AccountId,
    response: &Response,
) -> JsValue {
    let worker = Worker::new(Rc::clone(site), env.clone());
    worker.log_of(site, head, Happening::AccessDenied, Some(account));
    respond(response, head.method)
}

fn ready(env: &JsValue) -> Ready {
    READY.with_borrow_mut(|ready| ready.get_or_insert_with(|| read(env)).clone())
}

fn read(env: &JsValue) -> Ready {
    let settings: Settings = serde_json::from_str(&glue::settings(env)).unwrap_or_default();
    match Site::new(&settings) {
        Ok(site) => {
            for warning in &site.config.warnings {
                worker::console_warn!("{warning}");
            }
            Ok(Rc::new(site))
        }
        Err(problems) => {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            for problem in &problems {
                worker::console_error!("{problem}");
            }
            Err(Rc::new(problems))
        }
    }
}

fn bare(status: u16) -> Response {
    Response {
        status,
        headers: Vec::new(),
        body: String::new(),
    }
}

fn respond(response: &Response, method: &str) -> JsValue {
    let built = || -> Result<web_sys::Response, JsValue> {
        let headers = Headers::new()?;
        for (name, value) in &response.headers {
            headers.append(name, value)?;
        }
        let init = ResponseInit::new();
        init.set_status(response.status);
        init.set_headers(&headers);
        let body =
            (!response.body.is_empty() && method != "HEAD").then_some(response.body.as_str());
        web_sys::Response::new_with_opt_str_and_init(body, &init)
    };
    built().map_or(JsValue::UNDEFINED, Into::into)
}
