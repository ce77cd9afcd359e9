//! Patterns of paths: a path, or a path and all below it, by whole segments.

use core::fmt;

/// `/about`, or `/admin/*` for `/admin` and all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    /// Without a slash at its end, so the root is empty.
    base: String,
    below: bool,
}

impl PathPattern {
    /// Reads a pattern. It must be spelt as plainly as a path can be.
    pub fn parse(text: &str) -> Option<Self> {
        let (base, below) = match text.strip_suffix("/*") {
            Some(base) => (base, true),
            None if text == "/" => ("", false),
            None => (text, false),
        };
        (base.is_empty() || is_plain_path(base))
            .then(|| Self {
                base: base.to_owned(),
                below,
            })
            .filter(|_| !text.is_empty())
    }

    /// A path and all below it. The path must be spelt as plainly as a path can be.
    pub fn at_or_below(path: &str) -> Option<Self> {
        let base = if path == "/" { "" } else { path };
        (base.is_empty() || is_plain_path(base))
            .then(|| Self {
                base: base.to_owned(),
                below: true,
            })
            .filter(|_| !path.is_empty())
    }

    /// `/*`.
    pub(super) fn everything() -> Self {
        Self {
            base: String::new(),
            below: true,
        }
    }

    /// Whether it covers this path as it is spelt.
    pub fn covers(&self, path: &[u8]) -> bool {
        match path.strip_prefix(self.base.as_bytes()) {
            Some([]) => !self.base.is_empty(),
            Some([b'/']) if self.base.is_empty() => true,
            Some([b'/', ..]) => self.below,
            _ => false,
        }
    }

    /// Whether it covers this path regardless of case, empty segments and a slash at the end.
    pub fn covers_loosely(&self, path: &[u8]) -> bool {
        below_loosely(&self.base, path).is_some_and(|rest| self.below || rest == 0)
    }

    /// Whether it covers everything that the other one covers, in both ways of looking.
    pub(super) fn includes(&self, other: &Self) -> bool {
        self.covers_base_of(other) && (self.below || !other.below)
    }

    /// Whether there is a path that both cover, in either way of looking.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.covers_base_of(other) || other.covers_base_of(self)
    }

    /// Whether an upper-case letter is in it.
    pub(super) fn has_upper_case(&self) -> bool {
        self.base.bytes().any(|b| b.is_ascii_uppercase())
    }

    fn covers_base_of(&self, other: &Self) -> bool {
        self.covers_loosely(other.base.as_bytes())
    }
}

/// How many segments the path has below the base, when it is at the base or below it: regardless of
/// case, empty segments and a slash at the end.
pub(super) fn below_loosely(base: &str, path: &[u8]) -> Option<usize> {
    let wanted = base.split('/').filter(|part| !part.is_empty());
    let mut segments = path.split(|b| *b == b'/').filter(|part| !part.is_empty());
    for part in wanted {
        segments
            .next()
            .filter(|segment| segment.eq_ignore_ascii_case(part.as_bytes()))?;
    }
    Some(segments.count())
}

impl fmt::Display for PathPattern {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.base.as_str(), self.below) {
            ("", false) => f.write_str("/"),
            (base, true) => write!(f, "{base}/*"),
            (base, false) => f.write_str(base),
        }
    }
}

/// Whether a path is the same however it is read, but for case: `/` and segments of letters, digits and
/// `-._~!$&'()*+,=:@`, none of them empty or made of dots.
pub(super) fn is_plain_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()+,=:@".contains(&b);
    path.strip_prefix('/').is_some_and(|path| {
        path.split('/')
            .all(|segment| segment.bytes().all(plain) && !segment.trim_matches('.').is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        PathPattern::parse(text).unwrap()
    }

    #[test]
    fn a_pattern_covers_whole_segments() {
        for (text, path, covered) in [
            ("/x/*", "/x", true),
            ("/x/*", "/x/", true),
            ("/x/*", "/x/y/z", true),
            ("/x/*", "/xy", false),
            ("/x/*", "/", false),
            ("/x/*", "/X", false),
            ("/x", "/x", true),
            ("/x", "/x/", false),
            ("/x", "/x/y", false),
            ("/", "/", true),
            ("/", "/x", false),
            ("/", "//", false),
            ("/*", "/", true),
            ("/*", "//x", true),
            ("/*", "*", false),
        ] {
            assert_eq!(pattern(text).to_string(), text);
            assert_eq!(
                pattern(text).covers(path.as_bytes()),
                covered,
                "{text} {path}"
            );
        }
    }

    #[test]
    fn a_loose_look_ignores_case_and_empty_segments() {
        for (text, path, covered) in [
            ("/x/*", "//X//y/", true),
            ("/x", "/X/", true),
            ("/X", "/x", true),
            ("/x", "/x/y", false),
            ("/x/y", "/x", false),
            ("/", "//", true),
            ("/", "/x", false),
            ("/*", "", true),
        ] {
            let covers = pattern(text).covers_loosely(path.as_bytes());
            assert_eq!(covers, covered, "{text} {path}");
        }
    }

    #[test]
    fn a_pattern_is_spelt_plainly() {
        for text in [
            "", "*", "x", "x/*", "/x/", "/x*", "/*/x", "/x//y", "//", "//*", "/./x", "/x/..",
            "/...", "/x%20y", "/x;y", "/x?y", "/x#y", "/x\\y", "/x y", "/é", "/x\n",
        ] {
            assert_eq!(PathPattern::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_path_and_all_below_it() {
        for (path, written) in [("/", "/*"), ("/x", "/x/*"), ("/x/y", "/x/y/*")] {
            assert_eq!(PathPattern::at_or_below(path), Some(pattern(written)));
        }
        for other in ["", "x", "/x/", "/x/*", "//", "/x/../y", "/x%2fy", "/x?y"] {
            assert_eq!(PathPattern::at_or_below(other), None, "{other}");
        }
    }

    #[test]
    fn patterns_know_what_they_share() {
        for (one, other, overlaps, includes) in [
            ("/*", "/x", true, true),
            ("/x/*", "/x", true, true),
            ("/x", "/x/*", true, false),
            ("/x/*", "/x/y/*", true, true),
            ("/x/y/*", "/x/*", true, false),
            ("/x", "/y", false, false),
            ("/x/*", "/xy/*", false, false),
            ("/X/*", "/x/y", true, true),
        ] {
            let (one, other) = (pattern(one), pattern(other));
            assert_eq!(one.overlaps(&other), overlaps, "{one:?} {other:?}");
            assert_eq!(one.includes(&other), includes, "{one:?} {other:?}");
        }
    }
}
