//! The vectors that every verifier passes: origin/vectors/.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use data_encoding::BASE64URL_NOPAD;
use edgeward_origin::{Claim, Jwks, Keys, MemoryNonces, Nonces as _, Trust, Verified, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use std::cell::Cell;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(0) };
}

#[tokio::test]
async fn identity() {
    judge_all(include_str!("../../vectors/identity.json")).await;
}

#[tokio::test]
async fn assertion() {
    judge_all(include_str!("../../vectors/assertion.json")).await;
}

async fn judge_all(text: &str) {
    let file: Value = serde_json::from_str(text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() > 100);
    for vector in vectors {
        let mut settings = file["settings"].as_object().unwrap().clone();
        settings.extend(vector["settings"].as_object().unwrap().clone());
        let judged = judge(&settings, &vector["request"]).await;
        assert_eq!(judged, vector["expected"], "{}", vector["name"]);
    }
}

async fn judge(settings: &Map<String, Value>, request: &Value) -> Value {
    NOW.set(settings["now"].as_i64().unwrap());
    let nonces = MemoryNonces::default();
    for (nonce, until) in settings["seen"].as_object().unwrap() {
        nonces
            .take(nonce, until.as_i64().unwrap(), 0)
            .await
            .unwrap();
    }
    let verifier = Verifier::new(trust(settings), settings["audience"].as_str().unwrap())
        .unwrap()
        .with_nonces(nonces)
        .with_clock(|| NOW.get());
    let mut headers = HeaderMap::new();
    for pair in request["headers"].as_array().unwrap() {
        let name: HeaderName = pair[0].as_str().unwrap().parse().unwrap();
        headers.append(
            name,
            HeaderValue::from_bytes(pair[1].as_str().unwrap().as_bytes()).unwrap(),
        );
    }
    let (method, target) = (&request["method"], &request["target"]);
    let judged = verifier
        .check(method.as_str().unwrap(), target.as_str().unwrap(), &headers)
        .await;
    match judged {
        Ok(asked) => believed(&asked),
        Err(reason) => json!({"refused": reason.as_str()}),
    }
}

fn trust(settings: &Map<String, Value>) -> Trust {
    if let Some(set) = settings.get("jwks") {
        let issuer = settings["issuer"].as_str().unwrap();
        return Jwks::parse(&set.to_string())
            .unwrap()
            .of_issuer(issuer)
            .into();
    }
    let keys = settings["keys"].as_object().unwrap().iter();
    let keys = keys.map(|(id, key)| {
        let key = BASE64URL_NOPAD.decode(key.as_str().unwrap().as_bytes());
        (id.clone(), key.unwrap())
    });
    Keys::from_bytes(keys).unwrap().into()
}

/// In the words of the vectors.
fn believed(verified: &Verified) -> Value {
    let person = verified.person();
    let link = verified.link.as_ref().map(|link| {
        let claims: Map<_, _> = link
            .claims
            .iter()
            .map(|(name, claim)| {
                let value = match claim {
                    Claim::Text(text) => json!(text),
                    Claim::Whole(number) => json!(number),
                    Claim::Decimal(number) => json!(number),
                    Claim::Flag(flag) => json!(flag),
                };
                (name.clone(), value)
            })
            .collect();
        json!({"id": link.id, "path": link.path, "claims": claims})
    });
    json!({
        "identity": {
            "account": person.map(|person| &person.account),
            "session": person.map(|person| &person.session),
            "roles": person.map_or(&[][..], |person| &person.roles),
            "methods": person.map_or(&[][..], |person| &person.methods),
            "authenticatedAt": person.map(|person| person.authenticated_at),
            "email": person.and_then(|person| person.email.as_ref()),
            "audience": verified.audience,
            "target": verified.target,
            "request": verified.request,
        },
        "link": link,
        "digest": verified.digest,
    })
}
