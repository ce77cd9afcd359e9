//! What a test tries and what survived, for the tables of `npm run threats` and `npm run faults`.

use std::{fs::OpenOptions, io::Write as _, panic::Location, path::Path};

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

/// Does something that fails the test when it does not survive, and counts it in the row of this file.
pub fn survives<R>(of: &Location<'_>, work: impl FnOnce() -> R) -> R {
    let row = Path::new(of.file()).file_stem().unwrap().to_str().unwrap();
    figure(row, 1, 0);
    let result = work();
    figure(row, 0, 1);
    result
}

/// How many to try: `full` for the commands that run at full length, `reduced` in `npm test`.
pub fn scale(reduced: usize, full: usize) -> usize {
    match std::env::var("EDGEWARD_SCALE").as_deref() {
        Ok("full") => full,
        _ => reduced,
    }
}

/// Counts the attacks of a loop, one after the other; what was counted is written when the loop is left, by a failed
/// assertion too.
pub struct Count {
    row: &'static str,
    tried: usize,
    survived: usize,
}

impl Count {
    /// Counts for this row.
    pub fn of(row: &'static str) -> Self {
        Self {
            row,
            tried: 0,
            survived: 0,
        }
    }

    /// One more attack, and whether it came to nothing.
    pub fn one(&mut self, survived: bool) {
        self.tried += 1;
        self.survived += usize::from(survived);
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        figure(self.row, self.tried, self.survived);
    }
}
