//! The payment, the service and the deadlines after each change.

use super::*;

/// The booking after a change at noon on 2 December.
fn changed(mut booking: Booking, change: Change) -> Booking {
    apply(&mut booking, &change, at("2026-12-02T12:00:00Z"));
    booking
}

#[test]
fn a_confirmed_booking_is_paid_and_scheduled_and_holds_no_longer() {
    let confirmed = changed(booking(Status::AwaitingPayment), Change::Confirmed);
    assert_eq!(
        (confirmed.status, confirmed.payment_status, confirmed.fulfilment_status),
        (Status::Confirmed, PaymentStatus::Paid, FulfilmentStatus::Scheduled)
    );
    assert_eq!((confirmed.hold_expires_at, confirmed.confirmed_at), (None, Some(at("2026-12-02T12:00:00Z"))));
    assert_eq!((confirmed.version, confirmed.updated_at), (2, at("2026-12-02T12:00:00Z")));
}

#[test]
fn the_service_is_under_way_then_delivered_then_accepted() {
    let until = at("2026-12-05T00:00:00Z");
    for (before, change, after) in [
        (Status::Confirmed, Change::Started, FulfilmentStatus::Underway),
        (Status::InProgress, Change::Delivered { approve_by: until }, FulfilmentStatus::Delivered),
        (Status::Delivered, Change::RedoAsked { deliver_by: until }, FulfilmentStatus::Underway),
        (Status::Delivered, Change::Completed, FulfilmentStatus::Accepted),
        (Status::Disputed, Change::RuledForTalent, FulfilmentStatus::Accepted),
        (Status::Disputed, Change::RuledForCustomer { refund_minor: 1 }, FulfilmentStatus::Failed),
        (Status::Confirmed, Change::Cancelled { by: CancelledBy::Talent, refund_minor: 1 }, FulfilmentStatus::None),
    ] {
        let mut scheduled = booking(before);
        scheduled.fulfilment_status = FulfilmentStatus::Scheduled;
        assert_eq!(changed(scheduled, change.clone()).fulfilment_status, after, "{change:?}");
    }
}

#[test]
fn what_was_paid_and_goes_back_is_being_refunded_until_it_has_arrived() {
    let by = CancelledBy::Customer;
    for (before, change, after) in [
        (PaymentStatus::None, Change::Held { until: at("2026-12-02T12:15:00Z") }, PaymentStatus::Pending),
        (PaymentStatus::Pending, Change::PaymentReturned, PaymentStatus::Refunding),
        (PaymentStatus::Pending, Change::Cancelled { by, refund_minor: 0 }, PaymentStatus::None),
        (PaymentStatus::Paid, Change::Cancelled { by, refund_minor: 0 }, PaymentStatus::Paid),
        (PaymentStatus::Paid, Change::Cancelled { by, refund_minor: 1 }, PaymentStatus::Refunding),
        (PaymentStatus::Paid, Change::RuledForCustomer { refund_minor: 1 }, PaymentStatus::Refunding),
        (PaymentStatus::Refunding, Change::Refunded { partly: true }, PaymentStatus::PartlyRefunded),
        (PaymentStatus::Refunding, Change::Refunded { partly: false }, PaymentStatus::Refunded),
    ] {
        let mut paid = booking(Status::Confirmed);
        paid.payment_status = before;
        assert_eq!(changed(paid, change.clone()).payment_status, after, "{change:?}");
    }
    let cancelled = changed(booking(Status::Confirmed), Change::Cancelled { by, refund_minor: 0 });
    assert_eq!((cancelled.cancelled_by, cancelled.hold_expires_at), (Some(by), None));
}

#[test]
fn each_change_sets_the_deadlines_that_follow_from_it_and_no_others() {
    use DeadlineKind::*;
    let (then, start, end) = (at("2026-12-03T00:00:00Z"), at("2026-12-31T20:00:00Z"), at("2026-12-31T23:00:00Z"));
    let offered = Change::Offered { price_minor: 5, service_fee_minor: None, answer_by: then };
    let countered = Change::Countered { price_minor: 5, service_fee_minor: None, answer_by: then };
    for (change, due) in [
        (Change::Requested { answer_by: then }, vec![(Answer, then)]),
        (offered, vec![(Quote, then)]),
        (countered, vec![(Quote, then)]),
        (Change::Held { until: then }, vec![(Payment, then)]),
        (Change::Accepted { pay_by: then }, vec![(Payment, then)]),
        (Change::Confirmed, vec![(Start, start)]),
        (Change::RedoAsked { deliver_by: then }, vec![(Deliver, then)]),
        // Two hours after it ends it counts as delivered.
        (Change::Started, vec![(End, end)]),
        (Change::Delivered { approve_by: then }, vec![(Approve, then)]),
        (Change::Completed, vec![]),
        (Change::Expired { missed: Payment }, vec![]),
        (Change::Disputed, vec![]),
    ] {
        assert_eq!(changed(booking(Status::Confirmed), change.clone()).due, due, "{change:?}");
    }
    assert_eq!(changed(video(Status::Confirmed), Change::Confirmed).due, [(Deliver, at("2027-01-01T00:00:00Z"))]);
}

#[test]
fn a_customer_has_two_days_to_object() {
    let delivered =
        after(booking(Status::InProgress), BookingCommand::Deliver, ActorKind::System, "2027-01-01T00:00:00Z");
    assert_eq!(delivered.due, [(DeadlineKind::Approve, at("2027-01-03T00:00:00Z"))]);
}

#[test]
fn a_time_is_held_for_a_quarter_of_an_hour() {
    let now = at("2026-12-02T12:00:00Z");
    assert_eq!(begin(&booking(Status::Requested), now), Change::Held { until: at("2026-12-02T12:15:00Z") });
    let accepted = after(booking(Status::Requested), BookingCommand::Accept, ActorKind::Talent, "2026-12-02T12:00:00Z");
    assert_eq!(accepted.hold_expires_at, Some(at("2026-12-02T12:15:00Z")));
}

#[test]
fn an_answer_is_not_due_before_it_was_asked_for() {
    let mut asked = booking(Status::Requested);
    asked.terms.mode = BookingMode::Quote;
    let late = at("2026-12-31T12:00:00Z");
    assert_eq!(begin(&asked, late), Change::Requested { answer_by: late });
    asked.terms.time = None;
    assert_eq!(begin(&asked, late), Change::Requested { answer_by: at("2027-01-03T12:00:00Z") });
}

#[test]
fn a_price_of_nothing_is_no_offer() {
    for price_minor in [-1, 0] {
        let offer = BookingCommand::Offer { price_minor, fees: FEES };
        let counter = BookingCommand::Counter { price_minor, fees: FEES };
        let now = at("2026-12-02T12:00:00Z");
        assert!(decide(&booking(Status::Requested), offer, ActorKind::Talent, now).is_err());
        assert!(decide(&booking(Status::OfferedByTalent), counter, ActorKind::Customer, now).is_err());
    }
}

#[test]
fn a_refund_is_finished_while_one_is_under_way_and_after_the_end_where_something_is_kept() {
    let finishes = |status, payment_status| {
        let mut booking = booking(status);
        booking.payment_status = payment_status;
        let command = BookingCommand::FinishRefund { partly: true };
        let changes = decide(&booking, command, ActorKind::System, at("2026-12-02T12:00:00Z")).ok();
        assert!(changes.is_none() || changes == Some(vec![Change::Refunded { partly: true }]), "{changes:?}");
        changes.is_some()
    };
    for &status in Status::ALL {
        let is_over = matches!(status, Status::Completed | Status::Cancelled);
        for (payment_status, expected) in [
            (PaymentStatus::Refunding, true),
            (PaymentStatus::Paid, is_over),
            (PaymentStatus::PartlyRefunded, is_over),
            (PaymentStatus::Refunded, false),
            (PaymentStatus::Pending, false),
            (PaymentStatus::None, false),
        ] {
            assert_eq!(finishes(status, payment_status), expected, "{status} {payment_status}");
        }
    }
}

#[test]
fn what_expired_without_a_payment_under_way_is_not_confirmed() {
    let confirm = |payment_status| {
        let mut expired = booking(Status::Expired);
        expired.payment_status = payment_status;
        decide(&expired, BookingCommand::Confirm, ActorKind::System, at("2026-12-02T12:00:00Z")).is_ok()
    };
    assert_eq!(
        [PaymentStatus::Pending, PaymentStatus::None, PaymentStatus::Refunding].map(confirm),
        [true, false, false]
    );
}

#[test]
fn only_the_talent_s_side_delivers_what_has_no_time() {
    let deliver = |actor| decide(&video(Status::Confirmed), BookingCommand::Deliver, actor, at("2026-12-02T12:00:00Z"));
    assert!(deliver(ActorKind::Agent).is_ok() && deliver(ActorKind::System).is_err());
}

#[test]
fn the_end_of_a_status_is_known() {
    let ends: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_final()).collect();
    use Status::*;
    assert_eq!(ends, [Completed, Declined, Expired, Cancelled, Refunded]);
}
