//! Refunds: each part goes back the way it came, or becomes credit.

use gift_cards::{CardChanges, CardCommand, CreditCommand, GiftCard, NewCard, WHY_REISSUED, WayBack};
use kernel::{Actor, Instant, LegId, Money};
use payments::{Leg, LegRefund, Payment, PaymentChanges, PaymentMethod, RefundReason};

use super::awards::take_owed;
use super::recorder::Recorder;
use super::rules::card_of;

/// The legs whose refunds become credit, because whoever paid wants it so.
pub fn kept_legs(recorder: &Recorder<'_>, payment: &Payment, at: Instant) -> Vec<LegId> {
    let is_kept = |leg: &&Leg| match (leg.method, card_of(leg)) {
        (PaymentMethod::GiftCard, Some(id)) => {
            let card = recorder.place_of(id).map(|place| recorder.card(place));
            let goes_back = |card: &GiftCard| card.way_back(payment.intent.customer, at) == WayBack::Card;
            card.is_some_and(|card| goes_back(card) && card.refund_may_be_kept())
        }
        (PaymentMethod::Card, _) => true,
        _ => false,
    };
    payment.legs.iter().filter(is_kept).map(|leg| leg.id).collect()
}

/// Owes a refund and pays it.
pub fn pay_back(
    recorder: &mut Recorder<'_>,
    payment: Payment,
    amount: Money,
    reason: RefundReason,
    kept: &[LegId],
    at: Instant,
) -> Payment {
    let mut changes = PaymentChanges::of(payment);
    changes.owe_refund(&recorder.chance, at, amount, reason, kept).expect("no more than was paid");
    finish(recorder, changes, at)
}

/// Pays every refund that is owed.
pub fn finish(recorder: &mut Recorder<'_>, mut changes: PaymentChanges, at: Instant) -> Payment {
    let owed: Vec<_> = changes.owed().map(|refund| refund.id).collect();
    for id in &owed {
        changes.finish_refund(*id).expect("it is owed");
    }
    let (payment, transfers) = changes.into_parts();
    recorder.post(at, transfers);
    for refund in payment.refunds.iter().filter(|refund| owed.contains(&refund.id)) {
        let leg = payment.leg(refund.leg).expect("a refund has its leg");
        if !refund.is_paid_by_provider(leg) {
            give_back(recorder, &payment, leg, refund, at);
        }
    }
    payment
}

/// Refunds, to a card or as credit, a part that no provider pays.
fn give_back(recorder: &mut Recorder<'_>, payment: &Payment, leg: &Leg, refund: &LegRefund, at: Instant) {
    let (from, payer, amount) = (payment.intent.paid_for.escrow(), payment.intent.customer, refund.amount);
    let Some(place) = card_of(leg).filter(|_| !refund.is_kept).and_then(|id| recorder.place_of(id)) else {
        let command = match refund.is_kept {
            true => CreditCommand::Keep { refund: refund.id, from },
            false => CreditCommand::Refund { refund: refund.id, from },
        };
        return recorder.move_credit(payer, leg.id, amount, command, at);
    };
    let card = recorder.card(place).clone();
    match card.way_back(payer, at) {
        WayBack::Card => {
            let command = CardCommand::Refund { refund: refund.id, leg: leg.id, amount, from };
            recorder.step(place, command, Actor::SYSTEM, None, at).expect("it works and is theirs");
            take_owed(recorder, place, at);
        }
        WayBack::NewCard => {
            let new = NewCard::instead_of(&card, payer, amount, from, leg.id, at);
            recorder.issue(&new, Actor::SYSTEM, Some(WHY_REISSUED), at);
        }
        WayBack::Ended => {
            let mut changes = CardChanges::default();
            changes.end_refund(&card, refund.id, leg.id, amount, from).expect("one amount is taken and given");
            let (_, transfers) = changes.into_parts();
            recorder.post(at, transfers);
        }
    }
}
