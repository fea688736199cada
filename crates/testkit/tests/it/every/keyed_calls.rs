//! A key that comes again while its first call still runs: it gets the first answer, or is told to ask again.

use std::time::Duration;

use database::Tx;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::gifts::{card_of, issue, order_body, order_id};
use crate::steps::journey::{PAYS, at, book, book_and_pay, pay, text};

/// A call that is ready to be sent, with what it answers if it succeeds.
struct KeyedCall {
    caller: TestCaller,
    path: String,
    body: Value,
    status: u16,
}

impl KeyedCall {
    async fn send(&self) -> TestResponse {
        self.caller.call("POST", &self.path, Some(&self.body), &[("idempotency-key", "twice")]).await
    }
}

/// A call of each kind.
async fn calls(site: &TestSite) -> Vec<KeyedCall> {
    let cast = &site.cast;
    let (customer, star) = (&cast.customer, &cast.star);
    let unpaid = book(customer, star, at(site, 4, 10)).await;
    let paid = book_and_pay(customer, star, at(site, 5, 10)).await;
    let (_, code) = issue(site, "promotional", 1).await.remove(0);
    let (card, sent) = (card_of(site, customer, "goodwill").await, card_of(site, customer, "goodwill").await);
    let order = order_id(customer).await;
    let booking = json!({"offering_id": star.call.id, "starts_at": at(site, 7, 10), "time_zone": "Europe/Lisbon",
        "brief": "A birthday for my sister."});
    let call = |caller: &TestCaller, path: String, body: Value, status: u16| KeyedCall {
        caller: caller.clone(),
        path: format!("/api/{path}"),
        body,
        status,
    };
    let id = |booking: &Value| text(booking, "id").to_owned();
    vec![
        call(customer, "bookings".to_owned(), booking, 201),
        call(
            customer,
            format!("bookings/{}/payments", id(&unpaid)),
            json!({"method": "card", "card": {"number": PAYS}}),
            200,
        ),
        call(customer, format!("bookings/{}/cancellation", id(&paid)), json!({"expected_refund_minor": 26_250}), 200),
        call(customer, "gift-cards".to_owned(), order_body(5_000), 201),
        call(customer, format!("gift-card-orders/{order}/payments"), json!({"card": {"number": PAYS}}), 200),
        call(customer, format!("gift-cards/{card}/redemptions"), json!({"amount_minor": 1_000}), 201),
        call(&cast.other_customer, "gift-cards/claims".to_owned(), json!({"code": code}), 201),
        call(customer, format!("gift-cards/{sent}/transfers"), json!({"email": "friend@example.net"}), 201),
    ]
}

/// Lets no call store its answer until it is rolled back.
async fn hold_answers(site: &TestSite) -> Tx {
    let mut holder = site.test_database().database.begin().await.expect("begins");
    let lock = "LOCK TABLE idempotency_keys IN EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut *holder).await.expect("locks");
    holder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_whose_first_call_still_runs_is_told_so_in_the_same_words() {
    let site = TestSite::new().await;
    let calls = calls(&site).await;
    let holder = hold_answers(&site).await;
    let first = join_all(calls.iter().map(KeyedCall::send));
    let again = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let again = join_all(calls.iter().map(KeyedCall::send)).await;
        holder.rollback().await.expect("gives the table back");
        again
    };
    let (first, again) = tokio::join!(first, again);
    for ((call, first), again) in calls.iter().zip(first).zip(again) {
        let seen = (again.status, again.code(), again.header("retry-after").to_owned());
        assert_eq!(seen, (409, "idempotency_key_in_use".to_owned(), "1".to_owned()), "{}", call.path);
        assert_eq!(first.status, call.status, "{}: {}", call.path, first.text());
        let last = call.send().await;
        assert_eq!((last.status, last.header("idempotency-replayed").to_owned()), (call.status, "true".to_owned()));
        assert_eq!(last.body, first.body, "{}", call.path);
    }
    site.jobs_may_be_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_comes_twice_at_once_is_answered_once_and_replayed_once() {
    let site = TestSite::new().await;
    let calls = calls(&site).await;
    let holder = hold_answers(&site).await;
    let both = join_all(calls.iter().map(|call| async { tokio::join!(call.send(), call.send()) }));
    let free = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        holder.rollback().await.expect("gives the table back");
    };
    let (both, ()) = tokio::join!(both, free);
    for (call, (one, other)) in calls.iter().zip(both) {
        let path = &call.path;
        assert_eq!((one.status, other.status), (call.status, call.status), "{path}: {} {}", one.text(), other.text());
        assert_eq!(one.body, other.body, "{path}");
        let replayed = [&one, &other].map(|answer| answer.header("idempotency-replayed") == "true");
        assert!(replayed.contains(&true) && replayed.contains(&false), "{path}: {replayed:?}");
    }
    site.jobs_may_be_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_that_get_one_payment_neither_says_that_another_one_is_under_way() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, second) = site.second_site().await;
    let elsewhere = customer.at(&second);
    for day in 0..12 {
        let booking = book(customer, &site.cast.star, at(&site, 4 + day, 10)).await;
        let key = format!("both-{day}");
        let answers = tokio::join!(pay(customer, &booking, PAYS, &key), pay(&elsewhere, &booking, PAYS, &key));
        for answer in [answers.0, answers.1] {
            let code = if answer.status == 200 { String::new() } else { answer.code() };
            assert!(["", "idempotency_key_in_use"].contains(&code.as_str()), "{day}: {}", answer.text());
        }
        assert_eq!(text(&pay(customer, &booking, PAYS, &key).await.json(), "state"), "settled");
    }
    site.jobs_may_be_left();
}
