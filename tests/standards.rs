//! docs/standards.md says of each requirement of a standard whether it is met, and what shows it. Here the page is held
//! to what can be checked: that what it names is there, that its figures are those of its rows, that no requirement
//! of the ASVS is left out or made up, and that no use of cryptography is missing in its inventory.
//!
//! Whether a verdict is right no program can tell; whoever changes what a row says changes the row.

#![expect(
    clippy::unwrap_used,
    reason = "a document that cannot be read is a failed test"
)]

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

const PAGE: &str = "docs/standards.md";
const VERDICTS: [&str; 5] = [
    "met",
    "met otherwise",
    "not met",
    "operator's",
    "does not apply",
];

/// The chapters of ASVS 5.0.0 that the page judges, and how many requirements each of their sections has.
const ASVS: [(&str, &[usize]); 13] = [
    ("1", &[2, 10, 12, 3, 3]),
    ("2", &[3, 3, 5, 2]),
    ("3", &[1, 3, 5, 8, 8, 1, 5]),
    ("4", &[5, 5, 2, 4]),
    ("6", &[3, 12, 8, 6, 8, 4, 2, 4]),
    ("7", &[3, 4, 2, 5, 3, 2]),
    ("8", &[4, 4, 3, 2]),
    ("9", &[3, 4]),
    ("11", &[4, 5, 5, 4, 2, 2, 2]),
    ("12", &[5, 2, 5]),
    ("13", &[4, 6, 4, 7]),
    ("14", &[2, 8, 3]),
    ("16", &[1, 5, 4, 3, 4]),
];

/// What a source says that uses cryptography.
const CRYPTOGRAPHY: [&str; 10] = [
    "argon2::",
    "chacha20poly1305::",
    "curve25519_dalek::",
    "hkdf::",
    "hmac::",
    "pbkdf2::",
    "sha2::",
    "subtle::",
    "getrandom::",
    "crypto.subtle",
];

struct Row {
    standard: String,
    chapter: String,
    requirements: Vec<String>,
    level: String,
    verdict: String,
    shown_by: String,
    line: String,
}

fn page() -> String {
    fs::read_to_string(PAGE).unwrap()
}

/// Every row of the tables below the standards' headings.
fn rows() -> Vec<Row> {
    let (mut standard, mut chapter) = (String::new(), String::new());
    let mut rows = Vec::new();
    for line in page().lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut standard);
            chapter.clear();
        } else if let Some(heading) = line.strip_prefix("### ") {
            heading.clone_into(&mut chapter);
        }
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let is_head = line.starts_with("| requirement |") || line.starts_with("|---");
        let [requirements, level, verdict, _, rest @ ..] = cells.as_slice() else {
            continue;
        };
        let of_a_standard = ["OWASP", "NIST", "RFC", "Standard W"]
            .iter()
            .any(|name| standard.starts_with(name));
        if is_head || !of_a_standard || !line.starts_with("| ") {
            continue;
        }
        rows.push(Row {
            standard: standard.clone(),
            chapter: chapter.clone(),
            requirements: requirements.split(", ").map(str::to_owned).collect(),
            level: (*level).to_owned(),
            verdict: (*verdict).to_owned(),
            shown_by: rest.join(" | "),
            line: line.to_owned(),
        });
    }
    rows
}

/// What stands between backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn is_path(name: &str) -> bool {
    !name.contains(' ') && (name.contains('/') || Path::new(name).extension().is_some())
}

#[test]
fn every_row_has_a_verdict_and_what_it_names_is_there() {
    let rows = rows();
    assert!(rows.len() > 300, "{} rows", rows.len());
    for row in rows {
        let line = &row.line;
        assert!(VERDICTS.contains(&row.verdict.as_str()), "{line}");
        let names = quoted(&row.shown_by);
        let claims = row.verdict.starts_with("met");
        assert!(
            !claims || names.iter().any(|name| is_path(name)),
            "shown by nothing: {line}"
        );
        let mut file = None;
        for name in names {
            if is_path(name) {
                file = Some((name, fs::read_to_string(name).expect(line)));
                continue;
            }
            let (path, text) = file.as_ref().expect(line);
            let is_rust = Path::new(path).extension().is_some_and(|end| end == "rs");
            let wanted = if is_rust {
                format!("fn {name}(")
            } else {
                name.to_owned()
            };
            assert!(text.contains(&wanted), "{path} has no test {name}: {line}");
        }
    }
}

#[test]
fn the_summary_has_the_figures_of_the_rows() {
    let mut counts: Vec<((String, String), [usize; 5])> = Vec::new();
    for row in rows() {
        let key = (row.standard, row.chapter);
        let at = counts.iter().position(|(known, _)| *known == key);
        let at = at.unwrap_or_else(|| {
            counts.push((key, [0; 5]));
            counts.len() - 1
        });
        let verdict = VERDICTS.iter().position(|known| *known == row.verdict);
        counts[at].1[verdict.expect(&row.line)] += row.requirements.len();
    }
    let mut right = String::from(
        "| standard | chapter | requirements | apply | met | met otherwise | not met | operator's |\n|---|---|---|---|---|---|---|---|\n",
    );
    let mut line = |standard: &str, chapter: &str, counted: [usize; 5]| {
        let all: usize = counted.iter().sum();
        let [met, otherwise, not, operators, none] = counted;
        let apply = all - none;
        let _ = writeln!(
            right,
            "| {standard} | {chapter} | {all} | {apply} | {met} | {otherwise} | {not} | {operators} |"
        );
    };
    let mut totals: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for ((standard, chapter), counted) in &counts {
        line(standard, chapter, *counted);
        let total = totals.entry(standard).or_default();
        for (sum, count) in total.iter_mut().zip(counted) {
            *sum += count;
        }
    }
    for (standard, total) in totals {
        line(&format!("**{standard}**"), "all", total);
    }
    assert!(page().contains(&right), "the summary should be:\n{right}");
}

#[test]
fn every_requirement_of_the_asvs_has_one_row_and_none_is_made_up() {
    let mut written: Vec<String> = rows()
        .into_iter()
        .filter(|row| row.standard.starts_with("OWASP"))
        .inspect(|row| {
            let chapter = row
                .chapter
                .split(' ')
                .next()
                .unwrap()
                .trim_start_matches('V');
            let in_place = |id: &String| id.split('.').next() == Some(chapter);
            assert!(row.requirements.iter().all(in_place), "{}", row.line);
        })
        .flat_map(|row| row.requirements)
        .collect();
    let mut right: Vec<String> = Vec::new();
    for (chapter, sections) in ASVS {
        for (section, count) in (1..).zip(sections) {
            right.extend((1..=*count).map(|at| format!("{chapter}.{section}.{at}")));
        }
    }
    written.sort();
    right.sort();
    assert_eq!(written, right);
}

#[test]
fn what_is_not_met_of_the_asvs_is_said_first_and_nothing_of_level_1() {
    let page = page();
    let (_, first) = page.split_once("## Where Edgeward differs").unwrap();
    let (first, _) = first.split_once("\n## ").unwrap();
    let ids: Vec<&str> = first
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|id| id.trim_matches('.'))
        .collect();
    let unmet = rows()
        .into_iter()
        .filter(|row| row.verdict == "not met" && row.standard.starts_with("OWASP"));
    for row in unmet {
        assert!(!row.level.starts_with('1'), "{}", row.line);
        for id in &row.requirements {
            assert!(ids.contains(&id.as_str()), "not said first: {}", row.line);
        }
    }
}

#[test]
fn every_use_of_cryptography_is_in_the_inventory() {
    let page = page();
    let (_, inventory) = page.split_once("### Cryptography in use").unwrap();
    let (inventory, _) = inventory.split_once("\n### ").unwrap();
    let named = quoted(inventory);
    let mut folders = vec!["src".to_owned()];
    let mut using = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path().display().to_string();
            if Path::new(&path).is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let code = text.split("#[cfg(test)]").next().unwrap();
            let uses = CRYPTOGRAPHY.iter().any(|mark| code.contains(mark));
            if uses && !path.ends_with("tests.rs") {
                using.push(path);
            }
        }
    }
    assert!(using.len() > 8, "{using:?}");
    for path in using {
        assert!(named.contains(&path.as_str()), "{PAGE} lacks {path}");
    }
}
