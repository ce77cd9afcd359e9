//! The law of the house, enforced: which module may import which, who may know the runtime, how long a
//! file may grow, and that each says what it is for.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test may fail"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module and what it may import, as `src/lib.rs` has it. A module may always import itself.
const LAW: [(&str, &[&str]); 12] = [
    ("kit", &[]),
    ("account", &["kit"]),
    ("address", &["kit"]),
    ("network", &["kit"]),
    ("link", &["kit"]),
    ("config", &["kit"]),
    ("store", &["kit", "account", "address", "network", "link"]),
    ("outbox", &["kit", "account", "address", "network"]),
    (
        "object",
        &[
            "kit", "account", "address", "network", "link", "store", "outbox",
        ],
    ),
    ("pages", &["kit"]),
    (
        "web",
        &[
            "kit", "account", "address", "network", "link", "config", "store", "outbox", "object",
            "pages",
        ],
    ),
    (
        "edge",
        &[
            "kit", "account", "address", "network", "link", "config", "store", "outbox", "object",
            "pages", "web",
        ],
    ),
];

/// What only `edge` may name: crates of the runtime, and the dice and clocks behind them.
const RUNTIME: [&str; 7] = [
    "worker",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "js_sys",
    "web_sys",
    "getrandom",
    "SystemTime",
];

/// The longest a file may be.
const LONGEST: usize = 400;

#[test]
fn imports_run_one_way() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        if text.contains("super::super") {
            broken.push(format!("{} climbs: name it from crate::", path.display()));
        }
        let module = module(&path);
        let allowed = LAW
            .iter()
            .find(|(name, _)| *name == module)
            .map(|(_, allowed)| *allowed);
        for imported in imports(&code(&text)) {
            let lawful = match allowed {
                Some(allowed) => imported == module || allowed.contains(&imported.as_str()),
                // lib.rs imports nothing, it declares.
                None => false,
            };
            if !lawful {
                broken.push(format!("{} imports {imported}", path.display()));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "against the law in src/lib.rs:\n{}",
        broken.join("\n")
    );
}

#[test]
fn every_module_is_in_the_law() {
    let declared: Vec<String> = fs::read_to_string(root().join("src/lib.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| {
            Some(
                line.strip_prefix("pub mod ")?
                    .trim_end_matches(';')
                    .to_owned(),
            )
        })
        .collect();
    let mut known: Vec<&str> = LAW.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(declared, known);
}

#[test]
fn the_edge_alone_knows_the_runtime() {
    let mut broken = Vec::new();
    for (path, text) in sources()
        .into_iter()
        .filter(|(path, _)| module(path) != "edge")
    {
        let code = code(&text);
        for name in RUNTIME.iter().filter(|name| names(&code, name)) {
            broken.push(format!("{} names {name}", path.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_hook_agrees_where_it_is_asked_and_nowhere_else() {
    let makers: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| code(text).contains("HookAllowed::"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(makers, [Path::new("src/web/hooks.rs")]);
}

#[test]
fn files_stay_short_enough_to_be_read() {
    let lengths: Vec<(String, usize)> = sources()
        .into_iter()
        .map(|(path, text)| (path.display().to_string(), text.lines().count()))
        .collect();
    let over: Vec<_> = lengths
        .iter()
        .filter(|(_, lines)| *lines > LONGEST)
        .collect();
    assert!(over.is_empty(), "over {LONGEST} lines: {over:?}");
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "no //! at the top: {silent:?}");
}

#[test]
fn the_law_finds_what_it_looks_for() {
    let text = "use crate::{\n    kit::{a::b, c},\n    web::d as e, // crate::edge\n};\nlet x = crate::pages::Code::A;\n//! [`crate::store`]\n";
    assert_eq!(imports(&code(text)), ["kit", "web", "pages"]);
    assert!(names("let x = worker::Delay;", "worker"));
    assert!(!names("struct Coworker; let workers = 1;", "worker"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `src`, by its path from the root.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    assert!(found.len() > 50, "the sources are there");
    found.sort();
    found
}

/// The module a file belongs to: `kit` for `src/kit/time.rs`.
fn module(path: &Path) -> String {
    let part = path.iter().nth(1).and_then(|part| part.to_str()).unwrap();
    part.trim_end_matches(".rs").to_owned()
}

/// A file without its comments. Texts with `//` in them are cut short, which hides no import.
fn code(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules of ours that this code names after `crate::`, alone or in braces.
fn imports(code: &str) -> Vec<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut imports = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => imports.extend(members(group).iter().map(|member| word(member))),
            None => imports.push(word(rest)),
        }
    }
    imports.retain(|name| !name.is_empty());
    imports
}

/// The members of a group up to its closing brace, without what is nested in them.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut members) = (0_u32, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            _ if depth == 0 && !c.is_whitespace() => members.last_mut().unwrap().push(c),
            _ => (),
        }
    }
    members
}

/// Whether the code names this, as a word of its own and as a path or an import.
fn names(code: &str, name: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code.get(at + name.len()..).unwrap_or_default();
        !before.is_some_and(inside) && (after.starts_with("::") || after.starts_with(';'))
    })
}
