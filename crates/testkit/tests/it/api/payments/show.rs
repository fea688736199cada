//! A payment as it stands, and asked about anew.

use chrono::TimeDelta;
use serde_json::Value;
use testkit::TestSite;

use crate::steps::journey::{PAYS, TAKES_TIME, at, book, leg, pay, status, text};

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
