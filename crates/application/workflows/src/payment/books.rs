//! The check of the books against everything that they depend on.

use std::collections::HashSet;

use chrono::NaiveDate;
use database::Tx;
use kernel::RefundId;
use ledger::Report;
use overviews::{integrity, price};
use payments::queries;

use super::enqueued::{CoverChargeback, KeepAsCredit, PayBack, PayBackGranted, PayBackStored, PayBackSurplus};
use crate::WorkflowError;

/// Checks the ledger itself, payments, escrows and the histories of gift cards against it, refunds against the jobs that pay them, and the
/// fees in force on `day` and later.
pub async fn check_books(tx: &mut Tx, day: NaiveDate) -> Result<Report, WorkflowError> {
    let mut report = queries::check(tx).await?;
    report.faults.extend(gift_cards::queries::histories_off(tx).await?);
    report.faults.extend(integrity::stuck_escrows(tx).await?.into_iter().map(|stuck| {
        format!("{} of booking {} stay in escrow, and nothing will move them", stuck.amount, stuck.booking)
    }));
    report.faults.extend(dead_refunds(tx).await?);
    report.faults.extend(price::implausible_fees(tx, day).await?);
    Ok(report)
}

/// Refunds that are owed although no job pays them any more.
async fn dead_refunds(tx: &mut Tx) -> Result<Vec<String>, WorkflowError> {
    let price = jobs::live(tx).await?.into_iter().map(|job: PayBack| job.refund);
    let mut live: HashSet<RefundId> = price.collect();
    live.extend(jobs::live(tx).await?.into_iter().map(|job: PayBackSurplus| job.refund));
    live.extend(jobs::live(tx).await?.into_iter().map(|job: PayBackGranted| job.refund));
    live.extend(jobs::live(tx).await?.into_iter().map(|job: PayBackStored| job.refund));
    live.extend(jobs::live(tx).await?.into_iter().map(|job: KeepAsCredit| job.refund));
    live.extend(jobs::live(tx).await?.into_iter().map(|job: CoverChargeback| job.refund));
    let pending = queries::pending_refunds(tx).await?;
    let dead = pending.into_iter().filter(|(id, _)| !live.contains(id));
    Ok(dead
        .map(|(id, amount)| {
            format!("refund {id} of {amount} is owed, and no job pays it: see `stagedoor jobs dead` and `stagedoor jobs retry`")
        })
        .collect())
}
