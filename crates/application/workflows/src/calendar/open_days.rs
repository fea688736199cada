//! The open days of celebrities, stored for the search and recomputed when a calendar changes.

use chrono::{DurationRound, TimeDelta};
use database::Tx;
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{CelebrityId, Instant};
use serde::{Deserialize, Serialize};
use site::Services;

use crate::WorkflowError;
use crate::lanes;

/// Changes within this time lead to one refresh.
const GATHER: TimeDelta = TimeDelta::seconds(10);
/// How far the search looks ahead.
const DAYS_AHEAD: u16 = 180;

/// Recomputed after this age: as time passes, days fall inside lead times.
const STALE: TimeDelta = TimeDelta::hours(6);
/// Enqueued by one hourly run, spread over the time to the next.
const REFRESHED_MAX: i64 = 10_000;

/// The job that computes the open days of one celebrity.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefreshOpenDays {
    celebrity: CelebrityId,
}

impl Job for RefreshOpenDays {
    type Context = Services;
    const KIND: &'static str = "refresh_open_days";
    const LANE: &'static Lane = &lanes::UPKEEP;

    fn key(&self, run_at: Instant) -> String {
        format!("{}/{}", self.celebrity, run_at.timestamp())
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(store(site, self.celebrity).await?)
    }
}

/// Enqueues the refresh that a change of this calendar leads to: one for all changes within a few seconds.
pub(crate) async fn enqueue_refresh(site: &Services, tx: &mut Tx, celebrity: CelebrityId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let run_at = now.duration_trunc(GATHER).unwrap_or(now) + GATHER;
    jobs::enqueue(tx, &*site.chance, now, &RefreshOpenDays { celebrity }, run_at).await?;
    Ok(())
}

/// Enqueues a refresh of days that were computed too long ago, spread over an hour.
pub(crate) async fn enqueue_stale(site: &Services, tx: &mut Tx) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let stale = catalog::queries::open_days_before(tx, now - STALE, REFRESHED_MAX).await?;
    let pause = TimeDelta::hours(1) / i32::try_from(stale.len().max(1)).unwrap_or(i32::MAX);
    for (index, celebrity) in (0..).zip(stale) {
        jobs::enqueue(tx, &*site.chance, now, &RefreshOpenDays { celebrity }, now + pause * index).await?;
    }
    Ok(())
}

async fn store(site: &Services, celebrity: CelebrityId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let days = overviews::availability::open_days(&mut tx, celebrity, now, DAYS_AHEAD).await?;
    catalog::commands::store_open_days(&mut tx, celebrity, &days, now).await?;
    Ok(tx.commit().await?)
}
