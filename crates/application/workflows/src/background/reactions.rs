//! What a fact leads to: jobs, enqueued in the transaction that marks the fact as seen.

use bookings::{BookingEvent, Change};
use database::Tx;
use database::outbox::Fact;
use kernel::Causes;
use site::Services;

use crate::WorkflowError;
use crate::booking::mails::BookingMails;
use crate::calendar::open_days::enqueue_refresh;

/// Enqueues the jobs that follow from `fact`.
pub(crate) async fn react(site: &Services, tx: &mut Tx, fact: &Fact) -> Result<(), WorkflowError> {
    if !fact.topic.starts_with("booking.") && !fact.topic.starts_with("quote.") {
        return Ok(());
    }
    match fact.event::<BookingEvent>() {
        Ok(event) => react_to_booking(site, tx, fact, event).await,
        Err(error) => {
            tracing::error!(error = %Causes(&error), id = %fact.id, "a fact cannot be read");
            Ok(())
        }
    }
}

async fn react_to_booking(site: &Services, tx: &mut Tx, fact: &Fact, event: BookingEvent) -> Result<(), WorkflowError> {
    let (mails, calendar) = match event.change {
        Change::Confirmed | Change::Cancelled { .. } => (true, true),
        Change::PaymentReturned | Change::Refunded { .. } => (true, false),
        // A hold says nothing about the day yet: most are confirmed within minutes, and the rest give the time back.
        Change::Accepted { .. } | Change::Expired { .. } | Change::Declined => (false, true),
        _ => (false, false),
    };
    if calendar {
        enqueue_refresh(site, tx, event.celebrity).await?;
    }
    if mails {
        let now = site.clock.now();
        jobs::enqueue(tx, &*site.chance, now, &BookingMails { fact: Some(fact.id), event }, now).await?;
    }
    Ok(())
}
