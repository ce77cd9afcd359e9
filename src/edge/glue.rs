//! `glue.js` from Rust's side, typed.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;

use crate::{
    config::Origin,
    kit::dice::Dice,
    object::Unreachable,
    outbox::{PATIENCE, Receipt, Webhook},
    web::{cookie, forward::Forward, site::Site},
};

/// How long an object may take to answer, in milliseconds.
const OBJECT_PATIENCE: u32 = 3_000;

#[wasm_bindgen(module = "/src/edge/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = head)]
    pub(super) fn head(request: &Request) -> String;
    #[wasm_bindgen(js_name = settings)]
    pub(super) fn settings(env: &JsValue) -> String;
    #[wasm_bindgen(js_name = body)]
    fn js_body(request: &Request, most: u32) -> Promise;
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
    #[wasm_bindgen(js_name = forward)]
    fn js_forward(
        request: &Request,
        binding: &JsValue,
        url: &str,
        remove: &Array,
        set: &Array,
        finish: &Object,
    ) -> Promise;
}

/// The runtime's generator.
pub(super) struct RuntimeDice;

impl Dice for RuntimeDice {
    #[expect(clippy::disallowed_methods, reason = "the edge passes randomness in")]
    fn fill(&mut self, bytes: &mut [u8]) {
        // The runtime's generator does not fail. Should it, the bytes stay zero, which no check accepts
        // twice: better than a panic that takes every request with it.
        let _ = getrandom::fill(bytes);
    }
}

/// A body of at most so many bytes; `None` when there is more, or it broke off.
pub(super) async fn body(request: &Request, most: u32) -> Option<Vec<u8>> {
    let bytes = JsFuture::from(js_body(request, most)).await.ok()?;
    bytes
        .dyn_into::<Uint8Array>()
        .ok()
        .map(|bytes| bytes.to_vec())
}

/// Asks the object of this name behind a binding.
pub(super) async fn ask(
    env: &JsValue,
    binding: &str,
    name: &str,
    region: Option<&str>,
    text: &str,
) -> Result<String, Unreachable> {
    let namespace = Reflect::get(env, &binding.into()).map_err(|_| Unreachable)?;
    let asked = js_ask(&namespace, name, region, text, OBJECT_PATIENCE);
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

/// Sends a request on. The promise is the answer; it fails when the origin gives none.
pub(super) fn forward(request: &Request, env: &JsValue, site: &Site, forward: &Forward) -> Promise {
    let (binding, origin) = match &site.config.origin {
        Origin::Url(url) => (JsValue::UNDEFINED, JsValue::from_str(url)),
        Origin::Binding => (
            Reflect::get(env, &"ORIGIN".into()).unwrap_or_default(),
            JsValue::UNDEFINED,
        ),
    };
    let remove: Array = forward
        .remove
        .iter()
        .map(|name| JsValue::from_str(name))
        .collect();
    let set: Array = forward
        .set
        .iter()
        .flat_map(|(name, value)| [JsValue::from_str(name), JsValue::from_str(value)])
        .collect();
    let cookies: Array = forward
        .finish
        .cookies
        .iter()
        .map(|cookie| JsValue::from_str(cookie.as_str()))
        .collect();
    let window = forward
        .finish
        .window
        .map_or(JsValue::UNDEFINED, |window| window.to_string().into());
    let finish = Object::new();
    for (name, value) in [
        ("cacheable", forward.cacheable.into()),
        ("private", forward.finish.private.into()),
        ("window", window),
        ("cookies", cookies.into()),
        ("cookiePrefix", cookie::PREFIX.to_ascii_lowercase().into()),
        ("origin", origin),
        ("public", JsValue::from_str(&site.config.public.origin)),
    ] {
        let _ = Reflect::set(&finish, &name.into(), &value);
    }
    js_forward(request, &binding, &forward.url, &remove, &set, &finish)
}
