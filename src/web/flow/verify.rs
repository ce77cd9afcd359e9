//! Prove an address by the link that was sent to it.
//!
//! GET consumes nothing, whatever asks: mail scanners open links. The token is sealed into a cookie and
//! leaves the address bar; a page names the act; its one button posts. JSON posts the token itself.
//!
//! In the browser that registered, the chosen password is taken. In any other browser the person chooses
//! it now, so that nobody plants a password in someone else's account.

use super::Visit;
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand, Proof},
    address::{Answer, Command, Password, Proved},
    kit::{
        dice::roll,
        email::EmailAddress,
        id::{DeviceId, VisitId},
        password::hash::StoredPassword,
        token::{LinkKind, Token},
    },
    network::Action,
    outbox::{Method, Subject},
    pages::{Code, FieldErrors},
    web::{
        cookie::{self, SetCookie, Ticket},
        fields::Field,
        realm::Realm,
        reply::Reply,
    },
};

/// A token that was posted, from a page or as JSON.
pub struct Posted {
    token: Token,
    visit: Option<VisitId>,
}

/// The fields of the page: the visit must be the ticket's.
pub fn from_page<R: Realm>(visit: &Visit<'_, R>) -> Result<Posted, Reply> {
    let fields = [Field::Required("visit"), Field::Optional("password")];
    visit.fields.check(&fields).map_err(Reply::fields)?;
    let ticket = ticket(visit).filter(|ticket| ticket.visit.as_str() == visit.fields.text("visit"));
    let ticket = ticket.ok_or_else(|| invalid(visit, "ticket_missing"))?;
    Ok(Posted {
        token: ticket.token,
        visit: Some(ticket.visit),
    })
}

/// The fields of JSON. The token is judged before the other fields.
pub fn from_json<R: Realm>(visit: &Visit<'_, R>) -> Result<Posted, Reply> {
    let fields = [Field::Required("token"), Field::Optional("password")];
    let checked = visit.fields.check(&fields);
    if visit.fields.given("token").is_none() {
        return Err(checked.map_or_else(Reply::fields, |()| {
            Reply::field("token", Code::FieldInvalid)
        }));
    }
    let token = Token::parse(LinkKind::Verify, visit.fields.text("token"));
    let token = token.ok_or_else(|| invalid(visit, "token_malformed"))?;
    checked.map_err(Reply::fields)?;
    Ok(Posted { token, visit: None })
}

/// Proves the address and signs in.
pub async fn verify<R: Realm>(visit: &Visit<'_, R>, posted: Posted) -> Result<Reply, Reply> {
    visit.pay(Action::Link).await?;
    let password = chosen_password(visit, &posted.token).await?;
    ask_hook(visit, &posted.token).await?;
    let device = visit
        .device()
        .unwrap_or_else(|| DeviceId::fresh(&mut *visit.realm.dice()));
    let prove = Command::Prove {
        token: posted.token.hash(),
        visit: posted.visit,
        fields: posted.token.digest(&[visit.fields.text("password")]),
        signup: visit.signup(),
        password,
        device: device.clone(),
    };
    match visit
        .realm
        .address_named(posted.token.object(), prove)
        .await
    {
        Ok(Answer::Proved(proved)) => open(visit, proved, device).await,
        Ok(Answer::PasswordNeeded) => {
            let fields = FieldErrors::none().with("password", Code::FieldRequired);
            Err(Reply {
                fields,
                ..Reply::new(422, Code::VerifyPasswordNeeded)
            })
        }
        Ok(Answer::Used) => Err(used(visit)),
        Ok(_) => Err(invalid(visit, "token_unknown")),
        Err(_) => Err(Reply::busy()),
    }
}

/// What posting a token would ask for. Changes nothing.
pub async fn look<R: Realm>(
    visit: &Visit<'_, R>,
    token: &Token,
) -> Result<(EmailAddress, bool), Reply> {
    let look = Command::Look {
        token: token.hash(),
        signup: visit.signup(),
    };
    match visit.realm.address_named(token.object(), look).await {
        Ok(Answer::Live { address, password }) => Ok((address, password == Password::Needed)),
        Ok(Answer::Used) => Err(used(visit)),
        Ok(_) => Err(invalid(visit, "token_unknown")),
        Err(_) => Err(Reply::busy()),
    }
}

/// The link was opened: the token goes into a sealed cookie, and out of the address bar.
pub fn arrive<R: Realm>(visit: &Visit<'_, R>, token: &str) -> Result<SetCookie, Reply> {
    let token =
        Token::parse(LinkKind::Verify, token).ok_or_else(|| invalid(visit, "token_malformed"))?;
    let dice = &mut *visit.realm.dice();
    let ticket = Ticket {
        token,
        visit: VisitId::fresh(dice),
    };
    Ok(ticket.set(&visit.site.keys, roll(dice)))
}

/// The ticket this browser holds.
pub fn ticket<R: Realm>(visit: &Visit<'_, R>) -> Option<Ticket> {
    let value = visit.head.cookie(cookie::ticket_name(LinkKind::Verify))?;
    Ticket::read(LinkKind::Verify, value, &visit.site.keys)
}

/// The password chosen here, hashed, when one was given and the token is live. A token that is not is
/// left for the address object to judge: nothing is hashed for it.
async fn chosen_password<R: Realm>(
    visit: &Visit<'_, R>,
    token: &Token,
) -> Result<Option<StoredPassword>, Reply> {
    if visit.fields.given("password").is_none() {
        return Ok(None);
    }
    let look = Command::Look {
        token: token.hash(),
        signup: visit.signup(),
    };
    let email = match visit.realm.address_named(token.object(), look).await {
        Ok(Answer::Live { address, .. }) => address,
        Ok(_) => return Ok(None),
        Err(_) => return Err(Reply::busy()),
    };
    let chosen = visit.new_password(&email)?;
    let mut slot = visit.slot(true)?;
    visit.hashed(&mut slot, &chosen).await.map(Some)
}

/// An account comes to be only where the hook agreed. It is asked when posting the token would redeem it,
/// and before it is: a link that is refused here stays as good as it was.
async fn ask_hook<R: Realm>(visit: &Visit<'_, R>, token: &Token) -> Result<(), Reply> {
    if visit.site.config.hooks.registration.is_none() {
        return Ok(());
    }
    let look = Command::Look {
        token: token.hash(),
        signup: visit.signup(),
    };
    let (email, needed) = match visit.realm.address_named(token.object(), look).await {
        Ok(Answer::Live { address, password }) => (address, password),
        Ok(_) => return Ok(()),
        Err(_) => return Err(Reply::busy()),
    };
    if needed == Password::Needed && visit.fields.given("password").is_none() {
        return Ok(());
    }
    let subject = Subject {
        email: &email,
        account: None,
        roles: &[],
        method: Method::Link,
    };
    visit.registration_hook(subject).await
}

/// The address is proved; without a word from the hook there is no session, and that is a success too.
async fn open<R: Realm>(
    visit: &Visit<'_, R>,
    proved: Proved,
    device: DeviceId,
) -> Result<Reply, Reply> {
    let Proved {
        proof,
        account,
        next,
    } = proved;
    let next = if next.is_root() { visit.next() } else { next };
    let subject = Subject {
        email: proof.address(),
        account: Some(&account),
        roles: &[],
        method: Method::Link,
    };
    let Ok(word) = visit.login_hook(subject).await else {
        return Ok(without_session(visit));
    };
    let next = word.redirect.unwrap_or(next);
    let open = AccountCommand::OpenSession {
        proof: Proof::Address(proof),
        hook: word.allowed,
        browser: visit.browser(device),
        lane: None,
        rehashed: None,
    };
    match visit.realm.account(&account, open).await {
        Ok(AccountAnswer::Opened(opened)) => {
            visit.log("address_proved", Some(&account));
            let reply = visit.signed_in(Code::VerifySuccess, opened, &next);
            Ok(reply.with_cookie(SetCookie::expire(cookie::SIGNUP_NAME)))
        }
        Ok(_) => Ok(without_session(visit)),
        Err(_) => Err(Reply::busy()),
    }
}

fn without_session<R: Realm>(visit: &Visit<'_, R>) -> Reply {
    Reply::new(200, Code::VerifySuccess).to(visit.site.page(""))
}

fn used<R: Realm>(visit: &Visit<'_, R>) -> Reply {
    visit.log("token_used", None);
    Reply::new(400, Code::TokenUsed).to(visit.site.page(""))
}

fn invalid<R: Realm>(visit: &Visit<'_, R>, reason: &str) -> Reply {
    visit.log(reason, None);
    Reply::new(400, Code::TokenInvalid).to(visit.site.page("/resend"))
}
