//! The fetched set of keys: how often it is fetched, and what holds when it cannot be. Signed for by hand from
//! docs/identity.md.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer as _, SigningKey};
use edgeward_origin::{Jwks, Verifier};
use futures_util::{FutureExt as _, future::join_all};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::Notify;

const AUDIENCE: &str = "https://app.example.com";

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(0) };
    static FAILURES: Cell<u32> = const { Cell::new(0) };
}

/// What is published, or what comes instead; and how often it was asked for.
#[derive(Default)]
struct World {
    published: Mutex<Option<String>>,
    asked: AtomicU32,
    /// Where it is asked for, an answer waits for this.
    gate: Option<Notify>,
}

impl World {
    fn publishes(&self, ids: &[u8]) {
        let keys: Vec<Value> = ids.iter().map(|id| public(*id)).collect();
        *self.published.lock().unwrap() = Some(json!({ "keys": keys }).to_string());
    }

    fn fails_by(&self, instead: Option<&str>) {
        *self.published.lock().unwrap() = instead.map(str::to_owned);
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

fn start(world: World) -> (Arc<World>, Verifier) {
    NOW.set(1_800_000_000);
    let world = Arc::new(world);
    let asked = Arc::clone(&world);
    let keys = Jwks::fetched_by(move || {
        let world = Arc::clone(&asked);
        world.asked.fetch_add(1, Ordering::Relaxed);
        async move {
            if let Some(gate) = &world.gate {
                gate.notified().await;
            }
            let published = world.published.lock().unwrap().clone();
            published.ok_or("no connection")
        }
    });
    let keys = keys.with_log(|_| FAILURES.set(FAILURES.get().saturating_add(1)));
    let verifier = Verifier::new(keys, AUDIENCE).unwrap();
    (world, verifier.with_clock(|| NOW.get()))
}

fn pair(id: u8) -> SigningKey {
    SigningKey::from_bytes(&[id; 32])
}

fn public(id: u8) -> Value {
    let x = BASE64URL_NOPAD.encode(pair(id).verifying_key().as_bytes());
    json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": format!("a{id}"), "alg": "EdDSA", "use": "sig"})
}

fn asserted(id: u8) -> HeaderMap {
    let now = NOW.get();
    let claims = json!({
        "iss": AUDIENCE, "aud": AUDIENCE, "iat": now, "exp": now.saturating_add(60), "jti": "req_1", "htm": "GET",
        "htu": format!("{AUDIENCE}/"), "sub": "acc_ann", "sid": "ses_1", "roles": [], "methods": [], "auth_time": now,
    });
    let header = json!({"alg": "EdDSA", "typ": "edgeward+jwt", "kid": format!("a{id}")});
    let [header, claims] =
        [header, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()));
    let signed = format!("{header}.{claims}");
    let signature = pair(id).sign(signed.as_bytes()).to_bytes();
    let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature));
    let mut headers = HeaderMap::new();
    headers.insert("edgeward-assertion", HeaderValue::try_from(token).unwrap());
    headers
}

async fn ask(verifier: &Verifier, id: u8) -> String {
    match verifier.check("GET", "/", &asserted(id)).await {
        Ok(asked) => asked.person().unwrap().account.clone(),
        Err(reason) => reason.as_str().to_owned(),
    }
}

fn pass(seconds: i64) {
    NOW.set(NOW.get().saturating_add(seconds));
}

#[tokio::test]
async fn a_set_is_fetched_once_for_many_and_kept_for_five_minutes() {
    let (world, verifier) = start(World {
        gate: Some(Notify::new()),
        ..World::default()
    });
    world.publishes(&[1]);
    let mut asking: Vec<_> = (0..30).map(|_| ask(&verifier, 1).boxed_local()).collect();
    for one in &mut asking {
        assert!(one.now_or_never().is_none(), "it waits for the set");
    }
    // Who leaves takes nothing from the others, not even who drove the fetch.
    drop(asking.remove(0));
    world.gate.as_ref().unwrap().notify_one();
    assert!(join_all(asking).await.iter().all(|told| told == "acc_ann"));
    pass(299);
    assert_eq!(ask(&verifier, 1).await, "acc_ann");
    assert_eq!(world.asked(), 1);
    pass(1);
    world.gate.as_ref().unwrap().notify_one();
    assert_eq!(ask(&verifier, 1).await, "acc_ann");
    assert_eq!(ask(&verifier, 1).await, "acc_ann");
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_key_that_is_taken_away_is_believed_for_five_minutes_at_most() {
    let (world, verifier) = start(World::default());
    world.publishes(&[1]);
    assert_eq!(ask(&verifier, 1).await, "acc_ann");
    world.publishes(&[2]);
    pass(299);
    assert_eq!(ask(&verifier, 1).await, "acc_ann");
    pass(1);
    assert_eq!(ask(&verifier, 1).await, "unknown_key");
    assert_eq!(ask(&verifier, 2).await, "acc_ann");
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_made_up_ones_cause_few_fetches() {
    let (world, verifier) = start(World::default());
    world.publishes(&[1]);
    assert_eq!(ask(&verifier, 1).await, "acc_ann");
    world.publishes(&[2, 1]);
    let told = join_all((0..20).map(|_| ask(&verifier, 2))).await;
    assert!(told.iter().all(|told| told == "acc_ann"));
    assert_eq!(world.asked(), 2);
    for fetches in [2, 3] {
        for made_up in 10..30 {
            assert_eq!(ask(&verifier, made_up).await, "unknown_key");
        }
        assert_eq!(world.asked(), fetches);
        pass(5);
    }
}

#[tokio::test]
async fn where_no_set_comes_what_is_known_holds_for_an_hour_and_nothing_without_it() {
    let twice = json!({"keys": [public(1), public(1)]}).to_string();
    for instead in [
        None,
        Some("<html>"),
        Some("[]"),
        Some(r#"{"keys":{}}"#),
        Some(&twice),
    ] {
        let (world, verifier) = start(World::default());
        world.fails_by(instead);
        FAILURES.set(0);
        assert_eq!(ask(&verifier, 1).await, "keys_unavailable");
        assert_eq!(ask(&verifier, 1).await, "keys_unavailable");
        assert_eq!((world.asked(), FAILURES.get()), (1, 1), "not again at once");
        world.publishes(&[1]);
        pass(5);
        assert_eq!(ask(&verifier, 1).await, "acc_ann");
        world.fails_by(instead);
        pass(3599);
        assert_eq!(ask(&verifier, 1).await, "acc_ann");
        assert_eq!(ask(&verifier, 2).await, "keys_unavailable");
        assert_eq!(world.asked(), 3);
        pass(1);
        assert_eq!(ask(&verifier, 1).await, "keys_unavailable");
        world.publishes(&[1]);
        pass(5);
        assert_eq!(ask(&verifier, 1).await, "acc_ann");
    }
}

#[cfg(feature = "fetch")]
mod fetched {
    use std::{
        io::{Read as _, Write as _},
        net::{TcpListener, TcpStream},
        thread,
    };

    use edgeward_origin::Mistake;

    use super::*;

    fn answer(status: &str, body: &str) -> String {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nLocation: /x\r\n\r\n{body}")
    }

    /// What is right, in a place that nobody named.
    fn elsewhere() -> String {
        answer("200 OK", &json!({"keys": [public(1)]}).to_string())
    }

    /// A server that gives each who asks the same bytes, and then leaves them waiting or not.
    fn serve(answer: String, ends: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut asked = [0; 4096];
                let read = stream.read(&mut asked).unwrap();
                let asked = String::from_utf8_lossy(asked.get(..read).unwrap());
                let redirected = !asked.starts_with("GET /auth/jwks.json ");
                let answer = if redirected {
                    elsewhere()
                } else {
                    answer.clone()
                };
                stream.write_all(answer.as_bytes()).unwrap();
                if !ends {
                    open.push(stream);
                }
            }
        });
        format!("http://127.0.0.1:{port}/auth/jwks.json")
    }

    async fn told(answer: String, ends: bool) -> String {
        NOW.set(1_800_000_000);
        let keys = Jwks::at(&serve(answer, ends)).unwrap();
        let verifier = Verifier::new(keys, AUDIENCE).unwrap();
        ask(&verifier.with_clock(|| NOW.get()), 1).await
    }

    #[tokio::test]
    async fn it_comes_over_http_whole_and_in_time_or_not_at_all() {
        let set = json!({"keys": [public(1)]}).to_string();
        let large = format!("{}{set}", " ".repeat(64 * 1024));
        assert_eq!(told(answer("200 OK", &set), true).await, "acc_ann");
        for (answer, ends) in [
            (answer("503 Busy", &set), true),
            (answer("302 Found", &set), true),
            (answer("204 No Content", ""), true),
            (answer("200 OK", &large), true),
            (
                answer("200 OK", &set).replace("Length: ", "Length: 9"),
                true,
            ),
            (
                answer("200 OK", &set).replace("Length: ", "Length: 9"),
                false,
            ),
            (String::new(), true),
        ] {
            let told = told(answer.clone(), ends).await;
            assert_eq!(told, "keys_unavailable", "{answer}");
        }
    }

    #[test]
    fn it_comes_by_https_or_from_this_machine() {
        for url in [
            "https://app.example.com/auth/jwks.json",
            "http://localhost:8080/",
            "http://127.0.0.1:1/",
            "http://[::1]:8/",
        ] {
            assert!(Jwks::at(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "/auth/jwks.json",
            "app.example.com",
            "https://",
            "http://app.example.com/auth/jwks.json",
            "http://localhost.example.com/",
            "ftp://localhost/",
            "https://ann:secret@app.example.com/",
            "http://localhost@evil.example/",
        ] {
            assert_eq!(Jwks::at(url).unwrap_err(), Mistake::Url, "{url}");
        }
    }
}
