//! The templates of ledger transfers, by name: pure functions. The id of a
//! transfer is derived from what it is about, so posting it twice has no effect.

mod cards;
mod chargebacks;
mod grants;
mod shares;

pub use cards::{card_captured, card_refunded, surplus_received, surplus_returned};
pub(crate) use chargebacks::{chargeback_covered, chargeback_uncovered};
pub use chargebacks::{chargeback_won, chargeback_written_off, charged_back};
pub use grants::refund_granted;
use kernel::{CelebrityId, LegId, Money};
use ledger::{Account, Posting, Thing};
pub use shares::{Occasion, Split, share_out};
use uuid::Uuid;

/// Money that a payment provider has taken for us and not paid out yet.
const PROVIDER_CLEARING: Account = Account { kind: "provider_clearing", owner: Uuid::nil() };
const SERVICE_FEES: Account = Account { kind: "service_fees", owner: Uuid::nil() };
const COMMISSION: Account = Account { kind: "commission", owner: Uuid::nil() };

/// What we give to make up for something.
const GOODWILL: Account = Account { kind: "goodwill_costs", owner: Uuid::nil() };

/// What was taken for the tax authorities.
const TAX: Account = Account { kind: "tax_payable", owner: Uuid::nil() };

/// What we owe a celebrity.
const fn payable(celebrity: CelebrityId) -> Account {
    Account { kind: "celebrity_payable", owner: celebrity.0 }
}

const fn caused_by(leg: LegId) -> Option<Thing> {
    Some(Thing { kind: "payment_leg", id: leg.0 })
}

/// A debit and a credit of `amount`.
const fn movement(debited: Account, credited: Account, amount: Money) -> [Posting; 2] {
    [Posting { account: debited, amount }, Posting { account: credited, amount: amount.negative() }]
}

#[cfg(test)]
mod tests;
