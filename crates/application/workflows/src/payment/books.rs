//! The check of the books against everything that they depend on.

use std::collections::HashSet;

use chrono::NaiveDate;
use database::{Connection, Tx, installation};
use kernel::{Instant, RefundId};
use ledger::Report;
use overviews::{integrity, price};
use payments::queries;
use site::Services;

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

/// Under which the installation keeps how many faults the last check found.
const FAULTS: &str = "books_faults";
/// The most faults that one check writes into the log; `stagedoor ledger check` prints all.
const LOGGED_MAX: usize = 20;

/// What the last check of the books found, on whichever server it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BooksCheck {
    pub faults: u64,
    pub at: Instant,
}

/// Checks the books, logs what is wrong, and keeps the number of faults.
pub(crate) async fn check_and_note(site: &Services) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    // A bulk transaction, because adding up years of postings takes longer than the statement time-out of requests.
    let mut tx = database::bulk::begin(&site.database).await?;
    let faults = check_books(&mut tx, now.date_naive()).await?.faults;
    tx.rollback().await?;
    for fault in faults.iter().take(LOGGED_MAX) {
        tracing::error!(fault, "the books do not hold: `stagedoor ledger check` prints all that is wrong");
    }
    let mut tx = site.database.begin().await?;
    installation::replace(&mut tx, FAULTS, &faults.len().to_string(), now).await?;
    Ok(tx.commit().await?)
}

/// What the last check found; none before the first.
pub async fn last_books_check(connection: &mut Connection) -> Result<Option<BooksCheck>, WorkflowError> {
    let noted = installation::noted(connection, FAULTS).await?;
    Ok(noted.and_then(|(faults, at)| Some(BooksCheck { faults: faults.parse().ok()?, at })))
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
