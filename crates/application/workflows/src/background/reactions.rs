//! What a fact leads to: jobs, owed in the transaction that marks the fact as seen.

use bookings::{BookingEvent, Change};
use database::outbox::Fact;
use jobs::NewJob;
use kernel::{Causes, Instant};

use crate::booking::mails::BOOKING_MAILS;
use crate::calendar::open_days::refresh_job;

/// The jobs that follow from `fact`.
pub(crate) fn to(fact: &Fact, now: Instant) -> Vec<NewJob> {
    if !fact.topic.starts_with("booking.") && !fact.topic.starts_with("quote.") {
        return Vec::new();
    }
    match fact.event::<BookingEvent>() {
        Ok(event) => to_booking(fact, &event, now),
        Err(error) => {
            tracing::error!(error = %Causes(&error), id = %fact.id, "a fact cannot be read");
            Vec::new()
        }
    }
}

fn to_booking(fact: &Fact, event: &BookingEvent, now: Instant) -> Vec<NewJob> {
    let (mails, calendar) = match event.change {
        Change::Confirmed | Change::Cancelled { .. } => (true, true),
        Change::PaymentReturned | Change::Refunded { .. } => (true, false),
        // A hold says nothing about the day yet: most are confirmed within minutes, and the rest give the time back.
        Change::Accepted { .. } | Change::Expired { .. } | Change::Declined => (false, true),
        _ => (false, false),
    };
    let mail = mails.then(|| NewJob {
        kind: BOOKING_MAILS,
        payload: serde_json::json!(event),
        dedupe_key: format!("{BOOKING_MAILS}/{}", fact.id),
        run_at: now,
    });
    mail.into_iter().chain(calendar.then(|| refresh_job(event.celebrity, now))).collect()
}
