//! The background work of one server: jobs by lane, facts, deadlines and schedules, for as long as it runs.

use std::time::Duration;

use ::jobs::{Lane, Worker};
use database::facts::Round;
use kernel::Causes;
use site::{Services, Site};
use tokio_util::sync::CancellationToken;

use super::consumers::CONSUMERS;
use super::jobs::REGISTRY;
use crate::{WorkflowError, booking};

/// How long nothing to do lets deadlines and facts sleep.
const IDLE: Duration = Duration::from_millis(200);
/// How long a database that is away lets them sleep.
const AWAY: Duration = Duration::from_secs(1);
/// How often facts that wait for an older transaction to end are looked at again, and for how long, when everything is to be done.
const OLDER_FIRST: (Duration, u32) = (Duration::from_millis(10), 1_000);

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
        let done =
            booking::work_deadlines(site).await? + read_facts(site).await?.count + hands(site).work_some().await?;
        if done == 0 && !wait_for_older(site).await? {
            return Ok(all);
        }
        all += done;
    }
}

/// Waits until a fact can be read that was committed before an older transaction has ended; `false` when there is none.
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

/// Consumes parked facts that this release can read; says how many.
pub async fn retry_parked_facts(site: &Services) -> Result<usize, WorkflowError> {
    CONSUMERS.retry_parked(&site.database, site).await
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
        pause(stop, done.map(|count| count >= booking::DEADLINES_MAX)).await;
    }
}

async fn repeat_facts(site: &Services, stop: &CancellationToken) {
    while !stop.is_cancelled() && !has_begun_to_read(site).await {
        pause(stop, Ok(false)).await;
    }
    while !stop.is_cancelled() {
        // A few facts cost a commit as many do, so those that came meanwhile wait for the next round.
        let round = read_facts(site).await;
        pause(stop, round.map(|round| round.has_more)).await;
    }
}

/// New consumers get their cursors, and what earlier releases could not read is consumed.
async fn has_begun_to_read(site: &Services) -> bool {
    let begun = async {
        CONSUMERS.begin(&site.database).await?;
        retry_parked_facts(site).await
    };
    match begun.await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(error = %Causes(&error), "facts cannot be read yet");
            false
        }
    }
}

async fn read_facts(site: &Services) -> Result<Round, WorkflowError> {
    Ok(CONSUMERS.read_on(&site.database, site, site.clock.now()).await?)
}

/// Sleeps, unless there is more to do.
async fn pause(stop: &CancellationToken, has_more: Result<bool, WorkflowError>) {
    let pause = match has_more {
        Ok(true) => return,
        Ok(false) => IDLE,
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
