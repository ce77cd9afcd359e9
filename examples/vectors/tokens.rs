//! Assertions that must be refused before a claim of theirs is read: for the headers, the token's form, its
//! header, its key or its signature.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    assertion::{ASSERTION, asserted},
    refused::swap,
    said::somebody,
    shape::{Expected, Vector},
    token::{Change, TARGET, Token, claiming, encoded, headed, header, published, signed},
};

/// What is refused before a claim is read.
pub fn vectors() -> Vec<Vector> {
    [headers(), forms(), token_headers(), algorithms_and_types()].concat()
}

/// What the gateway asserts of somebody.
pub fn plain() -> Vector {
    asserted("", "GET", TARGET, &somebody())
}

fn headers() -> Vec<Vector> {
    let plain = plain();
    let signed_otherwise = super::identity::signed("", "GET", TARGET, &somebody()).request;
    let mut vectors = vec![
        plain.refused("missing_header", "no header of ours", |v| {
            v.remove(ASSERTION);
        }),
        plain.refused(
            "missing_header",
            "the other form alone, rightly signed",
            |v| {
                v.request = signed_otherwise;
            },
        ),
        plain.refused("missing_header", "an assertion as a bearer token", |v| {
            let token = v.value(ASSERTION);
            v.remove(ASSERTION);
            v.add("authorization", &format!("Bearer {token}"));
        }),
        plain.refused("duplicate_header", "the assertion twice", |v| {
            let value = v.value(ASSERTION);
            v.add(ASSERTION, &value);
        }),
        plain.refused("duplicate_header", "another one in other letters", |v| {
            v.add("EDGEWARD-ASSERTION", "x");
        }),
        plain.refused("duplicate_header", "an empty one beside it", |v| {
            v.add(ASSERTION, "");
        }),
        plain.refused("duplicate_header", "two identities beside it", |v| {
            v.add("edgeward-identity", "account=anonymous");
            v.add("Edgeward-Identity", "account=anonymous");
        }),
        plain.refused("alias_header", "underscores in the place of hyphens", |v| {
            v.rename(ASSERTION, "edgeward_assertion");
        }),
    ];
    for alias in [
        "edgeward_assertion",
        "Edgeward.Assertion",
        "edgeward~assertion",
        "Edgeward_Identity",
        "signature_input",
        "edgeward_link",
    ] {
        vectors.push(
            plain.refused("alias_header", &format!("{alias} beside it"), |v| {
                v.add(alias, "x");
            }),
        );
    }
    vectors
}

/// The token is not three parts of base64url in its one spelling.
fn forms() -> Vec<Vector> {
    let plain = plain();
    let shapes: [(&str, Change); 14] = [
        ("nothing", |_| String::new()),
        ("two dots", |_| "..".into()),
        ("one part", |t| t.split('.').take(1).collect()),
        ("two parts", |t| {
            t.rsplit_once('.').unwrap_or_default().0.into()
        }),
        ("four parts", |t| format!("{t}.")),
        ("five parts", |t| format!("{t}.AAAA.AAAA")),
        ("no header", |t| {
            format!(".{}", t.split_once('.').unwrap_or_default().1)
        }),
        ("a scheme before it", |t| format!("Bearer {t}")),
        ("two tokens joined by a comma", |t| format!("{t}, {t}")),
        ("white space within", |t| swap(t, ".", ". ")),
        ("a tab at the end of the header", |t| swap(t, ".", "\t.")),
        ("a header with padding", |t| swap(t, ".", "=.")),
        ("a header of one character", |t| {
            format!("A.{}", t.split_once('.').unwrap_or_default().1)
        }),
        ("a character beyond ASCII", |t| swap(t, ".", "é.")),
    ];
    let mut vectors: Vec<_> = shapes
        .into_iter()
        .map(|(name, change)| {
            plain.refused("malformed_assertion", &format!("the token: {name}"), |v| {
                v.rewrite(ASSERTION, change);
            })
        })
        .collect();
    let token = Token::default();
    let (header, claims) = (encoded(&token.header), encoded(&token.claims));
    let odd = claiming(|c| {
        c.insert("email".into(), json!("~~~???"));
    });
    let standard = data_encoding::BASE64_NOPAD.encode(odd.claims.as_bytes());
    assert!(standard.contains(['+', '/']), "{standard}");
    for (name, header, claims) in [
        ("claims with padding", header.clone(), format!("{claims}=")),
        (
            "claims with loose bits",
            header.clone(),
            loose(&token.claims),
        ),
        ("claims in the other alphabet", header.clone(), standard),
        (
            "claims of an impossible length",
            header,
            format!("{}B", &claims[..claims.len() / 4 * 4]),
        ),
        ("a header with loose bits", loose(&token.header), claims),
    ] {
        let compact = signed(&header, &claims, token.seed);
        let expected = Expected::Refused {
            refused: "malformed_assertion",
        };
        vectors.push(token.carrying(
            &format!("the token, rightly signed: {name}"),
            compact,
            expected,
        ));
    }
    vectors
}

/// The same bytes in base64url that no encoder writes: a bit behind the last byte is set.
fn loose(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let padded = (0..3)
        .map(|n| format!("{text}{}", " ".repeat(n)))
        .find(|t| t.len() % 3 == 1);
    let written = encoded(padded.unwrap_or_default());
    let (rest, last) = written.split_at(written.len() - 1);
    let value = ALPHABET.find(last).unwrap_or_default();
    format!("{rest}{}", &ALPHABET[value | 1..][..1])
}

/// Headers that are none, all rightly signed.
fn token_headers() -> Vec<Vector> {
    let right = header("EdDSA", "edgeward+jwt", "a2");
    let text = right.to_string();
    let with = |name: &str, value: Value| {
        let mut header = right.clone();
        header[name] = value;
        header.to_string()
    };
    let public =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
    let wrong = [
        ("no JSON", "edgeward".to_owned()),
        ("JSON and more", format!("{text}x")),
        ("two objects", format!("{text}{text}")),
        ("no end", text.trim_end_matches('}').to_owned()),
        ("a comma at the end", swap(&text, "}", ",}")),
        ("a byte order mark", format!("\u{feff}{text}")),
        ("a list", format!("[{text}]")),
        ("a text", json!(text).to_string()),
        ("null", "null".into()),
        ("a number", "1".into()),
        ("names without quotes", swap(&text, r#""kid""#, "kid")),
        ("lists without end", "[".repeat(3000)),
        (
            "no key",
            json!({"alg": "EdDSA", "typ": "edgeward+jwt"}).to_string(),
        ),
        ("a key that is null", with("kid", Value::Null)),
        ("a key that is a number", with("kid", json!(2))),
        ("a key that is a list", with("kid", json!(["a2"]))),
        ("an empty key", with("kid", json!(""))),
        ("a key of 65 signs", with("kid", json!("a".repeat(65)))),
        ("a key with other signs", with("kid", json!("../a2"))),
        ("a key and a line feed", with("kid", json!("a2\n"))),
        ("crit", with("crit", json!(["exp"]))),
        ("an empty crit", with("crit", json!([]))),
        ("b64", with("b64", json!(false))),
        ("zip", with("zip", json!("DEF"))),
        ("cty", with("cty", json!("JWT"))),
        ("a key of its own", with("jwk", public)),
        (
            "a set of its own",
            with("jku", json!("https://evil.example/jwks.json")),
        ),
        ("a certificate of its own", with("x5c", json!(["AAAA"]))),
        (
            "the address of a certificate",
            with("x5u", json!("https://evil.example/x")),
        ),
    ];
    let mut vectors: Vec<_> = wrong
        .into_iter()
        .map(|(name, header)| {
            headed(&header).refused(
                "malformed_assertion",
                &format!("the token's header, rightly signed: {name}"),
            )
        })
        .collect();
    let bytes = encoded(b"{\"alg\":\"EdDSA\",\"typ\":\"edgeward+jwt\",\"kid\":\"a2\",\"\xff\":1}");
    let token = Token::default();
    let compact = signed(&bytes, &encoded(&token.claims), token.seed);
    vectors.push(token.carrying(
        "the token's header, rightly signed: not UTF-8",
        compact,
        Expected::Refused {
            refused: "malformed_assertion",
        },
    ));
    vectors
}

fn algorithms_and_types() -> Vec<Vector> {
    let token = Token::default();
    let claims = encoded(&token.claims);
    let mut vectors = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = encoded(header(alg, "edgeward+jwt", "a2").to_string());
        vectors.push(token.carrying(
            &format!("no signature, and the algorithm “{alg}”"),
            format!("{header}.{claims}."),
            Expected::Refused {
                refused: "wrong_algorithm",
            },
        ));
    }
    let public = data_encoding::BASE64URL_NOPAD
        .decode(published("a2").as_bytes())
        .unwrap_or_default();
    let pem = pem(&public);
    for (name, alg, secret) in [
        ("bytes", "HS256", public.as_slice()),
        ("text", "HS256", published("a2").as_bytes()),
        ("PEM", "HS256", pem.as_bytes()),
        ("bytes", "HS512", public.as_slice()),
    ] {
        let header = encoded(header(alg, "edgeward+jwt", "a2").to_string());
        let input = format!("{header}.{claims}");
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("keys of any length will do");
        mac.update(input.as_bytes());
        let token = token.carrying(
            &format!("{alg} by the {name} of the public key"),
            format!("{input}.{}", encoded(mac.finalize().into_bytes())),
            Expected::Refused {
                refused: "wrong_algorithm",
            },
        );
        vectors.push(token);
    }
    for alg in [
        "EDDSA", "eddsa", "Ed25519", "Ed448", "ES256", "RS256", "PS256", "HS256", "none", "EdDSA ",
    ] {
        vectors.push(headed(&header(alg, "edgeward+jwt", "a2")).refused(
            "wrong_algorithm",
            &format!("the algorithm “{alg}”, rightly signed"),
        ));
    }
    for (name, alg) in [
        ("null", Value::Null),
        ("a list", json!(["EdDSA"])),
        ("a number", json!(1)),
    ] {
        vectors.push(
            headed(&json!({"alg": alg, "typ": "edgeward+jwt", "kid": "a2"})).refused(
                "wrong_algorithm",
                &format!("an algorithm that is {name}, rightly signed"),
            ),
        );
    }
    vectors.push(
        headed(&json!({"typ": "edgeward+jwt", "kid": "a2"}))
            .refused("wrong_algorithm", "no algorithm, rightly signed"),
    );
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "EDGEWARD+JWT",
        "application/edgeward+jwt",
        "",
    ] {
        vectors.push(
            headed(&header("EdDSA", typ, "a2"))
                .refused("wrong_type", &format!("the type “{typ}”, rightly signed")),
        );
    }
    vectors.extend([
        headed(&json!({"alg": "EdDSA", "kid": "a2"}))
            .refused("wrong_type", "no type, rightly signed"),
        headed(&json!({"alg": "EdDSA", "kid": "a2", "typ": ["edgeward+jwt"]}))
            .refused("wrong_type", "a type that is a list, rightly signed"),
    ]);
    vectors
}

/// As files hold it (RFC 8410 §4).
fn pem(public: &[u8]) -> String {
    let mut der = vec![
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    der.extend(public);
    let text = data_encoding::BASE64.encode(&der);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}
