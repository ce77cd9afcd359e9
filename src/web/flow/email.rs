//! Another address: ask for it from a session, confirm it by the link sent there, take it back by the
//! link sent to the old one.

use super::{
    Visit, account,
    link::{self, Holder},
    password::prove_if_given,
};
use crate::{
    account::{Answer, Command, Undoing},
    address::{Asker, Command as AddressCommand, Wanted},
    kit::{email::EmailAddress, id::ErrandId, token::LinkKind},
    network::Action,
    pages::Code,
    web::{cookie, fields::Field, happening::Happening, realm::Realm, reply::Reply},
};

/// `POST /auth/change-email`: asks with `email`, confirms with `token`.
pub async fn change<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let confirms = ["token", "visit"]
        .iter()
        .any(|field| visit.fields.given(field).is_some());
    if confirms {
        confirm(visit).await
    } else {
        let fields = [Field::Required("email"), Field::Optional("password")];
        visit.fields.check(&fields).map_err(Reply::fields)?;
        ask(visit).await
    }
}

/// Writes the change down, and sends a link to the new address. Whether that address is free, nobody is
/// told.
pub async fn ask<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let live = account::live(visit).await?;
    let address = EmailAddress::parse(visit.fields.text("email"))
        .filter(|address| *address != live.opened().person.address)
        .ok_or_else(|| Reply::field("email", Code::FieldInvalid))?;
    visit.pay(Action::Mail).await?;
    let given = prove_if_given(visit, &live, "password").await?;
    let change = ErrandId::fresh(&mut *visit.realm.dice());
    let account = &live.opened().person.account;
    let want = Command::WantAddress {
        session: live.opened().session.clone(),
        proof: given.proof,
        lane: given.lane,
        change: change.clone(),
        address: address.clone(),
    };
    match visit.realm.account(account, want).await {
        Ok(Answer::Done) => (),
        Ok(answer) => return Err(account::refused(visit, &answer)),
        Err(_) => return Err(Reply::busy()),
    }
    let ask = AddressCommand::Ask {
        address: address.clone(),
        what: Wanted::Confirm {
            account: account.clone(),
            change,
        },
        // At an address that is not theirs yet, whoever is signed in is a stranger.
        asker: Asker::Browser(visit.device()),
    };
    match visit.realm.address(&address, ask).await {
        Ok(_) => {
            visit.log(Happening::AddressWanted, Some(account));
            let reply = Reply::new(202, Code::EmailChangeAccepted).on_the_beat();
            Ok(Reply {
                cookies: visit.session_cookies(live.opened()),
                ..reply
            }
            .to(visit.site.page("/account")))
        }
        Err(_) => Err(Reply::busy()),
    }
}

/// The link sent to the new address was posted.
pub async fn confirm<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let kind = LinkKind::Email;
    let posted = link::posted(visit, kind, &[])?;
    visit.pay(Action::Link).await?;
    let Holder::Account(account) = posted.holder() else {
        return Err(link::dead(visit, kind, false));
    };
    // Whoever is signed in elsewhere reads the message on the sign-in page.
    let signed_in = visit.session().is_some();
    let place = visit.site.page(if signed_in { "/account" } else { "" });
    let device = visit.own_device();
    let confirm = Command::ConfirmAddress {
        post: posted.post(visit),
        device: device.clone(),
    };
    match visit.realm.account(&account, confirm).await {
        Ok(Answer::AddressChanged) => {
            visit.log(Happening::AddressChanged, Some(&account));
            Ok(Reply::new(200, Code::EmailChanged)
                .with_cookie(cookie::set_device(&device, &visit.site.keys))
                .to(place))
        }
        Ok(Answer::AddressTaken) => {
            visit.log(Happening::AddressTaken, Some(&account));
            Err(Reply::new(403, Code::EmailTaken).to(place))
        }
        Ok(answer) => Err(link::dead(visit, kind, answer == Answer::Used)),
        Err(_) => Err(Reply::busy()),
    }
}

/// An undo link was posted: the old address is back, or the account stays.
pub async fn undo<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let kind = LinkKind::Undo;
    let posted = link::posted(visit, kind, &[])?;
    visit.pay(Action::Link).await?;
    let Holder::Account(account) = posted.holder() else {
        return Err(link::dead(visit, kind, false));
    };
    let post = posted.post(visit);
    match visit.realm.account(&account, Command::Undo { post }).await {
        Ok(Answer::Undone(Undoing::Email)) => {
            visit.log(Happening::AddressChangeUndone, Some(&account));
            Ok(Reply::new(200, Code::UndoEmail).to(visit.site.page("/forgot")))
        }
        Ok(Answer::Undone(Undoing::Deletion)) => {
            visit.log(Happening::DeletionUndone, Some(&account));
            Ok(Reply::new(200, Code::UndoDeletion).to(visit.site.page("")))
        }
        Ok(answer) => Err(link::dead(visit, kind, answer == Answer::Used)),
        Err(_) => Err(Reply::busy()),
    }
}
