//! New bookings, written together with all that belongs to them.

use std::collections::HashSet;
use std::time::Duration;

use calendar::Span;
use database::Connection;
use database::facts::NewFact;
use database::idempotency::{CallAttempt, stored_status};
use kernel::{Actor, AllocationId, BookingId, Instant};
use sqlx::types::Json;

use crate::booking::Booking;
use crate::change::Change;
use crate::error::BookingsError;
use crate::status::DeadlineKind;

/// The version of the time zone data with which wall times were converted to instants.
const TZDB_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

/// A new booking with everything that is written with it.
#[derive(Debug)]
pub(crate) struct Placing<'booking> {
    pub booking: &'booking Booking,
    pub change: &'booking Change,
    pub actor: Actor,
    pub deadline: Option<(DeadlineKind, Instant)>,
    pub hold: Option<(AllocationId, Span)>,
    pub fact: NewFact,
    pub answer: &'booking KeptAnswer,
}

/// The answer of the call that placed a booking, stored for retries.
#[derive(Debug)]
pub struct KeptAnswer {
    pub attempt: CallAttempt,
    /// The HTTP status.
    pub status: u16,
    pub body: Vec<u8>,
}

/// Writes bookings with everything that belongs to them, and adds those that
/// were committed to `placed`. Needs no transaction: each statement is one.
pub(crate) async fn insert(
    connection: &mut Connection,
    placings: &[Placing<'_>],
    now: Instant,
    patience: Duration,
    placed: &mut HashSet<BookingId>,
) -> Result<(), BookingsError> {
    let all: Vec<&Placing<'_>> = placings.iter().collect();
    placed.extend(try_insert(connection, &all, now, patience).await?);
    let lost: Vec<&Placing<'_>> = placings.iter().filter(|placing| !placed.contains(&placing.booking.id)).collect();
    if !lost.is_empty() && clear_lapsed(connection, &lost, now, patience).await? {
        placed.extend(try_insert(connection, &lost, now, patience).await?);
    }
    Ok(())
}

async fn try_insert(
    connection: &mut Connection,
    placings: &[&Placing<'_>],
    now: Instant,
    patience: Duration,
) -> Result<Vec<BookingId>, BookingsError> {
    let bookings: Vec<&Booking> = placings.iter().map(|placing| placing.booking).collect();
    let rows = sqlx::query_file!(
        "sql/place_bookings.sql",
        now,
        &column(&bookings, |booking| booking.id.0),
        &column(&bookings, |booking| &*booking.reference) as _,
        &column(&bookings, |booking| booking.customer.0),
        &column(&bookings, |booking| booking.celebrity.0),
        &column(&bookings, |booking| booking.offering.0),
        &column(&bookings, |booking| booking.terms.kind.as_str()) as _,
        &column(&bookings, |booking| booking.terms.mode.as_str()) as _,
        &column(&bookings, |booking| booking.status.as_str()) as _,
        &column(&bookings, |booking| booking.payment_status.as_str()) as _,
        &column(&bookings, |booking| booking.fulfilment_status.as_str()) as _,
        &column(&bookings, |booking| &*booking.terms.title) as _,
        &column(&bookings, |booking| booking.terms.time.map(|time| time.starts_at)) as _,
        &column(&bookings, |booking| booking.terms.time.map(|time| time.ends_at)) as _,
        &column(&bookings, |booking| booking.terms.time.map(|time| time.starts_local)) as _,
        &column(&bookings, |booking| &*booking.terms.time_zone) as _,
        &column(&bookings, |booking| &*booking.customer_time_zone) as _,
        &column(&bookings, |booking| booking.terms.buffer_before_minutes),
        &column(&bookings, |booking| booking.terms.buffer_after_minutes),
        &column(&bookings, |booking| booking.terms.deliver_by) as _,
        &column(&bookings, |booking| &*booking.brief) as _,
        &column(&bookings, |booking| booking.terms.price.amount_minor),
        &column(&bookings, |booking| booking.terms.service_fee.amount_minor),
        &column(&bookings, |booking| booking.terms.tax.amount_minor),
        &column(&bookings, |booking| booking.terms.total().amount_minor),
        &column(&bookings, |booking| booking.terms.price.currency.code()) as _,
        &column(&bookings, |booking| booking.terms.commission_bps),
        &column(&bookings, |booking| Json(&booking.terms.policy)) as _,
        &column(&bookings, |booking| booking.hold_expires_at) as _,
        &column(&bookings, |booking| booking.version),
        &column(placings, |placing| placing.change.kind().as_str()) as _,
        &column(placings, |placing| Json(placing.change)) as _,
        &column(placings, |placing| placing.actor.kind) as _,
        &column(placings, |placing| placing.actor.id.map(|id| id.0)) as _,
        &column(placings, |placing| placing.deadline.map(|(kind, _)| kind.as_str())) as _,
        &column(placings, |placing| placing.deadline.map(|(_, due_at)| due_at)) as _,
        &column(placings, |placing| placing.hold.map(|(id, _)| id.0)) as _,
        &column(placings, |placing| placing.hold.map(|(_, span)| span.starts_at)) as _,
        &column(placings, |placing| placing.hold.map(|(_, span)| span.ends_at)) as _,
        &column(placings, |placing| placing.fact.id.0),
        &column(placings, |placing| placing.fact.topic) as _,
        &column(placings, |placing| placing.fact.version),
        &column(placings, |placing| &placing.fact.payload) as _,
        &column(placings, |placing| placing.answer.attempt.actor_id),
        &column(placings, |placing| &*placing.answer.attempt.route) as _,
        &column(placings, |placing| &*placing.answer.attempt.key) as _,
        &column(placings, |placing| placing.answer.attempt.request_hash.as_slice()) as _,
        &column(placings, |placing| stored_status(placing.answer.status)),
        &column(placings, |placing| &*placing.answer.body) as _,
        TZDB_VERSION,
        i32::try_from(patience.as_millis()).unwrap_or(i32::MAX)
    );
    Ok(rows.fetch_one(connection).await?.ids.unwrap_or_default())
}

fn column<'rows, Row, Cell>(rows: &'rows [&'rows Row], cell: impl Fn(&'rows Row) -> Cell) -> Vec<Cell> {
    rows.iter().map(|row| cell(row)).collect()
}

/// Deletes holds that lapsed and still stand in the way of these bookings. Says whether there were any.
///
/// A hold that another transaction is deleting is locked. It is skipped and not waited for, because two groups could otherwise wait for
/// each other. The insert that follows waits for that one row, or for the locks of the calendars, which everybody takes in the same order.
async fn clear_lapsed(
    connection: &mut Connection,
    placings: &[&Placing<'_>],
    now: Instant,
    patience: Duration,
) -> Result<bool, BookingsError> {
    let found = sqlx::query_scalar!(
        r#"WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', ($5::integer)::text, true) AS is_set),
           found AS MATERIALIZED (
             SELECT allocations.id FROM patience
             CROSS JOIN unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS wanted (celebrity_id, held_from, held_to)
             JOIN allocations ON allocations.celebrity_id = wanted.celebrity_id AND span && tstzrange(held_from, held_to)
             WHERE is_set IS NOT NULL AND kind = 'hold' AND expires_at <= $4
           ),
           locked AS MATERIALIZED (
             SELECT id FROM allocations WHERE id IN (SELECT id FROM found) ORDER BY id FOR UPDATE SKIP LOCKED
           ),
           cleared AS (DELETE FROM allocations USING locked WHERE allocations.id = locked.id)
           SELECT EXISTS (SELECT FROM found) AS "found!""#,
        &column(placings, |placing| placing.booking.celebrity.0),
        &column(placings, |placing| placing.hold.map(|(_, span)| span.starts_at)) as _,
        &column(placings, |placing| placing.hold.map(|(_, span)| span.ends_at)) as _,
        now,
        i32::try_from(patience.as_millis()).unwrap_or(i32::MAX)
    );
    Ok(found.fetch_one(connection).await?)
}
