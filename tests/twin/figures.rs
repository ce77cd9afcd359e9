//! What a test tries and what survived, for the tables of `npm run threats` and `npm run faults`.

use std::{fs::OpenOptions, io::Write as _};

use serde_json::json;

/// Adds to a row of `scripts/figures/rows.mjs`. Say it before you assert, so that a failure shows in the table.
pub fn figure(row: &str, tried: usize, survived: usize) {
    let Ok(file) = std::env::var("EDGEWARD_FIGURES") else {
        return;
    };
    let line = json!({ "row": row, "tried": tried, "survived": survived });
    // At one stroke: other tests write to it at the same time.
    let line = format!("{line}\n");
    let mut file = OpenOptions::new().append(true).open(file).unwrap();
    file.write_all(line.as_bytes()).unwrap();
}

/// How many to try: `full` for the commands that run at full length, `reduced` in `npm test`.
pub fn scale(reduced: usize, full: usize) -> usize {
    match std::env::var("EDGEWARD_SCALE").as_deref() {
        Ok("full") => full,
        _ => reduced,
    }
}
