//! Operators' programs invite people: create, list, send again, take back.

use serde_json::{Value, json};

use super::{Visit, accounts::roles};
use crate::{
    address::{Answer, Command, Invitation, LIST, Listed},
    config::Registration,
    kit::{
        email::EmailAddress,
        id::InvitationId,
        role::Role,
        time::{Span, Time},
    },
    pages::Code,
    web::{body::Body, happening::Happening, operator::Operator, realm::Realm, reply::Reply},
};

/// How long a spent purse is said to wait.
const NEXT_LETTER: Span = Span::hours(1);

/// `POST /auth/admin/invitations`: invites, or renews the invitation that is open.
pub async fn create<R: Realm>(visit: &Visit<'_, R>, operator: &Operator) -> Result<Reply, Reply> {
    let mut body = Body::of(visit.fields);
    let email = body.required("email", |value| EmailAddress::parse(value.as_str()?));
    let roles = body.optional("roles", roles).unwrap_or_default();
    let email = body.close(email)?;
    if visit.site.config.registration == Registration::Closed {
        return Err(Reply::new(403, Code::RegisterClosed));
    }
    let invitation = Invitation {
        id: InvitationId::fresh(&mut *visit.realm.dice()),
        roles,
        by: operator.key().to_owned(),
    };
    let invite = Command::Invite {
        address: email.clone(),
        invitation,
    };
    match visit.realm.address(&email, invite).await {
        Ok(Answer::Invited(open)) => {
            visit.log_act(operator, Happening::Invited, None);
            let row = row(&open.invitation, &email, open.since, open.until);
            Ok(with(Reply::new(200, Code::InviteSent), "invitation", row))
        }
        Ok(Answer::Spent) => Err(Reply::throttled(NEXT_LETTER)),
        Ok(_) | Err(_) => Err(Reply::busy()),
    }
}

/// `GET /auth/admin/invitations`: those that are open, the oldest first.
pub async fn list<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let rows: Vec<_> = listed(visit)
        .await?
        .iter()
        .map(|listed| {
            row(
                &listed.invitation,
                &listed.address,
                listed.since,
                listed.until,
            )
        })
        .collect();
    Ok(with(
        Reply::new(200, Code::InviteList),
        "invitations",
        rows.into(),
    ))
}

/// `POST /auth/admin/invitations/{id}/resend`.
pub async fn resend<R: Realm>(
    visit: &Visit<'_, R>,
    operator: &Operator,
    id: &str,
) -> Result<Reply, Reply> {
    Body::of(visit.fields).close(Some(()))?;
    let listed = find(visit, id).await?;
    let invitation = listed.invitation.id.clone();
    let resend = Command::ResendInvitation { invitation };
    match visit.realm.address_named(&listed.object, resend).await {
        Ok(Answer::Invited(open)) => {
            visit.log_act(operator, Happening::InvitationSentAgain, None);
            let row = row(&open.invitation, &listed.address, open.since, open.until);
            Ok(with(Reply::new(200, Code::InviteSent), "invitation", row))
        }
        Ok(Answer::Spent) => Err(Reply::throttled(NEXT_LETTER)),
        Ok(_) => Err(Reply::new(404, Code::RequestNotFound)),
        Err(_) => Err(Reply::busy()),
    }
}

/// `DELETE /auth/admin/invitations/{id}`.
pub async fn revoke<R: Realm>(
    visit: &Visit<'_, R>,
    operator: &Operator,
    id: &str,
) -> Result<Reply, Reply> {
    let listed = find(visit, id).await?;
    let invitation = listed.invitation.id.clone();
    let revoke = Command::RevokeInvitation { invitation };
    match visit.realm.address_named(&listed.object, revoke).await {
        Ok(Answer::Accepted) => {
            visit.log_act(operator, Happening::InvitationRevoked, None);
            Ok(Reply::new(200, Code::InviteRevoked))
        }
        Ok(_) => Err(Reply::new(404, Code::RequestNotFound)),
        Err(_) => Err(Reply::busy()),
    }
}

async fn find<R: Realm>(visit: &Visit<'_, R>, id: &str) -> Result<Listed, Reply> {
    let rows = listed(visit).await?;
    rows.into_iter()
        .find(|row| row.invitation.id.as_str() == id)
        .ok_or_else(|| Reply::new(404, Code::RequestNotFound))
}

async fn listed<R: Realm>(visit: &Visit<'_, R>) -> Result<Vec<Listed>, Reply> {
    match visit.realm.address_named(LIST, Command::Invitations).await {
        Ok(Answer::Invitations(rows)) => Ok(rows),
        Ok(_) | Err(_) => Err(Reply::busy()),
    }
}

fn row(invitation: &Invitation, address: &EmailAddress, since: Time, until: Time) -> Value {
    json!({
        "id": invitation.id.as_str(),
        "email": address.as_str(),
        "roles": invitation.roles.iter().map(Role::as_str).collect::<Vec<_>>(),
        "createdAt": since.rfc3339(),
        "expiresAt": until.rfc3339(),
        "invitedBy": invitation.by,
    })
}

fn with(mut reply: Reply, name: &str, value: Value) -> Reply {
    reply.more.insert(name.into(), value);
    reply
}
