//! Checks that every dependency is used and has its reason in the record of decisions.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::manifests::Manifest;
use super::source::Source;

/// The record with the reason for each dependency.
const RECORD: &str = "docs/decisions/0011-crates-we-build-on.md";

/// What the macro `closed_set` names in the crate that calls it.
const FOR_CLOSED_SETS: [&str; 3] = ["serde", "sqlx", "utoipa"];

/// Every dependency that is unused or has no reason.
pub fn check(manifests: &[Manifest], sources: &[Source]) -> Result<Vec<String>> {
    let record = sources.iter().find(|source| source.path == RECORD).context("the record of libraries is missing")?;
    let root = sources.iter().find(|source| source.path == "Cargo.toml").context("the root manifest is missing")?;
    let mut complaints: Vec<String> = manifests.iter().flat_map(|manifest| idle(manifest, sources)).collect();
    complaints.extend(unargued(manifests, &offered(&root.text), &record.text));
    Ok(complaints)
}

/// Dependencies that a crate declares and does not use.
fn idle(manifest: &Manifest, sources: &[Source]) -> Vec<String> {
    let below = |folder: &str| format!("{}/{folder}", manifest.folder);
    let own: Vec<&Source> =
        sources.iter().filter(|source| source.is_rust() && source.path.starts_with(&below(""))).collect();
    let shipped: Vec<&Source> = own.iter().copied().filter(|source| source.path.starts_with(&below("src/"))).collect();
    let names = |sources: &[&Source], dependency: &str| {
        let word = dependency.replace('-', "_");
        let by_macro = FOR_CLOSED_SETS.contains(&dependency);
        sources
            .iter()
            .any(|source| is_named(&source.text, &word) || (by_macro && source.text.contains("closed_set! {")))
    };
    let idle = manifest.dependencies.iter().filter(|one| !names(&shipped, one));
    let idle_in_tests = manifest.test_dependencies.iter().filter(|one| !names(&own, one));
    idle.chain(idle_in_tests).map(|one| format!("{}: nothing uses {one}", manifest.folder)).collect()
}

/// Dependencies of the workspace that no crate uses, and used ones without a reason.
fn unargued(manifests: &[Manifest], offered: &[String], record: &str) -> Vec<String> {
    let taken: BTreeSet<&str> = manifests
        .iter()
        .flat_map(|manifest| manifest.dependencies.iter().chain(&manifest.test_dependencies))
        .map(String::as_str)
        .collect();
    let is_ours = |name: &str| manifests.iter().any(|manifest| manifest.name == name);
    let others = offered.iter().filter(|name| !is_ours(name));
    let idle = others
        .clone()
        .filter(|name| !taken.contains(name.as_str()))
        .map(|name| format!("Cargo.toml: nobody uses {name}"));
    let silent = others
        .filter(|name| taken.contains(name.as_str()) && !record.contains(&format!("`{name}`")))
        .map(|name| format!("{RECORD}: says nothing of {name}"));
    idle.chain(silent).collect()
}

/// The libraries in the workspace's list.
fn offered(root: &str) -> Vec<String> {
    let lines = root.lines().skip_while(|line| line.trim() != "[workspace.dependencies]").skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.starts_with(|character: char| character.is_ascii_alphabetic()))
        .filter_map(|line| line.split([' ', '=', '.']).next())
        .map(str::to_owned)
        .collect()
}

/// Whether `word` stands in `text` as a whole word.
fn is_named(text: &str, word: &str) -> bool {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    fn manifest(dependencies: &[&str], test_dependencies: &[&str]) -> Manifest {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Manifest {
            name: "catalog".into(),
            folder: "crates/domains/catalog".into(),
            dependencies: owned(dependencies),
            test_dependencies: owned(test_dependencies),
            tables: Vec::new(),
        }
    }

    #[test]
    fn a_library_that_nobody_names_is_found() {
        let sources = [
            source("crates/domains/catalog/src/lib.rs", "use serde_json::Value; // serde is elsewhere"),
            source("crates/domains/catalog/tests/it/main.rs", "use uuid::Uuid; use futures_lite::x;"),
        ];
        let found = idle(&manifest(&["serde-json", "uuid"], &["uuid", "futures"]), &sources);
        assert_eq!(
            found,
            ["crates/domains/catalog: nothing uses uuid", "crates/domains/catalog: nothing uses futures"]
        );
    }

    #[test]
    fn a_library_without_a_reason_or_a_user_is_found() {
        let root = "[workspace.dependencies]\n# Ours.\ncatalog = { path = \"x\" }\nserde = \"1\"\nmoka = \"0\"\nuuid = \"1\"\n\n\
            [profile.dev]\nx = 1\n";
        let found = unargued(&[manifest(&["serde", "uuid"], &[])], &offered(root), "- `serde`: reads and writes.");
        assert_eq!(found, ["Cargo.toml: nobody uses moka", &format!("{RECORD}: says nothing of uuid")]);
    }
}
