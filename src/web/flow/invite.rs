//! Take up an invitation. Without an account it makes one, with a password chosen now. Whoever has one
//! already signs in to it first, and then its roles are added.

use super::{
    Visit, account,
    link::{self, Looked},
    verify,
};
use crate::{
    config::Registration,
    kit::token::LinkKind,
    network::Action,
    outbox::{Method, Subject},
    pages::Code,
    web::{fields::Field, hooks::HookWord, realm::Realm, reply::Reply},
};

const KIND: LinkKind = LinkKind::Invite;

/// Takes up an invitation.
pub async fn invite<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let posted = link::posted(visit, KIND, &[Field::Optional("password")])?;
    visit.pay(Action::Link).await?;
    let looked = link::peek(visit, &posted).await?;
    let owner = match &looked {
        Some(Looked::Address(live)) => live.owner.clone(),
        _ => None,
    };
    if let Some(owner) = owner {
        let live = account::live(visit).await.map_err(to_sign_in(visit))?;
        if live.opened().person.account != owner {
            return Err(to_sign_in(visit)(Reply::new(401, Code::SessionRequired)));
        }
        verify::prove(visit, &posted, None).await?;
        return joined(visit).await;
    }
    if visit.site.config.registration == Registration::Closed {
        return Err(Reply::new(403, Code::RegisterClosed).to(visit.site.page("")));
    }
    let password = link::chosen_password(visit, looked.as_ref()).await?;
    let word = match &looked {
        Some(looked) if password.is_some() => Some(word(visit, looked).await?),
        _ => None,
    };
    let proved = verify::prove(visit, &posted, password).await?;
    if proved.0.joined {
        return joined(visit).await;
    }
    // An equal post again: nobody was asked yet, since the link is dead.
    let word = match word {
        Some(word) => word,
        None => verify::word_of(visit, &proved, Method::Invite).await?,
    };
    verify::open(visit, proved, word, Code::InviteSuccess)
        .await?
        .ok_or_else(|| link::dead(visit, KIND, true))
}

/// The roles have changed, and the session has another id. Whoever has none is not signed in by this.
async fn joined<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = account::live(visit).await.map_err(to_sign_in(visit))?;
    Ok(account::answered(visit, Code::InviteSuccess, live).to("/"))
}

/// The hooks' word, before anything is redeemed.
async fn word<R: Realm>(visit: &Visit<'_, R>, looked: &Looked) -> Result<HookWord, Reply> {
    verify::agreed(visit, looked, Method::Invite).await?;
    let roles = match looked {
        Looked::Address(live) => live.roles.as_slice(),
        Looked::Account(_) => &[],
    };
    let subject = Subject {
        email: looked.address(),
        account: None,
        roles,
        method: Method::Invite,
    };
    visit.login_hook(subject).await
}

/// Whoever has an account signs in to it, and comes back.
fn to_sign_in<R: Realm>(visit: &Visit<'_, R>) -> impl Fn(Reply) -> Reply {
    let place = visit.site.page("?then=invite");
    move |reply| match reply.code {
        Code::SessionRequired | Code::SessionEnded | Code::SessionStale => reply.to(place.clone()),
        _ => reply,
    }
}
