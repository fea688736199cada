//! Turning the value of a card into credit.

use futures::future::join_all;
use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{card_of, left_on, redeem};
use crate::steps::journey::{balance, faults};

#[tokio::test]
async fn value_becomes_credit_and_stands_in_both_histories() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let left = redeem(customer, &card, 2_000, "one").await;
    assert_eq!((left.status, &left.json()["balance"]["amount_minor"]), (201, &json!(3_000)));
    assert_eq!(redeem(customer, &card, 2_000, "one").await.header("idempotency-replayed"), "true");
    let too_much = redeem(customer, &card, 3_001, "two").await;
    assert_eq!((too_much.status, too_much.code().as_str()), (409, "not_enough"));
    assert!(too_much.text().contains("$30.00"), "its owner is told what is left: {}", too_much.text());
    for amount in [0, -5] {
        assert_eq!(redeem(customer, &card, amount, &amount.to_string()).await.code(), "invalid_amount");
    }
    assert_eq!(
        customer.get("/api/me/credit").await.json()["items"],
        json!([{"amount_minor": 2_000, "currency": "USD"}])
    );
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "customer_credit").await), (-3_000, -2_000));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn somebody_else_s_card_is_missing_and_promotional_value_pays_for_bookings_only() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "promotional").await;
    let refused = redeem(&cast.customer, &card, 1, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "not_redeemable"));
    let missing = redeem(&cast.other_customer, &card, 1, "one").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn of_a_crowd_that_spends_one_card_as_many_succeed_as_it_has_for() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let keys: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let answers = join_all(keys.iter().map(|key| redeem(customer, &card, 100, key))).await;
    let counted = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((counted(201), counted(409)), (50, 10));
    assert!(answers.iter().filter(|answer| answer.status == 409).all(|answer| answer.code() == "not_enough"));
    let history = customer.get(&format!("/api/gift-cards/{card}/history?limit=100")).await.json();
    assert_eq!(history["items"].as_array().map(Vec::len), Some(52));
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "customer_credit").await), (0, -5_000));
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn nobody_is_refused_for_what_was_not_taken_in_the_end() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    for round in 0..8 {
        let card = card_of(&site, customer, "goodwill").await;
        let key = |what: &str| format!("{round}-{what}");
        // Four times the same call, of which one counts: together they fit exactly, one after the other they would not.
        let mut calls: Vec<_> = (0..4).map(|_| (1_500, key("same"))).collect();
        calls.extend((0..6).map(|number| (50, key(&number.to_string()))));
        calls.push((3_200, key("rest")));
        let answers = join_all(calls.iter().map(|(amount, key)| redeem(customer, &card, *amount, key))).await;
        let others: Vec<_> = answers[4..].iter().map(|answer| answer.status).collect();
        assert_eq!(others, [201; 7], "round {round}: {}", answers[10].text());
        assert_eq!(redeem(customer, &card, 1_500, &key("same")).await.status, 201);
        assert_eq!(left_on(customer, &card).await, 0);
    }
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn a_card_on_its_way_and_one_that_holds_nothing_any_more_say_which_they_are() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    for (change, code) in [("is_offered = true", "card_offered"), ("state = 'void'", "card_void")] {
        let card = card_of(&site, customer, "goodwill").await;
        let statement = format!("UPDATE gift_cards SET {change} WHERE id = '{card}'");
        let pool = site.test_database().database.pool();
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(pool).await.expect("it is changed");
        let refused = redeem(customer, &card, 1, "one").await;
        assert_eq!((refused.status, refused.code().as_str()), (409, code), "{}", refused.text());
    }
}
