//! Which facts change the days that have room.

use bookings::{BookingEvent, Change};
use database::Tx;
use database::facts::{Consumer, Fact};
use site::Services;

use super::open_days::enqueue_refresh;
use crate::WorkflowError;

/// The consumer that enqueues a refresh of the open days.
pub(crate) struct OpenDaysFromFacts;

impl Consumer for OpenDaysFromFacts {
    type Context = Services;
    type Event = BookingEvent;
    type Error = WorkflowError;
    const NAME: &'static str = "open_days";

    async fn consume(site: &Services, tx: &mut Tx, _: &Fact, event: BookingEvent) -> Result<(), WorkflowError> {
        // A hold says nothing about the day yet: most are confirmed within minutes, and the rest give the time back.
        let changes_days = matches!(
            event.change,
            Change::Confirmed
                | Change::Cancelled { .. }
                | Change::Accepted { .. }
                | Change::Expired { .. }
                | Change::Declined
        );
        if changes_days { enqueue_refresh(site, tx, event.celebrity).await } else { Ok(()) }
    }
}
