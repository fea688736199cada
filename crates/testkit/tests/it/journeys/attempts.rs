//! Attempts to pay whose answer is lost, and those that follow them: one takes money, and each has its own answer.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{CardFault, TestSite};
use workflows::payment::answer_challenge;

use crate::steps::journey::{
    ASKS, DECLINES, PAYS, TAKES_TIME, at, balance, book, booked, challenge, faults, leg, look, pay, provider_keeps,
    status, text,
};

/// The states of a payment's legs, oldest first.
fn legs(payment: &Value) -> Vec<&str> {
    payment["legs"].as_array().expect("legs").iter().map(|leg| text(leg, "state")).collect()
}

async fn books_equal_the_provider_s(site: &TestSite, minor: i64) {
    assert_eq!((provider_keeps(site).await, balance(site, "provider_clearing").await), (minor, minor));
    assert_eq!(faults(site).await, Vec::<String>::new());
}

#[tokio::test]
async fn another_card_opens_another_leg_when_the_earlier_charge_can_take_nothing_any_more() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    site.cards.will([CardFault::DelaysCharge]);
    let lost = pay(customer, &booking, TAKES_TIME, "first").await.json();
    assert_eq!(legs(&lost), ["created"]);
    let paid = pay(customer, &booking, PAYS, "second").await.json();
    assert_eq!((text(&paid, "state"), legs(&paid)), ("settled", vec!["void", "captured"]), "{paid}");
    site.cards.deliver_late().await;
    site.clock.advance(TimeDelta::hours(1));
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_counts_whatever_card_comes_next() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    site.cards.will([CardFault::LosesAnswer]);
    pay(customer, &booking, PAYS, "first").await;
    let paid = pay(customer, &booking, DECLINES, "second").await.json();
    assert_eq!((text(&paid, "state"), legs(&paid)), ("settled", vec!["captured"]), "{paid}");
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn where_the_provider_cannot_close_a_key_the_next_card_waits_until_the_charge_is_surely_late() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    site.cards.cannot_close_keys();
    site.cards.will([CardFault::DelaysCharge]);
    pay(customer, &booking, TAKES_TIME, "first").await;
    let refused = pay(customer, &booking, PAYS, "second").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "already_paying"), "{}", refused.text());
    assert_eq!(provider_keeps(&site).await, 0, "nothing was sent");
    site.clock.advance(TimeDelta::seconds(31));
    let paid = pay(customer, &booking, PAYS, "second").await.json();
    assert_eq!((text(&paid, "state"), legs(&paid)), ("settled", vec!["failed", "captured"]), "{paid}");
    // The first arrives all the same, and goes back.
    site.cards.deliver_late().await;
    site.clock.advance(TimeDelta::hours(1));
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 26_250).await;
    assert_eq!(look_at(&site, &booking).await, ("settled".to_owned(), vec!["captured".to_owned(); 2]));
}

#[tokio::test]
async fn who_tries_again_while_the_bank_takes_its_time_sees_that_and_no_second_card_is_charged() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    pay(customer, &booking, TAKES_TIME, "first").await;
    let told = pay(customer, &booking, PAYS, "second").await;
    assert_eq!((told.status, legs(&told.json())), (200, vec!["processing"]), "{}", told.text());
    site.clock.advance(TimeDelta::seconds(6));
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn a_refusal_does_not_end_the_search_for_a_charge() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    site.cards.will([CardFault::Refuses]);
    let refused = pay(customer, &booking, PAYS, "first").await.json();
    assert_eq!((legs(&refused), text(leg(&refused), "failure_code")), (vec!["failed"], "refused"));
    // An earlier send of the same charge had arrived.
    sqlx::query(
        "INSERT INTO sandbox_card_payments
           (provider_ref, idempotency_key, amount_minor, currency, scenario, state, created_at, updated_at)
         SELECT 'sandbox_twin', id::text, share_minor, 'USD', 'success', 'succeeded', created_at, created_at FROM payment_legs",
    )
    .execute(pool)
    .await
    .expect("inserts");
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn confirming_gives_up_what_waits_at_the_bank_and_nobody_pays_twice() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    site.cards.cannot_close_keys();
    site.cards.will([CardFault::DelaysCharge]);
    pay(customer, &booking, PAYS, "first").await;
    site.clock.advance(TimeDelta::seconds(31));
    site.run_jobs().await;
    let asked = pay(customer, &booking, ASKS, "second").await.json();
    assert_eq!(legs(&asked), ["failed", "action_required"]);
    site.cards.deliver_late().await;
    site.clock.advance(TimeDelta::minutes(2));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    let at_bank: String = sqlx::query_scalar("SELECT state FROM sandbox_card_payments WHERE scenario = 'challenge'")
        .fetch_one(pool)
        .await
        .expect("reads");
    assert_eq!(at_bank, "cancelled");
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    site.run_jobs().await;
    assert_eq!(look_at(&site, &booking).await, ("settled".to_owned(), vec!["captured".to_owned(), "void".to_owned()]));
    let refunds: i64 = sqlx::query_scalar("SELECT count(*) FROM refunds").fetch_one(pool).await.expect("counts");
    assert_eq!(refunds, 0);
    books_equal_the_provider_s(&site, 26_250).await;
}

/// The payment's state and those of its legs, read without a session.
async fn look_at(site: &TestSite, booking: &Value) -> (String, Vec<String>) {
    let customer = site.cast.customer.signed_in_anew(site).await;
    let payment = look(&customer, booking).await["payment"].clone();
    (text(&payment, "state").to_owned(), legs(&payment).into_iter().map(str::to_owned).collect())
}

/// Sends a payment whose charge is made and never answered, and goes away.
async fn go_away_while_it_hangs(site: &TestSite, booking: &Value, number: &str, key: &str) {
    site.cards.will([CardFault::Hangs]);
    tokio::select! {
        answer = pay(&site.cast.customer, booking, number, key) => panic!("was answered: {}", answer.text()),
        () = site.cards.hangs() => {}
    }
}

#[tokio::test]
async fn a_retry_goes_on_with_what_its_first_try_had_begun() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    go_away_while_it_hangs(&site, &booking, PAYS, "first").await;
    // It was not sent after all.
    sqlx::query("DELETE FROM sandbox_card_payments").execute(pool).await.expect("deletes");
    let retried = pay(customer, &booking, PAYS, "first").await;
    assert_eq!((retried.status, retried.header("idempotency-replayed").as_str()), (200, ""), "{}", retried.text());
    assert_eq!((text(&retried.json(), "state"), legs(&retried.json())), ("settled", vec!["captured"]));
    let again = pay(customer, &booking, PAYS, "first").await;
    assert_eq!((again.status, again.header("idempotency-replayed").as_str()), (200, "true"));
    assert_eq!(again.body, retried.body);
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn a_refusal_of_a_retry_says_nothing_of_the_charge_that_was_sent_before() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    go_away_while_it_hangs(&site, &booking, PAYS, "first").await;
    site.cards.will([CardFault::Refuses]);
    let retried = pay(customer, &booking, PAYS, "first").await.json();
    assert_eq!(legs(&retried), ["created"]);
    site.clock.advance(TimeDelta::seconds(6));
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn who_was_not_answered_hears_of_the_payment_that_was_found_meanwhile() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    go_away_while_it_hangs(&site, &booking, PAYS, "first").await;
    site.clock.advance(TimeDelta::seconds(20));
    site.run_jobs().await;
    let other = pay(customer, &booking, PAYS, "second").await;
    assert_eq!((other.status, other.code().as_str()), (409, "already_paid"), "{}", other.text());
    let retried = pay(customer, &booking, PAYS, "first").await;
    assert_eq!((retried.status, retried.json()["state"].as_str()), (200, Some("settled")), "{}", retried.text());
    books_equal_the_provider_s(&site, 26_250).await;
}

#[tokio::test]
async fn who_was_not_answered_and_called_off_hears_how_it_stands_and_gets_back_what_was_taken() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    go_away_while_it_hangs(&site, &booking, PAYS, "first").await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    assert_eq!(customer.post(&path, &json!({"expected_refund_minor": 0})).await.status, 200);
    let retried = pay(customer, &booking, PAYS, "first").await;
    assert_eq!((retried.status, retried.json()["state"].as_str()), (200, Some("expired")), "{}", retried.text());
    site.run_jobs().await;
    books_equal_the_provider_s(&site, 0).await;
}

#[tokio::test]
async fn a_key_whose_first_try_was_not_answered_stands_for_that_request_alone() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    go_away_while_it_hangs(&site, &booking, ASKS, "first").await;
    let reused = pay(customer, &booking, PAYS, "first").await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "idempotency_key_reused"), "{}", reused.text());
    let asked = pay(customer, &booking, ASKS, "first").await.json();
    assert_eq!(legs(&asked), ["action_required"]);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_answer_is_stored_with_what_it_tells() {
    let (site, booking) = booked().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    pay(customer, &booking, PAYS, "first").await;
    let same_transaction: bool = sqlx::query_scalar(
        "SELECT receipt.xmin = kept.xmin FROM payment_receipts receipt, idempotency_keys kept WHERE kept.route LIKE '%/payments'",
    )
    .fetch_one(pool)
    .await
    .expect("reads");
    assert!(same_transaction);
    // Kept for a day, and then forgotten with the leg's.
    let attempts = "SELECT count(*) FROM payment_legs WHERE attempt_id IS NOT NULL";
    let count: i64 = sqlx::query_scalar(attempts).fetch_one(pool).await.expect("counts");
    assert_eq!(count, 1);
    site.clock.advance(TimeDelta::hours(26));
    workflows::background::fire_schedules(&site.site).await.expect("fires");
    site.run_jobs().await;
    let count: i64 = sqlx::query_scalar(attempts).fetch_one(pool).await.expect("counts");
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_retry_of_a_payment_and_of_a_cancellation_gets_the_first_answer_and_none_goes_without_a_key() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = book(customer, &site.cast.star, at(&site, 9, 10)).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(&booking, "id"));
    let payment = json!({"method": "card", "card": {"number": PAYS}});
    let refund = json!({"expected_refund_minor": 26_250});
    for (path, body) in [(path("payments"), &payment), (path("cancellation"), &refund)] {
        let missing = customer.call("POST", &path, Some(body), &[("idempotency-key", "")]).await;
        assert_eq!((missing.status, missing.code().as_str()), (400, "idempotency_key_required"), "{}", missing.text());
        let first = customer.call("POST", &path, Some(body), &[("idempotency-key", "one")]).await;
        assert_eq!(first.status, 200, "{}", first.text());
        site.run_jobs().await;
        let again = customer.call("POST", &path, Some(body), &[("idempotency-key", "one")]).await;
        assert_eq!((again.status, again.header("idempotency-replayed").as_str()), (200, "true"));
        assert_eq!(again.body, first.body, "{path}");
    }
    books_equal_the_provider_s(&site, 0).await;
}
