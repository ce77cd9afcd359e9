//! Smart links as operators' programs see them: made, looked at, revoked. The key's id is kept with the
//! link, written into the log, and into the journal of the person a link is for.

use serde_json::{Map, Value, json};

use super::Visit;
use crate::{
    account::{Answer as AccountAnswer, Command as AccountCommand},
    config::{PathPattern, Prefixes},
    kit::{
        id::{AccountId, LinkId},
        time::{Span, Time},
        token::{LinkKind, Token},
    },
    link::{Answer, Bound, Claims, Command, Terms, Told, Uses},
    pages::Code,
    web::{
        body::{self, Body},
        fields::Fields,
        happening::Happening,
        operator::Operator,
        realm::Realm,
        reply::Reply,
    },
};

/// The longest life of a link.
const LONGEST: Span = Span::days(90);
/// The most openings that are counted.
const MOST_USES: i64 = 1_000;
/// The longest path: it travels in a header of every request.
const LONGEST_PATH: usize = 512;
/// How unlimited openings are written.
const UNTIL_EXPIRY: &str = "until expiry";

/// What a program asks for.
struct Asked {
    path: String,
    until: Time,
    uses: Uses,
    claims: Claims,
    account: Option<AccountId>,
    skip_page: bool,
}

/// `POST /auth/admin/links`: makes one. Its token is in the answer and nowhere else.
pub async fn make<R: Realm>(visit: &Visit<'_, R>, operator: &Operator) -> Result<Reply, Reply> {
    let prefixes = &visit.site.config.prefixes;
    let asked = Asked::read(visit.fields, prefixes, visit.realm.now())?;
    let (id, token) = fresh(visit);
    let person = match asked.account {
        Some(account) => Some(bound(visit, operator, &id, account).await?),
        None => None,
    };
    let terms = Terms {
        id: id.clone(),
        token: token.hash(),
        path: asked.path,
        claims: asked.claims,
        until: asked.until,
        uses: asked.uses,
        skip_page: asked.skip_page,
        person,
        by: operator.key().to_owned(),
    };
    match visit.realm.link(&id, Command::Make(terms)).await {
        Ok(Answer::Made) => (),
        Ok(_) | Err(_) => return Err(Reply::busy()),
    }
    visit.log_link(Happening::LinkMade, &id, Some(operator));
    let link = visit.site.rules.link(&token);
    let mut reply = Reply::new(200, Code::LinkCreated);
    reply.more.insert("id".into(), id.as_str().into());
    reply.more.insert("link".into(), link.reveal().into());
    let expires = asked.until.rfc3339();
    reply.more.insert("expiresAt".into(), expires.into());
    Ok(reply)
}

/// `GET /auth/admin/links/{id}`: what became of it.
pub async fn tell<R: Realm>(visit: &Visit<'_, R>, _: &Operator, id: &str) -> Result<Reply, Reply> {
    let id = LinkId::parse(id).ok_or_else(unknown)?;
    let Answer::Told(told) = ask(visit, &id, Command::Tell).await? else {
        return Err(unknown());
    };
    let code = if told.revoked {
        Code::LinkRevoked
    } else {
        Code::LinkCreated
    };
    let mut reply = Reply::new(200, code);
    reply.more = members(&told);
    Ok(reply)
}

/// `DELETE /auth/admin/links/{id}`: lets nobody in any more, from the next request on.
pub async fn revoke<R: Realm>(
    visit: &Visit<'_, R>,
    operator: &Operator,
    id: &str,
) -> Result<Reply, Reply> {
    let id = LinkId::parse(id).ok_or_else(unknown)?;
    match ask(visit, &id, Command::Revoke).await? {
        Answer::Revoked => {
            visit.log_link(Happening::LinkRevoked, &id, Some(operator));
            Ok(Reply::new(200, Code::LinkRevoked))
        }
        _ => Err(unknown()),
    }
}

async fn ask<R: Realm>(
    visit: &Visit<'_, R>,
    id: &LinkId,
    command: Command,
) -> Result<Answer, Reply> {
    let answer = visit.realm.link(id, command).await;
    answer.map_err(|_| Reply::busy())
}

fn unknown() -> Reply {
    Reply::new(404, Code::RequestNotFound)
}

fn fresh<R: Realm>(visit: &Visit<'_, R>) -> (LinkId, Token) {
    let dice = &mut *visit.realm.dice();
    let id = LinkId::fresh(dice);
    let token = Token::mint(LinkKind::Link, id.as_str(), dice);
    (id, token)
}

/// The person a link is for, in the epoch of this moment. Their journal has a line of it from now on.
async fn bound<R: Realm>(
    visit: &Visit<'_, R>,
    operator: &Operator,
    id: &LinkId,
    account: AccountId,
) -> Result<Bound, Reply> {
    let bind = AccountCommand::Bind {
        link: id.clone(),
        by: operator.key().to_owned(),
    };
    match visit.realm.account(&account, bind).await {
        Ok(AccountAnswer::Credential(credential)) => Ok(Bound {
            account,
            epoch: credential.epoch,
        }),
        Ok(_) => Err(Reply::field("account", Code::FieldInvalid)),
        Err(_) => Err(Reply::busy()),
    }
}

impl Asked {
    fn read(fields: &Fields, prefixes: &Prefixes, now: Time) -> Result<Self, Reply> {
        let mut body = Body::of(fields);
        let path = body.required("path", |value| path(value, prefixes));
        let until = expiry(&mut body, now);
        let uses = body.optional("uses", uses).unwrap_or(Uses::Times(1));
        let claims = body.optional("claims", |value| Claims::parse(value.as_object()?));
        let account = body.optional("account", |value| AccountId::parse(value.as_str()?));
        let skip_page = body.optional("skipPage", body::flag).unwrap_or(false);
        if skip_page && uses != Uses::UntilExpiry {
            // Whatever opens a link would use it up: a mail scanner for one.
            body.note("skipPage", Code::FieldInvalid);
        }
        let asked = path.zip(until).map(|(path, until)| Self {
            path,
            until,
            uses,
            claims: claims.unwrap_or_default(),
            account,
            skip_page,
        });
        body.close(asked)
    }
}

/// A path of the origin in its plainest spelling.
fn path(value: &Value, prefixes: &Prefixes) -> Option<String> {
    let path = body::text(value)?;
    let plain = path.len() <= LONGEST_PATH && PathPattern::at_or_below(&path).is_some();
    (plain && !prefixes.hold_loosely(path.as_bytes())).then_some(path)
}

/// `expiresIn` in seconds, or `expiresAt`; one of them. A whole second, so that what is told is exact.
fn expiry(body: &mut Body<'_>, now: Time) -> Option<Time> {
    let begin = now.second_up();
    let fits = |until: &Time| begin < *until && *until <= begin + LONGEST;
    let after = body.optional("expiresIn", |value| {
        let seconds = body::whole(value)?;
        Some(begin + Span::seconds(seconds)).filter(fits)
    });
    let at = body.optional("expiresAt", |value| {
        let at = Time::parse_rfc3339(value.as_str()?)?;
        Some(Time::from_unix_seconds(at.unix_seconds())).filter(fits)
    });
    match (after, at) {
        (Some(_), Some(_)) => {
            body.note("expiresAt", Code::FieldInvalid);
            None
        }
        (None, None) if !body.has_note("expiresAt") => {
            body.note("expiresIn", Code::FieldRequired);
            None
        }
        (after, at) => after.or(at),
    }
}

fn uses(value: &Value) -> Option<Uses> {
    if value.as_str() == Some(UNTIL_EXPIRY) {
        return Some(Uses::UntilExpiry);
    }
    let times = body::whole(value).filter(|times| (1..=MOST_USES).contains(times))?;
    u32::try_from(times).ok().map(Uses::Times)
}

fn members(told: &Told) -> Map<String, Value> {
    let Terms {
        id,
        path,
        claims,
        until,
        uses,
        skip_page,
        person,
        by,
        token: _,
    } = &told.terms;
    let (uses, left) = match uses {
        Uses::Times(times) => (json!(times), json!(times.saturating_sub(told.spent))),
        Uses::UntilExpiry => (UNTIL_EXPIRY.into(), Value::Null),
    };
    let members = json!({
        "id": id,
        "path": path,
        "expiresAt": until.rfc3339(),
        "uses": uses,
        "usesLeft": left,
        "claims": claims,
        "account": person.as_ref().map(|bound| &bound.account),
        "skipPage": skip_page,
        "revoked": told.revoked,
        "madeBy": by,
    });
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
