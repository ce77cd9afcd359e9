//! Where an access rule has the body weighed, its digest is signed too (RFC 9530). Anywhere else a digest is
//! the visitor's own word, and says nothing.

use serde_json::json;

use super::{
    identity::{signed, weighed},
    said::{grant, somebody},
    shape::Vector,
};

/// Of `{"amount":100}`.
const DIGEST: &str = "sha-256=:TUu+Wcaq0iRCzeGZpqil8DRAX814+1qBwk7ySd4cRfE=:";
/// Of no bytes at all.
const EMPTY: &str = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

/// What must be believed, and what refused.
pub fn vectors() -> Vec<Vector> {
    let plain = weighed("the digest of a body", "/pay", None, DIGEST);
    let link = grant(&json!({"seats": 3}), "/pay");
    let own = signed("", "POST", "/private", &somebody());
    vec![
        weighed("the digest of no body", "/pay", None, EMPTY),
        weighed("a smart link and a digest", "/pay/now", Some(&link), DIGEST),
        own.believed("a digest of the visitor's own is no word of ours", |v| {
            v.add("content-digest", DIGEST);
            v.add("content-digest", EMPTY);
            v.add("content_digest", EMPTY);
        }),
        plain.refused("missing_header", "a signed digest that is gone", |v| {
            v.remove("content-digest");
        }),
        plain.refused("missing_header", "a signed digest, and another", |v| {
            v.add("content-digest", EMPTY);
        }),
        plain.refused(
            "missing_header",
            "a signed digest in another spelling",
            |v| {
                v.rename("content-digest", "content_digest");
            },
        ),
        plain.refused(
            "missing_header",
            "a signed digest, and another spelling",
            |v| {
                v.add("content.digest", EMPTY);
            },
        ),
        plain.refused("wrong_signature", "the digest of another body", |v| {
            v.rewrite("content-digest", |_| EMPTY.into());
        }),
        plain.refused("wrong_signature", "a digest with a blank", |v| {
            v.rewrite("content-digest", |value| format!("{value} "));
        }),
        plain.refused(
            "wrong_components",
            "a digest that is not the last component",
            |v| {
                v.rewrite("signature-input", |input| {
                    input.replace(
                        r#""edgeward-identity" "content-digest""#,
                        r#""content-digest" "edgeward-identity""#,
                    )
                });
            },
        ),
        plain.refused(
            "wrong_signature",
            "a digest that is covered no longer",
            |v| {
                v.rewrite("signature-input", |input| {
                    input.replace(r#" "content-digest""#, "")
                });
            },
        ),
        plain,
    ]
}
