//! House rules that the compiler does not know; each failure is a sentence with a place.

mod addresses;
mod arrows;
mod assurances;
mod circles;
mod dependencies;
mod documents;
mod environment;
mod lines;
mod literals;
pub mod manifests;
mod migrations;
mod mirror;
mod modules;
mod names;
mod places;
mod sizes;
mod source;
mod statements;
mod test_counts;
mod transactions;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::{build_cost, shell};
use source::Source;

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
    complaints.extend(addresses::check(&sources));
    complaints.extend(dependencies::check(&manifests, &sources)?);
    complaints.extend(statements::check(&manifests, &sources)?);
    complaints.extend(migrations::check(&sources));
    complaints.extend(circles::check(&manifests, &sources));
    complaints.extend(names::check(&sources));
    complaints.extend(sizes::check(&sources));
    complaints.extend(lines::check(&sources));
    complaints.extend(lines::needless(&sources));
    complaints.extend(transactions::check(&sources));
    complaints.extend(documents::check(&sources, &|path| shell::root().join(path).exists()));
    complaints.extend(assurances::check(&sources));
    complaints.extend(documents::unowned(&manifests, &sources));
    complaints.extend(mirror::check(&sources));
    complaints.extend(test_counts::check(&sources));
    complaints.extend(places::check(&sources));
    let top: Vec<String> = entries_of(&shell::root())?;
    complaints.extend(places::strangers(top.iter().map(String::as_str)));
    complaints.extend(environment::check(&sources)?);
    complaints.extend(build_cost::budget::check()?);
    Ok(complaints)
}

/// What a folder holds, by name.
fn entries_of(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder)?;
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    entries.map(name).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        let complaints = super::complaints().expect("the repository can be read");
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
