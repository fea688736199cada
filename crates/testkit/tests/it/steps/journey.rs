//! What customers do, as calls: the words that the tests of bookings and payments are written in.

use chrono::TimeDelta;
use kernel::Instant;
use ledger::Report;
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite, TestStar};
use workflows::payment::check_books;

pub const PAYS: &str = "4242424242424242";
pub const ASKS: &str = "4000002500003155";
pub const DECLINES: &str = "4000000000000002";
pub const TAKES_TIME: &str = "4000000000000119";
pub const CAPTURE_DECLINES: &str = "4000000000000341";
pub const LOSES_THE_CAPTURE: &str = "4000000000000366";
pub const LAPSES: &str = "4000000000000374";
pub const LOSES_THE_REFUND: &str = "4000000000005126";
pub const CHARGED_BACK: &str = "4000000000005423";
/// Pays, is charged back an hour later, and the bank lets that payment stand a day after.
pub const DISPUTE_WON: &str = "4000000000005431";
pub const LOSES_THE_ANSWER: &str = "4000000000000259";

/// So many days from now, at this hour, UTC.
pub fn at(site: &TestSite, days: i64, hour: u32) -> Instant {
    let day = (site.now() + TimeDelta::days(days)).date_naive();
    day.and_hms_opt(hour, 0, 0).expect("the hour exists").and_utc()
}

/// Asks for the star's video call at this time, with a key of its own.
pub async fn ask_for(caller: &TestCaller, star: &TestStar, starts_at: Instant, key: &str) -> TestResponse {
    let body = json!({
        "offering_id": star.call.id,
        "starts_at": starts_at,
        "time_zone": "Europe/Lisbon",
        "brief": "A birthday for my sister."
    });
    caller.call("POST", "/api/bookings", Some(&body), &[("idempotency-key", key)]).await
}

/// Books the star's video call and holds its time.
pub async fn book(caller: &TestCaller, star: &TestStar, starts_at: Instant) -> Value {
    let answer = ask_for(caller, star, starts_at, &format!("book-{}-{}", caller.name, starts_at.timestamp())).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// A site whose customer has booked the star for ten in five days, and has yet to pay.
pub async fn booked() -> (TestSite, Value) {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    (site, booking)
}

/// Pays with a card of the sandbox.
/// Where something was applied it names the amount, as a program does that shows it.
pub async fn pay(caller: &TestCaller, booking: &Value, number: &str, key: &str) -> TestResponse {
    let path = format!("/api/bookings/{}", text(booking, "id"));
    let shown = caller.get(&path).await.json();
    let path = format!("{path}/payments");
    let mut body = json!({"method": "card", "card": {"number": number}});
    if let Some(minor) = left_for_a_card(&shown["payment"]) {
        body["expected_minor"] = json!(minor);
    }
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}

/// The price less what is applied, where anything ever was.
fn left_for_a_card(payment: &Value) -> Option<i64> {
    let stored: Vec<&Value> = payment["legs"].as_array()?.iter().filter(|leg| leg["method"] != "card").collect();
    let minor = |amount: &Value| amount["amount_minor"].as_i64().expect("an amount");
    let is_applied = |leg: &&&Value| leg["state"] == "held" || leg["state"] == "captured";
    let applied: i64 = stored.iter().filter(is_applied).map(|leg| minor(&leg["amount"])).sum();
    (!stored.is_empty()).then(|| minor(&payment["due"]) - applied)
}

/// The payment's last leg.
pub fn leg(payment: &Value) -> &Value {
    payment["legs"].as_array().and_then(|legs| legs.last()).expect("a leg")
}

/// What the page of the sandbox's bank is called by.
pub fn challenge(payment: &Value) -> &str {
    text(leg(payment), "action_url").rsplit('/').next().expect("a reference")
}

/// Books and pays.
pub async fn book_and_pay(caller: &TestCaller, star: &TestStar, starts_at: Instant) -> Value {
    let booking = book(caller, star, starts_at).await;
    let paid = pay(caller, &booking, PAYS, "first").await;
    assert_eq!((paid.status, paid.json()["state"].as_str()), (200, Some("settled")), "{}", paid.text());
    look(caller, &booking).await
}

/// The booking as it stands.
pub async fn look(caller: &TestCaller, booking: &Value) -> Value {
    let answer = caller.get(&format!("/api/bookings/{}", text(booking, "id"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The booking as it stands, for a test that moved the clock further than a token lives.
pub async fn status(site: &TestSite, booking: &Value) -> (String, String) {
    let id = text(booking, "id").parse().expect("an id");
    let mut connection = site.site.database.acquire().await.expect("a connection");
    let booking = bookings::queries::booking(&mut connection, kernel::BookingId(id)).await.expect("the booking");
    (booking.status.to_string(), booking.payment_status.to_string())
}

/// How many mails of a template were written about a booking.
pub async fn mails(site: &TestSite, template: &str, booking: &Value) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM mails WHERE template = $1 AND dedupe_key LIKE '%' || $2 || '%'")
        .bind(template)
        .bind(text(booking, "id"))
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("counts")
}

/// Calls a booking off, with the refund that was shown, and lets everything be paid back.
pub async fn cancel(site: &TestSite, caller: &TestCaller, booking: &Value) -> Value {
    let path = format!("/api/bookings/{}/cancellation", text(booking, "id"));
    let preview = caller.get(&format!("{path}-preview")).await.json();
    let body = json!({"expected_refund_minor": preview["total"]["amount_minor"]});
    let done = caller.post(&path, &body).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.run_jobs().await;
    preview
}

/// The parts of a refund as a preview shows them: what they were paid with, where they go, and how much.
pub fn shown(parts: &Value) -> Vec<(&str, &str, i64)> {
    let part = |part| {
        (text(part, "method"), text(part, "goes_to"), part["amount"]["amount_minor"].as_i64().expect("an amount"))
    };
    parts.as_array().expect("parts").iter().map(part).collect()
}

/// A booking of the customer's for 262.50 that was cancelled too late, so that nothing came back. Tokens from before are over.
pub async fn kept_booking(site: &TestSite) -> Value {
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(site, 3, 10)).await;
    site.run_jobs().await;
    site.clock.advance(at(site, 3, 10) - site.now() - TimeDelta::hours(2));
    let customer = site.cast.customer.signed_in_anew(site).await;
    cancel(site, &customer, &booking).await;
    booking
}

/// Complaints of the books.
pub async fn faults(site: &TestSite) -> Vec<String> {
    books(site).await.faults
}

async fn books(site: &TestSite) -> Report {
    let mut tx = site.site.database.begin().await.expect("begins");
    check_books(&mut tx, site.now().date_naive()).await.expect("the books can be read")
}

/// The balance of all accounts of a kind, in minor units; debits are positive.
pub async fn balance(site: &TestSite, kind: &str) -> i64 {
    books(site).await.balances.iter().filter(|line| line.kind == kind).map(|line| line.balance_minor).sum()
}

/// What the provider has taken and not given back, in minor units. A slow charge has taken its money after five seconds.
pub async fn provider_keeps(site: &TestSite) -> i64 {
    sqlx::query_scalar(
        "SELECT coalesce(sum(amount_minor - refunded_minor), 0)::bigint FROM sandbox_card_payments
         WHERE state = 'succeeded' OR (state = 'processing' AND NOT is_captured_later AND updated_at <= $1)",
    )
    .bind(site.now() - TimeDelta::seconds(5))
    .fetch_one(site.test_database().database.pool())
    .await
    .expect("adds up")
}

pub fn text<'value>(value: &'value Value, name: &str) -> &'value str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {value}"))
}
