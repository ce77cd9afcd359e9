//! Change the password, and prove it where an act needs it. A password that is tried here is counted as
//! one that is tried anywhere.

use super::{
    Visit,
    account::{self, Live},
    attempt::{Outcome, attempt, take_back},
};
use crate::{
    account::{Answer, Command, PasswordProved},
    kit::{lane::LaneName, password::Attempt},
    pages::{Code, FieldErrors},
    web::{fields::Field, happening::Happening, realm::Realm, reply::Reply},
};

/// A password that was given beside an act, and was right; or none was given.
#[derive(Default)]
pub struct Given {
    /// The proof.
    pub proof: Option<PasswordProved>,
    /// The lane the attempt was counted in.
    pub lane: Option<LaneName>,
}

/// `POST /auth/change-password`.
pub async fn change<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let fields = [Field::Optional("password"), Field::Required("newPassword")];
    visit.fields.check(&fields).map_err(Reply::fields)?;
    replace(visit).await
}

/// Replaces the password. Every other session ends, and this one gets another id.
pub async fn replace<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = account::live(visit).await?;
    let person = &live.opened().person;
    let chosen = visit.new_password("newPassword", &person.address)?;
    if visit.fields.given("password").is_none() && account::view(visit, &live).await?.has_password {
        return Err(Reply::fields(
            FieldErrors::none().with("password", Code::FieldRequired),
        ));
    }
    let given = prove_if_given(visit, &live, "password").await?;
    let password = match visit.hashed_apart(&chosen).await {
        Ok(password) => password,
        Err(reply) => {
            if let Some(lane) = given.lane {
                take_back(visit, &person.address, lane, None).await;
            }
            return Err(reply);
        }
    };
    let change = Command::ChangePassword {
        session: live.opened().session.clone(),
        proof: given.proof,
        lane: given.lane,
        password,
    };
    match visit.realm.account(&person.account, change).await {
        Ok(Answer::Opened(opened)) => {
            visit.log(Happening::PasswordChanged, Some(&person.account));
            let cookies = visit.session_cookies(&opened);
            Ok(Reply {
                cookies,
                opened: Some(opened),
                ..Reply::new(200, Code::PasswordChanged)
            }
            .to(visit.site.page("/account")))
        }
        Ok(answer) => Err(account::refused(visit, &answer)),
        Err(_) => Err(Reply::busy()),
    }
}

/// The proof of a password that was given in this field. A wrong one is a counted attempt.
pub async fn prove_if_given<R: Realm>(
    visit: &Visit<'_, R>,
    live: &Live,
    field: &str,
) -> Result<Given, Reply> {
    let Some(text) = visit.fields.given(field) else {
        return Ok(Given::default());
    };
    let password = Attempt::parse(text).ok_or_else(|| Reply::field(field, Code::FieldInvalid))?;
    let tried = attempt(visit, &live.opened().person.address, &password).await?;
    match tried.outcome {
        Outcome::Proved(proved) if proved.account == live.opened().person.account => {
            if let Some(toll) = tried.toll {
                visit.refund(toll).await;
            }
            Ok(Given {
                proof: Some(proved.proof),
                lane: Some(tried.lane),
            })
        }
        _ => {
            visit.log(
                Happening::PasswordWrong,
                Some(&live.opened().person.account),
            );
            Err(Reply {
                fields: FieldErrors::none().with(field, Code::LoginInvalid),
                ..Reply::new(401, Code::LoginInvalid)
            }
            .on_the_beat())
        }
    }
}
