//! Gift cards and bookings whose bank takes the money back.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};
use workflows::background::fire_schedules;

use crate::steps::gifts::{apply, order, pay_order};
use crate::steps::journey::{CHARGED_BACK, DISPUTE_WON, PAYS, at, book, pay, text};

/// A card that the caller bought for themselves with a bank card that will be charged back: the order and the card.
pub async fn doubtful_card(caller: &TestCaller, value_minor: i64) -> (String, String) {
    card_paid_with(caller, CHARGED_BACK, value_minor).await
}

/// The same with a bank card whose bank will let the payment stand after all.
pub async fn vindicated_card(caller: &TestCaller, value_minor: i64) -> (String, String) {
    card_paid_with(caller, DISPUTE_WON, value_minor).await
}

async fn card_paid_with(caller: &TestCaller, number: &str, value_minor: i64) -> (String, String) {
    let body = json!({"value_minor": value_minor, "currency": "USD", "design": "alley"});
    let id = text(&order(caller, &body, "doubtful").await.json(), "id").to_owned();
    let paid = pay_order(caller, &id, number, "doubtful").await;
    assert_eq!(text(&paid.json(), "state"), "settled", "{}", paid.text());
    let card = caller.get(&format!("/api/gift-card-orders/{id}")).await.json();
    (id, text(&card, "gift_card_id").to_owned())
}

/// A booking of the star for 262.50 that was paid so.
pub async fn doubtful_booking(site: &TestSite, caller: &TestCaller) -> Value {
    booking_paid_with(site, caller, CHARGED_BACK).await
}

/// The same with a bank card whose bank will let the payment stand after all.
pub async fn vindicated_booking(site: &TestSite, caller: &TestCaller) -> Value {
    booking_paid_with(site, caller, DISPUTE_WON).await
}

async fn booking_paid_with(site: &TestSite, caller: &TestCaller, number: &str) -> Value {
    let booking = book(caller, &site.cast.star, at(site, 5, 10)).await;
    let paid = pay(caller, &booking, number, "doubtful").await;
    assert_eq!(text(&paid.json(), "state"), "settled", "{}", paid.text());
    booking
}

/// So much of a card pays for a booking, which stands.
pub async fn spend(site: &TestSite, caller: &TestCaller, card: &str, amount_minor: i64) -> Value {
    let booking = book(caller, &site.cast.star, at(site, 6, 10)).await;
    apply(caller, &booking, card, Some(amount_minor), "apply").await;
    let paid = pay(caller, &booking, PAYS, "spend").await;
    assert_eq!(text(&paid.json(), "state"), "settled", "{}", paid.text());
    booking
}

/// What the bank will take back of the latest payment is disputed there before we ask: nothing of it can be paid back any more.
pub async fn dispute_now(site: &TestSite) {
    let dispute = "INSERT INTO sandbox_card_disputes (provider_ref, amount_minor, opened_at)
                   SELECT provider_ref, amount_minor - refunded_minor, $1 FROM sandbox_card_payments p
                   WHERE NOT EXISTS (SELECT FROM sandbox_card_disputes d WHERE d.provider_ref = p.provider_ref)
                   ORDER BY created_at DESC LIMIT 1";
    let pool = site.test_database().database.pool();
    sqlx::query(dispute).bind(site.now()).execute(pool).await.expect("there is a payment");
}

/// So many hours pass, and after each the banks are asked. Tokens from before are over.
pub async fn hours(site: &TestSite, count: i64) {
    for _ in 0..count {
        fire_schedules(&site.site).await.expect("fires");
        site.clock.advance(TimeDelta::minutes(60));
        fire_schedules(&site.site).await.expect("fires");
        site.run_jobs().await;
    }
}

/// The bank lets the latest disputes stand, and we hear of it.
pub async fn hear_of_victory(site: &TestSite) {
    site.clock.advance(TimeDelta::hours(24));
    hours(site, 1).await;
}

/// All cases, newest first.
pub async fn cases(site: &TestSite) -> Vec<Value> {
    let support = site.cast.support.signed_in_anew(site).await;
    let page = support.get("/api/chargebacks").await;
    page.json()["items"].as_array().unwrap_or_else(|| panic!("{}", page.text())).clone()
}

/// The sums of a case: all of it, what was found and what is missing.
pub fn sums(case: &Value) -> [i64; 3] {
    ["amount", "taken_back", "rest"].map(|sum| case[sum]["amount_minor"].as_i64().expect("a sum"))
}

/// Closes a case.
pub async fn close(caller: &TestCaller, case: &Value, note: &str, key: &str) -> TestResponse {
    let path = format!("/api/chargebacks/{}/closure", text(case, "id"));
    caller.call("POST", &path, Some(&json!({"note": note})), &[("idempotency-key", key)]).await
}
