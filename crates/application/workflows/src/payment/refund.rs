//! Refunds: stored in the transaction of their cause, and paid by a job that repeats until the provider has confirmed.

use cards::CardsError;
use database::Tx;
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{Instant, LegId, Money, RefundId};
use ledger::Transfer;
use payments::{
    Intent, LegRefund, PaidFor, Payment, PaymentChanges, PaymentsError, RefundChoice, RefundReason, RefundState,
    chargebacks, commands, queries,
};
use serde::{Deserialize, Serialize};
use site::Services;

use super::enqueued::{CoverChargeback, KeepAsCredit, PayBack, PayBackGranted, PayBackStored, PayBackSurplus};
use super::record::save;
use super::refund_parts::kept_legs;
use super::subject::PaymentSubject;
use super::{call_provider, failure, provider_of, stored_value};
use crate::WorkflowError;
use crate::lanes;

/// The job that returns a charge without a receipt of ours. Nothing enqueues it today: such a charge is recorded as surplus and
/// refunded. The previous release did, and its rows may still wait; the next release needs it no more.
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
        match return_charge(site, self).await {
            // A retry would not help: an operator has to look at it.
            Err(WorkflowError::Cards(error @ (CardsError::Refused(_) | CardsError::Unknown))) => {
                Err(Failure::last(&error))
            }
            done => done.map_err(|error| failure(&error)),
        }
    }
}

/// Jobs that pay one refund each. They differ in their lane, and in whether the previous release may run them.
macro_rules! pay_refunds {
    ($($job:ident is $kind:literal in $lane:ident, new: $is_new:literal;)*) => {$(
        impl Job for $job {
            type Context = Services;
            const KIND: &'static str = $kind;
            const LANE: &'static Lane = &lanes::$lane;
            const IS_NEW: bool = $is_new;

            fn key(&self, _: Instant) -> String {
                self.refund.to_string()
            }

            async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
                // Retried even when the provider refuses: a dispute at the payer's bank may have been quicker. We hear of it within the
                // hour, and the refund is settled then.
                pay_back(site, self.refund).await.map_err(|error| failure(&error))
            }
        }
    )*};
}

pay_refunds! {
    PayBack is "pay_back" in MONEY, new: false;
    PayBackGranted is "pay_back_granted" in MONEY, new: true;
    PayBackSurplus is "pay_back_surplus" in MONEY, new: true;
    PayBackStored is "pay_back_stored" in OWN_MONEY, new: true;
    KeepAsCredit is "keep_as_credit" in OWN_MONEY, new: true;
    CoverChargeback is "cover_chargeback" in OWN_MONEY, new: true;
}

/// A refund to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRefund {
    pub amount: Money,
    pub reason: RefundReason,
    pub choice: RefundChoice,
}

/// Stores a refund, if any, with the jobs that pay it, and posts the transfer of what is kept. What is paid for is locked.
pub(crate) async fn refund_and_post(
    site: &Services,
    tx: &mut Tx,
    paid_for: impl Into<PaidFor>,
    refund: Option<NewRefund>,
    transfer: Option<Transfer>,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let Some(NewRefund { amount, reason, choice }) = refund else {
        return Ok(commands::post(tx, &*site.chance, now, transfer.as_slice()).await?);
    };
    let payment = commands::lock_of(tx, paid_for).await?.ok_or(PaymentsError::NotFound)?;
    let kept = kept_legs(tx, &payment, amount, now, choice).await?;
    let mut changes = PaymentChanges::of(payment);
    changes.owe_refund(&*site.chance, now, amount, reason, &kept)?;
    transfer.into_iter().for_each(|transfer| changes.also_post(transfer));
    save(site, tx, now, &mut changes).await
}

async fn return_charge(site: &Services, charge: ReturnCharge) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of_leg(&mut connection, charge.leg).await?;
    drop(connection);
    let provider = provider_of(site, payment.leg(charge.leg)?)?;
    let key = format!("{}/return", charge.leg);
    Ok(call_provider("card refund", provider.refund(&charge.provider_ref, charge.amount, &key)).await?)
}

/// Pays one refund, at its provider or in our own books. Safe to repeat: its id is the idempotency key.
async fn pay_back(site: &Services, id: RefundId) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of_refund(&mut connection, id).await?;
    drop(connection);
    let refund = payment.refunds.iter().find(|refund| refund.id == id).ok_or(PaymentsError::NotFound)?;
    if refund.state != RefundState::Pending {
        return Ok(());
    }
    let leg = payment.leg(refund.leg)?;
    if !refund.is_paid_by_provider(leg) {
        return finish_in_its_own(site, &payment, id).await;
    }
    let provider_ref = leg.provider_ref.as_deref().ok_or(PaymentsError::NotFound)?;
    let answer =
        call_provider("card refund", provider_of(site, leg)?.refund(provider_ref, refund.amount, &id.to_string()))
            .await;
    match answer {
        Err(CardsError::Refused(_)) if leave_to_bank(site, &payment.intent, id).await? => Ok(()),
        paid => {
            paid?;
            finish_in_its_own(site, &payment, id).await
        }
    }
}

/// Records that a provider refuses a refund because a bank was first; `false` if no bank was that we have heard of.
async fn leave_to_bank(site: &Services, intent: &Intent, refund: RefundId) -> Result<bool, WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    PaymentSubject::lock(&mut tx, intent.paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, intent.id).await?);
    if !changes.refuse_refund(&*site.chance, now, refund)? {
        return Ok(false);
    }
    save(site, &mut tx, now, &mut changes).await?;
    tx.commit().await?;
    Ok(true)
}

/// Records a refund in a transaction of its own. If no provider pays it, its value moves back in the same transaction.
async fn finish_in_its_own(site: &Services, payment: &Payment, id: RefundId) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    finish(site, &mut tx, &payment.intent, id, site.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Records that a refund was paid, and after the last one of the price also on what was paid for.
async fn finish(
    site: &Services,
    tx: &mut Tx,
    intent: &Intent,
    refund: RefundId,
    now: Instant,
) -> Result<(), WorkflowError> {
    let mut subject = PaymentSubject::lock(tx, intent.paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(tx, intent.id).await?);
    let is_pending = |one: &&LegRefund| one.id == refund && one.state == RefundState::Pending;
    let pending = changes.payment().refunds.iter().find(is_pending).cloned();
    let finished = changes.finish_refund(refund)?;
    save(site, tx, now, &mut changes).await?;
    if let Some(pending) = pending {
        let leg = changes.payment().leg(pending.leg)?;
        if let Some(covered) = pending.covers {
            let case = chargebacks::lock(tx, covered).await?;
            chargebacks::find(tx, now, case, pending.amount).await?;
        } else if !pending.is_paid_by_provider(leg) {
            stored_value::give_back(site, tx, now, &changes.payment().intent, leg, &pending).await?;
        }
    }
    if let Some(finished) = finished.filter(|finished| finished.all_arrived) {
        subject.finish_refund(site, tx, now, finished.partly).await?;
    }
    Ok(())
}
