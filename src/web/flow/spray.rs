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
    web::{happening::Happening, realm::Realm, reply::Reply},
};

/// Counts a try in vain, and refuses every try of a password that is being sprayed.
pub(super) async fn guard<R: Realm>(
    visit: &Visit<'_, R>,
    (email, password): (&EmailAddress, &Attempt),
    outcome: &Outcome,
) -> Result<(), Reply> {
    let mode = visit.site.config.spray_guard;
    if mode == SprayGuard::Off {
        return Ok(());
    }
    let mark = visit.site.keys.password_mark(password);
    let in_vain = match outcome {
        Outcome::Wrong => Some(visit.site.keys.sprayed_address(&mark, email)),
        Outcome::Proved(_) | Outcome::Pending => None,
    };
    // It stands among the objects of networks, whose names are longer.
    let object = format!("spray-{mark}");
    let asked = visit
        .realm
        .network(&object, Command::Tried { in_vain })
        .await;
    let Ok(Answer::Tried { wide }) = asked else {
        return Err(visit.typed(Reply::busy()));
    };
    if !wide {
        return Ok(());
    }
    visit.log(Happening::PasswordSprayed, None);
    match mode {
        SprayGuard::Off | SprayGuard::Log => Ok(()),
        SprayGuard::Link => {
            let reply = Reply::new(403, Code::LoginLinkRequired);
            Err(visit.typed(reply).on_the_beat())
        }
    }
}
