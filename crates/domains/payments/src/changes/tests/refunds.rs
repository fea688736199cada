//! Refunds as they are owed and as they arrive.

use super::*;

/// Captured in two legs of 600 and 400, and settled.
fn paid() -> PaymentChanges {
    let captured = |number, minor| Leg {
        state: LegState::Captured,
        captured_minor: minor,
        ..leg(number, PaymentMethod::Card, minor)
    };
    let mut changes = with_legs(vec![captured(0, 600), captured(1, 400)]);
    changes.payment.intent.state = IntentState::Settled;
    changes
}

fn owe(changes: &mut PaymentChanges, minor: i64) -> Result<(), PaymentsError> {
    changes.owe_refund(&SeededChance::new(1), now(), Money::new(minor, Currency::Usd), RefundReason::Staff, &[])
}

#[test]
fn no_more_is_owed_than_was_kept() {
    let mut changes = paid();
    assert!(matches!(owe(&mut changes, 1_001), Err(PaymentsError::RefundTooLarge)));
    assert_eq!((changes.payment().intent.state, changes.owed().count()), (IntentState::Settled, 0));
    owe(&mut changes, 1_000).unwrap();
    assert_eq!((changes.payment().intent.state, changes.payment().kept_minor()), (IntentState::Refunding, 0));
    let parts: Vec<i64> = changes.payment().refunds.iter().map(|refund| refund.amount.amount_minor).collect();
    assert_eq!(parts, [400, 600]);
}

#[test]
fn a_refund_in_parts_is_finished_when_the_last_of_them_has_arrived() {
    let mut changes = paid();
    owe(&mut changes, 1_000).unwrap();
    let ids: Vec<RefundId> = changes.owed().map(|refund| refund.id).collect();
    assert_eq!(changes.finish_refund(ids[0]).unwrap(), Some(FinishedRefund { all_arrived: false, partly: false }));
    assert_eq!(changes.payment().intent.state, IntentState::Refunding);
    assert_eq!(changes.finish_refund(ids[1]).unwrap(), Some(FinishedRefund { all_arrived: true, partly: false }));
    assert_eq!(changes.payment().intent.state, IntentState::Refunded);
    assert_eq!(changes.finish_refund(ids[1]).unwrap(), None, "that was known");
    assert_eq!((changes.paid_back.as_slice(), changes.transfers.len()), (ids.as_slice(), 2));
    assert!(changes.transfers.iter().all(|transfer| transfer.template() == "card_refunded"));
    let unknown = RefundId(Uuid::from_u128(9));
    assert!(matches!(changes.finish_refund(unknown), Err(PaymentsError::NotFound)));
}

#[test]
fn a_part_of_the_price_goes_back_in_part() {
    let mut changes = paid();
    owe(&mut changes, 999).unwrap();
    let ids: Vec<RefundId> = changes.owed().map(|refund| refund.id).collect();
    changes.finish_refund(ids[0]).unwrap();
    assert_eq!(changes.finish_refund(ids[1]).unwrap(), Some(FinishedRefund { all_arrived: true, partly: true }));
    assert_eq!((changes.payment().intent.state, changes.payment().kept_minor()), (IntentState::PartlyRefunded, 1));
}

#[test]
fn what_is_kept_as_credit_is_no_refund_of_a_provider() {
    let mut changes = paid();
    let kept = changes.payment.legs[1].id;
    let amount = Money::new(1_000, Currency::Usd);
    changes.owe_refund(&SeededChance::new(1), now(), amount, RefundReason::CancelledByCustomer, &[kept]).unwrap();
    let refunds: Vec<_> = changes.payment().refunds.iter().map(|one| (one.leg == kept, one.is_kept)).collect();
    assert_eq!(refunds, [(true, true), (false, false)]);
    let ids: Vec<RefundId> = changes.owed().map(|refund| refund.id).collect();
    for id in ids {
        changes.finish_refund(id).unwrap();
    }
    let posted: Vec<_> =
        changes.transfers.iter().map(|one| (one.template(), one.postings()[0].amount.amount_minor)).collect();
    assert_eq!(posted, [("card_refunded", 600)]);
    assert_eq!(changes.payment().intent.state, IntentState::Refunded);
}

#[test]
fn surplus_that_has_arrived_says_nothing_of_the_price() {
    let mut changes = paid();
    let (chance, id) = (SeededChance::new(1), changes.payment.legs[0].id);
    changes.record_result(&chance, now(), id, None, received("twice", 600), false).unwrap();
    let surplus = changes.owed().next().expect("is owed").id;
    assert_eq!(changes.finish_refund(surplus).unwrap(), None);
    assert_eq!(changes.payment().intent.state, IntentState::Settled);
    assert_eq!(changes.transfers.last().map(Transfer::template), Some("surplus_returned"));
    // A refund of the price is finished without waiting for one of surplus.
    changes.record_result(&chance, now(), id, None, received("thrice", 600), false).unwrap();
    let before = changes.owed().count();
    owe(&mut changes, 400).unwrap();
    let of_price = changes.owed().nth(before).expect("is owed").id;
    assert_eq!(changes.finish_refund(of_price).unwrap(), Some(FinishedRefund { all_arrived: true, partly: true }));
}

#[test]
fn a_refund_of_what_was_beyond_the_price_leaves_it_settled() {
    let mut changes = paid();
    changes.payment.intent.due = Money::new(600, Currency::Usd);
    owe(&mut changes, 400).unwrap();
    let id = changes.owed().next().expect("is owed").id;
    changes.finish_refund(id).unwrap();
    assert_eq!((changes.payment().intent.state, changes.into_payment().kept_minor()), (IntentState::Settled, 600));
}

#[test]
fn transfers_beside_a_refund_are_posted_with_it() {
    let mut changes = paid();
    let also = templates::card_refunded(
        changes.payment().intent.paid_for,
        changes.payment().legs[0].id,
        RefundId(Uuid::from_u128(8)),
        Money::new(1, Currency::Usd),
    );
    changes.also_post(also.unwrap());
    assert_eq!(changes.transfers.len(), 1);
}

#[test]
fn another_currency_is_owed_back_and_added_to_no_sum() {
    let mut changes = paid();
    let id = changes.payment.legs[0].id;
    let update = LegUpdate::Received { event: "one".to_owned(), amount: Money::new(5, Currency::Eur) };
    changes.record_result(&SeededChance::new(1), now(), id, None, update, true).unwrap();
    let leg = &changes.payment().legs[0];
    assert_eq!((leg.captured_minor, leg.surplus_minor, leg.refunded_minor), (600, 0, 0));
    assert_eq!(changes.payment().refunds[0].amount, Money::new(5, Currency::Eur));
}
