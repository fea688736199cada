//! Whether a booking can be paid now: the only place that decides it, for checkout, pages, lists and the API.

use kernel::Instant;

use crate::booking::Booking;
use crate::status::{PaymentStatus, Status};

/// Why a booking cannot be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPayable {
    AlreadyPaid,
    /// The two sides have not agreed yet; only instant bookings skip that.
    NotAgreed,
    /// The hold has expired, whether or not the worker has processed that.
    HoldLapsed,
    /// It has begun, or its delivery date has come.
    Begun,
    /// It ended without a payment or was refunded: cancelled, declined, expired.
    Over,
}

impl Booking {
    /// Whether the customer can pay at `now`.
    pub fn payable(&self, now: Instant) -> Result<(), NotPayable> {
        match (self.status, self.payment_status) {
            (_, PaymentStatus::Paid) => Err(NotPayable::AlreadyPaid),
            (Status::AwaitingPayment, _) if self.hold_expires_at.is_some_and(|until| until <= now) => {
                Err(NotPayable::HoldLapsed)
            }
            (Status::AwaitingPayment, _) if self.terms.begins_by().is_some_and(|by| by <= now) => {
                Err(NotPayable::Begun)
            }
            (Status::AwaitingPayment, _) => Ok(()),
            (Status::Expired, PaymentStatus::Pending) => Err(NotPayable::HoldLapsed),
            (Status::Requested | Status::OfferedByTalent | Status::OfferedByCustomer, _) => Err(NotPayable::NotAgreed),
            (
                Status::Confirmed
                | Status::InProgress
                | Status::Delivered
                | Status::Completed
                | Status::Declined
                | Status::Expired
                | Status::Cancelled
                | Status::Disputed
                | Status::Refunded,
                _,
            ) => Err(NotPayable::Over),
        }
    }

    /// Whether money that covers the price may confirm it at `now`, if its time is free. After `settle_by` it may not.
    pub(crate) fn is_confirmable(&self, settle_by: Instant, now: Instant) -> bool {
        let is_unpaid = self.status == Status::AwaitingPayment
            || (self.status == Status::Expired && self.payment_status == PaymentStatus::Pending);
        // Too late: the booking has begun, or the last moment for settling has passed.
        let is_over = settle_by <= now || self.terms.begins_by().is_some_and(|by| by <= now);
        is_unpaid && !is_over
    }
}
