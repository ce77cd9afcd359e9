//! What holds in every test, asked for or not.

use edgeward::{
    account::AccountState, address::AddressState, kit::time::Time, link::LinkState,
    network::NetworkState, web::cookie,
};
use serde::de::DeserializeOwned;

use super::{
    objects::Kind,
    world::{Page, World},
};

/// Headers that every answer of ours has, and what each begins with.
const PROTECTION: [(&str, &str); 8] = [
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", ""),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'nonce-",
    ),
    ("strict-transport-security", "max-age=31536000"),
    ("x-frame-options", "DENY"),
];

/// The longest cookie that browsers keep, its name and value with the sign between (RFC 6265bis).
const LONGEST_COOKIE: usize = 4097;

impl World {
    /// An answer of ours is protected, gives no secret back, and sets no cookie that browsers throw away.
    pub(super) fn check_page(&self, page: &Page) {
        let whole = format!("{:?}{}", page.headers, page.body);
        for secret in self.secrets.borrow().iter() {
            assert!(!whole.contains(secret), "a secret is sent back: {page:#?}");
        }
        for (_, cookie) in page.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let kept = pair.len() <= LONGEST_COOKIE || !pair.starts_with(cookie::PREFIX);
            assert!(kept, "no browser keeps a cookie of {}: {pair}", pair.len());
        }
        if page.seen.is_some() {
            return;
        }
        for (name, start) in PROTECTION {
            let values: Vec<_> = page
                .headers
                .iter()
                .filter(|(known, _)| known == name)
                .collect();
            assert!(
                matches!(values.as_slice(), [(_, value)] if value.starts_with(start)),
                "{name}: {values:?}"
            );
        }
    }

    /// No log line and no database holds a password or a token, and no log line an address.
    pub(super) fn check_secrets(&self) {
        let log = self.log.borrow().join("\n");
        assert!(!log.contains('@'), "an address in the log:\n{log}");
        for secret in self.secrets.borrow().iter() {
            assert!(!log.contains(secret), "a secret in the log:\n{log}");
            for (name, object) in self.objects.borrow().iter() {
                let stored = object.sql.everything();
                assert!(!stored.contains(secret), "a secret in {name:?}: {stored}");
            }
        }
    }

    /// Whoever owes or keeps something for a time has an alarm that rings in time: nobody needs to come by
    /// for it to end.
    pub fn check_debtors(&self) {
        for (name, object) in self.objects.borrow().iter() {
            let Some(state) = object.sql.state() else {
                continue;
            };
            let due = self.wakes_at(object.kind, &state);
            let alarm = object.alarm.get();
            let in_time = due.is_none_or(|due| alarm.is_some_and(|alarm| alarm <= due));
            assert!(in_time, "{name:?} sleeps until {alarm:?}: {state}");
        }
    }

    /// When an object with this state must be awake.
    fn wakes_at(&self, kind: Kind, state: &str) -> Option<Time> {
        let rules = &self.site.rules;
        match kind {
            Kind::Address => read::<AddressState>(state).wake_at(&rules.address),
            Kind::Account => read::<AccountState>(state).wake_at(&rules.account),
            Kind::Network => read::<NetworkState>(state).wake_at(&rules.network),
            Kind::Link => read::<LinkState>(state).wake_at(),
        }
    }

    /// No mail is left unread.
    pub(super) fn check_mail(&self) {
        let unread: Vec<_> = self
            .mails
            .borrow()
            .iter()
            .filter(|mail| !mail.read)
            .cloned()
            .collect();
        assert!(
            unread.is_empty() || !self.mail_matters.get(),
            "unread mail: {unread:#?}"
        );
    }
}

fn read<S: DeserializeOwned>(state: &str) -> S {
    serde_json::from_str(state).expect("a state")
}
