//! Gives up legs that are not needed any more: marked in the transaction that makes them needless, cancelled at the provider by a job.

use bookings::Booking;
use database::{Connection, Tx};
use gift_cards::GiftCardOrder;
use jobs::{Attempt, Failure, Job, Lane, occurrence_key};
use kernel::{Causes, Instant};
use payments::queries;
use payments::{Intent, IntentState, Leg, PaidFor, Payment, PaymentChanges, commands};
use site::Services;

use super::enqueued::GiveUp;
use super::provider::refresh_leg;
use super::record::{record_answer, return_kept, save};
use super::subject::PaymentSubject;
use super::{call_provider, failure, provider_of};
use crate::WorkflowError;
use crate::lanes;

impl Job for GiveUp {
    type Context = Services;
    const KIND: &'static str = "give_up_payment";
    const LANE: &'static Lane = &lanes::LOOK_UPS;

    fn key(&self, _: Instant) -> String {
        match (self.leg, self.again) {
            (Some(leg), Some(again)) => format!("{}/{leg}/{}", self.paid_for.id(), occurrence_key(again)),
            (Some(leg), None) => format!("{}/{leg}", self.paid_for.id()),
            (None, _) => self.paid_for.id().to_string(),
        }
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        let is_over = cancel_needless(site, self.paid_for).await.map_err(|error| failure(&error))?;
        if is_over { Ok(()) } else { Err(Failure::Retry("the provider does not know yet".to_owned())) }
    }
}

/// Cancels the legs of a booking or purchase that nobody waits for any more. `false` when a provider does not know yet how one ends.
async fn cancel_needless(site: &Services, paid_for: PaidFor) -> Result<bool, WorkflowError> {
    for payment in all_payments(site, paid_for).await? {
        for leg in payment.needless_legs() {
            cancel_or_log(site, &payment.intent, leg).await?;
        }
    }
    let left = all_payments(site, paid_for).await?;
    Ok(!left.iter().flat_map(Payment::needless_legs).any(|leg| can_be_asked(site, leg)))
}

async fn all_payments(site: &Services, paid_for: PaidFor) -> Result<Vec<Payment>, WorkflowError> {
    Ok(queries::payments_of(&mut *site.database.acquire().await?, paid_for).await?)
}

/// Gives up whatever is still open of a payment, because its time to pay is over.
pub(crate) async fn give_up(site: &Services, paid_for: impl Into<PaidFor>) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of(&mut connection, paid_for).await?;
    drop(connection);
    let Some(payment) = payment else { return Ok(()) };
    for leg in payment.open_legs() {
        cancel_or_log(site, &payment.intent, leg).await?;
    }
    Ok(())
}

async fn cancel_or_log(site: &Services, intent: &Intent, leg: &Leg) -> Result<(), WorkflowError> {
    match give_up_leg(site, intent, leg).await {
        // Its provider cannot be asked, and the time must not be held for ever because of that.
        Err(error @ WorkflowError::ProviderNotConfigured { .. }) => {
            tracing::error!(error = %Causes(&error), leg = %leg.id, "a leg cannot be given up");
            Ok(())
        }
        done => done,
    }
}

/// Whether a try to pay may still complete what is paid for, so that its provider has to be asked how it ends. After the last moment to
/// settle nobody waits: what comes then goes back.
pub(crate) async fn awaits_legs(
    site: &Services,
    connection: &mut Connection,
    paid_for: impl Into<PaidFor>,
) -> Result<bool, WorkflowError> {
    let payment = queries::payment_of(connection, paid_for).await?;
    let may_settle = payment.filter(|payment| site.clock.now() < payment.intent.settle_by);
    Ok(may_settle.is_some_and(|payment| payment.open_legs().any(|leg| can_be_asked(site, leg))))
}

fn can_be_asked(site: &Services, leg: &Leg) -> bool {
    site.providers.named(&leg.provider).is_some()
}

/// Cancels a leg at its provider; if it was captured first, the money counts.
pub(super) async fn give_up_leg(site: &Services, intent: &Intent, leg: &Leg) -> Result<(), WorkflowError> {
    match call_provider("card cancellation", provider_of(site, leg)?.cancel(&leg.id.to_string(), leg.share)).await? {
        Some(answer) => record_answer(site, intent, leg, answer, None).await.map(drop),
        None => refresh_leg(site, intent, leg).await.map(drop),
    }
}

/// Writes down that nobody pays for a booking any more, with a job that cancels what is open at the provider. Parts that were paid are
/// owed back. The booking is locked, and over.
pub(crate) async fn close_unpaid(site: &Services, tx: &mut Tx, booking: &mut Booking) -> Result<(), WorkflowError> {
    let mut subject = PaymentSubject::Booking(Box::new(booking.clone()));
    close_unpaid_subject(site, tx, booking.id.into(), &mut subject).await?;
    if let PaymentSubject::Booking(after) = subject {
        *booking = *after;
    }
    Ok(())
}

/// The same of an order of a gift card.
pub(crate) async fn close_unpaid_order(
    site: &Services,
    tx: &mut Tx,
    order: GiftCardOrder,
) -> Result<(), WorkflowError> {
    let id = order.id;
    close_unpaid_subject(site, tx, id.into(), &mut PaymentSubject::GiftCardOrder(Box::new(order))).await
}

async fn close_unpaid_subject(
    site: &Services,
    tx: &mut Tx,
    paid_for: PaidFor,
    subject: &mut PaymentSubject,
) -> Result<(), WorkflowError> {
    let Some(payment) = commands::lock_of(tx, paid_for).await? else { return Ok(()) };
    let now = site.clock.now();
    let mut changes = PaymentChanges::of(payment);
    changes.close_unpaid(now);
    if changes.payment().intent.state == IntentState::Expired && changes.payment().kept_minor() > 0 {
        return_kept(site, tx, now, subject, &mut changes).await?;
    }
    save(site, tx, now, &mut changes).await
}
