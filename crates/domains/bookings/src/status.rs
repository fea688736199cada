//! The three states of a booking (status, payment, fulfilment) and its kinds of deadlines.

use kernel::closed_set;

closed_set! {
    /// The state of the agreement between the two sides.
    Status {
        /// The talent's side has not answered yet.
        Requested = "requested",
        OfferedByTalent = "offered_by_talent",
        OfferedByCustomer = "offered_by_customer",
        /// Agreed; the time is held until the customer pays.
        AwaitingPayment = "awaiting_payment",
        Confirmed = "confirmed",
        InProgress = "in_progress",
        /// Done by the talent; the customer may still object.
        Delivered = "delivered",
        Completed = "completed",
        Declined = "declined",
        Expired = "expired",
        Cancelled = "cancelled",
        Disputed = "disputed",
        Refunded = "refunded",
    }
}

closed_set! {
    /// The state of the payment.
    PaymentStatus {
        None = "none",
        Pending = "pending",
        Paid = "paid",
        Refunding = "refunding",
        PartlyRefunded = "partly_refunded",
        Refunded = "refunded",
    }
}

closed_set! {
    /// The state of the service itself.
    FulfilmentStatus {
        None = "none",
        Scheduled = "scheduled",
        Underway = "underway",
        Delivered = "delivered",
        Accepted = "accepted",
        Failed = "failed",
    }
}

closed_set! {
    /// Who cancelled.
    CancelledBy {
        Customer = "customer",
        Talent = "talent",
        Staff = "staff",
        System = "system",
    }
}

closed_set! {
    /// The kind of a deadline.
    DeadlineKind {
        /// The talent's side answers a request.
        Answer = "answer",
        /// The other side answers an offer.
        Quote = "quote",
        /// The customer pays.
        Payment = "payment",
        Start = "start",
        End = "end",
        /// The talent delivers a booking that has no time, such as a video.
        Deliver = "deliver",
        /// The customer objects; otherwise the booking counts as accepted.
        Approve = "approve",
    }
}

impl Status {
    /// Whether the status is final; refunds may still be under way.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Declined | Self::Expired | Self::Cancelled | Self::Refunded)
    }
}
