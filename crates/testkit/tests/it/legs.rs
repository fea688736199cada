//! Several legs of one payment, and whose provider is asked about them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::TestSite;
use workflows::payment::answer_challenge;

use crate::journey::{ASKS, LOSES_THE_ANSWER, PAYS, at, balance, book, faults, look, pay, status, text};

/// A second leg under way beside the first, which the provider knows nothing of yet.
async fn another_leg(pool: &PgPool) {
    sqlx::query(
        "INSERT INTO payment_legs (id, intent_id, position, method, one_open, provider, share_minor, state, created_at, updated_at)
         SELECT gen_random_uuid(), intent_id, 2, 'crypto', false, provider, 100, 'processing', created_at, created_at FROM payment_legs",
    )
    .execute(pool)
    .await
    .expect("inserts");
}

async fn given_up(pool: &PgPool) -> Vec<(String, bool)> {
    sqlx::query_as("SELECT state, given_up_at IS NOT NULL FROM payment_legs ORDER BY position")
        .fetch_all(pool)
        .await
        .expect("reads")
}

fn reference(payment: &Value) -> &str {
    text(&payment["legs"][0], "action_url").rsplit('/').next().expect("a reference")
}

#[tokio::test]
async fn the_transaction_that_confirms_gives_up_the_other_legs() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    another_leg(pool).await;
    answer_challenge(&site.site, reference(&asked), true).await.expect("is answered");
    // No job has run yet.
    assert_eq!(given_up(pool).await, [("captured".to_owned(), false), ("processing".to_owned(), true)]);
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE kind = 'give_up_payment'")
        .fetch_one(pool)
        .await
        .expect("counts");
    assert_eq!(waiting, 1);
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    assert_eq!(given_up(pool).await[1], ("failed".to_owned(), true));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn calling_off_gives_up_what_is_under_way_at_once() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, ASKS, "first").await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    assert_eq!(cast.customer.post(&path, &json!({ "expected_refund_minor": 0 })).await.status, 200);
    assert_eq!(given_up(pool).await, [("action_required".to_owned(), true)]);
    let seen = look(&cast.customer, &booking).await;
    assert_eq!(seen["payment"]["legs"][0]["action_url"], Value::Null, "nobody is sent to the bank any more");
    site.run_jobs().await;
    assert_eq!(given_up(pool).await, [("void".to_owned(), true)]);
}

#[tokio::test]
async fn a_leg_of_a_provider_that_is_gone_is_told_as_such_and_asked_of_no_other() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    sqlx::query("UPDATE payment_legs SET provider = 'formerly'").execute(pool).await.expect("updates");
    let refused = pay(&cast.customer, &booking, PAYS, "second").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "provider_not_configured"), "{}", refused.text());
    let path = format!("/api/payments/{}/refresh", text(&asked, "id"));
    assert_eq!(cast.customer.post(&path, &Value::Null).await.status, 200, "it can be seen all the same");
    // Nobody can say how it ends, and the time is not held for ever because of it.
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    let untouched: String =
        sqlx::query_scalar("SELECT state FROM sandbox_card_payments").fetch_one(pool).await.expect("reads");
    assert_eq!(untouched, "action_required", "the sandbox was not asked about another's leg");
}

#[tokio::test]
async fn payments_tell_what_happened_to_them() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, PAYS, "first").await;
    let told: Vec<(String, Value)> =
        sqlx::query_as("SELECT topic, payload FROM facts WHERE topic LIKE 'payment.%' ORDER BY xid, position")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("reads");
    let topics: Vec<&str> = told.iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!(topics, ["payment.opened", "payment.leg_captured", "payment.settled"]);
    let captured = &told[1].1;
    assert_eq!(captured["amount"], json!({ "amount_minor": 26_250, "currency": "USD" }));
    assert_eq!((&captured["method"], &captured["booking"]), (&json!("card"), &booking["id"]));
    site.run_jobs().await;
}

#[tokio::test]
async fn two_charges_of_one_booking_are_one_payment_and_one_surplus() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    // The first charge is given up for lost, and shows up when the second has paid.
    let hide = "UPDATE sandbox_card_payments SET idempotency_key = 'late:' || idempotency_key";
    sqlx::query(hide).execute(pool).await.expect("updates");
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    pay(&cast.customer, &booking, PAYS, "second").await;
    let show = "UPDATE sandbox_card_payments SET idempotency_key = substr(idempotency_key, 6) WHERE idempotency_key LIKE 'late:%'";
    sqlx::query(show).execute(pool).await.expect("updates");
    site.clock.advance(TimeDelta::minutes(5));
    site.run_jobs().await;
    let payment = &look(&cast.customer, &booking).await["payment"];
    assert_eq!((text(payment, "state"), text(&payment["refunds"][0], "reason")), ("settled", "paid_twice"));
    assert_eq!(payment["surplus"]["amount_minor"], 26_250);
    let hidden: Vec<(String, bool)> = sqlx::query_as("SELECT kind, is_hidden FROM jobs WHERE kind LIKE 'pay_back%'")
        .fetch_all(pool)
        .await
        .expect("the jobs can be read");
    assert_eq!(hidden, [("pay_back_surplus".to_owned(), true)], "the previous release knows no surplus");
    assert_eq!((balance(&site, "booking_escrow").await, balance(&site, "unapplied_receipts").await), (-26_250, 0));
    assert!(faults(&site).await.is_empty());
}
