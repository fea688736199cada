//! The trait of jobs: a type whose fields are its payload.

use std::time::Duration;

use kernel::{Instant, JobId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;

/// Work that is done after the transaction that enqueued it has committed.
///
/// Rows outlive releases: a kind keeps its name, and a new field has a default.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it works with: the services of the site.
    type Context: Sync;

    /// Its stable name, as stored in `jobs`.
    const KIND: &'static str;
    /// The lane it runs in.
    const LANE: &'static Lane;
    /// Whether the kind is newer than the previous release, whose servers would give it up: it is hidden from them for one release.
    /// A job whose lease lapsed is not hidden, and may have to be run again by a person (`stagedoor jobs retry`).
    const IS_NEW: bool = false;
    /// The time limit of a run; a longer run is cancelled and counts as failed. The lease outlasts it, so leases
    /// are never renewed and a job that hangs is retried instead of being held by a running server for ever.
    const TIME_MAX: Duration = Duration::from_secs(45);
    /// For a job whose payload must not be kept: how long after it was enqueued it is still wanted. It is tried until then and never given
    /// up; after that, at a final failure, or when its leases lapse too often, it counts as finished, and its payload is forgotten.
    const WANTED_FOR: Option<Duration> = None;

    /// Its deduplication key, unique within its kind: enqueueing the same key again does nothing. May depend on `run_at`. It is kept
    /// for as long as the finished job is, so it names nobody.
    fn key(&self, run_at: Instant) -> String;

    /// Runs the job. An earlier run may have done some or all of it, so it must be idempotent.
    fn run(self, context: &Self::Context, attempt: &Attempt) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A group of jobs with its own places for concurrent runs: no lane waits for another.
#[derive(Debug)]
pub struct Lane {
    pub name: &'static str,
    /// The most jobs that one server runs at the same time; this many slow ones block the rest of the lane.
    pub at_once: usize,
    /// How long a server waits before it polls again when nothing was due.
    pub idle: Duration,
    /// Whether its jobs may take the database connections that are kept for payments and refunds, when all others are busy.
    pub may_take_reserve: bool,
}

/// One try of one job.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    pub job: JobId,
    /// Tries before this one.
    pub attempts: i32,
    /// When it was due; its effect should depend on this, not on the current time.
    pub run_at: Instant,
}
