//! Which facts lead to mails.

use bookings::{BookingEvent, Change};
use database::Tx;
use database::facts::{Consumer, Fact};
use site::Services;

use super::mails::BookingMails;
use crate::WorkflowError;

/// The consumer that enqueues the mails of a fact.
pub(crate) struct MailsFromFacts;

impl Consumer for MailsFromFacts {
    type Context = Services;
    type Event = BookingEvent;
    type Error = WorkflowError;
    const NAME: &'static str = "booking_mails";

    async fn consume(site: &Services, tx: &mut Tx, fact: &Fact, event: BookingEvent) -> Result<(), WorkflowError> {
        let is_told = matches!(
            event.change,
            Change::Confirmed | Change::Cancelled { .. } | Change::PaymentReturned | Change::Refunded { .. }
        );
        if is_told {
            let now = site.clock.now();
            jobs::enqueue(tx, &*site.chance, now, &BookingMails { fact: Some(fact.id), event }, now).await?;
        }
        Ok(())
    }
}
