//! Calling a booking off: what was shown is what comes back.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::journey::{at, balance, book, book_and_pay, faults, look, mails, status, text};

#[tokio::test]
async fn the_refund_that_was_shown_is_the_refund_that_is_paid() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 9, 10)).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(&booking, "id"));
    let preview = cast.customer.get(&path("cancellation-preview")).await.json();
    assert_eq!((preview["percent"].as_i64(), preview["total"]["amount_minor"].as_i64()), (Some(100), Some(26_250)));
    let wrong = cast.customer.post(&path("cancellation"), &json!({"expected_refund_minor": 1})).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (409, "refund_changed"));
    assert!(wrong.problem()["refund"]["amount_minor"].is_i64(), "the new refund is told");
    let done = cast.customer.post(&path("cancellation"), &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!((done.status, done.json()["payment_status"].as_str()), (200, Some("refunding")), "{}", done.text());
    let twice = cast
        .customer
        .call(
            "POST",
            &path("cancellation"),
            Some(&json!({"expected_refund_minor": 26_250})),
            &[("idempotency-key", "two")],
        )
        .await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "booking_state"));

    site.run_jobs().await;
    let after = look(&cast.customer, &booking).await;
    assert_eq!((text(&after, "status"), text(&after, "payment_status")), ("cancelled", "refunded"));
    assert_eq!(after["payment"]["refunds"][0]["state"], "succeeded");
    assert_eq!(mails(&site, "booking_cancelled_customer", &booking).await, 1);
    assert_eq!(mails(&site, "booking_cancelled_talent", &booking).await, 2);
    assert_eq!((balance(&site, "booking_escrow").await, balance(&site, "provider_clearing").await), (0, 0));
    book(&cast.other_customer, &cast.star, at(&site, 9, 10)).await;
    site.run_jobs().await;
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn who_cancels_late_pays_and_the_talent_is_paid() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 3, 10)).await;
    site.run_jobs().await;
    // Two hours before the start nothing comes back.
    site.clock.advance(at(&site, 3, 10) - site.now() - TimeDelta::hours(2));
    let customer = cast.customer.signed_in_anew(&site).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = customer.post(&path, &json!({"expected_refund_minor": 0})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "paid".to_owned()));
    assert_eq!(look(&customer, &booking).await["payment"]["state"], "settled", "nothing is on its way back");
    assert_eq!(balance(&site, "celebrity_payable").await, -21_250);
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_talent_who_cancels_returns_everything() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book_and_pay(&cast.customer, &cast.star, at(&site, 3, 10)).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = cast.agent.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!((done.status, done.json()["cancelled_by"].as_str()), (200, Some("talent")), "{}", done.text());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!(balance(&site, "booking_escrow").await, 0);
}

#[tokio::test]
async fn a_stranger_sees_no_refund_and_cancels_nothing() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(&booking, "id"));
    for caller in [&site.cast.other_customer, &site.cast.other_celebrity, &site.cast.other_agent] {
        let preview = caller.get(&path("cancellation-preview")).await;
        assert_eq!((preview.status, preview.code().as_str()), (404, "not_found"), "{}", caller.name);
        let refused = caller.post(&path("cancellation"), &json!({"expected_refund_minor": 26_250})).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "not_found"), "{}", caller.name);
    }
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
}

#[tokio::test]
async fn a_key_whose_answer_was_forgotten_meanwhile_calls_nothing_off() {
    let site = TestSite::new().await;
    let (customer, pool) = (&site.cast.customer, site.test_database().database.pool());
    let booking = book_and_pay(customer, &site.cast.star, at(&site, 9, 10)).await;
    // An earlier try has the key, and its answer is a day old and gone when it is looked up.
    for statement in [
        "CREATE FUNCTION is_used() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER is_used BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION is_used()",
    ] {
        sqlx::query(statement).execute(pool).await.unwrap();
    }
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let refused = customer.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "idempotency_key_lapsed"), "{}", refused.text());
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    site.run_jobs().await;
}

#[tokio::test]
async fn the_customer_may_keep_the_refund_as_credit_and_is_shown_so_before() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = book_and_pay(customer, &site.cast.star, at(&site, 9, 10)).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(&booking, "id"));
    let preview = customer.get(&path("cancellation-preview")).await.json();
    let goes_to = |parts: &Value| parts[0]["goes_to"].clone();
    assert_eq!(goes_to(&preview["parts"]), "as_paid");
    assert_eq!(
        (goes_to(&preview["parts_as_credit"]), &preview["total"]),
        (json!("credit"), &preview["parts_as_credit"][0]["amount"])
    );
    let unknown =
        customer.post(&path("cancellation"), &json!({"expected_refund_minor": 26_250, "refund_to": "cash"})).await;
    assert_eq!(unknown.status, 422, "{}", unknown.text());
    let done =
        customer.post(&path("cancellation"), &json!({"expected_refund_minor": 26_250, "refund_to": "credit"})).await;
    assert_eq!((done.status, text(&done.json(), "payment_status")), (200, "refunding"), "{}", done.text());
    site.run_jobs().await;
    let refunds = look(customer, &booking).await["payment"]["refunds"].clone();
    assert_eq!((&refunds[0]["kept_as_credit"], text(&refunds[0], "state")), (&json!(true), "succeeded"));
    assert_eq!((balance(&site, "customer_credit").await, balance(&site, "provider_clearing").await), (-26_250, 26_250));
    assert!(faults(&site).await.is_empty());
    let mail: String = sqlx::query_scalar("SELECT body_text FROM mails WHERE template = 'booking_refunded'")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("a mail");
    assert!(mail.contains("$262.50 of it is your credit now"), "{mail}");
}

#[tokio::test]
async fn nobody_else_chooses_where_the_customers_money_goes() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(&booking, "id"));
    for caller in [&site.cast.celebrity, &site.cast.support] {
        let preview = caller.get(&path("cancellation-preview")).await.json();
        assert!(preview["parts_as_credit"].is_null(), "{}", caller.name);
        let body = json!({"expected_refund_minor": 26_250, "refund_to": "credit"});
        let refused = caller.post(&path("cancellation"), &body).await;
        assert_eq!(
            (refused.status, text(&refused.problem()["errors"][0], "field")),
            (422, "refund_to"),
            "{}",
            refused.text()
        );
    }
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "confirmed");
}
