//! Asks a provider for the result of a leg.

use chrono::TimeDelta;
use jobs::{Attempt, Failure, Job, Lane, occurrence_key};
use kernel::{Causes, Instant, IntentId, LegId};
use payments::queries;
use payments::{Intent, Leg, LegUpdate, NO_ANSWER, Payment};
use serde::{Deserialize, Serialize};
use site::Services;

use super::patience::{has_never_arrived, is_asked_again, may_bring_news};
use super::record::{record, record_answer};
use super::{call_provider, failure, provider_of};
use crate::WorkflowError;
use crate::lanes;

/// How long after the charge the job first asks for its result.
pub(super) const ASK_AFTER: TimeDelta = TimeDelta::seconds(5);

/// The job that asks for the result of a leg until the provider knows it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AskProvider {
    pub leg: LegId,
    /// The hour of the catch-up that enqueued it after an earlier job for the leg was given up, so that their keys differ.
    #[serde(default)]
    pub again: Option<Instant>,
}

impl Job for AskProvider {
    type Context = Services;
    const KIND: &'static str = "ask_provider";
    const LANE: &'static Lane = &lanes::LOOK_UPS;

    fn key(&self, _: Instant) -> String {
        match self.again {
            Some(again) => format!("{}/{}", self.leg, occurrence_key(again)),
            None => self.leg.to_string(),
        }
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        ask_provider(site, self.leg).await
    }
}

/// The same for a card beside stored value, whose authorisation the previous release would not capture.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AskAuthorised {
    pub leg: LegId,
}

impl Job for AskAuthorised {
    type Context = Services;
    const KIND: &'static str = "ask_authorised";
    const LANE: &'static Lane = &lanes::LOOK_UPS;
    const IS_NEW: bool = true;

    fn key(&self, _: Instant) -> String {
        self.leg.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        ask_provider(site, self.leg).await
    }
}

/// Asks the providers for the results of all open legs of a payment.
pub async fn refresh(site: &Services, id: IntentId) -> Result<Payment, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let mut payment = queries::payment(&mut connection, id).await?;
    drop(connection);
    let open: Vec<Leg> = payment.open_legs().cloned().collect();
    for leg in open {
        match refresh_leg(site, &payment.intent, &leg).await {
            Ok(refreshed) => payment = refreshed.unwrap_or(payment),
            // Its provider is not configured any more; the payment is still shown as it is known.
            Err(error @ WorkflowError::ProviderNotConfigured { .. }) => {
                tracing::warn!(error = %Causes(&error), leg = %leg.id, "a leg cannot be asked about");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(payment)
}

/// Asks the provider for the result of a leg and records it; `None` if there is nothing new.
pub(super) async fn refresh_leg(site: &Services, intent: &Intent, leg: &Leg) -> Result<Option<Payment>, WorkflowError> {
    match call_provider("card look-up", provider_of(site, leg)?.find(&leg.id.to_string())).await? {
        Some(answer) => record_answer(site, intent, leg, answer, None).await.map(Some),
        None if has_never_arrived(leg, site.clock.now()) => {
            let update = LegUpdate::Failed { code: NO_ANSWER.to_owned() };
            record(site, intent, leg, None, update, None).await.map(Some)
        }
        None => Ok(None),
    }
}

/// Asks until the provider knows the result.
async fn ask_provider(site: &Services, id: LegId) -> Result<(), Failure> {
    match ask(site, id).await {
        Ok(Some(leg)) if is_asked_again(&leg, site.clock.now()) => {
            Err(Failure::Retry("the provider does not know yet".to_owned()))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(failure(&error)),
    }
}

/// Asks for the result of a leg and returns the leg; `None` if there is nothing to ask.
async fn ask(site: &Services, id: LegId) -> Result<Option<Leg>, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let payment = queries::payment_of_leg(&mut connection, id).await?;
    drop(connection);
    let leg = payment.leg(id)?;
    if !may_bring_news(leg) {
        return Ok(None);
    }
    let refreshed = refresh_leg(site, &payment.intent, leg).await?;
    Ok(Some(refreshed.as_ref().unwrap_or(&payment).leg(id)?.clone()))
}
