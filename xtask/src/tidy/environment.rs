//! Checks that `.env.example` lists every variable, and that lock files name no registry but the default.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::source::Source;
use crate::shell;

/// The one registry whose name a lock file may carry: cargo's default.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every variable that is not documented or not used, and every address in a lock file.
pub fn check(sources: &[Source]) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let example = sources.iter().find(|source| source.path == ".env.example").context(".env.example is missing")?;
    let documented = variables(&example.text);
    let mut used = BTreeSet::new();
    for source in sources.iter().filter(|source| [".rs", ".mjs", ".ts"].iter().any(|end| source.path.ends_with(end))) {
        for variable in variables(&source.text) {
            if !documented.contains(&variable) && used.insert(variable.clone()) {
                complaints.push(format!("{}: {variable} is not in .env.example", source.path));
            }
            used.insert(variable);
        }
    }
    let idle = documented.iter().filter(|variable| !used.contains(*variable));
    complaints.extend(idle.map(|variable| format!(".env.example: nothing reads {variable}")));
    complaints.extend(untold(sources));
    complaints.extend(addresses()?);
    Ok(complaints)
}

/// Variables of the configuration that the README does not list.
fn untold(sources: &[Source]) -> Vec<String> {
    let text = |path: &str| sources.iter().find(|source| source.path == path).map_or("", |source| source.text.as_str());
    let readme = text("README.md");
    let read = variables(text("crates/entrypoints/stagedoor/src/config.rs"));
    let untold = read.iter().filter(|name| !readme.contains(&format!("`{name}`")));
    untold.map(|name| format!("README.md: says nothing of {name}")).collect()
}

fn addresses() -> Result<Vec<String>> {
    let root = shell::root();
    let mut complaints = Vec::new();
    for (index, line) in std::fs::read_to_string(root.join("Cargo.lock"))?.lines().enumerate() {
        if line.starts_with("source = ") && line != format!("source = \"{REGISTRY}\"") {
            complaints.push(format!("Cargo.lock:{}: {line}", index + 1));
        }
    }
    for (index, line) in std::fs::read_to_string(root.join("frontend/package-lock.json"))?.lines().enumerate() {
        if line.trim_start().starts_with("\"resolved\"") {
            complaints.push(format!("frontend/package-lock.json:{}: names a place to download from", index + 1));
        }
    }
    Ok(complaints)
}

/// The names of our variables in a text.
fn variables(text: &str) -> BTreeSet<String> {
    let is_name = |character: char| character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_';
    text.split(|character: char| !is_name(character))
        .filter(|word| word.len() > "STAGEDOOR_".len() && word.starts_with("STAGEDOOR_"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_nobody_documents_or_reads_is_found() {
        // Put together here, so that this file itself names no variable that is not documented.
        let [bind, new, old] = ["BIND", "NEW", "OLD"].map(|name| format!("STAGEDOOR_{name}"));
        let file = |path: &str, text: String| Source { path: path.into(), text };
        let config = "crates/entrypoints/stagedoor/src/config.rs";
        let sources = [
            file(".env.example", format!("#{bind}=\n#{old}=")),
            file(config, format!("read(\"{bind}\", \"{new}\")")),
            file("README.md", format!("| `{bind}` |")),
        ];
        let found = check(&sources).expect("the lock files can be read");
        let expected = [
            format!("{config}: {new} is not in .env.example"),
            format!(".env.example: nothing reads {old}"),
            format!("README.md: says nothing of {new}"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_variables() {
        let found = variables("env(\"STAGEDOOR_BIND\") and STAGEDOOR_SMTP_URL=1, not STAGEDOOR_ alone");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["STAGEDOOR_BIND", "STAGEDOOR_SMTP_URL"]);
    }
}
