//! Sign up: a pending entry in the address object and a letter. No account exists yet.
//!
//! A taken address costs the same hash, the same write and the same time, and gets the same answer.

use super::Visit;
use crate::{
    address::Command,
    config::Registration,
    kit::{id::SignupId, time::Span},
    network::Action,
    pages::Code,
    web::{cookie, fields::Field, realm::Realm, reply::Reply},
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
    hooks_can_be_asked(visit)?;

    visit.pay(Action::Signup).await?;
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
            visit.log("sign_up_taken_in", None);
            let reply = Reply::new(202, Code::RegisterCheckEmail)
                .with_cookie(cookie::set_signup(&signup, &visit.site.keys))
                .to(visit.site.page("/resend"))
                .on_the_beat();
            Ok(visit.typed(reply))
        }
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}

/// A hook that is set and cannot be asked is a refusal, before the address is looked up.
fn hooks_can_be_asked<R: Realm>(visit: &Visit<'_, R>) -> Result<(), Reply> {
    let hooks = &visit.site.config.hooks;
    if hooks.before_registration.is_none() && hooks.registration.is_none() {
        return Ok(());
    }
    let reply = Reply {
        wait: Some(Span::minutes(1)),
        ..Reply::new(503, Code::HookUnavailable)
    };
    Err(visit.typed(reply))
}
