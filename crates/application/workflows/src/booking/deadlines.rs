//! What a passed deadline brings about. The rows themselves are worked, by whichever server sees them first.

use bookings::{Booking, Command, DeadlineKind, commands};
use chrono::TimeDelta;
use database::Tx;
use kernel::{Actor, BookingId, Causes};
use payments::templates::share_out;
use payments::{Occasion, PaymentsError, Split};
use site::Services;

use super::cancel::call_off;
use crate::WorkflowError;
use crate::payment::{close_unpaid, give_up};

/// Deadlines worked in one round.
pub(crate) const DEADLINES_MAX: usize = 50;
/// A deadline that could not be worked is tried again after this.
const RETRY: TimeDelta = TimeDelta::minutes(1);

/// Works the deadlines that have passed; says how many there were.
pub(crate) async fn work_deadlines(site: &Services) -> Result<usize, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let overdue = commands::overdue(&mut connection, site.clock.now(), DEADLINES_MAX as i64).await?;
    drop(connection);
    for id in &overdue {
        // One booking that cannot go on must not stop the others.
        if let Err(error) = work(site, *id).await {
            tracing::error!(error = %Causes(&error), %id, "a deadline could not be worked");
            put_off(site, *id).await?;
        }
    }
    Ok(overdue.len())
}

async fn work(site: &Services, id: BookingId) -> Result<(), WorkflowError> {
    // The provider is asked before the hold is let go, and never while rows are locked.
    let is_settled = give_up(site, id).await?;
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let mut booking = commands::lock(&mut tx, id).await?;
    match commands::passed_deadline(&mut tx, id, now).await? {
        None => {}
        Some(DeadlineKind::Payment) if !is_settled => {
            commands::postpone(&mut tx, id, DeadlineKind::Payment, now, RETRY).await?;
        }
        Some(kind @ (DeadlineKind::Payment | DeadlineKind::Answer | DeadlineKind::Quote)) => {
            ask(site, &mut tx, &mut booking, Command::Expire).await?;
            if kind == DeadlineKind::Payment {
                close_unpaid(site, &mut tx, id).await?;
            }
        }
        Some(DeadlineKind::Start) => ask(site, &mut tx, &mut booking, Command::Start).await?,
        Some(DeadlineKind::End) => ask(site, &mut tx, &mut booking, Command::Deliver).await?,
        Some(DeadlineKind::Deliver) => {
            call_off(site, &mut tx, booking, bookings::CancelledBy::System, Actor::SYSTEM, None).await?;
        }
        Some(DeadlineKind::Approve) => {
            ask(site, &mut tx, &mut booking, Command::Approve).await?;
            let terms = &booking.terms;
            let split = Split::of(terms.price, terms.service_fee, terms.commission_bps);
            let shared = share_out(Occasion::Completed, id, booking.celebrity, split).map_err(PaymentsError::from)?;
            payments::commands::post(&mut tx, &*site.chance, now, shared.as_slice()).await?;
        }
    }
    Ok(tx.commit().await?)
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
