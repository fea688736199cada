//! Maintains the log of facts: creates and drops its daily partitions, and retries parked facts.

use std::time::Duration;

use database::facts;
use jobs::{Failure, Lane, ScheduledTask};
use kernel::Instant;
use site::Services;

use super::consumers::CONSUMERS;
use crate::lanes;

/// The nightly job that creates partitions for the next days and drops old ones.
#[derive(Debug)]
pub(super) struct KeepFactDays;

impl ScheduledTask for KeepFactDays {
    type Context = Services;
    const KIND: &'static str = "keep_fact_days";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;
    /// After a long time without a server many partitions have to be dropped.
    const TIME_MAX: Duration = Duration::from_secs(300);

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        let today = site.clock.now().date_naive();
        Ok(facts::keep_days(&site.database, today, site.settings.facts_kept_days).await?)
    }
}

/// The hourly job that consumes parked facts which this release can read.
#[derive(Debug)]
pub(super) struct RetryParkedFacts;

impl ScheduledTask for RetryParkedFacts {
    type Context = Services;
    const KIND: &'static str = "retry_parked_facts";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        CONSUMERS.retry_parked(&site.database, site).await?;
        Ok(())
    }
}
