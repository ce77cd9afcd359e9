//! The addresses Edgeward is told: its own, the origin's, those of the webhooks.
//!
//! `https` is asked for everywhere but on loopback hosts, where a developer's machine talks to itself.

use serde_json::Value;
use url::{Host, Url};

use super::reader::{Read, Reader, fault, text};

/// Where visitors reach Edgeward. Every link in a mail starts with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme, host and port: `https://app.example.org`.
    pub origin: String,
    /// Host and port as a `Host` header has them; the scheme's own port is left out.
    pub host: String,
    /// Whether it is https. Otherwise the host is a loopback host.
    pub https: bool,
}

/// Where requests are forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// To this origin: scheme, host and port, without a path.
    Url(String),
    /// To the service binding `ORIGIN`.
    Binding,
}

/// The URL of a webhook: https, or http on a loopback host; without user name, password or fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// As it is fetched.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `PUBLIC_URL`.
pub(super) fn public_url(value: &Value) -> Read<PublicUrl> {
    let url = site(value)?;
    let origin = url.origin().ascii_serialization();
    Ok(PublicUrl {
        host: host_and_port(&origin).to_owned(),
        https: url.scheme() == "https",
        origin,
    })
}

/// `ORIGIN_URL`, or the binding `ORIGIN`; one of them, and not Edgeward itself.
pub(super) fn origin(
    reader: &mut Reader<'_>,
    bound: bool,
    public: Option<&PublicUrl>,
) -> Option<Origin> {
    const NAME: &str = "ORIGIN_URL";
    match (reader.value(NAME).is_some(), bound) {
        (true, true) => {
            let what = "is set beside the service binding ORIGIN";
            reader.problem(NAME, what, "keep one of the two");
            None
        }
        (false, true) => Some(Origin::Binding),
        (false, false) => {
            let fix = "set it to the application's own address, or bind a service as ORIGIN";
            reader.problem(NAME, "is missing", fix);
            None
        }
        (true, false) => {
            let origin = reader.optional(NAME, plain_origin)?;
            if public.is_some_and(|public| public.origin == origin) {
                let what = "is the origin of PUBLIC_URL, so every request would come back here";
                reader.problem(NAME, what, "set it to the application's own address");
            }
            Some(Origin::Url(origin))
        }
    }
}

/// `NOTIFIER_URL` and the hooks.
pub(super) fn endpoint(value: &Value) -> Read<Endpoint> {
    let url = secure(value)?;
    if url.fragment().is_some() {
        return fault("has a fragment, which is never sent", "leave out the #…");
    }
    Ok(Endpoint(url.into()))
}

/// An origin and nothing more, as an `Origin` header spells it.
pub(super) fn plain_origin(value: &Value) -> Read<String> {
    Ok(site(value)?.origin().ascii_serialization())
}

/// An address that a page shows: https, or http on a loopback host.
pub(super) fn web_address(value: &Value) -> Read<String> {
    Ok(secure(value)?.into())
}

/// Whether a host, as a `Host` header has it, is this machine itself.
pub fn is_loopback(host: &str) -> bool {
    let bare = !host.contains(['/', '\\', '?', '#', '@']);
    bare && Url::parse(&format!("http://{host}/")).is_ok_and(|url| is_loopback_url(&url))
}

fn is_loopback_url(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A URL that is an origin and no more.
fn site(value: &Value) -> Read<Url> {
    let url = secure(value)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if bare {
        Ok(url)
    } else {
        fault(
            "has more than scheme, host and port",
            "leave out path, query and fragment",
        )
    }
}

fn secure(value: &Value) -> Read<Url> {
    const FIX: &str = "write it like https://app.example.org";
    let Ok(url) = Url::parse(text(value)?) else {
        return fault("is not a URL", FIX);
    };
    if !url.username().is_empty() || url.password().is_some() {
        return fault("has a user name or password", "leave it out");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback_url(&url) => Ok(url),
        "http" => fault(
            "is plain http on a host that is not this machine",
            "use https",
        ),
        _ => fault("is neither https nor http", FIX),
    }
}

fn host_and_port(origin: &str) -> &str {
    origin.split_once("://").map_or("", |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> Option<PublicUrl> {
        public_url(&Value::from(text)).ok()
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for (text, origin, host, https) in [
            (
                "https://App.Example.org",
                "https://app.example.org",
                "app.example.org",
                true,
            ),
            (
                "https://app.example.org:443/",
                "https://app.example.org",
                "app.example.org",
                true,
            ),
            (
                "https://a.example:8443",
                "https://a.example:8443",
                "a.example:8443",
                true,
            ),
            (
                "http://localhost:8787",
                "http://localhost:8787",
                "localhost:8787",
                false,
            ),
            ("http://127.0.0.9", "http://127.0.0.9", "127.0.0.9", false),
            ("http://[::1]:80", "http://[::1]", "[::1]", false),
        ] {
            let public = public(text).unwrap();
            assert_eq!(public.origin, origin);
            assert_eq!((public.host.as_str(), public.https), (host, https));
        }
    }

    #[test]
    fn what_is_no_safe_origin_is_refused() {
        for text in [
            "app.example.org",
            "http://app.example.org",
            "http://localhost.example.org",
            "http://128.0.0.1",
            "https://app.example.org/path",
            "https://app.example.org/?a",
            "https://app.example.org/#a",
            "https://user@app.example.org",
            "https://:secret@app.example.org",
            "ftp://localhost",
            "javascript:alert(1)",
            "//app.example.org",
            "https://",
        ] {
            assert_eq!(public(text), None, "{text}");
        }
    }

    #[test]
    fn a_webhook_may_have_a_path_and_a_query() {
        let url = "https://mail.example.org/hooks?from=edge";
        assert_eq!(endpoint(&Value::from(url)).ok().unwrap().as_str(), url);
        for text in ["https://mail.example.org/#x", "http://mail.example.org/"] {
            assert!(endpoint(&Value::from(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn loopback_hosts_are_few() {
        for host in [
            "localhost",
            "localhost:8787",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:8787",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.org",
            "localhost.example.org",
            "10.0.0.1",
            "localhost/x",
            "a@localhost/",
            "localhost#",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
