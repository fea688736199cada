//! The text files of the repository.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::{shell, stamp};

/// A text file of the repository.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the top of the repository.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Every text file that people write.
    pub fn read_all() -> Result<Vec<Self>> {
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

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// How many tests stand in it.
    pub fn tests(&self) -> usize {
        let is_test = |line: &str| line.starts_with("#[") && (line.ends_with("test]") || line.contains("::test("));
        self.text.lines().filter(|line| is_test(line.trim())).count()
    }

    /// Whether it is only ever compiled for tests.
    pub fn is_test(&self) -> bool {
        let parts = ["/tests/", "/tests.rs", "/testing.rs", "crates/testkit/", "bench/"];
        parts.iter().any(|part| self.path.contains(part))
    }
}

fn relative(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().into_owned()
}
