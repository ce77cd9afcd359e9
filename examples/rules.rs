//! Explains what `ACCESS_RULES` mean for one request: `explain METHOD PATH [FILE]`.
//!
//! FILE is JSON and standard input when it is left out or `-`: a list of rules, or a table of variables
//! (`ACCESS_RULES`, `ACCESS_RULES_2`, `PAGES_PREFIX`, `AUTH_PREFIX`), which may lie in a table `vars` as
//! in `wrangler.toml`. Ends with 2 when the question or the rules are wrong.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read, Write},
    process::ExitCode,
};

use edgeward::{
    config::{AccessRules, Prefixes, Problem},
    web::explain::explain,
};
use serde_json::Value;
use url::Url;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = match arguments.as_slice() {
        ["explain", method, path] => answer(method, path, "-"),
        ["explain", method, path, file] => answer(method, path, file),
        _ => Err("usage: explain METHOD PATH [FILE]".to_owned()),
    };
    let (text, code) = match said {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(text) => (format!("{text}\n"), ExitCode::from(2)),
    };
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer(method: &str, path: &str, file: &str) -> Result<String, String> {
    let values = variables(file)?;
    let rules = AccessRules::parse(&values).map_err(|problems| lines(&problems))?;
    let prefixes = Prefixes::parse(&values).map_err(|problems| lines(&problems))?;
    // As browsers and the platform do before the gate sees a path.
    if !path.starts_with('/') {
        return Err("PATH begins with a slash".to_owned());
    }
    let url = Url::parse(&format!("http://gate{path}")).map_err(|error| error.to_string())?;
    Ok(explain(&rules, &prefixes, method, url.path()))
}

fn variables(file: &str) -> Result<BTreeMap<String, Value>, String> {
    let text = if file == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let text = text.map_err(|error| format!("{file} cannot be read: {error}"))?;
    let value =
        serde_json::from_str(&text).map_err(|error| format!("{file} is not JSON: {error}"))?;
    match value {
        Value::Object(mut table) => match table.remove("vars") {
            Some(Value::Object(vars)) => Ok(vars.into_iter().collect()),
            _ => Ok(table.into_iter().collect()),
        },
        rules => Ok([("ACCESS_RULES".to_owned(), rules)].into()),
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}
