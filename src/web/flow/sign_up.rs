//! Sign up: a pending entry in the address object and a letter. No account exists yet.
//!
//! A taken address costs the same hash, the same write and the same time, and gets the same answer. The
//! hook is asked before anyone looks at the address, so what it says is said of any.

use super::Visit;
use crate::{
    address::Command,
    config::Registration,
    kit::id::SignupId,
    network::Action,
    pages::Code,
    web::{cookie, fields::Field, happening::Happening, realm::Realm, reply::Reply},
};

const FIELDS: [Field; 3] = [
    Field::Required("email"),
    Field::Required("password"),
    Field::Optional("next"),
];

/// Signs up.
pub async fn sign_up<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    match visit.site.config.registration {
        Registration::Open => (),
        Registration::Invite | Registration::Closed => {
            return Err(Reply::new(403, Code::RegisterClosed));
        }
    }
    visit
        .fields
        .check(&FIELDS)
        .map_err(|errors| visit.typed(Reply::fields(errors)))?;
    let email = visit.email()?;
    let chosen = visit.new_password("password", &email)?;

    visit.pay(Action::Signup).await?;
    visit.before_registration_hook(&email).await?;
    let mut slot = visit.slot(visit.device().is_some())?;
    let password = visit.hashed(&mut slot, &chosen).await?;
    drop(slot);

    let signup = SignupId::fresh(&mut *visit.realm.dice());
    let command = Command::SignUp {
        address: email.clone(),
        signup: signup.clone(),
        password,
        next: visit.next(),
        device: visit.device(),
    };
    match visit.realm.address(&email, command).await {
        Ok(_) => {
            visit.log(Happening::SignUpTakenIn, None);
            let reply = Reply::new(202, Code::RegisterCheckEmail)
                .with_cookie(cookie::set_signup(&signup, &visit.site.keys))
                .to(visit.site.page("/resend"))
                .on_the_beat();
            Ok(visit.typed(reply))
        }
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}
