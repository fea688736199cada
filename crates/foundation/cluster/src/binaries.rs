//! Finds PostgreSQL's server programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ClusterError;

/// The oldest supported major version.
pub const SERVER_VERSION_MIN: u32 = 15;

/// Where packages install versions: the parent folder, and the folder of programs within a version's folder.
const FOLDERS: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", "bin"),
    ("/usr/lib64/postgresql", "bin"),
    ("/usr/local/lib/postgresql", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/usr", "bin"),
];

/// One installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    version: u32,
}

impl Binaries {
    /// The version that wrote the data at `place`, or the newest if there is no data yet.
    pub fn find(place: &Path, data_version: Option<&str>) -> Result<Self, ClusterError> {
        choose(installed(), place, data_version)
    }

    /// The major version.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The program `name` of this version.
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// Picks among what is installed, by version.
fn choose(
    installed: BTreeMap<u32, PathBuf>,
    place: &Path,
    data_version: Option<&str>,
) -> Result<Binaries, ClusterError> {
    let Some((&newest, newest_place)) = installed.last_key_value() else {
        let package = if cfg!(target_os = "linux") { "Debian: postgresql" } else { "Homebrew: postgresql@17" };
        return Err(ClusterError::NotInstalled { package });
    };
    if newest < SERVER_VERSION_MIN {
        return Err(ClusterError::TooOld { found: newest, place: newest_place.clone() });
    }
    let Some(data) = data_version else {
        return Ok(Binaries { directory: newest_place.clone(), version: newest });
    };
    let same = data.parse().ok().and_then(|version: u32| Some((version, installed.get(&version)?)));
    same.map(|(version, directory)| Binaries { directory: directory.clone(), version }).ok_or_else(|| {
        let found: Vec<String> = installed.keys().map(u32::to_string).collect();
        ClusterError::OtherVersion { place: place.to_owned(), data: data.to_owned(), found: found.join(", ") }
    })
}

/// Every installed version with its folder; the first folder found for a version wins.
fn installed() -> BTreeMap<u32, PathBuf> {
    let mut versions = BTreeMap::new();
    for folder in folders() {
        if folder.join("postgres").is_file()
            && folder.join("initdb").is_file()
            && let Some(version) = version_of(&folder)
        {
            versions.entry(version).or_insert(folder);
        }
    }
    versions
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    for (parent, child) in FOLDERS {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        let packaged = entries.filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(|first: char| first.is_ascii_digit())
                || name.starts_with("postgresql")
                || name.starts_with("pgsql")
        });
        folders.extend(packaged.map(|entry| entry.path().join(child)));
    }
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders
}

fn version_of(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major(text: &str) -> Option<u32> {
    let number = text.split("(PostgreSQL)").nth(1)?.trim_start();
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(versions: &[u32]) -> BTreeMap<u32, PathBuf> {
        versions.iter().map(|version| (*version, PathBuf::from(format!("/pg/{version}")))).collect()
    }

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn takes_the_newest_unless_data_say_otherwise() {
        assert_eq!(choose(installed(&[15, 17]), Path::new("/data"), None).expect("one fits").version(), 17);
        assert_eq!(choose(installed(&[15, 17]), Path::new("/data"), Some("15")).expect("one fits").version(), 15);
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(matches!(choose(installed(&[]), Path::new("/data"), None), Err(ClusterError::NotInstalled { .. })));
        assert!(matches!(
            choose(installed(&[13]), Path::new("/data"), None),
            Err(ClusterError::TooOld { found: 13, .. })
        ));
        assert!(matches!(
            choose(installed(&[17]), Path::new("/data"), Some("15")),
            Err(ClusterError::OtherVersion { .. })
        ));
    }
}
