//! Bulk loading of bookings with their history, deadlines and allocations, for demo data.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use chrono::NaiveDateTime;
use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;
use uuid::Uuid;

bulk_row! {
    /// One row of `bookings`.
    BookingRow in "bookings" {
        id: Uuid,
        reference: Text,
        customer_id: Uuid,
        celebrity_id: Uuid,
        offering_id: Uuid,
        kind: Text,
        mode: Text,
        status: Text,
        payment_status: Text,
        fulfilment_status: Text,
        cancelled_by: Option<Text>,
        title: Text,
        starts_at: Option<Instant>,
        ends_at: Option<Instant>,
        starts_local: Option<NaiveDateTime>,
        time_zone: Text,
        customer_time_zone: Text,
        tzdb_version: Text,
        buffer_before_minutes: i32,
        buffer_after_minutes: i32,
        deliver_by: Option<Instant>,
        brief: Text,
        price_minor: i64,
        service_fee_minor: i64,
        total_minor: i64,
        currency: Text,
        commission_bps: i32,
        policy: Text,
        hold_expires_at: Option<Instant>,
        version: i32,
        created_at: Instant,
        updated_at: Instant,
        confirmed_at: Option<Instant>,
    }
}

/// Copies rows into `bookings` and tells how many.
pub async fn copy_bookings(tx: &mut Tx, rows: impl IntoIterator<Item = BookingRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `booking_events`.
    BookingEventRow in "booking_events" {
        booking_id: Uuid,
        version: i32,
        kind: Text,
        actor_kind: Text,
        actor_id: Option<Uuid>,
        occurred_at: Instant,
        details: Text,
    }
}

/// Copies rows into `booking_events` and tells how many.
pub async fn copy_events(tx: &mut Tx, rows: impl IntoIterator<Item = BookingEventRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `allocations`.
    AllocationRow in "allocations" {
        id: Uuid,
        celebrity_id: Uuid,
        span: (Instant, Instant),
        kind: Text,
        booking_id: Option<Uuid>,
        expires_at: Option<Instant>,
        note: Text,
        created_at: Instant,
    }
}

/// Copies rows into `allocations` and tells how many.
pub async fn copy_allocations(tx: &mut Tx, rows: impl IntoIterator<Item = AllocationRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `booking_deadlines`.
    DeadlineRow in "booking_deadlines" {
        booking_id: Uuid,
        kind: Text,
        due_at: Instant,
        closed_at: Option<Instant>,
    }
}

/// Copies rows into `booking_deadlines` and tells how many.
pub async fn copy_deadlines(tx: &mut Tx, rows: impl IntoIterator<Item = DeadlineRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}
