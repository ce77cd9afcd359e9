//! What must hold of a parser whatever it is given. None of them may panic; what is accepted has one spelling,
//! or stays what it is when it is read again; and what is refused is not quoted.

use std::collections::BTreeMap;

use edgeward::{
    config::{AccessRules, Config, Settings},
    kit::{
        email::EmailAddress, encoding::from_base64url, id::RequestId, keys::KeyRing,
        return_path::ReturnPath, token::LinkKind, token::Token,
    },
    web::{
        access::{Level, demand, lies_below},
        cookie::{self, ChangeTicket, Flash, SessionCookie, Ticket},
        fields::{Field, Format},
        head::Head,
        site::Site,
    },
};
use serde_json::{Map, Value};
use url::Url;

use crate::twin::settings;

thread_local! {
    static SITE: Site = settings::site(&[]);
}

/// A value as the runtime hands it over: each byte a character, unless it is UTF-8.
fn text(input: &[u8]) -> String {
    match core::str::from_utf8(input) {
        Ok(text) => text.to_owned(),
        Err(_) => input.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// An address that is accepted is normal, and reading it again changes nothing.
pub fn address(input: &[u8]) {
    let typed = text(input);
    let Some(address) = EmailAddress::parse(&typed) else {
        return;
    };
    let normal = address.as_str();
    assert_eq!(EmailAddress::parse(normal).as_ref(), Some(&address));
    assert_eq!(
        EmailAddress::parse(&normal.to_ascii_uppercase()).as_ref(),
        Some(&address)
    );
    assert!(normal.len() <= 254 && normal.bytes().filter(|b| *b == b'@').count() == 1);
    assert!(
        normal
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase())
    );
    assert!(!normal.contains(['"', '(', ')', ',', ';', ':', '<', '>', '[', ']', '\\']));
    let json = serde_json::to_value(&address).unwrap();
    assert_eq!(
        serde_json::from_value::<EmailAddress>(json).unwrap(),
        address
    );
    assert!(address.local().len() < 2 || !format!("{address:?}").contains(normal));
}

/// JSON is read where it is an object, a form where it is UTF-8; and a field that passes comes once.
pub fn body(input: &[u8]) {
    let named = [Field::Required("email"), Field::Optional("next")];
    if let Some(fields) = Format::Form.read(input) {
        let checked = fields.check(&named).is_ok();
        let whole = core::str::from_utf8(input).unwrap();
        let given = || {
            whole
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
                    String::from_utf8_lossy(&percent_decoded(name.as_bytes())).into_owned()
                })
        };
        let once = given().filter(|name| name == "email").count() == 1;
        assert!(!checked || (once && !fields.text("email").is_empty()));
        assert!(!checked || given().all(|name| name == "email" || name == "next"));
    } else {
        assert!(core::str::from_utf8(input).is_err());
    }
    let object = serde_json::from_slice::<Map<String, Value>>(input).ok();
    let fields = Format::Json.read(input);
    assert!(
        fields.is_none() || object.is_some(),
        "what is no object is not read"
    );
    if let (Some(fields), Some(object)) = (fields, object)
        && fields.check(&named).is_ok()
    {
        assert_eq!(object["email"].as_str(), Some(fields.text("email")));
        assert_eq!(
            object
                .keys()
                .filter(|name| *name != "email" && *name != "next")
                .count(),
            0
        );
    }
}

/// What a reader of cookies believes is spelt as Edgeward would spell it.
pub fn cookie(input: &[u8]) {
    let value = text(input);
    SITE.with(|site| {
        let (keys, now) = (&site.keys, edgeward::kit::time::Time(0));
        let signed = [
            (
                SessionCookie::read(&value, keys).is_some(),
                keys.session.clone(),
            ),
            (cookie::device(&value, keys).is_some(), keys.device.clone()),
            (cookie::signup(&value, keys).is_some(), keys.signup.clone()),
            (cookie::link(&value, keys).is_some(), keys.link.clone()),
            (cookie::magic(&value, keys).is_some(), keys.magic()),
        ];
        for (believed, signer) in signed {
            let payload = signer.verify(&value);
            assert!(!believed || payload.is_some());
            assert!(payload.is_none_or(|payload| signer.sign(&payload) == value));
        }
        let tickets = LinkKind::ALL.map(|kind| {
            (
                Ticket::read(kind, &value, keys).is_some(),
                keys.ticket(kind),
            )
        });
        let change = ChangeTicket::read(&value, keys, now).is_some();
        let flash = Flash::read(&value, keys, now).is_some();
        let others = [(change, keys.change()), (flash, keys.flash.clone())];
        for (believed, sealer) in tickets.into_iter().chain(others) {
            let secret = sealer.open(&value);
            assert!(!believed || secret.is_some());
            let Some(secret) = secret else { continue };
            let whole = from_base64url(value.split('.').nth(2).unwrap()).unwrap();
            assert_eq!(sealer.seal(&secret, *whole.first_chunk().unwrap()), value);
        }
    });
}

/// A head that is read has a target of ours, and a cookie that comes once.
pub fn head(input: &[u8]) {
    let request = text(input);
    let Some(head) = Head::parse(&request, RequestId::from_bits(&[0; 16])) else {
        return;
    };
    assert!(head.target.starts_with('/') && !head.target.contains(['#', '\n']));
    assert!(head.path().starts_with('/') && !head.path().contains('?'));
    assert_eq!(head.query().is_some(), head.target.contains('?'));
    assert!(!head.host.contains('/'));
    for (name, _) in head.cookies() {
        let of_name = head
            .cookies()
            .iter()
            .filter(|(other, _)| other == name)
            .count();
        let value = head.cookie(name);
        assert_eq!(value.is_some(), of_name == 1, "{name}");
        assert!(value.is_none_or(|value| !value.contains([';', ','])));
    }
    let _ = (
        head.parameter("next"),
        head.is_navigation(),
        head.wants_events(),
    );
}

/// A ring is never shown, neither when it is read nor when it is refused.
pub fn keyring(input: &[u8]) {
    let written = text(input);
    let told = match KeyRing::parse(&written) {
        Ok(ring) => {
            assert!(ring.iter().all(|(_, key)| key.reveal().len() >= 32));
            format!("{ring:?}")
        }
        Err(fault) => format!("{fault} {fault:?}"),
    };
    for entry in written.split(',').filter_map(|entry| entry.split_once(':')) {
        assert!(entry.1.trim().len() < 20 || !told.contains(entry.1.trim()));
    }
}

/// What is open to everybody is below `/public` for any router that decodes, cuts and resolves as routers do.
pub fn path(input: &[u8]) {
    let asked = text(input);
    SITE.with(|site| {
        let config = &site.config;
        let found = demand(&config.rules, &config.prefixes, "GET", &asked);
        let is_open = found.is_ok_and(|demand| demand.level == Level::Public);
        let granted = lies_below("/public", &asked);
        for reading in routers(&asked) {
            let inside = reading == "/public" || reading.starts_with("/public/");
            assert!(
                inside || !is_open,
                "{asked:?} is open, and somebody reads {reading:?}"
            );
            assert!(
                inside || !granted,
                "a link opens {asked:?}, and somebody reads {reading:?}"
            );
        }
    });
}

/// What stays here stays here for a browser too, and is the same when it is read again.
pub fn return_path(input: &[u8]) {
    let prefixes = ["/login", "/auth"];
    let Some(path) = ReturnPath::read(&text(input), &prefixes) else {
        return;
    };
    let written = path.as_str();
    assert_eq!(ReturnPath::read(written, &prefixes).as_ref(), Some(&path));
    assert!(written.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'));
    let home = Url::parse("https://app.example.org/login/deep").unwrap();
    let followed = home.join(written).unwrap();
    assert_eq!(followed.origin(), home.origin());
    assert!(!prefixes.iter().any(|prefix| {
        let path = followed.path().to_ascii_lowercase();
        path == *prefix || path.starts_with(&format!("{prefix}/"))
    }));
}

/// Rules are the same in one variable and in two, and their problems quote nothing of them.
pub fn rules(input: &[u8]) {
    let Ok(Value::Array(list)) = serde_json::from_slice(input) else {
        return;
    };
    let whole = parse_rules(&[&list]);
    let (left, right) = list.split_at(list.len() / 2);
    let parted = parse_rules(&[left, right]);
    match (whole, parted) {
        (Ok(whole), Ok(parted)) => {
            assert_eq!(
                format!("{:?}", whole.iter().collect::<Vec<_>>()),
                format!("{:?}", parted.iter().collect::<Vec<_>>())
            );
            SITE.with(|site| {
                for path in ["/", "/a", "/a/b", "/A//b/", "/private/%2e%2e/a"] {
                    for method in ["GET", "POST"] {
                        let asked = |rules: &AccessRules| {
                            demand(rules, &site.config.prefixes, method, path)
                                .map(|demand| demand.level)
                                .ok()
                        };
                        assert_eq!(asked(&whole), asked(&parted));
                    }
                }
            });
        }
        (Err(whole), Err(parted)) => assert_eq!(whole.len(), parted.len()),
        (whole, parted) => panic!("{whole:?} in one and {parted:?} in two"),
    }
}

/// Settings are read or refused, the same each time, and no problem quotes a value.
pub fn settings(input: &[u8]) {
    let Ok(Value::Object(changes)) = serde_json::from_slice(input) else {
        return;
    };
    let mut settings = Settings::clone(&SETTINGS.with(Clone::clone));
    let mut values = Vec::new();
    for (name, value) in changes {
        texts(&value, &mut values);
        settings.values.insert(name, value);
    }
    let told = |settings: &Settings| Config::read(settings).map(drop);
    let problems = told(&settings);
    assert_eq!(problems, told(&settings));
    let Err(problems) = problems else { return };
    assert!(!problems.is_empty());
    for problem in problems {
        let told = format!("{} {}", problem.what, problem.fix);
        let quoted = values.iter().find(|value| told.contains(value.as_str()));
        assert_eq!(quoted, None, "{problem:?}");
    }
}

thread_local! {
    static SETTINGS: Settings = crate::twin::settings::settings(&[]);
}

/// A token has one spelling and one kind.
pub fn token(input: &[u8]) {
    let shown = text(input);
    let kinds: Vec<_> = LinkKind::ALL
        .into_iter()
        .filter_map(|kind| Token::parse(kind, &shown))
        .collect();
    assert!(kinds.len() <= 1);
    for token in kinds {
        assert_eq!(token.reveal(), shown);
        let again = Token::parse(token.kind(), &token.reveal()).unwrap();
        assert!(again.hash() == token.hash());
        let secret = shown.rsplit('.').next().unwrap();
        assert!(!format!("{token:?} {:?}", token.hash()).contains(secret));
    }
}

fn parse_rules(lists: &[&[Value]]) -> Result<AccessRules, Vec<edgeward::config::Problem>> {
    let names = ["ACCESS_RULES", "ACCESS_RULES_2"];
    let lists = lists.iter().map(|list| Value::Array(list.to_vec()));
    let values: BTreeMap<String, Value> = names.map(str::to_owned).into_iter().zip(lists).collect();
    AccessRules::parse(&values)
}

/// The marked texts in a value; see the seeds.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("canary") && text.len() > 11 => {
            found.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => (),
    }
}

/// A path as routers read it: decoded up to twice, `\` as `/`, `;…` cut, slashes merged before or after the dots
/// are resolved.
fn routers(path: &str) -> Vec<String> {
    let mut readings = Vec::new();
    let mut bytes = path.as_bytes().to_vec();
    for _ in 0..3 {
        let spelt = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        for spelt in [spelt.clone(), spelt.replace('\\', "/")] {
            let cut = |segment: &str| segment.split(';').next().unwrap_or_default().to_owned();
            let cut: Vec<String> = spelt.split('/').map(cut).collect();
            for spelt in [spelt, cut.join("/")] {
                readings.push(resolved(&merged(&spelt)));
                readings.push(merged(&resolved(&spelt)));
            }
        }
        bytes = percent_decoded(&bytes);
    }
    readings
}

fn merged(path: &str) -> String {
    let filled: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    format!("/{}", filled.join("/"))
}

fn resolved(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => (),
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    format!("/{}", kept.join("/"))
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match (
            bytes[at],
            digit(bytes.get(at + 1)),
            digit(bytes.get(at + 2)),
        ) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap());
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}
