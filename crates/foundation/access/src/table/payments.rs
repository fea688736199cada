//! Payments, under `/api`.

use crate::{Entry, Guard, Policy, Priority};

entries! {
    /// Pays for a booking, wholly or in part.
    PAY = Entry::post("/api/bookings/{id}/payments", Policy::Verified).guard(Guard::Booking).idempotent().priority(Priority::First);
    /// One payment with its legs and refunds.
    SHOW = Entry::get("/api/payments/{id}", Policy::SignedIn).guard(Guard::Payment).priority(Priority::First);
    /// Asks the provider again how a payment stands.
    REFRESH = Entry::post("/api/payments/{id}/refresh", Policy::SignedIn).guard(Guard::Payment).priority(Priority::First);
}
