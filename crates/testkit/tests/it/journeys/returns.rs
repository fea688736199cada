//! Charges that the previous release asked to be returned.

use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{PAYS, at, book, leg, pay, provider_keeps, text};

/// Enqueues the return of so much of a charge of 262.50, and says what became of it: done, dead or waiting, and after how many tries.
async fn return_charge(site: &TestSite, amount_minor: i64) -> (String, i32) {
    let pool = site.test_database().database.pool();
    let booking = book(&site.cast.customer, &site.cast.star, at(site, 5, 10)).await;
    let payment = pay(&site.cast.customer, &booking, PAYS, "first").await.json();
    let provider_ref: String =
        sqlx::query_scalar("SELECT provider_ref FROM sandbox_card_payments").fetch_one(pool).await.expect("reads");
    let amount = json!({"amount_minor": amount_minor, "currency": "USD"});
    let payload = json!({"leg": text(leg(&payment), "id"), "provider_ref": provider_ref, "amount": amount});
    sqlx::query(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at)
         VALUES (gen_random_uuid(), 'return_charge', $1, 'return_charge/one', $2, $2)",
    )
    .bind(payload)
    .bind(site.now())
    .execute(pool)
    .await
    .expect("enqueues");
    site.run_jobs().await;
    sqlx::query_as(
        "SELECT CASE WHEN finished_at IS NOT NULL THEN 'done' WHEN dead_at IS NOT NULL THEN 'dead' ELSE 'waits' END, attempts
         FROM jobs WHERE kind = 'return_charge'",
    )
    .fetch_one(pool)
    .await
    .expect("reads")
}

#[tokio::test]
async fn a_charge_is_returned_in_full() {
    let site = TestSite::new().await;
    assert_eq!(return_charge(&site, 26_250).await, ("done".to_owned(), 1));
    assert_eq!(provider_keeps(&site).await, 0);
}

#[tokio::test]
async fn a_return_that_the_provider_refuses_is_for_an_operator_and_not_tried_again() {
    let site = TestSite::new().await;
    assert_eq!(return_charge(&site, 26_251).await, ("dead".to_owned(), 1));
    site.jobs_may_be_left();
}
