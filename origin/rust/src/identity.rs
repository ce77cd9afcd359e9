//! From the two dictionaries (RFC 9651) to who is asking, and by which link.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use sfv::{BareItem, Dictionary, FieldType as _, Item, ListEntry, Parser};
use sha2::{Digest as _, Sha256};

use crate::reason::{Reason, demand};

/// What Edgeward signed for one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// Who is asking.
    pub identity: Identity,
    /// Whom it is for.
    pub audience: String,
    /// Path and query, exactly as received.
    pub target: String,
    /// Names the request, in Edgeward's log too.
    pub request: String,
    /// The smart link it came by.
    pub link: Option<Link>,
    /// `Content-Digest`, where the access rule says `digest`: see [`Verified::is_digest_of`].
    pub digest: Option<String>,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    /// Nobody is signed in, or the access rule is `public`.
    Anonymous,
    /// Somebody is signed in.
    Person(Person),
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Who, for good.
    pub account: String,
    /// Which of their sessions.
    pub session: String,
    /// What they may do.
    pub roles: Vec<String>,
    /// How they proved who they are.
    pub methods: Vec<String>,
    /// When, in seconds since 1970.
    pub authenticated_at: i64,
    /// Their address, where `IDENTITY_EMAIL` is on.
    pub email: Option<String>,
}

/// A smart link: it lets in at `path` and below.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Which.
    pub id: String,
    /// Where.
    pub path: String,
    /// What else it says.
    pub claims: BTreeMap<String, Claim>,
}

/// What a smart link says under one name.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with up to three decimals.
    Decimal(f64),
    /// Yes or no.
    Flag(bool),
}

impl Verified {
    /// Who is signed in, if anybody is.
    pub fn person(&self) -> Option<&Person> {
        match &self.identity {
            Identity::Person(person) => Some(person),
            Identity::Anonymous => None,
        }
    }

    /// Reads the two headers. Members of the identity that a later Edgeward may add are ignored.
    pub(crate) fn read(identity: &[u8], link: Option<&[u8]>) -> Result<Self, Reason> {
        let members = Members::read(identity, Reason::MalformedIdentity)?;
        let (audience, target, request) = (
            members.text("aud")?,
            members.text("target")?,
            members.text("id")?,
        );
        let anonymous =
            matches!(members.item("account")?, BareItem::Token(t) if t.as_str() == "anonymous");
        let identity = if anonymous {
            let of_a_person = ["session", "roles", "at", "methods", "email"];
            let none = !of_a_person.into_iter().any(|name| members.has(name));
            demand(none, Reason::MalformedIdentity)?;
            Identity::Anonymous
        } else {
            Identity::Person(Person::read(&members)?)
        };
        Ok(Self {
            identity,
            audience,
            target,
            request,
            link: link.map(Link::read).transpose()?,
            digest: None,
        })
    }

    /// Whether these are the bytes whose digest was signed (RFC 9530, `sha-256`). `false` where none was: for paths
    /// whose access rule does not say `digest`.
    #[must_use]
    pub fn is_digest_of(&self, body: &[u8]) -> bool {
        let value = BASE64.encode(&Sha256::digest(body));
        self.digest.as_deref() == Some(format!("sha-256=:{value}:").as_str())
    }
}

impl Person {
    fn read(members: &Members) -> Result<Self, Reason> {
        Ok(Self {
            account: members.text("account")?,
            session: members.text("session")?,
            roles: members.list("roles", |item| {
                item.as_string().map(|text| text.as_str().to_owned())
            })?,
            methods: members.list("methods", |item| {
                item.as_token().map(|token| token.as_str().to_owned())
            })?,
            authenticated_at: match members.item("at")? {
                BareItem::Integer(at) => i64::from(*at),
                _ => return Err(members.reason),
            },
            email: members
                .has("email")
                .then(|| members.any_text("email"))
                .transpose()?,
        })
    }
}

impl Link {
    fn read(header: &[u8]) -> Result<Self, Reason> {
        let members = Members::read(header, Reason::MalformedLink)?;
        let (id, path) = (members.text("id")?, members.text("path")?);
        let mut claims = BTreeMap::new();
        for name in members.dictionary.keys().map(|key| key.as_str()) {
            if name != "id" && name != "path" {
                claims.insert(name.to_owned(), Claim::of(members.item(name)?)?);
            }
        }
        Self::new(id, path, claims)
    }

    pub(crate) fn new(
        id: String,
        path: String,
        claims: BTreeMap<String, Claim>,
    ) -> Result<Self, Reason> {
        let bits = id.strip_prefix("lnk_").unwrap_or_default();
        let base32 = bits.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        demand(bits.len() == 26 && base32, Reason::MalformedLink)?;
        demand(path.starts_with('/'), Reason::MalformedLink)?;
        Ok(Self { id, path, claims })
    }

    /// Whether a target lies at its path or below it, by whole segments.
    pub(crate) fn covers(&self, target: &str) -> bool {
        let asked = target.split('?').next().unwrap_or_default();
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        self.path == "/" || asked.strip_prefix(self.path.as_str()).is_some_and(below)
    }
}

impl Claim {
    fn of(item: &BareItem) -> Result<Self, Reason> {
        Ok(match item {
            BareItem::String(text) => Self::Text(text.as_str().to_owned()),
            BareItem::DisplayString(text) => Self::Text(text.clone()),
            BareItem::Integer(number) => Self::Whole(i64::from(*number)),
            BareItem::Decimal(number) => Self::Decimal(f64::from(*number)),
            BareItem::Boolean(flag) => Self::Flag(*flag),
            _ => return Err(Reason::MalformedLink),
        })
    }
}

/// The members of a dictionary in its canonical form (RFC 9651 §4.1), without parameters.
///
/// Everything else is refused, so that no two readers can take one text for two things. What is read here was signed:
/// it is not a border that strangers reach.
struct Members {
    dictionary: Dictionary,
    reason: Reason,
}

impl Members {
    fn read(header: &[u8], reason: Reason) -> Result<Self, Reason> {
        let dictionary: Dictionary = Parser::new(header).parse().map_err(|_| reason)?;
        let canonical = dictionary.serialize();
        demand(
            canonical.is_some_and(|text| text.as_bytes() == header),
            reason,
        )?;
        let plain = dictionary.values().all(|member| match member {
            ListEntry::Item(item) => item.params.is_empty(),
            ListEntry::InnerList(list) => {
                list.params.is_empty() && list.items.iter().all(|item| item.params.is_empty())
            }
        });
        demand(plain, reason)?;
        Ok(Self { dictionary, reason })
    }

    fn has(&self, name: &str) -> bool {
        self.dictionary.contains_key(name)
    }

    fn item(&self, name: &str) -> Result<&BareItem, Reason> {
        match self.dictionary.get(name) {
            Some(ListEntry::Item(Item { bare_item, .. })) => Ok(bare_item),
            _ => Err(self.reason),
        }
    }

    fn text(&self, name: &str) -> Result<String, Reason> {
        match self.item(name)? {
            BareItem::String(text) => Ok(text.as_str().to_owned()),
            _ => Err(self.reason),
        }
    }

    /// A string, or a display string where it is not ASCII.
    fn any_text(&self, name: &str) -> Result<String, Reason> {
        match self.item(name)? {
            BareItem::DisplayString(text) => Ok(text.clone()),
            _ => self.text(name),
        }
    }

    fn list(
        &self,
        name: &str,
        read: impl Fn(&BareItem) -> Option<String>,
    ) -> Result<Vec<String>, Reason> {
        match self.dictionary.get(name) {
            Some(ListEntry::InnerList(list)) => list
                .items
                .iter()
                .map(|item| read(&item.bare_item).ok_or(self.reason))
                .collect(),
            _ => Err(self.reason),
        }
    }
}
