//! What a provider's word changes of a payment, and what is told of it.

use super::*;

fn chance() -> SeededChance {
    SeededChance::new(1)
}

fn failed(code: &str) -> LegUpdate {
    LegUpdate::Failed { code: code.to_owned() }
}

fn topics(changes: &PaymentChanges) -> Vec<&'static str> {
    changes.events.iter().map(database::facts::Event::topic).collect()
}

#[test]
fn money_for_a_booking_that_needs_none_is_all_surplus() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
    let id = changes.payment.legs[0].id;
    assert!(!changes.record_result(&chance(), now(), id, None, received("one", DUE_MINOR), false).unwrap());
    assert_eq!((changes.payment.legs[0].surplus_minor, changes.payment.kept_minor()), (DUE_MINOR, 0));
    assert_eq!(changes.owed().map(|refund| refund.id).collect::<Vec<_>>(), [changes.payment.refunds[0].id]);
    assert_eq!(topics(&changes), ["payment.leg_captured", "payment.refund_owed"]);
}

#[test]
fn a_failure_is_told_once_and_what_is_known_of_the_charge_stays() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
    let id = changes.payment.legs[0].id;
    changes.record_result(&chance(), now(), id, Some("ref".to_owned()), failed(NO_ANSWER), true).unwrap();
    assert_eq!(topics(&changes), ["payment.leg_failed"]);
    assert!(!changes.record_result(&chance(), now(), id, None, failed("card_declined"), true).unwrap());
    let leg = &changes.payment.legs[0];
    assert_eq!((leg.state, leg.failure_code.as_deref()), (LegState::Failed, Some("card_declined")));
    assert_eq!((leg.provider_ref.as_deref(), changes.changed_legs.as_slice()), (Some("ref"), [id].as_slice()));
    assert_eq!(topics(&changes), ["payment.leg_failed"]);
}

#[test]
fn a_leg_that_nobody_has_is_not_found() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
    let other = leg(1, PaymentMethod::Card, DUE_MINOR).id;
    let told = changes.record_result(&chance(), now(), other, None, LegUpdate::Processing, true);
    assert!(matches!(told, Err(PaymentsError::NotFound)), "{told:?}");
}

#[test]
fn what_counts_is_credited_to_the_booking_and_the_rest_is_owed() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Crypto, 600)]);
    let id = changes.payment.legs[0].id;
    assert!(changes.record_result(&chance(), now(), id, None, received("one", 700), true).unwrap());
    let moved: Vec<(&str, i64)> =
        changes.transfers.iter().map(|one| (one.template(), one.postings()[0].amount.amount_minor)).collect();
    assert_eq!(moved, [("card_captured", 600), ("surplus_received", 100)]);
    assert_eq!(changes.payment.refunds[0].reason, RefundReason::PaidTwice);
}

#[test]
fn of_what_was_asked_for_nothing_is_owed_back() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
    let id = changes.payment.legs[0].id;
    assert!(changes.record_result(&chance(), now(), id, None, received("one", DUE_MINOR), true).unwrap());
    assert_eq!((changes.owed().count(), changes.transfers.len(), changes.payment.kept_minor()), (0, 1, DUE_MINOR));
}

#[test]
fn a_settled_payment_knows_since_when_and_needs_nothing_more() {
    let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
    let later = now() + chrono::TimeDelta::minutes(5);
    changes.settle(now());
    changes.settle(later);
    assert_eq!(
        (changes.payment().intent.state, changes.payment().intent.settled_at),
        (IntentState::Settled, Some(now()))
    );
    assert_eq!(changes.payment().legs[0].given_up_at, Some(now()));
    assert_eq!(topics(&changes), ["payment.settled"; 2]);
}

#[test]
fn only_an_open_payment_expires_and_its_legs_are_given_up() {
    for (before, after) in [
        (IntentState::Open, IntentState::Expired),
        (IntentState::Settled, IntentState::Settled),
        (IntentState::Refunding, IntentState::Refunding),
    ] {
        let mut changes = with_legs(vec![leg(0, PaymentMethod::Card, DUE_MINOR)]);
        changes.payment.intent.state = before;
        changes.close_unpaid(now());
        assert_eq!(changes.payment().intent.state, after);
        assert_eq!(changes.given_up(), [changes.payment().legs[0].id]);
    }
}

#[test]
fn money_of_a_leg_that_was_given_up_crowds_out_the_latest_others_and_no_more_than_it_must() {
    let late = Leg { given_up_at: Some(now()), ..leg(0, PaymentMethod::Crypto, 500) };
    let legs = vec![
        late,
        leg(1, PaymentMethod::Crypto, 500),
        leg(2, PaymentMethod::Crypto, 300),
        leg(3, PaymentMethod::Card, 200),
    ];
    let ids: Vec<LegId> = legs.iter().map(|leg| leg.id).collect();
    let mut changes = with_legs(legs);
    changes.record_result(&chance(), now(), ids[0], None, received("late", 500), true).unwrap();
    assert_eq!(changes.given_up(), [ids[3], ids[2]]);
    assert_eq!(changes.payment().reserved_minor(), DUE_MINOR);
}

fn held(number: usize) -> Leg {
    Leg { state: LegState::Held, ..leg(number, PaymentMethod::GiftCard, 400) }
}

#[test]
fn only_an_authorisation_that_came_to_nothing_frees_what_was_to_be_taken_with_it() {
    let frees = |state, update| {
        let mut changes = with_legs(vec![held(0), Leg { state, ..leg(1, PaymentMethod::Card, 600) }]);
        let id = changes.payment.legs[1].id;
        changes.record_result(&chance(), now(), id, None, update, true).unwrap();
        let leg = &changes.payment.legs[0];
        assert_eq!(leg.came_off(), leg.given_up_at.is_some());
        leg.given_up_at.is_some()
    };
    assert!(frees(LegState::Held, failed("capture_declined")) && frees(LegState::Held, LegUpdate::Void));
    assert!(!frees(LegState::Created, failed("card_declined")) && !frees(LegState::Created, LegUpdate::Void));
    assert!(!frees(LegState::Held, received("one", 600)));
}

#[test]
fn only_value_that_is_set_aside_is_taken_back_and_only_once() {
    let given_up = Leg { given_up_at: Some(now()), ..held(0) };
    for (leg, is_fine) in [(held(0), true), (given_up, false), (leg(0, PaymentMethod::Card, 400), false)] {
        let mut changes = with_legs(vec![leg]);
        let id = changes.payment.legs[0].id;
        assert_eq!(changes.withdraw(id, now()).is_ok(), is_fine, "{:?}", changes.payment.legs[0]);
    }
}
