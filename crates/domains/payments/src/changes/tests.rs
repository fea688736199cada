//! What a payment does with money that comes and goes.

use kernel::{Currency, SeededChance};
use uuid::Uuid;

use super::*;
use crate::changes::refunds::FinishedRefund;
use crate::samples::{DUE_MINOR, leg, now, payment, received};
use crate::{Leg, NO_ANSWER, OTHER_AMOUNT, PaymentMethod, RefundReason, RefundShare, RefundState, split_refund};

mod chargebacks;
mod outcomes;
mod refunds;

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
    let payment = with_legs(vec![paid(1, 100, 0), paid(2, 50, 20)]).into_payment();
    let share = |place: usize, amount_minor| RefundShare { leg: payment.legs[place].id, amount_minor, covers: None };
    assert_eq!(split_refund(&payment, 90), [share(1, 30), share(0, 60)]);
    assert_eq!(split_refund(&payment, 1_000).iter().map(|share| share.amount_minor).sum::<i64>(), 130);
    assert!(split_refund(&payment, 0).is_empty());
}
