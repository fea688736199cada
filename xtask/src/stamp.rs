//! Remembers by content what was built. File dates are not used, because a fresh checkout changes all of them.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Every file below `folder` in a fixed order, without folders named in `skipped`.
pub fn files_below(folder: &Path, skipped: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if entry.file_type()?.is_dir() {
                if !skipped.iter().any(|skipped| name == *skipped) {
                    folders.push(entry.path());
                }
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A hash of the names and contents of all `files`.
pub fn of(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the stamp stored at `place` is `stamp`.
pub fn is_current(place: &Path, stamp: &str) -> bool {
    fs::read_to_string(place).is_ok_and(|kept| kept == stamp)
}

/// Stores `stamp` at `place`.
pub fn keep(place: &Path, stamp: &str) -> Result<()> {
    fs::write(place, stamp).with_context(|| format!("cannot write {}", place.display()))
}
