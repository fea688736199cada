//! Paying for bookings with cards, credit and the bank card, and what becomes of that.

use cards::SandboxCards;
use chrono::TimeDelta;
use gift_cards::{CardCommand, CreditCommand};
use kernel::{Actor, Instant, LegId};
use payments::{LegUpdate, Payment, PaymentChanges, PaymentMethod};

use super::awards;
use super::cases::open_case;
use super::happening::{DealStep, Happening, StaffStep};
use super::legs::{charge, new_leg, sandbox_ref, share_of};
use super::recorder::Recorder;
use super::returns::{kept_legs, pay_back};
use super::rules::card_of;
use super::wishes;
use crate::case::Case;
use crate::dice::Dice;

/// What legs of stored value store as their provider.
const GIFT_CARDS: &str = "gift_cards";
const CREDIT: &str = "credit";

/// Lets a step happen.
pub fn step(recorder: &mut Recorder<'_>, deal: u64, step: DealStep, at: Instant) {
    let case = Case::of(recorder.world, deal);
    match step {
        DealStep::Apply => apply(recorder, &case, at),
        DealStep::Pay => pay(recorder, &case, at),
        DealStep::Lapse => lapse(recorder, &case, at),
        DealStep::GiveBack => give_back(recorder, &case, at),
        DealStep::Complete => complete(recorder, &case, at),
        DealStep::Dispute => dispute(recorder, &case, at),
    }
}

/// The customer sets aside what they have, if anything.
fn apply(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    let mut dice = Dice::new(recorder.world.seed, "tender", case.index);
    let intent = case.intent();
    let (payer, currency) = (intent.customer, case.currency());
    let mut left = intent.due.amount_minor;
    let mut payment = Payment::new(intent);
    let cards_max = match dice.permille(300) {
        // A customer who keeps the refund as credit pays with all cards, so that bought ones, which come last, are among them.
        _ if wishes::keeps_refund(case) => usize::MAX,
        true => 2,
        false => 1,
    };
    for place in recorder.spendable(payer, currency, at).into_iter().take(cards_max) {
        let card = recorder.card(place).clone();
        let share = case.money(share_of(left, card.balance.amount_minor));
        let leg = LegId::new(&recorder.chance, at);
        let hold = CardCommand::Hold { leg, amount: share };
        if share.amount_minor > 0 && recorder.step(place, hold, Actor::customer(payer), None, at).is_some() {
            let stored = Some(card.id.to_string());
            payment.legs.push(new_leg(&payment, leg, PaymentMethod::GiftCard, GIFT_CARDS, share, stored, at));
            left -= share.amount_minor;
        }
    }
    let share = case.money(share_of(left, recorder.credit_of(payer, currency)));
    if share.amount_minor > 0 && dice.permille(900) {
        let leg = LegId::new(&recorder.chance, at);
        recorder.move_credit(payer, leg, share, CreditCommand::Hold, at);
        payment.legs.push(new_leg(&payment, leg, PaymentMethod::Credit, CREDIT, share, None, at));
    }
    if !payment.legs.is_empty() {
        recorder.stored.payments.insert(case.index, payment);
    }
}

/// Everything is taken together: the bank card last, where it pays anything.
fn pay(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    let fresh = || Payment::new(case.intent());
    let applied = recorder.stored.payments.remove(&case.index);
    let Some(mut payment) = applied.or_else(|| wishes::is_recorded(case).then(fresh)) else { return };
    let missing = case.money(payment.missing_minor());
    let leg = case.card_leg();
    let is_captured_later = !payment.legs.is_empty();
    if missing.amount_minor > 0 {
        let begun = at - TimeDelta::seconds(9);
        payment.legs.push(new_leg(&payment, leg, PaymentMethod::Card, SandboxCards::NAME, missing, None, begun));
    }
    let mut changes = PaymentChanges::of(payment);
    if missing.amount_minor > 0 {
        if is_captured_later {
            let reference = Some(sandbox_ref(leg));
            changes
                .record_result(&recorder.chance, at, leg, reference, LegUpdate::Held, true)
                .expect("it has this leg");
        }
        charge(&mut changes, &recorder.chance, leg, missing, at);
    }
    let taken = changes.take_held(&recorder.chance, at).expect("it has these legs");
    changes.settle(at);
    let (payment, transfers) = changes.into_parts();
    recorder.post(at, transfers);
    for leg in &taken {
        let to = payment.intent.paid_for.escrow();
        match card_of(leg).and_then(|id| recorder.place_of(id)) {
            Some(place) => {
                let spend = CardCommand::Spend { leg: leg.id, amount: leg.share, to };
                recorder.step(place, spend, Actor::SYSTEM, None, at).expect("what is set aside can be taken");
            }
            None => {
                recorder.move_credit(payment.intent.customer, leg.id, leg.share, CreditCommand::Spend { to }, at);
            }
        }
    }
    recorder.stored.payments.insert(case.index, payment);
}

/// What was set aside goes back.
fn lapse(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    let Some(payment) = recorder.stored.payments.remove(&case.index) else { return };
    let mut changes = PaymentChanges::of(payment);
    changes.close_unpaid(at);
    let released = changes.release_held().expect("it has these legs");
    let payment = changes.into_payment();
    for leg in released {
        match card_of(&leg).and_then(|id| recorder.place_of(id)) {
            Some(place) => {
                let release = CardCommand::Release { leg: leg.id, amount: leg.share };
                recorder.step(place, release, Actor::SYSTEM, None, at).expect("what is set aside can go back");
                awards::take_owed(recorder, place, at);
            }
            None => recorder.move_credit(payment.intent.customer, leg.id, leg.share, CreditCommand::Release, at),
        }
    }
    recorder.stored.payments.insert(case.index, payment);
}

fn give_back(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    let Some(payment) = recorder.stored.payments.remove(&case.index) else { return };
    let kept = if wishes::keeps_refund(case) { kept_legs(recorder, &payment, at) } else { vec![] };
    let amount = case.money(case.amounts().refunded);
    let payment = pay_back(recorder, payment, amount, case.refund_reason(), &kept, at);
    recorder.stored.payments.insert(case.index, payment);
}

/// A completed booking earns something, and may be given a refund beyond the policy.
fn complete(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    awards::award(recorder, case, at);
    if let Some(asked_at) = wishes::asked_at(case) {
        recorder.later(asked_at, Happening::Staff(StaffStep::Ask { deal: case.index }));
    }
}

/// The bank charges back what its card paid. The celebrity keeps their share.
fn dispute(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    let Some(payment) = recorder.stored.payments.get(&case.index).cloned() else { return };
    let Some(leg) = payment.legs.iter().find(|leg| leg.method == PaymentMethod::Card) else { return };
    let amount = case.money(leg.kept_minor());
    let number = recorder.stored.chargebacks.len();
    if amount.amount_minor > 0
        && let Some(case) = open_case(recorder, &payment, amount, at)
    {
        recorder.stored.chargebacks.push(case);
        if number % 2 == 1 {
            recorder.later(at + TimeDelta::days(12), Happening::Staff(StaffStep::Close { case: number }));
        }
    }
}
