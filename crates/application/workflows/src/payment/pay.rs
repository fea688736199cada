//! Paying by card, for a booking or a gift card.

use accounts::Caller;
use cards::{Capture, CardInput, CardsError, ChargeRequest, TestCard};
use database::idempotency::FirstCallRuns;
use kernel::{Causes, LegId, Money};
use payments::{
    Leg, LegAttempt, LegState, LegUpdate, NewLeg, PaidFor, Payment, PaymentMethod, PaymentsError, REFUSED, commands,
};
use site::Services;

use super::card_form::PayCard;
use super::opening::{end_earlier, own, page_of};
use super::provider::{ASK_AFTER, AskAuthorised, AskProvider};
use super::record::{answer, record, record_answer};
use super::subject::PaymentSubject;
use super::{call_provider, provider_of};
use crate::{AnswerTemplate, WorkflowError};

/// Pays what is due, where that is what the payer agreed to. An earlier try that may still take money is ended at the provider first, so
/// that only one does, and no other card is ever sent under its key.
///
/// The returned payment is captured, declined, waiting for the payer at `action_url`, or without a result yet. With a template it is
/// stored as the answer of this attempt, in the transaction of its effect; `EarlierTry` means that another try was answered before.
pub async fn pay(
    site: &Services,
    caller: &Caller,
    paid_for: PaidFor,
    card: PayCard,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    card.check(&site.settings, paid_for)?;
    let attempt =
        template.map(|template| LegAttempt { id: template.attempt.id(), request: template.attempt.request_id() });
    // Read without locks, because a provider may have to be asked next. `begin` decides again under the locks.
    let (subject, payment) = own(site, caller, paid_for).await?;
    if let Some(payment) = payment {
        if let Some(leg) = own_leg(&payment, attempt)? {
            // A retry, whose first try ended before it was answered.
            if leg.state != LegState::Created || !leg.is_under_way() {
                return answer(site, payment, template).await;
            }
            // Too late to send the charge again, but an earlier try may have been taken: the job that asks the provider finds out.
            if subject.check_payable(site.clock.now()).is_err() {
                return answer(site, payment, template).await;
            }
            let leg = leg.id;
            return charge(site, payment, leg, card, IsFirst(false), template).await;
        }
        check_agreed(site, &subject, &payment, card.expected_minor)?;
        if let Some(payment) = end_earlier(site, caller, &payment).await? {
            return answer(site, payment, template).await;
        }
    }
    let (payment, leg) = begin(site, caller, paid_for, card.expected_minor, attempt).await?;
    charge(site, payment, leg, card, IsFirst(true), template).await
}

/// The sandbox's test numbers; none with a real provider.
pub fn test_cards(site: &Services) -> &'static [TestCard] {
    if site.providers.takes_test_cards() { &cards::TEST_CARDS } else { &[] }
}

/// Refuses another amount than the payer agreed to before an earlier try is ended, so that what is refused ends nothing. Decided anew
/// when the leg is opened.
fn check_agreed(
    site: &Services,
    subject: &PaymentSubject,
    payment: &Payment,
    expected_minor: Option<i64>,
) -> Result<(), PaymentsError> {
    let due = Money::new(payment.missing_minor(), payment.intent.due.currency);
    let may_be_paid = !payment.intent.state.is_over() && subject.check_payable(site.clock.now()).is_ok();
    if may_be_paid && due.amount_minor > 0 { payment.check_agreed(due, expected_minor) } else { Ok(()) }
}

/// The leg that an earlier try of the same attempt opened.
fn own_leg(payment: &Payment, attempt: Option<LegAttempt>) -> Result<Option<&Leg>, WorkflowError> {
    let leg = attempt.and_then(|attempt| payment.leg_of(attempt));
    if leg.is_some_and(|leg| leg.attempt != attempt) {
        return Err(WorkflowError::KeyReused);
    }
    Ok(leg)
}

/// Commits the leg, and the job that asks for its result, before the card is charged, so that a crash in between loses nothing.
async fn begin(
    site: &Services,
    caller: &Caller,
    paid_for: PaidFor,
    expected_minor: Option<i64>,
    attempt: Option<LegAttempt>,
) -> Result<(Payment, LegId), WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut tx = site.database.begin().await?;
    let subject = PaymentSubject::lock(&mut tx, paid_for).await?;
    subject.check_payable(now)?;
    let earlier = commands::lock_of(&mut tx, paid_for).await?;
    if let Some(earlier) = &earlier
        && own_leg(earlier, attempt)?.is_some()
    {
        // Another server has opened it since we looked.
        return Err(FirstCallRuns.into());
    }
    let provider = site.providers.cards();
    let card = NewLeg { method: PaymentMethod::Card, provider: provider.name(), stored: None, amount: None, attempt };
    let new = subject.new_intent(caller, now);
    let (payment, leg) = commands::open_leg(&mut tx, chance, now, earlier, new, card).await?;
    let share = payment.leg(leg)?.share;
    payment.check_agreed(share, expected_minor)?;
    let least = Money::new(provider.least_minor(share.currency), share.currency);
    if share.amount_minor < least.amount_minor {
        return Err(PaymentsError::TooLittle { left: share, least }.into());
    }
    if payment.held_legs().next().is_some() {
        jobs::enqueue(&mut tx, chance, now, &AskAuthorised { leg }, now + ASK_AFTER).await?;
    } else {
        jobs::enqueue(&mut tx, chance, now, &AskProvider { leg, again: None }, now + ASK_AFTER).await?;
    }
    tx.commit().await?;
    Ok((payment, leg))
}

/// Whether nobody has sent a charge for the leg before.
#[derive(Debug, Clone, Copy)]
struct IsFirst(bool);

/// Charges the card for a committed leg, and records the result.
async fn charge(
    site: &Services,
    payment: Payment,
    leg: LegId,
    card: PayCard,
    IsFirst(is_first): IsFirst,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let (intent, leg) = (&payment.intent, payment.leg(leg)?);
    let request = ChargeRequest {
        idempotency_key: leg.id.to_string(),
        amount: leg.share,
        card: CardInput { number: card.number },
        // A card beside stored value is authorised now and captured last, so that both are taken or neither.
        capture: if payment.held_legs().next().is_some() { Capture::Later } else { Capture::AtOnce },
        return_url: card.return_url.unwrap_or_else(|| site.settings.url(&page_of(intent.paid_for))),
    };
    match call_provider("card charge", provider_of(site, leg)?.charge(&request)).await {
        Ok(answer) => record_answer(site, intent, leg, answer, template).await,
        // A refusal of a second send says nothing about the first one, which may have been charged.
        Err(CardsError::Refused(reason)) if is_first => {
            tracing::warn!(reason, leg = %leg.id, "the card provider refused a charge");
            let update = LegUpdate::Failed { code: REFUSED.to_owned() };
            record(site, intent, leg, None, update, template).await
        }
        // The result is not known: the job, or the next visit of the payer, asks for it.
        Err(error) => {
            tracing::warn!(error = %Causes(&error), leg = %leg.id, "a charge has no answer");
            answer(site, payment, template).await
        }
    }
}
