//! Acts on deadlines of bookings that have passed. Every server looks for them; the first one to lock a booking acts.

use bookings::{Booking, BookingCommand, DeadlineKind, commands};
use chrono::TimeDelta;
use database::Tx;
use futures::{StreamExt as _, stream};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{Actor, BookingId, Causes, Instant};
use payments::templates::share_out;
use payments::{Occasion, PaymentsError, Split};
use serde::{Deserialize, Serialize};
use site::Services;

use super::cancel::call_off;
use crate::WorkflowError;
use crate::lanes;
use crate::payment::{awaits_legs, close_unpaid, give_up};

/// The most deadlines of one round.
pub(crate) const DEADLINES_MAX: usize = 50;
/// How many deadlines are worked at the same time, so that one locked booking does not hold up the others.
const AT_ONCE: usize = 4;
/// When a deadline that failed, or that waits for the provider, is tried again.
const RETRY: TimeDelta = TimeDelta::minutes(1);

/// Works the deadlines that have passed and returns their number. No provider is called here: where that is needed, a job
/// does it, so that a slow provider delays only its own bookings.
pub(crate) async fn work_deadlines(site: &Services) -> Result<usize, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let overdue = commands::overdue(&mut connection, site.clock.now(), DEADLINES_MAX as i64).await?;
    drop(connection);
    let count = overdue.len();
    let work: Vec<_> = overdue.into_iter().map(|id| work_or_put_off(site, id)).collect();
    let worked: Vec<Result<(), WorkflowError>> = stream::iter(work).buffer_unordered(AT_ONCE).collect().await;
    worked.into_iter().collect::<Result<(), WorkflowError>>()?;
    Ok(count)
}

/// Works one booking; an error is logged and must not stop the others.
async fn work_or_put_off(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    if let Err(error) = work(site, id).await {
        tracing::error!(error = %Causes(&error), %id, "a deadline could not be worked");
        put_off(site, id).await?;
    }
    Ok(())
}

/// Works the earliest passed deadline of a booking. Two servers that see it at the same time take turns at the booking's
/// lock; the second finds the deadline closed or postponed.
async fn work(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let booking = commands::lock(&mut tx, id).await?;
    match commands::passed_deadline(&mut tx, id, now).await? {
        None => {}
        Some(kind @ DeadlineKind::Payment) if awaits_legs(site, &mut tx, id).await? => {
            let until = commands::postpone(&mut tx, id, kind, now, RETRY).await?;
            jobs::enqueue(&mut tx, &*site.chance, now, &SettleHold { booking: id, until }, now).await?;
        }
        Some(kind) => act_on(site, &mut tx, booking, kind).await?,
    }
    Ok(tx.commit().await?)
}

/// Acts on a passed deadline of a locked booking.
async fn act_on(site: &Services, tx: &mut Tx, mut booking: Booking, kind: DeadlineKind) -> Result<(), WorkflowError> {
    match kind {
        DeadlineKind::Payment => {
            ask(site, tx, &mut booking, BookingCommand::Expire).await?;
            close_unpaid(site, tx, &mut booking).await
        }
        DeadlineKind::Answer | DeadlineKind::Quote => ask(site, tx, &mut booking, BookingCommand::Expire).await,
        DeadlineKind::Start => ask(site, tx, &mut booking, BookingCommand::Start).await,
        DeadlineKind::End => ask(site, tx, &mut booking, BookingCommand::Deliver).await,
        DeadlineKind::Deliver => {
            call_off(site, tx, booking, bookings::CancelledBy::System, Actor::SYSTEM, None).await?;
            Ok(())
        }
        DeadlineKind::Approve => {
            ask(site, tx, &mut booking, BookingCommand::Approve).await?;
            let terms = &booking.terms;
            let split = Split::of(terms.price, terms.service_fee, terms.tax, terms.commission_bps);
            let shared =
                share_out(Occasion::Completed, booking.id, booking.celebrity, split).map_err(PaymentsError::from)?;
            payments::commands::post(tx, &*site.chance, site.clock.now(), shared.as_slice()).await?;
            Ok(())
        }
    }
}

async fn ask(
    site: &Services,
    tx: &mut Tx,
    booking: &mut Booking,
    command: BookingCommand,
) -> Result<(), WorkflowError> {
    Ok(commands::carry_out(tx, &*site.chance, site.clock.now(), booking, command, Actor::SYSTEM).await?)
}

async fn put_off(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    if let Some(kind) = commands::passed_deadline(&mut tx, id, now).await? {
        commands::postpone(&mut tx, id, kind, now, RETRY).await?;
    }
    Ok(tx.commit().await?)
}

/// The job that asks the provider for the result of a hold's payments and releases the hold if nobody paid. The deadline is postponed
/// meanwhile; when it passes again without a result, it enqueues another job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SettleHold {
    booking: BookingId,
    /// The moment to which the deadline was postponed.
    until: Instant,
}

impl Job for SettleHold {
    type Context = Services;
    const KIND: &'static str = "settle_hold";
    const LANE: &'static Lane = &lanes::LOOK_UPS;
    const IS_NEW: bool = true;

    fn key(&self, _: Instant) -> String {
        format!("{}/{}", self.booking, self.until.timestamp_micros())
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        if let Err(error) = settle_hold(site, self.booking).await {
            // This job is not retried: the postponed deadline enqueues another one.
            tracing::warn!(error = %Causes(&error), id = %self.booking, "the result of a hold's payments is not known yet");
        }
        Ok(())
    }
}

/// Asks the provider first, without a transaction, and then releases the hold.
async fn settle_hold(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    give_up(site, id).await?;
    let mut tx = site.database.begin().await?;
    let booking = commands::lock(&mut tx, id).await?;
    // Checked again under the lock. Meanwhile a payment may have closed the deadline, or a new attempt to pay may have opened a leg; or the
    // provider does not know yet how a leg ends.
    if commands::waiting_deadline(&mut tx, id, site.clock.now()).await? == Some(DeadlineKind::Payment)
        && !awaits_legs(site, &mut tx, id).await?
    {
        act_on(site, &mut tx, booking, DeadlineKind::Payment).await?;
    }
    Ok(tx.commit().await?)
}
