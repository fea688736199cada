//! Gift cards, as calls.

use std::sync::atomic::{AtomicU32, Ordering};

use gift_cards::{CardChanges, CardCommand, commands};
use kernel::{Actor, GiftCardId};
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::journey::{PAYS, text};

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

/// A card of the caller's with so much on it, in the smallest unit of its currency.
pub async fn card_with(site: &TestSite, caller: &TestCaller, kind: &str, value_minor: i64, currency: &str) -> String {
    let mut body = batch(kind, 1, &format!("Batch {}", BATCHES.fetch_add(1, Ordering::Relaxed)));
    body["value_minor"] = json!(value_minor);
    body["currency"] = json!(currency);
    let issued = site.cast.admin.post("/api/gift-cards/batches", &body).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    let card = issued.json()["cards"][0].clone();
    let claimed = claim(caller, text(&card, "code"), text(&card, "id")).await;
    assert_eq!(claimed.status, 201, "{}", claimed.text());
    text(&card, "id").to_owned()
}

/// A card that the caller has bought for themselves, in dollars' cents.
pub async fn own_card(caller: &TestCaller, value_minor: i64) -> String {
    bought_card(caller, value_minor, "USD").await
}

/// The same in another currency.
pub async fn bought_card(caller: &TestCaller, value_minor: i64, currency: &str) -> String {
    let key = format!("bought-{}", BATCHES.fetch_add(1, Ordering::Relaxed));
    let body = json!({"value_minor": value_minor, "currency": currency, "design": "alley"});
    let ordered = order(caller, &body, &key).await;
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    let id = text(&ordered.json(), "id").to_owned();
    let paid = pay_order(caller, &id, PAYS, &key).await;
    assert_eq!((paid.status, text(&paid.json(), "state")), (200, "settled"), "{}", paid.text());
    text(&caller.get(&format!("/api/gift-card-orders/{id}")).await.json(), "gift_card_id").to_owned()
}

/// So much credit, in dollars' cents.
pub async fn give_credit(site: &TestSite, caller: &TestCaller, amount_minor: i64) {
    let card = card_with(site, caller, "goodwill", amount_minor, "USD").await;
    let redeemed = redeem(caller, &card, amount_minor, &card).await;
    assert_eq!(redeemed.status, 201, "{}", redeemed.text());
}

/// What is left on a card to spend.
pub async fn left_on(caller: &TestCaller, card: &str) -> i64 {
    let seen = caller.get(&format!("/api/gift-cards/{card}")).await;
    seen.json()["balance"]["amount_minor"].as_i64().unwrap_or_else(|| panic!("{}", seen.text()))
}

/// The steps of a card, each with its change and the balance after it.
pub async fn steps_of(caller: &TestCaller, card: &str) -> Vec<(String, i64, i64)> {
    let history = caller.get(&format!("/api/gift-cards/{card}/history")).await.json();
    let minor = |step: &Value, name: &str| step[name]["amount_minor"].as_i64().expect("an amount");
    let step = |step: &Value| (text(step, "kind").to_owned(), minor(step, "change"), minor(step, "balance"));
    history["items"].as_array().expect("steps").iter().map(step).collect()
}

/// What a card for a friend is ordered with.
pub fn order_body(value_minor: i64) -> Value {
    let recipient = json!({"email": "friend@elsewhere.test", "name": "Ada", "from": "Bo", "message": "See you there!"});
    json!({"value_minor": value_minor, "currency": "USD", "design": "spotlight", "recipient": recipient,
        "time_zone": "America/New_York"})
}

/// Orders a card.
pub async fn order(caller: &TestCaller, body: &Value, key: &str) -> TestResponse {
    caller.call("POST", "/api/gift-cards", Some(body), &[("idempotency-key", key)]).await
}

/// An order of 50.00 for a friend.
pub async fn order_id(caller: &TestCaller) -> String {
    let ordered = order(caller, &order_body(5_000), "order").await;
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    text(&ordered.json(), "id").to_owned()
}

/// The form that orders a card for a friend, to be mailed at six in Lisbon.
pub fn form_for_a_friend() -> Vec<(&'static str, &'static str)> {
    vec![
        ("amount", "50"),
        ("currency", "USD"),
        ("design", "alley"),
        ("whom", "friend"),
        ("recipient_email", "friend@elsewhere.test"),
        ("recipient_name", "Ada"),
        ("from", "Bo"),
        ("message", "See you there!"),
        ("deliver_on", "2026-12-16"),
        ("deliver_hour", "18"),
        ("time_zone", "Europe/Lisbon"),
    ]
}

/// Pays an order with a card of the sandbox.
pub async fn pay_order(caller: &TestCaller, order: &str, number: &str, key: &str) -> TestResponse {
    let path = format!("/api/gift-card-orders/{order}/payments");
    caller.call("POST", &path, Some(&json!({"card": {"number": number}})), &[("idempotency-key", key)]).await
}

/// Sets value of a card aside for a booking; as much as is left to pay without an amount.
pub async fn apply(
    caller: &TestCaller,
    booking: &Value,
    card: &str,
    amount_minor: Option<i64>,
    key: &str,
) -> TestResponse {
    tender(caller, booking, json!({"method": "gift_card", "gift_card_id": card, "amount_minor": amount_minor}), key)
        .await
}

/// Calls the way to pay that `body` says.
pub async fn tender(caller: &TestCaller, booking: &Value, body: Value, key: &str) -> TestResponse {
    let path = format!("/api/bookings/{}/payments", text(booking, "id"));
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}

/// Pays by card what the payer has agreed to.
pub async fn pay_agreed(caller: &TestCaller, booking: &Value, number: &str, minor: i64, key: &str) -> TestResponse {
    tender(caller, booking, json!({"method": "card", "card": {"number": number}, "expected_minor": minor}), key).await
}

/// Takes back what the `number`th leg has set aside.
pub async fn withdraw(caller: &TestCaller, payment: &Value, number: usize) -> TestResponse {
    let leg = text(&payment["legs"][number], "id");
    caller.call("DELETE", &format!("/api/payments/{}/legs/{leg}", text(payment, "id")), None, &[]).await
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
    newest_code(site, "gift_card_sent").await
}

/// The code in the newest mail that brought somebody a card that was bought for them.
pub async fn bought_code(site: &TestSite) -> String {
    newest_code(site, "gift_card_bought").await
}

async fn newest_code(site: &TestSite, template: &str) -> String {
    site.run_jobs().await;
    let link =
        "SELECT substring(body_text from 'code=([^\\s]+)') FROM mails WHERE template = $1 ORDER BY id DESC LIMIT 1";
    let code = sqlx::query_scalar(link).bind(template).fetch_one(site.test_database().database.pool());
    code.await.expect("there is such a mail")
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

/// Another admin: whoever issued cards does not let them go on.
pub async fn second_admin(site: &TestSite) -> TestCaller {
    let support = &site.cast.support;
    sqlx::query("UPDATE people SET roles = ARRAY['support', 'admin'] WHERE id = $1")
        .bind(support.id().0)
        .execute(site.test_database().database.pool())
        .await
        .expect("promotes");
    support.signed_in_anew(site).await
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
