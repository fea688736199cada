//! Two servers on one database, with nothing else in common, are one site.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;
use workflows::background::run_until_idle;

use crate::journey::{PAYS, ask_for, at, balance, book, book_and_pay, faults, look, mails, pay, text};

#[tokio::test]
async fn a_retry_at_the_other_server_gets_the_first_answer() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let (_, other) = site.second_site().await;
    let first = ask_for(customer, star, at(&site, 5, 10), "one").await;
    let again = ask_for(&customer.at(&other), star, at(&site, 5, 10), "one").await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text());
    assert_eq!((first.json(), again.header("idempotency-replayed").as_str()), (again.json(), "true"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn two_workers_do_each_job_once() {
    let site = TestSite::new().await;
    let (second, _) = site.second_site().await;
    let mut bookings = Vec::new();
    for hour in [9, 11, 13, 15] {
        bookings.push(book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, hour)).await);
    }
    let (one, two) = tokio::join!(run_until_idle(&site.site), run_until_idle(&second));
    one.and(two).expect("both workers run");
    for booking in &bookings {
        assert_eq!(mails(&site, "booking_confirmed_customer", booking).await, 1);
    }
    let repeated: Vec<(String, i32)> =
        sqlx::query_as("SELECT kind, attempts FROM jobs WHERE attempts <> 1 AND finished_at IS NOT NULL")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("the jobs can be read");
    assert_eq!(repeated, []);
}

#[tokio::test]
async fn one_booking_paid_at_both_servers_at_once_is_paid_once() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, other) = site.second_site().await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    let there = customer.at(&other);
    let (one, two) = tokio::join!(pay(customer, &booking, PAYS, "here"), pay(&there, &booking, PAYS, "there"));
    assert!([one.status, two.status].contains(&200), "{} {}", one.text(), two.text());
    assert!([one.status, two.status].iter().all(|status| [200, 409].contains(status)), "{} {}", one.text(), two.text());
    site.run_jobs().await;
    assert_eq!(text(&look(customer, &booking).await, "payment_status"), "paid");
    assert_eq!(balance(&site, "booking_escrow").await, -26_250);
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_session_that_ends_at_one_server_ends_at_the_other() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, other) = site.second_site().await;
    let there = customer.at(&other);
    assert_eq!(there.get("/api/me").await.status, 200);
    let left = customer.post("/api/auth/logout", &json!({})).await;
    assert!([200, 204].contains(&left.status), "{}", left.text());
    site.clock.advance(TimeDelta::seconds(6));
    assert_eq!(there.get("/api/me").await.status, 401);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn guesses_at_a_password_are_counted_together() {
    let site = TestSite::new().await;
    let (_, other) = site.second_site().await;
    let (here, there) = (&site.cast.anonymous, site.cast.anonymous.at(&other));
    let guess = json!({"email": "customer@example.org", "password": "not this one"});
    for _ in 0..3 {
        for server in [here, &there] {
            server.post("/api/auth/login", &guess).await;
        }
    }
    let refused = [here.post("/api/auth/login", &guess).await, there.post("/api/auth/login", &guess).await];
    assert_eq!(refused.map(|answer| answer.status), [429, 429]);
}
