//! Paying back: owed in the transaction of its cause, paid by a job until it has arrived.

use bookings::{Command, PaymentStatus};
use database::Tx;
use jobs::{Failure, NewJob};
use kernel::{Actor, BookingId, Money, RefundId};
use payments::{PaymentsError, RefundReason, commands, queries};
use serde::{Deserialize, Serialize};

use super::asked;
use crate::{Services, WorkflowError};

/// The kind of the job that pays one refund.
pub(crate) const PAY_BACK: &str = "pay_back";

/// Which refund to pay.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBack {
    refund: RefundId,
}

/// Owes a refund of what was paid for a booking, with the jobs that pay it. The booking is locked.
pub(crate) async fn owe_refund(
    site: &Services,
    tx: &mut Tx,
    booking: BookingId,
    amount: Money,
    reason: RefundReason,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let payment = queries::payment_of(tx, booking).await?.ok_or(PaymentsError::NotFound)?;
    let intent = commands::lock_intent(tx, payment.intent.id).await?;
    for refund in commands::owe_refund(tx, &*site.chance, now, &intent, amount, reason).await? {
        let job = NewJob {
            kind: PAY_BACK,
            payload: serde_json::json!(PayBack { refund }),
            dedupe_key: format!("{PAY_BACK}/{refund}"),
            run_at: now,
        };
        jobs::enqueue(tx, &*site.chance, now, &job).await?;
    }
    Ok(())
}

/// The job: pays one refund, however often it is tried.
pub(crate) async fn pay_back(site: &Services, PayBack { refund }: PayBack) -> Result<(), Failure> {
    try_to_pay_back(site, refund).await.map_err(|error| Failure::Retry(error.to_string()))
}

async fn try_to_pay_back(site: &Services, id: RefundId) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let refund = queries::refund(&mut connection, id).await?;
    let intent = queries::intent_of_leg(&mut connection, refund.leg).await?;
    let payment = queries::payment(&mut connection, intent).await?;
    drop(connection);
    if refund.state != "pending" {
        return Ok(());
    }
    let leg = payment.legs.iter().find(|leg| leg.id == refund.leg).ok_or(PaymentsError::NotFound)?;
    let provider_ref = leg.provider_ref.as_deref().ok_or(PaymentsError::NotFound)?;
    asked("card refund", site.cards.refund(provider_ref, refund.amount, &id.to_string())).await?;

    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let mut booking = bookings::commands::lock(&mut tx, payment.intent.booking).await?;
    let intent = commands::lock_intent(&mut tx, intent).await?;
    let finished = commands::finish_refund(&mut tx, &*site.chance, now, &intent, &refund).await?;
    if let Some(finished) = finished.filter(|finished| finished.all_arrived)
        && booking.payment_status == PaymentStatus::Refunding
    {
        let command = Command::FinishRefund { partly: finished.partly };
        bookings::commands::carry_out(&mut tx, &*site.chance, now, &mut booking, command, Actor::SYSTEM).await?;
    }
    Ok(tx.commit().await?)
}
