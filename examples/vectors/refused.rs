//! What must be refused for its headers, its `Signature-Input`, its key or its signature: what the gateway
//! signed, altered on the way; and right signatures over what it never says.

use super::{
    forge::{COVERED, COVERED_WITH_LINK, Forge, parameters, person},
    identity::signed,
    said::somebody,
    shape::{NOW, Vector, key, written},
};

pub const IDENTITY: &str = "edgeward-identity";
pub const LINK: &str = "edgeward-link";
pub const INPUT: &str = "signature-input";
pub const SIGNATURE: &str = "signature";
pub const TARGET: &str = "/private/report?year=2026";

/// What becomes of a header's value.
type Change = fn(&str) -> String;

/// What is refused before anything is believed.
pub fn vectors() -> Vec<Vector> {
    [
        headers(),
        inputs(),
        forged_components(),
        forged_parameters(),
        keys_and_signatures(),
    ]
    .concat()
}

/// What the gateway signs for somebody.
pub fn plain() -> Vector {
    signed("", "GET", TARGET, &somebody())
}

/// Replaces one part of a text, which must be there.
pub fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} in {text}");
    text.replacen(from, to, 1)
}

fn headers() -> Vec<Vector> {
    let plain = plain();
    let mut vectors = vec![plain.refused("missing_header", "no header of ours", |v| {
        for name in [IDENTITY, INPUT, SIGNATURE] {
            v.remove(name);
        }
    })];
    for name in [IDENTITY, INPUT, SIGNATURE] {
        vectors.extend([
            plain.refused("missing_header", &format!("no {name}"), |v| v.remove(name)),
            plain.refused("duplicate_header", &format!("{name} twice"), |v| {
                let value = v.value(name);
                v.add(name, &value);
            }),
            plain.refused(
                "alias_header",
                &format!("{name} with underscores beside it"),
                |v| {
                    let alias = if name == SIGNATURE {
                        "signature-input"
                    } else {
                        name
                    };
                    v.add(&alias.replace('-', "_"), "x");
                },
            ),
        ]);
    }
    vectors.extend([
        plain.refused(
            "duplicate_header",
            "another identity in other letters",
            |v| {
                v.add("EDGEWARD-IDENTITY", "account=anonymous");
            },
        ),
        plain.refused(
            "duplicate_header",
            "an empty identity beside the true one",
            |v| v.add(IDENTITY, ""),
        ),
        plain.refused("alias_header", "an identity with dots", |v| {
            v.add("edgeward.identity", "x");
        }),
        plain.refused("alias_header", "an identity with mixed signs", |v| {
            v.add("Edgeward~Identity", "x");
        }),
        plain.refused("alias_header", "underscores in the place of hyphens", |v| {
            v.rename(IDENTITY, "edgeward_identity");
        }),
        plain.refused("alias_header", "a link with underscores", |v| {
            v.add("Edgeward_Link", "x");
        }),
        plain.refused(
            "malformed_identity",
            "two identities joined by a comma",
            |v| {
                let other = Forge {
                    identity: format!("{0}, {0}", person(TARGET)),
                    ..Forge::default()
                };
                v.request = other.refused("", "").request;
            },
        ),
    ]);
    vectors
}

/// `Signature-Input` altered, under a signature that was right before.
fn inputs() -> Vec<Vector> {
    let altered: [(&str, &str, Change); 13] = [
        ("malformed_input", "an empty input", |_| String::new()),
        ("malformed_input", "another label", |t| {
            swap(t, "edgeward=", "sig1=")
        }),
        ("malformed_input", "the label in other letters", |t| {
            swap(t, "edgeward=", "Edgeward=")
        }),
        ("malformed_input", "a second label after ours", |t| {
            format!("{t}, sig1=();created=1")
        }),
        ("malformed_input", "a second label before ours", |t| {
            format!("sig1=();created=1, {t}")
        }),
        ("malformed_input", "our label twice", |t| {
            format!("{t}, {t}")
        }),
        ("malformed_input", "an item in the place of the list", |t| {
            swap(t, COVERED, r#""@method""#)
        }),
        ("malformed_input", "no end of the list", |t| {
            swap(t, ")", "")
        }),
        ("malformed_input", "white space after a parameter", |t| {
            format!("{t} ")
        }),
        ("malformed_input", "white space between parameters", |t| {
            swap(t, ";expires", "; expires")
        }),
        ("malformed_input", "nothing after the components", |t| {
            t.split(';').next().unwrap_or_default().to_owned()
        }),
        ("wrong_components", "white space between components", |t| {
            swap(t, "\" \"", "\"  \"")
        }),
        ("wrong_components", "a component in other letters", |t| {
            swap(t, "@method", "@METHOD")
        }),
    ];
    let plain = plain();
    altered
        .into_iter()
        .map(|(reason, name, change)| plain.refused(reason, name, |v| v.rewrite(INPUT, change)))
        .collect()
}

/// `Signature-Input` as the gateway never writes it, rightly signed.
fn forged_components() -> Vec<Vector> {
    let components = [
        ("no component", "()"),
        ("no method", r#"("@path" "@query" "edgeward-identity")"#),
        ("no path", r#"("@method" "@query" "edgeward-identity")"#),
        ("no query", r#"("@method" "@path" "edgeward-identity")"#),
        ("no identity", r#"("@method" "@path" "@query")"#),
        (
            "another order",
            r#"("edgeward-identity" "@method" "@path" "@query")"#,
        ),
        (
            "a component more",
            r#"("@method" "@path" "@query" "edgeward-identity" "host")"#,
        ),
        (
            "a component twice",
            r#"("@method" "@path" "@query" "@query" "edgeward-identity")"#,
        ),
        (
            "a component with a parameter",
            r#"("@method" "@path" "@query" "edgeward-identity";sf)"#,
        ),
        ("a link that is covered and not there", COVERED_WITH_LINK),
    ];
    components
        .into_iter()
        .map(|(name, components)| {
            Forge {
                components: components.to_owned(),
                ..Forge::default()
            }
            .refused(
                "wrong_components",
                &format!("covered, rightly signed: {name}"),
            )
        })
        .collect()
}

/// The parameters likewise.
fn forged_parameters() -> Vec<Vector> {
    let right = parameters(NOW - 1, NOW + 59);
    let wrong = [
        (
            "the algorithm, and it is ours",
            format!(r#"{right};alg="hmac-sha256""#),
        ),
        (
            "another algorithm",
            format!(r#"{right};alg="rsa-pss-sha512""#),
        ),
        ("no algorithm", format!(r#"{right};alg="none""#)),
        ("an unknown parameter", format!("{right};x=1")),
        ("created twice", format!("{right};created=1")),
        ("no created", swap(&right, ";created=1799999999", "")),
        ("no expires", swap(&right, ";expires=1800000059", "")),
        (
            "no nonce",
            swap(&right, r#";nonce="Zm9yZ2VkLW5vbmNlLTAxMg""#, ""),
        ),
        ("no key", swap(&right, r#";keyid="i2""#, "")),
        ("no tag", swap(&right, r#";tag="edgeward""#, "")),
        (
            "another order",
            swap(
                &right,
                ";created=1799999999;expires=1800000059",
                ";expires=1800000059;created=1799999999",
            ),
        ),
        (
            "created as a text",
            swap(&right, "created=1799999999", r#"created="1799999999""#),
        ),
        (
            "created with a fraction",
            swap(&right, "created=1799999999", "created=1799999999.0"),
        ),
        (
            "created with a sign",
            swap(&right, "created=1799999999", "created=-1799999999"),
        ),
        (
            "created with a zero before it",
            swap(&right, "created=1799999999", "created=01799999999"),
        ),
        (
            "expires beyond all measure",
            swap(&right, "expires=1800000059", "expires=9999999999999999"),
        ),
        ("an empty nonce", swap(&right, "Zm9yZ2VkLW5vbmNlLTAxMg", "")),
        (
            "a nonce with other signs",
            swap(&right, "Zm9yZ2VkLW5vbmNlLTAxMg", "Zm9y Z2Vk"),
        ),
        (
            "a nonce without quotes",
            swap(
                &right,
                r#""Zm9yZ2VkLW5vbmNlLTAxMg""#,
                "Zm9yZ2VkLW5vbmNlLTAxMg",
            ),
        ),
        (
            "a nonce of 65 signs",
            swap(&right, "Zm9yZ2VkLW5vbmNlLTAxMg", &"n".repeat(65)),
        ),
        ("an empty key", swap(&right, r#"keyid="i2""#, r#"keyid="""#)),
        (
            "a parameter in other letters",
            swap(&right, ";keyid", ";KeyId"),
        ),
    ];
    let with_parameters = wrong.into_iter().map(|(name, parameters)| {
        Forge {
            parameters,
            ..Forge::default()
        }
        .refused(
            "malformed_input",
            &format!("parameters, rightly signed: {name}"),
        )
    });

    let tags = ["other", "Edgeward", "edgeward2", ""].map(|tag| {
        let parameters = swap(&right, r#"tag="edgeward""#, &format!(r#"tag="{tag}""#));
        Forge {
            parameters,
            ..Forge::default()
        }
        .refused("wrong_tag", &format!("the tag “{tag}”, rightly signed"))
    });
    with_parameters.chain(tags).collect()
}

fn keys_and_signatures() -> Vec<Vector> {
    let plain = plain();
    let mut vectors = vec![
        plain.refused("unknown_key", "a key that is not in the ring", |v| {
            v.settings.ring().remove("i2");
        }),
        plain.refused("unknown_key", "an empty ring", |v| {
            v.settings.ring().clear();
        }),
        plain.refused(
            "unknown_key",
            "a key named like a property of every object",
            |v| {
                v.rewrite(INPUT, |t| {
                    swap(t, r#"keyid="i2""#, r#"keyid="constructor""#)
                });
            },
        ),
        plain.refused("wrong_signature", "other bytes under the key's name", |v| {
            v.settings.ring().insert("i2".into(), written("another"));
        }),
        plain.refused(
            "wrong_signature",
            "the name of another key of the ring",
            |v| {
                v.rewrite(INPUT, |t| swap(t, r#"keyid="i2""#, r#"keyid="i1""#));
            },
        ),
        Forge {
            key: key("another"),
            ..Forge::default()
        }
        .refused("wrong_signature", "signed by somebody else"),
        Forge {
            key: [0; 32],
            ..Forge::default()
        }
        .refused("wrong_signature", "signed with zeros"),
    ];
    let shapes: [(&str, Change); 12] = [
        ("an empty signature", |_| String::new()),
        ("no bytes", |_| "edgeward=::".into()),
        ("few bytes", |_| "edgeward=:AAAA:".into()),
        ("a byte too many", |_| {
            format!("edgeward=:{}:", "A".repeat(44))
        }),
        ("another label", |t| swap(t, "edgeward=", "sig1=")),
        ("a second label", |t| format!("{t}, sig1=:AAAA:")),
        ("our label twice", |t| format!("{t}, {t}")),
        ("a text", |t| {
            swap(t, "=:", "=\"").trim_end_matches(':').to_owned() + "\""
        }),
        ("a parameter", |t| format!("{t};x=1")),
        ("no padding", |t| {
            swap(t, "=:", "#").replace("=:", ":").replace('#', "=:")
        }),
        ("the alphabet for addresses", |t| t.replace(['/', '+'], "_")),
        ("bits that mean nothing", loose_bits),
    ];
    vectors.extend(shapes.into_iter().map(|(name, change)| {
        plain.refused(
            "malformed_signature",
            &format!("the signature: {name}"),
            |v| {
                v.rewrite(SIGNATURE, change);
            },
        )
    }));
    for (name, at) in [("first", 10), ("middle", 30), ("last but one", 51)] {
        let name = format!("the signature: its {name} character is another");
        vectors.push(plain.refused("wrong_signature", &name, |v| {
            v.rewrite(SIGNATURE, |t| {
                let other = if t.get(at..=at) == Some("A") {
                    "B"
                } else {
                    "A"
                };
                format!("{}{other}{}", &t[..at], &t[at + 1..])
            });
        }));
    }
    vectors
}

/// The same bytes in base64 that no encoder writes: the two bits behind the last byte are set.
fn loose_bits(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = text.len() - 3;
    let value = ALPHABET.find(&text[at..=at]).unwrap_or_default();
    let other = &ALPHABET[value | 1..][..1];
    format!("{}{other}=:", &text[..at])
}
