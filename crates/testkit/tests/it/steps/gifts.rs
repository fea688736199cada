//! Gift cards, as calls.

use std::sync::atomic::{AtomicU32, Ordering};

use gift_cards::{CardChanges, CardCommand, commands};
use kernel::{Actor, GiftCardId};
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

/// Sends a card to somebody by e-mail.
pub async fn send_to(caller: &TestCaller, card: &str, email: &str, key: &str) -> TestResponse {
    let body = json!({"email": email, "message": "For your show"});
    let path = format!("/api/gift-cards/{card}/transfers");
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}

/// The code in the newest mail that sent somebody a card.
pub async fn mailed_code(site: &TestSite) -> String {
    site.run_jobs().await;
    let link = "SELECT substring(body_text from 'code=([^\\s]+)') FROM mails WHERE template = 'gift_card_sent' ORDER BY id DESC LIMIT 1";
    sqlx::query_scalar(link).fetch_one(site.test_database().database.pool()).await.expect("there is such a mail")
}

/// The steps of a card, each with the balance after it.
pub async fn steps(caller: &TestCaller, card: &str) -> Vec<(String, i64)> {
    let history = caller.get(&format!("/api/gift-cards/{card}/history?limit=100")).await.json();
    let step =
        |entry: &Value| (text(entry, "kind").to_owned(), entry["balance"]["amount_minor"].as_i64().expect("an amount"));
    history["items"].as_array().expect("steps").iter().map(step).collect()
}

/// Steps as [`steps`] says them.
pub fn told(wanted: &[(&str, i64)]) -> Vec<(String, i64)> {
    wanted.iter().map(|(kind, balance)| ((*kind).to_owned(), *balance)).collect()
}

/// Stops a card.
pub async fn freeze(site: &TestSite, card: &str) -> TestResponse {
    let path = format!("/api/gift-cards/{card}/freeze");
    site.cast.support.post(&path, &json!({"reason": "It was reported stolen"})).await
}

/// Carries out a command that no call of the API has yet.
pub async fn carry_out(site: &TestSite, card: &str, command: CardCommand) {
    let mut tx = site.test_database().database.begin().await.expect("begins");
    let id = GiftCardId(card.parse().expect("an id"));
    let mut card = commands::lock(&mut tx, id).await.expect("locks");
    let mut changes = CardChanges::default();
    changes.carry_out(&mut card, command, Actor::SYSTEM, None, site.now()).expect("can be done");
    commands::save(&mut tx, &*site.site.chance, site.now(), &changes).await.expect("saves");
    tx.commit().await.expect("commits");
}
