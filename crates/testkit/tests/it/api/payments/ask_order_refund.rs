//! Asking for a refund of a bought gift card that its buyer cannot return.

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::chargebacks::{cases, doubtful_card, hours, spend, sums};
use crate::steps::gifts::{
    bought_card, bought_code, claim, mailed_code, order_body, pay_order, redeem, send_to, tender,
};
use crate::steps::journey::{PAYS, at, balance, book, cancel, faults, pay, provider_keeps, text};
use crate::steps::refund_requests::{decide, two_of_staff};

/// Asks for so many cents of a purchase.
async fn ask(caller: &TestCaller, order: &str, amount_minor: i64, key: &str) -> TestResponse {
    let path = format!("/api/gift-card-orders/{order}/refund-requests");
    let body = json!({"amount_minor": amount_minor, "reason": "The wrong amount"});
    caller.call("POST", &path, Some(&body), &[("idempotency-key", key)]).await
}

/// What a request says of where its amount comes from: cards, credit, and what it costs us.
fn cover(request: &Value) -> [i64; 3] {
    ["from_cards", "from_credit", "at_our_cost"]
        .map(|part| request["cover"][part]["amount_minor"].as_i64().expect("a part"))
}

/// Asks for and approves a refund.
async fn give(site: &TestSite, order: &str, amount_minor: i64, key: &str) -> Value {
    let (support, admin) = two_of_staff(site).await;
    let asked = ask(&support, order, amount_minor, key).await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    let (asked, yes) = (asked.json(), format!("{key}-yes"));
    let approved = decide(&admin, text(&asked, "id"), "approval", &yes).await;
    assert_eq!((approved.status, &approved.json()["cover"]), (200, &Value::Null), "{}", approved.text());
    site.run_jobs().await;
    asked
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
    spend(&site, customer, &card, 3_500).await;
    let (support, admin) = two_of_staff(&site).await;
    let asked = ask(&support, &order, 2_000, "one").await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    let asked = asked.json();
    assert_eq!((text(&asked, "gift_card_order_id"), &asked["booking_id"]), (order.as_str(), &Value::Null));
    assert_eq!(cover(&asked), [1_500, 0, 500]);
    let id = text(&asked, "id");
    let own = decide(&support, id, "approval", "two").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_request"));
    assert_eq!(left(customer, &card).await, json!(1_500), "a refused approval takes nothing");
    let approved = decide(&admin, id, "approval", "three").await;
    assert_eq!(approved.status, 200, "{}", approved.text());
    site.run_jobs().await;
    assert_eq!(left(customer, &card).await, json!(0));
    let booked = 26_250 - 3_500;
    assert_eq!((provider_keeps(&site).await - booked, balance(&site, "goodwill_costs").await), (3_000, 500));
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
    assert_eq!((provider_keeps(&site).await - booked, balance(&site, "goodwill_costs").await), (0, 3_500));
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

#[tokio::test]
async fn what_is_on_its_way_to_somebody_goes_back_too_and_ends_when_nothing_is_left() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    bought_card(&cast.customer, 10_000, "USD").await;
    let (order, card) = newest(&cast.customer).await;
    assert_eq!(send_to(&cast.customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    let code = json!({"code": mailed_code(&site).await});
    assert_eq!(cover(&give(&site, &order, 4_000, "part").await), [4_000, 0, 0]);
    let seen = cast.support.post("/api/gift-cards/validate", &code).await;
    assert_eq!((seen.status, &seen.json()["balance"]["amount_minor"]), (200, &json!(6_000)), "{}", seen.text());
    assert_eq!(cover(&give(&site, &order, 6_000, "rest").await), [6_000, 0, 0]);
    assert_eq!(cast.support.post("/api/gift-cards/validate", &code).await.code(), "code_opens_nothing");
    let back = cast.customer.post(&format!("/api/gift-cards/{card}/transfers/latest/return"), &json!({})).await;
    assert_eq!((back.status, back.code().as_str()), (409, "card_not_offered"), "{}", back.text());
    assert_eq!((left(&cast.customer, &card).await, provider_keeps(&site).await), (json!(0), 0));
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "goodwill_costs").await), (0, 0));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_friend_has_claimed_is_theirs_and_at_our_cost() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    bought_card(&cast.customer, 5_000, "USD").await;
    let (order, card) = newest(&cast.customer).await;
    assert_eq!(send_to(&cast.customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    let theirs = claim(&cast.other_customer, &mailed_code(&site).await, "claim").await.json();
    assert_eq!(redeem(&cast.other_customer, text(&theirs, "id"), 1_000, "theirs").await.status, 201);
    assert_eq!(cover(&give(&site, &order, 5_000, "all").await), [0, 0, 5_000]);
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "customer_credit").await), (-4_000, -1_000));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn credit_that_the_card_became_goes_back_as_far_as_it_is_unspent() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    bought_card(customer, 10_000, "USD").await;
    let (order, card) = newest(customer).await;
    assert_eq!(redeem(customer, &card, 10_000, "all").await.status, 201);
    assert_eq!(cover(&give(&site, &order, 2_000, "part").await), [0, 2_000, 0]);
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    tender(customer, &booking, json!({"method": "credit", "amount_minor": 7_000}), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    assert_eq!(cover(&give(&site, &order, 8_000, "rest").await), [0, 1_000, 7_000]);
    assert_eq!((balance(&site, "customer_credit").await, balance(&site, "goodwill_costs").await), (0, 7_000));
    // What comes back later is theirs: all of it was paid back by us.
    cancel(&site, customer, &booking).await;
    assert_eq!((balance(&site, "customer_credit").await, faults(&site).await), (-7_000, Vec::new()));
    let credit = customer.get("/api/me/credit/history?currency=USD").await.json();
    let kinds: Vec<&str> = credit["items"].as_array().expect("steps").iter().map(|step| text(step, "kind")).collect();
    assert_eq!(kinds, ["redeemed", "reclaimed", "spent", "reclaimed", "refunded"]);
    let listed = site.cast.support.get("/api/refund-requests").await.json();
    assert_eq!(listed["items"][0]["cover"], Value::Null, "it is decided");
}

/// A bank takes so many cents of the latest payment back, which is less than all of it.
async fn dispute_part(site: &TestSite, amount_minor: i64) {
    let dispute = "INSERT INTO sandbox_card_disputes (provider_ref, amount_minor, opened_at)
                   SELECT provider_ref, $1, $2 FROM sandbox_card_payments ORDER BY created_at DESC LIMIT 1";
    let pool = site.test_database().database.pool();
    sqlx::query(dispute).bind(amount_minor).bind(site.now()).execute(pool).await.expect("there is a payment");
    hours(site, 1).await;
}

#[tokio::test]
async fn a_gift_of_which_a_bank_took_a_part_goes_on_with_its_code_and_comes_off_with_the_rest() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let ordered = crate::steps::gifts::order(&cast.customer, &order_body(10_000), "order").await;
    let id = text(&ordered.json(), "id").to_owned();
    assert_eq!(pay_order(&cast.customer, &id, PAYS, "pay").await.status, 200);
    site.run_jobs().await;
    let (_, card) = newest(&cast.customer).await;
    let code = json!({"code": bought_code(&site).await});
    dispute_part(&site, 4_000).await;
    assert_eq!(sums(&cases(&site).await[0]), [4_000, 4_000, 0]);
    let (support, _) = two_of_staff(&site).await;
    assert_eq!(support.post("/api/gift-cards/validate", &code).await.code(), "code_opens_nothing");
    let going = support.post(&format!("/api/gift-cards/{card}/unfreeze"), &json!({"reason": "It is fine"})).await;
    assert_eq!(going.status, 200, "{}", going.text());
    site.run_jobs().await;
    let seen = support.post("/api/gift-cards/validate", &code).await;
    assert_eq!((seen.status, &seen.json()["balance"]["amount_minor"]), (200, &json!(6_000)), "{}", seen.text());
    assert_eq!(cover(&give(&site, &id, 6_000, "rest").await), [6_000, 0, 0]);
    assert_eq!((balance(&site, "gift_card").await, balance(&site, "goodwill_costs").await), (0, 0));
    assert_eq!(support.post("/api/gift-cards/validate", &code).await.code(), "code_opens_nothing");
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_refund_took_of_credit_a_bank_does_not_take_again() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (order, card) = doubtful_card(customer, 10_000).await;
    assert_eq!(redeem(customer, &card, 6_000, "some").await.status, 201);
    let own = bought_card(customer, 5_000, "USD").await;
    assert_eq!(redeem(customer, &own, 5_000, "own").await.status, 201);
    assert_eq!(cover(&give(&site, &order, 7_000, "most").await), [4_000, 3_000, 0]);
    hours(&site, 2).await;
    // 30.00 of the disputed payment were kept, and as much of the credit had come of it.
    assert_eq!((sums(&cases(&site).await[0]), balance(&site, "customer_credit").await), ([3_000, 3_000, 0], -5_000));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}
