//! The course of one booking: its states over time, up to `now`.

use bookings::{CancelledBy, HOLD_MINUTES, Status};
use chrono::TimeDelta;
use kernel::{BookingMode, Instant, OfferingKind};

use super::calendar::BookedTime;
use super::offers::Offer;
use crate::dice::Dice;
use crate::policies::policy;

/// Whether a booking with this status keeps its time on the calendar.
pub const fn keeps_time(status: Status) -> bool {
    matches!(
        status,
        Status::AwaitingPayment
            | Status::Confirmed
            | Status::InProgress
            | Status::Delivered
            | Status::Completed
            | Status::Disputed
    )
}

/// The moments of a booking; none is after `now`.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    pub status: Status,
    pub placed: Instant,
    /// The talent accepted a request or sent a quote.
    pub answered: Option<Instant>,
    pub confirmed: Option<Instant>,
    pub started: Option<Instant>,
    pub delivered: Option<Instant>,
    pub completed: Option<Instant>,
    /// Declined, expired, cancelled, disputed or refunded.
    pub ended: Option<(Instant, CancelledBy)>,
    /// The refunded share of the price.
    pub refund_percent: i64,
    /// When the hold of an unpaid booking ends.
    pub hold_expires: Option<Instant>,
    pub deliver_by: Option<Instant>,
}

impl Course {
    /// A course with only its beginning.
    pub const fn begun(status: Status, placed: Instant) -> Self {
        Self {
            status,
            placed,
            answered: None,
            confirmed: None,
            started: None,
            delivered: None,
            completed: None,
            ended: None,
            refund_percent: 0,
            hold_expires: None,
            deliver_by: None,
        }
    }

    fn ending(mut self, status: Status, at: Instant, by: CancelledBy) -> Self {
        self.status = status;
        self.ended = Some((at, by));
        self
    }
}

/// How long a customer who agreed to a quote has to pay.
pub const QUOTE_HOLD_HOURS: i64 = 48;

/// Lets a booking run from `placed` until it ends or `now` comes. `answer_minutes` is how long the talent's side usually takes to answer.
pub fn run(
    dice: &mut Dice,
    offer: &Offer,
    slot: Option<&BookedTime>,
    answer_minutes: i64,
    placed: Instant,
    now: Instant,
) -> Course {
    let begun = Course::begun(Status::AwaitingPayment, placed);
    let course = match offer.mode {
        BookingMode::Instant => pay(dice, begun, placed, TimeDelta::minutes(HOLD_MINUTES), 45, now),
        BookingMode::Request => answer_request(dice, begun, answer_minutes, now),
        BookingMode::Quote => answer_quote(dice, begun, answer_minutes, now),
    };
    match course.confirmed {
        Some(confirmed) => after_confirmation(dice, offer, slot, course, confirmed, now),
        None => course,
    }
}

fn answer_request(dice: &mut Dice, mut course: Course, answer_minutes: i64, now: Instant) -> Course {
    course.status = Status::Requested;
    let answered = course.placed + TimeDelta::seconds(answer_minutes * dice.between(20, 110));
    let unanswered = course.placed + TimeDelta::hours(48);
    if dice.permille(50) && unanswered <= now {
        return course.ending(Status::Expired, unanswered, CancelledBy::System);
    }
    if answered > now {
        return course;
    }
    if dice.permille(140) {
        return course.ending(Status::Declined, answered, CancelledBy::Talent);
    }
    course.answered = Some(answered);
    pay(dice, course, answered, TimeDelta::hours(24), 40, now)
}

fn answer_quote(dice: &mut Dice, mut course: Course, answer_minutes: i64, now: Instant) -> Course {
    course.status = Status::Requested;
    let answered = course.placed + TimeDelta::seconds(answer_minutes * dice.between(30, 160));
    if answered > now {
        return course;
    }
    course.answered = Some(answered);
    course.status = Status::OfferedByTalent;
    let agreed = answered + TimeDelta::minutes(dice.between(600, 9_000));
    if agreed > now {
        if dice.permille(350) {
            course.status = Status::OfferedByCustomer;
        }
        return course;
    }
    match dice.between(0, 1_000) {
        0..180 => course.ending(Status::Declined, agreed, CancelledBy::Customer),
        180..280 => course.ending(Status::Expired, agreed, CancelledBy::System),
        _ => pay(dice, course, agreed, TimeDelta::hours(QUOTE_HOLD_HOURS), 30, now),
    }
}

/// The customer pays within the hold or lets it lapse.
fn pay(
    dice: &mut Dice,
    mut course: Course,
    from: Instant,
    hold: TimeDelta,
    lapse_permille: i64,
    now: Instant,
) -> Course {
    course.status = Status::AwaitingPayment;
    let lapses = from + hold;
    if dice.permille(lapse_permille) && lapses <= now {
        return course.ending(Status::Expired, lapses, CancelledBy::System);
    }
    let hold_seconds = hold.num_seconds();
    let paid = from + TimeDelta::seconds(dice.between(hold_seconds / 10, hold_seconds * 2 / 3));
    if paid > now {
        course.hold_expires = Some(lapses);
    } else {
        course.status = Status::Confirmed;
        course.confirmed = Some(paid);
    }
    course
}

fn after_confirmation(
    dice: &mut Dice,
    offer: &Offer,
    slot: Option<&BookedTime>,
    mut course: Course,
    confirmed: Instant,
    now: Instant,
) -> Course {
    course.deliver_by = offer.deliver_within_days.map(|days| confirmed + TimeDelta::days(i64::from(days)));
    // The moment of the event, or of the delivery.
    let due = slot.map(|slot| slot.starts).or(course.deliver_by).unwrap_or(confirmed + TimeDelta::days(40));
    if dice.permille(85) {
        let left = (due - confirmed).num_seconds().max(2);
        let cancelled = confirmed + TimeDelta::seconds((left as f64 * dice.fraction().powf(1.6)) as i64);
        if cancelled <= now && cancelled < due {
            return cancel(dice, offer, slot, course, confirmed, cancelled);
        }
    }
    let (started, delivered) = match slot {
        Some(slot) => (slot.starts, slot.ends),
        None => {
            let left = (due - confirmed).num_seconds();
            let delivered = confirmed + TimeDelta::seconds((left as f64 * (0.25 + 0.7 * dice.fraction())) as i64);
            (delivered, delivered)
        }
    };
    if started > now {
        return course;
    }
    course.started = Some(started);
    if delivered > now {
        course.status = Status::InProgress;
        return course;
    }
    course.delivered = Some(delivered);
    after_delivery(dice, offer, course, delivered, now)
}

fn after_delivery(dice: &mut Dice, offer: &Offer, mut course: Course, delivered: Instant, now: Instant) -> Course {
    let accepted_hours = if offer.kind == OfferingKind::VideoCall { dice.between(1, 48) } else { dice.between(3, 48) };
    let accepted = delivered + TimeDelta::hours(accepted_hours);
    if accepted > now {
        course.status = Status::Delivered;
        return course;
    }
    if dice.permille(9) {
        course.refund_percent = 100;
        return course.ending(Status::Refunded, accepted, CancelledBy::Staff);
    }
    if now - accepted < TimeDelta::days(30) && dice.permille(12) {
        return course.ending(Status::Disputed, accepted, CancelledBy::Customer);
    }
    course.status = Status::Completed;
    course.completed = Some(accepted);
    course
}

fn cancel(
    dice: &mut Dice,
    offer: &Offer,
    slot: Option<&BookedTime>,
    mut course: Course,
    confirmed: Instant,
    at: Instant,
) -> Course {
    let by = [CancelledBy::Customer, CancelledBy::Talent, CancelledBy::Staff][dice.weighted(&[62, 33, 5])];
    course.refund_percent = match by {
        CancelledBy::Customer => {
            policy(offer.policy_key).refund_percent(slot.map(|slot| slot.starts), Some(confirmed), at)
        }
        _ => 100,
    };
    course.ending(Status::Cancelled, at, by)
}
