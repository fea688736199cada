//! What is tried, and what is known to survive.

use anyhow::{Context as _, Result, bail};

/// The files, each with the flows that are tried for it and what it decides.
pub const FILES: &str = "xtask/src/mutants/files.csv";
const FILES_TEXT: &str = include_str!("files.csv");
/// What no test can tell from the code as it is, and why.
pub const SURVIVORS: &str = "xtask/src/mutants/survivors.txt";
const SURVIVORS_TEXT: &str = include_str!("survivors.txt");

/// Files of one crate that are tried with the same flows.
#[derive(Debug, PartialEq, Eq)]
pub struct MutantGroup {
    pub package: String,
    pub paths: Vec<String>,
    /// Parts of the names of tests of the testkit.
    pub flows: Vec<String>,
}

/// A change that may survive.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownSurvivor {
    pub path: String,
    /// As the tool says it, without the line.
    pub change: String,
    pub reason: String,
}

/// The files whose path contains `part`, in groups.
pub fn groups(part: &str) -> Result<Vec<MutantGroup>> {
    let mut groups: Vec<MutantGroup> = Vec::new();
    for (path, flows) in files(FILES_TEXT)? {
        if !path.contains(part) {
            continue;
        }
        let package = package_of(path)?;
        let flows: Vec<String> = flows.split_whitespace().map(str::to_owned).collect();
        match groups.iter_mut().find(|group| group.package == package && group.flows == flows) {
            Some(group) => group.paths.push(path.to_owned()),
            None => groups.push(MutantGroup { package: package.to_owned(), paths: vec![path.to_owned()], flows }),
        }
    }
    Ok(groups)
}

/// What is known to survive.
pub fn survivors() -> Result<Vec<KnownSurvivor>> {
    survivors_of(SURVIVORS_TEXT)
}

fn files(text: &str) -> Result<Vec<(&str, &str)>> {
    let mut files = Vec::new();
    for line in text.lines().skip(1) {
        let parts: Vec<&str> = line.splitn(3, ',').collect();
        let [path, flows, _] = parts[..] else { bail!("{FILES}: a line is `path,flows,reason`: {line}") };
        files.push((path, flows));
    }
    Ok(files)
}

/// `crates/TIER/PACKAGE/src/…`
fn package_of(path: &str) -> Result<&str> {
    let before = path.split("/src/").next().and_then(|folder| folder.rsplit('/').next());
    before.filter(|name| path.starts_with("crates/") && !name.is_empty()).with_context(|| format!("{FILES}: {path}"))
}

fn survivors_of(text: &str) -> Result<Vec<KnownSurvivor>> {
    let read = |line: &str| {
        let (mutant, reason) = line.split_once(" # ")?;
        let (path, change) = mutant.split_once(": ")?;
        Some(KnownSurvivor { path: path.to_owned(), change: change.to_owned(), reason: reason.to_owned() })
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| read(line).with_context(|| format!("{SURVIVORS}: a line is `path: change # reason`: {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    #[test]
    fn every_file_exists_and_every_survivor_is_of_one() {
        let files = files(FILES_TEXT).unwrap();
        for (path, _) in &files {
            assert!(shell::root().join(path).is_file(), "{FILES}: {path} does not exist");
            package_of(path).unwrap();
        }
        for survivor in survivors().unwrap() {
            assert!(
                files.iter().any(|(path, _)| *path == survivor.path),
                "{SURVIVORS}: {} is not tried",
                survivor.path
            );
        }
    }

    #[test]
    fn files_of_a_crate_with_the_same_flows_are_tried_together() {
        let all = groups("").unwrap();
        let tried: usize = all.iter().map(|group| group.paths.len()).sum();
        assert_eq!(tried, files(FILES_TEXT).unwrap().len());
        assert!(all.iter().all(|one| {
            all.iter().filter(|other| (&other.package, &other.flows) == (&one.package, &one.flows)).count() == 1
        }));
        assert_eq!(groups("bookings/src/decide.rs").unwrap()[0].package, "bookings");
        assert_eq!(groups("no such file").unwrap(), []);
    }

    #[test]
    fn a_survivor_is_named_with_its_reason() {
        let read = survivors_of("a/src/b.rs: replace || with && in f # they are equal\n").unwrap();
        let (path, change) = ("a/src/b.rs".to_owned(), "replace || with && in f".to_owned());
        assert_eq!(read, [KnownSurvivor { path, change, reason: "they are equal".to_owned() }]);
        assert!(survivors_of("a/src/b.rs: replace || with && in f").is_err());
    }
}
