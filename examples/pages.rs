//! Writes a sample of every page into a folder, so that people can look at them in a browser:
//! `cargo run --example pages -- <folder>`.

use std::{env, fs, io, path::PathBuf};

use edgeward::pages::samples;

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("give the folder to write the pages to"));
    };
    fs::create_dir_all(&folder)?;
    for (name, html) in samples::every_page(&str::to_owned) {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
