//! Paying back: owed in the transaction of its cause, paid by a job until it has arrived.

use bookings::{BookingCommand, PaymentStatus};
use cards::CardsError;
use database::Tx;
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{Actor, BookingId, Instant, LegId, Money, RefundId};
use payments::{PaymentsError, RefundReason, commands, queries};
use serde::{Deserialize, Serialize};
use site::Services;

use super::asked;
use crate::WorkflowError;
use crate::background::lanes;

/// The job that returns a charge that pays for nothing.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReturnCharge {
    leg: LegId,
    provider_ref: String,
    amount: Money,
}

impl Job for ReturnCharge {
    type Context = Services;
    const KIND: &'static str = "return_charge";
    const LANE: &'static Lane = &lanes::MONEY;

    fn key(&self, _: Instant) -> String {
        self.leg.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        return_charge(site, &self).await
    }
}

/// The job that pays one refund.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBack {
    refund: RefundId,
}

impl Job for PayBack {
    type Context = Services;
    const KIND: &'static str = "pay_back";
    const LANE: &'static Lane = &lanes::MONEY;

    fn key(&self, _: Instant) -> String {
        self.refund.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(pay_back(site, self.refund).await?)
    }
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
        jobs::enqueue(tx, &*site.chance, now, &PayBack { refund }, now).await?;
    }
    Ok(())
}

/// Owes the return of a charge that pays for nothing, and so is in none of our books.
pub(super) async fn return_charge_later(
    site: &Services,
    tx: &mut Tx,
    leg: LegId,
    provider_ref: &str,
    amount: Money,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let job = ReturnCharge { leg, provider_ref: provider_ref.to_owned(), amount };
    jobs::enqueue(tx, &*site.chance, now, &job, now).await?;
    Ok(())
}

/// Returns such a charge. What the provider refuses waits for a person.
async fn return_charge(site: &Services, charge: &ReturnCharge) -> Result<(), Failure> {
    let key = format!("{}/return", charge.leg);
    match asked("card refund", site.cards.refund(&charge.provider_ref, charge.amount, &key)).await {
        Ok(()) => Ok(()),
        Err(error @ (CardsError::Refused(_) | CardsError::Unknown)) => Err(Failure::last(&error)),
        Err(error) => Err(Failure::retry(&error)),
    }
}

/// Pays one refund, however often it is tried.
async fn pay_back(site: &Services, id: RefundId) -> Result<(), WorkflowError> {
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
        let command = BookingCommand::FinishRefund { partly: finished.partly };
        bookings::commands::carry_out(&mut tx, &*site.chance, now, &mut booking, command, Actor::SYSTEM).await?;
    }
    Ok(tx.commit().await?)
}
