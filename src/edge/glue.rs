//! `glue.js` from Rust's side, typed.

use std::cell::{OnceCell, RefCell};

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;

use crate::{
    config::Origin,
    kit::dice::Dice,
    object::Unreachable,
    outbox::{
        HOOK_PATIENCE, HookFailure, HookResponse, LARGEST_ANSWER, PATIENCE, Receipt, Webhook,
    },
    web::{cookie, forward::Forward, site::Site, watch::Watch},
};

/// How long an object may take to answer the Worker, in milliseconds.
pub(super) const WORKER_PATIENCE: u32 = 3_000;
/// How long it may take to answer another object, which somebody is waiting for meanwhile.
pub(super) const OBJECT_PATIENCE: u32 = 1_000;

#[wasm_bindgen(module = "/src/edge/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = head)]
    fn js_head(request: &Request, place: bool, into: &mut [u8]) -> i32;
    #[wasm_bindgen(js_name = settings)]
    pub(super) fn settings(env: &JsValue) -> String;
    #[wasm_bindgen(js_name = tell)]
    pub(super) fn tell(env: &JsValue, event: &str, outcome: &str, line: &str);
    #[wasm_bindgen(js_name = body)]
    fn js_body(request: &Request, most: u32) -> Promise;
    #[wasm_bindgen(js_name = digest)]
    fn js_digest(request: &Request, most: u32) -> Promise;
    #[wasm_bindgen(js_name = ask)]
    fn js_ask(
        namespace: &JsValue,
        name: &str,
        region: Option<&str>,
        text: &str,
        patience: u32,
    ) -> Promise;
    #[wasm_bindgen(js_name = post)]
    fn js_post(
        url: &str,
        id: &str,
        timestamp: &str,
        signature: &str,
        text: &str,
        patience: u32,
    ) -> Promise;
    #[wasm_bindgen(js_name = consult)]
    fn js_consult(
        url: &str,
        id: &str,
        timestamp: &str,
        signature: &str,
        text: &str,
        patience: u32,
        most: u32,
    ) -> Promise;
    #[wasm_bindgen(js_name = way)]
    fn js_way(origin: Option<&str>, here: &str, cookie_prefix: &str) -> Object;
    #[wasm_bindgen(js_name = forward)]
    fn js_forward(
        request: &Request,
        env: &JsValue,
        way: &Object,
        text: &str,
        cacheable: bool,
        personal: bool,
        window: Option<u32>,
    ) -> Promise;
}

thread_local! {
    /// What is the same for every request that goes on, made once: each text that crosses costs as much
    /// as a header.
    static WAY: OnceCell<Object> = const { OnceCell::new() };
    /// Room for the head of a request, kept from one to the next.
    static HEAD: RefCell<Vec<u8>> = RefCell::new(vec![0; 4096]);
    static DRAWN: RefCell<Drawn> = const { RefCell::new(Drawn { bytes: [0; Drawn::MANY], left: 0 }) };
}

/// The runtime's generator. A call of it costs more than the bytes, so they are drawn in advance.
pub(super) struct RuntimeDice;

/// Random bytes that nobody has been given; what was given is not kept.
struct Drawn {
    bytes: [u8; Self::MANY],
    left: usize,
}

impl Drawn {
    const MANY: usize = 512;

    /// As many as `bytes` has room for, drawn anew where too few are left.
    fn give(&mut self, bytes: &mut [u8]) {
        if bytes.len() > self.left {
            draw(&mut self.bytes);
            self.left = Self::MANY;
        }
        let from = self.left.saturating_sub(bytes.len());
        if let Some(given) = self.bytes.get_mut(from..self.left) {
            bytes.copy_from_slice(given);
            given.fill(0);
            self.left = from;
        }
    }
}

impl Dice for RuntimeDice {
    fn fill(&mut self, bytes: &mut [u8]) {
        if bytes.len() > Drawn::MANY {
            draw(bytes);
        } else {
            DRAWN.with_borrow_mut(|drawn| drawn.give(bytes));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge passes randomness in")]
fn draw(bytes: &mut [u8]) {
    // Everything secret comes from here. A generator that fails must not go unnoticed: this is the one
    // place that stops the whole instance on purpose.
    if getrandom::fill(bytes).is_err() {
        core::arch::wasm32::unreachable();
    }
}

/// The head of a request as a text, for [`Head::parse`](crate::web::head::Head::parse).
pub(super) fn head(request: &Request, place: bool) -> String {
    HEAD.with_borrow_mut(|buffer| {
        let mut written = js_head(request, place, buffer);
        if let Ok(wanted) = usize::try_from(written.saturating_neg()) {
            buffer.resize(wanted, 0);
            written = js_head(request, place, buffer);
        }
        let text = usize::try_from(written)
            .ok()
            .and_then(|end| buffer.get(..end));
        // What JavaScript wrote is UTF-8; what was not would be no request.
        text.and_then(|text| core::str::from_utf8(text).ok())
            .unwrap_or_default()
            .to_owned()
    })
}

/// A body of at most so many bytes; `None` when there is more, or it broke off.
pub(super) async fn body(request: &Request, most: u32) -> Option<Vec<u8>> {
    let bytes = JsFuture::from(js_body(request, most)).await.ok()?;
    bytes
        .dyn_into::<Uint8Array>()
        .ok()
        .map(|bytes| bytes.to_vec())
}

/// `Content-Digest` of a body of at most so many bytes, which stays to be sent on; `None` when there is more,
/// or it broke off.
pub(super) async fn digest(request: &Request, most: u32) -> Option<String> {
    let digest = JsFuture::from(js_digest(request, most)).await.ok()?;
    digest.as_string()
}

/// Asks the object of this name behind a binding.
pub(super) async fn ask(
    env: &JsValue,
    binding: &str,
    name: &str,
    region: Option<&str>,
    text: &str,
    patience: u32,
) -> Result<String, Unreachable> {
    let namespace = Reflect::get(env, &binding.into()).map_err(|_| Unreachable)?;
    let asked = js_ask(&namespace, name, region, text, patience);
    match JsFuture::from(asked).await {
        Ok(answer) => answer.as_string().ok_or(Unreachable),
        Err(cause) => {
            worker::console_error!("{binding} did not answer: {cause:?}");
            Err(Unreachable)
        }
    }
}

/// Hands a webhook over.
pub(super) async fn post(url: &str, webhook: &Webhook) -> Result<Receipt, Unreachable> {
    let Webhook {
        id,
        timestamp,
        signature,
        body,
    } = webhook;
    let patience = u32::try_from(PATIENCE.0).unwrap_or(u32::MAX);
    let posted = js_post(
        url,
        id.as_str(),
        timestamp,
        signature,
        body.reveal(),
        patience,
    );
    let answer = JsFuture::from(posted)
        .await
        .ok()
        .and_then(|answer| answer.as_string())
        .ok_or(Unreachable)?;
    let (status, after) = answer.split_once(' ').ok_or(Unreachable)?;
    let status = status.parse().map_err(|_| Unreachable)?;
    Ok(Receipt {
        status,
        retry_after: Some(after.to_owned()).filter(|after| !after.is_empty()),
    })
}

/// Asks a hook, and reads its whole answer in time or not at all.
pub(super) async fn consult(url: &str, webhook: &Webhook) -> Result<HookResponse, HookFailure> {
    let Webhook {
        id,
        timestamp,
        signature,
        body,
    } = webhook;
    let consulted = js_consult(
        url,
        id.as_str(),
        timestamp,
        signature,
        body.reveal(),
        u32::try_from(HOOK_PATIENCE.0).unwrap_or(u32::MAX),
        LARGEST_ANSWER,
    );
    let answer = JsFuture::from(consulted)
        .await
        .ok()
        .and_then(|answer| answer.as_string())
        .ok_or(HookFailure::Broken)?;
    let mut parts = answer.splitn(3, '\n');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("late"), None, None) => Err(HookFailure::Late),
        (Some("large"), None, None) => Err(HookFailure::TooLarge),
        (Some(status), Some(content_type), Some(body)) => Ok(HookResponse {
            status: status.parse().map_err(|_| HookFailure::Broken)?,
            content_type: content_type.to_owned(),
            body: body.to_owned(),
        }),
        _ => Err(HookFailure::Broken),
    }
}

/// Sends a request on. The promise is the answer; it fails when the origin gives none.
pub(super) fn forward(request: &Request, env: &JsValue, site: &Site, forward: &Forward) -> Promise {
    let finish = &forward.finish;
    let window = finish
        .window
        .and_then(|seconds| u32::try_from(seconds).ok());
    WAY.with(|known| {
        let way = known.get_or_init(|| way(site));
        js_forward(
            request,
            env,
            way,
            &lines(forward),
            forward.cacheable,
            finish.private,
            window,
        )
    })
}

/// Whether this is why a promise of [`forward`] failed: the origin took too long. Else it is not there, or
/// talks nonsense.
pub(super) fn is_late(cause: &JsValue) -> bool {
    *cause == "late"
}

fn way(site: &Site) -> Object {
    let origin = match &site.config.origin {
        Origin::Url(url) => Some(url.as_str()),
        Origin::Binding => None,
    };
    js_way(
        origin,
        &site.config.public.origin,
        &cookie::PREFIX.to_ascii_lowercase(),
    )
}

/// All that differs from request to request, as one text for one crossing. No part has a line break: each
/// came in by a line, or is ours.
fn lines(forward: &Forward) -> String {
    let mut text = String::with_capacity(1024);
    text.push_str(&forward.url);
    text.push('\n');
    for watch in &forward.finish.watches {
        match watch {
            Watch::Session(account, session) => {
                text.extend(["ACCOUNTS ", account.as_str(), " ", session.as_str(), ";"]);
            }
            Watch::Link(link) => text.extend(["LINKS ", link.as_str(), " ", link.as_str(), ";"]),
        }
    }
    for name in &forward.remove {
        text.extend(["\n-", name.as_str()]);
    }
    for (name, value) in &forward.set {
        text.extend(["\n=", name, ":", value]);
    }
    for (name, value) in &forward.told {
        text.extend(["\n=", name, ":", value]);
    }
    for cookie in &forward.finish.cookies {
        text.extend(["\n+", cookie.as_str()]);
    }
    text
}
