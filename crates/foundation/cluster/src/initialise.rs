//! Creates the cluster's files, completely or not at all.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::home::ClusterHome;
use crate::{Binaries, ClusterError};

/// What the cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Durable: a committed transaction survives a power cut.
    Serving,
    /// Deleted after the tests, so it never waits for the disk.
    Testing,
}

/// Settings for both purposes: a Unix socket only, and planner costs for a solid-state disk.
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

/// Settings that make tests faster and would lose data in production.
const SETTINGS_TESTING: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
";

/// The beginning of the names of folders in which clusters are made.
const UNFINISHED: &str = "unfinished-";

/// Creates the files unless they exist. They are created in a folder beside and then renamed, so that a first start that is killed
/// leaves no half-made cluster. The caller holds the starting lock, so no two processes do this at once.
///
/// The tools of a start that was killed may run on for a moment. That is harmless: they write to a folder of their own, which nobody uses.
pub fn initialise(home: &ClusterHome, binaries: &Binaries, purpose: Purpose) -> Result<(), ClusterError> {
    let data = home.data();
    remove_unfinished(&data);
    if home.data_version().is_some() {
        return Ok(());
    }
    let unfinished = data.with_file_name(format!("{UNFINISHED}{}", std::process::id()));
    let failed = |error| ClusterError::at(&unfinished, error);
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(failed)?;
    }
    home.own_directory(&unfinished)?;
    let locale = if cfg!(target_os = "linux") { "C.UTF-8" } else { "en_US.UTF-8" };
    let mut command = home.command(&binaries.program("initdb"));
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
    create_database(home, binaries, &unfinished)?;
    fs::rename(&unfinished, &data).map_err(failed)
}

/// Removes what starts that were killed have left. What is still being written to stays, for a later start.
fn remove_unfinished(data: &Path) {
    let beside = data.parent().and_then(|parent| fs::read_dir(parent).ok());
    for entry in beside.into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
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

/// Creates our database in single-user mode, which needs neither a running server nor a client program.
fn create_database(home: &ClusterHome, binaries: &Binaries, directory: &Path) -> Result<(), ClusterError> {
    let failed = |error| ClusterError::at(directory, error);
    let mut child = home
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
