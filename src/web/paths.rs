//! How an origin may read a path.
//!
//! Routers disagree: some decode once and some twice, some cut `;parameters`, take `\` for `/`, merge
//! slashes or ignore case. A gate that reads a path in one way is walked around in another. So a path is
//! read in every way that routers are known to read, and the rule of every reading must be satisfied
//! ([`super::access`]); case, doubled slashes and a slash at the end are left to the look at a reading,
//! which is taken twice: as it is spelt and loosely.
//!
//! Three decodings deep (none, one, two), each is read as it stands, with `\` as `/`, and with `;…` cut
//! as well: eight readings at most. Few paths have more: what begins with `//` is also read without its
//! first segment, which a parser of URLs takes for a host; what holds `?` or `#` once it is decoded, cut
//! there; what holds one of the four other letters that are `i`, `k` or `s` regardless of case, with those.
//! Each of all these is read with its dot segments standing and resolved.
//!
//! Where the *order* of such steps would change the outcome there is no end of readings, and no honest
//! client sends such a path: it is refused.
//!
//! The path of a request comes from a URL parser, which has already resolved plain dot segments and turned a
//! plain `\` into `/`; one that a proxy asks about (`/auth/check`) comes as it was sent. It goes on as it came,
//! whatever is read here.

mod refusals;
mod steps;

use core::{fmt, iter};

use self::{
    refusals::refuse_the_unreadable,
    steps::{beyond_host, cut, decoded, folded, has_dot_segment, resolved, slashed, without_query},
};

/// The ways a path may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readings<'a> {
    /// In one way, and even a loose look sees nothing else.
    Canonical(&'a str),
    /// In one way, but for case and slashes.
    One(&'a str),
    /// In these ways, all different, and each with its dot segments standing and resolved.
    Several(Vec<Vec<u8>>),
}

/// How a reading is compared with patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Letter by letter.
    AsSpelt,
    /// Regardless of case, empty segments and a slash at the end.
    Loosely,
}

/// Why a path is refused: the origin might read it in a way that cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It does not begin with a slash.
    NoPath,
    /// A `\` that is not even encoded; URL parsers leave none.
    Backslash,
    /// A control character: texts end there, or lines.
    Control,
    /// Bytes that are `/` or `.` to a careless UTF-8 decoder.
    Overlong,
    /// It still changes at the third decoding.
    StillEncoded,
    /// A separator within `;parameters`: cut before or after decoding?
    HiddenSeparator,
    /// Dot segments together with empty segments or several kinds of disguise: what first?
    HiddenDots,
    /// One of the readings is a route of ours, and the path is not.
    EdgeRoute,
}

/// All readings of a path.
pub fn readings(path: &str) -> Result<Readings<'_>, Unreadable> {
    if !path.starts_with('/') {
        return Err(Unreadable::NoPath);
    }
    let names_host = beyond_host(path.as_bytes()).is_some();
    if path.bytes().all(is_inert) && !has_dot_segment(path.as_bytes()) && !names_host {
        return Ok(if is_canonical(path) {
            Readings::Canonical(path)
        } else {
            Readings::One(path)
        });
    }
    let mut readings = Vec::with_capacity(8);
    let [once, twice] = read(path.as_bytes(), &mut readings)?;
    let texts = [path.as_bytes(), &once, &twice];
    let hosted = |text: &[u8]| [beyond_host(text), beyond_host(&slashed(text))];
    for beyond in texts.into_iter().flat_map(hosted).flatten() {
        read(&beyond, &mut readings)?;
    }
    let further: Vec<Vec<u8>> = readings.iter().filter_map(|text| folded(text)).collect();
    add(further, &mut readings);
    Ok(Readings::Several(readings))
}

/// The readings that any path has. Gives it decoded once and twice.
fn read(text: &[u8], readings: &mut Vec<Vec<u8>>) -> Result<[Vec<u8>; 2], Unreadable> {
    let once = decoded(text);
    let twice = decoded(&once);
    refuse_the_unreadable([text, &once, &twice])?;
    for text in [text, &once, &twice] {
        for text in iter::once(text.to_vec()).chain(without_query(text)) {
            let slashed = slashed(&text);
            let cut = cut(&slashed);
            add([text, slashed, cut], readings);
        }
    }
    Ok([once, twice])
}

fn add(more: impl IntoIterator<Item = Vec<u8>>, readings: &mut Vec<Vec<u8>>) {
    for reading in more {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
}

impl Readings<'_> {
    /// Takes every look there is at the path. A loose look at a canonical path sees nothing new, unless
    /// patterns have upper-case letters (`mixed_case`).
    pub fn look(&self, mixed_case: bool, mut see: impl FnMut(&[u8], Manner)) {
        match self {
            Self::Canonical(path) if !mixed_case => see(path.as_bytes(), Manner::AsSpelt),
            Self::Canonical(path) | Self::One(path) => {
                see(path.as_bytes(), Manner::AsSpelt);
                see(path.as_bytes(), Manner::Loosely);
            }
            Self::Several(readings) => {
                for reading in readings {
                    let resolved = has_dot_segment(reading).then(|| resolved(reading));
                    let cut = resolved.as_deref().and_then(without_query);
                    for text in iter::once(reading).chain(&resolved).chain(&cut) {
                        see(text, Manner::AsSpelt);
                        see(text, Manner::Loosely);
                    }
                }
            }
        }
    }
}

/// A character that no router gives a meaning to.
fn is_inert(b: u8) -> bool {
    b > b' ' && !matches!(b, b'%' | b';' | b'\\' | 0x7f..)
}

/// Lower case, no empty segment, no slash at the end.
fn is_canonical(path: &str) -> bool {
    let lower = !path.bytes().any(|b| b.is_ascii_uppercase());
    lower && (path == "/" || !path.ends_with('/')) && !path.contains("//")
}

impl fmt::Display for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AsSpelt => "as spelt",
            Self::Loosely => "loosely",
        })
    }
}

impl fmt::Display for Unreadable {
    /// For the log and the operator.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPath => "the path does not begin with a slash",
            Self::Backslash => "the path has a backslash",
            Self::Control => "the path has a control character",
            Self::Overlong => "the path has an overlong encoding",
            Self::StillEncoded => "the path still changes at the third decoding",
            Self::HiddenSeparator => "parameters in the path hide a separator",
            Self::HiddenDots => "the path hides dot segments in several ways at once",
            Self::EdgeRoute => "the path can be read as a route of ours, and is not spelt like one",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> Vec<String> {
        match readings(path).unwrap() {
            Readings::Canonical(path) | Readings::One(path) => vec![path.to_owned()],
            Readings::Several(several) => several
                .iter()
                .map(|reading| String::from_utf8_lossy(reading).into_owned())
                .collect(),
        }
    }

    #[test]
    fn a_plain_path_is_read_in_one_way() {
        for path in [
            "/",
            "/x",
            "/x/y.html",
            "/a-b_c~d/1",
            "/x/.well-known",
            "/..x",
            "/a,b=c:d@e!",
        ] {
            assert_eq!(readings(path), Ok(Readings::Canonical(path)), "{path}");
        }
        for path in ["/X", "/x/", "//", "/x//y"] {
            assert_eq!(readings(path), Ok(Readings::One(path)), "{path}");
        }
    }

    #[test]
    fn a_path_is_read_as_routers_do() {
        for (path, expected) in [
            ("/a%20b", vec!["/a%20b", "/a b"]),
            ("/100%", vec!["/100%"]),
            ("/100%25", vec!["/100%25", "/100%"]),
            ("/a%2Fb", vec!["/a%2Fb", "/a/b"]),
            ("/%2561", vec!["/%2561", "/%61", "/a"]),
            ("/a;v=1/b", vec!["/a;v=1/b", "/a/b"]),
            ("/a%3bv", vec!["/a%3bv", "/a;v", "/a"]),
            ("/a%5cb", vec!["/a%5cb", "/a\\b", "/a/b"]),
            ("/a/..;/b", vec!["/a/..;/b", "/a/../b"]),
            ("/a%2f..%2fb", vec!["/a%2f..%2fb", "/a/../b"]),
            (
                "/a/%252e%252e/b",
                vec!["/a/%252e%252e/b", "/a/%2e%2e/b", "/a/../b"],
            ),
            ("/a%zz%4", vec!["/a%zz%4"]),
            ("//a/b", vec!["//a/b", "/b"]),
            ("///a", vec!["///a", "/"]),
            ("//a//b/c", vec!["//a//b/c", "//b/c"]),
            ("/%2fa/b", vec!["/%2fa/b", "//a/b", "/b"]),
            ("/%5ca/b", vec!["/%5ca/b", "/\\a/b", "//a/b", "/b"]),
            ("/a%3fb/c", vec!["/a%3fb/c", "/a?b/c", "/a"]),
            ("/a%2523b", vec!["/a%2523b", "/a%23b", "/a#b", "/a"]),
            (
                "/%C4%B1%E2%84%AA%C5%BF",
                vec!["/%C4%B1%E2%84%AA%C5%BF", "/\u{131}\u{212a}\u{17f}", "/iks"],
            ),
        ] {
            assert_eq!(read(path), expected, "{path}");
        }
    }

    /// The most readings of a path that begins like this and goes on with three of these tricks.
    fn most(begins: &str, tricks: &[&str]) -> usize {
        let triples = tricks.iter().flat_map(|one| {
            let pairs = tricks.iter().map(move |two| format!("{one}{two}"));
            pairs.flat_map(|pair| tricks.iter().map(move |three| format!("{pair}{three}")))
        });
        let counts = triples.map(|three| match readings(&format!("{begins}{three}/end")) {
            Ok(Readings::Several(several)) => several.len(),
            _ => 1,
        });
        counts.max().unwrap()
    }

    #[test]
    fn there_are_never_many_readings() {
        let common = [
            "/a", "%61", "%2561", ";v", "%3bv", "%5c", "%255c", "%2f", "/..", "%2e", "/X",
        ];
        assert_eq!(most("/p", &common), 8);
        let rare = [
            "/a", "%2561", "%3bv", "%255c", "%2f", "%3f", "%2523", "%c4%b1",
        ];
        assert!(most("//p", &rare) <= 24, "{}", most("//p", &rare));
    }

    #[test]
    fn what_no_honest_client_sends_is_refused() {
        for (path, why) in [
            ("", Unreadable::NoPath),
            ("*", Unreadable::NoPath),
            ("x/y", Unreadable::NoPath),
            ("/a\\b", Unreadable::Backslash),
            ("/a%00", Unreadable::Control),
            ("/a%2500", Unreadable::Control),
            ("/a%0a", Unreadable::Control),
            ("/a\u{7f}", Unreadable::Control),
            ("/a\0", Unreadable::Control),
            ("/%252561", Unreadable::StillEncoded),
            ("/%25252525", Unreadable::StillEncoded),
            ("/%c0%ae%c0%ae/a", Unreadable::Overlong),
            ("/a%c0%afb", Unreadable::Overlong),
            ("/%e0%80%af", Unreadable::Overlong),
            ("/a;%2fb", Unreadable::HiddenSeparator),
            ("/a;%255cb", Unreadable::HiddenSeparator),
            ("/a%3b%252fb", Unreadable::HiddenSeparator),
            ("/a//..;/b", Unreadable::HiddenDots),
            ("/a/;/..;/b", Unreadable::HiddenDots),
            ("/a/..%3f/b", Unreadable::HiddenDots),
            ("/a/%3f%2f..%2fb%253f", Unreadable::HiddenDots),
            ("/a;%3fb", Unreadable::HiddenSeparator),
            ("/a;x%2523", Unreadable::HiddenSeparator),
            ("//a/..%2fb//c", Unreadable::HiddenDots),
            ("/a/..;/b/..%3b/c", Unreadable::HiddenDots),
            ("/a/..;/b/x%5c..%5c..%5cc", Unreadable::HiddenDots),
        ] {
            assert_eq!(readings(path), Err(why), "{path:?}");
        }
    }
}
