//! What a job is: a type whose fields are its payload.

use std::time::Duration;

use kernel::{Instant, JobId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;

/// Something to do, once its transaction has committed.
///
/// Rows outlive releases: a kind keeps its name, and a field that is added has a default.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it works with: the services of the site.
    type Context: Sync;

    /// Stable name, as the rows have it.
    const KIND: &'static str;
    /// Which jobs share a queue with it.
    const LANE: &'static Lane;
    /// Whether the kind is newer than the previous release, whose servers would give it up: it is hidden from them for one release.
    /// A job whose lease lapsed is not hidden, and may have to be run again by a person (`stagedoor jobs retry`).
    const IS_NEW: bool = false;
    /// A run that takes longer is cut and counts as failed. It is bounded, and its lease outlasts it, so that no lease has to be
    /// renewed: a job that hangs is tried again instead of being kept for ever by a server that is alive.
    const TIME_MAX: Duration = Duration::from_secs(45);

    /// What tells it from other jobs of its kind that are to run at `run_at`: the same key is the same job.
    fn key(&self, run_at: Instant) -> String;

    /// Does it. It may have been done before, wholly or in part: doing it again must be harmless.
    fn run(self, context: &Self::Context, attempt: &Attempt) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Jobs that share their places: no lane waits behind another.
#[derive(Debug)]
pub struct Lane {
    pub name: &'static str,
    /// Jobs worked on at the same time by one server: so many slow ones hold up the rest of the lane.
    pub at_once: usize,
    /// How long a server waits before it looks again when there was nothing to do.
    pub idle: Duration,
}

/// One try of one job.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    pub job: JobId,
    /// Tries before this one.
    pub attempts: i32,
    /// When it was to run, which is what its effect should go by.
    pub run_at: Instant,
}
