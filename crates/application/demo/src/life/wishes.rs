//! Which bookings stored value has a part in, and where that value comes from.

use bookings::{CancelledBy, Status};
use chrono::{Datelike as _, TimeDelta};
use gift_cards::CardDesign;
use kernel::{Instant, Money, PersonId};

use super::happening::{CardStep, DealStep, Happening, Purchase, SentEnd};
use super::recorder::Recorder;
use crate::case::Case;
use crate::dice::Dice;

/// The steps of amounts on bought cards, and what one holds at least and at most; as the rules of these currencies have it.
const STEP_MINOR: i64 = 500;
const BOUGHT_MINOR: std::ops::RangeInclusive<i64> = 1_000..=200_000;

/// What goodwill cards hold.
pub const GOODWILL_MINOR: i64 = 2_500;

/// What a booking is to be paid with, as far as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A gift card pays all of it.
    GiftCard,
    /// A gift card, and the rest by bank card.
    GiftCardAndCard,
    /// A gift card, credit, and the rest by bank card.
    Three,
    /// Credit, and the rest by bank card.
    CreditAndCard,
}

/// Plans the payments of all bookings.
pub fn plan(recorder: &mut Recorder<'_>) {
    let mut shapes = [Shape::Three, Shape::GiftCard, Shape::GiftCardAndCard, Shape::CreditAndCard].into_iter().cycle();
    for case in Case::all(recorder.world) {
        let mut dice = Dice::new(recorder.world.seed, "wish", case.index);
        let may_apply = case.deal.course.confirmed.is_some() || case.deal.course.status == Status::AwaitingPayment;
        let is_demo_customer = case.deal.customer == 0;
        let shape = match is_demo_customer {
            true => shapes.next(),
            false => drawn(&mut dice),
        };
        if let Some(shape) = shape.filter(|_| may_apply) {
            wish(recorder, &case, shape, &mut dice);
        }
        let lapses = case.deal.course.status == Status::Expired && case.has_intent();
        if (may_apply || lapses) && (is_demo_customer || dice.permille(if lapses { 500 } else { 350 })) {
            live_through(recorder, &case);
        }
        if is_recorded(&case) {
            live_through(recorder, &case);
        }
        if let Some(completed) = case.deal.course.completed {
            recorder.later(completed, Happening::Deal(case.index, DealStep::Complete));
        }
    }
}

fn drawn(dice: &mut Dice) -> Option<Shape> {
    let all = [Shape::GiftCard, Shape::GiftCardAndCard, Shape::Three, Shape::CreditAndCard];
    dice.permille(70).then(|| all[dice.weighted(&[25, 45, 18, 12])])
}

/// Lets the payment of a booking run through the rules of the domains, once.
pub fn live_through(recorder: &mut Recorder<'_>, case: &Case<'_>) {
    if !recorder.lived.insert(case.index) {
        return;
    }
    let course = &case.deal.course;
    let mut step = |at, step| recorder.later(at, Happening::Deal(case.index, step));
    step(apply_at(case), DealStep::Apply);
    if let Some(confirmed) = course.confirmed {
        step(confirmed, DealStep::Pay);
        if is_disputed(case) {
            step(confirmed + TimeDelta::days(18) + TimeDelta::minutes(35), DealStep::Dispute);
        }
        if let Some(at) = case.settled_at().filter(|_| case.amounts().refunded > 0) {
            step(at, DealStep::GiveBack);
        }
    } else if let Some((ended, _)) = course.ended {
        step(ended, DealStep::Lapse);
    }
}

/// Whether the payment has a history of its own even where a bank card pays all.
pub fn is_recorded(case: &Case<'_>) -> bool {
    keeps_refund(case) || asked_at(case).is_some() || is_disputed(case)
}

/// Whether the customer wants their refund as credit.
pub fn keeps_refund(case: &Case<'_>) -> bool {
    let course = &case.deal.course;
    let is_theirs = course.ended.is_some_and(|(_, by)| by == CancelledBy::Customer) && course.confirmed.is_some();
    let wants = case.deal.customer == 0 || Dice::new(case.world.seed, "kept", case.index).permille(300);
    course.status == Status::Cancelled && is_theirs && wants && case.amounts().refunded > 0
}

/// When staff ask for a refund beyond the policy, if they do.
pub fn asked_at(case: &Case<'_>) -> Option<Instant> {
    let completed = case.deal.course.completed?;
    let mut dice = Dice::new(case.world.seed, "asked", case.index);
    let is_recent = case.world.now - completed < TimeDelta::days(9);
    let is_asked = dice.permille(9) || (is_recent && matches!(case.deal.customer, 0 | 11));
    let at = completed + TimeDelta::minutes(dice.between(600, 4_000));
    (is_asked && !is_disputed(case)).then_some(at)
}

/// Whether the payer goes to their bank, although the booking was completed.
fn is_disputed(case: &Case<'_>) -> bool {
    let is_completed = case.deal.course.status == Status::Completed;
    is_completed && (case.deal.customer == 3 || Dice::new(case.world.seed, "disputed", case.index).permille(2))
}

/// When the customer applies what they have: between the moment when they may pay and when they have paid.
pub fn apply_at(case: &Case<'_>) -> Instant {
    let asked = case.asked_at();
    let paid = case.deal.course.confirmed.or(case.deal.course.ended.map(|(at, _)| at)).unwrap_or(case.world.now);
    asked + (paid - asked) / 2
}

/// Schedules what gives the customer the means to pay as `shape` says, in time for the payment; nothing if there is too little time.
fn wish(recorder: &mut Recorder<'_>, case: &Case<'_>, shape: Shape, dice: &mut Dice) {
    let (total, applies) = (case.amounts().total, apply_at(case));
    let joined = recorder.customer(case.deal.customer).joined;
    let from =
        (case.deal.course.placed - TimeDelta::minutes(dice.between(200, 43_000))).max(joined + TimeDelta::hours(1));
    let time = applies - from;
    if time < TimeDelta::minutes(20) {
        return;
    }
    let part = rounded(total * dice.between(250, 500) / 1_000);
    let value = match shape {
        Shape::GiftCard if BOUGHT_MINOR.contains(&rounded(total + STEP_MINOR - 1)) => {
            Some(rounded(total + STEP_MINOR - 1))
        }
        Shape::CreditAndCard => None,
        _ => Some(part.clamp(*BOUGHT_MINOR.start(), *BOUGHT_MINOR.end())),
    };
    if let Some(value) = value {
        let purchase = purchase(recorder, case.deal.customer, case.money(value), from, time / 2, dice);
        recorder.later(from, Happening::Ordered(Box::new(purchase)));
    }
    if matches!(shape, Shape::Three | Shape::CreditAndCard) {
        let customer = PersonId(case.customer_id());
        let claim = (from + time / 3, CardStep::Claim { by: customer });
        let redeem = (from + time / 2, CardStep::Redeem { permille: if dice.permille(700) { 1_000 } else { 400 } });
        let month = (claim.0.year(), claim.0.month(), case.currency());
        recorder.goodwill.entry(month).or_default().push(vec![claim, redeem]);
    }
    live_through(recorder, case);
}

/// A card for a customer, bought by themselves or by somebody else whose gift they claim within `time`.
fn purchase(
    recorder: &Recorder<'_>,
    customer: u32,
    value: Money,
    at: Instant,
    time: TimeDelta,
    dice: &mut Dice,
) -> Purchase {
    let giver = (0..8).map(|_| dice.index(recorder.world.crowd.customers.len()) as u32);
    let giver = giver.into_iter().find(|giver| *giver != customer && recorder.customer(*giver).joined < at);
    let (buyer, to) = match giver {
        Some(giver) if dice.permille(600) => (giver, Some(customer)),
        _ => (customer, None),
    };
    let by = PersonId(recorder.customer(customer).id);
    let mut card_steps = vec![];
    if to.is_some() {
        card_steps.push((time.min(TimeDelta::minutes(dice.between(15, 4_000))), CardStep::Claim { by }));
    }
    let friend = giver.unwrap_or_else(|| recorder.there_by(at, customer + 1));
    // Long afterwards, when the booking is paid: what is left is sent on, or staff stop the card for some days.
    let after = time * 3 + TimeDelta::days(dice.between(2, 30));
    match dice.weighted(&[850, 60, 25, 12, 6, 12]) {
        1 => card_steps.push((after, CardStep::Send { to: friend, end: SentEnd::Claimed })),
        2 => card_steps.push((after, CardStep::Send { to: friend, end: SentEnd::TakenBack })),
        3 => card_steps.push((after, CardStep::Send { to: friend, end: SentEnd::Open })),
        4 => card_steps.push((after, CardStep::Freeze)),
        5 => {
            card_steps.push((after, CardStep::Freeze));
            card_steps.push((after + TimeDelta::days(3), CardStep::Unfreeze));
        }
        _ => {}
    }
    let design = CardDesign::ALL[dice.index(CardDesign::ALL.len())];
    Purchase { buyer, to, value, design, deliver_after: None, is_paid: true, card_steps, order_steps: vec![] }
}

const fn rounded(minor: i64) -> i64 {
    minor / STEP_MINOR * STEP_MINOR
}
