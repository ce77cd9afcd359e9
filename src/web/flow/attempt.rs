//! Trying a password, whoever asks: to sign in, to change it, to do what needs it.
//!
//! 1. The network pays, unless the browser is marked for this address.
//! 2. A place to hash must be free; without one nothing is counted.
//! 3. The address counts the attempt, before anyone looks at the password.
//! 4. One hash against the owner's password, or nobody's; and one more where a sign-up waits, which it may
//!    do at an address of either kind.
//!
//! 5. From an unmarked browser, a password that is being tried at many addresses is refused ([`spray`]).
//!
//! An unknown address takes the same steps. Every refusal leaves on the beat.

use super::{Toll, Visit, spray};
use crate::{
    account::{Answer, Command, Credential, PasswordProved, Standing},
    address::{Answer as AddressAnswer, Command as AddressCommand},
    kit::{
        dice::roll,
        email::EmailAddress,
        id::{AccountId, DeviceId},
        lane::LaneName,
        password::{
            Attempt,
            hash::{Memory, StoredPassword},
        },
        role::Role,
        time::Span,
    },
    network::Action,
    pages::Code,
    web::{
        happening::Happening,
        realm::{Full, Realm, Slot},
        reply::Reply,
    },
};

/// What a shut lane that only a link opens is said to wait.
const UNTIL_A_LINK: Span = Span::days(1);

/// A password that was tried.
pub struct Tried {
    /// The lane it was counted in.
    pub lane: LaneName,
    /// What the network paid, if it did; given back when nothing came of it.
    pub toll: Option<Toll>,
    /// What it came to.
    pub outcome: Outcome,
}

/// What a tried password came to.
pub enum Outcome {
    /// It was right.
    Proved(Box<Proved>),
    /// It was that of a pending sign-up.
    Pending,
    /// It was wrong, or nobody's.
    Wrong,
}

/// A right password.
pub struct Proved {
    /// Whose.
    pub account: AccountId,
    /// The proof.
    pub proof: PasswordProved,
    /// Whether it opens a session.
    pub standing: Standing,
    /// What the account may do, for the sign-in hook.
    pub roles: Vec<Role>,
    /// The same password hashed at today's cost, when what is stored is outdated.
    pub rehashed: Option<StoredPassword>,
}

struct Counted<S> {
    slot: S,
    lane: LaneName,
    against: Against,
    toll: Option<Toll>,
}

/// What a password is held against.
struct Against {
    owner: Option<AccountId>,
    waiting: Option<StoredPassword>,
}

/// Tries a password for an address.
pub async fn attempt<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    password: &Attempt,
) -> Result<Tried, Reply> {
    let Counted {
        mut slot,
        lane,
        against,
        toll,
    } = count(visit, email).await?;
    let looked = look(visit, (email, password), &against, &mut slot).await;
    // Nobody waits for a place to hash while something else is asked.
    drop(slot);
    let outcome = match looked {
        Ok(outcome) => outcome,
        Err(reply) => {
            take_back(visit, email, lane, toll).await;
            return Err(reply);
        }
    };
    if lane == LaneName::Strangers {
        let guarded = spray::guard(visit, (email, password), &outcome).await;
        if let Err(refused) = guarded {
            if matches!(refused, spray::Refused::Unasked) {
                take_back(visit, email, lane, toll).await;
            }
            return Err(visit.typed(refused.reply()));
        }
    }
    Ok(Tried {
        lane,
        toll,
        outcome,
    })
}

/// An attempt that opened nothing though the password was right, or that nobody looked at, is taken back:
/// what is slow or full must not shut the lane. Should the address not answer, it has counted one too many.
pub async fn take_back<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    lane: LaneName,
    toll: Option<Toll>,
) {
    let device = visit.device().filter(|_| lane == LaneName::Marked);
    let take_back = AddressCommand::TakeBack { lane, device };
    let _ = visit.realm.address(email, take_back).await;
    if let Some(toll) = toll {
        visit.refund(toll).await;
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
        match counted(visit, email, device).await? {
            AddressAnswer::Counted {
                lane,
                owner,
                waiting,
            } => {
                return Ok(Counted {
                    slot,
                    lane,
                    against: Against { owner, waiting },
                    toll: None,
                });
            }
            AddressAnswer::Shut { wait } => return Err(shut(visit, wait)),
            _ => kept = Some(slot),
        }
    }
    let toll = visit.pay(Action::Signin).await?;
    let slot = match kept {
        Some(slot) => slot,
        None => match visit.slot(false) {
            Ok(slot) => slot,
            Err(full) => {
                visit.refund(toll).await;
                return Err(full);
            }
        },
    };
    match counted(visit, email, None).await? {
        AddressAnswer::Counted {
            lane,
            owner,
            waiting,
        } => Ok(Counted {
            slot,
            lane,
            against: Against { owner, waiting },
            toll: Some(toll),
        }),
        AddressAnswer::Shut { wait } => Err(shut(visit, wait)),
        _ => Err(visit.typed(Reply::busy())),
    }
}

async fn counted<R: Realm>(
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

/// The owner's password. Whoever that is, one account object is asked: an address without an account has a
/// decoy that never exists.
async fn credential<R: Realm>(
    visit: &Visit<'_, R>,
    email: &EmailAddress,
    owner: Option<&AccountId>,
) -> Result<Option<Credential>, Reply> {
    let decoy = || visit.site.keys.decoy_account(email);
    let account = owner.cloned().unwrap_or_else(decoy);
    match visit.realm.account(&account, Command::Credential).await {
        Ok(Answer::Credential(credential)) => Ok(Some(credential)),
        Ok(_) => Ok(None),
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}

async fn look<R: Realm>(
    visit: &Visit<'_, R>,
    (email, password): (&EmailAddress, &Attempt),
    against: &Against,
    slot: &mut R::Slot,
) -> Result<Outcome, Reply> {
    let credential = credential(visit, email, against.owner.as_ref()).await?;
    check(visit, password, email, against, credential.as_ref(), slot).await
}

/// A right password is hashed once more where it is kept at an old cost.
async fn check<R: Realm>(
    visit: &Visit<'_, R>,
    attempt: &Attempt,
    email: &EmailAddress,
    against: &Against,
    credential: Option<&Credential>,
    slot: &mut R::Slot,
) -> Result<Outcome, Reply> {
    let hasher = &visit.site.hasher;
    let full = |Full| visit.no_place();
    let fault = |fault| visit.hash_fault(fault);
    let check =
        |memory: &mut Memory| PasswordProved::check(hasher, attempt, email, credential, memory);
    let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;
    // Looked at in every case: whether the owner's password was right must not show in the time.
    let waits = match &against.waiting {
        Some(stored) => {
            let check = |memory: &mut Memory| hasher.verify(attempt, stored, memory);
            let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;
            checked.matches()
        }
        None => false,
    };
    let (Some(proof), Some(account), Some(credential)) =
        (checked.proved, against.owner.as_ref(), credential)
    else {
        return Ok(if waits {
            Outcome::Pending
        } else {
            Outcome::Wrong
        });
    };
    let mut rehashed = None;
    if checked.stale {
        let salt = roll(&mut *visit.realm.dice());
        let again = slot
            .hash(|memory| hasher.rehash(attempt, salt, memory))
            .await;
        rehashed = Some(again.map_err(full)?.map_err(fault)?);
    }
    Ok(Outcome::Proved(Box::new(Proved {
        account: account.clone(),
        proof,
        standing: credential.standing,
        roles: credential.roles.clone(),
        rehashed,
    })))
}

/// The one answer to every wrong password, whoever's it was meant to be.
pub fn wrong<R: Realm>(visit: &Visit<'_, R>, reason: Happening) -> Reply {
    visit.log(reason, None);
    visit
        .typed(Reply::new(401, Code::LoginInvalid))
        .on_the_beat()
}

fn shut<R: Realm>(visit: &Visit<'_, R>, wait: Option<Span>) -> Reply {
    visit.log(Happening::LaneShut, None);
    visit
        .typed(Reply::throttled(wait.unwrap_or(UNTIL_A_LINK)))
        .on_the_beat()
}
