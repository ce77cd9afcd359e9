//! `Edgeward-Link`: what the origin is told of the smart link that a request came by. A structured
//! dictionary (RFC 9651 §3.2): the link's id and path, then its claims by name.

use sfv::{Decimal, DictSerializer, Integer, KeyRef, RefBareItem, StringRef, key_ref};

use crate::link::{Claim, Grant};

/// The header.
pub const LINK: &str = "edgeward-link";

/// Its value. Id, path and claims were parsed before, so each fits its type; one that did not would be
/// left out, never written otherwise.
pub(super) fn value(grant: &Grant) -> String {
    let mut buffer = String::with_capacity(256);
    let mut dictionary = DictSerializer::with_buffer(&mut buffer);
    let ours = [
        (key_ref("id"), grant.id.as_str()),
        (key_ref("path"), grant.path.as_str()),
    ];
    for (key, text) in ours {
        if let Ok(text) = StringRef::from_str(text) {
            dictionary.bare_item(key, text);
        }
    }
    for (name, claim) in grant.claims.iter() {
        if let (Ok(key), Some(item)) = (KeyRef::from_str(name), item(claim)) {
            dictionary.bare_item(key, item);
        }
    }
    buffer
}

/// A text beyond ASCII is a display string (RFC 9651 §3.3.8).
fn item(claim: &Claim) -> Option<RefBareItem<'_>> {
    Some(match claim {
        Claim::Flag(flag) => RefBareItem::Boolean(*flag),
        Claim::Whole(number) => RefBareItem::Integer(Integer::try_from(*number).ok()?),
        Claim::Decimal(number) => RefBareItem::Decimal(Decimal::try_from(*number).ok()?),
        Claim::Text(text) => match StringRef::from_str(text) {
            Ok(text) => RefBareItem::String(text),
            Err(_) => RefBareItem::DisplayString(text),
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        kit::{id::LinkId, time::Time},
        link::Claims,
    };

    #[test]
    fn every_claim_is_written_as_its_type() {
        let claims = json!({
            "note": "say \"50 %\" \\ soon", "title": "Größe “2” 50%", "seats": -3, "share": 0.125,
            "whole": 2.0, "final": true, "draft": false
        });
        let grant = Grant {
            id: LinkId::from_bits(&[1; 16]),
            path: "/reports/42".into(),
            claims: Claims::parse(claims.as_object().unwrap()).unwrap(),
            until: Time(0),
            account: None,
        };
        assert_eq!(
            value(&grant),
            r#"id="lnk_aeaqcaibaeaqcaibaeaqcaibae", path="/reports/42", draft=?0, final, note="say \"50 %\" \\ soon", seats=-3, share=0.125, title=%"Gr%c3%b6%c3%9fe %e2%80%9c2%e2%80%9d 50%25", whole=2.0"#
        );
    }
}
