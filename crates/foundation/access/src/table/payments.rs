//! Payments, under `/api`.

use kernel::Scope;

use crate::{Entry, Guard, Policy, Priority};

entries! {
    /// Pays for a booking, wholly or in part.
    PAY = Entry::post("/api/bookings/{id}/payments", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::Booking)
        .idempotent()
        .priority(Priority::First);
    /// One payment with its legs and refunds.
    SHOW = Entry::get("/api/payments/{id}", Policy::SignedIn).scope(Scope::PaymentsRead).guard(Guard::Payment).priority(Priority::First);
    /// Asks the provider again how a payment stands.
    REFRESH = Entry::post("/api/payments/{id}/refresh", Policy::SignedIn)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::Payment)
        .priority(Priority::First);
    /// Takes stored value back that is set aside.
    WITHDRAW = Entry::delete("/api/payments/{id}/legs/{leg}", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::Payment)
        .priority(Priority::First);
}
