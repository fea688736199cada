//! The sandbox bank's authentication of the payer (3-D Secure), which is shown on our own pages.
//!
//! As at any bank, whoever has the address is asked: the payer of another program has no session here. The reference in it cannot be
//! guessed, and only those who may see the payment are told it.

use cards::{CardsError, SandboxCards};
use kernel::Money;
use payments::queries;
use payments::{LegState, PaymentsError};
use site::Services;

use super::opening::page_of;
use super::record::record_answer;
use crate::WorkflowError;

/// What the sandbox's bank asks.
#[derive(Debug, Clone)]
pub struct Challenge {
    pub amount: Money,
    /// Whether there is nothing to answer any more.
    pub is_over: bool,
    /// Where the payer goes afterwards.
    pub return_url: String,
}

/// The question about a charge.
pub async fn load_challenge(site: &Services, provider_ref: &str) -> Result<Challenge, WorkflowError> {
    let sandbox = site.providers.sandbox().ok_or(PaymentsError::NotFound)?;
    let mut connection = site.database.acquire().await?;
    let (payment, leg) = queries::by_provider_ref(&mut connection, SandboxCards::NAME, provider_ref).await?;
    drop(connection);
    let leg = payment.leg(leg)?;
    let named = match sandbox.return_url(provider_ref).await {
        Err(CardsError::Unknown) => return Err(PaymentsError::NotFound.into()),
        named => named?,
    };
    Ok(Challenge {
        amount: leg.share,
        is_over: leg.state != LegState::ActionRequired || leg.given_up_at.is_some(),
        return_url: named.unwrap_or_else(|| site.settings.url(&page_of(payment.intent.paid_for))),
    })
}

/// Passes the payer's answer to the sandbox bank.
pub async fn answer_challenge(site: &Services, provider_ref: &str, passed: bool) -> Result<(), WorkflowError> {
    let sandbox = site.providers.sandbox();
    let sandbox = sandbox.ok_or(PaymentsError::NotFound)?;
    let mut connection = site.database.acquire().await?;
    let (payment, leg) = queries::by_provider_ref(&mut connection, SandboxCards::NAME, provider_ref).await?;
    drop(connection);
    match sandbox.answer_challenge(provider_ref, passed).await {
        Ok(answer) => record_answer(site, &payment.intent, payment.leg(leg)?, answer, None).await?,
        Err(CardsError::Unknown) => return Err(PaymentsError::NotFound.into()),
        Err(error) => return Err(error.into()),
    };
    Ok(())
}
