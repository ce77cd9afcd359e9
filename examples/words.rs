//! Prints the tables of `docs/words.md` from the one list of words. Given the file, it brings its tables up
//! to date: `cargo run -q --example words -- docs/words.md`.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
};

use edgeward::pages::word_list;

/// The tables stand between these lines.
pub const BEGIN: &str = "<!-- from here: cargo run -q --example words -- docs/words.md -->\n";
/// See [`BEGIN`].
pub const END: &str = "<!-- to here -->\n";

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

/// Every name with our text: first what stands on pages, then what codes say.
fn tables() -> String {
    let is_code = |(name, _): &(String, &str)| name.starts_with("auth.");
    let (codes, pages): (Vec<_>, Vec<_>) = word_list().partition(is_code);
    let mut text = String::new();
    for (heading, words) in [("On pages", pages), ("Said by codes", codes)] {
        let _ = write!(text, "\n## {heading}\n\n| name | text |\n|---|---|\n");
        for (name, words) in words {
            let _ = writeln!(text, "| `{name}` | {words} |");
        }
    }
    text.push('\n');
    text
}
