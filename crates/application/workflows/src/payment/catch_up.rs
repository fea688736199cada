//! Hourly catch-up, safe to repeat: whether a leg is asked about depends on the leg, and not on a job that may have been given up.

use std::collections::HashSet;

use chrono::TimeDelta;
use jobs::{Failure, Lane, ScheduledTask};
use kernel::{Causes, Instant, IntentId, LegId};
use payments::{IntentState, PaidFor, PaymentChanges, commands, queries};
use site::Services;

use super::enqueued::GiveUp;
use super::provider::{AskAuthorised, AskProvider};
use super::record::save;
use super::subject::PaymentSubject;
use crate::WorkflowError;
use crate::lanes;

/// For so long after it was opened a leg without a result is asked about.
const ASKED_FOR: TimeDelta = TimeDelta::days(7);
/// The most payments whose stored value one run gives back; the next hour goes on.
const LINGERING_MAX: usize = 1_000;

/// The job that enqueues questions to providers for legs that have no result, and no job that waits for one.
#[derive(Debug)]
pub(crate) struct CatchUpPayments;

impl ScheduledTask for CatchUpPayments {
    type Context = Services;
    const KIND: &'static str = "catch_up_payments";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;

    async fn run(site: &Services, occurrence: Instant) -> Result<(), Failure> {
        catch_up(site, occurrence).await?;
        Ok(release_lingering(site).await?)
    }
}

/// Gives stored value back that a server of the previous release has left set aside.
async fn release_lingering(site: &Services) -> Result<(), WorkflowError> {
    let lingering = queries::lingering_holds(&mut *site.database.acquire().await?).await?;
    for (id, paid_for) in lingering.into_iter().take(LINGERING_MAX) {
        // One that cannot be released holds up no other.
        if let Err(error) = release_one(site, id, paid_for).await {
            tracing::error!(error = %Causes(&error), payment = %id, "stored value that nobody waits for cannot be released");
        }
    }
    Ok(())
}

async fn release_one(site: &Services, id: IntentId, paid_for: PaidFor) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    PaymentSubject::lock(&mut tx, paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, id).await?);
    if changes.payment().intent.state != IntentState::Open {
        changes.give_up_open(now);
    }
    save(site, &mut tx, now, &mut changes).await?;
    Ok(tx.commit().await?)
}

/// The hour is in the keys of what is enqueued, so that a job that was given up does not stand in the way of its successor.
async fn catch_up(site: &Services, occurrence: Instant) -> Result<(), WorkflowError> {
    let (chance, now, again) = (&*site.chance, site.clock.now(), Some(occurrence));
    let mut tx = site.database.begin().await?;
    let mut asked: HashSet<LegId> = jobs::live(&mut tx).await?.into_iter().map(|job: AskProvider| job.leg).collect();
    asked.extend(jobs::live(&mut tx).await?.into_iter().map(|job: AskAuthorised| job.leg));
    let given_up: HashSet<PaidFor> = jobs::live(&mut tx).await?.into_iter().map(|job: GiveUp| job.paid_for).collect();
    let legs = queries::unsettled_legs(&mut tx, now - ASKED_FOR).await?;
    let (needless, wanted): (Vec<_>, Vec<_>) = legs.into_iter().partition(|leg| leg.is_given_up);
    let ask: Vec<AskProvider> = wanted
        .into_iter()
        .filter(|leg| !asked.contains(&leg.id))
        .map(|leg| AskProvider { leg: leg.id, again })
        .collect();
    let cancel: Vec<GiveUp> = needless
        .into_iter()
        .filter(|leg| !given_up.contains(&leg.paid_for))
        .map(|leg| GiveUp { paid_for: leg.paid_for, leg: Some(leg.id), again })
        .collect();
    jobs::enqueue_all(&mut tx, chance, now, &ask, now).await?;
    jobs::enqueue_all(&mut tx, chance, now, &cancel, now).await?;
    Ok(tx.commit().await?)
}
