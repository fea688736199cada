//! Paying and paying back: our rows first, then the provider, then its answer. No transaction is open while the provider thinks.

use std::time::Duration;

use site::outside;
use tracing::Instrument as _;

mod pay;
mod provider;
mod refund;
mod visible;

pub use cards::TestCard;
pub use pay::{PayCard, answer_challenge, pay, see_challenge, test_cards};
pub use provider::refresh;
pub(crate) use provider::{AskProvider, GiveUp, close_unpaid, give_up, give_up_later, has_open_legs};
pub(crate) use refund::{PayBack, ReturnCharge, owe_refund};
pub use visible::see;

/// How long the provider has to answer; a job may ask several times within its own bound.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What the provider says to a call, named for traces; one that takes too long has no answer.
async fn asked<T>(
    name: &'static str,
    call: impl Future<Output = Result<T, cards::CardsError>>,
) -> Result<T, cards::CardsError> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, call.instrument(outside(name))).await;
    answer.unwrap_or(Err(cards::CardsError::Timeout))
}
