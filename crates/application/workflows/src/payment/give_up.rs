//! Giving up legs that nobody waits for any more: marked in the transaction that makes them needless, cancelled at the provider by a job.

use database::Tx;
use jobs::{Failure, NewJob};
use kernel::{BookingId, Causes, Instant};
use payments::queries;
use payments::{Intent, Leg, PaymentChanges, commands};
use serde::{Deserialize, Serialize};
use site::Services;

use super::provider::refresh_leg;
use super::record::{record_answer, save};
use super::{asked, failure, provider_of};
use crate::WorkflowError;

/// The kind of the job that gives up what is still open for a booking.
pub(crate) const GIVE_UP: &str = "give_up_payment";

/// The booking whose open payment is given up.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GiveUp {
    pub booking: BookingId,
}

/// The job that tells the provider of the legs that `changes` give up, if there are any.
pub(super) fn job(changes: &PaymentChanges, now: Instant) -> Option<NewJob> {
    let (booking, leg) = (changes.payment().intent.booking, changes.given_up().last()?);
    Some(NewJob {
        kind: GIVE_UP,
        payload: serde_json::json!(GiveUp { booking }),
        dedupe_key: format!("{GIVE_UP}/{booking}/{leg}"),
        run_at: now,
    })
}

/// The job: cancels the open legs of a booking, until the provider knows how each ends.
pub(crate) async fn run_give_up(site: &Services, GiveUp { booking }: GiveUp) -> Result<(), Failure> {
    match give_up(site, booking).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Retry("the provider does not know yet".to_owned())),
        Err(error) => Err(failure(error)),
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
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of(&mut connection, booking).await?;
    let is_known = |leg: &Leg| site.providers.named(&leg.provider).is_some();
    Ok(payment.is_none_or(|payment| !payment.open_legs().any(is_known)))
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
