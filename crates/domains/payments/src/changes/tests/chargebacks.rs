//! What a bank took back, and what of it was owed to whoever paid.

use kernel::ChargebackId;

use super::*;
use crate::{ChargebackState, LegChargeback, PaidFor};

/// Stored value of 400 and a bank card of 600, captured and settled.
fn paid() -> PaymentChanges {
    let captured =
        |number, method, minor| Leg { state: LegState::Captured, captured_minor: minor, ..leg(number, method, minor) };
    let mut changes = with_legs(vec![captured(0, PaymentMethod::GiftCard, 400), captured(1, PaymentMethod::Card, 600)]);
    changes.payment.intent.state = IntentState::Settled;
    changes
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

/// The number of a dispute makes its id.
fn dispute(changes: &PaymentChanges, number: u128, minor: i64) -> LegChargeback {
    LegChargeback {
        id: ChargebackId(Uuid::from_u128(number)),
        leg: changes.payment.legs[1].id,
        amount: usd(minor),
        taken_back_minor: 0,
        state: ChargebackState::Open,
        is_won: false,
    }
}

fn charge_back(changes: &mut PaymentChanges, number: u128, minor: i64) {
    let chargeback = dispute(changes, number, minor);
    changes.charge_back(&SeededChance::new(9), now(), chargeback).unwrap();
}

fn owe(changes: &mut PaymentChanges, minor: i64, kept: &[LegId]) {
    let chance = SeededChance::new(minor.unsigned_abs());
    changes.owe_refund(&chance, now(), usd(minor), RefundReason::CancelledByCustomer, kept).unwrap();
}

/// The refunds of a payment: of which leg, how much, in what state, as credit, and for a chargeback.
fn refunds(changes: &PaymentChanges) -> Vec<(usize, i64, &'static str, bool, bool)> {
    let place = |id| changes.payment.legs.iter().position(|leg| leg.id == id).expect("a leg");
    let all = changes.payment.refunds.iter();
    all.map(|one| (place(one.leg), one.amount.amount_minor, word(one.state), one.is_kept, one.covers.is_some()))
        .collect()
}

const fn word(state: RefundState) -> &'static str {
    match state {
        RefundState::Pending => "pending",
        RefundState::Succeeded => "paid",
        RefundState::Failed => "stopped",
    }
}

fn finish_all(changes: &mut PaymentChanges) -> Option<FinishedRefund> {
    let pending = changes.payment.refunds.iter().filter(|one| one.state == RefundState::Pending);
    let ids: Vec<RefundId> = pending.map(|one| one.id).collect();
    ids.into_iter().map(|id| changes.finish_refund(id).unwrap()).last().flatten()
}

/// What was posted, by template.
fn posted(changes: &PaymentChanges) -> Vec<(&'static str, i64)> {
    let first = |one: &Transfer| (one.template(), one.postings()[0].amount.amount_minor);
    changes.transfers.iter().map(first).collect()
}

#[test]
fn what_the_payer_has_from_their_bank_is_not_paid_to_them_again() {
    let mut changes = paid();
    charge_back(&mut changes, 1, 600);
    assert_eq!(changes.payment().refundable_minor(), 400);
    owe(&mut changes, 1_000, &[]);
    assert_eq!(refunds(&changes), [(1, 600, "pending", false, true), (0, 400, "pending", false, false)]);
    assert_eq!(finish_all(&mut changes), Some(FinishedRefund { all_arrived: true, partly: false }));
    // What stored value gets back is posted by whoever knows where it goes.
    assert_eq!(posted(&changes), [("chargeback_covered", 600)]);
    let [case] = changes.payment().chargebacks[..] else { panic!("one dispute") };
    assert_eq!((case.taken_back_minor, changes.payment().missing_of(&case)), (600, 0));
    assert_eq!(changes.payment().intent.state, IntentState::Refunded);
}

#[test]
fn of_a_part_of_the_price_the_bank_s_part_counts_first() {
    for (owed, expected) in [
        (500, vec![(1, 500, "pending", false, true)]),
        (600, vec![(1, 600, "pending", false, true)]),
        (700, vec![(1, 600, "pending", false, true), (0, 100, "pending", false, false)]),
    ] {
        let mut changes = paid();
        charge_back(&mut changes, 1, 600);
        owe(&mut changes, owed, &[]);
        assert_eq!(refunds(&changes), expected, "{owed}");
    }
    // Half of the leg was disputed, in two disputes.
    let mut changes = paid();
    charge_back(&mut changes, 1, 200);
    charge_back(&mut changes, 2, 100);
    let kept = changes.payment.legs[1].id;
    owe(&mut changes, 1_000, &[kept]);
    let parts = [
        (1, 200, "pending", false, true),
        (1, 100, "pending", false, true),
        (1, 300, "pending", true, false),
        (0, 400, "pending", false, false),
    ];
    assert_eq!(refunds(&changes), parts);
}

#[test]
fn what_was_found_in_credit_is_missing_no_more() {
    let mut changes = paid();
    let kept = changes.payment.legs[1].id;
    owe(&mut changes, 200, &[kept]);
    finish_all(&mut changes);
    charge_back(&mut changes, 1, 500);
    assert_eq!(changes.payment().refundable_minor(), 400, "the bank has more than is left");
    changes.payment.chargebacks[0].taken_back_minor = 200;
    assert_eq!(changes.payment().refundable_minor(), 500);
    owe(&mut changes, 400, &[]);
    let parts = [(1, 200, "paid", true, false), (1, 300, "pending", false, true), (1, 100, "pending", false, false)];
    assert_eq!(refunds(&changes), parts);
}

#[test]
fn a_refund_that_the_provider_refuses_now_makes_the_loss_good() {
    let mut changes = paid();
    owe(&mut changes, 1_000, &[]);
    charge_back(&mut changes, 1, 600);
    let parts =
        [(1, 600, "stopped", false, false), (0, 400, "pending", false, false), (1, 600, "pending", false, true)];
    assert_eq!(refunds(&changes), parts);
    assert_eq!((changes.stopped.len(), changes.payment().legs[1].refunded_minor), (1, 600));
    let stopped = changes.stopped[0];
    assert_eq!(changes.finish_refund(stopped).unwrap(), None, "a try that comes late finds nothing to do");
    assert_eq!(finish_all(&mut changes), Some(FinishedRefund { all_arrived: true, partly: false }));
    assert_eq!(posted(&changes), [("chargeback_covered", 600)]);
}

#[test]
fn a_refund_that_may_have_been_paid_is_left_to_the_provider() {
    // 300 are on their way; the bank has taken 300 of 600 at most then.
    let mut changes = paid();
    owe(&mut changes, 300, &[]);
    charge_back(&mut changes, 1, 300);
    assert_eq!(refunds(&changes), [(1, 300, "pending", false, false)]);
    // With one more than that it was not paid, and what the bank did not take goes on.
    let mut changes = paid();
    owe(&mut changes, 500, &[]);
    charge_back(&mut changes, 1, 301);
    let parts =
        [(1, 500, "stopped", false, false), (1, 301, "pending", false, true), (1, 199, "pending", false, false)];
    assert_eq!(refunds(&changes), parts);
    assert_eq!(changes.payment().legs[1].refunded_minor, 500);
}

#[test]
fn of_two_that_may_have_been_paid_the_one_that_is_refused_makes_the_loss_good() {
    let mut changes = paid();
    owe(&mut changes, 200, &[]);
    owe(&mut changes, 199, &[]);
    let [first, second] = [0, 1].map(|place| changes.payment.refunds[place].id);
    let chance = SeededChance::new(5);
    assert!(!changes.refuse_refund(&chance, now(), first).unwrap(), "no bank was first");
    charge_back(&mut changes, 1, 400);
    assert_eq!(changes.stopped, [], "either of them may have been paid");
    changes.finish_refund(second).unwrap();
    assert!(changes.refuse_refund(&chance, now(), first).unwrap());
    assert!(!changes.refuse_refund(&chance, now(), first).unwrap(), "it is done");
    assert!(!changes.refuse_refund(&chance, now(), second).unwrap(), "it was paid");
    let parts = [(1, 200, "stopped", false, false), (1, 199, "paid", false, false), (1, 200, "pending", false, true)];
    assert_eq!(refunds(&changes), parts);
}

#[test]
fn what_would_have_become_credit_makes_the_loss_good_first() {
    let mut changes = paid();
    let kept = changes.payment.legs[1].id;
    owe(&mut changes, 500, &[kept]);
    charge_back(&mut changes, 1, 200);
    let parts = [(1, 500, "stopped", true, false), (1, 200, "pending", false, true), (1, 300, "pending", true, false)];
    assert_eq!(refunds(&changes), parts);
}

#[test]
fn money_beyond_the_price_makes_it_good_from_where_that_waits() {
    let mut changes = paid();
    let (chance, card) = (SeededChance::new(3), changes.payment.legs[1].id);
    changes.record_result(&chance, now(), card, None, received("twice", 600), false).unwrap();
    charge_back(&mut changes, 1, 1_200);
    let parts = [(1, 600, "stopped", false, false), (1, 600, "pending", false, true)];
    assert_eq!(refunds(&changes), parts);
    assert_eq!(finish_all(&mut changes), None, "it was none of the price");
    let covered = changes.transfers.last().expect("is posted");
    let paid_for = changes.payment.intent.paid_for;
    assert_eq!(covered.postings()[0].account, PaidFor::unapplied(paid_for));
    assert_eq!(changes.payment().refundable_minor(), 400);
}

#[test]
fn money_that_comes_after_its_bank_took_it_back_makes_that_good() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::GiftCard, 400), leg(1, PaymentMethod::Card, 600)]);
    let (chance, card) = (SeededChance::new(3), changes.payment.legs[1].id);
    charge_back(&mut changes, 1, 400);
    changes.record_result(&chance, now(), card, None, received("late", 600), false).unwrap();
    assert_eq!(refunds(&changes), [(1, 400, "pending", false, true), (1, 200, "pending", false, false)]);
}

#[test]
fn a_case_that_was_written_off_loses_less() {
    let mut changes = paid();
    charge_back(&mut changes, 1, 600);
    changes.payment.chargebacks[0].state = ChargebackState::Closed;
    owe(&mut changes, 600, &[]);
    finish_all(&mut changes);
    let to: Vec<&str> = changes.transfers.iter().map(|one| one.postings()[1].account.kind).collect();
    assert_eq!(to, ["chargeback_losses"]);
}

#[test]
fn another_currency_is_looked_for_elsewhere() {
    let mut changes = paid();
    let strange = LegChargeback { amount: Money::new(600, Currency::Eur), ..dispute(&changes, 1, 600) };
    changes.charge_back(&SeededChance::new(9), now(), strange).unwrap();
    owe(&mut changes, 1_000, &[]);
    assert_eq!(refunds(&changes), [(1, 600, "pending", false, false), (0, 400, "pending", false, false)]);
}

fn win(changes: &mut PaymentChanges, number: u128) {
    changes.win_chargeback(&SeededChance::new(10), now(), ChargebackId(Uuid::from_u128(number))).unwrap();
}

#[test]
fn what_counted_as_refunded_is_owed_anew_once_the_bank_lets_the_payment_stand() {
    let mut changes = paid();
    charge_back(&mut changes, 1, 600);
    owe(&mut changes, 1_000, &[]);
    finish_all(&mut changes);
    win(&mut changes, 1);
    let parts = [(1, 600, "stopped", false, true), (0, 400, "paid", false, false), (1, 600, "pending", false, false)];
    assert_eq!((refunds(&changes), changes.payment().intent.state), (parts.to_vec(), IntentState::Refunding));
    assert_eq!(posted(&changes), [("chargeback_covered", 600), ("chargeback_uncovered", 600)]);
    assert_eq!(finish_all(&mut changes), Some(FinishedRefund { all_arrived: true, partly: false }));
    assert_eq!((posted(&changes)[2], changes.payment().intent.state), (("card_refunded", 600), IntentState::Refunded));
    let [case] = changes.payment().chargebacks[..] else { panic!("one dispute") };
    assert!(case.is_won && changes.payment().charged_back_minor() == 0, "{case:?}");
}

#[test]
fn what_was_to_count_is_paid_instead_and_what_stands_in_another_case_still_counts() {
    let mut changes = paid();
    charge_back(&mut changes, 1, 200);
    charge_back(&mut changes, 2, 100);
    owe(&mut changes, 200, &[]);
    assert_eq!(refunds(&changes), [(1, 200, "pending", false, true)]);
    win(&mut changes, 1);
    let parts = [(1, 200, "stopped", false, true), (1, 100, "pending", false, true), (1, 100, "pending", false, false)];
    assert_eq!((refunds(&changes), posted(&changes)), (parts.to_vec(), Vec::new()));
    assert_eq!(
        (changes.payment().charged_back_minor(), changes.payment().undisputed_minor(&changes.payment.legs[1])),
        (100, 400)
    );
}

#[test]
fn a_refund_beyond_the_policy_that_a_bank_was_quicker_than_stays_one() {
    for (reason, is_granted) in [(RefundReason::Staff, true), (RefundReason::CancelledByCustomer, false)] {
        let mut changes = paid();
        let chance = SeededChance::new(7);
        changes.owe_refund(&chance, now(), usd(500), reason, &[]).unwrap();
        let id = changes.payment.refunds[0].id;
        charge_back(&mut changes, 1, 100);
        assert!(!changes.is_granted(), "it may still arrive");
        assert!(changes.refuse_refund(&chance, now(), id).unwrap());
        let parts =
            [(1, 500, "stopped", false, false), (1, 100, "pending", false, true), (1, 400, "pending", false, false)];
        assert_eq!((refunds(&changes), changes.is_granted()), (parts.to_vec(), is_granted));
        assert!(changes.payment().refunds.iter().all(|refund| refund.reason == reason));
    }
}
