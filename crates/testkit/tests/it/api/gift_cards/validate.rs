//! Looking at what a code opens.

use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{bought_code, claim, issue, order_id, pay_order};
use crate::steps::journey::PAYS;

#[tokio::test]
async fn a_code_shows_its_card_and_can_still_be_claimed_by_anybody() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (_, code) = issue(&site, "promotional", 1).await.remove(0);
    for caller in [&cast.customer, &cast.other_customer] {
        let seen = caller.post("/api/gift-cards/validate", &json!({"code": code.to_lowercase()})).await;
        assert_eq!(seen.status, 200, "{}", seen.text());
        let card = seen.json();
        assert_eq!(card["balance"], json!({"amount_minor": 5_000, "currency": "USD"}));
        assert_eq!(
            (&card["kind"], &card["design"], &card["from"], &card["message"]),
            (&json!("promotional"), &json!("playbill"), &json!(null), &json!(null))
        );
        assert!(!seen.text().contains(&code), "{}", seen.text());
    }
    assert_eq!(claim(&cast.other_customer, &code, "one").await.status, 201);
    let gone = cast.customer.post("/api/gift-cards/validate", &json!({"code": code})).await;
    let never = cast.customer.post("/api/gift-cards/validate", &json!({"code": "0000-0000-0000-0000-0000"})).await;
    assert_eq!((gone.status, gone.code().as_str()), (404, "code_opens_nothing"));
    assert_eq!(gone.timeless(), never.timeless());
    let mistyped = cast.customer.post("/api/gift-cards/validate", &json!({"code": "0000-0000-0000-0000-0001"})).await;
    assert_eq!(mistyped.timeless(), never.timeless());
    assert_eq!(site.site.missed_codes.counts(), (1, 2));
}

#[tokio::test]
async fn a_gift_says_whose_it_is() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let order = order_id(&cast.customer).await;
    pay_order(&cast.customer, &order, PAYS, "pay").await;
    let code = bought_code(&site).await;
    let link = format!("http://stagedoor.test/claim?code={code}");
    for typed in [&code, &link] {
        let card = cast.other_customer.post("/api/gift-cards/validate", &json!({"code": typed})).await.json();
        assert_eq!((&card["from"], &card["message"]), (&json!("Bo"), &json!("See you there!")), "{card}");
        assert_eq!(card["design"], json!("spotlight"));
    }
}

#[tokio::test]
async fn looking_is_counted_with_claiming() {
    let site = TestSite::new().await;
    let guesser = site.cast.customer.at(&testkit::router(&site.site, 1));
    for guess in 0..15 {
        let answer = if guess % 2 == 0 {
            guesser.post("/api/gift-cards/validate", &json!({"code": "0000-0000-0000-0000-0000"})).await
        } else {
            claim(&guesser, "0000-0000-0000-0000-0000", &guess.to_string()).await
        };
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
    let slowed = guesser.post("/api/gift-cards/validate", &json!({"code": "0000-0000-0000-0000-0000"})).await;
    assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_requests"));
}
