//! Sign in by password.
//!
//! 1. The network pays, unless the browser is marked for this address.
//! 2. A place to hash must be free; without one nothing is counted.
//! 3. The address counts the attempt, before anyone looks at the password.
//! 4. One hash, whoever's password it may be, or nobody's.
//! 5. The hook is asked, if the password was right. What it says opens the lane again: whoever knows the
//!    password is not guessing.
//! 6. The account opens a session for the proof, or finds it outdated.
//!
//! An unknown address takes the same steps up to the hash. Every refusal leaves on the beat.

use super::Visit;
use crate::{
    account::{Answer, Command, Credential, PasswordProved, Proof},
    address::{Answer as AddressAnswer, Command as AddressCommand, Target},
    kit::{
        dice::roll,
        email::EmailAddress,
        id::{AccountId, DeviceId},
        lane::LaneName,
        password::{
            Attempt,
            hash::{Memory, StoredPassword},
        },
        time::Span,
    },
    network::Action,
    outbox::{Method, Subject},
    pages::Code,
    web::{
        fields::Field,
        hooks::HookWord,
        realm::{Full, Realm, Slot},
        reply::Reply,
    },
};

const FIELDS: [Field; 4] = [
    Field::Required("email"),
    Field::Required("password"),
    Field::Optional("next"),
    Field::Optional("newPassword"),
];

/// What a shut lane that only a link opens is said to wait.
const UNTIL_A_LINK: Span = Span::days(1);

/// An attempt that was counted, and a place to hash it.
struct Counted<S> {
    slot: S,
    lane: LaneName,
    target: Target,
    network_paid: bool,
}

/// What the hash came to.
enum Tried {
    Proved {
        proof: Box<PasswordProved>,
        rehashed: Option<StoredPassword>,
    },
    Pending,
    Wrong,
}

/// Signs in.
pub async fn sign_in<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    visit
        .fields
        .check(&FIELDS)
        .map_err(|errors| visit.typed(Reply::fields(errors)))?;
    let email = visit.email()?;
    let attempt = Attempt::parse(visit.fields.text("password"))
        .ok_or_else(|| visit.typed(Reply::field("password", Code::FieldInvalid)))?;

    let Counted {
        mut slot,
        lane,
        target,
        network_paid,
    } = count(visit, &email).await?;
    let credential = credential(visit, &email, &target).await?;
    let tried = check(
        visit,
        &attempt,
        &email,
        &target,
        credential.as_ref(),
        &mut slot,
    )
    .await;
    drop(slot);

    let (proof, rehashed) = match tried {
        Err(reply) => return Err(reply),
        Ok(Tried::Wrong) => return Err(wrong(visit, "password_wrong")),
        Ok(Tried::Pending) => return Err(not_verified(visit, &email, lane).await),
        Ok(Tried::Proved { proof, rehashed }) => (Proof::Password(*proof), rehashed),
    };
    let Target::Owner(account) = &target else {
        return Err(wrong(visit, "owner_gone"));
    };
    let word = match ask_hook(visit, &email, account, credential.as_ref()).await {
        Ok(word) => word,
        Err(reply) => {
            forget_attempt(visit, &email, lane, network_paid).await;
            return Err(reply);
        }
    };
    let device = visit
        .device()
        .unwrap_or_else(|| DeviceId::fresh(&mut *visit.realm.dice()));
    let open = Command::OpenSession {
        proof,
        hook: word.allowed,
        browser: visit.browser(device),
        lane: Some(lane),
        rehashed,
    };
    match visit.realm.account(account, open).await {
        Ok(Answer::Opened(opened)) => {
            if network_paid {
                visit.refund(Action::Signin).await;
            }
            visit.log("signed_in", Some(account));
            let next = word.redirect.unwrap_or_else(|| visit.next());
            Ok(visit.signed_in(Code::LoginSuccess, opened, &next))
        }
        Ok(Answer::Disabled) => {
            visit.log("account_disabled", Some(account));
            Err(visit
                .typed(Reply::new(403, Code::LoginDisabled))
                .on_the_beat())
        }
        Ok(_) => Err(wrong(visit, "proof_outdated")),
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}

/// Counts the attempt: in the marked lane when this browser may use it, else in the strangers', for
/// which its network pays.
async fn count<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
) -> Result<Counted<R::Slot>, Reply> {
    let device = visit.device();
    let mut kept = None;
    if device.is_some() {
        let slot = visit.slot(true)?;
        match tried(visit, email, device).await? {
            AddressAnswer::Counted { lane, target } => {
                return Ok(Counted {
                    slot,
                    lane,
                    target,
                    network_paid: false,
                });
            }
            AddressAnswer::Shut { wait } => return Err(shut(visit, wait)),
            _ => kept = Some(slot),
        }
    }
    visit.pay(Action::Signin).await?;
    let slot = match kept {
        Some(slot) => slot,
        None => visit.slot(false)?,
    };
    match tried(visit, email, None).await? {
        AddressAnswer::Counted { lane, target } => Ok(Counted {
            slot,
            lane,
            target,
            network_paid: true,
        }),
        AddressAnswer::Shut { wait } => Err(shut(visit, wait)),
        _ => Err(visit.typed(Reply::busy())),
    }
}

async fn tried<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    device: Option<DeviceId>,
) -> Result<AddressAnswer, Reply> {
    let command = AddressCommand::Attempt {
        device,
        signup: visit.signup(),
    };
    visit
        .realm
        .address(email, command)
        .await
        .map_err(|_| visit.typed(Reply::busy()))
}

/// What to check against. Whoever the target is, one account object is asked: an address without an
/// account has a decoy that never exists.
async fn credential<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    target: &Target,
) -> Result<Option<Credential>, Reply> {
    let account = match target {
        Target::Owner(account) => account.clone(),
        Target::Pending(_) | Target::Nobody => visit.site.keys.decoy_account(email),
    };
    match visit.realm.account(&account, Command::Credential).await {
        Ok(Answer::Credential(credential)) => Ok(Some(credential)),
        Ok(_) => Ok(None),
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}

/// One hash, and a second one only where a right password is kept at an old cost.
async fn check<R: Realm>(
    visit: &Visit<'_, R>,
    attempt: &Attempt,
    email: &EmailAddress,
    target: &Target,
    credential: Option<&Credential>,
    slot: &mut R::Slot,
) -> Result<Tried, Reply> {
    let hasher = &visit.site.hasher;
    let full = |Full| visit.no_place();
    let fault = |fault| visit.hash_fault(fault);
    if let Target::Pending(stored) = target {
        let checked = slot
            .hash(|memory| hasher.verify(attempt, stored, memory))
            .await;
        let right = checked.map_err(full)?.map_err(fault)?.matches();
        return Ok(if right { Tried::Pending } else { Tried::Wrong });
    }
    let check =
        |memory: &mut Memory| PasswordProved::check(hasher, attempt, email, credential, memory);
    let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;
    let Some(proof) = checked.proved else {
        return Ok(Tried::Wrong);
    };
    let mut rehashed = None;
    if checked.stale {
        let salt = roll(&mut *visit.realm.dice());
        let again = slot
            .hash(|memory| hasher.rehash(attempt, salt, memory))
            .await;
        rehashed = Some(again.map_err(full)?.map_err(fault)?);
    }
    Ok(Tried::Proved {
        proof: Box::new(proof),
        rehashed,
    })
}

async fn ask_hook<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    account: &AccountId,
    credential: Option<&Credential>,
) -> Result<HookWord, Reply> {
    let subject = Subject {
        email,
        account: Some(account),
        roles: credential.map_or(&[], |known| &known.roles),
        method: Method::Password,
    };
    visit.login_hook(subject).await.map_err(Reply::on_the_beat)
}

/// The password was right, and the hook did not let them in. A hook that is down must not shut the lane
/// for longer than it is down, nor spend the network's budget. Should the address not answer, it has
/// counted one attempt too many.
async fn forget_attempt<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    lane: LaneName,
    network_paid: bool,
) {
    let reopen = AddressCommand::Reopen { lane };
    let _ = visit.realm.address(email, reopen).await;
    if network_paid {
        visit.refund(Action::Signin).await;
    }
}

fn wrong<R: Realm>(visit: &Visit<'_, R>, reason: &str) -> Reply {
    visit.log(reason, None);
    visit
        .typed(Reply::new(401, Code::LoginInvalid))
        .on_the_beat()
}

/// The password of a pending sign-up was right: said only now that it was proved.
async fn not_verified<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    lane: LaneName,
) -> Reply {
    visit.log("address_not_verified", None);
    match visit
        .realm
        .address(email, AddressCommand::Reopen { lane })
        .await
    {
        Ok(_) => visit
            .typed(Reply::new(403, Code::LoginNotVerified))
            .on_the_beat(),
        Err(_) => visit.typed(Reply::busy()),
    }
}

fn shut<R: Realm>(visit: &Visit<'_, R>, wait: Option<Span>) -> Reply {
    visit.log("lane_shut", None);
    visit
        .typed(Reply::throttled(wait.unwrap_or(UNTIL_A_LINK)))
        .on_the_beat()
}
