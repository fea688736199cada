//! What the manifests of our crates say.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{shell, stamp};

/// One crate of ours.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub name: String,
    /// Its folder from the top of the repository: `crates/domains/bookings`.
    pub folder: String,
    /// What it needs to run, ours and others'.
    pub dependencies: Vec<String>,
    /// What only its tests need.
    pub test_dependencies: Vec<String>,
    /// The tables it owns.
    pub tables: Vec<String>,
}

/// All of them.
pub fn read_all() -> Result<Vec<Manifest>> {
    let root = shell::root();
    let mut found = Vec::new();
    for folder in ["crates", "bench", "xtask"] {
        for file in stamp::files_below(&root.join(folder), &["target", "src", "tests", "templates"])? {
            if file.file_name().is_some_and(|name| name == "Cargo.toml") {
                let text = fs::read_to_string(&file)?;
                let folder = file.parent().and_then(|folder| folder.strip_prefix(&root).ok());
                let folder = folder.context("a manifest lies in a folder")?.to_string_lossy().into_owned();
                found.push(parse(&folder, &text));
            }
        }
    }
    Ok(found)
}

/// Reads the few lines we need; every manifest of ours is written in this plain form.
fn parse(folder: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        name: String::new(),
        folder: folder.to_owned(),
        dependencies: Vec::new(),
        test_dependencies: Vec::new(),
        tables: Vec::new(),
    };
    let mut section = "";
    let mut in_tables = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') && !in_tables {
            section = line.trim_matches(['[', ']']);
            continue;
        }
        let key = line.split(['=', '.', ' ']).next().unwrap_or_default();
        match section {
            "package" if key == "name" => line.split('"').nth(1).unwrap_or_default().clone_into(&mut manifest.name),
            "dependencies" if !key.is_empty() && !key.starts_with('#') => manifest.dependencies.push(key.to_owned()),
            "dev-dependencies" if !key.is_empty() && !key.starts_with('#') => {
                manifest.test_dependencies.push(key.to_owned());
            }
            "package.metadata.stagedoor" if key == "tables" || in_tables => {
                in_tables = !line.contains(']');
                manifest.tables.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
            }
            _ => {}
        }
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_takes_the_lints_of_the_workspace_which_forbid_unsafe_code() {
        let text = |folder: &str| fs::read_to_string(shell::root().join(folder).join("Cargo.toml")).unwrap();
        assert!(text("").contains("\nunsafe_code = \"forbid\"\n"));
        for manifest in read_all().unwrap() {
            assert!(text(&manifest.folder).contains("[lints]\nworkspace = true\n"), "{}", manifest.folder);
        }
    }

    #[test]
    fn reads_names_dependencies_and_tables() {
        let text = "[package]\nname = \"bookings\"\n[package.metadata.stagedoor]\ntables = [\n \"a\",\n \"b\",\n]\n\n[dependencies]\nkernel.workspace = true\nsqlx = { workspace = true }\n[dev-dependencies]\nproptest.workspace = true\n";
        let manifest = parse("crates/domains/bookings", text);
        assert_eq!(manifest.name, "bookings");
        assert_eq!(manifest.tables, ["a", "b"]);
        assert_eq!(manifest.dependencies, ["kernel", "sqlx"]);
        assert_eq!(manifest.test_dependencies, ["proptest"]);
    }
}
