//! Whatever happens in whatever order, no more is asked for than is due, and nothing goes back twice.

use kernel::{Currency, SeededChance};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::samples::{DUE_MINOR, leg, now, payment, received};
use crate::{Leg, NO_ANSWER, OTHER_AMOUNT, PaymentMethod};

mod outcomes;
mod refunds;

/// What is done to a payment: to which leg, and how much.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A part of what is left, in per cent.
    Open(PaymentMethod, i64),
    Receive(usize, i64),
    /// Exactly what the leg was asked for.
    Capture(usize),
    Fail(usize),
    Void(usize),
    GiveUp,
    /// A part of what is kept, in per cent.
    Refund(i64),
    FinishRefund(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (prop_oneof![Just(PaymentMethod::Card), Just(PaymentMethod::Crypto)], 1..=100_i64)
            .prop_map(|(method, part)| Step::Open(method, part)),
        (0..6_usize, 1..1_500_i64).prop_map(|(leg, amount)| Step::Receive(leg, amount)),
        (0..6_usize).prop_map(Step::Capture),
        (0..6_usize).prop_map(Step::Fail),
        (0..6_usize).prop_map(Step::Void),
        Just(Step::GiveUp),
        (1..=100_i64).prop_map(Step::Refund),
        (0..6_usize).prop_map(Step::FinishRefund),
    ];
    proptest::collection::vec(step, 1..40)
}

fn take(changes: &mut PaymentChanges, chance: &SeededChance, count: usize, step: Step) {
    let leg_at = |changes: &PaymentChanges, index: usize| changes.payment.legs.get(index).cloned();
    let mut update = |index: usize, update: &dyn Fn(&Leg) -> LegUpdate| {
        let Some(leg) = leg_at(changes, index) else { return };
        let update = update(&leg);
        changes.record_result(chance, now(), leg.id, None, update, true).expect("it is a leg of this payment");
    };
    match step {
        Step::Open(method, part) => {
            if let Ok(share) = changes.payment.next_share(None) {
                let share_minor = (share.amount_minor * part / 100).max(1);
                changes.payment.legs.push(leg(changes.payment.legs.len(), method, share_minor));
            }
        }
        Step::Receive(index, amount_minor) => update(index, &|_| received(&format!("event {count}"), amount_minor)),
        Step::Capture(index) => update(index, &|leg| received(&format!("event {count}"), leg.share.amount_minor)),
        Step::Fail(index) => update(index, &|_| LegUpdate::Failed { code: NO_ANSWER.to_owned() }),
        Step::Void(index) => update(index, &|_| LegUpdate::Void),
        Step::GiveUp => changes.give_up_open(now()),
        Step::Refund(part) => {
            let amount_minor = changes.payment.kept_minor() * part / 100;
            if amount_minor > 0 {
                let amount = Money::new(amount_minor, Currency::Usd);
                changes.owe_refund(chance, now(), amount, RefundReason::Staff, &[]).expect("so much is kept");
            }
        }
        Step::FinishRefund(index) => {
            if let Some(refund) = changes.payment.refunds.get(index).map(|refund| refund.id) {
                changes.finish_refund(refund).expect("it is a refund of this payment");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_order_of_things_reserves_more_than_is_due(steps in steps()) {
        let chance = SeededChance::new(7);
        let mut changes = PaymentChanges::of(payment());
        for (count, step) in steps.into_iter().enumerate() {
            take(&mut changes, &chance, count, step);
            let payment = &changes.payment;
            prop_assert!(payment.reserved_minor() <= DUE_MINOR, "{step:?} reserves {}", payment.reserved_minor());
            prop_assert!(payment.kept_minor() >= 0, "{step:?}");
            for leg in &payment.legs {
                prop_assert!(leg.refunded_minor <= leg.captured_minor && leg.surplus_minor <= leg.captured_minor);
                prop_assert!(leg.applied_minor() <= leg.share.amount_minor);
                let sum: i64 = payment.receipts.iter().filter(|one| one.leg == leg.id).map(|one| one.amount.amount_minor).sum();
                prop_assert_eq!(sum, leg.captured_minor);
            }
            let owed: i64 = payment.refunds.iter().filter(|one| one.is_surplus).map(|one| one.amount.amount_minor).sum();
            let surplus: i64 = payment.legs.iter().map(|leg| leg.surplus_minor).sum();
            prop_assert_eq!(owed, surplus, "what pays for nothing is owed back");
        }
    }
}

fn with_legs(legs: Vec<Leg>) -> PaymentChanges {
    PaymentChanges::of(Payment { legs, ..payment() })
}

#[test]
fn another_amount_of_a_card_pays_nothing() {
    let chance = SeededChance::new(1);
    for amount_minor in [100, 1_001] {
        let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
        let id = changes.payment.legs[0].id;
        assert!(!changes.record_result(&chance, now(), id, None, received("one", amount_minor), true).unwrap());
        let leg = &changes.payment.legs[0];
        assert_eq!((leg.state, leg.failure_code.as_deref()), (LegState::Failed, Some(OTHER_AMOUNT)));
        assert_eq!((leg.captured_minor, leg.surplus_minor), (amount_minor, amount_minor));
        assert_eq!(changes.payment.refunds[0].reason, RefundReason::OtherAmount);
        assert_eq!(changes.payment.next_share(None).unwrap().amount_minor, DUE_MINOR);
        assert_eq!(changes.transfers.len(), 1, "nothing taken is outside of the books");
    }
}

#[test]
fn coins_count_in_parts_and_only_up_to_what_is_due() {
    let chance = SeededChance::new(1);
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Crypto, DUE_MINOR)]);
    let id = changes.payment.legs[0].id;
    assert!(changes.record_result(&chance, now(), id, None, received("one", 400), true).unwrap());
    assert_eq!((changes.payment.legs[0].state, changes.payment.uncovered_minor()), (LegState::Processing, 600));
    assert!(changes.record_result(&chance, now(), id, None, received("two", 700), true).unwrap());
    let leg = &changes.payment.legs[0];
    assert_eq!((leg.state, leg.surplus_minor, changes.payment.uncovered_minor()), (LegState::Captured, 100, 0));
}

#[test]
fn a_charge_that_captured_its_leg_is_known_without_a_receipt() {
    let chance = SeededChance::new(1);
    let captured = Leg {
        state: LegState::Captured,
        provider_ref: Some("one".to_owned()),
        captured_minor: DUE_MINOR,
        ..leg(0, PaymentMethod::Card, DUE_MINOR)
    };
    let mut changes = with_legs(vec![captured]);
    let id = changes.payment.legs[0].id;
    changes.record_result(&chance, now(), id, None, received("one", DUE_MINOR), false).unwrap();
    assert_eq!((changes.receipts.len(), changes.owed.len(), changes.payment.kept_minor()), (0, 0, DUE_MINOR));
    changes.record_result(&chance, now(), id, None, received("two", DUE_MINOR), false).unwrap();
    assert_eq!((changes.receipts.len(), changes.owed.len()), (1, 1), "another charge is another");
}

#[test]
fn coins_of_another_currency_do_not_complete_a_leg() {
    let chance = SeededChance::new(1);
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Crypto, DUE_MINOR)]);
    let id = changes.payment.legs[0].id;
    let amount = Money::new(DUE_MINOR, Currency::Eur);
    let update = LegUpdate::Received { event: "one".to_owned(), amount };
    assert!(!changes.record_result(&chance, now(), id, None, update, true).unwrap());
    assert_eq!((changes.payment.legs[0].state, changes.payment.uncovered_minor()), (LegState::Processing, DUE_MINOR));
    assert_eq!(changes.payment.refunds[0].amount, amount);
}

#[test]
fn a_card_s_transfer_is_named_by_its_leg_and_a_part_s_by_its_receipt() {
    let chance = SeededChance::new(1);
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, 600), leg(1, PaymentMethod::Crypto, 400)]);
    let ids: Vec<LegId> = changes.payment.legs.iter().map(|leg| leg.id).collect();
    for (leg, event, amount_minor) in [(ids[0], "one", 600), (ids[1], "two", 100), (ids[1], "three", 300)] {
        changes.record_result(&chance, now(), leg, None, received(event, amount_minor), true).unwrap();
    }
    let named: Vec<Uuid> = changes.transfers.iter().map(Transfer::id).collect();
    let by = [ids[0].0, changes.receipts[1].id, changes.receipts[2].id];
    assert_eq!(named, by.map(|id| ledger::transfer_id("card_captured", id)));
}

#[test]
fn who_pays_first_makes_the_others_needless() {
    let chance = SeededChance::new(1);
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Crypto, 600), leg(1, PaymentMethod::Card, 400)]);
    let ids: Vec<LegId> = changes.payment.legs.iter().map(|leg| leg.id).collect();
    changes.record_result(&chance, now(), ids[0], None, received("one", 600), true).unwrap();
    assert!(changes.given_up().is_empty(), "the rest is still missing");
    changes.settle(now());
    assert_eq!(changes.given_up(), [ids[1]]);
    // What comes all the same goes back.
    changes.record_result(&chance, now(), ids[1], None, received("two", 400), false).unwrap();
    assert_eq!((changes.payment.kept_minor(), changes.payment.refunds[0].reason), (600, RefundReason::PaidTwice));
}

#[test]
fn a_refund_goes_back_the_way_the_money_came_last_first() {
    let paid = |number, captured_minor, refunded_minor| Leg {
        captured_minor,
        refunded_minor,
        ..leg(number, PaymentMethod::Card, captured_minor)
    };
    let legs = [paid(1, 100, 0), paid(2, 50, 20)];
    let ids: Vec<(LegId, i64)> = split_refund(&legs, 90);
    assert_eq!(ids, [(legs[1].id, 30), (legs[0].id, 60)]);
    assert_eq!(split_refund(&legs, 1_000).iter().map(|(_, part)| part).sum::<i64>(), 130);
    assert!(split_refund(&legs, 0).is_empty());
}
