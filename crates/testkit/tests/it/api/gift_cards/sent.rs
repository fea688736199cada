//! A card that was sent: how it stands, and taking it back.

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::json;
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::gifts::{card_of, claim, mailed_code, redeem, send_to, steps, told};
use crate::steps::journey::{balance, faults, text};

async fn take_back(caller: &TestCaller, card: &str) -> TestResponse {
    caller.post(&format!("/api/gift-cards/{card}/transfers/latest/return"), &json!({})).await
}

/// A card of the customer's that was sent, and the code in the mail.
async fn sent_card(site: &TestSite) -> (String, String) {
    let card = card_of(site, &site.cast.customer, "goodwill").await;
    assert_eq!(send_to(&site.cast.customer, &card, "friend@example.net", &card).await.status, 201);
    (card, mailed_code(site).await)
}

#[tokio::test]
async fn the_sender_sees_how_far_it_has_come() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (card, code) = sent_card(&site).await;
    let path = format!("/api/gift-cards/{card}/transfers/latest");
    let shown = cast.customer.get(&path).await.json();
    assert_eq!((text(&shown, "state"), text(&shown, "message")), ("offered", "For your show"));
    assert_eq!(claim(&cast.other_customer, &code, "one").await.status, 201);
    let shown = cast.customer.get(&path).await.json();
    assert_eq!(text(&shown, "state"), "claimed");
    assert!(shown["ended_at"].is_string(), "{shown}");
}

#[tokio::test]
async fn strangers_see_nothing_of_it_and_a_card_that_was_not_sent_says_so() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (card, _) = sent_card(&site).await;
    let path = format!("/api/gift-cards/{card}/transfers/latest");
    assert_eq!(cast.other_customer.get(&path).await.status, 404);
    let kept = card_of(&site, &cast.customer, "goodwill").await;
    let refused = cast.customer.get(&format!("/api/gift-cards/{kept}/transfers/latest")).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "card_not_offered"));
}

#[tokio::test]
async fn a_card_that_nobody_claimed_comes_back_whole_and_may_be_sent_again() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (card, code) = sent_card(&site).await;
    assert_eq!(take_back(&cast.other_customer, &card).await.status, 404);
    let back = take_back(&cast.customer, &card).await;
    assert_eq!((back.status, &back.json()["balance"]["amount_minor"]), (200, &json!(5_000)));
    assert_eq!(claim(&cast.other_customer, &code, "one").await.code(), "code_opens_nothing");
    let again = take_back(&cast.customer, &card).await;
    assert_eq!((again.status, again.code().as_str()), (409, "card_not_offered"));
    assert_eq!(send_to(&cast.customer, &card, "other@example.net", "again").await.status, 201);
    let wanted = [("issued", 5_000), ("claimed", 5_000), ("offered", 0), ("taken_back", 5_000), ("offered", 0)];
    assert_eq!(steps(&cast.customer, &card).await, told(&wanted));
    assert_eq!(take_back(&cast.customer, &card).await.status, 200);
    assert_eq!(redeem(&cast.customer, &card, 5_000, "all").await.status, 201);
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "customer_credit").await), (0, -5_000));
    assert!(faults(&site).await.is_empty());
    site.run_jobs().await;
}

#[tokio::test]
async fn what_was_claimed_stays_with_whoever_claimed_it_whoever_was_quicker() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    for round in 0..8 {
        // Mails of one moment have no order.
        site.clock.advance(TimeDelta::seconds(1));
        let (card, code) = sent_card(&site).await;
        let keys = ["x", "y"].map(|key| format!("{key}{round}"));
        let claims = join_all(keys.iter().map(|key| claim(&cast.other_customer, &code, key)));
        let (claims, back) = futures::join!(claims, take_back(&cast.customer, &card));
        // Who claims again what is theirs gets the same answer.
        let claimed = claims[0].status == 201;
        assert_eq!(claimed, claims[1].status == 201, "round {round}: {}", claims[1].text());
        assert_ne!(claimed, back.status == 200, "round {round}: {}", back.text());
        if claimed {
            assert_eq!((back.status, back.code().as_str()), (409, "card_not_offered"));
        }
    }
    assert_eq!(balance(&site, "gift_card").await, -40_000);
    assert!(faults(&site).await.is_empty());
}
