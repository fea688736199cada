//! The caller's credit.

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::gifts::{card_of, give_credit, redeem, tender};
use crate::steps::journey::{PAYS, at, book, cancel, pay, text};

#[tokio::test]
async fn credit_is_one_s_own() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    assert_eq!(redeem(&cast.customer, &card, 5_000, "one").await.status, 201);
    let credit = |items| json!({"items": items, "next_cursor": null});
    assert_eq!(
        cast.customer.get("/api/me/credit").await.json(),
        credit(json!([{"amount_minor": 5_000, "currency": "USD"}]))
    );
    assert_eq!(cast.other_customer.get("/api/me/credit").await.json(), credit(json!([])));
}

#[tokio::test]
async fn whoever_has_none_is_shown_none() {
    let site = TestSite::new().await;
    let answer = site.cast.agent.get("/api/me/credit").await;
    assert_eq!((answer.status, &answer.json()["items"]), (200, &json!([])));
    assert_eq!(site.cast.anonymous.get("/api/me/credit").await.status, 401);
}

#[tokio::test]
async fn each_step_says_what_it_was_for_and_what_was_left_after_it() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    redeem(customer, &card, 4_000, "one").await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    let id = text(&booking, "id");
    tender(customer, &booking, json!({"method": "credit", "amount_minor": 1_500}), "apply").await;
    let history = async || customer.get("/api/me/credit/history?currency=USD").await.json();
    let kinds = |history: &Value| -> Vec<(String, i64, i64)> {
        let minor = |step: &Value, name: &str| step[name]["amount_minor"].as_i64().expect("an amount");
        let line = |step: &Value| (text(step, "kind").to_owned(), minor(step, "change"), minor(step, "balance"));
        history["items"].as_array().expect("steps").iter().map(line).collect()
    };
    let step = |kind: &str, change, balance| (kind.to_owned(), change, balance);
    assert_eq!(kinds(&history().await), [step("redeemed", 4_000, 4_000), step("held", -1_500, 2_500)]);
    pay(customer, &booking, PAYS, "pay").await;
    cancel(&site, customer, &booking).await;
    let all = history().await;
    let paid = [step("redeemed", 4_000, 4_000), step("spent", -1_500, 2_500), step("refunded", 1_500, 4_000)];
    assert_eq!(kinds(&all), paid);
    assert_eq!((&all["items"][0]["gift_card_id"], &all["items"][0]["booking_id"]), (&json!(card), &json!(null)));
    assert_eq!((&all["items"][1]["booking_id"], &all["items"][2]["booking_id"]), (&json!(id), &json!(id)));
}

#[tokio::test]
async fn the_history_comes_in_pages_and_is_one_s_own_in_one_currency() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    give_credit(&site, &cast.customer, 1_000).await;
    give_credit(&site, &cast.customer, 2_000).await;
    let first = cast.customer.get("/api/me/credit/history?currency=USD&limit=1").await.json();
    assert_eq!((&first["items"][0]["number"], &first["items"].as_array().map(Vec::len)), (&json!(1), &Some(1)));
    let next = format!("/api/me/credit/history?currency=USD&limit=1&cursor={}", text(&first, "next_cursor"));
    let second = cast.customer.get(&next).await.json();
    assert_eq!((&second["items"][0]["number"], &second["next_cursor"]), (&json!(2), &json!(null)));
    for (caller, currency) in [(&cast.customer, "EUR"), (&cast.other_customer, "USD")] {
        let seen = caller.get(&format!("/api/me/credit/history?currency={currency}")).await;
        assert_eq!((seen.status, &seen.json()["items"]), (200, &json!([])));
    }
    let bad = cast.customer.get("/api/me/credit/history?currency=USD&cursor=x").await;
    assert_eq!((bad.code().as_str(), cast.customer.get("/api/me/credit/history").await.status), ("bad_cursor", 400));
}
