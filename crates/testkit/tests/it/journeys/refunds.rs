//! Refunds of a part, and second ones: over several legs of a payment, and from one leg.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;
use testkit::guests::TOKYO;

use crate::steps::guests::{call_off, money_of, place};
use crate::steps::journey::{LOSES_THE_ANSWER, PAYS, faults, look, pay, provider_keeps, status, text};

/// Half of ¥12,345, which is half of a yen too little.
const HALF: i64 = 6_172;

/// A booking for ¥12,962 whose first charge brought `came` yen.
async fn first_charge(site: &TestSite, came: i64) -> Value {
    let guest = site.invite(&TOKYO).await;
    let booking = place(site, &guest, "2027-02-12T10:00:00Z", "booking").await;
    assert_eq!(booking["total"]["amount_minor"], 12_962);
    pay(&site.cast.customer, &booking, LOSES_THE_ANSWER, "first").await;
    sqlx::query("UPDATE sandbox_card_payments SET amount_minor = $1")
        .bind(came)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    booking
}

/// The leg is one of a method that takes parts, and was asked for so much.
async fn in_coins(site: &TestSite, share: i64) {
    sqlx::query("UPDATE payment_legs SET method = 'crypto', one_open = false, share_minor = $1")
        .bind(share)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
}

/// What is known of the first charge is asked for and recorded, and paid back where it is too much.
async fn twenty_seconds_later(site: &TestSite) {
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
}

/// Calls off a week before the start, when half comes back; answers the amounts and reasons of all refunds, and the states of the legs.
async fn call_off_for_half(site: &TestSite, booking: &Value) -> Value {
    site.run_jobs().await;
    let start: kernel::Instant = "2027-02-12T10:00:00Z".parse().expect("a time");
    site.clock.advance(start - TimeDelta::hours(168) - site.now());
    call_off(site, &site.cast.customer, booking, HALF, "half").await;
    let owed = look(&site.cast.customer.signed_in_anew(site).await, booking).await;
    assert_eq!((text(&owed, "status"), text(&owed, "payment_status")), ("cancelled", "refunding"));
    site.run_jobs().await;
    assert_eq!(status(site, booking).await, ("cancelled".to_owned(), "partly_refunded".to_owned()));
    assert_eq!(faults(site).await, Vec::<String>::new());
    let seen = look(&site.cast.customer.signed_in_anew(site).await, booking).await["payment"].clone();
    assert_eq!(seen["state"], "partly_refunded");
    let kept = money_of(site, booking).await;
    let kept = ["provider_clearing", "celebrity_payable", "commission", "service_fees"].map(|kind| kept[kind]);
    assert_eq!((kept, provider_keeps(site).await), ([6_790, -5_247, -926, -617], 6_790));
    seen
}

fn refunds(payment: &Value) -> Vec<(i64, &str, &str)> {
    let refunds = payment["refunds"].as_array().expect("refunds").iter();
    let line = |refund| (refund, text(refund, "reason"), text(refund, "state"));
    let lines =
        refunds.map(line).map(|(refund, reason, state)| (refund["amount"]["amount_minor"].as_i64(), reason, state));
    let mut lines: Vec<_> = lines.map(|(minor, reason, state)| (minor.expect("an amount"), reason, state)).collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn what_an_earlier_charge_brought_goes_back_and_then_half_of_what_the_next_one_paid() {
    let site = TestSite::new().await;
    let booking = first_charge(&site, 100).await;
    twenty_seconds_later(&site).await;
    assert_eq!(provider_keeps(&site).await, 0);
    let paid = pay(&site.cast.customer, &booking, PAYS, "second").await.json();
    assert_eq!((&paid["state"], &paid["surplus"]["amount_minor"]), (&json!("settled"), &json!(100)));
    let seen = call_off_for_half(&site, &booking).await;
    assert_eq!(refunds(&seen), [(100, "other_amount", "succeeded"), (HALF, "cancelled_by_customer", "succeeded")]);
    assert_eq!((&seen["paid"]["amount_minor"], &seen["refunded"]["amount_minor"]), (&json!(13_062), &json!(6_272)));
}

#[tokio::test]
async fn half_of_what_two_legs_paid_goes_back_through_both_the_last_one_first() {
    let site = TestSite::new().await;
    let booking = first_charge(&site, 8_000).await;
    in_coins(&site, 8_000).await;
    twenty_seconds_later(&site).await;
    let paid = pay(&site.cast.customer, &booking, PAYS, "second").await.json();
    let amounts = |legs: &Value| -> Vec<Value> {
        legs.as_array().expect("legs").iter().map(|leg| leg["amount"]["amount_minor"].clone()).collect()
    };
    assert_eq!((&paid["state"], amounts(&paid["legs"])), (&json!("settled"), vec![json!(8_000), json!(4_962)]));
    let seen = call_off_for_half(&site, &booking).await;
    let reason = "cancelled_by_customer";
    assert_eq!(refunds(&seen), [(1_210, reason, "succeeded"), (4_962, reason, "succeeded")]);
    let by_leg: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT method, captured_minor, refunded_minor FROM payment_legs ORDER BY position")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("reads");
    assert_eq!(by_leg, [("crypto".to_owned(), 8_000, 1_210), ("card".to_owned(), 4_962, 4_962)]);
}

#[tokio::test]
async fn one_leg_pays_back_what_was_too_much_and_then_half_of_the_price() {
    let site = TestSite::new().await;
    let booking = first_charge(&site, 13_462).await;
    in_coins(&site, 12_962).await;
    twenty_seconds_later(&site).await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    assert_eq!(provider_keeps(&site).await, 12_962);
    let seen = call_off_for_half(&site, &booking).await;
    let lines = refunds(&seen);
    assert_eq!(
        (lines.len(), lines[0].0, lines[1]),
        (2, 500, (HALF, "cancelled_by_customer", "succeeded")),
        "{lines:?}"
    );
    assert_eq!(seen["legs"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_has_gone_back_already_is_not_paid_back_again() {
    let site = TestSite::new().await;
    let guest = site.invite(&TOKYO).await;
    let booking = place(&site, &guest, "2027-02-12T10:00:00Z", "booking").await;
    pay(&site.cast.customer, &booking, PAYS, "first").await;
    // By hand, past the program.
    sqlx::query("UPDATE payment_legs SET refunded_minor = 7000")
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let refused = site.cast.customer.post(&path, &json!({"expected_refund_minor": 12_962})).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "refund_too_large"), "{}", refused.text());
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()), "nothing was changed");
    assert_eq!(provider_keeps(&site).await, 12_962);
    site.jobs_may_be_left();
}
