//! Payments and refunds: we commit our rows, then call the provider, then record its answer. No transaction is open during the call.

use std::time::Duration;

use cards::CardProvider;
use jobs::Failure;
use payments::Leg;
use site::{Services, outside};
use tracing::Instrument as _;

use crate::WorkflowError;

mod beyond_policy;
mod books;
mod card_form;
mod catch_up;
mod challenge;
mod chargeback;
mod chargeback_mails;
mod enqueued;
mod give_up;
mod given_back;
mod opening;
mod patience;
mod pay;
mod provider;
mod reclaimed;
mod record;
mod refund;
mod refund_parts;
mod stored_value;
mod subject;
mod taken_back;
mod tender;
mod visible;

pub use beyond_policy::{ask_refund, decide_refund};
pub(crate) use books::check_and_note;
pub use books::{BooksCheck, check_books, last_books_check};
pub use card_form::PayCard;
pub use cards::TestCard;
pub(crate) use catch_up::CatchUpPayments;
pub use challenge::{Challenge, answer_challenge, load_challenge};
pub(crate) use chargeback::AskChargebacks;
pub use chargeback::close_chargeback;
pub(crate) use enqueued::{
    CoverChargeback, GiveUp, KeepAsCredit, PayBack, PayBackGranted, PayBackStored, PayBackSurplus,
};
pub(crate) use give_up::{awaits_legs, close_unpaid, close_unpaid_order, give_up};
pub use pay::{pay, test_cards};
pub use provider::refresh;
pub(crate) use provider::{AskAuthorised, AskProvider};
pub use reclaimed::covers;
pub(crate) use refund::{NewRefund, ReturnCharge, refund_and_post};
pub use refund_parts::{RefundPart, RefundWay, refund_parts};
pub use stored_value::card_of;
pub use tender::{AppliedValue, TenderStep, apply, pay_applied, prepare, withdraw};
pub use visible::load_visible;

/// The time limit of one call to the provider; a job's own limit has room for several.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The provider with which a leg was opened; another one must not be asked about it.
fn provider_of<'site>(site: &'site Services, leg: &Leg) -> Result<&'site dyn CardProvider, WorkflowError> {
    let gone = || WorkflowError::ProviderNotConfigured { provider: leg.provider.clone() };
    site.providers.named(&leg.provider).ok_or_else(gone)
}

/// Calls the provider in a tracing span called `name`; a call that takes too long fails with `Timeout`.
async fn call_provider<T>(
    name: &'static str,
    call: impl Future<Output = Result<T, cards::CardsError>>,
) -> Result<T, cards::CardsError> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, call.instrument(outside(name))).await;
    answer.unwrap_or(Err(cards::CardsError::Timeout))
}

/// A workflow's error as a job's failure: a provider that is not configured will not appear by retrying.
fn failure(error: &WorkflowError) -> Failure {
    match error {
        WorkflowError::ProviderNotConfigured { .. } => Failure::last(error),
        _ => Failure::retry(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_provider_that_is_not_configured_is_not_tried_again() {
        let gone = WorkflowError::ProviderNotConfigured { provider: "coins".to_owned() };
        assert!(matches!(failure(&gone), Failure::Final(_)));
        assert!(matches!(failure(&cards::CardsError::Timeout.into()), Failure::Retry(_)));
    }
}
