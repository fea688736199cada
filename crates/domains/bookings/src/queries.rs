//! Reads of bookings.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use database::Connection;
use kernel::{ActorKind, BookingId, CelebrityId, Dated, Instant, Page, PageRequest, PersonId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::ToSchema;

use crate::booking::Booking;
use crate::change::{Change, ChangeKind};
use crate::decide::HOLD_MINUTES;
use crate::error::BookingsError;
use crate::status::{DeadlineKind, Status};
use crate::store;

/// One line of a booking's history.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HistoryLine {
    pub version: i32,
    /// What happened: `held`, `confirmed`, …
    pub kind: ChangeKind,
    pub actor_kind: ActorKind,
    /// Shown to staff, and to the person who did it.
    pub actor_id: Option<PersonId>,
    pub occurred_at: DateTime<Utc>,
    #[schema(value_type = Object)]
    pub details: Change,
}

/// A deadline of a booking.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Deadline {
    pub kind: DeadlineKind,
    pub due_at: DateTime<Utc>,
    /// When it was met, superseded or processed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// One booking.
pub async fn booking(connection: &mut Connection, id: BookingId) -> Result<Booking, BookingsError> {
    store::find(connection, id).await?.ok_or(BookingsError::NotFound)
}

/// The history and the deadlines of a booking.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Who did what when, oldest first.
    pub history: Vec<HistoryLine>,
    /// Every deadline the booking has had, soonest first.
    pub deadlines: Vec<Deadline>,
}

/// History and deadlines of a booking, in one statement.
pub async fn timeline(connection: &mut Connection, id: BookingId) -> Result<Timeline, BookingsError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('version', version, 'kind', kind, 'actor_kind', actor_kind,
                     'actor_id', actor_id, 'occurred_at', occurred_at, 'details', details) ORDER BY version), '[]')
                   FROM booking_events WHERE booking_id = $1) AS "history!: Json<Vec<HistoryLine>>",
                  (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'due_at', due_at, 'closed_at', closed_at)
                     ORDER BY due_at, kind), '[]')
                   FROM booking_deadlines WHERE booking_id = $1) AS "deadlines!: Json<Vec<Deadline>>""#,
        id.0
    );
    let row = row.fetch_one(connection).await?;
    Ok(Timeline { history: row.history.0, deadlines: row.deadlines.0 })
}

/// The number of unpaid bookings with a held time, by customer. Customers without any are left out.
pub async fn unpaid(
    connection: &mut Connection,
    customers: &[PersonId],
    now: Instant,
) -> Result<HashMap<PersonId, u32>, BookingsError> {
    let customers: Vec<_> = customers.iter().map(|customer| customer.0).collect();
    // A booking older than the length of a hold has been paid or has expired; this bound limits the scan to a few rows of the index.
    let rows = sqlx::query!(
        r#"SELECT customer_id AS "customer: PersonId", count(*) AS "count!" FROM bookings
           WHERE customer_id = ANY($1) AND created_at > $2 AND status = 'awaiting_payment' AND hold_expires_at > $3
           GROUP BY customer_id"#,
        &customers,
        now - TimeDelta::minutes(HOLD_MINUTES),
        now
    );
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.customer, count(row.count))).collect())
}

/// Whose bookings to list.
#[derive(Debug, Clone)]
pub enum BookingsOf {
    Customer(PersonId),
    Talent(Vec<CelebrityId>),
}

/// A page of bookings, newest first, in one state or any.
pub async fn list(
    connection: &mut Connection,
    side: &BookingsOf,
    status: Option<Status>,
    page: &PageRequest,
) -> Result<Page<Booking>, BookingsError> {
    let after: Option<(Dated<Instant>, BookingId)> = match &page.cursor {
        Some(cursor) => Some(cursor.decode().map_err(|_| BookingsError::BadCursor)?),
        None => None,
    };
    let (customer, celebrities): (Option<uuid::Uuid>, Vec<uuid::Uuid>) = match side {
        BookingsOf::Customer(person) => (Some(person.0), Vec::new()),
        BookingsOf::Talent(celebrities) => (None, celebrities.iter().map(|id| id.0).collect()),
    };
    struct Listed {
        id: BookingId,
        created_at: Instant,
    }
    let rows = sqlx::query_as!(
        Listed,
        r#"SELECT id AS "id: BookingId", created_at FROM bookings
           WHERE (customer_id = $1 OR ($1::uuid IS NULL AND celebrity_id = ANY($2))) AND ($3::text IS NULL OR status = $3)
             AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5)) ORDER BY created_at DESC, id DESC LIMIT $6"#,
        customer,
        &celebrities,
        status.map(Status::as_str),
        after.map(|(at, _)| at.get()),
        after.map(|(_, id)| id.0),
        i64::from(page.limit) + 1
    );
    let rows = rows.fetch_all(&mut *connection).await?;
    let page = Page::from_rows(rows, page.limit, |row| (row.created_at, row.id));
    let mut bookings = store::find_all(connection, &page.items.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    bookings.sort_by_key(|booking| std::cmp::Reverse((booking.created_at, booking.id)));
    Ok(Page { items: bookings, next_cursor: page.next_cursor })
}

/// What people call bookings.
pub async fn references(
    connection: &mut Connection,
    ids: &[BookingId],
) -> Result<HashMap<BookingId, String>, BookingsError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(r#"SELECT id AS "id: BookingId", reference FROM bookings WHERE id = ANY($1)"#, &ids);
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.reference)).collect())
}

/// Which of these bookings are with this celebrity.
pub async fn those_with(
    connection: &mut Connection,
    celebrity: CelebrityId,
    ids: &HashSet<BookingId>,
) -> Result<HashSet<BookingId>, BookingsError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_scalar!(
        r#"SELECT id AS "id: BookingId" FROM bookings WHERE celebrity_id = $1 AND id = ANY($2)"#,
        celebrity.0,
        &ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().collect())
}

/// The number of a customer's bookings that have ended, in any way.
pub async fn past_count(connection: &mut Connection, customer: PersonId) -> Result<i64, BookingsError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM bookings
           WHERE customer_id = $1 AND status IN ('completed', 'declined', 'expired', 'cancelled', 'refunded')"#,
        customer.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Whether this customer has a booking to pay; the same rule as `Booking::payable`, in SQL.
pub async fn has_unpaid(connection: &mut Connection, customer: PersonId, now: Instant) -> Result<bool, BookingsError> {
    let has = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM bookings WHERE customer_id = $1 AND status = 'awaiting_payment'
             AND least(hold_expires_at, coalesce(starts_at, deliver_by)) > $2) AS "has!""#,
        customer.0,
        now
    );
    Ok(has.fetch_one(connection).await?)
}
