//! Gift cards and credit, under `/api`.

use kernel::{Role, Scope};

use crate::{Entry, Guard, Policy, Priority, Rate};

/// Those of our staff who see every balance.
const ADMIN: Policy = Policy::Roles(&[Role::Admin]);
/// Our staff.
const STAFF: Policy = Policy::Roles(&[Role::Support, Role::Admin]);

entries! {
    /// The caller's cards.
    LIST = Entry::get("/api/gift-cards", Policy::SignedIn).scope(Scope::PaymentsRead);
    /// Orders a card, to be paid.
    ORDER = Entry::post("/api/gift-cards", Policy::Verified).scope(Scope::PaymentsWrite).idempotent();
    /// The caller's orders.
    LIST_ORDERS = Entry::get("/api/gift-card-orders", Policy::SignedIn).scope(Scope::PaymentsRead);
    /// One of them.
    SHOW_ORDER = Entry::get("/api/gift-card-orders/{id}", Policy::SignedIn).scope(Scope::PaymentsRead).guard(Guard::GiftCardOrder);
    /// Pays it by card.
    PAY_ORDER = Entry::post("/api/gift-card-orders/{id}/payments", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCardOrder)
        .idempotent()
        .priority(Priority::First);
    /// Takes its card back, unused, and pays the price back.
    RETURN_ORDER = Entry::post("/api/gift-card-orders/{id}/return", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCardOrder)
        .idempotent();
    /// What a code opens.
    VALIDATE = Entry::post("/api/gift-cards/validate", Policy::Verified).scope(Scope::PaymentsRead).rate(Rate::GiftCode);
    /// Mails its card again, with a new code.
    DELIVER_ORDER = Entry::post("/api/gift-card-orders/{id}/deliveries", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCardOrder)
        .idempotent();
    /// Takes the card that a code opens.
    CLAIM = Entry::post("/api/gift-cards/claims", Policy::Verified).scope(Scope::PaymentsWrite).idempotent().rate(Rate::GiftCode);
    /// Issues cards together.
    ISSUE_BATCH = Entry::post("/api/gift-cards/batches", ADMIN);
    /// One card.
    SHOW = Entry::get("/api/gift-cards/{id}", Policy::SignedIn).scope(Scope::PaymentsRead).guard(Guard::GiftCard);
    /// Its history.
    HISTORY = Entry::get("/api/gift-cards/{id}/history", Policy::SignedIn).scope(Scope::PaymentsRead).guard(Guard::GiftCard);
    /// Turns value of a card into credit.
    REDEEM = Entry::post("/api/gift-cards/{id}/redemptions", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCard)
        .idempotent();
    /// Sends a card to somebody by e-mail.
    SEND = Entry::post("/api/gift-cards/{id}/transfers", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCard)
        .idempotent();
    /// The latest time that a card was sent.
    SENT = Entry::get("/api/gift-cards/{id}/transfers/latest", Policy::SignedIn)
        .scope(Scope::PaymentsRead)
        .guard(Guard::GiftCard);
    /// Takes a card back that nobody has claimed.
    TAKE_BACK = Entry::post("/api/gift-cards/{id}/transfers/latest/return", Policy::SignedIn)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCard);
    /// Batches with what became of their cards.
    BATCHES = Entry::get("/api/gift-cards/batches", ADMIN);
    /// One batch.
    BATCH = Entry::get("/api/gift-card-batches/{id}", ADMIN);
    /// Stops the cards of a batch.
    FREEZE_BATCH = Entry::post("/api/gift-card-batches/{id}/freeze", ADMIN);
    /// Lets them go on.
    UNFREEZE_BATCH = Entry::post("/api/gift-card-batches/{id}/unfreeze", ADMIN);
    /// What all cards hold.
    LIABILITY = Entry::get("/api/gift-cards/liability", ADMIN);
    /// Stops a card.
    FREEZE = Entry::post("/api/gift-cards/{id}/freeze", STAFF);
    /// Lets a stopped card go on.
    UNFREEZE = Entry::post("/api/gift-cards/{id}/unfreeze", STAFF);
    /// How the caller stands, and what completed bookings earn.
    LOYALTY = Entry::get("/api/me/loyalty", Policy::SignedIn).scope(Scope::PaymentsRead);
    /// The caller's credit.
    CREDIT = Entry::get("/api/me/credit", Policy::SignedIn).scope(Scope::PaymentsRead);
    /// What became of it.
    CREDIT_HISTORY = Entry::get("/api/me/credit/history", Policy::SignedIn).scope(Scope::PaymentsRead);
}
