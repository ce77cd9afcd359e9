//! What a link tells the origin about whoever uses it: a few named texts, numbers and flags. The origin
//! gets them as members of a structured dictionary (RFC 9651 §3.2), so each must fit one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kit::sorted;

/// The most bytes that claims may have as JSON.
const LARGEST: usize = 1_024;
/// The largest whole number of a structured field (RFC 9651 §3.3.1).
const MOST_WHOLE: i64 = 999_999_999_999_999;
/// A decimal has at most twelve digits before its point and three behind it (RFC 9651 §3.3.2).
const MOST_DECIMAL: f64 = 999_999_999_999.0;
const FRACTIONS: f64 = 1_000.0;
/// Names the header has members of its own for.
const TAKEN: [&str; 2] = ["id", "path"];

/// Claims by name. Once they exist they fit the header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(BTreeMap<String, Claim>);

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Claim {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number with at most three digits behind its point.
    Decimal(f64),
    /// A text without control characters.
    Text(String),
}

impl Claims {
    /// Reads claims, if all of them fit.
    pub fn parse(members: &Map<String, Value>) -> Option<Self> {
        let claim = |(name, value): (&String, &Value)| {
            let named = is_name(name) && !TAKEN.contains(&name.as_str());
            Some((named.then(|| name.clone())?, Claim::parse(value)?))
        };
        let claims = members.iter().map(claim).collect::<Option<Vec<_>>>()?;
        let claims: BTreeMap<_, _> = sorted::filled(claims);
        let text = serde_json::to_string(&claims).ok()?;
        (text.len() <= LARGEST).then_some(Self(claims))
    }

    /// Each claim, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.0.iter().map(|(name, claim)| (name.as_str(), claim))
    }
}

impl Claim {
    fn parse(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Flag(*flag)),
            Value::String(text) => {
                let shown = !text.chars().any(char::is_control);
                shown.then(|| Self::Text(text.clone()))
            }
            Value::Number(number) if number.is_f64() => {
                let number = number.as_f64()?;
                let fits = number.abs() <= MOST_DECIMAL
                    && ((number * FRACTIONS).round() / FRACTIONS)
                        .total_cmp(&number)
                        .is_eq();
                fits.then_some(Self::Decimal(number))
            }
            Value::Number(number) => {
                let number = number.as_i64()?;
                let fits = (-MOST_WHOLE..=MOST_WHOLE).contains(&number);
                fits.then_some(Self::Whole(number))
            }
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// `[a-z][a-z0-9_]*`: what keys of a dictionary may be, less what nobody would write.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.bytes().all(plain) && name.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(claims: &Value) -> Option<Claims> {
        Claims::parse(claims.as_object()?)
    }

    #[test]
    fn claims_are_kept_as_they_were_given() {
        let given = json!({
            "report": "Q3 “draft”", "seats": 3, "share": 0.125, "less": -1.5, "whole": 2.0,
            "final": false, "a1_b": MOST_WHOLE
        });
        let claims = parse(&given).unwrap();
        assert_eq!(serde_json::to_value(&claims).unwrap(), given);
        let text = serde_json::to_string(&claims).unwrap();
        assert_eq!(serde_json::from_str::<Claims>(&text).unwrap(), claims);
        assert_eq!(parse(&json!({})), Some(Claims::default()));
    }

    #[test]
    fn what_fits_no_header_is_no_claim() {
        for claims in [
            json!({"a": null}),
            json!({"a": []}),
            json!({"a": {}}),
            json!({"a": "line\nbreak"}),
            json!({"a": "\u{7f}"}),
            json!({"a": MOST_WHOLE + 1}),
            json!({"a": -MOST_WHOLE - 1}),
            json!({"a": u64::MAX}),
            json!({"a": 0.1234}),
            json!({"a": 1e15}),
            json!({"a": 1e-9}),
            json!({"": 1}),
            json!({"A": 1}),
            json!({"1a": 1}),
            json!({"_a": 1}),
            json!({"a-b": 1}),
            json!({"a.b": 1}),
            json!({"é": 1}),
            json!({"id": "lnk_x"}),
            json!({"path": "/"}),
            json!({"a": "x".repeat(LARGEST)}),
        ] {
            assert_eq!(parse(&claims), None, "{claims}");
        }
        let room = LARGEST - r#"{"a":""}"#.len();
        assert!(parse(&json!({"a": "x".repeat(room)})).is_some());
        assert!(parse(&json!({"a": "x".repeat(room + 1)})).is_none());
    }
}
