//! The worker: leases and runs jobs, and fires schedules.

use std::any::Any;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::time::Duration;

use database::Database;
use futures::future::{Fuse, FusedFuture};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _, stream};
use kernel::{Causes, Chance, Clock, Instant, JobId};
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::queue::{self, Leased};
use crate::settle::settle;
use crate::{Failure, JobsError, Lane, Registry, schedules};

/// How long a lane pauses when the database is unavailable.
const AWAY: Duration = Duration::from_secs(1);
/// How often schedules are checked; this costs a query only when one is due.
const SCHEDULES_EVERY: Duration = Duration::from_secs(5);
/// How long running jobs may continue after the worker was told to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);
/// The concurrency of [`Worker::work_some`], which ignores lanes.
const AT_ONCE: usize = 8;

/// Whether work may begin now, such as while the clock is known to be right.
pub type MayBegin<'worker> = &'worker (dyn Fn() -> bool + Sync);

/// The worker of one server: the registry and what its jobs need.
pub struct Worker<'worker, Context> {
    pub registry: &'worker Registry<Context>,
    pub context: &'worker Context,
    pub database: &'worker Database,
    pub clock: &'worker dyn Clock,
    pub chance: &'worker dyn Chance,
}

impl<Context: Sync> Worker<'_, Context> {
    /// Runs the jobs of one lane until `stop`, then waits a few seconds for those that are running. Begins none while `may_begin` says no.
    pub async fn work_lane(&self, lane: &Lane, may_begin: MayBegin<'_>, stop: &CancellationToken) {
        let work = self.lease_and_run(lane, may_begin, stop);
        if lane.may_take_reserve { database::with_reserve(work).await } else { work.await }
    }

    /// Jobs are leased as places become free, so a slow job occupies only its own place. It polls when half of the places are free or the
    /// pause is over, so that one statement leases several jobs. Running jobs go on while the poll waits for a connection, because they may
    /// hold the one that it waits for.
    async fn lease_and_run(&self, lane: &Lane, may_begin: MayBegin<'_>, stop: &CancellationToken) {
        let (mut running, mut held) = (FuturesUnordered::new(), HashMap::new());
        let mut look_at = tokio::time::Instant::now();
        let (mut was_full, mut asked_for) = (false, 0);
        let mut leasing = pin!(Fuse::terminated());
        while !stop.is_cancelled() {
            let free = lane.at_once.saturating_sub(running.len());
            let is_due = look_at <= tokio::time::Instant::now() || (was_full && free * 2 >= lane.at_once);
            if is_due && !may_begin() {
                look_at = tokio::time::Instant::now() + lane.idle;
            } else if free > 0 && is_due && leasing.is_terminated() {
                asked_for = free;
                leasing.set(self.lease_for(lane, free).fuse());
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(done) = running.next(), if !running.is_empty() => drop(held.remove(&done)),
                (leased, pause) = leasing.as_mut(), if !leasing.is_terminated() => {
                    was_full = leased.len() == asked_for;
                    look_at = tokio::time::Instant::now() + pause;
                    held.extend(leased.iter().map(|job| (job.id, job.token)));
                    running.extend(leased.into_iter().map(|job| self.work_off(job)));
                }
                () = sleep_until(look_at), if leasing.is_terminated() && running.len() < lane.at_once => {}
            }
        }
        self.finish_running(running, held, leasing).await;
    }

    /// Fires due schedules until `stop`, and none while `may_begin` says no.
    pub async fn watch_schedules(&self, may_begin: MayBegin<'_>, stop: &CancellationToken) {
        let mut fired: HashMap<&str, Instant> = HashMap::new();
        while !stop.is_cancelled() {
            for schedule in self.registry.schedules().iter().filter(|_| may_begin()) {
                let occurrence = schedule.recurrence.latest(self.clock.now());
                if fired.get(schedule.kind) == Some(&occurrence) {
                    continue;
                }
                match schedules::fire(self.database, self.chance, self.clock.now(), schedule).await {
                    Ok(_) => drop(fired.insert(schedule.kind, occurrence)),
                    Err(error) => tracing::warn!(kind = schedule.kind, error = %Causes(&error), "a schedule failed"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(SCHEDULES_EVERY) => {}
            }
        }
    }

    /// Fires due schedules once and returns how many jobs were enqueued.
    pub async fn fire_schedules(&self) -> Result<usize, JobsError> {
        let mut count = 0;
        for schedule in self.registry.schedules() {
            count += usize::from(schedules::fire(self.database, self.chance, self.clock.now(), schedule).await?);
        }
        Ok(count)
    }

    /// Runs some due jobs of any lane and returns their number. For tests and for the end of a command.
    pub async fn work_some(&self) -> Result<usize, JobsError> {
        let jobs = self.lease(None, 2 * AT_ONCE).await?;
        let count = jobs.len();
        let work: Vec<_> = jobs.into_iter().map(|job| self.work_off(job)).collect();
        stream::iter(work).buffer_unordered(AT_ONCE).for_each(|_| async {}).await;
        Ok(count)
    }

    /// Jobs for the free places of a lane, and the pause before the next poll.
    async fn lease_for(&self, lane: &Lane, free: usize) -> (Vec<Leased>, Duration) {
        match self.lease(Some(lane), free).await {
            Ok(leased) => (leased, lane.idle),
            Err(error) => {
                tracing::warn!(lane = lane.name, error = %Causes(&error), "no jobs could be leased");
                (Vec::new(), AWAY)
            }
        }
    }

    async fn lease(&self, lane: Option<&Lane>, count: usize) -> Result<Vec<Leased>, JobsError> {
        let kinds = self.registry.times(lane);
        let count_max = i64::try_from(count).unwrap_or(i64::MAX);
        let mut leased = queue::lease(self.database, self.chance, &kinds, self.clock.now(), count_max).await?;
        leased.retain(|job| {
            if job.is_given_up {
                tracing::error!(job.kind, job.attempts, job = %job.id, "a job was given up: its leases lapsed");
            }
            !job.is_given_up
        });
        Ok(leased)
    }

    /// Runs a job and records its outcome.
    async fn work_off(&self, job: Leased) -> JobId {
        let span =
            tracing::info_span!(target: "trace", "job", otel.name = job.kind, otel.kind = "consumer", job_id = %job.id);
        let outcome = self.run(&job).instrument(span).await;
        settle(self.database, self.chance, self.clock.now(), &job, outcome).await;
        job.id
    }

    async fn run(&self, job: &Leased) -> Result<(), Failure> {
        let Some(kind) = self.registry.find(&job.kind) else {
            return Err(Failure::Final(format!("no such kind of job: {}", job.kind)));
        };
        let attempt = job.attempt();
        // A job that panics is a failed one; the others go on.
        let run = AssertUnwindSafe(async { (kind.run)(&job.payload, self.context, &attempt).await }).catch_unwind();
        match tokio::time::timeout(kind.time_max, run).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(Failure::Retry(format!("the job panicked: {}", message(&*panic)))),
            Err(_) => Err(Failure::Retry(format!("the job took longer than {} s", kind.time_max.as_secs()))),
        }
    }

    /// Waits a moment for jobs under way, and for those being leased, which are not begun. The rest is cut, and given back for the next
    /// server to take at once.
    async fn finish_running(
        &self,
        mut running: FuturesUnordered<impl Future<Output = JobId>>,
        mut held: HashMap<JobId, Uuid>,
        mut leasing: Pin<&mut Fuse<impl Future<Output = (Vec<Leased>, Duration)>>>,
    ) {
        let ends = async {
            loop {
                tokio::select! {
                    Some(done) = running.next(), if !running.is_empty() => drop(held.remove(&done)),
                    (leased, _) = leasing.as_mut(), if !leasing.is_terminated() => {
                        held.extend(leased.iter().map(|job| (job.id, job.token)));
                    }
                    else => break,
                }
            }
        };
        drop(tokio::time::timeout(SHUTDOWN_TIMEOUT, ends).await);
        if held.is_empty() {
            return;
        }
        // Open transactions roll back; whoever takes these jobs runs them from the start, which is safe.
        drop(running);
        tracing::warn!(count = held.len(), "jobs were given back because the server stops");
        let held: Vec<(JobId, Uuid)> = held.into_iter().collect();
        if let Err(error) = queue::release(self.database, &held).await {
            tracing::warn!(error = %Causes(&error), "jobs that were cut could not be given back: their leases lapse");
        }
    }
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason was given")
}
