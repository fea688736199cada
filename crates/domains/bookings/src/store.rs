//! Writes and locks of bookings.

pub(crate) mod placing;

use calendar::Span;
use chrono::NaiveDateTime;
use database::facts::FactColumns;
use database::{Connection, Tx};
use kernel::{
    Actor, AllocationId, BookingId, BookingMode, CancellationPolicy, CelebrityId, Currency, Instant, Money, OfferingId,
    OfferingKind, PersonId,
};
use serde::Deserialize;
use sqlx::postgres::types::PgRange;
use sqlx::types::Json;

use crate::booking::{Booking, BookingTerms, Timing};
use crate::change::Change;
use crate::error::BookingsError;
use crate::status::{CancelledBy, DeadlineKind, FulfilmentStatus, PaymentStatus, Status};

struct BookingRecord {
    id: BookingId,
    reference: String,
    customer_id: PersonId,
    celebrity_id: CelebrityId,
    offering_id: OfferingId,
    kind: OfferingKind,
    mode: BookingMode,
    status: Status,
    payment_status: PaymentStatus,
    fulfilment_status: FulfilmentStatus,
    cancelled_by: Option<CancelledBy>,
    title: String,
    starts_at: Option<Instant>,
    ends_at: Option<Instant>,
    starts_local: Option<NaiveDateTime>,
    time_zone: String,
    customer_time_zone: String,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    deliver_by: Option<Instant>,
    brief: String,
    price_minor: i64,
    service_fee_minor: i64,
    tax_minor: i64,
    currency: Currency,
    commission_bps: i32,
    policy: Json<CancellationPolicy>,
    hold_expires_at: Option<Instant>,
    due: Json<Vec<OpenDeadline>>,
    redo_count: i16,
    version: i32,
    created_at: Instant,
    updated_at: Instant,
    confirmed_at: Option<Instant>,
}

/// One of the results of the SQL function `open_deadlines`.
#[derive(Deserialize)]
struct OpenDeadline {
    kind: DeadlineKind,
    due_at: Instant,
}

impl From<BookingRecord> for Booking {
    fn from(row: BookingRecord) -> Self {
        let time = match (row.starts_at, row.ends_at, row.starts_local) {
            (Some(starts_at), Some(ends_at), Some(starts_local)) => Some(Timing { starts_at, ends_at, starts_local }),
            _ => None,
        };
        let terms = BookingTerms {
            kind: row.kind,
            mode: row.mode,
            title: row.title,
            price: Money::new(row.price_minor, row.currency),
            service_fee: Money::new(row.service_fee_minor, row.currency),
            tax: Money::new(row.tax_minor, row.currency),
            commission_bps: row.commission_bps,
            policy: row.policy.0,
            time,
            time_zone: row.time_zone,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            deliver_by: row.deliver_by,
        };
        Self {
            id: row.id,
            reference: row.reference,
            customer: row.customer_id,
            celebrity: row.celebrity_id,
            offering: row.offering_id,
            terms,
            brief: row.brief,
            customer_time_zone: row.customer_time_zone,
            status: row.status,
            payment_status: row.payment_status,
            fulfilment_status: row.fulfilment_status,
            cancelled_by: row.cancelled_by,
            hold_expires_at: row.hold_expires_at,
            due: row.due.0.into_iter().map(|open| (open.kind, open.due_at)).collect(),
            redo_count: row.redo_count,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            confirmed_at: row.confirmed_at,
        }
    }
}

/// Reads one booking.
pub(crate) async fn find(connection: &mut Connection, id: BookingId) -> Result<Option<Booking>, BookingsError> {
    Ok(find_all(connection, &[id]).await?.pop())
}

/// Reads these bookings, in no order.
pub(crate) async fn find_all(connection: &mut Connection, ids: &[BookingId]) -> Result<Vec<Booking>, BookingsError> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_file_as!(BookingRecord, "sql/find_bookings.sql", &ids).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Booking::from).collect())
}

/// Reads and locks one booking until the transaction ends. Locking and reading are one statement,
/// so that a transaction that waited for the lock sees what the one before it committed.
pub(crate) async fn lock(tx: &mut Tx, id: BookingId) -> Result<Booking, BookingsError> {
    let row = sqlx::query_file_as!(BookingRecord, "sql/lock_booking.sql", id.0).fetch_optional(&mut **tx).await?;
    Ok(row.ok_or(BookingsError::NotFound)?.into())
}

/// All changes of a booking, for the statement that saves them.
pub(crate) struct Changed<'caller> {
    /// The booking after all changes.
    pub booking: &'caller Booking,
    /// The changes in order, each with its version.
    pub changes: &'caller [(i32, Change)],
    pub actor: Actor,
    pub gives_time_back: bool,
    pub facts: FactColumns,
}

/// Saves the changes of a locked booking.
pub(crate) async fn save(tx: &mut Tx, changed: Changed<'_>, now: Instant) -> Result<(), BookingsError> {
    let Changed { booking, changes, actor, gives_time_back, facts } = changed;
    let terms = &booking.terms;
    let details: Result<Vec<_>, _> = changes.iter().map(|(_, change)| serde_json::to_value(change)).collect();
    let details = details.map_err(|error| sqlx::Error::Encode(error.into()))?;
    let versions: Vec<i32> = changes.iter().map(|(version, _)| *version).collect();
    let kinds: Vec<String> = changes.iter().map(|(_, change)| change.kind().as_str().to_owned()).collect();
    let (deadlines, due_ats): (Vec<String>, Vec<Instant>) =
        booking.due.iter().map(|(kind, due_at)| (kind.as_str().to_owned(), *due_at)).unzip();
    sqlx::query_file!(
        "sql/save_changes.sql",
        now,
        booking.id.0,
        booking.status.as_str(),
        booking.payment_status.as_str(),
        booking.fulfilment_status.as_str(),
        booking.cancelled_by.map(CancelledBy::as_str),
        terms.price.amount_minor,
        terms.service_fee.amount_minor,
        terms.total().amount_minor,
        booking.hold_expires_at,
        booking.version,
        booking.updated_at,
        booking.confirmed_at,
        booking.redo_count,
        &versions,
        &kinds,
        actor.kind as _,
        actor.id.map(|id| id.0),
        &details,
        &deadlines,
        &due_ats,
        gives_time_back,
        &facts.ids,
        &facts.topics,
        &facts.versions,
        &facts.subjects,
        &facts.payloads as _
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(())
}

/// Bookings with a passed deadline; at most `count_max`, oldest first.
pub(crate) async fn overdue(
    connection: &mut Connection,
    now: Instant,
    count_max: i64,
) -> Result<Vec<BookingId>, BookingsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT booking_id AS "id: BookingId" FROM booking_deadlines WHERE closed_at IS NULL AND due_at <= $1
          AND (waits_until IS NULL OR waits_until <= $1) ORDER BY due_at LIMIT $2"#,
        now,
        count_max
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The earliest passed deadline of the booking, if there is one.
pub(crate) async fn passed_deadline(
    tx: &mut Tx,
    id: BookingId,
    now: Instant,
    may_wait: bool,
) -> Result<Option<DeadlineKind>, BookingsError> {
    let kind = sqlx::query_scalar!(
        r#"SELECT kind AS "kind: DeadlineKind" FROM booking_deadlines
           WHERE booking_id = $1 AND closed_at IS NULL AND due_at <= $2 AND ($3 OR waits_until IS NULL OR waits_until <= $2)
           ORDER BY due_at LIMIT 1"#,
        id.0,
        now,
        may_wait
    );
    Ok(kind.fetch_optional(&mut **tx).await?)
}

/// Postpones working off a deadline, for example until a provider was asked.
pub(crate) async fn postpone(
    tx: &mut Tx,
    id: BookingId,
    kind: DeadlineKind,
    until: Instant,
) -> Result<(), BookingsError> {
    sqlx::query!(
        "UPDATE booking_deadlines SET waits_until = $3 WHERE booking_id = $1 AND kind = $2 AND closed_at IS NULL",
        id.0,
        kind.as_str(),
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Allocates the time of a booking whose hold is gone: waits for the calendar's
/// lock, deletes expired holds, and inserts unless the time is taken.
pub(crate) async fn take(
    tx: &mut Tx,
    id: AllocationId,
    celebrity: CelebrityId,
    span: Span,
    booking: BookingId,
    now: Instant,
) -> Result<bool, BookingsError> {
    let taken = sqlx::query_file_scalar!("sql/take_time.sql", id.0, celebrity.0, range(span), booking.0, now);
    Ok(taken.fetch_optional(&mut **tx).await?.is_some())
}

/// Turns the hold into an allocation if it still exists, expired or not.
pub(crate) async fn keep_time(tx: &mut Tx, booking: BookingId) -> Result<bool, BookingsError> {
    let kept =
        sqlx::query!("UPDATE allocations SET kind = 'booking', expires_at = NULL WHERE booking_id = $1", booking.0);
    Ok(kept.execute(&mut **tx).await?.rows_affected() == 1)
}

fn range(span: Span) -> PgRange<Instant> {
    PgRange::from(span.starts_at..span.ends_at)
}
