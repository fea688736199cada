//! The background work of one server: jobs by lane, facts, deadlines and schedules, for as long as it runs.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ::jobs::{Lane, Worker};
use database::facts::Round;
use futures::FutureExt as _;
use kernel::Causes;
use site::{Services, Site};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::clock_comparison::ClockComparison;
use super::consumers::CONSUMERS;
use super::jobs::REGISTRY;
use crate::{WorkflowError, booking};

/// The polling interval of deadlines and facts.
const IDLE: Duration = Duration::from_millis(200);
/// Their pause when the database is unavailable.
const AWAY: Duration = Duration::from_secs(1);
/// Interval and number of checks for facts that wait for an older transaction, in [`run_until_idle`].
const OLDER_FIRST: (Duration, u32) = (Duration::from_millis(10), 1_000);

/// Starts the worker of this process; it ends within seconds after `stop`. Each lane, the facts, the deadlines and the schedules go on
/// by themselves: none of them waits for another, or ends when another panics.
pub fn spawn(site: Site, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut loops = JoinSet::new();
        let timed = (Arc::clone(&site), Arc::new(ClockComparison::default()));
        spawn_loop(&mut loops, "clock", &timed, &stop, keep_comparing);
        for lane in REGISTRY.lanes() {
            spawn_loop(&mut loops, lane.name, &timed, &stop, move |timed, stop| work_lane(timed, lane, stop));
        }
        spawn_loop(&mut loops, "deadlines", &timed, &stop, repeat_deadlines);
        spawn_loop(&mut loops, "facts", &site, &stop, repeat_facts);
        spawn_loop(&mut loops, "parked facts", &site, &stop, retry_parked_facts_once);
        spawn_loop(&mut loops, "schedules", &timed, &stop, watch_schedules);
        while loops.join_next().await.is_some() {}
    })
}

/// Runs a loop as a task of its own. One that panics is begun again after a pause.
fn spawn_loop<Context: Clone + Send + Sync + 'static, Run: Future<Output = ()> + Send + 'static>(
    loops: &mut JoinSet<()>,
    name: &'static str,
    context: &Context,
    stop: &CancellationToken,
    run: impl Fn(Context, CancellationToken) -> Run + Send + Sync + 'static,
) {
    let (context, stop) = (context.clone(), stop.clone());
    loops.spawn(async move {
        while AssertUnwindSafe(run(context.clone(), stop.clone())).catch_unwind().await.is_err() {
            tracing::error!(name, "a part of the background work panicked, and begins again");
            sleep_unless(&stop, AWAY).await;
        }
    });
}

/// Processes everything that is due now, and what follows from it. For tests and for the end of a command.
pub async fn run_until_idle(site: &Services) -> Result<usize, WorkflowError> {
    let mut all = 0;
    loop {
        let done =
            booking::work_deadlines(site).await? + read_facts(site).await?.count + worker(site).work_some().await?;
        if done == 0 && !wait_for_older(site).await? {
            return Ok(all);
        }
        all += done;
    }
}

/// Waits until a fact becomes readable that was waiting for an older transaction; `false` if there is none.
async fn wait_for_older(site: &Services) -> Result<bool, WorkflowError> {
    let (pause, count) = OLDER_FIRST;
    for _ in 0..count {
        if !CONSUMERS.has_unread(&site.database).await? {
            return Ok(false);
        }
        if CONSUMERS.has_news(&site.database).await? {
            return Ok(true);
        }
        tokio::time::sleep(pause).await;
    }
    tracing::warn!("facts wait for a transaction that does not end");
    Ok(false)
}

/// Gives consumers that are new their cursors: they read what is written from now on.
pub async fn begin_consumers(site: &Services) -> Result<(), WorkflowError> {
    Ok(CONSUMERS.begin(&site.database).await?)
}

/// Consumes the parked facts that this release can read and returns their number.
pub async fn retry_parked_facts(site: &Services) -> Result<usize, WorkflowError> {
    CONSUMERS.retry_parked(&site.database, site).await
}

/// Enqueues the jobs of due schedules and returns their number.
pub async fn fire_schedules(site: &Services) -> Result<usize, WorkflowError> {
    Ok(worker(site).fire_schedules().await?)
}

/// The kinds of jobs that this release knows. Others wait for a server of the release that enqueued them.
pub fn known_jobs() -> Vec<&'static str> {
    REGISTRY.names()
}

fn worker(site: &Services) -> Worker<'_, Services> {
    Worker { registry: &REGISTRY, context: site, database: &site.database, clock: &*site.clock, chance: &*site.chance }
}

async fn keep_comparing((site, clock): Timed, stop: CancellationToken) {
    clock.keep(&site, &stop).await;
}

/// What works by the clock: the site, and whether its clock is right.
type Timed = (Site, Arc<ClockComparison>);

async fn work_lane((site, clock): Timed, lane: &'static Lane, stop: CancellationToken) {
    worker(&site).work_lane(lane, &|| clock.is_right(site.clock.now()), &stop).await;
}

async fn watch_schedules((site, clock): Timed, stop: CancellationToken) {
    worker(&site).watch_schedules(&|| clock.is_right(site.clock.now()), &stop).await;
}

async fn repeat_deadlines((site, clock): Timed, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if !clock.is_right(site.clock.now()) {
            sleep_unless(&stop, IDLE).await;
            continue;
        }
        let done = booking::work_deadlines(&site).await;
        pause(&stop, done.map(|count| count >= booking::DEADLINES_MAX)).await;
    }
}

async fn repeat_facts(site: Site, stop: CancellationToken) {
    // New consumers get their cursors first.
    while !stop.is_cancelled() {
        let begun = begin_consumers(&site).await;
        if begun.is_ok() {
            break;
        }
        pause(&stop, begun.map(|()| false)).await;
    }
    while !stop.is_cancelled() {
        // A batch of facts costs one commit, however large it is. So after a batch that was not full, more facts are gathered for the next
        // one.
        let round = read_facts(&site).await;
        pause(&stop, round.map(|round| round.has_more)).await;
    }
}

/// Consumes, once, parked facts that earlier releases could not read. Not in the loop that reads new facts, which a parked fact that fails
/// would hold up; the hourly job tries that one again.
async fn retry_parked_facts_once(site: Site, _: CancellationToken) {
    if let Err(error) = retry_parked_facts(&site).await {
        tracing::warn!(error = %Causes(&error), "parked facts could not be consumed yet");
    }
}

async fn read_facts(site: &Services) -> Result<Round, WorkflowError> {
    Ok(CONSUMERS.read_on(&site.database, site, site.clock.now()).await?)
}

/// Pauses, unless there is more to do.
async fn pause(stop: &CancellationToken, has_more: Result<bool, WorkflowError>) {
    let pause = match has_more {
        Ok(true) => return,
        Ok(false) => IDLE,
        Err(error) => {
            tracing::warn!(error = %Causes(&error), "the worker could not go on");
            AWAY
        }
    };
    sleep_unless(stop, pause).await;
}

/// Sleeps, unless the server stops.
async fn sleep_unless(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_loop_that_panics_begins_again() {
        static BEGUN: AtomicUsize = AtomicUsize::new(0);
        let mut loops = JoinSet::new();
        spawn_loop(&mut loops, "nails", &(), &CancellationToken::new(), |(), _| async {
            assert!(BEGUN.fetch_add(1, Ordering::SeqCst) > 0, "a nail in the tyre");
        });
        loops.join_next().await.expect("there is one").expect("its panic is caught");
        assert_eq!(BEGUN.load(Ordering::SeqCst), 2);
    }
}
