//! Transfers for what we give beyond what a policy does.

use kernel::{Money, RefundRequestId};
use ledger::{LedgerError, Transfer, transfer_id};

use super::{GOODWILL, movement};
use crate::PaidFor;

/// A refund beyond the policy, before it is paid: what was earned stays where it is, and the refund is at our cost.
pub fn refund_granted(paid_for: PaidFor, request: RefundRequestId, amount: Money) -> Result<Transfer, LedgerError> {
    const NAME: &str = "refund_granted";
    let postings = movement(GOODWILL, paid_for.escrow(), amount);
    Transfer::new(transfer_id(NAME, request.0), NAME, paid_for.thing(), None, postings)
}
