//! Rows of bookings, with history, deadlines and allocations.

use bookings::bulk::{AllocationRow, BookingEventRow, BookingRow, DeadlineRow};
use bookings::{CancelledBy, Change, DELIVER_DAYS_MAX, DeadlineKind, Status};
use chrono::TimeDelta;
use kernel::{BookingMode, Instant, OfferingKind};
use uuid::Uuid;

use crate::case::{COMMISSION_BPS, Case};
use crate::dice::{Dice, id, reference};
use crate::generate::World;
use crate::generate::calendar::days_span;
use crate::generate::course::keeps_time;
use crate::policies::frozen;
use crate::words::stories::{CALL_BRIEFS, ENDORSEMENT_BRIEFS, EVENING_BRIEFS, VIDEO_BRIEFS};

/// The time limits of each side, as in the status machine.
const ANSWER_HOURS: i64 = 72;
const APPROVE_HOURS: i64 = 48;
const END_GRACE_HOURS: i64 = 2;

/// The rows of bookings, oldest first.
pub fn bookings(world: &World) -> impl Iterator<Item = BookingRow> {
    Case::all(world).map(|case| booking(&case))
}

/// The rows of histories.
pub fn events(world: &World) -> impl Iterator<Item = BookingEventRow> {
    Case::all(world).flat_map(|case| {
        let booking_id = case.booking_id();
        history(&case).into_iter().zip(1..).map(move |(event, version)| BookingEventRow {
            booking_id,
            version,
            kind: event.change.kind().as_str().into(),
            actor_kind: event.actor_kind.into(),
            actor_id: event.actor_id,
            occurred_at: event.at,
            details: serde_json::to_string(&event.change).expect("a change is plain data").into(),
        })
    })
}

/// The rows of allocations: bookings, holds and blackouts.
pub fn allocations(world: &World) -> impl Iterator<Item = AllocationRow> {
    Case::all(world).filter_map(|case| allocation(&case)).chain(blackouts(world))
}

/// The rows of deadlines, open and closed.
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
        commission_bps: COMMISSION_BPS,
        policy: frozen(offer.policy_key).into(),
        hold_expires_at: course.hold_expires,
        version: history.len() as i32,
        created_at: course.placed,
        updated_at: history.last().map_or(course.placed, |event| event.at),
        confirmed_at: course.confirmed,
    }
}

/// The states of payment and fulfilment.
fn axes(case: &Case<'_>) -> (&'static str, &'static str) {
    let amounts = case.amounts();
    let course = &case.deal.course;
    let payment = match course.status {
        Status::AwaitingPayment => "pending",
        // A payment that arrives late may still confirm the booking.
        Status::Expired if case.offer.mode == BookingMode::Instant => "pending",
        _ if course.confirmed.is_none() => "none",
        _ if granted(case).is_some_and(|(_, partly)| partly) => "partly_refunded",
        _ if granted(case).is_some() => "refunded",
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

/// When the last refund arrived that staff granted of a completed booking, and whether something of the price is kept.
fn granted(case: &Case<'_>) -> Option<(Instant, bool)> {
    let stored = &case.world.stored;
    let at = stored.granted.get(&case.index)?;
    Some((*at, stored.payments.get(&case.index)?.kept_minor() > 0))
}

fn brief(case: &Case<'_>) -> &'static str {
    let mut dice = Dice::new(case.world.seed, "brief", case.index);
    match case.offer.kind {
        OfferingKind::VideoCall => dice.pick(&CALL_BRIEFS),
        OfferingKind::Appearance => dice.pick(&EVENING_BRIEFS),
        OfferingKind::PersonalVideo => dice.pick(&VIDEO_BRIEFS),
        OfferingKind::Endorsement => dice.pick(&ENDORSEMENT_BRIEFS),
    }
}

/// One event of a booking's history.
struct HistoryEvent {
    change: Change,
    actor_kind: &'static str,
    actor_id: Option<Uuid>,
    at: Instant,
}

fn history(case: &Case<'_>) -> Vec<HistoryEvent> {
    let course = &case.deal.course;
    let customer = ("customer", Some(case.customer_id()));
    let talent = case.agent_id().map_or(("talent", None), |agent| ("agent", Some(agent)));
    let system = ("system", None);
    let (price_minor, service_fee_minor) = (case.offer.price_minor, Some(case.amounts().fee));
    let mut events = vec![];
    let mut push = |change, (actor_kind, actor_id), at| events.push(HistoryEvent { change, actor_kind, actor_id, at });
    let is_instant = case.offer.mode == BookingMode::Instant;
    let answer_by = course.placed + TimeDelta::hours(ANSWER_HOURS);
    let begun = if is_instant { Change::Held { until: case.pay_by() } } else { Change::Requested { answer_by } };
    push(begun, customer, course.placed);
    if let Some(at) = course.answered {
        let answer_by = at + TimeDelta::hours(ANSWER_HOURS);
        match case.offer.mode {
            BookingMode::Quote => push(Change::Offered { price_minor, service_fee_minor, answer_by }, talent, at),
            _ => push(Change::Accepted { pay_by: case.pay_by() }, talent, at),
        }
        if course.status == Status::OfferedByCustomer {
            push(Change::Countered { price_minor, service_fee_minor, answer_by }, customer, at + TimeDelta::minutes(4));
        }
        if let Some(agreed) = case.agreed_at() {
            push(Change::Accepted { pay_by: case.pay_by() }, customer, agreed);
        }
    }
    if let Some(at) = course.confirmed {
        push(Change::Confirmed, system, at);
    }
    if let Some(at) = course.started.filter(|_| case.deal.slot.is_some()) {
        push(Change::Started, system, at);
    }
    if let Some(at) = course.delivered {
        let approve_by = at + TimeDelta::hours(APPROVE_HOURS);
        push(Change::Delivered { approve_by }, if case.deal.slot.is_some() { system } else { talent }, at);
    }
    if let Some(at) = course.completed {
        push(Change::Completed, customer, at);
    }
    if let Some((at, partly)) = granted(case) {
        push(Change::Refunded { partly }, system, at);
    }
    if let Some((at, by)) = course.ended {
        let actor = match by {
            CancelledBy::Customer => customer,
            CancelledBy::Talent => talent,
            CancelledBy::Staff => ("staff", Some(case.world.crowd.others[1].id)),
            CancelledBy::System => system,
        };
        endings(case, by).into_iter().for_each(|change| match change {
            Change::Disputed => push(change, customer, at),
            Change::Refunded { .. } => push(change, system, at),
            _ => push(change, actor, at),
        });
    }
    events
}

/// The changes that ended a booking, in order.
fn endings(case: &Case<'_>, by: CancelledBy) -> Vec<Change> {
    let course = &case.deal.course;
    let amounts = case.amounts();
    let returned = (amounts.refunded > 0).then_some(Change::Refunded { partly: amounts.refunded < amounts.total });
    match course.status {
        Status::Declined => vec![Change::Declined],
        Status::Expired => vec![Change::Expired { missed: missed(case) }],
        Status::Cancelled => {
            let cancelled = Change::Cancelled { by, refund_minor: amounts.refunded };
            std::iter::once(cancelled).chain(returned).collect()
        }
        Status::Refunded => {
            let ruled = [Change::Disputed, Change::RuledForCustomer { refund_minor: amounts.refunded }];
            ruled.into_iter().chain(returned).collect()
        }
        _ => vec![Change::Disputed],
    }
}

/// The deadline that an expired booking missed.
fn missed(case: &Case<'_>) -> DeadlineKind {
    match case.offer.mode {
        BookingMode::Quote => DeadlineKind::Quote,
        BookingMode::Request if case.deal.course.answered.is_none() => DeadlineKind::Answer,
        _ => DeadlineKind::Payment,
    }
}

fn allocation(case: &Case<'_>) -> Option<AllocationRow> {
    let slot = case.deal.slot.filter(|_| keeps_time(case.deal.course.status))?;
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
    if case.offer.mode != BookingMode::Instant {
        push("answer", course.placed + TimeDelta::hours(ANSWER_HOURS), course.answered.or(ended));
    }
    if let Some(offered) = course.answered.filter(|_| case.offer.mode == BookingMode::Quote) {
        push("quote", offered + TimeDelta::hours(ANSWER_HOURS), case.agreed_at().or(ended));
    }
    if case.offer.mode == BookingMode::Instant || course.confirmed.is_some() || course.hold_expires.is_some() {
        push("payment", case.pay_by(), course.confirmed.or(ended));
    }
    let Some(confirmed) = course.confirmed else { return dues };
    if let Some(slot) = case.deal.slot {
        push("start", slot.starts, course.started.or(ended));
        if course.started.is_some() {
            push("end", slot.ends + TimeDelta::hours(END_GRACE_HOURS), course.delivered.or(ended));
        }
    } else {
        let deliver_by = course.deliver_by.unwrap_or(confirmed + TimeDelta::days(DELIVER_DAYS_MAX));
        push("deliver", deliver_by, course.delivered.or(ended));
    }
    if let Some(delivered) = course.delivered {
        push("approve", delivered + TimeDelta::hours(APPROVE_HOURS), course.completed.or(ended));
    }
    dues
}
