//! Buying cards: ordered, paid by bank card, mailed at once or at a chosen moment, and now and then given back or disputed.

use cards::SandboxCards;
use chrono::TimeDelta;
use gift_cards::{
    CardCommand, CardKind, CardState, EntryKind, GiftCardOrder, GiftRecipient, NewCard, OrderState, WHY_CHARGED_BACK,
    WHY_RESTORED,
};
use kernel::{Actor, GiftCardOrderId, Instant, IntentId, LegId, Money, PersonId};
use payments::{Intent, IntentState, PaidFor, Payment, PaymentChanges, PaymentMethod, RefundReason, templates};

use super::cards::message;
use super::cases::open_case;
use super::happening::{Happening, OrderStep, Purchase, StaffStep};
use super::legs::{charge, new_leg};
use super::recorder::Recorder;
use super::returns::pay_back;
use super::rules::months_valid;
use crate::generate::stored::OrderLife;

/// How long an order waits for its payment, and how much longer a payment that began may settle.
const PAY_WITHIN: TimeDelta = TimeDelta::minutes(30);
const SETTLE_WITHIN: TimeDelta = TimeDelta::hours(12);

/// Somebody buys a card, and pays for it at `at`, or never.
pub fn order(recorder: &mut Recorder<'_>, purchase: &Purchase, at: Instant) {
    let placed = at - TimeDelta::minutes(3);
    let buyer = recorder.customer(purchase.buyer);
    let recipient = purchase.to.map(|index| recorder.customer(index));
    let mut order = GiftCardOrder {
        id: GiftCardOrderId::new(&recorder.chance, placed),
        buyer: PersonId(buyer.id),
        value: purchase.value,
        design: purchase.design,
        recipient: recipient.map(|person| GiftRecipient {
            email: person.email.clone(),
            name: first_name(&person.name).to_owned(),
            from: buyer.name.clone(),
            message: message(recorder.stored.orders.len()).to_owned(),
            deliver_at: purchase.deliver_after.map(|after| at + after),
        }),
        zone: recipient.unwrap_or(buyer).zone,
        months_valid: months_valid(purchase.value.currency, placed),
        state: OrderState::AwaitingPayment,
        pay_by: placed + PAY_WITHIN,
        card: None,
        delivered_at: None,
        created_at: placed,
    };
    if !purchase.is_paid {
        order.state = OrderState::Lapsed;
        let changed_at = (order.pay_by + TimeDelta::minutes(20)).min(recorder.world.now);
        recorder.stored.orders.push(OrderLife { order, payment: None, changed_at });
        return;
    }
    let payment = pay(recorder, &order, at);
    let card = issue(recorder, &mut order, at);
    let place = recorder.stored.orders.len();
    recorder.stored.orders.push(OrderLife { order, payment: Some(payment), changed_at: at });
    for (after, step) in &purchase.card_steps {
        recorder.later(at + *after, Happening::Card(card, *step));
    }
    if let Some(after) = purchase.deliver_after {
        recorder.later(at + after, Happening::Order(place, OrderStep::Deliver));
    }
    for (after, step) in &purchase.order_steps {
        recorder.later(at + *after, Happening::Order(place, *step));
    }
}

/// Lets a step happen, where the rules allow it.
pub fn step(recorder: &mut Recorder<'_>, order: usize, step: OrderStep, at: Instant) {
    match step {
        OrderStep::Deliver => deliver(recorder, order, at),
        OrderStep::Return => give_back(recorder, order, at),
        OrderStep::Dispute => dispute(recorder, order, at),
        OrderStep::Win { case } => win(recorder, order, case, at),
    }
}

/// The bank card pays the whole price at once.
fn pay(recorder: &mut Recorder<'_>, order: &GiftCardOrder, at: Instant) -> Payment {
    let intent = Intent {
        id: IntentId::new(&recorder.chance, at),
        paid_for: order.id.into(),
        customer: order.buyer,
        due: order.value,
        state: IntentState::Open,
        pay_by: order.pay_by,
        settle_by: order.pay_by + SETTLE_WITHIN,
        created_at: at - TimeDelta::seconds(40),
        settled_at: None,
    };
    let mut payment = Payment::new(intent);
    let leg = LegId::new(&recorder.chance, at);
    payment.legs.push(new_leg(&payment, leg, PaymentMethod::Card, SandboxCards::NAME, order.value, None, at));
    let mut changes = PaymentChanges::of(payment);
    charge(&mut changes, &recorder.chance, leg, order.value, at);
    changes.settle(at);
    let (payment, transfers) = changes.into_parts();
    recorder.post(at, transfers);
    payment
}

/// Issues the card of a paid order. A card for somebody else is mailed with a code of its own, at once unless its buyer chose a moment.
fn issue(recorder: &mut Recorder<'_>, order: &mut GiftCardOrder, at: Instant) -> usize {
    let is_for_buyer = order.recipient.is_none();
    let deliver_at = order.recipient.as_ref().and_then(|recipient| recipient.deliver_at);
    let new = NewCard {
        kind: CardKind::Platform,
        value: order.value,
        buyer: Some(order.buyer),
        holder: is_for_buyer.then_some(order.buyer),
        is_scheduled: !is_for_buyer,
        last_day: order.last_day(deliver_at.unwrap_or(at)),
        batch: None,
        replaces: None,
        source: PaidFor::from(order.id).escrow(),
        refund_of: None,
    };
    let card = recorder.issue(&new, Actor::customer(order.buyer), None, at);
    order.card = Some(recorder.card(card).id);
    order.state = OrderState::Paid;
    if !is_for_buyer && deliver_at.is_none() {
        mail(recorder, order, card, at);
    }
    card
}

/// The moment has come that the buyer chose.
fn deliver(recorder: &mut Recorder<'_>, place: usize, at: Instant) {
    let mut order = recorder.stored.orders[place].order.clone();
    let Some(card) = order.card.and_then(|id| recorder.place_of(id)) else { return };
    if recorder.card(card).state == CardState::Scheduled {
        mail(recorder, &mut order, card, at);
        let life = &mut recorder.stored.orders[place];
        (life.order, life.changed_at) = (order, at);
    }
}

/// The card goes to its recipient with a code of its own.
fn mail(recorder: &mut Recorder<'_>, order: &mut GiftCardOrder, card: usize, at: Instant) {
    recorder.step(card, CardCommand::Deliver, Actor::SYSTEM, None, at);
    recorder.renew_code(card, at);
    order.delivered_at = Some(at);
}

/// The buyer gives a card back that nobody has claimed or used.
fn give_back(recorder: &mut Recorder<'_>, place: usize, at: Instant) {
    let order = recorder.stored.orders[place].order.clone();
    let Some(card) = order.card.and_then(|id| recorder.place_of(id)) else { return };
    let it = recorder.card(card);
    let is_untouched =
        it.balance == it.issued && it.holder.is_none_or(|holder| holder == order.buyer) && !it.is_offered;
    if order.state != OrderState::Paid || it.state != CardState::Active || !is_untouched {
        return;
    }
    let reclaim = CardCommand::Reclaim { to: PaidFor::from(order.id).escrow() };
    if recorder.step(card, reclaim, Actor::customer(order.buyer), None, at).is_none() {
        return;
    }
    let Some(payment) = recorder.stored.orders[place].payment.take() else { return };
    let payment = pay_back(recorder, payment, order.value, RefundReason::CancelledByCustomer, &[], at);
    let life = &mut recorder.stored.orders[place];
    (life.payment, life.order.state, life.changed_at) = (Some(payment), OrderState::Returned, at);
}

/// The bank charges the price back. What is unspent of the bought card is taken back from whoever holds it by now.
fn dispute(recorder: &mut Recorder<'_>, place: usize, at: Instant) {
    let OrderLife { order, payment: Some(payment), .. } = &recorder.stored.orders[place] else { return };
    if order.state != OrderState::Paid {
        return;
    }
    let (value, bought) = (order.value, order.card);
    let Some(case) = open_case(recorder, &payment.clone(), value, at) else { return };
    let life = &mut recorder.stored.orders[place];
    (life.order.state, life.changed_at) = (OrderState::Returned, at);
    let mut missing = value.amount_minor;
    for card in reached(recorder, bought.and_then(|id| recorder.place_of(id))) {
        recorder.step(card, CardCommand::Freeze, Actor::SYSTEM, Some(WHY_CHARGED_BACK), at);
        let amount = Money::new(recorder.card(card).balance.amount_minor.min(missing), value.currency);
        let back = CardCommand::ChargeBack { to: case.receivable(), amount };
        if amount.amount_minor > 0 && recorder.step(card, back, Actor::SYSTEM, Some(WHY_CHARGED_BACK), at).is_some() {
            missing -= amount.amount_minor;
        }
    }
    let found = Money::new(value.amount_minor - missing, value.currency);
    let case = if found.amount_minor > 0 { case.found(found, at) } else { case };
    let number = recorder.stored.chargebacks.len();
    if number % 4 == 3 {
        recorder.later(at + TimeDelta::days(9), Happening::Staff(StaffStep::Close { case: number }));
    }
    if number % 4 == 1 {
        recorder.later(at + TimeDelta::days(12), Happening::Order(place, OrderStep::Win { case: number }));
    }
    recorder.stored.chargebacks.push(case);
}

/// The bank lets the payment stand: what was taken of the cards is on them again, where they still take it.
fn win(recorder: &mut Recorder<'_>, place: usize, number: usize, at: Instant) {
    let case = recorder.stored.chargebacks[number].clone();
    let bought = recorder.stored.orders[place].order.card;
    let cards = reached(recorder, bought.and_then(|id| recorder.place_of(id)));
    if cards.iter().any(|card| recorder.card(*card).has_expired(at)) {
        return;
    }
    recorder.post(at, templates::chargeback_won(&case));
    for card in cards {
        let taken = recorder.stored.cards[card].entries.iter().filter(|entry| entry.kind == EntryKind::Reclaimed);
        let minor: i64 = taken.map(|entry| -entry.change.amount_minor).sum();
        recorder.step(card, CardCommand::Unfreeze, Actor::SYSTEM, Some(WHY_RESTORED), at);
        if minor > 0 {
            let amount = Money::new(minor, case.amount.currency);
            let back = CardCommand::Restore { from: case.receivable(), amount };
            recorder.step(card, back, Actor::SYSTEM, Some(WHY_RESTORED), at);
        }
    }
    recorder.stored.chargebacks[number] = case.won(at).expect("it was not won before");
    let life = &mut recorder.stored.orders[place];
    (life.order.state, life.changed_at) = (OrderState::Paid, at);
}

/// A card, and all cards that its value was sent on as.
fn reached(recorder: &Recorder<'_>, first: Option<usize>) -> Vec<usize> {
    let mut found: Vec<usize> = first.into_iter().collect();
    let mut looked_at = 0;
    while let Some(place) = found.get(looked_at) {
        let id = recorder.card(*place).id;
        let sent = recorder.stored.sent.iter().filter(|transfer| transfer.from == id);
        let next: Vec<usize> = sent.filter_map(|transfer| recorder.place_of(transfer.card)).collect();
        found.extend(next);
        looked_at += 1;
    }
    found
}

fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}
