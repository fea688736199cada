//! Several legs of one payment, as they are given up and paid.

use chrono::TimeDelta;
use database::Pool;
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};
use workflows::background::fire_schedules;
use workflows::payment::answer_challenge;

use crate::steps::journey::{
    ASKS, LOSES_THE_ANSWER, PAYS, balance, booked, cancel, challenge, faults, look, pay, provider_keeps, status, text,
};

async fn an_hour_later(site: &TestSite) {
    site.clock.advance(TimeDelta::hours(1));
    fire_schedules(&site.site).await.expect("fires");
    site.run_jobs().await;
}

#[tokio::test]
async fn the_transaction_that_confirms_gives_up_the_other_legs() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    let asked = pay(customer, &booking, ASKS, "first").await.json();
    another_leg(pool).await;
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    // No job has run yet.
    assert_eq!(given_up(pool).await, [("captured".to_owned(), false), ("processing".to_owned(), true)]);
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    assert_eq!(waiting(pool, "give_up_payment").await, 1);
    site.run_jobs().await;
    assert_eq!(given_up(pool).await[1], ("void".to_owned(), true));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn calling_off_gives_up_what_is_under_way_at_once() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    pay(customer, &booking, ASKS, "first").await;
    assert_eq!(call_off(customer, &booking).await.status, 200);
    assert_eq!(given_up(pool).await, [("action_required".to_owned(), true)]);
    let seen = look(customer, &booking).await;
    assert_eq!(seen["payment"]["legs"][0]["action_url"], Value::Null, "nobody is sent to the bank any more");
    site.run_jobs().await;
    assert_eq!(given_up(pool).await, [("void".to_owned(), true)]);
    assert_eq!(waiting(pool, "give_up_payment").await, 0, "nothing is left to cancel");
}

#[tokio::test]
async fn payments_tell_what_happened_to_them() {
    let (site, booking) = booked().await;
    pay(&site.cast.customer, &booking, PAYS, "first").await;
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
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    pay(customer, &booking, LOSES_THE_ANSWER, "first").await;
    // The first charge is given up for lost, and shows up when the second has paid.
    site.cards.cannot_close_keys();
    hide_charges(pool).await;
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    pay(customer, &booking, PAYS, "second").await;
    show_charges(pool).await;
    site.clock.advance(TimeDelta::minutes(5));
    site.run_jobs().await;
    let payment = &look(customer, &booking).await["payment"];
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

#[tokio::test]
async fn a_charge_that_shows_up_when_the_price_has_gone_back_is_all_surplus() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    pay(customer, &booking, LOSES_THE_ANSWER, "first").await;
    site.cards.cannot_close_keys();
    hide_charges(pool).await;
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    pay(customer, &booking, PAYS, "second").await;
    cancel(&site, customer, &booking).await;
    show_charges(pool).await;
    site.clock.advance(TimeDelta::minutes(5));
    site.run_jobs().await;
    let payment = &look(customer, &booking).await["payment"];
    assert_eq!((text(payment, "state"), &payment["surplus"]["amount_minor"]), ("refunded", &json!(26_250)));
    assert_eq!((provider_keeps(&site).await, balance(&site, "provider_clearing").await), (0, 0));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn the_job_cancels_what_was_given_up_of_any_payment_and_nothing_that_is_wanted() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    pay(customer, &booking, ASKS, "first").await;
    // The first leg is one of an earlier quote, and was given up with that.
    for statement in [
        "INSERT INTO payment_intents (id, booking_id, customer_id, due_minor, currency, state, pay_by, settle_by, created_at)
         SELECT gen_random_uuid(), booking_id, customer_id, due_minor, currency, 'expired', pay_by, settle_by,
           created_at - interval '1 hour' FROM payment_intents",
        "UPDATE payment_legs SET given_up_at = created_at, intent_id = (SELECT id FROM payment_intents WHERE state = 'expired')",
    ] {
        sqlx::query(statement).execute(pool).await.expect("updates");
    }
    let asked = pay(customer, &booking, ASKS, "second").await.json();
    sqlx::query(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at)
         SELECT gen_random_uuid(), 'give_up_payment', jsonb_build_object('booking', $1::text), 'any', created_at, created_at
         FROM payment_legs LIMIT 1",
    )
    .bind(text(&booking, "id"))
    .execute(pool)
    .await
    .expect("enqueues");
    site.run_jobs().await;
    let states: Vec<(String, bool)> =
        sqlx::query_as("SELECT state, given_up_at IS NOT NULL FROM payment_legs ORDER BY given_up_at NULLS LAST")
            .fetch_all(pool)
            .await
            .expect("reads");
    assert_eq!(states, [("void".to_owned(), true), ("action_required".to_owned(), false)]);
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    assert_eq!(status(&site, &booking).await.0, "confirmed");
    site.run_jobs().await;
}

#[tokio::test]
async fn no_card_is_charged_for_a_booking_that_was_called_off_while_the_provider_was_asked() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    // The charge never reached the provider.
    pay(customer, &booking, LOSES_THE_ANSWER, "first").await;
    sqlx::query("DELETE FROM sandbox_card_payments").execute(pool).await.expect("deletes");
    // The provider answers when this ends.
    let mut thinking = pool.begin().await.expect("begins");
    sqlx::query("LOCK TABLE sandbox_card_payments").execute(&mut *thinking).await.expect("locks");
    let meanwhile = async {
        let is_asked =
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'sandbox_card_payments'::regclass)";
        while !sqlx::query_scalar::<_, bool>(is_asked).fetch_one(pool).await.expect("looks") {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let cancelled = call_off(customer, &booking).await;
        thinking.commit().await.expect("ends");
        cancelled
    };
    let (paid, cancelled) = tokio::join!(pay(customer, &booking, PAYS, "second"), meanwhile);
    assert_eq!((cancelled.status, paid.status), (200, 409), "{} {}", cancelled.text(), paid.text());
    let charges: Vec<String> =
        sqlx::query_scalar("SELECT state FROM sandbox_card_payments").fetch_all(pool).await.expect("reads");
    assert_eq!(charges, ["cancelled"], "the key was closed");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_charge_whose_job_was_given_up_is_asked_about_anew_every_hour() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    site.cards.cannot_close_keys();
    pay(customer, &booking, LOSES_THE_ANSWER, "first").await;
    hide_charges(pool).await;
    site.clock.advance(TimeDelta::minutes(16));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    an_hour_later(&site).await;
    assert_eq!(waiting(pool, "ask_provider").await, 1, "a job that waits is enough");
    give_up_jobs(pool, "ask_provider").await;
    show_charges(pool).await;
    an_hour_later(&site).await;
    // The time was still free.
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
    assert!(faults(&site).await.is_empty());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_charge_that_nobody_waits_for_is_cancelled_anew_when_its_job_was_given_up() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    pay(customer, &booking, ASKS, "first").await;
    assert_eq!(call_off(customer, &booking).await.status, 200);
    give_up_jobs(pool, "give_up_payment").await;
    site.run_jobs().await;
    assert_eq!(given_up(pool).await, [("action_required".to_owned(), true)]);
    an_hour_later(&site).await;
    assert_eq!(given_up(pool).await, [("void".to_owned(), true)]);
    site.jobs_may_be_left();
}

/// Calls off a booking of which nothing is paid.
async fn call_off(caller: &TestCaller, booking: &Value) -> TestResponse {
    let path = format!("/api/bookings/{}/cancellation", text(booking, "id"));
    caller.post(&path, &json!({ "expected_refund_minor": 0 })).await
}

/// The provider knows the charges under other keys than ours for a while.
async fn hide_charges(pool: &Pool) {
    let hide = "UPDATE sandbox_card_payments SET idempotency_key = 'late:' || idempotency_key";
    sqlx::query(hide).execute(pool).await.expect("updates");
}

async fn show_charges(pool: &Pool) {
    let show = "UPDATE sandbox_card_payments SET idempotency_key = substr(idempotency_key, 6) WHERE idempotency_key LIKE 'late:%'";
    sqlx::query(show).execute(pool).await.expect("updates");
}

/// How many jobs of a kind are neither done nor given up.
async fn waiting(pool: &Pool, kind: &str) -> i64 {
    let count = "SELECT count(*) FROM jobs WHERE kind = $1 AND finished_at IS NULL AND dead_at IS NULL";
    sqlx::query_scalar(count).bind(kind).fetch_one(pool).await.expect("counts")
}

async fn give_up_jobs(pool: &Pool, kind: &str) {
    let give_up = "UPDATE jobs SET dead_at = created_at WHERE kind = $1";
    sqlx::query(give_up).bind(kind).execute(pool).await.expect("updates");
}

/// A second leg under way beside the first, which the provider knows nothing of yet.
async fn another_leg(pool: &Pool) {
    sqlx::query(
        "INSERT INTO payment_legs (id, intent_id, position, method, one_open, provider, share_minor, state, created_at, updated_at)
         SELECT gen_random_uuid(), intent_id, 2, 'crypto', false, provider, 100, 'processing', created_at, created_at FROM payment_legs",
    )
    .execute(pool)
    .await
    .expect("inserts");
}

async fn given_up(pool: &Pool) -> Vec<(String, bool)> {
    sqlx::query_as("SELECT state, given_up_at IS NOT NULL FROM payment_legs ORDER BY position")
        .fetch_all(pool)
        .await
        .expect("reads")
}
