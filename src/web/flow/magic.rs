//! Sign in by a link: ask for it, and open it.
//!
//! The browser that asked is known by a cookie; there the page presses its own button. In any other
//! browser a person does, who is told which browser asked, where and when.

use super::{
    Visit,
    link::{self, Holder, Looked},
    verify,
};
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand},
    address::Wanted,
    kit::{asked::Asked, id::AskId, token::LinkKind},
    network::Action,
    outbox::{Method, Subject},
    pages::Code,
    web::{browser, cookie, happening::Happening, hooks::HookWord, realm::Realm, reply::Reply},
};

const KIND: LinkKind = LinkKind::Magic;

/// Takes the wish for a link in.
pub async fn ask<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    switched_on(visit)?;
    let ask = AskId::fresh(&mut *visit.realm.dice());
    let asked = Asked {
        ask: ask.clone(),
        browser: browser::name(visit.head.header("user-agent").unwrap_or_default()),
        place: visit.place(),
        at: visit.realm.now(),
        next: visit.next(),
    };
    let reply = visit
        .ask_for_mail(Code::MagicAccepted, Wanted::Magic(asked))
        .await?;
    Ok(reply.with_cookie(cookie::set_magic(&ask, &visit.site.keys)))
}

/// Signs in.
pub async fn enter<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    switched_on(visit)?;
    let posted = link::posted(visit, KIND, &[])?;
    visit.pay(Action::Link).await?;
    let looked = link::peek(visit, &posted).await?;
    let word = word(visit, looked.as_ref()).await?;
    let Holder::Account(account) = posted.holder() else {
        let proved = verify::prove(visit, &posted, None).await?;
        // An equal post again: nobody was asked yet, since the link is dead.
        let word = match word {
            Some(word) => word,
            None => verify::word_of(visit, &proved, Method::Magic).await?,
        };
        return verify::open(visit, proved, word, Code::MagicSuccess)
            .await?
            .ok_or_else(|| link::dead(visit, KIND, true));
    };
    let (hook, redirect) = word.map_or((None, None), |word| (Some(word.allowed), word.redirect));
    let magic = AccountCommand::Magic {
        post: posted.post(visit),
        hook,
        browser: visit.browser(visit.own_device()),
    };
    match visit.realm.account(&account, magic).await {
        Ok(AccountAnswer::Entered { opened, next }) => {
            visit.log(Happening::SignedIn, Some(&account));
            let next = redirect.unwrap_or(next);
            Ok(visit.signed_in(Code::MagicSuccess, opened, &next))
        }
        Ok(AccountAnswer::Disabled) => {
            Err(Reply::new(403, Code::LoginDisabled).to(visit.site.page("")))
        }
        Ok(AccountAnswer::ChangeRequired) => {
            let forgot = visit.site.page("/forgot");
            Err(Reply::new(403, Code::LoginPasswordChangeRequired).to(forgot))
        }
        Ok(answer) => Err(link::dead(visit, KIND, answer == AccountAnswer::Used)),
        Err(_) => Err(Reply::busy()),
    }
}

/// Whether this browser asked for the link.
pub fn is_own<R: Realm>(visit: &Visit<'_, R>, asked: &Asked) -> bool {
    let value = visit.head.cookie(cookie::MAGIC_NAME);
    value.and_then(|value| cookie::magic(value, &visit.site.keys)) == Some(asked.ask.clone())
}

/// The hooks' word, before anything is redeemed. Nobody is asked about a dead link.
async fn word<R: Realm>(
    visit: &Visit<'_, R>,
    looked: Option<&Looked>,
) -> Result<Option<HookWord>, Reply> {
    let Some(looked) = looked else {
        return Ok(None);
    };
    let (account, roles) = match looked {
        Looked::Account(linked) => (Some(&linked.person.account), linked.roles.as_slice()),
        Looked::Address(_) => (None, [].as_slice()),
    };
    verify::agreed(visit, looked, Method::Magic).await?;
    let subject = Subject {
        email: looked.address(),
        account,
        roles,
        method: Method::Magic,
    };
    visit.login_hook(subject).await.map(Some)
}

fn switched_on<R: Realm>(visit: &Visit<'_, R>) -> Result<(), Reply> {
    if visit.site.config.magic_links {
        Ok(())
    } else {
        Err(Reply::new(403, Code::MagicClosed).to(visit.site.page("")))
    }
}
