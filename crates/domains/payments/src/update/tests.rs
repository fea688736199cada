//! Each word of a provider against each state of a leg.

use kernel::Currency;

use super::*;
use crate::samples::{DUE_MINOR, leg, now, payment, received};
use crate::{NO_ANSWER, PaymentMethod, PaymentReceipt, REFUSED};

fn failed(code: &str) -> LegUpdate {
    LegUpdate::Failed { code: code.to_owned() }
}

fn card(state: LegState) -> Leg {
    Leg { state, ..leg(0, PaymentMethod::Card, DUE_MINOR) }
}

fn gift_card(state: LegState) -> Leg {
    Leg { state, ..leg(0, PaymentMethod::GiftCard, DUE_MINOR) }
}

fn coins(state: LegState, captured_minor: i64) -> Leg {
    Leg { state, captured_minor, ..leg(0, PaymentMethod::Crypto, DUE_MINOR) }
}

/// The state after an update, if that changes anything.
fn state_after(leg: &Leg, update: LegUpdate) -> Option<LegState> {
    decide_update(&payment(), leg, update, DUE_MINOR).map(|updated| updated.state)
}

/// The state, the surplus and its reason after so much of what is wanted.
fn receives(leg: &Leg, amount_minor: i64, wanted_minor: i64) -> (LegState, i64, RefundReason) {
    let updated = decide_update(&payment(), leg, received("one", amount_minor), wanted_minor).expect("money counts");
    let receipt = updated.receipt.expect("money is a receipt");
    (updated.state, receipt.surplus_minor, receipt.reason)
}

#[test]
fn what_is_no_money_counts_while_a_leg_is_open() {
    let asks = LegUpdate::ActionRequired { url: "https://bank.test".to_owned() };
    for state in LegState::OPEN {
        let leg = card(state);
        assert_eq!(state_after(&leg, LegUpdate::Processing), Some(LegState::Processing));
        assert_eq!(state_after(&leg, LegUpdate::Void), Some(LegState::Void));
        let declined = decide_update(&payment(), &leg, failed("card_declined"), DUE_MINOR).expect("is news");
        assert_eq!((declined.state, declined.failure_code.as_deref()), (LegState::Failed, Some("card_declined")));
        let asked = decide_update(&payment(), &leg, asks.clone(), DUE_MINOR).expect("is news");
        assert_eq!((asked.state, asked.action_url.as_deref()), (LegState::ActionRequired, Some("https://bank.test")));
        assert_eq!((asked.failure_code, asked.receipt), (None, None));
    }
    let authorised = card(LegState::Held);
    let last_words = [LegUpdate::Void, failed("capture_declined")].map(|update| state_after(&authorised, update));
    assert_eq!(last_words, [Some(LegState::Void), Some(LegState::Failed)]);
    for update in [LegUpdate::Processing, LegUpdate::Held, asks.clone()] {
        assert_eq!(state_after(&authorised, update.clone()), None, "{update:?}");
    }
    for leg in [card(LegState::Captured), card(LegState::Void), gift_card(LegState::Held)] {
        for update in [LegUpdate::Processing, LegUpdate::Void, failed("card_declined"), asks.clone()] {
            assert_eq!(state_after(&leg, update.clone()), None, "{leg:?} {update:?}");
        }
    }
}

#[test]
fn after_a_failure_without_a_word_only_the_last_word_counts() {
    let after = |code: &str, update| {
        let leg = Leg { failure_code: Some(code.to_owned()), ..card(LegState::Failed) };
        state_after(&leg, update)
    };
    for code in [NO_ANSWER, REFUSED] {
        assert_eq!(after(code, failed("card_declined")), Some(LegState::Failed), "{code}");
        assert_eq!(after(code, LegUpdate::Void), Some(LegState::Void), "{code}");
        assert_eq!(after(code, LegUpdate::Processing), None, "{code}");
    }
    assert_eq!(after("card_declined", LegUpdate::Void), None, "that was its last word");
}

#[test]
fn an_event_of_a_provider_counts_once() {
    let leg = coins(LegState::Processing, 0);
    let known = |provider: &str| PaymentReceipt {
        id: uuid::Uuid::nil(),
        leg: leg.id,
        provider: provider.to_owned(),
        event: "one".to_owned(),
        amount: leg.share,
        surplus_minor: 0,
        received_at: now(),
    };
    let counts = |provider| {
        let payment = Payment { receipts: vec![known(provider)], ..payment() };
        let again = |event| decide_update(&payment, &leg, received(event, 100), DUE_MINOR).is_some();
        [again("one"), again("two")]
    };
    assert_eq!((counts("sandbox"), counts("another")), ([false, true], [true, true]));
}

#[test]
fn the_charge_that_captured_a_leg_is_known_and_no_other() {
    let known = |state, event| {
        let leg = Leg { provider_ref: Some("one".to_owned()), ..card(state) };
        decide_update(&payment(), &leg, received(event, DUE_MINOR), DUE_MINOR).is_none()
    };
    assert!(known(LegState::Captured, "one"));
    assert!(!known(LegState::Captured, "two") && !known(LegState::Created, "one"));
}

#[test]
fn a_card_pays_exactly_its_share_or_nothing() {
    let open = card(LegState::Created);
    assert_eq!(receives(&open, 1_000, 1_000), (LegState::Captured, 0, RefundReason::PaidTwice));
    assert_eq!(receives(&open, 999, 1_000), (LegState::Failed, 999, RefundReason::OtherAmount));
    assert_eq!(receives(&open, 1_001, 1_000), (LegState::Failed, 1_001, RefundReason::OtherAmount));
    // The price needs less by now: nothing of it is taken, and the charge was no mistake.
    assert_eq!(receives(&open, 1_000, 999), (LegState::Captured, 1_000, RefundReason::PaidTwice));
    assert_eq!(receives(&open, 1_000, 0), (LegState::Captured, 1_000, RefundReason::PaidTwice));
    assert_eq!(receives(&open, 1_000, -5), (LegState::Captured, 1_000, RefundReason::PaidTwice));
}

#[test]
fn a_second_charge_of_a_captured_leg_is_paid_twice_and_leaves_it_captured() {
    let captured = Leg { captured_minor: 1_000, ..card(LegState::Captured) };
    assert_eq!(receives(&captured, 1_000, 1_000), (LegState::Captured, 1_000, RefundReason::PaidTwice));
    let updated = decide_update(&payment(), &captured, received("two", 7), 0).expect("money counts");
    assert_eq!((updated.failure_code, updated.action_url), (None, None));
}

#[test]
fn coins_count_up_to_the_share_and_to_what_is_wanted() {
    let open = coins(LegState::Awaiting, 0);
    assert_eq!(receives(&open, 400, 1_000), (LegState::Processing, 0, RefundReason::PaidTwice));
    assert_eq!(receives(&open, 1_000, 1_000), (LegState::Captured, 0, RefundReason::PaidTwice));
    assert_eq!(receives(&open, 1_200, 1_000), (LegState::Captured, 200, RefundReason::PaidTwice));
    assert_eq!(receives(&open, 400, 300), (LegState::Processing, 100, RefundReason::PaidTwice));
    let half = coins(LegState::Processing, 500);
    assert_eq!(receives(&half, 600, 1_000), (LegState::Captured, 100, RefundReason::PaidTwice));
    // What comes for a leg that is over counts, and does not open it again.
    for state in [LegState::Failed, LegState::Void] {
        assert_eq!(receives(&coins(state, 0), 400, 1_000), (state, 0, RefundReason::PaidTwice));
    }
    assert_eq!(receives(&coins(LegState::Void, 0), 1_000, 1_000), (LegState::Captured, 0, RefundReason::PaidTwice));
}

#[test]
fn another_currency_pays_nothing() {
    for (leg, reason) in
        [(card(LegState::Created), RefundReason::OtherAmount), (coins(LegState::Created, 0), RefundReason::PaidTwice)]
    {
        let amount = Money::new(DUE_MINOR, Currency::Eur);
        let update = LegUpdate::Received { event: "one".to_owned(), amount };
        let receipt = decide_update(&payment(), &leg, update, DUE_MINOR).and_then(|updated| updated.receipt);
        let receipt = receipt.expect("money is a receipt");
        assert_eq!((receipt.surplus_minor, receipt.reason), (DUE_MINOR, reason));
    }
}
