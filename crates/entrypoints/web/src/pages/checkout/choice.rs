//! What the payer can choose beside a bank card: gift cards and credit that are applied, and those that could be.

use accounts::Caller;
use chrono_tz::Tz;
use database::Connection;
use entry::Answer;
use gift_cards::queries::CardsOf;
use gift_cards::{CardState, SeenCard, queries};
use kernel::{BookingId, GiftCardId, Instant, Money, PageRequest};
use payments::{Leg, Payment, PaymentMethod};
use serde::Serialize;
use site::links;
use workflows::payment::card_of;

use crate::views::MoneyLine;
use crate::views::gift_card::paying;

/// How many of the payer's latest cards are looked through for those that can be used.
const CARDS_MAX: u16 = 100;

/// What the payer can choose beside a bank card.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Tender {
    /// Set aside for this booking.
    pub applied: Vec<AppliedPart>,
    /// Was, until a bank did not give what its card had set aside beside it.
    pub came_off: Vec<AppliedPart>,
    /// Could be.
    pub usable: Vec<UsableValue>,
    /// What is left for a bank card, when something is applied.
    pub remaining: Option<String>,
    /// What is to be paid now, where that was begun before.
    pub due_minor: Option<i64>,
    /// Whether what is applied covers the price.
    pub is_covered: bool,
    pub apply_action: String,
    pub withdraw_action: String,
    pub covered_action: String,
}

/// A part that is set aside.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AppliedPart {
    pub leg: String,
    pub label: String,
    pub amount: String,
}

/// A gift card or credit that pays in the currency of the price.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UsableValue {
    /// The id of the gift card; none for credit.
    pub gift_card: Option<String>,
    pub label: String,
    pub left: String,
}

/// What the caller can pay a booking of `due` with.
pub(super) async fn tender_of(
    connection: &mut Connection,
    caller: &Caller,
    id: BookingId,
    due: Money,
    payment: Option<&Payment>,
    (yours, now): (Tz, Instant),
) -> Answer<Tender> {
    let page = PageRequest::first(CARDS_MAX);
    let cards = queries::cards(&mut *connection, CardsOf::Holder(caller.id), &page).await?.items;
    let credit = queries::credit_of(connection, caller.id).await?;
    Ok(Tender::of(id, due, payment, (&cards, &credit), (yours, now)))
}

impl Tender {
    pub(super) fn of(
        id: BookingId,
        due: Money,
        payment: Option<&Payment>,
        (cards, credit): (&[SeenCard], &[Money]),
        (yours, now): (Tz, Instant),
    ) -> Self {
        let held: Vec<&Leg> = payment.into_iter().flat_map(Payment::held_legs).collect();
        let part = |leg: &Leg| AppliedPart {
            leg: leg.id.to_string(),
            label: label_of(leg, cards, yours, now),
            amount: leg.share.to_string(),
        };
        let came_off = payment.into_iter().flat_map(Payment::legs_that_came_off);
        let is_applied = |card: Option<GiftCardId>| {
            held.iter().any(|leg| card_of(leg) == card && (card.is_some() || leg.method == PaymentMethod::Credit))
        };
        let usable_card = |seen: &&SeenCard| {
            let card = &seen.card;
            let works = card.state == CardState::Active && !card.is_offered && !card.has_expired(now);
            works && pays(card.balance, due) && !is_applied(Some(card.id))
        };
        let mut usable: Vec<UsableValue> = cards
            .iter()
            .filter(usable_card)
            .map(|seen| UsableValue {
                gift_card: Some(seen.card.id.to_string()),
                label: paying(seen, yours, now),
                left: seen.card.balance.to_string(),
            })
            .collect();
        let credit = credit.iter().filter(|credit| pays(**credit, due) && !is_applied(None));
        usable.extend(credit.map(|credit| UsableValue {
            gift_card: None,
            label: "Your credit".to_owned(),
            left: credit.to_string(),
        }));
        let missing = payment.map_or(due.amount_minor, Payment::missing_minor);
        let open = payment.filter(|payment| !payment.intent.state.is_over());
        Self {
            applied: held.iter().map(|leg| part(leg)).collect(),
            came_off: came_off.map(part).collect(),
            usable: if missing > 0 { usable } else { Vec::new() },
            remaining: (!held.is_empty()).then(|| Money::new(missing, due.currency).to_string()),
            due_minor: open.map(|payment| if missing > 0 { missing } else { payment.uncovered_minor() }),
            is_covered: !held.is_empty() && missing <= 0,
            apply_action: links::checkout_applied(id),
            withdraw_action: links::checkout_withdrawn(id),
            covered_action: links::checkout_covered(id),
        }
    }

    /// What is applied, and what is left to pay, below the total.
    pub(super) fn lines(&self) -> Vec<MoneyLine> {
        let line = |label: &str, amount: String, is_sum| MoneyLine { label: label.to_owned(), amount, is_sum };
        let applied = self.applied.iter().map(|part| line(&part.label, format!("−{}", part.amount), false));
        applied.chain(self.remaining.iter().map(|left| line("Still to pay", left.clone(), true))).collect()
    }
}

fn pays(value: Money, due: Money) -> bool {
    value.amount_minor > 0 && value.currency == due.currency
}

/// What a leg pays with, among the cards of whoever pays.
pub(crate) fn label_of(leg: &Leg, cards: &[SeenCard], yours: Tz, now: Instant) -> String {
    match (leg.method, card_of(leg)) {
        (PaymentMethod::GiftCard, id) => cards
            .iter()
            .find(|seen| Some(seen.card.id) == id)
            .map_or_else(|| "Gift card".to_owned(), |seen| paying(seen, yours, now)),
        (PaymentMethod::Credit, _) => "Your credit".to_owned(),
        (PaymentMethod::Card | PaymentMethod::Crypto, _) => "Bank card".to_owned(),
    }
}
