//! Bookings that every demo world contains: one in every status, and several for each demo login.

use bookings::{CancelledBy, Status};
use chrono::{Days, TimeDelta, TimeZone as _};
use kernel::{BookingMode, Instant, OfferingKind};

use super::calendar::{BookedTime, Calendar};
use super::course::{Course, keeps_time};
use super::deal::Deal;
use super::offers::Offer;
use super::stars::{DEMO_STAR, Star};
use crate::dice::Dice;

/// One fixed booking: customer, celebrity, offering, day (from today) and status.
#[derive(Debug, Clone, Copy)]
struct Scene {
    customer: u32,
    star: usize,
    kind: OfferingKind,
    /// Negative for the past; for offerings without a time, the day of the delivery.
    day: i64,
    status: Status,
    rating: Option<i16>,
}

const fn scene(customer: u32, star: usize, kind: OfferingKind, day: i64, status: Status, rating: Option<i16>) -> Scene {
    Scene { customer, star, kind, day, status, rating }
}

/// Customer 0 is the demo customer; the others book the demo celebrity.
const SCENES: [Scene; 26] = [
    scene(0, 4, OfferingKind::Appearance, 24, Status::AwaitingPayment, None),
    scene(0, DEMO_STAR, OfferingKind::VideoCall, 5, Status::Confirmed, None),
    scene(0, 1, OfferingKind::Appearance, 33, Status::Confirmed, None),
    scene(0, 7, OfferingKind::PersonalVideo, 0, Status::Delivered, None),
    scene(0, 2, OfferingKind::VideoCall, -6, Status::Completed, None),
    scene(0, 9, OfferingKind::PersonalVideo, -41, Status::Completed, Some(5)),
    scene(0, DEMO_STAR, OfferingKind::Appearance, -96, Status::Completed, Some(5)),
    scene(0, 0, OfferingKind::VideoCall, -180, Status::Completed, Some(4)),
    scene(0, 6, OfferingKind::PersonalVideo, -260, Status::Completed, Some(5)),
    scene(0, 5, OfferingKind::VideoCall, 9, Status::Cancelled, None),
    scene(0, 8, OfferingKind::Appearance, 40, Status::Declined, None),
    scene(1, DEMO_STAR, OfferingKind::Appearance, 0, Status::InProgress, None),
    scene(2, DEMO_STAR, OfferingKind::VideoCall, 2, Status::Confirmed, None),
    scene(3, DEMO_STAR, OfferingKind::VideoCall, 3, Status::Confirmed, None),
    scene(4, DEMO_STAR, OfferingKind::Endorsement, 45, Status::Requested, None),
    scene(5, DEMO_STAR, OfferingKind::Endorsement, 50, Status::OfferedByTalent, None),
    scene(6, DEMO_STAR, OfferingKind::Endorsement, 60, Status::OfferedByCustomer, None),
    scene(7, DEMO_STAR, OfferingKind::PersonalVideo, 4, Status::Confirmed, None),
    scene(8, DEMO_STAR, OfferingKind::VideoCall, 7, Status::Expired, None),
    scene(9, DEMO_STAR, OfferingKind::VideoCall, -4, Status::Disputed, None),
    scene(10, DEMO_STAR, OfferingKind::VideoCall, -12, Status::Refunded, None),
    scene(11, DEMO_STAR, OfferingKind::VideoCall, -9, Status::Completed, Some(5)),
    scene(12, 4, OfferingKind::Appearance, 30, Status::Requested, None),
    scene(13, 6, OfferingKind::Appearance, 27, Status::Requested, None),
    scene(14, 10, OfferingKind::Endorsement, 40, Status::OfferedByTalent, None),
    scene(15, 0, OfferingKind::Appearance, 0, Status::InProgress, None),
];

/// The deals of all scenes whose customer exists.
pub fn scenes(seed: u64, now: Instant, stars: &[Star], customers: usize) -> Vec<Deal> {
    let mut calendars: Vec<Calendar> =
        stars.iter().take(12).map(|star| Calendar::of(&star.hours, star.place.zone)).collect();
    let mut deals = vec![];
    for (index, scene) in SCENES.iter().enumerate() {
        let mut dice = Dice::new(seed, "staged", index as u64);
        if scene.customer as usize >= customers {
            continue;
        }
        deals.extend(stage(&mut dice, now, *scene, &stars[scene.star], &mut calendars[scene.star]));
    }
    deals
}

fn stage(dice: &mut Dice, now: Instant, scene: Scene, star: &Star, calendar: &mut Calendar) -> Option<Deal> {
    let offer_index = star.offers.iter().position(|offer| offer.kind == scene.kind)?;
    let offer = &star.offers[offer_index];
    let slot = if offer.is_timed() { Some(slot(dice, now, scene, star, offer, calendar)?) } else { None };
    let due = slot.map_or(now + TimeDelta::days(scene.day) - TimeDelta::hours(8), |slot| slot.starts);
    let course = course(scene.status, offer, slot.as_ref(), due, now);
    if let Some(slot) = slot.filter(|_| keeps_time(course.status)) {
        let buffer = TimeDelta::minutes(i64::from(offer.buffer_minutes));
        calendar.take(slot.starts - buffer, slot.ends + buffer);
    }
    let review = scene.rating.zip(course.completed).map(|(rating, at)| (rating, at + TimeDelta::hours(20)));
    Some(Deal {
        star: scene.star as u32,
        offer: offer_index as u8,
        customer: scene.customer,
        slot,
        course,
        review: review.filter(|(_, written)| *written <= now),
    })
}

/// A free time on the scene's day or on one of the following (for the past: preceding) days.
fn slot(
    dice: &mut Dice,
    now: Instant,
    scene: Scene,
    star: &Star,
    offer: &Offer,
    calendar: &Calendar,
) -> Option<BookedTime> {
    let zone = star.place.zone;
    if scene.status == Status::InProgress {
        let starts = now
            - TimeDelta::seconds(now.timestamp().rem_euclid(1_800))
            - TimeDelta::microseconds(i64::from(now.timestamp_subsec_micros()));
        let ends = starts + TimeDelta::minutes(i64::from(offer.duration_minutes));
        return Some(BookedTime { starts, ends, local: zone.from_utc_datetime(&starts.naive_utc()).naive_local() });
    }
    let today = now.with_timezone(&zone).date_naive();
    let any_time = now - TimeDelta::days(1_000);
    (0..10).find_map(|shift| {
        // Past scenes move further into the past, so that none of them starts in the future.
        let day = if scene.day < 0 { scene.day - shift } else { scene.day + shift };
        let date = if day < 0 { today - Days::new(day.unsigned_abs()) } else { today + Days::new(day.unsigned_abs()) };
        calendar.slot(dice, &star.hours, zone, offer, date, any_time)
    })
}

/// The moments that lead to `status`.
fn course(status: Status, offer: &Offer, slot: Option<&BookedTime>, due: Instant, now: Instant) -> Course {
    let ahead = TimeDelta::days(if offer.kind == OfferingKind::Appearance { 40 } else { 12 });
    let placed = match status {
        Status::Requested | Status::AwaitingPayment => now - TimeDelta::hours(19),
        Status::OfferedByTalent | Status::OfferedByCustomer => now - TimeDelta::days(3),
        _ => (due - ahead).min(now - TimeDelta::days(6)),
    };
    let mut course = Course::begun(status, placed);
    let answer = placed + TimeDelta::hours(14);
    if offer.mode != BookingMode::Instant && !matches!(status, Status::Requested | Status::Declined | Status::Expired) {
        course.answered = Some(answer);
    }
    match status {
        Status::Requested | Status::OfferedByTalent | Status::OfferedByCustomer => {}
        Status::AwaitingPayment => course.hold_expires = Some(answer + TimeDelta::hours(24)),
        Status::Declined => course.ended = Some((answer, CancelledBy::Talent)),
        Status::Expired => course.ended = Some((placed + TimeDelta::minutes(15), CancelledBy::System)),
        _ => paid(&mut course, offer, slot, due),
    }
    course
}

/// The moments after payment.
fn paid(course: &mut Course, offer: &Offer, slot: Option<&BookedTime>, due: Instant) {
    let confirmed = course.answered.unwrap_or(course.placed) + TimeDelta::minutes(6);
    course.confirmed = Some(confirmed);
    course.deliver_by = offer.deliver_within_days.map(|days| (confirmed + TimeDelta::days(i64::from(days))).max(due));
    let done = slot.map_or(due, |slot| slot.ends);
    match course.status {
        Status::Confirmed => {}
        Status::Cancelled => {
            course.refund_percent = 100;
            course.ended = Some((confirmed + TimeDelta::hours(5), CancelledBy::Customer));
        }
        Status::InProgress => course.started = Some(due),
        status => {
            course.started = Some(due);
            course.delivered = Some(done);
            let settled = done + TimeDelta::hours(26);
            match status {
                Status::Completed => course.completed = Some(settled),
                Status::Disputed => course.ended = Some((settled, CancelledBy::Customer)),
                Status::Refunded => {
                    course.refund_percent = 100;
                    course.ended = Some((settled, CancelledBy::Staff));
                }
                _ => {}
            }
        }
    }
}
