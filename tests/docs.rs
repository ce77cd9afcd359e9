//! What the documentation says of routes, codes, settings and commands is what the program says.
//!
//! Each test takes the program's own list and looks for it in the documents, so that a new route, code or
//! setting without a line there fails here.

#![expect(
    clippy::unwrap_used,
    reason = "a document that cannot be read is a failed test"
)]

use std::{collections::BTreeSet, fs, path::Path};

use edgeward::{
    pages::Code,
    web::{
        happening::Happening,
        routes::{ROUTES, Surface},
    },
};

#[expect(dead_code, reason = "its main is for people")]
#[path = "../examples/settings.rs"]
mod settings;

#[expect(dead_code, reason = "its main is for people")]
#[path = "../examples/words.rs"]
mod words;

/// Every document for people, with its name.
fn documents() -> Vec<(String, String)> {
    let listed = fs::read_dir("docs")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let top = [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "origin/README.md",
        "origin/vectors/README.md",
    ]
    .map(Into::into);
    let names = listed
        .chain(top)
        .filter(|path| path.extension().is_some_and(|end| end == "md"));
    names
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect()
}

fn document(name: &str) -> String {
    fs::read_to_string(name).unwrap()
}

/// What follows each `mark`, up to the first character that is not `inside`.
fn after<'t>(text: &'t str, mark: &str, inside: impl Fn(char) -> bool) -> BTreeSet<&'t str> {
    let ends = |rest: &'t str| rest.split(|c| !inside(c)).next().unwrap_or_default();
    text.split(mark).skip(1).map(ends).collect()
}

#[test]
fn the_tables_of_settings_are_those_of_the_program() {
    let written = document("docs/settings.md");
    let right =
        settings::with_tables(&written).expect("docs/settings.md has the marks of its tables");
    assert_eq!(
        written, right,
        "run: cargo run -q --example settings -- docs/settings.md"
    );
}

#[test]
fn the_tables_of_words_are_those_of_the_program() {
    let written = document("docs/words.md");
    let right = words::with_tables(&written).expect("docs/words.md has the marks of its tables");
    assert_eq!(
        written, right,
        "run: cargo run -q --example words -- docs/words.md"
    );
}

#[test]
fn every_route_has_its_row() {
    let text = document("docs/routes.md");
    for route in ROUTES {
        let prefix = match route.surface {
            Surface::Page => "/login",
            Surface::Json | Surface::Operator | Surface::Proxy => "/auth",
        };
        let row = format!("| `{} {prefix}{}` |", route.methods.join("|"), route.path);
        assert!(
            text.replace("\\|", "|").contains(&row),
            "docs/routes.md lacks: {row}"
        );
    }
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains(" /"))
        .count();
    assert_eq!(
        rows,
        ROUTES.len(),
        "docs/routes.md has a route that the program has not"
    );
}

#[test]
fn everything_the_log_tells_has_its_row() {
    let operations = document("docs/operations.md");
    let (_, table) = operations.split_once("| event | meaning |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter_map(|row| row.split('|').nth(1))
        .collect();
    for happening in Happening::ALL {
        let name = format!("`{}", happening.as_str());
        let told = rows.iter().any(|row| row.contains(&name));
        assert!(told, "docs/operations.md lacks {name}`");
    }
}

#[test]
fn every_code_has_its_row_with_its_kind() {
    let text = document("docs/routes.md");
    for code in Code::ALL {
        let row = format!("| `{code}` | {} |", code.kind().as_str());
        assert!(text.contains(&row), "docs/routes.md lacks: {row}");
    }
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| `auth."))
        .count();
    assert_eq!(
        rows,
        Code::ALL.len(),
        "docs/routes.md has a code that the program has not"
    );
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let path = |c: char| !matches!(c, ')' | '#' | ' ' | '"' | '>');
    for (name, text) in documents() {
        let folder = Path::new(&name).parent().unwrap();
        let links = [
            after(&text, "](", path),
            after(&text, "src=\"", path),
            after(&text, "srcset=\"", path),
        ];
        for link in links
            .iter()
            .flatten()
            .filter(|link| !link.is_empty() && !link.contains(':') && !link.starts_with('/'))
        {
            assert!(
                folder.join(link).exists(),
                "{name} links to {link}, which is not there"
            );
        }
    }
}

#[test]
fn every_command_in_the_documents_exists() {
    let package: serde_json::Value = serde_json::from_str(&document("package.json")).unwrap();
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    for (name, text) in documents() {
        for script in after(&text, "npm run ", word) {
            assert!(
                package["scripts"][script].is_string(),
                "{name}: there is no `npm run {script}`"
            );
        }
        for example in after(&text, "--example ", word) {
            let file = format!("examples/{example}.rs");
            assert!(
                Path::new(&file).exists(),
                "{name}: there is no example {example}"
            );
        }
    }
}

#[test]
fn every_file_named_in_the_documents_exists() {
    let path = |c: char| c != '`';
    for (name, text) in documents() {
        for top in ["src/", "tests/", "demo/", "scripts/", "examples/", "docs/"] {
            for rest in after(&text, &format!("`{top}"), path) {
                let file = format!("{top}{rest}");
                let plain = !rest.contains(['*', '…', '<', ' ', '{']);
                assert!(
                    !plain || Path::new(&file).exists(),
                    "{name} names {file}, which is not there"
                );
            }
        }
    }
}

/// The lines of a text without what is around them.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn a_verifier_is_used_in_three_lines_of_a_program_that_is_run() {
    let text = document("origin/README.md") + &document("README.md");
    let examples: Vec<_> = text.split("<!-- origin/").skip(1).collect();
    assert_eq!(examples.len(), 7);
    let run = document("tests/e2e/example_apps.mjs");
    for example in examples {
        let (file, rest) = example.split_once(" -->\n```").unwrap();
        let file = format!("origin/{file}");
        assert!(run.contains(&format!("\"{file}\"")), "{file} is not run");
        let (_, shown) = rest.split_once('\n').unwrap();
        let shown = lines(shown.split("```").next().unwrap());
        assert_eq!(shown.len(), 3, "{file}");
        let program = document(&file);
        let mut program = lines(&program).into_iter();
        for line in shown {
            let found = program.any(|known| known == line);
            assert!(
                found,
                "{file} has no such line, or in another order: {line}"
            );
        }
    }
}
