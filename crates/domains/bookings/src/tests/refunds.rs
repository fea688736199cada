//! What a booking costs, what comes back of it, and whether money may still confirm it.

use super::*;
use crate::commands::{check_brief, preview};

/// A booking of 1,000.00 with a fee of 50.00 and a tax of 70.00, of which half comes back three days before.
fn with_tiers() -> Booking {
    let mut paid = booking(Status::Confirmed);
    paid.terms.tax = Money::new(7_000, Currency::Usd);
    paid.terms.policy.tiers.push(RefundTier { hours_before: 72, refund_percent: 50 });
    paid
}

/// Percent, and the parts of price, fee, tax and total.
fn parts(booking: &Booking, by: CancelledBy, now: &str) -> [i64; 5] {
    let refund = booking.refund(by, at(now));
    let [price, fee, tax, total] =
        [refund.price, refund.service_fee, refund.tax, refund.total].map(|part| part.amount_minor);
    [refund.percent, price, fee, tax, total]
}

#[test]
fn the_fee_comes_back_with_the_whole_price_only_and_the_tax_in_proportion() {
    let paid = with_tiers();
    assert_eq!(parts(&paid, CancelledBy::Customer, "2026-12-26T20:00:00Z"), [100, 100_000, 5_000, 7_000, 112_000]);
    assert_eq!(parts(&paid, CancelledBy::Customer, "2026-12-28T20:00:00Z"), [50, 50_000, 0, 3_500, 53_500]);
    assert_eq!(parts(&paid, CancelledBy::Customer, "2026-12-28T20:00:01Z"), [0, 0, 0, 0, 0]);
    for by in [CancelledBy::Talent, CancelledBy::Staff, CancelledBy::System] {
        assert_eq!(parts(&paid, by, "2026-12-31T19:00:00Z"), [100, 100_000, 5_000, 7_000, 112_000], "{by}");
    }
    assert_eq!(paid.terms.total().amount_minor, 112_000);
}

#[test]
fn what_was_not_paid_is_not_refunded() {
    let mut unpaid = with_tiers();
    let now = at("2026-12-02T12:00:00Z");
    assert_eq!(preview(&unpaid, CancelledBy::Talent, now).total.amount_minor, 112_000);
    for payment_status in [PaymentStatus::None, PaymentStatus::Pending, PaymentStatus::Refunding] {
        unpaid.payment_status = payment_status;
        let refund = preview(&unpaid, CancelledBy::Talent, now);
        assert_eq!((refund.percent, refund.total), (0, Money::new(0, Currency::Usd)), "{payment_status}");
    }
}

#[test]
fn money_confirms_what_waits_for_it_until_it_begins_or_the_last_moment_to_settle() {
    let (settle_by, before) = (at("2026-12-20T00:00:00Z"), at("2026-12-19T23:59:59Z"));
    for &status in Status::ALL {
        for payment in [PaymentStatus::None, PaymentStatus::Pending, PaymentStatus::Refunding] {
            let mut late = booking(status);
            late.payment_status = payment;
            let waits =
                status == Status::AwaitingPayment || (status == Status::Expired && payment == PaymentStatus::Pending);
            assert_eq!(late.is_confirmable(settle_by, before), waits, "{status} {payment}");
            assert!(!late.is_confirmable(settle_by, settle_by), "{status} {payment}");
        }
    }
    let (held, starts_at) = (booking(Status::AwaitingPayment), at("2026-12-31T20:00:00Z"));
    assert!(held.is_confirmable(at("2027-01-02T00:00:00Z"), at("2026-12-31T19:59:59Z")));
    assert!(!held.is_confirmable(at("2027-01-02T00:00:00Z"), starts_at));
}

#[test]
fn a_booking_takes_its_time_with_what_is_before_and_after() {
    let mut evening = booking(Status::Confirmed);
    evening.terms.buffer_after_minutes = 45;
    let span = evening.terms.span().expect("it has a time");
    assert_eq!((span.starts_at, span.ends_at), (at("2026-12-31T19:30:00Z"), at("2026-12-31T21:45:00Z")));
    assert_eq!(evening.terms.begins_by(), Some(at("2026-12-31T20:00:00Z")));
    let video = video(Status::Confirmed);
    assert_eq!((video.terms.span(), video.terms.begins_by()), (None, Some(at("2027-01-01T00:00:00Z"))));
}

#[test]
fn a_deadline_is_missed_from_its_moment_on_and_no_other_is() {
    let delivered = booking(Status::Delivered);
    let missed = |kind, now| delivered.has_missed(kind, at(now));
    assert!(!missed(DeadlineKind::Approve, "2026-12-31T23:59:59Z"));
    assert!(missed(DeadlineKind::Approve, "2027-01-01T00:00:00Z"));
    assert!(!missed(DeadlineKind::Deliver, "2027-01-01T00:00:00Z"));
}

#[test]
fn who_booked_at_once_is_named_once_it_is_confirmed() {
    let named = |mode, confirmed: bool| {
        let mut asked = booking(Status::AwaitingPayment);
        asked.terms.mode = mode;
        asked.confirmed_at = asked.confirmed_at.filter(|_| confirmed);
        asked.names_customer()
    };
    assert_eq!([named(BookingMode::Instant, false), named(BookingMode::Instant, true)], [false, true]);
    assert_eq!([named(BookingMode::Request, false), named(BookingMode::Quote, true)], [true, true]);
}

#[test]
fn a_brief_has_ten_letters_at_least_and_two_thousand_at_most() {
    let code = |text: &str| match check_brief(text) {
        Ok(_) => String::new(),
        Err(BookingsError::Fields(faults)) => faults[0].code.clone(),
        Err(other) => panic!("{other}"),
    };
    assert_eq!([code(&"a".repeat(9)), code(&"a".repeat(10))], ["too_short", ""]);
    assert_eq!([code(&"é".repeat(2_000)), code(&"é".repeat(2_001))], ["", "too_long"]);
    assert_eq!([code("one line\nand\tanother"), code("one line \u{7} and another")], ["", "invalid"]);
    assert_eq!(check_brief("  A quiet evening.\n").expect("is long enough"), "A quiet evening.");
}
