//! Every state against every command, and random histories.

use kernel::{
    ActorKind, BookingId, BookingMode, CancellationPolicy, CelebrityId, Currency, FeeSchedule, Instant, Money,
    OfferingId, OfferingKind, PersonId, RefundTier,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    Booking, BookingCommand, BookingTerms, BookingsError, CancelledBy, Change, DeadlineKind, FulfilmentStatus,
    NotPayable, PaymentStatus, Status, Timing, apply, begin, decide,
};

mod refunds;
mod sides;
mod states;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A booking of an evening on 31 December, made on 1 December.
fn booking(status: Status) -> Booking {
    let price = Money::new(100_000, Currency::Usd);
    let starts_at = at("2026-12-31T20:00:00Z");
    Booking {
        id: BookingId(Uuid::nil()),
        reference: "SD-TEST-TEST".into(),
        customer: PersonId(Uuid::nil()),
        celebrity: CelebrityId(Uuid::nil()),
        offering: OfferingId(Uuid::nil()),
        terms: BookingTerms {
            kind: OfferingKind::Appearance,
            mode: BookingMode::Instant,
            title: "An evening".into(),
            price,
            service_fee: price.percent(5),
            tax: Money::new(0, Currency::Usd),
            commission_bps: 1_500,
            policy: CancellationPolicy {
                key: "moderate".into(),
                name: "Moderate".into(),
                tiers: vec![RefundTier { hours_before: 120, refund_percent: 100 }],
                grace_hours: 24,
            },
            time: Some(Timing {
                starts_at,
                ends_at: starts_at + chrono::TimeDelta::hours(1),
                starts_local: starts_at.naive_utc(),
            }),
            time_zone: "UTC".into(),
            buffer_before_minutes: 30,
            buffer_after_minutes: 30,
            deliver_by: None,
        },
        brief: "A brief".into(),
        customer_time_zone: "UTC".into(),
        status,
        payment_status: if status == Status::Confirmed { PaymentStatus::Paid } else { PaymentStatus::Pending },
        fulfilment_status: FulfilmentStatus::None,
        cancelled_by: None,
        hold_expires_at: Some(at("2026-12-01T12:15:00Z")),
        due: waits_for(status).map(|kind| (kind, at("2027-01-01T00:00:00Z"))).into_iter().collect(),
        redo_count: 0,
        version: 1,
        created_at: at("2026-12-01T12:00:00Z"),
        updated_at: at("2026-12-01T12:00:00Z"),
        confirmed_at: Some(at("2026-12-01T12:05:00Z")),
    }
}

/// The deadline that a status waits for.
fn waits_for(status: Status) -> Option<DeadlineKind> {
    match status {
        Status::Requested => Some(DeadlineKind::Answer),
        Status::OfferedByTalent | Status::OfferedByCustomer => Some(DeadlineKind::Quote),
        Status::AwaitingPayment => Some(DeadlineKind::Payment),
        Status::Confirmed => Some(DeadlineKind::Start),
        Status::InProgress => Some(DeadlineKind::End),
        Status::Delivered => Some(DeadlineKind::Approve),
        _ => None,
    }
}

/// A video, to be delivered by New Year.
fn video(status: Status) -> Booking {
    let mut video = booking(status);
    video.terms.kind = OfferingKind::PersonalVideo;
    video.terms.time = None;
    video.terms.deliver_by = Some(at("2027-01-01T00:00:00Z"));
    if status == Status::Confirmed {
        video.due = vec![(DeadlineKind::Deliver, at("2027-01-01T00:00:00Z"))];
    }
    video
}

const FEES: FeeSchedule =
    FeeSchedule { service_fee_bps: 500, fee_min_minor: 100, fee_max_minor: 50_000, commission_bps: 1_500 };

/// The booking after a command that is allowed.
fn after(mut booking: Booking, command: BookingCommand, actor: ActorKind, now: &str) -> Booking {
    for change in decide(&booking, command, actor, at(now)).unwrap() {
        apply(&mut booking, &change, at(now));
    }
    booking
}

/// Each command with a side that may ask for it.
fn commands() -> [(BookingCommand, ActorKind); 18] {
    [
        (BookingCommand::Offer { price_minor: 5, fees: FEES }, ActorKind::Talent),
        (BookingCommand::Counter { price_minor: 5, fees: FEES }, ActorKind::Customer),
        (BookingCommand::Accept, ActorKind::Talent),
        (BookingCommand::Accept, ActorKind::Customer),
        (BookingCommand::Decline, ActorKind::Agent),
        (BookingCommand::Decline, ActorKind::Customer),
        (BookingCommand::Confirm, ActorKind::System),
        (BookingCommand::ReturnPayment, ActorKind::System),
        (BookingCommand::Expire, ActorKind::System),
        (BookingCommand::Start, ActorKind::System),
        (BookingCommand::Deliver, ActorKind::Talent),
        (BookingCommand::AskForRedo, ActorKind::Customer),
        (BookingCommand::Approve, ActorKind::Customer),
        (BookingCommand::Cancel { by: CancelledBy::Customer }, ActorKind::Customer),
        (BookingCommand::Cancel { by: CancelledBy::Talent }, ActorKind::Talent),
        (BookingCommand::Dispute, ActorKind::Customer),
        (BookingCommand::Rule { refund: false }, ActorKind::Staff),
        (BookingCommand::Rule { refund: true }, ActorKind::Staff),
    ]
}

/// Where each command leads from each state of something that has begun, before its deadline has passed or after that. What is not
/// listed is refused.
fn expected(status: Status, command: BookingCommand, actor: ActorKind, is_late: bool) -> Option<Status> {
    use Status::*;
    if is_late && matches!(status, Requested | OfferedByTalent | OfferedByCustomer) {
        return match command {
            BookingCommand::Expire => Some(Expired),
            BookingCommand::Cancel { .. } => Some(Cancelled),
            _ => None,
        };
    }
    let talents_turn = matches!(status, Requested | OfferedByCustomer);
    let is_talent = matches!(actor, ActorKind::Talent | ActorKind::Agent);
    match command {
        BookingCommand::Offer { .. } => talents_turn.then_some(OfferedByTalent),
        BookingCommand::Counter { .. } => (status == OfferedByTalent).then_some(OfferedByCustomer),
        BookingCommand::Accept => {
            if is_talent { talents_turn } else { status == OfferedByTalent }.then_some(AwaitingPayment)
        }
        BookingCommand::Decline => if is_talent { talents_turn } else { status == OfferedByTalent }.then_some(Declined),
        BookingCommand::Confirm => matches!(status, AwaitingPayment | Expired).then_some(Confirmed),
        BookingCommand::ReturnPayment => match status {
            AwaitingPayment | Expired => Some(Expired),
            Cancelled | Declined => Some(status),
            _ => None,
        },
        BookingCommand::Expire => (status == AwaitingPayment).then_some(Expired),
        BookingCommand::Start => (status == Confirmed).then_some(InProgress),
        BookingCommand::Deliver => matches!(status, Confirmed | InProgress).then_some(Delivered),
        BookingCommand::Approve => (status == Delivered).then_some(Completed),
        BookingCommand::Cancel { .. } => {
            matches!(status, Requested | OfferedByTalent | OfferedByCustomer | AwaitingPayment).then_some(Cancelled)
        }
        BookingCommand::Dispute => matches!(status, Confirmed | InProgress | Delivered | Completed).then_some(Disputed),
        BookingCommand::Rule { refund } => (status == Disputed).then_some(if refund { Refunded } else { Completed }),
        // What has a time is not done again.
        BookingCommand::AskForRedo | BookingCommand::FinishRefund { .. } => None,
    }
}

#[test]
fn every_state_answers_every_command_as_the_table_says() {
    for (now, is_late) in [("2026-12-31T23:59:59Z", false), ("2027-01-01T00:00:00Z", true)] {
        for (status, (command, actor)) in Status::ALL.iter().flat_map(|status| commands().map(|asked| (*status, asked)))
        {
            let mut after = booking(status);
            let decided = decide(&after, command, actor, at(now));
            match expected(status, command, actor, is_late) {
                Some(next) => {
                    for change in decided.unwrap_or_else(|error| panic!("{status} refused {command:?}: {error}")) {
                        apply(&mut after, &change, at(now));
                    }
                    assert_eq!(after.status, next, "{status} {command:?}");
                }
                None => assert!(
                    matches!(decided, Err(BookingsError::State { status: told }) if told == status),
                    "{status} took {command:?} by {actor:?} at {now}"
                ),
            }
        }
    }
}

#[test]
fn nobody_makes_the_other_sides_move() {
    for (command, actor) in commands() {
        for other in [ActorKind::Customer, ActorKind::Talent, ActorKind::Agent, ActorKind::Staff, ActorKind::System] {
            let allowed = command.is_open_to(other);
            assert!(allowed || other != actor);
            if !allowed {
                assert!(matches!(
                    decide(&booking(Status::Confirmed), command, other, at("2027-01-02T00:00:00Z")),
                    Err(BookingsError::NotYourMove)
                ));
            }
        }
    }
}

#[test]
fn a_hold_expires_on_time_and_not_before() {
    let held = booking(Status::AwaitingPayment);
    assert!(decide(&held, BookingCommand::Expire, ActorKind::System, at("2026-12-01T12:14:59Z")).is_err());
    assert!(decide(&held, BookingCommand::Expire, ActorKind::System, at("2026-12-01T12:15:00Z")).is_ok());
}

#[test]
fn a_booking_is_payable_while_it_is_held_and_has_not_begun() {
    let held = "2026-12-01T12:14:59Z";
    let (lapsed, begun) = ("2026-12-01T12:15:00Z", "2026-12-31T20:00:00Z");
    for &status in Status::ALL {
        for payment in [PaymentStatus::None, PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Refunding] {
            for moment in [held, lapsed, begun] {
                let mut booking = booking(status);
                booking.payment_status = payment;
                let expected = match (status, payment) {
                    (_, PaymentStatus::Paid) => Err(NotPayable::AlreadyPaid),
                    (Status::AwaitingPayment, _) if moment == held => Ok(()),
                    (Status::AwaitingPayment, _) | (Status::Expired, PaymentStatus::Pending) => {
                        Err(NotPayable::HoldLapsed)
                    }
                    (Status::Requested | Status::OfferedByTalent | Status::OfferedByCustomer, _) => {
                        Err(NotPayable::NotAgreed)
                    }
                    _ => Err(NotPayable::Over),
                };
                assert_eq!(booking.payable(at(moment)), expected, "{status} {payment} {moment}");
            }
        }
    }
}

#[test]
fn what_begins_within_its_hold_is_payable_until_then() {
    let mut held = booking(Status::AwaitingPayment);
    held.hold_expires_at = Some(at("2026-12-31T20:10:00Z"));
    assert_eq!(held.payable(at("2026-12-31T19:59:59Z")), Ok(()));
    assert_eq!(held.payable(at("2026-12-31T20:00:00Z")), Err(NotPayable::Begun));
    held.terms.time = None;
    held.terms.deliver_by = Some(at("2026-12-31T20:05:00Z"));
    assert_eq!(held.payable(at("2026-12-31T20:04:59Z")), Ok(()));
    assert_eq!(held.payable(at("2026-12-31T20:05:00Z")), Err(NotPayable::Begun));
    assert_eq!(held.payable(at("2026-12-31T20:10:00Z")), Err(NotPayable::HoldLapsed));
}

#[test]
fn what_has_not_begun_is_neither_started_nor_delivered_nor_disputed() {
    let before = at("2026-12-31T19:59:59Z");
    for (command, actor) in [
        (BookingCommand::Start, ActorKind::System),
        (BookingCommand::Deliver, ActorKind::Talent),
        (BookingCommand::Dispute, ActorKind::Customer),
    ] {
        assert!(decide(&booking(Status::Confirmed), command, actor, before).is_err(), "{command:?}");
    }
}

#[test]
fn the_preview_of_a_cancellation_is_what_the_change_says() {
    let confirmed = booking(Status::Confirmed);
    for (now, refund) in
        [("2026-12-02T00:00:00Z", 105_000), ("2026-12-26T20:00:00Z", 105_000), ("2026-12-26T20:00:01Z", 0)]
    {
        let changes =
            decide(&confirmed, BookingCommand::Cancel { by: CancelledBy::Customer }, ActorKind::Customer, at(now))
                .unwrap();
        assert_eq!(changes, [Change::Cancelled { by: CancelledBy::Customer, refund_minor: refund }], "{now}");
    }
    let by_talent = decide(
        &confirmed,
        BookingCommand::Cancel { by: CancelledBy::Talent },
        ActorKind::Talent,
        at("2026-12-31T00:00:00Z"),
    )
    .unwrap();
    assert_eq!(by_talent, [Change::Cancelled { by: CancelledBy::Talent, refund_minor: 105_000 }]);
}

#[test]
fn a_request_is_answered_in_three_days_or_a_day_before_the_start() {
    let mut asked = booking(Status::Requested);
    asked.terms.mode = BookingMode::Request;
    assert_eq!(begin(&asked, at("2026-12-01T12:00:00Z")), Change::Requested { answer_by: at("2026-12-04T12:00:00Z") });
    assert_eq!(begin(&asked, at("2026-12-29T12:00:00Z")), Change::Requested { answer_by: at("2026-12-30T20:00:00Z") });
}

#[test]
fn what_has_begun_is_not_cancelled_any_more_by_either_side() {
    let cancels = |now| {
        let by = |by, actor| decide(&booking(Status::Confirmed), BookingCommand::Cancel { by }, actor, at(now)).is_ok();
        [by(CancelledBy::Customer, ActorKind::Customer), by(CancelledBy::Talent, ActorKind::Agent)]
    };
    assert_eq!(cancels("2026-12-31T19:59:59Z"), [true, true]);
    assert_eq!(cancels("2026-12-31T20:00:00Z"), [false, false]);
}

#[test]
fn a_late_video_goes_back_in_full_whoever_notices_first() {
    let cancel = BookingCommand::Cancel { by: CancelledBy::Customer };
    let refund = |now| decide(&video(Status::Confirmed), cancel, ActorKind::Customer, at(now)).unwrap();
    let of = |refund_minor| [Change::Cancelled { by: CancelledBy::Customer, refund_minor }];
    assert_eq!(refund("2026-12-31T23:59:59Z"), of(0), "its policy says so");
    assert_eq!(refund("2027-01-01T00:00:00Z"), of(105_000));
    let deliver = |now| decide(&video(Status::Confirmed), BookingCommand::Deliver, ActorKind::Talent, at(now));
    assert!(deliver("2026-12-31T23:59:59Z").is_ok());
    assert!(matches!(deliver("2027-01-01T00:00:00Z"), Err(BookingsError::State { .. })));
}

#[test]
fn a_video_is_asked_for_again_once_and_gets_a_new_date() {
    let redo = |booking: &Booking, now| decide(booking, BookingCommand::AskForRedo, ActorKind::Customer, at(now));
    let delivered = video(Status::Delivered);
    assert!(redo(&delivered, "2027-01-01T00:00:00Z").is_err(), "it counts as accepted");
    let asked = after(delivered, BookingCommand::AskForRedo, ActorKind::Customer, "2026-12-31T23:59:59Z");
    assert_eq!(asked.due, [(DeadlineKind::Deliver, at("2027-01-07T23:59:59Z"))]);
    // Its first date has passed, the new one has not.
    let again = after(asked, BookingCommand::Deliver, ActorKind::Talent, "2027-01-02T00:00:00Z");
    assert_eq!((again.status, again.redo_count), (Status::Delivered, 1));
    assert!(redo(&again, "2027-01-02T00:00:01Z").is_err(), "once");
}

#[test]
fn a_new_price_has_the_fee_of_that_price() {
    let offer = BookingCommand::Offer { price_minor: 2_000_000, fees: FEES };
    let offered = after(booking(Status::Requested), offer, ActorKind::Talent, "2026-12-02T00:00:00Z");
    assert_eq!((offered.terms.service_fee.amount_minor, offered.terms.total().amount_minor), (50_000, 2_050_000));
    let counter = BookingCommand::Counter { price_minor: 1_000, fees: FEES };
    let countered = after(offered, counter, ActorKind::Customer, "2026-12-02T00:00:00Z");
    assert_eq!((countered.terms.service_fee.amount_minor, countered.terms.total().amount_minor), (100, 1_100));
    // Histories of earlier releases know no fee.
    let earlier = r#"{"kind":"offered","price_minor":5,"answer_by":"2026-12-02T00:00:00Z"}"#;
    assert!(matches!(serde_json::from_str(earlier), Ok(Change::Offered { service_fee_minor: None, .. })));
}

#[test]
fn what_is_confirmed_always_comes_to_an_end() {
    for (time, deliver_by) in [(false, None), (false, Some("2027-01-01T00:00:00Z")), (true, None)] {
        let mut agreed = booking(Status::AwaitingPayment);
        agreed.terms.time = agreed.terms.time.filter(|_| time);
        agreed.terms.deliver_by = deliver_by.map(at);
        let confirmed = after(agreed, BookingCommand::Confirm, ActorKind::System, "2026-12-01T12:05:00Z");
        let (kind, due_at) = match (time, deliver_by) {
            (true, _) => (DeadlineKind::Start, "2026-12-31T20:00:00Z"),
            (false, Some(by)) => (DeadlineKind::Deliver, by),
            (false, None) => (DeadlineKind::Deliver, "2027-03-01T12:05:00Z"),
        };
        assert_eq!(confirmed.due, [(kind, at(due_at))]);
    }
}

proptest! {
    /// Whatever is asked in whatever order, what ended stays ended but for disputes and money, and a refund never exceeds the total.
    #[test]
    fn random_histories_keep_their_word(steps in proptest::collection::vec((0..18_usize, 0..2_000_i64), 1..60)) {
        let mut current = booking(Status::Requested);
        current.payment_status = PaymentStatus::None;
        let mut now = at("2026-12-01T12:00:00Z");
        for (choice, minutes) in steps {
            now += chrono::TimeDelta::minutes(minutes);
            let (command, actor) = commands()[choice];
            let before = current.clone();
            let Ok(changes) = decide(&current, command, actor, now) else { continue };
            for change in &changes {
                if let Change::Cancelled { refund_minor, .. } | Change::RuledForCustomer { refund_minor } = change {
                    prop_assert!((0..=current.terms.total().amount_minor).contains(refund_minor));
                }
                apply(&mut current, change, now);
            }
            prop_assert_eq!(current.version, before.version + i32::try_from(changes.len()).unwrap());
            prop_assert!(current.redo_count <= 1);
            if matches!(before.status, Status::Declined | Status::Cancelled | Status::Refunded) {
                prop_assert_eq!(current.status, before.status);
            }
        }
    }
}
