//! Records a provider's result of a leg once, wherever it came from, with everything that follows for the booking.

use bookings::{Booking, BookingCommand, CancelledBy, PaymentStatus, Status};
use cards::{CardPayment, CardState};
use database::Tx;
use kernel::{Actor, Instant, Money, RefundId};
use payments::{Intent, IntentState, Leg, LegUpdate, Payment, PaymentChanges, RefundReason, commands};
use site::Services;

use super::enqueued::{GiveUp, PayBack, PayBackSurplus};
use crate::{AnswerTemplate, WorkflowError};

/// Records a provider's answer about a leg, in a transaction of its own; where it ends an attempt, with the answer of that.
pub(super) async fn record_answer(
    site: &Services,
    intent: &Intent,
    leg: &Leg,
    answer: CardPayment,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let update = match answer.state {
        CardState::Succeeded => {
            if answer.amount != leg.share {
                let (taken, share) = (answer.amount, leg.share);
                tracing::error!(leg = %leg.id, %taken, %share, "the card provider took another amount than it was asked for");
            }
            // A charge succeeds at most once, so its reference can serve as the id of the event.
            LegUpdate::Received { event: answer.provider_ref.clone(), amount: answer.amount }
        }
        CardState::Declined { code } => LegUpdate::Failed { code },
        CardState::ActionRequired { url } => LegUpdate::ActionRequired { url },
        CardState::Processing => LegUpdate::Processing,
        CardState::Cancelled => LegUpdate::Void,
    };
    record(site, intent, leg, Some(answer.provider_ref), update, template).await
}

/// Records a result of a leg in a transaction of its own; where it ends an attempt, with the answer of that. If another try of the
/// attempt was answered meanwhile the result is recorded all the same, and the error is `EarlierTry`.
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
    // Lock order everywhere: first the booking, then its payment.
    let mut booking = bookings::commands::lock(tx, intent.booking).await?;
    let mut changes = PaymentChanges::of(commands::lock(tx, intent.id).await?);
    // If the booking was ever paid (even if refunded since), further money is surplus.
    let is_wanted = matches!(booking.payment_status, PaymentStatus::None | PaymentStatus::Pending);
    let counts = changes.record_result(chance, now, leg.id, provider_ref, update, is_wanted)?;
    if counts && changes.payment().uncovered_minor() <= 0 {
        let settle_by = changes.payment().intent.settle_by;
        if bookings::commands::confirm_if_free(tx, chance, now, &mut booking, settle_by).await? {
            changes.settle(now);
        } else {
            owe_kept(site, now, &booking, &mut changes)?;
            changes.give_up_open(now);
        }
    } else if counts && changes.payment().intent.state != IntentState::Open {
        // A part of a price that nobody pays any more.
        return_kept(site, tx, now, &mut booking, &mut changes).await?;
    }
    save(site, tx, now, &changes).await?;
    Ok(changes.into_payment())
}

/// Saves changes of a payment and enqueues the jobs that follow. The booking and the payment are locked.
pub(super) async fn save(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    changes: &PaymentChanges,
) -> Result<(), WorkflowError> {
    commands::save(tx, &*site.chance, now, changes).await?;
    let refunds = &changes.payment().refunds;
    let (surplus, price): (Vec<RefundId>, Vec<RefundId>) =
        changes.owed().partition(|id| refunds.iter().any(|refund| refund.id == *id && refund.is_surplus));
    let pay_back: Vec<PayBack> = price.into_iter().map(|refund| PayBack { refund }).collect();
    jobs::enqueue_all(tx, &*site.chance, now, &pay_back, now).await?;
    let pay_back: Vec<PayBackSurplus> = surplus.into_iter().map(|refund| PayBackSurplus { refund }).collect();
    jobs::enqueue_all(tx, &*site.chance, now, &pay_back, now).await?;
    jobs::enqueue_all(tx, &*site.chance, now, GiveUp::of(changes).as_slice(), now).await?;
    Ok(())
}

/// Owes all that is kept of a payment that will not be completed, and tells the booking if that is over.
pub(super) async fn return_kept(
    site: &Services,
    tx: &mut Tx,
    now: Instant,
    booking: &mut Booking,
    changes: &mut PaymentChanges,
) -> Result<(), WorkflowError> {
    // What came for an earlier price of a booking that is still to be paid does not end the booking.
    if matches!(booking.status, Status::Expired | Status::Cancelled | Status::Declined) {
        let command = BookingCommand::ReturnPayment;
        bookings::commands::carry_out(tx, &*site.chance, now, booking, command, Actor::SYSTEM).await?;
    }
    owe_kept(site, now, booking, changes)
}

fn owe_kept(
    site: &Services,
    now: Instant,
    booking: &Booking,
    changes: &mut PaymentChanges,
) -> Result<(), WorkflowError> {
    let all = Money::new(changes.payment().kept_minor(), changes.payment().intent.due.currency);
    Ok(changes.owe_refund(&*site.chance, now, all, why_it_goes_back(booking))?)
}

/// The reason for refunding a payment that came too late.
fn why_it_goes_back(booking: &Booking) -> RefundReason {
    match booking.cancelled_by {
        Some(CancelledBy::Customer) => RefundReason::CancelledByCustomer,
        Some(CancelledBy::Talent) => RefundReason::CancelledByTalent,
        Some(CancelledBy::Staff | CancelledBy::System) => RefundReason::Staff,
        None => RefundReason::SlotLost,
    }
}
