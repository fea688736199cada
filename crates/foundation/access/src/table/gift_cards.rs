//! Gift cards and credit, under `/api`.

use kernel::{Role, Scope};

use crate::{Entry, Guard, Policy, Rate};

/// Our staff.
const STAFF: Policy = Policy::Roles(&[Role::Support, Role::Admin]);

entries! {
    /// The caller's cards.
    LIST = Entry::get("/api/gift-cards", Policy::SignedIn).scope(Scope::PaymentsRead);
    /// Takes the card that a code opens.
    CLAIM = Entry::post("/api/gift-cards/claims", Policy::Verified).scope(Scope::PaymentsWrite).idempotent().rate(Rate::GiftCode);
    /// Issues cards together.
    ISSUE_BATCH = Entry::post("/api/gift-cards/batches", Policy::Roles(&[Role::Admin]));
    /// One card.
    SHOW = Entry::get("/api/gift-cards/{id}", Policy::SignedIn).scope(Scope::PaymentsRead).guard(Guard::GiftCard);
    /// Its history.
    HISTORY = Entry::get("/api/gift-cards/{id}/history", Policy::SignedIn).scope(Scope::PaymentsRead).guard(Guard::GiftCard);
    /// Turns value of a card into credit.
    REDEEM = Entry::post("/api/gift-cards/{id}/redemptions", Policy::Verified)
        .scope(Scope::PaymentsWrite)
        .guard(Guard::GiftCard)
        .idempotent();
    /// Stops a card.
    FREEZE = Entry::post("/api/gift-cards/{id}/freeze", STAFF);
    /// Lets a stopped card go on.
    UNFREEZE = Entry::post("/api/gift-cards/{id}/unfreeze", STAFF);
    /// The caller's credit.
    CREDIT = Entry::get("/api/me/credit", Policy::SignedIn).scope(Scope::PaymentsRead);
}
