//! How the origin is told who asks: the headers, in each form of identity that has keys, and for a rule with
//! `digest` those of the body too.

use super::{
    assertion::ASSERTION,
    forward::{Finish, Forward},
    head::Head,
    identity::{DIGEST, IDENTITY, Identity, Statement},
    link_header::LINK,
    problem::{asked_by, nonce, problem},
    reply::{Reply, Response},
    site::Site,
};
use crate::{
    kit::{
        dice::{Dice, roll},
        time::Time,
    },
    link::Grant,
    pages::Code,
};

/// The largest body that is read to be signed, in bytes.
pub const LARGEST_SIGNED_BODY: u32 = 1024 * 1024;

/// A request that may go on to the origin, and nothing has been signed yet.
#[derive(Debug)]
pub struct Unsigned {
    /// Who sends it.
    pub(super) identity: Identity,
    /// The smart link it came by.
    pub(super) link: Option<Grant>,
    /// Whether caches may answer.
    pub(super) cacheable: bool,
    /// What its answer becomes.
    pub(super) finish: Finish,
}

impl Unsigned {
    /// The request as the origin gets it. `digest` is the `Content-Digest` of its body, where the rule wants
    /// it covered.
    pub fn sign(
        self,
        site: &Site,
        head: &Head<'_>,
        digest: Option<&str>,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Forward {
        let statement = Statement {
            identity: &self.identity,
            link: self.link.as_ref(),
            digest,
            head,
            audience: &site.config.audience,
            now,
        };
        let told = told(site, &statement, dice);
        Forward::new(site, head, told, self.cacheable, self.finish)
    }

    /// The answer where the body is larger than [`LARGEST_SIGNED_BODY`], or broke off.
    pub fn too_large(self, site: &Site, head: &Head<'_>, dice: &mut dyn Dice) -> Response {
        let reply = Reply {
            cookies: self.finish.cookies,
            ..Reply::new(413, Code::RequestTooLarge)
        };
        let mut response = problem(site, head, &nonce(dice), asked_by(site, head), &reply);
        let window = self.finish.window.map(|window| window.to_string());
        (response.headers).extend(window.map(|window| ("edgeward-window", window)));
        response
    }
}

/// The headers for one request. The gate sets no others that could pass for them.
fn told(
    site: &Site,
    statement: &Statement<'_>,
    dice: &mut dyn Dice,
) -> Vec<(&'static str, String)> {
    let mut told = Vec::with_capacity(6);
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
    told.extend(statement.digest.map(|digest| (DIGEST, digest.to_owned())));
    told
}
