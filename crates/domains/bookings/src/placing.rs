//! New bookings, written together with all that belongs to them.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use database::Tx;
use kernel::{Actor, ActorKind, AllocationId, BookingId, CelebrityId, Chance, Currency, Instant, OfferingId, PersonId};
use serde::Serialize;
use sqlx::types::Json;

use crate::store::TZDB_VERSION;
use crate::{
    Booking, BookingsError, Change, DeadlineKind, FulfilmentStatus, Kind, Mode, PaymentStatus, Policy, Status,
};

/// A new booking with what is written beside it, in the names of `place_bookings.sql`.
#[derive(Debug, Serialize)]
pub(crate) struct Placing<'booking> {
    id: BookingId,
    reference: &'booking str,
    customer_id: PersonId,
    celebrity_id: CelebrityId,
    offering_id: OfferingId,
    kind: Kind,
    mode: Mode,
    status: Status,
    payment_status: PaymentStatus,
    fulfilment_status: FulfilmentStatus,
    title: &'booking str,
    starts_at: Option<Instant>,
    ends_at: Option<Instant>,
    starts_local: Option<NaiveDateTime>,
    time_zone: &'booking str,
    customer_time_zone: &'booking str,
    tzdb_version: &'static str,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    deliver_by: Option<Instant>,
    brief: &'booking str,
    price_minor: i64,
    service_fee_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    currency: Currency,
    commission_bps: i32,
    policy: &'booking Policy,
    hold_expires_at: Option<Instant>,
    version: i32,
    change: &'static str,
    details: &'booking Change,
    actor_kind: ActorKind,
    actor_id: Option<PersonId>,
    deadline: Option<DeadlineKind>,
    due_at: Option<Instant>,
    hold_id: Option<AllocationId>,
    held_from: Option<Instant>,
    held_to: Option<Instant>,
}

impl<'booking> Placing<'booking> {
    /// What `change`, the first of this booking, leads to.
    pub(crate) fn of(booking: &'booking Booking, change: &'booking Change, chance: &dyn Chance, now: Instant) -> Self {
        let (terms, actor) = (&booking.terms, Actor::customer(booking.customer));
        let span = if matches!(change, Change::Held { .. }) { terms.span() } else { None };
        let deadline = crate::deadlines(booking, change).first().copied();
        Self {
            id: booking.id,
            reference: &booking.reference,
            customer_id: booking.customer,
            celebrity_id: booking.celebrity,
            offering_id: booking.offering,
            kind: terms.kind,
            mode: terms.mode,
            status: booking.status,
            payment_status: booking.payment_status,
            fulfilment_status: booking.fulfilment_status,
            title: &terms.title,
            starts_at: terms.time.map(|time| time.starts_at),
            ends_at: terms.time.map(|time| time.ends_at),
            starts_local: terms.time.map(|time| time.starts_local),
            time_zone: &terms.time_zone,
            customer_time_zone: &booking.customer_time_zone,
            tzdb_version: TZDB_VERSION,
            buffer_before_minutes: terms.buffer_before_minutes,
            buffer_after_minutes: terms.buffer_after_minutes,
            deliver_by: terms.deliver_by,
            brief: &booking.brief,
            price_minor: terms.price.amount_minor,
            service_fee_minor: terms.service_fee.amount_minor,
            tax_minor: terms.tax.amount_minor,
            total_minor: terms.total().amount_minor,
            currency: terms.price.currency,
            commission_bps: terms.commission_bps,
            policy: &terms.policy,
            hold_expires_at: booking.hold_expires_at,
            version: booking.version,
            change: change.kind(),
            details: change,
            actor_kind: actor.kind,
            actor_id: actor.id,
            deadline: deadline.map(|(kind, _)| kind),
            due_at: deadline.map(|(_, due_at)| due_at),
            hold_id: span.map(|_| AllocationId::new(chance, now)),
            held_from: span.map(|span| span.from),
            held_to: span.map(|span| span.to),
        }
    }
}

/// Writes bookings with their holds, first events and deadlines, in one round trip. Says which were placed: the time of the
/// others is taken.
pub(crate) async fn insert(
    tx: &mut Tx,
    placings: &[Placing<'_>],
    now: Instant,
) -> Result<HashSet<BookingId>, BookingsError> {
    let mut placed = try_insert(tx, placings, now).await?;
    if placed.len() < placings.len() {
        let lost: Vec<&Placing<'_>> = placings.iter().filter(|placing| !placed.contains(&placing.id)).collect();
        let spans =
            lost.iter().filter_map(|placing| Some((placing.celebrity_id, placing.held_from?, placing.held_to?)));
        if clear_lapsed(tx, spans, now).await? > 0 {
            placed.extend(try_insert(tx, &lost, now).await?);
        }
    }
    Ok(placed)
}

async fn try_insert(
    tx: &mut Tx,
    placings: &[impl Serialize + Sync],
    now: Instant,
) -> Result<HashSet<BookingId>, BookingsError> {
    let placed = sqlx::query_file_scalar!("sql/place_bookings.sql", Json(placings) as _, now).fetch_all(&mut **tx);
    Ok(placed.await?.into_iter().collect())
}

/// Deletes holds that lapsed and still stand in the way of these times, whose calendars are locked. Says how many.
async fn clear_lapsed(
    tx: &mut Tx,
    times: impl Iterator<Item = (CelebrityId, Instant, Instant)>,
    now: Instant,
) -> Result<u64, BookingsError> {
    let (celebrities, (begins, ends)): (Vec<_>, (Vec<_>, Vec<_>)) =
        times.map(|(celebrity, from, to)| (celebrity.0, (from, to))).unzip();
    let cleared = sqlx::query!(
        "DELETE FROM allocations USING unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS wanted (celebrity_id, begins, ends)
         WHERE allocations.celebrity_id = wanted.celebrity_id AND span && tstzrange(begins, ends) AND kind = 'hold' AND expires_at <= $4",
        &celebrities,
        &begins,
        &ends,
        now
    );
    Ok(cleared.execute(&mut **tx).await?.rows_affected())
}
