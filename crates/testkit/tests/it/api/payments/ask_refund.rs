//! Asking for a refund beyond the policy.

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::journey::{PAYS, at, balance, book, book_and_pay, kept_booking, pay, text};
use crate::steps::refund_requests::{ask, facts, two_of_staff};

#[tokio::test]
async fn one_of_staff_asks_and_nothing_is_paid_before_another_one_approves() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, _) = two_of_staff(&site).await;
    let answer = ask(&support, &booking, 26_250, "one").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let asked = answer.json();
    assert_eq!((text(&asked, "state"), &asked["amount"]["amount_minor"]), ("open", &json!(26_250)));
    assert_eq!((text(&asked, "booking_id"), text(&asked, "reason")), (text(&booking, "id"), "The sound failed"));
    assert_eq!((text(&asked, "asked_by"), &asked["decided_by"]), (support.id().to_string().as_str(), &Value::Null));
    let again = ask(&support, &booking, 26_250, "one").await;
    assert_eq!((again.header("idempotency-replayed").as_str(), &again.json()["id"]), ("true", &asked["id"]));
    site.run_jobs().await;
    assert_eq!((balance(&site, "booking_escrow").await, facts(&site, "payment.refund_asked").await), (0, 1));
}

#[tokio::test]
async fn it_is_within_what_was_paid_has_a_reason_and_is_for_others() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, _) = two_of_staff(&site).await;
    for (minor, refused) in
        [(0, (422, "invalid_fields")), (-1, (422, "invalid_fields")), (26_251, (409, "refund_too_large"))]
    {
        let answer = ask(&support, &booking, minor, "one").await;
        assert_eq!((answer.status, answer.code()), (refused.0, refused.1.to_owned()), "{minor}");
    }
    let path = format!("/api/bookings/{}/refund-requests", text(&booking, "id"));
    let silent = support.post(&path, &json!({"amount_minor": 1, "reason": " "})).await;
    assert_eq!((silent.status, &silent.problem()["errors"][0]["field"]), (422, &json!("reason")));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    assert_eq!(ask(&customer, &booking, 1, "one").await.status, 403);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_booking_that_goes_on_or_is_one_s_own_is_refused() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let confirmed = book_and_pay(&cast.customer, &cast.star, at(&site, 9, 10)).await;
    let refused = ask(&cast.support, &confirmed, 1, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "booking_state"));
    let own = book(&cast.support, &cast.star, at(&site, 8, 10)).await;
    pay(&cast.support, &own, PAYS, "own").await;
    let refused = ask(&cast.support, &own, 1, "two").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "not_your_move"));
    site.run_jobs().await;
}
