//! Assertions that must be refused for their key or their signature.

use serde_json::{Value, json};

use super::{
    assertion::ASSERTION,
    shape::{Expected, Vector, key, written},
    token::{Change, Token, claims, encoded, headed, header, published, signed},
    tokens::plain,
};

/// What is refused for its key or its signature.
pub fn vectors() -> Vec<Vector> {
    [keys(), signatures()].concat()
}

/// Keys that are not in the set, or are there as something else.
fn keys() -> Vec<Vector> {
    let plain = plain();
    let mut vectors: Vec<_> = ["a3", "A2", "a", "constructor", "__proto__", "toString"]
        .into_iter()
        .map(|kid| {
            headed(&header("EdDSA", "edgeward+jwt", kid))
                .refused("unknown_key", &format!("the key “{kid}”"))
        })
        .collect();
    let x = published("a2");
    let short = x[..42].to_owned();
    let loose = format!("{short}{}", if x.ends_with('A') { "B" } else { "9" });
    let changes: [(&str, &str, Value); 14] = [
        ("another type", "kty", json!("EC")),
        ("a secret", "kty", json!("oct")),
        ("no type", "kty", Value::Null),
        ("another curve", "crv", json!("X25519")),
        ("no curve", "crv", Value::Null),
        ("for sealing", "use", json!("enc")),
        ("another algorithm", "alg", json!("ES256")),
        ("an algorithm that is null", "alg", Value::Null),
        ("short", "x", json!(short)),
        ("of 33 bytes", "x", json!(format!("{x}A"))),
        ("with padding", "x", json!(format!("{x}="))),
        ("with loose bits", "x", json!(loose)),
        ("no bytes", "x", Value::Null),
        ("under a name that is a number", "kid", json!(2)),
    ];
    for (name, member, value) in changes {
        vectors.push(plain.refused(
            "unknown_key",
            &format!("a key in the set that is none: {name}"),
            |v| {
                if let Some(set) = &mut v.settings.jwks {
                    set["keys"][0][member] = value;
                }
            },
        ));
    }
    vectors.push(
        plain.refused("unknown_key", "a key that is no longer in the set", |v| {
            if let Some(keys) = v
                .settings
                .jwks
                .as_mut()
                .and_then(|set| set["keys"].as_array_mut())
            {
                keys.remove(0);
            }
        }),
    );
    vectors.push(plain.believed("other kinds of keys in the set", |v| {
        if let Some(keys) = v
            .settings
            .jwks
            .as_mut()
            .and_then(|set| set["keys"].as_array_mut())
        {
            keys.insert(
                0,
                json!({"kty": "RSA", "kid": "a2", "n": "AQAB", "e": "AQAB"}),
            );
            keys.insert(
                0,
                json!({"kty": "OKP", "crv": "X25519", "kid": "a2", "x": written("a2")}),
            );
            keys.push(json!({}));
            keys.push(json!("a2"));
            keys.push(Value::Null);
        }
    }));
    vectors.push(plain.believed("a key that says no more than it must", |v| {
        if let Some(key) = v
            .settings
            .jwks
            .as_mut()
            .and_then(|set| set["keys"][0].as_object_mut())
        {
            key.remove("alg");
            key.remove("use");
        }
    }));
    vectors
}

fn signatures() -> Vec<Vector> {
    let plain = plain();
    let token = Token::default();
    let shapes: [(&str, Change); 8] = [
        ("nothing", |_| String::new()),
        ("few bytes", |_| "AAAA".into()),
        ("63 bytes", |s| s[..84].to_owned()),
        ("65 bytes", |s| format!("{}A", &s[..86])),
        ("padding", |s| format!("{s}==")),
        ("loose bits", |s| {
            let last = s.ends_with(['A', 'Q', 'g', 'w']);
            format!("{}{}", &s[..85], if last { "B" } else { "z" })
        }),
        ("the other alphabet", |s| format!("{}+/", &s[2..])),
        ("white space", |s| format!("{s} x")),
    ];
    let mut vectors: Vec<_> = shapes
        .into_iter()
        .map(|(name, change)| {
            plain.refused(
                "malformed_signature",
                &format!("the signature: {name}"),
                |v| {
                    v.rewrite(ASSERTION, |token| {
                        let (input, signature) = token.rsplit_once('.').unwrap_or_default();
                        format!("{input}.{}", change(signature))
                    });
                },
            )
        })
        .collect();
    let wrong = |name: &str, compact: String| {
        token.carrying(
            name,
            compact,
            Expected::Refused {
                refused: "wrong_signature",
            },
        )
    };
    let input = token.input();
    let right = signed(&encoded(&token.header), &encoded(&token.claims), token.seed);
    vectors.extend([
        wrong(
            "the signature: zeros",
            format!("{input}.{}", "A".repeat(86)),
        ),
        wrong(
            "the signature: its scalar and the group's order",
            format!("{input}.{}", unreduced(&right)),
        ),
        wrong(
            "signed by somebody else",
            signed(
                &encoded(&token.header),
                &encoded(&token.claims),
                key("another"),
            ),
        ),
        wrong(
            "signed by another key of the set",
            signed(&encoded(&token.header), &encoded(&token.claims), key("a1")),
        ),
        wrong("the name of another key of the set", {
            let (_, rest) = right.split_once('.').unwrap_or_default();
            format!(
                "{}.{rest}",
                encoded(header("EdDSA", "edgeward+jwt", "a1").to_string())
            )
        }),
        plain.refused("wrong_signature", "other bytes under the key's name", |v| {
            if let Some(set) = &mut v.settings.jwks {
                set["keys"][0]["x"] = json!(published("a1"));
            }
        }),
    ]);
    for at in [0, 20, 43, 60, 84] {
        vectors.push(plain.refused(
            "wrong_signature",
            &format!("the signature: character {at} is another"),
            |v| {
                v.rewrite(ASSERTION, |token| {
                    let (input, s) = token.rsplit_once('.').unwrap_or_default();
                    let other = if s.get(at..=at) == Some("A") {
                        "B"
                    } else {
                        "A"
                    };
                    format!("{input}.{}{other}{}", &s[..at], &s[at + 1..])
                });
            },
        ));
    }
    vectors.extend(
        alterations(&right)
            .into_iter()
            .map(|(name, compact)| wrong(&name, compact)),
    );
    vectors
}

/// A claim is another, and the signature is as it was.
fn alterations(right: &str) -> Vec<(String, String)> {
    let (header, rest) = right.split_once('.').unwrap_or_default();
    let (_, signature) = rest.split_once('.').unwrap_or_default();
    let others = [
        ("sub", json!("acc_b")),
        ("sid", json!("ses_b")),
        ("roles", json!(["admin", "owner"])),
        ("aud", json!("shop")),
        ("exp", json!(1_800_000_058)),
        ("iat", json!(1_799_999_998)),
        ("jti", json!("req_b")),
        ("htm", json!("POST")),
        ("htu", json!("https://app.example.com/other")),
    ];
    let altered = others.into_iter().map(|(name, value)| {
        let mut claims = claims();
        claims.insert(name.into(), value);
        let claims = encoded(Value::Object(claims).to_string());
        (
            format!("altered: {name}"),
            format!("{header}.{claims}.{signature}"),
        )
    });
    altered.collect()
}

/// The same signature with its scalar beyond the order of the group, which a lax verifier takes too.
fn unreduced(token: &str) -> String {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (_, signature) = token.rsplit_once('.').unwrap_or_default();
    let mut bytes = data_encoding::BASE64URL_NOPAD
        .decode(signature.as_bytes())
        .unwrap_or_default();
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    encoded(bytes)
}
