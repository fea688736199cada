//! What can be done with payments.

use database::{Connection, Tx};
use kernel::{BookingId, Chance, Instant, IntentId, LegId, Money, PersonId, RefundId};

use crate::intent::{Intent, IntentState, Leg, LegState, Refund, RefundReason, split_refund};
use crate::ledger;
use crate::{PaymentsError, store};

/// Finds the intent of a booking, or opens it.
pub async fn open_intent(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: BookingId,
    customer: PersonId,
    due: Money,
    expires_at: Instant,
) -> Result<Intent, PaymentsError> {
    store::insert_intent(tx, IntentId::new(chance, now), booking, customer, due, expires_at, now).await?;
    store::find_intent(tx, None, Some(booking)).await?.ok_or(PaymentsError::NotFound)
}

/// Locks an intent for a decision.
pub async fn lock_intent(tx: &mut Tx, id: IntentId) -> Result<Intent, PaymentsError> {
    store::lock_intent(tx, id).await
}

/// Opens a card leg for all that is not covered yet.
pub async fn open_card_leg(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    intent: &Intent,
    provider: &str,
) -> Result<Leg, PaymentsError> {
    if intent.state != IntentState::Open && intent.state != IntentState::Expired {
        return Err(PaymentsError::AlreadyPaid);
    }
    let covered = kept(&store::legs(tx, intent.id).await?);
    let share = Money::new(intent.due.amount_minor - covered, intent.due.currency);
    if share.amount_minor <= 0 {
        return Err(PaymentsError::AlreadyPaid);
    }
    let id = LegId::new(chance, now);
    store::insert_leg(tx, id, intent.id, "card", provider, share, now).await?;
    store::legs(tx, intent.id).await?.into_iter().find(|leg| leg.id == id).ok_or(PaymentsError::NotFound)
}

/// Why a leg failed whose charge the provider never heard of, so far.
pub const NO_ANSWER: &str = "no_answer";

/// What the provider said of a leg that is still open.
#[derive(Debug, Clone)]
pub enum LegNews {
    Captured,
    Failed { code: String },
    ActionRequired { url: String },
    Processing,
    Void,
}

/// Notes what the provider said. Answers what was captured when that is the news.
///
/// Money that arrived outranks whatever we believed; anything else is news only while the leg is open, or was given up unheard of.
pub async fn note_leg(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    intent: &Intent,
    leg: LegId,
    provider_ref: Option<String>,
    news: LegNews,
) -> Result<Option<Money>, PaymentsError> {
    let legs = store::legs(tx, intent.id).await?;
    let mut leg = legs.into_iter().find(|one| one.id == leg).ok_or(PaymentsError::NotFound)?;
    let captured = matches!(news, LegNews::Captured);
    let was_unheard_of = leg.state == LegState::Failed && leg.failure_code.as_deref() == Some(NO_ANSWER);
    let is_last_word = matches!(news, LegNews::Failed { .. } | LegNews::Void);
    let is_news = leg.state.is_open() || captured || (was_unheard_of && is_last_word);
    if leg.state == LegState::Captured || !is_news {
        return Ok(None);
    }
    leg.provider_ref = provider_ref.or(leg.provider_ref);
    leg.action_url = None;
    match news {
        LegNews::Captured => {
            leg.state = LegState::Captured;
            leg.captured_minor = leg.share.amount_minor;
        }
        LegNews::Failed { code } => {
            leg.state = LegState::Failed;
            leg.failure_code = Some(code);
        }
        LegNews::ActionRequired { url } => {
            leg.state = LegState::ActionRequired;
            leg.action_url = Some(url);
        }
        LegNews::Processing => leg.state = LegState::Processing,
        LegNews::Void => leg.state = LegState::Void,
    }
    store::update_leg(tx, &leg, now).await?;
    if captured {
        ledger::card_captured(tx, chance, now, intent.booking, leg.id, leg.share).await?;
    }
    Ok(captured.then_some(leg.share))
}

/// What the legs cover beyond the price, in minor units; below zero while something is missing.
pub async fn surplus_minor(connection: &mut Connection, intent: &Intent) -> Result<i64, PaymentsError> {
    Ok(kept(&store::legs(connection, intent.id).await?) - intent.due.amount_minor)
}

fn kept(legs: &[Leg]) -> i64 {
    legs.iter().map(|leg| leg.captured_minor - leg.refunded_minor).sum()
}

/// Notes that the price is covered and the booking confirmed.
pub async fn settle(tx: &mut Tx, now: Instant, intent: IntentId) -> Result<(), PaymentsError> {
    Ok(store::set_intent_state(tx, intent, "settled", Some(now)).await?)
}

/// Notes that nobody paid in time, or that nobody has to pay any more.
pub async fn close_unpaid(tx: &mut Tx, intent: IntentId, expired: bool) -> Result<(), PaymentsError> {
    Ok(store::set_intent_state(tx, intent, if expired { "expired" } else { "cancelled" }, None).await?)
}

/// Owes a refund of `amount`, split over the legs it came by, last first. The intent is locked.
pub async fn owe_refund(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    intent: &Intent,
    amount: Money,
    reason: RefundReason,
) -> Result<Vec<RefundId>, PaymentsError> {
    let legs = store::legs(tx, intent.id).await?;
    let parts = split_refund(&legs, amount.amount_minor);
    if parts.iter().map(|(_, part)| part).sum::<i64>() < amount.amount_minor {
        return Err(PaymentsError::RefundTooLarge);
    }
    let mut ids = Vec::new();
    for (leg, part) in parts {
        let id = RefundId::new(chance, now);
        store::insert_refund(tx, id, leg, Money::new(part, amount.currency), reason, now).await?;
        ids.push(id);
    }
    store::set_intent_state(tx, intent.id, "refunding", None).await?;
    Ok(ids)
}

/// What came of a finished refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedRefund {
    /// Nothing else of the intent is on its way back.
    pub all_arrived: bool,
    /// Something of what was paid stays.
    pub partly: bool,
}

/// Notes that a refund arrived, in the books too. `None` when that was known. The intent is locked.
pub async fn finish_refund(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    intent: &Intent,
    refund: &Refund,
) -> Result<Option<FinishedRefund>, PaymentsError> {
    if !store::finish_refund(tx, refund.id, now).await? {
        return Ok(None);
    }
    ledger::card_refunded(tx, chance, now, intent.booking, refund.leg, refund.id.0, refund.amount).await?;
    let all_arrived = store::refunds(tx, Some(intent.id), None).await?.iter().all(|one| one.state == "succeeded");
    let left = kept(&store::legs(tx, intent.id).await?);
    let partly = left > 0;
    if all_arrived {
        let state = match left {
            left if left >= intent.due.amount_minor => "settled",
            1.. => "partly_refunded",
            _ => "refunded",
        };
        store::set_intent_state(tx, intent.id, state, None).await?;
    }
    Ok(Some(FinishedRefund { all_arrived, partly }))
}
