//! A browser's cookies, as far as ours need one: host-only, by name, with an end. A cookie that a browser
//! would not take fails the test.

use std::collections::BTreeMap;

use edgeward::kit::time::{Span, Time};

/// Cookies by name, each until a moment.
#[derive(Clone, Debug, Default)]
pub struct Jar(BTreeMap<String, (String, Time)>);

impl Jar {
    /// Takes a `Set-Cookie`.
    pub fn take(&mut self, header: &str, now: Time) {
        let mut parts = header.split("; ");
        let (name, value) = parts
            .next()
            .and_then(|pair| pair.split_once('='))
            .expect("name=value");
        let mut attributes: Vec<&str> = parts.collect();
        attributes.sort_unstable();
        let [http_only, age, path, same_site, secure] = attributes.as_slice() else {
            panic!("other attributes: {header}");
        };
        assert!(name.starts_with("__Host-edgeward"), "{header}");
        assert_eq!(
            [*http_only, *path, *same_site, *secure],
            ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
        );
        assert!(header.len() < 4_096, "a browser keeps no cookie of 4 KB");
        let age: i64 = age
            .strip_prefix("Max-Age=")
            .and_then(|age| age.parse().ok())
            .expect("Max-Age");
        if age == 0 {
            self.0.remove(name);
        } else {
            self.0.insert(
                name.to_owned(),
                (value.to_owned(), now + Span::seconds(age)),
            );
        }
    }

    /// The `Cookie` header.
    pub fn header(&self, now: Time) -> Option<String> {
        let live = self.0.iter().filter(|(_, (_, until))| now < *until);
        let pairs: Vec<String> = live
            .map(|(name, (value, _))| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The value of a cookie that has not expired.
    pub fn value(&self, name: &str, now: Time) -> Option<&str> {
        self.0
            .get(name)
            .filter(|(_, until)| now < *until)
            .map(|(value, _)| value.as_str())
    }

    /// Puts a value of somebody's own making into the jar.
    pub fn plant(&mut self, name: &str, value: &str) {
        self.0
            .insert(name.to_owned(), (value.to_owned(), Time(i64::MAX)));
    }

    /// Loses a cookie.
    pub fn lose(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The names in it.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
