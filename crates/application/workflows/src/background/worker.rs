//! The background work of one server: jobs by lane, facts, deadlines and schedules, for as long as it runs.

use std::time::Duration;

use ::jobs::{Lane, Worker};
use database::outbox;
use kernel::Causes;
use site::{Services, Site};
use tokio_util::sync::CancellationToken;

use super::jobs::REGISTRY;
use super::reactions;
use crate::{WorkflowError, booking};

/// How long nothing to do lets deadlines and facts sleep.
const IDLE: Duration = Duration::from_millis(200);
/// How long a database that is away lets them sleep.
const AWAY: Duration = Duration::from_secs(1);
/// Facts turned into jobs in one transaction.
const FACTS_MAX: usize = 500;

/// Starts the worker of this process; it ends within seconds after `stop`. Each lane, the facts, the deadlines and the schedules go on
/// by themselves: none of them waits for another.
pub fn spawn(site: Site, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let hands = hands(&site);
        let lanes: Vec<_> =
            REGISTRY.lanes().into_iter().map(|lane: &'static Lane| hands.work_lane(lane, &stop)).collect();
        tokio::join!(
            repeat_deadlines(&site, &stop),
            repeat_facts(&site, &stop),
            hands.watch_schedules(&stop),
            futures::future::join_all(lanes)
        );
    })
}

/// Works off everything that is due now, what it causes included. For tests and for the end of a command.
pub async fn run_until_idle(site: &Services) -> Result<usize, WorkflowError> {
    let mut all = 0;
    loop {
        let done = booking::work_deadlines(site).await? + dispatch(site).await? + hands(site).work_some().await?;
        if done == 0 {
            return Ok(all);
        }
        all += done;
    }
}

/// Enqueues the jobs of schedules that have come round; says how many.
pub async fn fire_schedules(site: &Services) -> Result<usize, WorkflowError> {
    Ok(hands(site).fire_schedules().await?)
}

/// The kinds of jobs that this release can do. Others wait for a server of the release that enqueued them.
pub fn known_jobs() -> Vec<&'static str> {
    REGISTRY.names()
}

fn hands(site: &Services) -> Worker<'_, Services> {
    Worker { registry: &REGISTRY, context: site, database: &site.database, clock: &*site.clock, chance: &*site.chance }
}

async fn repeat_deadlines(site: &Services, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let done = booking::work_deadlines(site).await;
        pause(stop, done, booking::DEADLINES_MAX).await;
    }
}

async fn repeat_facts(site: &Services, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        // A few facts cost a commit as many do, so those that came meanwhile wait for the next round.
        let done = dispatch(site).await;
        pause(stop, done, FACTS_MAX).await;
    }
}

/// Sleeps, unless a round was full: then there is more.
async fn pause(stop: &CancellationToken, done: Result<usize, WorkflowError>, full: usize) {
    let pause = match done {
        Ok(done) if done >= full => return,
        Ok(_) => IDLE,
        Err(error) => {
            tracing::warn!(error = %Causes(&error), "the worker could not go on");
            AWAY
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// Turns facts into jobs: a fact leaves the outbox in the transaction that writes its jobs.
async fn dispatch(site: &Services) -> Result<usize, WorkflowError> {
    let mut tx = site.database.begin().await?;
    let facts = outbox::take(&mut tx, FACTS_MAX as i64).await?;
    for fact in &facts {
        reactions::react(site, &mut tx, fact).await?;
    }
    tx.commit().await?;
    Ok(facts.len())
}
