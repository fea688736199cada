//! Invented bookings of the songwriter.

use std::sync::LazyLock;

use bookings::queries::{Deadline, HistoryLine};
use bookings::{
    Booking, BookingTerms, CancelledBy, Change, DeadlineKind, FulfilmentStatus, PaymentStatus, Status, Timing,
};
use catalog::CelebrityCard;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    ActorKind, BookingId, BookingMode, CancellationPolicy, Currency, Money, OfferingId, OfferingKind, PersonId,
    RefundTier,
};
use uuid::Uuid;

use super::times::{THEIRS, YOURS, starts_at};
use super::{now, people};
use crate::views::booking::{BookingCard, BookingPresenter, Viewer};

static SONGWRITER: LazyLock<CelebrityCard> = LazyLock::new(|| people::celebrity().card);

/// Placed a moment ago and not paid yet.
pub(crate) fn held() -> Booking {
    let starts = starts_at();
    Booking {
        id: BookingId(Uuid::from_u128(1)),
        reference: "SD-7KQ2-M4XW".to_owned(),
        customer: PersonId(Uuid::from_u128(1)),
        celebrity: SONGWRITER.id,
        offering: OfferingId(Uuid::from_u128(1)),
        terms: BookingTerms {
            kind: OfferingKind::Appearance,
            mode: BookingMode::Instant,
            title: "Two songs at your launch".to_owned(),
            price: Money::new(110_000, Currency::Usd),
            service_fee: Money::new(5_500, Currency::Usd),
            tax: Money::new(0, Currency::Usd),
            commission_bps: 1_500,
            policy: CancellationPolicy {
                key: "moderate".to_owned(),
                name: "Moderate".to_owned(),
                tiers: vec![
                    RefundTier { hours_before: 336, refund_percent: 100 },
                    RefundTier { hours_before: 120, refund_percent: 50 },
                ],
                grace_hours: 0,
            },
            time: Some(Timing {
                starts_at: starts,
                ends_at: starts + TimeDelta::minutes(40),
                starts_local: starts.with_timezone(&THEIRS).naive_local(),
            }),
            time_zone: THEIRS.name().to_owned(),
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            deliver_by: None,
        },
        brief: "We open our studio that evening, about 80 guests. There is a small stage and an upright piano, tuned last week."
            .to_owned(),
        customer_time_zone: YOURS.name().to_owned(),
        status: Status::AwaitingPayment,
        payment_status: PaymentStatus::Pending,
        fulfilment_status: FulfilmentStatus::None,
        cancelled_by: None,
        hold_expires_at: Some(now() + TimeDelta::minutes(12)),
        due: vec![(DeadlineKind::Payment, now() + TimeDelta::minutes(12))],
        redo_count: 0,
        version: 1,
        created_at: now() - TimeDelta::minutes(3),
        updated_at: now(),
        confirmed_at: None,
    }
}

/// Held once, and not paid in time.
pub(crate) fn lapsed() -> Booking {
    Booking { hold_expires_at: Some(now() - TimeDelta::minutes(1)), ..held() }
}

/// Paid two minutes ago.
pub(crate) fn confirmed() -> Booking {
    Booking {
        status: Status::Confirmed,
        payment_status: PaymentStatus::Paid,
        fulfilment_status: FulfilmentStatus::Scheduled,
        hold_expires_at: None,
        version: 2,
        confirmed_at: Some(now() - TimeDelta::minutes(2)),
        ..held()
    }
}

/// The same for a personal video, which takes no time.
pub(crate) fn for_a_video(booking: Booking) -> Booking {
    let deliver_by = booking.confirmed_at.map(|at| at + TimeDelta::days(7));
    let terms = BookingTerms {
        kind: OfferingKind::PersonalVideo,
        title: "A birthday song".to_owned(),
        time: None,
        deliver_by,
        ..booking.terms
    };
    Booking { terms, ..booking }
}

/// Called off by the customer, and paid back.
pub(crate) fn cancelled() -> Booking {
    Booking {
        status: Status::Cancelled,
        payment_status: PaymentStatus::Refunded,
        cancelled_by: Some(CancelledBy::Customer),
        version: 3,
        ..confirmed()
    }
}

/// Over, and nobody objected.
pub(crate) fn completed() -> Booking {
    Booking { status: Status::Completed, fulfilment_status: FulfilmentStatus::Accepted, version: 5, ..confirmed() }
}

/// What happened to a booking that was paid.
pub(crate) fn history() -> Vec<HistoryLine> {
    let held = Change::Held { until: now() + TimeDelta::minutes(12) };
    vec![
        history_line(1, held, ActorKind::Customer, now() - TimeDelta::minutes(3)),
        history_line(2, Change::Confirmed, ActorKind::System, now() - TimeDelta::minutes(2)),
    ]
}

/// And to one that was called off.
pub(crate) fn called_off() -> Vec<HistoryLine> {
    let mut lines = history();
    let cancelled = Change::Cancelled { by: CancelledBy::Customer, refund_minor: 115_500 };
    lines.push(history_line(3, cancelled, ActorKind::Customer, now()));
    lines
}

fn history_line(version: i32, details: Change, actor_kind: ActorKind, occurred_at: DateTime<Utc>) -> HistoryLine {
    HistoryLine { version, kind: details.kind(), actor_kind, actor_id: None, occurred_at, details }
}

/// What is still to come: the end of the hold, or of the booking.
pub(crate) fn deadlines(booking: &Booking) -> Vec<Deadline> {
    let open = |kind, due_at| vec![Deadline { kind, due_at, closed_at: None }];
    match booking.status {
        Status::AwaitingPayment => open(DeadlineKind::Payment, now() + TimeDelta::minutes(12)),
        Status::Confirmed if booking.terms.time.is_none() => open(DeadlineKind::Deliver, now() + TimeDelta::days(7)),
        Status::Confirmed => open(DeadlineKind::End, starts_at() + TimeDelta::minutes(40)),
        _ => Vec::new(),
    }
}

/// A booking as its customer looks at it in Berlin.
pub(crate) fn presented(booking: &Booking) -> BookingPresenter<'_> {
    let (yours, now) = (YOURS, now());
    BookingPresenter { booking, card: Some(&SONGWRITER), viewer: Viewer::Customer, customer: None, yours, now }
}

/// A booking as the talent's side looks at it.
pub(crate) fn seen_by_talent(booking: &Booking) -> BookingPresenter<'_> {
    BookingPresenter { viewer: Viewer::Talent, customer: Some("Noor Haddad"), ..presented(booking) }
}

impl BookingPresenter<'_> {
    /// The card with a portrait that the gallery serves.
    pub(crate) fn sample_card(&self) -> BookingCard {
        BookingCard { portrait: people::portrait(2), ..self.card() }
    }
}
