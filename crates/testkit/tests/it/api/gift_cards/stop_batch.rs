//! Stopping the cards of a batch.

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::gifts::{apply, batch, card_of, claim, mailed_code, redeem, second_admin, send_to};
use crate::steps::journey::{PAYS, at, book, cancel, pay, text};
use crate::steps::objects::NOBODY_S;

async fn issue(site: &TestSite) -> Value {
    site.cast.admin.post("/api/gift-cards/batches", &batch("goodwill", 3, "Fair")).await.json()
}

async fn stop(site: &TestSite, batch: &str, verb: &str) -> TestResponse {
    stop_by(&site.cast.admin, batch, verb).await
}

async fn stop_by(caller: &TestCaller, batch: &str, verb: &str) -> TestResponse {
    let why = json!({"reason": "The list of codes was lost"});
    caller.post(&format!("/api/gift-card-batches/{batch}/{verb}"), &why).await
}

#[tokio::test]
async fn every_card_of_a_batch_stops_wherever_it_is() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let issued = issue(&site).await;
    let code = |place: usize| text(&issued["cards"][place], "code").to_owned();
    let claimed = text(&claim(&cast.customer, &code(0), "a").await.json(), "id").to_owned();
    let sent_on = text(&claim(&cast.customer, &code(1), "b").await.json(), "id").to_owned();
    assert_eq!(send_to(&cast.customer, &sent_on, "friend@example.net", "c").await.status, 201);
    let received = claim(&cast.other_customer, &mailed_code(&site).await, "d").await.json();
    let stopped = stop(&site, text(&issued, "id"), "freeze").await;
    assert_eq!((stopped.status, &stopped.json()["frozen"]), (200, &json!(4)), "{}", stopped.text());
    assert_eq!(redeem(&cast.customer, &claimed, 1, "e").await.code(), "card_frozen");
    assert_eq!(redeem(&cast.other_customer, text(&received, "id"), 1, "f").await.code(), "card_frozen");
    assert_eq!(claim(&cast.customer, &code(2), "g").await.code(), "code_opens_nothing");
    let history = cast.customer.get(&format!("/api/gift-cards/{claimed}/history")).await.json();
    assert_eq!(text(&history["items"][2], "reason"), "The list of codes was lost");
}

#[tokio::test]
async fn stopping_needs_a_batch_a_reason_and_an_admin() {
    let site = TestSite::new().await;
    let issued = issue(&site).await;
    let path = format!("/api/gift-card-batches/{}/freeze", text(&issued, "id"));
    let refused = site.cast.admin.post(&path, &json!({"reason": " "})).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["field"]), (422, &json!("reason")));
    assert_eq!(site.cast.support.post(&path, &json!({"reason": "A test"})).await.code(), "role_required");
    assert_eq!(stop(&site, NOBODY_S, "freeze").await.status, 404);
}

#[tokio::test]
async fn the_cards_go_on_as_they_were() {
    let site = TestSite::new().await;
    let issued = issue(&site).await;
    let id = text(&issued, "id");
    stop(&site, id, "freeze").await;
    let going_on = stop_by(&second_admin(&site).await, id, "unfreeze").await;
    assert_eq!((going_on.status, &going_on.json()["frozen"]), (200, &json!(0)));
    assert_eq!(claim(&site.cast.customer, text(&issued["cards"][0], "code"), "a").await.status, 201);
}

#[tokio::test]
async fn what_was_done_already_is_left_as_it_is() {
    let site = TestSite::new().await;
    let issued = issue(&site).await;
    let id = text(&issued, "id");
    let other = second_admin(&site).await;
    assert_eq!(stop_by(&other, id, "unfreeze").await.json()["frozen"], 0, "nothing was stopped");
    for _ in 0..2 {
        assert_eq!(stop(&site, id, "freeze").await.json()["frozen"], 3);
    }
    let card = text(&issued["cards"][0], "id");
    let history = site.cast.admin.get(&format!("/api/gift-cards/{card}/history")).await.json();
    assert_eq!(history["items"].as_array().map(Vec::len), Some(2), "{history}");
}

#[tokio::test]
async fn what_a_refund_brought_on_a_new_card_stops_with_the_others() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    apply(customer, &booking, &card, Some(3_000), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    // The rest is on its way to somebody, so that the refund goes to a new card.
    assert_eq!(send_to(customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    cancel(&site, customer, &booking).await;
    let listed = customer.get("/api/gift-cards").await.json();
    let mut ids = listed["items"].as_array().expect("cards").iter().map(|one| text(one, "id"));
    let newest = ids.find(|id| *id != card).expect("a new card").to_owned();
    let batches = site.cast.admin.get("/api/gift-cards/batches").await.json();
    let batch = &batches["items"][0];
    assert_eq!(batch["left"]["amount_minor"], json!(5_000), "what came back is not spent: {batch}");
    let stopped = stop(&site, text(batch, "id"), "freeze").await;
    assert_eq!((stopped.status, &stopped.json()["frozen"]), (200, &json!(3)), "{}", stopped.text());
    assert_eq!(redeem(customer, &newest, 1, "new").await.code(), "card_frozen");
}

#[tokio::test]
async fn nobody_lets_a_batch_go_on_that_they_issued_or_have_a_card_of() {
    let site = TestSite::new().await;
    let (issued, other) = (issue(&site).await, second_admin(&site).await);
    let id = text(&issued, "id");
    let own = claim(&other, text(&issued["cards"][0], "code"), "own").await.json();
    assert_eq!(stop_by(&other, id, "freeze").await.json()["frozen"], 3, "stopping loses nothing");
    for caller in [&site.cast.admin, &other] {
        let refused = stop_by(caller, id, "unfreeze").await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "own_case"), "{}", refused.text());
    }
    // Another one of us lets them go on, one by one.
    let path = format!("/api/gift-cards/{}/unfreeze", text(&own, "id"));
    let refused = other.post(&path, &json!({"reason": "It is mine"})).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "own_case"));
}
