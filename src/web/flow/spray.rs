//! A password that is being tried at many addresses opens nothing by itself (`SPRAY_GUARD`). See
//! [`crate::network::Spray`] for what is counted.
//!
//! Only tries in the strangers' lane are looked at: a browser somebody signed in on has a lane of its own. Right
//! and wrong passwords and unknown addresses are told the same, or whoever sprays would learn which was right.

use super::{Visit, attempt::Outcome};
use crate::{
    config::SprayGuard,
    kit::{email::EmailAddress, password::Attempt},
    network::{Answer, Command},
    pages::Code,
    web::{
        happening::{Happening, Outcome as LogOutcome},
        realm::Realm,
        reply::Reply,
    },
};

/// Counts a try in vain, and refuses every try of a password that is being sprayed.
pub(super) async fn guard<R: Realm>(
    visit: &Visit<'_, R>,
    (email, password): (&EmailAddress, &Attempt),
    outcome: &Outcome,
) -> Result<(), Refused> {
    let mode = visit.site.config.spray_guard;
    if mode == SprayGuard::Off {
        return Ok(());
    }
    let mark = visit.site.keys.password_mark(password);
    let in_vain = match outcome {
        // The password of a sign-up that waits is anybody's choice: it was held against the owner's, in vain.
        Outcome::Wrong | Outcome::Pending => Some(visit.site.keys.sprayed_address(&mark, email)),
        Outcome::Proved(_) => None,
    };
    // It stands among the objects of networks, whose names are longer.
    let object = format!("spray-{mark}");
    let asked = visit.realm.network(&object, Command::Tried { in_vain });
    let wide = match (asked.await, mode) {
        (Ok(Answer::Tried { wide }), _) => wide,
        (_, SprayGuard::Off | SprayGuard::Log) => false,
        (_, SprayGuard::Link) => return Err(Refused::Unasked),
    };
    match mode {
        _ if !wide => Ok(()),
        SprayGuard::Off | SprayGuard::Log => {
            let event = Happening::PasswordSprayed.as_str();
            visit.log_with(event, LogOutcome::Done, None);
            Ok(())
        }
        SprayGuard::Link => {
            visit.log(Happening::PasswordSprayed, None);
            Err(Refused::Sprayed)
        }
    }
}

/// Why a try goes no further.
pub(super) enum Refused {
    /// The password is being sprayed.
    Sprayed,
    /// Whether it is, nobody could say.
    Unasked,
}

impl Refused {
    /// The answer, right or wrong.
    pub(super) fn reply(&self) -> Reply {
        match self {
            Self::Sprayed => Reply::new(403, Code::LoginLinkRequired).on_the_beat(),
            Self::Unasked => Reply::busy(),
        }
    }
}
