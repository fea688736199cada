//! The cache of checked statements: compiles against a freshly migrated database, and compares the result with `.sqlx` or replaces it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::testing::databases::Databases;
use crate::{frontend, machine, shell, stamp};

/// `cargo xtask sqlx`: replaces `.sqlx` with the cache of the current statements.
pub fn refresh() -> Result<ExitCode> {
    machine::provide_for_testing(false)?;
    frontend::build()?;
    let databases = Databases::start()?;
    if !lint(&databases, &[])? {
        return Ok(ExitCode::FAILURE);
    }
    let (kept, fresh) = (shell::root().join(".sqlx"), fresh_folder()?);
    let differences = differences(&cached(&kept)?, &cached(&fresh)?);
    fs::create_dir_all(&kept)?;
    for difference in &differences {
        match difference {
            Difference::Stale(name) => fs::remove_file(kept.join(name))?,
            Difference::Missing(name) | Difference::Other(name) => {
                fs::copy(fresh.join(name), kept.join(name))?;
            }
        }
    }
    println!("{} statements, {} files changed", cached(&kept)?.len(), differences.len());
    Ok(ExitCode::SUCCESS)
}

/// Lints the whole workspace and checks its statements against a real schema. It has its own target folder, because it
/// discards the workspace's crates there, and other builds must not pay for that.
pub fn lint(databases: &Databases, flags: &[&str]) -> Result<bool> {
    let (target, fresh) = (shell::target()?.join("lint"), fresh_folder()?);
    let (place, current) = (target.join(".statements"), statements_stamp()?);
    if !stamp::is_current(&place, &current) {
        // Cargo does not know that statements depend on the schema, so every crate with statements is compiled again.
        forget_workspace(&target)?;
        fs::remove_dir_all(&fresh).ok();
        fs::remove_file(&place).ok();
    }
    fs::create_dir_all(&fresh)?;
    let mut clippy = shell::cargo();
    clippy
        .args(["clippy", "--quiet", "--workspace", "--all-targets", "--target-dir"])
        .arg(&target)
        .arg("--")
        .args(flags);
    clippy.env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", &fresh);
    clippy.env("DATABASE_URL", databases.url_of_migrated("checked")?);
    let succeeded = shell::run(&mut clippy).is_ok();
    if succeeded {
        stamp::keep(&place, &current)?;
    }
    Ok(succeeded)
}

/// The faults of `.sqlx` after [`lint`], as sentences.
pub fn complaints() -> Result<Vec<String>> {
    let found = differences(&cached(&shell::root().join(".sqlx"))?, &cached(&fresh_folder()?)?);
    let sentence = |difference: &Difference| match difference {
        Difference::Stale(name) => format!(".sqlx/{name} belongs to no statement any more"),
        Difference::Missing(name) => format!(".sqlx/{name} is missing"),
        Difference::Other(name) => format!(".sqlx/{name} no longer says what the schema says"),
    };
    Ok(found.iter().map(sentence).collect())
}

#[derive(Debug, PartialEq, Eq)]
enum Difference {
    Stale(String),
    Missing(String),
    Other(String),
}

fn differences(kept: &BTreeMap<String, Vec<u8>>, fresh: &BTreeMap<String, Vec<u8>>) -> Vec<Difference> {
    let stale = kept.keys().filter(|name| !fresh.contains_key(*name)).map(|name| Difference::Stale(name.clone()));
    let wrong = fresh.iter().filter_map(|(name, content)| match kept.get(name) {
        None => Some(Difference::Missing(name.clone())),
        Some(kept) if kept != content => Some(Difference::Other(name.clone())),
        Some(_) => None,
    });
    stale.chain(wrong).collect()
}

fn cached(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            found.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(found)
}

fn fresh_folder() -> Result<PathBuf> {
    Ok(shell::target()?.join("lint/statements"))
}

/// A stamp that changes with the schema, the cache, or a file with statements.
fn statements_stamp() -> Result<String> {
    let root = shell::root();
    let mut files = stamp::files_below(&root.join("migrations"), &[])?;
    files.extend(stamp::files_below(&root.join(".sqlx"), &[]).unwrap_or_default());
    for file in stamp::files_below(&root.join("crates"), &["target", "templates"])? {
        if file.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            if ["query!", "query_as!", "query_scalar!", "query_file"].iter().any(|name| text.contains(name)) {
                files.push(file);
            }
        }
    }
    stamp::of(&files)
}

fn forget_workspace(target: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(target.join("debug/.fingerprint")) else { return Ok(()) };
    let ours: Vec<String> = crate::tidy::manifests::read_all()?.into_iter().map(|manifest| manifest.name).collect();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.rsplit_once('-').is_some_and(|(name, _)| ours.iter().any(|ours| ours == name)) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_stale_missing_and_changed_apart() {
        let files = |pairs: &[(&str, &str)]| -> BTreeMap<String, Vec<u8>> {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
        };
        let found =
            differences(&files(&[("a", "1"), ("b", "1"), ("c", "1")]), &files(&[("b", "1"), ("c", "2"), ("d", "1")]));
        let expected = [Difference::Stale("a".into()), Difference::Other("c".into()), Difference::Missing("d".into())];
        assert_eq!(found, expected);
    }
}
