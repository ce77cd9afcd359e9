//! Whatever a router may make of a path: a model that is as free as it can be, for the random test.

use std::collections::BTreeSet;

/// Every text that a router could take a path for, whatever it does and in whatever order: it decodes up
/// to twice, cuts parameters, turns backslashes, merges slashes, resolves dots, lowers case, trims, cuts a
/// query. Who takes it for a URL that begins with a host does so at first, or when it is decoded.
pub(super) fn every_view(path: &str) -> BTreeSet<String> {
    let mut seen: BTreeSet<(String, u8, bool)> = BTreeSet::new();
    let mut todo = vec![(path.to_owned(), 0, true)];
    while let Some((text, decodings, whole)) = todo.pop() {
        if !seen.insert((text.clone(), decodings, whole)) {
            continue;
        }
        if decodings < 2 {
            todo.push((router_decodes(&text), decodings.wrapping_add(1), whole));
        }
        todo.push((text.replace('\\', "/"), decodings, whole));
        if whole {
            todo.push((router_skips_host(&text), decodings, false));
        }
        let cut = text.split('/').map(|part| part.split(';').next().unwrap());
        let merged = text.split('/').filter(|part| !part.is_empty());
        for next in [
            cut.collect::<Vec<_>>().join("/"),
            format!("/{}", merged.collect::<Vec<_>>().join("/")),
            router_resolves(&text),
            router_lowers(&text),
            text.trim_end_matches('/').to_owned(),
            text.split(['?', '#']).next().unwrap().to_owned(),
        ] {
            todo.push((next, decodings, false));
        }
    }
    seen.into_iter().map(|(text, ..)| text).collect()
}

fn router_decodes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.map_or('%', char::from));
        out.push_str(if code.is_some() { &part[2..] } else { part });
    }
    out
}

/// As Unicode does; what was decoded is one character for each byte.
fn router_lowers(text: &str) -> String {
    text.to_ascii_lowercase()
        .replace("\u{c4}\u{b1}", "i")
        .replace("\u{c5}\u{bf}", "s")
}

fn router_skips_host(text: &str) -> String {
    let Some(rest) = text.strip_prefix("//") else {
        return text.to_owned();
    };
    let rest = rest.trim_start_matches('/');
    rest.split_once('/')
        .map_or_else(|| "/".to_owned(), |(_, path)| format!("/{path}"))
}

fn router_resolves(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in text.split('/').skip(1) {
        match part {
            "." => {}
            ".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    format!("/{}", kept.join("/"))
}
