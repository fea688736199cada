//! Paying back: owed in the transaction of its cause, paid by a job until it has arrived.

use bookings::{Command, PaymentStatus};
use cards::CardsError;
use database::Tx;
use jobs::{Failure, NewJob};
use kernel::{Actor, BookingId, Instant, LegId, Money, RefundId};
use ledger::Transfer;
use payments::{PaymentChanges, PaymentsError, RefundReason, RefundState, commands, queries};
use serde::{Deserialize, Serialize};
use site::Services;

use super::record::save;
use super::{asked, failure, provider_of};
use crate::WorkflowError;

/// The kind of the job that pays one refund.
pub(crate) const PAY_BACK: &str = "pay_back";

/// The kind of the job that returns a charge that is in none of our books. The previous release enqueued it; today such a charge is
/// recorded as surplus, and its refund is one like any other.
pub(crate) const RETURN_CHARGE: &str = "return_charge";

/// Which charge to return.
#[derive(Debug, Deserialize)]
pub(crate) struct ReturnCharge {
    leg: LegId,
    provider_ref: String,
    amount: Money,
}

/// Which refund to pay.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBack {
    refund: RefundId,
}

/// The job that pays a refund.
pub(super) fn pay_back_job(refund: RefundId, now: Instant) -> NewJob {
    NewJob {
        kind: PAY_BACK,
        payload: serde_json::json!(PayBack { refund }),
        dedupe_key: format!("{PAY_BACK}/{refund}"),
        run_at: now,
    }
}

/// Owes a refund of what was paid for a booking, if any, with the jobs that pay it, and posts what does not go back. The booking is locked.
pub(crate) async fn refund_and_post(
    site: &Services,
    tx: &mut Tx,
    booking: BookingId,
    refund: Option<(Money, RefundReason)>,
    transfer: Option<Transfer>,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let Some((amount, reason)) = refund else {
        return Ok(commands::post(tx, &*site.chance, now, transfer.as_slice()).await?);
    };
    let payment = commands::lock_of(tx, booking).await?.ok_or(PaymentsError::NotFound)?;
    let mut changes = PaymentChanges::of(payment);
    changes.owe_refund(&*site.chance, now, amount, reason)?;
    transfer.into_iter().for_each(|transfer| changes.also_post(transfer));
    save(site, tx, now, &changes).await
}

/// The job: returns such a charge. What the provider refuses waits for a person.
pub(crate) async fn return_charge(site: &Services, charge: ReturnCharge) -> Result<(), Failure> {
    match try_to_return(site, charge).await {
        Err(WorkflowError::Cards(error @ (CardsError::Refused(_) | CardsError::Unknown))) => {
            Err(Failure::Final(error.to_string()))
        }
        done => done.map_err(failure),
    }
}

async fn try_to_return(site: &Services, charge: ReturnCharge) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of_leg(&mut connection, charge.leg).await?;
    drop(connection);
    let provider = provider_of(site, payment.leg(charge.leg)?)?;
    let key = format!("{}/return", charge.leg);
    Ok(asked("card refund", provider.refund(&charge.provider_ref, charge.amount, &key)).await?)
}

/// The job: pays one refund, however often it is tried.
pub(crate) async fn pay_back(site: &Services, PayBack { refund }: PayBack) -> Result<(), Failure> {
    try_to_pay_back(site, refund).await.map_err(failure)
}

async fn try_to_pay_back(site: &Services, id: RefundId) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of_refund(&mut connection, id).await?;
    drop(connection);
    let refund = payment.refunds.iter().find(|refund| refund.id == id).ok_or(PaymentsError::NotFound)?;
    if refund.state != RefundState::Pending {
        return Ok(());
    }
    let leg = payment.leg(refund.leg)?;
    let provider_ref = leg.provider_ref.as_deref().ok_or(PaymentsError::NotFound)?;
    asked("card refund", provider_of(site, leg)?.refund(provider_ref, refund.amount, &id.to_string())).await?;

    let mut tx = site.database.begin().await?;
    finish(site, &mut tx, payment.intent.booking, payment.intent.id, id, site.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Writes down that a refund arrived. When it was the last of the price, the booking hears of it.
async fn finish(
    site: &Services,
    tx: &mut Tx,
    booking: BookingId,
    intent: kernel::IntentId,
    refund: RefundId,
    now: Instant,
) -> Result<(), WorkflowError> {
    let mut booking = bookings::commands::lock(tx, booking).await?;
    let mut changes = PaymentChanges::of(commands::lock(tx, intent).await?);
    let finished = changes.finish_refund(refund)?;
    save(site, tx, now, &changes).await?;
    if let Some(finished) = finished.filter(|finished| finished.all_arrived)
        && booking.payment_status == PaymentStatus::Refunding
    {
        let command = Command::FinishRefund { partly: finished.partly };
        bookings::commands::carry_out(tx, &*site.chance, now, &mut booking, command, Actor::SYSTEM).await?;
    }
    Ok(())
}
