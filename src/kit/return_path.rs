//! Where a visitor goes back to after signing in: a path and query of ours, and nothing else.
//!
//! A return path that leads elsewhere is an open redirect, the phisher's favourite part of a sign-in
//! page. So it is resolved the way a browser resolves it, against a host of our own making, and what
//! does not stay there becomes `/`.

use serde::{Deserialize, Serialize};
use url::{Origin, Url};

/// The longest return path, as it was sent and as it is written; a longer one becomes `/`.
const LONGEST: usize = 2_048;

/// A path and query on our own host, as a browser will ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// Reads what a form or query asked for. Whatever is not a path of ours outside `edge_prefixes`
    /// becomes `/`.
    pub fn parse(text: &str, edge_prefixes: &[&str]) -> Self {
        Self::read(text, edge_prefixes).unwrap_or_default()
    }

    /// The same, but whatever is not such a path is `None`.
    pub fn read(text: &str, edge_prefixes: &[&str]) -> Option<Self> {
        Self::resolve(text).filter(|path| !path.is_below(edge_prefixes))
    }

    /// A page of our own that sent somebody here. Not for what a request asks for.
    pub fn ours(page: String) -> Self {
        Self(page)
    }

    /// As it goes into a `Location`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it says more than `/`.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    fn resolve(text: &str) -> Option<Self> {
        let printable = text
            .bytes()
            .all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
        if !text.starts_with('/') || text.len() > LONGEST || !printable {
            return None;
        }
        let base = Url::parse("https://edgeward.invalid/").ok()?;
        let resolved = base.join(text).ok()?;
        let stays = resolved.origin() == base.origin()
            && matches!(resolved.origin(), Origin::Tuple(..))
            && resolved.username().is_empty()
            && !resolved.path().starts_with("//");
        let query = resolved
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let path = stays.then(|| format!("{}{query}", resolved.path()));
        path.filter(|path| path.len() <= LONGEST).map(Self)
    }

    fn is_below(&self, prefixes: &[&str]) -> bool {
        let path = self
            .0
            .split('?')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        prefixes.iter().any(|prefix| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ';']))
        })
    }
}

impl Default for ReturnPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> String {
        ReturnPath::parse(text, &["/login", "/auth"]).0
    }

    #[test]
    fn a_path_of_ours_survives_with_its_query() {
        for path in [
            "/",
            "/private/page?tab=2&x=%2F",
            "/loginhelp",
            "/a/b;c",
            "/%E2%82%AC",
        ] {
            assert_eq!(parse(path), path);
        }
        assert_eq!(parse("/a/../b?x#frag"), "/b?x");
    }

    #[test]
    fn whatever_leads_elsewhere_becomes_the_root() {
        for hostile in [
            "",
            "x",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/.//evil.example",
            "/..//evil.example",
            "/x/..//evil.example",
            "/%2e//evil.example",
            " /x",
            "/x y",
            "/\u{0}",
            "/é",
            "//user@evil.example",
            "http:/evil",
        ] {
            assert_eq!(parse(hostile), "/", "{hostile:?}");
        }
        assert_eq!(parse(&format!("/{}", "a".repeat(2_048))), "/");
        let grows = format!("/?{}", "\"".repeat(2_000));
        assert_eq!(parse(&grows), "/", "three times as long when it is escaped");
    }

    #[test]
    fn pages_of_the_gate_itself_are_no_place_to_return_to() {
        for own in [
            "/login",
            "/login/verify?token=x",
            "/auth/session",
            "/a/../login",
            "/LOGIN",
            "/%6cogin/../login",
        ] {
            assert_eq!(parse(own), "/", "{own}");
        }
    }
}
