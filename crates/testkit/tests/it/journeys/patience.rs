//! How long a charge is waited for that its provider does not know, and how long it is looked for after that.

use chrono::TimeDelta;
use serde_json::Value;
use testkit::{CardFault, TestSite};

use crate::steps::journey::{PAYS, at, book, leg, look, pay, provider_keeps, status, text};

/// A booking whose charge is on its way for longer than anybody waits.
async fn book_with_a_delay(site: &TestSite) -> Value {
    let booking = book(&site.cast.customer, &site.cast.star, at(site, 5, 10)).await;
    site.cards.cannot_close_keys();
    site.cards.will([CardFault::DelaysCharge]);
    pay(&site.cast.customer, &booking, PAYS, "first").await;
    booking
}

async fn later(site: &TestSite, by: TimeDelta) {
    site.clock.advance(by);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_after_five_seconds_and_not_before() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    site.cards.will([CardFault::LosesAnswer]);
    pay(&site.cast.customer, &booking, PAYS, "first").await;
    for (seconds, expected) in [(4, "awaiting_payment"), (1, "confirmed")] {
        later(&site, TimeDelta::seconds(seconds)).await;
        assert_eq!(status(&site, &booking).await.0, expected, "after {seconds} seconds more");
    }
}

#[tokio::test]
async fn a_charge_that_is_not_known_counts_as_failed_after_half_a_minute_and_not_before() {
    let site = TestSite::new().await;
    let booking = book_with_a_delay(&site).await;
    later(&site, TimeDelta::seconds(29)).await;
    let state = |seen: &Value| text(leg(&seen["payment"]), "state").to_owned();
    assert_eq!(state(&look(&site.cast.customer, &booking).await), "created");
    later(&site, TimeDelta::seconds(2)).await;
    assert_eq!(state(&look(&site.cast.customer, &booking).await), "failed");
}

#[tokio::test]
async fn a_charge_that_counts_as_failed_is_looked_for_half_a_day() {
    let site = TestSite::new().await;
    let booking = book_with_a_delay(&site).await;
    later(&site, TimeDelta::seconds(31)).await;
    later(&site, TimeDelta::hours(11)).await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    site.cards.deliver_late().await;
    later(&site, TimeDelta::minutes(30)).await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()), "its time was still free");
    assert_eq!(provider_keeps(&site).await, 26_250);
}

#[tokio::test]
async fn after_half_a_day_no_job_looks_for_it_any_more() {
    let site = TestSite::new().await;
    book_with_a_delay(&site).await;
    for by in [TimeDelta::seconds(31), TimeDelta::hours(12)] {
        later(&site, by).await;
    }
    let (waiting, dead): (i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE finished_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL)
         FROM jobs WHERE kind = 'ask_provider'",
    )
    .fetch_one(site.test_database().database.pool())
    .await
    .expect("counts");
    assert_eq!((waiting, dead), (0, 0));
}
