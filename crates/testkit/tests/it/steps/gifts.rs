//! Gift cards, as calls.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::journey::text;

/// No two batches of a test have the same name.
static BATCHES: AtomicU32 = AtomicU32::new(0);

/// Issues `cards` cards of 50.00 dollars.
pub async fn issue(site: &TestSite, kind: &str, cards: u16) -> Vec<(String, String)> {
    let body = batch(kind, cards, &format!("Batch {}", BATCHES.fetch_add(1, Ordering::Relaxed)));
    let issued = site.cast.admin.post("/api/gift-cards/batches", &body).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    let issued = issued.json();
    let card = |card: &Value| (text(card, "id").to_owned(), text(card, "code").to_owned());
    issued["cards"].as_array().expect("cards").iter().map(card).collect()
}

/// What a batch is asked for with.
pub fn batch(kind: &str, cards: u16, name: &str) -> Value {
    json!({"name": name, "kind": kind, "cards": cards, "value_minor": 5_000, "currency": "USD", "reason": "A test"})
}

/// Claims a card.
pub async fn claim(caller: &TestCaller, code: &str, key: &str) -> TestResponse {
    let body = json!({"code": code});
    caller.call("POST", "/api/gift-cards/claims", Some(&body), &[("idempotency-key", key)]).await
}

/// A card of 50.00 dollars that `caller` has.
pub async fn card_of(site: &TestSite, caller: &TestCaller, kind: &str) -> String {
    let (id, code) = issue(site, kind, 1).await.remove(0);
    let claimed = claim(caller, &code, &id).await;
    assert_eq!(claimed.status, 201, "{}", claimed.text());
    id
}

/// Turns value of a card into credit.
pub async fn redeem(caller: &TestCaller, card: &str, amount_minor: i64, key: &str) -> TestResponse {
    let body = json!({"amount_minor": amount_minor});
    let path = format!("/api/gift-cards/{card}/redemptions");
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}
