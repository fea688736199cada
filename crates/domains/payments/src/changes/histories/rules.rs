//! What a history begins with and comes to, and the rules that hold after each of its steps.

use chrono::TimeDelta;
use kernel::{BookingId, Instant, Money, PersonId, SeededChance};
use uuid::Uuid;

use super::books::{BOOKING, Books};
use super::provider::Provider;
use crate::{IntentState, LegRefund, NewIntent, Payment, PaymentChanges, PaymentsError, RefundReason, RefundState};

/// What becomes of the booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Awaited,
    Confirmed,
    /// Called off, lapsed or lost before it was paid, or called off after.
    Over,
}

pub fn new_intent(now: Instant, due: Money) -> NewIntent {
    NewIntent {
        paid_for: BookingId(Uuid::from_u128(BOOKING)).into(),
        customer: PersonId(Uuid::from_u128(1)),
        due,
        pay_by: now + TimeDelta::hours(3),
        settle_by: now + TimeDelta::hours(9),
    }
}

/// As a workflow does with what will not be completed.
pub fn owe_kept(changes: &mut PaymentChanges, chance: &SeededChance, now: Instant) -> Result<(), PaymentsError> {
    let all = Money::new(changes.payment().kept_minor(), changes.payment().intent.due.currency);
    changes.owe_refund(chance, now, all, RefundReason::SlotLost, &[])
}

pub fn check(payment: &Payment, provider: &Provider, books: &Books) {
    let currency = payment.intent.due.currency;
    assert!(payment.reserved_minor() <= payment.intent.due.amount_minor, "{} is reserved", payment.reserved_minor());
    for leg in &payment.legs {
        let receipts = payment.receipts.iter().filter(|one| one.leg == leg.id && one.amount.currency == currency);
        let (came, beyond) =
            receipts.fold((0, 0), |(came, beyond), one| (came + one.amount.amount_minor, beyond + one.surplus_minor));
        assert_eq!((came, beyond), (leg.captured_minor, leg.surplus_minor), "{leg:?}");
        let standing =
            |one: &&LegRefund| one.leg == leg.id && one.state != RefundState::Failed && one.amount.currency == currency;
        let refunds = payment.refunds.iter().filter(standing);
        let (back, back_beyond) = refunds.fold((0, 0), |(all, beyond), one| {
            (all + one.amount.amount_minor, beyond + if one.is_surplus { one.amount.amount_minor } else { 0 })
        });
        assert_eq!(back, leg.refunded_minor, "{leg:?}");
        assert_eq!(back_beyond, leg.surplus_minor, "what pays for nothing is owed back: {leg:?}");
        assert!((0..=leg.captured_minor).contains(&leg.refunded_minor), "{leg:?}");
        assert!(leg.applied_minor() <= leg.share.amount_minor, "{leg:?}");
        let is_over = payment.intent.state != IntentState::Open;
        assert!(!is_over || (!leg.holds_value() && !leg.is_under_way()), "something is held after the end: {leg:?}");
    }
    for case in &payment.chargebacks {
        assert!(payment.missing_of(case) >= 0, "{case:?}");
    }
    for refund in payment.refunds.iter().filter(|refund| refund.state == RefundState::Failed) {
        assert!(!provider.has_paid(refund.id), "{refund:?} was paid, and makes a loss good too");
    }
    books.check(payment);
}
