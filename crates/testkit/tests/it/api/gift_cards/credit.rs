//! The caller's credit.

use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{card_of, redeem};

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
