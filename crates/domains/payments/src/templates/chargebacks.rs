//! Transfers for what banks take back, and give back when they let a payment stand.

use kernel::RefundId;
use ledger::{LedgerError, Posting, Thing, Transfer, transfer_id};

use super::{PROVIDER_CLEARING, caused_by, movement};
use crate::leg_chargeback::{CHARGEBACK_LOSSES, receivable};
use crate::{Chargeback, LegChargeback, LegRefund, PaidFor};

/// A bank took money back, so that its provider owes us less, and we look for it.
pub fn charged_back(case: &Chargeback) -> Result<Transfer, LedgerError> {
    const NAME: &str = "charged_back";
    let postings = movement(case.receivable(), PROVIDER_CLEARING, case.amount);
    Transfer::new(transfer_id(NAME, case.id.0), NAME, about(case), caused_by(case.leg), postings)
}

/// A case was closed, and what was not found again is lost.
pub fn chargeback_written_off(case: &Chargeback) -> Result<Transfer, LedgerError> {
    const NAME: &str = "chargeback_written_off";
    let postings = movement(CHARGEBACK_LOSSES, case.receivable(), case.rest());
    Transfer::new(transfer_id(NAME, case.id.0), NAME, about(case), None, postings)
}

/// A bank let a payment stand after all: its provider owes us again, what was found otherwise is free to go back to where it was, and what
/// was lost is not. `case` is as it was before.
pub fn chargeback_won(case: &Chargeback) -> Result<Transfer, LedgerError> {
    const NAME: &str = "chargeback_won";
    let postings = [
        (PROVIDER_CLEARING, case.amount),
        (case.receivable(), case.taken_back.negative()),
        (case.of_leg().made_good_to(), case.rest().negative()),
    ];
    let postings = postings.map(|(account, amount)| Posting { account, amount });
    Transfer::new(transfer_id(NAME, case.id.0), NAME, about(case), caused_by(case.leg), postings)
}

/// What a refund had made good of a chargeback that was won goes back to what was paid for, to be refunded another way.
pub(crate) fn chargeback_uncovered(
    paid_for: PaidFor,
    refund: &LegRefund,
    chargeback: &LegChargeback,
) -> Result<Transfer, LedgerError> {
    const NAME: &str = "chargeback_uncovered";
    let LegRefund { id: RefundId(id), leg, amount, is_surplus, .. } = *refund;
    let to = if is_surplus { paid_for.unapplied() } else { paid_for.escrow() };
    let postings = movement(receivable(chargeback.id), to, amount);
    Transfer::new(transfer_id(NAME, id), NAME, paid_for.thing(), caused_by(leg), postings)
}

/// A refund that whoever paid has from their bank already: it makes the chargeback good.
pub(crate) fn chargeback_covered(
    paid_for: PaidFor,
    refund: &LegRefund,
    chargeback: &LegChargeback,
) -> Result<Transfer, LedgerError> {
    const NAME: &str = "chargeback_covered";
    let LegRefund { id: RefundId(id), leg, amount, is_surplus, .. } = *refund;
    let from = if is_surplus { paid_for.unapplied() } else { paid_for.escrow() };
    Transfer::new(
        transfer_id(NAME, id),
        NAME,
        paid_for.thing(),
        caused_by(leg),
        movement(from, chargeback.made_good_to(), amount),
    )
}

const fn about(case: &Chargeback) -> Thing {
    Thing { kind: "chargeback", id: case.id.0 }
}
