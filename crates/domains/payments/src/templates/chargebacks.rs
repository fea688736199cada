//! Transfers for what banks take back.

use ledger::{Account, LedgerError, Thing, Transfer, transfer_id};
use uuid::Uuid;

use super::{PROVIDER_CLEARING, caused_by, movement};
use crate::Chargeback;

/// What chargebacks cost us.
const LOSSES: Account = Account { kind: "chargeback_losses", owner: Uuid::nil() };

/// A bank took money back, so that its provider owes us less, and we look for it.
pub fn charged_back(case: &Chargeback) -> Result<Transfer, LedgerError> {
    const NAME: &str = "charged_back";
    let postings = movement(case.receivable(), PROVIDER_CLEARING, case.amount);
    Transfer::new(transfer_id(NAME, case.id.0), NAME, about(case), caused_by(case.leg), postings)
}

/// A case was closed, and what was not found again is lost.
pub fn chargeback_written_off(case: &Chargeback) -> Result<Transfer, LedgerError> {
    const NAME: &str = "chargeback_written_off";
    let postings = movement(LOSSES, case.receivable(), case.rest());
    Transfer::new(transfer_id(NAME, case.id.0), NAME, about(case), None, postings)
}

const fn about(case: &Chargeback) -> Thing {
    Thing { kind: "chargeback", id: case.id.0 }
}
