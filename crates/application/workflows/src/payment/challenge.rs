//! The sandbox bank's authentication of the payer (3-D Secure), which is shown on our own pages.

use accounts::Caller;
use cards::{CardsError, SandboxCards};
use database::Connection;
use kernel::BookingId;
use payments::queries;
use payments::{Intent, Leg, PaymentsError};
use site::Services;

use super::record::record_answer;
use crate::WorkflowError;

/// The leg whose payer the sandbox bank wants to authenticate; only for that payer.
pub async fn load_challenge(
    connection: &mut Connection,
    caller: &Caller,
    provider_ref: &str,
) -> Result<(Intent, Leg), WorkflowError> {
    let (payment, leg) = queries::by_provider_ref(&mut *connection, SandboxCards::NAME, provider_ref).await?;
    let payment = super::load_visible(connection, caller, payment.intent.id).await?;
    if payment.intent.customer != caller.id {
        return Err(PaymentsError::NotFound.into());
    }
    let leg = payment.leg(leg)?.clone();
    Ok((payment.intent, leg))
}

/// Passes the payer's answer to the sandbox bank; returns the booking.
pub async fn answer_challenge(site: &Services, provider_ref: &str, passed: bool) -> Result<BookingId, WorkflowError> {
    let sandbox = site.providers.sandbox();
    let sandbox = sandbox.ok_or(PaymentsError::NotFound)?;
    let mut connection = site.database.acquire().await?;
    let (payment, leg) = queries::by_provider_ref(&mut connection, SandboxCards::NAME, provider_ref).await?;
    drop(connection);
    match sandbox.answer_challenge(provider_ref, passed).await {
        Ok(answer) => record_answer(site, &payment.intent, payment.leg(leg)?, answer).await?,
        Err(CardsError::Unknown) => return Err(PaymentsError::NotFound.into()),
        Err(error) => return Err(error.into()),
    };
    Ok(payment.intent.booking)
}
