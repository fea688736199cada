//! The nightly check of the books.

use std::time::Duration;

use jobs::{Failure, Lane, ScheduledTask};
use kernel::Instant;
use site::Services;

use crate::lanes;
use crate::payment::check_and_note;

/// The nightly job that does what `stagedoor ledger check` does. Each fault is an error in the log, and their number a metric.
#[derive(Debug)]
pub(super) struct CheckBooks;

impl ScheduledTask for CheckBooks {
    type Context = Services;
    const KIND: &'static str = "check_books";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;
    /// Five to eight seconds for a million postings.
    const TIME_MAX: Duration = Duration::from_secs(900);

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        Ok(check_and_note(site).await?)
    }
}
