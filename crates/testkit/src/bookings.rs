//! Inserts bookings in any state directly. To test how a booking gets there, call the site instead.

use std::borrow::Cow;

use ::bookings::Change;
use ::bookings::bulk::{self, AllocationRow, BookingEventRow, BookingRow};
use chrono::TimeDelta;
use kernel::{BookingId, Instant, IntentId};
use payments::bulk::IntentRow;

use crate::{TestCaller, TestSite, TestStar};

/// A status with the fields that belong to it.
#[derive(Debug, Clone, Copy)]
pub struct BookingState {
    pub status: &'static str,
    pub payment: &'static str,
    pub fulfilment: &'static str,
}

impl BookingState {
    pub const AWAITING_PAYMENT: Self = Self { status: "awaiting_payment", payment: "pending", fulfilment: "none" };
    pub const CONFIRMED: Self = Self { status: "confirmed", payment: "paid", fulfilment: "scheduled" };
    pub const COMPLETED: Self = Self { status: "completed", payment: "paid", fulfilment: "accepted" };
    pub const EXPIRED: Self = Self { status: "expired", payment: "none", fulfilment: "none" };
}

/// An inserted booking.
#[derive(Debug, Clone, Copy)]
pub struct PlacedBooking {
    pub id: BookingId,
    /// Its payment intent, pending or paid.
    pub intent: IntentId,
    pub starts_at: Instant,
}

impl TestSite {
    /// Inserts a booking of the star's video call by `customer`, `days` from now at 10:00 UTC, with its payment intent.
    pub async fn booking(
        &self,
        customer: &TestCaller,
        star: &TestStar,
        days: i64,
        state: BookingState,
    ) -> PlacedBooking {
        let at = self.site.circumstances();
        let day = (at.now + TimeDelta::days(days)).date_naive();
        let starts_at = day.and_hms_opt(10, 0, 0).expect("ten o'clock exists").and_utc();
        let id = BookingId::new(at.chance, at.now);
        let placed = PlacedBooking { id, intent: IntentId::new(at.chance, at.now), starts_at };
        let mut tx = self.site.database.begin().await.expect("begins");
        bulk::copy_bookings(&mut tx, [row(placed, customer, star, state, at.now)]).await.expect("inserts");
        let held = Change::Held { until: at.now + TimeDelta::minutes(10) };
        let event = BookingEventRow {
            booking_id: placed.id.0,
            version: 1,
            kind: Cow::Borrowed(held.kind().as_str()),
            actor_kind: Cow::Borrowed("customer"),
            actor_id: Some(customer.id().0),
            occurred_at: at.now,
            details: Cow::Owned(serde_json::to_string(&held).expect("a change is plain data")),
        };
        bulk::copy_events(&mut tx, [event]).await.expect("inserts");
        let is_hold = state.status == "awaiting_payment";
        if is_hold || state.status == "confirmed" {
            let span = AllocationRow {
                id: at.chance.uuid(at.now),
                celebrity_id: star.id.0,
                span: (starts_at, starts_at + TimeDelta::minutes(45)),
                kind: Cow::Borrowed(if is_hold { "hold" } else { "booking" }),
                booking_id: Some(placed.id.0),
                expires_at: is_hold.then_some(at.now + TimeDelta::minutes(10)),
                note: Cow::Borrowed(""),
                created_at: at.now,
            };
            bulk::copy_allocations(&mut tx, [span]).await.expect("inserts");
        }
        payments::bulk::copy_intents(&mut tx, [intent(placed, customer, star, state, at.now)]).await.expect("inserts");
        tx.commit().await.expect("commits");
        placed
    }
}

fn row(placed: PlacedBooking, customer: &TestCaller, star: &TestStar, state: BookingState, now: Instant) -> BookingRow {
    let reference = placed.id.0.simple().to_string().to_uppercase();
    let fee = star.call.price_minor / 20;
    let is_hold = state.status == "awaiting_payment";
    BookingRow {
        id: placed.id.0,
        reference: Cow::Owned(format!("SD-{}-{}", &reference[24..28], &reference[28..])),
        customer_id: customer.id().0,
        celebrity_id: star.id.0,
        offering_id: star.call.id.0,
        kind: Cow::Borrowed(star.call.kind.as_str()),
        mode: Cow::Borrowed(star.call.mode.as_str()),
        status: Cow::Borrowed(state.status),
        payment_status: Cow::Borrowed(state.payment),
        fulfilment_status: Cow::Borrowed(state.fulfilment),
        cancelled_by: None,
        title: Cow::Borrowed(star.call.title),
        starts_at: Some(placed.starts_at),
        ends_at: Some(placed.starts_at + TimeDelta::minutes(30)),
        starts_local: Some(placed.starts_at.naive_utc()),
        time_zone: Cow::Borrowed("UTC"),
        customer_time_zone: Cow::Borrowed("Europe/Lisbon"),
        tzdb_version: Cow::Borrowed("test"),
        buffer_before_minutes: 0,
        buffer_after_minutes: 15,
        deliver_by: None,
        brief: Cow::Borrowed("A quiet evening."),
        price_minor: star.call.price_minor,
        service_fee_minor: fee,
        total_minor: star.call.price_minor + fee,
        currency: Cow::Borrowed("USD"),
        commission_bps: 1_500,
        policy: Cow::Borrowed(
            r#"{"key":"flexible","name":"Flexible","tiers":[{"hours_before":24,"refund_percent":100}],"grace_hours":24}"#,
        ),
        hold_expires_at: is_hold.then_some(now + TimeDelta::minutes(10)),
        version: 1,
        created_at: now,
        updated_at: now,
        confirmed_at: (state.status == "confirmed").then_some(now),
    }
}

fn intent(
    placed: PlacedBooking,
    customer: &TestCaller,
    star: &TestStar,
    state: BookingState,
    now: Instant,
) -> IntentRow {
    let is_paid = state.payment == "paid";
    IntentRow {
        id: placed.intent.0,
        booking_id: placed.id.0,
        subject_kind: Cow::Borrowed("booking"),
        customer_id: customer.id().0,
        due_minor: star.call.price_minor + star.call.price_minor / 20,
        currency: Cow::Borrowed("USD"),
        state: Cow::Borrowed(if is_paid { "settled" } else { "open" }),
        pay_by: now + TimeDelta::minutes(10),
        settle_by: placed.starts_at,
        created_at: now,
        settled_at: is_paid.then_some(now),
    }
}
