//! Paying and paying back: our rows first, then the provider, then its answer. No transaction is open while the provider thinks.

use std::time::Duration;

use cards::CardProvider;
use jobs::Failure;
use payments::Leg;
use site::{Services, outside};
use tracing::Instrument as _;

use crate::WorkflowError;

mod catch_up;
mod challenge;
mod enqueued;
mod give_up;
mod pay;
mod provider;
mod record;
mod refund;
mod visible;

pub use cards::TestCard;
pub(crate) use catch_up::CatchUpPayments;
pub use challenge::{answer_challenge, load_challenge};
pub(crate) use enqueued::{GiveUp, PayBack, PayBackSurplus};
pub(crate) use give_up::{awaits_legs, close_unpaid, give_up};
pub use pay::{PayCard, pay, test_cards};
pub(crate) use provider::AskProvider;
pub use provider::refresh;
pub(crate) use refund::{ReturnCharge, refund_and_post};
pub use visible::load_visible;

/// How long the provider has to answer; a job may ask several times within its own bound.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The provider that a leg was opened with; no other is asked about it.
fn provider_of<'site>(site: &'site Services, leg: &Leg) -> Result<&'site dyn CardProvider, WorkflowError> {
    let gone = || WorkflowError::ProviderNotConfigured { provider: leg.provider.clone() };
    site.providers.named(&leg.provider).ok_or_else(gone)
}

/// What the provider says to a call, named for traces; one that takes too long has no answer.
async fn asked<T>(
    name: &'static str,
    call: impl Future<Output = Result<T, cards::CardsError>>,
) -> Result<T, cards::CardsError> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, call.instrument(outside(name))).await;
    answer.unwrap_or(Err(cards::CardsError::Timeout))
}

/// What an error means for a job: a provider that is not configured will not be by trying again.
fn failure(error: &WorkflowError) -> Failure {
    match error {
        WorkflowError::ProviderNotConfigured { .. } => Failure::last(error),
        _ => Failure::retry(error),
    }
}
