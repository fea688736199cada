//! Two of everything at the same time: what is done for one booking is done for the other too.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::gifts::{apply, card_of};
use crate::steps::journey::{
    ASKS, LOSES_THE_ANSWER, LOSES_THE_CAPTURE, PAYS, at, balance, book, faults, leg, look, pay, status, text,
};

/// Two bookings of one day with a payment each, by the same card.
async fn two(site: &TestSite, days: i64, number: &str) -> [Value; 2] {
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let bookings = [book(customer, star, at(site, days, 10)).await, book(customer, star, at(site, days, 12)).await];
    for booking in &bookings {
        pay(customer, booking, number, "first").await;
    }
    bookings
}

async fn cancel(site: &TestSite, bookings: &[Value; 2], refund_minor: i64) {
    for booking in bookings {
        let path = format!("/api/bookings/{}/cancellation", text(booking, "id"));
        let done = site.cast.customer.post(&path, &json!({"expected_refund_minor": refund_minor})).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    site.run_jobs().await;
}

async fn both_are(site: &TestSite, bookings: &[Value; 2], expected: (&str, &str)) {
    for booking in bookings {
        assert_eq!(status(site, booking).await, (expected.0.to_owned(), expected.1.to_owned()));
    }
    assert_eq!(faults(site).await, Vec::<String>::new());
}

#[tokio::test]
async fn two_lost_answers_are_both_found_and_two_refunds_both_paid() {
    let site = TestSite::new().await;
    let bookings = two(&site, 9, LOSES_THE_ANSWER).await;
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    both_are(&site, &bookings, ("confirmed", "paid")).await;
    cancel(&site, &bookings, 26_250).await;
    both_are(&site, &bookings, ("cancelled", "refunded")).await;
    assert_eq!(balance(&site, "provider_clearing").await, 0);
}

#[tokio::test]
async fn two_captures_whose_answers_were_lost_are_both_found() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let bookings = [book(customer, star, at(&site, 9, 10)).await, book(customer, star, at(&site, 9, 12)).await];
    for booking in &bookings {
        let card = card_of(&site, customer, "goodwill").await;
        assert_eq!(apply(customer, booking, &card, None, "apply").await.status, 200);
        pay(customer, booking, LOSES_THE_CAPTURE, "first").await;
    }
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    both_are(&site, &bookings, ("confirmed", "paid")).await;
}

#[tokio::test]
async fn two_that_wait_at_the_bank_are_both_given_up_there() {
    let site = TestSite::new().await;
    let bookings = two(&site, 9, ASKS).await;
    cancel(&site, &bookings, 0).await;
    for booking in &bookings {
        let seen = look(&site.cast.customer, booking).await;
        assert_eq!(text(leg(&seen["payment"]), "state"), "void");
    }
}

#[tokio::test]
async fn two_that_are_never_paid_are_both_let_go() {
    let site = TestSite::new().await;
    let bookings = two(&site, 9, ASKS).await;
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    both_are(&site, &bookings, ("expired", "pending")).await;
}

#[tokio::test]
async fn two_that_were_charged_twice_both_get_one_charge_back() {
    let site = TestSite::new().await;
    let pool = site.test_database().database.pool();
    let bookings = two(&site, 9, LOSES_THE_ANSWER).await;
    site.cards.cannot_close_keys();
    let hide = "UPDATE sandbox_card_payments SET idempotency_key = 'late:' || idempotency_key";
    sqlx::query(hide).execute(pool).await.expect("updates");
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    for booking in &bookings {
        assert_eq!(pay(&site.cast.customer, booking, PAYS, "second").await.json()["state"], "settled");
    }
    let show = "UPDATE sandbox_card_payments SET idempotency_key = substr(idempotency_key, 6) WHERE idempotency_key LIKE 'late:%'";
    sqlx::query(show).execute(pool).await.expect("updates");
    site.clock.advance(TimeDelta::minutes(5));
    site.run_jobs().await;
    both_are(&site, &bookings, ("confirmed", "paid")).await;
    assert_eq!(balance(&site, "provider_clearing").await, 2 * 26_250);
}
