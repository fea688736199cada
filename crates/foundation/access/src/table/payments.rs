//! Payments, under `/api`.

use kernel::{Role, Scope};

use crate::{Entry, Guard, Policy, Priority};

/// Our staff.
const STAFF: Policy = Policy::Roles(&[Role::Support, Role::Admin]);

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
    /// Asks for a refund beyond the policy.
    ASK_REFUND = Entry::post("/api/bookings/{id}/refund-requests", STAFF).idempotent();
    /// Asks for a refund of a bought gift card that cannot be returned.
    ASK_ORDER_REFUND = Entry::post("/api/gift-card-orders/{id}/refund-requests", STAFF).idempotent();
    /// Refunds that were asked for.
    REFUND_REQUESTS = Entry::get("/api/refund-requests", STAFF);
    /// One of them.
    REFUND_REQUEST = Entry::get("/api/refund-requests/{id}", STAFF);
    /// Approves it; the refund is owed from then on.
    APPROVE_REFUND = Entry::post("/api/refund-requests/{id}/approval", STAFF).idempotent();
    /// Declines it.
    DECLINE_REFUND = Entry::post("/api/refund-requests/{id}/refusal", STAFF).idempotent();
    /// What banks took back.
    CHARGEBACKS = Entry::get("/api/chargebacks", STAFF);
    /// One of these cases.
    CHARGEBACK = Entry::get("/api/chargebacks/{id}", STAFF);
    /// Closes it.
    CLOSE_CHARGEBACK = Entry::post("/api/chargebacks/{id}/closure", STAFF).idempotent();
}
