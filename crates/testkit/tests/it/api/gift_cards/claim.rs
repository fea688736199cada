//! Claiming a card by its code.

use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{claim, issue, redeem, steps_of};

#[tokio::test]
async fn a_code_opens_its_card_once_however_it_is_typed() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (id, code) = issue(&site, "promotional", 1).await.remove(0);
    let typed = code.to_lowercase().replace('-', " ");
    let claimed = claim(&cast.customer, &typed, "one").await;
    assert_eq!((claimed.status, claimed.json()["id"].as_str()), (201, Some(id.as_str())));
    assert_eq!(claimed.json()["balance"], json!({"amount_minor": 5_000, "currency": "USD"}));
    // A retry gets the first answer, and the code opens nothing for anybody else.
    let again = claim(&cast.customer, &typed, "one").await;
    assert_eq!((again.status, again.header("idempotency-replayed").as_str()), (201, "true"));
    let refused = claim(&cast.other_customer, &code, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (404, "code_opens_nothing"));
}

#[tokio::test]
async fn who_claims_again_what_is_theirs_gets_the_card_as_it_is() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (id, code) = issue(&site, "goodwill", 1).await.remove(0);
    let tries = futures::future::join_all(["a", "b", "c", "d"].map(|key| claim(customer, &code, key))).await;
    for answer in &tries {
        assert_eq!((answer.status, answer.json()["id"].as_str()), (201, Some(id.as_str())), "{}", answer.text());
    }
    let kinds: Vec<String> = steps_of(customer, &id).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["issued", "claimed"]);
    assert_eq!(redeem(customer, &id, 5_000, "spent").await.status, 201);
    let emptied = claim(customer, &code, "later").await;
    assert_eq!((emptied.status, &emptied.json()["balance"]["amount_minor"]), (201, &json!(0)));
    assert_eq!(site.site.missed_codes.counts(), (0, 0), "nobody guessed");
}

#[tokio::test]
async fn whatever_opens_nothing_is_answered_alike() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let cards = issue(&site, "promotional", 2).await;
    let (taken, frozen) = (&cards[0], &cards[1]);
    assert_eq!(claim(&cast.other_customer, &taken.1, "one").await.status, 201);
    let stopped =
        cast.support.post(&format!("/api/gift-cards/{}/freeze", frozen.0), &json!({"reason": "A test"})).await;
    assert_eq!(stopped.status, 200, "{}", stopped.text());
    let mut answers = Vec::new();
    for (code, key) in [(taken.1.as_str(), "a"), (&frozen.1, "b"), ("0000-0000-0000-0000-0000", "c"), ("7K3M", "d")] {
        let answer = claim(&cast.customer, code, key).await;
        answers.push((answer.status, answer.timeless()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn guessing_ends_after_fifteen_tries_and_finding_costs_none() {
    let site = TestSite::new().await;
    let guesser = site.cast.customer.at(&testkit::router(&site.site, 1));
    let (_, code) = issue(&site, "promotional", 1).await.remove(0);
    assert_eq!(claim(&guesser, &code, "mine").await.status, 201);
    for guess in 0..15 {
        assert_eq!(claim(&guesser, "0000-0000-0000-0000-0000", &guess.to_string()).await.status, 404);
    }
    let slowed = claim(&guesser, "0000-0000-0000-0000-0000", "last").await;
    assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_requests"));
}

#[tokio::test]
async fn the_answer_to_a_retry_is_not_had_without_end() {
    let site = TestSite::new().await;
    let caller = site.cast.customer.at(&testkit::router(&site.site, 1));
    let (_, code) = issue(&site, "promotional", 1).await.remove(0);
    assert_eq!(claim(&caller, &code, "mine").await.status, 201);
    for turn in 0..15 {
        assert_eq!(claim(&caller, &code, "mine").await.status, 201, "retry {turn}");
    }
    assert_eq!(claim(&caller, &code, "mine").await.code(), "too_many_requests");
}

#[tokio::test]
async fn whoever_issued_a_card_cannot_claim_it() {
    let site = TestSite::new().await;
    let (_, code) = issue(&site, "goodwill", 1).await.remove(0);
    let refused = claim(&site.cast.admin, &code, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "own_batch"));
    assert_eq!(claim(&site.cast.support, &code, "one").await.status, 201, "it is as good as before");
}
