//! Prove the address of a sign-up by the link that was sent to it.
//!
//! In the browser that registered, the chosen password is taken. In any other browser the person chooses
//! it now, so that nobody plants a password in someone else's account.

use super::{
    Visit,
    link::{self, Holder, Looked},
};
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand, Proof as Who},
    address::{Answer, Command, Password, Proof, Proved},
    kit::{id::DeviceId, password::hash::StoredPassword, token::LinkKind},
    network::Action,
    outbox::{Method, Subject},
    pages::{Code, FieldErrors},
    web::{
        cookie::{self, SetCookie},
        fields::Field,
        happening::Happening,
        hooks::HookWord,
        realm::Realm,
        reply::Reply,
    },
};

const KIND: LinkKind = LinkKind::Verify;

/// Proves the address and signs in.
pub async fn verify<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let posted = link::posted(visit, KIND, &[Field::Optional("password")])?;
    visit.pay(Action::Link).await?;
    let looked = link::peek(visit, &posted).await?;
    let password = link::chosen_password(visit, looked.as_ref()).await?;
    if let Some(looked) = looked.filter(|looked| password.is_some() || !asks_password(looked)) {
        agreed(visit, &looked, Method::Link).await?;
    }
    let proved = prove(visit, &posted, password).await?;
    let opened = match word_of(visit, &proved, Method::Link).await {
        Ok(word) => open(visit, proved, word, Code::VerifySuccess).await?,
        Err(_) => None,
    };
    Ok(match opened {
        Some(reply) => reply.with_cookie(SetCookie::expire(cookie::SIGNUP_NAME)),
        None => Reply::new(200, Code::VerifySuccess).to(visit.site.page("")),
    })
}

/// An account comes to be only where the hook agreed. It is asked when posting the link would redeem it,
/// and before it is: a link that is refused here stays as good as it was.
pub async fn agreed<R: Realm>(
    visit: &Visit<'_, R>,
    looked: &Looked,
    method: Method,
) -> Result<(), Reply> {
    let Looked::Address(live) = looked else {
        return Ok(());
    };
    let subject = Subject {
        email: &live.address,
        account: None,
        roles: &live.roles,
        method,
    };
    visit.registration_hook(subject).await
}

/// Redeems a link that an address knows: whoever posts it holds the address.
pub async fn prove<R: Realm>(
    visit: &Visit<'_, R>,
    posted: &link::Posted,
    password: Option<StoredPassword>,
) -> Result<(Proved, DeviceId), Reply> {
    let kind = posted.token.kind();
    let Holder::Address(name) = posted.holder() else {
        return Err(link::dead(visit, kind, false));
    };
    let device = visit.own_device();
    let prove = Command::Prove(Proof {
        kind,
        post: posted.post(visit),
        signup: visit.signup(),
        password,
        device: device.clone(),
    });
    match visit.realm.address_named(name, prove).await {
        Ok(Answer::Proved(proved)) => {
            visit.log(Happening::AddressProved, Some(&proved.account));
            Ok((proved, device))
        }
        Ok(Answer::PasswordNeeded) => Err(password_needed(kind)),
        Ok(answer) => Err(link::dead(visit, kind, answer == Answer::Used)),
        Err(_) => Err(Reply::busy()),
    }
}

/// What the sign-in hook says of who proved an address just now.
pub async fn word_of<R: Realm>(
    visit: &Visit<'_, R>,
    (proved, _): &(Proved, DeviceId),
    method: Method,
) -> Result<HookWord, Reply> {
    let subject = Subject {
        email: proved.proof.address(),
        account: Some(&proved.account),
        roles: &[],
        method,
    };
    visit.login_hook(subject).await
}

/// Opens a session for who proved an address just now; `None` when the account would not.
pub async fn open<R: Realm>(
    visit: &Visit<'_, R>,
    (proved, device): (Proved, DeviceId),
    word: HookWord,
    code: Code,
) -> Result<Option<Reply>, Reply> {
    let Proved {
        proof,
        account,
        next,
        joined: _,
    } = proved;
    let next = if next.is_root() { visit.next() } else { next };
    let next = word.redirect.unwrap_or(next);
    let open = AccountCommand::OpenSession {
        proof: Who::Address(proof),
        hook: word.allowed,
        browser: visit.browser(device),
        lane: None,
        rehashed: None,
        changed: None,
    };
    match visit.realm.account(&account, open).await {
        Ok(AccountAnswer::Opened(opened)) => Ok(Some(visit.signed_in(code, opened, &next))),
        Ok(_) => Ok(None),
        Err(_) => Err(Reply::busy()),
    }
}

/// Whether posting this link asks for a password.
pub fn asks_password(looked: &Looked) -> bool {
    match looked {
        Looked::Account(_) => false,
        Looked::Address(live) => live.password == Password::Needed,
    }
}

fn password_needed(kind: LinkKind) -> Reply {
    let fields = FieldErrors::none().with("password", Code::FieldRequired);
    let code = if kind == KIND {
        Code::VerifyPasswordNeeded
    } else {
        Code::FieldRequired
    };
    Reply {
        fields,
        ..Reply::new(422, code)
    }
}
