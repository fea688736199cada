//! What staff do: stop batches, grant refunds beyond the policy, close cases of chargebacks. And purchases that go wrong.

use chrono::TimeDelta;
use gift_cards::{CardCommand, CardDesign};
use kernel::{Actor, ActorKind, Currency, Instant, Money, PersonId};
use payments::{PaymentChanges, RefundDecision, RefundRequest, templates};

use super::awards;
use super::happening::{CardStep, Happening, OrderStep, Purchase, SentEnd, StaffStep};
use super::recorder::Recorder;
use super::returns::finish;
use crate::case::Case;
use crate::dice::Dice;
use crate::generate::World;

/// Why refunds beyond the policy are asked for.
const REASONS: [&str; 4] = [
    "The call broke off twice, and nobody could mend it",
    "The evening began an hour late",
    "A death in the family, two days after the cut-off",
    "The name in the video was wrong",
];

/// The administrator, as an actor.
pub fn admin(world: &World) -> Actor {
    Actor { kind: ActorKind::Staff, id: Some(PersonId(world.crowd.others[2].id)) }
}

fn support(world: &World) -> PersonId {
    PersonId(world.crowd.others[1].id)
}

/// Plans purchases that were never paid, never claimed, given back, disputed, or forgotten until they ended.
pub fn plan(recorder: &mut Recorder<'_>) {
    let count = recorder.world.deals.len() / 250;
    for index in 0..count.max(3) {
        let mut dice = Dice::new(recorder.world.seed, "purchase", index as u64);
        let days =
            |dice: &mut Dice, from: i64, until: i64| TimeDelta::minutes(dice.between(from * 1_440, until * 1_440));
        let ago = days(&mut dice, 1, 600);
        buy(recorder, &mut dice, ago, false, vec![], vec![]);
        let ago = days(&mut dice, 1, 300);
        buy(recorder, &mut dice, ago, true, vec![], vec![]);
        let ago = days(&mut dice, 20, 500);
        let back = days(&mut dice, 1, 9);
        buy(recorder, &mut dice, ago, true, vec![], vec![(back, OrderStep::Return)]);
        // Cards of that time in euros and pounds have ended after a year.
        let (ago, claim) = (days(&mut dice, 380, 600), days(&mut dice, 1, 20));
        let holder = recorder.customer(recorder.there_by(recorder.world.now - ago, 1 + index as u32 * 7));
        let claimed = vec![(claim, CardStep::Claim { by: PersonId(holder.id) })];
        buy(recorder, &mut dice, ago, true, claimed, vec![]);
        if index < 3 || index % 5 == 0 {
            disputed(recorder, &mut dice, index);
        }
    }
}

/// A card that was bought with a stolen bank card: not claimed yet, claimed and turned into credit in part, or sent on.
fn disputed(recorder: &mut Recorder<'_>, dice: &mut Dice, index: usize) {
    let ago = TimeDelta::minutes(dice.between(50 * 1_440, 110 * 1_440));
    let there = |from: usize| recorder.there_by(recorder.world.now - ago, from as u32);
    let (holder, friend) = (there(index + 1), there(index + 20));
    let claimed = (TimeDelta::days(4), CardStep::Claim { by: PersonId(recorder.customer(holder).id) });
    let then = |step| (TimeDelta::days(5), step);
    let steps = match index % 3 {
        0 => vec![claimed, then(CardStep::Redeem { permille: 600 })],
        1 => vec![],
        _ => vec![claimed, then(CardStep::Send { to: friend, end: SentEnd::Claimed })],
    };
    buy(recorder, dice, ago, true, steps, vec![(TimeDelta::days(30), OrderStep::Dispute)]);
}

fn buy(
    recorder: &mut Recorder<'_>,
    dice: &mut Dice,
    ago: TimeDelta,
    is_paid: bool,
    card_steps: Vec<(TimeDelta, CardStep)>,
    order_steps: Vec<(TimeDelta, OrderStep)>,
) {
    let customers = recorder.world.crowd.customers.len() as i64;
    let at = recorder.world.now - ago;
    let joined = |index: &u32| recorder.customer(*index).joined < at;
    let mut draw = || dice.between(1, customers) as u32;
    // Somebody who was there already; the demo customer, who was there from the start, buys what nobody else could.
    let buyer = (0..20).map(|_| draw()).find(joined).unwrap_or(0);
    let to = draw();
    let currency = [Currency::Usd, Currency::Eur, Currency::Gbp][dice.weighted(&[2, 5, 3])];
    let value = Money::new(dice.between(4, 41) * 500, currency);
    let design = CardDesign::ALL[dice.index(CardDesign::ALL.len())];
    let purchase =
        Purchase { buyer, to: Some(to), value, design, deliver_after: None, is_paid, card_steps, order_steps };
    recorder.later(at, Happening::Ordered(Box::new(purchase)));
}

/// Lets a step happen.
pub fn step(recorder: &mut Recorder<'_>, step: StaffStep, at: Instant) {
    match step {
        StaffStep::Stop { name } => stop(recorder, name, at),
        StaffStep::Ask { deal } => ask(recorder, deal, at),
        StaffStep::Approve { request, deal } => approve(recorder, request, deal, at),
        StaffStep::Decline { request } => decide(recorder, request, RefundDecision::Decline, at),
        StaffStep::Close { case } => close(recorder, case, at),
    }
}

fn stop(recorder: &mut Recorder<'_>, name: &str, at: Instant) {
    let Some(batch) = recorder.stored.batches.iter().find(|one| one.batch.name == name).map(|one| one.id) else {
        return;
    };
    let by = admin(recorder.world);
    for place in 0..recorder.stored.cards.len() {
        if recorder.card(place).batch == Some(batch) {
            recorder.step(place, CardCommand::Freeze, by, Some("Its codes were found on a notice board"), at);
        }
    }
}

/// Support asks. What is young is still open; of the rest the administrator has approved most.
fn ask(recorder: &mut Recorder<'_>, deal: u64, at: Instant) {
    let Some(payment) = recorder.stored.payments.get(&deal) else { return };
    let mut dice = Dice::new(recorder.world.seed, "granted", deal);
    let amount = payment.kept_minor() * [100, 50, 30, 20][dice.index(4)] / 100;
    let reason = dice.pick(&REASONS);
    let by = support(recorder.world);
    let asked = RefundRequest::new(payment, &recorder.chance, at, amount, reason, by);
    let Ok(asked) = asked else { return };
    let request = recorder.stored.requests.len();
    recorder.stored.requests.push(asked);
    let next = match dice.weighted(&[70, 30]) {
        0 => StaffStep::Approve { request, deal },
        _ => StaffStep::Decline { request },
    };
    let is_young = recorder.world.now - at < TimeDelta::days(9);
    let is_left_open = is_young && Case::of(recorder.world, deal).deal.customer == 0;
    if !is_left_open {
        recorder.later(at + TimeDelta::minutes(dice.between(30, 2_400)), Happening::Staff(next));
    }
}

fn approve(recorder: &mut Recorder<'_>, request: usize, deal: u64, at: Instant) {
    decide(recorder, request, RefundDecision::Approve, at);
    let by = admin(recorder.world).id.expect("somebody of our staff");
    let Some(payment) = recorder.stored.payments.remove(&deal) else { return };
    let mut changes = PaymentChanges::of(payment);
    let approved = recorder.stored.requests[request].clone();
    let nothing = Money::new(0, approved.amount.currency);
    changes.grant(&recorder.chance, at, &approved, nothing, by).expect("no more than was paid");
    let payment = finish(recorder, changes, at);
    recorder.stored.payments.insert(deal, payment);
    recorder.stored.granted.insert(deal, at);
    let case = Case::of(recorder.world, deal);
    awards::take_back(recorder, &case, at);
}

fn decide(recorder: &mut Recorder<'_>, request: usize, decision: RefundDecision, at: Instant) {
    let by = admin(recorder.world).id.expect("somebody of our staff");
    let open = recorder.stored.requests[request].clone();
    recorder.stored.requests[request] = open.decided(decision, by, at).expect("another one decides once");
}

fn close(recorder: &mut Recorder<'_>, case: usize, at: Instant) {
    let by = admin(recorder.world).id.expect("somebody of our staff");
    let open = recorder.stored.chargebacks[case].clone();
    let Ok(closed) = open.closed("The bank would not hear us", by, at) else { return };
    recorder.post(at, templates::chargeback_written_off(&closed));
    recorder.stored.chargebacks[case] = closed;
}
