//! Works off jobs and turns facts into jobs, for as long as the server runs.

use std::time::Duration;

use async_trait::async_trait;
use database::outbox;
use jobs::{Failure, Job, Kinds, Runner};
use kernel::Causes;
use serde::de::DeserializeOwned;
use site::{Services, Site};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{reactions, sweep};
use crate::calendar::open_days;
use crate::{WorkflowError, booking, calendar, mail, payment};

/// How long nothing to do lets the worker sleep.
const IDLE: Duration = Duration::from_millis(200);
/// Strangers are not asked in a hurry.
const IDLE_STRANGERS: Duration = Duration::from_secs(1);
/// How long a database that is away lets it sleep.
const AWAY: Duration = Duration::from_secs(1);
/// How often what nobody needs any more is swept.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
/// Facts turned into jobs in one transaction.
const FACTS_MAX: usize = 500;

/// Starts the worker of this process; it ends after `stop`. Facts wait for no neighbour, and deadlines for no job.
pub fn spawn(site: Site, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        tokio::join!(
            repeat(Lane::Deadlines, &site, &stop),
            repeat(Lane::Facts, &site, &stop),
            repeat(Lane::Jobs, &site, &stop),
            repeat(Lane::Strangers, &site, &stop),
            repeat_sweep(&site, &stop)
        );
    })
}

/// What is worked on side by side.
#[derive(Debug, Clone, Copy)]
enum Lane {
    /// Deadlines. Before a hold is let go, the provider is asked how its payment ended.
    Deadlines,
    /// Facts into jobs: our own tables only.
    Facts,
    /// Jobs, which may wait for neighbours of ours.
    Jobs,
    /// Jobs that wait for strangers: nothing of ours waits behind them.
    Strangers,
}

impl Lane {
    /// How long nothing to do lets it sleep.
    const fn idle(self) -> Duration {
        match self {
            Self::Deadlines | Self::Facts | Self::Jobs => IDLE,
            Self::Strangers => IDLE_STRANGERS,
        }
    }
}

/// Kinds of jobs that wait for strangers.
const STRANGERS: [&str; 1] = [calendar::READ_CALENDAR];

/// Repeats the rounds of a lane until `stop`, with a pause when there was nothing to do.
async fn repeat(lane: Lane, site: &Site, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let round = match lane {
            Lane::Deadlines => work_deadlines(site).await,
            Lane::Facts => dispatch(site).await,
            Lane::Jobs => work_jobs(site, Kinds::Without(&STRANGERS)).await,
            Lane::Strangers => work_jobs(site, Kinds::Only(&STRANGERS)).await,
        };
        let pause = match round {
            Ok(Round { has_more: true, .. }) => continue,
            Ok(_) => lane.idle(),
            Err(error) => {
                tracing::warn!(error = %Causes(&error), "the worker could not go on");
                AWAY
            }
        };
        sleep(stop, pause).await;
    }
}

async fn repeat_sweep(site: &Site, stop: &CancellationToken) {
    loop {
        sleep(stop, SWEEP_EVERY).await;
        if stop.is_cancelled() {
            return;
        }
        if let Err(error) = sweep::sweep(site).await {
            tracing::warn!(error = %Causes(&error), "the sweep did not come through");
        }
    }
}

async fn sleep(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// Works off everything that is due now, what it causes included. For tests and for the end of a command.
pub async fn run_until_idle(site: &Site) -> Result<usize, WorkflowError> {
    let mut all = 0;
    loop {
        let done = step(site).await?;
        if done == 0 {
            return Ok(all);
        }
        all += done;
    }
}

/// What one round came to.
struct Round {
    done: usize,
    /// Whether it is worth going on at once.
    has_more: bool,
}

/// One round: deadlines, then the facts they make, then jobs; says how much there was.
async fn step(site: &Site) -> Result<usize, WorkflowError> {
    let (deadlines, facts) = (work_deadlines(site).await?, dispatch(site).await?);
    Ok(deadlines.done + facts.done + work_jobs(site, Kinds::Without(&[])).await?.done)
}

async fn work_deadlines(site: &Site) -> Result<Round, WorkflowError> {
    let done = booking::work_deadlines(site).await?;
    Ok(Round { done, has_more: done == booking::DEADLINES_MAX })
}

async fn work_jobs(site: &Site, kinds: Kinds<'_>) -> Result<Round, WorkflowError> {
    let done = jobs::run_due(&site.database, &*site.clock, &*site.chance, kinds, &Reactions(site)).await?;
    Ok(Round { done, has_more: done > 0 })
}

/// Turns facts into jobs: a fact leaves the outbox in the transaction that writes its jobs. A few facts cost a commit as many do, so
/// those that came meanwhile wait for the next round.
async fn dispatch(site: &Services) -> Result<Round, WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let facts = outbox::take(&mut tx, FACTS_MAX as i64).await?;
    for fact in &facts {
        for job in reactions::to(fact, now) {
            jobs::enqueue(&mut tx, &*site.chance, now, &job).await?;
        }
    }
    tx.commit().await?;
    Ok(Round { done: facts.len(), has_more: facts.len() == FACTS_MAX })
}

struct Reactions<'site>(&'site Site);

#[async_trait]
impl Runner for Reactions<'_> {
    async fn run(&self, job: &Job) -> Result<(), Failure> {
        let span =
            tracing::info_span!(target: "trace", "job", otel.name = job.kind, otel.kind = "consumer", job_id = %job.id);
        run(self.0, job).instrument(span).await
    }
}

async fn run(site: &Site, job: &Job) -> Result<(), Failure> {
    match job.kind.as_str() {
        mail::SEND_MAIL => mail::send(site, payload(job)?).await,
        booking::mails::BOOKING_MAILS => booking::mails::owe(site, payload(job)?).await,
        open_days::REFRESH_OPEN_DAYS => open_days::refresh(site, payload(job)?).await,
        calendar::READ_CALENDAR => calendar::read(site, payload(job)?).await,
        payment::ASK_PROVIDER => payment::ask_provider(site, payload(job)?).await,
        payment::GIVE_UP => payment::run_give_up(site, payload(job)?).await,
        payment::PAY_BACK => payment::pay_back(site, payload(job)?).await,
        payment::RETURN_CHARGE => payment::return_charge(site, payload(job)?).await,
        other => Err(Failure::Final(format!("no such kind of job: {other}"))),
    }
}

fn payload<Payload: DeserializeOwned>(job: &Job) -> Result<Payload, Failure> {
    Payload::deserialize(&job.payload).map_err(|error| Failure::Final(format!("the payload does not fit: {error}")))
}
