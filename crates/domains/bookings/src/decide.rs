//! The status machine: what a command changes in a booking at a moment. Pure; every rule about states is here.

use chrono::TimeDelta;
use kernel::{ActorKind, BookingMode, Instant};

use crate::booking::Booking;
use crate::change::Change;
use crate::command::BookingCommand;
use crate::error::BookingsError;
use crate::status::{DeadlineKind, FulfilmentStatus, PaymentStatus, Status};

/// How long a time is held for payment.
pub const HOLD_MINUTES: i64 = 15;
/// How long the talent's side has to answer, unless the start is nearer.
const ANSWER_HOURS: i64 = 72;
/// An answer is due at least this long before the start.
const ANSWER_HOURS_BEFORE_START: i64 = 24;
/// How long a customer has to object to what was delivered.
const APPROVE_HOURS: i64 = 48;
/// A booking counts as delivered this long after its end, unless that was recorded earlier.
const END_GRACE_HOURS: i64 = 2;

/// What `command` by `actor` changes at `now`, or why it cannot.
pub fn decide(
    booking: &Booking,
    command: BookingCommand,
    actor: ActorKind,
    now: Instant,
) -> Result<Vec<Change>, BookingsError> {
    if !command.is_open_to(actor) {
        return Err(BookingsError::NotYourMove);
    }
    let late = || BookingsError::State { status: booking.status };
    let changes = match (command, booking.status) {
        (BookingCommand::Offer { price_minor }, Status::Requested | Status::OfferedByCustomer) if price_minor > 0 => {
            vec![Change::Offered { price_minor, answer_by: answer_by(booking, now) }]
        }
        (BookingCommand::Counter { price_minor }, Status::OfferedByTalent) if price_minor > 0 => {
            vec![Change::Countered { price_minor, answer_by: answer_by(booking, now) }]
        }
        (BookingCommand::Accept, status) if is_turn_of(actor, status) => vec![Change::Accepted { pay_by: pay_by(now) }],
        (BookingCommand::Decline, status) if is_turn_of(actor, status) => vec![Change::Declined],
        (BookingCommand::Confirm, Status::AwaitingPayment) => vec![Change::Confirmed],
        // The hold had expired, but the time was free and has been allocated again.
        (BookingCommand::Confirm, Status::Expired) if booking.payment_status == PaymentStatus::Pending => {
            vec![Change::Confirmed]
        }
        (BookingCommand::ReturnPayment, Status::AwaitingPayment) => {
            vec![Change::Expired { missed: DeadlineKind::Payment }, Change::PaymentReturned]
        }
        (BookingCommand::ReturnPayment, Status::Expired | Status::Cancelled | Status::Declined) => {
            vec![Change::PaymentReturned]
        }
        (BookingCommand::Expire, status) => {
            vec![Change::Expired { missed: missed(booking, status, now).ok_or_else(late)? }]
        }
        (BookingCommand::Start, Status::Confirmed) if has_begun(booking, now) => vec![Change::Started],
        (BookingCommand::Deliver, Status::Confirmed | Status::InProgress) if may_deliver(booking, actor, now) => {
            vec![Change::Delivered { approve_by: now + TimeDelta::hours(APPROVE_HOURS) }]
        }
        (BookingCommand::AskForRedo, Status::Delivered) => vec![Change::RedoAsked],
        (BookingCommand::Approve, Status::Delivered) => vec![Change::Completed],
        (
            BookingCommand::Cancel { by },
            Status::Requested | Status::OfferedByTalent | Status::OfferedByCustomer | Status::AwaitingPayment,
        ) => {
            vec![Change::Cancelled { by, refund_minor: 0 }]
        }
        (BookingCommand::Cancel { by }, Status::Confirmed) => {
            vec![Change::Cancelled { by, refund_minor: booking.refund(by, now).total.amount_minor }]
        }
        (BookingCommand::Dispute, Status::InProgress | Status::Delivered | Status::Completed) => vec![Change::Disputed],
        (BookingCommand::Dispute, Status::Confirmed) if has_begun(booking, now) => vec![Change::Disputed],
        (BookingCommand::Rule { refund: false }, Status::Disputed) => vec![Change::RuledForTalent],
        (BookingCommand::Rule { refund: true }, Status::Disputed) => {
            vec![Change::RuledForCustomer { refund_minor: booking.terms.total().amount_minor }]
        }
        (BookingCommand::FinishRefund { partly }, _) if booking.payment_status == PaymentStatus::Refunding => {
            vec![Change::Refunded { partly }]
        }
        _ => return Err(late()),
    };
    Ok(changes)
}

/// The first change of a booking: an instant one is held, any other is a request.
pub fn begin(booking: &Booking, now: Instant) -> Change {
    match booking.terms.mode {
        BookingMode::Instant => Change::Held { until: pay_by(now) },
        BookingMode::Request | BookingMode::Quote => Change::Requested { answer_by: answer_by(booking, now) },
    }
}

/// The booking after `change`.
pub fn apply(booking: &mut Booking, change: &Change, now: Instant) {
    booking.version += 1;
    booking.updated_at = now;
    match *change {
        Change::Requested { .. } => booking.status = Status::Requested,
        Change::Held { until } | Change::Accepted { pay_by: until } => {
            booking.status = Status::AwaitingPayment;
            booking.payment_status = PaymentStatus::Pending;
            booking.hold_expires_at = Some(until);
        }
        Change::Offered { price_minor, .. } => {
            booking.status = Status::OfferedByTalent;
            booking.terms.price.amount_minor = price_minor;
        }
        Change::Countered { price_minor, .. } => {
            booking.status = Status::OfferedByCustomer;
            booking.terms.price.amount_minor = price_minor;
        }
        Change::Declined => booking.status = Status::Declined,
        Change::Confirmed => {
            booking.status = Status::Confirmed;
            booking.payment_status = PaymentStatus::Paid;
            booking.fulfilment_status = FulfilmentStatus::Scheduled;
            booking.hold_expires_at = None;
            booking.confirmed_at = Some(now);
        }
        Change::PaymentReturned => booking.payment_status = PaymentStatus::Refunding,
        Change::Expired { .. } => booking.status = Status::Expired,
        Change::Started => {
            booking.status = Status::InProgress;
            booking.fulfilment_status = FulfilmentStatus::Underway;
        }
        Change::Delivered { .. } => {
            booking.status = Status::Delivered;
            booking.fulfilment_status = FulfilmentStatus::Delivered;
        }
        Change::RedoAsked => {
            booking.status = Status::Confirmed;
            booking.fulfilment_status = FulfilmentStatus::Underway;
        }
        Change::Completed | Change::RuledForTalent => {
            booking.status = Status::Completed;
            booking.fulfilment_status = FulfilmentStatus::Accepted;
        }
        Change::Cancelled { by, refund_minor } => {
            booking.status = Status::Cancelled;
            booking.cancelled_by = Some(by);
            booking.hold_expires_at = None;
            booking.fulfilment_status = FulfilmentStatus::None;
            if refund_minor > 0 {
                booking.payment_status = PaymentStatus::Refunding;
            } else if booking.payment_status == PaymentStatus::Pending {
                booking.payment_status = PaymentStatus::None;
            }
        }
        Change::Disputed => booking.status = Status::Disputed,
        Change::RuledForCustomer { .. } => {
            booking.status = Status::Refunded;
            booking.payment_status = PaymentStatus::Refunding;
            booking.fulfilment_status = FulfilmentStatus::Failed;
        }
        Change::Refunded { partly } => {
            booking.payment_status = if partly { PaymentStatus::PartlyRefunded } else { PaymentStatus::Refunded };
        }
    }
}

/// The deadlines that follow from `change`; both sides see them.
pub fn deadlines(booking: &Booking, change: &Change) -> Vec<(DeadlineKind, Instant)> {
    let time = booking.terms.time;
    match *change {
        Change::Requested { answer_by } => vec![(DeadlineKind::Answer, answer_by)],
        Change::Offered { answer_by, .. } | Change::Countered { answer_by, .. } => {
            vec![(DeadlineKind::Quote, answer_by)]
        }
        Change::Held { until } | Change::Accepted { pay_by: until } => vec![(DeadlineKind::Payment, until)],
        Change::Confirmed | Change::RedoAsked => {
            let start = time.map(|time| (DeadlineKind::Start, time.starts_at));
            let deliver = booking.terms.deliver_by.map(|by| (DeadlineKind::Deliver, by));
            start.into_iter().chain(deliver).collect()
        }
        Change::Started => {
            time.map(|time| (DeadlineKind::End, time.ends_at + TimeDelta::hours(END_GRACE_HOURS))).into_iter().collect()
        }
        Change::Delivered { approve_by } => vec![(DeadlineKind::Approve, approve_by)],
        _ => Vec::new(),
    }
}

fn pay_by(now: Instant) -> Instant {
    now + TimeDelta::minutes(HOLD_MINUTES)
}

fn answer_by(booking: &Booking, now: Instant) -> Instant {
    let latest = booking.terms.time.map(|time| time.starts_at - TimeDelta::hours(ANSWER_HOURS_BEFORE_START));
    let by = now + TimeDelta::hours(ANSWER_HOURS);
    latest.map_or(by, |latest| by.min(latest)).max(now)
}

/// Whose turn it is: the talent answers a request or a customer's offer, the customer a talent's offer.
const fn is_turn_of(actor: ActorKind, status: Status) -> bool {
    match status {
        Status::Requested | Status::OfferedByCustomer => matches!(actor, ActorKind::Talent | ActorKind::Agent),
        Status::OfferedByTalent => matches!(actor, ActorKind::Customer),
        _ => false,
    }
}

/// The deadline that this status waits for. Only the end of a hold is checked here; the caller has checked the others.
fn missed(booking: &Booking, status: Status, now: Instant) -> Option<DeadlineKind> {
    match status {
        Status::Requested => Some(DeadlineKind::Answer),
        Status::OfferedByTalent | Status::OfferedByCustomer => Some(DeadlineKind::Quote),
        Status::AwaitingPayment => {
            booking.hold_expires_at.is_some_and(|until| until <= now).then_some(DeadlineKind::Payment)
        }
        _ => None,
    }
}

fn has_begun(booking: &Booking, now: Instant) -> bool {
    booking.terms.time.is_some_and(|time| time.starts_at <= now)
}

/// Whether it can be marked as delivered: with a time, after its end; without one, whenever the talent says so.
fn may_deliver(booking: &Booking, actor: ActorKind, now: Instant) -> bool {
    match booking.terms.time {
        None => actor != ActorKind::System,
        Some(time) => time.ends_at <= now,
    }
}
