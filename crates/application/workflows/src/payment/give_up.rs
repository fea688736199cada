//! Giving up legs that nobody waits for any more: marked in the transaction that makes them needless, cancelled at the provider by a job.

use database::{Connection, Tx};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{BookingId, Causes, Instant};
use payments::queries;
use payments::{Intent, Leg, PaymentChanges, commands};
use site::Services;

use super::enqueued::GiveUp;
use super::provider::refresh_leg;
use super::record::{record_answer, save};
use super::{asked, failure, provider_of};
use crate::WorkflowError;
use crate::background::lanes;

impl Job for GiveUp {
    type Context = Services;
    const KIND: &'static str = "give_up_payment";
    const LANE: &'static Lane = &lanes::LOOK_UPS;

    fn key(&self, _: Instant) -> String {
        match self.leg {
            Some(leg) => format!("{}/{leg}", self.booking),
            None => self.booking.to_string(),
        }
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        let is_over = give_up(site, self.booking).await.map_err(|error| failure(&error))?;
        if is_over { Ok(()) } else { Err(Failure::Retry("the provider does not know yet".to_owned())) }
    }
}

/// Gives up whatever is still open for a booking. `false` when the provider does not know yet how it ends.
pub(crate) async fn give_up(site: &Services, booking: BookingId) -> Result<bool, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of(&mut connection, booking).await?;
    drop(connection);
    let Some(payment) = payment.filter(|payment| payment.open_legs().next().is_some()) else { return Ok(true) };
    for leg in payment.open_legs() {
        match give_up_leg(site, &payment.intent, leg).await {
            // Nobody can be asked, and a time is not held for ever because of it.
            Err(error @ WorkflowError::ProviderNotConfigured { .. }) => {
                tracing::error!(error = %Causes(&error), leg = %leg.id, "a leg cannot be given up");
            }
            done => done?,
        }
    }
    Ok(!has_open_legs(site, &mut *site.database.acquire().await?, booking).await?)
}

/// Whether a try to pay for a booking is not over yet, so that its provider has to be asked how it ends.
pub(crate) async fn has_open_legs(
    site: &Services,
    connection: &mut Connection,
    booking: BookingId,
) -> Result<bool, WorkflowError> {
    let payment = queries::payment_of(connection, booking).await?;
    let can_be_asked = |leg: &Leg| site.providers.named(&leg.provider).is_some();
    Ok(payment.is_some_and(|payment| payment.open_legs().any(can_be_asked)))
}

/// Gives up a leg at its provider; if it was too late for that, the money is here and counts.
pub(super) async fn give_up_leg(site: &Services, intent: &Intent, leg: &Leg) -> Result<(), WorkflowError> {
    match asked("card cancellation", provider_of(site, leg)?.cancel(&leg.id.to_string())).await? {
        Some(answer) => record_answer(site, intent, leg, answer).await.map(drop),
        None => refresh_leg(site, intent, leg).await.map(drop),
    }
}

/// Writes down that nobody pays for a booking any more, with a job that cancels what is open at the provider. The booking is locked.
pub(crate) async fn close_unpaid(site: &Services, tx: &mut Tx, booking: BookingId) -> Result<(), WorkflowError> {
    let Some(payment) = commands::lock_of(tx, booking).await? else { return Ok(()) };
    let now = site.clock.now();
    let mut changes = PaymentChanges::of(payment);
    changes.close_unpaid(now);
    save(site, tx, now, &changes).await
}
