//! Send the verification letter again. The answer leaves after one wish was written down, for a known
//! address and an unknown one alike; what becomes of the wish nobody is told.

use super::Visit;
use crate::{
    address::Command,
    network::Action,
    pages::Code,
    web::{fields::Field, realm::Realm, reply::Reply},
};

const FIELDS: [Field; 2] = [Field::Required("email"), Field::Optional("next")];

/// Takes the wish in.
pub async fn resend<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    visit
        .fields
        .check(&FIELDS)
        .map_err(|errors| visit.typed(Reply::fields(errors)))?;
    let email = visit.email()?;
    visit.pay(Action::Mail).await?;
    let wish = Command::Resend {
        address: email.clone(),
        signup: visit.signup(),
        device: visit.device(),
    };
    match visit.realm.address(&email, wish).await {
        Ok(_) => Ok(visit
            .typed(Reply::new(202, Code::ResendAccepted))
            .on_the_beat()),
        Err(_) => Err(visit.typed(Reply::busy())),
    }
}
