//! The steps that routers take before they compare a path, each by itself.

pub(super) fn has_dot_segment(text: &[u8]) -> bool {
    dot_segments(text) > 0
}

pub(super) fn dot_segments(text: &[u8]) -> usize {
    let dots = |segment: &&[u8]| matches!(*segment, b"." | b"..");
    segments(text).filter(dots).count()
}

pub(super) fn segments(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| *b == b'/')
}

/// Percent-decoded once. What is no escape stays as it is.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let escape = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                hex(*high).zip(hex(*low)).map(|(h, l)| (h << 4 | l, after))
            }
            _ => None,
        };
        let (byte, after) = escape.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

/// With `\` as `/`.
pub(super) fn slashed(text: &[u8]) -> Vec<u8> {
    let turn = |b: &u8| if *b == b'\\' { b'/' } else { *b };
    text.iter().map(turn).collect()
}

/// Without the parameters of each segment: `/a;b/c` is `/a/c`.
pub(super) fn cut(text: &[u8]) -> Vec<u8> {
    let names: Vec<&[u8]> = segments(text)
        .map(|segment| segment.split_at(name_length(segment)).0)
        .collect();
    names.join(&b'/')
}

/// How far a segment goes before its parameters.
pub(super) fn name_length(segment: &[u8]) -> usize {
    let semicolon = segment.iter().position(|b| *b == b';');
    semicolon.unwrap_or(segment.len())
}

/// What is left where a parser of URLs takes the first segment for a host: `//a/b` is `/b`, as `///a/b` is.
pub(super) fn beyond_host(text: &[u8]) -> Option<Vec<u8>> {
    let rest = text.strip_prefix(b"//")?;
    let host = rest.iter().position(|b| *b != b'/')?;
    let end = rest.iter().skip(host).position(|b| *b == b'/');
    let path = end.and_then(|end| rest.get(host.saturating_add(end)..));
    Some(path.unwrap_or(b"/").to_vec())
}

/// Up to a `?` or `#`, if there is one: who parses a path that was decoded sees a query there.
pub(super) fn without_query(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().position(|b| matches!(b, b'?' | b'#'))?;
    text.get(..end).map(<[u8]>::to_vec)
}

/// With the letters that ignoring case makes ASCII as what they then are, if there are any: dotted `İ` and
/// dotless `ı`, long `ſ`, and the sign for kelvin (Unicode's CaseFolding.txt, and its reverse).
pub(super) fn folded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match rest {
            [0xc4, 0xb0 | 0xb1, after @ ..] => (b'i', after),
            [0xc5, 0xbf, after @ ..] => (b's', after),
            [0xe2, 0x84, 0xaa, after @ ..] => (b'k', after),
            _ => (*first, after),
        };
        out.push(byte);
        rest = after;
    }
    (out.len() < text.len()).then_some(out)
}

/// With `.` and `..` resolved, as RFC 3986 §5.2.4 does.
pub(super) fn resolved(text: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut ends_in_dots = false;
    for segment in segments(text).skip(1) {
        ends_in_dots = matches!(segment, b"." | b"..");
        match segment {
            b"." => {}
            b".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    if ends_in_dots {
        kept.push(b"");
    }
    let mut out = vec![b'/'];
    out.extend(kept.join(&b'/'));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_are_resolved_as_rfc_3986_does() {
        for (path, expected) in [
            ("/a/./b/../c", "/a/c"),
            ("/a/..", "/"),
            ("/a/b/..", "/a/"),
            ("/a/.", "/a/"),
            ("/../../a", "/a"),
            ("/a/.../..b", "/a/.../..b"),
        ] {
            assert_eq!(resolved(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}
