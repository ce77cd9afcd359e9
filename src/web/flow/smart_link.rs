//! Open a smart link. GET seals its token into a cookie and consumes nothing; a page says where it leads;
//! its one button posts. What the browser gets is a cookie with the link's id: the gate asks the link
//! itself at each request. A later link takes the place of an earlier one.
//!
//! A link for a person opens in a browser where they are signed in, and nowhere else: whoever is not is led
//! to the sign-in page and back. A link that may skip the page opens by GET, since that costs no use.

use super::{Visit, account, link};
use crate::{
    kit::{
        id::{AccountId, LinkId, VisitId},
        time::Time,
        token::{LinkKind, Token},
    },
    link::{Answer, Command, Grant},
    network::Action,
    pages::Code,
    web::{
        cookie::{self, SetCookie, Ticket},
        fields::Field,
        happening::Happening,
        realm::Realm,
        reply::Reply,
    },
};

/// A link that waits for its button.
pub struct Waiting {
    /// The visit, which the form carries.
    pub visit: VisitId,
    /// Where it leads.
    pub path: String,
    /// How long.
    pub until: Time,
    /// Of who is signed in, when that was asked.
    pub cookies: Vec<SetCookie>,
}

/// What the page shows; the way on, as a refusal of the page, when there is no need for one.
pub async fn waiting<R: Realm>(visit: &Visit<'_, R>) -> Result<Waiting, Reply> {
    let ticket = ticket(visit).ok_or_else(|| invalid(visit, Happening::TicketMissing))?;
    let look = Command::Look {
        token: ticket.token.hash(),
    };
    let (grant, skip_page) = match ask(visit, &ticket.token, look).await? {
        Answer::Live { grant, skip_page } => (grant, skip_page),
        other => return Err(refused(visit, &other)),
    };
    if skip_page {
        return Err(redeem(visit, &ticket).await?);
    }
    let cookies = match &grant.account {
        Some(account) => signed_in_as(visit, account).await?,
        None => Vec::new(),
    };
    Ok(Waiting {
        visit: ticket.visit,
        path: grant.path,
        until: grant.until,
        cookies,
    })
}

/// The button was pressed.
pub async fn open<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let fields = [Field::Required("visit")];
    visit.fields.check(&fields).map_err(Reply::fields)?;
    let ticket = ticket(visit).filter(|ticket| ticket.visit.as_str() == visit.fields.text("visit"));
    let ticket = ticket.ok_or_else(|| invalid(visit, Happening::TicketMissing))?;
    redeem(visit, &ticket).await
}

/// Makes one use of it, or repeats the answer to an equal post.
async fn redeem<R: Realm>(visit: &Visit<'_, R>, ticket: &Ticket) -> Result<Reply, Reply> {
    visit.pay(Action::Link).await?;
    let open = |account| Command::Open {
        token: ticket.token.hash(),
        visit: ticket.visit.clone(),
        account,
    };
    let mut cookies = Vec::new();
    let mut answer = ask(visit, &ticket.token, open(None)).await?;
    if let Answer::OnlyFor(account) = answer {
        cookies = signed_in_as(visit, &account).await?;
        answer = ask(visit, &ticket.token, open(Some(account))).await?;
    }
    match answer {
        Answer::Granted(grant) => Ok(opened(visit, &grant, cookies)),
        other => Err(refused(visit, &other)),
    }
}

fn opened<R: Realm>(visit: &Visit<'_, R>, grant: &Grant, mut cookies: Vec<SetCookie>) -> Reply {
    visit.log_link(Happening::LinkOpened, &grant.id, None);
    let rest = visit.realm.now().until(grant.until);
    cookies.push(cookie::set_link(&grant.id, rest, &visit.site.keys));
    let reply = Reply {
        cookies,
        ..Reply::new(200, Code::LinkOpened)
    };
    reply.to(grant.path.clone())
}

/// The cookies of who is signed in, if it is this person. Nobody is led to sign in and back.
async fn signed_in_as<R: Realm>(
    visit: &Visit<'_, R>,
    person: &AccountId,
) -> Result<Vec<SetCookie>, Reply> {
    let to_sign_in = |reply: Reply| match reply.code {
        Code::SessionRequired | Code::SessionEnded | Code::SessionStale => {
            reply.to(visit.site.page("?then=link"))
        }
        _ => reply,
    };
    let live = account::live(visit).await.map_err(to_sign_in)?;
    let cookies = visit.session_cookies(live.opened());
    if live.opened().person.account == *person {
        return Ok(cookies);
    }
    visit.log(
        Happening::LinkOfAnother,
        Some(&live.opened().person.account),
    );
    let denied = Reply::new(403, Code::AccessDenied);
    Err(Reply { cookies, ..denied })
}

fn ticket<R: Realm>(visit: &Visit<'_, R>) -> Option<Ticket> {
    link::ticket(visit, LinkKind::Link)
}

async fn ask<R: Realm>(
    visit: &Visit<'_, R>,
    token: &Token,
    command: Command,
) -> Result<Answer, Reply> {
    let id = object(token).ok_or_else(|| invalid(visit, Happening::TokenMalformed))?;
    let answer = visit.realm.link(&id, command).await;
    answer.map_err(|_| Reply::busy())
}

fn object(token: &Token) -> Option<LinkId> {
    LinkId::parse(token.object())
}

fn refused<R: Realm>(visit: &Visit<'_, R>, answer: &Answer) -> Reply {
    match answer {
        Answer::Used => {
            visit.log(Happening::TokenUsed, None);
            Reply::new(400, Code::TokenUsed)
        }
        _ => invalid(visit, Happening::TokenUnknown),
    }
}

fn invalid<R: Realm>(visit: &Visit<'_, R>, reason: Happening) -> Reply {
    visit.log(reason, None);
    Reply::new(400, Code::TokenInvalid)
}
