//! What banks took back of legs, as the payment of these legs needs to know it.

use kernel::{ChargebackId, LegId, Money, closed_set};
use ledger::Account;
use uuid::Uuid;

/// What chargebacks cost us.
pub(crate) const CHARGEBACK_LOSSES: Account = Account { kind: "chargeback_losses", owner: Uuid::nil() };

closed_set! {
    /// How far a case has come.
    ChargebackState {
        /// Something of it was not found again.
        Open = "open",
        Closed = "closed",
    }
}

/// What a bank took back of a leg, as its payment needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegChargeback {
    pub id: ChargebackId,
    pub leg: LegId,
    pub amount: Money,
    /// What was found again.
    pub taken_back_minor: i64,
    pub state: ChargebackState,
    /// The bank let the payment stand after all: nothing of it is missing, and what was found otherwise is where it was before.
    pub is_won: bool,
}

impl LegChargeback {
    /// Where what is found of it goes: to what is looked for, or, once it was written off, to what that cost us.
    pub(crate) const fn made_good_to(&self) -> Account {
        match self.state {
            ChargebackState::Open => receivable(self.id),
            ChargebackState::Closed => CHARGEBACK_LOSSES,
        }
    }
}

/// Where what was taken stands until it is found or written off.
pub(crate) const fn receivable(id: ChargebackId) -> Account {
    Account { kind: "chargeback_receivable", owner: id.0 }
}
