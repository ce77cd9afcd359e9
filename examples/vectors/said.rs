//! What the gateway says of one request, in whichever form, and what a verifier makes of it.

use edgeward::{
    kit::{
        email::EmailAddress,
        id::{AccountId, LinkId, RequestId, SessionId},
        role::Role,
        time::Time,
    },
    link::{Claim, Claims, Grant},
    web::{
        head::Head,
        identity::{Identity, Person, Statement},
    },
};
use serde_json::{Value, json};

use super::shape::{AUDIENCE, Expected, NOW, Request, Settings, Vector};

/// A request, and who sends it.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    pub method: &'a str,
    pub target: &'a str,
    pub identity: &'a Identity,
    pub link: Option<&'a Grant>,
    pub digest: Option<&'a str>,
}

/// What the gateway sends for a statement: names and values.
pub type Headers = Vec<(String, String)>;

impl Said<'_> {
    /// Told by the gateway a second ago, and what a verifier makes of it.
    pub fn vector(
        self,
        name: &str,
        settings: Settings,
        tell: impl Fn(&Statement<'_>) -> Headers,
    ) -> Vector {
        let Self { method, target, .. } = self;
        let text = format!("{method}\n{AUDIENCE}{target}\n\n");
        let head = Head::parse(&text, RequestId::from_bits(&[3; 16])).expect("a request of ours");
        let statement = Statement {
            identity: self.identity,
            link: self.link,
            digest: self.digest,
            head: &head,
            audience: AUDIENCE,
            now: Time((NOW - 1) * 1000),
        };
        let mut headers = vec![("host".to_owned(), "origin.internal:8080".to_owned())];
        headers.extend(tell(&statement));
        Vector {
            name: name.to_owned(),
            request: Request {
                method: method.to_owned(),
                target: target.to_owned(),
                headers,
            },
            settings,
            expected: Expected::Believed {
                identity: expected(self.identity, target),
                link: self.link.map_or(Value::Null, granted),
                digest: json!(self.digest),
            },
        }
    }
}

/// What a smart link grants.
pub fn grant(claims: &Value, path: &str) -> Grant {
    let claims = claims.as_object().and_then(Claims::parse);
    Grant {
        id: LinkId::from_bits(&[11; 16]),
        path: path.into(),
        claims: claims.unwrap_or_else(|| unreachable!("claims of ours")),
        until: Time(0),
        account: None,
    }
}

fn granted(grant: &Grant) -> Value {
    let plain = |claim: &Claim| match claim {
        Claim::Flag(flag) => json!(flag),
        Claim::Whole(number) => json!(number),
        Claim::Decimal(number) => json!(number),
        Claim::Text(text) => json!(text),
    };
    let claims: serde_json::Map<_, _> = grant
        .claims
        .iter()
        .map(|(name, claim)| (name.to_owned(), plain(claim)))
        .collect();
    json!({"id": grant.id.as_str(), "path": grant.path, "claims": claims})
}

/// In the words of the vectors.
pub fn expected(identity: &Identity, target: &str) -> Value {
    let about = json!({"audience": AUDIENCE, "target": target, "request": RequestId::from_bits(&[3; 16]).as_str()});
    let who = match identity {
        Identity::Anonymous => json!({
            "account": null, "session": null, "roles": [], "methods": [], "authenticatedAt": null, "email": null
        }),
        Identity::Person(person) => json!({
            "account": person.account.as_str(),
            "session": person.session.as_str(),
            "roles": person.roles.iter().map(Role::as_str).collect::<Vec<_>>(),
            "methods": person.methods,
            "authenticatedAt": person.authenticated_at.unix_seconds(),
            "email": person.email.as_ref().map(EmailAddress::as_str),
        }),
    };
    let mut all = who;
    if let (Some(all), Value::Object(about)) = (all.as_object_mut(), about) {
        all.extend(about);
    }
    all
}

/// Somebody with one role.
pub fn somebody() -> Identity {
    Identity::Person(person(&["admin"], &["password"], None))
}

/// Somebody with roles, methods and an address.
pub fn with_all() -> Identity {
    let email = EmailAddress::parse("o'hara+x@example.com");
    Identity::Person(person(
        &["admin", "billing:eu", "7"],
        &["password", "link"],
        email,
    ))
}

fn person(roles: &[&str], methods: &[&str], email: Option<EmailAddress>) -> Person {
    Person {
        account: AccountId::from_bits(&[1; 16]),
        session: SessionId::from_bits(&[2; 16]),
        roles: roles.iter().filter_map(|role| Role::parse(role)).collect(),
        authenticated_at: Time(1_799_999_000_000),
        methods: methods.iter().map(|&method| method.to_owned()).collect(),
        email,
    }
}
