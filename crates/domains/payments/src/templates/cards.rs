//! What a provider takes and gives back.

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

/// A refund arrived at the card it came from.
pub fn card_refunded(booking: BookingId, leg: LegId, refund: RefundId, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "card_refunded";
    let postings = movement(escrow(booking), PROVIDER_CLEARING, amount);
    Transfer::new(transfer_id(NAME, refund.0), NAME, about(booking), caused_by(leg), postings)
}

/// A receipt, or a part of it, pays for nothing: the provider owes us, and we owe it back.
pub fn surplus_received(booking: BookingId, leg: LegId, receipt: Uuid, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "surplus_received";
    let postings = movement(PROVIDER_CLEARING, unapplied(booking), amount);
    Transfer::new(transfer_id(NAME, receipt), NAME, about(booking), caused_by(leg), postings)
}

/// Such money arrived where it came from.
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
