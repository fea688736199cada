//! Refunds that could not go back to the card that had paid: whatever is done about the value of that one reaches the new card.

use chrono::TimeDelta;
use serde_json::json;
use testkit::{TestCaller, TestSite};

use crate::steps::chargebacks::{cases, doubtful_card, hours, spend, sums};
use crate::steps::gifts::{claim, left_on, mailed_code, redeem, send_to};
use crate::steps::journey::{balance, cancel, faults, text};

/// A doubtful card of 300.00: 157.50 came back from a booking on a new card, and the rest is on its way to somebody.
async fn spread(site: &TestSite, customer: &TestCaller) -> (String, String) {
    let (_, card) = doubtful_card(customer, 30_000).await;
    let booking = spend(site, customer, &card, 15_750).await;
    assert_eq!(send_to(customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    cancel(site, customer, &booking).await;
    let listed = customer.get("/api/gift-cards").await.json();
    let mut ids = listed["items"].as_array().expect("cards").iter().map(|one| text(one, "id"));
    let new = ids.find(|id| *id != card).expect("a new card").to_owned();
    assert_eq!(left_on(customer, &new).await, 15_750);
    (card, new)
}

#[tokio::test]
async fn a_bank_takes_back_what_came_back_on_a_new_card() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, new) = spread(&site, customer).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([30_000, 30_000, 0], "closed"));
    let seen = customer.signed_in_anew(&site).await.get(&format!("/api/gift-cards/{new}")).await.json();
    assert_eq!((text(&seen, "state"), balance(&site, "gift_card").await), ("frozen", 0));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn also_what_it_became_and_what_was_sent_on_from_it() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, new) = spread(&site, customer).await;
    assert_eq!(redeem(customer, &new, 5_000, "redeem").await.status, 201);
    // Mails of one moment have no order.
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(send_to(customer, &new, "other@elsewhere.test", "again").await.status, 201);
    let claimed = claim(friend, &mailed_code(&site).await, "claim").await;
    assert_eq!((claimed.status, &claimed.json()["balance"]["amount_minor"]), (201, &json!(10_750)));
    hours(&site, 2).await;
    assert_eq!(sums(&cases(&site).await[0]), [30_000, 30_000, 0]);
    assert_eq!((balance(&site, "customer_credit").await, faults(&site).await), (0, Vec::new()));
}

#[tokio::test]
async fn cards_from_before_are_named_by_the_part_of_the_payment_that_they_hold() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (card, new) = spread(&site, customer).await;
    let pool = site.test_database().database.pool();
    sqlx::query("UPDATE gift_cards SET replaces_id = NULL").execute(pool).await.expect("forgets");
    let name = include_str!("../../../../../migrations/20261209000004_name_replaced_cards.sql");
    sqlx::raw_sql(name).execute(pool).await.expect("migrates");
    let named: Vec<(String, String)> =
        sqlx::query_as("SELECT id::text, replaces_id::text FROM gift_cards WHERE replaces_id IS NOT NULL")
            .fetch_all(pool)
            .await
            .expect("reads");
    assert_eq!(named, [(new, card)]);
}
