//! Hourly catch-up, safe to repeat: enqueues readings of calendars whose job was given up, and refreshes of open days that are too old.

use jobs::{Failure, Lane, ScheduledTask};
use kernel::Instant;
use site::Services;

use super::{open_days, reading};
use crate::WorkflowError;
use crate::lanes;

/// The job that does both.
#[derive(Debug)]
pub(crate) struct CatchUpCalendars;

impl ScheduledTask for CatchUpCalendars {
    type Context = Services;
    const KIND: &'static str = "catch_up_calendars";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        Ok(catch_up(site).await?)
    }
}

async fn catch_up(site: &Services) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    reading::enqueue_missed(site, &mut tx).await?;
    open_days::enqueue_stale(site, &mut tx).await?;
    Ok(tx.commit().await?)
}
