//! A part of a price, paid by a method that takes parts: what becomes of it when the rest does not come.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::journey::{LOSES_THE_ANSWER, at, balance, book, faults, look, pay, status, text};

/// A booking whose payer sent coins, which the provider knows 1.00 of.
async fn book_with_coins(site: &TestSite) -> Value {
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(site, 5, 10)).await;
    pay(&cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    for statement in [
        "UPDATE payment_legs SET method = 'crypto', one_open = false",
        "UPDATE sandbox_card_payments SET amount_minor = 100",
    ] {
        sqlx::query(statement).execute(pool).await.expect("updates");
    }
    booking
}

/// The same, when the part has been recorded.
async fn book_with_a_part(site: &TestSite) -> Value {
    let booking = book_with_coins(site).await;
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    let payment = &look(&site.cast.customer, &booking).await["payment"];
    assert_eq!((text(payment, "state"), text(&payment["legs"][0], "state")), ("open", "processing"));
    assert_eq!(balance(site, "booking_escrow").await, -100);
    booking
}

/// The one refund, by its reason, when it has arrived and nothing is left in the books.
async fn came_back(site: &TestSite) -> String {
    let back: Vec<(i64, String, String)> = sqlx::query_as("SELECT amount_minor, state, reason FROM refunds")
        .fetch_all(site.test_database().database.pool())
        .await
        .expect("reads");
    assert_eq!((balance(site, "booking_escrow").await, balance(site, "provider_clearing").await), (0, 0));
    assert_eq!(faults(site).await, Vec::<String>::new());
    let [(100, state, reason)] = back.as_slice() else { panic!("one part came and one goes back: {back:?}") };
    assert_eq!(state, "succeeded");
    reason.clone()
}

#[tokio::test]
async fn nobody_waits_longer_than_until_the_last_moment_to_settle_and_the_part_goes_back() {
    let site = TestSite::new().await;
    let booking = book_with_a_part(&site).await;
    site.clock.advance(TimeDelta::minutes(16));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment", "the rest may come still");
    site.clock.advance(at(&site, 5, 10) - site.now());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("expired".to_owned(), "refunded".to_owned()));
    assert_eq!(came_back(&site).await, "slot_lost");
}

#[tokio::test]
async fn a_part_goes_back_when_the_booking_is_called_off() {
    let site = TestSite::new().await;
    let booking = book_with_a_part(&site).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    assert_eq!(site.cast.customer.post(&path, &json!({ "expected_refund_minor": 0 })).await.status, 200);
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!(came_back(&site).await, "cancelled_by_customer");
}

#[tokio::test]
async fn a_part_that_comes_when_the_booking_is_over_goes_back() {
    let site = TestSite::new().await;
    let pool = site.test_database().database.pool();
    site.cards.cannot_close_keys();
    let booking = book_with_coins(&site).await;
    let hide = "UPDATE sandbox_card_payments SET idempotency_key = 'late:' || idempotency_key";
    sqlx::query(hide).execute(pool).await.expect("updates");
    site.clock.advance(TimeDelta::minutes(16));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("expired".to_owned(), "pending".to_owned()));
    let show = "UPDATE sandbox_card_payments SET idempotency_key = substr(idempotency_key, 6)";
    sqlx::query(show).execute(pool).await.expect("updates");
    site.clock.advance(TimeDelta::hours(2));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("expired".to_owned(), "refunded".to_owned()));
    assert_eq!(came_back(&site).await, "slot_lost");
}
