//! A personal video: delivered in time, or everything goes back, whoever notices first.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{TestCaller, TestSite};

use crate::steps::journey::{PAYS, at, balance, book_and_pay, faults, pay, status, text};

/// A paid video of 80.00, with a fee of 4.00, that is due in seven days.
async fn order(site: &TestSite) -> Value {
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    sqlx::query("UPDATE offerings SET mode = 'instant' WHERE kind = 'personal_video'")
        .execute(pool)
        .await
        .expect("updates");
    let order = json!({"offering_id": cast.star.video.id, "brief": "A birthday for my sister."});
    let placed = cast.customer.post("/api/bookings", &order).await;
    assert_eq!(placed.status, 201, "{}", placed.text());
    let booking = placed.json();
    assert_eq!(pay(&cast.customer, &booking, PAYS, "first").await.json()["state"], "settled");
    site.run_jobs().await;
    booking
}

async fn preview(customer: &TestCaller, booking: &Value) -> i64 {
    let path = format!("/api/bookings/{}/cancellation-preview", text(booking, "id"));
    customer.get(&path).await.json()["total"]["amount_minor"].as_i64().expect("a refund")
}

#[tokio::test]
async fn a_video_a_second_late_goes_back_in_full_to_who_cancels_before_the_worker_acts() {
    let site = TestSite::new().await;
    let booking = order(&site).await;
    site.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(preview(&site.cast.customer.signed_in_anew(&site).await, &booking).await, 0);
    site.clock.advance(TimeDelta::seconds(2));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    assert_eq!(preview(&customer, &booking).await, 8_400);
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let done = customer.post(&path, &json!({"expected_refund_minor": 8_400})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!((balance(&site, "provider_clearing").await, faults(&site).await), (0, Vec::new()));
}

#[tokio::test]
async fn a_video_a_second_late_goes_back_in_full_to_who_waits() {
    let site = TestSite::new().await;
    let booking = order(&site).await;
    site.clock.advance(TimeDelta::days(7) + TimeDelta::seconds(1));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!((balance(&site, "provider_clearing").await, faults(&site).await), (0, Vec::new()));
}

#[tokio::test]
async fn a_call_that_has_begun_is_not_called_off_before_the_worker_acts_either() {
    let site = TestSite::new().await;
    let starts_at = at(&site, 5, 10);
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, starts_at).await;
    site.clock.advance(starts_at - site.now());
    let agent = site.cast.agent.signed_in_anew(&site).await;
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let refused = agent.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "booking_state"), "{}", refused.text());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("in_progress".to_owned(), "paid".to_owned()));
}
