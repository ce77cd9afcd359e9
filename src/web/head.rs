//! The head of a request, as the entry hands it over: one text, read in one call.
//!
//! ```text
//! GET
//! https://app.example/private?tab=2
//! Lisbon, PT
//! accept
//! text/html
//! cookie
//! …
//! ```

use crate::kit::id::RequestId;

/// What is known of a request before its body is read. Header names are lower-case.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// The method as it was sent, unknown ones too.
    pub method: &'a str,
    /// Scheme, as the runtime saw it.
    pub scheme: &'a str,
    /// Host and port.
    pub host: &'a str,
    /// Path and query exactly as they go to the origin; begins with `/`.
    pub target: &'a str,
    /// Roughly where the client is, as the runtime says; empty when it does not.
    pub place: &'a str,
    /// Whether an answer may lead whoever sent it elsewhere. A proxy that asks about it may know no such answer.
    pub may_be_led: bool,
    headers: Vec<(&'a str, &'a str)>,
    cookies: Vec<(&'a str, &'a str)>,
    /// Names this request in the log and in the signed identity.
    pub id: RequestId,
}

impl<'a> Head<'a> {
    /// Reads the text; `None` when it is not a request.
    pub fn parse(text: &'a str, id: RequestId) -> Option<Self> {
        let mut lines = text.split('\n');
        let (method, url, place) = (lines.next()?, lines.next()?, lines.next()?);
        let (scheme, rest) = url.split_once("://")?;
        let path = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, target) = rest.split_at_checked(path)?;
        let target = target
            .split('#')
            .next()
            .filter(|target| target.starts_with('/'))?;
        let mut headers = Vec::with_capacity(24);
        while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
            headers.push((name, value));
        }
        let cookies = found(&headers, "cookie").map_or_else(Vec::new, cookies);
        Some(Self {
            method,
            scheme,
            host,
            target,
            place,
            may_be_led: true,
            headers,
            cookies,
            id,
        })
    }

    /// The request that this one asks about, which has the same headers but for those that end at a proxy: that
    /// it wants a WebSocket shows by what else a handshake has (RFC 6455 §4.1).
    #[must_use]
    pub fn about(self, method: &'a str, target: &'a str) -> Self {
        let mut headers = self.headers;
        let shakes_hands = headers.iter().any(|(name, _)| *name == "sec-websocket-key");
        headers.extend(shakes_hands.then_some(("upgrade", "websocket")));
        Self {
            method,
            target,
            headers,
            ..self
        }
    }

    /// The header of this lower-case name; several are joined with `, ` by the runtime.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        found(&self.headers, name)
    }

    /// The names of all headers.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.headers.iter().map(|(name, _)| *name)
    }

    /// The path, without the query.
    pub fn path(&self) -> &'a str {
        self.target.split('?').next().unwrap_or("/")
    }

    /// The query, without the `?`.
    pub fn query(&self) -> Option<&'a str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The first value of a parameter in the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query()?.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Whether the method promises to change nothing (RFC 9110 §9.2.1). Unknown methods promise nothing.
    pub fn is_safe(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether the connection is to become something else, a WebSocket for one.
    pub fn is_upgrade(&self) -> bool {
        self.header("upgrade").is_some()
    }

    /// Whether a stream of events is asked for (HTML §9.2.3).
    pub fn wants_events(&self) -> bool {
        self.header("accept")
            .is_some_and(|accept| accept.contains("text/event-stream"))
    }

    /// Whether a person is going somewhere, as opposed to a script fetching something.
    pub fn is_navigation(&self) -> bool {
        match self.header("sec-fetch-mode") {
            Some(mode) => mode == "navigate",
            None => self
                .header("accept")
                .is_some_and(|accept| accept.contains("text/html")),
        }
    }

    /// The cookie of this name. A name that comes twice is no cookie: someone planted one of them.
    pub fn cookie(&self, name: &str) -> Option<&'a str> {
        let mut values = self.cookies().iter().filter(|(known, _)| *known == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Every cookie, in order.
    pub fn cookies(&self) -> &[(&'a str, &'a str)] {
        &self.cookies
    }
}

fn found<'a>(headers: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    let mut headers = headers.iter();
    headers
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}

/// The runtime joins several `Cookie` headers with commas, so those part cookies too: one of ours must not
/// hide behind a comma.
fn cookies(header: &str) -> Vec<(&str, &str)> {
    let pairs = header.split(';').flat_map(|pairs| pairs.split(','));
    pairs
        .filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Option<Head<'_>> {
        Head::parse(text, RequestId::from_bits(&[0; 16]))
    }

    #[test]
    fn a_head_is_read_as_it_was_sent() {
        let head =
            head("PURGE\nhttps://a.example:8443/x%20y?b=1&b=2\n\naccept\ntext/html\ncookie\na=1; b=2; a=3\n")
                .unwrap();
        assert_eq!(
            (head.method, head.scheme, head.host),
            ("PURGE", "https", "a.example:8443")
        );
        assert_eq!((head.path(), head.query()), ("/x%20y", Some("b=1&b=2")));
        assert_eq!(head.parameter("b").as_deref(), Some("1"));
        assert!(!head.is_safe() && head.is_navigation());
        assert_eq!(head.cookie("b"), Some("2"));
        assert_eq!(head.cookie("a"), None, "a doubled cookie is none");
    }

    #[test]
    fn what_is_no_request_is_none() {
        for text in [
            "",
            "GET",
            "GET\nnonsense",
            "GET\nhttps://a.example\n",
            "GET\nhttps://a.example?x\n",
        ] {
            assert!(head(text).is_none(), "{text:?}");
        }
    }
}
