//! Making the cluster's files once, whole or not at all.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::place::Place;
use crate::{Binaries, ClusterError};

/// What the cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Keeps what it promised to keep, through power cuts too.
    Serving,
    /// Thrown away after the tests, so it never waits for a disk.
    Testing,
}

/// For both purposes: a Unix socket only, and planner figures of a solid-state disk.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 300
shared_buffers = 256MB
work_mem = 8MB
maintenance_work_mem = 128MB
effective_cache_size = 1GB
random_page_cost = 1.1
jit = off
# Recovery replays at most this much after a power cut.
max_wal_size = 512MB
wal_compression = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
";

/// What makes tests faster and would lose data in earnest.
const SETTINGS_TESTING: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
";

/// Makes the files unless they are there. They are made beside and renamed, so a killed first start leaves nothing behind.
pub fn initialise(place: &Place, binaries: &Binaries, purpose: Purpose) -> Result<(), ClusterError> {
    if place.data_version().is_some() {
        return Ok(());
    }
    let data = place.data();
    let unfinished = data.with_extension("unfinished");
    let failed = |error| ClusterError::at(&unfinished, error);
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(failed)?;
    }
    place.own_directory(&unfinished)?;
    let locale = if cfg!(target_os = "linux") { "C.UTF-8" } else { "en_US.UTF-8" };
    let mut command = place.command(&binaries.program("initdb"));
    command
        .args(["--username=stagedoor", "--auth=trust", "--encoding=UTF8", "--data-checksums", "--no-instructions"])
        .arg(format!("--locale={locale}"))
        .arg("--pgdata")
        .arg(&unfinished);
    if purpose == Purpose::Testing {
        command.arg("--no-sync");
    }
    let output = command.stdin(Stdio::null()).output().map_err(failed)?;
    if !output.status.success() {
        return Err(ClusterError::failed(&unfinished, "initialise", &String::from_utf8_lossy(&output.stderr)));
    }
    configure(&unfinished, purpose)?;
    create_database(place, binaries, &unfinished)?;
    fs::rename(&unfinished, &data).map_err(failed)
}

fn configure(directory: &Path, purpose: Purpose) -> Result<(), ClusterError> {
    let path = directory.join("postgresql.conf");
    let failed = |error| ClusterError::at(&path, error);
    let mut file = fs::OpenOptions::new().append(true).open(&path).map_err(failed)?;
    file.write_all(SETTINGS.as_bytes()).map_err(failed)?;
    if purpose == Purpose::Testing {
        file.write_all(SETTINGS_TESTING.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

/// Creates our database without a server, which needs no client program either.
fn create_database(place: &Place, binaries: &Binaries, directory: &Path) -> Result<(), ClusterError> {
    let failed = |error| ClusterError::at(directory, error);
    let mut child = place
        .command(&binaries.program("postgres"))
        .args(["--single", "-D"])
        .arg(directory)
        .args(["-c", "exit_on_error=true", "postgres"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(b"CREATE DATABASE stagedoor\n").map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    Err(ClusterError::failed(directory, "create its database", &String::from_utf8_lossy(&output.stderr)))
}
