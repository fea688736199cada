//! Refunds beyond the policy, as calls.

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::journey::text;

/// One of support and one admin, signed in now.
pub async fn two_of_staff(site: &TestSite) -> (TestCaller, TestCaller) {
    (site.cast.support.signed_in_anew(site).await, site.cast.admin.signed_in_anew(site).await)
}

/// Asks for a refund of so many cents.
pub async fn ask(caller: &TestCaller, booking: &Value, amount_minor: i64, key: &str) -> TestResponse {
    let path = format!("/api/bookings/{}/refund-requests", text(booking, "id"));
    let body = json!({"amount_minor": amount_minor, "reason": "The sound failed"});
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}

/// The id of a request for so many cents.
pub async fn asked(caller: &TestCaller, booking: &Value, amount_minor: i64, key: &str) -> String {
    let asked = ask(caller, booking, amount_minor, key).await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    text(&asked.json(), "id").to_owned()
}

/// Approves or declines (`approval`, `refusal`).
pub async fn decide(caller: &TestCaller, request: &str, decision: &str, key: &str) -> TestResponse {
    let path = format!("/api/refund-requests/{request}/{decision}");
    caller.call("POST", &path, Some(&json!({})), &[("idempotency-key", key)]).await
}

/// How many facts of a topic there are.
pub async fn facts(site: &TestSite, topic: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM facts WHERE topic = $1")
        .bind(topic)
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("counts")
}
