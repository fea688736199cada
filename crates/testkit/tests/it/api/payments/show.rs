//! A payment as it stands, and asked about anew.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::journey::{PAYS, TAKES_TIME, at, balance, book, book_and_pay, leg, pay, status, text};

#[tokio::test]
async fn a_slow_bank_is_asked_again() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let slow = pay(&cast.customer, &booking, TAKES_TIME, "first").await.json();
    assert_eq!(text(leg(&slow), "state"), "processing");
    site.clock.advance(TimeDelta::seconds(5));
    let refreshed =
        cast.customer.post(&format!("/api/payments/{}/refresh", text(&slow, "id")), &Value::Null).await.json();
    assert_eq!(text(&refreshed, "state"), "settled", "{refreshed}");
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "confirmed");
}

#[tokio::test]
async fn a_payment_shows_what_is_due_and_what_was_paid() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let paid = pay(&cast.customer, &booking, PAYS, "first").await.json();
    let path = format!("/api/payments/{}", text(&paid, "id"));
    let shown = cast.customer.get(&path).await.json();
    assert_eq!((text(&shown, "state"), &shown["booking_id"]), ("settled", &booking["id"]));
    assert_eq!((shown["due"]["amount_minor"].as_i64(), &shown["paid"]), (Some(26_250), &shown["due"]));
    assert_eq!(shown["legs"][0]["provider"], "sandbox");
    let hidden = cast.agent.get(&path).await;
    assert_eq!((hidden.status, hidden.code().as_str()), (404, "not_found"), "the money is the customer's");
    site.run_jobs().await;
}

#[tokio::test]
async fn what_went_back_is_shown_with_the_payment() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = book_and_pay(customer, &site.cast.star, at(&site, 9, 10)).await;
    let path = format!("/api/payments/{}", text(&booking["payment"], "id"));
    let cancellation = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    assert_eq!(customer.post(&cancellation, &json!({"expected_refund_minor": 26_250})).await.status, 200);
    let owed = customer.get(&path).await.json();
    assert_eq!((text(&owed["refunds"][0], "state"), &owed["refunded"]), ("pending", &owed["due"]));
    site.run_jobs().await;
    let shown = customer.get(&path).await.json();
    assert_eq!((text(&shown["refunds"][0], "state"), &shown["refunds"][0]["amount"]), ("succeeded", &shown["due"]));
    assert_eq!(
        (&shown["refunded"], &shown["paid"], &shown["surplus"]["amount_minor"]),
        (&shown["due"], &shown["due"], &json!(0))
    );
}

#[tokio::test]
async fn asking_again_about_what_is_settled_changes_nothing_and_is_for_the_payer() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let booking = book_and_pay(customer, &site.cast.star, at(&site, 5, 10)).await;
    let path = format!("/api/payments/{}", text(&booking["payment"], "id"));
    let before = customer.get(&path).await.json();
    let refresh = format!("{path}/refresh");
    assert_eq!(customer.post(&refresh, &Value::Null).await.json(), before);
    for caller in [&site.cast.other_customer, &site.cast.celebrity, &site.cast.agent] {
        let refused = caller.post(&refresh, &Value::Null).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "not_found"), "{}", caller.name);
    }
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
}
