//! Paying for a booking by card.

use accounts::Caller;
use bookings::{Booking, BookingsError, NotPayable};
use cards::{CardInput, CardsError, ChargeRequest, TestCard};
use chrono::TimeDelta;
use kernel::{BookingId, Causes, LegId};
use payments::{
    Leg, LegAttempt, LegState, LegUpdate, NewIntent, NewLeg, Payment, PaymentMethod, PaymentsError, REFUSED, commands,
    queries,
};
use site::{Services, links};

use super::card_form::PayCard;
use super::give_up::give_up_leg;
use super::provider::{ASK_AFTER, AskProvider, refresh_leg};
use super::record::{record, record_answer};
use super::{call_provider, provider_of};
use crate::booking::{BookingSide, load_visible};
use crate::{AnswerTemplate, WorkflowError};

/// How long after `pay_by` a payment may still settle, if the booking has neither a start nor a delivery date.
const SETTLE_WITHIN: TimeDelta = TimeDelta::hours(12);

/// Pays what is due. An earlier try that may still take money is ended at the provider first, so that only one does, and no other card is
/// ever sent under its key.
///
/// The returned payment is captured, declined, waiting for the payer at `action_url`, or without a result yet. With a template it is
/// stored as the answer of this attempt, in the transaction of its effect; `EarlierTry` means that another try was answered before.
pub async fn pay(
    site: &Services,
    caller: &Caller,
    id: BookingId,
    card: PayCard,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    card.check(&site.settings)?;
    let attempt =
        template.map(|template| LegAttempt { id: template.attempt.id(), request: template.attempt.request_id() });
    let (booking, payment) = own_booking(site, caller, id).await?;
    if let Some(payment) = payment {
        if let Some(leg) = own_leg(&payment, attempt)? {
            // A retry, whose first try ended before it was answered.
            if leg.state != LegState::Created || !leg.is_under_way() {
                return answer(site, payment, template).await;
            }
            check_payable(site, &booking)?;
            let leg = leg.id;
            return charge(site, payment, leg, card, IsFirst(false), template).await;
        }
        if let Some(payment) = end_earlier(site, caller, &payment).await? {
            return answer(site, payment, template).await;
        }
    }
    let (payment, leg) = begin(site, caller, id, attempt).await?;
    charge(site, payment, leg, card, IsFirst(true), template).await
}

/// The sandbox's test numbers; none with a real provider.
pub fn test_cards(site: &Services) -> &'static [TestCard] {
    if site.providers.takes_test_cards() { &cards::TEST_CARDS } else { &[] }
}

/// The caller's own booking, with its payment if there is one.
async fn own_booking(
    site: &Services,
    caller: &Caller,
    id: BookingId,
) -> Result<(Booking, Option<Payment>), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, caller, id).await?;
    if seen.side != BookingSide::Customer {
        return Err(BookingsError::NotYourMove.into());
    }
    Ok((seen.booking, queries::payment_of(&mut connection, id).await?))
}

/// The leg that an earlier try of the same attempt opened.
fn own_leg(payment: &Payment, attempt: Option<LegAttempt>) -> Result<Option<&Leg>, WorkflowError> {
    let leg = attempt.and_then(|attempt| payment.leg_of(attempt));
    if leg.is_some_and(|leg| leg.attempt != attempt) {
        return Err(WorkflowError::KeyReused);
    }
    Ok(leg)
}

/// Ends earlier tries at their providers. Returns the payment if one of them has paid or cannot be ended; `None` if all are over.
async fn end_earlier(site: &Services, caller: &Caller, payment: &Payment) -> Result<Option<Payment>, WorkflowError> {
    let is_known = |leg: &&Leg| leg.is_under_way() || site.providers.named(&leg.provider).is_some();
    let earlier: Vec<&Leg> = payment.undecided_legs().filter(is_known).collect();
    for leg in &earlier {
        match leg.state {
            LegState::Processing | LegState::Awaiting => refresh_leg(site, &payment.intent, leg).await.map(drop)?,
            // Not sent, or its answer was lost, or the payer left the bank's page.
            _ => give_up_leg(site, &payment.intent, leg).await?,
        }
    }
    if earlier.is_empty() {
        return Ok(None);
    }
    // The provider took its time, and others may have changed the payment meanwhile: read anew.
    let (_, payment) = own_booking(site, caller, payment.intent.booking).await?;
    let payment = payment.ok_or(PaymentsError::NotFound)?;
    let mut legs = payment.legs.iter().filter(|leg| earlier.iter().any(|earlier| earlier.id == leg.id));
    if legs.clone().any(|leg| leg.state == LegState::Created && leg.is_under_way()) {
        return Err(PaymentsError::AlreadyPaying.into());
    }
    let stands = legs.any(|leg| leg.is_under_way() || leg.state == LegState::Captured);
    Ok(stands.then_some(payment))
}

/// Commits the leg, and the job that asks for its result, before the card is charged, so that a crash in between loses nothing.
async fn begin(
    site: &Services,
    caller: &Caller,
    id: BookingId,
    attempt: Option<LegAttempt>,
) -> Result<(Payment, LegId), WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let mut tx = site.database.begin().await?;
    let booking = bookings::commands::lock(&mut tx, id).await?;
    check_payable(site, &booking)?;
    let pay_by = booking.hold_expires_at.unwrap_or(now);
    let new = NewIntent {
        booking: id,
        customer: caller.id,
        due: booking.terms.total(),
        pay_by,
        settle_by: booking.terms.begins_by().unwrap_or(pay_by + SETTLE_WITHIN),
    };
    let earlier = commands::lock_of(&mut tx, id).await?;
    let provider = site.providers.cards().name();
    let card = NewLeg { method: PaymentMethod::Card, provider, amount: None, attempt };
    let (payment, leg) = commands::open_leg(&mut tx, chance, now, earlier, new, card).await?;
    jobs::enqueue(&mut tx, chance, now, &AskProvider { leg, again: None }, now + ASK_AFTER).await?;
    tx.commit().await?;
    Ok((payment, leg))
}

fn check_payable(site: &Services, booking: &Booking) -> Result<(), WorkflowError> {
    booking.payable(site.clock.now()).map_err(|reason| match reason {
        NotPayable::AlreadyPaid => PaymentsError::AlreadyPaid.into(),
        NotPayable::HoldLapsed | NotPayable::Begun => WorkflowError::HoldLapsed,
        NotPayable::NotAgreed | NotPayable::Over => BookingsError::State { status: booking.status }.into(),
    })
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
        return_url: card.return_url.unwrap_or_else(|| site.settings.url(&links::checkout(intent.booking))),
    };
    match call_provider("card charge", provider_of(site, leg)?.charge(&request)).await {
        Ok(answer) => record_answer(site, intent, leg, answer, template).await,
        // Of an earlier charge under this key a refusal says nothing.
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

/// Stores the payment as it stands as the answer of the attempt.
async fn answer(
    site: &Services,
    payment: Payment,
    template: Option<&AnswerTemplate<Payment>>,
) -> Result<Payment, WorkflowError> {
    let Some(template) = template else { return Ok(payment) };
    let mut tx = site.database.begin().await?;
    let is_kept = template.keep(&mut tx, payment.clone(), site.clock.now()).await?;
    tx.commit().await?;
    if is_kept { Ok(payment) } else { Err(WorkflowError::EarlierTry) }
}
