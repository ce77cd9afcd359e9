//! The layer around a real router, signed for by hand from docs/identity.md: the signer and the verifier cannot be
//! wrong in the same way.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test may fail"
)]

use std::{
    cell::RefCell,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{Extension, Router, body::Body, http::Request, routing::any};
use data_encoding::BASE64;
use edgeward_origin::{
    EdgewardLayer, Jwks, Keys, MemoryNonces, Mistake, Nonces, Reason, Taken, Verified, Verifier,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tower::ServiceExt as _;

const AUDIENCE: &str = "https://app.example.com";
static NONCE: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static REASONS: RefCell<Vec<Reason>> = const { RefCell::new(Vec::new()) };
}

fn verifier() -> Verifier {
    let keys = Keys::from_bytes([("k1".to_owned(), vec![7; 32])]).unwrap();
    Verifier::new(keys, AUDIENCE).unwrap()
}

fn layer(verifier: Verifier) -> EdgewardLayer {
    EdgewardLayer::new(verifier).with_log(|reason| REASONS.with_borrow_mut(|all| all.push(reason)))
}

async fn hello(Extension(asked): Extension<Verified>) -> String {
    asked.person().unwrap().account.clone()
}

fn router() -> Router {
    Router::new().fallback(hello).layer(layer(verifier()))
}

/// Headers for somebody who asks for a target now.
fn signed(method: &str, target: &str) -> Vec<(&'static str, String)> {
    let created = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
    let identity = format!(
        r#"account="acc_ann", session="ses_1", roles=(), at={created}, methods=(password), aud="{AUDIENCE}", target="{target}", id="req_1""#
    );
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parameters = format!(
        r#"("@method" "@path" "@query" "edgeward-identity");created={created};expires={};nonce="n{nonce}";keyid="k1";tag="edgeward""#,
        created + 15
    );
    let base = format!(
        "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"edgeward-identity\": {identity}\n\"@signature-params\": {parameters}"
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    mac.update(base.as_bytes());
    let mac = BASE64.encode(&mac.finalize().into_bytes());
    vec![
        ("edgeward-identity", identity),
        ("signature-input", format!("edgeward={parameters}")),
        ("signature", format!("edgeward=:{mac}:")),
    ]
}

/// What comes of a request, and why it was refused if it was.
async fn ask(
    app: &Router,
    method: &str,
    target: &str,
    headers: &[(&'static str, String)],
) -> String {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1000)
        .await
        .unwrap();
    let reasons = REASONS.take();
    let reasons: Vec<_> = reasons.into_iter().map(Reason::as_str).collect();
    let text = str::from_utf8(&body).unwrap().trim();
    format!("{} {text} {}", status.as_u16(), reasons.join(" "))
        .trim()
        .to_owned()
}

#[tokio::test]
async fn it_believes_this_very_request_alone() {
    let app = router();
    let target = "/private/%C3%BC%2fx?a=%20b&c";
    assert_eq!(
        ask(&app, "GET", target, &signed("GET", target)).await,
        "200 acc_ann"
    );
    assert_eq!(
        ask(&app, "GET", "/x?", &signed("GET", "/x?")).await,
        "200 acc_ann"
    );
    assert_eq!(
        ask(&app, "GET", target, &[]).await,
        "403 Forbidden missing_header"
    );
    assert_eq!(
        ask(&app, "GET", "/other", &signed("GET", target)).await,
        "403 Forbidden wrong_signature"
    );
    assert_eq!(
        ask(&app, "POST", target, &signed("GET", target)).await,
        "403 Forbidden wrong_signature"
    );
    for (name, reason) in [
        ("edgeward-identity", "duplicate_header"),
        ("edgeward_identity", "alias_header"),
    ] {
        let mut headers = signed("GET", target);
        headers.push((name, "account=anonymous".to_owned()));
        assert_eq!(
            ask(&app, "GET", target, &headers).await,
            format!("403 Forbidden {reason}")
        );
    }
}

#[tokio::test]
async fn what_changes_something_is_believed_once() {
    let app = router();
    let headers = signed("POST", "/orders");
    assert_eq!(ask(&app, "POST", "/orders", &headers).await, "200 acc_ann");
    assert_eq!(
        ask(&app, "POST", "/orders", &headers).await,
        "403 Forbidden replayed"
    );
}

#[tokio::test]
async fn a_router_that_sees_another_uri_refuses() {
    let inner = Router::new()
        .route("/x", any(hello))
        .layer(layer(verifier()));
    let app = Router::new().nest("/app", inner);
    let headers = signed("GET", "/app/x");
    assert_eq!(
        ask(&app, "GET", "/app/x", &headers).await,
        "403 Forbidden wrong_signature"
    );
}

struct Failing;
impl Nonces for Failing {
    fn take<'a>(&'a self, _: &'a str, _: i64, _: i64) -> Taken<'a> {
        Box::pin(async { Err("no connection".into()) })
    }
}

#[tokio::test]
async fn a_store_that_fails_or_is_full_lets_nothing_through() {
    let stores = [
        verifier().with_nonces(Failing),
        verifier().with_nonces(MemoryNonces::with_room_for(0)),
    ];
    for verifier in stores {
        let app = Router::new().fallback(hello).layer(layer(verifier));
        let answer = ask(&app, "POST", "/orders", &signed("POST", "/orders")).await;
        assert_eq!(answer, "403 Forbidden nonce_store_failed");
        assert_eq!(
            ask(&app, "GET", "/", &signed("GET", "/")).await,
            "200 acc_ann"
        );
    }
}

#[test]
fn settings_that_cannot_be_right_are_mistakes() {
    let key = "k1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let keys = Keys::parse(key).unwrap();
    for (keys, mistake) in [
        ("", Mistake::Keys),
        ("k1", Mistake::Keys),
        ("k1:AAAA", Mistake::ShortKey),
        (&key.replace("k1", ""), Mistake::Keys),
        (&format!("{key}="), Mistake::Keys),
        (&key.replace("BwcHBwc", "BwcHBw/"), Mistake::Keys),
    ] {
        assert_eq!(Keys::parse(keys).unwrap_err(), mistake, "{keys}");
    }
    assert_eq!(Verifier::new(keys, "").unwrap_err(), Mistake::Audience);

    let one = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a1"}"#;
    let set = format!(r#"{{"keys":[{one}]}}"#);
    for wrong in [
        "",
        "{",
        "null",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":[]}"#,
        &set.replace("OKP", "EC"),
        &format!(r#"{{"keys":[{one},{one}]}}"#),
    ] {
        assert_eq!(Jwks::parse(wrong).unwrap_err(), Mistake::Jwks, "{wrong}");
    }
    let set = || Jwks::parse(&set).unwrap();
    for issuer in [
        "",
        "shop",
        "app.example.com",
        "https://",
        "https://app.example.com/",
        "https://App.example.com",
    ] {
        let refused = Verifier::new(set().of_issuer(issuer), AUDIENCE).unwrap_err();
        assert_eq!(refused, Mistake::Issuer, "{issuer}");
    }
    assert_eq!(
        Verifier::new(set(), "shop").unwrap_err(),
        Mistake::Issuer,
        "an audience that is no URL does not tell the issuer"
    );
    assert!(Verifier::new(set().of_issuer(AUDIENCE), "shop").is_ok());
    assert!(Verifier::new(set(), AUDIENCE).is_ok());
}
