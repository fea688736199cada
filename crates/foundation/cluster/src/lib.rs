//! A private PostgreSQL, started and stopped with the program, for machines without a database server.
//!
//! Its data is under `<data directory>/postgres`, and it listens on a Unix socket that only its owner can open. Every
//! process that uses it holds a shared lock on one file; the last one to leave stops the server. The kernel releases the lock of
//! a killed process, so the next start finds either a running server, which it takes over, or a stopped one, which it starts.
//!
//! Creating, starting and stopping happen under a second, exclusive lock: nobody can join a server that is being stopped.
//!
//! This crate uses no async code and no driver, because the build tool starts clusters as well.

mod binaries;
mod error;
mod home;
mod initialise;

mod postmaster;

use std::fs::File;
use std::path::{Path, PathBuf};

pub use binaries::{Binaries, SERVER_VERSION_MIN};
pub use error::ClusterError;
pub use initialise::Purpose;

use home::ClusterHome;
use postmaster::Postmaster;

/// Starts private clusters.
#[derive(Debug)]
pub struct Cluster;

/// A use of a running cluster. The cluster runs as long as somebody holds one of these; dropping the last one stops it.
#[derive(Debug)]
pub struct RunningCluster {
    home: ClusterHome,
    binaries: Binaries,
    postmaster: Postmaster,
    /// The shared lock of this user; `None` after leaving.
    users: Option<File>,
}

/// The program `name` of the newest PostgreSQL that is installed: `pg_dump`.
pub fn program(name: &str) -> Result<PathBuf, ClusterError> {
    Ok(Binaries::find(Path::new(""), None)?.program(name))
}

impl Cluster {
    /// Starts the cluster of `data_dir`, or joins the one that runs there. The first start creates it.
    pub fn start(data_dir: &Path) -> Result<RunningCluster, ClusterError> {
        Self::start_for(data_dir, Purpose::Serving)
    }

    /// The same with a purpose, which only matters when the cluster is created.
    pub fn start_for(data_dir: &Path, purpose: Purpose) -> Result<RunningCluster, ClusterError> {
        let home = ClusterHome::prepare(data_dir)?;
        let starting = home.lock_starting()?;
        // Before the server is looked for: from now on no other user can stop it.
        let users = home.lock_users()?;
        let binaries = Binaries::find(&home.data(), home.data_version().as_deref())?;
        initialise::initialise(&home, &binaries, purpose)?;
        let postmaster = Postmaster::find_or_start(&home, &binaries)?;
        drop(starting);
        Ok(RunningCluster { home, binaries, postmaster, users: Some(users) })
    }
}

impl RunningCluster {
    /// The address of the database `stagedoor`, for `DATABASE_URL`.
    pub fn url(&self) -> String {
        self.url_of("stagedoor")
    }

    /// The address of another database on this cluster.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://stagedoor@localhost:5432/{database}?host={}", self.home.socket_dir().display())
    }

    /// Whether it was running already, because somebody else uses it or its last user was killed.
    pub fn was_running(&self) -> bool {
        self.postmaster.was_running()
    }

    /// Where the data is and why, when it is not under the data directory.
    pub fn note(&self) -> Option<&str> {
        self.home.note()
    }

    /// The program `name` of the running version: `pg_dump`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.program(name)
    }

    /// The id of the server's main process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.postmaster.process_id(&self.home)
    }

    /// The error for a full disk, if PostgreSQL has logged one since we started or joined it. Clients see only a broken connection
    /// when there is no room for the write-ahead log.
    pub fn disk_full(&self) -> Option<ClusterError> {
        self.postmaster.ran_out_of_disk(&self.home).then(|| ClusterError::DiskFull { place: self.home.data() })
    }

    /// Starts the server again if it has died, for example killed for want of memory; returns whether it had.
    pub fn revive(&mut self) -> Result<bool, ClusterError> {
        let is_gone =
            || self.postmaster.is_gone(&self.home).map_err(|error| ClusterError::at(&self.home.data(), error));
        if self.users.is_none() || !is_gone()? {
            return Ok(false);
        }
        // Several processes may notice at once. They take turns here; the first starts the server and the others find it running.
        let starting = self.home.lock_starting()?;
        self.postmaster = Postmaster::find_or_start(&self.home, &self.binaries)?;
        drop(starting);
        Ok(true)
    }

    /// Stops it, unless somebody else uses it. Dropping does the same and ignores failures.
    pub fn stop(&mut self) -> Result<(), ClusterError> {
        self.leave()
    }

    /// Stops it and removes all its data, unless somebody else uses it. For clusters of one test run.
    pub fn destroy(mut self) -> Result<(), ClusterError> {
        self.leave()?;
        if self.postmaster.runs(&self.home) {
            return Ok(());
        }
        self.home.remove()
    }

    fn leave(&mut self) -> Result<(), ClusterError> {
        let Some(users) = self.users.take() else { return Ok(()) };
        let starting = self.home.lock_starting()?;
        // Turns our shared lock into an exclusive one, which fails while anybody else holds theirs. The starting lock keeps new users
        // out until the server is stopped.
        let last = users.try_lock().is_ok();
        let stopped = if last { self.postmaster.stop(&self.home, &self.binaries) } else { Ok(()) };
        drop(starting);
        stopped
    }
}

impl Drop for RunningCluster {
    fn drop(&mut self) {
        self.leave().ok();
    }
}
