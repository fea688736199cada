//! From finding a time to its end, over the API.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{PAYS, ask_for, at, balance, book, book_and_pay, faults, look, mails, pay, status, text};

#[tokio::test]
async fn a_time_is_held_paid_and_confirmed() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let booking = book(customer, star, at(&site, 5, 10)).await;
    assert_eq!((text(&booking, "status"), text(&booking, "payment_status")), ("awaiting_payment", "pending"));
    assert_eq!(booking["actions"], json!(["pay", "cancel"]));
    assert_eq!(booking["total"]["amount_minor"], 26_250);
    assert_eq!(booking["celebrity"]["slug"], star.slug);

    let paid = pay(customer, &booking, PAYS, "first").await;
    assert_eq!(paid.json()["legs"][0]["state"], "captured", "{}", paid.text());
    let confirmed = look(customer, &booking).await;
    assert_eq!((text(&confirmed, "status"), text(&confirmed, "payment_status")), ("confirmed", "paid"));
    let kinds: Vec<&str> = confirmed["history"].as_array().unwrap().iter().map(|line| text(line, "kind")).collect();
    assert_eq!(kinds, ["held", "confirmed"]);
    assert_eq!(confirmed["payment"]["state"], "settled");

    site.run_jobs().await;
    assert_eq!(mails(&site, "booking_confirmed_customer", &booking).await, 1);
    // The celebrity and the agent who signs.
    assert_eq!(mails(&site, "booking_confirmed_talent", &booking).await, 2);
    assert_eq!(balance(&site, "booking_escrow").await, -26_250);
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_hold_that_nobody_pays_lapses_and_frees_its_time() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.run_jobs().await;
    site.clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment");
    site.clock.advance(TimeDelta::seconds(1));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "expired");
    assert!(site.is_free(&cast.star, at(&site, 5, 10)).await);
    let asked = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM jobs WHERE kind = 'settle_hold'");
    let asked = asked.fetch_one(site.test_database().database.pool()).await.expect("counts");
    assert_eq!(asked, 0, "no provider is asked about what nobody tried to pay");
}

#[tokio::test]
async fn a_deadline_that_cannot_be_worked_holds_up_no_other_and_is_tried_again_in_a_minute() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let (stuck, other) = (
        book(&cast.customer, &cast.star, at(&site, 5, 10)).await,
        book(&cast.customer, &cast.star, at(&site, 6, 10)).await,
    );
    let id = text(&stuck, "id");
    let sticks = format!("ALTER TABLE bookings ADD CONSTRAINT stuck CHECK (status <> 'expired' OR id <> '{id}')");
    sqlx::query(sqlx::AssertSqlSafe(sticks)).execute(pool).await.expect("sticks");
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    assert_eq!(
        (status(&site, &stuck).await.0, status(&site, &other).await.0),
        ("awaiting_payment".into(), "expired".into())
    );
    sqlx::query("ALTER TABLE bookings DROP CONSTRAINT stuck").execute(pool).await.expect("is free again");
    for (seconds, expected) in [(59, "awaiting_payment"), (1, "expired")] {
        site.clock.advance(TimeDelta::seconds(seconds));
        site.run_jobs().await;
        assert_eq!(status(&site, &stuck).await.0, expected, "after {seconds} seconds more");
    }
}

#[tokio::test]
async fn a_lapsed_hold_keeps_nobody_out_even_before_it_is_cleared() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(15));
    let other = cast.other_customer.signed_in_anew(&site).await;
    book(&other, &cast.star, at(&site, 5, 10)).await;
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_lapsed_hold_that_somebody_has_locked_is_not_waited_for() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(15));
    let other = cast.other_customer.signed_in_anew(&site).await;
    let mut holder = site.test_database().database.begin().await.expect("begins");
    sqlx::query("SELECT FROM allocations FOR UPDATE").execute(&mut *holder).await.expect("locks");
    // Whoever waited for the lock would be answered 503.
    let answer = ask_for(&other, &cast.star, at(&site, 5, 10), "meanwhile").await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "slot_taken"), "{}", answer.text());
    holder.rollback().await.expect("gives the hold back");
    book(&other, &cast.star, at(&site, 5, 10)).await;
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_confirmed_booking_runs_its_course_by_its_deadlines() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    for (hours, expected) in [(0, "confirmed"), (120, "in_progress"), (3, "delivered"), (48, "completed")] {
        site.clock.advance(TimeDelta::hours(hours));
        site.run_jobs().await;
        assert_eq!(status(&site, &booking).await.0, expected, "after {hours} hours more");
    }
    // 250.00 less 15 % is the celebrity's; the rest is commission and the fee.
    assert_eq!(balance(&site, "celebrity_payable").await, -21_250);
    assert_eq!(balance(&site, "commission").await, -3_750);
    assert_eq!(balance(&site, "service_fees").await, -1_250);
    assert_eq!(balance(&site, "booking_escrow").await, 0);
    assert!(faults(&site).await.is_empty());
}
