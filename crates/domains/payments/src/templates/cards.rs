//! Transfers for what a provider takes and refunds.

use kernel::{LegId, Money, RefundId};
use ledger::{LedgerError, Transfer, transfer_id};
use uuid::Uuid;

use super::{PROVIDER_CLEARING, caused_by, movement};
use crate::PaidFor;

/// A leg brought money that counts: the provider owes us, and we owe what is paid for. `named_by` is the leg if all the money comes at
/// once, and the receipt if it comes in parts.
pub fn card_captured(paid_for: PaidFor, leg: LegId, named_by: Uuid, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "card_captured";
    let postings = movement(PROVIDER_CLEARING, paid_for.escrow(), amount);
    Transfer::new(transfer_id(NAME, named_by), NAME, paid_for.thing(), caused_by(leg), postings)
}

/// A refund that was paid to the card.
pub fn card_refunded(paid_for: PaidFor, leg: LegId, refund: RefundId, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "card_refunded";
    let postings = movement(paid_for.escrow(), PROVIDER_CLEARING, amount);
    Transfer::new(transfer_id(NAME, refund.0), NAME, paid_for.thing(), caused_by(leg), postings)
}

/// Surplus of a receipt: the provider owes it to us, and we owe it to the payer.
pub fn surplus_received(paid_for: PaidFor, leg: LegId, receipt: Uuid, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "surplus_received";
    let postings = movement(PROVIDER_CLEARING, paid_for.unapplied(), amount);
    Transfer::new(transfer_id(NAME, receipt), NAME, paid_for.thing(), caused_by(leg), postings)
}

/// A refund of surplus that was paid.
pub fn surplus_returned(
    paid_for: PaidFor,
    leg: LegId,
    refund: RefundId,
    amount: Money,
) -> Result<Transfer, LedgerError> {
    const NAME: &str = "surplus_returned";
    let postings = movement(paid_for.unapplied(), PROVIDER_CLEARING, amount);
    Transfer::new(transfer_id(NAME, refund.0), NAME, paid_for.thing(), caused_by(leg), postings)
}
