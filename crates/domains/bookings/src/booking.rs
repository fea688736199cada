//! A booking and its terms.

use calendar::Span;
use chrono::{NaiveDateTime, TimeDelta};
use kernel::{
    BookingId, BookingMode, CancellationPolicy, CelebrityId, Instant, Money, OfferingId, OfferingKind, PersonId,
};

use crate::status::{CancelledBy, DeadlineKind, FulfilmentStatus, PaymentStatus, Status};

/// The terms, copied from the offering when the booking is made, so that later changes of the offering do not affect it.
#[derive(Debug, Clone)]
pub struct BookingTerms {
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: String,
    pub price: Money,
    pub service_fee: Money,
    pub tax: Money,
    pub commission_bps: i32,
    pub policy: CancellationPolicy,
    pub time: Option<Timing>,
    /// The talent's time zone, in which wall times are given.
    pub time_zone: String,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub deliver_by: Option<Instant>,
}

/// The time of a booking: as an instant, and as the wall time that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub starts_local: NaiveDateTime,
}

/// A booking in its current state.
#[derive(Debug, Clone)]
pub struct Booking {
    pub id: BookingId,
    pub reference: String,
    pub customer: PersonId,
    pub celebrity: CelebrityId,
    pub offering: OfferingId,
    pub terms: BookingTerms,
    pub brief: String,
    pub customer_time_zone: String,
    pub status: Status,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub cancelled_by: Option<CancelledBy>,
    pub hold_expires_at: Option<Instant>,
    /// The open deadlines.
    pub due: Vec<(DeadlineKind, Instant)>,
    /// How often the customer has asked for another delivery.
    pub redo_count: i16,
    /// Increases with every event.
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub confirmed_at: Option<Instant>,
}

impl BookingTerms {
    /// The total that the customer pays.
    pub const fn total(&self) -> Money {
        Money::new(self.price.amount_minor + self.service_fee.amount_minor + self.tax.amount_minor, self.price.currency)
    }

    /// The start, or the delivery date of what has no start. From then on it cannot be paid.
    pub fn begins_by(&self) -> Option<Instant> {
        self.time.map(|time| time.starts_at).or(self.deliver_by)
    }

    /// The allocated span of the calendar, including set-up and travel.
    pub fn span(&self) -> Option<Span> {
        let time = self.time?;
        Some(Span::new(
            time.starts_at - TimeDelta::minutes(self.buffer_before_minutes.into()),
            time.ends_at + TimeDelta::minutes(self.buffer_after_minutes.into()),
        ))
    }
}

impl Booking {
    /// Whether an open deadline has passed. From then on it decides, whether or not the worker has acted on it.
    pub fn has_missed(&self, kind: DeadlineKind, now: Instant) -> bool {
        self.due.iter().any(|(open, due_at)| *open == kind && *due_at <= now)
    }

    /// Whether the talent's side may see who booked. For an instant booking only after confirmation, because many are never paid.
    pub fn names_customer(&self) -> bool {
        self.terms.mode != BookingMode::Instant || self.confirmed_at.is_some()
    }
}
