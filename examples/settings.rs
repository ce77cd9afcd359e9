//! Prints the tables of `docs/settings.md` from the one list of settings. Given the file, it brings its
//! tables up to date: `cargo run -q --example settings -- docs/settings.md`.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
};

use edgeward::config::{Kind, SETTINGS, Setting};

/// The tables stand between these lines.
pub const BEGIN: &str = "<!-- from here: cargo run -q --example settings -- docs/settings.md -->\n";
/// See [`BEGIN`].
pub const END: &str = "<!-- to here -->\n";

/// A default that is longer is shown below the tables.
const SHORT: usize = 20;

fn main() -> io::Result<()> {
    match env::args_os().nth(1) {
        None => io::stdout().write_all(tables().as_bytes()),
        Some(file) => {
            let document = with_tables(&fs::read_to_string(&file)?);
            fs::write(
                file,
                document.ok_or_else(|| io::Error::other("the file lacks the two marks"))?,
            )
        }
    }
}

/// The document with its tables up to date; `None` when it lacks the marks.
pub fn with_tables(document: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", tables()))
}

/// Every setting, and the defaults that are too long for a table.
fn tables() -> String {
    let is_secret =
        |setting: &&Setting| matches!(setting.kind, Kind::Secret | Kind::RequiredSecret);
    let (secrets, variables): (Vec<&Setting>, Vec<&Setting>) = SETTINGS.iter().partition(is_secret);
    let mut text = String::new();
    text.push_str("\n## Variables\n\n| name | default | meaning |\n|---|---|---|\n");
    for setting in &variables {
        text.push_str(&row(setting, &default(setting)));
    }
    text.push_str("\n## Secrets\n\n| name | | meaning |\n|---|---|---|\n");
    for setting in &secrets {
        let needed = setting.kind == Kind::RequiredSecret;
        text.push_str(&row(setting, if needed { "**must be set**" } else { "" }));
    }
    text.push_str("\n## Long defaults\n");
    for setting in variables
        .iter()
        .filter(|setting| setting.default.len() > SHORT)
    {
        let _ = write!(
            text,
            "\n### `{}`\n\n```json\n{}\n```\n",
            setting.name,
            broken(setting.default)
        );
    }
    text.push('\n');
    text
}

fn row(setting: &Setting, default: &str) -> String {
    let about = setting.about.replace('<', "\\<");
    format!("| `{}` | {default} | {about} |\n", setting.name)
}

fn default(setting: &Setting) -> String {
    match setting.default {
        _ if setting.kind == Kind::Required => "**must be set**".to_owned(),
        "" => String::new(),
        long if long.len() > SHORT => format!("[below](#{})", setting.name.to_lowercase()),
        short => format!("`{short}`"),
    }
}

/// JSON with each member of the outermost table on a line of its own.
fn broken(json: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_u32;
    for c in json.chars() {
        match c {
            '{' | '[' => depth = depth.saturating_add(1),
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => (),
        }
        match (c, depth) {
            ('{', 1) => text.push_str("{\n  "),
            ('}', 0) => text.push_str("\n}"),
            (',', 1) => text.push_str(",\n "),
            _ => text.push(c),
        }
    }
    text
}
