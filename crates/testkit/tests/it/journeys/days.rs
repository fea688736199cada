//! The days that have room are computed again when a booking takes its time or gives it back.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{at, book, book_and_pay, status, text};

/// Runs what is due, a minute later, and says how often the days have been computed so far.
async fn refreshes(site: &TestSite) -> i64 {
    site.run_jobs().await;
    site.clock.advance(TimeDelta::minutes(1));
    site.run_jobs().await;
    sqlx::query_scalar("SELECT count(*) FROM jobs WHERE kind = 'refresh_open_days' AND finished_at IS NOT NULL")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("counts")
}

#[tokio::test]
async fn a_hold_says_nothing_about_its_day_and_its_end_does() {
    let site = TestSite::new().await;
    let before = refreshes(&site).await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    assert_eq!(refreshes(&site).await, before);
    site.clock.advance(TimeDelta::minutes(15));
    assert_eq!(refreshes(&site).await, before + 1);
    assert_eq!(status(&site, &booking).await.0, "expired");
}

#[tokio::test]
async fn what_is_confirmed_or_called_off_changes_its_day() {
    let site = TestSite::new().await;
    let before = refreshes(&site).await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    assert_eq!(refreshes(&site).await, before + 1);
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let cancelled = site.cast.customer.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text());
    assert_eq!(refreshes(&site).await, before + 2);
}
