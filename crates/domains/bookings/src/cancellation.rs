//! The refund of a cancelled booking, part by part.

use kernel::{Instant, Money};
use serde::Serialize;
use utoipa::ToSchema;

use crate::booking::Booking;
use crate::status::{CancelledBy, DeadlineKind, PaymentStatus, Status};

/// What a cancellation would pay back, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CancellationRefund {
    /// Percent of the price.
    pub percent: i64,
    pub price: Money,
    pub service_fee: Money,
    pub tax: Money,
    pub total: Money,
}

impl Booking {
    /// Whether a refund that has arrived changes the payment status: it was under way, or staff refunded a settled booking beyond the
    /// policy.
    pub fn may_be_refunded(&self) -> bool {
        match self.payment_status {
            PaymentStatus::Refunding => true,
            PaymentStatus::Paid | PaymentStatus::PartlyRefunded => self.is_settled(),
            PaymentStatus::None | PaymentStatus::Pending | PaymentStatus::Refunded => false,
        }
    }

    /// Whether it was cancelled or fulfilled, so that what the policy gives is known.
    pub const fn is_settled(&self) -> bool {
        matches!(self.status, Status::Completed | Status::Cancelled)
    }

    /// The refund if `by` cancels at `now`. Everything is refunded unless the customer cancels, and also then when the delivery is late.
    pub fn refund(&self, by: CancelledBy, now: Instant) -> CancellationRefund {
        let starts_at = self.terms.time.map(|time| time.starts_at);
        let percent = if by == CancelledBy::Customer && !self.has_missed(DeadlineKind::Deliver, now) {
            self.terms.policy.refund_percent(starts_at, self.confirmed_at, now)
        } else {
            100
        };
        let price = self.terms.price.percent(percent);
        let tax = self.terms.tax.percent(percent);
        // The service fee is refunded only with the whole price.
        let service_fee = if percent == 100 { self.terms.service_fee } else { Money::new(0, price.currency) };
        let total = Money::new(price.amount_minor + service_fee.amount_minor + tax.amount_minor, price.currency);
        CancellationRefund { percent, price, service_fee, tax, total }
    }
}
