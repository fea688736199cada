//! Asking for a refund of a bought gift card that its buyer cannot return.

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::gifts::{bought_card, order_body, redeem};
use crate::steps::journey::{PAYS, balance, faults, provider_keeps, text};
use crate::steps::refund_requests::{decide, two_of_staff};

/// Asks for so many cents of a purchase.
async fn ask(caller: &TestCaller, order: &str, amount_minor: i64, key: &str) -> TestResponse {
    let path = format!("/api/gift-card-orders/{order}/refund-requests");
    let body = json!({"amount_minor": amount_minor, "reason": "The wrong amount"});
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}

/// The caller's newest purchase, and its card.
async fn newest(caller: &TestCaller) -> (String, String) {
    let listed = caller.get("/api/gift-card-orders").await.json();
    let order = &listed["items"][0];
    (text(order, "id").to_owned(), text(order, "gift_card_id").to_owned())
}

async fn left(caller: &TestCaller, card: &str) -> Value {
    caller.get(&format!("/api/gift-cards/{card}")).await.json()["balance"]["amount_minor"].clone()
}

#[tokio::test]
async fn what_is_unspent_comes_off_the_card_and_the_rest_is_at_our_cost() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    bought_card(customer, 5_000, "USD").await;
    let (order, card) = newest(customer).await;
    assert_eq!(redeem(customer, &card, 3_500, "spent").await.status, 201);
    let (support, admin) = two_of_staff(&site).await;
    let asked = ask(&support, &order, 2_000, "one").await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    let asked = asked.json();
    assert_eq!((text(&asked, "gift_card_order_id"), &asked["booking_id"]), (order.as_str(), &Value::Null));
    let id = text(&asked, "id");
    let own = decide(&support, id, "approval", "two").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_request"));
    assert_eq!(left(customer, &card).await, json!(1_500), "a refused approval takes nothing");
    let approved = decide(&admin, id, "approval", "three").await;
    assert_eq!(approved.status, 200, "{}", approved.text());
    site.run_jobs().await;
    assert_eq!(left(customer, &card).await, json!(0));
    assert_eq!((provider_keeps(&site).await, balance(&site, "goodwill_costs").await), (3_000, 500));
    assert_eq!((balance(&site, "order_escrow").await, faults(&site).await), (0, Vec::new()));
    let browser = customer.browser();
    let page = browser.get(&format!("/gift-cards/{order}")).await.page();
    assert!(page.contains("Went back") && page.contains("−$20.00") && page.contains("or was paid back"), "{page}");
    let path = format!("/api/gift-card-orders/{order}/return");
    let returned = customer.call("POST", &path, Some(&json!({})), &[("idempotency-key", "return")]).await;
    assert_eq!((returned.status, returned.code().as_str()), (409, "not_returnable"));
    // The rest of the price, and not a cent more: then the purchase is over.
    assert_eq!(ask(&support, &order, 3_001, "four").await.code(), "refund_too_large");
    let rest = ask(&support, &order, 3_000, "five").await.json();
    assert_eq!(decide(&admin, text(&rest, "id"), "approval", "six").await.status, 200);
    site.run_jobs().await;
    let customer = customer.signed_in_anew(&site).await;
    assert_eq!(text(&customer.get(&format!("/api/gift-card-orders/{order}")).await.json(), "state"), "returned");
    assert_eq!((provider_keeps(&site).await, balance(&site, "goodwill_costs").await), (0, 3_500));
    let told = "SELECT count(*) FROM mails WHERE template = 'gift_card_refund_granted'";
    let told: i64 = sqlx::query_scalar(told).fetch_one(site.test_database().database.pool()).await.expect("counts");
    assert_eq!((told, faults(&site).await), (2, Vec::new()));
    assert_eq!(ask(&support, &order, 1, "seven").await.code(), "refund_too_large");
    let listed = support.get(&format!("/api/refund-requests?gift_card_order_id={order}")).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_somebody_else_has_is_theirs_and_nobody_asks_about_money_of_their_own() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let ordered = crate::steps::gifts::order(&cast.customer, &order_body(5_000), "order").await;
    let id = text(&ordered.json(), "id").to_owned();
    assert_eq!(ask(&cast.support, &id, 1, "unpaid").await.code(), "refund_too_large");
    assert_eq!(crate::steps::gifts::pay_order(&cast.customer, &id, PAYS, "pay").await.status, 200);
    site.run_jobs().await;
    let (_, card) = newest(&cast.customer).await;
    let (support, admin) = two_of_staff(&site).await;
    assert_eq!(ask(&cast.customer, &id, 1, "theirs").await.status, 403);
    // Nobody has claimed it: each part of the price comes off the card, which ends with the last one.
    let part = ask(&support, &id, 2_000, "part").await.json();
    assert_eq!(decide(&admin, text(&part, "id"), "approval", "yes").await.status, 200);
    site.run_jobs().await;
    assert_eq!((left(&admin, &card).await, balance(&site, "goodwill_costs").await), (json!(3_000), 0));
    let claimable = json!({"code": crate::steps::gifts::bought_code(&site).await});
    let seen = support.post("/api/gift-cards/validate", &claimable).await;
    assert_eq!((seen.status, &seen.json()["balance"]["amount_minor"]), (200, &json!(3_000)), "{}", seen.text());
    let rest = ask(&support, &id, 3_000, "rest").await.json();
    assert_eq!(decide(&admin, text(&rest, "id"), "approval", "again").await.status, 200);
    site.run_jobs().await;
    assert_eq!((balance(&site, "gift_card").await, faults(&site).await), (0, Vec::new()));
    assert_eq!((balance(&site, "goodwill_costs").await, provider_keeps(&site).await), (0, 0));
    assert_eq!(support.post("/api/gift-cards/validate", &claimable).await.code(), "code_opens_nothing");
    let own = crate::steps::gifts::own_card(&support, 1_000).await;
    assert!(!own.is_empty());
    let (own, _) = newest(&support).await;
    let refused = ask(&support, &own, 1, "own").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "own_case"));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_whole_refund_of_what_nobody_has_claimed_ends_the_card_with_its_code() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let ordered = crate::steps::gifts::order(&cast.customer, &order_body(5_000), "order").await;
    let id = text(&ordered.json(), "id").to_owned();
    assert_eq!(crate::steps::gifts::pay_order(&cast.customer, &id, PAYS, "pay").await.status, 200);
    site.run_jobs().await;
    let (support, admin) = two_of_staff(&site).await;
    let asked = ask(&support, &id, 5_000, "all").await.json();
    assert_eq!(decide(&admin, text(&asked, "id"), "approval", "yes").await.status, 200);
    site.run_jobs().await;
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "goodwill_costs").await), (0, 0));
    assert_eq!((provider_keeps(&site).await, faults(&site).await), (0, Vec::new()));
}
