//! A private PostgreSQL, started and stopped with the program, for machines where nobody keeps a server.
//!
//! Its data lies under `<data directory>/postgres` and it listens on a Unix socket that only its owner can open. Every
//! process that uses it holds a shared lock on one file; the last one to go stops the server. A process that was killed
//! loses its lock with its life, so the next start finds either a server that still runs, which it takes over, or a
//! stopped one, which it starts.
//!
//! This crate uses no async code and no driver, because the build tool starts clusters as well.

mod binaries;
mod error;
mod initialise;
mod place;
mod postmaster;

use std::fs::File;
use std::path::{Path, PathBuf};

pub use binaries::{Binaries, SERVER_VERSION_MIN};
pub use error::ClusterError;
pub use initialise::Purpose;

use place::Place;
use postmaster::Postmaster;

/// Where a private cluster comes from.
#[derive(Debug)]
pub struct Cluster;

/// A cluster that runs as long as somebody holds one of these; stopping happens on drop.
#[derive(Debug)]
pub struct RunningCluster {
    place: Place,
    binaries: Binaries,
    postmaster: Postmaster,
    /// Held shared; whoever can take it exclusively is the last user.
    users: Option<File>,
}

/// The program `name` of the newest PostgreSQL that is installed: `pg_dump`.
pub fn program(name: &str) -> Result<PathBuf, ClusterError> {
    Ok(Binaries::find(Path::new(""), None)?.program(name))
}

impl Cluster {
    /// Starts (and on the first call makes) the cluster of `data_dir`, or joins the one that runs there.
    pub fn start(data_dir: &Path) -> Result<RunningCluster, ClusterError> {
        Self::start_for(data_dir, Purpose::Serving)
    }

    /// The same for another purpose. What a cluster was first made for, it stays.
    pub fn start_for(data_dir: &Path, purpose: Purpose) -> Result<RunningCluster, ClusterError> {
        let place = Place::prepare(data_dir)?;
        let starting = place.lock_starting()?;
        let users = place.lock_users()?;
        let binaries = Binaries::find(&place.data(), place.data_version().as_deref())?;
        initialise::initialise(&place, &binaries, purpose)?;
        let postmaster = Postmaster::find_or_start(&place, &binaries)?;
        drop(starting);
        Ok(RunningCluster { place, binaries, postmaster, users: Some(users) })
    }
}

impl RunningCluster {
    /// The address of the database `stagedoor`, for `DATABASE_URL`.
    pub fn url(&self) -> String {
        self.url_of("stagedoor")
    }

    /// The address of another database on this cluster.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://stagedoor@localhost/{database}?host={}", self.place.socket_dir().display())
    }

    /// Whether it ran already: somebody else uses it, or the last user was killed.
    pub fn was_running(&self) -> bool {
        self.postmaster.was_running()
    }

    /// Where the data lies, when that is not under the data directory, with the reason.
    pub fn note(&self) -> Option<&str> {
        self.place.note()
    }

    /// The program `name` of the version that runs: `pg_dump`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.program(name)
    }

    /// The process that starts all its others, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.postmaster.process_id(&self.place)
    }

    /// The sentence about a full disk, if PostgreSQL has complained of one since it started. Its clients see only a
    /// connection that breaks when there is no room for the log of changes.
    pub fn disk_full(&self) -> Option<ClusterError> {
        self.postmaster.ran_out_of_disk(&self.place).then(|| ClusterError::DiskFull { place: self.place.data() })
    }

    /// Starts it again if it has died, by somebody's hand or for want of memory. Says whether it had.
    pub fn revive(&mut self) -> Result<bool, ClusterError> {
        if self.users.is_none() || self.postmaster.runs(&self.place) {
            return Ok(false);
        }
        let starting = self.place.lock_starting()?;
        self.postmaster = Postmaster::find_or_start(&self.place, &self.binaries)?;
        drop(starting);
        Ok(true)
    }

    /// Stops it, unless somebody else uses it. Dropping does the same and keeps quiet about failures.
    pub fn stop(&mut self) -> Result<(), ClusterError> {
        self.leave()
    }

    /// Stops it and removes all its data, unless somebody else uses it: for clusters that were made for one run of tests.
    pub fn destroy(mut self) -> Result<(), ClusterError> {
        self.leave()?;
        if self.postmaster.runs(&self.place) {
            return Ok(());
        }
        self.place.remove()
    }

    fn leave(&mut self) -> Result<(), ClusterError> {
        let Some(users) = self.users.take() else { return Ok(()) };
        let starting = self.place.lock_starting()?;
        // A lock of our own shared kind does not stand in our way; somebody else's does.
        let last = users.try_lock().is_ok();
        let stopped = if last { self.postmaster.stop(&self.place, &self.binaries) } else { Ok(()) };
        drop(starting);
        stopped
    }
}

impl Drop for RunningCluster {
    fn drop(&mut self) {
        self.leave().ok();
    }
}
