//! How the origin is told who asks: the headers, in each form of identity that has keys, for a rule with
//! `digest` that of the body, and for applications that know no signature the unsigned ones that the operator
//! mapped.

use super::{
    assertion::ASSERTION,
    forward::{Finish, Forward},
    head::Head,
    identity::{DIGEST, IDENTITY, Identity, Person, Statement, UNSAFE_LIFE},
    link_header::LINK,
    problem::{asked_by, nonce, problem},
    reply::{Reply, Response},
    site::Site,
};
use crate::{
    config::Attribute,
    kit::{
        dice::{Dice, roll},
        role::Role,
        time::Time,
    },
    link::Grant,
    pages::Code,
};

/// Names and values of these headers. What they are, the gate alone decides.
pub type Told = Vec<(&'static str, String)>;

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
    /// Whether the body is announced as larger than [`LARGEST_SIGNED_BODY`]: then nothing of it is read.
    pub fn is_too_large(head: &Head<'_>) -> bool {
        let announced = head
            .header("content-length")
            .and_then(|length| length.parse::<u64>().ok());
        announced.is_some_and(|length| length > u64::from(LARGEST_SIGNED_BODY))
    }

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
        self.refused(site, head, Reply::new(413, Code::RequestTooLarge), dice)
    }

    /// Whether the body came so late after the judgement that what is signed would be worthless.
    pub fn is_late(judged: Time, now: Time) -> bool {
        now.since(judged) >= UNSAFE_LIFE
    }

    /// The answer then.
    pub fn too_late(self, site: &Site, head: &Head<'_>, dice: &mut dyn Dice) -> Response {
        self.refused(site, head, Reply::busy(), dice)
    }

    fn refused(self, site: &Site, head: &Head<'_>, reply: Reply, dice: &mut dyn Dice) -> Response {
        let reply = Reply {
            cookies: self.finish.cookies,
            ..reply
        };
        let mut response = problem(site, head, &nonce(dice), asked_by(site, head), &reply);
        let window = self.finish.window.map(|window| window.to_string());
        (response.headers).extend(window.map(|window| ("edgeward-window", window)));
        response
    }
}

/// The headers for one request. The gate sets no others that could pass for them.
fn told(site: &Site, statement: &Statement<'_>, dice: &mut dyn Dice) -> Told {
    let mut told: Told = Vec::with_capacity(6);
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
    if let Some(digest) = statement.digest {
        told.push((DIGEST, digest.to_owned()));
    }
    if let Identity::Person(person) = statement.identity {
        for (name, what) in &site.config.identity_headers {
            let value = person.tells(*what);
            told.extend(value.map(|value| (*name, value)));
        }
    }
    told
}

impl Person {
    /// What a header of `IDENTITY_HEADERS` says of them; nothing where there is nothing to say.
    fn tells(&self, what: Attribute) -> Option<String> {
        match what {
            Attribute::Account => Some(self.account.as_str().to_owned()),
            Attribute::Email => Some(self.email.as_ref()?.as_str().to_owned()),
            Attribute::Roles => {
                let roles: Vec<&str> = self.roles.iter().map(Role::as_str).collect();
                (!roles.is_empty()).then(|| roles.join(","))
            }
        }
    }
}
