//! Records a provider's result of a leg once, wherever it came from, with everything that follows for the booking.

use cards::{CardPayment, CardState};
use database::Tx;
use kernel::{Causes, Instant, LegId, Money};
use payments::{Intent, IntentState, Leg, LegRefund, LegUpdate, Payment, PaymentChanges, commands};
use site::Services;

use super::enqueued::{CoverChargeback, GiveUp, KeepAsCredit, PayBack, PayBackGranted, PayBackStored, PayBackSurplus};
use super::subject::PaymentSubject;
use super::{call_provider, provider_of, stored_value};
use crate::{AnswerTemplate, WorkflowError};

/// Records a provider's answer about a leg in a transaction of its own, and there stores the answer to the attempt, if it ends one.
pub(super) async fn record_answer(
    site: &Services,
    intent: &Intent,
    leg: &Leg,
    answer: CardPayment,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let reference = Some(answer.provider_ref.clone());
    match update_of(leg, answer) {
        LegUpdate::Held => {
            let payment = record(site, intent, leg, reference, LegUpdate::Held, None).await?;
            capture(site, payment, leg.id, template).await
        }
        update => record(site, intent, leg, reference, update, template).await,
    }
}

/// What a provider's answer says about a leg.
fn update_of(leg: &Leg, answer: CardPayment) -> LegUpdate {
    match answer.state {
        CardState::Succeeded => {
            if answer.amount != leg.share {
                let (taken, share) = (answer.amount, leg.share);
                tracing::error!(leg = %leg.id, %taken, %share, "the card provider took another amount than it was asked for");
            }
            // A charge succeeds at most once, so its reference can serve as the id of the event.
            LegUpdate::Received { event: answer.provider_ref, amount: answer.amount }
        }
        CardState::Authorised => LegUpdate::Held,
        CardState::Declined { code } => LegUpdate::Failed { code },
        CardState::ActionRequired { url } => LegUpdate::ActionRequired { url },
        CardState::Processing => LegUpdate::Processing,
        CardState::Cancelled => LegUpdate::Void,
    }
}

/// Captures an authorised leg where that completes the price; it is the last step outside before all is taken together. Where the answer
/// is lost the leg stays held, and the job that asks about it comes here again.
async fn capture(
    site: &Services,
    payment: Payment,
    id: LegId,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let leg = payment.leg(id)?;
    if !leg.is_authorised() || !leg.is_under_way() {
        // It was authorised when nobody waited for it any more. Cancelling frees the payer's money at the bank.
        let cancelled =
            call_provider("card cancellation", provider_of(site, leg)?.cancel(&id.to_string(), leg.share)).await?;
        let Some(cancelled) = cancelled else { return answer(site, payment, template).await };
        let reference = Some(cancelled.provider_ref.clone());
        return record(site, &payment.intent, leg, reference, update_of(leg, cancelled), template).await;
    }
    if !payment.is_completed_by(leg) {
        return answer(site, payment, template).await;
    }
    match call_provider("card capture", provider_of(site, leg)?.capture(&id.to_string())).await {
        Ok(taken) => {
            let reference = Some(taken.provider_ref.clone());
            record(site, &payment.intent, leg, reference, update_of(leg, taken), template).await
        }
        Err(error) => {
            tracing::warn!(error = %Causes(&error), leg = %id, "a capture has no answer");
            answer(site, payment, template).await
        }
    }
}

/// Stores the payment as it stands as the answer of the attempt.
pub(super) async fn answer(
    site: &Services,
    payment: Payment,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let Some(template) = template else { return Ok(payment) };
    let mut tx = site.database.begin().await?;
    let is_kept = template.keep(&mut tx, payment.clone(), site.clock.now()).await?;
    tx.commit().await?;
    if is_kept { Ok(payment) } else { Err(WorkflowError::EarlierTry) }
}

/// Records a result of a leg in a transaction of its own, and there stores the answer to the attempt, if it ends one. If another try of the
/// attempt was answered meanwhile, the result is recorded all the same, and the error is `EarlierTry`.
pub(super) async fn record(
    site: &Services,
    intent: &Intent,
    leg: &Leg,
    provider_ref: Option<String>,
    update: LegUpdate,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let mut tx = site.database.begin().await?;
    let payment = record_result(site, &mut tx, intent, leg, provider_ref, update).await?;
    let is_kept = match template {
        Some(template) => template.keep(&mut tx, payment.clone(), site.clock.now()).await?,
        None => true,
    };
    tx.commit().await?;
    if is_kept { Ok(payment) } else { Err(WorkflowError::EarlierTry) }
}

/// Records a result of a leg with everything that follows, in one transaction: the ledger, the booking's
/// confirmation or the refund, the giving up of other legs, facts and jobs. Returns the payment after that.
async fn record_result(
    site: &Services,
    tx: &mut Tx,
    intent: &Intent,
    leg: &Leg,
    provider_ref: Option<String>,
    update: LegUpdate,
) -> Result<Payment, WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut subject = PaymentSubject::lock(tx, intent.paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(tx, intent.id).await?);
    let counts = changes.record_result(chance, now, leg.id, provider_ref, update, subject.is_wanted())?;
    if counts && changes.payment().missing_minor() <= 0 {
        if !settle(site, tx, now, &mut subject, &mut changes).await? {
            owe_kept(site, now, &subject, &mut changes)?;
            changes.give_up_open(now);
        }
    } else if counts && changes.payment().intent.state != IntentState::Open {
        // This is a part of a price that will not be completed any more, so it goes back.
        return_kept(site, tx, now, &mut subject, &mut changes).await?;
    }
    save(site, tx, now, &mut changes).await?;
    Ok(changes.into_payment())
}

/// Completes what is paid for once its price is covered, takes what is set aside as far as it is needed, and settles the payment. `false`
/// if it cannot be completed any more, such as a booking whose time is lost.
pub(super) async fn settle(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    subject: &mut PaymentSubject,
    changes: &mut PaymentChanges,
) -> Result<bool, WorkflowError> {
    if !subject.complete(site, tx, now, &changes.payment().intent).await? {
        return Ok(false);
    }
    if changes.payment().uncovered_minor() > 0 {
        let taken = changes.take_held(&*site.chance, now)?;
        stored_value::take(site, tx, now, &changes.payment().intent, &taken).await?;
    }
    changes.settle(now);
    Ok(true)
}

/// Saves changes of a payment, gives back what was set aside for legs that were given up, and enqueues the jobs that follow. What is paid
/// for and the payment are locked.
pub(super) async fn save(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    changes: &mut PaymentChanges,
) -> Result<(), WorkflowError> {
    let released = changes.release_held()?;
    stored_value::release(site, tx, now, &changes.payment().intent, &released).await?;
    commands::save(tx, &*site.chance, now, changes).await?;
    let (mut price, mut granted, mut stored) = (Vec::new(), Vec::new(), Vec::new());
    let (mut surplus, mut kept, mut covering) = (Vec::new(), Vec::new(), Vec::new());
    for LegRefund { id: refund, leg, is_surplus, is_kept, covers, .. } in changes.owed() {
        let refund = *refund;
        match covers {
            Some(_) => covering.push(CoverChargeback { refund }),
            None if *is_surplus => surplus.push(PayBackSurplus { refund }),
            None if *is_kept => kept.push(KeepAsCredit { refund }),
            None if changes.payment().leg(*leg)?.method.is_stored() => stored.push(PayBackStored { refund }),
            None if changes.is_granted() => granted.push(PayBackGranted { refund }),
            None => price.push(PayBack { refund }),
        }
    }
    jobs::enqueue_all(tx, &*site.chance, now, &price, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, &granted, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, &stored, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, &surplus, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, &kept, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, &covering, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, GiveUp::of(changes).as_slice(), now).await?;
    Ok(())
}

/// Owes all that is kept of a payment that will not be completed, and tells what it was for.
pub(super) async fn return_kept(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    subject: &mut PaymentSubject,
    changes: &mut PaymentChanges,
) -> Result<(), WorkflowError> {
    subject.return_payment(site, tx, now).await?;
    owe_kept(site, now, subject, changes)
}

fn owe_kept(
    site: &Services,
    now: Instant,
    subject: &PaymentSubject,
    changes: &mut PaymentChanges,
) -> Result<(), WorkflowError> {
    let all = Money::new(changes.payment().kept_minor(), changes.payment().intent.due.currency);
    Ok(changes.owe_refund(&*site.chance, now, all, subject.why_it_goes_back(), &[])?)
}
