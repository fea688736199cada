//! What all cards and all credit hold.

use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{card_of, issue, redeem};

#[tokio::test]
async fn each_kind_and_currency_has_its_sum_and_credit_too() {
    let site = TestSite::new().await;
    let card = card_of(&site, &site.cast.customer, "goodwill").await;
    assert_eq!(redeem(&site.cast.customer, &card, 5_000, "all").await.status, 201);
    card_of(&site, &site.cast.customer, "goodwill").await;
    issue(&site, "promotional", 2).await;
    let usd = |minor: i64| json!({"amount_minor": minor, "currency": "USD"});
    let wanted = json!({
        "cards": [
            {"kind": "goodwill", "cards": 1, "left": usd(5_000), "held": usd(0), "expired": usd(0)},
            {"kind": "promotional", "cards": 2, "left": usd(10_000), "held": usd(0), "expired": usd(0)},
        ],
        "credit": [{"left": usd(5_000), "held": usd(0)}],
    });
    assert_eq!(site.cast.admin.get("/api/gift-cards/liability").await.json(), wanted);
}

#[tokio::test]
async fn it_is_for_admins_and_empty_at_first() {
    let site = TestSite::new().await;
    let path = "/api/gift-cards/liability";
    assert_eq!(site.cast.admin.get(path).await.json(), json!({"cards": [], "credit": []}));
    for caller in [&site.cast.support, &site.cast.customer] {
        assert_eq!(caller.get(path).await.code(), "role_required");
    }
}
