//! How the origin is told who asks: the headers, in each form of identity that has keys.

use super::{
    assertion::ASSERTION,
    identity::{IDENTITY, Statement},
    link_header::LINK,
    site::Site,
};
use crate::kit::dice::{Dice, roll};

/// The headers for one request. The gate sets no others that could pass for them.
pub(super) fn told(
    site: &Site,
    statement: &Statement<'_>,
    dice: &mut dyn Dice,
) -> Vec<(&'static str, String)> {
    let mut told = Vec::with_capacity(5);
    if let Some(key) = &site.identity {
        let signed = key.sign(statement, roll(dice));
        told.push((IDENTITY, signed.identity));
        told.extend(signed.link.map(|link| (LINK, link)));
        told.push(("signature-input", signed.input));
        told.push(("signature", signed.signature));
    }
    if let Some(keys) = &site.assertions {
        told.push((ASSERTION, keys.sign(statement)));
    }
    told
}
