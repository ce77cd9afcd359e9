//! Paths that are not worth reading: broken ones, and those whose meaning depends on the order in which
//! a router takes its steps.
//!
//! Each condition stands here because the random test of `web::access`, which lets a router take every
//! step in every order, found a path that went past the gate without it. The table of that test has them.

use super::{
    Unreadable,
    steps::{
        cut, decoded, dot_segments, has_dot_segment, name_length, segments, slashed, without_query,
    },
};

/// Refuses what no honest client sends. Depths are the path decoded not at all, once and twice.
pub(super) fn refuse_the_unreadable(depths: [&[u8]; 3]) -> Result<(), Unreadable> {
    let [path, .., twice] = depths;
    if path.contains(&b'\\') {
        return Err(Unreadable::Backslash);
    }
    if decoded(twice) != twice {
        return Err(Unreadable::StillEncoded);
    }
    if twice.iter().any(u8::is_ascii_control) {
        return Err(Unreadable::Control);
    }
    if has_overlong(twice) {
        return Err(Unreadable::Overlong);
    }
    if depths.into_iter().any(hides_separator) {
        return Err(Unreadable::HiddenSeparator);
    }
    if has_dots_in_steps(depths) {
        return Err(Unreadable::HiddenDots);
    }
    Ok(())
}

/// Whether there are dot segments, and what they leave depends on when they are resolved: before or
/// after slashes are merged, parameters or a query cut, `\` turned or one more decoding done.
fn has_dots_in_steps(depths: [&[u8]; 3]) -> bool {
    let views = depths.map(|text| {
        let slashed = slashed(text);
        let cut_and_slashed = cut(&slashed);
        [text.to_vec(), cut(text), slashed, cut_and_slashed]
    });
    let dotted: Vec<&Vec<u8>> = views
        .iter()
        .flatten()
        .filter(|view| has_dot_segment(view))
        .collect();
    let differ = |of: fn(&[u8]) -> usize| has_two_counts(dotted.iter().map(|view| of(view)));
    let grow = |marks: &[u8]| has_two_counts(depths.iter().map(|text| count(text, marks)));
    let empty_segment = |view: &&Vec<u8>| view.windows(2).any(|pair| pair == b"//");
    let cut_to_dots = views.iter().flatten().any(|view| is_cut_to_dots(view));
    cut_to_dots
        || !dotted.is_empty()
            && (dotted.iter().any(empty_segment)
                || differ(dot_segments)
                || differ(|view| segments(view).count())
                || grow(b";")
                || grow(b"\\")
                || grow(b"?#"))
}

/// Whether a segment ends in dots that a query hides: `/..?`.
fn is_cut_to_dots(text: &[u8]) -> bool {
    let mut names = segments(text).filter_map(without_query);
    names.any(|name| has_dot_segment(&name))
}

fn count(text: &[u8], marks: &[u8]) -> usize {
    text.iter().filter(|b| marks.contains(b)).count()
}

/// Whether there are some in one view and more in another.
fn has_two_counts(counts: impl Iterator<Item = usize>) -> bool {
    let mut counts = counts.filter(|count| *count > 0);
    let first = counts.next();
    counts.any(|count| Some(count) != first)
}

/// Whether a separator stands within the parameters of a segment, encoded or turned.
fn hides_separator(text: &[u8]) -> bool {
    segments(text).any(|segment| {
        let (_, parameters) = segment.split_at(name_length(segment));
        let bare = decoded(&decoded(parameters));
        bare.iter().any(|b| matches!(b, b'/' | b'\\' | b'?' | b'#'))
    })
}

/// Encodings of ASCII in more bytes than it takes (RFC 3629 §3).
fn has_overlong(text: &[u8]) -> bool {
    text.windows(2).any(|pair| {
        matches!(
            pair,
            [0xc0 | 0xc1, 0x80..=0xbf] | [0xe0, 0x80..=0x9f] | [0xf0, 0x80..=0x8f]
        )
    })
}
