//! House rules that the compiler does not know; each failure is a sentence with a place.

mod arrows;
mod dependencies;
mod documents;
mod environment;
mod literals;
pub mod manifests;
mod places;
mod sizes;
mod statements;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::{build_cost, shell, stamp};

/// `cargo xtask tidy`.
pub fn run() -> Result<ExitCode> {
    let complaints = complaints()?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    println!("{} complaints", complaints.len());
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything that is untidy.
pub fn complaints() -> Result<Vec<String>> {
    let sources = Source::read_all()?;
    let manifests = manifests::read_all()?;
    let mut complaints = arrows::check(&manifests);
    complaints.extend(dependencies::check(&manifests, &sources)?);
    complaints.extend(statements::check(&manifests, &sources)?);
    complaints.extend(sizes::check(&sources));
    complaints.extend(documents::check(&sources, &|path| shell::root().join(path).exists()));
    complaints.extend(documents::unowned(&manifests, &sources));
    complaints.extend(places::check(&sources));
    let top: Vec<String> = names(&shell::root())?;
    complaints.extend(places::strangers(top.iter().map(String::as_str)));
    complaints.extend(environment::check(&sources)?);
    complaints.extend(build_cost::budget::check()?);
    Ok(complaints)
}

/// What a folder holds, by name.
fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder)?;
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    entries.map(name).collect()
}

/// A text file of the repository.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the top of the repository.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Every text file that people write.
    fn read_all() -> Result<Vec<Self>> {
        let root = shell::root();
        let skipped = ["target", "node_modules", "dist", "results", ".git", ".sqlx", ".stagedoor", "samples"];
        let endings = ["rs", "md", "toml", "sql", "ts", "mjs", "css", "html", "json", "csv", "example"];
        let mut sources = Vec::new();
        for file in stamp::files_below(&root, &skipped)? {
            if file.extension().is_some_and(|found| endings.iter().any(|ending| found == *ending)) {
                sources.push(Self { path: relative(&root, &file), text: fs::read_to_string(&file)? });
            }
        }
        Ok(sources)
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is only ever compiled for tests.
    fn is_test(&self) -> bool {
        let parts = ["/tests/", "/tests.rs", "/testing.rs", "crates/testkit/", "bench/"];
        parts.iter().any(|part| self.path.contains(part))
    }
}

fn relative(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        let complaints = super::complaints().expect("the repository can be read");
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
