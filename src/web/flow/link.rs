//! Links: what every kind of them has in common.
//!
//! GET consumes nothing, whatever asks: mail scanners open links. The token is sealed into a cookie and
//! leaves the address bar; a page names the act; its one button posts. JSON posts the token itself, or,
//! from a page of the operator's, the visit whose ticket the browser holds.

use super::Visit;
use crate::{
    account::{self, Undoing},
    address::{self, Live},
    kit::{
        asked::Asked,
        dice::roll,
        email::EmailAddress,
        id::{AccountId, VisitId},
        password::hash::StoredPassword,
        redeemed::Post,
        role::Role,
        token::{LinkKind, Token},
    },
    pages::Code,
    web::{
        cookie::{self, SetCookie, Ticket},
        fields::Field,
        happening::Happening,
        realm::Realm,
        reply::Reply,
        routes::Surface,
    },
};

/// A token that was posted, from a page or as JSON.
pub struct Posted {
    /// The token.
    pub token: Token,
    visit: Option<VisitId>,
}

/// Who knows a token, by the name it carries.
pub enum Holder<'t> {
    /// An account.
    Account(AccountId),
    /// An address, which may have no owner yet.
    Address(&'t str),
}

/// A live token, and what it stands for.
pub enum Looked {
    /// An account's.
    Account(account::Linked),
    /// An address's.
    Address(Live),
}

impl Looked {
    /// The address the link was sent to.
    pub fn address(&self) -> &EmailAddress {
        match self {
            Self::Account(linked) => &linked.to,
            Self::Address(live) => &live.address,
        }
    }

    /// Whose account it concerns, if there is one.
    pub fn owner(&self) -> Option<&AccountId> {
        match self {
            Self::Account(linked) => Some(&linked.person.account),
            Self::Address(live) => live.owner.as_ref(),
        }
    }

    /// The address that this account has now, masked.
    pub fn account_address(&self) -> String {
        match self {
            Self::Account(linked) => linked.person.address.masked(),
            Self::Address(_) => String::new(),
        }
    }

    /// Who asked for a sign-in link.
    pub fn asked(&self) -> Option<&Asked> {
        match self {
            Self::Account(linked) => linked.asked.as_ref(),
            Self::Address(live) => live.asked.as_ref(),
        }
    }

    /// What an undo link takes back.
    pub fn undoes(&self) -> Option<Undoing> {
        match self {
            Self::Account(linked) => linked.undoes,
            Self::Address(_) => None,
        }
    }

    /// The roles that an invitation brings.
    pub fn roles(&self) -> &[Role] {
        match self {
            Self::Account(_) => &[],
            Self::Address(live) => &live.roles,
        }
    }
}

impl Posted {
    /// Who knows the token.
    pub fn holder(&self) -> Holder<'_> {
        holder(&self.token)
    }

    /// The post as objects know it: equal posts of one page are told from others.
    pub fn post<R: Realm>(&self, visit: &Visit<'_, R>) -> Post {
        Post {
            token: self.token.hash(),
            visit: self.visit.clone(),
            fields: self.token.digest(&[visit.fields.text("password")]),
        }
    }
}

fn holder(token: &Token) -> Holder<'_> {
    AccountId::parse(token.object())
        .map_or_else(|| Holder::Address(token.object()), Holder::Account)
}

/// Reads a post of this kind, and checks its other fields. The token is judged first.
pub fn posted<R: Realm>(
    visit: &Visit<'_, R>,
    kind: LinkKind,
    others: &[Field],
) -> Result<Posted, Reply> {
    let by_page = visit.surface == Surface::Page
        || (visit.fields.given("token").is_none() && visit.fields.given("visit").is_some());
    let named = if by_page { "visit" } else { "token" };
    let mut fields = vec![Field::Required(named)];
    fields.extend_from_slice(others);
    let checked = visit.fields.check(&fields).map_err(Reply::fields);
    if visit.fields.given(named).is_none() {
        return Err(checked.map_or_else(
            |refusal| refusal,
            |()| Reply::field(named, Code::FieldInvalid),
        ));
    }
    let posted = if by_page {
        let held = ticket(visit, kind)
            .filter(|ticket| ticket.visit.as_str() == visit.fields.text("visit"));
        held.map(|ticket| Posted {
            token: ticket.token,
            visit: Some(ticket.visit),
        })
    } else {
        let token = Token::parse(kind, visit.fields.text("token"));
        token.map(|token| Posted { token, visit: None })
    };
    let posted = posted.ok_or_else(|| invalid(visit, kind, Happening::TokenMalformed))?;
    checked?;
    Ok(posted)
}

/// The link was opened: the token goes into a sealed cookie, and out of the address bar.
pub fn arrive<R: Realm>(
    visit: &Visit<'_, R>,
    kind: LinkKind,
    token: &str,
) -> Result<SetCookie, Reply> {
    let token =
        Token::parse(kind, token).ok_or_else(|| invalid(visit, kind, Happening::TokenMalformed))?;
    let dice = &mut *visit.realm.dice();
    let ticket = Ticket {
        token,
        visit: VisitId::fresh(dice),
    };
    Ok(ticket.set(&visit.site.keys, roll(dice)))
}

/// The ticket this browser holds.
pub fn ticket<R: Realm>(visit: &Visit<'_, R>, kind: LinkKind) -> Option<Ticket> {
    let value = visit.head.cookie(cookie::ticket_name(kind))?;
    Ticket::read(kind, value, &visit.site.keys)
}

/// What posting a token would do. Changes nothing.
pub async fn look<R: Realm>(visit: &Visit<'_, R>, token: &Token) -> Result<Looked, Reply> {
    let kind = token.kind();
    match holder(token) {
        Holder::Account(account) => {
            let token = token.hash();
            let look = account::Command::Look { kind, token };
            match visit.realm.account(&account, look).await {
                Ok(account::Answer::Link(linked)) => Ok(Looked::Account(linked)),
                Ok(answer) => Err(dead(visit, kind, answer == account::Answer::Used)),
                Err(_) => Err(Reply::busy()),
            }
        }
        Holder::Address(name) => {
            let look = address::Command::Look {
                kind,
                token: token.hash(),
                signup: visit.signup(),
            };
            match visit.realm.address_named(name, look).await {
                Ok(address::Answer::Live(live)) => Ok(Looked::Address(live)),
                Ok(answer) => Err(dead(visit, kind, answer == address::Answer::Used)),
                Err(_) => Err(Reply::busy()),
            }
        }
    }
}

/// What a posted token stands for; one that is not live is left for its object to judge, since an equal
/// post is answered again.
pub async fn peek<R: Realm>(
    visit: &Visit<'_, R>,
    posted: &Posted,
) -> Result<Option<Looked>, Reply> {
    match look(visit, &posted.token).await {
        Ok(looked) => Ok(Some(looked)),
        Err(reply) if reply.code == Code::Busy => Err(reply),
        Err(_) => Ok(None),
    }
}

/// The password chosen on the page, hashed, when one was given. Nothing is hashed for a dead token.
pub async fn chosen_password<R: Realm>(
    visit: &Visit<'_, R>,
    looked: Option<&Looked>,
) -> Result<Option<StoredPassword>, Reply> {
    let (Some(looked), Some(_)) = (looked, visit.fields.given("password")) else {
        return Ok(None);
    };
    let chosen = visit.new_password("password", looked.address())?;
    visit.hashed_apart(&chosen).await.map(Some)
}

/// The link is dead: it was used, or was never good.
pub fn dead<R: Realm>(visit: &Visit<'_, R>, kind: LinkKind, used: bool) -> Reply {
    if used {
        visit.log(Happening::TokenUsed, None);
        Reply::new(400, Code::TokenUsed).to(visit.site.page(""))
    } else {
        invalid(visit, kind, Happening::TokenUnknown)
    }
}

/// The link is no good; the next page is where another one is asked for.
pub fn invalid<R: Realm>(visit: &Visit<'_, R>, kind: LinkKind, reason: Happening) -> Reply {
    visit.log(reason, None);
    let again = match kind {
        LinkKind::Verify => "/resend",
        LinkKind::Reset => "/forgot",
        LinkKind::Magic => "/magic",
        LinkKind::Email if visit.session().is_some() => "/account",
        LinkKind::Email | LinkKind::Invite | LinkKind::Undo | LinkKind::Link => "",
    };
    Reply::new(400, Code::TokenInvalid).to(visit.site.page(again))
}
