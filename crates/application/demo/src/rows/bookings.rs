//! Bookings with their history, deadlines and taken time.

use bookings::bulk::{AllocationRow, BookingEventRow, BookingRow, DeadlineRow};
use chrono::TimeDelta;
use kernel::Instant;
use uuid::Uuid;

use super::{COMMISSION_BPS, Case};
use crate::dice::{Dice, id, reference};
use crate::generate::World;
use crate::generate::calendar::days_span;
use crate::generate::course::{HOLD_MINUTES, Side, Status};
use crate::generate::offers::{Kind, Mode};
use crate::policies::policy;
use crate::words::stories::{CALL_BRIEFS, ENDORSEMENT_BRIEFS, EVENING_BRIEFS, VIDEO_BRIEFS};

/// The bookings, oldest first.
pub fn bookings(world: &World) -> impl Iterator<Item = BookingRow> {
    Case::all(world).map(|case| booking(&case))
}

/// Who did what when.
pub fn events(world: &World) -> impl Iterator<Item = BookingEventRow> {
    Case::all(world).flat_map(|case| {
        let booking_id = case.booking_id();
        history(&case).into_iter().zip(1..).map(move |(event, version)| BookingEventRow {
            booking_id,
            version,
            kind: event.kind.into(),
            actor_kind: event.actor_kind.into(),
            actor_id: event.actor_id,
            occurred_at: event.at,
            details: event.details.into(),
        })
    })
}

/// Taken time: bookings, holds, and blackouts.
pub fn allocations(world: &World) -> impl Iterator<Item = AllocationRow> {
    Case::all(world).filter_map(|case| allocation(&case)).chain(blackouts(world))
}

/// What is due, and what was.
pub fn deadlines(world: &World) -> impl Iterator<Item = DeadlineRow> {
    Case::all(world).flat_map(|case| {
        let booking_id = case.booking_id();
        dues(&case).into_iter().map(move |(kind, due_at, closed_at)| DeadlineRow {
            booking_id,
            kind: kind.into(),
            due_at,
            closed_at,
        })
    })
}

fn booking(case: &Case<'_>) -> BookingRow {
    let Case { world, deal, star, offer, .. } = *case;
    let course = &deal.course;
    let amounts = case.amounts();
    let (payment_status, fulfilment_status) = axes(case);
    let history = history(case);
    BookingRow {
        id: case.booking_id(),
        reference: reference(world.seed, case.index).into(),
        customer_id: case.customer_id(),
        celebrity_id: star.id,
        offering_id: offer.id,
        kind: offer.kind.as_str().into(),
        mode: offer.mode.as_str().into(),
        status: course.status.as_str().into(),
        payment_status: payment_status.into(),
        fulfilment_status: fulfilment_status.into(),
        cancelled_by: course.ended.filter(|_| course.status == Status::Cancelled).map(|(_, by)| by.as_str().into()),
        title: offer.title.into(),
        starts_at: deal.slot.map(|slot| slot.starts),
        ends_at: deal.slot.map(|slot| slot.ends),
        starts_local: deal.slot.map(|slot| slot.local),
        time_zone: star.place.zone.name().into(),
        customer_time_zone: world.crowd.customers[deal.customer as usize].zone.name().into(),
        tzdb_version: chrono_tz::IANA_TZDB_VERSION.into(),
        buffer_before_minutes: offer.buffer_minutes,
        buffer_after_minutes: offer.buffer_minutes,
        deliver_by: course.deliver_by,
        brief: brief(case).into(),
        price_minor: amounts.price,
        service_fee_minor: amounts.fee,
        total_minor: amounts.total,
        currency: star.place.currency.code().into(),
        commission_bps: COMMISSION_BPS as i32,
        policy: policy(offer.policy_key).frozen().into(),
        hold_expires_at: course.hold_expires,
        version: history.len() as i32,
        created_at: course.placed,
        updated_at: history.last().map_or(course.placed, |event| event.at),
        confirmed_at: course.confirmed,
    }
}

/// The payment's and the fulfilment's own states.
fn axes(case: &Case<'_>) -> (&'static str, &'static str) {
    let amounts = case.amounts();
    let course = &case.deal.course;
    let payment = match course.status {
        Status::AwaitingPayment => "pending",
        _ if course.confirmed.is_none() => "none",
        _ if amounts.refunded == 0 => "paid",
        _ if amounts.refunded < amounts.total => "partly_refunded",
        _ => "refunded",
    };
    let fulfilment = match course.status {
        Status::Confirmed => "scheduled",
        Status::InProgress => "underway",
        Status::Delivered | Status::Disputed => "delivered",
        Status::Completed => "accepted",
        Status::Refunded => "failed",
        _ => "none",
    };
    (payment, fulfilment)
}

fn brief(case: &Case<'_>) -> &'static str {
    let mut dice = Dice::new(case.world.seed, "brief", case.index);
    match case.offer.kind {
        Kind::VideoCall => dice.pick(&CALL_BRIEFS),
        Kind::Appearance => dice.pick(&EVENING_BRIEFS),
        Kind::PersonalVideo => dice.pick(&VIDEO_BRIEFS),
        Kind::Endorsement => dice.pick(&ENDORSEMENT_BRIEFS),
    }
}

/// One line of a booking's history.
struct Event {
    kind: &'static str,
    actor_kind: &'static str,
    actor_id: Option<Uuid>,
    at: Instant,
    details: String,
}

fn history(case: &Case<'_>) -> Vec<Event> {
    let course = &case.deal.course;
    let customer = ("customer", Some(case.customer_id()));
    let talent = case.agent_id().map_or(("talent", None), |agent| ("agent", Some(agent)));
    let system = ("system", None);
    let mut events = vec![];
    let mut push = |kind, (actor_kind, actor_id), at, details: String| {
        events.push(Event { kind, actor_kind, actor_id, at, details });
    };
    let plain = || "{}".to_owned();
    let placed = if case.offer.mode == Mode::Instant { "placed" } else { "requested" };
    push(placed, customer, course.placed, plain());
    if let Some(at) = course.answered {
        push(if case.offer.mode == Mode::Quote { "quoted" } else { "accepted" }, talent, at, plain());
        if course.status == Status::OfferedByCustomer {
            push("countered", customer, at + TimeDelta::minutes(20), plain());
        }
    }
    if let Some(at) = course.confirmed {
        push("confirmed", system, at, plain());
    }
    if let Some(at) = course.started.filter(|_| case.deal.slot.is_some()) {
        push("started", system, at, plain());
    }
    if let Some(at) = course.delivered {
        push("delivered", if case.deal.slot.is_some() { system } else { talent }, at, plain());
    }
    if let Some(at) = course.completed {
        push("completed", customer, at, plain());
    }
    if let Some((at, by)) = course.ended {
        let actor = match by {
            Side::Customer => customer,
            Side::Talent => talent,
            Side::Staff => ("staff", Some(case.world.crowd.others[1].id)),
            Side::System => system,
        };
        let details = if course.refund_percent > 0 {
            format!(r#"{{"refund_minor": {}}}"#, case.amounts().refunded)
        } else {
            plain()
        };
        push(course.status.as_str(), actor, at, details);
    }
    events
}

fn allocation(case: &Case<'_>) -> Option<AllocationRow> {
    let slot = case.deal.slot.filter(|_| case.deal.course.status.keeps_time())?;
    let buffer = TimeDelta::minutes(i64::from(case.offer.buffer_minutes));
    let hold_expires = case.deal.course.hold_expires;
    Some(AllocationRow {
        id: case.id("allocation", case.deal.course.placed),
        celebrity_id: case.star.id,
        span: (slot.starts - buffer, slot.ends + buffer),
        kind: if hold_expires.is_some() { "hold".into() } else { "booking".into() },
        booking_id: Some(case.booking_id()),
        expires_at: hold_expires,
        note: "".into(),
        created_at: case.deal.course.placed,
    })
}

fn blackouts(world: &World) -> impl Iterator<Item = AllocationRow> {
    world.stars.iter().enumerate().flat_map(move |(index, star)| {
        star.hours.blackouts.iter().enumerate().filter_map(move |(place, blackout)| {
            Some(AllocationRow {
                id: id(world.seed, "blackout", (index * 8 + place) as u64, star.joined),
                celebrity_id: star.id,
                span: days_span(star.place.zone, blackout.first, blackout.last)?,
                kind: "blackout".into(),
                booking_id: None,
                expires_at: None,
                note: blackout.note.into(),
                created_at: star.joined,
            })
        })
    })
}

/// Deadlines as (kind, due, closed).
fn dues(case: &Case<'_>) -> Vec<(&'static str, Instant, Option<Instant>)> {
    let course = &case.deal.course;
    let ended = course.ended.map(|(at, _)| at);
    let mut dues = vec![];
    let mut push = |kind, due: Instant, closed: Option<Instant>| dues.push((kind, due, closed));
    match case.offer.mode {
        Mode::Request => push("answer", course.placed + TimeDelta::hours(48), course.answered.or(ended)),
        Mode::Quote => push("quote", course.placed + TimeDelta::days(5), course.answered.or(ended)),
        Mode::Instant => {}
    }
    let is_payable = case.offer.mode == Mode::Instant || course.confirmed.is_some() || course.hold_expires.is_some();
    if is_payable {
        let hold_ends =
            course.hold_expires.unwrap_or(course.answered.unwrap_or(course.placed) + TimeDelta::minutes(HOLD_MINUTES));
        push("payment", hold_ends, course.confirmed.or(ended));
    }
    if course.confirmed.is_none() {
        return dues;
    }
    if let Some(slot) = case.deal.slot {
        push("start", slot.starts, course.started.or(ended));
        push("end", slot.ends, course.delivered.or(ended));
    } else if let Some(deliver_by) = course.deliver_by {
        push("deliver", deliver_by, course.delivered.or(ended));
    }
    if let Some(delivered) = course.delivered {
        push("approve", delivered + TimeDelta::hours(72), course.completed.or(ended));
    }
    dues
}
