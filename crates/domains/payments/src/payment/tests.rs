//! Sums over legs, and which of them still count.

use kernel::Currency;
use uuid::Uuid;

use super::*;
use crate::samples::{DUE_MINOR, leg, now, payment};
use crate::{LegState, NO_ANSWER, PaymentMethod, REFUSED};

fn with_legs(legs: Vec<Leg>) -> Payment {
    Payment { legs, ..payment() }
}

fn in_state(number: usize, state: LegState) -> Leg {
    Leg { state, ..leg(number, PaymentMethod::Card, 100) }
}

const STATES: [LegState; 8] = [
    LegState::Created,
    LegState::Awaiting,
    LegState::ActionRequired,
    LegState::Processing,
    LegState::Held,
    LegState::Captured,
    LegState::Failed,
    LegState::Void,
];

#[test]
fn a_leg_under_way_reserves_what_it_does_not_cover_yet() {
    for state in STATES {
        let open = in_state(0, state);
        let is_under_way = state.is_open() || state == LegState::Held;
        assert_eq!(
            (open.is_under_way(), open.reserved_minor()),
            (is_under_way, if is_under_way { 100 } else { 0 }),
            "{state:?}"
        );
        let given_up = Leg { given_up_at: Some(now()), ..open };
        assert_eq!((given_up.is_under_way(), given_up.reserved_minor()), (false, 0), "{state:?}");
    }
    let part = Leg { captured_minor: 70, surplus_minor: 30, refunded_minor: 50, ..leg(0, PaymentMethod::Crypto, 100) };
    assert_eq!((part.applied_minor(), part.kept_minor(), part.reserved_minor()), (40, 20, 60));
    let more = Leg { captured_minor: 170, ..part };
    assert_eq!(more.reserved_minor(), 0);
}

#[test]
fn a_charge_is_unheard_of_when_its_provider_has_not_said_how_it_ended() {
    let unheard =
        |state, code: Option<&str>| Leg { failure_code: code.map(str::to_owned), ..in_state(0, state) }.is_unheard_of();
    assert!(unheard(LegState::Failed, Some(NO_ANSWER)) && unheard(LegState::Failed, Some(REFUSED)));
    assert!(!unheard(LegState::Failed, Some("card_declined")) && !unheard(LegState::Failed, None));
    assert!(!unheard(LegState::Void, Some(NO_ANSWER)));
}

#[test]
fn coins_come_in_any_amount_and_everything_else_exactly() {
    let exact: Vec<PaymentMethod> =
        PaymentMethod::ALL.into_iter().filter(|method| method.takes_exact_share()).collect();
    assert_eq!(exact, [PaymentMethod::Card, PaymentMethod::GiftCard, PaymentMethod::Credit]);
}

#[test]
fn open_undecided_and_needless_legs_are_told_apart() {
    let lost = Leg { failure_code: Some(NO_ANSWER.to_owned()), ..in_state(2, LegState::Failed) };
    let given_up = Leg { given_up_at: Some(now()), ..in_state(1, LegState::Processing) };
    let mut payment = with_legs(vec![in_state(0, LegState::Created), given_up, lost, in_state(3, LegState::Captured)]);
    let at = |legs: Vec<&Leg>| -> Vec<u128> { legs.iter().map(|leg| leg.id.0.as_u128() - 100).collect() };
    assert_eq!(at(payment.open_legs().collect()), [0, 1]);
    assert_eq!(at(payment.undecided_legs().collect()), [0, 1, 2]);
    assert_eq!(at(payment.needless_legs().collect()), [1]);
    payment.intent.state = IntentState::Settled;
    assert_eq!(at(payment.needless_legs().collect()), [0, 1]);
    assert!(payment.leg(LegId(Uuid::from_u128(101))).is_ok_and(|leg| leg.given_up_at.is_some()));
    assert!(matches!(payment.leg(LegId(Uuid::nil())), Err(PaymentsError::NotFound)));
}

#[test]
fn an_attempt_has_the_leg_that_it_opened() {
    let attempt = |number| LegAttempt { id: Uuid::from_u128(number), request: Uuid::from_u128(7) };
    let opened = Leg { attempt: Some(attempt(1)), ..in_state(1, LegState::Created) };
    let payment = with_legs(vec![in_state(0, LegState::Failed), opened]);
    assert_eq!(payment.leg_of(attempt(1)).map(|leg| leg.id), Some(payment.legs[1].id));
    assert!(payment.leg_of(attempt(2)).is_none());
}

#[test]
fn the_next_leg_is_for_what_is_neither_paid_nor_reserved() {
    let captured = Leg { captured_minor: 300, ..in_state(0, LegState::Captured) };
    let payment = with_legs(vec![captured.clone(), leg(1, PaymentMethod::Card, 200)]);
    assert_eq!((payment.kept_minor(), payment.uncovered_minor(), payment.reserved_minor()), (300, 700, 500));
    let usd = |minor| Money::new(minor, Currency::Usd);
    let next = |asked| payment.next_share(asked).ok();
    assert_eq!([next(None), next(Some(usd(500))), next(Some(usd(1)))], [Some(usd(500)), Some(usd(500)), Some(usd(1))]);
    for asked in [usd(0), usd(501), Money::new(5, Currency::Eur)] {
        assert!(matches!(payment.next_share(Some(asked)), Err(PaymentsError::ShareTooLarge { .. })), "{asked}");
    }
    let reserved = with_legs(vec![captured, leg(1, PaymentMethod::Card, 700)]);
    assert!(matches!(reserved.next_share(None), Err(PaymentsError::AlreadyPaying)));
    let paid = with_legs(vec![Leg { captured_minor: DUE_MINOR, ..in_state(0, LegState::Captured) }]);
    assert!(matches!(paid.next_share(None), Err(PaymentsError::AlreadyPaid)));
}

#[test]
fn another_payment_may_begin_when_nothing_is_paid_and_nothing_pending() {
    use IntentState::*;
    let over = [Open, Settled, Expired, Cancelled, Refunding, PartlyRefunded, Refunded].map(IntentState::is_over);
    assert_eq!(over, [false, false, true, true, false, false, true]);
}

#[test]
fn names_are_as_they_are_stored() {
    for state in STATES {
        assert_eq!(serde_json::to_value(state).expect("is a text"), state.as_str());
    }
    for method in PaymentMethod::ALL {
        assert_eq!(serde_json::to_value(method).expect("is a text"), method.as_str());
    }
    use crate::RefundReason::*;
    let reasons =
        [SlotLost, CancelledByCustomer, CancelledByTalent, Declined, Staff, NotDelivered, PaidTwice, OtherAmount];
    for reason in reasons {
        assert_eq!(serde_json::to_value(reason).expect("is a text"), reason.as_str());
    }
}

fn set_aside(number: usize, method: PaymentMethod, share_minor: i64) -> Leg {
    Leg { state: LegState::Held, ..leg(number, method, share_minor) }
}

#[test]
fn capturing_an_authorisation_completes_the_price_only_with_what_is_set_aside_beside_it() {
    let completes = |state, stored: Leg, card: Leg| {
        let mut payment = with_legs(vec![stored, card]);
        payment.intent.state = state;
        payment.is_completed_by(&payment.legs[1])
    };
    let (stored, card) = (set_aside(0, PaymentMethod::GiftCard, 400), set_aside(1, PaymentMethod::Card, 600));
    let given_up = |leg: &Leg| Leg { given_up_at: Some(now()), ..leg.clone() };
    assert!(completes(IntentState::Open, stored.clone(), card.clone()));
    assert!(!completes(IntentState::Expired, stored.clone(), card.clone()));
    assert!(!completes(IntentState::Open, given_up(&stored), card.clone()));
    assert!(!completes(IntentState::Open, set_aside(0, PaymentMethod::GiftCard, 399), card.clone()));
    assert!(!completes(IntentState::Open, stored.clone(), given_up(&card)));
    assert!(!completes(IntentState::Open, stored, Leg { state: LegState::Created, ..card }));
}

#[test]
fn what_remains_is_neither_paid_nor_reserved_while_it_can_be_paid() {
    let stored = set_aside(0, PaymentMethod::GiftCard, 400);
    let mut payment = with_legs(vec![stored.clone()]);
    assert_eq!(payment.remaining_minor(), 600);
    payment.legs.push(leg(1, PaymentMethod::Card, 600));
    assert_eq!(payment.remaining_minor(), 0);
    payment = with_legs(vec![stored]);
    payment.intent.state = IntentState::Expired;
    assert_eq!(payment.remaining_minor(), 0);
}

#[test]
fn what_came_off_is_told_until_it_is_put_back_or_something_else_comes_off() {
    let at = |position: i16| Leg { position, ..leg(0, PaymentMethod::GiftCard, 100) };
    let off = |number: i16, minutes: i64| Leg {
        state: LegState::Void,
        failure_code: Some("card_failed".to_owned()),
        provider_ref: Some(format!("card {number}")),
        given_up_at: Some(now() + chrono::TimeDelta::minutes(minutes)),
        ..at(number)
    };
    let told = |legs: Vec<Leg>| -> Vec<i16> { with_legs(legs).legs_that_came_off().map(|leg| leg.position).collect() };
    let taken_back = Leg { failure_code: None, ..off(1, 0) };
    assert_eq!(told(vec![off(0, 0), taken_back, off(2, 0)]), [0, 2]);
    assert_eq!(told(vec![off(0, 0), off(3, 5)]), [3]);
    let back = Leg { provider_ref: Some("card 0".to_owned()), ..at(4) };
    assert_eq!(told(vec![off(0, 0), off(2, 0), back]), [2]);
}

#[test]
fn an_amount_is_agreed_to_by_name_or_it_is_the_whole_price() {
    let due = Money::new(100, Currency::Usd);
    let code = |legs: Vec<Leg>, expected| {
        with_legs(legs).check_agreed(due, expected).map_err(|error| kernel::Fault::code(&error))
    };
    let card = || vec![leg(0, PaymentMethod::Card, 100)];
    let applied = || vec![Leg { state: LegState::Void, ..leg(0, PaymentMethod::Credit, 100) }];
    assert_eq!([code(card(), None), code(card(), Some(100)), code(applied(), Some(100))], [Ok(()); 3]);
    assert_eq!([code(card(), Some(99)), code(applied(), Some(101))], [Err("amount_changed"); 2]);
    assert_eq!(code(applied(), None), Err("invalid_fields"));
}
