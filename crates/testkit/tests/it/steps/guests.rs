//! Booking guests and calling them off, over the API.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{InvitedGuest, TestCaller, TestSite};

use crate::steps::journey::text;

/// The customer books the guest, at a time if the offering takes any.
pub async fn place(site: &TestSite, guest: &InvitedGuest, starts_at: &str, key: &str) -> Value {
    let mut order = json!({"offering_id": guest.offering, "brief": "A birthday for my sister."});
    if !starts_at.is_empty() {
        order["starts_at"] = json!(starts_at);
    }
    let placed = site.cast.customer.call("POST", "/api/bookings", Some(&order), &[("idempotency-key", key)]).await;
    assert_eq!(placed.status, 201, "{} at {starts_at}: {}", guest.slug, placed.text());
    placed.json()
}

/// Somebody calls the booking off, for exactly the refund that is expected, which is the one that is shown.
pub async fn call_off(site: &TestSite, caller: &TestCaller, booking: &Value, back_minor: i64, what: &str) {
    let caller = caller.signed_in_anew(site).await;
    let path = |end: &str| format!("/api/bookings/{}/{end}", text(booking, "id"));
    let shown = caller.get(&path("cancellation-preview")).await.json();
    assert_eq!(shown["total"]["amount_minor"], back_minor, "{what}: {shown}");
    let done = caller.post(&path("cancellation"), &json!({ "expected_refund_minor": back_minor })).await;
    assert_eq!(done.status, 200, "{what}: {}", done.text());
}

/// The balances of all accounts that the booking has moved, by kind; debits are positive.
pub async fn money_of(site: &TestSite, booking: &Value) -> BTreeMap<String, i64> {
    let lines: Vec<(String, i64)> = sqlx::query_as(
        "SELECT a.kind, sum(p.amount_minor)::bigint FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id
         JOIN ledger_accounts a ON a.id = p.account_id WHERE t.subject_id = $1::uuid GROUP BY 1 HAVING sum(p.amount_minor) <> 0",
    )
    .bind(text(booking, "id"))
    .fetch_all(site.test_database().database.pool())
    .await
    .expect("reads");
    lines.into_iter().collect()
}
