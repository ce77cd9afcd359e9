//! How long things live, and how often things may be tried: `LIFETIMES` and `LIMITS`.

use serde_json::Value;

use super::reader::{Read, Reader, Table, choice, fault, list, span, text};
use crate::kit::{budget::Rate, time::Span};

/// How long tokens, sessions and the revocation window last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// A pending sign-up and the links that prove its address.
    pub verify: Span,
    /// A link to a new password.
    pub reset: Span,
    /// A link to sign in.
    pub magic: Span,
    /// An invitation.
    pub invite: Span,
    /// A link that confirms a new address.
    pub email_change: Span,
    /// How long a session cookie is trusted by itself, for safe methods.
    pub window: Span,
    /// A session without a request.
    pub idle: Span,
    /// A session, however busy.
    pub session: Span,
}

/// How often things may be tried. A list of rates is obeyed as a whole: each of them must allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins to one address from browsers that are not marked for it, all together.
    pub unmarked: Rate,
    /// Sign-ins to one address from one marked browser.
    pub marked: Rate,
    /// Sign-ins from one client network.
    pub network_signin: Vec<Rate>,
    /// Sign-ups from one client network.
    pub network_signup: Vec<Rate>,
    /// Requests for mail from one client network.
    pub network_mail: Vec<Rate>,
    /// Posted links from one client network.
    pub network_link: Vec<Rate>,
    /// Operators' keys that were refused, from one client network.
    pub network_admin: Vec<Rate>,
    /// Mails to one address that strangers asked for.
    pub mail_strangers: Vec<Rate>,
    /// Mails to one address that a marked browser, a session or an operator asked for.
    pub mail_known: Vec<Rate>,
}

/// What is done about a password that is tried at many addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SprayGuard {
    /// Nothing; nobody counts.
    Off,
    /// It is written into the log.
    Log,
    /// It opens nothing from a browser that is not marked; a link by mail does.
    Link,
}

/// `SPRAY_GUARD`, and what it does not go together with.
pub(super) fn spray_guard(reader: &mut Reader<'_>, magic_links: bool) -> SprayGuard {
    const NAME: &str = "SPRAY_GUARD";
    const WORDS: [(&str, SprayGuard); 3] = [
        ("off", SprayGuard::Off),
        ("log", SprayGuard::Log),
        ("link", SprayGuard::Link),
    ];
    let guard = reader.or(NAME, SprayGuard::Off, |value| choice(value, &WORDS));
    if guard == SprayGuard::Link && !magic_links {
        let what = "is link, and MAGIC_LINKS is off: nobody could get in";
        reader.problem(NAME, what, "turn MAGIC_LINKS on, or choose log");
    }
    guard
}

impl Lifetimes {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mut table = reader.table("LIFETIMES");
        let mut life = |key, default, most| {
            table.or(reader, key, default, |value| {
                span(value, Span::seconds(1), most)
            })
        };
        let lifetimes = Self {
            verify: life("verify", Span::hours(24), Span::days(7)),
            reset: life("reset", Span::minutes(60), Span::days(1)),
            magic: life("magic", Span::minutes(10), Span::days(1)),
            invite: life("invite", Span::days(7), Span::days(30)),
            email_change: life("email_change", Span::minutes(60), Span::days(7)),
            idle: life("idle", Span::hours(12), Span::days(90)),
            session: life("session", Span::days(7), Span::days(365)),
            window: table.or(reader, "window", Span::seconds(60), |value| {
                span(value, Span::ZERO, Span::hours(1))
            }),
        };
        table.close(reader);
        lifetimes
    }
}

impl Limits {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mut table = reader.table("LIMITS");
        let mut address = table.inner(reader, "address");
        let mut network = table.inner(reader, "network");
        let mut mail = table.inner(reader, "mail");
        let limits = Self {
            unmarked: address.or(reader, "unmarked", times(5, Span::minutes(15)), rate),
            marked: address.or(reader, "marked", times(10, Span::minutes(15)), rate),
            network_signin: budget(
                &mut network,
                reader,
                "signin",
                &[times(20, Span::minutes(1)), times(200, Span::hours(1))],
            ),
            network_signup: budget(&mut network, reader, "signup", &[times(10, Span::hours(1))]),
            network_mail: budget(&mut network, reader, "mail", &[times(10, Span::hours(1))]),
            network_link: budget(&mut network, reader, "link", &[times(60, Span::minutes(1))]),
            network_admin: budget(
                &mut network,
                reader,
                "admin",
                &[times(10, Span::minutes(1)), times(60, Span::hours(1))],
            ),
            mail_strangers: budget(
                &mut mail,
                reader,
                "strangers",
                &[times(3, Span::minutes(15)), times(6, Span::days(1))],
            ),
            mail_known: budget(&mut mail, reader, "known", &[times(5, Span::days(1))]),
        };
        for table in [address, network, mail, table] {
            table.close(reader);
        }
        limits
    }
}

const fn times(count: u32, per: Span) -> Rate {
    Rate { count, per }
}

fn budget(table: &mut Table, reader: &mut Reader<'_>, key: &str, default: &[Rate]) -> Vec<Rate> {
    table.or(reader, key, default.to_vec(), rates)
}

/// One to four rates.
fn rates(value: &Value) -> Read<Vec<Rate>> {
    let rates: Option<Vec<Rate>> = list(value)?
        .iter()
        .map(|rate| Rate::parse(text(rate).ok()?))
        .collect();
    match rates.filter(|rates| (1..=4).contains(&rates.len())) {
        Some(rates) => Ok(rates),
        None => fault(
            "is not a list of one to four rates",
            "write it like [\"20/1m\", \"200/1h\"]",
        ),
    }
}

/// A list of exactly one rate: a lane has one width.
fn rate(value: &Value) -> Read<Rate> {
    match rates(value)?.as_slice() {
        [rate] => Ok(*rate),
        _ => fault("has more than one rate", "write it like [\"5/15m\"]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_operators_write_them() {
        assert_eq!(Rate::parse("5/15m"), Some(times(5, Span::minutes(15))));
        assert_eq!(Rate::parse("200/1h"), Some(times(200, Span::hours(1))));
        for text in [
            "",
            "5",
            "/15m",
            "0/15m",
            "5/0s",
            "-5/1m",
            "+5/1m",
            "5/15",
            "5 / 15m",
            "5/1m/1m",
            "9999999999/1m",
            "5/31d",
        ] {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
    }
}
