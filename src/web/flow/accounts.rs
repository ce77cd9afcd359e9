//! What operators' programs see and change of accounts. There is no way to set or see a password: an
//! operator sends a link, or asks for another password at the next sign-in.

use serde_json::json;

use super::Visit;
use crate::{
    account::{Answer, Command, JournalLine, Patch, View},
    address::{Answer as AddressAnswer, Asker, Command as AddressCommand, Wanted},
    kit::{
        email::EmailAddress,
        id::AccountId,
        role::{MOST_ROLES, Role},
        sorted,
        time::Span,
    },
    pages::{Code, FieldErrors},
    web::{
        body::{self, Body},
        happening::Happening,
        operator::Operator,
        realm::Realm,
        reply::Reply,
    },
};

/// How long a spent purse is said to wait.
const NEXT_LETTER: Span = Span::hours(1);

/// `GET /auth/admin/accounts?email=`.
pub async fn find<R: Realm>(visit: &Visit<'_, R>) -> Result<Reply, Reply> {
    let asked = visit.head.parameter("email").unwrap_or_default();
    if asked.is_empty() {
        let missing = FieldErrors::none().with("email", Code::FieldRequired);
        return Err(Reply::fields(missing));
    }
    let email =
        EmailAddress::parse(&asked).ok_or_else(|| Reply::field("email", Code::FieldInvalid))?;
    let owner = match visit.realm.address(&email, AddressCommand::WhoOwns).await {
        Ok(AddressAnswer::Owner(owner)) => owner.ok_or_else(unknown)?,
        Ok(_) => return Err(unknown()),
        Err(_) => return Err(Reply::busy()),
    };
    let view = view(visit, &owner).await?;
    // An address that is kept back belongs to an account that has another one now.
    if view.person.address == email {
        Ok(told(Code::AdminAccount, &view))
    } else {
        Err(unknown())
    }
}

/// `GET /auth/admin/accounts/{id}`.
pub async fn tell<R: Realm>(visit: &Visit<'_, R>, id: &str) -> Result<Reply, Reply> {
    let account = AccountId::parse(id).ok_or_else(unknown)?;
    Ok(told(Code::AdminAccount, &view(visit, &account).await?))
}

/// `PATCH /auth/admin/accounts/{id}`.
pub async fn change<R: Realm>(
    visit: &Visit<'_, R>,
    operator: &Operator,
    id: &str,
) -> Result<Reply, Reply> {
    let account = AccountId::parse(id).ok_or_else(unknown)?;
    let mut body = Body::of(visit.fields);
    let patch = Patch {
        by: operator.key().to_owned(),
        enabled: body.optional("enabled", body::flag),
        roles: body.optional("roles", roles),
        force_change: body.optional("forcePasswordChange", body::flag),
        end_sessions: body.optional("endSessions", body::flag).unwrap_or(false),
    };
    let patch = body.close(Some(patch))?;
    match visit.realm.account(&account, Command::Patch(patch)).await {
        Ok(Answer::Account(view)) => {
            visit.log_act(operator, Happening::AccountChanged, Some(&account));
            Ok(told(Code::AdminUpdated, &view))
        }
        Ok(_) => Err(unknown()),
        Err(_) => Err(Reply::busy()),
    }
}

/// `POST /auth/admin/accounts/{id}/reset`: a link to a new password goes to its owner.
pub async fn reset<R: Realm>(
    visit: &Visit<'_, R>,
    operator: &Operator,
    id: &str,
) -> Result<Reply, Reply> {
    Body::of(visit.fields).close(Some(()))?;
    let account = AccountId::parse(id).ok_or_else(unknown)?;
    let view = view(visit, &account).await?;
    let address = view.person.address;
    let ask = AddressCommand::Ask {
        address: address.clone(),
        what: Wanted::Reset {
            by: Some(operator.key().to_owned()),
        },
        asker: Asker::Operator,
    };
    match visit.realm.address(&address, ask).await {
        Ok(AddressAnswer::Spent) => Err(Reply::throttled(NEXT_LETTER)),
        Ok(_) => {
            visit.log_act(operator, Happening::ResetSent, Some(&account));
            Ok(Reply::new(202, Code::AdminResetSent))
        }
        Err(_) => Err(Reply::busy()),
    }
}

/// `GET /auth/admin/accounts/{id}/journal?after=`: what happened to an account, and the chain by which a change
/// of it shows. `npm run journal -- verify` follows the chain with the key of its own.
pub async fn journal<R: Realm>(visit: &Visit<'_, R>, id: &str) -> Result<Reply, Reply> {
    let account = AccountId::parse(id).ok_or_else(unknown)?;
    let asked = visit.head.parameter("after").unwrap_or_else(|| "0".into());
    let after = asked.parse().ok().filter(|after: &i64| *after >= 0);
    let after = after.ok_or_else(|| Reply::field("after", Code::FieldInvalid))?;
    let page = match visit
        .realm
        .account(&account, Command::Journal { after })
        .await
    {
        Ok(Answer::Journal(page)) => page,
        Ok(_) => return Err(unknown()),
        Err(_) => return Err(Reply::busy()),
    };
    let line = |line: &JournalLine| {
        json!({
            "seq": line.seq,
            "at": line.at.rfc3339(),
            "millis": line.at.0,
            "line": line.line,
            "chain": line.chain,
        })
    };
    let lines: Vec<_> = page.lines.iter().map(line).collect();
    let checkpoint = page.checkpoint;
    let journal = json!({
        "lines": lines,
        "checkpoint": checkpoint,
        "holds": page.holds,
        "more": page.more,
    });
    let mut reply = Reply::new(200, Code::AdminJournal);
    reply.more.insert("journal".into(), journal);
    Ok(reply)
}

/// A list of roles, at most as many as an account may have.
pub fn roles(value: &serde_json::Value) -> Option<Vec<Role>> {
    let roles = sorted::distinct(body::list(value, |role| Role::parse(role.as_str()?))?);
    (roles.len() <= MOST_ROLES).then_some(roles)
}

async fn view<R: Realm>(visit: &Visit<'_, R>, account: &AccountId) -> Result<View, Reply> {
    match visit.realm.account(account, Command::Inspect).await {
        Ok(Answer::Account(view)) => Ok(*view),
        Ok(_) => Err(unknown()),
        Err(_) => Err(Reply::busy()),
    }
}

fn told(code: Code, view: &View) -> Reply {
    let mut reply = Reply::new(200, code);
    let account = json!({
        "id": view.person.account.as_str(),
        "email": view.person.address.as_str(),
        "roles": view.roles,
        "verified": true,
        "enabled": view.person.enabled,
        "created": view.created.rfc3339(),
        "hasPassword": view.has_password,
        "forcePasswordChange": view.force_change,
        "sessions": view.sessions.len(),
        "erasedAt": view.erased_at.map(crate::kit::time::Time::rfc3339),
    });
    reply.more.insert("account".into(), account);
    reply
}

fn unknown() -> Reply {
    Reply::new(404, Code::RequestNotFound)
}
