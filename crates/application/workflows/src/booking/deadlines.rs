//! What a passed deadline brings about. The rows themselves are worked, by whichever server sees them first.

use bookings::{Booking, Command, DeadlineKind, commands};
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
use crate::background::lanes;
use crate::payment::{close_unpaid, give_up, has_open_legs};

/// Deadlines worked in one round.
pub(crate) const DEADLINES_MAX: usize = 50;
/// Deadlines worked at once: one booking that is locked by somebody holds up its own place only.
const AT_ONCE: usize = 4;
/// A deadline that could not be worked, or that waits for the provider, is looked at again after this.
const RETRY: TimeDelta = TimeDelta::minutes(1);

/// Works the deadlines that have passed; says how many there were. Nobody outside is asked here: where the provider has to be, a job
/// does it, so that a slow provider holds up its own bookings and no others.
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

/// One booking that cannot go on must not stop the others.
async fn work_or_put_off(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    if let Err(error) = work(site, id).await {
        tracing::error!(error = %Causes(&error), %id, "a deadline could not be worked");
        put_off(site, id).await?;
    }
    Ok(())
}

/// Works the earliest passed deadline of a booking. Two servers that see it at the same time wait for each other at the booking's
/// lock, and the second finds it closed or waiting.
async fn work(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let booking = commands::lock(&mut tx, id).await?;
    match commands::passed_deadline(&mut tx, id, now).await? {
        None => {}
        Some(kind @ DeadlineKind::Payment) if has_open_legs(site, &mut tx, id).await? => {
            let until = commands::postpone(&mut tx, id, kind, now, RETRY).await?;
            jobs::enqueue(&mut tx, &*site.chance, now, &SettleHold { booking: id, until }, now).await?;
        }
        Some(kind) => bring_about(site, &mut tx, booking, kind).await?,
    }
    Ok(tx.commit().await?)
}

/// What this deadline asks of the booking, which is locked.
async fn bring_about(
    site: &Services,
    tx: &mut Tx,
    mut booking: Booking,
    kind: DeadlineKind,
) -> Result<(), WorkflowError> {
    match kind {
        DeadlineKind::Payment => {
            ask(site, tx, &mut booking, Command::Expire).await?;
            close_unpaid(site, tx, booking.id).await
        }
        DeadlineKind::Answer | DeadlineKind::Quote => ask(site, tx, &mut booking, Command::Expire).await,
        DeadlineKind::Start => ask(site, tx, &mut booking, Command::Start).await,
        DeadlineKind::End => ask(site, tx, &mut booking, Command::Deliver).await,
        DeadlineKind::Deliver => {
            call_off(site, tx, booking, bookings::CancelledBy::System, Actor::SYSTEM, None).await?;
            Ok(())
        }
        DeadlineKind::Approve => {
            ask(site, tx, &mut booking, Command::Approve).await?;
            let terms = &booking.terms;
            let split = Split::of(terms.price, terms.service_fee, terms.commission_bps);
            let shared =
                share_out(Occasion::Completed, booking.id, booking.celebrity, split).map_err(PaymentsError::from)?;
            payments::commands::post(tx, &*site.chance, site.clock.now(), shared.as_slice()).await?;
            Ok(())
        }
    }
}

async fn ask(site: &Services, tx: &mut Tx, booking: &mut Booking, command: Command) -> Result<(), WorkflowError> {
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

/// The job that asks the provider how the payment of a hold ended, and lets the hold go if nobody paid. Its deadline waits meanwhile,
/// and brings another such job when the provider did not know.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SettleHold {
    booking: BookingId,
    /// Until when the deadline waits.
    until: Instant,
}

impl Job for SettleHold {
    type Context = Services;
    const KIND: &'static str = "settle_hold";
    const LANE: &'static Lane = &lanes::LOOK_UPS;

    fn key(&self, _: Instant) -> String {
        format!("{}/{}", self.booking, self.until.timestamp_micros())
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        if let Err(error) = settle_hold(site, self.booking).await {
            // The deadline is what is tried again, with a job of its own each time.
            tracing::warn!(error = %Causes(&error), id = %self.booking, "how a hold ends is not known yet");
        }
        Ok(())
    }
}

/// The provider is asked before the hold is let go, and never while rows are locked.
async fn settle_hold(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    if !give_up(site, id).await? {
        return Ok(());
    }
    let mut tx = site.database.begin().await?;
    let booking = commands::lock(&mut tx, id).await?;
    // Whoever paid meanwhile has closed the deadline; whoever began to pay again has a leg that was not asked about.
    if commands::waiting_deadline(&mut tx, id, site.clock.now()).await? == Some(DeadlineKind::Payment)
        && !has_open_legs(site, &mut tx, id).await?
    {
        bring_about(site, &mut tx, booking, DeadlineKind::Payment).await?;
    }
    Ok(tx.commit().await?)
}
