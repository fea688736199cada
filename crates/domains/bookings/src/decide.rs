//! The status machine: what a command changes in a booking at a moment. Pure; every rule about states is here.

use chrono::TimeDelta;
use kernel::{ActorKind, BookingMode, FeeSchedule, Instant, Money};

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
/// A booking without a date, such as an endorsement, has to be delivered within this many days of its confirmation, so that nobody's money
/// is held for longer.
pub const DELIVER_DAYS_MAX: i64 = 90;
/// How often a customer may ask for another delivery.
const REDOS_MAX: i16 = 1;
/// How long the talent's side has for another delivery.
const REDO_DAYS: i64 = 7;

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
        (
            BookingCommand::Offer { .. }
            | BookingCommand::Counter { .. }
            | BookingCommand::Accept
            | BookingCommand::Decline,
            _,
        ) if has_missed_answer(booking, now) => return Err(late()),
        (BookingCommand::Offer { price_minor, fees }, Status::Requested | Status::OfferedByCustomer)
            if price_minor > 0 =>
        {
            let service_fee_minor = Some(fee_of(booking, price_minor, &fees));
            vec![Change::Offered { price_minor, service_fee_minor, answer_by: answer_by(booking, now) }]
        }
        (BookingCommand::Counter { price_minor, fees }, Status::OfferedByTalent) if price_minor > 0 => {
            let service_fee_minor = Some(fee_of(booking, price_minor, &fees));
            vec![Change::Countered { price_minor, service_fee_minor, answer_by: answer_by(booking, now) }]
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
        (BookingCommand::AskForRedo, Status::Delivered) if may_ask_for_redo(booking, now) => {
            vec![Change::RedoAsked { deliver_by: now + TimeDelta::days(REDO_DAYS) }]
        }
        (BookingCommand::Approve, Status::Delivered) => vec![Change::Completed],
        (
            BookingCommand::Cancel { by },
            Status::Requested | Status::OfferedByTalent | Status::OfferedByCustomer | Status::AwaitingPayment,
        ) => {
            vec![Change::Cancelled { by, refund_minor: 0 }]
        }
        (BookingCommand::Cancel { by }, Status::Confirmed) if !has_begun(booking, now) => {
            vec![Change::Cancelled { by, refund_minor: booking.refund(by, now).total.amount_minor }]
        }
        (BookingCommand::Dispute, Status::InProgress | Status::Delivered | Status::Completed) => vec![Change::Disputed],
        (BookingCommand::Dispute, Status::Confirmed) if has_begun(booking, now) => vec![Change::Disputed],
        (BookingCommand::Rule { refund: false }, Status::Disputed) => vec![Change::RuledForTalent],
        (BookingCommand::Rule { refund: true }, Status::Disputed) => {
            vec![Change::RuledForCustomer { refund_minor: booking.terms.total().amount_minor }]
        }
        (BookingCommand::FinishRefund { partly }, _) if booking.may_be_refunded() => {
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
        Change::Offered { price_minor, service_fee_minor, .. } => {
            booking.status = Status::OfferedByTalent;
            name_price(booking, price_minor, service_fee_minor);
        }
        Change::Countered { price_minor, service_fee_minor, .. } => {
            booking.status = Status::OfferedByCustomer;
            name_price(booking, price_minor, service_fee_minor);
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
        Change::RedoAsked { .. } => {
            booking.redo_count += 1;
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
    booking.due = deadlines(booking, change);
}

fn name_price(booking: &mut Booking, price_minor: i64, service_fee_minor: Option<i64>) {
    booking.terms.price.amount_minor = price_minor;
    if let Some(fee) = service_fee_minor {
        booking.terms.service_fee.amount_minor = fee;
    }
}

fn fee_of(booking: &Booking, price_minor: i64, fees: &FeeSchedule) -> i64 {
    fees.service_fee(Money::new(price_minor, booking.terms.price.currency)).amount_minor
}

/// The deadlines that follow from `change`; both sides see them.
fn deadlines(booking: &Booking, change: &Change) -> Vec<(DeadlineKind, Instant)> {
    let time = booking.terms.time;
    match *change {
        Change::Requested { answer_by } => vec![(DeadlineKind::Answer, answer_by)],
        Change::Offered { answer_by, .. } | Change::Countered { answer_by, .. } => {
            vec![(DeadlineKind::Quote, answer_by)]
        }
        Change::Held { until } | Change::Accepted { pay_by: until } => vec![(DeadlineKind::Payment, until)],
        Change::Confirmed => {
            let latest = || booking.confirmed_at.map(|at| at + TimeDelta::days(DELIVER_DAYS_MAX));
            let start = time.map(|time| (DeadlineKind::Start, time.starts_at));
            let deliver_by = booking.terms.deliver_by.or_else(|| if time.is_none() { latest() } else { None });
            start.into_iter().chain(deliver_by.map(|by| (DeadlineKind::Deliver, by))).collect()
        }
        Change::RedoAsked { deliver_by } => vec![(DeadlineKind::Deliver, deliver_by)],
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

/// The deadline that this status waits for, if it has passed.
fn missed(booking: &Booking, status: Status, now: Instant) -> Option<DeadlineKind> {
    let kind = match status {
        Status::Requested => DeadlineKind::Answer,
        Status::OfferedByTalent | Status::OfferedByCustomer => DeadlineKind::Quote,
        Status::AwaitingPayment => DeadlineKind::Payment,
        _ => return None,
    };
    let has_passed = match kind {
        DeadlineKind::Payment => booking.hold_expires_at.is_some_and(|until| until <= now),
        kind => booking.has_missed(kind, now),
    };
    has_passed.then_some(kind)
}

fn has_missed_answer(booking: &Booking, now: Instant) -> bool {
    booking.has_missed(DeadlineKind::Answer, now) || booking.has_missed(DeadlineKind::Quote, now)
}

fn has_begun(booking: &Booking, now: Instant) -> bool {
    booking.terms.time.is_some_and(|time| time.starts_at <= now)
}

/// Whether it can be marked as delivered: with a time, after its end; without one, when the talent says so, until it is late.
fn may_deliver(booking: &Booking, actor: ActorKind, now: Instant) -> bool {
    match booking.terms.time {
        None => actor != ActorKind::System && !booking.has_missed(DeadlineKind::Deliver, now),
        Some(time) => time.ends_at <= now,
    }
}

/// A booking with a time cannot be delivered again, and neither can one whose delivery counts as accepted.
fn may_ask_for_redo(booking: &Booking, now: Instant) -> bool {
    booking.terms.time.is_none() && booking.redo_count < REDOS_MAX && !booking.has_missed(DeadlineKind::Approve, now)
}
