//! Hostile paths against rules that leave nothing but `/admin/*` and `/secret` closed.

use serde_json::json;

use super::*;
#[test]
fn experiment() {
    let rules = AccessRules::parse(
        &[(
            "ACCESS_RULES".to_owned(),
            json!([
                {"path": "/admin/*", "access": "required"},
                {"path": "/secret", "access": "required"},
                {"path": "/*", "access": "public"},
            ]),
        )]
        .into(),
    )
    .unwrap();
    let prefixes = Prefixes {
        pages: "/login".into(),
        auth: "/auth".into(),
    };
    let tokens = [
        "/",
        "/admin",
        "/%61dmin",
        "/%2561dmin",
        "/ADMIN",
        "/secret",
        "/%73ecret",
        "/pub",
        "..",
        "%2e%2e",
        "%252e%252e",
        ".",
        "%2f",
        "%252f",
        "%5c",
        "%255c",
        ";",
        "%3b",
        "%253b",
        "x",
        ";v",
        "/..;",
        "/..%3b",
        "%2f..",
        "%5c..",
        "%2fadmin",
        "%5cadmin",
    ];
    // op sequences
    let ops = ["decode", "cut", "slash", "merge", "dots", "lower", "trim"];
    let mut seqs: Vec<Vec<usize>> = vec![vec![]];
    let mut all = seqs.clone();
    for _ in 0..5 {
        let mut next = vec![];
        for s in &seqs {
            for o in 0..ops.len() {
                let c = s.iter().filter(|x| **x == o).count();
                if c >= if o == 0 { 2 } else { 1 } {
                    continue;
                }
                let mut n = s.clone();
                n.push(o);
                next.push(n);
            }
        }
        all.extend(next.clone());
        seqs = next;
    }
    println!("{} routers", all.len());
    let apply = |o: usize, t: Vec<u8>| -> Vec<u8> {
        match o {
            0 => crate::web::paths::decoded(&t),
            1 => crate::web::paths::cut(&t),
            2 => crate::web::paths::slashed(&t),
            3 => {
                let mut o = vec![];
                for b in t {
                    if b == b'/' && o.last() == Some(&b'/') {
                        continue;
                    }
                    o.push(b);
                }
                o
            }
            4 => crate::web::paths::resolved(&t),
            5 => t.to_ascii_lowercase(),
            _ => {
                let mut t = t;
                while t.len() > 1 && t.last() == Some(&b'/') {
                    t.pop();
                }
                t
            }
        }
    };
    let mut seed = 12345u64;
    let mut found = std::collections::BTreeMap::<String, (String, usize)>::new();
    let (mut public, mut total, mut refused) = (0, 0, 0);
    for _ in 0..30000 {
        let mut path = String::new();
        seed = seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let n = 2 + (seed >> 33) % 6;
        for _ in 0..n {
            seed = seed
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            path.push_str(tokens[((seed >> 33) as usize) % tokens.len()]);
        }
        let Ok(url) = url::Url::parse(&format!("http://h/pub{path}"))
            .or_else(|_| url::Url::parse(&format!("http://h{path}")))
        else {
            continue;
        };
        let url2 = url::Url::parse(&format!("http://h{path}"));
        for url in [Some(url), url2.ok()].into_iter().flatten() {
            if url.host_str() != Some("h") {
                continue;
            }
            let path = url.path();
            total += 1;
            match demand(&rules, &prefixes, "GET", path) {
                Err(_) => {
                    refused += 1;
                    continue;
                }
                Ok(d) if d.level != Level::Public => continue,
                Ok(_) => {}
            }
            public += 1;
            for s in &all {
                let mut t = path.as_bytes().to_vec();
                for o in s {
                    t = apply(*o, t);
                }
                let t = String::from_utf8_lossy(&t).into_owned();
                if t == "/admin" || t.starts_with("/admin/") || t == "/secret" {
                    let e = found
                        .entry(path.to_owned())
                        .or_insert((s.iter().map(|o| ops[*o]).collect::<Vec<_>>().join(" "), 0));
                    e.1 += 1;
                    if s.len() < e.0.split(' ').count() {
                        e.0 = s.iter().map(|o| ops[*o]).collect::<Vec<_>>().join(" ");
                    }
                }
            }
        }
    }
    println!(
        "total {total} public {public} refused {refused} found {}",
        found.len()
    );
    let mut v: Vec<_> = found.into_iter().collect();
    v.sort_by_key(|(p, (s, _))| (s.split(' ').count(), p.len()));
    for (p, (s, n)) in v.iter().take(60) {
        println!("{p}   <- {s}  ({n})");
    }
}
