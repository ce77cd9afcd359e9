//! Sign in by password: the attempt, the hook's word, and a session for the proof.
//!
//! A password that must be replaced first signs nobody in. By JSON the same call with `newPassword` does
//! both; by the page the right password waits in a sealed ticket until the new one is chosen.

use super::{
    Visit,
    attempt::{Outcome, Proved, Tried, attempt, take_back, wrong},
};
use crate::{
    account::{Answer, Command, PasswordProved, Proof, Standing},
    kit::{
        dice::roll,
        email::EmailAddress,
        id::{AccountId, VisitId},
        lane::LaneName,
        password::{
            Attempt, NewPassword,
            hash::{Memory, StoredPassword},
        },
        return_path::ReturnPath,
    },
    network::Action,
    outbox::{Method, Subject},
    pages::Code,
    web::{
        cookie::{ChangeTicket, SetCookie},
        fields::Field,
        happening::Happening,
        hooks::HookWord,
        realm::{Full, Realm, Slot},
        reply::Reply,
        routes::Surface,
    },
};

const FIELDS: [Field; 4] = [
    Field::Required("email"),
    Field::Required("password"),
    Field::Optional("next"),
    Field::Optional("newPassword"),
];

/// A proof on its way to a session.
struct Entry {
    account: AccountId,
    proof: PasswordProved,
    lane: Option<LaneName>,
    rehashed: Option<StoredPassword>,
    changed: Option<StoredPassword>,
    next: ReturnPath,
}

/// Signs in.
pub async fn sign_in<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    if visit.surface == Surface::Page && visit.fields.given("visit").is_some() {
        return replace(visit).await;
    }
    visit
        .fields
        .check(&FIELDS)
        .map_err(|errors| visit.typed(Reply::fields(errors)))?;
    let email = visit.email()?;
    let password = Attempt::parse(visit.fields.text("password"))
        .ok_or_else(|| visit.typed(Reply::field("password", Code::FieldInvalid)))?;
    let chosen = match visit.fields.given("newPassword") {
        // To replace a password by itself is to keep it.
        Some(same) if same == visit.fields.text("password") => {
            return Err(visit.typed(Reply::field("newPassword", Code::PasswordSame)));
        }
        Some(_) => Some(visit.new_password("newPassword", &email)?),
        None => None,
    };

    let Tried {
        lane,
        toll,
        outcome,
    } = attempt(visit, &email, &password).await?;
    let proved = match outcome {
        Outcome::Proved(proved) => *proved,
        Outcome::Pending => return Err(not_verified(visit)),
        Outcome::Wrong => return Err(wrong(visit, Happening::PasswordWrong)),
    };
    match proved.standing {
        Standing::Disabled => return Err(disabled(visit, &proved.account)),
        Standing::ChangeRequired if chosen.is_none() => {
            return Err(change_first(visit, proved, email, lane));
        }
        Standing::ChangeRequired | Standing::Good => (),
    }
    let subject = Subject {
        email: &email,
        account: Some(&proved.account),
        roles: &proved.roles,
        method: Method::Password,
    };
    let word = match visit.login_hook(subject).await {
        Ok(word) => word,
        Err(reply) => {
            take_back(visit, &email, lane, toll).await;
            return Err(reply.on_the_beat());
        }
    };
    let changed = match &chosen {
        Some(chosen) => match visit.hashed_apart(chosen).await {
            Ok(hashed) => Some(hashed),
            Err(reply) => {
                take_back(visit, &email, lane, toll).await;
                return Err(reply);
            }
        },
        None => None,
    };
    let Proved {
        account,
        proof,
        rehashed,
        ..
    } = proved;
    let entry = Entry {
        account,
        proof,
        lane: Some(lane),
        rehashed,
        changed,
        next: visit.next(),
    };
    let reply = open(visit, entry, word).await?;
    if let Some(toll) = toll {
        visit.refund(toll).await;
    }
    Ok(reply)
}

/// The form that replaces a password: the right one waits in the ticket.
async fn replace<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let fields = [Field::Required("visit"), Field::Required("newPassword")];
    visit.fields.check(&fields).map_err(Reply::fields)?;
    let ticket = change_ticket(visit)
        .filter(|ticket| ticket.visit.as_str() == visit.fields.text("visit"))
        .ok_or_else(|| Reply::new(400, Code::TokenInvalid).to(visit.site.page("")))?;
    let chosen = visit.new_password("newPassword", &ticket.address)?;
    let toll = visit.pay(Action::Signin).await?;
    if is_kept(visit, &ticket, &chosen).await? {
        return Err(visit.typed(Reply::field("newPassword", Code::PasswordSame)));
    }
    let subject = Subject {
        email: &ticket.address,
        account: Some(&ticket.account),
        roles: &ticket.roles,
        method: Method::Password,
    };
    let word = visit.login_hook(subject).await?;
    let changed = Some(visit.hashed_apart(&chosen).await?);
    let entry = Entry {
        account: ticket.account,
        proof: ticket.proof,
        lane: Some(ticket.lane),
        rehashed: None,
        changed,
        next: ticket.next,
    };
    let done = |reply: Reply| reply.with_cookie(SetCookie::expire(ChangeTicket::NAME));
    let opened = open(visit, entry, word).await;
    if opened.is_ok() {
        visit.refund(toll).await;
    }
    opened.map(done).map_err(done)
}

/// Whether the password chosen is the one that must be replaced. Looked at only while that is the one this
/// browser proved: else it could try passwords here uncounted.
async fn is_kept<R: Realm>(
    visit: &Visit<'_, R>,
    ticket: &ChangeTicket,
    chosen: &NewPassword,
) -> Result<bool, Reply> {
    let asked = visit.realm.account(&ticket.account, Command::Credential);
    let credential = match asked.await {
        Ok(Answer::Credential(credential)) if ticket.proof.is_of(&credential) => credential,
        Ok(_) => return Ok(false),
        Err(_) => return Err(visit.typed(Reply::busy())),
    };
    let (hasher, attempt) = (&visit.site.hasher, Attempt::from(chosen));
    let check = |memory: &mut Memory| {
        PasswordProved::check(hasher, &attempt, &ticket.address, Some(&credential), memory)
    };
    let mut slot = visit.slot(visit.device().is_some())?;
    let checked = slot.hash(check).await;
    let checked = checked
        .map_err(|Full| visit.no_place())?
        .map_err(|fault| visit.hash_fault(fault))?;
    Ok(checked.proved.is_some())
}

/// The right password of this browser that must be replaced, while it waits.
pub fn change_ticket<R: Realm>(visit: &Visit<'_, R>) -> Option<ChangeTicket> {
    let value = visit.head.cookie(ChangeTicket::NAME)?;
    ChangeTicket::read(value, &visit.site.keys, visit.realm.now())
}

async fn open<R: Realm>(
    visit: &Visit<'_, R>,
    entry: Entry,
    word: HookWord,
) -> Result<Reply, Reply> {
    let Entry {
        account,
        proof,
        lane,
        rehashed,
        changed,
        next,
    } = entry;
    let open = Command::OpenSession {
        proof: Proof::Password(proof),
        hook: word.allowed,
        browser: visit.browser(visit.own_device()),
        lane,
        rehashed,
        changed,
    };
    match visit.realm.account(&account, open).await {
        Ok(Answer::Opened(opened)) => {
            visit.log(Happening::SignedIn, Some(&account));
            let next = word.redirect.unwrap_or(next);
            Ok(visit.signed_in(Code::LoginSuccess, opened, &next))
        }
        Ok(Answer::Disabled) => Err(disabled(visit, &account)),
        Ok(_) => Err(wrong(visit, Happening::ProofOutdated)),
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}

fn disabled<R: Realm>(visit: &Visit<'_, R>, account: &AccountId) -> Reply {
    visit.log(Happening::AccountDisabled, Some(account));
    visit
        .typed(Reply::new(403, Code::LoginDisabled))
        .on_the_beat()
}

/// The password was right and must be replaced. A page goes on with a ticket, a script asks again.
fn change_first<R: Realm>(
    visit: &Visit<'_, R>,
    proved: Proved,
    address: EmailAddress,
    lane: LaneName,
) -> Reply {
    visit.log(Happening::PasswordChangeRequired, Some(&proved.account));
    let reply = Reply::new(403, Code::LoginPasswordChangeRequired).on_the_beat();
    if visit.surface == Surface::Json {
        return reply;
    }
    let dice = &mut *visit.realm.dice();
    let ticket = ChangeTicket {
        visit: VisitId::fresh(dice),
        account: proved.account,
        address,
        proof: proved.proof,
        roles: proved.roles,
        lane,
        next: visit.next(),
        until: visit.realm.now() + ChangeTicket::LIFE,
    };
    reply
        .with_cookie(ticket.set(&visit.site.keys, roll(dice)))
        .to(visit.site.page(""))
}

/// The password of a sign-up that waits was right: said only now that it was proved, and no less where the
/// address is somebody's. The attempt stays counted: whoever signs up with a guess and signs in with it has
/// tried it on the owner's password too.
fn not_verified<R: Realm>(visit: &Visit<'_, R>) -> Reply {
    visit.log(Happening::AddressNotVerified, None);
    visit
        .typed(Reply::new(403, Code::LoginNotVerified))
        .on_the_beat()
}
