//! Why a private cluster cannot run, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// The message of every program when the disk is full.
pub(crate) const DISK_FULL: &str = "No space left on device";

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "PostgreSQL is not installed here; install its server ({package}), or set DATABASE_URL to a server of version 15 or newer"
    )]
    NotInstalled { package: &'static str },
    #[error(
        "the newest PostgreSQL installed here is version {found} ({place}), but Stagedoor needs 15 or newer; \
         install a newer one, or set DATABASE_URL to another server"
    )]
    TooOld { found: u32, place: PathBuf },
    #[error(
        "the data in {place} were written by PostgreSQL {data}, which is not installed (found: {found}); \
         install version {data}, or move them with pg_upgrade"
    )]
    OtherVersion { place: PathBuf, data: String, found: String },
    #[error(
        "the disk that holds {place} is full; make room, or set STAGEDOOR_DATA_DIR to a place that has at least 500 MB"
    )]
    DiskFull { place: PathBuf },
    #[error("no permission to write in {place}; change its owner, or set STAGEDOOR_DATA_DIR to another place")]
    NoPermission { place: PathBuf },
    #[error(
        "PostgreSQL in {place} did not {action}; mend what it says, or set STAGEDOOR_DATA_DIR to another place:\n{output}"
    )]
    Failed { place: PathBuf, action: &'static str, output: String },
    #[error("cannot use {place}: {source}; put that right, or set STAGEDOOR_DATA_DIR to another place")]
    Io { place: PathBuf, source: io::Error },
}

impl ClusterError {
    /// The sentence for an I/O error at `place`.
    pub(crate) fn at(place: &Path, source: io::Error) -> Self {
        let place = place.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { place },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NoPermission { place },
            _ => Self::Io { place, source },
        }
    }

    /// The sentence for a PostgreSQL program that failed with `output`.
    pub(crate) fn failed(place: &Path, action: &'static str, output: &str) -> Self {
        let place = place.to_owned();
        if output.contains(DISK_FULL) {
            return Self::DiskFull { place };
        }
        let lines: Vec<&str> = output.lines().collect();
        let output = lines[lines.len().saturating_sub(12)..].join("\n");
        Self::Failed { place, action, output }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let output = "FATAL:  could not write lock file: No space left on device";
        assert!(matches!(ClusterError::failed(Path::new("/x"), "start", output), ClusterError::DiskFull { .. }));
        assert!(matches!(ClusterError::failed(Path::new("/x"), "start", "oops"), ClusterError::Failed { .. }));
    }
}
