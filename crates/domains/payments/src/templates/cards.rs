//! Transfers for what a provider takes and refunds.

use kernel::{BookingId, LegId, Money, RefundId};
use ledger::{LedgerError, Transfer, transfer_id};
use uuid::Uuid;

use super::{PROVIDER_CLEARING, about, caused_by, escrow, movement, unapplied};

/// A leg brought money that counts: the provider owes us, and we owe the booking. What names it is the leg where all comes at once, and
/// the receipt where it comes in parts.
pub fn card_captured(booking: BookingId, leg: LegId, named_by: Uuid, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "card_captured";
    let postings = movement(PROVIDER_CLEARING, escrow(booking), amount);
    Transfer::new(transfer_id(NAME, named_by), NAME, about(booking), caused_by(leg), postings)
}

/// A refund that was paid to the card.
pub fn card_refunded(booking: BookingId, leg: LegId, refund: RefundId, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "card_refunded";
    let postings = movement(escrow(booking), PROVIDER_CLEARING, amount);
    Transfer::new(transfer_id(NAME, refund.0), NAME, about(booking), caused_by(leg), postings)
}

/// Surplus of a receipt: the provider owes it to us, and we owe it to the payer.
pub fn surplus_received(booking: BookingId, leg: LegId, receipt: Uuid, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "surplus_received";
    let postings = movement(PROVIDER_CLEARING, unapplied(booking), amount);
    Transfer::new(transfer_id(NAME, receipt), NAME, about(booking), caused_by(leg), postings)
}

/// A refund of surplus that was paid.
pub fn surplus_returned(
    booking: BookingId,
    leg: LegId,
    refund: RefundId,
    amount: Money,
) -> Result<Transfer, LedgerError> {
    const NAME: &str = "surplus_returned";
    let postings = movement(unapplied(booking), PROVIDER_CLEARING, amount);
    Transfer::new(transfer_id(NAME, refund.0), NAME, about(booking), caused_by(leg), postings)
}
